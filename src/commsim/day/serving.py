"""Serving: the office's half of the event heap: a queue, officials, answers, work (section 6g).

Waiting is what the queue makes of it.  An answer comes first, emergencies before all; class 1 ends
with the answer, class 2 tries self-help first, then work and a lognormal repair; class 3 takes long.
Beyond ``energy`` hours a week an official slows down in proportion.
"""

from __future__ import annotations

import math

from commsim.clock import HOURS, MINUTES
from commsim.draws import draw, draw_two, exponential, normal, poisson, purpose
from commsim.kernels import kernel
from commsim.state.groups import count_post, slot_of
from commsim.state.messages import ANSWER, DEADLINE, DONE, SOLVED, THANKS, append, pop, push
from commsim.state.office import BY_GROUP, OTHER_HOURS, TO_ANSWER, TO_WORK
from commsim.state.people import experience
from commsim.state.ties import level_on

SERVICE, LOOK, REPAIR = purpose("service time"), purpose("look"), purpose("repair")
SELF_HELP, THANK = purpose("self help"), purpose("thanks")
WATCH, WATCHER = purpose("watch"), purpose("watcher")
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
    """Case c reaches the office: a promise runs, an official is wanted."""
    push(state.events, t + state.levers[0].reply_hours / HOURS, DEADLINE, c, 0, 0)
    enqueue(state.office, t, URGENT if state.cases.rows.emergency[c] else FIRST, TO_ANSWER, c, 0.0)
    serve(state, t, True)


@kernel
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


@kernel
def on_duty(t, x):
    """Duty hours; commitment m shortens them."""
    since = ((t - math.floor(t)) * HOURS - x.duty_from + ROUNDING + HOURS) % HOURS
    return since < x.duty_hours * x.m or x.duty_hours * x.m >= HOURS


@kernel
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
        if fresh and cases.rows.channel[ref] == BY_GROUP:  # an official looks at the phone now and then
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


@kernel
def name_of(cases, c):
    """A case's name in keyed draws: (day, person, moment of the day)."""
    day = int(math.floor(cases.rows.reported[c]))
    return day, cases.rows.person[c], int((cases.rows.reported[c] - day) * 2**30)


@kernel
def lives_there(c, people, cases):
    """Whether who reported case c has not moved out since: newcomers in that seat know nothing of it."""
    return people.since[cases.rows.person[c]] <= cases.rows.reported[c]


@kernel
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
        day, who, mark = name_of(cases, c)
        u1, u2 = draw_two(state.world, REPAIR, day, who, mark, 0)
        median = x.repair_3
        if cases.rows.klass[c] == 2:
            median = x.repair_emergency if cases.rows.emergency[c] else x.repair_2
        push(state.events, t + median * math.exp(x.repair_sigma * normal(u1, u2)), SOLVED, c, 0, 0)
    serve(state, t, False)


@kernel
def answer(state, t, o, c):
    """The office answers: closed (class 1), self-help (class 2), or work to do."""
    people, messages, cases, x = state.people, state.messages, state.cases, state.levers[0]
    cases.rows.answered[c] = t
    i = cases.rows.person[c]
    people.aware[i] |= lives_there(c, people, cases)
    if cases.rows.message[c] >= 0:
        k = cases.rows.message[c] - messages.first[0]
        if k >= 0:
            messages.rows.heard[k] = True
        append(messages, t, -1 - o, cases.rows.group[c], ANSWER, cases.rows.message[c], 0, c)
    if (t - cases.rows.reported[c]) * HOURS <= x.reply_hours:
        if lives_there(c, people, cases):
            experience(people.trust, i, True, 1.0, x.a_t, x.b_t)
        watch_thread(state, c, True)
    if cases.rows.klass[c] == 1:
        cases.rows.solved[c] = t
        thank(state, t, c)
    elif helps_itself(state, t, c):
        cases.rows.solved[c] = t
    else:
        enqueue(state.office, t, URGENT if cases.rows.emergency[c] else LATER, TO_WORK, c, 0.0)


@kernel
def helps_itself(state, t, c):
    """Neighbours sort out a class 2 matter: probability self_help * mean strength of ties in the own building."""
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
    return near > 0 and draw(state.world, SELF_HELP, day, who, mark, 0) < x.self_help * total / near


@kernel
def solve(state, t, c):
    """The matter is settled: a good experience, perhaps thanks."""
    people, cases, x = state.people, state.cases, state.levers[0]
    cases.rows.solved[c] = t
    if lives_there(c, people, cases):
        experience(people.trust, cases.rows.person[c], True, 1.0, x.a_t, x.b_t)
    thank(state, t, c)


@kernel
def thank(state, t, c):
    """With probability thanks_share the person says thanks, which restores the official who did the work."""
    cases, officials, x = state.cases, state.office.officials, state.levers[0]
    o = cases.rows.official[c]
    day, i, mark = name_of(cases, c)
    if draw(state.world, THANK, day, i, mark, 0) >= x.thanks_share or not lives_there(c, state.people, cases):
        return
    officials.tired[o] = max(0.0, officials.tired[o] - x.thanks_restore)
    group = cases.rows.group[c]
    if group >= 0 and slot_of(state.groups, i, group) >= 0:
        put(state, t, i, group, THANKS, -1, c)


@kernel
def watch_thread(state, c, good):
    """Members who happen to look see how the office treats case c: a small part of the experience."""
    people, groups, cases, world, x = state.people, state.groups, state.cases, state.world, state.levers[0]
    group = cases.rows.group[c]
    if group < 0:
        return
    day, i, mark = name_of(cases, c)
    members = groups.rows.members[group]
    for k in range(poisson(members * x.in_view, draw(world, WATCH, day, i, mark, int(good)))):
        u = draw(world, WATCHER, day, i, mark, 2 * k + int(good))
        j = groups.member[group, int(u * members)]
        if j != i:
            experience(people.trust, j, good, x.kappa_watch, x.a_t, x.b_t)
