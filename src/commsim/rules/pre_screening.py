"""Representatives look at a project before everybody votes on it (F56)."""

from dataclasses import dataclass

from commsim.rules.base import Rule
from commsim.state.settings import Stage


@dataclass(frozen=True, kw_only=True)
class PreScreening(Rule):
    """``people`` representatives of the affected households; goes on when yes > ``share``."""

    days: int = 3
    people: int = 15
    share: float = 0.5
    operator: str = ">"
    name = "pre_screening"
    limits = {"days": (1, 90), "people": (1, 1000), "share": (0.0, 1.0), "operator": (">", ">=")}

    def stages(self):
        return {"pre_screening": Stage("pre_screening", self.days, self.share, self.operator,
                                       "voters", people=self.people)}  # fmt: skip
