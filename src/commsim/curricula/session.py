"""A workshop session: its folder read, every part checked, and the numbers that its texts quote.

A folder holds ``session.yaml`` (goals, exercises with minutes, where each number comes from), the
guides in Markdown, and as data in both languages the role cards, worksheet, slides, assessment and
debrief.  In data a number is written ``{name}`` and filled in; in a guide it is written out and
marked, ``160<!--=share-->``, so that the page reads naturally and a wrong number is found.
"""

from __future__ import annotations

import math
import re
import string
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from commsim.errors import UserError, nearest
from commsim.scenarios import load
from commsim.scenarios.reading import YamlFile
from commsim.scenarios.schema import Name, Strict, Words
from commsim.shipped import shipped
from commsim.words import LANGUAGES

PARTS = ("roles", "worksheet", "slides", "assessment", "debrief")
MARK = re.compile(r"([0-9][0-9.,]*(?:\s?%)?)<!--=([a-z_0-9.]+)-->")


def _whole(value: Any) -> int:
    """0, 1, 2 …"""
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise PydanticCustomError("not_a_number", "a number")
    return int(value)


Whole = Annotated[Any, BeforeValidator(_whole)]


class Minutes(Strict):
    min: Whole
    typical: Whole
    max: Whole


class Objective(Strict):
    id: Name
    text: Words


class Exercise(Strict):
    """``cut`` says in which order exercises are left out when time is short (none: never)."""

    id: Name
    title: Words
    what: Words
    minutes: Minutes
    objectives: list[Name] = []
    cut: Whole | None = None


class Group(Strict):
    least: Whole
    most: Whole


class Model(Strict):
    """What the session's two rules are in the model, and how they are measured."""

    scenario: Name
    policy: Name
    scale: Name
    rule: Name
    argument: Name
    days: Whole
    worlds: Whole
    arms: dict[Name, Whole]


class Game(Strict):
    """The game with dice: one throw stands for ``throw_days``; who throws low enough sees the notice."""

    sides: Whole
    throw_days: Whole


class Lesson(Strict):
    item: Name
    notebook: Name


class SessionFields(Strict):
    """``session.yaml``."""

    id: Name
    title: Words
    line: Words
    audience: Words
    group: Group
    at_most_minutes: Whole
    lesson: Lesson
    objectives: Annotated[list[Objective], Field(min_length=1)]
    materials: Annotated[list[Words], Field(min_length=1)]
    exercises: Annotated[list[Exercise], Field(min_length=1)]
    model: Model
    game: Game
    numbers: dict[Name, dict[Name, Any]]


class Role(Strict):
    id: Name
    kind: Name
    channel: Name
    name: Words
    who: Words
    want: Words
    know: Words
    can: Words


class Poster(Strict):
    """The notice itself, to hang on the wall."""

    title: Words
    lines: Annotated[list[Words], Field(min_length=1)]
    sign: Words


class RoleFields(Strict):
    cards: Annotated[list[Role], Field(min_length=1)]
    poster: Poster


class Option(Strict):
    text: Words
    right: bool = False
    why: Words


class Item(Strict):
    id: Name
    objective: Name
    question: Words
    options: Annotated[list[Option], Field(min_length=1)]


class AssessmentFields(Strict):
    intro: Words
    items: Annotated[list[Item], Field(min_length=1)]


class Question(Strict):
    kind: Name
    ask: Words
    listen: Words


class DebriefFields(Strict):
    questions: Annotated[list[Question], Field(min_length=1)]


class Block(Strict):
    """One part of the worksheet: lines to write on, a table to fill, or boxes to tick."""

    kind: Name
    title: Words
    text: Words | None = None
    lines: Whole = 0
    heads: list[Words] = []
    rows: list[Words] = []
    choices: list[Words] = []


class WorksheetFields(Strict):
    title: Words
    blocks: Annotated[list[Block], Field(min_length=1)]


class Slide(Strict):
    """One slide: points, one big number, a table of bars with the model's band, or a title."""

    kind: Name
    title: Words
    points: list[Words] = []
    big: Words | None = None
    measures: list[Name] = []
    labels: list[Words] = []


class SlideFields(Strict):
    slides: Annotated[list[Slide], Field(min_length=1)]


SHAPES = dict(zip(PARTS, (RoleFields, WorksheetFields, SlideFields, AssessmentFields, DebriefFields), strict=True))

# (part, list, key): what the key may say
CHOICES = {
    ("roles", "cards", "kind"): ("resident", "official"),
    ("roles", "cards", "channel"): ("board", "group", "office"),
    ("debrief", "questions", "kind"): ("describe", "feel", "analyse", "compare", "transfer", "act"),
    ("worksheet", "blocks", "kind"): ("lines", "table", "choices"),
    ("slides", "slides", "kind"): ("title", "points", "big", "bands"),
}


def available() -> list[str]:
    """Ids of the sessions that come with commsim."""
    return sorted(file.parent.name for file in (shipped("curricula") / "sessions").glob("*/session.yaml"))


def read(name: str | Path) -> Session:
    """The session of that id, or in the folder at that path, with every part of it checked."""
    path = Path(name).expanduser()
    folder = path if len(path.parts) > 1 else shipped("curricula") / "sessions" / path
    if not path.name or not (folder / "session.yaml").is_file():
        raise UserError("session_unknown", value=str(name), allowed=", ".join(available()),
                        nearest=nearest(name, available()))  # fmt: skip
    file = YamlFile(folder / "session.yaml")
    plain = file._checked(SessionFields, file.tree)
    session = Session(folder, file, plain)
    session.check()
    return session


@dataclass
class Session:
    """A session whose folder was read; parts and numbers are worked out when asked for."""

    folder: Path
    file: YamlFile
    fields: SessionFields

    def __getattr__(self, name):
        if name.startswith("__") or "fields" not in self.__dict__:
            raise AttributeError(name)
        return getattr(self.fields, name)

    @cached_property
    def parts(self) -> dict[str, Strict]:
        """Role cards, worksheet, slides, assessment and debrief, checked."""
        found = {}
        for name, shape in SHAPES.items():
            file = YamlFile(self.folder / f"{name}.yaml")
            found[name] = file._checked(shape, file.tree)
            _check_choices(name, found[name], file)
        return found

    @cached_property
    def scenario(self):
        return load(self.model.scenario)

    @cached_property
    def measured(self) -> dict:
        """What the model said: ``measured.yaml``."""
        return YamlFile(self.folder / "measured.yaml").tree

    # -- numbers -----------------------------------------------------------------------------------

    @cached_property
    def values(self) -> dict[str, str]:
        """Every number that a text may quote, as it is written: ``{"share": "160"}``."""
        found = {name: self._number(name, dict(spec)) for name, spec in self.numbers.items()}
        for part in ("min", "typical", "max"):
            for exercise in self.exercises:
                found[f"{part}.{exercise.id}"] = str(getattr(exercise.minutes, part))
            found[f"total.{part}"] = str(self.total(part))
        found["total.core"] = str(self.total("typical", without_cuts=True))
        return found

    def total(self, part: str, without_cuts: bool = False) -> int:
        """Minutes of the whole session."""
        return sum(getattr(e.minutes, part) for e in self.exercises if not (without_cuts and e.cut))

    def _number(self, name, spec) -> str:
        digits, percent = spec.pop("digits", 0), spec.pop("percent", False)
        scale = spec.pop("scale", None)
        if len(spec) != 1 or next(iter(spec)) not in _SOURCES:
            raise self._wrong(("numbers", name), "session_number_source", value=", ".join(map(str, spec)),
                              allowed=", ".join(_SOURCES))  # fmt: skip
        (kind, where), *_ = spec.items()
        try:
            value = _SOURCES[kind](self, where, scale)
        except (KeyError, AttributeError, TypeError):
            raise self._wrong(("numbers", name), "session_number_nowhere", value=str(where)) from None
        return _written(100 * value if percent else value, digits)

    def _rule(self, where, scale):
        name, argument = where.split(".")
        for policy in self.scenario.policies.values():
            for rule, own in zip(self.scenario.rules(policy.id, scale), policy.names, strict=True):
                if own == name:
                    return getattr(rule, argument)
        raise KeyError(name)

    def _setting(self, where, scale):
        return getattr(self.scenario.settings(scale).x, where)

    def _share(self, where, scale):
        x = self.scenario.settings(where).x
        return (x.project_cost - x.project_subsidy) / x.project_households

    def _faces(self, where, scale):
        """Of the faces of a die, how many show the notice: 1 - e^(-r d) of them."""
        rate = getattr(self.scenario.settings(self.model.scale).x, where)
        return round(self.game.sides * (1 - math.exp(-rate * self.game.throw_days)))

    def _throws(self, where, scale):
        return self.model.arms[where] / self.game.throw_days

    def _measured(self, where, scale):
        node = self.measured
        for step in where.split("."):
            node = node[step]
        return node

    # -- checks ------------------------------------------------------------------------------------

    def _wrong(self, loc, key, **facts):
        return self.file._fault(loc, key, **facts)

    def check(self) -> None:
        """Everything that only shows when the parts are put together."""
        self._check_minutes()
        self._check_objectives()
        values = self.values
        for name, part in {"session": self.fields, **self.parts}.items():
            for place, text in _texts(part.model_dump(), name):
                for _, blank, _, _ in _blanks(text, place):
                    if blank is not None and blank not in values:
                        raise UserError("session_number_unknown", place=place, value=blank,
                                        nearest=nearest(blank, values))  # fmt: skip
        for lang in LANGUAGES:
            self.guide(lang)

    def _check_minutes(self):
        for i, exercise in enumerate(self.exercises):
            m = exercise.minutes
            if not m.min <= m.typical <= m.max:
                raise self._wrong(("exercises", i, "minutes"), "session_minutes_order",
                                  value=f"{m.min}, {m.typical}, {m.max}")  # fmt: skip
        if self.total("typical") > self.at_most_minutes:
            raise self._wrong(("at_most_minutes",), "session_too_long", value=self.total("typical"),
                              allowed=self.at_most_minutes)  # fmt: skip
        cuts = sorted(e.cut for e in self.exercises if e.cut is not None)
        if cuts != list(range(1, len(cuts) + 1)):
            raise self._wrong(("exercises",), "session_cuts", value=", ".join(map(str, cuts)))
        if self.group.least > self.group.most:
            raise self._wrong(("group",), "session_group", value=f"{self.group.least}, {self.group.most}")

    def _check_objectives(self):
        known = [o.id for o in self.objectives]
        exercised = {o for e in self.exercises for o in e.objectives}
        assessed = {item.objective for item in self.parts["assessment"].items}
        for i, exercise in enumerate(self.exercises):
            if not exercise.objectives:
                raise self._wrong(("exercises", i), "session_exercise_idle", value=exercise.id)
            for o in exercise.objectives:
                self._known(o, known, ("exercises", i, "objectives"))
        for i, o in enumerate(known):
            if o not in exercised:
                raise self._wrong(("objectives", i), "session_objective_unexercised", value=o)
            if o not in assessed:
                raise self._wrong(("objectives", i), "session_objective_unassessed", value=o)
        for item in self.parts["assessment"].items:
            self._known(item.objective, known, ("objectives",))
            if len(item.options) < 2 or sum(option.right for option in item.options) != 1:
                raise UserError("session_one_right", place="assessment.yaml", value=item.id)

    def _known(self, objective, known, loc):
        if objective not in known:
            raise self._wrong(loc, "session_objective_unknown", value=objective, allowed=", ".join(known),
                              nearest=nearest(objective, known))  # fmt: skip

    # -- texts -------------------------------------------------------------------------------------

    def told(self, part: str, lang: str) -> Any:
        """A part as plain data in one language, its numbers filled in."""
        data = self.fields if part == "session" else self.parts[part]
        return _in(data.model_dump(), lang, self.values)

    def guide(self, lang: str) -> str:
        """The guide's Markdown without its marks; a number that is no longer true is an error."""
        path = self.folder / f"guide.{lang}.md"
        try:
            text = path.read_text(encoding="utf-8")
        except FileNotFoundError:
            raise UserError("file_missing", place=str(path)) from None
        for found in MARK.finditer(text):
            written, name = found.groups()
            line = text.count("\n", 0, found.start()) + 1
            if name not in self.values:
                raise UserError("session_number_unknown", place=f"{path}:{line}", value=name,
                                nearest=nearest(name, self.values))  # fmt: skip
            if written.rstrip(" %").replace(",", "") != self.values[name]:
                raise UserError("session_number_stale", place=f"{path}:{line}", value=written,
                                allowed=self.values[name], name=name)  # fmt: skip
        return MARK.sub(r"\1", text)


_SOURCES = {
    "rule": Session._rule,
    "setting": Session._setting,
    "share": Session._share,
    "people": lambda s, where, scale: s.scenario.scale(where).people,
    "faces": Session._faces,
    "throws": Session._throws,
    "arm": lambda s, where, scale: s.model.arms[where],
    "measured": Session._measured,
    "group": lambda s, where, scale: getattr(s.group, where),
    "game": lambda s, where, scale: getattr(s.game, where),
    "count": lambda s, where, scale: len(next(v for v in s.parts[where].model_dump().values() if isinstance(v, list))),
    "model": lambda s, where, scale: getattr(s.model, where),
}


def _check_choices(name, part, file):
    for (chosen, rows, key), allowed in CHOICES.items():
        for i, row in enumerate(getattr(part, rows) if chosen == name else ()):
            value = getattr(row, key)
            if value not in allowed:
                raise file._fault((rows, i, key), "value_unknown", value=value, allowed=", ".join(allowed),
                                  nearest=nearest(value, allowed))  # fmt: skip


def _written(value: float, digits: int) -> str:
    text = f"{value:.{digits}f}" if digits else str(math.floor(value + 0.5))
    return text.removesuffix(".0")


def _texts(data, place):
    if isinstance(data, str):
        yield place, data
    elif isinstance(data, dict):
        for key, below in data.items():
            yield from _texts(below, f"{place}.{key}")
    elif isinstance(data, list):
        for i, below in enumerate(data):
            yield from _texts(below, f"{place}.{i}")


def _blanks(text, place):
    try:
        return list(string.Formatter().parse(text))
    except ValueError:
        raise UserError("session_braces", place=place, value=text[:40]) from None


def _in(data, lang, values):
    if isinstance(data, dict):
        if set(data) == set(LANGUAGES):
            return re.sub(r"\{([a-z_0-9.]+)\}", lambda m: values[m[1]], _flowing(data[lang], lang))
        return {key: _in(below, lang, values) for key, below in data.items()}
    if isinstance(data, list):
        return [_in(below, lang, values) for below in data]
    return data


def _flowing(text, lang):
    """A folded line leaves a space, which Chinese does not want between its characters."""
    return re.sub(r"(?<=[^\x00-\x7f])[ \n]+(?=[^\x00-\x7f])", "", text) if lang == "zh" else text
