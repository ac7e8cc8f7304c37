"""Compare policies in the same worlds: the paired difference, how sure we are of it, and for whom.

A world is one draw of everything that is luck or place; every policy lives in the same worlds 1, 2,
3, …  Without an explicit number the comparison lives a pilot of 20 and then batches of 10 until the
95 % half-width is at most δ/2 for every primary measure of every policy.  It never stops because
something became significant: that rule raises false alarms.  The decision looks only at whole
batches in world order, so neither the number of processes nor an interruption changes the result.
"""

from __future__ import annotations

import math
import os
import sys
import time
from array import array
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, fields

from commsim.errors import UserError
from commsim.experiments import statistics
from commsim.experiments.ledger import Ledger, model_version, run_key
from commsim.experiments.progress import Progress
from commsim.experiments.worlds import ENGINE, Task, have_compiled, keep_scenario, processors, spread, unpack
from commsim.measures.table import MEASURES, STRATA
from commsim.words import say

PILOT = 20
BATCH = 10
PRECISION = 0.5  # of δ: the widest half-width that is precise enough
WORLDS_MOST = 200
REPLIES_MOST = 200_000  # reported needs pooled per policy for the reply curve, from the first worlds
CURVE_HOURS = tuple(range(0, 24 * 7 + 1))
PRIMARY = tuple(m.name for m in MEASURES.values() if m.primary)


@dataclass
class Comparison:
    """What the comparison found.  Numbers are plain Python; ``as_data()`` is what ``--json`` prints.

    ``measures[name]``: ``unit, delta, better, kind, primary, harm, exploratory``, ``reference``
    (``{policy, mean, n}`` of the first policy) and ``by_policy[policy]`` for each other policy:
    ``n, mean, reference, diff, low, high, p, p_holm, share_better, share_low, share_high,
    share_worse, correlation, verdict``.  ``mean`` and ``reference`` there are taken over the worlds in
    which both are defined, so that their difference is ``diff``.  The interval is the plain 95 %
    paired t interval; ``p_holm`` is Holm's over policies × primary measures, and for the other
    measures, which are exploratory, the plain p.  For the rule of the verdict see
    ``statistics.verdict``.

    ``results[day][name]`` gives the same without the tests at years 1 and 3, if reached, and on the
    last day; ``strata[stratum][group][name]`` by tenure and age band on the last day (plain 95 %
    intervals, exploratory).  ``series``: ``day``, and ``by_policy[policy][name]`` with ``median``,
    ``low``, ``high`` (10 % and 90 % of worlds).  ``projects[policy]`` are those of the first world
    that every policy finished.  ``replies[policy]``: ``hours``, ``answered`` pooled over the first
    ``worlds`` worlds.  ``reply_curve``: share still unanswered by hour (Kaplan-Meier).
    """

    scenario: str
    title: dict[str, str]
    scale: str
    people: int
    classroom: bool
    days: int
    policies: list[str]
    policy_titles: dict[str, dict[str, str]]
    worlds: int
    stopped_because: str  # fixed, precise, limit
    measures: dict[str, dict]
    results: dict[str, dict]
    strata: dict[str, dict]
    series: dict
    projects: dict[str, list]
    projects_world: int | None
    reply_curve: dict
    failed: list[dict]
    version: str
    digest: str
    source: str  # what loads the scenario again: its id or the path of its file
    replies: dict[str, dict] = field(repr=False)
    seconds: float = 0.0  # of this sitting
    lived: int = 0  # runs lived in this sitting
    reused: int = 0  # runs taken from the ledger

    def as_data(self) -> dict:
        """JSON-ready, and the same whether runs were lived or taken from the ledger."""
        apart = {"source", "replies", "seconds", "lived", "reused"}
        return {f.name: getattr(self, f.name) for f in fields(self) if f.name not in apart}


_KEPT = ("measures", "results", "strata", "people")  # of an outcome, in memory; the rest is looked up


def compare(scenario, policies: Sequence[str], scale: str | None = None, days: int | None = None,
            worlds: int | None = None, jobs: int | None = None,
            ledger: str | os.PathLike | None = None, progress: Progress | None = None,
            worlds_most: int = WORLDS_MOST, *, retry: bool = False,
            run_world: str | Callable = ENGINE) -> Comparison:  # fmt: skip
    """Live the same worlds under two or more policies and compare; the first policy is the reference.

    ``scenario``: a Scenario, its id or the path of its file.  ``worlds``: exactly so many; None lets
    precision decide, up to ``worlds_most``.  ``jobs``: processes, None for one per processor;
    within ``on_cluster`` the workers of the cluster do it.
    ``ledger``: a file that remembers finished runs, so that an interrupted comparison continues; put
    it on a local disk.  ``progress``: called with (done, total, seconds left, note).  A run that
    failed is remembered with its error and left out; ``retry`` lives it again.

    Raises UserError for a mistake in any argument, a ledger that cannot be used or written, a policy
    whose every run failed.  Ctrl-C stops the workers, keeps what was written, and says how to go on.
    """
    began = time.monotonic()
    study = _Study(scenario, policies, scale, days, jobs, progress, retry, run_world)
    for name, number in (("worlds", worlds), ("worlds_most", worlds_most)):
        if number is not None:
            _whole(name, number)
    with Ledger(ledger, study.version) as study.ledger:
        try:
            if worlds is not None:
                study.gather(1, worlds, say("progress.fixed"))
                reached, because = worlds, "fixed"
            else:
                reached, because = study.until_precise(worlds_most)
        except KeyboardInterrupt:
            key = "progress.interrupted" if ledger is None else "progress.interrupted_ledger"
            print("\n" + say(key, ledger=ledger, runs=study.kept), file=sys.stderr)
            raise
        found = study.comparison(reached, because)
    found.seconds = time.monotonic() - began
    return found


class _Study:
    """One comparison under way: the question, the runs gathered so far, where they are kept."""

    ledger: Ledger

    def __init__(self, scenario, policies, scale, days, jobs, progress, retry, run_world):
        self.scenario = _loaded(scenario)
        self.digest = self.scenario.digest
        self.policies = _known_policies(self.scenario, policies)
        self.scale = self.scenario.scale(scale).name
        self.days = _whole("days", self.scenario.horizon if days is None else days)
        self.jobs = processors() if jobs is None else _whole("jobs", jobs)
        self.progress, self.retry, self.run_world = progress, retry, run_world
        self.version = model_version()
        if run_world != ENGINE:
            self.version += f" {run_world if isinstance(run_world, str) else run_world.__qualname__}"
        rules = {p: self.scenario.rules(p, self.scale) for p in self.policies}
        self.rules = {p: [rule.as_data() for rule in some] for p, some in rules.items()}
        self.runs: dict[tuple[str, int], dict] = {}
        self.errors: dict[tuple[str, int], str] = {}
        self.kept = self.reused = 0
        self._computing, self._computed = 0.0, 0
        self._told: set[tuple[str, str]] = set()

    # which worlds

    def until_precise(self, most: int) -> tuple[int, str]:
        """Pilot and batches: (worlds that count, why it stopped)."""
        boundaries = [*range(PILOT, most, BATCH), most]
        ahead = BATCH * -(-self.jobs // BATCH)  # enough worlds at once to keep every process busy
        reached = 0
        for boundary in boundaries:
            if boundary > reached:
                until = min(most, max(boundary, reached + ahead))
                note = say("progress.pilot") if not reached else say("progress.batch")
                self.gather(reached + 1, until, note)
                reached = until
            if self.precise(boundary):
                return boundary, "precise"
        return most, "limit"

    def precise(self, worlds: int) -> bool:
        """Is the half-width at most δ/2 for every primary measure of every policy?  Nothing else counts."""
        first = self.policies[0]
        for name in PRIMARY:
            reference = self._column(first, worlds, "measures", name)
            for policy in self.policies[1:]:
                values = self._column(policy, worlds, "measures", name)
                half = statistics.half_width(reference, values)
                if half is None or half > PRECISION * MEASURES[name].delta:
                    return False
        return True

    # living and keeping

    def gather(self, first: int, last: int, note: str) -> None:
        """Have worlds ``first`` to ``last``: from the ledger where it knows them, else lived now."""
        tasks = []
        done = first - 1
        for world in range(first, last + 1):
            missing = self._recall(world)
            if missing:
                tasks.append(self._task(world, missing))
            else:
                done += 1
        self._tell_failures(done, last)
        self._tell(done, last, note)
        if not tasks:
            return
        if self.run_world == ENGINE:
            have_compiled(lambda: self._tell(done, last, say("progress.compiling")))
        keep_scenario(self.scenario)
        began = time.monotonic()
        before = self._computing
        results = spread(tasks, self.jobs)
        try:
            for world, lived in results:
                keyed = [(self._key(run.policy, world), run) for run in lived]
                self.ledger.keep(self.scenario.id, self.scale, world, self.days, keyed)
                for run in lived:
                    self._take(run.policy, world, run.outcome, run.error)
                self.kept += len(lived)
                done += 1
                self._computed += 1
                self._computing = before + time.monotonic() - began
                self._tell_failures(done, last)
                self._tell(done, last, note)
        finally:
            results.close()

    def _task(self, world: int, missing: list[str]) -> Task:
        return Task(str(self.scenario.source), self.digest, self.scale, tuple(missing), world,
                    self.days, self.run_world, model_version())  # fmt: skip

    def _recall(self, world: int) -> list[str]:
        """Take what the ledger knows of a world; the policies that it does not know."""
        keys = {policy: self._key(policy, world) for policy in self.policies}
        known = self.ledger.find(keys.values())
        missing = []
        for policy, key in keys.items():
            outcome, error = known.get(key, (None, None))
            if outcome is None and (error is None or self.retry):
                missing.append(policy)
            else:
                self.reused += 1
                self._take(policy, world, outcome, error)
        return missing

    def _key(self, policy: str, world: int) -> str:
        return run_key(self.digest, policy, self.rules[policy], self.scale, world, self.days,
                       self.version)  # fmt: skip

    def _take(self, policy: str, world: int, packed: bytes | None, error: str | None) -> None:
        """Keep what is needed of an outcome; fresh or from the ledger, it is read from the packed form."""
        if packed is None:
            self.errors[policy, world] = error
            return
        outcome = unpack(packed)
        series = {name: array("d", (math.nan if v is None else v for v in line))
                  for name, line in outcome["series"].items() if name in MEASURES}  # fmt: skip
        self.runs[policy, world] = {
            **{part: outcome[part] for part in _KEPT}, "series": series, "day": outcome["series"]["day"],
        }  # fmt: skip

    def _whole_outcome(self, policy: str, world: int) -> dict:
        key = self._key(policy, world)
        return unpack(self.ledger.find([key])[key][0])

    def _tell(self, done: int, total: int, note: str) -> None:
        if self.progress:
            left = self._computing / self._computed * (total - done) if self._computed else None
            self.progress(done, total, left, note)

    def _tell_failures(self, done: int, total: int) -> None:
        """Each error once; how many runs it cost is in ``Comparison.failed``."""
        for (policy, world), error in self.errors.items():
            error = _last_line(error)
            if (policy, error) not in self._told:
                self._told.add((policy, error))
                self._tell(done, total, say("progress.failed", world=world, policy=policy, error=error))

    # the answer

    def comparison(self, worlds: int, because: str) -> Comparison:
        """Reduce the first ``worlds`` worlds, in their order."""
        first, others = self.policies[0], self.policies[1:]
        for policy in self.policies:
            if not any((policy, w) in self.runs for w in range(1, worlds + 1)):
                raise UserError("compare_all_failed", place=policy, value=_last_line(self.errors[policy, 1]))
        measures = {}
        for name, m in MEASURES.items():
            reference = self._column(first, worlds, "measures", name)
            defined = [v for v in reference if v is not None]
            by_policy = {}
            for policy in others:
                values = self._column(policy, worlds, "measures", name)
                by_policy[policy] = {**statistics.paired(reference, values),
                                     **statistics.share_better(reference, values, m.better),
                                     "correlation": statistics.correlation(reference, values)}  # fmt: skip
            measures[name] = {
                "unit": m.unit, "delta": m.delta, "better": m.better, "kind": m.kind,
                "primary": m.primary, "harm": m.harm, "exploratory": not m.primary,
                "reference": {"policy": first, "n": len(defined),
                              "mean": statistics.mean(defined)},
                "by_policy": by_policy,
            }  # fmt: skip
        _judge(measures, others)
        whole = next((w for w in range(1, worlds + 1) if self._all_have(w)), None)
        replies = {p: self._pooled(p, worlds) for p in self.policies}
        return Comparison(
            scenario=self.scenario.id, title=dict(self.scenario.title), scale=self.scale,
            people=next(run["people"] for run in self.runs.values()),
            classroom=bool(self.scenario.scales[self.scale].classroom), days=self.days,
            policies=list(self.policies),
            policy_titles={p: dict(self.scenario.policies[p].title) for p in self.policies},
            worlds=worlds, stopped_because=because, measures=measures,
            results=self._results(worlds), strata=self._strata(worlds), series=self._series(worlds),
            projects={p: self._whole_outcome(p, whole)["projects"] if whole else [] for p in self.policies},
            projects_world=whole, reply_curve=_reply_curve(replies), failed=self._failed(worlds),
            version=self.version, digest=self.digest,
            source=str(self.scenario.source), replies=replies,
            lived=self.kept, reused=self.reused,
        )  # fmt: skip

    def _all_have(self, world: int) -> bool:
        return all((policy, world) in self.runs for policy in self.policies)

    def _column(self, policy: str, worlds: int, *path: str) -> list[float | None]:
        """By world: what stands at ``path`` in the run's outcome, None where there is nothing."""
        column = []
        for world in range(1, worlds + 1):
            value = self.runs.get((policy, world))
            for step in path:
                value = None if value is None else value.get(step)
            column.append(value)
        return column

    def _differences(self, worlds: int, *path: str) -> dict[str, dict]:
        """By policy: n, mean, reference, diff and the plain 95 % interval of what stands at ``path``."""
        reference = self._column(self.policies[0], worlds, *path)
        found = {p: statistics.paired(reference, self._column(p, worlds, *path)) for p in self.policies[1:]}
        return {p: {k: v for k, v in one.items() if k != "p"} for p, one in found.items()}

    def _results(self, worlds: int) -> dict[str, dict]:
        days = sorted({day for run in self.runs.values() for day in run["results"]}, key=int)
        return {day: {name: self._differences(worlds, "results", day, name) for name in MEASURES}
                for day in days}  # fmt: skip

    def _strata(self, worlds: int) -> dict[str, dict]:
        found: dict[str, dict] = {}
        for stratum, groups in STRATA.items():
            for group in groups:
                found.setdefault(stratum, {})[group] = {
                    m.name: self._differences(worlds, "strata", stratum, group, m.name)
                    for m in MEASURES.values() if m.strata
                }  # fmt: skip
        return found

    def _series(self, worlds: int) -> dict:
        day: list[int] = []
        by_policy = {}
        for policy in self.policies:
            runs = [self.runs[policy, w] for w in range(1, worlds + 1) if (policy, w) in self.runs]
            day = runs[0]["day"]
            names = [name for name in MEASURES if name in runs[0]["series"]]
            by_policy[policy] = {n: statistics.bands([run["series"][n] for run in runs]) for n in names}
        return {"day": day, "by_policy": by_policy}

    def _pooled(self, policy: str, worlds: int) -> dict:
        """The reported needs of the first worlds, as many worlds as REPLIES_MOST allows."""
        hours: list[float] = []
        answered: list[int] = []
        used = 0
        for world in range(1, worlds + 1):
            if (policy, world) in self.runs:
                replies = self._whole_outcome(policy, world)["replies"]
                if used and len(hours) + len(replies["hours"]) > REPLIES_MOST:
                    break
                hours += replies["hours"]
                answered += replies["answered"]
                used += 1
        return {"hours": hours, "answered": answered, "worlds": used}

    def _failed(self, worlds: int) -> list[dict]:
        return [{"policy": policy, "world": world, "error": _last_line(error)}
                for (policy, world), error in sorted(self.errors.items(), key=lambda e: (e[0][1], e[0][0]))
                if world <= worlds]  # fmt: skip


def _judge(measures: dict[str, dict], policies: Sequence[str]) -> None:
    """Add ``p_holm`` (policies × primary measures; the plain p for the others) and ``verdict``."""
    family = [measures[name]["by_policy"][p] for name in PRIMARY for p in policies]
    for found, p in zip(family, statistics.holm([one["p"] for one in family]), strict=True):
        found["p_holm"] = p
    for measure in measures.values():
        for found in measure["by_policy"].values():
            found.setdefault("p_holm", found["p"])
            found["verdict"] = statistics.verdict(found, found["p_holm"], measure["delta"], measure["better"])


def _reply_curve(replies: dict[str, dict]) -> dict:
    by_policy = {policy: {"unanswered": statistics.survival(pool["hours"], pool["answered"], CURVE_HOURS),
                          "n": len(pool["hours"]), "answered": sum(pool["answered"]),
                          "worlds": pool["worlds"]} for policy, pool in replies.items()}  # fmt: skip
    return {"hours": list(CURVE_HOURS), "by_policy": by_policy}


def _loaded(scenario):
    if isinstance(scenario, str | os.PathLike):
        from commsim.scenarios import load

        return load(scenario)
    return scenario


def _known_policies(scenario, policies: Iterable[str]) -> list[str]:
    policies = [policies] if isinstance(policies, str) else list(policies)
    for policy in policies:
        scenario.policy(policy)
    if len(policies) < 2:
        raise UserError("compare_needs_two", value=", ".join(policies), allowed=", ".join(scenario.policies))
    for policy in policies:
        if policies.count(policy) > 1:
            raise UserError("compare_same_twice", value=policy)
    return policies


def _last_line(error: str) -> str:
    return error.strip().splitlines()[-1]


def _whole(name: str, number) -> int:
    if isinstance(number, bool) or not isinstance(number, int) or number < 1:
        raise UserError("compare_below_one", place=name, value=number)
    return number
