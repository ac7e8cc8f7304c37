"""What goes round among residents: rumours, quarrels and the rules that they leave behind."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from commsim.kernels import kernel, table
from commsim.state.groups import slot_of


class Affairs(NamedTuple):
    """``compounds`` [compounds]: quarrels (since day 0), rules (agreed on after quarrels)."""

    compounds: np.recarray


def empty_affairs(compounds: int) -> Affairs:
    return Affairs(table(compounds, quarrels="i8", rules="i8"))


@kernel
def pairs_known(groups, ties, g, floor):
    """Pairs of members of group g whose inflated strength is at least ``floor``; kin are none."""
    both = 0
    for place in range(groups.rows.members[g]):
        i = groups.member[g, place]
        for k in range(ties.rows.start[i], ties.rows.start[i] + ties.rows.degree[i]):
            j = int(ties.slots.neighbour[k])
            both += j > i and ties.slots.u[k] >= floor and slot_of(groups, j, g) >= 0
    return both


@kernel
def density(groups, ties, g, floor):
    """Share of pairs of group g's members who know each other, over the whole roster; 0 below two members."""
    n = groups.rows.members[g]
    return pairs_known(groups, ties, g, floor) / (n * (n - 1) / 2.0) if n > 1 else 0.0
