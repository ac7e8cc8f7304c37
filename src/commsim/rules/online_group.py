"""The office opens a chat group for each compound and invites people to it (F33-F36)."""

from dataclasses import dataclass

from commsim.rules.base import Rule


@dataclass(frozen=True, kw_only=True)
class OnlineGroup(Rule):
    """``poster``: monthly hazard of meeting a poster or a staff member who invites (p_b).

    ``forced``: whoever is asked has to join; ``pay``: yuan paid to each who joins.  Either costs trust.
    """

    poster: float = 0.15
    forced: bool = False
    pay: float = 0.0
    name = "online_group"
    limits = {"poster": (0.0, 10.0), "forced": (0, 1), "pay": (0.0, 1000.0)}

    def levers(self):
        return {"group_open": 1.0, "p_b": self.poster, "group_forced": float(self.forced), "group_yuan": self.pay}
