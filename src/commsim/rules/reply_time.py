"""The office promises an answer within so many hours, and may be on call at night (F135-F139)."""

from dataclasses import dataclass

from commsim.rules.base import Rule


@dataclass(frozen=True, kw_only=True)
class ReplyTime(Rule):
    """``hours``: the promise; ``on_call``: one official answers outside duty hours too."""

    hours: float = 48.0
    on_call: bool = True
    name = "reply_time"
    limits = {"hours": (0.5, 2000.0), "on_call": (0, 1)}

    def levers(self):
        return {"reply_hours": self.hours, "on_call": float(self.on_call)}
