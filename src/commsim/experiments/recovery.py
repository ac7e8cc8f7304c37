"""Are known levers found again?  Logs are simulated under levers that are known, fitted, and compared.

Every log has its own mix of levers, each at one of three levels, and comes from one of two places.  A third set of
logs comes from a community that trusts its office more than the scenario says, which no log tells.
Run with ``python -m commsim.experiments.recovery [LOGS]``: tables for docs/log-fit.md and docs/log-fit.zh.md.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from commsim import scenarios
from commsim.chatlogs import fitting, matching
from commsim.chatlogs.fitting import Estimate
from commsim.chatlogs.simulated import live_and_log
from commsim.population import Place
from commsim.rules import OnlineGroup
from commsim.state.settings import Settings
from commsim.words import LANGUAGES, say

LEVELS = {"mu": (0.4, 0.8, 1.6), "u": (0.05, 0.1, 0.2), "a": (0.1, 0.2, 0.4), "p_b": (0.1, 0.3, 0.6),
          "q": (0.2, 0.6, 2.0), "theta_join": (-1.0, -0.5, 0.3), "view_hours": (0.25, 0.5, 1.0)}  # fmt: skip
SIZES = {"courtyard": (300, 180), "estate": (600, 120)}  # people, days
BURN_IN = 365
LOGS, OTHER_TRUST, SCENARIO = 48, 0.5, "blank"
RIGHT, WRONG = "right", "wrong"  # whether the scenario has the trust that the log came from


@dataclass(frozen=True)
class Case:
    """A log to be fitted: what it is made of."""

    number: int
    size: str
    trust: str
    truth: dict[str, float]


@dataclass(frozen=True)
class Back:
    """What came back for one lever of one case; ``found`` None where it was not identifiable."""

    case: Case
    name: str
    way: str
    found: Estimate | None

    @property
    def covered(self) -> bool:
        return self.found.low <= self.case.truth[self.name] <= self.found.high

    @property
    def off(self) -> float:
        """Estimate minus truth: as a logarithm, but for the threshold of joining."""
        truth = self.case.truth[self.name]
        if self.name == "theta_join":
            return self.found.value - truth
        return float(np.log(max(self.found.value, matching.LOWEST) / truth))


def design(logs: int = LOGS) -> list[Case]:
    """``logs`` cases from either place and a third as many with another trust; levels are balanced."""
    draw = np.random.default_rng(6)
    cases = []
    for trust, n in ((RIGHT, logs), (WRONG, logs // 3)):
        levels = {name: draw.permutation(np.resize(np.arange(3), n)) for name in LEVELS}
        for k in range(n):
            truth = {name: LEVELS[name][levels[name][k]] for name in LEVELS}
            cases.append(Case(len(cases), list(SIZES)[k % 2], trust, truth))
    return cases


def place_of(size: str) -> tuple[Place, int]:
    """A place of that size in the template, and the days of its logs."""
    people, days = SIZES[size]
    scenario = scenarios.load(SCENARIO)
    place = scenario.place(size)
    return replace(place, people=people, burn_in=BURN_IN,
                   households=round(people / place.settings.x.mean_household)), days  # fmt: skip


def recover(case: Case, worlds: int = matching.WORLDS) -> list[Back]:
    """Simulate the case's log in a world of its own and fit it without knowing more than the place."""
    from commsim.engine import prepare

    place, days = place_of(case.size)
    lived = place
    if case.trust == WRONG:
        x = place.settings.x._replace(trust_start=OTHER_TRUST)
        lived = replace(place, settings=Settings(x, shocks=place.settings.shocks))
    state = prepare(lived, 1 + case.number)
    levers = {name: value for name, value in case.truth.items() if name != "p_b"}
    state.base = replace(state.base, x=state.base.x._replace(**levers))
    log = live_and_log(state, (OnlineGroup(poster=case.truth["p_b"]),), days, group=0)
    direct = {e.name: e for e in (*fitting.response(log), *fitting.joining(log, place.people, place.settings.x))}
    matched = {e.name: e for e in matching.match(log, place, worlds=worlds).found}
    asked = [("direct", name, direct) for name in ("view_hours", "p_b", "q", "theta_join")]
    asked += [("matched", name, matched) for name in matching.WIDTHS]
    return [Back(case, name, way, e if isinstance(e := some.get(name), Estimate) else None)
            for way, name, some in asked]  # fmt: skip


def study(logs: int = LOGS, worlds: int = matching.WORLDS, jobs: int = 1) -> list[Back]:
    """Everything that came back, case after case."""
    from joblib import Parallel, delayed

    found = Parallel(n_jobs=jobs, verbose=5)(delayed(recover)(case, worlds) for case in design(logs))
    return [one for some in found for one in some]


def rows(back: Sequence[Back], trust: str) -> list[dict]:
    """One row a lever and way: logs, share identified, bias, its spread, coverage with its exact interval."""
    told = []
    for way, name in dict.fromkeys((b.way, b.name) for b in back):
        mine = [b for b in back if (b.way, b.name, b.case.trust) == (way, name, trust)]
        known = [b for b in mine if b.found is not None]
        row = {"way": way, "name": name, "logs": len(mine), "identified": len(known)}
        if known:
            off = np.array([b.off for b in known])
            k = sum(b.covered for b in known)
            low, high = fitting.binomial_interval(k, len(known))
            levels = [[b.off for b in known if b.case.truth[name] == level] for level in LEVELS[name]]
            row |= {"bias": float(np.median(off)), "spread": float(off.std()), "covered": k / len(known), "low": low,
                    "high": high, "levels": [float(np.median(x)) if x else None for x in levels]}  # fmt: skip
        told.append(row)
    return told


def table(back: Sequence[Back], trust: str, lang: str) -> str:
    """The rows as Markdown."""
    columns = ("lever", "way", "identified", "bias", "levels", "coverage")
    lines = ["| " + " | ".join(say(f"recovery.{c}", lang) for c in columns) + " |", "|" + "---|" * len(columns)]
    for row in rows(back, trust):
        cells = [f"`{row['name']}`: {say('fitting.name.' + row['name'], lang)}",
                 say(f"recovery.way_{row['way']}", lang),
                 f"{row['identified']}/{row['logs']}"]  # fmt: skip
        if row["identified"]:
            cells += [_off(row["bias"], row["name"]),
                      ", ".join("–" if x is None else _off(x, row["name"]) for x in row["levels"]),
                      f"{100 * row['covered']:.0f}% ({100 * row['low']:.0f}–{100 * row['high']:.0f})"]  # fmt: skip
        else:
            cells += ["–", "–", "–"]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _off(x: float, name: str) -> str:
    return f"{x:+.2f}" if name == "theta_join" else f"{100 * np.expm1(x):+.0f}%"


def main(args: Sequence[str]) -> None:
    logs = int(args[0]) if args else LOGS
    back = study(logs, jobs=int(args[1]) if len(args) > 1 else 1)
    for lang in LANGUAGES:
        for trust in (RIGHT, WRONG):
            print(f"\n{say(f'recovery.{trust}', lang)}\n\n{table(back, trust, lang)}")


if __name__ == "__main__":
    main(sys.argv[1:])
