"""The account of a log file: every line is counted once, nothing is skipped silently.

A line is a message, a continuation of one, a system line, blank, a header, or skipped for a kind of fault.  Of
the first lines of each kind of fault the number and the *shape* are kept, never the text.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field

SHAPE = 40  # characters of a line whose shape is kept
SHOWN = 3  # lines of each kind of fault
CLASSES = ("message", "continuation", "system", "blank", "header", "skipped")


def shape(text: str) -> str:
    """What a line looks like without what it says: ``2024-01-05,王芳,hi`` → ``9999-99-99,字字,xx``."""
    return "".join(map(_shape, text[:SHAPE]))


def _shape(character: str) -> str:
    group = unicodedata.category(character)
    if group[0] == "L" or group[0] == "M":
        return "字" if unicodedata.east_asian_width(character) in "WF" and not _latin(character) else "x"
    if group[0] == "N":
        return "9"
    if (character.isascii() and character.isprintable()) or group[0] == "P":
        return character
    return " " if group[0] == "Z" else "*"


def _latin(character: str) -> bool:
    return unicodedata.normalize("NFKC", character).isascii()


@dataclass
class Fault:
    """How many lines have it, and number and shape of the first ones."""

    count: int = 0
    first: list[tuple[int, str]] = field(default_factory=list)


@dataclass
class Account:
    """Counts of one file.  A reader calls ``message``, ``continuation``, ``system``, ``blank``, ``header`` or
    ``skip`` exactly once for every line that its source gave, or once for several ``lines`` (of a format without
    lines: for every entry, after ``unit = "entry"``; then it also adds each entry to ``lines``).  Decisions a reader
    has made it writes into the fields at the end; why is a short key whose words are ``chatlog.why.KEY``.
    """

    format: str = ""
    unit: str = "line"
    lines: int = 0  # the source counts lines; a reader of entries counts entries
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(CLASSES, 0))
    faults: dict[str, Fault] = field(default_factory=dict)

    encoding: str = ""
    ended: bool = True  # the last line has a line end; without one the file may have been cut
    carries: frozenset[str] | None = None  # None: all that the format carries
    timezone: str = ""
    timezone_why: str = ""
    day_order: str = ""  # "day_first", "month_first", or "" where no date has to be guessed
    day_order_why: str = ""
    reply_to: str = ""  # "member", "message", or "" where nothing replies
    reply_to_why: str = ""
    numbered: bool = False  # messages have no ids of their own: an id is the number of the row, from 1
    ordered: bool = True  # False: the format knows days and not moments, so nobody "spoke last"

    messages: int = 0
    members: int = 0
    only_addressed: int = 0  # members who never sent anything but were addressed
    from_roster: int = 0  # members that only the roster names
    roster_skipped: int = 0  # lines of the roster that could not be read
    replies: int = 0
    replies_unknown: int = 0  # to a message that is not in the log
    to_oneself: int = 0
    mentions: int = 0
    mentions_unknown: int = 0  # one mention, of a name that nobody in the log has
    inferred: int = 0
    duplicate_ids: int = 0
    duplicate_times: int = 0  # messages at the same time as the one before
    out_of_order: int = 0  # messages earlier than the one before them in the file
    renamed: int = 0
    kinds_other: int = 0  # messages of a kind that is not on the list
    key: str = ""  # where the pseudonyms' key is kept: "folder" or "process"

    def message(self, lines: int = 1) -> None:
        """A line that begins a message (or is one)."""
        self.counts["message"] += lines

    def continuation(self, lines: int = 1) -> None:
        """A further line of a message."""
        self.counts["continuation"] += lines

    def system(self, lines: int = 1) -> None:
        """A line that the program wrote: who came, who changed the group's name."""
        self.counts["system"] += lines

    def blank(self, lines: int = 1) -> None:
        """An empty line that belongs to no message."""
        self.counts["blank"] += lines

    def header(self, lines: int = 1) -> None:
        """A line about the file or its columns."""
        self.counts["header"] += lines

    def skip(self, fault: str, number: int, text: str) -> None:
        """A line that could not be read; words of the kind of fault are ``chatlog.fault.KIND``."""
        self.counts["skipped"] += 1
        kept = self.faults.setdefault(fault, Fault())
        kept.count += 1
        if len(kept.first) < SHOWN:
            kept.first.append((number, shape(text)))

    def recall(self, fault: str, number: int, text: str) -> None:
        """The line just counted as a message is a faulty one after all."""
        self.counts["message"] -= 1
        self.skip(fault, number, text)

    @property
    def skipped(self) -> int:
        return self.counts["skipped"]

    @property
    def complete(self) -> bool:
        """Whether every line is in exactly one class."""
        return self.lines == sum(self.counts.values()) and self.skipped == sum(f.count for f in self.faults.values())

    def as_json(self) -> dict:
        """What ``Log.loader`` holds: plain numbers and words, no name and no text."""
        told = {name: value for name, value in vars(self).items() if name not in ("counts", "faults", "carries")}
        told |= self.counts
        told["faults"] = {kind: {"count": fault.count,
                                 "first": [{"number": n, "shape": seen} for n, seen in fault.first]}
                          for kind, fault in self.faults.items()}  # fmt: skip
        told["negative_times"] = self.faults["time_negative"].count if "time_negative" in self.faults else 0
        told["share_reply_to"] = self.replies / self.messages if self.messages else 0.0
        told["share_mention"] = self.mentions / self.messages if self.messages else 0.0
        return told
