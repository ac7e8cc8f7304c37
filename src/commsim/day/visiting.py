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
        made = visit(state.under(settings), int(state.office.occasions[VISITS]), today)
        state.office.occasions[VISITS] += made
        state.requests.extend([(OTHER_HOURS, x.minutes_visit)] * made)


@kernel
def visit(state, made, today):
    """Visit the next ``today`` households after the first ``made``; how many there were to visit."""
    people, homes, x = state.people, state.homes, state.levers[0]
    luck = column(state.world, ORDER, 0, 0, len(homes.doors), 0, 0)
    count = 0
    for h in range(len(homes.doors)):
        owned = people.tenure[homes.doors.first[h]] == OWNER
        if homes.doors.compound[h] >= 0 and (owned or x.visits_renters > 0.0):
            count += 1
        else:
            luck[h] = 2.0  # after everybody else
    order = np.argsort(luck)
    today = min(today, count)
    for k in range(made, made + today):
        h = order[k % count]
        for i in range(homes.doors.first[h], homes.doors.first[h] + homes.doors.seats[h]):
            if people.age[i] != CHILD:
                experience(people.trust, i, True, 1.0, x.a_visit, 0.0)
                people.aware[i] = True
    return today
