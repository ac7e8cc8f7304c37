"""Bets, kept on this computer only: what the learner said before running.

One small JSON file in the user's data folder.  A damaged file is put aside under another name and
said so; it never stops a lesson.
"""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path

from commsim.errors import UserError
from commsim.shipped import data_folder as folder
from commsim.words import say


def _file() -> Path:
    return folder() / "bets.json"


def placed() -> dict[str, float]:
    """All bets by item; none where nobody has bet yet."""
    try:
        text = _file().read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except (OSError, UnicodeDecodeError):
        return _put_aside()
    try:
        bets = json.loads(text)
        return {str(name): float(bet["value"]) for name, bet in bets.items()}
    except (ValueError, TypeError, KeyError, AttributeError):
        return _put_aside()


def _put_aside() -> dict[str, float]:
    """Keep the damaged file under another name, tell the learner, go on without bets."""
    aside = _file().with_name(f"bets.damaged-{time.strftime('%Y%m%d-%H%M%S')}.json")
    with contextlib.suppress(OSError):
        _file().replace(aside)
    warnings.warn(say("lesson.bets_damaged", path=aside), stacklevel=3)
    return {}


def of(item: str) -> float | None:
    """The bet on an item, None without one."""
    return placed().get(item)


_told: dict[str, list[Callable[[], None]]] = {}


def when_placed(item: str, tell: Callable[[], None]) -> None:
    """Call ``tell`` whenever a bet on the item is placed from now on."""
    _told.setdefault(item, []).append(tell)


def place(item: str, value: float) -> None:
    """Keep a bet; the last one counts.  Written beside its place and put there in one step."""
    bets = {name: {"value": bet} for name, bet in placed().items()} | {item: {"value": value}}
    try:
        folder().mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", dir=folder(), suffix=".part", delete=False, encoding="utf-8") as part:
            json.dump(bets, part, ensure_ascii=False, indent=1)
        os.replace(part.name, _file())
    except OSError as fault:
        raise UserError("bets_unwritable", place=str(folder()), value=fault.strerror) from None
    for tell in _told.get(item, ()):
        tell()
