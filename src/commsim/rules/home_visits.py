"""Officials visit households at home and listen (F28, F120, F225)."""

from dataclasses import dataclass

from commsim.rules.base import Rule


@dataclass(frozen=True, kw_only=True)
class HomeVisits(Rule):
    """``a_week`` visits of the whole office; ``renters``: rented homes are visited as others are."""

    a_week: float = 10.0
    renters: bool = True
    name = "home_visits"
    limits = {"a_week": (0.0, 5000.0), "renters": (0, 1)}

    def levers(self):
        return {"visits_week": self.a_week, "visits_renters": float(self.renters)}
