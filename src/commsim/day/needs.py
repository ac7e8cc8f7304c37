"""Needs arise and are reported, or not (model section 6g).

Needs arise at needs_rate per 1,000 people and day.  A need is reported by the cheapest channel that
the person has, with probability logistic(r_0 - r_c * hours of trouble); one that is not reported
leaves a grievance.  On talk days officials sit with residents: everybody may come, with what was kept in the
last month too, and is heard.  Children's needs are carried by the spokesperson of their household.
"""

from __future__ import annotations

import math

from commsim.clock import AWAKE_FROM, AWAKE_HOURS, HOURS, MONTH, is_weekday
from commsim.draws import column, draw, draw_two, logistic, poisson, purpose
from commsim.kernels import kernel
from commsim.state.groups import official_of
from commsim.state.messages import ARRIVE, ISSUE, POST, doubled, push
from commsim.state.office import (
    BY_GROUP,
    BY_MESSAGE,
    BY_PHONE,
    BY_TALK,
    BY_VISIT,
    FIRM,
    OFFICE,
    OTHER_HOURS,
    UNREPORTED,
)
from commsim.state.people import CHILD, FAR_PAST, experience, spokesperson
from commsim.state.settings import Settings
from commsim.state.whole import State

NEED, CLASS, REPORT = purpose("need"), purpose("need class"), purpose("need report")
HOUR, PHONE = purpose("need hour"), purpose("need knows phone")
WHOSE, TALK_DAY = purpose("whose need"), purpose("talk day")
KEPT_DAYS = 30  # a need that was not reported may still be brought to a talk day
KEPT = 1 << 16  # ordinal of such a need: no day has so many new ones of one person


def needs(state: State, settings: Settings, day: int) -> None:
    """One day's needs, handed to the office or kept with a grievance."""
    x = settings.x
    talk = talks_on(day, x.talk_month)
    likely = 8 * int(state.size * x.needs_rate / 1000.0) + 1024 + talk * state.size
    while len(state.cases.rows) - state.cases.count[0] < likely:
        state.cases = doubled(state.cases)
    while len(state.events.rows) - state.events.size[0] < likely:
        state.events = doubled(state.events)
    arise(state.under(settings), day, talk)
    if talk:
        bring_kept(state.under(settings), day)
        state.requests.append((OTHER_HOURS, x.minutes_talk))


def talks_on(day: int, a_month: float) -> bool:
    """Whether residents' talk is held on ``day``: so many weekdays a month, evenly apart."""
    if a_month == 0.0 or not is_weekday(day):
        return False
    k, each = day // 7 * 5 + day % 7, a_month / MONTH * 7.0 / 5.0
    return int((k + 1) * each) > int(k * each)


@kernel
def arise(state, day, talk):
    """Draw everybody's needs of the day."""
    people, homes, cases, events, world = state.people, state.homes, state.cases, state.events, state.world
    rate = state.levers[0].needs_rate / 1000.0
    never = math.exp(-rate)
    luck = column(world, NEED, day, 0, len(people), 0, 0)
    for i in range(len(people)):
        if luck[i] < never:
            continue
        for k in range(poisson(rate, luck[i])):
            who = i
            if people.age[i] == CHILD:
                h = people.household[i]
                who = spokesperson(people, homes.doors.first[h], homes.doors.seats[h])
            if cases.count[0] < len(cases.rows) and events.size[0] < len(events.rows):
                report(state, day, who, i, k, talk)


@kernel
def report(state, day, who, i, k, talk):
    """The k-th need of seat i, carried by ``who``: choose a channel, report or resent."""
    people, groups, world, x = state.people, state.groups, state.world, state.levers[0]
    group = official_of(groups, who)
    channel, hours = BY_VISIT, x.hours_visit
    if draw(world, PHONE, 0, who, people.tenancy[who], 0) < x.knows_phone and x.hours_phone < hours:
        channel, hours = BY_PHONE, x.hours_phone
    if group >= 0 and x.hours_group < hours:
        channel, hours = BY_GROUP, x.hours_group
    if x.message_open > 0.0 and people.literate[who] and x.hours_message < hours:
        channel, hours = BY_MESSAGE, x.hours_message
    if talk and x.hours_talk < hours:
        channel, hours = BY_TALK, x.hours_talk
    if people.led[who] and x.leader_span > 0.0 and x.hours_group < hours:  # the building leader passes it on
        channel, hours = BY_PHONE, x.hours_group
    if draw(world, REPORT, day, i, 0, k) >= logistic(x.r_0 - x.r_c * hours):
        state.office.grievances[UNREPORTED] += 1
        people.grieved[who] += 1
        people.kept[who] = day
        return
    open_case(state, day, who, i, k, channel, group)


@kernel
def open_case(state, day, who, i, k, channel, group):
    """A need is on its way to the office: its class, whose matter it is, and when it arrives."""
    people, cases, events, world, x = state.people, state.cases, state.events, state.world, state.levers[0]
    c = cases.count[0]
    cases.count[0] = c + 1
    u1, u2 = draw_two(world, CLASS, day, i, 0, k)
    cases.rows.person[c], cases.rows.channel[c], cases.rows.message[c] = who, channel, -1
    cases.rows.group[c] = cases.rows.official[c] = -1
    cases.rows.klass[c] = 1 if u1 < x.class_1 else (2 if u1 < x.class_1 + x.class_2 else 3)
    cases.rows.emergency[c] = cases.rows.klass[c] == 2 and u2 < x.emergency
    cases.rows.party[c], cases.rows.own[c] = OFFICE, False
    if cases.rows.klass[c] == 2 and not cases.rows.emergency[c]:
        cases.rows.party[c] = FIRM if draw(world, WHOSE, day, i, 0, k) < x.property_share else OFFICE
    cases.rows.started[c] = cases.rows.answered[c] = cases.rows.solved[c] = -1.0
    u = draw(world, HOUR, day, i, 0, k)
    if channel in (BY_VISIT, BY_TALK):  # the office is open in duty hours only
        cases.rows.reported[c] = day + ((x.duty_from + u * min(x.duty_hours * x.m, HOURS)) % HOURS) / HOURS
    else:
        cases.rows.reported[c] = day + (AWAKE_FROM + u * AWAKE_HOURS) / HOURS
    if channel == BY_TALK:
        experience(people.trust, who, True, 1.0, x.a_t, x.b_t)
    if channel == BY_GROUP:
        push(events, cases.rows.reported[c], POST, who, group, ISSUE * 2**32 + c)
    else:
        push(events, cases.rows.reported[c], ARRIVE, c, 0, 0)


@kernel
def bring_kept(state, day):
    """Who kept a need to themselves in the last month may bring it to today's talk."""
    people, cases, events, x = state.people, state.cases, state.events, state.levers[0]
    likely = logistic(x.r_0 - x.r_c * x.hours_talk)
    for i in range(len(people)):
        if people.kept[i] >= day or people.kept[i] <= day - KEPT_DAYS:
            continue
        if draw(state.world, TALK_DAY, day, i, 0, 0) < likely:
            people.kept[i] = FAR_PAST
            if cases.count[0] < len(cases.rows) and events.size[0] < len(events.rows):
                open_case(state, day, i, i, KEPT, BY_TALK, -1)
