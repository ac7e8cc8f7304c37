"""Tables to fill in by hand: messages, the paper tally and the activity sign-in sheet, in Chinese and English."""

from __future__ import annotations

from pathlib import Path

from commsim.errors import UserError, nearest
from commsim.words import LANGUAGES, language

TEMPLATES = ("native", "tally", "signin")


def template(name: str, lang: str | None = None) -> str:
    """The text of a template; spreadsheets read it rightly if it is written with encoding "utf-8-sig"."""
    if name not in TEMPLATES:
        raise UserError("value_unknown", place="template", value=name, allowed=", ".join(TEMPLATES),
                        nearest=nearest(name, TEMPLATES))  # fmt: skip
    lang = language(lang)
    if lang not in LANGUAGES:
        raise UserError("lang_unknown", value=lang, allowed=", ".join(LANGUAGES))
    return (Path(__file__).parent / f"{name}.{lang}.csv").read_text(encoding="utf-8")
