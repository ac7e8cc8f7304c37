"""Readings of services: each number by hand, and none where there is nothing to count."""

import numpy as np
import pytest
from alone import SURE, change, hamlet, live, logit

from commsim.day.gathering import gathering
from commsim.day.moving import moving
from commsim.day.needs import needs
from commsim.day.supplying import supplying
from commsim.readings.services import read_services
from commsim.rules import Gatherings, Hall, NeedsSurvey
from commsim.state.people import CHILD
from commsim.state.settings import THEMES


def read(state):
    return read_services(state, state.base, state.day - 1)


def weekly(**arguments):
    return Gatherings(**{"every": 7, "themes": ("culture",), "threshold": 0, "operator": ">=", "sign_up_days": 3,
                         "together": 0.0, "seats": 100_000, **arguments})  # fmt: skip


def test_a_place_where_nothing_has_happened():
    state = hamlet(90, households=30, child_share=0.2)
    adults = state.people["age"] != CHILD
    assert 0 < adults.sum() < 90
    found = read(state)
    assert found["trust_property"] == pytest.approx(state.people["trust_property"][adults].mean())
    assert found["trust_government"] == pytest.approx(state.people["trust_government"][adults].mean())
    assert found["official_energy"] == 1.0 and found["issues_open"] == 0.0
    for name in ("resolved_days_p50", "self_solved_share", "repeat_attendance_ratio", "attendance_by_theme",
                 "hall_use_ratio"):  # fmt: skip
        assert found[name] is None, name


def test_energy_is_what_the_weeks_hours_have_left():
    state = change(hamlet(20, officials=2.0), energy=40.0)
    state.day = 21
    state.office.officials["tired"][:], state.office.officials["tired_at"][:] = (30.0, 100.0), (14.0, 21.0)
    assert read(state)["official_energy"] == pytest.approx((1 - 30.0 * np.exp(-1.0) / 40.0 + 0.0) / 2)


def test_what_is_open_and_how_long_the_rest_took():
    state = live(hamlet(200, needs_rate=100.0, class_1=0.0, class_2=1.0), 2, needs)
    state.day = 400
    n = int(state.cases.count[0])
    rows = state.cases.rows[:n]
    rows["reported"], rows["solved"], rows["answered"], rows["klass"] = 100.0, -1.0, -1.0, 2
    rows["solved"][:7], rows["answered"][:9] = 100.0 + np.arange(1, 8), 101.0
    rows["own"][:3] = True
    found = read(state)
    assert found["issues_open"] == 1000.0 * (n - 7) / 200
    assert found["self_solved_share"] == pytest.approx(3 / 9)
    assert found["resolved_days_p50"] is None and n > 20  # fewer than half are settled
    rows["klass"][13:], rows["answered"][:] = 1, 101.0  # thirteen of class 2: the median is the seventh
    assert read(state)["resolved_days_p50"] == 7.0
    rows["klass"][:13] = 3
    assert read(state)["resolved_days_p50"] == 7.0 and read(state)["self_solved_share"] is None
    rows["reported"][:], state.day = 10.0, 800  # more than a year ago
    assert read(state)["resolved_days_p50"] is None


@pytest.mark.parametrize("a, b", [(1.0, 3.0), (0.5, 2.0), (4.0, 4.0)])
def test_the_same_old_faces_come_as_often_as_their_propensities_say(a, b):
    """Lasting propensities p: P(next | came) / P(comes) = 1 + CV² (check C22), Beta(a, b) here."""
    n, times = 3000, 12
    state = hamlet(n, per_compound=n, theta_gathering=0.0, theta_v=1.0, ties_most=8.0)
    p = np.random.default_rng(7).beta(a, b, n).clip(1e-9, 1 - 1e-9)
    state.people["v"][:] = [logit(one) for one in p]
    live(state, 7 * times, gathering, rules=[weekly()])
    ratio = read(state)["repeat_attendance_ratio"]
    assert ratio == pytest.approx(1 + p.var() / p.mean() ** 2, rel=0.03)
    assert ratio == pytest.approx((a + 1) / (a + b + 1) * (a + b) / a, rel=0.12)


@pytest.mark.parametrize("p", [0.2, 0.9])
def test_where_all_are_alike_having_come_makes_no_difference(p):
    state = hamlet(2000, per_compound=2000, theta_gathering=logit(p), ties_most=8.0)
    live(state, 70, gathering, rules=[weekly()])
    assert read(state)["repeat_attendance_ratio"] == pytest.approx(1.0, abs=0.06)
    assert state.gatherings.again[3] == 2000 * (len(state.gatherings.past) - 1)


def test_one_gathering_a_compound_is_no_pair_and_another_compound_is_another_series():
    state = hamlet(400, per_compound=100, theta_gathering=SURE, ties_most=8.0)
    live(state, 10, gathering, rules=[weekly(every=1000)])
    assert len(state.gatherings.past) == 4 and read(state)["repeat_attendance_ratio"] is None


def test_who_moved_in_between_does_not_count_as_somebody_who_stayed_away():
    state = hamlet(500, per_compound=500, theta_gathering=SURE, ties_most=8.0)
    live(state, 6, gathering, rules=[weekly()])
    live(change(state, stay_owner=3.0, stay_long=3.0, stay_short=3.0), 1, moving)
    moved = int((state.people["tenancy"] > 0).sum())
    assert 50 < moved < 450
    live(change(state, stay_owner=1e9, stay_long=1e9, stay_short=1e9), 6, gathering, rules=[weekly()])
    assert len(state.gatherings.past) == 2
    assert state.gatherings.again.tolist() == [500 - moved] * 4


def test_a_branch_remembers_who_came():
    state = live(hamlet(100, per_compound=100, theta_gathering=SURE, ties_most=8.0), 10, gathering, rules=[weekly()])
    twin = state.copy()
    live(twin, 14, gathering, rules=[weekly()])
    assert state.gatherings.again.sum() == 0 and twin.gatherings.again.sum() > 0


@pytest.mark.parametrize("likes", [0.0, 0.5, 1.0])
def test_themes_that_more_people_like_draw_more(likes):
    state = hamlet(1000, per_compound=1000, theta_gathering=-20.0, theta_m=40.0, likes_chess=likes, likes_pets=0.1,
                   ties_most=8.0)  # fmt: skip
    liked = [((state.people["interests"] >> THEMES.index(theme)) & 1).sum() for theme in ("chess", "pets")]
    live(state, 5, gathering, rules=[weekly(themes=("chess", "pets"))])
    assert read(state)["attendance_by_theme"] is None  # only one has been tried
    live(state, 30, gathering, rules=[weekly(themes=("chess", "pets"))])
    assert read(state)["attendance_by_theme"] == abs(int(liked[0]) - int(liked[1]))


def test_a_hall_is_used_as_much_as_at_its_opening_or_less():
    def used(days, **levers):
        state = hamlet(3000, per_compound=3000, theta_g=2.0, chi=0.0, ties_most=8.0, **levers)
        live(state, days, supplying, rules=[Hall(guests=0, opening_gift=levers.pop("gift", True))])
        return read(state)["hall_use_ratio"]

    assert used(40, theta_gathering=0.0) is None  # open less than eight times
    p, gift = 0.2, 0.2 * np.exp(2.0) / (0.8 + 0.2 * np.exp(2.0))
    assert used(150, theta_gathering=logit(p)) == pytest.approx(p / gift, rel=0.06)
    assert used(150, theta_gathering=-SURE) is None  # nobody came to the opening


# -- themes that are asked for, weekdays --------------------------------------------------------------------------


def test_asked_themes_come_in_the_order_of_how_many_are_known_to_like_them():
    state = hamlet(300, per_compound=300, theta_gathering=-SURE, likes_sport=0.9, likes_pets=0.5, likes_chess=0.1,
                   ties_most=8.0)  # fmt: skip
    rule = weekly(themes=("chess", "pets", "sport"), threshold=1, every=100)
    unknown = live(state.copy(), 15, gathering, rules=[rule, NeedsSurvey()])
    assert [g["theme"] for g in unknown.gatherings.past] == ["chess", "pets", "sport"]  # nothing is known: in turn
    state.people["took_part"][:] = 1
    known = live(state.copy(), 15, gathering, rules=[rule, NeedsSurvey()])
    assert [g["theme"] for g in known.gatherings.past] == ["sport", "pets", "chess"]
    not_asked = live(state, 15, gathering, rules=[rule])
    assert [g["theme"] for g in not_asked.gatherings.past] == ["chess", "pets", "sport"]


@pytest.mark.parametrize("free", [0.25, 0.5, 1.0])
def test_on_a_weekday_an_hour_of_a_commuter_costs_more(free):
    def came(weekday):
        state = hamlet(6000, per_compound=6000, theta_gathering=1.0, theta_c=0.5, commuter_share=0.5,
                       commuter_free=free, ties_most=8.0)  # fmt: skip
        live(state, 14, gathering, rules=[weekly(hours=2.0, weekday=weekday, every=100)])
        (held,) = state.gatherings.past
        assert held["day"] % 7 == (2 if weekday else 5)
        commuters = state.people["commuter"]
        took = state.people["took_part"] > 0
        return took[commuters].mean(), took[~commuters].mean()

    saturday, wednesday = came(False), came(True)
    expected = 1 / (1 + np.exp(-(1.0 - 0.5 * 2.0 / free)))
    assert wednesday[0] == pytest.approx(expected, abs=4 * np.sqrt(0.25 / 3000))
    assert saturday[0] == pytest.approx(0.5, abs=4 * np.sqrt(0.25 / 3000))
    assert saturday[1] == pytest.approx(wednesday[1], abs=5 * np.sqrt(0.25 / 3000))
