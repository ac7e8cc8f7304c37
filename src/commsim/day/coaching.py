"""Coaching: groups that learn, groups that teach each other, hobbies that turn to service (model section 6r).

On the first day of every month of thirty days each group's density is noted: the share of pairs of its
members who know each other (strength of at least .034).  What it was up to four months ago is kept.
"""

from __future__ import annotations

from commsim.kernels import kernel
from commsim.state.affairs import density
from commsim.state.settings import Settings
from commsim.state.ties import level_on
from commsim.state.whole import State

MONTH_DAYS = 30
KNOWN = 0.034  # strength from which two people know each other, as in the measures


def coaching(state: State, settings: Settings, day: int) -> None:
    """The first day of a month: note how dense the groups are."""
    if day % MONTH_DAYS == 0 and state.groups.count[0] > 0:
        note_density(state.under(settings), day)


@kernel
def note_density(state, day):
    """Another month: yesterday's density_1 is density_2 today."""
    groups, floor = state.groups, KNOWN * level_on(day, state.levers[0].half_life)
    for g in range(groups.count[0]):
        groups.rows.density_4[g], groups.rows.density_3[g] = groups.rows.density_3[g], groups.rows.density_2[g]
        groups.rows.density_2[g] = groups.rows.density_1[g]
        groups.rows.density_1[g] = density(groups, state.ties, g, floor)
