"""Serving: the office's half of the event heap: a queue, officials, answers, work (section 6g).

Waiting is what the queue makes of it.  An answer comes first, emergencies before all; class 1 ends
with the answer, class 2 tries self-help first, then work and a lognormal repair; class 3 takes long.
The property firm repairs what is its own: the office passes it on, unless the firm reads the group itself.
Grid workers do class 2 work where there are any: each has a grid of neighbouring homes, so many hours a day,
and takes orders one after the other.  Beyond ``energy`` hours a week an official slows down.
"""

from __future__ import annotations

import math

from commsim.clock import HOURS, MINUTES
from commsim.draws import draw, draw_two, exponential, normal, poisson, purpose
from commsim.kernels import inner, kernel
from commsim.state.groups import count_post, slot_of
from commsim.state.messages import (
    ANSWER,
    DEADLINE,
    DONE,
    FIRM_ANSWERS,
    ISSUE,
    PATIENCE,
    SOLVED,
    TALK,
    THANKS,
    THE_FIRM,
    append,
    pop,
    push,
)
from commsim.state.office import BY_GROUP, BY_MESSAGE, FIRM, OTHER_HOURS, TO_ANSWER, TO_WORK
from commsim.state.people import experience, leans
from commsim.state.ties import level_on

SERVICE, LOOK, REPAIR = purpose("service time"), purpose("look"), purpose("repair")
SELF_HELP, THANK = purpose("self help"), purpose("thanks")
WATCH, WATCHER = purpose("watch"), purpose("watcher")
WATCH_FIRM, WATCHER_FIRM = purpose("watch the firm"), purpose("watcher of the firm")
FIRM_TIME = purpose("firm answers")
URGENT, FIRST, LATER = 0, 1, 2
ROUNDING = 1e-6  # hours: 8 o'clock as a fraction of day 300 is a little before 8 o'clock
A_CLASS = 1e7  # days: sets priorities apart in the queue's key
WEEK = 7.0


@kernel
def put(state, t, i, group, kind, reply_to, case):
    """Write i's message down: (number, ordinal of the day)."""
    people, day = state.people, int(t)
    if people.last_sent[i] != day:
        people.sent_today[i] = 0
    ordinal = people.sent_today[i]
    number = append(state.messages, t, i, group, kind, reply_to, ordinal, case)
    people.last_sent[i] = day
    people.sent_today[i] = ordinal + 1
    count_post(state.groups, i, group)
    return number, ordinal


@kernel
def arrive(state, t, c):
    """Case c reaches the office: a promise runs, an official is wanted.  Or it reaches the firm, in the group."""
    cases, x = state.cases, state.levers[0]
    if cases.rows.party[c] == FIRM:
        push(state.events, t + x.firm_patience, PATIENCE, c, 0, 0)
        if x.firm_in_group > 0.0 and cases.rows.group[c] >= 0:
            day, who, mark = name_of(cases, c)
            hours = exponential(x.firm_answer_hours, draw(state.world, FIRM_TIME, day, who, mark, 0))
            push(state.events, t + hours / HOURS, FIRM_ANSWERS, c, 0, 0)
            return
    elif cases.rows.klass[c] == 3:
        push(state.events, t + x.government_patience, PATIENCE, c, 0, 0)
    push(state.events, t + x.reply_hours / HOURS, DEADLINE, c, 0, 0)
    enqueue(state.office, t, URGENT if state.cases.rows.emergency[c] else FIRST, TO_ANSWER, c, 0.0)
    serve(state, t, True)


@inner
def enqueue(office, t, priority, step, ref, minutes):
    """Work waits for an official; ``minutes`` only for OTHER_HOURS."""
    push(office.queue, priority * A_CLASS + t, step, ref, int(minutes * 100.0), 0)


@kernel
def serve(state, t, fresh):
    """Idle officials take work; ``fresh``: it has just come in and has to be noticed first."""
    office = state.office
    while office.queue.size[0] > 0:
        priority = int(office.queue.rows.time[0] // A_CLASS)
        o = free_official(t, priority, office, state.levers[0])
        if o < 0:
            return
        _, step, ref, centiminutes, _ = pop(office.queue)
        begin(state, t, o, step, ref, centiminutes / 100.0, fresh)


@inner
def on_duty(t, x):
    """Duty hours; commitment m shortens them."""
    since = ((t - math.floor(t)) * HOURS - x.duty_from + ROUNDING + HOURS) % HOURS
    return since < x.duty_hours * x.m or x.duty_hours * x.m >= HOURS


@inner
def free_official(t, priority, office, x):
    """The idle official who has worked least; at night the one on call, for answers only; or -1."""
    best = -1
    night = not on_duty(t, x)
    for o in range(len(office.officials.idle)):
        if not office.officials.idle[o]:
            continue
        if night and (x.on_call == 0.0 or priority == LATER or int(t) % len(office.officials.idle) != o):
            continue
        if best < 0 or office.officials.worked[o] < office.officials.worked[best]:
            best = o
    return best


@kernel
def begin(state, t, o, step, ref, minutes, fresh):
    """Official o takes up a piece of work and will be done with it later."""
    cases, office, world, x = state.cases, state.office, state.world, state.levers[0]
    look = 0.0
    if step != OTHER_HOURS:
        cases.rows.official[ref] = o
        day, who, mark = name_of(cases, ref)
        minutes = exponential(mean_minutes(cases, ref, step, x), draw(world, SERVICE, day, who, mark, step))
        if fresh and cases.rows.channel[ref] in (BY_GROUP, BY_MESSAGE):  # an official looks at the phone now and then
            look = x.looks / x.m * draw(world, LOOK, day, who, mark, step)
        if step == TO_ANSWER:
            cases.rows.started[ref] = t + look / MINUTES
    tired = office.officials.tired[o] * math.exp(-(t - office.officials.tired_at[o]) / WEEK)
    if tired > x.energy:
        minutes *= tired / x.energy
    office.officials.tired[o] = tired + minutes / 60.0 + (0.0 if on_duty(t, x) else x.night_drain)
    office.officials.tired_at[o] = t
    office.officials.worked[o] += minutes / 60.0
    office.officials.idle[o] = False
    push(state.events, t + (look + minutes) / MINUTES, DONE, o, step, ref)


@inner
def name_of(cases, c):
    """A case's name in keyed draws: (day, person, moment of the day)."""
    day = int(math.floor(cases.rows.reported[c]))
    return day, cases.rows.person[c], int((cases.rows.reported[c] - day) * 2**30)


@inner
def lives_there(c, people, cases):
    """Whether who reported case c has not moved out since: newcomers in that seat know nothing of it."""
    return people.since[cases.rows.person[c]] <= cases.rows.reported[c]


@inner
def mean_minutes(cases, c, step, x):
    """Mean minutes that a step of a case takes an official."""
    if step == TO_ANSWER:
        return x.minutes_1 if cases.rows.klass[c] == 1 else x.minutes_answer
    if cases.rows.emergency[c]:
        return x.minutes_emergency
    return x.minutes_2 if cases.rows.klass[c] == 2 else x.minutes_3


@kernel
def done(state, t, o, step, c):
    """Official o has finished a step; the next one in the queue is taken up."""
    cases, x = state.cases, state.levers[0]
    state.office.officials.idle[o] = True
    if step == TO_ANSWER:
        answer(state, t, o, c)
    elif step == TO_WORK:
        median = x.repair_3
        if cases.rows.klass[c] == 2:
            median = x.repair_emergency if cases.rows.emergency[c] else x.repair_2
        repair(state, t, c, median)
    serve(state, t, False)


@kernel
def repair(state, t, c, median):
    """What is being done about case c will be done after a lognormal time."""
    day, who, mark = name_of(state.cases, c)
    u1, u2 = draw_two(state.world, REPAIR, day, who, mark, 0)
    push(state.events, t + median * math.exp(state.levers[0].repair_sigma * normal(u1, u2)), SOLVED, c, 0, 0)


@kernel
def hear(state, k):
    """The message in row k is answered; a first answer makes its sender readier to speak again."""
    people, rows, x = state.people, state.messages.rows, state.levers[0]
    i = rows.sender[k]
    mine = i >= 0 and people.since[i] <= rows.time[k]  # whoever moved into the seat since did not ask
    if mine and not rows.heard[k] and (rows.kind[k] == TALK or rows.kind[k] == ISSUE):
        people.voice[i] += x.voice_gain * (1.0 - people.voice[i])
    rows.heard[k] = True


@kernel
def answer(state, t, o, c):
    """The office answers: closed (class 1), self-help (class 2), passed on to the firm, or work to do."""
    people, messages, cases, x = state.people, state.messages, state.cases, state.levers[0]
    cases.rows.answered[c] = t
    i = cases.rows.person[c]
    people.aware[i] |= lives_there(c, people, cases)
    if cases.rows.message[c] >= 0:
        k = cases.rows.message[c] - messages.first[0]
        if k >= 0:
            hear(state, k)
        append(messages, t, -1 - o, cases.rows.group[c], ANSWER, cases.rows.message[c], 0, c)
    if (t - cases.rows.reported[c]) * HOURS <= x.reply_hours:
        if lives_there(c, people, cases):
            experience(people.trust, i, True, 1.0, x.a_t, x.b_t)
        watch_thread(state, people.trust, c, True, WATCH, WATCHER)
    if cases.rows.klass[c] == 1:
        cases.rows.solved[c] = t
        if lives_there(c, people, cases):
            leans(people, i, x.kappa_z)
        thank(state, t, c)
    elif helps_itself(state, t, c):
        cases.rows.solved[c], cases.rows.own[c] = t, True
    elif cases.rows.party[c] == FIRM:
        repair(state, t, c, x.firm_days * x.firm_pressed)
    elif x.grid_open > 0.0 and cases.rows.klass[c] == 2 and not cases.rows.emergency[c]:
        give_to_grid(state, t, c)
    else:
        enqueue(state.office, t, URGENT if cases.rows.emergency[c] else LATER, TO_WORK, c, 0.0)


@kernel
def give_to_grid(state, t, c):
    """The worker of the person's grid does what an official would have done, after earlier orders and on duty."""
    cases, grids, x = state.cases, state.services.grids, state.levers[0]
    day, who, mark = name_of(cases, c)
    minutes = exponential(x.minutes_2, draw(state.world, SERVICE, day, who, mark, TO_WORK))
    home = state.people.household[who]
    compound = state.homes.doors.compound[home]
    state.services.compounds.grid_hours[compound] += minutes / 60.0
    first = state.people.household[state.homes.compound_rows[compound]]
    grid = home - (home - first) % int(x.grid_homes)
    grids.busy[grid] = on_shift(max(t, grids.busy[grid]), minutes / 60.0, x)
    repair(state, grids.busy[grid], c, x.repair_2 * x.grid_speed)


@inner
def on_shift(t, hours, x):
    """When ``hours`` of work are done that begin at t, or on duty after it, with grid_hours a day from duty_from."""
    day = math.floor(t - x.duty_from / HOURS)
    today = min((t - x.duty_from / HOURS - day) * HOURS, x.grid_hours)
    days = math.floor((today + hours) / x.grid_hours)
    return day + days + (today + hours - days * x.grid_hours + x.duty_from) / HOURS


@kernel
def firm_answers(state, t, c):
    """The firm answers in the group what is its own, and repairs it unless neighbours do."""
    messages, cases = state.messages, state.cases
    cases.rows.answered[c] = t
    k = cases.rows.message[c] - messages.first[0]
    if k >= 0:
        hear(state, k)
    append(messages, t, THE_FIRM, cases.rows.group[c], ANSWER, cases.rows.message[c], 0, c)
    if helps_itself(state, t, c):
        cases.rows.solved[c], cases.rows.own[c] = t, True
    else:
        repair(state, t, c, state.levers[0].repair_2)


@kernel
def out_of_patience(state, c):
    """It has taken too long: a bad experience with the firm (class 2) or the government (class 3)."""
    people, cases, x = state.people, state.cases, state.levers[0]
    if cases.rows.solved[c] >= 0.0:
        return
    there = lives_there(c, people, cases)
    if cases.rows.party[c] == FIRM:
        if there:
            experience(people.trust_property, cases.rows.person[c], False, 1.0, x.a_t, x.b_t)
        watch_thread(state, people.trust_property, c, False, WATCH_FIRM, WATCHER_FIRM)
    elif there:
        experience(people.trust_government, cases.rows.person[c], False, 1.0, x.a_t, x.b_t)


@kernel
def helps_itself(state, t, c):
    """Neighbours sort out a class 2 matter: probability self_help * mean strength of ties in the own building,
    less the share of self-help that the person has given up."""
    people, homes, ties, cases, x = state.people, state.homes, state.ties, state.cases, state.levers[0]
    level = level_on(int(t), x.half_life)
    if cases.rows.klass[c] != 2 or cases.rows.emergency[c]:
        return False
    i = cases.rows.person[c]
    building = homes.doors.building[people.household[i]]
    near, total = 0, 0.0
    for k in range(ties.rows.start[i], ties.rows.start[i] + ties.rows.degree[i]):
        if homes.doors.building[people.household[ties.slots.neighbour[k]]] == building:
            near += 1
            total += ties.slots.u[k] / level
    day, who, mark = name_of(cases, c)
    if near == 0:
        return False
    return draw(state.world, SELF_HELP, day, who, mark, 0) < x.self_help * total / near * (1.0 - people.leaning[i])


@kernel
def solve(state, t, c):
    """The matter is settled: a good experience with whoever settled it, perhaps thanks."""
    people, cases, x = state.people, state.cases, state.levers[0]
    cases.rows.solved[c] = t
    i, there = cases.rows.person[c], lives_there(c, people, cases)
    if there and cases.rows.klass[c] == 2:
        leans(people, i, x.kappa_z)
    if cases.rows.party[c] == FIRM:
        if t - cases.rows.reported[c] <= x.firm_patience:
            if there:
                experience(people.trust_property, i, True, 1.0, x.a_t, x.b_t)
            watch_thread(state, people.trust_property, c, True, WATCH_FIRM, WATCHER_FIRM)
    elif there:
        experience(people.trust, i, True, 1.0, x.a_t, x.b_t)
        if cases.rows.klass[c] == 3:
            experience(people.trust_government, i, True, 1.0, x.a_t, x.b_t)
    thank(state, t, c)


@kernel
def thank(state, t, c):
    """With probability thanks_share the person says thanks, which restores the official who did the work, if any."""
    cases, officials, x = state.cases, state.office.officials, state.levers[0]
    o = cases.rows.official[c]
    day, i, mark = name_of(cases, c)
    if draw(state.world, THANK, day, i, mark, 0) >= x.thanks_share or not lives_there(c, state.people, cases):
        return
    if cases.rows.party[c] != FIRM:
        officials.tired[o] = max(0.0, officials.tired[o] - x.thanks_restore)
    group = cases.rows.group[c]
    if group >= 0 and slot_of(state.groups, i, group) >= 0:
        put(state, t, i, group, THANKS, -1, c)


@kernel
def watch_thread(state, trust, c, good, watch, watcher):
    """Members who happen to look see how case c is treated: a small part of the experience, for ``trust`` in
    the office or the firm, whose purposes of draws are ``watch`` and ``watcher``."""
    groups, cases, world, x = state.groups, state.cases, state.world, state.levers[0]
    group = cases.rows.group[c]
    if group < 0:
        return
    day, i, mark = name_of(cases, c)
    members = groups.rows.members[group]
    for k in range(poisson(members * x.in_view, draw(world, watch, day, i, mark, int(good)))):
        u = draw(world, watcher, day, i, mark, 2 * k + int(good))
        j = groups.member[group, int(u * members)]
        if j != i:
            experience(trust, j, good, x.kappa_watch, x.a_t, x.b_t)
