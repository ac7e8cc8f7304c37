"""Trusting: motivation returns to each person's own level; volunteers serve for a time.

Trust in the office changes where its reasons are (answers, works, charges, hearings), by the one
rule in ``state/people.py``.
"""

from __future__ import annotations

import math

from commsim.draws import draw, purpose
from commsim.kernels import kernel
from commsim.state.settings import Settings
from commsim.state.whole import State

STOPS = purpose("volunteer stops")


def trusting(state: State, settings: Settings, day: int) -> None:
    """The evening: motivation drifts home, some volunteers end their term."""
    recover(state.under(settings), day)


@kernel
def recover(state, day):
    """v moves towards its own level and what a gift crowded out comes back, by half-lives; a volunteer's
    term ends by hazard."""
    people, world, x = state.people, state.world, state.levers[0]
    back = 1.0 - math.exp(-math.log(2.0) / x.v_half_life)
    fading = math.exp(-math.log(2.0) / x.chi_half_life)
    for i in range(len(people)):
        people.v[i] += back * (people.v_own[i] - people.v[i])
        people.crowding[i] *= fading
        if people.volunteer[i] and draw(world, STOPS, day, i, 0, 0) < 1.0 / x.volunteer_term:
            people.volunteer[i] = False
