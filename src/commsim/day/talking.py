"""Talking: messages, replies and the office's service, in one event heap (model sections 6c, e, g).

Small talk: a member posts at rate mu W/(W + w_0) * voice, W = summed strength to co-members, in the
official group with probability logistic(lambda_nu (trust - t_star)), else among residents only.
A message draws Poisson(members * looking * u) replies within the time it stays in view; a new voice
replies with probability a, else somebody in proportion to messages so far * (1 + b w).  In an official group a
reply, too, is written with the replier's own logistic(lambda_nu (trust - t_star)) only.  The heap runs across
midnight: whoever answers at 10:05 can be answered at 10:07.  What is written to one member in
a group with a task is answered by that member half an hour later, and by others as any message is.
"""

from __future__ import annotations

import math

import numpy as np

from commsim.clock import AWAKE_FROM, AWAKE_HOURS, HOURS
from commsim.day.serving import (
    LATER,
    WATCH,
    WATCHER,
    arrive,
    done,
    enqueue,
    firm_answers,
    hear,
    lives_there,
    out_of_patience,
    put,
    serve,
    solve,
    watch_thread,
)
from commsim.draws import column, draw, draw_two, logistic, poisson, purpose
from commsim.kernels import inner, kernel
from commsim.state.groups import (
    GROUPS_A_PERSON,
    OFFICIAL,
    add_posts,
    has_task,
    posts_at,
    posts_before,
    slot_of,
    slot_of_post,
)
from commsim.state.messages import (
    ARRIVE,
    CHECK,
    DEADLINE,
    DONE,
    DUTY,
    ECHO,
    FIRM_ANSWERS,
    ISSUE,
    MEMORY_DAYS,
    PATIENCE,
    POST,
    REPLY,
    SOLVED,
    TALK,
    doubled,
    forget_before,
    pop,
    push,
)
from commsim.state.office import BY_PHONE, UNANSWERED
from commsim.state.people import experience
from commsim.state.settings import Settings
from commsim.state.ties import level_on, meet
from commsim.state.whole import State

SMALL_TALK, TALK_HOUR, TALK_GROUP = purpose("small talk"), purpose("talk hour"), purpose("talk group")
REPLIES, REPLIER, REPLY_HOUR = purpose("replies"), purpose("replier"), purpose("reply hour")
FREELY = purpose("replies freely")
REPLIES_MOST = 2000  # no message has more; bounds the room that one event can need
HALF_HOUR = 0.5


def talking(state: State, settings: Settings, day: int) -> None:
    """Everything that is said, answered and served from midnight to midnight."""
    if day % 30 == 0:
        forget_before(state.messages, day - MEMORY_DAYS)
    _room(state, int(state.size * (1.0 + settings.x.mu)) + 4 * REPLIES_MOST)  # all of today's small talk
    asked = np.array(state.requests, np.float64).reshape(-1, 2)
    state.requests.clear()
    start_talk(state.under(settings), asked, day)
    while not run_until(state.under(settings), day + 1.0):
        _room(state, 8 * REPLIES_MOST)


def _room(state: State, need: int) -> None:
    """Make room for ``need`` more messages and events."""
    while len(state.messages.rows) - state.messages.count[0] < need:
        state.messages = doubled(state.messages)
    while len(state.events.rows) - state.events.size[0] < need:
        state.events = doubled(state.events)
    while len(state.office.queue.rows) - state.office.queue.size[0] < need:
        state.office = state.office._replace(queue=doubled(state.office.queue))


@kernel
def start_talk(state, asked, day):
    """Who starts small talk today, where and when; ``asked`` [(step, minutes)] waits for the office."""
    people, groups, ties, events = state.people, state.groups, state.ties, state.events
    world, x = state.world, state.levers[0]
    for g in range(groups.count[0]):  # messages a day, as a mean that forgets with a time of seven days
        groups.rows.recent[g] *= math.exp(-1.0 / 7.0)
    morning = day + x.duty_from / HOURS
    for k in range(len(asked)):
        enqueue(state.office, morning, LATER, int(asked[k, 0]), 0, asked[k, 1])
    push(events, morning, DUTY, 0, 0, 0)
    level = level_on(day, x.half_life)
    never = math.exp(-x.mu)
    luck = column(world, SMALL_TALK, day, 0, len(people), 0, 0)
    for i in range(len(people)):
        if luck[i] < never:  # the rate is at most mu: the same silence whatever the ties
            continue
        if not in_any_group(groups, i):
            continue
        group, strength = where_to_talk(people, groups, ties, x, world, day, level, i)
        if group < 0:
            continue
        rate = x.mu * strength / (strength + x.w_0) * people.voice[i]
        for k in range(poisson(rate, luck[i])):
            hour = AWAKE_FROM + AWAKE_HOURS * draw(world, TALK_HOUR, day, i, 0, k)
            push(events, day + hour / HOURS, POST, i, group, TALK * 2**32 + k)


@inner
def in_any_group(groups, i):
    """Whether i is a member of any group."""
    for s in range(GROUPS_A_PERSON):
        if groups.seats.group[i, s] >= 0:
            return True
    return False


@inner
def where_to_talk(people, groups, ties, x, world, day, level, i):
    """(group, summed strength to all co-members): official where i feels free, else among residents; no small talk
    in a group with a task."""
    official, own, own_strength, strength = -1, -1, 0.0, 0.0
    u1, u2 = draw_two(world, TALK_GROUP, day, i, 0, 0)
    for s in range(GROUPS_A_PERSON):
        g = groups.seats.group[i, s]
        if g < 0 or has_task(groups.rows.kind[g]):
            continue
        inside = strength_in(groups, ties, i, g) / level
        strength += inside
        if groups.rows.kind[g] == OFFICIAL:
            official = g
        elif inside > 0.0:
            own_strength += inside
            if u2 * own_strength < inside:  # one of i's groups in proportion to strength inside
                own = g
                u2 = u2 * own_strength / inside
            else:
                u2 = (u2 * own_strength - inside) / max(own_strength - inside, 1e-300)
    if official >= 0 and u1 < feels_free(people, x, i):
        return official, strength
    return own, strength


@inner
def feels_free(people, x, i):
    """nu: probability that i writes what is to be written in the official group, post or reply (6e)."""
    return logistic(x.lambda_nu * (people.trust[i] - x.t_star))


@inner
def strength_in(groups, ties, i, g):
    """Inflated strength of i's ties to members of group g."""
    total, start, degree = 0.0, ties.rows.start[i], ties.rows.degree[i]
    u, neighbour = ties.slots.u[start : start + degree], ties.slots.neighbour[start : start + degree]
    for k in range(len(u)):
        if slot_of(groups, int(neighbour[k]), g) >= 0:
            total += u[k]
    return total


@kernel
def run_until(state, end):
    """Take events in order of time; False when a table needs more room first."""
    events, messages, queue = state.events, state.messages, state.office.queue
    while events.size[0] > 0 and events.rows.time[0] < end:
        free = min(len(events.rows) - events.size[0], len(messages.rows) - messages.count[0])
        if min(free, len(queue.rows) - queue.size[0]) < 2 * REPLIES_MOST:
            return False
        t, what, a, b, c = pop(events)
        if what == POST:
            speak(state, t, a, b, c // 2**32, c % 2**32)
        elif what == ECHO:
            reply(state, t, a, b)
        elif what == CHECK:
            check_heard(state, a)
        elif what == ARRIVE:
            arrive(state, t, a)
        elif what == DEADLINE:
            deadline(state, a)
        elif what == DONE:
            done(state, t, a, b, c)
        elif what == SOLVED:
            solve(state, t, a)
        elif what == DUTY:
            serve(state, t, False)
        elif what == FIRM_ANSWERS:
            firm_answers(state, t, a)
        elif what == PATIENCE:
            out_of_patience(state, a)
    return True


@kernel
def speak(state, t, i, group, kind, about):
    """i posts, if still in the group: small talk, an issue about case ``about``, or what a group with a task is
    for, written to member ``about`` (to all where that is i)."""
    groups, cases, x = state.groups, state.cases, state.levers[0]
    if slot_of(groups, i, group) < 0:
        if kind == ISSUE:  # left in the meantime: the matter goes to the office by phone
            cases.rows.channel[about] = BY_PHONE
            arrive(state, t, about)
        return
    case = about if kind == ISSUE else -1
    number, ordinal = put(state, t, i, group, kind, -1, case)
    members = groups.rows.members[group] - 1
    looking = members * x.in_view * x.view_hours / HALF_HOUR
    draw_replies(state, t, i, group, number, ordinal, looking * x.u)
    if kind == ISSUE:
        cases.rows.message[case], cases.rows.group[case] = number, group
        arrive(state, t, case)
    elif kind == TALK:
        push(state.events, t + x.view_hours / HOURS, CHECK, number, 0, 0)
    elif about != i:
        push(state.events, t + HALF_HOUR / HOURS, ECHO, about, number, 0)


@kernel
def draw_replies(state, t, i, group, number, ordinal, mean):
    """Who will reply to i's message ``number``, and when; nobody who does not feel free to in that group."""
    day, world, x = int(t), state.world, state.levers[0]
    official = state.groups.rows.kind[group] == OFFICIAL
    count = min(poisson(mean, draw(world, REPLIES, day, i, ordinal, 0)), REPLIES_MOST)
    for k in range(count):
        j = replier(state, i, group, ordinal, day, k)
        if j < 0 or (official and draw(world, FREELY, day, i, ordinal, k) >= feels_free(state.people, x, j)):
            continue
        delay = x.view_hours * draw(world, REPLY_HOUR, day, i, ordinal, k)
        push(state.events, t + delay / HOURS, ECHO, j, number, 0)


@kernel
def replier(state, i, group, ordinal, day, k):
    """A new voice with probability a, else in proportion to posts * (1 + b w with i); never i."""
    groups, ties, x = state.groups, state.ties, state.levers[0]
    level = level_on(day, x.half_life)
    u1, u2 = draw_two(state.world, REPLIER, day, i, ordinal, k)
    tree, mine = groups.posts[group], groups.seats.place[i, slot_of(groups, i, group)]
    own, voiced, size = posts_at(tree, mine), groups.rows.voiced[group], groups.rows.members[group]
    others = posts_before(tree, voiced) - own
    if voiced < size and (u1 < x.a or others == 0):
        return groups.member[group, voiced + int(u2 * (size - voiced))]
    if others == 0:
        return -1
    familiar = 0.0
    for s in range(ties.rows.start[i], ties.rows.start[i] + ties.rows.degree[i]):
        familiar += x.b * ties.slots.u[s] / level * posts_of(groups, int(ties.slots.neighbour[s]), group)
    target = u2 * (others + familiar)
    if target < others:
        add_posts(tree, mine, -own)
        slot = slot_of_post(tree, int(target))
        add_posts(tree, mine, own)
        return groups.member[group, slot]
    target -= others
    j = -1
    for s in range(ties.rows.start[i], ties.rows.start[i] + ties.rows.degree[i]):
        weight = x.b * ties.slots.u[s] / level * posts_of(groups, int(ties.slots.neighbour[s]), group)
        if weight > 0.0:
            j = int(ties.slots.neighbour[s])
            target -= weight
            if target < 0.0:
                break
    return j


@inner
def posts_of(groups, j, group):
    """Messages of j in the group, 0 for non-members."""
    s = slot_of(groups, j, group)
    return groups.seats.written[j, s] if s >= 0 else 0


@kernel
def reply(state, t, j, number):
    """j replies to a message: an online encounter with its sender, who has been heard."""
    people, groups, messages, x = state.people, state.groups, state.messages, state.levers[0]
    k = number - messages.first[0]
    if k < 0:
        return
    i, group = messages.rows.sender[k], messages.rows.group[k]
    if slot_of(groups, j, group) < 0 or slot_of(groups, i, group) < 0:
        return
    hear(state, k)
    if people.household[i] != people.household[j]:  # kin have no ties to strengthen
        meet(state.ties, i, j, x.kappa_on * x.alpha, x.w_cap, level_on(int(t), x.half_life), x.w_drop)
    answer, ordinal = put(state, t, j, group, REPLY, number, -1)
    looking = (groups.rows.members[group] - 1) * x.in_view * x.view_hours / HALF_HOUR
    mean = min(looking * x.u, x.branching_most)
    draw_replies(state, t, j, group, answer, ordinal, mean)


@kernel
def check_heard(state, number):
    """Small talk that is out of view, or a matter whose time is over: who got no answer will post less."""
    people, groups, messages, x = state.people, state.groups, state.messages, state.levers[0]
    k = number - messages.first[0]
    if k < 0:
        return
    i, s = messages.rows.sender[k], slot_of(groups, messages.rows.sender[k], messages.rows.group[k])
    if s >= 0:
        groups.seats.asked[i, s] += 1.0
        if not messages.rows.heard[k]:
            people.voice[i] *= 1.0 - x.voice_loss
            groups.seats.unheard[i, s] += 1.0


@kernel
def deadline(state, c):
    """The promised time is over: without an answer the office has broken its word."""
    people, cases, x = state.people, state.cases, state.levers[0]
    if cases.rows.answered[c] < 0.0:
        if lives_there(c, people, cases):
            state.office.grievances[UNANSWERED] += 1
            people.grieved[cases.rows.person[c]] += 1
            experience(people.trust, cases.rows.person[c], False, 1.0, x.a_t, x.b_t)
        watch_thread(state, people.trust, c, False, WATCH, WATCHER)
    if cases.rows.message[c] >= 0 and lives_there(c, people, cases):
        check_heard(state, cases.rows.message[c])

