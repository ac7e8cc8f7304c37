"""Homes: doors in stairwells, stairwells in buildings, buildings in courtyards, courtyards in compounds.

Households stand in the order of their doors and people in the order of their households, so every
stairwell, building, courtyard and compound is one contiguous range of rows.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np


class Homes(NamedTuple):
    """Structure of the place; nothing here changes during a run.

    Per household: ``door`` (ordinal in its stairwell), ``stairwell``, ``building``, ``courtyard``,
    ``compound``, ``first`` (row of its first seat), ``size`` (seats).  ``*_rows[k]:*_rows[k+1]``
    are the rows of people who live in stairwell, building, courtyard or compound k.
    """

    door: np.ndarray
    stairwell: np.ndarray
    building: np.ndarray
    courtyard: np.ndarray
    compound: np.ndarray
    first: np.ndarray
    size: np.ndarray
    stairwell_rows: np.ndarray
    building_rows: np.ndarray
    courtyard_rows: np.ndarray
    compound_rows: np.ndarray
    compounds: int


def build_homes(sizes: np.ndarray, doors: int, stairwells: int, buildings: int, courtyards: int) -> Homes:
    """Place households of the given ``sizes`` (int[households]) door after door.

    ``doors`` a stairwell, ``stairwells`` a building, ``buildings`` a courtyard, ``courtyards`` a
    compound; a last compound of less than half the usual size joins the one before it.
    """
    household = np.arange(len(sizes))
    stairwell = household // doors
    building = stairwell // stairwells
    courtyard = building // buildings
    compound = courtyard // courtyards
    usual = doors * stairwells * buildings * courtyards
    if compound[-1] > 0 and (compound == compound[-1]).sum() < usual / 2:
        compound = np.minimum(compound, compound[-1] - 1)
    first = np.concatenate([[0], np.cumsum(sizes)[:-1]])

    def rows(place):
        starts = np.searchsorted(place, np.arange(place[-1] + 1))
        return np.append(first[starts], sizes.sum()).astype(np.int64)

    return Homes(
        door=(household % doors).astype(np.int32), stairwell=stairwell.astype(np.int32),
        building=building.astype(np.int32), courtyard=courtyard.astype(np.int32),
        compound=compound.astype(np.int32), first=first.astype(np.int64),
        size=sizes.astype(np.int32), stairwell_rows=rows(stairwell), building_rows=rows(building),
        courtyard_rows=rows(courtyard), compound_rows=rows(compound), compounds=int(compound[-1]) + 1,
    )  # fmt: skip
