"""Work of class 2 goes as an order to grid workers, not to the office (F141, F225)."""

from dataclasses import dataclass

from commsim.rules.base import Rule


@dataclass(frozen=True, kw_only=True)
class GridOrders(Rule):
    """``speed``: repairs take this share of their usual time."""

    speed: float = 0.5
    name = "grid_orders"
    limits = {"speed": (0.05, 5.0)}

    def levers(self):
        return {"grid_open": 1.0, "grid_speed": self.speed}
