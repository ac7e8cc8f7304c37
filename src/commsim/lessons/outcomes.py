"""What happens under one side of a lesson's question, world by world: counts about projects and notices.

A side is a policy of the lesson's scenario with some arguments of its rules and some settings replaced.
All sides of an item live in the same worlds, from the same starts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from commsim.engine import Days, prepare, to_the_end
from commsim.rules import Rule
from commsim.scenarios import load
from commsim.state.office import CHARGED_UNSEEN
from commsim.state.projects import Project
from commsim.state.settings import PLACES
from commsim.state.whole import State

OUTCOMES = ("objectors", "grievances", "unaware", "restarts", "finished")
FIRST_NOTICE = PLACES.index("notice")
LIKELY = (10.0, 90.0)  # percentiles that a band shows: four worlds in five


@dataclass(frozen=True)
class Side:
    """One of the two futures: rules by their name in the scenario file, and settings, that differ."""

    rules: Mapping[str, Mapping[str, object]]
    settings: Mapping[str, float]

    def key(self) -> tuple:
        """Two sides with the same key live the same life."""
        return (tuple(sorted((rule, *sorted(arguments.items())) for rule, arguments in self.rules.items())),
                tuple(sorted(self.settings.items())))  # fmt: skip


@dataclass(frozen=True)
class Life:
    """One world lived under one side: objectors after each day of each project's first notice that
    has ended (where none has, of those that stand), the days on which projects were started over,
    and counts by OUTCOMES (NaN where nothing can be said)."""

    curves: tuple[tuple[int, ...], ...]
    restarts: tuple[int, ...]
    days: int
    counts: Mapping[str, float]


@lru_cache(maxsize=64)
def start_of(scenario: str, scale: str, world: int) -> State:
    """The start of a world, computed once; copy it before living."""
    return prepare(load(scenario).place(scale), world)


def rules_of(scenario: str, scale: str, policy: str, side: Side) -> tuple[Rule, ...]:
    """The policy's rules with what the side replaces in them."""
    place = load(scenario)
    names = place.policy(policy).names
    rules = zip(names, place.rules(policy, scale), strict=True)
    return tuple(replace(rule, **side.rules.get(name, {})) for name, rule in rules)


def begin(scenario: str, scale: str, world: int, side: Side) -> State:
    """The first morning of a world under the side's settings."""
    state = start_of(scenario, scale, world).copy()
    state.base = replace(state.base, x=state.base.x._replace(**side.settings))
    return state


_lived: dict[tuple, Life] = {}


def lived(item, side: Side, world: int) -> Life:
    """The item's whole time in a world under a side, lived once and remembered."""
    return to_the_end(living(item, side, world))


def living(item, side: Side, world: int):
    """``lived`` a day at each step, for those who have to listen meanwhile; returns the same in the end."""
    name = (item.scenario, item.scale, item.policy, item.days, side.key(), world)
    if name not in _lived:
        _lived[name] = yield from _days(item, side, world, item.days)
    return _lived[name]


def live(item, side: Side, world: int, days: int, first_notice_only: bool = False) -> Life:
    """Live through a world; with ``first_notice_only`` until the first notice of all has ended."""
    return to_the_end(_days(item, side, world, days, first_notice_only))


def _days(item, side, world, days, first_notice_only=False):
    loop = Days(begin(item.scenario, item.scale, world, side),
                rules_of(item.scenario, item.scale, item.policy, side))  # fmt: skip
    curves: dict[int, list[int]] = {}
    ended: set[int] = set()
    for _ in range(days):
        loop.live()
        for project in loop.state.projects.all:
            _follow(project, loop.state.day - 1, curves, ended)
        if first_notice_only and ended:
            break
        yield
    restarts = [step["until"] for project in loop.state.projects.all for step in project.steps
                if step["result"] == "restarted"]  # fmt: skip
    whole = {number: curve for number, curve in curves.items() if number in ended} or curves
    return Life(tuple(tuple(curve) for curve in whole.values()), tuple(sorted(restarts)), loop.state.day,
                _counts(loop.state, whole))  # fmt: skip


def _follow(project: Project, day: int, curves, ended) -> None:
    """Note the evening's number of objectors while the project's first notice stands."""
    if project.number in ended:
        return
    if project.outcome == "open" and project.place == FIRST_NOTICE:
        if day >= project.since:  # a stage is entered the evening before its first day
            curves.setdefault(project.number, []).append(int(project.objects.sum()))
        return
    notices = [step for step in project.steps if step["stage"] == "notice" and step["until"] is not None]
    if notices:
        curves.setdefault(project.number, []).append(notices[0]["objectors"])
        ended.add(project.number)


def _counts(state: State, curves) -> dict[str, float]:
    projects = state.projects.all
    begun = sum(p.charged for p in projects)
    return {
        "objectors": float(np.mean([curve[-1] for curve in curves.values()])) if curves else float("nan"),
        "grievances": float(state.office.grievances.sum()),
        "unaware": float(state.office.grievances[CHARGED_UNSEEN] / begun) if begun else float("nan"),
        "restarts": float(sum(step["result"] == "restarted" for p in projects for step in p.steps)),
        "finished": float(sum(p.outcome == "done" for p in projects)),
    }


def restarts_by_day(lives: list[Life]) -> dict[str, list[float]]:
    """Times started over since day 0, by week, over worlds: ``x``, mean ``y``, ``low`` and ``high``."""
    days = np.arange(0, lives[0].days + 1, 7)
    rows = np.array([np.searchsorted(life.restarts, days, side="right") for life in lives], float)
    low, high = np.percentile(rows, LIKELY, axis=0)
    return {"x": days.tolist(), "y": rows.mean(axis=0).tolist(), "low": low.tolist(), "high": high.tolist()}


def mean_curve(lives: list[Life]) -> dict[str, list[float]]:
    """Objectors by day of the notice over all first notices: ``x``, mean ``y``, ``low`` and ``high``.

    A notice that has ended keeps its last count; day 0 is before anybody could see it.
    """
    curves = [curve for life in lives for curve in life.curves]
    longest = max((len(curve) for curve in curves), default=0)
    rows = np.array([[0, *curve, *[curve[-1]] * (longest - len(curve))] for curve in curves], float)
    if not len(rows):
        return {"x": [], "y": [], "low": [], "high": []}
    low, high = np.percentile(rows, LIKELY, axis=0)
    return {"x": list(range(longest + 1)), "y": rows.mean(axis=0).tolist(), "low": low.tolist(), "high": high.tolist()}


def band(lives: list[Life], outcome: str) -> dict[str, float | None]:
    """Mean over worlds, its 95 % interval, and the percentiles LIKELY; None where no world says anything."""
    values = np.array([life.counts[outcome] for life in lives], float)
    values = values[np.isfinite(values)]
    if not len(values):
        return dict.fromkeys(("mean", "low", "high", "from", "to"))
    from scipy import stats

    error = stats.sem(values) * stats.t.ppf(0.975, len(values) - 1) if len(values) > 1 else float("nan")
    least, most = np.percentile(values, LIKELY)
    found = {"mean": values.mean(), "low": values.mean() - error, "high": values.mean() + error,
             "from": least, "to": most}  # fmt: skip
    return {name: float(value) for name, value in found.items()}


def difference(a: list[Life], b: list[Life], outcome: str) -> dict[str, float | None]:
    """Side b minus side a in the same worlds: mean and 95 % interval."""
    pairs = [Life((), (), 0, {outcome: y.counts[outcome] - x.counts[outcome]}) for x, y in zip(a, b, strict=True)]
    return band(pairs, outcome)


def holds(item, claim, live=None) -> bool:
    """Whether the model says what the lesson claims: the whole 95 % interval lies on the claimed side of 0.

    ``live(item, side, world)`` is what is looked at; without it lives of the community.
    """
    live = live or lived
    lives = {name: [live(item, item.side(name, {}), world) for world in range(1, item.worlds + 1)] for name in "ab"}
    apart = difference(lives["a"], lives["b"], claim.outcome)
    return apart["mean"] is not None and min(apart["low"] * claim.sign, apart["high"] * claim.sign) > 0.0
