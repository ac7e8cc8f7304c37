"""The log of a simulated group, made while the lesson runs, and three questions to it.

The group is the first one of the Jinyang estate: half a year after it was founded a log of one year begins.  From the
middle of that year on people write only ``kept`` per cent of their small talk; needs, replies and what the office
writes go on.  Nothing is worked out beforehand; the people are invented.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from commsim.chatlogs import simulated
from commsim.chatlogs.events import Log
from commsim.chatlogs.health import profile, waits_of
from commsim.engine import Days, prepare, to_the_end
from commsim.measures import ACQUAINTED
from commsim.measures.durations import ended_within, survival
from commsim.scenarios import load
from commsim.state.ties import level_on

SCENARIO, SCALE, POLICY, GROUP = "jinyang", "estate", "jinyang_2017", 0
BEFORE, HALF, WINDOW = 182, 182, 28  # days before the log, of each of its halves, of a window
QUARTER = 3  # windows compared at either end
FEW = 1  # who knows at most so many other members is at the margin: as in the study of docs/log-health.md
KNOWN_MOST = 10  # acquaintances at which the picture ends
WAITS = (0, 0.1, 0.25, 0.5, 1, 2, 4, 8, 16, 24, 36, 48, 72, 96, 120, 144, 168)  # hours drawn


class Year(NamedTuple):
    """A year's log and what only the simulator knows: how many other members each member knew, by key, when the log
    began and when it ended."""

    log: Log
    at_first: Mapping[int, int]
    at_last: Mapping[int, int]


_years: dict[tuple[int, int], Year] = {}


def living(kept: int, world: int):
    """``year`` a day at each step, for those who have to listen meanwhile; returns the same in the end."""
    if (kept, world) not in _years:
        state, collector, at_first = yield from _half(world)
        state, collector = state.copy(), copy.deepcopy(collector)
        x = state.base.x
        state.base = replace(state.base, x=x._replace(mu=x.mu * kept / 100.0))
        yield from _days(state, collector, HALF)
        _years[kept, world] = Year(collector.log(), at_first, _known(state))
    return _years[kept, world]


def year(kept: int, world: int) -> Year:
    """The log of a world in which ``kept`` per cent of small talk is left in its second half."""
    return to_the_end(living(kept, world))


_halves: dict[int, tuple] = {}


def _half(world: int):
    """(state, collector, who knew how many when the log began) in the middle of the year; copy before living."""
    if world not in _halves:
        state = prepare(load(SCENARIO).place(SCALE), world)
        yield from _days(state, None, BEFORE)
        collector, at_first = simulated.Collector(state, GROUP), _known(state)
        yield from _days(state, collector, HALF)
        _halves[world] = state, collector, at_first
    return _halves[world]


def _days(state, collector, days: int):
    loop = Days(state, load(SCENARIO).rules(POLICY, SCALE))
    for _ in range(days):
        loop.live()
        if collector is not None:
            collector.take(state, state.day - 1)
        yield


def _known(state) -> dict[int, int]:
    """How many other members each member of the group knows, by the member's key."""
    inside = (state.groups.seats.group == GROUP).any(axis=1)
    person, slot = state.ties.everybody()
    strength = state.ties.slots["u"][slot] / level_on(state.day - 1, state.base.x.half_life)
    both = inside[person] & inside[state.ties.slots["neighbour"][slot]]
    known = np.bincount(person[both & (strength >= ACQUAINTED)], minlength=state.size)
    keys = simulated.keys_of(state)
    return {int(keys[i]): int(known[i]) for i in np.flatnonzero(inside)}


# -- three questions: (counts, x, lines from 0 to 100) ------------------------------------------------------


def closer(numbers: Mapping[str, int], world: int):
    """Does the group grow closer?  Density by window over the roster (``active`` 0) or among those active (1), the
    first quarter of the year being 100; and what the log does not show: how many others a member knows."""
    found = year(numbers["kept"], world)
    series = _series(numbers["kept"], world)
    density = np.array(series["density_active" if numbers["active"] else "density"], float)  # None becomes NaN
    writers = np.array(series["senders"], float)
    change = 100.0 * np.nanmean(density[-QUARTER:]) / np.nanmean(density[:QUARTER])
    counts = {"change": change, "writers": 100.0 * writers[-QUARTER:].mean() / writers[:QUARTER].mean(),
              "knew": _mean(found.at_first), "know": _mean(found.at_last)}  # fmt: skip
    there = np.isfinite(density)
    return counts, WINDOW // 7 * np.flatnonzero(there), 100.0 * density[there][None, :] / np.nanmax(density)


def _mean(known: Mapping[int, int]) -> float:
    return float(np.mean(list(known.values())))


@lru_cache(maxsize=64)
def _series(kept: int, world: int) -> dict[str, list]:
    return profile(year(kept, world).log, WINDOW).series


def silence(numbers: Mapping[str, int], world: int):
    """Do the silent know nobody?  Of all members, or of those who wrote nothing in the last ``days`` (``silent`` 1):
    how many in a hundred know at most k others, and how many are meant.  Members who came later are left out."""
    log, _, at_last = year(numbers["kept"], world)
    since = log.time[-1] - simulated.DAY * numbers["days"]
    wrote = np.zeros(len(log.members), bool)
    wrote[log.sender[log.time > since]] = True
    knows = np.array([at_last.get(simulated.key_of(name), -1) for name in log.members])
    meant = (knows >= 0) & ~(log.joined > since)  # those of the beginning have no day on which they came
    if numbers["silent"]:
        meant &= ~wrote
    x = np.arange(KNOWN_MOST + 1)
    share = 100.0 * np.mean(knows[meant][:, None] <= x, axis=0) if meant.any() else np.zeros(len(x))
    counts = {"margin": share[FEW] if meant.any() else np.nan, "meant": meant.sum()}
    return counts, x, share[None, :]


def answers(numbers: Mapping[str, int], world: int):
    """How many are answered in time?  Openings answered within ``hours``: of those that were answered at all
    (``all`` 0), or of all of them by Kaplan and Meier (1)."""
    waits = waits_of(year(numbers["kept"], world).log)
    chosen = np.ones(len(waits.hours), bool) if numbers["all"] else waits.answered
    hours, answered = waits.hours[chosen], waits.answered[chosen]
    times, left = survival(hours, answered)
    drawn = 100.0 * np.append(1.0, left)[np.searchsorted(times, WAITS, side="right")]
    counts = {"answered": 100.0 * ended_within(hours, answered, float(numbers["hours"])), "opened": len(hours)}
    return counts, np.array(WAITS), drawn[None, :]
