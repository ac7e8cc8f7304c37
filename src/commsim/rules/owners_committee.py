"""The owners have a committee, which presses the property firm (F166)."""

from dataclasses import dataclass

from commsim.rules.base import Rule


@dataclass(frozen=True, kw_only=True)
class OwnersCommittee(Rule):
    """``pressed``: the firm's repairs take this share of their usual time."""

    pressed: float = 0.5
    name = "owners_committee"
    limits = {"pressed": (0.05, 1.0)}

    def levers(self):
        return {"firm_pressed": self.pressed}
