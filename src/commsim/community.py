"""Community: the engine as a Mesa model, for people who explore.

``step()`` lives through a day; ``agents`` is an AgentSet on which select, groupby, agg and do work,
and DataCollector reads it.  Views of people are made when first touched, never in batch runs, and
touching changes nothing.  All chance is keyed: ``world`` names it, and Mesa's own generators serve
only those who explore (``agents.shuffle()``).
"""

from __future__ import annotations

import gc
import sys
import weakref
from collections.abc import Mapping, Sequence
from dataclasses import replace

import mesa
import networkx as nx
import numpy as np
import pandas as pd

from commsim import kernels, scenarios
from commsim.agents import AGES, TENURES, Official, Person, Renter, Resident, Volunteer
from commsim.engine import Days, prepare, warm
from commsim.errors import UserError, nearest
from commsim.measures import ACQUAINTED
from commsim.record import Record
from commsim.rules import Rule
from commsim.state.people import OWNER
from commsim.state.ties import level_on
from commsim.words import LANGUAGES, say

KINDS = (Resident, Renter, Volunteer)
WORLDS = 2**32
LONGEST = 10**6  # days
LITTLE = 1_000  # people in communities that nobody holds any more, before we look for such

_there: weakref.WeakSet[Community] = weakref.WeakSet()
_left = 0  # people in those that were still held when we last looked, or fewer


def _make_room() -> None:
    """Let go of communities that nobody holds.

    A model, its agents and its own methods point at one another.  Python frees such rings when it happens to
    look for them, and it counts objects, not the megabytes of their columns; by then other arrays lie between
    theirs and the memory is not given back.
    """
    global _left
    people = sum(community.state.size for community in _there)
    _left = min(_left, people)
    if people > _left + LITTLE:
        gc.collect()
        _left = sum(community.state.size for community in _there)


class Community(mesa.Model):
    """A community in one world under one policy, on the morning of ``day``.

    ``scenario``: an id, the path of a YAML file or a loaded Scenario.  ``policy``: the id of one of
    its policies, or a sequence of rules (``[]``: none).  ``scale``: one of the scenario's scales, None
    for its default.  ``world``: which draw of all chance, a whole number from 0.

    Raises UserError for a name that the scenario does not have, with the nearest one that it has; for
    a world that is no whole number or negative; and for rules that contradict each other.
    """

    def __init__(self, scenario="jinyang", policy="before", scale=None, world: int = 1):
        place = scenario if isinstance(scenario, scenarios.Scenario) else scenarios.load(scenario)
        scale, world = place.scale(scale).name, _whole("world", world, 0, WORLDS - 1)
        rules = _rules(place, scale, policy)  # a mistake is told before anything is computed
        if not kernels.warmed():
            print(say("progress.compiling"), file=sys.stderr, flush=True)
            warm()
        self._begin(place, scale, world, policy, rules, prepare(place.place(scale), world), Record())

    def _begin(self, place, scale, world, policy, rules, state, record) -> None:
        _make_room()
        super().__init__(rng=world)
        self.place_of, self.scale, self.world, self.policy = place, scale, world, policy
        self.loop = Days(state, rules, record)
        self.people_met = 0  # what Mesa's unique_id counts
        self._views: dict[int, Person] = {}
        self._kinds = self._tenancies = None
        self._look()

    def _look(self) -> None:
        """A memoryview per column: a view reads it ten times faster than it would the table."""
        people = self.state.people
        self.columns = {name: memoryview(people[name]) for name in people.dtype.names}
        _there.add(self)

    def __getstate__(self) -> dict:
        kept = {name: value for name, value in vars(self).items() if name != "columns"}
        record, state = self.loop.record.copy(), self.state.copy()
        kept["loop"] = replace(self.loop, state=state, record=record, _folded=None, _settings=None)
        return kept

    def __setstate__(self, kept: dict) -> None:
        vars(self).update(kept)
        self._look()

    @property
    def state(self):
        """All tables of the community today (see commsim/state/whole.py); reading them is free."""
        return self.loop.state

    @property
    def day(self) -> int:
        """The day that the next step will live through, from 0."""
        return self.loop.state.day

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rules of the policy, dated; ``rule.holds(day)`` says whether one is in force."""
        return self.loop.rules

    @property
    def level(self) -> float:
        """What tie strengths are inflated by this evening (see commsim/state/ties.py)."""
        return level_on(self.day - 1, self.state.base.x.half_life)

    def step(self) -> None:
        """Live through one day.  ``running`` turns False at the scenario's horizon; you may go on."""
        self.loop.live()
        self.running = self.day < self.place_of.horizon
        if self._kinds is not None:
            self._follow()

    def live(self, days: int) -> Community:
        """Live through ``days`` days, a whole number from 1; returns the community."""
        for _ in range(_whole("days", days, 1, LONGEST)):
            self.step()
        return self

    # -- people -------------------------------------------------------------------------------

    @property
    def agents(self):
        """All residents and officials as a Mesa AgentSet, up to date with the tables."""
        self._touch()
        return mesa.Model.agents.fget(self)

    @property
    def agents_by_type(self):
        """``{class: AgentSet}`` of Resident, Renter, Volunteer and Official, where there are any."""
        self._touch()
        return mesa.Model.agents_by_type.fget(self)

    @property
    def agent_types(self):
        """The classes of agents there are."""
        self._touch()
        return mesa.Model.agent_types.fget(self)

    def person(self, row: int) -> Person:
        """Who lives in seat ``row`` (0 to ``state.size - 1``) now."""
        self._touch()
        return self._views[_whole("row", row, 0, self.state.size - 1)]

    def _touch(self) -> None:
        """Make a view of everybody, the first time somebody asks."""
        if self._kinds is not None:
            return
        self._kinds, self._tenancies = self._kinds_today(), self.state.people["tenancy"].copy()
        for row, kind in enumerate(self._kinds.tolist()):
            self._views[row] = KINDS[kind](self, row)
        for row in range(len(self.state.office.officials)):
            Official(self, row)

    def _follow(self) -> None:
        """After a day: newcomers get views of their own, and whoever changes roles changes class."""
        kinds, tenancies = self._kinds_today(), self.state.people["tenancy"]
        moved = tenancies != self._tenancies
        for row in np.flatnonzero(moved | (kinds != self._kinds)).tolist():
            kind = KINDS[kinds[row]]
            if moved[row]:
                self._views[row].remove()
                self._views[row] = kind(self, row)
            else:
                self._recast(self._views[row], kind)
        self._kinds, self._tenancies = kinds, tenancies.copy()

    def _kinds_today(self) -> np.ndarray:
        """int[people]: index into KINDS."""
        people = self.state.people
        return np.where(people["volunteer"], 2, np.where(people["tenure"] == OWNER, 0, 1))

    def _recast(self, view: Person, kind: type[Person]) -> None:
        """The same person in another role: Mesa files agents by class."""
        number = view.unique_id
        self.deregister_agent(view)
        view.__class__ = kind
        self.register_agent(view)
        view.unique_id = number

    def close(self) -> None:
        """Let go of all views at once; they are made afresh when next asked for."""
        self.remove_all_agents()
        self._views.clear()
        self._kinds = self._tenancies = None

    def __enter__(self) -> Community:
        return self

    def __exit__(self, *_) -> None:
        self.close()

    # -- what there is to look at -------------------------------------------------------------

    @property
    def measures(self) -> dict[str, float | None]:
        """``{name: value}`` of all measures this evening, dear ones too; None where undefined.

        Units are in ``cs.measures.MEASURES[name].unit``.  Raises UserError before the first day.
        """
        record = self.loop.record
        if not record.days:
            raise UserError("no_day_lived")
        return record.now(self.state, self.loop.settings(self.day - 1))

    @property
    def series(self) -> pd.DataFrame:
        """Measures by day so far, float64[days, measures]; NaN where undefined.

        Dear measures (clustering and the like) are NaN throughout: ask for ``measures``.
        """
        series = self.loop.record.series
        columns = {name: np.array(column, float) for name, column in series.items() if name != "day"}
        return pd.DataFrame(columns, index=pd.Index(series["day"], dtype="int64", name="day"))

    def graph(self, floor: float = ACQUAINTED) -> nx.Graph:
        """Who knows whom this evening, as a networkx graph.

        Nodes are rows of the people table with ``household``, ``building``, ``tenure``, ``age`` and
        ``volunteer``.  Edges have ``strength`` (``floor`` to 1) and ``kin``: True within a household,
        where strength is 1.  Measures of acquaintance do not count kin.
        """
        state, graph = self.state, nx.Graph()
        people, doors = state.people, state.homes.doors
        columns = (people["household"], doors["building"][people["household"]], people["tenure"],
                   people["age"], people["volunteer"])  # fmt: skip
        rows = zip(*(column.tolist() for column in columns), strict=True)
        for row, (household, building, tenure, age, volunteer) in enumerate(rows):
            graph.add_node(row, household=household, building=building, tenure=TENURES[tenure],
                           age=AGES[age], volunteer=volunteer)  # fmt: skip
        for first, seats in zip(doors["first"].tolist(), doors["seats"].tolist(), strict=True):
            home = range(first, first + seats)
            graph.add_edges_from(((a, b) for a in home for b in home if a < b), strength=1.0, kin=True)
        ties = state.ties
        person, where = ties.everybody()
        slots = ties.slots[where]
        once = (slots["u"] >= floor * self.level) & (slots["neighbour"] > person)
        strengths = np.minimum(slots["u"][once] / self.level, 1.0).tolist()
        for i, j, w in zip(person[once].tolist(), slots["neighbour"][once].tolist(), strengths, strict=True):
            graph.add_edge(i, j, strength=w, kin=False)
        return graph

    def plan(self, lang: str | None = None) -> pd.DataFrame:
        """The day as a table: phase, what happens in it, milliseconds so far; rules in force first.

        ``lang``: "zh" or "en", None for the language in use.
        """
        if lang not in (None, *LANGUAGES):
            raise UserError("lang_unknown", value=lang, allowed=", ".join(LANGUAGES), nearest=nearest(lang, LANGUAGES))
        rows = [{"phase": say("plan.rules", lang), "what": self._rules_today(lang), "ms": None}]
        for phase in self.loop.plan:
            rows.append({"phase": say(f"phase.{phase.name}.label", lang), "what": say(f"phase.{phase.name}.what", lang),
                         "ms": round(1000 * phase.seconds, 1)})  # fmt: skip
        titles = {name: say(f"plan.{name}", lang) for name in ("phase", "what", "ms")}
        return pd.DataFrame(rows).rename(columns=titles)

    def _rules_today(self, lang) -> str:
        names = [say(f"rule.{rule.name}.label", lang) for rule in self.loop.rules if rule.holds(self.day)]
        return say("plan.join", lang).join(names) or say("plan.no_rule", lang)


def branch(community: Community, policies: Sequence | Mapping, days: int) -> dict[str, Community]:
    """Several futures from the same day with the same luck: ``{name: Community after days days}``.

    ``policies``: ids of the scenario's policies, or ``{name: id or sequence of rules}``.  ``days``: a
    whole number from 1.  The community itself stays where it is.  Rules keep their own dates.

    Luck is keyed, so the futures share all chance that their rules do not change; the future under the
    policy that the community has is, to the last bit, the one it would have had.

    Raises UserError for an unknown policy, one given twice, none at all, or wrong days.
    """
    days = _whole("days", days, 1, LONGEST)
    if isinstance(policies, str):
        policies = [policies]
    if not policies:
        raise UserError("policies_none", allowed=", ".join(community.place_of.policies))
    if not isinstance(policies, Mapping):
        for policy in policies:
            if not isinstance(policy, str):
                raise UserError("policy_without_name", value=policy)
            if list(policies).count(policy) > 1:
                raise UserError("policy_given_twice", value=policy)
        policies = {policy: policy for policy in policies}
    place, scale = community.place_of, community.scale
    ruled = {name: _rules(place, scale, policy) for name, policy in policies.items()}
    futures = {}
    for name, rules in ruled.items():
        futures[name] = twin = type(community).__new__(type(community))
        twin._begin(place, scale, community.world, policies[name], rules, community.state.copy(),
                    community.loop.record.copy())  # fmt: skip
        twin.live(days)
    return futures


def _rules(place, scale: str, policy) -> tuple[Rule, ...]:
    """The rules of a policy given by its id or as such."""
    if isinstance(policy, str):
        return place.rules(policy, scale)
    rules = tuple(policy) if isinstance(policy, Sequence) else (policy,)
    for rule in rules:
        if not isinstance(rule, Rule):
            raise UserError("policy_unknown", place=place.id, value=rule, allowed=", ".join(place.policies),
                            nearest=nearest(rule, place.policies))  # fmt: skip
    return rules


def _whole(place: str, number, low: int, high: int) -> int:
    """``number`` as an int, if it is a whole number (True is none) from ``low`` to ``high``."""
    if isinstance(number, (bool, np.bool_)) or not isinstance(number, (int, np.integer)):
        raise UserError("not_whole", place=place, value=number)
    if not low <= number <= high:
        raise UserError("value_out_of_range", place=place, value=number, low=low, high=high)
    return int(number)
