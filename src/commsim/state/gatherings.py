"""Gatherings: announced, signed up for, held or dropped."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from commsim.state.settings import THEMES


@dataclass
class Gathering:
    """One announced gathering of a compound; ``signed`` is bool[people].

    ``ordinal`` is its place in the compound's series and ``attempt`` counts themes tried for it;
    together with the compound they are its name in keyed draws; ``series`` tells apart gatherings of
    several rules that would have the same name.
    """

    compound: int
    ordinal: int
    attempt: int
    plan: object  # the rule that announced it: threshold, operator, seats, hours, together, yuan
    announced: int
    signed: np.ndarray
    series: int = 0

    @property
    def theme(self) -> int:
        """Index of the theme: the plan's themes in turn, the next one after a failed attempt."""
        return THEMES.index(self.plan.themes[(self.ordinal + self.attempt) % len(self.plan.themes)])

    @property
    def identity(self) -> int:
        return (self.compound * 4096 + self.ordinal) * 64 + self.attempt

    @property
    def held_on(self) -> int:
        """The first Saturday after the sign-up days, when commuters are at home."""
        earliest = self.announced + self.plan.sign_up_days
        return earliest + (5 - earliest) % 7


@dataclass
class Gatherings:
    """Those that are open for sign-up, and a list of those held or dropped."""

    people: int
    open: list[Gathering] = field(default_factory=list)
    past: list[dict] = field(default_factory=list)
    named: dict[tuple[int, int, int], int] = field(default_factory=dict)  # how often a name was used

    def announce(self, compound: int, ordinal: int, plan, day: int, attempt: int = 0) -> None:
        """Invite a compound; gatherings that are open there already go on beside it."""
        name = (compound, ordinal, attempt)
        series = self.named.get(name, 0)
        self.named[name] = series + 1
        self.open.append(Gathering(compound, ordinal, attempt, plan, day, np.zeros(self.people, bool), series))
