"""Rule: one dated lever of governance, with two verbs.

*set*: while the rule holds, levers in the settings take its values.  *do*: it puts something into
the day.  A rule is a frozen dataclass; its fields are its arguments, so it prints as the line that
made it, compares by value and travels as JSON.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import ClassVar

from commsim.errors import UserError, nearest
from commsim.state.settings import PLACES, Levers, Settings

RULES: dict[str, type[Rule]] = {}
FOREVER = 10**6


@dataclass(frozen=True, kw_only=True)
class Rule:
    """Holds on days ``start`` <= day < ``end``."""

    start: int = 0
    end: int = FOREVER
    name: ClassVar[str] = ""
    limits: ClassVar[dict[str, tuple]] = {}  # argument -> (low, high) or a tuple of allowed words

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        if cls.name:
            RULES[cls.name] = cls

    def __post_init__(self):
        for argument, allowed in {"start": (0, FOREVER), "end": (0, FOREVER), **self.limits}.items():
            _check(self.name, argument, getattr(self, argument), allowed)
        if self.end < self.start:
            raise UserError("ends_before_it_starts", place=f"{self.name}.end", value=self.end, start=self.start)

    def holds(self, day: int) -> bool:
        return self.start <= day < self.end

    def levers(self) -> dict[str, float]:
        """Numeric levers that the rule sets while it holds."""
        return {}

    def stages(self) -> dict[str, object]:
        """Stages of the project pipeline that the rule puts in force: place -> Stage or None."""
        return {}

    def do(self, state, x: Levers, day: int) -> None:
        """What the rule puts into the day (called in the morning of each day it holds)."""

    def as_data(self) -> dict:
        """JSON-ready: ``{"rule": name, argument: value, …}`` with default arguments left out."""
        mine = asdict(self)
        kept = {f.name: mine[f.name] for f in fields(self) if mine[f.name] != f.default}
        return {"rule": self.name, **kept}


def _check(rule, argument, value, allowed):
    place = f"{rule}.{argument}"
    if isinstance(allowed[0], str):
        for word in value if isinstance(value, (list, tuple)) else (value,):
            if word not in allowed:
                raise UserError("value_unknown", place=place, value=word, allowed=", ".join(allowed),
                                nearest=nearest(word, allowed))  # fmt: skip
    elif isinstance(value, (list, tuple)):
        for one in value:
            _check(rule, argument, one, allowed)
    elif isinstance(value, str) or not allowed[0] <= value <= allowed[1]:
        raise UserError("value_out_of_range", place=place, value=value, low=allowed[0], high=allowed[1])


def rule_from_data(data: dict) -> Rule:
    """Build a rule from ``{"rule": name, …}``; errors name the rule, the argument, the nearest."""
    arguments = dict(data)
    name = arguments.pop("rule", None)
    if name not in RULES:
        raise UserError("rule_unknown", value=name, allowed=", ".join(sorted(RULES)),
                        nearest=nearest(name, RULES))  # fmt: skip
    known = {f.name for f in fields(RULES[name])}
    for argument in arguments:
        if argument not in known:
            raise UserError("argument_unknown", place=name, value=argument,
                            allowed=", ".join(sorted(known)), nearest=nearest(argument, known))  # fmt: skip
    return RULES[name](**{k: tuple(v) if isinstance(v, list) else v for k, v in arguments.items()})


def fold(base: Settings, rules: tuple[Rule, ...], day: int) -> Settings:
    """The settings of a day: the scenario's values, moved by its shocks, with the rules in force laid over them.

    Two rules that set one lever to different values on the same day are an error.
    """
    levers: dict[str, float] = {}
    places: dict[str, object] = {}
    for rule in rules:
        if rule.holds(day):
            _lay(levers, rule.levers(), rule, day)
            _lay(places, rule.stages(), rule, day)
    x = base.x
    for shock in base.shocks:
        if day >= shock.day:
            x = x._replace(**shock.levers(x, day))
    x = x._replace(**levers) if levers else x
    if not places:
        return Settings(x, base.pipeline, base.shocks)
    usual = dict(zip(PLACES, base.pipeline, strict=True))
    return Settings(x, tuple({**usual, **places}[place] for place in PLACES), base.shocks)


def _lay(onto, more, rule, day):
    for lever, value in more.items():
        if lever in onto and onto[lever] != value:
            raise UserError("rules_disagree", place=rule.name, lever=lever, day=day,
                            value=value, other=onto[lever])  # fmt: skip
        onto[lever] = value
