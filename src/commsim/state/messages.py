"""Messages (the event table) and the heap of what is still to happen in event time.

A message: time (days), sender (row; -1-o for official o, or THE_FIRM), group, kind, reply_to (message number or
-1), ordinal (the sender's count that day: its name in keyed draws), case (need it is about, or -1)
and heard (somebody answered).  Messages older than the memory are dropped from the front.
Shown: an act of a volunteer.  View: how a representative sees a project.  Report: what a leader's group does.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from commsim.kernels import inner, table

KINDS = ("talk", "issue", "reply", "answer", "thanks", "rumour", "correction", "shown", "view", "report")
TALK, ISSUE, REPLY, ANSWER, THANKS, RUMOUR, CORRECTION, SHOWN, VIEW, REPORT = range(len(KINDS))
# what can happen in event time, in the order in which equal times are taken
DUTY, DONE, SOLVED, POST, ARRIVE, ECHO, CHECK, DEADLINE, FIRM_ANSWERS, PATIENCE = range(10)
THE_FIRM = -(10**6)  # as a sender
MEMORY_DAYS = 60


class Messages(NamedTuple):
    """``rows``: the columns above; ``count[0]`` in use, ``first[0]`` the number of row 0."""

    rows: np.recarray
    count: np.ndarray
    first: np.ndarray


class Events(NamedTuple):
    """A binary heap of rows (time, what, a, b, c), ordered by all five; ``size[0]`` in use."""

    rows: np.recarray
    size: np.ndarray


def empty_messages(room: int = 4096) -> Messages:
    rows = table(room, time="f8", reply_to="i8", case="i8", sender="i8", group="i8", ordinal="i8",
                 kind="i1", heard="?")  # fmt: skip
    return Messages(rows, np.zeros(1, np.int64), np.zeros(1, np.int64))


def empty_events(room: int = 4096) -> Events:
    return Events(table(room, time="f8", what="i8", a="i8", b="i8", c="i8"), np.zeros(1, np.int64))


def doubled(table_):
    """The same tables with twice the rows."""
    return table_._replace(rows=np.concatenate([table_.rows, np.zeros_like(table_.rows)]).view(np.recarray))


def forget_before(m: Messages, time: float) -> None:
    """Drop messages older than ``time`` (they are in order of time)."""
    n = int(m.count[0])
    gone = int(np.searchsorted(m.rows.time[:n], time))
    m.rows[: n - gone] = m.rows[gone:n].copy()
    m.count[0] = n - gone
    m.first[0] += gone


@inner
def append(m, time, sender, group, kind, reply_to, ordinal, case):
    """Add a message (room must be there); returns its number."""
    k = m.count[0]
    m.rows.time[k], m.rows.sender[k], m.rows.group[k], m.rows.kind[k] = time, sender, group, kind
    m.rows.reply_to[k], m.rows.ordinal[k], m.rows.case[k], m.rows.heard[k] = reply_to, ordinal, case, False
    m.count[0] = k + 1
    return m.first[0] + k


@inner
def earlier(h, p, q):
    """Whether entry p of the heap comes before entry q."""
    a, b = h.rows, h.rows
    if a.time[p] != b.time[q]:
        return a.time[p] < b.time[q]
    if a.what[p] != b.what[q]:
        return a.what[p] < b.what[q]
    if a.a[p] != b.a[q]:
        return a.a[p] < b.a[q]
    if a.b[p] != b.b[q]:
        return a.b[p] < b.b[q]
    return a.c[p] < b.c[q]


@inner
def _swap(h, p, q):
    r = h.rows
    r.time[p], r.time[q] = r.time[q], r.time[p]
    r.what[p], r.what[q] = r.what[q], r.what[p]
    r.a[p], r.a[q] = r.a[q], r.a[p]
    r.b[p], r.b[q] = r.b[q], r.b[p]
    r.c[p], r.c[q] = r.c[q], r.c[p]


@inner
def push(h, time, what, a, b, c):
    """Something is to happen at ``time`` (room must be there)."""
    k = h.size[0]
    r = h.rows
    r.time[k], r.what[k], r.a[k], r.b[k], r.c[k] = time, what, a, b, c
    h.size[0] = k + 1
    while k > 0 and earlier(h, k, (k - 1) // 2):
        _swap(h, k, (k - 1) // 2)
        k = (k - 1) // 2


@inner
def pop(h):
    """Take the earliest: (time, what, a, b, c)."""
    r = h.rows
    taken = (r.time[0], r.what[0], r.a[0], r.b[0], r.c[0])
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
    return taken
