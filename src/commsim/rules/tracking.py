"""Support goes by the groups' own continuous trace (F197, F201)."""

from dataclasses import dataclass

from commsim.rules.base import Rule


@dataclass(frozen=True, kw_only=True)
class Tracking(Rule):
    """Groups whose activity falls fastest are coached first; needs ``coaching``."""

    name = "tracking"

    def levers(self):
        return {"coach_by": 1.0}
