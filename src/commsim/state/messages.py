"""Messages (the event table) and the heap of what is still to happen in event time.

A message: time (days), sender (row; -1-o for official o), group, kind, reply_to (message number or
-1), ordinal (the sender's count that day: its name in keyed draws), case (need it is about, or -1)
and heard (somebody answered).  Messages older than the memory are dropped from the front.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from commsim.kernels import kernel

TALK, ISSUE, REPLY, ANSWER, THANKS = 0, 1, 2, 3, 4
# what can happen in event time, in the order in which equal times are taken
DUTY, DONE, SOLVED, POST, ARRIVE, ECHO, CHECK, DEADLINE = 0, 1, 2, 3, 4, 5, 6, 7
MEMORY_DAYS = 60


class Messages(NamedTuple):
    """Columns over messages kept; ``count[0]`` in use, ``first[0]`` the number of row 0."""

    time: np.ndarray
    sender: np.ndarray
    group: np.ndarray
    kind: np.ndarray
    reply_to: np.ndarray
    ordinal: np.ndarray
    case: np.ndarray
    heard: np.ndarray
    count: np.ndarray
    first: np.ndarray


class Events(NamedTuple):
    """A binary heap on (time, about[0], about[1], …); ``about`` is int64[room, 4]."""

    time: np.ndarray
    about: np.ndarray
    size: np.ndarray


def empty_messages(room: int = 4096) -> Messages:
    return Messages(np.zeros(room), np.zeros(room, np.int32), np.zeros(room, np.int32),
                    np.zeros(room, np.int8), np.zeros(room, np.int64), np.zeros(room, np.int32),
                    np.zeros(room, np.int64), np.zeros(room, np.bool_), np.zeros(1, np.int64),
                    np.zeros(1, np.int64))  # fmt: skip


def empty_events(room: int = 4096) -> Events:
    return Events(np.zeros(room), np.zeros((room, 4), np.int64), np.zeros(1, np.int64))


def doubled(table, scalars):
    """The same table with twice the room; columns named in ``scalars`` are kept as they are."""
    return table._replace(**{
        name: np.concatenate([column, np.zeros_like(column)])
        for name, column in table._asdict().items() if name not in scalars
    })  # fmt: skip


def forget_before(m: Messages, time: float) -> None:
    """Drop messages older than ``time`` (they are in order of time)."""
    n = int(m.count[0])
    gone = int(np.searchsorted(m.time[:n], time))
    for name in ("time", "sender", "group", "kind", "reply_to", "ordinal", "case", "heard"):
        column = getattr(m, name)
        column[: n - gone] = column[gone:n]
    m.count[0] = n - gone
    m.first[0] += gone


@kernel
def append(m, time, sender, group, kind, reply_to, ordinal, case):
    """Add a message (room must be there); returns its number."""
    k = m.count[0]
    m.time[k], m.sender[k], m.group[k], m.kind[k] = time, sender, group, kind
    m.reply_to[k], m.ordinal[k], m.case[k], m.heard[k] = reply_to, ordinal, case, False
    m.count[0] = k + 1
    return m.first[0] + k


@kernel
def earlier(h, a, b):
    """Whether entry a of the heap comes before entry b."""
    if h.time[a] != h.time[b]:
        return h.time[a] < h.time[b]
    for c in range(4):
        if h.about[a, c] != h.about[b, c]:
            return h.about[a, c] < h.about[b, c]
    return False


@kernel
def _swap(h, a, b):
    h.time[a], h.time[b] = h.time[b], h.time[a]
    for c in range(4):
        h.about[a, c], h.about[b, c] = h.about[b, c], h.about[a, c]


@kernel
def push(h, time, what, a, b, c):
    """Something is to happen at ``time`` (room must be there)."""
    k = h.size[0]
    h.time[k] = time
    h.about[k, 0], h.about[k, 1], h.about[k, 2], h.about[k, 3] = what, a, b, c
    h.size[0] = k + 1
    while k > 0 and earlier(h, k, (k - 1) // 2):
        _swap(h, k, (k - 1) // 2)
        k = (k - 1) // 2


@kernel
def pop(h):
    """Take the earliest: (time, what, a, b, c)."""
    time = h.time[0]
    what, a, b, c = h.about[0, 0], h.about[0, 1], h.about[0, 2], h.about[0, 3]
    last = h.size[0] - 1
    _swap(h, 0, last)
    h.size[0] = last
    k = 0
    while 2 * k + 1 < last:
        child = 2 * k + 1
        if child + 1 < last and earlier(h, child + 1, child):
            child += 1
        if not earlier(h, child, k):
            break
        _swap(h, child, k)
        k = child
    return time, what, a, b, c
