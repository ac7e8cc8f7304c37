"""Every few buildings have a leader, found by the office among people who are trusted already (F50-F54)."""

from dataclasses import dataclass

from commsim.rules.base import Rule


@dataclass(frozen=True, kw_only=True)
class BuildingLeaders(Rule):
    """One leader for so many ``buildings`` of a compound."""

    buildings: int = 4
    name = "building_leaders"
    limits = {"buildings": (1, 100)}

    def levers(self):
        return {"leader_span": float(self.buildings)}
