"""The A/B panel of an item: at most four controls, the player, a chart with the learner's bet on it.

While a control moves, one short life answers at once; when it rests, whole trajectories and all
worlds follow, a slice of days at a time, so that a move never waits for more than a slice; and whatever a
newer move has made stale is dropped.
"""

from __future__ import annotations

import asyncio
import time
from html import escape
from pathlib import Path

import ipywidgets as widgets

from commsim.engine import to_the_end
from commsim.lessons import bets
from commsim.lessons.items import Item
from commsim.lessons.outcomes import Side, band, begin, live, living, mean_curve, restarts_by_day, rules_of
from commsim.lessons.talk import large_text
from commsim.scenarios import load
from commsim.show import player, trajectory
from commsim.words import language, say

REST = 0.5  # seconds without a move before the whole answer is worked out
PREVIEW_DAYS = 120
SLICE, PAUSE = 0.015, 0.005  # seconds of work on the whole answer, and of a pause after it in which a move is heard


class Panel(widgets.VBox):
    """``item`` under two sides; ``values`` are the controls' values by id."""

    READY = "lesson.run.ready"

    def __init__(self, item: Item, lang: str | None = None):
        self.item, self.lang = item, language(lang)
        self._turn = 0
        self._task = None
        self.player = self._view()
        self.controls = {control.id: self._slider(control) for control in item.controls}
        self.said = widgets.HTML()
        self.said.add_class("commsim-said")
        reset = widgets.Button(description=say("lesson.run.reset", self.lang))
        reset.on_click(self._reset)
        super().__init__([large_text(), *self.controls.values(), widgets.HBox([reset, self.said]), self.player])
        self.add_class("commsim-panel")
        self._trajectories = to_the_end(self._two_lives())
        self._lives = self._previews(("a", "b"))
        self._paint()
        self._later(0.0)
        bets.when_placed(item.id, self._bet_placed)

    @property
    def values(self) -> dict[str, int]:
        return {name: slider.value for name, slider in self.controls.items()}

    def sides(self) -> dict[str, Side]:
        return dict(zip("ab", self.item.with_values(self.values), strict=True))

    def _slider(self, control) -> widgets.IntSlider:
        slider = widgets.IntSlider(
            value=self.item.start_of(control), min=control.low, max=control.high, step=control.step,
            description=control.label.say(self.lang), continuous_update=True,
            style={"description_width": "15em"}, layout={"width": "36em", "max_width": "100%"},
        )  # fmt: skip
        slider.observe(lambda change: self._moved(control), "value")
        return slider

    def _reset(self, _):
        for control in self.item.controls:
            self.controls[control.id].value = self.item.start_of(control)

    # -- answers ------------------------------------------------------------------------------

    def _moved(self, control):
        """Answer a move at once with one short life; the whole answer waits until the control rests."""
        self._turn += 1
        self._lives = {**{side: lives[:1] for side, lives in self._lives.items()},
                       **self._previews("ab" if control.side == "both" else control.side)}  # fmt: skip
        self._paint()
        self._later(REST)

    def _previews(self, sides) -> dict[str, list]:
        now = self.sides()
        short = self.item.outcome == "objectors"
        return {side: [live(self.item, now[side], self.item.preview_world, PREVIEW_DAYS, first_notice_only=short)]
                for side in sides}  # fmt: skip

    def _view(self):
        """Where the two sides are shown."""
        return player.Player(lang=self.lang)

    def _living(self, side, world: int):
        """A world under a side, a day at each step; returns its Life."""
        return living(self.item, side, world)

    def _two_lives(self):
        """What the player shows, a day at each step; returns ``{side: Trajectory}``."""
        item, lives = self.item, {}
        for name, side in self.sides().items():
            lives[name] = yield from trajectory.recording(
                load(item.scenario), rules_of(item.scenario, item.scale, item.policy, side), item.scale,
                item.preview_world, item.player_days, begin(item.scenario, item.scale, item.preview_world, side),
            )  # fmt: skip
        return lives

    def _later(self, wait: float):
        """Work the whole answer out after ``wait`` seconds without a move, where something can wait."""
        if self._task is not None:
            self._task.cancel()
        try:
            self._task = asyncio.get_running_loop().create_task(self._whole_answer(self._turn, wait))
        except RuntimeError:  # no event loop: ordinary Python, which asks with finish()
            self._task = None

    async def _whole_answer(self, turn: int, wait: float):
        await asyncio.sleep(wait)
        since = time.perf_counter()
        for _ in self._steps(afresh=wait > 0):  # at first the player shows these lives already
            if time.perf_counter() - since > SLICE:
                await asyncio.sleep(PAUSE)
                if turn != self._turn:
                    return
                since = time.perf_counter()

    def _steps(self, afresh: bool):
        """The whole answer, a day at each step."""
        if afresh:
            self._trajectories = yield from self._two_lives()
        yield from self._worlds()

    def finish(self) -> None:
        """Work out all worlds now, without waiting."""
        to_the_end(self._worlds())

    def save(self, path: str | Path) -> Path:
        """What the panel shows, with all its worlds, as one HTML file."""
        self.finish()
        return player.save(path, *self._trajectories.values(), *self._titles(),
                           chart=self._chart(True), title=self.item.ask.say(self.lang, **self.item.blanks()),
                           lang=self.lang)  # fmt: skip

    def _titles(self) -> tuple[str, str]:
        return self.item.titles(self.values, self.lang)

    def _worlds(self):
        """Live through the item's worlds one after another, a day at each step, and paint what is known."""
        sides, began = self.sides(), time.perf_counter()
        lives = {side: [] for side in sides}
        for done in range(1, self.item.worlds + 1):
            for name, side in sides.items():
                lives[name].append((yield from self._living(side, done)))
            left = (time.perf_counter() - began) / done * (self.item.worlds - done)
            self.said.value = say("lesson.run.working", self.lang, done=done, worlds=self.item.worlds,
                                  seconds=max(1, round(left)))  # fmt: skip
            if done % 4 == 0 or done == self.item.worlds:
                self._lives = lives
                self._paint(known=True)
            yield
        self._say_ready(lives["b"])

    def _say_ready(self, lives):
        self.said.value = say(self.READY, self.lang, worlds=self.item.worlds) + self._answer(lives)

    def _answer(self, lives) -> str:
        """What is said to the bet, once the question's own sides have been lived."""
        bet = bets.of(self.item.id)
        if bet is None or self.values != {control.id: self.item.start_of(control) for control in self.item.controls}:
            return ""
        mean = band(lives, self.item.outcome)["mean"]
        told = self.item.answer_to(bet).say(self.lang, **self.item.blanks())
        return "<br>" + say("lesson.run.answer", self.lang, bet=f"{bet:g}", mean=_short(mean), told=escape(told))

    # -- the picture --------------------------------------------------------------------------

    def _bet_placed(self):
        """The bet comes onto the chart at once."""
        if len(self._lives["b"]) == self.item.worlds:  # while worlds are still to come, the last one answers
            self._say_ready(self._lives["b"])
        self._paint(self._known)

    def _paint(self, known: bool = False):
        self._known = known
        if not known:
            self.said.value = say("lesson.run.preview", self.lang)
        self.player.show(*self._trajectories.values(), *self._titles(), chart=self._chart(known))

    def _chart(self, known: bool) -> dict:
        curve = mean_curve if self.item.outcome == "objectors" else restarts_by_day
        lines = []
        for side, title in zip("ab", self._titles(), strict=True):
            line = curve(self._lives[side])
            if not known:
                line["low"] = line["high"] = None
            lines.append({"name": f"{side.upper()} {title}", "side": side, **line})
        chart = "objectors" if self.item.outcome == "objectors" else "restarts"
        return {"title": say(f"lesson.chart.{chart}.title", self.lang), "x": say(f"lesson.chart.{chart}.x", self.lang),
                "y": say(f"lesson.outcome.{self.item.outcome}.unit", self.lang), "lines": lines,
                "cursor": chart == "restarts", "ghost": self._ghost(), "tiles": self._tiles(known)}  # fmt: skip

    def _ghost(self) -> dict | None:
        """The bet stays on the chart."""
        bet = bets.of(self.item.id)
        return None if bet is None else {"y": bet, "label": say("lesson.run.bet", self.lang, value=f"{bet:g}")}

    def _tiles(self, known: bool) -> list[dict]:
        tiles = []
        for outcome in self.item.tiles:
            told = {side: _short(band(lives, outcome)["mean"]) if known else "…"
                    for side, lives in self._lives.items()}  # fmt: skip
            tiles.append({"label": say(f"lesson.outcome.{outcome}.label", self.lang), **told})
        return tiles

    def _repr_mimebundle_(self, **kwargs):
        """Where widgets cannot run, the player's picture stands for the panel."""
        bundle, still = super()._repr_mimebundle_(**kwargs), self.player._repr_mimebundle_(**kwargs)
        parts = [part[0] if isinstance(part, tuple) else part for part in (bundle, still)]
        return {**parts[0], **{kind: parts[1][kind] for kind in ("image/png", "text/plain")}}


def _short(value: float | None) -> str:
    return "–" if value is None else f"{value:.1f}"
