"""The community office: its officials, the cases before it, its queue, and the public ledger."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from commsim.state.messages import Events, empty_events

BY_GROUP, BY_PHONE, BY_VISIT = 0, 1, 2
UNREPORTED, UNANSWERED, CHARGED_UNSEEN, OVERRULED = 0, 1, 2, 3
FOR_GATHERINGS, FOR_PROJECTS, FROM_HOUSEHOLDS, FOR_WORKS = 0, 1, 2, 3
# steps of work that can stand in the queue
TO_ANSWER, TO_WORK, OTHER_HOURS = 0, 1, 2


class Cases(NamedTuple):
    """Needs that were reported: person, klass (1-3), emergency, channel, message and group (or
    -1), and the times (days) reported, started (an official took it up), answered, solved; -1 = not yet."""

    person: np.ndarray
    klass: np.ndarray
    emergency: np.ndarray
    channel: np.ndarray
    message: np.ndarray
    group: np.ndarray
    reported: np.ndarray
    started: np.ndarray
    answered: np.ndarray
    solved: np.ndarray
    count: np.ndarray


class Office(NamedTuple):
    """Per official: ``idle``, ``worked`` (hours since day 0), ``tired`` (hours that weigh on the
    week, fading over seven days) and ``tired_at``.  ``queue``: a heap on (priority and time).
    ``grievances`` and ``yuan``: counts and money since day 0 by kind; ``grieved`` per person."""

    idle: np.ndarray
    worked: np.ndarray
    tired: np.ndarray
    tired_at: np.ndarray
    queue: Events
    grievances: np.ndarray
    yuan: np.ndarray
    grieved: np.ndarray


def empty_cases(room: int = 1024) -> Cases:
    return Cases(np.zeros(room, np.int32), np.zeros(room, np.int8), np.zeros(room, np.bool_),
                 np.zeros(room, np.int8), np.full(room, -1, np.int64), np.full(room, -1, np.int32),
                 *(np.zeros(room) for _ in range(4)),
                 np.zeros(1, np.int64))  # fmt: skip


def empty_office(officials: int, n: int) -> Office:
    return Office(np.ones(officials, np.bool_), np.zeros(officials), np.zeros(officials),
                  np.zeros(officials), empty_events(1024), np.zeros(4, np.int64), np.zeros(4),
                  np.zeros(n, np.int32))  # fmt: skip
