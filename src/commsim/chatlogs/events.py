"""``Log``: one event table and one roster, whatever the messages came from.

No text and no name is in it: readers drop the text while they parse, and members are pseudonyms.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

NOWHERE, REPLY_TO, MENTION, INFERRED = range(4)  # where an edge comes from
EDGES = ("none", "reply_to", "mention", "inferred")
NOBODY = -1
UNKNOWN = ""  # kind of a message in a format that does not carry kinds


class Message(NamedTuple):
    """What a reader makes of one message; ``sender``, ``reply_to`` and ``mentions`` are still as the file has them,
    and are gone when the message has been put into the table."""

    time: float  # seconds since 1970, UTC
    sender: str
    kind: str = UNKNOWN
    reply_to: str = ""  # a message's id or a member, whichever the format has
    mentions: tuple[str, ...] = ()
    thread: str = ""
    id: str = ""


class Coming(NamedTuple):
    """Somebody who came into the group or left it, where a format tells."""

    time: float
    member: str
    left: bool = False


@dataclass
class Log:
    """Messages in order of time and everybody in the roster.

    Of messages: ``time`` (float64, seconds since 1970, UTC), ``sender`` and ``to`` (int32 rows of the roster; ``to``
    is NOBODY without an addressee), ``answers`` (int64, the message it replies to, or NOBODY), ``edge`` (int8, where
    ``to`` comes from: EDGES), ``kind`` (int8, into ``kinds``) and ``thread`` (int32, into ``threads``).
    Of members: ``members`` (pseudonyms), ``joined`` and ``left`` (float64, seconds, NaN where unknown).
    ``loader`` is the account of every line (see ``account.py``); ``carries`` names what the format can tell:
    a set out of "kind", "reply_to", "mention", "thread", "joined", "presence".
    """

    time: np.ndarray
    sender: np.ndarray
    to: np.ndarray
    answers: np.ndarray
    edge: np.ndarray
    kind: np.ndarray
    thread: np.ndarray
    kinds: tuple[str, ...]
    threads: tuple[str, ...]
    members: tuple[str, ...]
    joined: np.ndarray
    left: np.ndarray
    carries: frozenset[str] = frozenset()
    loader: dict = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.time)
