"""A mini-program makes voting easy (F57)."""

from dataclasses import dataclass

from commsim.rules.base import Rule


@dataclass(frozen=True, kw_only=True)
class EasyVoting(Rule):
    """A vote with a phone takes ``hours``; needs ``vote``."""

    hours: float = 0.02
    name = "easy_voting"
    limits = {"hours": (0.0, 5.0)}

    def levers(self):
        return {"ballot_online_hours": self.hours}
