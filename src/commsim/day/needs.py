"""Needs arise and are reported, or not (model section 6g).

Needs arise at needs_rate per 1,000 people and day.  A need is reported by the cheapest channel that
the person has, with probability logistic(r_0 - r_c * hours of trouble); one that is not reported
leaves a grievance.  Children's needs are carried by the spokesperson of their household.
"""

from __future__ import annotations

import math

from commsim.clock import AWAKE_FROM, AWAKE_HOURS, HOURS
from commsim.draws import draw, draw_two, logistic, poisson, purpose
from commsim.kernels import kernel
from commsim.state.groups import GROUPS_A_PERSON, OFFICIAL
from commsim.state.messages import ARRIVE, ISSUE, POST, doubled, push
from commsim.state.office import BY_GROUP, BY_PHONE, BY_VISIT, UNREPORTED
from commsim.state.people import CHILD, spokesperson
from commsim.state.settings import Settings
from commsim.state.whole import State

NEED, CLASS, REPORT = purpose("need"), purpose("need class"), purpose("need report")
HOUR, PHONE = purpose("need hour"), purpose("need knows phone")


def needs(state: State, settings: Settings, day: int) -> None:
    """One day's needs, handed to the office or kept with a grievance."""
    likely = 8 * int(state.size * settings.x.needs_rate / 1000.0) + 1024
    while len(state.cases.rows) - state.cases.count[0] < likely:
        state.cases = doubled(state.cases)
    while len(state.events.rows) - state.events.size[0] < likely:
        state.events = doubled(state.events)
    arise(state.under(settings), day)


@kernel
def arise(state, day):
    """Draw everybody's needs of the day."""
    people, homes, cases, events, world = state.people, state.homes, state.cases, state.events, state.world
    rate = state.levers[0].needs_rate / 1000.0
    never = math.exp(-rate)
    for i in range(len(people)):
        u = draw(world, NEED, day, i, 0, 0)
        if u < never:
            continue
        for k in range(poisson(rate, u)):
            who = i
            if people.age[i] == CHILD:
                h = people.household[i]
                who = spokesperson(people, homes.doors.first[h], homes.doors.seats[h])
            if cases.count[0] < len(cases.rows) and events.size[0] < len(events.rows):
                report(state, day, who, i, k)


@kernel
def report(state, day, who, i, k):
    """The k-th need of seat i, carried by ``who``: choose a channel, report or resent."""
    people, groups, cases, events = state.people, state.groups, state.cases, state.events
    world, x = state.world, state.levers[0]
    group = official_group(groups, who)
    channel, hours = BY_VISIT, x.hours_visit
    if draw(world, PHONE, 0, who, people.tenancy[who], 0) < x.knows_phone and x.hours_phone < hours:
        channel, hours = BY_PHONE, x.hours_phone
    if group >= 0 and x.hours_group < hours:
        channel, hours = BY_GROUP, x.hours_group
    if people.led[who] and x.leader_span > 0.0 and x.hours_group < hours:  # the building leader passes it on
        channel, hours = BY_PHONE, x.hours_group
    if draw(world, REPORT, day, i, 0, k) >= logistic(x.r_0 - x.r_c * hours):
        state.office.grievances[UNREPORTED] += 1
        people.grieved[who] += 1
        return
    c = cases.count[0]
    cases.count[0] = c + 1
    u1, u2 = draw_two(world, CLASS, day, i, 0, k)
    cases.rows.person[c], cases.rows.channel[c], cases.rows.message[c] = who, channel, -1
    cases.rows.group[c] = cases.rows.official[c] = -1
    cases.rows.klass[c] = 1 if u1 < x.class_1 else (2 if u1 < x.class_1 + x.class_2 else 3)
    cases.rows.emergency[c] = cases.rows.klass[c] == 2 and u2 < x.emergency
    cases.rows.started[c] = cases.rows.answered[c] = cases.rows.solved[c] = -1.0
    u = draw(world, HOUR, day, i, 0, k)
    if channel == BY_VISIT:  # the office is open in duty hours only
        cases.rows.reported[c] = day + ((x.duty_from + u * min(x.duty_hours * x.m, HOURS)) % HOURS) / HOURS
    else:
        cases.rows.reported[c] = day + (AWAKE_FROM + u * AWAKE_HOURS) / HOURS
    if channel == BY_GROUP:
        push(events, cases.rows.reported[c], POST, who, group, ISSUE * 2**32 + c)
    else:
        push(events, cases.rows.reported[c], ARRIVE, c, 0, 0)


@kernel
def official_group(groups, i):
    """The official group that i is in, or -1."""
    for s in range(GROUPS_A_PERSON):
        if groups.seats.group[i, s] >= 0 and groups.rows.kind[groups.seats.group[i, s]] == OFFICIAL:
            return groups.seats.group[i, s]
    return -1
