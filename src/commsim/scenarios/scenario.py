"""Scenario: a place, its numbers and the policies that may be tried there.

A scenario says nothing about chance; together with a policy and a world it becomes a run.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace

from commsim.errors import UserError, nearest
from commsim.rules import Rule
from commsim.state.settings import DEFAULTS, Settings
from commsim.state.shocks import Shock


@dataclass(frozen=True)
class Number:
    """One number of a scenario: where it stands in the file, what it is, where it comes from."""

    path: str
    value: float
    source: str
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Scale:
    """A size at which the place can be run; ``replaced`` is what a classroom needs to be different."""

    name: str
    people: int
    households: int | None
    classroom: bool
    settings: dict[str, float]
    replaced: dict[str, dict[str, object]]  # rule name -> argument -> value


@dataclass(frozen=True)
class Policy:
    """A named tuple of rules; ``names`` are their names in the file (None for a nameless one)."""

    id: str
    title: dict[str, str]
    rules: tuple[Rule, ...]
    names: tuple[str | None, ...]


@dataclass(frozen=True)
class Scenario:
    """What a scenario file says, checked; ``measures`` are those that its story is about."""

    id: str
    title: dict[str, str]
    story: dict[str, str]
    horizon: int
    burn_in: int
    default_scale: str
    scales: dict[str, Scale]
    structure: dict[str, int]
    own_settings: dict[str, float]
    shocks: dict[str, Shock]
    measures: tuple[str, ...]
    policies: dict[str, Policy]
    figures: tuple[Number, ...]
    source: str

    def scale(self, name: str | None = None) -> Scale:
        """The scale of that name, or the default one."""
        name = self.default_scale if name is None else name
        if name not in self.scales:
            raise UserError("scale_unknown", place=self.id, value=name, allowed=", ".join(self.scales),
                            nearest=nearest(name, self.scales))  # fmt: skip
        return self.scales[name]

    def policy(self, name: str) -> Policy:
        """The policy of that name."""
        if name not in self.policies:
            raise UserError("policy_unknown", place=self.id, value=name, allowed=", ".join(self.policies),
                            nearest=nearest(name, self.policies))  # fmt: skip
        return self.policies[name]

    def settings(self, scale: str | None = None) -> Settings:
        """The levers with this scenario's values at this scale."""
        x = DEFAULTS._replace(**{**self.own_settings, **self.scale(scale).settings})
        return Settings(x, shocks=tuple(self.shocks.values()))

    def households(self, scale: str | None = None) -> int:
        """How many households live there: as stated, else people by mean household size."""
        size = self.scale(scale)
        return size.households or max(1, round(size.people / self.settings(scale).x.mean_household))

    def place(self, scale: str | None = None):
        """The ``population.Place`` that a world is drawn for."""
        from commsim.population import Place

        size = self.scale(scale)
        return Place(scenario=self.id, scale=size.name, people=size.people,
                     households=self.households(scale), burn_in=self.burn_in,
                     settings=self.settings(scale), **self.structure)  # fmt: skip

    def rules(self, policy: str, scale: str | None = None) -> tuple[Rule, ...]:
        """The rules of a policy with what this scale replaces in them."""
        chosen, replaced = self.policy(policy), self.scale(scale).replaced
        return tuple(
            replace(rule, **replaced[name]) if name in replaced else rule
            for rule, name in zip(chosen.rules, chosen.names, strict=True)
        )

    def thresholds(self, scale: str | None = None) -> str:
        """``classroom`` when this scale has thresholds of its own for teaching, else ``real``."""
        return "classroom" if self.scale(scale).classroom else "real"

    def numbers(self) -> list[Number]:
        """Every number of the file with its source and range."""
        return list(self.figures)

    @property
    def digest(self) -> str:
        """SHA-256 over everything that can change a run: texts, sources and comments cannot."""
        content = {
            "id": self.id, "horizon": self.horizon, "burn_in": self.burn_in,
            "structure": self.structure, "settings": self.own_settings,
            "scales": {s.name: [s.people, s.households, s.settings, s.replaced]
                       for s in self.scales.values()},
            **({"shocks": [s.as_data() for s in self.shocks.values()]} if self.shocks else {}),
            "policies": {p.id: [[n, r.as_data()] for n, r in zip(p.names, p.rules, strict=True)]
                         for p in self.policies.values()},
        }  # fmt: skip
        plain = json.dumps(content, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
        return hashlib.sha256(plain.encode()).hexdigest()
