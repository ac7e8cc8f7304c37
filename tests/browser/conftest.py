"""Debian's Chromium, driven by playwright: every request is written down, so that a test can see that
no host was asked.  Without Chromium (or playwright) these tests are skipped with the reason."""

import shutil
import time

import pytest

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
         "--disable-sync", "--no-first-run"]  # fmt: skip


@pytest.fixture(scope="module")  # not longer: while it is open, no other test can run an event loop
def chromium():
    """The browser itself."""
    sync = pytest.importorskip("playwright.sync_api", reason="playwright is not installed (pip install '.[test]')")
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        pytest.skip("Chromium is missing (on Debian or Ubuntu: apt install chromium)")
    with sync.sync_playwright() as play:
        browser = play.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        browser.close()


def _visits(chromium):
    """``visit(address, width=…, height=…, **context)`` opens a page; ``page.asked`` are all addresses
    that it asked for and ``page.faults`` its errors."""
    contexts = []

    def open_page(address, width=1100, height=900, **options):
        context = chromium.new_context(viewport={"width": width, "height": height}, **options)
        contexts.append(context)
        page = context.new_page()
        page.asked, page.faults = [], []
        page.on("request", lambda request: page.asked.append(request.url))
        page.on("pageerror", lambda fault: page.faults.append(str(fault)))
        page.on("console", lambda line: page.faults.append(line.text) if line.type == "error" else None)
        page.goto(address)
        return page

    yield open_page
    for context in contexts:
        context.close()


# ``visit`` closes its pages after the test, ``visit_once`` after the module.
visit = pytest.fixture(_visits)
visit_once = pytest.fixture(scope="module")(_visits)


@pytest.fixture(scope="session")
def until():
    """``until(page, condition)`` waits for JavaScript to be true, also where a page forbids eval."""

    def wait(page, condition, seconds=15):
        end = time.monotonic() + seconds
        while not page.evaluate(condition):
            assert time.monotonic() < end, condition
            page.wait_for_timeout(30)

    return wait
