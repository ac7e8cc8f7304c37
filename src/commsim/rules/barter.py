"""Residents offer each other what they no longer need (F156)."""

from dataclasses import dataclass

from commsim.rules.base import Rule


@dataclass(frozen=True, kw_only=True)
class Barter(Rule):
    """``rate`` offers a day per 1,000 people; to fetch one takes ``hours``."""

    rate: float = 1.0
    hours: float = 0.2
    name = "barter"
    limits = {"rate": (0.0, 500.0), "hours": (0.0, 24.0)}

    def levers(self):
        return {"barter_rate": self.rate, "barter_hours": self.hours}
