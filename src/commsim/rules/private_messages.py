"""Residents may write to an official privately, day and night, without being contacts (F138)."""

from dataclasses import dataclass

from commsim.rules.base import Rule


@dataclass(frozen=True, kw_only=True)
class PrivateMessages(Rule):
    """``hours``: the trouble that writing a message is; only people who use a smartphone can."""

    hours: float = 0.05
    name = "private_messages"
    limits = {"hours": (0.0, 5.0)}

    def levers(self):
        return {"message_open": 1.0, "hours_message": self.hours}
