"""Stairwells and the homes on them: what lies about, who was shown for it, who cleared up; help asked for.

Disorder lives in the stairwell; a household's own clutter is what others can name it for.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from commsim.kernels import inner, table

HELP_DAYS = 365  # days of asking that are remembered one by one


class Stairs(NamedTuple):
    """``wells`` [stairwells]: disorder (0-1).

    ``homes`` [households]: since (day its clutter stands there from, or -1), posted (first day it was shown
    in a group, or -1), face (the most that was at stake for it so far), outed (who was ever shown: tenancy + 1).
    ``shown`` [episodes]: posted and ended (days), cleared (or moved out).
    ``help`` [365]: day, troubles of that day, helped.
    ``tally`` [1]: standing and pressed (homes with clutter, and those of them under pressure), episodes (rows
    of ``shown`` in use), outed (households), people asked for help and who helped by whether the two had a
    tie (known) or none (strangers), goods offered and taken.
    """

    wells: np.recarray
    homes: np.recarray
    shown: np.recarray
    help: np.recarray
    tally: np.recarray


def empty_stairs(wells: int, households: int, disorder: float = 0.0) -> Stairs:
    """Stairwells as untidy as ``disorder`` says, and no household's clutter on them."""
    place = table(wells, disorder="f8")
    place.disorder[:] = disorder
    homes = table(households, since="i8", posted="i8", face="f8", outed="i8")
    homes.since[:] = homes.posted[:] = -1
    days = table(HELP_DAYS, day="i8", troubles="i8", helped="i8")
    days.day[:] = -1
    counts = dict.fromkeys(("standing", "pressed", "episodes", "outed", "asked_known", "helped_known",
                            "asked_strangers", "helped_strangers", "offers", "taken"), "i8")  # fmt: skip
    return Stairs(place, homes, table(64, posted="i8", ended="i8", cleared="?"), days, table(1, **counts))


def with_room(s: Stairs, more: int) -> Stairs:
    """The same with room for at least ``more`` further episodes."""
    need = int(s.tally["episodes"][0]) + more
    if need <= len(s.shown):
        return s
    wider = np.zeros(max(2 * len(s.shown), need), s.shown.dtype).view(np.recarray)
    wider[: len(s.shown)] = s.shown
    return s._replace(shown=wider)


@inner
def take_away(s, h, day, cleared):
    """Household h's clutter is gone: cleared, or carried off by those who moved out."""
    if s.homes.posted[h] >= 0:
        k = s.tally.episodes[0]
        s.shown.posted[k], s.shown.ended[k], s.shown.cleared[k] = s.homes.posted[h], day, cleared
        s.tally.episodes[0] = k + 1
    s.homes.since[h] = s.homes.posted[h] = -1
    s.homes.face[h] = 0.0
