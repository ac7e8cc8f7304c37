"""Projects are put to a vote (F57, F60); the operator and the denominator are part of the rule."""

from dataclasses import dataclass

from commsim.rules.base import Rule
from commsim.state.settings import Stage


@dataclass(frozen=True, kw_only=True)
class Vote(Rule):
    """Passes when yes / ``of`` is ``operator`` ``share``; lasts ``days``."""

    days: int = 7
    share: float = 0.60
    operator: str = ">"
    of: str = "voters"
    name = "vote"
    limits = {"days": (1, 90), "share": (0.0, 1.0), "operator": (">", ">="),
              "of": ("voters", "affected", "all")}  # fmt: skip

    def stages(self):
        return {"vote": Stage("vote", self.days, self.share, self.operator, self.of)}
