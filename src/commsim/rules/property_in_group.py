"""The property firm reads the official group, answers there itself, and may show its work (F160-F161, F171-F172)."""

from dataclasses import dataclass

from commsim.rules.base import Rule


@dataclass(frozen=True, kw_only=True)
class PropertyInGroup(Rule):
    """``hours``: mean time to the firm's answer; ``live_reports``: it shows its work in the group each month."""

    hours: float = 1.0
    live_reports: bool = True
    name = "property_in_group"
    limits = {"hours": (0.01, 720.0), "live_reports": (0, 1)}

    def levers(self):
        return {"firm_in_group": 1.0, "firm_answer_hours": self.hours, "live_reports": float(self.live_reports)}
