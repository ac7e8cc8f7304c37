"""Those who help and those who are helped stand on equal terms; what may be expected is agreed (F107, F110)."""

from dataclasses import dataclass

from commsim.rules.base import Rule


@dataclass(frozen=True, kw_only=True)
class HelpNorms(Rule):
    """Help is taken as owed ``factor`` times as often as without such rules."""

    factor: float = 0.3
    name = "help_norms"
    limits = {"factor": (0.0, 1.0)}

    def levers(self):
        return {"entitlement_factor": self.factor}
