"""Whoever accompanies residents' own groups coaches some of them each month (F200, F201, F208-F213)."""

from dataclasses import dataclass

from commsim.rules.base import Rule


@dataclass(frozen=True, kw_only=True)
class Coaching(Rule):
    """``groups_a_month`` groups a month; ``online``: in their chat, where they let staff in, else in person."""

    groups_a_month: int = 5
    online: bool = False
    name = "coaching"
    limits = {"groups_a_month": (1, 500), "online": (0, 1)}

    def levers(self):
        return {"coach_month": float(self.groups_a_month), "coach_online": float(self.online)}
