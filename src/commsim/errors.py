"""What a user is told when something is wrong: the place, the value, what is allowed, the nearest name.

Every message lives in the catalogue under ``error.KEY``, in both languages; no message is built
from pieces of a sentence.
"""

from __future__ import annotations

import difflib

from commsim.words import say


class UserError(Exception):
    """A mistake in what the user gave.  ``key`` names the message, ``facts`` fill it."""

    def __init__(self, key: str, **facts):
        self.key, self.facts = key, facts
        super().__init__(key)

    def text(self, lang: str | None = None) -> str:
        """The message in ``lang`` (or the user's language), with the nearest valid name if any."""
        facts = {"place": "", "value": "", "allowed": "", **self.facts}
        message = say(f"error.{self.key}", lang, **facts)
        if self.facts.get("nearest"):
            message += " " + say("error.nearest", lang, nearest=self.facts["nearest"])
        return message

    def __str__(self) -> str:
        return self.text()

    def _render_traceback_(self) -> list[str]:
        """What a notebook shows: the sentence, and no traceback (IPython asks for this by name)."""
        return [self.text()]


def nearest(name, names) -> str | None:
    """The valid name that looks most like ``name``, or None when nothing comes close."""
    lower = {str(n).lower(): str(n) for n in names}
    close = difflib.get_close_matches(str(name).lower(), list(lower), n=1, cutoff=0.5)
    return lower[close[0]] if close else None
