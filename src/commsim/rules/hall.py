"""A hall opens in every compound and serves one theme (F185, F195-F198, F222)."""

from dataclasses import dataclass

from commsim.rules.base import Rule
from commsim.state.settings import ASKED, THEMES, TOP_DOWN


@dataclass(frozen=True, kw_only=True)
class Hall(Rule):
    """``theme``: one of the themes; "asked": the one that most people are known to like; "top_down": by lot.

    Open ``days_week`` days a week; at the opening ``guests`` are asked in person, with gifts if ``opening_gift``.
    """

    theme: str = "top_down"
    opening_gift: bool = True
    guests: int = 20
    days_week: int = 1
    yuan: float = 100.0
    name = "hall"
    limits = {"theme": (*THEMES, "top_down", "asked"), "opening_gift": (0, 1), "guests": (0, 5000),
              "days_week": (0, 7), "yuan": (0.0, 1e7)}  # fmt: skip

    def levers(self):
        theme = {"top_down": TOP_DOWN, "asked": ASKED, **{t: k for k, t in enumerate(THEMES)}}[self.theme]
        return {"hall_open": 1.0, "hall_theme": float(theme), "hall_week": float(self.days_week),
                "hall_gift": float(self.opening_gift), "hall_guests": float(self.guests),
                "hall_yuan": self.yuan}  # fmt: skip
