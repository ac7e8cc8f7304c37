"""Homes: doors in stairwells, stairwells in buildings, buildings in courtyards, courtyards in compounds.

Households stand in the order of their doors and people in the order of their households, so every
stairwell, building, courtyard and compound is one contiguous range of rows.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from commsim.columns import Table


class Homes(NamedTuple):
    """Structure of the place; nothing here changes during a run.

    ``doors`` is a table of households: ``door`` (ordinal in its stairwell), ``stairwell``,
    ``building``, ``courtyard``, ``compound``, ``first`` (row of its first seat), ``seats``.
    ``*_rows[k]:*_rows[k+1]`` are the rows of people who live in stairwell, building, … k.
    """

    doors: Table
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

    columns = ("first", "seats", "door", "stairwell", "building", "courtyard", "compound")
    doors_table = Table(len(sizes), dict.fromkeys(columns, "i8"))
    doors_table.first, doors_table.seats = first, sizes
    doors_table.door, doors_table.stairwell, doors_table.building = household % doors, stairwell, building
    doors_table.courtyard, doors_table.compound = courtyard, compound
    return Homes(doors_table, rows(stairwell), rows(building), rows(courtyard), rows(compound),
                 int(compound[-1]) + 1)  # fmt: skip
