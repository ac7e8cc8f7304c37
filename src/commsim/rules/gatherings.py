"""The office holds gatherings: a theme, a sign-up week, a threshold, seats (F80-F85)."""

from dataclasses import dataclass

from commsim.rules.base import Rule
from commsim.state.settings import THEMES


@dataclass(frozen=True, kw_only=True)
class Gatherings(Rule):
    """Every ``every`` days each compound is invited to a gathering.

    The theme goes in turn through ``themes``.  Sign-up lasts ``sign_up_days``; the gathering is
    held when sign-ups are ``operator`` ``threshold``, else the next theme is tried at once.
    ``hours`` is what it costs a guest; ``together`` is how many half hours people spend doing
    something with those at their table; ``seats`` limits attendance, ``yuan`` is its public cost.
    With ``gift`` every guest gets one (F21); on a ``weekday`` few commuters are free (F124).
    """

    every: int = 14
    themes: tuple[str, ...] = THEMES
    threshold: int = 40
    operator: str = ">"
    sign_up_days: int = 7
    hours: float = 2.0
    together: float = 2.0
    seats: int = 120
    yuan: float = 600.0
    gift: bool = False
    weekday: bool = False
    name = "gatherings"
    limits = {
        "every": (1, 3650), "themes": THEMES, "threshold": (0, 100_000), "operator": (">", ">="),
        "sign_up_days": (1, 90), "hours": (0.0, 12.0), "together": (0.0, 24.0),
        "seats": (1, 100_000), "yuan": (0.0, 1e7), "gift": (0, 1), "weekday": (0, 1),
    }  # fmt: skip

    def do(self, state, x, day):
        since = day - self.start
        if since % self.every == 0:
            for compound in range(state.homes.compounds):
                state.gatherings.announce(compound, since // self.every, self, day)
