"""Somebody mediates when people fall out, step by step (F90, F91, F104, F105)."""

from dataclasses import dataclass

from commsim.rules.base import Rule


@dataclass(frozen=True, kw_only=True)
class Mediation(Rule):
    """Examples, another topic, peers, and last the office; ``skilled``: share of mediators who know how."""

    skilled: float = 0.05
    name = "mediation"
    limits = {"skilled": (0.0, 1.0)}

    def levers(self):
        return {"mediation": 1.0, "skilled_share": self.skilled}
