"""A session as PDF: role cards, worksheet, slides and guide, set by typst without any network.

The words come from the session's data, the layout from ``templates/``; a page whose words do not fit
is set smaller, and an error when it still does not fit, so nothing is ever cut off.
"""

from __future__ import annotations

import json
import os
import re
from functools import cache
from pathlib import Path

from commsim.curricula import markdown
from commsim.curricula.session import PARTS, Session, read
from commsim.errors import UserError, nearest
from commsim.show.files import whole_file
from commsim.show.fonts import CHINESE, LATIN, SECOND_BEST
from commsim.words import LANGUAGES, catalogue, language

WHAT = ("cards", "worksheet", "slides", "guide", "all")
_TEMPLATES = Path(__file__).parent / "templates"
_PHRASES = "session.print."


def print_session(
    session: Session | str | Path, what: str = "all", lang: str | None = None, out: str | Path | None = None
) -> Path:
    """Print ``what`` of a session (or its id, or folder) as a PDF at ``out``, else ``ID-WHAT-LANG.pdf`` here."""
    session = session if isinstance(session, Session) else read(session)
    lang = language(lang)
    if lang not in LANGUAGES:
        raise UserError("lang_unknown", value=lang, allowed=", ".join(LANGUAGES))
    if what not in WHAT:
        raise UserError("session_what", value=what, allowed=", ".join(WHAT), nearest=nearest(what, WHAT))
    path = _place(out or f"{session.id}-{what}-{lang}.pdf")
    return whole_file(path, pdf(session, what, lang))


write = print_session


def _place(out) -> Path:
    path = Path(out).expanduser()
    if path.is_dir():
        raise UserError("out_is_folder", place=str(path))
    if path.suffix.lower() != ".pdf":
        raise UserError("out_ending", place=str(path), value=path.suffix, allowed=".pdf")
    if not path.parent.is_dir():
        raise UserError("out_no_folder", place=str(path), value=str(path.parent))
    if not os.access(path.parent, os.W_OK | os.X_OK):
        raise UserError("out_no_right", place=str(path), value=str(path.parent))
    return path


def pdf(session: Session, what: str, lang: str) -> bytes:
    """The PDF itself; the same session gives the same bytes."""
    typst = _typst()
    data = {"what": what, "lang": lang, "fonts": _fonts(lang), **_content(session, lang)}
    try:
        return typst.compile(str(_TEMPLATES / "main.typ"), root=str(_TEMPLATES), font_paths=_found(),
                             sys_inputs={"data": json.dumps(data, ensure_ascii=False)})  # fmt: skip
    except typst.TypstError as fault:
        raise UserError("print_failed", place=f"{session.id} {what} {lang}", value=fault.message) from None


def _content(session, lang) -> dict:
    values = session.values
    words = {key.removeprefix(_PHRASES): phrase[lang] for key, phrase in catalogue().items()
             if key.startswith(_PHRASES)}  # fmt: skip
    low_to = {"board": values["board_faces"], "group": values["group_faces"]}
    faces = {k: v if v == "1" else words["to_one"].format(low=1, high=v) for k, v in low_to.items()}
    sees = {k: words[f"sees_{k}"].format(**faces) for k in ("board", "group", "office")}
    parts = {name: session.told(name, lang) for name in PARTS}
    marks = _curl if lang == "en" else str
    guide = markdown.blocks(marks(session.guide(lang)), f"guide.{lang}.md")
    measured = {"arms": session.measured["arms"], "worlds": session.measured["worlds"]}
    content = {"words": words, "sees": sees, "session": session.told("session", lang), "guide": guide,
               "measured": measured, "band": words["band"].format(worlds=measured["worlds"]),
               "arms": dict(session.model.arms), **parts}  # fmt: skip
    content = json.loads(json.dumps(content))
    return _marked(content, marks)


def _curl(text: str) -> str:
    """English quotation marks as a printer sets them; one after a space or a Markdown sign opens."""
    return re.sub(r'(^|[\s(*])"', r"\1“", text, flags=re.M).replace('"', "”").replace("'", "’")


def _marked(data, marks):
    """Every text in ``data`` with its punctuation as a printer sets it."""
    if isinstance(data, str):
        return marks(data)
    if isinstance(data, dict):
        return {key: _marked(below, marks) for key, below in data.items()}
    if isinstance(data, list):
        return [_marked(below, marks) for below in data]
    return data


def _typst():
    try:
        import typst
    except ImportError:
        raise UserError("print_needs_typst") from None
    return typst


@cache
def _found():
    """The fonts of this computer, looked through once."""
    return _typst().Fonts()


def _fonts(lang) -> dict[str, list[str]]:
    """Latin and Chinese fonts that are there, best first; Chinese pages need a Chinese one."""
    there = set(_found().families())
    chinese = [name for name in CHINESE + SECOND_BEST if name in there]
    if lang == "zh" and not chinese:
        raise UserError("print_font_missing", allowed=", ".join(CHINESE))
    latin = [name for name in LATIN if name in there] or ["Libertinus Serif"]
    return {"latin": latin, "chinese": chinese}
