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

from commsim.kernels import kernel




class Ties(NamedTuple):
    """``neighbour``, ``u`` and ``mate`` are [people, slots]; slots 0..degree-1 of a row are in use.

    ``mate[i, k]`` is the slot of the same tie in the row of ``neighbour[i, k]``; ``total[i]`` is
    the sum of u over the row; ``evicted[0]`` counts ties lost because a row was full.
    """

    neighbour: np.ndarray  # int32
    u: np.ndarray  # float64
    mate: np.ndarray  # int16
    degree: np.ndarray  # int32
    total: np.ndarray  # float64
    evicted: np.ndarray  # int64[1]


def empty_ties(n: int, slots: int) -> Ties:
    """No ties yet, room for ``slots`` a person."""
    return Ties(np.zeros((n, slots), np.int32), np.zeros((n, slots)), np.zeros((n, slots), np.int16),
                np.zeros(n, np.int32), np.zeros(n), np.zeros(1, np.int64))  # fmt: skip


@kernel
def level_on(day, half_life):
    """e^(delta t): what strengths of day ``day`` are inflated by."""
    return math.exp(math.log(2.0) / half_life * day)


@kernel
def find(t, i, j):
    """Slot of j in i's row, or -1."""
    for k in range(t.degree[i]):
        if t.neighbour[i, k] == j:
            return k
    return -1


@kernel
def strength(t, i, j, level):
    """Strength of the tie of i and j today, 0 without one."""
    k = find(t, i, j)
    return t.u[i, k] / level if k >= 0 else 0.0


@kernel
def vacate(t, i, k):
    """Take slot k out of i's row; the last slot of the row moves into it."""
    last = t.degree[i] - 1
    t.total[i] -= t.u[i, k]
    if k != last:
        t.neighbour[i, k], t.u[i, k], t.mate[i, k] = t.neighbour[i, last], t.u[i, last], t.mate[i, last]
        t.mate[t.neighbour[i, k], t.mate[i, k]] = k
    t.degree[i] = last
    if last == 0:
        t.total[i] = 0.0


@kernel
def part(t, i, k):
    """Dissolve the tie in slot k of i's row, on both sides."""
    j, mate = t.neighbour[i, k], t.mate[i, k]
    vacate(t, i, k)
    vacate(t, j, mate)


@kernel
def part_from_all(t, i):
    """Dissolve every tie of i."""
    while t.degree[i] > 0:
        part(t, i, t.degree[i] - 1)


@kernel
def forget_faint(t, i, floor):
    """Dissolve i's ties whose inflated strength is below ``floor``."""
    for k in range(t.degree[i] - 1, -1, -1):
        if k < t.degree[i] and t.u[i, k] < floor:
            part(t, i, k)


@kernel
def make_room(t, i):
    """If i's row is full, the weakest tie gives way."""
    if t.degree[i] < t.u.shape[1]:
        return
    weakest = 0
    for k in range(1, t.degree[i]):
        if t.u[i, k] < t.u[i, weakest]:
            weakest = k
    part(t, i, weakest)
    t.evicted[0] += 1


@kernel
def meet(t, i, j, gain, ceiling, level, w_drop):
    """The encounter rule: i and j meet; w <- w + gain (1 - w/ceiling) where w < ceiling."""
    k = find(t, i, j)
    u = t.u[i, k] if k >= 0 else 0.0
    if u < w_drop * level:
        u = 0.0
    top = ceiling * level
    if u >= top or gain <= 0.0:
        return
    after = min(u + gain * (level - u / ceiling), top)
    if k < 0:
        make_room(t, i)
        make_room(t, j)
        k, mate = t.degree[i], t.degree[j]
        t.neighbour[i, k], t.neighbour[j, mate] = j, i
        t.mate[i, k], t.mate[j, mate] = mate, k
        t.u[i, k] = t.u[j, mate] = 0.0
        t.degree[i] += 1
        t.degree[j] += 1
    mate = t.mate[i, k]
    change = after - t.u[i, k]
    t.u[i, k] = t.u[j, mate] = after
    t.total[i] += change
    t.total[j] += change


@kernel
def warmth(t, i, level):
    """Summed strength of i's ties today (kin excluded)."""
    return max(t.total[i], 0.0) / level


@kernel
def share_inside(t, i, inside):
    """Share of i's tie strength that goes to people marked in ``inside`` (bool[n]); 0 without ties."""
    all_of, within = 0.0, 0.0
    for k in range(t.degree[i]):
        all_of += t.u[i, k]
        if inside[t.neighbour[i, k]]:
            within += t.u[i, k]
    return within / all_of if all_of > 0.0 else 0.0
