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

from commsim.kernels import kernel, table


class Ties(NamedTuple):
    """``slots`` [people, slots] with columns ``u``, ``neighbour``, ``mate``; slots 0..degree-1 of a
    row are in use, and ``mate`` is the slot of the same tie in the neighbour's row.  ``rows`` [people]
    with ``degree`` and ``total`` (sum of u); ``evicted[0]`` counts ties lost because a row was full.
    """

    slots: np.recarray
    rows: np.recarray
    evicted: np.ndarray


def empty_ties(n: int, slots: int) -> Ties:
    """No ties yet, room for ``slots`` a person."""
    return Ties(table((n, slots), u="f8", neighbour="i4", mate="i4"),
                table(n, total="f8", degree="i4"), np.zeros(1, np.int64))  # fmt: skip


@kernel
def level_on(day, half_life):
    """e^(delta t): what strengths of day ``day`` are inflated by."""
    return math.exp(math.log(2.0) / half_life * day)


@kernel
def find(t, i, j):
    """Slot of j in i's row, or -1."""
    for k in range(t.rows.degree[i]):
        if t.slots.neighbour[i, k] == j:
            return k
    return -1


@kernel
def strength(t, i, j, level):
    """Strength of the tie of i and j today, 0 without one."""
    k = find(t, i, j)
    return t.slots.u[i, k] / level if k >= 0 else 0.0


@kernel
def vacate(t, i, k):
    """Take slot k out of i's row; the last slot of the row moves into it."""
    last = t.rows.degree[i] - 1
    t.rows.total[i] -= t.slots.u[i, k]
    if k != last:
        t.slots.neighbour[i, k] = t.slots.neighbour[i, last]
        t.slots.u[i, k], t.slots.mate[i, k] = t.slots.u[i, last], t.slots.mate[i, last]
        t.slots.mate[int(t.slots.neighbour[i, k]), int(t.slots.mate[i, k])] = k
    t.rows.degree[i] = last
    if last == 0:
        t.rows.total[i] = 0.0


@kernel
def part(t, i, k):
    """Dissolve the tie in slot k of i's row, on both sides."""
    j, mate = int(t.slots.neighbour[i, k]), int(t.slots.mate[i, k])
    vacate(t, i, k)
    vacate(t, j, mate)


@kernel
def part_from_all(t, i):
    """Dissolve every tie of i."""
    while t.rows.degree[i] > 0:
        part(t, i, t.rows.degree[i] - 1)


@kernel
def forget_faint(t, i, floor):
    """Dissolve i's ties whose inflated strength is below ``floor``."""
    for k in range(t.rows.degree[i] - 1, -1, -1):
        if k < t.rows.degree[i] and t.slots.u[i, k] < floor:
            part(t, i, k)


@kernel
def make_room(t, i):
    """If i's row is full, the weakest tie gives way."""
    if t.rows.degree[i] < t.slots.shape[1]:
        return
    weakest = 0
    for k in range(1, t.rows.degree[i]):
        if t.slots.u[i, k] < t.slots.u[i, weakest]:
            weakest = k
    part(t, i, weakest)
    t.evicted[0] += 1


@kernel
def meet(t, i, j, gain, ceiling, level, w_drop):
    """The encounter rule: i and j meet; w <- w + gain (1 - w/ceiling) where w < ceiling."""
    k = find(t, i, j)
    u = t.slots.u[i, k] if k >= 0 else 0.0
    if u < w_drop * level:
        u = 0.0
    top = ceiling * level
    if u >= top or gain <= 0.0:
        return
    after = min(u + gain * (level - u / ceiling), top)
    if k < 0:
        make_room(t, i)
        make_room(t, j)
        k, mate = t.rows.degree[i], t.rows.degree[j]
        t.slots.neighbour[i, k], t.slots.neighbour[j, mate] = j, i
        t.slots.mate[i, k], t.slots.mate[j, mate] = mate, k
        t.slots.u[i, k] = t.slots.u[j, mate] = 0.0
        t.rows.degree[i] += 1
        t.rows.degree[j] += 1
    mate = t.slots.mate[i, k]
    change = after - t.slots.u[i, k]
    t.slots.u[i, k] = t.slots.u[j, mate] = after
    t.rows.total[i] += change
    t.rows.total[j] += change


@kernel
def warmth(t, i, level):
    """Summed strength of i's ties today (kin excluded)."""
    return max(t.rows.total[i], 0.0) / level


@kernel
def share_inside(t, i, inside):
    """Share of i's tie strength that goes to people marked in ``inside`` (bool[n]); 0 without ties."""
    all_of, within = 0.0, 0.0
    for k in range(t.rows.degree[i]):
        all_of += t.slots.u[i, k]
        if inside[t.slots.neighbour[i, k]]:
            within += t.slots.u[i, k]
    return within / all_of if all_of > 0.0 else 0.0
