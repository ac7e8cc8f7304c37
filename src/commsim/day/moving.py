"""Moving: households leave and newcomers take their homes (model section 6k).

A household leaves with hazard (1 / mean stay) e^(-gamma W), W = summed strength of its grown-ups'
ties.  Leaving cuts all ties and memberships; the newcomers know nobody.  On the day of a wave a share of all
homes gets newcomers at once.
"""

from __future__ import annotations

import math

from commsim.draws import column, draw, purpose
from commsim.kernels import kernel
from commsim.state.groups import leave_all
from commsim.state.newcomers import mean_stay, move_in
from commsim.state.settings import Settings
from commsim.state.ties import level_on, part_from_all, warmth
from commsim.state.whole import State

MOVE, WAVE = purpose("move"), purpose("move in a wave")


def moving(state: State, settings: Settings, day: int) -> None:
    """One day of moves."""
    move(state.under(settings), day)


@kernel
def move(state, day):
    """Let every household that leaves today leave, and newcomers in."""
    people, homes, ties, world, x = state.people, state.homes, state.ties, state.world, state.levers[0]
    level, shortest = level_on(day, x.half_life), min(x.stay_short, x.stay_long, x.stay_owner)
    luck = column(world, MOVE, day, 0, len(homes.doors), 0, 0)
    for h in range(len(homes.doors)):
        u = luck[h]
        if u >= 1.0 / shortest and x.arrivals == 0.0:  # nobody leaves sooner
            continue
        first = homes.doors.first[h]
        hazard = 1.0 / mean_stay(people.tenure[first], x)
        swept = x.arrivals > 0.0 and draw(world, WAVE, day, h, 0, 0) < x.arrivals
        if u >= hazard and not swept:  # belonging can only lower it
            continue
        belonging = 0.0
        for i in range(first, first + homes.doors.seats[h]):
            belonging += warmth(ties, i, level)
        if swept or u < 1.0 - math.exp(-hazard * math.exp(-x.gamma * belonging)):
            for i in range(first, first + homes.doors.seats[h]):
                part_from_all(ties, i)
                leave_all(state.groups, people, i)
            move_in(people, homes, x, world, h, day, state.odds)
