"""Asking: how many are in trouble, whom they ask, who helps by which odds, and what is counted."""

import numpy as np
import pytest
from alone import SURE, assert_mean, assert_share, hamlet, know, level_on, live, logit
from scipy.special import expit

from commsim.day.asking import asking
from commsim.rules import Barter
from commsim.state.groups import INTEREST, OFFICIAL, enter, open_group
from commsim.state.people import CHILD, FREE_RIDER, UNCONDITIONAL
from commsim.state.ties import strength

EVERY_DAY = 300.0  # troubles per 1,000 people and day


def tally(state, name):
    return int(state.stairs.tally[name][0])


def troubles(state):
    return int(state.stairs.help["troubles"].sum())


def helped(state):
    return int(state.stairs.help["helped"].sum())


def pairs(n, w=0.5, **levers):
    """n people of whom each knows one other by w, which never fades nor grows."""
    state = hamlet(n, per_compound=n, half_life=1e9, alpha=0.0, ties_most=8.0, **levers)
    for i in range(0, n, 2):
        know(state, i, i + 1, w)
    return state


def grouped(state, kind=OFFICIAL, rows=None):
    group = open_group(state.groups, kind, 0, -1, 5)
    for i in range(state.size) if rows is None else rows:
        enter(state.tables.groups, state.tables.people, i, group)
    return state


@pytest.mark.parametrize("rate, n, days", [(0.3, 2000, 300), (5.0, 500, 200)])
def test_troubles_come_at_their_rate(rate, n, days):
    state, daily = hamlet(n, per_compound=n, troubles_rate=rate), []
    live(state, days, asking, each=lambda now: daily.append(troubles(now)))
    assert_mean(np.diff([0, *daily]), rate * n / 1000)


@pytest.mark.parametrize("theta, w, hours", [(-2.0, 0.5, 1.0), (-1.0, 0.9, 0.5), (0.0, 0.04, 2.0)])
def test_a_tie_helps_by_the_logit_of_taking_part_with_its_strength_as_reason(theta, w, hours):
    state = pairs(400, w, theta_help=theta, hours_help=hours, theta_s=3.0, theta_c=0.5, troubles_rate=EVERY_DAY)
    live(state, 60, asking)
    p = expit(theta + 3.0 * w - 0.5 * hours)
    assert tally(state, "asked_known") == troubles(state) > 5000 and tally(state, "asked_strangers") == 0
    assert_share(helped(state), troubles(state), p)
    assert tally(state, "helped_known") == helped(state) and tally(state, "helped_strangers") == 0


@pytest.mark.parametrize("kind, weight", [(UNCONDITIONAL, 0.5), (FREE_RIDER, 0.0)])
def test_others_weigh_the_tie_by_their_type(kind, weight):
    state = pairs(400, 0.8, theta_help=-1.0, theta_s=3.0, theta_c=0.5, troubles_rate=EVERY_DAY)
    state.people["cooperation"][:] = kind
    live(state, 40, asking)
    assert_share(helped(state), troubles(state), expit(-1.0 + weight * 3.0 * 0.8 - 0.5))


def test_whoever_knows_nobody_and_is_in_no_group_is_not_helped():
    state = live(hamlet(300, per_compound=300, troubles_rate=EVERY_DAY, theta_help=SURE), 20, asking)
    assert troubles(state) > 1000 and helped(state) == 0 and tally(state, "asked_known") == 0
    assert state.ties.rows["degree"].sum() == 0


@pytest.mark.parametrize("most, p", [(5, 0.2), (2, 0.4), (0, 0.9)])
def test_the_strongest_few_are_asked_and_one_of_them_is_enough(most, p):
    """Person i knows the next six; alpha = 0 keeps it so."""
    n = 300
    state = hamlet(n, per_compound=n, half_life=1e9, alpha=0.0, asks_most=float(most), theta_help=logit(p),
                   troubles_rate=EVERY_DAY)  # fmt: skip
    for i in range(n):
        for step in (1, 2, 3):
            know(state, i, (i + step) % n, 0.9 - 0.2 * step)
    live(state, 50, asking)
    assert tally(state, "asked_known") == most * troubles(state)
    assert_share(helped(state), troubles(state), 1 - (1 - p) ** most)


def test_the_strongest_come_first():
    state = hamlet(40, per_compound=40, half_life=1e9, alpha=1e-3, asks_most=1.0, theta_help=SURE,
                   troubles_rate=EVERY_DAY)  # fmt: skip
    for i in range(0, 40, 4):
        for step, w in ((1, 0.5), (2, 0.9), (3, 0.1)):
            know(state, i, i + step, w)
    live(state, 30, asking)
    level = level_on(30, 1e9)
    for i in range(0, 40, 4):
        assert strength(state.tables.ties, i, i + 2, level) > 0.9
        if strength(state.tables.ties, i, i + 1, level) > 0.5:  # only because i + 1 asked i
            assert strength(state.tables.ties, i, i + 3, level) >= 0.1


@pytest.mark.parametrize("kind", [OFFICIAL, INTEREST])
@pytest.mark.parametrize("in_view, p", [(0.03, 0.1), (0.01, 1.0)])
def test_members_who_look_may_help_somebody_they_never_met(kind, in_view, p):
    n = 200
    state = hamlet(n, per_compound=n, cap=float(n), alpha=0.0, in_view=in_view, theta_help=logit(p),
                   troubles_rate=EVERY_DAY)  # fmt: skip
    live(grouped(state, kind), 60, asking)
    # each of Poisson((n - 1) in_view) who look is some member, the asker and those drawn twice left out
    mean = (n - 1) * in_view
    assert abs(tally(state, "asked_strangers") / troubles(state) / mean - 1) < 0.06
    expected = 1 - np.exp(-mean * p * (n - 1) / n)
    assert_share(helped(state), troubles(state), expected, bias=0.02)
    assert tally(state, "helped_strangers") == helped(state) > 0 and tally(state, "helped_known") == 0


def test_outside_the_group_nobody_hears_a_plea_made_there_and_askers_outside_ask_ties_only():
    n = 100
    state = grouped(pairs(n, theta_help=SURE, in_view=1.0, troubles_rate=EVERY_DAY), rows=range(0, n, 2))
    state.people["cooperation"][1::2] = FREE_RIDER
    live(state, 30, asking)
    assert tally(state, "asked_strangers") > 0 and helped(state) == troubles(state)
    alone = live(pairs(n, theta_help=SURE, in_view=1.0, troubles_rate=EVERY_DAY), 30, asking)
    assert tally(alone, "asked_strangers") == 0


def test_no_tie_is_asked_twice_when_it_also_looks():
    """In a group of two who know each other the only one who can look has been asked already."""
    state = grouped(pairs(2, theta_help=-SURE, in_view=1.0, view_hours=20.0, troubles_rate=500.0))
    live(state, 200, asking)
    assert tally(state, "asked_strangers") == 0 and tally(state, "asked_known") == troubles(state) > 50


@pytest.mark.parametrize("alpha", [0.05, 0.2])
def test_whoever_helps_has_met_the_other(alpha):
    state = hamlet(2, per_compound=2, half_life=1e9, alpha=alpha, theta_help=SURE, troubles_rate=500.0)
    know(state, 0, 1, 0.3)
    live(state, 30, asking)
    w = 1 - 0.7 * (1 - alpha) ** helped(state)
    assert helped(state) == troubles(state) > 10
    assert strength(state.tables.ties, 0, 1, level_on(30, 1e9)) == pytest.approx(w)


def test_a_child_s_trouble_is_carried_by_a_grown_up():
    state = hamlet(6, 2, per_compound=2, half_life=1e9, alpha=0.01, theta_help=SURE, troubles_rate=500.0)
    state.people["age"][1:3] = CHILD
    know(state, 0, 3, 0.5)
    state.people["age"][4:6] = CHILD
    live(state, 60, asking)
    assert helped(state) == troubles(state) > 100
    assert state.ties.rows["degree"].tolist() == [1, 0, 0, 1, 0, 0]


def test_barter_is_the_same_event_with_its_own_rate_and_hours_and_counts_apart():
    state = pairs(400, 0.5, theta_help=-1.0, theta_s=3.0, theta_c=0.5)
    live(state, 60, asking, rules=[Barter(rate=EVERY_DAY, hours=0.2)])
    assert troubles(state) == 0 and tally(state, "asked_known") == 0
    assert tally(state, "offers") > 5000
    assert_share(tally(state, "taken"), tally(state, "offers"), expit(-1.0 + 1.5 - 0.1))


def test_troubles_are_the_same_whatever_else_the_policy_does():
    def history(rules):
        state = pairs(300, theta_help=0.0, troubles_rate=20.0)
        live(state, 50, asking, rules=rules)
        return state.stairs.help["troubles"].tolist(), state.stairs.help["helped"].tolist()

    assert history([]) == history([Barter(rate=100.0)])


def test_without_troubles_and_offers_nothing_happens():
    state = pairs(50, theta_help=SURE)
    before = state.ties.rows.copy()
    live(state, 30, asking)
    assert troubles(state) == 0 and (state.stairs.help["day"] == -1).all()
    assert (state.ties.rows == before).all()
