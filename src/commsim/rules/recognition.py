"""What volunteers do is shown in the official group, and they may wear a badge (F150-F153)."""

from dataclasses import dataclass

from commsim.rules.base import Rule


@dataclass(frozen=True, kw_only=True)
class Recognition(Rule):
    """``shown``: acts are told in the official group; ``badges``: twice as many members then look."""

    shown: bool = True
    badges: bool = False
    name = "recognition"
    limits = {"shown": (0, 1), "badges": (0, 1)}

    def levers(self):
        return {"acts_shown": float(self.shown), "acts_badge": float(self.badges)}
