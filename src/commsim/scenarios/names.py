"""Names of scenarios, and of what stands in their files, for whoever completes a word: the shell asks at every
press of a key, and loading the model to answer would take a second."""

from __future__ import annotations

import re
from pathlib import Path

FOLDER = Path(__file__).parent


def available() -> list[str]:
    """Ids of the scenarios that come with commsim."""
    return sorted(file.stem for file in FOLDER.glob("*.yaml"))


def names_under(key: str, scenario: str) -> list[str]:
    """The names below a key at the margin (``policies``, ``scales``) of a scenario, an id or a file, in their order.

    Read off the lines as they are indented; empty where the file is written otherwise or cannot be read.
    """
    file = FOLDER / f"{scenario}.yaml" if scenario in available() else Path(scenario).expanduser()
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, ValueError):
        return []
    block = re.search(rf"^{key}:[ \t]*(?:#.*)?\n((?:[ \t#].*\n|\n)*)", text + "\n", re.MULTILINE)
    names = re.findall(r"^( +)([A-Za-z0-9_-]+):", block[1], re.MULTILINE) if block else []
    margin = min((len(indent) for indent, _ in names), default=0)
    return [name for indent, name in names if len(indent) == margin]
