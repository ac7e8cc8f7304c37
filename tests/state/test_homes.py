"""Homes: doors, stairwells, buildings, courtyards and compounds, each a contiguous range of people."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commsim.state.homes import build_homes


@given(st.lists(st.integers(1, 6), min_size=1, max_size=120), st.integers(1, 5), st.integers(1, 3),
       st.integers(1, 3), st.integers(1, 3))  # fmt: skip
@settings(max_examples=150, deadline=None)
def test_everybody_lives_in_one_range_of_each_kind(sizes, doors, stairwells, buildings, courtyards):
    homes = build_homes(np.array(sizes), doors, stairwells, buildings, courtyards)
    table, n = homes.doors, sum(sizes)
    assert table.seats.tolist() == sizes and table.first[0] == 0
    assert (table.first[1:] == (table.first + table.seats)[:-1]).all()
    household = np.repeat(np.arange(len(sizes)), sizes)
    for name in ("stairwell", "building", "courtyard", "compound"):
        place, rows = getattr(table, name), getattr(homes, f"{name}_rows")
        assert rows[0] == 0 and rows[-1] == n and len(rows) == place[-1] + 2
        for k in range(len(rows) - 1):
            assert np.flatnonzero(place[household] == k).tolist() == list(range(rows[k], rows[k + 1]))
    for h in range(len(sizes)):
        assert table.door[h] == h % doors
        assert table.stairwell[h] == h // doors
        assert table.building[h] == h // (doors * stairwells)
        assert table.courtyard[h] == h // (doors * stairwells * buildings)
    assert homes.compounds == table.compound[-1] + 1
    assert (np.diff(table.compound) >= 0).all() and len(set(table.compound.tolist())) == homes.compounds
    usual = doors * stairwells * buildings * courtyards
    assert homes.compounds == 1 or (table.compound == homes.compounds - 1).sum() >= usual / 2


@pytest.mark.parametrize(("households", "compounds"), [(8, 1), (11, 1), (12, 2), (16, 2), (19, 2), (20, 3)])
def test_less_than_half_a_compound_joins_the_one_before(households, compounds):
    homes = build_homes(np.ones(households, int), 2, 2, 1, 2)  # eight households a compound
    assert homes.compounds == compounds
    assert homes.compound_rows[-1] == households
