"""Who joins because others did: exact thresholds (C5), cascades on a network (C6), the same old faces (C22).

The willingness of the model is a logit.  Where its slope is made very steep only the sign matters, so that a
person joins when, and only when, the share of their ties that has joined reaches a threshold of their own: the
models of Granovetter and of Watts, lived by the phase that every gathering goes through.
"""

from types import SimpleNamespace

import networkx as nx
import numpy as np
import pytest
from alone import assert_share, dense_ties, hamlet, know, live
from scipy.optimize import brentq
from scipy.special import expit
from scipy.stats import norm, poisson
from test_special import off, passes

from commsim.day.gathering import gathering

STEEP = 1e7  # log-odds per unit of share: a threshold missed by a millionth is missed for certain
NEVER_FADES = 1e9


def open_list(days):
    """An occasion that takes names for ``days`` days, whatever their number."""
    return SimpleNamespace(themes=("culture",), threshold=0, operator=">=", sign_up_days=days, hours=0.0, gift=False,
                           weekday=False, seats=1, together=0.0, yuan=0.0)  # fmt: skip


def until_nothing_changes(state, phase, most):
    """Live until an evening on which nobody has joined any list."""
    before = -1
    for _ in range(most):
        live(state, 1, phase)
        now = sum(int(one.signed.sum()) for one in state.gatherings.open)
        if now == before:
            return
        before = now
    raise AssertionError("people are still joining")


# C5


def crowd(thresholds, days, phase=gathering):
    """How many have joined each evening, when person i joins once ``thresholds[i]`` others have (float64)."""
    n = len(thresholds)
    state = hamlet(n, per_compound=n, ties_most=float(n - 1), half_life=NEVER_FADES, theta_gathering=-STEEP,
                   theta_s=STEEP, theta_v=STEEP)  # fmt: skip
    dense_ties(state, n - 1)
    # The one term of the logit that is a person's own carries the threshold: S + v >= 1.
    state.people["v"][:] = 1.0 - (np.asarray(thresholds) - 0.5) / (n - 1)
    state.gatherings.announce(0, 0, open_list(days + 1), 0)
    joined = []
    live(state, days, phase, each=lambda now: joined.append(int(now.gatherings.open[0].signed.sum())))
    return joined


def by_hand(thresholds, days):
    """The same, counted: whoever's threshold the others had reached in the morning joins."""
    thresholds = np.ceil(np.asarray(thresholds) - 0.5)
    inside, counts = np.zeros(len(thresholds), bool), []
    for _ in range(days):
        inside |= inside.sum() >= thresholds
        counts.append(int(inside.sum()))
    return counts


def domino(phase=gathering):
    assert crowd(range(100), 101, phase)[-1] == 100
    one_changed = [0, 2, *range(2, 100)]
    assert crowd(one_changed, 20, phase)[-1] == 1


def test_one_person_in_a_hundred_makes_a_riot_or_not():
    """Granovetter 1978: thresholds 0, 1, ..., 99 take everybody along; change the 1 into a 2 and one stays alone."""
    domino()
    assert crowd(range(100), 101)[:100] == list(range(1, 101))  # one a day
    shuffled = np.random.default_rng(5).permutation(100)
    assert crowd(shuffled, 101)[-1] == 100  # whoever is who


def test_a_broken_sign_up_would_not_be_a_chain_of_dominoes():
    assert not passes(lambda: domino(off(theta_s=0.98)(gathering)))


def lowest_root(mean, sigma):
    grid = np.linspace(0, 1, 200_001)
    gap = norm.cdf((grid - mean) / sigma) - grid
    k = np.flatnonzero(gap <= 0)[0]
    return grid[k] if k == 0 else brentq(lambda x: norm.cdf((x - mean) / sigma) - x, grid[k - 1], grid[k])


def test_the_critical_spread_of_normal_thresholds_is_the_known_one():
    x = np.linspace(0, 0.5, 200_001)

    def above(sigma):
        """How far the curve is above the diagonal, below one half."""
        return norm.cdf((x - 0.25) / sigma) - x

    critical = brentq(lambda sigma: above(sigma).min(), 0.11, 0.14)
    assert critical == pytest.approx(0.12222, abs=1e-5)
    assert x[above(critical).argmin()] == pytest.approx(0.062, abs=1e-3)  # where the curve touches it
    assert lowest_root(0.25, critical - 1e-5) == pytest.approx(0.062, abs=2e-3)
    assert lowest_root(0.25, critical + 1e-5) > 0.97


@pytest.mark.parametrize("sigma", [0.05, 0.10, 0.12, 0.13, 0.2, 0.4])
def test_normal_thresholds_end_at_the_lowest_root(sigma):
    """A thousand people at the quantiles of the normal distribution, mean 25 %: exactly as counted by hand, and
    within what a thousand people can show of the root for a continuum."""
    n, days = 1001, 120
    shares = 0.25 + sigma * norm.ppf((np.arange(n) + 0.5) / n)
    joined = crowd(shares * (n - 1), days)
    assert joined == by_hand(shares * (n - 1), days)
    assert joined[-1] == joined[-2]
    assert joined[-1] / n == pytest.approx(lowest_root(0.25, sigma), abs=0.01)


# The logit as the model has it, neither steep nor with a place of its own for thresholds: whoever has the uniform u
# joins at S >= (logit u - theta_0) / theta_s, so thresholds are logistic with mean -theta_0/theta_s, scale 1/theta_s.


@pytest.mark.parametrize("mean, scale", [(0.25, 0.05), (0.25, 0.08), (0.5, 0.15), (0.4, 0.1)])
def test_with_an_ordinary_logit_thresholds_are_logistic(mean, scale):
    n, days, occasions = 1001, 500, 5
    state = hamlet(n, per_compound=n, ties_most=float(n - 1), half_life=NEVER_FADES, theta_gathering=-mean / scale,
                   theta_s=1.0 / scale)  # fmt: skip
    dense_ties(state, n - 1)
    for ordinal in range(occasions):
        state.gatherings.announce(0, ordinal, open_list(days + 1), 0)
    until_nothing_changes(state, gathering, days)
    shares = [one.signed.mean() for one in state.gatherings.open]
    grid = np.linspace(0, 1, 100_001)
    gap = expit((grid - mean) / scale) - grid
    root = grid[np.flatnonzero(gap <= 0)[0]]
    # the mean of a finite crowd lags the root by as much as its own spread where the curve is nearly the diagonal
    slope = expit((root - mean) / scale) * (1 - expit((root - mean) / scale)) / scale
    error = np.sqrt(root * (1 - root) / n) / max(1 - slope, 0.05)
    assert np.mean(shares) == pytest.approx(root, abs=4 * error / np.sqrt(occasions) + 2 / n)


# C6


def strangers(z, n, seed):
    """A place whose ties are a random graph with mean degree z, all equally strong."""
    graph = nx.fast_gnp_random_graph(n, z / (n - 1), seed=seed)
    state = hamlet(n, per_compound=n, ties_most=60.0, half_life=NEVER_FADES)
    for i, j in graph.edges:
        know(state, i, j, 1.0)
    assert state.ties.rows["degree"].sum() == 2 * graph.number_of_edges()
    return state


def cascades(z, phi, phase=gathering, n=2000, graphs=3, seeds=40, days=500):
    """Share of single seeds that set more than 10 % of all people going."""
    large = 0
    for graph in range(graphs):
        state = strangers(z, n, 10 * graph + 1)
        x = state.base.x._replace(theta_gathering=-STEEP * (phi - 1e-5), theta_s=STEEP)
        state.base = type(state.base)(x, state.base.pipeline)
        for seed in np.random.default_rng(graph).permutation(n)[:seeds]:
            state.gatherings.announce(0, len(state.gatherings.open), open_list(days + 1), 0)
            state.gatherings.open[-1].signed[seed] = True
        until_nothing_changes(state, phase, days)
        large += sum(one.signed.mean() > 0.1 for one in state.gatherings.open)
    return large / (graphs * seeds)


def window(phi):
    """Mean degrees between which cascades can happen: z P(Poisson(z) <= K - 2) = 1, K = floor(1/phi)."""
    most = int(np.floor(1 / phi + 1e-9))

    def gap(z):
        return z * poisson.cdf(most - 2, z) - 1

    top = max(np.linspace(0.5, 20, 400), key=gap)
    return brentq(gap, 0.5, top), brentq(gap, top, 60)


def test_the_window_of_cascades_is_the_known_one():
    assert window(0.18) == pytest.approx((1.021, 5.765), abs=1e-3)
    assert window(0.25) == pytest.approx((1.114, 3.863), abs=1e-3)
    assert window(0.10) == pytest.approx((1.000, 13.66), abs=5e-3)


def in_the_window(z, phi, phase=gathering):
    low, high = window(phi)
    share = cascades(z, phi, phase)
    if low < z < high:
        assert share > 0.3, share
    else:
        assert z < low or z > high + 0.7  # the edge of two thousand people is not sharp
        assert share < 0.05, share


@pytest.mark.parametrize("z, phi", [(0.8, 0.18), (1.7, 0.18), (3.0, 0.18), (5.0, 0.18), (6.8, 0.18), (8.0, 0.18),
                                    (2.5, 0.25), (5.0, 0.25), (8.0, 0.10)])  # fmt: skip
def test_one_person_sets_many_going_only_between_two_densities(z, phi):
    in_the_window(z, phi)


@pytest.mark.parametrize("z, phi, wrong", [(5.0, 0.18, {"theta_gathering": 1.6}), (8.0, 0.18, {"theta_s": 1.9})])
def test_a_broken_sign_up_would_move_the_window(z, phi, wrong):
    assert not passes(lambda: in_the_window(z, phi, off(**wrong)(gathering)))


# C22


def faces(a, b, phase=gathering, n=4000, weeks=30):
    """Each comes with a chance of their own, drawn from Beta(a, b)."""
    p = np.clip(np.random.default_rng(22).beta(a, b, n), 1e-9, 1 - 1e-9)
    state = hamlet(n, per_compound=n, ties_most=8.0, theta_gathering=0.0, theta_v=1.0)
    state.people["v"][:] = np.log(p / (1 - p))
    came = []
    for week in range(weeks):
        state.gatherings.announce(0, week, open_list(2), 0)
    live(state, 1, phase)
    came = np.array([one.signed for one in state.gatherings.open])
    assert_share(came.sum(), came.size, p.mean())
    again = (came[1:] & came[:-1]).sum() / came[:-1].sum()
    assert again / came.mean() == pytest.approx(1 + p.var() / p.mean() ** 2, rel=0.03)
    assert again == pytest.approx((a + 1) / (a + b + 1), abs=0.03)


@pytest.mark.parametrize("a, b", [(2, 6), (0.5, 2), (1, 1), (3, 30)])
def test_whoever_came_comes_again_more_often_than_others(a, b):
    """P(next | came) = (a + 1)/(a + b + 1), against a/(a + b) for anybody."""
    faces(a, b)


def test_without_their_own_chances_there_would_be_no_old_faces():
    assert not passes(lambda: faces(2, 6, off(theta_v=0.5)(gathering)))
