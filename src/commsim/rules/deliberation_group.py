"""Representatives talk a project over before they are asked (F56)."""

from dataclasses import dataclass

from commsim.rules.base import Rule


@dataclass(frozen=True, kw_only=True)
class DeliberationGroup(Rule):
    """``people`` representatives do the pre-screening after ``rounds`` of talk in pairs; needs ``pre_screening``."""

    people: int = 30
    rounds: int = 3
    name = "deliberation_group"
    limits = {"people": (1, 1000), "rounds": (0, 30)}

    def levers(self):
        return {"deliberation_people": float(self.people), "deliberation_rounds": float(self.rounds)}
