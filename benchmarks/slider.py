"""From a slider to the new picture, in JupyterLab and in Voilà, in a real headless Chromium.

    python benchmarks/slider.py [--moves 20] [--lang zh] [--doors lab app]

Opens the lesson on notices as `commsim lab` and `commsim app` do, waits until all worlds are worked out,
and presses an arrow key on each of the first panel's sliders.  All times are `performance.now()` of the
page: from the key to the message to the kernel, from there to the answer, the player's drawing, and until
two frames later, when the picture is on the screen.  Then the same moves without a browser: what of the
answer is the model's.  The machine's load is printed, since a busy machine answers later.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from time import perf_counter, process_time

from playwright.sync_api import sync_playwright

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
         "--disable-sync", "--no-first-run"]  # fmt: skip
REST = 700  # milliseconds between moves: nothing of the move before is still on its way
LONG = 180_000
LESSON = "06_notice.ipynb"
# The player tells of each picture that the kernel sends by calling its own onStamp.
WATCH = """() => {
  const player = document.querySelector(".csp").commsim, send = WebSocket.prototype.send, now = () => performance.now();
  let move = null;
  window.moves = [];
  addEventListener("keydown", () => { move = { key: now() }; }, true);
  WebSocket.prototype.send = function (...what) {
    if (move && !move.sent) move.sent = now();
    return send.apply(this, what);
  };
  player.model.off("change:stamp", player.onStamp);
  player.onStamp = () => {
    const mine = move, came = now();
    move = null;
    player.load();
    if (!mine) return;
    Object.assign(mine, { came, drawn: now() });
    requestAnimationFrame(() => requestAnimationFrame(() => window.moves.push({ ...mine, shown: now() })));
  };
  player.model.on("change:stamp", player.onStamp);
}"""
SETTLED = """() => {
  const said = document.querySelector(".commsim-panel .commsim-said");
  return said && said.textContent.trim() && !said.textContent.includes("…");
}"""
IDLE = """(idle) => [...document.querySelectorAll(".jp-StatusBar-Widget *")].some(
  (part) => part.textContent.endsWith(`| ${idle}`))"""
IDLE_WORDS, RUN = {"zh": "空闲", "en": "Idle"}, {"zh": "运行", "en": "Run"}
PARTS = (("all", "key", "shown"), ("to the kernel", "key", "sent"), ("kernel and back", "sent", "came"),
         ("drawing", "came", "drawn"), ("on the screen", "drawn", "shown"))  # fmt: skip


@contextmanager
def door(*words):
    """The address that `commsim lab` or `commsim app` tells, in a home of its own."""
    import matplotlib

    from commsim.kernels import cache_folder

    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
        env = {**os.environ, "HOME": home, "COMMSIM_DATA_DIR": f"{home}/bets",
               "COMMSIM_CACHE_DIR": str(cache_folder()), "MPLCONFIGDIR": matplotlib.get_cachedir()}  # fmt: skip
        command = [sys.executable, "-m", "commsim.cli", *words, "--no-browser", "--json"]
        server = subprocess.Popen(command, stdout=subprocess.PIPE, env=env, cwd=home, text=True, encoding="utf-8")
        told = ""
        while not told.endswith("\n}\n") and (line := server.stdout.readline()):
            told += line
        try:
            yield json.loads(told)["url"]
        finally:
            server.terminate()
            server.wait(30)


def opened(browser, which, url, lang):
    """The page with the lesson run to its end."""
    page = browser.new_page(viewport={"width": 1280, "height": 1600})
    page.goto(url)
    if which == "lab":
        root, _, token = url.partition("?token=")
        page.wait_for_selector(".lm-MenuBar-itemLabel", timeout=LONG)
        page.goto(f"{root.partition('/lab')[0]}/lab/tree/{LESSON}?token={token}")
        page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=LONG)
        page.wait_for_function(IDLE, arg=IDLE_WORDS[lang], timeout=LONG)
        page.locator(".lm-MenuBar-itemLabel", has_text=RUN[lang]).click()
        page.locator("[data-command='runmenu:run-all']").click()
    page.wait_for_selector(".csp:not([hidden]) canvas", timeout=LONG)
    page.wait_for_function("document.querySelectorAll('.commsim-check').length === 1", timeout=LONG)
    page.wait_for_function(SETTLED, timeout=LONG)
    return page


def moved(page, moves) -> list[dict]:
    """The times of ``moves`` moves, the sliders in turn, up and down."""
    page.evaluate(WATCH)
    handles = page.locator(".commsim-panel").first.locator(".noUi-handle")
    for k in range(moves):
        handle = handles.nth(k % handles.count())
        handle.focus()
        handle.press("ArrowRight" if k // handles.count() % 2 == 0 else "ArrowLeft")
        page.wait_for_function(f"window.moves.length > {k}", timeout=LONG)
        page.wait_for_timeout(REST)
    return page.evaluate("window.moves")


def without_browser(moves, lang) -> tuple[list[float], list[float]]:
    """Milliseconds of the clock and of the processor that a move takes the panel in plain Python."""
    from commsim.lessons.items import item
    from commsim.lessons.panel import Panel
    from commsim.words import choose_language

    choose_language(lang)
    panel = Panel(item("notice-1"), lang)
    panel.finish()
    took = []
    for k in range(moves):
        sliders = list(panel.controls.values())
        slider, step = sliders[k % len(sliders)], 1 if k // len(sliders) % 2 == 0 else -1
        began = perf_counter(), process_time()
        slider.value += step * slider.step
        took.append((1000 * (perf_counter() - began[0]), 1000 * (process_time() - began[1])))
    return [clock for clock, _ in took], [processor for _, processor in took]


def _row(*cells) -> None:
    print("| " + " | ".join(map(str, cells)) + " |", flush=True)


def _spread(values) -> list[str]:
    return [f"{statistics.median(values):.0f}", f"{min(values):.0f}", f"{max(values):.0f}"]


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--moves", type=int, default=20)
    asked.add_argument("--lang", choices=("zh", "en"), default="zh")
    asked.add_argument("--doors", nargs="+", choices=("lab", "app"), default=["lab", "app"])
    asked.add_argument("--chromium", default=shutil.which("chromium") or shutil.which("google-chrome"))
    options = asked.parse_args()
    print(f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; {options.moves} moves\n")
    _row("where", "part", "median, ms", "min", "max")
    _row(*["---"] * 5)
    for which in options.doors:
        words = ("lab", "course") if which == "lab" else ("app", "notice")
        with door(*words, "--lang", options.lang) as url, sync_playwright() as play:
            browser = play.chromium.launch(executable_path=options.chromium, args=FLAGS)
            times = moved(opened(browser, which, url, options.lang), options.moves)
            for part, since, until in PARTS:
                _row({"lab": "JupyterLab", "app": "Voilà"}[which], part, *_spread([t[until] - t[since] for t in times]))
            browser.close()
    for part, values in zip(("clock", "processor"), without_browser(options.moves, options.lang), strict=True):
        _row("the panel alone", part, *_spread(values))
    print(f"\nload at the end {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
