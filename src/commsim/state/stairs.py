"""Stairwells and the homes on them: what lies about, who keeps it in order, who was asked to clear up.

Disorder lives in the stairwell; a household's own clutter is what others can name it for.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from commsim.kernels import table


class Stairs(NamedTuple):
    """``wells`` [stairwells]: disorder (0-1).  ``homes`` [households]: since (day its clutter stands there
    from, or -1)."""

    wells: np.recarray
    homes: np.recarray


def empty_stairs(wells: int, households: int) -> Stairs:
    homes = table(households, since="i8")
    homes.since[:] = -1
    return Stairs(table(wells, disorder="f8"), homes)
