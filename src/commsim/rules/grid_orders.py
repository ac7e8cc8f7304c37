"""Work of class 2 goes as an order to grid workers, not to the office (F141, F225)."""

from dataclasses import dataclass

from commsim.rules.base import Rule


@dataclass(frozen=True, kw_only=True)
class GridOrders(Rule):
    """``speed``: repairs take this share of their usual time.  Each worker looks after ``homes_each`` neighbouring
    homes, with ``hours`` a day."""

    speed: float = 0.5
    homes_each: int = 300
    hours: float = 8.0
    name = "grid_orders"
    limits = {"speed": (0.05, 5.0), "homes_each": (1, 5000), "hours": (0.5, 24.0)}

    def levers(self):
        return {"grid_open": 1.0, "grid_speed": self.speed, "grid_homes": float(self.homes_each),
                "grid_hours": self.hours}  # fmt: skip
