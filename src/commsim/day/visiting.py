"""Visiting: officials go from door to door and listen (model section 6h).

The office makes visits_week visits a week, from Monday to Friday, to households in an order drawn once;
after the last one it begins again.  Everybody grown up at home has a good experience of weight 1 by
a_visit.  Without visits_renters, rented homes are passed over.
"""

from __future__ import annotations

import numpy as np

from commsim.clock import is_weekday
from commsim.draws import column, purpose
from commsim.kernels import kernel
from commsim.state.office import OTHER_HOURS, VISITS
from commsim.state.people import CHILD, OWNER, experience
from commsim.state.settings import Settings
from commsim.state.whole import State

ORDER = purpose("visit order")


def visiting(state: State, settings: Settings, day: int) -> None:
    """A day of visits; nothing where no rule sends anybody out, or at the weekend."""
    x = settings.x
    if x.visits_week == 0.0 or not is_weekday(day):
        return
    k = day // 7 * 5 + day % 7  # working days before this one
    today = int((k + 1) * x.visits_week / 5.0) - int(k * x.visits_week / 5.0)
    if today:
        homes = whom_to_visit(state, int(state.office.occasions[VISITS]), today, x.visits_renters > 0.0)
        visit(state.under(settings), homes)
        state.office.occasions[VISITS] += len(homes)
        state.requests.extend([(OTHER_HOURS, x.minutes_visit)] * len(homes))


def whom_to_visit(state: State, made: int, today: int, renters: bool) -> np.ndarray:
    """The next ``today`` households after the first ``made``, in the order drawn once; after the last the first."""
    doors = state.homes.doors
    luck = column(state.world, ORDER, 0, 0, len(doors), 0, 0)
    passed = doors.compound < 0
    if not renters:
        passed |= state.people.tenure[doors.first] != OWNER
    luck[passed] = 2.0  # after everybody else
    count = len(doors) - int(passed.sum())
    ranks = np.arange(made, made + min(today, count)) % max(count, 1)
    return np.argpartition(luck, ranks)[ranks] if len(ranks) else ranks


@kernel
def visit(state, households):
    """Listen to everybody grown up at home in each of ``households``."""
    people, homes, x = state.people, state.homes, state.levers[0]
    for h in households:
        for i in range(homes.doors.first[h], homes.doors.first[h] + homes.doors.seats[h]):
            if people.age[i] != CHILD:
                experience(people.trust, i, True, 1.0, x.a_visit, 0.0)
                people.aware[i] = True
