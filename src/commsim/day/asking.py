"""Asking: people in trouble ask those near and their group; somebody helps, or nobody does (model section 6p).

Troubles befall people at troubles_rate per 1,000 and day; an adult of the household carries a child's.  Asked
are the asks_most strongest ties and, by who is in a group, the members who look in the half hour after.
Each would help by the logit of 6f with S = tie strength and hours_help; the first who would, by lottery, does,
and the two have met.  Goods offered are the same event, at barter_rate and with barter_hours.
"""

from __future__ import annotations

import numpy as np

from commsim.day.willing import willing
from commsim.draws import draw, draw_two, poisson, purpose
from commsim.kernels import inner, kernel
from commsim.state.groups import GROUPS_A_PERSON, OFFICIAL, has_task
from commsim.state.people import CHILD, spokesperson
from commsim.state.settings import Settings
from commsim.state.ties import level_on, meet, strength
from commsim.state.whole import State

TROUBLE, TROUBLED = purpose("trouble"), purpose("troubled")
LOOKS, LOOKER, HELPS = purpose("plea looks"), purpose("plea looker"), purpose("helps")
NEED, GOODS = 0, 1  # what is asked for, or offered
HALF_HOUR = 0.5
NOBODY = -1


def asking(state: State, settings: Settings, day: int) -> None:
    """A day of troubles and of goods offered; nothing where there are neither."""
    if settings.x.troubles_rate or settings.x.barter_rate:
        live_troubles(state.under(settings), day)


@kernel
def live_troubles(state, day):
    """Everybody who is asked decides on the ties of the morning; then helpers and those they help meet."""
    people, homes, world, x = state.people, state.homes, state.world, state.levers[0]
    counts = np.zeros((homes.compounds, 2), np.int64)
    for c in range(homes.compounds):
        here = (homes.compound_rows[c + 1] - homes.compound_rows[c]) / 1000.0
        counts[c, NEED] = poisson(x.troubles_rate * here, draw(world, TROUBLE, day, c, 0, NEED))
        counts[c, GOODS] = poisson(x.barter_rate * here, draw(world, TROUBLE, day, c, 0, GOODS))
    pairs, met = np.empty((counts.sum(), 2), np.int64), 0
    for c in range(homes.compounds):
        first, end = homes.compound_rows[c], homes.compound_rows[c + 1]
        for what in range(2):
            for k in range(counts[c, what]):
                i = first + int(draw(world, TROUBLED, day, c, k, what) * (end - first))
                if people.age[i] == CHILD:
                    h = people.household[i]
                    i = spokesperson(people, homes.doors.first[h], homes.doors.seats[h])
                j = who_helps(state, i, what, day, 2 * k + what)
                note(state.stairs, what, j != NOBODY, day)
                if j != NOBODY:
                    pairs[met, 0], pairs[met, 1] = i, j
                    met += 1
    level = level_on(day, x.half_life)
    for k in range(met):
        meet(state.ties, pairs[k, 0], pairs[k, 1], x.alpha, 1.0, level, x.w_drop)


@inner
def note(stairs, what, helped, day):
    """Write down a trouble and whether somebody helped, or an offer and whether somebody took it."""
    if what == GOODS:
        stairs.tally.offers[0] += 1
        stairs.tally.taken[0] += helped
        return
    k = day % len(stairs.help)
    if stairs.help.day[k] != day:
        stairs.help.day[k], stairs.help.troubles[k], stairs.help.helped[k] = day, 0, 0
    stairs.help.troubles[k] += 1
    stairs.help.helped[k] += helped


@kernel
def who_helps(state, i, what, day, ordinal):
    """The first of those asked, by lottery, who would help i; -1 when nobody would."""
    people, ties, tally, world, x = state.people, state.ties, state.stairs.tally, state.world, state.levers[0]
    level = level_on(day, x.half_life)
    hours = x.barter_hours if what == GOODS else x.hours_help
    asked = whom_to_ask(state, i, level, day, ordinal)
    helper, first, known = NOBODY, 2.0, False
    for k in range(len(asked)):
        j = asked[k]
        w = strength(ties, i, j, level)
        close = w >= x.w_drop
        luck, u = draw_two(world, HELPS, day, j, i, ordinal)
        if u < willing(people, j, x, x.theta_help, 0.0, w if close else 0.0, hours, 0.0) and luck < first:
            helper, first, known = j, luck, close
        if what == NEED:
            tally.asked_known[0] += close
            tally.asked_strangers[0] += not close
    if what == NEED and helper != NOBODY:
        tally.helped_known[0] += known
        tally.helped_strangers[0] += not known
    return helper


@kernel
def whom_to_ask(state, i, level, day, ordinal):
    """Rows of those whom i asks: strongest ties first, then members of a group who look; nobody twice."""
    people, groups, world, x = state.people, state.groups, state.world, state.levers[0]
    near = strongest(state.ties, i, int(x.asks_most), x.w_drop * level)
    g = where_to_ask(groups, i)
    if g == NOBODY:
        return near
    members = groups.rows.members[g]
    looking = (members - 1) * x.in_view * x.view_hours / HALF_HOUR
    lookers = poisson(looking, draw(world, LOOKS, day, i, 0, ordinal))
    asked, count = np.empty(len(near) + lookers, np.int64), len(near)
    asked[:count] = near
    for k in range(lookers):
        j = groups.member[g, int(draw(world, LOOKER, day, i, k, ordinal) * members)]
        if people.household[j] != people.household[i] and not np.any(asked[:count] == j):
            asked[count] = j
            count += 1
    return asked[:count]


@kernel
def strongest(ties, i, most, floor):
    """Rows of i's strongest ties of at least ``floor``, ``most`` at most: int64[ties]."""
    first, end = ties.rows.start[i], ties.rows.start[i] + ties.rows.degree[i]
    order = first + np.argsort(-ties.slots.u[first:end], kind="mergesort")[:most]
    rows, count = np.empty(len(order), np.int64), 0
    for k in order:
        if ties.slots.u[k] >= floor:
            rows[count] = ties.slots.neighbour[k]
            count += 1
    return rows[:count]


@inner
def where_to_ask(groups, i):
    """The official group that i is in, else the largest of i's groups without a task, else -1."""
    best = NOBODY
    for s in range(GROUPS_A_PERSON):
        g = groups.seats.group[i, s]
        if g < 0 or has_task(groups.rows.kind[g]):
            continue
        if groups.rows.kind[g] == OFFICIAL:
            return g
        if best == NOBODY or groups.rows.members[g] > groups.rows.members[best]:
            best = g
    return best
