"""Shocks: what befalls a community on a day, whoever governs it.

A shock belongs to the scenario, so every policy of a world meets it on the same day.  It moves levers
from its day on; a rule that sets the same lever is laid over it.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import ClassVar

SHOCKS: dict[str, type[Shock]] = {}


@dataclass(frozen=True, kw_only=True)
class Shock:
    """Befalls on ``day``; ``limits`` are the allowed values of each argument, ``resembling`` those arguments
    that are inputs close to an outcome."""

    day: int = 0
    name: ClassVar[str] = ""
    limits: ClassVar[dict[str, tuple]] = {"day": (0, 36_500)}
    resembling: ClassVar[tuple[str, ...]] = ()

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        cls.limits = {**Shock.limits, **cls.limits}
        SHOCKS[cls.name] = cls

    def moves(self, day: int) -> bool:
        """Whether the levers on ``day`` differ from those of the day before."""
        return day == self.day

    def levers(self, x, day: int) -> dict[str, float]:
        """Levers on ``day``, given their values ``x`` without this shock; only called from its day on."""
        raise NotImplementedError

    def as_data(self) -> dict:
        return {"shock": self.name, **asdict(self)}


@dataclass(frozen=True, kw_only=True)
class Earthquake(Shock):
    """All take part more readily, by ``log_odds`` that halve in ``half_life`` days (F23-F27)."""

    log_odds: float = 3.0
    half_life: float = 180.0
    name = "earthquake"
    limits = {"log_odds": (0.0, 10.0), "half_life": (1.0, 3650.0)}
    resembling = ("half_life",)

    def moves(self, day):
        return day >= self.day

    def levers(self, x, day):
        return {"spirit": x.spirit + self.log_odds * 2.0 ** (-(day - self.day) / self.half_life)}


@dataclass(frozen=True, kw_only=True)
class NewOfficial(Shock):
    """The office is run with another commitment ``m`` from this day on (F77)."""

    m: float = 0.5
    name = "new_official"
    limits = {"m": (0.05, 1.0)}
    resembling = ("m",)

    def levers(self, x, day):
        return {"m": self.m}


@dataclass(frozen=True, kw_only=True)
class Relief(Shock):
    """Each official is freed of so many ``hours`` of chores a week from this day on (F192)."""

    hours: float = 10.0
    name = "relief"
    limits = {"hours": (0.0, 60.0)}

    def levers(self, x, day):
        return {"chores_hours": max(0.0, x.chores_hours - self.hours)}


@dataclass(frozen=True, kw_only=True)
class MoveIn(Shock):
    """On this day newcomers take ``homes`` of all homes, a share (F124)."""

    homes: float = 0.3
    name = "move_in"
    limits = {"homes": (0.0, 1.0)}

    def moves(self, day):
        return self.day <= day <= self.day + 1

    def levers(self, x, day):
        return {"arrivals": min(1.0, x.arrivals + self.homes)} if day == self.day else {}


@dataclass(frozen=True, kw_only=True)
class Embezzlement(Shock):
    """The property firm makes off with residents' money (F92): trust in it falls by the share ``lost``, and every
    compound has a trouble in common, open by ``need``.  ``yuan`` is told; nothing depends on it.
    """

    yuan: float = 200_000.0
    lost: float = 0.9
    need: float = 1.0
    name = "embezzlement"
    limits = {"yuan": (0.0, 1e9), "lost": (0.0, 1.0), "need": (0.0, 1.0)}

    def moves(self, day):
        return day in (self.day, self.day + 1)

    def levers(self, x, day):
        return {"firm_lost": self.lost, "crisis_need": self.need} if day == self.day else {}
