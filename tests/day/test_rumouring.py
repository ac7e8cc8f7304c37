"""Rumours: how they spread, when they die, what a correction does; closed forms where there are any."""

import numpy as np
import pytest
from alone import assert_mean, assert_share, change, dense_ties, hamlet, know, live
from scipy.optimize import brentq

from commsim.clock import HOURS
from commsim.day import rumouring as phase
from commsim.day.rumouring import rumouring
from commsim.readings.affairs import read_affairs
from commsim.rules import Corrections, PublicAccount
from commsim.state.affairs import begin_rumour
from commsim.state.groups import OFFICIAL, enter, open_group
from commsim.state.messages import CORRECTION, RUMOUR
from commsim.state.people import BELIEVES, CHILD, OVER_IT, UNHEARD

RARE = 1e-12  # rumours a day: those of the tests only
LEVERS = dict(rumour_rate=RARE, beta_rumour=0.0, gamma_r=0.0, c_r=0.0, half_life=1e9, cap=5000.0, r_group=50.0)


def place(people, **levers):
    return hamlet(people, per_compound=people, **{**LEVERS, "ties_most": 8.0, **levers})


def spread(state, believers, compound=0):
    state.affairs = begin_rumour(state.affairs, compound, state.day)
    state.people["believes"][believers] = BELIEVES


def official(state, members):
    group = open_group(state.groups, OFFICIAL, 0, -1, 1, 0)
    for i in members:
        assert enter(state.tables.groups, state.tables.people, i, group)
    return group


def believe(state):
    return state.people["believes"] == BELIEVES


def test_without_rumours_nothing_happens_and_nothing_is_drawn():
    state = place(30, rumour_rate=0.0)
    live(state, 5, rumouring)
    assert (state.people["believes"] == UNHEARD).all() and state.affairs.told["rumours"][0] == 0
    assert read_affairs(state, state.base, 5)["rumour_hours"] is None


@pytest.mark.parametrize("rate", [0.02, 0.3])
def test_rumours_begin_at_their_rate_where_none_goes_round(rate):
    state = hamlet(400, per_compound=2, **{**LEVERS, "rumour_rate": rate, "gamma_r": 50.0})
    live(state, 60, rumouring)  # each is over on its first evening
    begun = int(state.affairs.told["rumours"][0])
    assert_share(begun, 200 * 60, 1 - np.exp(-rate))
    rows = state.affairs.rumours[:begun]
    assert (rows["ended"] == rows["began"] + 1).all() and len(np.unique(rows["compound"])) > 100


def test_a_rumour_begins_with_one_adult_and_only_one_goes_round_at_a_time():
    state = hamlet(60, 20, per_compound=20, **{**LEVERS, "rumour_rate": 1.0, "child_share": 0.3})
    live(state, 40, rumouring)
    assert believe(state).sum() == state.affairs.told["rumours"][0] == 1
    assert (state.people["age"][believe(state)] != CHILD).all()


@pytest.mark.parametrize("beta, w", [(0.1, 0.5), (0.3, 0.9), (1.0, 0.2)])
def test_a_tie_takes_in_with_beta_times_its_strength(beta, w):
    state = place(4000, beta_rumour=beta)
    for i in range(0, 4000, 2):
        know(state, i, i + 1, w)
    spread(state, np.arange(0, 4000, 2))
    live(state, 1, rumouring)
    assert_share(believe(state)[1::2].sum(), 2000, beta * w)


def test_several_ties_are_several_exposures():
    state = place(3000, beta_rumour=0.2)
    for i in range(0, 3000, 3):
        know(state, i, i + 2, 0.5)
        know(state, i + 1, i + 2, 0.8)
    spread(state, np.flatnonzero(np.arange(3000) % 3 < 2))
    live(state, 1, rumouring)
    assert_share(believe(state)[2::3].sum(), 1000, 1 - (1 - 0.2 * 0.5) * (1 - 0.2 * 0.8))


@pytest.mark.parametrize("gamma", [0.05, 0.4])
def test_it_is_forgotten_at_its_rate(gamma):
    state = place(3000, gamma_r=gamma)
    spread(state, np.arange(3000))
    live(state, 3, rumouring)
    assert_share(believe(state).sum(), 3000, np.exp(-3 * gamma))
    assert (state.people["believes"][~believe(state)] == OVER_IT).all()


def final_size(ratio):
    """Kermack & McKendrick: z = 1 - e^(-R z)."""
    return brentq(lambda z: 1 - np.exp(-ratio * z) - z, 1e-6, 1.0) if ratio > 1 else 0.0


@pytest.mark.parametrize("ratio", [0.5, 0.8, 1.6, 3.0])
def test_it_dies_below_one_and_takes_in_the_final_share_above(ratio):
    """Threshold: believers that one makes, k (-ln(1 - beta)) / (1 - e^-gamma), against 1."""
    n, degree, gamma, seeds = 3000, 300, 0.2, 30
    beta = 1 - np.exp(-ratio * (1 - np.exp(-gamma)) / degree)
    state = place(n, beta_rumour=beta, gamma_r=gamma, ties_most=float(degree))
    dense_ties(state, degree)
    spread(state, np.arange(0, n, n // seeds))
    live(state, 250, rumouring)
    reached = (state.people["believes"] != UNHEARD).mean()
    if ratio < 1:
        assert reached < 4 * seeds / n / (1 - ratio)  # the mean of a dying line is seeds / (1 - R)
    else:
        assert reached == pytest.approx(final_size(ratio), abs=0.06)
    assert not believe(state).any() and state.affairs.rumours["ended"][0] > 0


@pytest.mark.parametrize("a_day, c, gamma", [(1, 0.5, 0.1), (3, 0.5, 0.1), (2, 2.0, 0.0)])
def test_members_get_over_it_sooner_when_it_is_put_right(a_day, c, gamma):
    """e^-gamma (1 - l + l e^-c)^corrections of those in the group still believe it next day; others e^-gamma."""
    state = place(4000, gamma_r=gamma, c_r=c, r_group=0.4)
    official(state, range(2000))
    spread(state, np.arange(4000))
    state.affairs.compounds["known"][0] = True
    live(state, 1, rumouring, rules=[Corrections(a_day=a_day)])
    read = 1 - np.exp(-0.4)
    assert_share(believe(state)[:2000].sum(), 2000, np.exp(-gamma) * (1 - read + read * np.exp(-c)) ** a_day)
    assert_share(believe(state)[2000:].sum(), 2000, np.exp(-gamma))
    rows = state.messages.rows[: state.messages.count[0]]
    assert (rows["kind"] == CORRECTION).sum() == a_day and (rows["sender"][rows["kind"] == CORRECTION] < 0).all()
    assert len(state.requests) == a_day


def test_nothing_is_put_right_before_the_office_has_heard_of_it_or_when_no_member_believes_it():
    for known, members, told in ((False, range(10), 0), (True, range(10, 20), 0), (True, range(10), 1)):
        state = place(20)
        official(state, members)
        spread(state, [3])
        state.affairs.compounds["known"][0] = known
        live(state, 1, rumouring, rules=[Corrections()])
        assert (state.messages.rows["kind"][: state.messages.count[0]] == CORRECTION).sum() == told


@pytest.mark.parametrize("corrected", [True, False])
def test_corrections_carry_it_below_the_threshold(corrected):
    n, degree = 3000, 300
    beta = 1 - np.exp(-2.0 * (1 - np.exp(-0.1)) / degree)  # twice the threshold without any
    state = place(n, beta_rumour=beta, gamma_r=0.1, c_r=0.5, ties_most=float(degree))
    dense_ties(state, degree)
    official(state, range(n))
    spread(state, np.arange(30))
    state.affairs.compounds["known"][0] = True
    live(state, 200, rumouring, rules=[Corrections()] if corrected else [])
    reached = (state.people["believes"] != UNHEARD).mean()
    if corrected:  # e^-.6 stay: R = 2 (1 - e^-.1) / (1 - e^-.6) = .42
        assert reached < 0.04
    else:
        assert reached == pytest.approx(final_size(2.0), abs=0.06)


@pytest.mark.parametrize("view", [0.03, 0.2])
def test_posts_in_a_group_are_seen_by_those_who_look(view):
    """Everybody believing posts (rate is high): share of others taken in 1 - (1 - beta v)^posts."""
    state = place(2000, beta_rumour=0.5, in_view=view, mu=1e9, w_0=1e-9)
    group = official(state, range(2000))
    for i in range(0, 20, 2):
        know(state, i, i + 1, 0.5)
    state.people["believes"][20:] = UNHEARD
    spread(state, np.arange(20))  # they know each other only: no tie leads out
    live(state, 1, rumouring)
    assert_share(believe(state)[20:].sum(), 1980, 1 - (1 - 0.5 * view) ** 20)
    rows = state.messages.rows[: state.messages.count[0]]
    assert (rows["kind"] == RUMOUR).sum() == 20 and (rows["group"] == group).all()
    assert state.affairs.compounds["known"][0]


def test_one_post_a_day_at_most_and_messages_stay_in_order():
    state = place(50, mu=1e9, w_0=1e-9)
    official(state, range(50))
    for i in range(0, 50, 2):
        know(state, i, i + 1, 0.5)
    spread(state, np.arange(50))
    live(state, 4, rumouring)
    rows = state.messages.rows[: state.messages.count[0]]
    assert len(rows) == 200 and (np.diff(rows["time"]) >= 0).all()
    assert (np.bincount(rows["sender"], minlength=50) == 4).all()


def test_who_knows_nobody_passes_nothing_on_in_a_group():
    state = place(50, mu=1e9, beta_rumour=1.0, in_view=1.0)
    official(state, range(50))
    spread(state, [0])
    live(state, 3, rumouring)
    assert state.messages.count[0] == 0 and believe(state).sum() == 1


def test_a_rumour_stays_in_its_compound():
    state = hamlet(200, per_compound=100, **{**LEVERS, "beta_rumour": 1.0})
    for i in range(100):
        know(state, i, i + 100, 1.0)
    spread(state, np.arange(100))
    live(state, 3, rumouring)
    assert believe(state).sum() == 100


@pytest.mark.parametrize("gamma", [0.1, 0.5])
def test_the_median_life_of_a_rumour_of_one_is_that_of_forgetting(gamma):
    state = hamlet(600, per_compound=1, **{**LEVERS, "gamma_r": gamma})
    for compound in range(state.homes.compounds):
        spread(state, [state.homes.compound_rows[compound]], compound)
    live(change(state), 60, rumouring)
    stay = np.exp(-gamma)
    rows = state.affairs.rumours[: state.affairs.told["rumours"][0]]
    assert_mean(np.where(rows["ended"] >= 0, rows["ended"], 60), (1 - stay**60) / (1 - stay))
    median = next(day for day in range(1, 60) if 1 - stay**day >= 0.5)
    assert read_affairs(state, state.base, 59)["rumour_hours"] / HOURS == pytest.approx(median, abs=1)


def test_a_mechanism_that_forgets_to_forget_is_noticed(monkeypatch):
    monkeypatch.setattr(phase, "OVER_IT", BELIEVES)
    if phase.pass_on.__class__.__name__ != "function":
        pytest.skip("compiled kernels keep their constants")
    state = place(3000, gamma_r=0.4)
    spread(state, np.arange(3000))
    live(state, 3, rumouring)
    with pytest.raises(AssertionError):
        assert_share(believe(state).sum(), 3000, np.exp(-3 * 0.4))


@pytest.mark.parametrize("known, posts, c", [(True, 3.0, 0.3), (True, 10.0, 0.1), (False, 10.0, 1.0)])
def test_followers_of_the_public_account_read_what_is_put_right_there(known, posts, c):
    """Of followers e^-(c posts) go on believing it; others go by nothing but forgetting."""
    state = hamlet(4000, per_compound=4000, **{**LEVERS, "c_r": c, "literate_young": 0.5, "account_share": 0.4})
    spread(state, np.arange(4000))
    state.affairs.compounds["known"][0] = known
    live(state, 1, rumouring, rules=[PublicAccount(posts_a_week=7.0 * posts)])
    written = len(state.requests)
    assert 0 < written < 4 * posts + 5
    over = ~believe(state)
    assert not over[~state.people["literate"]].any()
    phones = int(state.people["literate"].sum())
    assert_share(over.sum(), phones, 0.4 * (1 - np.exp(-c * written)) if known else 0.0)


def test_the_account_writes_at_its_rate():
    state = place(10)
    live(state, 700, rumouring, rules=[PublicAccount(posts_a_week=2.0)])
    assert abs(len(state.requests) - 200) < 4 * np.sqrt(200)


@pytest.mark.parametrize("ready, w, c", [(0.5, 0.8, 1.0), (1.0, 0.3, 50.0), (0.0, 0.9, 50.0)])
def test_who_meets_a_neighbour_that_is_over_it_is_told_better(ready, w, c):
    """1 - put_right w (1 - e^-c) go on believing it; nobody has to tell the office, and it costs nothing."""
    state = place(4000, put_right=ready, c_r=c)
    for i in range(0, 4000, 2):
        know(state, i, i + 1, w)
    spread(state, np.arange(0, 4000, 2))
    state.people["believes"][1::2] = OVER_IT
    live(state, 1, rumouring)
    assert_share(2000 - believe(state).sum(), 2000, ready * w * (1 - np.exp(-c)))
    assert not state.requests and not state.affairs.compounds["known"][0]


def test_several_neighbours_tell_better_one_by_one_and_strangers_and_other_compounds_do_not():
    state = hamlet(6000, per_compound=3000, **{**LEVERS, "put_right": 1.0, "c_r": 50.0})
    for i in range(0, 3000, 3):
        know(state, i, i + 1, 0.3)
        know(state, i, i + 2, 0.6)
        know(state, i + 1, 3000 + i, 1.0)
    state.people["believes"][3000:] = OVER_IT
    state.people["believes"][:3000] = np.where(np.arange(3000) % 3, OVER_IT, BELIEVES)
    state.people["believes"][3:3000:6] = UNHEARD
    spread(state, np.arange(0, 3000, 6))
    live(state, 1, rumouring)
    assert_share(believe(state)[:3000:6].sum(), 500, 0.7 * 0.4)
    assert (state.people["believes"][3:3000:6] == UNHEARD).all()


@pytest.mark.parametrize("view, c", [(0.03, 1.0), (0.1, 50.0)])
def test_neighbours_corrections_in_a_group_scroll_away_like_talk(view, c):
    """Ten that post: (1 - v (1 - e^-c))^10 of the members go on believing it."""
    state = place(4000, put_right=1.0, c_r=c, in_view=view, mu=1e9, w_0=1e-9, view_hours=0.5)
    group = official(state, range(2000))
    for i in range(0, 10, 2):
        know(state, i, i + 1, 0.5)
    spread(state, np.arange(10, 4000))
    state.people["believes"][:10] = OVER_IT
    live(state, 1, rumouring)
    assert_share(believe(state)[10:2000].sum(), 1990, (1 - view * (1 - np.exp(-c))) ** 10)
    assert believe(state)[2000:].all()
    rows = state.messages.rows[: state.messages.count[0]]
    assert (rows["kind"] == CORRECTION).all() and (rows["group"] == group).all()
    assert sorted(rows["sender"]) == list(range(10))


@pytest.mark.parametrize("ready", [0.2, 1.0])
def test_neighbours_post_corrections_as_readily_as_they_talk_times_the_lever(ready):
    state = place(2000, put_right=ready, mu=0.5, w_0=0.5)
    official(state, range(2000))
    for i in range(0, 2000, 2):
        know(state, i, i + 1, 0.5)
    spread(state, [0])
    state.people["believes"][1:] = OVER_IT
    live(state, 1, rumouring)
    rows = state.messages.rows[: state.messages.count[0]]
    assert_share((rows["kind"] == CORRECTION).sum(), 1999, 1 - np.exp(-ready * 0.25))


def never_taken_in(beta, gamma, delta):
    """dS = -beta S I, dR = (gamma + delta R) I: what is left of S when I has gone, from S = 1."""
    return brentq(lambda s: s + gamma / delta * (s ** (-delta / beta) - 1) - 1, 1e-9, 1 - 1e-4)


@pytest.mark.parametrize("ready", [0.0, 0.1, 0.4])
def test_neighbours_who_know_better_hold_down_the_final_share(ready):
    n, degree, gamma, beta, c = 3000, 300, 0.04, 0.12, 0.5
    state = place(n, beta_rumour=1 - np.exp(-beta / degree), gamma_r=gamma, c_r=c / degree,
                  put_right=ready, ties_most=float(degree))  # fmt: skip
    dense_ties(state, degree)
    spread(state, np.arange(0, n, 100))
    live(state, 400, rumouring)
    reached = (state.people["believes"] != UNHEARD).mean()
    delta = -degree * np.log(1 - ready * (1 - np.exp(-c / degree)))
    expected = 1 - never_taken_in(beta, gamma, delta) if ready else final_size(beta / gamma)
    assert reached == pytest.approx(expected, abs=0.06) and believe(state).sum() < 10
