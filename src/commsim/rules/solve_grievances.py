"""The office learns from acquaintances what ails a petitioner, and solves it (F74)."""

from dataclasses import dataclass

from commsim.rules.base import Rule


@dataclass(frozen=True, kw_only=True)
class SolveGrievances(Rule):
    """``a_month``: people with many grievances whose trouble is solved, in each compound."""

    a_month: float = 2.0
    name = "solve_grievances"
    limits = {"a_month": (0.0, 100.0)}

    def levers(self):
        return {"solve_month": self.a_month}
