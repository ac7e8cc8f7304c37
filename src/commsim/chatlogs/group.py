"""``read_log``: a real group in a notebook; what is shown of it is counts, never a name or a pseudonym."""

from __future__ import annotations

from html import escape
from pathlib import Path

from commsim.chatlogs.events import Log
from commsim.chatlogs.health import Health, profile
from commsim.chatlogs.load import load
from commsim.words import known, say


class Group:
    """A log that has been read: ``log`` (the columns, see ``events.Log``), ``health()``, ``loader`` (every line)."""

    def __init__(self, log: Log):
        self.log = log

    @property
    def loader(self) -> dict:
        """The account of every line of the file."""
        return self.log.loader

    def health(self, window_days: int = 7, within_hours: float = 48.0, buildings=None) -> Health:
        """The group's health; ``buildings``: int[members], -1 unknown."""
        return profile(self.log, window_days, within_hours, buildings)

    def _facts(self) -> str:
        key = f"log.format.{self.loader.get('format', '')}"
        return say("log.group_read", format=say(key) if known(key) else "–", messages=f"{len(self.log):,}",
                   members=f"{len(self.log.members):,}", skipped=f"{self.loader.get('skipped', 0):,}")  # fmt: skip

    def __repr__(self) -> str:
        return self._facts()

    def _repr_html_(self) -> str:
        return f"<p>{escape(self._facts())}</p>"


def read_log(path: str | Path, format: str | None = None, community: str = "default", **options) -> Group:
    """Read a chat log; options are those of ``chatlogs.load.load``.  Ask the group first: docs/log-consent.md."""
    return Group(load(path, format, community, **options))
