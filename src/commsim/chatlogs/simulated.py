"""A simulated group's log: the messages of a run as the same event table that real logs become.

A run forgets messages after 60 days, therefore they are collected evening by evening.  Day 0 is Monday,
1 January 2024, 00:00 UTC.  A member is one person in one tenancy: newcomers to the same home are somebody else.
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from commsim.chatlogs.events import NOBODY, NOWHERE, REPLY_TO, Log
from commsim.engine import Days
from commsim.state.messages import KINDS, THE_FIRM

DAY = 86400.0
START = 1704067200.0  # seconds since 1970 at which day 0 begins
NATIVE = ("time", "member", "kind", "reply_to", "thread", "id")
OFFICE, FIRM = -1, -2  # seats of members who are no residents
CARRIES = frozenset({"kind", "reply_to", "thread", "joined"})
Evening = Callable[[object, int], None]  # is shown the state on the evening of a day


class Collector:
    """What is taken down of every evening: new messages, and who is in which group."""

    def __init__(self, state, group: int | None = None):
        self.group = group
        self.upto = int(state.messages.first[0] + state.messages.count[0])  # number of the next message
        self.begun = self.upto
        self.rows: list[np.ndarray] = []  # time, sender's key, group, kind, reply_to
        self.joined: dict[int, float] = {}
        self.gone: dict[int, float] = {}
        self._inside = self._members(state)
        self.joined.update(dict.fromkeys(self._inside.tolist(), np.nan))  # there before: since when is not known

    def _members(self, state) -> np.ndarray:
        """Keys of everybody who is in the group (in any group where none is named), sorted."""
        seats = state.groups.seats.group
        inside = np.flatnonzero((seats >= 0 if self.group is None else seats == self.group).any(axis=1))
        return np.sort(_key(inside, state.people["tenancy"][inside]))

    def take(self, state, day: int) -> None:
        """The evening of ``day``."""
        m = state.messages
        first, count = int(m.first[0]), int(m.count[0])
        new = m.rows[max(self.upto - first, 0) : count]
        self.upto = first + count
        senders = new["sender"]
        residents = np.maximum(senders, 0)
        keys = np.where(senders >= 0, _key(residents, state.people["tenancy"][residents]), senders)
        self.rows.append(np.rec.fromarrays([new["time"], keys, new["group"], new["kind"], new["reply_to"]],
                                           names="time,key,group,kind,reply_to"))  # fmt: skip
        inside, evening = self._members(state), START + DAY * (day + 1)
        for key in np.setdiff1d(inside, self._inside, assume_unique=True).tolist():
            self.joined.setdefault(key, evening)
            self.gone.pop(key, None)  # came back
        self.gone.update(dict.fromkeys(np.setdiff1d(self._inside, inside, assume_unique=True).tolist(), evening))
        self._inside = inside

    def log(self) -> Log:
        """Everything taken down so far."""
        rows = np.concatenate(self.rows) if self.rows else np.zeros(
            0, [("time", "f8"), ("key", "i8"), ("group", "i8"), ("kind", "i1"), ("reply_to", "i8")])  # fmt: skip
        numbers = self.begun + np.arange(len(rows))
        wanted = np.ones(len(rows), bool) if self.group is None else rows["group"] == self.group
        rows, numbers = rows[wanted], numbers[wanted]
        order = np.argsort(rows["time"], kind="stable")
        rows, numbers = rows[order], numbers[order]
        place = np.full(self.upto - self.begun + 1, NOBODY, np.int64)  # of each message in the log; the last: of none
        place[numbers - self.begun] = np.arange(len(rows))
        earlier = rows["reply_to"] - self.begun
        answers = place[np.where(earlier >= 0, earlier, -1)]
        keys = np.unique(np.concatenate([rows["key"], np.array(list(self.joined), np.int64)]))
        sender = np.searchsorted(keys, rows["key"]).astype(np.int32)
        to = np.where(answers >= 0, sender[np.maximum(answers, 0)], NOBODY).astype(np.int32)
        threads, thread = np.unique(rows["group"], return_inverse=True)
        return Log(
            time=START + DAY * rows["time"], sender=sender, to=to, answers=answers,
            edge=np.where(to >= 0, REPLY_TO, NOWHERE).astype(np.int8), kind=rows["kind"].astype(np.int8),
            thread=thread.astype(np.int32), kinds=KINDS, threads=tuple(f"group-{g}" for g in threads),
            members=tuple(_name(key) for key in keys.tolist()),
            joined=np.array([self.joined.get(key, np.nan) for key in keys.tolist()], float),
            left=np.array([self.gone.get(key, np.nan) for key in keys.tolist()], float),
            carries=CARRIES, loader={"format": "simulated", "messages": len(rows)},
        )  # fmt: skip


def live_and_log(state, rules, days: int, group: int | None = None, evening: Evening | None = None) -> Log:
    """Live through ``days`` days from ``state`` (which is used up) and return their log.

    ``group``: one group's number (default: all groups, each a thread); ``evening(state, day)`` may look at every
    evening, for what a log does not show.
    """
    loop, collector = Days(state, tuple(rules)), Collector(state, group)
    for _ in range(days):
        loop.live()
        collector.take(state, state.day - 1)
        if evening is not None:
            evening(state, state.day - 1)
    return collector.log()


def log_of(state, group: int | None = None) -> Log:
    """The log of what ``state`` still remembers: the last two months or so, members being today's."""
    collector = Collector(state, group)
    collector.begun = collector.upto = int(state.messages.first[0])
    collector.take(state, state.day - 1)
    return collector.log()


def of_thread(log: Log, thread: int) -> Log:
    """One thread's messages, with the members who wrote or were answered there."""
    here = log.thread == thread
    place = np.where(here, np.cumsum(here) - 1, NOBODY)
    answers = log.answers[here]
    answers = np.where(answers >= 0, place[np.maximum(answers, 0)], NOBODY)
    sender, to = log.sender[here], log.to[here]
    rows, code = np.unique(np.concatenate([sender, to[to >= 0]]), return_inverse=True)
    new_to = np.full(len(to), NOBODY, np.int32)
    new_to[to >= 0] = code[len(sender) :]
    return Log(
        time=log.time[here], sender=code[: len(sender)].astype(np.int32), to=new_to, answers=answers,
        edge=log.edge[here], kind=log.kind[here], thread=np.zeros(len(sender), np.int32), kinds=log.kinds,
        threads=(log.threads[thread],), members=tuple(log.members[k] for k in rows), joined=log.joined[rows],
        left=log.left[rows], carries=log.carries, loader=dict(log.loader),
    )  # fmt: skip


def until(log: Log, time: float) -> Log:
    """The log as it was at ``time`` (seconds): messages so far, and whoever had come by then.

    Only the last time somebody left is known: who was gone at that time and came back later is there all along.
    """
    k = int(np.searchsorted(log.time, time, side="right"))
    seen = np.zeros(len(log.members), bool)
    seen[log.sender[:k]] = True
    known = np.flatnonzero(seen | (log.joined <= time))
    code = np.full(len(log.members) + 1, NOBODY, np.int32)
    code[known] = np.arange(len(known))
    return replace(
        log, time=log.time[:k], sender=code[log.sender[:k]], to=code[log.to[:k]], answers=log.answers[:k],
        edge=log.edge[:k], kind=log.kind[:k], thread=log.thread[:k], members=tuple(log.members[m] for m in known),
        joined=log.joined[known], left=np.where(log.left[known] <= time, log.left[known], np.nan),
    )  # fmt: skip


def key_of(name: str) -> int:
    """The key of a resident's pseudonym: one number for a person in a tenancy; -1 for office and firm."""
    kind, *parts = name.split("-")
    return int(_key(*map(int, parts))) if kind == "seat" else -1


def seats(log: Log) -> np.ndarray:
    """Row of each member of a simulated log in the people's table: int64[members]; OFFICE or FIRM for the others."""
    others = {"office": OFFICE, "firm": FIRM}
    return np.array([others.get(name.split("-")[0]) or int(name.split("-")[1]) for name in log.members], np.int64)


def buildings(log: Log, state) -> np.ndarray:
    """Building of each member of a simulated log: int64[members], -1 for office and firm."""
    rows = seats(log)
    living = state.homes.doors.building[state.people["household"][np.maximum(rows, 0)]]
    return np.where(rows >= 0, living, -1)


def write_native(log: Log, path) -> None:
    """Write the log as CSV of ``time,member,kind,reply_to,thread,id``; reply_to is a message's id.

    Times are in UTC to the millisecond.  Not in it: members who never wrote (see ``write_roster``), and when
    members came and left.
    """
    with Path(path).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(NATIVE)
        for k in range(len(log)):
            when = datetime.fromtimestamp(float(log.time[k]), UTC).isoformat(timespec="milliseconds")
            answered = f"m{log.answers[k]}" if log.answers[k] >= 0 else ""
            if not answered and log.to[k] >= 0:
                answered = log.members[log.to[k]]
            writer.writerow([when.replace("+00:00", "Z"), log.members[log.sender[k]], log.kinds[log.kind[k]],
                             answered, log.threads[log.thread[k]], f"m{k}"])  # fmt: skip


def write_roster(log: Log, path) -> None:
    """Write the pseudonyms of all members, one a line: who never wrote is in no file of messages."""
    Path(path).write_text("".join(f"{name}\n" for name in log.members), encoding="utf-8")


def keys_of(state) -> np.ndarray:
    """Keys of those who live in each seat now: int64[people]."""
    return _key(np.arange(state.size), state.people["tenancy"])


def _key(rows, tenancies) -> np.ndarray:
    """One number for a person in a tenancy, below zero for nobody who lives there."""
    return np.asarray(rows, np.int64) * 2**20 + tenancies


def _name(key: int) -> str:
    """The pseudonym of a member."""
    if key >= 0:
        return f"seat-{key >> 20}-{key & (2**20 - 1)}"
    return "firm-1" if key == THE_FIRM else f"office-{-key}"
