"""Gatherings: the sign-up threshold (C13), reach of icebreakers (C21), the same old faces (C22), tipping (C25)."""

import numpy as np
import pytest
from alone import SURE, assert_mean, assert_share, change, dense_ties, hamlet, live, logit
from scipy.optimize import brentq
from scipy.special import expit
from scipy.stats import binom

from commsim.day.gathering import gathering
from commsim.rules import Gatherings, Icebreaker


@pytest.mark.parametrize(
    "n, p, threshold, operator",
    [(300, 0.10, 40, ">="), (300, 0.13, 40, ">="), (300, 0.15, 40, ">="), (300, 0.10, 40, ">"),
     (300, 0.13, 40, ">"), (300, 0.15, 40, ">"), (60, 0.2, 12, ">"), (60, 0.2, 12, ">=")],
)  # fmt: skip
def test_a_gathering_is_held_as_often_as_the_binomial_says(n, p, threshold, operator):
    compounds, weeks = 40, 50
    state = hamlet(n * compounds, per_compound=n, ties_most=8.0, theta_gathering=logit(p))
    rule = Gatherings(
        every=7, themes=("culture",), threshold=threshold, operator=operator, sign_up_days=1, together=0.0
    )
    live(state, 7 * weeks, gathering, rules=[rule])
    past = state.gatherings.past
    assert len(past) == compounds * weeks
    expected = binom.sf(threshold - (operator == ">="), n, p)
    assert_share(sum(g["held"] for g in past), len(past), expected)
    assert_mean([g["signed"] for g in past], n * p)
    assert state.office.yuan[0] == pytest.approx(rule.yuan * sum(g["held"] for g in past))


def test_the_formula_of_the_threshold_reproduces_the_known_values():
    for p, at_least, more in [(0.10, 0.038, 0.025), (0.13, 0.457, 0.391), (0.15, 0.812, 0.764)]:
        assert binom.sf(39, 300, p) == pytest.approx(at_least, abs=6e-4)
        assert binom.sf(40, 300, p) == pytest.approx(more, abs=6e-4)


@pytest.mark.parametrize("seen, like, match", [(0.8, 0.3, 1.5), (0.5, 0.6, 0.5)])
def test_who_signs_up_saw_the_announcement_and_likes_the_theme(seen, like, match):
    n, base = 4000, 0.1
    state = hamlet(n, per_compound=n, ties_most=8.0, theta_gathering=logit(base), seen_announcement=seen,
                   theta_m=match, likes_culture=like)  # fmt: skip
    live(state, 7 * 12, gathering, rules=[Gatherings(every=7, themes=("culture",), threshold=0, sign_up_days=6)])
    signed = sum(g["signed"] for g in state.gatherings.past)
    p = seen * (like * expit(logit(base) + match) + (1 - like) * base)
    # liking is a fixed trait: its share in this place, not the prevalence, enters
    liked = ((state.people["interests"] >> 1) & 1).mean()
    assert_share(liked * n, n, like)
    p = seen * (liked * expit(logit(base) + match) + (1 - liked) * base)
    assert_share(signed, n * len(state.gatherings.past), p)


def test_a_failed_theme_is_followed_by_the_next_and_each_has_its_own_chance():
    n, p = 100, 0.1
    state = hamlet(n * 30, per_compound=n, ties_most=8.0, theta_gathering=logit(p))
    rule = Gatherings(every=28, themes=("culture", "chess", "pets"), threshold=10, operator=">", sign_up_days=2)
    live(state, 28 * 24, gathering, rules=[rule])
    held = binom.sf(10, n, p)
    past = state.gatherings.past
    assert_share(sum(g["held"] for g in past), len(past), held)
    assert len(past) / (30 * 24) == pytest.approx(1 + (1 - held) + (1 - held) ** 2, rel=0.05)


@pytest.mark.parametrize("n, m, events", [(1000, 40, 20), (300, 60, 10), (200, 30, 5)])
def test_everybody_at_one_table_meets_as_many_as_the_formula_says(n, m, events):
    """Everybody signs up, the lottery gives m seats, and one table takes them all."""
    state = hamlet(n, per_compound=n, ties_most=float(n), half_life=1e9, theta_gathering=SURE)
    change(state, icebreaker=1.0, g_table=float(n), w_ice=0.05)
    rule = Gatherings(every=7, themes=("culture",), threshold=0, sign_up_days=5, seats=m, together=0.0)
    live(state, 7 * events, gathering, rules=[rule])
    known, came = state.ties.rows["degree"], state.people["took_part"]
    assert [g["guests"] for g in state.gatherings.past] == [m] * events
    anybody = (n - 1) * (1 - (1 - m * (m - 1) / (n * (n - 1))) ** events)
    assert known.mean() == pytest.approx(anybody, rel=0.02)
    for times in np.unique(came):
        who = known[came == times]
        guests = (n - 1) * (1 - (1 - (m - 1) / (n - 1)) ** int(times))
        if len(who) >= 30:
            assert who.mean() == pytest.approx(guests, rel=0.02)
    assert state.ties.slots["u"][state.ties.rows["start"][known > 0]].min() > 0.05 - 1e-6


def test_small_tables_keep_acquaintance_to_the_table():
    n, table = 70, 7
    state = hamlet(n, per_compound=n, half_life=1e9, theta_gathering=SURE)
    rules = [
        Gatherings(every=7, themes=("culture",), threshold=0, sign_up_days=5, together=0.0),
        Icebreaker(table=table),
    ]
    live(state, 7, gathering, rules=rules)
    assert (state.ties.rows["degree"] == table - 1).all()


def test_the_same_old_faces_come_again():
    """P(attend | attended last time) / P(attend) = 1 + CV^2 of the propensities (two kinds of people)."""
    n, like, match, base = 3000, 0.3, 2.0, 0.1
    state = hamlet(n, per_compound=n, ties_most=8.0, theta_gathering=logit(base), theta_m=match, likes_culture=like)
    rule = Gatherings(every=7, themes=("culture",), threshold=0, sign_up_days=5, seats=n, together=0.0)
    came = []

    def note(state):
        if state.day % 7 == 6:
            came.append(state.people["last_part"] == state.day - 1)

    live(state, 7 * 40, gathering, rules=[rule], each=note)
    came = np.array(came, float)
    p = np.where((state.people["interests"] >> 1) & 1, expit(logit(base) + match), base)
    again = (came[1:] * came[:-1]).sum() / came[:-1].sum()
    assert came.mean() == pytest.approx(p.mean(), rel=0.03)
    assert again / came.mean() == pytest.approx(1 + p.var() / p.mean() ** 2, rel=0.03)


def _lowest_root(f, start=0.0):
    grid = np.linspace(start, 1.0, 20_001)
    below = np.flatnonzero(f(grid) - grid <= 0.0)[0]
    return grid[0] if below == 0 else brentq(lambda x: f(x) - x, grid[below - 1], grid[below])


@pytest.mark.parametrize(
    "theta_0, theta_s, already, known",
    [(-2.0, 3.0, 0.0, 0.196), (-3.2, 6.0, 0.0, 0.053), (-2.5, 6.0, 0.0, 0.964), (-4.0, 6.0, 0.0, 0.020),
     (-1.0, 1.0, 0.0, None), (-3.2, 6.0, 0.35, None), (-2.0, 3.0, 0.2, None), (-4.0, 6.0, 0.2, None)],
)  # fmt: skip
def test_signing_up_stops_at_the_first_equilibrium_of_conditional_cooperation(theta_0, theta_s, already, known):
    """x = logistic(theta_0 + theta_s x) from below, on a dense graph; with a share
    ``already`` on the list (a shock) x = already + (1 - already) logistic(...), which tips (-3.2, 6)."""
    n, degree, occasions = 5000, 400, 5
    state = hamlet(n, per_compound=n, ties_most=float(degree), half_life=1e9, theta_gathering=theta_0, theta_s=theta_s)
    dense_ties(state, degree)
    rule = Gatherings(every=92, themes=("culture",), threshold=0, sign_up_days=85, together=0.0, seats=1)
    rng = np.random.default_rng(25)

    def shock(state):
        if (state.day - 1) % 92 == 0:  # on top of those who signed on the first day
            state.gatherings.open[-1].signed[:] |= rng.random(n) < already

    live(state, 92 * occasions, gathering, rules=[rule], each=shock)
    shares = [g["signed"] / n for g in state.gatherings.past]
    assert len(shares) == occasions

    def f(x):
        return already + (1 - already) * expit(theta_0 + theta_s * x)

    expected = _lowest_root(f)
    if known:
        assert expected == pytest.approx(known, abs=6e-4)
    assert np.mean(shares) == pytest.approx(expected, abs=0.02)
    if (theta_0, theta_s) == (-3.2, 6.0):
        assert (expected > 0.9) == (already > 0)  # the same people, two outcomes


def test_unconditional_cooperators_feel_half_of_it_and_free_riders_nothing():
    n, degree = 4000, 300
    shares = {}
    for kind, (conditional, unconditional) in {"conditional": (1.0, 0.0), "unconditional": (0.0, 1.0),
                                               "free-rider": (0.0, 0.0)}.items():  # fmt: skip
        state = hamlet(n, per_compound=n, ties_most=float(degree), half_life=1e9, theta_gathering=-2.0, theta_s=3.0,
                       conditional_share=conditional, unconditional_share=unconditional)  # fmt: skip
        dense_ties(state, degree)
        live(state, 43 * 6, gathering, rules=[Gatherings(every=43, themes=("culture",), threshold=0, sign_up_days=36)])
        shares[kind] = np.mean([g["signed"] / n for g in state.gatherings.past])
    for kind, theta in [("conditional", 3.0), ("unconditional", 1.5), ("free-rider", 0.0)]:
        expected = _lowest_root(lambda x, theta=theta: expit(-2.0 + theta * x))
        assert shares[kind] == pytest.approx(expected, abs=0.02), kind
