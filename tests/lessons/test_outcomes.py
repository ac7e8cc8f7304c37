"""What lessons count is what the engine did, and what they claim is what the model says, and only while it can."""

import numpy as np
import pytest

from commsim.engine import run
from commsim.lessons.items import item, lesson, lessons
from commsim.lessons.outcomes import (
    Life,
    band,
    begin,
    difference,
    holds,
    live,
    lived,
    mean_curve,
    restarts_by_day,
    rules_of,
)

NAMES = [name for each in lessons() for name in lesson(each).items]
CLAIMS = [(name, claim) for name in NAMES for claim in item(name).claims]


@pytest.mark.parametrize("side", "ab")
@pytest.mark.parametrize("name", NAMES)
def test_counts_are_those_of_an_ordinary_run(name, side):
    chosen = item(name)
    its = chosen.side(side, {})
    life = lived(chosen, its, 4)
    rules = rules_of(chosen.scenario, chosen.scale, chosen.policy, its)
    finished = run(begin(chosen.scenario, chosen.scale, 4, its), rules, chosen.days)
    assert life.counts["restarts"] == len(life.restarts) == finished.measures["restarts"]
    assert life.counts["finished"] == finished.measures["projects_done"]
    assert life.counts["grievances"] == finished.state.office.grievances.sum()
    ended = []
    for project in finished.state.projects.all:
        first = next((s for s in project.steps if s["stage"] == "notice"), None)
        if first and first["until"] is not None:
            ended.append((first["objectors"], first["until"] - first["from"]))
    for objectors, days in ended:
        assert any(curve[-1] == objectors and len(curve) == days for curve in life.curves)
    assert len(ended) == len(life.curves)


def test_a_notice_of_d_days_is_counted_on_d_evenings_and_nobody_takes_an_objection_back():
    chosen = item("notice-1")
    for days in (1, 3, 20):
        life = live(chosen, chosen.side("b", {"days_b": days}), 4, 365)
        assert max(len(curve) for curve in life.curves) == days
        assert all(np.diff((0, *curve)).min() >= 0 for curve in life.curves)


def test_the_first_days_of_two_notices_are_the_same_evenings():
    """Same luck: a short notice is the beginning of a long one."""
    chosen = item("notice-1")
    short, long = (live(chosen, chosen.side("b", {"days_b": days}), 4, 120, first_notice_only=True) for days in (5, 40))
    assert short.curves[0][:5] == long.curves[0][:5] and len(long.curves[0]) == 40


@pytest.mark.parametrize("name, claim", CLAIMS, ids=[f"{name} {claim.outcome}" for name, claim in CLAIMS])
def test_the_model_says_what_the_lesson_claims(name, claim):
    assert holds(item(name), claim)


@pytest.mark.parametrize("name, claim", CLAIMS, ids=[f"{name} {claim.outcome}" for name, claim in CLAIMS])
def test_no_claim_holds_when_nobody_can_see_a_notice(name, claim):
    """The mechanism switched off: neither board nor group is ever looked at."""
    chosen = item(name)
    blind = {"r_board": 0.0, "r_group": 0.0}
    usual = {side: getattr(chosen, side) for side in "ab"}
    sides = {side: data.model_copy(update={"settings": {**data.settings, **blind}}) for side, data in usual.items()}
    assert not holds(chosen.model_copy(update=sides), claim)


def test_bands_by_hand():
    lives = [Life((), (), 1, {"restarts": value}) for value in (1.0, 2.0, 3.0, float("nan"), 6.0)]
    found = band(lives, "restarts")
    assert found["mean"] == 3.0 and found["from"] == pytest.approx(1.3) and found["to"] == pytest.approx(5.1)
    error = 3.1824463 * np.std([1, 2, 3, 6], ddof=1) / 2.0  # t of three degrees of freedom
    assert (found["low"], found["high"]) == (pytest.approx(3 - error), pytest.approx(3 + error))
    assert band(lives[3:4], "restarts")["mean"] is None
    apart = difference(lives[:2], [lives[1], lives[4]], "restarts")
    assert apart["mean"] == 2.5


def test_curves_by_hand():
    lives = [Life(((0, 2), (1, 1, 1)), (3, 9), 14, {}), Life((), (), 14, {})]
    curve = mean_curve(lives)
    assert curve["x"] == [0, 1, 2, 3] and curve["y"] == [0.0, 0.5, 1.5, 1.5]
    by_day = restarts_by_day(lives)
    assert by_day["x"] == [0, 7, 14] and by_day["y"] == [0.0, 0.5, 1.0]
    assert mean_curve([lives[1]])["y"] == []
