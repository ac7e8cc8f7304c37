"""Bare exchanges: ``src dst time`` a line, apart by white space or commas, time in Unix seconds, names optional on top.

The way in which public collections give who wrote to whom (SNAP's CollegeMsg and others).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from commsim.chatlogs.account import Account
from commsim.chatlogs.events import Message
from commsim.chatlogs.lines import Source
from commsim.chatlogs.readers import Options
from commsim.chatlogs.times import fault

NAME = "edges"
CARRIES = frozenset({"reply_to"})
REMARKS = ("#", "%")
HEADINGS = ({"src", "source", "from", "sender"}, {"dst", "target", "to", "receiver", "recipient"},
            {"time", "timestamp", "unixts", "t"})  # fmt: skip
_SECONDS = re.compile(r"-?\d{1,18}(\.\d*)?", re.ASCII)


def cells(line: str) -> list[str]:
    """The parts of a line."""
    return [part.strip() for part in line.split(",")] if "," in line else line.split()


def is_heading(parts: list[str]) -> bool:
    """Whether these are the columns' names."""
    return len(parts) == 3 and all(part.strip('"').casefold() in names
                                   for part, names in zip(parts, HEADINGS, strict=True))  # fmt: skip


def looks_like(head: str) -> bool:
    """Three parts a line and the last a number, in all but few of the first lines."""
    lines = [cells(line) for line in head.split("\n")[:200] if line.strip() and line[0] not in REMARKS]
    if lines and is_heading(lines[0]):
        return True
    fits = sum(len(parts) == 3 and bool(parts[0] and parts[1] and _SECONDS.fullmatch(parts[2])) for parts in lines)
    return bool(lines) and len(lines[0]) == 3 and fits >= 0.9 * len(lines)


def read(source: Source, account: Account, options: Options) -> Iterator[Message]:
    """Every line is a message of the first member to the second."""
    account.timezone, account.timezone_why = "UTC", "offset"
    account.reply_to, account.reply_to_why = "member", "format"
    begun, length = False, 0
    for number, line in source.lines():
        if not line or line.isspace():
            account.blank()
            continue
        parts = cells(line)
        if line[0] in REMARKS or (not begun and is_heading(parts)):
            account.header()
            continue
        begun = True
        if len(parts) != 3:
            account.skip("cells_missing" if len(parts) < 3 else "cells_too_many", number, line)
            continue
        src, dst, when = parts
        if not _SECONDS.fullmatch(when):
            account.skip("time_unreadable", number, line)
            continue
        time = float(when)
        wrong = fault(time)
        if not source.ended and len(when.partition(".")[0]) < length:
            wrong = "cut"  # the last line, without an end, and its time lost digits
        if wrong or not src or not dst:
            account.skip(wrong or "no_member", number, line)
            continue
        length = len(when.partition(".")[0])
        account.message()
        yield Message(time, src, reply_to=dst)
