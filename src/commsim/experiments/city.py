"""A whole city: every community lived through once under one policy, a row of the table for each.

A worker is given names and numbers, makes the community itself and holds one at a time.  The largest
go first, so that no straggler is left in the end.  Every row is in the ledger the moment it arrives,
and a run that was killed goes on from there; neither the number of processes nor an interruption
changes the table.
"""

from __future__ import annotations

import math
import os
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import NamedTuple

from commsim.errors import UserError
from commsim.experiments.ledger import Ledger, model_version, run_key
from commsim.experiments.progress import Progress
from commsim.experiments.worlds import Lived, have_compiled, pack, processors, settle, spread, unpack
from commsim.measures.table import MEASURES
from commsim.scenarios.city import WORLDS_MOST, City, Community, load_city
from commsim.words import say

SHOWN = tuple(m.name for m in MEASURES.values() if m.primary)
QUANTILES = (0.1, 0.25, 0.5, 0.75, 0.9)
BANDS = (0, 1_000, 3_000, 10_000, 30_000)  # people from which a community belongs to the next band
COUNTED = ("gatherings_held", "projects_done", "restarts", "cost_yuan", "messages_per_day")  # add up as they are
PER_THOUSAND = ("grievances", "volunteers")
ROW = "community row 1"  # changes when a row comes to hold something else


class Task(NamedTuple):
    """What a worker must know to live one community."""

    source: str  # id or path of the city
    digest: str
    policy: str
    world: int
    number: int
    days: int
    version: str
    parent: int = 0  # process id of the parent, 0 when the community is lived in the parent


@dataclass
class CityTable:
    """What became of a city.  ``rows``: one per community in the order of their numbers, with ``number,
    people, households, officials, renter_share, short_share, x, y`` and ``measures`` of the last day.
    """

    city: str
    title: dict[str, str]
    policy: str
    policy_title: dict[str, str]
    world: int
    days: int
    rows: list[dict]
    failed: list[dict]
    version: str
    digest: str
    seconds: float = 0.0  # of this sitting
    worked: float = field(default=0.0, repr=False)  # seconds of all processes in communities lived now
    lived: int = 0
    reused: int = 0

    @property
    def person_days_lived(self) -> int:
        """Of the rows in this table, without the time before day 0."""
        return self.days * sum(row["people"] for row in self.rows)

    def as_data(self) -> dict:
        """JSON-ready, and the same whether communities were lived now or taken from the ledger."""
        return {"city": self.city, "title": self.title, "policy": self.policy, "world": self.world,
                "days": self.days, "version": self.version, "digest": self.digest, "failed": self.failed,
                "summary": summary(self.rows), "communities": self.rows}  # fmt: skip


# -- one community -------------------------------------------------------------------------------------


def live_community(task: Task) -> tuple[int, Lived]:
    """Live one community: (its number, its packed row); an error other than the user's becomes a failed row."""
    if task.parent:
        settle(task.parent, task.version)
    city, communities = _made(task.source, task.digest, task.world)
    try:
        row = row_of(city, communities[task.number - 1], task.policy, task.days)
        return task.number, Lived(task.policy, pack(row), None)
    except UserError:
        raise
    except Exception:
        return task.number, Lived(task.policy, None, traceback.format_exc())


def row_of(city: City, community: Community, policy: str, days: int, daily: bool = False) -> dict:
    """The row of one community, with the seconds that its start and its days took.

    Only the two evenings are added up that the row needs; ``daily`` adds up every one, for tests.
    """
    from commsim import engine

    began = time.perf_counter()
    state = engine.prepare(city.place(community), community.world)
    started = time.perf_counter()
    record = _record(days, daily)
    loop = engine.Days(state, city.scenario.rules(policy, city.scale), record)
    for _ in range(days):
        loop.live()
    measures = {name: column[-1] for name, column in record.series.items() if name != "day"}
    facts = {name: value for name, value in asdict(community).items() if name != "world"}
    return {**facts, "measures": measures, "start_seconds": started - began,
            "seconds": time.perf_counter() - started}  # fmt: skip


def _record(days: int, daily: bool):
    """A record of the last evening, and of the one from which the window of four weeks is counted."""
    from commsim.record import TALK_WINDOW, Record

    last = days - 1
    dear = frozenset({last})
    if daily:
        return Record(dear)

    class LastEvening(Record):
        def keep(self, state, settings, day):
            if day in (last - TALK_WINDOW, last):
                super().keep(state, settings, day)

        def _weekly_hours(self, worked):
            before = worked[0] if len(worked) > 1 else self.worked_before
            return (worked - before) / self.officials / min(days, TALK_WINDOW) * 7.0

    return LastEvening(dear)


_cities: dict[tuple[str, int], tuple[City, list[Community]]] = {}  # digest, world -> kept between tasks


def _made(source: str, digest: str, world: int):
    if (digest, world) not in _cities:
        city = load_city(source)
        if city.digest != digest:
            raise UserError("compare_scenario_changed", place=source)
        _cities[digest, world] = city, city.draw(world)
    return _cities[digest, world]


# -- the city ------------------------------------------------------------------------------------------


def live_city(source, policy: str | None = None, world: int = 1, days: int | None = None,
              communities: int | None = None, jobs: int | None = None, ledger: str | os.PathLike | None = None,
              progress: Progress | None = None, *, retry: bool = False,
              work: Callable = live_community) -> CityTable:  # fmt: skip
    """Live a city: every community, or the first ``communities`` in the order of their numbers.

    ``source``: a City, its id or the path of its file.  ``jobs``: processes, None for one per
    processor.  ``ledger``, ``retry``: as in ``compare``.  ``progress``: called with (done, total,
    seconds left, note); the time left goes by people.  Raises UserError for a mistake in an argument.
    """
    began = time.monotonic()
    city = load_city(source)
    policy, days = policy or city.policy, days or city.days
    title = dict(city.scenario.policy(policy).title)
    if not 0 <= world <= WORLDS_MOST:
        raise UserError("value_out_of_range", place="world", value=world, low=0, high=WORLDS_MOST)
    if communities is not None and not 1 <= communities <= city.communities:
        raise UserError("value_out_of_range", place="communities", value=communities, low=1, high=city.communities)
    rules = [rule.as_data() for rule in city.scenario.rules(policy, city.scale)]
    wanted = city.draw(world)[:communities]
    _cities[city.digest, world] = city, city.draw(world)
    version = model_version()
    keys = {c.number: run_key(city.digest, policy, rules, ROW, c.world, days, version) for c in wanted}
    rows: dict[int, dict] = {}
    failed: dict[int, str] = {}
    table = CityTable(city.id, dict(city.title), policy, title, world, days, [], [], version, city.digest)

    def take(number: int, packed: bytes | None, error: str | None) -> float:
        if packed is None:
            failed[number] = error.strip().splitlines()[-1]
            return 0.0
        row = unpack(packed)
        spent = row.pop("start_seconds") + row.pop("seconds")  # of a sitting, so no part of the table
        rows[number] = row
        return spent

    with Ledger(ledger, version) as store:
        known = store.find(keys.values())
        missing = []
        for one in wanted:
            outcome, error = known.get(keys[one.number], (None, None))
            if outcome is None and (error is None or retry):
                missing.append(one)
            else:
                take(one.number, outcome, error)
                table.reused += 1
        missing.sort(key=lambda one: (-one.people, one.number))  # the largest first
        tasks = [Task(str(city.source), city.digest, policy, world, one.number, days, version) for one in missing]
        tell = _Telling(progress, wanted, missing)
        if tasks:
            have_compiled(lambda: tell.say(say("progress.compiling")))
            tell.began = time.monotonic()
        results = spread(tasks, jobs or processors(), work)
        try:
            for number, lived in results:
                store.keep(city.id, "community", number, days, [(keys[number], lived)])
                table.worked += take(number, lived.outcome, lived.error)
                table.lived += 1
                tell.done(number)
        except KeyboardInterrupt:
            key = "progress.city_interrupted" if ledger is None else "progress.city_interrupted_ledger"
            print("\n" + say(key, ledger=ledger, communities=table.lived), file=sys.stderr)
            raise
        finally:
            results.close()
    if not rows:
        raise UserError("city_all_failed", place=policy, value=failed[min(failed)])
    table.rows = [rows[number] for number in sorted(rows)]
    table.failed = [{"number": number, "error": failed[number]} for number in sorted(failed)]
    table.seconds = time.monotonic() - began
    return table


class _Telling:
    """How far the city is; what is left is judged by people, because the largest go first."""

    def __init__(self, progress, wanted, missing):
        self.progress, self.began = progress, time.monotonic()
        self.people = {one.number: one.people for one in missing}
        self.all, self.total = sum(self.people.values()), len(wanted)
        self.ready = self.total - len(missing)
        self.lived = 0
        self.say(say("progress.city_largest_first"))

    def done(self, number):
        self.lived += self.people[number]
        self.ready += 1
        self.say(say("progress.city_largest_first"))

    def say(self, note):
        if self.progress:
            left = (time.monotonic() - self.began) * (self.all / self.lived - 1) if self.lived else None
            self.progress(self.ready, self.total, left, note)




# -- the summary ---------------------------------------------------------------------------------------


def summary(rows: list[dict]) -> dict:
    """``totals``, ``quantiles[measure]`` weighted by people, ``bands`` by size.  Sums are exact, so that the
    order of arrival cannot matter."""
    people = sum(row["people"] for row in rows)
    totals = {name: sum(row[name] for row in rows) for name in ("people", "households", "officials")}
    totals = {"communities": len(rows), **totals}
    totals["renter_share"] = math.fsum(r["renter_share"] * r["households"] for r in rows) / totals["households"]
    for name in COUNTED:
        totals[name] = math.fsum(value for value, _ in _values(rows, name))
    for name in PER_THOUSAND:
        totals[name] = math.fsum(value * size / 1000 for value, size in _values(rows, name))
    return {
        "totals": totals,
        "means": {name: _mean(_values(rows, name)) for name in MEASURES},
        "quantiles": {name: {f"{q:g}": quantile(_values(rows, name), q) for q in QUANTILES} for name in SHOWN},
        "bands": [_band(low, [r for r in rows if band_of(r["people"]) == low], people)
                  for low in BANDS],
    }  # fmt: skip


def band_of(people: int) -> int:
    """The lower end of the size band of a community."""
    return max(low for low in BANDS if low <= people)


def quantile(values: list[tuple[float, int]], q: float) -> float | None:
    """The smallest value at which at least the share ``q`` of people is reached; None of nothing."""
    values = sorted(values)
    wanted, reached = q * sum(size for _, size in values), 0
    for value, size in values:
        reached += size
        if reached >= wanted:
            return value
    return None


def _band(low, rows, everybody) -> dict:
    people = sum(row["people"] for row in rows)
    return {"from": low, "communities": len(rows), "people": people, "share": people / everybody,
            "medians": {name: quantile(_values(rows, name), 0.5) for name in SHOWN}}  # fmt: skip


def _values(rows, name) -> list[tuple[float, int]]:
    """(value, people) of the communities in which the measure is defined."""
    return [(r["measures"][name], r["people"]) for r in rows if r["measures"][name] is not None]


def _mean(values) -> float | None:
    people = sum(size for _, size in values)
    return math.fsum(value * size for value, size in values) / people if people else None
