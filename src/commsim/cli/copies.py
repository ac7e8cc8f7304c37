"""The lessons, and their copies in the reader's folder: nothing is ever overwritten, and what was kept is said.

Beside the copies lies ``.commsim/copied.json``, which remembers of each file the language and the
version that was copied; so a newer version can be told from one that the reader changed.
"""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

from commsim.errors import UserError, nearest
from commsim.shipped import shipped

HOME = ".commsim"  # settings of JupyterLab and the memory of copies, inside the reader's folder
_MEMORY = "copied.json"


def lessons(lang: str) -> dict[str, Path]:
    """``{"notice": …/06_notice.ipynb}``, in the order of their numbers."""
    files = sorted((shipped("notebooks") / lang).glob("*.ipynb"))
    if not files:
        raise UserError("lessons_missing", place=str(shipped("notebooks") / lang))
    return {_id(file.stem): file for file in files}


def _id(stem: str) -> str:
    number, _, name = stem.partition("_")
    return name if number.isdigit() and name else stem


def lesson(name: str | None, lang: str) -> Path:
    """The lesson called ``name``: an id, a number or a file name; without one the first."""
    known = lessons(lang)
    if name is None:
        return next(iter(known.values()))
    for key, file in known.items():
        number = file.stem.partition("_")[0]
        if name.lower() in (key, file.name, file.stem, number, number.lstrip("0")):
            return file
    raise UserError("lesson_unknown", value=name, allowed=", ".join(known), nearest=nearest(name, known))


def titled(file: Path) -> str:
    """The lesson as a page without code: its first heading is the title (Voilà would show the file's name), and
    its last cell, where that is the learner's first real code, is shown instead of run."""
    notebook = json.loads(file.read_text(encoding="utf-8"))
    lines = (line for cell in notebook["cells"] if cell["cell_type"] == "markdown"
             for line in "".join(cell["source"]).splitlines() if line.startswith("# "))  # fmt: skip
    notebook["metadata"].setdefault("title", next(lines, file.stem).removeprefix("# "))
    last = next((cell for cell in reversed(notebook["cells"]) if cell["cell_type"] == "code"), None)
    text = "".join(last["source"]).strip() if last else ""
    if "\n" in text and "cs.setup" not in text:  # real code has several lines; to be read where no code is run
        last.clear()
        last.update(cell_type="markdown", id="going-on", metadata={}, source=f"```python\n{text}\n```")
    return json.dumps(notebook, ensure_ascii=False)


def copy_lessons(folder: Path, lang: str, fresh: bool = False) -> list[tuple[str, str]]:
    """Put the lessons into ``folder``; ``[(file name, what happened)]``.

    What happened is ``copied``, ``there`` (from an earlier day), ``newer`` (kept, and the shipped lesson
    has changed since), ``kept`` (kept; not known to be ours), or ``beside`` (the shipped one under a new name).
    """
    done = []
    try:
        (folder / HOME).mkdir(parents=True, exist_ok=True)
        memory = _remembered(folder)
        for here in memory.values():
            if here["lang"] != lang:
                raise UserError("lessons_other_language", place=str(folder), value=here["lang"], allowed=lang)
        for file in lessons(lang).values():
            text = file.read_bytes()
            digest = hashlib.sha256(text).hexdigest()
            if _written(folder / file.name, text):
                done.append((file.name, "copied"))
                memory[file.name] = {"lang": lang, "sha256": digest}
            elif fresh and (name := _beside(folder, file, text)):
                done.append((name, "beside"))
            else:
                known = memory.get(file.name, {}).get("sha256")
                done.append((file.name, "kept" if known is None else "there" if known == digest else "newer"))
        (folder / HOME / _MEMORY).write_text(json.dumps(memory, indent=1), encoding="utf-8")
    except OSError as fault:
        raise UserError("lessons_not_written", place=str(folder), value=fault.strerror or str(fault)) from None
    return done


def _remembered(folder: Path) -> dict[str, dict[str, str]]:
    """What was copied earlier; nothing where the memory is damaged, so that files count as the reader's own."""
    try:
        memory = json.loads((folder / HOME / _MEMORY).read_text(encoding="utf-8"))
        return {name: {"lang": row["lang"], "sha256": row["sha256"]} for name, row in memory.items()
                if (folder / name).exists()}  # fmt: skip
    except (FileNotFoundError, ValueError, AttributeError, TypeError, KeyError):
        return {}


def _written(path: Path, text: bytes) -> bool:
    """Write ``path`` if it does not exist; the system sees to that, not a look beforehand."""
    try:
        with open(path, "xb") as stream:
            stream.write(text)
    except FileExistsError:
        return False
    return True


def _beside(folder: Path, file: Path, text: bytes) -> str | None:
    """The name of the shipped lesson put beside the reader's; None where it already lies there unchanged."""
    if (folder / file.name).read_bytes() == text:
        return None
    for number in range(2, 1000):
        path = folder / f"{file.stem}_{number}.ipynb"
        if _written(path, text):
            return path.name
        if path.read_bytes() == text:
            return None
    raise UserError("lessons_not_written", place=str(folder), value=os.strerror(17))
