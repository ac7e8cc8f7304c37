"""Community: the engine as a Mesa model, for people who explore.

``step()`` lives through a day; ``agents`` is an AgentSet on which select, groupby, agg and do work,
and DataCollector reads it.  Views of people are made when first touched, never in batch runs.  All
chance is keyed: ``world`` names it, and Mesa's own generators are not used by the model.
"""

from __future__ import annotations

from collections.abc import Sequence

import mesa
import networkx as nx
import numpy as np
import pandas as pd

from commsim import scenarios
from commsim.agents import Official, Person, Renter, Resident, Volunteer
from commsim.engine import Days, prepare
from commsim.errors import UserError
from commsim.measures import ACQUAINTED
from commsim.record import Record
from commsim.rules import Rule
from commsim.state.people import OWNER
from commsim.state.ties import level_on
from commsim.words import say


class Community(mesa.Model):
    """A community of one world under one policy.

    ``scenario``: an id, a YAML file or a loaded Scenario; ``policy``: the id of one of its policies,
    or a sequence of rules; ``scale``: one of the scenario's scales; ``world``: which world, from 1.
    Raises UserError for names that the scenario does not have.
    """

    def __init__(self, scenario="jinyang", policy="before", scale=None, world: int = 1):
        if isinstance(world, bool) or not isinstance(world, int) or not 0 <= world < 2**32:
            raise UserError("value_out_of_range", place="world", value=world, low=0, high=2**32 - 1)
        super().__init__(rng=world)
        self.place_of = scenario if isinstance(scenario, scenarios.Scenario) else scenarios.load(scenario)
        self.scale = scale or self.place_of.default_scale
        self.policy = policy
        self.world = world
        rules = self.place_of.rules(policy, self.scale) if isinstance(policy, str) else tuple(policy)
        self._start(prepare(self.place_of.place(self.scale), world), rules, Record())

    def _start(self, state, rules: Sequence[Rule], record: Record) -> None:
        self.loop = Days(state, tuple(rules), record)
        people = state.people
        # a memoryview per column is read ten times faster from a view than the table is
        self.columns = {name: memoryview(people[name]) for name in people.dtype.names}
        self._views: dict[int, Person] = {}
        self._kinds = self._tenancies = None
        self._touched = -1

    @property
    def state(self):
        """All tables of the community today."""
        return self.loop.state

    @property
    def day(self) -> int:
        """The day that the next step will live through."""
        return self.state.day

    @property
    def level(self) -> float:
        """What tie strengths are inflated by today (see state/ties.py)."""
        return level_on(max(self.day - 1, 0), self.state.base.x.half_life)

    def step(self) -> None:
        """Live through one day."""
        self.loop.live()

    def live(self, days: int) -> Community:
        """Live through ``days`` days; returns the community."""
        for _ in range(days):
            self.step()
        return self

    # -- people -------------------------------------------------------------------------------

    @property
    def agents(self):
        """All residents and officials as a Mesa AgentSet, up to date with the tables."""
        self._refresh()
        return mesa.Model.agents.fget(self)

    @property
    def agents_by_type(self):
        """AgentSets by class: Resident, Renter, Volunteer, Official."""
        self._refresh()
        return mesa.Model.agents_by_type.fget(self)

    @property
    def agent_types(self):
        """The classes of agents there are."""
        self._refresh()
        return mesa.Model.agent_types.fget(self)

    def person(self, row: int) -> Person:
        """The view of the person in seat ``row``."""
        self._refresh()
        return self._views[row]

    def _refresh(self) -> None:
        """Make views on first touch; later, replace those who moved and change those whose role did."""
        if self._touched == self.day:
            return
        people = self.state.people
        kinds = np.where(people["volunteer"], 2, np.where(people["tenure"] == OWNER, 0, 1))
        classes = (Resident, Renter, Volunteer)
        if self._kinds is None:
            for row, kind in enumerate(kinds.tolist()):
                self._views[row] = classes[kind](self, row)
            for row in range(len(self.state.office.officials)):
                Official(self, row)
        else:
            changed = (kinds != self._kinds) | (people["tenancy"] != self._tenancies)
            for row in np.flatnonzero(changed).tolist():
                self._views[row].remove()
                self._views[row] = classes[kinds[row]](self, row)
        self._kinds, self._tenancies, self._touched = kinds, people["tenancy"].copy(), self.day

    def close(self) -> None:
        """Let go of all views.  (Mesa 3.3 keeps a model alive for as long as it has agents.)"""
        self.remove_all_agents()
        self._views.clear()
        self._kinds, self._touched = None, -1
        ids = getattr(mesa.Agent, "_ids", None)
        if isinstance(ids, dict):
            ids.pop(self, None)

    def __enter__(self) -> Community:
        return self

    def __exit__(self, *_) -> None:
        self.close()

    # -- what there is to look at -------------------------------------------------------------

    @property
    def measures(self) -> dict[str, float | None]:
        """All measures this evening, dear ones too; None where undefined."""
        record = self.loop.record
        if not record.worked:
            raise UserError("no_day_lived")
        return record.measure(self.state, self.loop.settings(self.day - 1).x, self.day - 1, dear=True)

    @property
    def series(self) -> pd.DataFrame:
        """Daily measures so far, one row a day; dear measures are empty (ask for ``measures``)."""
        return pd.DataFrame(self.loop.record.series).set_index("day")

    def graph(self, floor: float = ACQUAINTED) -> nx.Graph:
        """Who knows whom today: edges with ``strength`` >= ``floor``, and ``kin`` True in a household.

        Nodes are rows of people with household, building, tenure, age and volunteer.
        """
        state, graph = self.state, nx.Graph()
        doors = state.homes.doors
        for row in range(state.size):
            household = self.columns["household"][row]
            graph.add_node(row, household=household, building=int(doors["building"][household]),
                           tenure=self.columns["tenure"][row], age=self.columns["age"][row],
                           volunteer=self.columns["volunteer"][row])  # fmt: skip
        for first, seats in zip(doors["first"].tolist(), doors["seats"].tolist(), strict=True):
            home = range(first, first + seats)
            graph.add_edges_from(((a, b) for a in home for b in home if a < b), strength=1.0, kin=True)
        slots, degree = state.ties.slots, state.ties.rows["degree"]
        used = np.arange(slots.shape[1]) < degree[:, None]
        used &= (slots["u"] >= floor * self.level) & (slots["neighbour"] > np.arange(state.size)[:, None])
        rows, places = np.nonzero(used)
        for i, k in zip(rows.tolist(), places.tolist(), strict=True):
            graph.add_edge(i, int(slots["neighbour"][i, k]), strength=float(slots["u"][i, k] / self.level), kin=False)
        return graph

    def plan(self, lang: str | None = None) -> pd.DataFrame:
        """The day as a table: phase, what happens in it, milliseconds so far; rules in force first."""
        rows = [{"phase": say("plan.rules", lang), "what": self._rules_today(lang), "ms": None}]
        for phase in self.loop.plan:
            rows.append({"phase": say(f"phase.{phase.name}.label", lang), "what": say(f"phase.{phase.name}.what", lang),
                         "ms": round(1000 * phase.seconds, 1)})  # fmt: skip
        titles = {name: say(f"plan.{name}", lang) for name in ("phase", "what", "ms")}
        return pd.DataFrame(rows).rename(columns=titles)

    def _rules_today(self, lang) -> str:
        names = [say(f"rule.{rule.name}.label", lang) for rule in self.loop.rules if rule.holds(self.day)]
        return say("plan.join", lang).join(names) or say("plan.no_rule", lang)


def branch(community: Community, policies: Sequence, days: int) -> dict:
    """Several futures from the same day with the same luck: {policy: Community after ``days`` days}.

    ``policies``: ids of the scenario's policies, or one ``{name: rules}`` dict.  The community itself
    stays where it is.  Luck is keyed, so the futures share all chance that their rules do not change.
    """
    if days < 1:
        raise UserError("value_out_of_range", place="days", value=days, low=1, high=10**6)
    named = policies if isinstance(policies, dict) else {policy: policy for policy in policies}
    futures = {}
    for name, policy in named.items():
        twin = Community.__new__(Community)
        mesa.Model.__init__(twin, rng=community.world)
        twin.place_of, twin.scale, twin.world, twin.policy = (
            community.place_of, community.scale, community.world, policy)  # fmt: skip
        rules = twin.place_of.rules(policy, twin.scale) if isinstance(policy, str) else tuple(policy)
        twin._start(community.state.copy(), rules, community.loop.record.copy())
        futures[name] = twin.live(days)
    return futures
