"""Coaching: groups that learn, groups that teach each other, hobbies that turn to service (model section 6r).

On the first day of every month of thirty days each group's density is noted: the share of pairs of its
members who know each other (strength of at least .034).  Coaching goes round residents' own groups, in
an order drawn for the month, by trace (fading groups first) or by audit (large ones first).  In person all
members have a good experience by a_visit, with the office and with who coaches, and
skill <- skill + gain (1 - skill); online the gain is kappa_on times that, where staff were let in: a keyed
threshold below logistic(lambda_nu (mean trust - t_star)).
A coached group whose members had a need turns to service with hazard eta_service skill.
Leaders have a chat group of their own: once a month they meet, and each reports there on the next day.
"""

from __future__ import annotations

import math

import numpy as np

from commsim.clock import AWAKE_FROM, AWAKE_HOURS, HOURS, YEAR
from commsim.day.willing import willing
from commsim.draws import draw, logistic, purpose
from commsim.kernels import kernel
from commsim.state.affairs import density
from commsim.state.groups import INTEREST, LEADERS, OF_TASKS, open_group, seat, slot_of, with_room
from commsim.state.messages import POST, REPORT, doubled, push
from commsim.state.office import FOR_MEMBERS, OTHER_HOURS
from commsim.state.people import CHILD, experience
from commsim.state.settings import Settings
from commsim.state.ties import level_on, meet, share_inside
from commsim.state.whole import State

ORDER, ADMITS = purpose("coaching order"), purpose("admits staff")
LEADER, LEADERS_SEATS = purpose("group leader"), purpose("leaders' seats")
REPORT_HOUR = purpose("report hour")
TURNS, SERVES, SERVED = purpose("turns to service"), purpose("serves"), purpose("served")
VOLUNTEER, GRANT = purpose("serving volunteer"), purpose("grant lottery")
MONTH_DAYS, FRESH_DAYS, NEED_DAYS, WEEK = 30, 60, 30, 7
KNOWN = 0.034  # strength from which two people know each other, as in the measures
LOTTERY, TRACE, AUDIT = 0, 1, 2  # who is coached first
LEADERS_MOST = 50  # in the leaders' group (F205: 30 to 50)
SERVICE_HOURS = 1.0


def coaching(state: State, settings: Settings, day: int) -> None:
    """Note how groups fare, coach those whose turn it is, let leaders meet and hobbies turn to service."""
    count, x = int(state.groups.count[0]), settings.x
    if count == 0:
        return
    if x.coach_by == AUDIT and day % int(YEAR / x.audit_year) == 0:
        state.groups.rows["size_seen"][:count] = state.groups.rows["members"][:count]
    if x.coach_month > 0.0:
        _coach(state, x, settings, day)
    if day % MONTH_DAYS == 0:
        if x.leaders_group > 0.0:
            _leaders(state, settings, day)
        note_month(state.under(settings), day)
    if x.grant_yuan > 0.0:
        _grant(state, x, settings, day)
    if x.eta_service > 0.0 and state.tables.groups.rows["coached"][:count].max() >= day - FRESH_DAYS:
        turn_to_service(state.under(settings), day)
    if state.tables.groups.rows["service"][:count].any():
        serve_neighbours(state.under(settings), day)


def _leaders(state: State, settings, day) -> None:
    """Leaders meet; those of this month are their group from now on, and each reports there."""
    leaders = np.unique(leaders_meet(state.under(settings), day))
    found = np.flatnonzero(state.groups.rows["kind"][: int(state.groups.count[0])] == LEADERS)
    if not len(found):
        if state.people["literate"][leaders].sum() < 2:
            return
        state.groups = with_room(state.groups, 1)
        found = [open_group(state.groups, LEADERS, -1, -1, OF_TASKS + (1 << 29), day)]
    seat(state.tables.groups, state.tables.people, int(found[0]), leaders)
    while len(state.events.rows) - state.events.size[0] < len(leaders):
        state.events = doubled(state.events)
    report(state.under(settings), int(found[0]), day)


def _coach(state: State, x, settings, day) -> None:
    """Today's share of the month's coaching."""
    k = day % MONTH_DAYS
    today = int((k + 1) * x.coach_month / MONTH_DAYS) - int(k * x.coach_month / MONTH_DAYS)
    if today:
        turns = coach(state.under(settings), today, day)
        minutes = x.minutes_coach_online if x.coach_online > 0.0 else x.minutes_coach_offline
        state.requests.extend([(OTHER_HOURS, minutes)] * turns)


def _grant(state: State, x, settings, day) -> None:
    """A round of micro-grants, where one is due."""
    since = day - int(x.grant_start)
    if since % int(x.grant_every) == 0 and since // int(x.grant_every) < x.grant_rounds:
        funded = grant(state.under(settings), day)
        state.office.yuan[FOR_MEMBERS] += funded * x.grant_yuan


@kernel
def note_month(state, day):
    """Another month: yesterday's density_1 is density_2 today; and how lively each group is."""
    groups, floor = state.groups, KNOWN * level_on(day, state.levers[0].half_life)
    for g in range(groups.count[0]):
        groups.rows.density_4[g], groups.rows.density_3[g] = groups.rows.density_3[g], groups.rows.density_2[g]
        groups.rows.density_2[g] = groups.rows.density_1[g]
        groups.rows.density_1[g] = density(groups, state.ties, g, floor)
        groups.rows.recent_before[g] = groups.rows.recent[g]


@kernel
def in_order(score, luck):
    """Groups by ``score``, lowest first; equals by lottery."""
    order = np.argsort(luck, kind="mergesort")
    return order[np.argsort(score[order], kind="mergesort")]


@kernel
def coach(state, today, day):
    """The next ``today`` of residents' groups whose turn has not come this month; how many there were."""
    groups, x = state.groups, state.levers[0]
    n, month = groups.count[0], day // MONTH_DAYS
    score, luck = np.zeros(n), np.full(n, 2.0)
    for g in range(n):
        if groups.rows.kind[g] != INTEREST or groups.rows.members[g] == 0 or (
            groups.rows.turn[g] >= month * MONTH_DAYS
        ):
            score[g] = np.inf
            continue
        luck[g] = draw(state.world, ORDER, month, groups.rows.identity[g], groups.rows.founded[g], 0)
        if x.coach_by == TRACE:
            score[g] = groups.rows.recent[g] - groups.rows.recent_before[g]
        elif x.coach_by == AUDIT:
            score[g] = -groups.rows.size_seen[g]
    turns = 0
    for g in in_order(score, luck)[:today]:
        if luck[g] < 2.0:
            take_turn(state, g, day)
            turns += 1
    return turns


@kernel
def take_turn(state, g, day):
    """Group g is coached in person and asked to let staff in; or online, if it does."""
    people, groups, x = state.people, state.groups, state.levers[0]
    groups.rows.turn[g] = day
    gain = x.skill_gain
    if x.coach_online > 0.0:
        if not lets_staff_in(state, g):
            return
        gain *= x.kappa_on
    else:
        for place in range(groups.rows.members[g]):
            experience(people.trust, groups.member[g, place], True, 1.0, x.a_visit, 0.0)
            experience(people.trust_companion, groups.member[g, place], True, 1.0, x.a_visit, 0.0)
        lets_staff_in(state, g)
    groups.rows.coached[g] = day
    groups.rows.skill[g] += gain * (1.0 - groups.rows.skill[g])


@kernel
def lets_staff_in(state, g):
    """Whether staff are in group g; asked again each time, by one threshold that is the group's own."""
    groups, x = state.groups, state.levers[0]
    if not groups.rows.staff[g]:
        total = 0.0
        for place in range(groups.rows.members[g]):
            total += state.people.trust[groups.member[g, place]]
        u = draw(state.world, ADMITS, groups.rows.founded[g], groups.rows.identity[g], 0, 0)
        groups.rows.asked[g] = True
        groups.rows.staff[g] = u < logistic(x.lambda_nu * (total / groups.rows.members[g] - x.t_star))
    return groups.rows.staff[g]


@kernel
def leader_of(state, g, day):
    """Who has written most in group g, equals by lottery; -1 where nobody has written."""
    groups = state.groups
    best, most, luckiest = -1, 0, 2.0
    for place in range(groups.rows.voiced[g]):
        i = groups.member[g, place]
        written = groups.seats.written[i, slot_of(groups, i, g)]
        if written < most or written == 0:
            continue
        luck = draw(state.world, LEADER, day, i, groups.rows.identity[g], groups.rows.founded[g])
        if written > most or luck < luckiest:
            best, most, luckiest = i, written, luck
    return best


@kernel
def leaders_meet(state, day):
    """Leaders of groups that are coached or have let staff in meet; their groups learn from the most skilled.  Rows of
    the leaders, one a group."""
    people, groups, x = state.people, state.groups, state.levers[0]
    n = groups.count[0]
    leader, luck = np.full(n, -1), np.full(n, 2.0)
    for g in range(n):
        if groups.rows.kind[g] == INTEREST and groups.rows.members[g] > 0 and (
            lets_staff_in(state, g) or groups.rows.coached[g] >= day - FRESH_DAYS
        ):
            leader[g] = leader_of(state, g, day)
            if leader[g] >= 0:
                luck[g] = draw(state.world, LEADERS_SEATS, day, groups.rows.identity[g], groups.rows.founded[g], 0)
    inside = np.argsort(luck)[: min(LEADERS_MOST, np.sum(luck < 2.0))]
    level = level_on(day, x.half_life)
    best = 0.0
    for k in range(len(inside)):
        i = leader[inside[k]]
        best = max(best, groups.rows.skill[inside[k]])
        for m in range(k):
            j = leader[inside[m]]
            if people.household[i] != people.household[j]:
                meet(state.ties, i, j, x.kappa_on * x.alpha, x.w_cap, level, x.w_drop)
    for g in inside:
        groups.rows.skill[g] += x.chi_learn * (best - groups.rows.skill[g])
    return leader[inside]


@kernel
def report(state, group, day):
    """Each member of the leaders' group will write there tomorrow what the own group does."""
    groups = state.groups
    for place in range(groups.rows.members[group]):
        i = groups.member[group, place]
        hour = AWAKE_FROM + AWAKE_HOURS * draw(state.world, REPORT_HOUR, day, i, 0, 0)
        push(state.events, day + 1 + hour / HOURS, POST, i, group, REPORT * 2**32 + i)


@kernel
def grant(state, day):
    """Fund the first of residents' groups by trace or by photos; how many were funded."""
    groups, x = state.groups, state.levers[0]
    n = groups.count[0]
    score, luck = np.full(n, np.inf), np.full(n, 2.0)
    for g in range(n):
        if groups.rows.kind[g] == INTEREST and groups.rows.members[g] > 0:
            luck[g] = draw(state.world, GRANT, day, groups.rows.identity[g], groups.rows.founded[g], 0)
            score[g] = -groups.rows.recent[g] if x.grant_trace > 0.0 else -float(groups.rows.members[g])
    funded = 0
    for g in in_order(score, luck)[: int(x.grant_groups)]:
        if luck[g] < 2.0:
            groups.rows.funded[g] += 1
            groups.rows.skill[g] += x.skill_gain * (1.0 - groups.rows.skill[g])
            funded += 1
    return funded


@kernel
def in_need(state, day):
    """Who reported a need in the last thirty days: bool[people]."""
    people, cases = state.people, state.cases
    mark = np.zeros(len(people), np.bool_)
    c = cases.count[0] - 1
    while c >= 0 and cases.rows.reported[c] >= day - NEED_DAYS - 1.0:
        i = cases.rows.person[c]
        if cases.rows.reported[c] >= max(day - NEED_DAYS, people.since[i]):
            mark[i] = True
        c -= 1
    return mark


@kernel
def turn_to_service(state, day):
    """Groups coached lately whose members have met with a need may turn to service."""
    groups, x = state.groups, state.levers[0]
    need = np.zeros(0, np.bool_)
    for g in range(groups.count[0]):
        if groups.rows.kind[g] != INTEREST or groups.rows.service[g] or groups.rows.coached[g] < day - FRESH_DAYS:
            continue
        u = draw(state.world, TURNS, day, groups.rows.identity[g], groups.rows.founded[g], 0)
        if u >= 1.0 - math.exp(-x.eta_service * groups.rows.skill[g]):
            continue
        if len(need) == 0:
            need = in_need(state, day)
        for place in range(groups.rows.members[g]):
            if need[groups.member[g, place]]:
                groups.rows.service[g] = True
                break


@kernel
def serve_neighbours(state, day):
    """Once a week a member of each group that serves helps somebody of the compound who has met with a need."""
    people, homes, groups, world, x = state.people, state.homes, state.groups, state.world, state.levers[0]
    level, before = level_on(day, x.half_life), people.volunteer.copy()
    need = np.zeros(0, np.bool_)
    for g in range(groups.count[0]):
        name, founded = groups.rows.identity[g], groups.rows.founded[g]
        if not groups.rows.service[g] or groups.rows.members[g] == 0 or (day - founded) % WEEK != 0:
            continue
        if len(need) == 0:
            need = in_need(state, day)
        i = groups.member[g, int(draw(world, SERVES, day, name, founded, 0) * groups.rows.members[g])]
        c = groups.rows.compound[g]
        luckiest, j = 2.0, -1
        for k in range(homes.compound_rows[c], homes.compound_rows[c + 1]):
            if need[k] and people.age[k] != CHILD and people.household[k] != people.household[i]:
                luck = draw(world, SERVED, day, k, name, founded)
                if luck < luckiest:
                    luckiest, j = luck, k
        if j < 0:
            continue
        meet(state.ties, i, j, x.alpha, 1.0, level, x.w_drop)
        state.affairs.told.acts[0] += 1
        u = draw(world, VOLUNTEER, day, i, name, founded)
        inside = share_inside(state.ties, i, before)
        if u < willing(people, i, x, x.theta_volunteer, 0.0, inside, SERVICE_HOURS, 0.0):
            people.volunteer[i] = True
