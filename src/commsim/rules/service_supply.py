"""The office brings services to people's homes, whoever asked for them or not (F102)."""

from dataclasses import dataclass

from commsim.rules.base import Rule


@dataclass(frozen=True, kw_only=True)
class ServiceSupply(Rule):
    """``a_month``: services a month in all, each of which takes an official ``minutes``."""

    a_month: float = 20.0
    minutes: float = 60.0
    name = "service_supply"
    limits = {"a_month": (0.0, 5000.0), "minutes": (0.0, 1440.0)}

    def levers(self):
        return {"supply_month": self.a_month, "minutes_supply": self.minutes}
