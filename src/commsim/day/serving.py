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

SERVICE, LOOK, REPAIR = purpose("service time"), purpose("look"), purpose("repair")
SELF_HELP, THANK = purpose("self help"), purpose("thanks")
WATCH, WATCHER = purpose("watch"), purpose("watcher")
URGENT, FIRST, LATER = 0, 1, 2
ROUNDING = 1e-6  # hours: 8 o'clock as a fraction of day 300 is a little before 8 o'clock
A_CLASS = 1e7  # days: sets priorities apart in the queue's key
WEEK = 7.0


@kernel
def put(t, i, group, kind, reply_to, case, people, groups, messages):
    """Write i's message down: (number, ordinal of the day)."""
    day = int(t)
    if people.last_sent[i] != day:
        people.sent_today[i] = 0
    ordinal = people.sent_today[i]
    number = append(messages, t, i, group, kind, reply_to, ordinal, case)
    people.last_sent[i] = day
    people.sent_today[i] = ordinal + 1
    count_post(groups, i, group)
    return number, ordinal


@kernel
def arrive(t, c, events, cases, office, x, world):
    """Case c reaches the office: a promise runs, an official is wanted."""
    push(events, t + x.reply_hours / HOURS, DEADLINE, c, 0, 0)
    enqueue(office, t, URGENT if cases.rows.emergency[c] else FIRST, TO_ANSWER, c, 0.0)
    serve(t, True, events, cases, office, x, world)


@kernel
def enqueue(office, t, priority, step, ref, minutes):
    """Work waits for an official; ``minutes`` only for OTHER_HOURS."""
    push(office.queue, priority * A_CLASS + t, step, ref, int(minutes * 100.0), 0)


@kernel
def serve(t, fresh, events, cases, office, x, world):
    """Idle officials take work; ``fresh``: it has just come in and has to be noticed first."""
    while office.queue.size[0] > 0:
        priority = int(office.queue.rows.time[0] // A_CLASS)
        o = free_official(t, priority, office, x)
        if o < 0:
            return
        _, step, ref, centiminutes, _ = pop(office.queue)
        begin(t, o, step, ref, centiminutes / 100.0, fresh, events, cases, office, x, world)


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
def begin(t, o, step, ref, minutes, fresh, events, cases, office, x, world):
    """Official o takes up a piece of work and will be done with it later."""
    look = 0.0
    if step != OTHER_HOURS:
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
    push(events, t + (look + minutes) / MINUTES, DONE, o, step, ref)


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
def done(t, o, step, c, people, homes, groups, ties, messages, events, cases, office, x, world, level):
    """Official o has finished a step; the next one in the queue is taken up."""
    office.officials.idle[o] = True
    if step == TO_ANSWER:
        answer(t, o, c, people, homes, groups, ties, messages, cases, office, x, world, level)
    elif step == TO_WORK:
        day, who, mark = name_of(cases, c)
        u1, u2 = draw_two(world, REPAIR, day, who, mark, 0)
        median = x.repair_3
        if cases.rows.klass[c] == 2:
            median = x.repair_emergency if cases.rows.emergency[c] else x.repair_2
        push(events, t + median * math.exp(x.repair_sigma * normal(u1, u2)), SOLVED, c, 0, 0)
    serve(t, False, events, cases, office, x, world)


@kernel
def answer(t, o, c, people, homes, groups, ties, messages, cases, office, x, world, level):
    """The office answers: closed (class 1), self-help (class 2), or work to do."""
    cases.rows.answered[c] = t
    i = cases.rows.person[c]
    if cases.rows.message[c] >= 0:
        k = cases.rows.message[c] - messages.first[0]
        if k >= 0:
            messages.rows.heard[k] = True
        append(messages, t, -1 - o, cases.rows.group[c], ANSWER, cases.rows.message[c], 0, c)
    if (t - cases.rows.reported[c]) * HOURS <= x.reply_hours:
        if lives_there(c, people, cases):
            experience(people.trust, i, True, 1.0, x.a_t, x.b_t)
        watch_thread(c, True, people, groups, cases, x, world)
    if cases.rows.klass[c] == 1:
        cases.rows.solved[c] = t
        thank(t, c, o, people, groups, messages, cases, office, x, world)
    elif helps_itself(c, people, homes, ties, cases, x, world, level):
        cases.rows.solved[c] = t
    else:
        enqueue(office, t, URGENT if cases.rows.emergency[c] else LATER, TO_WORK, c, 0.0)


@kernel
def helps_itself(c, people, homes, ties, cases, x, world, level):
    """Neighbours sort out a class 2 matter: probability self_help * mean strength of ties in the own building."""
    if cases.rows.klass[c] != 2 or cases.rows.emergency[c]:
        return False
    i = cases.rows.person[c]
    building = homes.doors.building[people.household[i]]
    near, total = 0, 0.0
    for k in range(ties.rows.degree[i]):
        if homes.doors.building[people.household[ties.slots.neighbour[i, k]]] == building:
            near += 1
            total += ties.slots.u[i, k] / level
    day, who, mark = name_of(cases, c)
    return near > 0 and draw(world, SELF_HELP, day, who, mark, 0) < x.self_help * total / near


@kernel
def solve(t, c, people, groups, messages, cases, office, x, world):
    """The matter is settled: a good experience, perhaps thanks."""
    cases.rows.solved[c] = t
    if lives_there(c, people, cases):
        experience(people.trust, cases.rows.person[c], True, 1.0, x.a_t, x.b_t)
    thank(t, c, c % len(office.officials.idle), people, groups, messages, cases, office, x, world)


@kernel
def thank(t, c, o, people, groups, messages, cases, office, x, world):
    """With probability thanks_share the person says thanks, which restores the official."""
    day, i, mark = name_of(cases, c)
    if draw(world, THANK, day, i, mark, 0) >= x.thanks_share or not lives_there(c, people, cases):
        return
    office.officials.tired[o] = max(0.0, office.officials.tired[o] - x.thanks_restore)
    group = cases.rows.group[c]
    if group >= 0 and slot_of(groups, i, group) >= 0:
        put(t, i, group, THANKS, -1, c, people, groups, messages)


@kernel
def watch_thread(c, good, people, groups, cases, x, world):
    """Members who happen to look see how the office treats case c: a small part of the experience."""
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
