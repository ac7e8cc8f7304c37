"""What may be said of a difference between two policies that lived in the same worlds.

Every function takes values by world, in world order, with None where a measure is undefined; a
world counts only where both policies have a value.  The interval is Student's for paired
differences, d̄ ± t(n−1; 0.975)·s/√n.  Where all differences are equal it is that point.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence

Values = Sequence[float | None]
LEVEL = 0.95
ALPHA = 0.05


def paired(reference: Values, policy: Values) -> dict:
    """``n, mean, reference, diff, low, high, p``: the paired difference policy − reference.

    ``low``, ``high`` and ``p`` (two-sided paired t test of no difference) are None below two worlds.
    With equal differences p is 1 when they are zero and 0 otherwise.
    """
    pairs = _pairs(reference, policy)
    n = len(pairs)
    if n == 0:
        return dict.fromkeys(("mean", "reference", "diff", "low", "high", "p"), None) | {"n": 0}
    differences = [b - a for a, b in pairs]
    diff = mean(differences)
    answer = {"n": n, "mean": mean([b for _, b in pairs]), "reference": mean([a for a, _ in pairs]),
              "diff": diff, "low": None, "high": None, "p": None}  # fmt: skip
    if n < 2:
        return answer
    error = math.sqrt(math.fsum((d - diff) ** 2 for d in differences) / (n - 1) / n)
    if max(differences) == min(differences) or error == 0:
        diff = differences[0]
        return answer | {"diff": diff, "low": diff, "high": diff, "p": 0.0 if diff else 1.0}
    from scipy.special import stdtr, stdtrit

    half = float(stdtrit(n - 1, (1 + LEVEL) / 2)) * error
    p = 2 * float(stdtr(n - 1, -abs(diff / error)))
    return answer | {"low": diff - half, "high": diff + half, "p": p}


def mean(values: Sequence[float]) -> float | None:
    """Exactly summed, so that the order of worlds cannot matter; None of nothing."""
    return math.fsum(values) / len(values) if values else None


def half_width(reference: Values, policy: Values) -> float | None:
    """Half the width of the 95 % interval of the paired difference; None below two worlds."""
    found = paired(reference, policy)
    return None if found["low"] is None else (found["high"] - found["low"]) / 2


def share_better(reference: Values, policy: Values, better: int) -> dict:
    """Share of worlds in which the policy was strictly better, with Wilson's 95 % interval.

    ``share_worse`` stands beside it, so that ties can be seen.
    """
    pairs = _pairs(reference, policy)
    if not pairs:
        return dict.fromkeys(("share_better", "share_low", "share_high", "share_worse"), None)
    from scipy.stats import binomtest

    wins = sum((b - a) * better > 0 for a, b in pairs)
    losses = sum((b - a) * better < 0 for a, b in pairs)
    interval = binomtest(wins, len(pairs)).proportion_ci(LEVEL, method="wilson")
    return {"share_better": wins / len(pairs), "share_low": float(interval.low),
            "share_high": float(interval.high), "share_worse": losses / len(pairs)}  # fmt: skip


def correlation(reference: Values, policy: Values) -> float | None:
    """Pearson's correlation across worlds: what sharing their luck achieved.

    None below three worlds or where one side does not vary.
    """
    pairs = _pairs(reference, policy)
    if len(pairs) < 3 or any(max(side) == min(side) for side in zip(*pairs, strict=True)):
        return None
    from scipy.stats import pearsonr

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a side that varies by rounding only
        r = float(pearsonr(*zip(*pairs, strict=True)).statistic)
    return r if math.isfinite(r) else None


def holm(ps: Sequence[float | None]) -> list[float | None]:
    """Holm's adjusted p values.  A test that could not be made still counts as one of the family."""
    if not ps:
        return []
    from statsmodels.stats.multitest import multipletests

    adjusted = multipletests([1.0 if p is None else p for p in ps], method="holm")[1]
    return [None if p is None else float(a) for p, a in zip(ps, adjusted, strict=True)]


def verdict(found: dict, p: float | None, delta: float, better: int) -> str:
    """``same``, ``better``, ``worse`` or ``cannot_tell``.

    Practically the same when the whole interval lies in [−δ, δ], whatever p says: a difference too
    small to matter stays too small when it is measured well.  Otherwise better or worse, by the
    direction of the measure, when p < 0.05.  Otherwise it cannot be told yet.
    """
    if found["low"] is None:
        return "cannot_tell"
    if -delta <= found["low"] and found["high"] <= delta:
        return "same"
    if p is not None and p < ALPHA:
        return "better" if found["diff"] * better > 0 else "worse"
    return "cannot_tell"


def bands(rows: Sequence[Sequence[float]]) -> dict[str, list[float | None]]:
    """Median and 10 % and 90 % quantiles over worlds for each day; None where no world has a value.

    ``rows``: a line per world with NaN where undefined."""
    import numpy as np

    if not rows:
        return {"median": [], "low": [], "high": []}
    table = np.array(rows, dtype=float)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # a day on which no world has a value
        low, median, high = np.nanquantile(table, [0.1, 0.5, 0.9], axis=0)
    return {name: [None if math.isnan(v) else float(v) for v in line]
            for name, line in (("median", median), ("low", low), ("high", high))}  # fmt: skip


def survival(hours: Sequence[float], answered: Sequence[int], grid: Sequence[float]) -> list[float | None]:
    """Share of openings still unanswered at each hour of ``grid`` (Kaplan-Meier).

    Openings that nobody answered are censored at their time, not dropped; None beyond the longest time.
    """
    if not len(hours):
        return [None] * len(grid)
    import numpy as np

    from commsim import measures

    times, share = measures.survival(hours, answered)
    shares = np.append(1.0, share)[np.searchsorted(times, grid, side="right")]
    return [float(s) if h <= times[-1] else None for h, s in zip(grid, shares, strict=True)]


def _pairs(reference: Values, policy: Values) -> list[tuple[float, float]]:
    return [(a, b) for a, b in zip(reference, policy, strict=True) if a is not None and b is not None]
