"""Readers of chat logs: what each is called and where it lives; one is imported when it is needed.

A reader is a module with

- ``NAME`` and ``CARRIES`` (what the format can tell, as in ``Log.carries``);
- ``looks_like(head) -> bool``: whether a file that begins so (about 64,000 characters) is of this format and no other;
- ``read(source, account, options) -> Iterator[Message | Coming]``: reads ``source.lines()`` or ``source.text()``,
  classes every line in ``account`` once and drops every text on the spot.  It raises a UserError where it must ask
  (a date that may be read in two ways) and never for a faulty line.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from importlib import import_module
from types import ModuleType

READERS = {
    "native": "commsim.chatlogs.readers.native",
    "edges": "commsim.chatlogs.readers.edges",
    "tally": "commsim.chatlogs.readers.tally",
    "signin": "commsim.chatlogs.readers.signin",
    "whatsapp": "commsim.chatlogs.readers.whatsapp",
    "telegram": "commsim.chatlogs.readers.telegram",
    "chatlab": "commsim.chatlogs.readers.chatlab",
    "qq": "commsim.chatlogs.readers.qq",
    "wechat": "commsim.chatlogs.readers.wechat",
}


@dataclass(frozen=True)
class Options:
    """What the user says about a file because it cannot.  ``day_first``: whether 3/4 is the third of April;
    ``timezone``: IANA name for times without an offset; ``reply_to``: "member" or "message";
    ``pasted``: the day a text was copied, from which "yesterday" and "Wednesday" in it count."""

    day_first: bool | None = None
    timezone: str | None = None
    reply_to: str | None = None
    pasted: date | None = None


def reader(name: str) -> ModuleType:
    """The reader's module."""
    return import_module(READERS[name])
