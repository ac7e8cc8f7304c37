"""Ties: who knows whom and how strongly; the one encounter rule.

A tie fades as w(t) = w(t0) e^(-delta (t - t0)).  Strengths are kept inflated, u = w e^(delta t),
so that fading costs nothing: ``level`` = e^(delta t) is one number a day.  An encounter with gain g
and ceiling c is  w <- w + g (1 - w/c)  for w < c  (Granovetter bands; model section 6a).  Kin are
not stored: people of one household have strength 1 and never fade.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from commsim.kernels import for_kernels, inner, kernel, table


class Ties(NamedTuple):
    """``slots`` hold everybody's ties, a person's own side by side: ``u``, ``neighbour`` and ``mate``
    (where in the neighbour's row the same tie stands, counted from that row's start).

    ``rows`` [people]: ``start`` and ``room`` of a person's row, ``degree`` (how much of it is in use)
    and ``total`` (sum of u).  ``used[0]`` slots are given out; ``most`` ties a person; ``evicted[0]``
    counts ties lost because a row was full.
    """

    slots: np.recarray
    rows: np.recarray
    used: np.ndarray
    most: int
    evicted: np.ndarray

    def of(self, i: int) -> slice:
        """Where in ``slots`` person i's ties stand."""
        start = int(self.rows["start"][i])
        return slice(start, start + int(self.rows["degree"][i]))

    def everybody(self) -> tuple[np.ndarray, np.ndarray]:
        """(person, slot) of every tie, seen from both its sides: two int[2 * ties]."""
        degree = self.rows["degree"].astype(np.int64)
        person = np.repeat(np.arange(len(degree)), degree)
        before = np.cumsum(degree) - degree
        return person, np.arange(len(person)) + np.repeat(self.rows["start"] - before, degree)

    @property
    def scattered(self) -> bool:
        """Whether rows that grew have left so much behind that reading would be quicker in a copy."""
        return self.used[0] > SCATTERED * max(self.rows["degree"].sum(), 1)

    def copy(self) -> Ties:
        """An independent copy, rows in order of people and hardly longer than they need to be: what grown rows
        left behind is dropped."""
        twin = empty_ties(len(self.rows), self.most)
        twin.rows[:] = self.rows
        room = np.minimum(self.rows["degree"] + self.rows["degree"] // 8 + 2, self.most).astype(np.int64)
        twin.rows["room"], twin.rows["start"] = room, np.cumsum(room) - room
        twin.used[0], twin.evicted[0] = room.sum(), self.evicted[0]
        copy_rows(for_kernels(self), for_kernels(twin))
        return twin

    def __reduce__(self):
        n = int(self.used[0])
        return _unpacked, (self.slots[:n], self.rows, self.most, self.evicted)


FIRST_ROOM = 4  # ties that every row has room for at first; a full row moves to one of twice the room and 4
SCATTERED = 1.35  # slots given out for each in use
SLOT = np.dtype([("u", "f8"), ("neighbour", "i4"), ("mate", "i4")])


def empty_ties(n: int, most: int) -> Ties:
    """No ties yet, room for ``most`` a person.

    There are as many slots as all rows that n people can be given before a copy (4, 12, 28, … ``most``: less
    than three times ``most``); the system hands out memory only for those in use, a tenth of them in a large
    place.  They are left unwritten: no slot is read before it is given out, and NumPy asks the system for
    large pages only for arrays that it need not clear.  Rows are short because what counts is whether the
    ties of everybody fit into the cache.
    """
    first = min(FIRST_ROOM, most)
    rows = table(n, total="f8", start="i8", degree="i4", room="i4")
    rows["room"], rows["start"] = first, first * np.arange(n)
    return Ties(np.empty(3 * n * most, SLOT).view(np.recarray), rows, np.array([n * first]), most,
                np.zeros(1, np.int64))  # fmt: skip


def _unpacked(slots, rows, most, evicted) -> Ties:
    twin = empty_ties(len(rows), most)
    twin.slots[: len(slots)], twin.rows[:] = slots, rows
    twin.used[0], twin.evicted[:] = len(slots), evicted
    return twin


@kernel
def copy_rows(source, target):
    """Copy everybody's ties to where ``target`` has their rows."""
    for i in range(len(source.rows)):
        s, t = source.rows.start[i], target.rows.start[i]
        for k in range(source.rows.degree[i]):
            copy_tie(source, s + k, target, t + k)


@inner
def copy_tie(source, k, target, m):
    """What stands in slot k of ``source`` now also stands in slot m of ``target``."""
    target.slots.u[m], target.slots.neighbour[m] = source.slots.u[k], source.slots.neighbour[k]
    target.slots.mate[m] = source.slots.mate[k]


@inner
def level_on(day, half_life):
    """e^(delta t): what strengths of day ``day`` are inflated by."""
    return math.exp(math.log(2.0) / half_life * day)


@inner
def find(t, i, j):
    """Slot that holds i's tie to j, or -1."""
    start, degree = t.rows.start[i], t.rows.degree[i]
    neighbour = t.slots.neighbour[start : start + degree]  # a row counted from 0 is read twice as fast
    for k in range(len(neighbour)):
        if neighbour[k] == j:
            return start + k
    return -1


@inner
def strength(t, i, j, level):
    """Strength of the tie of i and j today, 0 without one."""
    k = find(t, i, j)
    return t.slots.u[k] / level if k >= 0 else 0.0


@inner
def vacate(t, i, k):
    """Take slot k out of i's row; the last tie of the row moves into it."""
    start = t.rows.start[i]
    last = start + t.rows.degree[i] - 1
    t.rows.total[i] -= t.slots.u[k]
    if k != last:
        copy_tie(t, last, t, k)
        t.slots.mate[t.rows.start[t.slots.neighbour[k]] + t.slots.mate[k]] = k - start
    t.rows.degree[i] -= 1
    if t.rows.degree[i] == 0:
        t.rows.total[i] = 0.0


@inner
def part(t, i, k):
    """Dissolve the tie in slot k of i's row, on both sides."""
    j, mate = t.slots.neighbour[k], t.slots.mate[k]
    vacate(t, i, k)
    vacate(t, j, t.rows.start[j] + mate)


@inner
def part_from_all(t, i):
    """Dissolve every tie of i."""
    while t.rows.degree[i] > 0:
        part(t, i, t.rows.start[i] + t.rows.degree[i] - 1)


@inner
def forget_faint(t, i, floor):
    """Dissolve i's ties whose inflated strength is below ``floor``."""
    start = t.rows.start[i]
    for k in range(start + t.rows.degree[i] - 1, start - 1, -1):
        if k < start + t.rows.degree[i] and t.slots.u[k] < floor:
            part(t, i, k)


@inner
def make_room(t, i):
    """Room for one more tie of i: a longer row, or, at ``most`` ties, the place of the weakest."""
    start, degree = t.rows.start[i], t.rows.degree[i]
    if degree < t.rows.room[i]:
        return
    if degree < t.most:
        further = t.used[0]
        t.rows.room[i] = min(2 * degree + FIRST_ROOM, t.most)
        t.rows.start[i], t.used[0] = further, further + t.rows.room[i]
        for k in range(degree):
            copy_tie(t, start + k, t, further + k)
        return
    weakest = start
    for k in range(start + 1, start + degree):
        if t.slots.u[k] < t.slots.u[weakest]:
            weakest = k
    part(t, i, weakest)
    t.evicted[0] += 1


@inner
def meet(t, i, j, gain, ceiling, level, w_drop):
    """The encounter rule: i and j meet; w <- w + gain (1 - w/ceiling) where w < ceiling."""
    k = find(t, i, j)
    u = t.slots.u[k] if k >= 0 else 0.0
    if u < w_drop * level:
        u = 0.0
    top = ceiling * level
    if u >= top or gain <= 0.0:
        return
    after = min(u + gain * (level - u / ceiling), top)
    if k < 0:
        k = begin_tie(t, i, j)
    mate = t.rows.start[j] + t.slots.mate[k]
    change = after - t.slots.u[k]
    t.slots.u[k] = t.slots.u[mate] = after
    t.rows.total[i] += change
    t.rows.total[j] += change


@inner
def break_trust(t, i, j, beta):
    """Broken trust between i and j: w <- w (1 - beta); strangers have none to lose."""
    k = find(t, i, j)
    if k < 0:
        return
    mate = t.rows.start[j] + t.slots.mate[k]
    change = -beta * t.slots.u[k]
    t.slots.u[k] = t.slots.u[mate] = t.slots.u[k] + change
    t.rows.total[i] += change
    t.rows.total[j] += change


@inner
def begin_tie(t, i, j):
    """A tie of strength 0 between i and j; its slot in i's row."""
    make_room(t, i)
    make_room(t, j)
    here, there = t.rows.degree[i], t.rows.degree[j]
    k, mate = t.rows.start[i] + here, t.rows.start[j] + there
    t.slots.neighbour[k], t.slots.neighbour[mate] = j, i
    t.slots.mate[k], t.slots.mate[mate] = there, here
    t.slots.u[k] = t.slots.u[mate] = 0.0
    t.rows.degree[i] += 1
    t.rows.degree[j] += 1
    return k


@inner
def warmth(t, i, level):
    """Summed strength of i's ties today (kin excluded)."""
    return max(t.rows.total[i], 0.0) / level


@inner
def share_inside(t, i, inside):
    """Share of i's tie strength that goes to people marked in ``inside`` (bool[n]); 0 without ties."""
    all_of, within = 0.0, 0.0
    start, degree = t.rows.start[i], t.rows.degree[i]
    u, neighbour = t.slots.u[start : start + degree], t.slots.neighbour[start : start + degree]
    for k in range(len(u)):
        all_of += u[k]
        if inside[neighbour[k]]:
            within += u[k]
    return within / all_of if all_of > 0.0 else 0.0
