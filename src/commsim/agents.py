"""Resident, Renter, Volunteer, Official: thin views of rows, for Mesa's AgentSet.

A view holds no data: it reads the community's columns each time.  A person who moves out is gone
(the view leaves the AgentSet and says so when it is read); whoever moves in is somebody new.  A
person who takes up or lays down a volunteer's role stays the same view and changes class.
"""

from __future__ import annotations

from collections.abc import Iterator

import mesa

from commsim.errors import UserError
from commsim.measures import ACQUAINTED
from commsim.state.settings import THEMES
from commsim.state.ties import warmth

TENURES = ("owner", "long_renter", "short_renter")  # by OWNER, LONG_RENTER, SHORT_RENTER
AGES = ("child", "adult", "elder")  # by CHILD, ADULT, ELDER


class _Numbers:
    """Where Mesa 3.3 takes an agent's unique_id from.  Its own dictionary would keep every community
    alive for good; later versions count in the model, as this does."""

    def __getitem__(self, model) -> Iterator[int]:
        model.people_met += 1
        return iter((model.people_met,))


class View(mesa.Agent):
    """A row of one of the community's tables, as a Mesa agent; ``row`` is None once it is gone."""

    _ids = _Numbers()

    def __init__(self, model, row: int):
        super().__init__(model)
        self.row: int | None = row

    def remove(self) -> None:
        """Leave the AgentSet."""
        super().remove()
        self.row = None

    def here(self) -> int:
        """``row``, if the view is still of anybody; else UserError."""
        if self.row is None:
            raise UserError("person_gone", value=type(self).__name__)
        return self.row

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {'gone' if self.row is None else self.row}>"


def _column(name: str, meaning: str):
    """A read-only attribute that looks into the people table."""

    def look(self):
        try:
            return self.model.columns[name][self.row]
        except TypeError:
            return self.model.columns[name][self.here()]

    return property(look, doc=meaning)


class Person(View):
    """Anybody who lives in the community; ``row`` is the seat in the people table."""

    household = _column("household", "number of the household")
    since = _column("since", "day of moving in; negative before day 0")
    volunteer = _column("volunteer", "holds a volunteer role")
    trust = _column("trust", "trust in the community office, 0-1")
    motivation = _column("v", "motivation to volunteer, 0-1")
    sociability = _column("sociability", "chats a day that the person would have; 0 for children")
    literate = _column("literate", "uses a smartphone")
    commuter = _column("commuter", "away on weekdays")
    in_official_group = _column("in_official", "member of an official chat group")
    took_part = _column("took_part", "times attended or voted since day 0 or since moving in")
    grieved = _column("grieved", "grievances since day 0")

    _tenure = _column("tenure", "index into TENURES")
    _age = _column("age", "index into AGES")
    _interests = _column("interests", "bit k: likes theme k")

    @property
    def tenure(self) -> str:
        """owner, long_renter or short_renter."""
        return TENURES[self._tenure]

    @property
    def age(self) -> str:
        """child, adult or elder (60 and over)."""
        return AGES[self._age]

    @property
    def building(self) -> int:
        """Number of the building."""
        return int(self.model.state.homes.doors["building"][self.household])

    @property
    def interests(self) -> tuple[str, ...]:
        """Themes that the person likes."""
        bits = self._interests
        return tuple(theme for k, theme in enumerate(THEMES) if bits >> k & 1)

    @property
    def ties(self) -> dict[int, float]:
        """``{row of the other: strength}`` of each tie this evening, 0-1; kin excluded."""
        row, ties, level = self.here(), self.model.state.ties, self.model.level
        slots = ties.slots[ties.of(row)]
        return dict(zip(slots["neighbour"].tolist(), (slots["u"] / level).tolist(), strict=True))

    @property
    def acquaintances(self) -> int:
        """How many ties are strong enough to count as acquaintance; kin excluded."""
        return sum(strength >= ACQUAINTED for strength in self.ties.values())

    @property
    def warmth(self) -> float:
        """Summed strength of the person's ties, kin excluded."""
        return float(warmth(self.model.state.tables.ties, self.here(), self.model.level))


class Resident(Person):
    """Lives in an owned home."""


class Renter(Person):
    """Lives in a rented home."""


class Volunteer(Person):
    """Holds a volunteer role, owner or renter."""


class Official(View):
    """Works in the community office; ``row`` is the place in the table of officials.

    Of an official, a resident's attributes are None, so that one reporter serves all agents.
    """

    def __getattr__(self, name: str) -> None:
        if not isinstance(getattr(Person, name, None), property):
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    @property
    def hours_worked(self) -> float:
        """Hours since day 0."""
        return float(self.model.state.office.officials["worked"][self.here()])

    @property
    def busy(self) -> bool:
        """At work on something as the day ends."""
        return not bool(self.model.state.office.officials["idle"][self.here()])
