"""The office writes a public account now and then (F58, F66)."""

from dataclasses import dataclass

from commsim.rules.base import Rule


@dataclass(frozen=True, kw_only=True)
class PublicAccount(Rule):
    """``posts_a_week`` posts on average, at no fixed times; what is going round is put right there too."""

    posts_a_week: float = 1.0
    name = "public_account"
    limits = {"posts_a_week": (0.0, 70.0)}

    def levers(self):
        return {"account_week": self.posts_a_week}
