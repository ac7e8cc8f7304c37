"""Support goes by what is seen once or twice a year (F197, F220)."""

from dataclasses import dataclass

from commsim.rules.base import Rule


@dataclass(frozen=True, kw_only=True)
class Audit(Rule):
    """Groups that were large on the day of the last audit are coached first; needs ``coaching``."""

    times_a_year: int = 1
    name = "audit"
    limits = {"times_a_year": (1, 365)}

    def levers(self):
        return {"coach_by": 2.0, "audit_year": float(self.times_a_year)}
