"""Children and their parents look after their building, and show in the group what lies about (F113)."""

from dataclasses import dataclass

from commsim.rules.base import Rule


@dataclass(frozen=True, kw_only=True)
class Envoys(Rule):
    """A share ``families`` of households with children; each shows clutter of its building with ``hazard`` a day."""

    families: float = 0.3
    hazard: float = 0.02
    name = "envoys"
    limits = {"families": (0.0, 1.0), "hazard": (0.0, 50.0)}

    def levers(self):
        return {"envoy_share": self.families, "envoy_rate": self.hazard}
