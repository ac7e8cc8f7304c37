"""Learning: people who cannot use a smartphone learn it in the office's classes (model section 6d).

Somebody hears of the classes from a poster (hazard class_poster a month) or from ties who have come to
one (hazard q f a month, f = share of own tie strength that has), and then wants to learn when a uniform
that is fixed per person is below willingness.  A compound holds a class on a day when the room would be
full, on at most class_week days a week, and otherwise one every class_every days for whoever waits.
Seats go by lottery; after class_lessons lessons a person uses a phone.
"""

from __future__ import annotations

import math

import numpy as np

from commsim.clock import MONTH
from commsim.day.willing import willing
from commsim.draws import draw, purpose
from commsim.kernels import kernel
from commsim.state.office import CLASSES, OTHER_HOURS
from commsim.state.people import CHILD
from commsim.state.settings import Settings
from commsim.state.ties import level_on, meet, share_inside
from commsim.state.whole import State

HEARS, WANTS, SEAT = purpose("hears of class"), purpose("wants to learn"), purpose("class seat")
CLASS_HOURS = 2.0


def learning(state: State, settings: Settings, day: int) -> None:
    """A day of classes, then of people who hear of them; nothing where no rule holds classes."""
    x = settings.x
    if x.class_seats == 0.0:
        return
    now = state.under(settings)
    for compound in range(state.homes.compounds):
        pupils = who_waits(now, compound, day)
        full = len(pupils) >= x.class_seats and day % 7 < x.class_week
        if full or (len(pupils) and day % int(x.class_every) == 0):
            teach(now, pupils[: int(x.class_seats)], day)
            state.requests.append((OTHER_HOURS, x.minutes_class))
            state.office.occasions[CLASSES] += 1
    hear(now, day)


@kernel
def who_waits(state, compound, day):
    """Rows of those of a compound who want to learn, in the order of today's lottery."""
    people, homes = state.people, state.homes
    start, end = homes.compound_rows[compound], homes.compound_rows[compound + 1]
    rows = np.flatnonzero(people.learning[start:end]) + start
    luck = np.empty(len(rows))
    for k in range(len(rows)):
        luck[k] = draw(state.world, SEAT, day, rows[k], people.tenancy[rows[k]], 0)
    return rows[np.argsort(luck)]


@kernel
def teach(state, pupils, day):
    """A lesson for ``pupils``; those who share a desk meet."""
    people, x = state.people, state.levers[0]
    level = level_on(day, x.half_life)
    for k in range(len(pupils)):
        i = pupils[k]
        people.lessons[i] += 1
        people.aware[i] = True
        if people.lessons[i] >= x.class_lessons:
            people.literate[i], people.learning[i] = True, False
        if k % 2 == 1 and people.household[i] != people.household[pupils[k - 1]]:
            meet(state.ties, i, pupils[k - 1], x.alpha, 1.0, level, x.w_drop)


@kernel
def hear(state, day):
    """Who hears of the classes today and wants to learn; all judge by the morning."""
    people, ties, world, x = state.people, state.ties, state.world, state.levers[0]
    came = people.lessons > 0
    most = 1.0 - math.exp(-(x.class_poster + x.q) / MONTH)
    for i in range(len(people)):
        if people.literate[i] or people.learning[i] or people.age[i] == CHILD:
            continue
        u = draw(world, HEARS, day, i, people.tenancy[i], 0)
        if u >= most:
            continue
        share = share_inside(ties, i, came)
        if u < 1.0 - math.exp(-(x.class_poster + x.q * share) / MONTH):
            threshold = draw(world, WANTS, 0, i, people.tenancy[i], 0)
            people.learning[i] = threshold < willing(people, i, x, x.theta_class, 0.0, share, CLASS_HOURS, 0.0)
