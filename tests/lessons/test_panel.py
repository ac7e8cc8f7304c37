"""The panel: every control at its least, usual and most; the bet on the chart; stale answers dropped."""

import asyncio
import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from commsim.lessons import bets, outcomes
from commsim.lessons.items import item, lesson, lessons
from commsim.lessons.panel import Panel
from commsim.lessons.talk import Explanation, Prediction, SelfCheck
from commsim.words import LANGUAGES

NAMES = [name for each in lessons() for name in lesson(each).items]
CONTROLS = [(name, control.id) for name in NAMES for control in item(name).controls]


def few_worlds(name, worlds=2):
    return item(name).model_copy(update={"worlds": worlds, "player_days": 20})


@pytest.mark.parametrize("name, control", CONTROLS)
def test_every_control_at_its_least_usual_and_most(name, control):
    panel = Panel(few_worlds(name), "zh")
    slider = panel.controls[control]
    usual = slider.value
    seen = []
    for value in (slider.min, slider.max, usual):
        slider.value = value
        panel.finish()
        chart = panel.player.meta["chart"]
        assert [line["side"] for line in chart["lines"]][:2] == ["a", "b"]
        assert all(len(line["x"]) == len(line["y"]) for line in chart["lines"])
        assert len(chart["tiles"]) == len(item(name).tiles) and "…" not in str(chart["tiles"])
        seen.append(str(chart))
    assert seen[0] != seen[1], "the control moves nothing"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_panel_speaks_one_language(lang):
    panel = Panel(few_worlds("notice-1"), lang)
    words = " ".join([*(slider.description for slider in panel.controls.values()), panel.said.value,
                      str(panel.player.meta["chart"])])  # fmt: skip
    assert bool(re.search(r"[\u4e00-\u9fff]", words)) == (lang == "zh")


def test_the_bet_stays_on_the_chart():
    assert Panel(few_worlds("notice-1"), "en").player.meta["chart"]["ghost"] is None
    bets.place("notice-1", 7)
    panel = Panel(few_worlds("notice-1"), "en")
    assert panel.player.meta["chart"]["ghost"]["y"] == 7
    panel.controls["days_b"].value = 12
    panel.finish()
    assert panel.player.meta["chart"]["ghost"]["y"] == 7


def test_a_bet_placed_later_comes_onto_the_chart_at_once():
    panel = Panel(few_worlds("notice-1"), "en")
    bets.place("notice-1", 6)
    assert panel.player.meta["chart"]["ghost"]["y"] == 6 and "…" in str(panel.player.meta["chart"]["tiles"])
    some = panel._worlds()
    next(some)
    panel._known = True  # as after the fourth of sixteen worlds
    bets.place("notice-1", 7)
    assert "All" not in panel.said.value, "worlds are still to come"
    panel.finish()
    bets.place("notice-1", 8)
    chart = panel.player.meta["chart"]
    assert chart["ghost"]["y"] == 8 and "…" not in str(chart["tiles"]) and "You bet 8" in panel.said.value


def test_a_first_picture_is_there_before_any_click():
    panel = Panel(few_worlds("notice-1"), "en")
    assert len(panel.player.data_a) > 1000 and len(panel.player.data_b) > 1000
    assert panel.player.meta["chart"]["lines"][1]["y"][-1] > 0


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_saved_panel_is_one_file_that_asks_no_host(tmp_path, lang):
    path = Panel(few_worlds("notice-1"), lang).save(tmp_path / "notice.html")
    page = path.read_text(encoding="utf-8")
    titles = item("notice-1").titles({}, lang)
    assert all(title in page and "{" not in title for title in titles)
    assert "https://" not in page and "src=\"http" not in page


def test_reset_puts_every_control_back():
    panel = Panel(few_worlds("notice-2"), "en")
    usual = panel.values
    for slider in panel.controls.values():
        slider.value = slider.max
    assert panel.values != usual
    panel._reset(None)
    assert panel.values == usual


def test_an_answer_that_a_newer_move_made_stale_is_dropped():
    async def drag():
        panel = Panel(few_worlds("notice-1", worlds=4), "en")
        painted = []
        panel.player.observe(lambda change: painted.append(change["new"]["chart"]["lines"][1]["x"][-1]), "meta")
        panel.controls["days_b"].value = 11
        await asyncio.sleep(0.05)
        panel.controls["days_b"].value = 7
        await asyncio.wait_for(panel._task, 60)
        return painted, panel

    with ThreadPoolExecutor(1) as thread:  # an event loop of its own, whatever else runs in this process
        painted, panel = thread.submit(lambda: asyncio.run(drag())).result()
    assert painted[-1] == 7 and painted.count(11) == 1, "the preview of 11 days, never its worlds"
    assert "…" not in str(panel.player.meta["chart"]["tiles"])


def test_the_whole_answer_is_worked_out_a_day_at_a_time(monkeypatch):
    """So a move waits for a slice of days at most, however long the lives are."""
    monkeypatch.setattr(outcomes, "_lived", {})
    panel = Panel(few_worlds("notice-1", worlds=2), "en")
    sides, worlds, one = 2, 2, panel.item
    steps = sum(1 for _ in panel._steps(afresh=True))
    assert steps >= sides * one.player_days + sides * worlds * one.days
    assert "All" in panel.said.value


def test_a_bet_is_placed_by_its_button_and_answered():
    talk = Prediction(item("notice-1"), "en")
    talk.slider.value = 9
    talk.button.click()
    assert bets.of("notice-1") == 9 and "9" in talk.said.value
    told = Explanation(few_worlds("notice-1"), "en").told()
    assert "You bet 9" in told and item("notice-1").answer_to(9).en in told


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_finished_panel_answers_the_bet_on_its_own_question_only(lang):
    bets.place("notice-2", 0)
    panel = Panel(few_worlds("notice-2", 4), lang)
    panel.finish()
    told = item("notice-2").answer_to(0).say(lang, **item("notice-2").blanks())
    assert told in panel.said.value
    panel.controls["days"].value = 2
    panel.finish()
    assert told not in panel.said.value, "another question than the one bet on"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_an_explanation_has_band_reasons_and_sources(lang):
    bets.place("notice-1", 2)
    page = Explanation(few_worlds("notice-1", 4), lang).page.value
    assert page.count("<tr>") == 2 + 5 + len(item("notice-1").assumptions) and "<svg" in page and "{" not in page
    assert "http" not in page


def test_nobody_reads_the_outcome_before_betting_unless_they_want_to():
    talk = Explanation(few_worlds("notice-1", 4), "en")
    assert "<table" not in talk.page.value and talk.anyway in talk.children
    assert talk.comm is not None, "no page could find it"
    bets.place("notice-1", 11)
    assert "You bet 11" in talk.page.value and "<table" in talk.page.value and talk.anyway not in talk.children
    bets.place("notice-1", 2)
    assert "You bet 2" in talk.page.value, "the page follows the bet"
    other = Explanation(few_worlds("notice-2", 4), "en")
    other.anyway.click()
    assert "<table" in other.page.value and "You have not bet" in other.page.value


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_option_of_every_question_is_answered(lang):
    checks = lesson("notice").checks
    talk = SelfCheck(checks, lang)
    for check in checks:
        _, choice, answer = talk.questions[check.id]
        for number, option in enumerate(check.options):
            choice.value = number
            assert option.feedback.say(lang)[:12] in answer.value.replace("&#x27;", "'").replace("&quot;", '"')
            assert talk.right[check.id] == option.right
        choice.value = next(n for n, option in enumerate(check.options) if option.right)
    assert all(talk.right.values())
