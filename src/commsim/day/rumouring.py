"""Rumouring: what is not true goes round, and dies when it is put right (model section 6r).

A rumour begins with one adult of a compound at rumour_rate a day, one at a time.  Who has not heard of it
comes to believe it today with probability 1 - prod(1 - beta w) prod(1 - beta v)^posts: ties who believe it
and are met, probability w; believers' posts in own groups, each seen with v = in_view view_hours / half an hour.
Believers post as readily as they talk, and get over it with 1 - e^(-gamma) (1 - l + l e^(-c))^corrections:
the office, once it has heard of it in its own group, puts it right there, l = 1 - e^(-r_group).  Followers of
its public account read all posts, each of which then corrects too: e^(-c posts).  Neighbours who are over it
put it right put_right times as readily as believers pass it on: what they post scrolls away, (1 - v + v e^(-c))
each, and who meets them is told, 1 - put_right w (1 - e^(-c)) a tie.
"""

from __future__ import annotations

import math

import numpy as np

from commsim.day.serving import put
from commsim.draws import draw, poisson, purpose
from commsim.kernels import inner, kernel
from commsim.state.affairs import begin_rumour
from commsim.state.groups import GROUPS_A_PERSON, OFFICIAL, has_task
from commsim.state.messages import CORRECTION, RUMOUR, append, doubled
from commsim.state.office import OTHER_HOURS
from commsim.state.people import BELIEVES, CHILD, OVER_IT, UNHEARD
from commsim.state.settings import Settings
from commsim.state.ties import level_on, warmth
from commsim.state.whole import State

BEGINS, STARTS, HEARD = purpose("rumour"), purpose("rumour starts"), purpose("rumour heard")
ACCOUNT, FOLLOWER = purpose("account post"), purpose("account follower")
POSTED, WHERE, OVER = purpose("rumour posted"), purpose("rumour post group"), purpose("rumour over")
HALF_HOUR, WEEK = 0.5, 7.0
LATE = 1.0 - 1e-6  # of the day: after everything else that was written
AN_OFFICIAL = -1


def rumouring(state: State, settings: Settings, day: int) -> None:
    """A day of what goes round; nothing where no rumours arise."""
    x = settings.x
    if x.rumour_rate == 0.0:
        return
    _begin(state, x, day)
    written = 0
    if x.account_week > 0.0:
        written = poisson(x.account_week / WEEK, draw(state.world, ACCOUNT, day, 0, 0, 0))
        state.requests.extend([(OTHER_HOURS, x.minutes_answer)] * written)
    going = state.affairs.compounds["rumour"] >= 0
    for compound in np.flatnonzero(going).tolist():
        believers = who(state.under(settings), compound, BELIEVES)
        better = who(state.under(settings), compound, OVER_IT)
        need = len(believers) + len(better) + int(state.groups.count[0]) * int(x.corrections_day)
        while len(state.messages.rows) - state.messages.count[0] < need:
            state.messages = doubled(state.messages)
        now = state.under(settings)
        posts, rights = np.zeros((2, int(state.groups.count[0])), np.int64)
        corrected = correct(now, compound, believers, day)
        state.requests.extend([(OTHER_HOURS, x.minutes_answer)] * corrected)
        post(now, compound, believers, RUMOUR, 1.0, posts, day)
        if x.put_right > 0.0:
            post(now, compound, better, CORRECTION, x.put_right, rights, day)
        if pass_on(now, compound, posts, rights, believers, corrected > 0, written, day) == 0:
            end(now, compound, day)


def _begin(state: State, x, day) -> None:
    """A new rumour where none goes round: one adult believes it, nobody else has heard of it."""
    for compound in np.flatnonzero(state.affairs.compounds["rumour"] < 0).tolist():
        if draw(state.world, BEGINS, day, compound, 0, 0) >= 1.0 - math.exp(-x.rumour_rate):
            continue
        rows = state.homes.compound_rows
        here = np.arange(rows[compound], rows[compound + 1])
        adults = here[state.people["age"][here] != CHILD]
        if len(adults):
            state.people["believes"][here] = UNHEARD
            first = adults[int(draw(state.world, STARTS, day, compound, 0, 0) * len(adults))]
            state.people["believes"][first] = BELIEVES
            state.affairs = begin_rumour(state.affairs, compound, day)


@kernel
def who(state, compound, stand):
    """Rows of those of a compound who stand to its rumour like that this morning."""
    start, end = state.homes.compound_rows[compound], state.homes.compound_rows[compound + 1]
    return np.flatnonzero(state.people.believes[start:end] == stand) + start


@kernel
def correct(state, compound, believers, day):
    """The office puts it right in its groups of the compound; how many corrections."""
    groups, x = state.groups, state.levers[0]
    told = int(x.corrections_day)
    if told == 0 or not state.affairs.compounds.known[compound]:
        return 0
    member = False
    for i in believers:
        member = member or state.people.in_official[i]
    if not member:
        return 0
    for g in range(groups.count[0]):
        if groups.rows.kind[g] == OFFICIAL and groups.rows.compound[g] == compound:
            for k in range(told):
                append(state.messages, day + LATE, AN_OFFICIAL, g, CORRECTION, -1, k, -1)
    return told


@kernel
def post(state, compound, speakers, kind, ready, posts, day):
    """Who passes it on, or puts it right, in one of their groups, ``ready`` times as readily as they talk;
    ``posts`` [groups] counts them."""
    people, groups, world, x = state.people, state.groups, state.world, state.levers[0]
    level = level_on(day, x.half_life)
    for i in speakers:
        known = warmth(state.ties, i, level)
        rate = ready * x.mu * known / (known + x.w_0) * people.voice[i]
        if draw(world, POSTED, day, i, 0, 0) >= 1.0 - math.exp(-rate):
            continue
        g = one_of(groups, i, draw(world, WHERE, day, i, 0, 0))
        if g >= 0:
            put(state, day + LATE, i, g, kind, -1, -1)
            posts[g] += 1
            if kind == RUMOUR and groups.rows.kind[g] == OFFICIAL:
                state.affairs.compounds.known[compound] = True


@kernel
def one_of(groups, i, u):
    """One of i's groups without a task, each as likely as another; -1 without any."""
    own, mine = np.empty(GROUPS_A_PERSON, np.int64), 0
    for s in range(GROUPS_A_PERSON):
        g = groups.seats.group[i, s]
        if g >= 0 and not has_task(groups.rows.kind[g]):
            own[mine] = g
            mine += 1
    return own[int(u * mine)] if mine > 0 else -1


@kernel
def temptation(state, compound, posts, believers, day):
    """Minus the log of the chance not to be taken in today, for each of the compound who has not heard of it."""
    people, groups, ties, x = state.people, state.groups, state.ties, state.levers[0]
    start, stop = state.homes.compound_rows[compound], state.homes.compound_rows[compound + 1]
    level = level_on(day, x.half_life)
    doubt = np.zeros(stop - start)
    for j in believers:
        for k in range(ties.rows.start[j], ties.rows.start[j] + ties.rows.degree[j]):
            i = ties.slots.neighbour[k]
            if start <= i < stop and people.believes[i] == UNHEARD:
                doubt[i - start] -= math.log(1.0 - min(x.beta_rumour * ties.slots.u[k] / level, LATE))
    for g in range(groups.count[0]):
        if posts[g] > 0:
            for place in range(groups.rows.members[g]):
                i = groups.member[g, place]
                if start <= i < stop and people.believes[i] == UNHEARD:
                    doubt[i - start] -= posts[g] * math.log(1.0 - min(x.beta_rumour * glimpse(x), LATE))
    return doubt


@inner
def glimpse(x):
    """The chance to see a message that scrolls away."""
    return min(x.in_view * x.view_hours / HALF_HOUR, 1.0)


@kernel
def told_better(state, compound, rights, believers, day):
    """Each believer's chance to go on believing it after what neighbours who are over it write and say today."""
    people, groups, ties, x = state.people, state.groups, state.ties, state.levers[0]
    start, stop = state.homes.compound_rows[compound], state.homes.compound_rows[compound + 1]
    keeps, level = np.ones(len(believers)), level_on(day, x.half_life)
    if x.put_right == 0.0:
        return keeps
    shaken = 1.0 - math.exp(-x.c_r)
    for n in range(len(believers)):
        j = believers[n]
        for k in range(ties.rows.start[j], ties.rows.start[j] + ties.rows.degree[j]):
            i = ties.slots.neighbour[k]
            if start <= i < stop and people.believes[i] == OVER_IT:
                keeps[n] *= 1.0 - x.put_right * min(ties.slots.u[k] / level, 1.0) * shaken
        for s in range(GROUPS_A_PERSON):
            g = groups.seats.group[j, s]
            if g >= 0 and rights[g] > 0:
                keeps[n] *= (1.0 - glimpse(x) * shaken) ** rights[g]
    return keeps


@kernel
def pass_on(state, compound, posts, rights, believers, corrected, written, day):
    """Who comes to believe it and who gets over it, all judged by the morning; how many believe it now."""
    people, world, x = state.people, state.world, state.levers[0]
    start = state.homes.compound_rows[compound]
    doubt = temptation(state, compound, posts, believers, day)
    keeps = told_better(state, compound, rights, believers, day)
    read = 1.0 - math.exp(-x.r_group)
    stays = math.exp(-x.gamma_r)
    shaken = (1.0 - read + read * math.exp(-x.c_r)) ** x.corrections_day if corrected else 1.0
    left = len(believers)
    for n in range(len(believers)):
        i = believers[n]
        keep = keeps[n] * (stays * shaken if people.in_official[i] else stays)
        if written > 0 and state.affairs.compounds.known[compound] and follows(people, x, world, i):
            keep *= math.exp(-x.c_r * written)
        if draw(world, OVER, day, i, 0, 0) >= keep:
            people.believes[i] = OVER_IT
            left -= 1
    for k in range(len(doubt)):
        i = start + k
        if doubt[k] <= 0.0 or people.age[i] == CHILD:
            continue
        if draw(world, HEARD, day, i, 0, 0) < 1.0 - math.exp(-doubt[k]):
            people.believes[i] = BELIEVES
            left += 1
    return left


@inner
def follows(people, x, world, i):
    """Whether i follows the public account: one keyed threshold a tenancy, of people with a phone."""
    return people.literate[i] and draw(world, FOLLOWER, 0, i, people.tenancy[i], 0) < x.account_share


@kernel
def end(state, compound, day):
    """Nobody believes it any more."""
    affairs = state.affairs
    affairs.rumours.ended[affairs.compounds.rumour[compound]] = day + 1
    affairs.compounds.rumour[compound] = -1
