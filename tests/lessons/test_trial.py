"""Textbook models in a lesson: trials meet their closed forms (C1, C2, C7, C19, C20), and claims can fail."""

import asyncio
import re
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from ruamel.yaml import YAML

from commsim.errors import UserError
from commsim.lessons import bets, items, textbook
from commsim.lessons.items import item, lesson, lessons, read
from commsim.lessons.outcomes import band
from commsim.lessons.textbook import tried
from commsim.lessons.trial import TrialExplanation, TrialPanel, holds
from commsim.words import LANGUAGES

NAMES = [name for each in lessons() for name in lesson(each).textbook]
CLAIMS = [(name, claim) for name in NAMES for claim in item(name).claims]
CONTROLS = [(name, control.id) for name in NAMES for control in item(name).controls]


def few(name, worlds=2):
    return item(name).model_copy(update={"worlds": worlds})


def mean(model, numbers, outcome, worlds=8):
    return band([tried(model, numbers, world) for world in range(1, worlds + 1)], outcome)["mean"]


# what is counted, against what is known


def test_all_models_of_the_textbook_are_asked_about():
    assert {item(name).model for name in NAMES} == set(textbook.MODELS)


def test_open_people_agree_on_the_mean_by_people_known_and_stubborn_ones_stay_apart():
    """C1 and C2: the solution of x = o W x + (1 - o) x0."""
    weights, degree = textbook.courtyard()
    trial = tried("listening", {"openness": 100}, 1)
    assert trial.counts["spread"] < 0.5 and trial.counts["mean"] == pytest.approx(trial.counts["weighted"], abs=0.3)
    assert trial.counts["weighted"] > trial.counts["plain"] + 5  # or nobody could tell them apart
    half = tried("listening", {"openness": 50}, 1)
    everybody = textbook.opinions.friedkin_johnsen(weights, np.eye(len(degree))[0] * 100, 0.5, 40)[-1]
    solved = np.linalg.solve(np.eye(len(degree)) - 0.5 * weights, 0.5 * np.eye(len(degree))[0] * 100)
    np.testing.assert_allclose(everybody, solved, atol=1e-8)
    assert half.counts["spread"] > 40 and tried("listening", {"openness": 0}, 1).counts["spread"] > 75


@pytest.mark.parametrize("tolerance, low, high", [(50, 1, 1), (20, 1.8, 2.3), (10, 4, 5)])
def test_camps_by_reach(tolerance, low, high):
    """C7, and the mean stays."""
    assert low <= mean("meeting", {"tolerance": tolerance}, "camps") <= high
    counts = tried("meeting", {"tolerance": tolerance}, 3).counts
    assert counts["mean"] == pytest.approx(counts["plain"], abs=1e-10)


@pytest.mark.parametrize("hub, ordinary, around", [(1, 0, 9), (0, 9, 9), (0, 1, 9), (1, 0, 20), (0, 3, 12)])
def test_wins_are_the_share_of_links(hub, ordinary, around):
    """C20."""
    numbers = {"hub": hub, "ordinary": ordinary, "around": around}
    share = tried("copying", numbers, 1).counts["links"]
    error = 100 * np.sqrt(share / 100 * (1 - share / 100) / 800)
    assert mean("copying", numbers, "won") == pytest.approx(share, abs=4 * error)


@pytest.mark.parametrize("start, friends, expected", [(5, 5, 4.94), (15, 5, 4.94), (40, 5, 72.15), (90, 5, 72.15),
                                                      (60, 0, 3.85)])  # fmt: skip
def test_acquaintance_is_thin_or_dense(start, friends, expected):
    """C19, with sixty households."""
    assert mean("closing", {"start": start, "friends": friends}, "density", 4) == pytest.approx(expected, abs=2.5)


def test_the_same_world_is_the_same_luck_on_both_sides():
    a, b = (textbook.meeting({"tolerance": t}, 5) for t in (10, 50))
    assert (a.rows[:, 0] == b.rows[:, 0]).all() and (a.rows[:, -1] != b.rows[:, -1]).any()


# claims


@pytest.mark.parametrize("name, claim", CLAIMS, ids=[f"{name} {claim.outcome}" for name, claim in CLAIMS])
def test_the_model_says_what_the_lesson_claims(name, claim):
    assert holds(item(name), claim)


@pytest.mark.parametrize("name, claim", CLAIMS, ids=[f"{name} {claim.outcome}" for name, claim in CLAIMS])
def test_no_claim_holds_between_two_equal_sides(name, claim):
    same = item(name).model_copy(update={"b": item(name).a})
    assert not holds(same, claim)


def test_without_introductions_the_start_does_not_matter():
    one = item("circles-2")
    off = {side: getattr(one, side).model_copy(update={"numbers": {**getattr(one, side).numbers, "friends": 0}})
           for side in "ab"}  # fmt: skip
    assert not holds(one.model_copy(update=off), one.claims[0])


# the panel


@pytest.mark.parametrize("name, control", CONTROLS)
def test_every_control_at_its_least_usual_and_most(name, control):
    panel = TrialPanel(few(name), "zh")
    slider, seen = panel.controls[control], []
    for value in (slider.min, slider.max, slider.value):
        slider.value = value
        panel.finish()
        assert panel.player.value.count("<polyline") >= 2 and "…" not in panel.player.value
        assert "nan" not in panel.player.value and "{" not in panel.player.value
        seen.append(panel.player.value)
    assert seen[0] != seen[1], "the control moves nothing"


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_a_panel_speaks_one_language_and_asks_no_host(name, lang, tmp_path):
    panel = TrialPanel(few(name), lang)
    labels = (slider.description for slider in panel.controls.values())
    words = " ".join([*labels, panel.said.value, panel.player.value])
    assert bool(re.search(r"[\u4e00-\u9fff]", words)) == (lang == "zh")
    assert "http" not in panel.save(tmp_path / "a.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("name, drawn", [("circles-1", True), ("circles-2", True), ("opinions-1", False)])
def test_the_bet_stays_in_sight(name, drawn):
    panel = TrialPanel(few(name), "en")
    assert "stroke-dasharray" not in panel.player.value
    bets.place(name, 37)
    assert "<td" in panel.player.value and ">37<" in panel.player.value
    assert ("stroke-dasharray" in panel.player.value) == drawn
    panel.finish()
    assert "You bet 37" in panel.said.value and item(name).answer_to(37).en[:20] in panel.said.value


def test_an_answer_that_a_newer_move_made_stale_is_dropped():
    async def drag():
        panel, slider = TrialPanel(few("opinions-2", 6), "en"), "tolerance_b"
        panel.controls[slider].value = 30
        await asyncio.sleep(0.05)
        panel.controls[slider].value = 15
        await asyncio.wait_for(panel._task, 60)
        return panel.player.value

    with ThreadPoolExecutor(1) as thread:
        page = thread.submit(lambda: asyncio.run(drag())).result()
    assert "less than 15 apart" in page and "30 apart" not in page and "…" not in page


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_an_explanation_has_band_reasons_and_assumptions(name, lang):
    bets.place(name, 5)
    page = TrialExplanation(few(name, 4), lang).page.value
    assert page.count("<tr>") == 1 + len(item(name).tiles) and "<svg" in page and "{" not in page
    assert page.count("<li>") == len(item(name).assumptions.en)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_every_bet_has_an_answer(name, lang):
    one = item(name)
    answers = {one.answer_to(bet).say(lang) for bet in range(one.bet.low, one.bet.high + 1)}
    assert len(answers) == len(one.options) and all(answers)


# mistakes


BROKEN = {
    "unknown model": (lambda d: d.update(model="gossip"), "lesson_value", "model"),
    "unknown number": (lambda d: d["a"].update(numbers={"ears": 3}), "value_unknown", "opinions-1.a"),
    "a control of nothing": (lambda d: d["controls"][0].update(number="ears"), "value_unknown", "openness_a"),
    "a control that starts outside": (lambda d: d["controls"][0].update(high=50), "value_out_of_range", "openness_a"),
    "a tile of another model": (lambda d: d.update(tiles=["won"]), "value_unknown", "opinions-1"),
    "bets without an answer": (lambda d: d["options"].pop(), "lesson_options", "opinions-1.options"),
}


@pytest.mark.parametrize("change, key, place", BROKEN.values(), ids=BROKEN)
def test_a_mistake_is_named_with_its_place(tmp_path, change, key, place):
    yaml = YAML(typ="safe", pure=True)
    data = yaml.load((items.FOLDER / "opinions.yaml").read_text(encoding="utf-8"))
    change(data["textbook"]["opinions-1"])
    with (tmp_path / "broken.yaml").open("w", encoding="utf-8") as file:
        yaml.dump(data, file)
    with pytest.raises(UserError) as caught:
        read(tmp_path / "broken.yaml")
    assert caught.value.key == key and place in str(caught.value.facts["place"])
