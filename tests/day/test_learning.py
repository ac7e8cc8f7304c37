"""Learning: phone classes fill by word of mouth, end when everybody has learned, and cost no more than they hold."""

import numpy as np
import pytest
from alone import SURE, assert_share, hamlet, know, live, logit

from commsim.clock import MONTH
from commsim.day.learning import learning
from commsim.rules import PhoneTraining


def village(n, world=1, **levers):
    """n people who cannot use a phone, in one compound."""
    return hamlet(n, per_compound=n, world=world, literate_young=0.0, **{"theta_class": SURE, **levers})


def test_without_the_rule_nobody_learns_and_nothing_is_drawn():
    state = live(village(200), 400, learning)
    assert not state.people["literate"].any() and not state.people["learning"].any()
    assert state.office.occasions.sum() == 0 and not state.requests


def test_a_poster_is_heard_of_by_hazard_and_agreed_to_by_a_fixed_threshold():
    n, rate, days = 5000, 0.3, 60
    rule = PhoneTraining(poster=rate, every=3650, a_week=0)
    state = live(village(n, theta_class=logit(0.4)), days, learning, rules=[rule])
    waiting = state.people["learning"].sum()
    assert_share(waiting, n, 0.4 * (1 - np.exp(-rate * days / MONTH)))
    longer = live(village(n, theta_class=logit(0.4)), 20 * days, learning, rules=[rule])
    assert_share(longer.people["learning"].sum(), n, 0.4)  # asking again moves nobody


@pytest.mark.parametrize("seats, lessons", [(25, 6), (10, 3), (40, 1)])
def test_full_classes_are_held_as_often_as_a_week_allows_and_teach_whom_they_hold(seats, lessons):
    n = 300
    rule = PhoneTraining(seats=seats, lessons=lessons, poster=10.0, a_week=3, every=3650)
    state = village(n)
    state.people["learning"][:] = True
    held, given = 0, 0
    for _week in range(300):
        live(state, 7, learning, rules=[rule])
        now, taken = int(state.office.occasions[0]), int(state.people["lessons"].sum())
        assert now - held <= 3 and taken - given <= seats * (now - held)
        held, given = now, taken
    assert (state.people["literate"] == (state.people["lessons"] >= lessons)).all()
    assert state.people["lessons"].max() == lessons  # nobody comes once he has learned
    left = int(state.people["learning"].sum())
    assert left < seats and given == lessons * (n - left) + state.people["lessons"][state.people["learning"]].sum()
    assert len(state.requests) == held


def test_a_class_that_is_not_full_is_held_once_in_so_many_days():
    state = village(20)
    state.people["learning"][:] = True
    live(state, 30 * 4, learning, rules=[PhoneTraining(seats=25, every=30, lessons=100, poster=0.0)])
    assert state.office.occasions[0] == 4 and (state.people["lessons"] == 4).all()


def test_those_who_came_tell_their_friends():
    def heard(strength):
        state = village(400, half_life=1e9, q=2.0)
        for i in range(0, 400, 2):
            if strength:
                know(state, i, i + 1, strength)
            state.people["lessons"][i] = 1
            state.people["literate"][i] = True
        live(state, 60, learning, rules=[PhoneTraining(poster=0.0, a_week=0, every=3650)])
        return state.people["learning"][1::2].mean()

    assert heard(0.0) == 0.0
    assert_share(heard(0.5) * 200, 200, 1 - np.exp(-2.0 * 60 / MONTH))


def test_desk_neighbours_meet():
    state = village(20, alpha=0.05, half_life=1e9)
    state.people["learning"][:] = True
    live(state, 1, learning, rules=[PhoneTraining(seats=20, poster=0.0)])
    assert (state.ties.rows["degree"] == 1).all()


def test_demand_rises_and_falls_without_being_told_to():
    """Word of mouth fills the classes, then those who want to have learned (pattern P21)."""
    state = village(600, half_life=1e9, q=2.0, theta_class=logit(0.7), ties_most=40.0)
    rng = np.random.default_rng(5)
    for i in range(600):
        for j in rng.choice(600, 6, replace=False):
            if i != j:
                know(state, i, int(j), 0.3)
    months = []
    for _ in range(24):
        before = int(state.office.occasions[0])
        live(state, 30, learning, rules=[PhoneTraining(poster=0.01, seats=25, every=30)])
        months.append(int(state.office.occasions[0]) - before)
    assert months[0] <= 2 and max(months) >= 6 and months[-1] <= 1
    assert 2 <= int(np.argmax(months)) <= 15
