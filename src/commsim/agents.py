"""Resident, Renter, Volunteer, Official: thin views of rows, for Mesa's AgentSet.

A view holds no data: it reads the community's columns each time.  A person who moves out is gone
(the view is removed); whoever moves in is somebody new.
"""

from __future__ import annotations

import mesa

from commsim.state.people import CHILD, ELDER, OWNER, SHORT_RENTER
from commsim.state.settings import THEMES
from commsim.state.ties import warmth

TENURES = {OWNER: "owner", SHORT_RENTER: "short_renter"}


def _column(name: str, meaning: str):
    """A read-only attribute that looks into the people table."""
    return property(lambda self: self.model.columns[name][self.row], doc=meaning)


class Person(mesa.Agent):
    """Anybody who lives in the community; ``row`` is the seat in the people table."""

    def __init__(self, model, row: int):
        super().__init__(model)
        self.row = row

    household = _column("household", "number of the household")
    trust = _column("trust", "trust in the community office, 0-1")
    motivation = _column("v", "motivation to volunteer, 0-1")
    sociability = _column("sociability", "chats a day that the person would have")
    literate = _column("literate", "uses a smartphone")
    commuter = _column("commuter", "away on weekdays")
    in_official_group = _column("in_official", "member of an official chat group")
    took_part = _column("took_part", "times attended or voted since day 0")
    grieved = _column("grieved", "grievances since day 0")

    @property
    def tenure(self) -> str:
        """owner, long_renter or short_renter."""
        return TENURES.get(self.model.columns["tenure"][self.row], "long_renter")

    @property
    def age(self) -> str:
        """child, adult or elder (60 and over)."""
        return {CHILD: "child", ELDER: "elder"}.get(self.model.columns["age"][self.row], "adult")

    @property
    def interests(self) -> tuple[str, ...]:
        """Themes that the person likes."""
        bits = self.model.columns["interests"][self.row]
        return tuple(theme for k, theme in enumerate(THEMES) if bits >> k & 1)

    @property
    def ties(self) -> dict[int, float]:
        """Strength of each tie by the other's row, kin excluded; 0-1."""
        t, level = self.model.state.ties, self.model.level
        n = int(t.rows["degree"][self.row])
        row = t.slots[self.row]
        return dict(zip(row["neighbour"][:n].tolist(), (row["u"][:n] / level).tolist(), strict=True))

    @property
    def warmth(self) -> float:
        """Summed strength of the person's ties, kin excluded."""
        return float(warmth(self.model.state.tables.ties, self.row, self.model.level))


class Resident(Person):
    """Lives in an owned home."""


class Renter(Person):
    """Lives in a rented home."""


class Volunteer(Person):
    """Holds a volunteer role, owner or renter."""


class Official(mesa.Agent):
    """Works in the community office; ``row`` is the place in the table of officials."""

    def __init__(self, model, row: int):
        super().__init__(model)
        self.row = row

    @property
    def hours_worked(self) -> float:
        """Hours since day 0."""
        return float(self.model.state.office.officials["worked"][self.row])

    @property
    def busy(self) -> bool:
        """At work on something as the day ends."""
        return not bool(self.model.state.office.officials["idle"][self.row])


