"""How far a comparison is: worlds done, worlds known to be needed, seconds left.

A callback is given ``(done, total, seconds_left, note)``; ``note`` is a phrase in the user's
language, ``seconds_left`` None until the first world of this sitting is done.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import TextIO

from commsim.words import say

Progress = Callable[[int, int, float | None, str], None]
EVERY = 10.0  # seconds between lines where the output is no terminal
LIVE_EVERY = 0.1


def progress_on(stream: TextIO | None = None, lang: str | None = None,
                clock: Callable[[], float] = time.monotonic, line: str = "progress.line") -> Progress:  # fmt: skip
    """A callback that writes to ``stream`` (standard error): one live line on a terminal, else
    a line every ten seconds and at the end of each stage.  ``line`` is the key of its phrase."""
    stream = stream or sys.stderr
    live = stream.isatty()
    said = {"at": -1e9, "note": None, "width": 0}

    def tell(done: int, total: int, seconds_left: float | None, note: str) -> None:
        now, whole = clock(), done >= total
        news = whole or note != said["note"]
        if not news and now - said["at"] < (LIVE_EVERY if live else EVERY):
            return
        text = say(line, lang, done=done, total=total, note=note)
        if seconds_left is not None and not whole:
            text += say("progress.left", lang, time=duration(seconds_left, lang))
        if live:
            stream.write("\r\x1b[K" + text + ("\n" if whole else ""))
        else:
            stream.write(text + "\n")
        stream.flush()
        said.update(at=now, note=note)

    return tell


def duration(seconds: float, lang: str | None = None) -> str:
    """A length of time in words, rounded as people say it."""
    if seconds < 90:
        return say("progress.seconds", lang, n=max(1, round(seconds)))
    if seconds < 5400:
        return say("progress.minutes", lang, n=round(seconds / 60))
    return say("progress.hours", lang, n=f"{seconds / 3600:.1f}")
