"""The leaders of accompanied groups meet in a group of their own and learn from each other (F205, F206)."""

from dataclasses import dataclass

from commsim.rules.base import Rule


@dataclass(frozen=True, kw_only=True)
class LeadersGroup(Rule):
    """Once a month; only where an online group or coaching came first."""

    name = "leaders_group"

    def levers(self):
        return {"leaders_group": 1.0}
