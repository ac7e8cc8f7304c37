"""Places to linger: a shop, a shaded bench, a stove to sit around (model section 6b)."""

from dataclasses import dataclass

from commsim.rules.base import Rule


@dataclass(frozen=True, kw_only=True)
class ThirdPlace(Rule):
    """``buildings``: share of them with such a place near; people there start more chats, by the share ``gain``."""

    buildings: float = 0.3
    gain: float = 0.5
    name = "third_place"
    limits = {"buildings": (0.0, 1.0), "gain": (0.0, 10.0)}

    def levers(self):
        return {"linger_share": self.buildings, "linger_gain": self.gain}
