"""Readings of the stairwells and of help: how untidy it is, who was shown, how soon they cleared up, who was helped.

``complied_days_p50`` is Kaplan and Meier's median: clutter that still stands, or that movers took along, is
known to have stood at least so long.
"""

from __future__ import annotations

import math

import numpy as np

from commsim.measures import median_duration
from commsim.state.stairs import HELP_DAYS


def read_stairs(state, settings, day: int) -> dict:
    """Evening of ``day``; None where nobody was ever shown (or fewer than half have cleared up), or nobody was
    in trouble within a year."""
    stairs = state.stairs
    recent = stairs.help[(stairs.help.day > day - HELP_DAYS) & (stairs.help.day >= 0)]
    troubles = int(recent.troubles.sum())
    median = median_duration(*times_until_cleared(state, day))
    return {
        "disorder": float(stairs.wells.disorder.mean()),
        "outed_households": 1000.0 * int(stairs.tally.outed[0]) / state.size,
        "complied_days_p50": median if math.isfinite(median) else None,
        "helped_share": int(recent.helped.sum()) / troubles if troubles else None,
    }


def times_until_cleared(state, day: int) -> tuple[np.ndarray, np.ndarray]:
    """Days from the first photo of each clutter to its clearing, or to the evening of ``day`` or its household's
    moving out, and whether it was cleared."""
    stairs, people = state.stairs, state.people
    over = stairs.shown[: stairs.tally.episodes[0]]
    moved_in = people.since[state.homes.doors.first]
    open_ones = stairs.homes.posted >= 0
    ends = np.where(stairs.homes.since < moved_in, moved_in, day + 1)[open_ones]
    days = np.concatenate([over.ended - over.posted, ends - stairs.homes.posted[open_ones]])
    return days.astype(float), np.concatenate([over.cleared, np.zeros(len(ends), bool)])
