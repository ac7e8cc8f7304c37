"""The office asks people what they like before it chooses a gathering's theme (F185, F222)."""

from dataclasses import dataclass

from commsim.rules.base import Rule


@dataclass(frozen=True, kw_only=True)
class NeedsSurvey(Rule):
    """Themes come in the order of how many in the group, or who have come to something, like them."""

    name = "needs_survey"

    def levers(self):
        return {"theme_asked": 1.0}
