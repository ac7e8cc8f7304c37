"""How far flags about members can be trusted: precision and recall in simulated logs, where the truth is known.

The truth, laid down before anything was measured.  A member's *standing* is the summed strength of the ties to
other members of the group.  *Lost ties*: had a standing of at least one acquaintance at the end of the first of
the windows that the flag looks at, and less than half of that at the end of the last.  *At the margin*:
on the last day knows (acquaintance or more) at most one other member.  Flags see the log only, the truth sees ties
only: whoever drifts in a chat without losing anybody offline counts as a false alarm, and the other way round.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from dataclasses import dataclass, replace

import numpy as np
from scipy.stats import binomtest, rankdata

from commsim import engine, scenarios
from commsim.chatlogs import simulated
from commsim.chatlogs.health import DRIFT_DAYS, drift_of, margins_of
from commsim.measures import ACQUAINTED
from commsim.measures.margins import DRIFTING, LEVEL, TOO_SHORT
from commsim.measures.margins import drift as drift_among
from commsim.state.ties import level_on
from commsim.words import language, say

LENGTHS = (364, 728, 1092)  # days: thirteen windows of four weeks, and two and three times as many
TALK = (1.0, 10.0)  # times the scenario's rate of small talk
LOST = 0.5  # share of the standing that must be left
GROUP = 0  # the first group that is founded: the first compound's official one
KINDS = ("drifting", "drifting_alone", "silent", "unheard", "peripheral")


@dataclass(frozen=True)
class Counts:
    """Members judged, of whom ``true`` are what the flag claims; ``flagged`` and rightly so (``hit``).

    ``all_true``: also those about whom nothing could be said.
    """

    judged: int = 0
    true: int = 0
    flagged: int = 0
    hit: int = 0
    all_true: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(*(a + b for a, b in zip(vars(self).values(), vars(other).values(), strict=True)))


class Standing:
    """What only a simulation knows: every fourth week, each member's standing and how many others each one knows."""

    def __init__(self):
        self.seen: dict[int, tuple[dict[int, float], dict[int, int]]] = {}  # after so many days

    def look(self, state, day: int) -> None:
        """The evening of ``day``, if it ends a fourth week."""
        if (day + 1) % DRIFT_DAYS:
            return
        inside = (state.groups.seats.group == GROUP).any(axis=1)
        person, slot = state.ties.everybody()
        strength = state.ties.slots["u"][slot] / level_on(day, state.base.x.half_life)
        both = inside[person] & inside[state.ties.slots["neighbour"][slot]]
        standing = np.bincount(person[both], weights=strength[both], minlength=state.size)
        known = np.bincount(person[both & (strength >= ACQUAINTED)], minlength=state.size)
        keys, members = simulated.keys_of(state), np.flatnonzero(inside)
        self.seen[day + 1] = ({int(keys[i]): float(standing[i]) for i in members},
                              {int(keys[i]): int(known[i]) for i in members})  # fmt: skip


def judge(log, standing: Standing, days: int) -> dict[str, Counts]:
    """Counts of each flag for the log of the first ``days`` days."""
    keys = [simulated.key_of(name) for name in log.members]
    drift, windows = drift_of(log)
    now, known = standing.seen[days]
    before: dict[int, float] = {}  # at the end of the first window that each member was there
    for k in range(windows - 1, -1, -1):
        before = standing.seen[days - DRIFT_DAYS * k][0] | before
    lasted = np.array([before.get(key, 0.0) >= ACQUAINTED and key in now for key in keys], bool)
    lost = np.array([there and now[key] < LOST * before[key] for key, there in zip(keys, lasted, strict=True)], bool)
    alone = drift.p <= LEVEL
    out = {"drifting": _counts(lasted, drift.state != TOO_SHORT, lost, drift.state == DRIFTING),
           "drifting_alone": _counts(lasted, drift.state != TOO_SHORT, lost, alone & (drift.tau < 0))}  # fmt: skip
    here = np.array([key in known for key in keys], bool)
    margin = np.array([known.get(key, 2) <= 1 for key in keys], bool)
    found = margins_of(log)
    for name, told in (("silent", found.known), ("unheard", found.known), ("peripheral", found.known_long)):
        out[name] = _counts(here, told, margin, getattr(found, name))
    return out


def _counts(wanted, told, truth, flag) -> Counts:
    judged = wanted & told
    return Counts(int(judged.sum()), int((truth & judged).sum()), int((flag & judged).sum()),
                  int((flag & truth & judged).sum()), int((truth & wanted).sum()))  # fmt: skip


def study(scenario="jinyang", scale="estate", policy="jinyang_2017", worlds=20, lengths=LENGTHS, talk=TALK) -> dict:
    """{(times the talk, days, flag): [Counts of each world]}, in ``worlds`` worlds lived once to the longest length."""
    chosen, found = scenarios.load(scenario), defaultdict(list)
    place = chosen.place(scale)
    for times in talk:
        x = place.settings.x._replace(mu=place.settings.x.mu * times)
        louder = replace(place, settings=replace(place.settings, x=x))
        for world in range(1, worlds + 1):
            standing, state = Standing(), engine.prepare(louder, world)
            log = simulated.live_and_log(state, chosen.rules(policy, scale), max(lengths), GROUP, standing.look)
            for days in lengths:
                seen = simulated.until(log, simulated.START + simulated.DAY * days)
                for name, counts in judge(seen, standing, days).items():
                    found[times, days, name].append(counts)
    return dict(found)


def planted(members=200, tenth=10, worlds=20, lengths=(8, 13, 26, 39), ties=(1, 3, 10)) -> dict:
    """The same counts where the truth is in the log by construction: {(ties a window, windows, flag): [Counts]}.

    Every member is addressed by a Poisson number of others a window; for one member in ``tenth`` its mean falls to
    nothing in a straight line.  Says what the flag could find at best.
    """
    random, found = np.random.default_rng(1), defaultdict(list)
    falls = np.arange(members) < members // tenth
    everybody = np.ones(members, bool)
    for mean in ties:
        for windows in lengths:
            rest = np.where(falls[:, None], np.linspace(1.0, 0.0, windows), 1.0)
            for _ in range(worlds):
                incoming = random.poisson(mean * rest)
                drift = drift_among((rankdata(incoming, axis=0) - 0.5) / members, incoming)
                told = drift.state != TOO_SHORT
                found[mean, windows, "drifting"].append(_counts(everybody, told, falls, drift.state == DRIFTING))
                alone = (drift.p <= LEVEL) & (drift.tau < 0)
                found[mean, windows, "drifting_alone"].append(_counts(everybody, told, falls, alone))
    return dict(found)


def table(found: dict, heads: str, lang: str | None = None) -> str:
    """Counts as a table in Markdown: n, share to whom it applies, precision and recall with 95 % intervals."""
    heads = heads.split("|")
    rows = ["| " + " | ".join(heads) + " |", "| " + " | ".join("---" for _ in heads) + " |"]
    for (times, days, name), worlds in found.items():
        sum_ = sum(worlds, Counts())
        rows.append("| " + " | ".join([
            f"{times:g}", str(days), say(f"log.drift.flag.{name}", lang), f"{sum_.judged:,}",
            _percent(sum_.true, sum_.judged), str(sum_.flagged),
            _with_interval(worlds, "hit", "flagged"), _with_interval(worlds, "hit", "true"),
            _with_interval(worlds, "hit", "all_true"),
        ]) + " |")  # fmt: skip
    return "\n".join(rows)


def _percent(part, of) -> str:
    return f"{100 * part / of:.0f} %" if of else "–"


def _with_interval(worlds, part: str, of: str) -> str:
    """A share over all worlds, with the range of worlds drawn again: members of one world are not independent.

    Where all worlds agree on nothing or everything, Wilson's interval for so many members.
    """
    parts, wholes = (np.array([getattr(counts, name) for counts in worlds]) for name in (part, of))
    if wholes.sum() == 0:
        return "–"
    if parts.sum() in (0, wholes.sum()):
        found = binomtest(int(parts.sum()), int(wholes.sum())).proportion_ci(method="wilson")
        return f"{_percent(parts.sum(), wholes.sum())} ({100 * found.low:.0f}–{100 * found.high:.0f})"
    drawn = np.random.default_rng(1).integers(0, len(worlds), (2000, len(worlds)))
    with np.errstate(invalid="ignore"):
        shares = parts[drawn].sum(axis=1) / wholes[drawn].sum(axis=1)
    low, high = np.nanpercentile(shares, [2.5, 97.5])
    return f"{_percent(parts.sum(), wholes.sum())} ({100 * low:.0f}–{100 * high:.0f})"


def main() -> None:
    """``python -m commsim.experiments.drift [worlds]``: print both tables."""
    worlds = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    lang = language()
    print(table(study(worlds=worlds), say("log.drift.heads", lang), lang))
    print()
    print(table(planted(worlds=worlds), say("log.drift.planted_heads", lang), lang))


if __name__ == "__main__":
    main()
