"""What is: plain columns and small tables.  ``State`` is everything about a community on a day."""

from __future__ import annotations

import copy
from dataclasses import dataclass


from commsim.state.gatherings import Gatherings
from commsim.state.groups import Groups, empty_groups
from commsim.state.homes import Homes
from commsim.state.messages import Events, Messages, empty_events, empty_messages
from commsim.state.office import Cases, Office, empty_cases, empty_office
from commsim.state.people import Odds, People
from commsim.state.projects import Projects
from commsim.state.settings import Settings
from commsim.state.ties import Ties, empty_ties


@dataclass
class State:
    """A community in one world on one day.  ``day`` is the next day to be lived through."""

    world: int
    day: int
    homes: Homes
    people: People
    ties: Ties
    groups: Groups
    messages: Messages
    events: Events
    cases: Cases
    office: Office
    gatherings: Gatherings
    projects: Projects
    odds: Odds
    requests: list[tuple[int, float]]  # hours that other phases ask of the office: (step, minutes)
    base: Settings  # the scenario's values, before any rule

    @property
    def size(self) -> int:
        """People of all ages."""
        return len(self.people.household)

    def copy(self) -> State:
        """An independent copy: the start that policies share, or a branch."""
        twin = copy.copy(self)
        for name in ("people", "ties", "groups", "messages", "events", "cases", "office"):
            setattr(twin, name, _copied(getattr(self, name)))
        twin.gatherings = copy.deepcopy(self.gatherings)
        twin.requests = list(self.requests)
        twin.projects = copy.deepcopy(self.projects)
        return twin


def _copied(table):
    fresh = {k: _copied(v) if isinstance(v, tuple) else v.copy() for k, v in table._asdict().items()}
    return table._replace(**fresh)


def empty_state(world: int, day: int, homes: Homes, people: People, odds: Odds, base: Settings) -> State:
    """People in their homes who know nobody; an office that has done nothing."""
    n = len(people.household)
    return State(world, day, homes, people, empty_ties(n, int(base.x.ties_most)),
                 empty_groups(n, int(base.x.cap)), empty_messages(), empty_events(), empty_cases(),
                 empty_office(int(base.x.officials), n), Gatherings(n), Projects(), odds, [], base)  # fmt: skip


__all__ = ["State", "empty_state"]
