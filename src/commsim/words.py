"""Every word that a user sees, in Chinese and English, from the catalogues in ``locale/``.

A catalogue is a TOML file whose tables are keys and whose entries are ``zh`` and ``en``; both
languages of a phrase stand side by side, so a translator sees them together and a test can see
that neither is missing.
"""

from __future__ import annotations

import os
import re
import tomllib
from functools import cache
from pathlib import Path

LANGUAGES = ("zh", "en")
_FOLDER = Path(__file__).parent / "locale"
_chosen: str | None = None


@cache
def catalogue() -> dict[str, dict[str, str]]:
    """All phrases: ``{"measure.coverage.label": {"zh": …, "en": …}}``."""
    phrases: dict[str, dict[str, str]] = {}
    for file in _texts():
        for key, phrase in _phrases(file).items():
            if key in phrases:
                raise ValueError(f"{file}: {key} is defined twice")
            phrases[key] = phrase
    return phrases


@cache
def _texts() -> dict[str, str]:
    """The catalogues as they are written, by file name."""
    return {file.name: file.read_text(encoding="utf-8") for file in sorted(_FOLDER.glob("*.toml"))}


@cache
def _phrases(file: str) -> dict[str, dict[str, str]]:
    return dict(_flat(tomllib.loads(_texts()[file])))


@cache
def _family(name: str) -> dict[str, dict[str, str]]:
    """The phrases of the files that have a table ``[name…]``: a command that says ten sentences reads
    a few catalogues, not all."""
    there = re.compile(rf"^\[{re.escape(name)}[.\]]", re.MULTILINE)
    return {key: phrase for file, text in _texts().items() if there.search(text)
            for key, phrase in _phrases(file).items()}  # fmt: skip


def known(key: str) -> bool:
    """Whether there is a phrase under ``key``."""
    return key in _family(key.partition(".")[0])


def _flat(table, path=""):
    if set(table) <= set(LANGUAGES):
        yield path, table
        return
    for name, below in table.items():
        yield from _flat(below, f"{path}.{name}" if path else name)


def language(explicit: str | None = None) -> str:
    """``zh`` or ``en``: what was asked for, else what was chosen, else COMMSIM_LANG or the locale."""
    if explicit:
        return explicit
    if _chosen:
        return _chosen
    for variable in ("COMMSIM_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(variable, "").lower()
        if value.startswith(LANGUAGES):
            return value[:2]
    return "en"


def choose_language(lang: str | None) -> None:
    """Set the language for this process; None returns to the environment's."""
    global _chosen
    _chosen = lang


def say(key: str, lang: str | None = None, **values) -> str:
    """The phrase under ``key`` with its ``{blanks}`` filled."""
    phrase = _family(key.partition(".")[0])[key][language(lang)]
    return phrase.format(**values) if values else phrase
