"""``State``: everything about a community on one day, in one world."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from types import SimpleNamespace

from commsim.columns import Table
from commsim.kernels import declare_bundle, for_kernels, kernel
from commsim.state.affairs import Affairs, empty_affairs
from commsim.state.gatherings import Gatherings
from commsim.state.groups import Groups, empty_groups
from commsim.state.homes import Homes
from commsim.state.leaders import Leaders, empty_leaders
from commsim.state.messages import Events, Messages, empty_events, empty_messages
from commsim.state.office import Cases, Office, empty_cases, empty_office
from commsim.state.people import Odds
from commsim.state.projects import Projects
from commsim.state.services import Services, empty_services
from commsim.state.settings import Settings
from commsim.state.stairs import Stairs, empty_stairs
from commsim.state.ties import Ties, empty_ties

TABLES = ("homes", "people", "ties", "groups", "messages", "events", "cases", "office",
          "stairs", "leaders", "affairs", "services")  # fmt: skip
Bundle = declare_bundle((*TABLES, "odds", "levers", "world"))


@dataclass
class State:
    """A community in one world on one day.  ``day`` is the next day to be lived through."""

    world: int
    day: int
    homes: Homes
    people: Table
    ties: Ties
    groups: Groups
    messages: Messages
    events: Events
    cases: Cases
    office: Office
    stairs: Stairs
    leaders: Leaders
    affairs: Affairs
    services: Services
    gatherings: Gatherings
    projects: Projects
    odds: Odds
    requests: list[tuple[int, float]]  # hours that other phases ask of the office: (step, minutes)
    base: Settings  # the scenario's values, before any rule
    _tables: SimpleNamespace | None = field(default=None, repr=False)
    _bundle: tuple[Settings, object] | None = field(default=None, repr=False)

    @property
    def size(self) -> int:
        """People of all ages."""
        return len(self.people)

    @property
    def tables(self) -> SimpleNamespace:
        """The tables as kernels take them, by the same names; they share memory with the state's."""
        if self._tables is None:
            self._tables = SimpleNamespace(**{name: for_kernels(getattr(self, name)) for name in TABLES})
        return self._tables

    def under(self, settings: Settings):
        """What a kernel takes for ``state``: the tables, ``odds``, ``world`` and the day's ``levers``."""
        if self._bundle is None or self._bundle[0] is not settings:
            parts = [getattr(self.tables, name) for name in TABLES]
            self._bundle = settings, _bundle_of(*parts, self.odds, settings.levers, self.world)
        return self._bundle[1]

    def __setattr__(self, name, value):
        changed = getattr(self, name, None) is not value
        super().__setattr__(name, value)
        if changed and name in TABLES:  # a table was replaced by a larger one
            super().__setattr__("_tables", None)
            super().__setattr__("_bundle", None)

    def __getstate__(self) -> dict:
        """Without the views for kernels, which would no longer share memory with their tables."""
        return {**self.__dict__, "_tables": None, "_bundle": None}

    def copy(self) -> State:
        """An independent copy: the start that policies share, or a branch."""
        twin = copy.copy(self)
        for name in TABLES:
            if name != "homes":
                setattr(twin, name, _copied(getattr(self, name)))
        twin.gatherings = copy.deepcopy(self.gatherings)
        twin.requests = list(self.requests)
        twin.projects = copy.deepcopy(self.projects)
        return twin


def _copied(data):
    if isinstance(data, tuple) and not hasattr(data, "copy"):
        return data._replace(**{name: _copied(part) for name, part in data._asdict().items()})
    return data.copy()


@kernel
def _bundle_of(homes, people, ties, groups, messages, events, cases, office, stairs, leaders, affairs, services,
               odds, levers, world):  # fmt: skip
    return Bundle(homes, people, ties, groups, messages, events, cases, office, stairs, leaders, affairs, services,
                  odds, levers, world)  # fmt: skip


def empty_state(world: int, day: int, homes: Homes, people: Table, odds: Odds, base: Settings) -> State:
    """People in their homes who know nobody; an office that has done nothing."""
    n = len(people)
    return State(world, day, homes, people, empty_ties(n, int(base.x.ties_most)),
                 empty_groups(n, int(base.x.cap)), empty_messages(), empty_events(), empty_cases(),
                 empty_office(int(base.x.officials)),
                 empty_stairs(len(homes.stairwell_rows) - 1, len(homes.doors), base.x.disorder_start),
                 empty_leaders(homes),
                 empty_affairs(homes.compounds), empty_services(homes.compounds, len(homes.doors)),
                 Gatherings(n), Projects(), odds, [], base)  # fmt: skip


