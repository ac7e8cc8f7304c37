"""Leaders: residents who come forward for a compound or a few buildings; and how much help there was."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from commsim.kernels import table
from commsim.state.homes import Homes

NOBODY = -1
NEVER = -1


class Leaders(NamedTuple):
    """``compounds`` [compounds]: need (how much of a shared trouble is still open, 0-1), crisis (day on which it
    broke out, or -1), leader (row of who came forward for it, or -1), followed (somebody did come forward, then or
    earlier), and of yesterday: voices (accusations) and audience (summed strength of those who heard one to the
    leader's household).

    ``spans`` [buildings]: of the building leader whose span begins there: leader (row, or -1), since (day of
    taking it on) and visited (households).  ``counts`` [1]: since day 0.
    """

    compounds: np.recarray
    spans: np.recarray
    counts: np.recarray


def empty_leaders(homes: Homes) -> Leaders:
    """Nobody leads anything."""
    here = homes.doors["compound"] >= 0
    compounds = table(homes.compounds, need="f8", audience="f8", crisis="i8", leader="i8", voices="i8", followed="?")
    spans = table(int(homes.doors["building"][here].max()) + 1, leader="i8", since="i8", visited="i8")
    compounds.crisis[:] = NEVER
    compounds.leader[:] = spans.leader[:] = NOBODY
    counts = table(1, acts="i8", thanks="i8", owed="i8", quits="i8", suspected="i8", voices="i8", withdrew="i8",
                   eased="i8")  # fmt: skip
    return Leaders(compounds, spans, counts)
