"""Margins: three kinds, and the trend of a rank; against scipy and against pymannkendall's values."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import kendalltau, theilslopes

from commsim.measures import margins as m
from commsim.measures.exchanges import core_numbers

DAY = 86400.0
LONG_AGO, STILL = -1e12, 1e12


def at(rows, n, day=100.0, since=None, until=None):
    """Margins on ``day`` from (sender, to, day) rows."""
    sender, to, days = (np.array(side) for side in zip(*sorted(rows, key=lambda row: row[2]), strict=True))
    since = np.full(n, LONG_AGO) if since is None else np.array(since, float) * DAY
    until = np.full(n, STILL) if until is None else np.array(until, float) * DAY
    return m.margins(sender, to, days * DAY, n, day * DAY, since, until)


TRIANGLE = [(a, b, 60.0) for a in range(3) for b in range(3) if a != b]


def test_the_three_kinds_are_not_one():
    rows = [*TRIANGLE, (3, -1, 90.0), (3, -1, 91.0), (3, -1, 92.0), (0, 1, 95.0), (1, 0, 96.0), (4, -1, 99.0)]
    found = at(rows, 6)
    assert found.silent.tolist() == [False, False, True, False, False, True]  # 2 wrote more than 28 days ago
    assert found.unheard.tolist() == [False, False, False, True, False, False]  # 4 has only written once
    assert found.peripheral.tolist() == [False, False, False, True, True, True]
    assert found.known.all() and found.known_long.all()


def test_nothing_is_said_of_who_has_just_come_or_has_left():
    found = at([*TRIANGLE, (0, 1, 99.0)], 4, since=[0, 80, 60, 0], until=[200, 200, 200, 90])
    assert found.known.tolist() == [True, False, True, False]
    assert found.known_long.tolist() == [True, False, False, False]
    assert found.silent.tolist() == [False, False, True, False]
    assert not found.peripheral[1:].any()


def test_one_message_each_two_months_is_no_repeated_exchange():
    found = at([(0, 1, 99.0), (1, 2, 99.1), (2, 0, 99.2)], 3)
    assert found.peripheral.all()
    found = at([(0, 1, 99.0), (1, 2, 99.1), (2, 0, 99.2), (1, 0, 99.3), (2, 1, 99.4), (0, 2, 99.5)], 3)
    assert not found.peripheral.any()


@given(st.lists(st.tuples(st.integers(0, 7), st.integers(-1, 7), st.floats(0, 100)), min_size=1, max_size=80),
       st.permutations(range(8)))  # fmt: skip
@settings(deadline=None)
def test_who_is_called_what_does_not_matter_and_peripheral_is_a_core_of_at_most_one(rows, other):
    found = at(rows, 8)
    renamed = at([(other[a], other[b] if b >= 0 else -1, day) for a, b, day in rows], 8)
    for kind in ("silent", "unheard", "peripheral"):
        assert getattr(found, kind).tolist() == getattr(renamed, kind)[list(other)].tolist()
    late = [(a, b) for a, b, day in rows if 44.0 < day <= 100.0]
    sender, to = np.array(late, np.int64).reshape(-1, 2).T
    assert found.peripheral.tolist() == (core_numbers(m.repeated(sender, to, 8), 8) <= 1).tolist()


# Trends

SERIES = {  # pymannkendall 1.4.3: tau, p of Mann-Kendall, p of Hamed & Rao, Sen's slope
    "persistent": ([1.0, 1.8, 2.9, 3.1, 2.2, 1.1, 0.3, 0.9, 2.1, 3.0, 4.2, 4.0, 3.1, 2.2, 1.9, 3.3, 4.4, 5.1, 4.8, 3.9],
                   0.4842105263157895, 0.0031211958909862503, 0.0008582013308955361, 0.1529824561403509),
    "flat": ([5, 1, 4, 2, 5, 1, 4, 2, 5, 1], -0.1111111111111111, 0.7099483659814612, 0.47120421196909934, 0.0),
    "wide": ([0, 0, 0, -2, -1, -1, -1, -2, 0, 0, -1, 0, -1, 1, 1, 0, 0, 0, 1, 1, 1, 0, 1, 2, 2, 1, 1, -1, 0, -1, 0,
              -1, -1, 0, -1, -1, -2, 1, 3, 2], 0.15512820512820513, 0.1466059857808104, 0.35493406298794095, 0.0),
    "short": ([-3, -3, -1, 0, 1, 1, 4, 2], 0.8571428571428571, 0.0038512913785901937, 0.0038512913785901937, 1.0),
}  # fmt: skip


@pytest.mark.parametrize("name", SERIES)
def test_trends_as_another_library_has_them(name):
    x, tau, plain, changed, slope = SERIES[name]
    found, after = m.mann_kendall(x), m.mann_kendall(x, m.HAMED_RAO)
    assert (found.tau[0], found.slope[0]) == pytest.approx((tau, slope))
    assert found.p[0] == pytest.approx(plain)
    if name != "short":
        assert after.p[0] == pytest.approx(changed)
    assert m.mann_kendall(x, m.WIDENED).p[0] == pytest.approx(max(plain, changed))


@given(st.lists(st.floats(-1e6, 1e6, allow_subnormal=False), min_size=4, max_size=30, unique=True))
@settings(deadline=None)
def test_tau_and_slope_as_scipy_has_them(x):
    found = m.mann_kendall(x)
    assert found.tau[0] == pytest.approx(kendalltau(range(len(x)), x).statistic, abs=1e-9)
    assert found.slope[0] == pytest.approx(theilslopes(x).slope, rel=1e-6, abs=1e-9)


def test_without_any_trend_one_in_twenty_seems_to_have_one():
    x = np.random.default_rng(5).normal(size=(4000, 20))
    for variance in (m.PLAIN, m.WIDENED):
        assert 0.035 < (m.mann_kendall(x, variance).p < 0.05).mean() < 0.06
    assert (m.mann_kendall(x, m.HAMED_RAO).p < 0.05).mean() > 0.065  # why it is not used as published


def test_many_rows_at_once_are_as_one_by_one(monkeypatch):
    x = np.random.default_rng(6).normal(size=(11, 9))
    whole = m.mann_kendall(x, m.WIDENED)
    monkeypatch.setattr(m, "PAIRS", 4 * 36)
    assert np.array_equal(whole.p, m.mann_kendall(x, m.WIDENED).p)
    assert whole.p[3] == m.mann_kendall(x[3], m.WIDENED).p[0]


def group_that_forgets_one(n=20, windows=16, seed=0):
    """Everybody is addressed by two to eight others a window; member 0 by ever fewer."""
    random = np.random.default_rng(seed)
    rows = []
    for w in range(windows):
        for i in range(n):
            others = [j for j in range(n) if j != i]
            count = random.integers(2, 9) if i else max(0, 10 - w)
            rows += [(j, i, w) for j in random.choice(others, count, replace=False)]
    return np.array(rows).T, n, windows


def test_who_is_addressed_by_fewer_and_fewer_drifts():
    (sender, to, window), n, windows = group_that_forgets_one()
    ranks, ties = m.incoming_ranks(sender, to, window, windows, n, np.ones((n, windows), bool))
    assert ties[0].tolist() == [max(0, 10 - w) for w in range(windows)]
    found = m.drift(ranks, ties)
    assert found.state[0] == m.DRIFTING and found.slope[0] < 0
    assert (found.state[1:] == m.STEADY).sum() >= 17
    assert (found.adjusted >= found.p - 1e-12).all()


def test_ranks_are_among_those_present():
    present = np.array([[True, True], [True, True], [False, True]])
    ranks, ties = m.incoming_ranks([0, 1, 0], [1, 0, 1], [0, 1, 1], 2, 3, present)
    assert ties.tolist() == [[0, 1], [1, 1], [0, 0]]
    assert ranks[:2, 0].tolist() == [0.25, 0.75] and np.isnan(ranks[2, 0])
    assert ranks[:, 1] == pytest.approx([2 / 3, 2 / 3, 1 / 6])


def test_a_short_stay_and_no_trace_are_too_short_to_say():
    (sender, to, window), n, windows = group_that_forgets_one(windows=9)
    present = np.ones((n + 1, windows), bool)
    present[1, :2] = False  # seven windows
    ranks, ties = m.incoming_ranks(sender, to, window, windows, n + 1, present)
    found = m.drift(ranks, ties)
    assert found.state[1] == m.TOO_SHORT and found.state[n] == m.TOO_SHORT and found.state[2] != m.TOO_SHORT
    assert np.isnan(found.p[1]) and np.isnan(found.p[n])


def test_nobody_at_all():
    ranks, ties = m.incoming_ranks([], [], [], 0, 0, np.ones((0, 0), bool))
    assert len(m.drift(ranks, ties).state) == 0
    assert len(m.mann_kendall(np.zeros((0, 9))).p) == 0
