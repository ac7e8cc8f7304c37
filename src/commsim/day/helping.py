"""Helping: volunteers act, are thanked, taken for granted, and stop; the office solves a petitioner's trouble (6q).

Each volunteer acts acts_week times a week: for somebody known, in proportion to strength, or for somebody of
the own building.  An act is an encounter.  A thanks: v <- v + alpha_v (1 - v).  An act taken as owed:
v <- v (1 - delta_e), and volunteers known with strength w lose v <- v (1 - delta_e kappa_v w); whoever such
a fall leaves below v_quit stops.  Acts shown in an official group are thanked for by members who look.
"""

from __future__ import annotations

import numpy as np

from commsim.day.serving import put
from commsim.draws import draw, draw_two, poisson, purpose
from commsim.kernels import inner, kernel
from commsim.state.groups import official_of
from commsim.state.messages import SHOWN, THANKS, doubled
from commsim.state.office import OTHER_HOURS
from commsim.state.people import CHILD, experience
from commsim.state.settings import Settings
from commsim.state.ties import level_on, meet
from commsim.state.whole import State

ACTS, HELPED, OWED = purpose("acts"), purpose("somebody to help"), purpose("taken as owed")
THANKED, ONLOOKERS, ONLOOKER = purpose("thanks for help"), purpose("onlookers"), purpose("onlooker")
PETITIONER = purpose("petitioner")
NOBODY = -1
WEEK, MONTH = 7.0, 30.0
EVENING = 1.0 - 1e-9  # what was done in a day is shown at its end: messages stay in order of time
BADGE = 2  # times as many look at what somebody with a badge has done
GRIEVANCES, KNOWN, TRUSTS = 3, 0.034, 0.5  # a petitioner has so many; the office hears of it from an acquaintance


def helping(state: State, settings: Settings, day: int) -> None:
    """A day of acts, as long as volunteers act; on some days the office solves somebody's trouble."""
    x = settings.x
    if x.acts_week > 0.0:
        if x.acts_shown > 0.0:
            _room(state, x)
        help_out(state.under(settings), day)
    if x.solve_month > 0.0:
        now = state.under(settings)
        for turn in range(int((day + 1) * x.solve_month / MONTH) - int(day * x.solve_month / MONTH)):
            eased = ease(now, turn, day)
            state.tables.leaders.counts["eased"][0] += eased
            state.requests.extend([(OTHER_HOURS, x.minutes_3)] * eased)


def _room(state: State, x) -> None:
    """Room for far more messages than acts of a day and thanks for them are likely to bring."""
    onlookers = BADGE * x.in_view * state.groups.member.shape[1]
    volunteers = int(state.tables.people["volunteer"].sum())
    likely = 8 * int(volunteers * x.acts_week / WEEK * (1.0 + onlookers)) + 1024
    while len(state.messages.rows) - state.messages.count[0] < likely:
        state.messages = doubled(state.messages)


@kernel
def help_out(state, day):
    """Choose whom everybody helps, then let all be helped."""
    acts = choose_acts(state, day)
    if len(acts) > 0:
        carry_out(state, acts, day)


@kernel
def choose_acts(state, day):
    """Who helps whom today, by the morning's ties: int64[acts, 3], helper, helped and which act of the day."""
    people, world, x = state.people, state.world, state.levers[0]
    level = level_on(day, x.half_life)
    room, count = 64, 0
    acts = np.empty((room, 3), np.int64)
    for i in range(len(people)):
        if not people.volunteer[i]:
            continue
        for k in range(poisson(x.acts_week / WEEK, draw(world, ACTS, day, i, 0, 0))):
            j = whom(state, i, k, day, x.w_drop * level)
            if j == NOBODY:
                continue
            if count == room:
                room *= 2
                wider = np.empty((room, 3), np.int64)
                wider[:count] = acts
                acts = wider
            acts[count, 0], acts[count, 1], acts[count, 2] = i, j, k
            count += 1
    return acts[:count]


@kernel
def whom(state, i, k, day, floor):
    """Whom i's k-th act of the day is for: half of the time somebody known, else somebody of the building."""
    u1, u2 = draw_two(state.world, HELPED, day, i, 0, k)
    if u1 < 0.5:
        j = somebody_known(state.ties, i, u2, floor)
        if j != NOBODY:
            return j
    return somebody_near(state.people, state.homes, i, u2)


@inner
def somebody_known(ties, i, u, floor):
    """One of i's ties in proportion to strength; ties fainter than ``floor`` do not count."""
    total, start, degree = 0.0, ties.rows.start[i], ties.rows.degree[i]
    mine = ties.slots.u[start : start + degree]
    for k in range(len(mine)):
        total += mine[k] * (mine[k] >= floor)
    target, last = u * total, NOBODY
    for k in range(len(mine)):
        if mine[k] >= floor:
            last = int(ties.slots.neighbour[start + k])
            target -= mine[k]
            if target < 0.0:
                break
    return last


@inner
def somebody_near(people, homes, i, u):
    """Any grown-up of another household of i's building, or NOBODY."""
    h = people.household[i]
    building = homes.doors.building[h]
    first, end = homes.building_rows[building], homes.building_rows[building + 1]
    others = 0
    for j in range(first, end):
        others += people.household[j] != h and people.age[j] != CHILD
    left = int(u * others)
    for j in range(first, end):
        if people.household[j] != h and people.age[j] != CHILD:
            if left == 0:
                return j
            left -= 1
    return NOBODY


@kernel
def carry_out(state, acts, day):
    """Everybody chosen is helped; what comes back moves motivation at the end of the day, all at once."""
    people, ties, world, x, counts = state.people, state.ties, state.world, state.levers[0], state.leaders.counts
    level = level_on(day, x.half_life)
    thanks, kept = np.zeros(len(people), np.int64), np.ones(len(people))
    owed = np.zeros(len(acts), np.bool_)
    for a in range(len(acts)):
        i, k = acts[a, 0], acts[a, 2]
        owed[a] = draw(world, OWED, day, i, 0, k) < x.entitlement * x.entitlement_factor
        if owed[a]:
            counts.owed[0] += 1
            kept[i] *= 1.0 - x.delta_e
            for s in range(ties.rows.start[i], ties.rows.start[i] + ties.rows.degree[i]):
                j = ties.slots.neighbour[s]
                if people.volunteer[j]:
                    kept[j] *= 1.0 - x.delta_e * x.kappa_v * min(ties.slots.u[s] / level, 1.0)
    for a in range(len(acts)):  # only now: strength is the morning's
        i, j, k = acts[a, 0], acts[a, 1], acts[a, 2]
        counts.acts[0] += 1
        meet(ties, i, j, x.alpha, 1.0, level, x.w_drop)
        if not owed[a] and draw(world, THANKED, day, i, 0, k) < x.thanks_share:
            thanks[i] += 1
        if x.acts_shown > 0.0:
            thanks[i] += show(state, day, i, j, k, level)
    for i in range(len(people)):
        if thanks[i] == 0 and kept[i] == 1.0:
            continue
        counts.thanks[0] += thanks[i]
        people.v[i] = moved(people.v[i], thanks[i], x.alpha_v) * kept[i]
        if kept[i] < 1.0 and people.v[i] < x.v_quit and people.volunteer[i]:
            people.volunteer[i] = False
            counts.quits[0] += 1


@inner
def moved(v, thanks, alpha_v):
    """Motivation after so many thanks."""
    for _ in range(thanks):
        v += alpha_v * (1.0 - v)
    return v


@kernel
def show(state, day, i, j, k, level):
    """i's act for j is told in the official group of either; how many members who look say thanks."""
    people, groups, messages, x = state.people, state.groups, state.messages, state.levers[0]
    group, poster = official_of(groups, i), i
    if group == NOBODY:
        group, poster = official_of(groups, j), j
    if group == NOBODY or messages.count[0] == len(messages.rows):
        return 0
    t = day + EVENING
    number, _ = put(state, t, poster, group, SHOWN, -1, -1)
    members = groups.rows.members[group]
    looking = members * x.in_view * (BADGE if x.acts_badge > 0.0 else 1)
    thanks = 0
    for m in range(poisson(looking, draw(state.world, ONLOOKERS, day, i, 0, k))):
        u1, u2 = draw_two(state.world, ONLOOKER, day, i, k, m)
        who = groups.member[group, int(u1 * members)]
        if who in (i, j) or u2 >= x.thanks_share or messages.count[0] == len(messages.rows):
            continue
        thanks += 1
        messages.rows.heard[number - messages.first[0]] = True
        put(state, t, who, group, THANKS, number, -1)
        if poster == i and people.household[who] != people.household[i]:  # thanks are an encounter online
            meet(state.ties, i, who, x.kappa_on * x.alpha, x.w_cap, level, x.w_drop)
    return thanks


@kernel
def ease(state, turn, day):
    """In each compound the office solves the trouble of who has most grievances, if it can hear of it; how many."""
    people, homes, world, x = state.people, state.homes, state.world, state.levers[0]
    floor = KNOWN * level_on(day, x.half_life)
    solved = 0
    for compound in range(homes.compounds):
        worst, most, luck = NOBODY, GRIEVANCES, 0.0
        for i in range(homes.compound_rows[compound], homes.compound_rows[compound + 1]):
            grievances = people.grieved[i] - people.eased[i]
            if grievances < most or people.age[i] == CHILD or not spoken_for(people, state.ties, i, floor):
                continue
            u = draw(world, PETITIONER, day, i, turn, 0)
            if grievances > most or u > luck:
                worst, most, luck = i, grievances, u
        if worst != NOBODY:
            for _ in range(int(x.solve_weight)):
                experience(people.trust, worst, True, 1.0, x.a_t, x.b_t)
            experience(people.trust, worst, True, x.solve_weight - int(x.solve_weight), x.a_t, x.b_t)
            people.eased[worst] = people.grieved[worst]
            people.aware[worst] = True
            solved += 1
    return solved


@inner
def spoken_for(people, ties, i, floor):
    """Whether an acquaintance of i trusts the office enough to tell it of i's trouble."""
    for s in range(ties.rows.start[i], ties.rows.start[i] + ties.rows.degree[i]):
        if ties.slots.u[s] >= floor and people.trust[ties.slots.neighbour[s]] >= TRUSTS:
            return True
    return False
