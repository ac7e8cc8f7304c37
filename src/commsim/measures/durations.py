"""How long things take when some have not ended yet: Kaplan-Meier (1958), not a mean of the ended."""

from __future__ import annotations

import numpy as np

ROUNDING = 1e-12  # products of shares that make exactly one half may end up just above it


def survival(durations, ended):
    """(times, share not ended after each) by Kaplan-Meier, float64[different times]; ``ended`` is False where censored.

    At each time the share falls by those who end then, out of all who have lasted until then.  Written out here:
    loading scipy.stats takes longer than a year in the courtyard.
    """
    durations, ended = np.asarray(durations, float), np.asarray(ended, bool)
    times, which = np.unique(durations, return_inverse=True)
    leaving, ending = np.bincount(which), np.bincount(which, weights=ended)
    lasting = len(durations) - np.cumsum(leaving) + leaving
    return times, np.cumprod((lasting - ending) / lasting)


def median_duration(durations, ended) -> float:
    """Time by which half have ended; nan when fewer than half ever do, or there are none."""
    if not np.any(ended):
        return float("nan")
    times, share = survival(durations, ended)
    passed = np.flatnonzero(share <= 0.5 + ROUNDING)
    return float(times[passed[0]]) if len(passed) else float("nan")


def ended_within(durations, ended, limit) -> float:
    """Share ended within ``limit``; nan without durations."""
    if len(durations) == 0:
        return float("nan")
    if not np.any(ended):
        return 0.0
    times, share = survival(durations, ended)
    reached = np.flatnonzero(times <= limit)
    return float(1.0 - share[reached[-1]]) if len(reached) else 0.0
