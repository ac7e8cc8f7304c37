"""What a lesson asks, runs and answers, as data: one YAML file a lesson, every text in both languages.

A mistake in such a file is answered with the file, the place in it and what is missing or allowed.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from commsim.errors import UserError, nearest
from commsim.lessons.outcomes import OUTCOMES, Side, rules_of
from commsim.lessons.textbook import COUNTS, MODELS
from commsim.rules import RULES
from commsim.scenarios import load
from commsim.state.settings import PARAMETERS
from commsim.words import LANGUAGES, language

FOLDER = Path(__file__).parent
Outcome = Literal[OUTCOMES]
Filled = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class _Data(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Text(_Data):
    """The same words in both languages."""

    zh: Filled
    en: Filled

    def say(self, lang: str | None = None, **blanks) -> str:
        text = getattr(self, language(lang))
        return text.format(**blanks) if blanks else text


class Paragraphs(_Data):
    zh: Annotated[list[Filled], Field(min_length=1)]
    en: Annotated[list[Filled], Field(min_length=1)]

    def say(self, lang: str | None = None, **blanks) -> list[str]:
        return [text.format(**blanks) for text in getattr(self, language(lang))]


class Bet(_Data):
    """The slider that a bet is placed with."""

    low: int
    high: int
    step: int = 1
    start: int


class Range(_Data):
    """The answer to every bet that is at most ``up_to`` and above the range before."""

    up_to: int
    feedback: Text


class Sets(_Data):
    """What a control sets: an argument of a rule, or settings, each as a multiple of the control's value."""

    rule: str = ""
    argument: str = ""
    settings: dict[str, float] = {}


class Control(_Data):
    id: str
    side: Literal["a", "b", "both"]
    sets: Sets
    low: int
    high: int
    step: int = 1
    label: Text


class SideData(_Data):
    title: Text
    rules: dict[str, dict[str, int | float | str]] = {}
    settings: dict[str, float] = {}


class Claim(_Data):
    """What the lesson says: ``outcome`` under b minus under a has this sign."""

    outcome: Outcome
    sign: Literal[-1, 1]


class Item(_Data):
    """One question with its two sides; ``id``, ``scenario`` … come from the lesson."""

    id: str
    scenario: str
    scale: str
    policy: str
    days: Annotated[int, Field(ge=1, le=3650)]
    worlds: Annotated[int, Field(ge=2, le=200)]
    player_days: Annotated[int, Field(ge=10, le=400)]
    preview_world: Annotated[int, Field(ge=1)]
    outcome: Outcome
    ask: Text
    bet: Bet
    options: Annotated[list[Range], Field(min_length=2)]
    a: SideData
    b: SideData
    controls: Annotated[list[Control], Field(min_length=1, max_length=4)]
    tiles: Annotated[list[Outcome], Field(min_length=1, max_length=4)]
    claims: Annotated[list[Claim], Field(min_length=1)]
    why: Paragraphs
    quotes: dict[str, Annotated[str, StringConstraints(pattern=r"^\w+\.\w+$")]] = {}
    assumptions: Annotated[list[str], Field(min_length=1)]

    @model_validator(mode="after")
    def _whole(self):
        """Every bet has its answer, and sides and controls set what exists to what is allowed."""
        limits = [option.up_to for option in self.options]
        if limits != sorted(set(limits)) or limits[-1] != self.bet.high:
            raise _mistake("lesson_options", f"{self.id}.options", limits, self.bet.high)
        for quoted in self.quotes.values():
            group, number = quoted.split(".")
            rules, settings = ({}, {number: 0}) if group == "settings" else ({group: {number: 0}}, {})
            self._check_names(f"{self.id}.quotes", rules, settings)
        for name in ("a", "b"):
            self._check_names(f"{self.id}.{name}", getattr(self, name).rules, getattr(self, name).settings)
            rules_of(self.scenario, self.scale, self.policy, self.side(name, {}))
        for control in self.controls:
            where = f"{self.id}.controls.{control.id}"
            arguments = {control.sets.argument: 0} if control.sets.argument else {}
            self._check_names(where, {control.sets.rule: arguments} if control.sets.rule else {}, control.sets.settings)
            for value in (control.low, control.high, self.start_of(control)):
                if not control.low <= value <= control.high:
                    raise _mistake("value_out_of_range", where, value, low=control.low, high=control.high)
                self._check_values(where, self.with_values({control.id: value}))
        return self

    def _check_names(self, where, rules, settings):
        names = [name for name in load(self.scenario).policy(self.policy).names if name]
        for rule, arguments in rules.items():
            if rule not in names:
                raise _mistake("value_unknown", where, rule, ", ".join(names), nearest=nearest(rule, names))
            known = list(RULES[_kind(self, rule)].limits)
            for argument in arguments:
                if argument not in known:
                    raise _mistake("value_unknown", where, argument, ", ".join(known), nearest=nearest(argument, known))
        for name in settings:
            if name not in PARAMETERS:
                close = nearest(name, PARAMETERS)
                raise _mistake("value_unknown", where, name, close or "", nearest=close)

    def _check_values(self, where, sides):
        for side in sides:
            rules_of(self.scenario, self.scale, self.policy, side)  # a rule refuses what it does not allow
            for name, value in side.settings.items():
                low, high = PARAMETERS[name].low, PARAMETERS[name].high
                if not low <= value <= high:
                    raise _mistake("value_out_of_range", f"{where}: {name}", value, low=low, high=high)

    def start_of(self, control: Control) -> int:
        """Where a control stands at first: what its side, or the policy, says."""
        side = self.a if control.side == "both" else getattr(self, control.side)
        if control.sets.rule:
            given = side.rules.get(control.sets.rule, {}).get(control.sets.argument)
            return int(self._rule(control.sets.rule, control.sets.argument) if given is None else given)
        name, factor = next(iter(control.sets.settings.items()))
        given = side.settings.get(name)
        return round((self.setting(name) if given is None else given) / factor)

    def _rule(self, rule: str, argument: str):
        place = load(self.scenario)
        at = place.policy(self.policy).names.index(rule)
        return getattr(place.rules(self.policy, self.scale)[at], argument)

    def setting(self, name: str) -> float:
        """The scenario's value of a setting at the lesson's scale."""
        return getattr(load(self.scenario).settings(self.scale).x, name)

    def side(self, name: str, values: dict[str, int]) -> Side:
        """Side ``a`` or ``b`` with controls at ``values`` (those not given stay where they are)."""
        data = getattr(self, name)
        rules = {rule: dict(arguments) for rule, arguments in data.rules.items()}
        settings = dict(data.settings)
        for control in self.controls:
            if control.id in values and control.side in (name, "both"):
                if control.sets.rule:
                    rules.setdefault(control.sets.rule, {})[control.sets.argument] = values[control.id]
                for setting, factor in control.sets.settings.items():
                    settings[setting] = factor * values[control.id]
        return Side(rules, settings)

    def titles(self, values: dict[str, int], lang: str | None = None) -> tuple[str, str]:
        """What the two sides are called with controls at ``values``; their titles quote controls by id."""
        now = {control.id: self.start_of(control) for control in self.controls} | values
        return self.a.title.say(lang, **now), self.b.title.say(lang, **now)

    def with_values(self, values: dict[str, int]) -> tuple[Side, Side]:
        """Both sides with controls at ``values``."""
        return self.side("a", values), self.side("b", values)

    def blanks(self) -> dict[str, str]:
        """Numbers that texts quote, from the scenario at the lesson's scale."""
        found = {}
        for name, path in self.quotes.items():
            group, number = path.split(".")
            found[name] = f"{self.setting(number) if group == 'settings' else self._rule(group, number):g}"
        return found

    def answer_to(self, bet: float) -> Text:
        """What is said to a bet."""
        return next(option.feedback for option in self.options if bet <= option.up_to)


class TrialControl(_Data):
    """A control of a textbook model: it sets one number of a side, or of both."""

    id: str
    side: Literal["a", "b", "both"]
    number: str
    low: int
    high: int
    step: int = 1
    label: Text


class TrialSide(_Data):
    title: Text
    numbers: dict[str, int]


class TrialClaim(_Data):
    """What the lesson says: ``outcome`` under b minus under a has this sign."""

    outcome: Literal[COUNTS]
    sign: Literal[-1, 1]


class Textbook(_Data):
    """A question to a textbook model instead of the community: its two sides give the model's numbers."""

    id: str
    model: Literal[tuple(MODELS)]
    worlds: Annotated[int, Field(ge=2, le=200)]
    outcome: Literal[COUNTS]
    ask: Text
    bet: Bet
    options: Annotated[list[Range], Field(min_length=2)]
    a: TrialSide
    b: TrialSide
    controls: Annotated[list[TrialControl], Field(min_length=1, max_length=4)]
    tiles: Annotated[list[Literal[COUNTS]], Field(min_length=1, max_length=4)]
    claims: Annotated[list[TrialClaim], Field(min_length=1)]
    why: Paragraphs
    assumptions: Paragraphs

    @model_validator(mode="after")
    def _whole(self):
        """Every bet has its answer, and sides, controls and tiles name what the model has."""
        limits, model = [option.up_to for option in self.options], MODELS[self.model]
        if limits != sorted(set(limits)) or limits[-1] != self.bet.high:
            raise _mistake("lesson_options", f"{self.id}.options", limits, self.bet.high)
        for side in "ab":
            numbers = tuple(getattr(self, side).numbers)
            if set(numbers) != set(model.numbers):
                raise _mistake("value_unknown", f"{self.id}.{side}", ", ".join(numbers), ", ".join(model.numbers))
        for control in self.controls:
            where = f"{self.id}.controls.{control.id}"
            if control.number not in model.numbers:
                raise _mistake("value_unknown", where, control.number, ", ".join(model.numbers))
            if not control.low <= self.start_of(control) <= control.high:
                raise _mistake("value_out_of_range", where, self.start_of(control), low=control.low, high=control.high)
        for count in (self.outcome, *self.tiles, *(claim.outcome for claim in self.claims)):
            if count not in model.counts:
                raise _mistake("value_unknown", self.id, count, ", ".join(model.counts))
        return self

    def start_of(self, control: TrialControl) -> int:
        """Where a control stands at first."""
        return (self.a if control.side == "both" else getattr(self, control.side)).numbers[control.number]

    def side(self, name: str, values: dict[str, int]) -> dict[str, int]:
        """The numbers of side ``a`` or ``b`` with controls at ``values``."""
        numbers = dict(getattr(self, name).numbers)
        for control in self.controls:
            if control.id in values and control.side in (name, "both"):
                numbers[control.number] = values[control.id]
        return numbers

    def with_values(self, values: dict[str, int]) -> tuple[dict[str, int], dict[str, int]]:
        """Both sides with controls at ``values``."""
        return self.side("a", values), self.side("b", values)

    def titles(self, values: dict[str, int], lang: str | None = None) -> tuple[str, str]:
        """What the two sides are called with controls at ``values``; their titles quote their own numbers."""
        return tuple(getattr(self, name).title.say(lang, **self.side(name, values)) for name in "ab")

    def blanks(self) -> dict[str, str]:
        """Texts of a textbook model quote nothing from a scenario."""
        return {}

    def answer_to(self, bet: float) -> Text:
        """What is said to a bet."""
        return next(option.feedback for option in self.options if bet <= option.up_to)


class Option(_Data):
    text: Text
    right: bool
    feedback: Text


class Check(_Data):
    """A question to check oneself with; exactly one option is right."""

    id: str
    ask: Text
    options: Annotated[list[Option], Field(min_length=2)]

    @model_validator(mode="after")
    def _one_right(self):
        if sum(option.right for option in self.options) != 1:
            raise _mistake("lesson_one_right", f"checks.{self.id}", sum(option.right for option in self.options))
        return self


class Lesson(_Data):
    id: str
    items: dict[str, Item] = {}  # questions to the community
    textbook: dict[str, Textbook] = {}  # questions to textbook models
    checks: Annotated[list[Check], Field(min_length=3, max_length=5)]


_SHARED = ("scenario", "scale", "policy", "days", "worlds", "player_days", "preview_world", "quotes")


class _Told(Exception):
    """A mistake already in a user's words, on its way through pydantic."""


def _mistake(key, place, value, allowed=None, **more) -> _Told:
    return _Told(UserError(key, place=place, value=value, allowed=allowed, **more))


def _kind(item: Item, name: str) -> str:
    place = load(item.scenario)
    policy = place.policy(item.policy)
    return policy.rules[policy.names.index(name)].name


def lessons() -> list[str]:
    """Ids of the lessons that come with commsim."""
    return sorted(file.stem for file in FOLDER.glob("*.yaml"))


@cache
def lesson(name: str) -> Lesson:
    """The lesson of that id."""
    if name not in lessons():
        raise UserError("lesson_unknown", value=name, allowed=", ".join(lessons()), nearest=nearest(name, lessons()))
    return read(FOLDER / f"{name}.yaml")


def item(name: str) -> Item | Textbook:
    """The item of that id, e.g. ``notice-1``; the part before the last hyphen names its lesson."""
    every = [lesson(each) for each in lessons()]
    known = {one: items for each in every for items in (each.items, each.textbook) for one in items}
    if name not in known:
        raise UserError("item_unknown", value=name, allowed=", ".join(known), nearest=nearest(name, known))
    return known[name][name]


def read(path: Path) -> Lesson:
    """A lesson from a file, checked."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        data = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
        shared = {name: data.pop(name) for name in _SHARED if name in data}
        for name, one in data.get("items", {}).items():
            one.update({"id": name, **{k: v for k, v in shared.items() if k not in one}})
        for name, one in data.get("textbook", {}).items():
            one.update({"id": name})
    except OSError as fault:
        raise UserError("file_unreadable", place=path.name, value=fault.strerror) from None
    except (YAMLError, AttributeError, TypeError, UnicodeDecodeError):
        raise UserError("file_not_yaml", place=path.name) from None
    try:
        return Lesson.model_validate(data)
    except _Told as told:
        raise told.args[0] from None
    except ValidationError as fault:
        raise _first(fault, path.name) from None


def _first(fault: ValidationError, file: str) -> UserError:
    """The first mistake that pydantic found, in a user's words."""
    error = fault.errors()[0]
    where = ".".join(str(part) for part in error["loc"])
    place, last = f"{file}: {where}", str(error["loc"][-1]) if error["loc"] else ""
    if error["type"] in ("missing", "string_too_short") and last in LANGUAGES:
        return UserError("lesson_language", place=place, value=last)
    if error["type"] == "missing" and last == "feedback":
        return UserError("lesson_feedback", place=place)
    if error["type"] == "missing":
        return UserError("lesson_missing", place=place, value=last)
    if error["type"] == "extra_forbidden":
        return UserError("lesson_extra", place=place, value=last)
    context = error.get("ctx", {})
    if error["type"] in ("too_long", "too_short"):
        limit = f"≤ {context['max_length']}" if "max_length" in context else f"≥ {context['min_length']}"
        return UserError("lesson_count", place=place, value=context["actual_length"], allowed=limit)
    if error["type"] in ("greater_than_equal", "less_than_equal"):
        allowed = f"≥ {context['ge']}" if "ge" in context else f"≤ {context['le']}"
        return UserError("lesson_value", place=place, value=error["input"], allowed=allowed)
    if error["type"] == "literal_error":
        return UserError("lesson_value", place=place, value=error["input"], allowed=context["expected"])
    return UserError("lesson_kind", place=place)
