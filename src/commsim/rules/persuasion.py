"""Whoever leaves clutter about is asked in private to clear it (F42, F43)."""

from dataclasses import dataclass

from commsim.rules.base import Rule


@dataclass(frozen=True, kw_only=True)
class Persuasion(Rule):
    """Once a week the closest of the ``neighbours`` asks, and one of the ``officials`` comes to the door."""

    neighbours: bool = True
    officials: bool = True
    name = "persuasion"
    limits = {"neighbours": (0, 1), "officials": (0, 1)}

    def levers(self):
        return {"ask_offender": float(self.neighbours), "visit_offender": float(self.officials)}
