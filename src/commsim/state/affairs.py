"""What goes round among residents: rumours, quarrels and the rules that they leave behind."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from commsim.kernels import inner, table
from commsim.state.groups import slot_of


class Affairs(NamedTuple):
    """``compounds`` [compounds]: quarrels (since day 0), rules (agreed on after quarrels), rumour (row in
    ``rumours`` of the one going round, or -1) and known (the office has heard of it).

    ``rumours``: compound, began and ended (days, -1 while it goes round) of each, in the order in which they
    began; ``told[0].rumours`` of them so far; ``told[0].acts``: what groups that serve have done for somebody.
    """

    compounds: np.recarray
    rumours: np.recarray
    told: np.recarray


def empty_affairs(compounds: int, room: int = 16) -> Affairs:
    places = table(compounds, quarrels="i8", rules="i8", rumour="i8", known="?")
    places["rumour"] = -1
    return Affairs(places, table(room, compound="i8", began="i8", ended="i8"), table(1, rumours="i8", acts="i8"))


def begin_rumour(affairs: Affairs, compound: int, day: int) -> Affairs:
    """The affairs with a rumour more, which goes round in ``compound`` from ``day``."""
    n = int(affairs.told["rumours"][0])
    if n == len(affairs.rumours):
        wider = np.concatenate([affairs.rumours, np.zeros_like(affairs.rumours)]).view(np.recarray)
        affairs = affairs._replace(rumours=wider)
    affairs.rumours[n] = (compound, day, -1)
    affairs.told["rumours"][0] = n + 1
    affairs.compounds["rumour"][compound], affairs.compounds["known"][compound] = n, False
    return affairs


@inner
def pairs_known(groups, ties, g, floor):
    """Pairs of members of group g whose inflated strength is at least ``floor``; kin are none."""
    both = 0
    for place in range(groups.rows.members[g]):
        i = groups.member[g, place]
        for k in range(ties.rows.start[i], ties.rows.start[i] + ties.rows.degree[i]):
            j = int(ties.slots.neighbour[k])
            both += j > i and ties.slots.u[k] >= floor and slot_of(groups, j, g) >= 0
    return both


@inner
def density(groups, ties, g, floor):
    """Share of pairs of group g's members who know each other, over the whole roster; 0 below two members."""
    n = groups.rows.members[g]
    return pairs_known(groups, ties, g, floor) / (n * (n - 1) / 2.0) if n > 1 else 0.0
