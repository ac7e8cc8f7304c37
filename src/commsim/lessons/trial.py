"""The panel and the explanation of a question to a textbook model: the lesson's, with lines in place of the player."""

from __future__ import annotations

from html import escape
from pathlib import Path

import ipywidgets as widgets

from commsim.lessons import bets, outcomes
from commsim.lessons.drawing import picture
from commsim.lessons.panel import Panel
from commsim.lessons.talk import Explanation
from commsim.lessons.textbook import MODELS, Trial, tried, trying
from commsim.show.files import whole_file
from commsim.words import say


class TrialPanel(Panel):
    """The picture of the first trial, and a table over all of them."""

    READY = "lesson.trial.ready"

    def _view(self):
        view = widgets.HTML(layout={"width": "100%"})
        view.add_class("commsim-trial")
        return view

    def _living(self, side, world: int):
        yield
        return (yield from trying(self.item.model, side, world))

    def _two_lives(self):
        yield
        return {}  # the lines are those of the first trial

    def _previews(self, sides) -> dict[str, list[Trial]]:
        now = self.sides()
        return {side: [tried(self.item.model, now[side], 1)] for side in sides}

    def _paint(self, known: bool = False):
        self._known = known
        if not known:
            self.said.value = say("lesson.run.preview", self.lang)
        self.player.value = self._picture() + self._table(known)

    def _picture(self) -> str:
        ghost, model = self._ghost(), self.item.model
        bet = (ghost["y"], ghost["label"]) if ghost and MODELS[model].ghost else None
        titles = dict(zip("ab", self._titles(), strict=True))
        words = (say(f"lesson.trial.{model}.{axis}", self.lang) for axis in "xy")
        return picture({side: lives[0] for side, lives in self._lives.items()}, titles, *words, bet)

    def _table(self, known: bool) -> str:
        rows = [f"<tr><th></th><th>A</th><th>B</th><th>{escape(say('lesson.explain.yours', self.lang))}</th></tr>"]
        bet = bets.of(self.item.id)
        for tile in self._tiles(known):
            yours = f"{bet:g}" if bet is not None and len(rows) == 1 else ""
            cells = "".join(f'<td style="padding:2px 18px">{cell}</td>' for cell in (tile["a"], tile["b"], yours))
            rows.append(f'<tr><th style="text-align:left">{escape(tile["label"])}</th>{cells}</tr>')
        return f"<table>{''.join(rows)}</table>"

    def save(self, path: str | Path) -> Path:
        """What the panel shows, with all its trials, as one HTML file."""
        self.finish()
        ask = escape(self.item.ask.say(self.lang))
        page = (f'<!doctype html><html lang="{self.lang}"><meta charset="utf-8"><title>{escape(self.item.id)}</title>'
                f"<body><p>{ask}</p>{self.player.value}</body></html>")  # fmt: skip
        return whole_file(Path(path), page.encode("utf-8"))

    def _repr_mimebundle_(self, **kwargs):
        """Where widgets cannot run, the picture and the table stand for the panel."""
        bundle = widgets.VBox._repr_mimebundle_(self, **kwargs)
        data = bundle[0] if isinstance(bundle, tuple) else bundle
        return {**data, "text/html": self.player.value, "text/plain": self.item.ask.say(self.lang)}


class TrialExplanation(Explanation):
    """Bet, outcome and reasons as in every lesson; the assumptions are those of a textbook, told in words."""

    def _lived(self, side, world: int) -> Trial:
        return tried(self.item.model, side, world)

    def _measures(self):
        return self.item.tiles

    def _assumptions(self) -> str:
        return "<ul>" + "".join(f"<li>{escape(text)}</li>" for text in self.item.assumptions.say(self.lang)) + "</ul>"


def holds(item, claim) -> bool:
    """Whether trials say what the lesson claims: the whole 95 % interval lies on the claimed side of 0."""
    return outcomes.holds(item, claim, lambda one, side, world: tried(one.model, side, world))
