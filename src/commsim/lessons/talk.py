"""What a lesson says around a run: placing a bet, explaining the outcome, checking oneself."""

from __future__ import annotations

from functools import cached_property
from html import escape

import ipywidgets as widgets

from commsim.errors import UserError
from commsim.lessons import bets
from commsim.lessons.items import Check, Item
from commsim.lessons.outcomes import OUTCOMES, band, difference, lived
from commsim.scenarios import load
from commsim.scenarios.telling import source_in_words
from commsim.show.wording import plain
from commsim.state.settings import PARAMETERS
from commsim.words import language, say

WIDE = {"width": "100%"}


def large_text() -> widgets.HTML:
    """Widgets write in 13 pixels, which nobody at the back of a room can read."""
    rule = "{ --jp-widgets-font-size: 16px; line-height: 1.6 }"
    parts = ", ".join(f".commsim-{part}" for part in ("predict", "panel", "check", "explanation", "log"))
    return widgets.HTML(f"<style>{parts} {rule}</style>", layout={"display": "none"})


def place_bet(item: Item, value: float) -> None:
    """Keep a bet, if it is one that the item allows."""
    low, high = item.bet.low, item.bet.high
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not low <= value <= high:
        raise UserError("bet_range", place=item.id, value=value, low=low, high=high)
    bets.place(item.id, value)


class Prediction(widgets.VBox):
    """The question, a slider and a button; a placed bet is answered."""

    def __init__(self, item: Item, lang: str | None = None):
        self.item, self.lang = item, language(lang)
        bet = bets.of(item.id)
        ask = widgets.HTML(f"<p>{escape(item.ask.say(self.lang, **item.blanks()))}</p>", layout=WIDE)
        # one message when the slider rests: while it moves they are held back, and the button would overtake them
        self.slider = widgets.IntSlider(value=item.bet.start if bet is None else int(bet), min=item.bet.low,
                                        max=item.bet.high, step=item.bet.step,
                                        description=say("lesson.predict.slider", self.lang),
                                        continuous_update=False)  # fmt: skip
        self.button = widgets.Button(description=say("lesson.predict.place", self.lang), button_style="primary")
        self.button.on_click(lambda _: self.place())
        self.said = widgets.HTML(say("lesson.predict.none", self.lang) if bet is None else self._told(bet))
        super().__init__([large_text(), ask, widgets.HBox([self.slider, self.button]), self.said])
        self.add_class("commsim-predict")

    def place(self) -> None:
        try:
            place_bet(self.item, self.slider.value)
            self.said.value = self._told(self.slider.value)
        except UserError as mistake:
            self.said.value = escape(mistake.text(self.lang))

    def _told(self, bet: float) -> str:
        return escape(say("lesson.predict.placed", self.lang, value=f"{bet:g}"))


class Explanation(widgets.VBox):
    """The bet against the outcome as a band, the reasons, both plans side by side, the assumptions.

    Nobody should read the outcome before betting: without a bet there is only a button, and a bet
    placed later opens the page, or brings it up to date.
    """

    def __init__(self, item: Item, lang: str | None = None):
        self.item, self.lang = item, language(lang)
        self.page = widgets.HTML(layout=WIDE)
        self.anyway = widgets.Button(description=self._say("anyway"), layout={"width": "auto"})
        self.anyway.on_click(lambda _: self.reveal())
        super().__init__([self.page])
        self.add_class("commsim-explanation")
        bets.when_placed(item.id, self.reveal)
        if self.bet is not None:
            self.reveal()
        else:
            self.page.value = f"<p>{escape(self._say('no_bet'))}</p>"
            self.children = [self.page, self.anyway]

    @property
    def bet(self) -> float | None:
        return bets.of(self.item.id)

    @cached_property
    def lives(self) -> dict[str, list]:
        worlds = range(1, self.item.worlds + 1)
        return {side: [self._lived(self.item.side(side, {}), world) for world in worlds] for side in "ab"}

    def _lived(self, side, world: int):
        return lived(self.item, side, world)

    def _measures(self):
        """What the table of both plans compares."""
        return OUTCOMES

    @property
    def outcome(self) -> dict:
        return band(self.lives["b"], self.item.outcome)

    def reveal(self) -> None:
        """Show the whole page."""
        self.page.value = self.html()
        self.children = [self.page]

    def _repr_mimebundle_(self, **kwargs):
        """Where nothing can be clicked, the page as it stands: without a bet nothing is worked out here,
        because a page that is still loading would lose its widgets while the kernel is busy."""
        bundle = super()._repr_mimebundle_(**kwargs)
        data = bundle[0] if isinstance(bundle, tuple) else bundle
        return {**data, "text/html": self.page.value, "text/plain": self._say("why")}

    def html(self) -> str:
        parts = [*self._bet(), _picture(self.outcome, self.bet, self.item.bet.high, self.lang),
                 f"<h4>{self._say('why')}</h4>", *(f"<p>{escape(text)}</p>" for text in self._why()),
                 f"<h4>{self._say('both', worlds=self.item.worlds)}</h4>", self._both(),
                 f"<h4>{self._say('assumptions')}</h4>", self._assumptions()]  # fmt: skip
        return f'<div class="commsim-explain" lang="{self.lang}">{"".join(parts)}</div>'

    def told(self) -> str:
        """The outcome and the reasons as plain text."""
        return "\n".join([*self._sentences(), *self._why()])

    def _say(self, key, **blanks) -> str:
        return say(f"lesson.explain.{key}", self.lang, **blanks)

    def _why(self) -> list[str]:
        return self.item.why.say(self.lang, **self.item.blanks())

    def _sentences(self) -> list[str]:
        unit = say(f"lesson.outcome.{self.item.outcome}.unit", self.lang)
        found = {name: f"{value:.1f}" for name, value in self.outcome.items() if name != "from"}
        told = [self._say("outcome", worlds=self.item.worlds, unit=unit, from_=f"{self.outcome['from']:.1f}", **found)]
        if self.bet is None:
            return [self._say("no_bet"), *told]
        where = "inside" if self.outcome["from"] <= self.bet <= self.outcome["to"] else (
            "above" if self.outcome["mean"] < self.bet else "below")  # fmt: skip
        feedback = self.item.answer_to(self.bet).say(self.lang, **self.item.blanks())
        return [self._say("bet", bet=f"{self.bet:g}", unit=unit), *told, self._say(where), feedback]

    def _bet(self) -> list[str]:
        return ["<p>" + " ".join(escape(text) for text in self._sentences()) + "</p>"]

    def _both(self) -> str:
        titles = (f"{side} {title}" for side, title in zip("AB", self.item.titles({}, self.lang), strict=True))
        head = (self._say("measure"), *titles, self._say("difference"))
        rows = []
        for outcome in self._measures():
            a, b = (band(self.lives[side], outcome) for side in "ab")
            apart = difference(self.lives["a"], self.lives["b"], outcome)
            interval = "–" if apart["mean"] is None else "{mean:+.1f} ({low:+.1f} … {high:+.1f})".format(**apart)
            label = say(f"lesson.outcome.{outcome}.label", self.lang)
            rows.append((label, *("–" if x["mean"] is None else f"{x['mean']:.1f}" for x in (a, b)), interval))
        return _table(head, rows)

    def _assumptions(self) -> str:
        numbers = {number.path: number for number in load(self.item.scenario).numbers()}
        rows = [_assumption(self.item, path, numbers, self.lang) for path in self.item.assumptions]
        return _table([self._say(name) for name in ("number", "value", "source")], rows)


def _assumption(item: Item, path: str, numbers, lang) -> tuple[str, str, str]:
    """(label, value in force at the lesson's scale, source in words) of a number that the lesson rests on."""
    group, name = path.split(".")
    local = f"scales.{item.scale}.{'settings' if group == 'settings' else 'rules'}"
    if group == "settings":
        known = numbers.get(f"{local}.{name}") or numbers.get(f"settings.{name}")
        source = known.source if known else PARAMETERS[name].source
        value = plain(item.setting(name), PARAMETERS[name].unit, language(lang))
        return say(f"setting.{name}", lang), value, source_in_words(source, lang)
    known = numbers.get(f"{local}.{group}.{name}") or numbers[f"rules.{group}.{name}"]
    return say(f"argument.{name}", lang), f"{known.value:g}", source_in_words(known.source, lang)


def _table(head, rows) -> str:
    def line(cells, tag):
        inside = "".join(f'<{tag} style="text-align:left">{escape(str(cell))}</{tag}>' for cell in cells)
        return f"<tr>{inside}</tr>"

    return f"<table>{line(head, 'th')}{''.join(line(row, 'td') for row in rows)}</table>"


def _picture(found, bet, high, lang) -> str:
    """The band and the bet on one line, as a small drawing."""
    if found["mean"] is None:
        return ""

    def at(value):
        return 20 + 560 * min(value, high) / high

    marks = ['<line x1="20" x2="580" y1="40" y2="40" stroke="#999"/>',
             f'<rect x="{at(found["from"]):.1f}" y="30" height="20" fill="#0072B2" fill-opacity=".3" '
             f'width="{max(at(found["to"]) - at(found["from"]), 2):.1f}"/>',
             f'<line x1="{at(found["mean"]):.1f}" x2="{at(found["mean"]):.1f}" y1="26" y2="54" stroke="#0072B2" '
             'stroke-width="3"/>',
             _tick(at(0), "0"), _tick(at(high), f"{high:g}"),
             f'<text x="{at(found["mean"]):.1f}" y="20" text-anchor="middle">'
             f'{escape(say("lesson.explain.mean", lang))} {found["mean"]:.1f}</text>']  # fmt: skip
    if bet is not None:
        marks += [f'<line x1="{at(bet):.1f}" x2="{at(bet):.1f}" y1="26" y2="66" stroke="#D55E00" stroke-width="3" '
                  'stroke-dasharray="5 3"/>',
                  f'<text x="{at(bet):.1f}" y="80" text-anchor="middle">{escape(say("lesson.explain.yours", lang))} '
                  f"{bet:g}</text>"]  # fmt: skip
    return (f'<svg viewBox="0 0 600 86" width="600" style="max-width:100%;font-size:14px" role="img">'
            f"{''.join(marks)}</svg>")  # fmt: skip


def _tick(x, text) -> str:
    return f'<text x="{x:.1f}" y="62" text-anchor="middle" fill="#666">{text}</text>'


class SelfCheck(widgets.VBox):
    """Questions with one right answer; every choice is answered at once."""

    def __init__(self, checks: list[Check], lang: str | None = None):
        self.lang = language(lang)
        self.right = {check.id: False for check in checks}
        self.said = widgets.HTML()
        self.questions = {check.id: self._question(check) for check in checks}
        super().__init__([large_text(), *(row for rows in self.questions.values() for row in rows), self.said])
        self.add_class("commsim-check")
        self._count()

    def _question(self, check: Check):
        texts = [option.text.say(self.lang) for option in check.options]
        choice = widgets.RadioButtons(options=list(zip(texts, range(len(texts)), strict=True)), value=None, layout=WIDE)
        answer = widgets.HTML()

        def chosen(change):
            option = check.options[change["new"]]
            verdict = say("lesson.check.right" if option.right else "lesson.check.wrong", self.lang)
            answer.value = f"<p><b>{escape(verdict)}</b> {escape(option.feedback.say(self.lang))}</p>"
            self.right[check.id] = option.right
            self._count()

        choice.observe(chosen, "value")
        return widgets.HTML(f"<p><b>{escape(check.ask.say(self.lang))}</b></p>", layout=WIDE), choice, answer

    def _count(self):
        total, left = len(self.right), sum(not right for right in self.right.values())
        key = "lesson.check.left" if left else "lesson.check.all_right"
        self.said.value = say(key, self.lang, total=total, left=left)
