"""Lessons: bet, run, explain, check yourself; one line a cell, all words from catalogues and lesson files.

    cs.setup()               language from the lesson's folder (zh or en), kernels ready
    cs.predict("notice-1")   a bet, kept on this computer
    cs.run("notice-1")       two futures side by side
    cs.explain("notice-1")   the bet, the outcome as a band, why, the assumptions
    cs.check("notice")       questions with an answer to every option
    cs.log_panel()           your own group's log, after asking the group
    cs.save("notice-1", "notice.html")   the player and the chart as one file, for a phone
"""

from __future__ import annotations

import gc
from pathlib import Path

from commsim.errors import UserError
from commsim.words import LANGUAGES, choose_language, language, say

LONG = 1.0  # seconds of compiling that are worth a word


def setup(lang: str | None = None) -> None:
    """Get ready for a lesson: its language, the compiled model, fonts that can draw Chinese.

    Without ``lang`` the name of the lesson's folder decides (``zh`` or ``en``), else what is set for commsim.
    """
    from commsim import __version__, engine, kernels
    from commsim.show import fonts

    here = Path.cwd().name
    choose_language(lang or (here if here in LANGUAGES else None))
    if not kernels.warmed():
        print(say("lesson.compiling"), flush=True)
    engine.warm()
    fonts.use(language())
    gc.freeze()  # what is loaded stays; looking through it for garbage would hold up a picture for 0.1 s
    print(say("lesson.ready", version=__version__))


def predict(item: str, bet: float | None = None):
    """A widget to bet with; with ``bet`` the bet is placed at once."""
    from commsim.lessons.items import item as item_of

    chosen = item_of(item)
    talk = _part("talk")
    if bet is not None:
        talk.place_bet(chosen, bet)
    return talk.Prediction(chosen)


def run(item: str):
    """The panel of an item: two sides, their controls, the player."""
    from commsim.lessons.items import item as item_of

    chosen = item_of(item)
    return _part("trial").TrialPanel(chosen) if hasattr(chosen, "model") else _part("panel").Panel(chosen)


def explain(item: str):
    """What came of the bet, and why."""
    from commsim.lessons.items import item as item_of

    chosen = item_of(item)
    return _part("trial").TrialExplanation(chosen) if hasattr(chosen, "model") else _part("talk").Explanation(chosen)


def check(lesson: str):
    """The lesson's questions to check oneself with."""
    from commsim.lessons.items import lesson as lesson_of

    return _part("talk").SelfCheck(lesson_of(lesson).checks)


def log_panel(path: str | Path | None = None):
    """A panel for the log of a group: its health, and what may be passed on.  Without a file, the model's log."""
    return _part("panel_log").LogPanel(path)


def save(item: str, path: str | Path, lang: str | None = None) -> Path:
    """Two lives and all worlds of an item as one HTML file that plays without a network."""
    from commsim.lessons.items import item as item_of

    chosen = item_of(item)
    panel = _part("trial").TrialPanel if hasattr(chosen, "model") else _part("panel").Panel
    return panel(chosen, lang).save(path)


def _part(name: str):
    """A room that needs the widgets' libraries."""
    from importlib import import_module

    try:
        return import_module(f"commsim.lessons.{name}")
    except ModuleNotFoundError as missing:
        raise UserError("lab_missing", value=missing.name) from None
