"""Seating: people who come to the same occasion meet those at their table, not the whole room (6a).

Guests sit in the order they are given, g_table to a table.  Each half hour that two of a table both stay is
an encounter with gain alpha and ceiling 1; an icebreaker first makes names known.  Kin have no ties to gain.
"""

from __future__ import annotations

from commsim.kernels import kernel
from commsim.state.ties import level_on, meet, strength


@kernel
def together(state, guests, half_hours, mixed, day):
    """Every pair of a table meets for the ``half_hours`` that both stay; an icebreaker first makes names known."""
    people, ties, x = state.people, state.ties, state.levers[0]
    level, table = level_on(day, x.half_life), int(x.g_table)
    for a in range(len(guests)):
        for b in range(a + 1, min((a // table + 1) * table, len(guests))):
            i, j = guests[a], guests[b]
            if people.household[i] == people.household[j]:
                continue
            if mixed and strength(ties, i, j, level) < x.w_ice:
                meet(ties, i, j, x.w_ice, 1.0, level, x.w_drop)
            both = min(half_hours[a], half_hours[b])
            for _ in range(int(both)):
                meet(ties, i, j, x.alpha, 1.0, level, x.w_drop)
            meet(ties, i, j, x.alpha * (both - int(both)), 1.0, level, x.w_drop)
