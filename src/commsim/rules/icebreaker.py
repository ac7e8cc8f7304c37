"""Gatherings open with introductions at small tables (F83-F85)."""

from dataclasses import dataclass

from commsim.rules.base import Rule


@dataclass(frozen=True, kw_only=True)
class Icebreaker(Rule):
    """``table``: persons at one table; ``strength``: tie strength after names are known."""

    table: int = 7
    strength: float = 0.05
    name = "icebreaker"
    limits = {"table": (2, 60), "strength": (0.0, 0.5)}

    def levers(self):
        return {"icebreaker": 1.0, "g_table": float(self.table), "w_ice": self.strength}
