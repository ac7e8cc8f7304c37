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


def test_the_first_picture_is_there_before_any_click(app):
    plans = app.page.evaluate(steps.PIXELS, "plan")
    assert len(plans) == 2 and all(plan["colours"] > 50 for plan in plans)


def test_a_bet_is_answered_and_stays_on_the_chart(app):
    value, said = steps.bet(app.page, 3)
    assert value in said
    steps.moved(app.page, 0, "ArrowRight")
    assert {"zh": f"你押的 {value}", "en": f"your bet: {value}"}[app.lang] in steps.chart(app.page)


@pytest.mark.parametrize("number", [0, 1])
def test_each_slider_changes_the_chart(app, number):
    before, after = steps.moved(app.page, number, "PageUp")
    assert before != after


def test_play_moves_the_picture_and_pause_stops_it(app):
    before, after, day = steps.played(app.page)
    assert day >= 5 and before != after
    app.page.wait_for_timeout(300)
    assert app.page.evaluate(steps.PIXELS, "plan") == after


def test_no_character_is_an_empty_box(app):
    found = app.page.evaluate(steps.BOXES)
    assert found["seen"] > 100 and found["missing"] == []


def test_no_other_host_was_asked(app):
    assert len(app.page.asked) > 20 and steps.others(app.page) == []


@pytest.mark.slow
def test_it_is_quick_enough(app):
    waits = steps.waits(app.page)
    median = statistics.median(waits)
    print(f"app {app.lang}: text {app.shown:.1f} s, picture {app.picture:.1f} s, slider {median:.0f} ms")
    assert app.picture <= 10
    assert median <= 150
