"""The office puts rumours right where they are told: in its own group (F163, F182)."""

from dataclasses import dataclass

from commsim.rules.base import Rule


@dataclass(frozen=True, kw_only=True)
class Corrections(Rule):
    """``a_day`` corrections a day from the day after the rumour was posted there, while a member believes it."""

    a_day: int = 1
    name = "corrections"
    limits = {"a_day": (1, 24)}

    def levers(self):
        return {"corrections_day": float(self.a_day)}
