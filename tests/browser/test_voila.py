"""The lesson as a page without code, as ``commsim app`` opens it: bet, move, play; in both languages, offline."""

import statistics
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

sys.path.insert(0, str(Path(__file__).parent))
import steps

LANGUAGES = [pytest.param("en", marks=pytest.mark.xdist_group("app en")),
             pytest.param("zh", marks=[pytest.mark.xdist_group("app zh"), pytest.mark.slow])]  # fmt: skip
TITLES = {"zh": "公示与异议", "en": "Notice and objection"}


@pytest.fixture(scope="module", params=LANGUAGES)
def app(request, open_door, visit_once):
    """The page once everything on it was worked out, before anything was clicked."""
    lang = request.param
    door = open_door("app", "notice", "--lang", lang)
    began = time.perf_counter()
    page = visit_once(door.url, 1280, 1600)
    page.locator("h1").first.wait_for(timeout=60_000)
    shown = time.perf_counter() - began
    page.wait_for_selector(f"{steps.PLAYER} canvas", timeout=90_000)
    picture = time.perf_counter() - began
    page.wait_for_function("document.querySelectorAll('.commsim-check').length === 1", timeout=90_000)
    steps.settled(page)
    yield SimpleNamespace(page=page, lang=lang, door=door, shown=shown, picture=picture)
    page.context.close()
    door.end()


def test_the_page_speaks_the_language(app):
    assert TITLES[app.lang] in app.page.title()
    assert app.page.evaluate("document.documentElement.lang").startswith(app.lang)
    assert TITLES[app.lang] in app.page.locator("h1").first.inner_text()
    assert app.page.locator(".csp").first.get_attribute("lang").startswith(app.lang)


def test_no_code_is_to_be_seen(app):
    assert app.page.locator(".jp-CodeCell .jp-Cell-inputWrapper:visible, .cm-editor:visible").count() == 0
    source = app.page.content()
    assert "cs.run(" not in source and "import commsim" not in source


class TestLesson(steps.Lesson):
    @pytest.fixture
    def opened(self, app):
        return app


@pytest.mark.slow
def test_it_is_quick_enough(app):
    waits = steps.waits(app.page)
    median = statistics.median(waits)
    print(f"app {app.lang}: text {app.shown:.1f} s, picture {app.picture:.1f} s, slider {median:.0f} ms")
    assert app.picture <= 10
    assert median <= 150
