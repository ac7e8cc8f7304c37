"""Validation: each pattern looked for in worlds and in parameter draws, in as many processes as there are.

A task is one world, one draw or one row of a design, with all patterns that are wanted there, so that
they share the starts of their places.  Results depend on numbers only, never on the order in which
processes finish.  A look that ends with an error counts as "not there" and is told.
"""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from statistics import median
from typing import NamedTuple

from commsim.errors import UserError
from commsim.experiments.ledger import model_version
from commsim.experiments.progress import Progress
from commsim.experiments.worlds import have_compiled, processors, settle, spread
from commsim.words import say

TABLE = "commsim.experiments.patterns:PATTERNS"
WORLDS = 30  # draws are as many as worlds unless said otherwise
ROWS_A_DRAW = 0.5  # rows of a design for each draw asked for
DRAWS_FROM, ROWS_FROM = 1000, 5000  # worlds of draw 0 and of row 0: apart from worlds 1, 2, … and from each other
WORLD, DRAW, ROW = "world", "draw", "row"


class Looking(NamedTuple):
    """One world (or draw, or row) and the ids of the patterns to look for there."""

    kind: str
    number: int
    patterns: tuple[str, ...]
    table: str = TABLE
    version: str = ""
    parent: int = 0


class Seen(NamedTuple):
    """What came of a look: the pattern's numbers, or the error that ended it."""

    numbers: dict | None
    error: str | None


@dataclass
class Validation:
    """The finished table: ``rows`` are JSON-ready, ``failed`` says which looks ended with an error."""

    rows: list[dict]
    worlds: int
    draws: int
    failed: list[dict] = field(default_factory=list)


def validate(names: Sequence[str] = (), worlds: int = WORLDS, draws: int | None = None, jobs: int | None = None,
             progress: Progress | None = None, table: str = TABLE) -> Validation:  # fmt: skip
    """Look for the patterns ``names`` (none: all) in worlds 1 to ``worlds`` and in ``draws`` parameter draws.

    ``jobs``: processes, None for all processors; the answer is the same for any number, and on a
    cluster.  ``table`` is where the patterns are found, as "module:name".  Raises UserError for an unknown pattern
    or one given twice.
    """
    patterns = _chosen(_table(table), names)
    draws = worlds if draws is None else draws
    tasks = _tasks(patterns, worlds, draws, table)
    seen = _look(tasks, jobs, progress)
    rows = [_row(pattern, seen) for pattern in patterns]
    failed = [{"pattern": name, "kind": kind, "number": number, "error": one.error}
              for (kind, number), some in sorted(seen.items()) for name, one in some.items() if one.error]  # fmt: skip
    return Validation(rows, worlds, draws, failed)


def look(task: Looking) -> tuple[tuple[str, int], dict[str, Seen]]:
    """Look for the patterns of a task: its (kind, number), and what was seen by pattern."""
    if task.parent:
        settle(task.parent, task.version)
    table, bench, found = _table(task.table), _bench(task), {}
    for name in task.patterns:
        try:
            found[name] = Seen(_plain(table[name].live(bench)), None)
        except Exception:
            found[name] = Seen(None, traceback.format_exc().strip().splitlines()[-1])
    return (task.kind, task.number), found


def _bench(task: Looking):
    from commsim.experiments.bench import Bench
    from commsim.experiments.drawing import drawn

    if task.kind == WORLD:
        return Bench(task.number)
    if task.kind == ROW:
        return Bench(ROWS_FROM + task.number)
    return Bench(DRAWS_FROM + task.number, drawn(task.number))


def _table(named: str) -> dict:
    module, name = named.split(":")
    return getattr(import_module(module), name)


def _chosen(table: dict, names: Sequence[str]) -> list:
    from commsim.experiments.patterns import pattern

    for k, name in enumerate(names):
        if name not in table:
            pattern(name)  # says which there are
        if name in names[:k]:
            raise UserError("pattern_twice", value=name)
    return [table[name] for name in table if not names or name in names]


def _tasks(patterns: Sequence, worlds: int, draws: int, table: str) -> list[Looking]:
    """Every world and draw with the patterns that are looked for there, and the rows of designs."""
    usual = tuple(p.id for p in patterns if p.whole is None)
    designed = tuple(p.id for p in patterns if p.whole is not None)
    version, tasks = model_version(), []
    for kind, count, ids in ((WORLD, worlds, usual), (DRAW, draws, usual), (ROW, rows_for(draws), designed)):
        if ids:
            tasks += [Looking(kind, number, ids, table, version) for number in range(1, count + 1)]
    return tasks


def rows_for(draws: int) -> int:
    """Rows of a design that go with so many draws, at least two."""
    return max(2, round(ROWS_A_DRAW * draws))


def _look(tasks: list[Looking], jobs: int | None, progress: Progress | None) -> dict:
    seen: dict[tuple[str, int], dict[str, Seen]] = {}
    tell = _teller(tasks, progress)
    tell(0)
    if any(task.table == TABLE for task in tasks):
        have_compiled(lambda: tell(0, say("progress.compiling")))
    jobs = processors() if jobs is None else jobs
    results = spread(tasks, jobs, look)
    try:
        for where, found in results:
            seen[where] = found
            tell(len(seen))
    finally:
        results.close()
    return seen


def _teller(tasks, progress) -> Callable[..., None]:
    began = time.monotonic()
    most = max((len(task.patterns) for task in tasks), default=0)

    def tell(done: int, note: str | None = None) -> None:
        if progress:
            left = (time.monotonic() - began) / done * (len(tasks) - done) if done else None
            progress(done, len(tasks), left, note or say("validation.note", n=most))

    return tell


def _row(pattern, seen: dict) -> dict:
    """The line of a pattern, from everything that was seen, in order of worlds and draws."""
    if pattern.whole is not None:
        share, observed = pattern.whole([n for n in _numbers(pattern, seen, ROW) if n is not None])
        shares, observed = (share, share), _plain(observed)
    else:
        in_worlds = _numbers(pattern, seen, WORLD)
        shares = tuple(_share(pattern, some) for some in (in_worlds, _numbers(pattern, seen, DRAW)))
        observed = _medians([n for n in in_worlds if n is not None])
    return {
        "id": pattern.id, "title": say(f"pattern.{pattern.id}.title"), "test": say(f"pattern.{pattern.id}.test"),
        "observed": observed, "share_worlds": shares[0], "share_draws": shares[1],
        "calibrated": pattern.calibrated, "holds": pattern.holds(*shares),
    }  # fmt: skip


def _numbers(pattern, seen, kind) -> list[dict | None]:
    return [found[pattern.id].numbers for (k, _), found in sorted(seen.items()) if k == kind and pattern.id in found]


def _share(pattern, some: list[dict | None]) -> float | None:
    """Share of looks in which the pattern was there; undefined and failed ones count as not there."""
    if not some:
        return None
    return sum(numbers is not None and pattern.there(numbers) is True for numbers in some) / len(some)


def _medians(some: list[dict]) -> dict | None:
    """By number: its median over the worlds where it is defined; None where it is nowhere, and of no worlds."""
    if not some:
        return None
    found = {}
    for name in some[0]:
        known = [numbers[name] for numbers in some if numbers[name] is not None]
        found[name] = float(median(known)) if known else None
    return found if any(value is not None for value in found.values()) else None


def _plain(numbers: dict) -> dict:
    """Python numbers only, None for what is not finite."""
    out = {}
    for name, value in numbers.items():
        value = None if value is None else float(value)
        out[name] = value if value is not None and abs(value) < float("inf") else None
    return out
