"""Who stands at the margin of a group: three kinds, never one flag; and who drifts there.

On a given day a member is *silent* (sent nothing in 28 days: no trace, which is not "isolated"), *unheard* (sent
three or more and nothing came back) or *peripheral* (core number at most 1 in the graph of the pairs with two or
more messages between them in 56 days).  *Drifting* is a falling trend of the percentile rank of incoming ties.
Trends: Mann (1945), Kendall (1975); variance for autocorrelated ranks of Hamed & Rao (1998); slope of Sen (1968);
many members at once: Benjamini & Hochberg (1995).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from commsim.measures.exchanges import came_back, core_numbers, different

DAY = 86400.0
RECENT, ROLLING = 28 * DAY, 56 * DAY
ENOUGH = 3  # messages after which an echo may be expected
REPEATED = 2  # messages between two members that make their exchange a repeated one
WINDOWS = 8  # fewer are too short to say anything about a trend
TRACES = 3  # windows with incoming ties that a member needs before losing them can be seen
LEVEL = 0.05
PAIRS = 4_000_000  # pairs of windows that are held in memory at once
PLAIN, HAMED_RAO, WIDENED = "plain", "hamed_rao", "widened"
STEADY, DRIFTING, RISING, TOO_SHORT = range(4)
DRIFTS = ("steady", "drifting", "rising", "too_short")


class Margins(NamedTuple):
    """Of each member, bool[n]: the three kinds, and for whom they can be told (there for the whole time looked at)."""

    silent: np.ndarray
    unheard: np.ndarray
    peripheral: np.ndarray
    known: np.ndarray
    known_long: np.ndarray  # for ``peripheral``


def margins(sender, to, time, n: int, now: float, here_from, here_until) -> Margins:
    """Who is at the margin at time ``now`` (seconds); messages in order of time.

    ``here_from`` and ``here_until`` (float[n], seconds): since when and until when each member is there; for who is
    not there for all of the time looked at nothing is said.
    """
    sender, to = np.asarray(sender), np.asarray(to)
    recent, rolling, end = np.searchsorted(time, [now - RECENT, now - ROLLING, now], side="right")
    sent = np.bincount(sender[recent:end], minlength=n)
    back = came_back(sender[recent:end], to[recent:end], n)
    here = np.asarray(here_until) >= now
    known = here & (np.asarray(here_from) <= now - RECENT)
    known_long = here & (np.asarray(here_from) <= now - ROLLING)
    core = core_numbers(repeated(sender[rolling:end], to[rolling:end], n), n)
    return Margins(known & (sent == 0), known & (sent >= ENOUGH) & (back == 0), known_long & (core <= 1), known,
                   known_long)  # fmt: skip


def repeated(sender, to, n: int) -> np.ndarray:
    """Pairs with at least two messages between them, whoever wrote: sorted codes as of ties, int64[pairs]."""
    sender, to = np.asarray(sender, np.int64), np.asarray(to, np.int64)
    real = (to >= 0) & (to != sender)
    a, b = sender[real], to[real]
    pairs = np.sort(np.minimum(a, b) * n + np.maximum(a, b))
    more = REPEATED - 1
    return different(pairs[more:][pairs[more:] == pairs[:-more]])


def incoming_ranks(sender, to, window, windows: int, n: int, present) -> tuple[np.ndarray, np.ndarray]:
    """(percentile rank of incoming ties, incoming ties) [n, windows]: different members who addressed each one.

    Ranks are among those ``present`` (bool[n, windows]), equal ones share their mean rank, (rank - 1/2) / members;
    NaN for the others.
    """
    from scipy.stats import rankdata

    sender, to, window = np.asarray(sender, np.int64), np.asarray(to, np.int64), np.asarray(window, np.int64)
    real = (to >= 0) & (to != sender) & (window < windows)
    codes = different((window[real] * n + to[real]) * n + sender[real])
    ties = np.bincount(codes // max(n, 1), minlength=windows * n).reshape(windows, n).T
    ranks = np.full((n, windows), np.nan)
    for w in range(windows):
        some = present[:, w]
        if some.any():
            ranks[some, w] = (rankdata(ties[some, w]) - 0.5) / some.sum()
    return ranks, ties


class Trend(NamedTuple):
    """Of each series: Kendall's tau, two-sided p, Sen's slope per step; float64[series]."""

    tau: np.ndarray
    p: np.ndarray
    slope: np.ndarray


def mann_kendall(x, variance: str = PLAIN) -> Trend:
    """Trend of each row of ``x`` (float[series, n], n >= 3, no NaN), ties among values allowed for.

    ``variance``: PLAIN; HAMED_RAO, changed by the autocorrelations of the ranks of the detrended series that
    differ from 0 at 5 % (Hamed & Rao 1998, with Sen's slope taken out, as in R's modifiedmk and Python's
    pymannkendall); or WIDENED, the same but never made smaller: chance correlations make it smaller as often as
    larger, and then 8 to 10 % of series without any trend seem to have one at 5 % (12 to 52 values).
    """
    x = np.atleast_2d(np.asarray(x, float))
    batch = max(1, PAIRS // max(1, x.shape[1] * (x.shape[1] - 1) // 2))
    parts = [_trend(x[k : k + batch], variance) for k in range(0, len(x), batch)]
    return Trend(*(np.concatenate(column) for column in zip(*parts, strict=True))) if parts else Trend(
        *np.zeros((3, 0)))  # fmt: skip


def _trend(x, kind) -> Trend:
    from scipy.stats import norm

    n = x.shape[1]
    i, j = np.triu_indices(n, 1)
    rise = x[:, j] - x[:, i]
    s = np.sign(rise).sum(axis=1)
    slope = np.median(rise / (j - i), axis=1)
    variance = (n * (n - 1) * (2 * n + 5) - _of_equal_values(x)) / 18.0
    if kind != PLAIN:
        factor = _inflation(x - slope[:, None] * np.arange(1, n + 1))
        variance = variance * (np.maximum(factor, 1.0) if kind == WIDENED else factor)
    with np.errstate(divide="ignore", invalid="ignore"):
        z = np.where((s == 0) | (variance <= 0), 0.0, (s - np.sign(s)) / np.sqrt(np.maximum(variance, 0.0)))
    return Trend(s / (n * (n - 1) / 2), 2.0 * norm.sf(np.abs(z)), slope)


def _of_equal_values(x) -> np.ndarray:
    """Sum of t (t - 1) (2 t + 5) over the groups of t equal values, of each row."""
    ordered = np.sort(x, axis=1)
    n = x.shape[1]
    new = np.ones(x.shape, bool)
    new[:, 1:] = ordered[:, 1:] != ordered[:, :-1]
    group = np.cumsum(new, axis=1) - 1 + n * np.arange(len(x))[:, None]
    t = np.bincount(group.ravel(), minlength=n * len(x)).reshape(len(x), n).astype(float)
    return (t * (t - 1) * (2 * t + 5)).sum(axis=1)


def _inflation(detrended) -> np.ndarray:
    """By what the variance of S is multiplied: 1 + 2 / (n (n-1) (n-2)) sum (n-i) (n-i-1) (n-i-2) r_i."""
    from scipy.stats import norm, rankdata

    n = detrended.shape[1]
    ranks = rankdata(detrended, axis=1)
    ranks = ranks - ranks.mean(axis=1, keepdims=True)
    power = (ranks**2).sum(axis=1)
    bound = norm.ppf(1 - LEVEL / 2) / np.sqrt(n)
    total = np.zeros(len(ranks))
    for lag in range(1, n):
        with np.errstate(divide="ignore", invalid="ignore"):
            r = (ranks[:, lag:] * ranks[:, :-lag]).sum(axis=1) / power
        r = np.where(np.abs(r) > bound, r, 0.0)  # NaN of a series without any variance: 0, too
        total += (n - lag) * (n - lag - 1) * (n - lag - 2) * r
    return 1.0 + 2.0 / (n * (n - 1) * (n - 2)) * total


class Drift(NamedTuple):
    """Of each member: ``state`` (int8, DRIFTS) and the trend of the rank (slope a window; adjusted: p for many)."""

    state: np.ndarray
    tau: np.ndarray
    p: np.ndarray
    adjusted: np.ndarray
    slope: np.ndarray


def drift(ranks, ties, level: float = LEVEL) -> Drift:
    """Who drifts to the margin, from ``incoming_ranks``: a falling rank, at a false discovery rate of ``level``.

    Too short to say: fewer than eight windows there, or incoming ties in fewer than three of them.
    """
    n = len(ranks)
    there = ~np.isnan(ranks)
    count = there.sum(axis=1)
    enough = (count >= WINDOWS) & (((ties > 0) & there).sum(axis=1) >= TRACES)
    tau, p, slope, adjusted = (np.full(n, np.nan) for _ in range(4))
    packed = np.argsort(~there, axis=1, kind="stable")  # windows there first, in order
    for length in np.unique(count[enough]):
        rows = np.flatnonzero(enough & (count == length))
        found = mann_kendall(ranks[rows[:, None], packed[rows, :length]], WIDENED)
        tau[rows], p[rows], slope[rows] = found
    state = np.full(n, TOO_SHORT, np.int8)
    if enough.any():
        from scipy.stats import false_discovery_control

        adjusted[enough] = false_discovery_control(np.clip(p[enough], 0.0, 1.0))
        state[enough] = np.select([(adjusted <= level) & (tau < 0), (adjusted <= level) & (tau > 0)],
                                  [DRIFTING, RISING], STEADY)[enough]  # fmt: skip
    return Drift(state, tau, p, adjusted, slope)
