"""Leaders: residents who come forward for a compound or a few buildings, and what is thought of them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from commsim.kernels import table


class Leaders(NamedTuple):
    """``compounds`` [compounds]: need (how much of a shared trouble is still open, 0-1), leader (row of who
    came forward for it, or -1)."""

    compounds: np.recarray


def empty_leaders(compounds: int) -> Leaders:
    rows = table(compounds, need="f8", leader="i8")
    rows.leader[:] = -1
    return Leaders(rows)
