"""Neighbours show a household's clutter in the official group (F41-F48)."""

from dataclasses import dataclass

from commsim.rules.base import Rule

SCOPES = ("compound", "courtyard", "stairwell")


@dataclass(frozen=True, kw_only=True)
class Exposure(Rule):
    """Clutter is shown with ``hazard`` a day by a neighbour of the stairwell, to members within ``scope``."""

    scope: str = "compound"
    hazard: float = 0.02
    name = "exposure"
    limits = {"scope": SCOPES, "hazard": (0.0, 50.0)}

    def levers(self):
        return {"expose_rate": self.hazard, "expose_scope": float(SCOPES.index(self.scope))}
