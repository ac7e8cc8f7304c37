"""The community office: its officials, the cases before it, its queue, and the public ledger."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from commsim.kernels import table
from commsim.state.messages import Events, empty_events

BY_GROUP, BY_PHONE, BY_VISIT, BY_MESSAGE, BY_TALK = 0, 1, 2, 3, 4
OFFICE, FIRM = 0, 1  # whose matter a need is
UNREPORTED, UNANSWERED, CHARGED_UNSEEN, OVERRULED = 0, 1, 2, 3
FOR_GATHERINGS, FOR_PROJECTS, FROM_HOUSEHOLDS, FOR_WORKS, FOR_MEMBERS = 0, 1, 2, 3, 4
CLASSES, VISITS = 0, 1
# steps of work that can stand in the queue
TO_ANSWER, TO_WORK, OTHER_HOURS = 0, 1, 2


class Cases(NamedTuple):
    """``rows``: needs that were reported: person, klass (1-3), emergency, channel, party (OFFICE or FIRM),
    message, group and the official who worked on it last (or -1), the times (days) reported, started (an
    official took it up), answered, solved (-1 = not yet), and own (neighbours sorted it out).
    ``count[0]`` in use."""

    rows: np.recarray
    count: np.ndarray


class Office(NamedTuple):
    """``officials``: idle, worked (hours since day 0), tired (hours that weigh on the week, fading
    over seven days) and tired_at.  ``queue``: a heap on priority and time.  ``grievances``, ``yuan`` and
    ``occasions`` (what the office held): counts and money since day 0 by kind."""

    officials: np.recarray
    queue: Events
    grievances: np.ndarray
    yuan: np.ndarray
    occasions: np.ndarray


def empty_cases(room: int = 1024) -> Cases:
    rows = table(room, reported="f8", started="f8", answered="f8", solved="f8", message="i8",
                 person="i8", group="i8", official="i8", klass="i1", channel="i1", party="i1", emergency="?",
                 own="?")  # fmt: skip
    return Cases(rows, np.zeros(1, np.int64))


def empty_office(officials: int) -> Office:
    staff = table(officials, worked="f8", tired="f8", tired_at="f8", idle="?")
    staff.idle[:] = True
    return Office(staff, empty_events(1024), np.zeros(4, np.int64), np.zeros(5), np.zeros(2, np.int64))
