"""Regular residents' talk days, on which people raise matters in person and are heard (F224)."""

from dataclasses import dataclass

from commsim.rules.base import Rule


@dataclass(frozen=True, kw_only=True)
class TalkDays(Rule):
    """``a_month`` weekdays a month; coming takes a resident ``hours``, and the office sits for ``minutes``."""

    a_month: float = 2.0
    hours: float = 0.5
    minutes: float = 180.0
    name = "talk_days"
    limits = {"a_month": (0.0, 20.0), "hours": (0.0, 12.0), "minutes": (0.0, 1440.0)}

    def levers(self):
        return {"talk_month": self.a_month, "hours_talk": self.hours, "minutes_talk": self.minutes}
