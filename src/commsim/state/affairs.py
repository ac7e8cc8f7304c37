"""What goes round among residents: rumours, quarrels and the rules that they leave behind."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from commsim.kernels import table


class Affairs(NamedTuple):
    """``compounds`` [compounds]: quarrels (since day 0), rules (agreed on after quarrels)."""

    compounds: np.recarray


def empty_affairs(compounds: int) -> Affairs:
    return Affairs(table(compounds, quarrels="i8", rules="i8"))
