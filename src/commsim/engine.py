"""A run without Mesa: state + plan + rules + record, for workers and batch runs.

``prepare`` computes the start of a world once; ``run`` lives through days under a policy's rules;
``run_world`` does both for several policies of one world.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from time import perf_counter

import numpy as np

from commsim import kernels
from commsim.clock import YEAR
from commsim.day.plan import Phase, offline_day, whole_day
from commsim.population import Place, populate
from commsim.record import Record, reply_times, strata_of
from commsim.rules import Rule, fold
from commsim.rules.base import FOREVER
from commsim.state.settings import Settings
from commsim.state.shocks import Embezzlement
from commsim.state.whole import State

RESULT_YEARS = (1, 3)
WEEK = 7
# half of what there is to compile, and none of it needs a group to have been founded
HEAVY = ("needs", "visiting", "talking", "asking", "keeping", "helping", "leading")
Progress = Callable[[int, int], None]


@dataclass
class Days:
    """The loop itself: lives through one day after another under ``rules``."""

    state: State
    rules: tuple[Rule, ...]
    record: Record | None = None
    plan: list[Phase] = field(default_factory=whole_day)
    _same: tuple[int, int] = (0, 0)  # the days from the first to before the second have the same rules
    _folded: tuple[Rule, ...] | None = None
    _holding: tuple[Rule, ...] = ()
    _settings: Settings | None = None

    def settings(self, day: int) -> Settings:
        """The settings of a day: folded afresh whenever the rules in force change or a shock moves levers."""
        known = self.rules is self._folded and self._same[0] <= day < self._same[1]
        if not known or any(shock.moves(day) for shock in self.state.base.shocks):
            self._holding = tuple(rule for rule in self.rules if rule.holds(day))
            edges = [edge for rule in self.rules for edge in (rule.start, rule.end) if edge > day]
            self._same, self._folded = (day, min(edges, default=FOREVER)), self.rules
            self._settings = fold(self.state.base, self._holding, day)
        return self._settings

    def live(self) -> None:
        """One day: rules put things into it, phases happen in order, the evening is recorded."""
        state, day = self.state, self.state.day
        settings = self.settings(day)
        for rule in self._holding:
            rule.do(state, settings.x, day)
        for phase in self.plan:
            phase(state, settings, day)
        state.day = day + 1
        if self.record is not None:
            self.record.keep(state, settings, day)


@dataclass
class Run:
    """One run, finished: the state it ended in and what was recorded."""

    state: State
    record: Record
    settings: Settings
    seconds: float

    @cached_property
    def series(self) -> dict[str, list]:
        """Daily columns by measure, and ``day``."""
        return self.record.series

    @property
    def measures(self) -> dict[str, float | None]:
        """Measures of the last day; None where undefined."""
        return {name: column[-1] for name, column in self.series.items() if name != "day"}

    def outcome(self) -> dict:
        """Everything a comparison needs, JSON-ready."""
        series = self.series
        days = series["day"]
        last = days[-1]
        weekly = [k for k, day in enumerate(days) if (day + 1) % WEEK == 0 or k in (0, len(days) - 1)]
        cases = int(self.state.cases.count[0])
        hours, answered = reply_times(self.state, np.arange(cases), last + 1)
        return {
            "measures": self.measures,
            "results": {str(k + 1): {m: c[k] for m, c in series.items() if m != "day"}
                        for k in sorted(_result_days(len(days)))},
            "strata": strata_of(self.state, self.settings, last),
            "series": {name: [column[k] for k in weekly] for name, column in series.items()},
            "projects": [_story_of(p) for p in self.state.projects.all],
            "gatherings": self.state.gatherings.past,
            "replies": {"hours": hours.tolist(), "answered": answered.astype(int).tolist()},
            "seconds": self.seconds,
            "people": self.state.size,
        }  # fmt: skip


def _result_days(days: int) -> set[int]:
    """Days (0-based) at which results are shown: the ends of years 1 and 3, and the last."""
    return {YEAR * year - 1 for year in RESULT_YEARS if YEAR * year <= days} | {days - 1}


def _story_of(project) -> dict:
    return {"id": project.number, "compound": project.compound, "proposed": project.proposed,
            "ended": project.ended, "outcome": project.outcome, "versions": project.version,
            "households": int(project.affected.sum()), "yuan": project.yuan,
            "steps": project.steps}  # fmt: skip


def prepare(place: Place, world: int, progress: Progress | None = None) -> State:
    """The start of a world on day 0: people, homes, and the ties that offline life has made.

    An old estate lives through ``place.burn_in`` days of moving and neighbouring, without any rule.
    """
    days = Days(populate(place, world), (), plan=offline_day())
    for k in range(place.burn_in):
        days.live()
        if progress:
            progress(k + 1, place.burn_in)
    days.state.ties = days.state.ties.copy()  # in order of people, which is quicker to read
    return days.state


def run(state: State, rules: Sequence[Rule], days: int, record_days: Sequence[int] | None = None,
        progress: Progress | None = None) -> Run:  # fmt: skip
    """Live through ``days`` days from ``state`` (which is used up; copy it to keep it).

    Dear measures are recorded at the ends of years 1 and 3 and on the last day, or on
    ``record_days`` and the last day.
    """
    first = state.day
    wanted = _result_days(days) if record_days is None else {*record_days, days - 1}
    hours = float(state.office.officials["worked"].sum())
    loop = Days(state, tuple(rules), Record(frozenset(first + k for k in wanted), worked_before=hours))
    began = perf_counter()
    for k in range(days):
        loop.live()
        if progress:
            progress(k + 1, days)
    return Run(state, loop.record, loop.settings(state.day - 1), perf_counter() - began)


def to_the_end(steps):
    """What a generator returns in the end, for work that can be done a day at a time or all at once."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value


def run_world(scenario, scale: str, policies: Sequence[str], world: int, days: int) -> dict[str, dict]:
    """Outcomes of all ``policies`` in one world; its start is computed once and copied."""
    start = prepare(scenario.place(scale), world)
    return {p: run(start.copy(), scenario.rules(p, scale), days).outcome() for p in policies}


def warm() -> float:
    """Compile every kernel (a minute or two, once after installing) or load them; seconds taken.

    A second process compiles half of the phases meanwhile.
    """
    began = perf_counter()
    other = None
    if not kernels.warmed() and kernels.CACHED and (os.cpu_count() or 1) > 1:
        code = "from commsim import engine; engine.live_briefly(engine.HEAVY, days=21)"
        other = subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.DEVNULL)
        live_briefly([phase.name for phase in whole_day() if phase.name not in HEAVY], days=21)
        other.wait()
    live_briefly(None, days=21)
    kernels.mark_warmed()
    return perf_counter() - began


def rehearse(rules: Sequence[Rule], settings: Settings, days: int) -> None:
    """Live up to a quarter in a tiny place under ``rules``: what is compiled is loaded, and then a run only runs."""
    days = min(days, 91)
    busy = settings.x._replace(projects_a_year=50.0, needs_rate=50.0, mu=2.0, volunteer_share=0.2)
    place = Place("rehearsal", "courtyard", 100, 40, burn_in=0, settings=Settings(busy, shocks=settings.shocks))
    loop = Days(populate(place, 1), tuple(rules), Record(frozenset({days - 1})))
    for _ in range(days):
        loop.live()


def live_briefly(phases: Sequence[str] | None, days: int) -> None:
    """Live in a tiny place, with only some ``phases`` of the day (None: all), under every rule."""
    from commsim import rules as r

    x = Settings().x._replace(ties_most=8.0, needs_rate=200.0, projects_a_year=365.0, project_households=20.0,
                              mu=5.0, u=0.5, in_view=0.1, eta_g=0.01, officials=2.0, o_0=4.0, acts_week=20.0,
                              volunteer_share=0.2, crisis_speed=0.2, eta_sigma=0.5, clutter_rate=1.0,
                              troubles_rate=50.0, rumour_rate=0.5, eta_service=0.5, h_c=1.0)  # fmt: skip
    place = Place("warm", "courtyard", 100, 40, burn_in=0, settings=Settings(x, shocks=(Embezzlement(day=3),)))
    rules = (r.OnlineGroup(poster=10.0), r.Icebreaker(), r.ReplyTime(hours=1.0), r.PreScreening(share=0.0),
             r.Vote(days=1, share=0.0, operator=">="), r.Notice(decision=1, works=1, objectors=1000),
             r.PhoneTraining(seats=2, lessons=1, poster=10.0), r.HomeVisits(), r.ThirdPlace(),
             r.Gatherings(every=7, threshold=0, operator=">=", sign_up_days=2, gift=True),
             r.PropertyInGroup(), r.OwnersCommittee(), r.PrivateMessages(), r.TalkDays(a_month=20.0), r.GridOrders(),
             r.OpenBooks(), r.ServiceSupply(a_month=500.0), r.Hall(guests=5, days_week=7), r.NeedsSurvey(),
             r.Recognition(badges=True), r.HelpNorms(), r.BuildingLeaders(buildings=1),
             r.SolveGrievances(a_month=30.0),
             r.Exposure(hazard=1.0), r.Envoys(families=1.0, hazard=1.0), r.Persuasion(),
             r.Barter(rate=50.0),
             r.Corrections(), r.Coaching(), r.LeadersGroup(), r.Tracking(),
             r.MicroGrants(every=7), r.Mediation(), r.EasyVoting(), r.DeliberationGroup(),
             r.PublicAccount())  # fmt: skip
    loop = Days(populate(place, 1), rules, Record(frozenset({days - 1}) if phases is None else frozenset()))
    loop.plan = [phase for phase in loop.plan if phases is None or phase.name in phases]
    for _ in range(days):
        loop.live()
    loop.state.ties.copy()  # as at the start of every world
