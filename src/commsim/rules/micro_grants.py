"""Residents' groups compete for small grants (F202, F203)."""

from dataclasses import dataclass

from commsim.rules.base import Rule


@dataclass(frozen=True, kw_only=True)
class MicroGrants(Rule):
    """``yuan`` to each of ``groups`` groups in ``rounds`` rounds; judged ``by`` their daily trace or by photos."""

    yuan: float = 3000.0
    groups: int = 12
    rounds: int = 2
    every: int = 180
    by: str = "trace"
    name = "micro_grants"
    limits = {"yuan": (0.0, 1e6), "groups": (1, 1000), "rounds": (1, 1000), "every": (1, 3650),
              "by": ("trace", "photos")}  # fmt: skip

    def levers(self):
        return {"grant_yuan": self.yuan, "grant_groups": float(self.groups), "grant_rounds": float(self.rounds),
                "grant_every": float(self.every), "grant_start": float(self.start),
                "grant_trace": float(self.by == "trace")}  # fmt: skip
