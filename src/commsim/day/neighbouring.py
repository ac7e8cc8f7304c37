"""Neighbouring: chats face to face, by rings (model section 6b).

A person starts Poisson(s/2) chats a day.  With probability W/(W + w_half) a chat goes to somebody
known, in proportion to the square of the tie; else to a ring (own stairwell, rest of the building,
rest of the courtyard, anywhere else) and there to somebody in proportion to s + stranger_weight,
in the stairwell also to 1 / doors apart (Festinger, Schachter & Back 1950).  Where there is a place to
linger near, people start more chats.  Partners are chosen
from the state in the morning; then all chats happen.
"""

from __future__ import annotations

import math

import numpy as np

from commsim.clock import is_weekday
from commsim.draws import column, draw, draw_two, poisson, purpose
from commsim.kernels import inner, kernel
from commsim.state.people import CHILD
from commsim.state.settings import Settings
from commsim.state.ties import forget_faint, level_on, meet, warmth
from commsim.state.whole import State

CHATS, PARTNER, LINGER = purpose("chats"), purpose("chat partner"), purpose("place to linger")
NOBODY = -1
TIDY_EVERY = 30  # days between clearings of ties too faint to count


def neighbouring(state: State, settings: Settings, day: int) -> None:
    """One day of chats."""
    if day % TIDY_EVERY == 0 and state.ties.scattered:
        state.ties = state.ties.copy()
    live_chats(state.under(settings), day)


@kernel
def ring_weights(people, stranger_weight):
    """Running sum of how likely each person is to be met: float64[people + 1]; children are not."""
    total = np.zeros(len(people) + 1)
    for i in range(len(people)):
        weight = 0.0 if people.age[i] == CHILD else people.sociability[i] + stranger_weight
        total[i + 1] = total[i] + weight
    return total


@kernel
def live_chats(state, day):
    """Choose everybody's partners, then let all chats happen; tidy a thirtieth of the rows."""
    people, ties, x = state.people, state.ties, state.levers[0]
    level = level_on(day, x.half_life)
    weights = ring_weights(people, x.stranger_weight)
    pairs = choose_partners(people, state.homes, ties, weights, x, state.world, day, level)
    for k in range(len(pairs)):
        meet(ties, pairs[k, 0], pairs[k, 1], x.alpha, 1.0, level, x.w_drop)
    for i in range(day % TIDY_EVERY, len(people), TIDY_EVERY):
        forget_faint(ties, i, x.w_drop * level)


@kernel
def choose_partners(people, homes, ties, weights, x, world, day, level):
    """Who talks with whom today: int64[chats, 2]."""
    room, count = len(people), 0
    pairs = np.empty((room, 2), np.int64)
    luck = column(world, CHATS, day, 0, len(people), 0, 0)
    most = (1.0 + x.linger_gain) / 2.0
    for i in range(len(people)):
        rate = people.sociability[i] / 2.0
        if luck[i] <= 1.0 - people.sociability[i] * most:  # below e^-rate for certain: no chat
            continue
        if people.commuter[i] and is_weekday(day):
            rate /= 2.0
        if x.linger_gain > 0.0 and lingers(people, homes, x, world, i):
            rate *= 1.0 + x.linger_gain
        for k in range(poisson(rate, luck[i])):
            j = partner(people, homes, ties, weights, x, world, day, level, i, k)
            if j == NOBODY:
                continue
            if count == room:
                room *= 2
                wider = np.empty((room, 2), np.int64)
                wider[:count] = pairs
                pairs = wider
            pairs[count, 0], pairs[count, 1] = i, j
            count += 1
    return pairs[:count]


@inner
def lingers(people, homes, x, world, i):
    """Whether i's building has a place to linger near it: the same buildings in every policy of a world."""
    return draw(world, LINGER, 0, homes.doors.building[people.household[i]], 0, 0) < x.linger_share


@inner
def partner(people, homes, ties, weights, x, world, day, level, i, k):
    """Whom i talks with in the k-th chat of the day, or NOBODY."""
    u1, u2 = draw_two(world, PARTNER, day, i, 0, k)
    known = warmth(ties, i, level)
    odds = known / (known + x.w_half)
    if u1 < odds:
        return known_partner(ties, i, u2, x.w_drop * level)
    return from_ring(people, homes, weights, x, i, (u1 - odds) / (1.0 - odds), u2)


@inner
def known_partner(ties, i, u, floor):
    """One of i's ties in proportion to strength squared; ties fainter than ``floor`` do not count."""
    total, start, degree = 0.0, ties.rows.start[i], ties.rows.degree[i]
    mine = ties.slots.u[start : start + degree]
    for k in range(len(mine)):  # without branches: half of all ties are faint
        total += mine[k] * mine[k] * (mine[k] >= floor)
    target, last = u * total, NOBODY
    for k in range(len(mine)):
        if mine[k] >= floor:
            last = k
            target -= mine[k] * mine[k]
            if target < 0.0:
                break
    return int(ties.slots.neighbour[start + last]) if last >= 0 else NOBODY


@inner
def from_ring(people, homes, weights, x, i, u1, u2):
    """Somebody of the ring that u1 picks; an empty ring passes its chats to the courtyard."""
    h = people.household[i]
    s, b, c = homes.doors.stairwell[h], homes.doors.building[h], homes.doors.courtyard[h]
    edge = x.ring_stairwell
    if u1 < edge:
        j = from_stairwell(people, homes, weights, h, u2)
        if j != NOBODY:
            return j
    elif u1 < edge + x.ring_building:
        j = between(weights, homes.building_rows[b], homes.stairwell_rows[s],
                    homes.stairwell_rows[s + 1], homes.building_rows[b + 1], u2)  # fmt: skip
        if j != NOBODY:
            return j
    elif u1 >= edge + x.ring_building + x.ring_courtyard:
        j = between(weights, 0, homes.courtyard_rows[c], homes.courtyard_rows[c + 1], len(people), u2)
        if j != NOBODY:
            return j
    j = between(weights, homes.courtyard_rows[c], homes.building_rows[b],
                homes.building_rows[b + 1], homes.courtyard_rows[c + 1], u2)  # fmt: skip
    return j if j != NOBODY else from_stairwell(people, homes, weights, h, u2)


@inner
def from_stairwell(people, homes, weights, h, u):
    """Somebody of another household of the stairwell, in proportion to (s + weight) / doors apart."""
    doors, s = homes.doors, homes.doors.stairwell[h]
    first, beyond = people.household[homes.stairwell_rows[s]], people.household[homes.stairwell_rows[s + 1] - 1] + 1
    total = 0.0
    for turn in range(2):
        target, last = u * total, NOBODY  # ``last``: rounding may leave a little at the end
        for g in range(first, beyond):
            start, end = doors.first[g], doors.first[g] + doors.seats[g]
            if g == h or weights[end] <= weights[start]:
                continue
            weight = (weights[end] - weights[start]) / abs(doors.door[g] - doors.door[h])
            if turn == 0:
                total += weight
            else:
                last = g
                if target < weight:
                    return row_at(weights, start, end, weights[start] + target * abs(doors.door[g] - doors.door[h]))
                target -= weight
    return row_at(weights, doors.first[last], doors.first[last] + doors.seats[last], math.inf) if last >= 0 else NOBODY


@inner
def between(weights, start, hole_start, hole_end, end, u):
    """A row of [start, end) outside [hole_start, hole_end), in proportion to its weight."""
    before = weights[hole_start] - weights[start]
    after = weights[end] - weights[hole_end]
    target = u * (before + after)
    if before + after <= 0.0:
        return NOBODY
    if target < before:
        return row_at(weights, start, hole_start, weights[start] + target)
    return row_at(weights, hole_end, end, weights[hole_end] + (target - before))


@inner
def row_at(weights, start, end, target):
    """The row of [start, end) within whose part of the running sum ``target`` lies."""
    low, high = start, end
    while high - low > 1:
        middle = (low + high) // 2
        if weights[middle] <= target:
            low = middle
        else:
            high = middle
    while low > start and weights[low + 1] <= weights[low]:  # rounding has led to somebody who cannot be met
        low -= 1
    return low
