"""An engine that follows a script: fast, keyed by world and policy, and importable by a worker by name.

``measures`` are normal around a mean per policy, sharing most of their luck by world; the rest of the
outcome has the engine's shape.  Other functions here fail, vanish or count in chosen ways.
"""

from __future__ import annotations

import os
import random
import time
from pathlib import Path

from commsim.measures.table import MEASURES, STRATA

EFFECT = {"before": 0.0, "online_groups": 0.0, "jinyang_2016": 3.0}  # in units of δ
NOISE = 0.2  # in units of δ, of each run apart from the luck it shares


def outcome(policy: str, world: int, days: int, effect: dict = EFFECT, noise: float = NOISE) -> dict:
    shared, own = random.Random(f"luck {world}"), random.Random(f"{policy} {world}")

    def value(m):
        return m.delta * (10 + shared.gauss(0, 1) + effect.get(policy, 0.0) * m.better + own.gauss(0, noise))

    measures = {name: value(m) for name, m in MEASURES.items()}
    measures["project_days"] = None if world % 3 == 0 else measures["project_days"]
    strata = {
        stratum: {group: {m.name: value(m) for m in MEASURES.values() if m.strata} for group in groups}
        for stratum, groups in STRATA.items()
    }
    week = sorted({*range(0, days, 7), days})
    series = {"day": week} | {
        name: [None if measures[name] is None or d == 0 else measures[name] * d / days for d in week]
        for name in MEASURES
    }
    return {
        "measures": measures,
        "results": {str(d): measures for d in sorted({365, 1095, days}) if d <= days},
        "strata": strata,
        "series": series,
        "projects": [{"id": 1, "compound": 0, "proposed": 3, "ended": None, "outcome": "open",
                      "versions": world, "steps": []}],
        "replies": {"hours": [own.expovariate(0.1) for _ in range(20)],
                    "answered": [own.randint(0, 1) for _ in range(20)]},
        "seconds": 0.0,
        "people": 300,
    }  # fmt: skip


def run_world(scenario, scale, policies, world, days):
    return {policy: outcome(policy, world, days) for policy in policies}


def slow(scenario, scale, policies, world, days):
    time.sleep(0.02 + 0.05 * random.random())
    return run_world(scenario, scale, policies, world, days)


def noisy(scenario, scale, policies, world, days):
    """A large, highly significant effect under so much noise that δ/2 is out of reach."""
    effect = {"jinyang_2016": 40.0}
    return {p: outcome(p, world, days, effect, noise=12.0) for p in policies}


def no_effect(scenario, scale, policies, world, days):
    return {p: outcome(p, world, days, {}, noise=0.3) for p in policies}


def middling(scenario, scale, policies, world, days):
    """Needs more than the pilot and less than the limit."""
    return {p: outcome(p, world, days, {}, noise=1.2) for p in policies}


def fails_in_world_two(scenario, scale, policies, world, days):
    if world == 2 and "jinyang_2016" in policies:
        raise ZeroDivisionError("nobody was there to ask")
    return run_world(scenario, scale, policies, world, days)


def fails_while_told_to(scenario, scale, policies, world, days):
    if "COMMSIM_TEST_FAIL" in os.environ:
        raise ZeroDivisionError("nobody was there to ask")
    return run_world(scenario, scale, policies, world, days)


def never_works(scenario, scale, policies, world, days):
    if "jinyang_2016" in policies:
        raise ZeroDivisionError("nobody was there to ask")
    return run_world(scenario, scale, policies, world, days)


def not_finite(scenario, scale, policies, world, days):
    outcomes = run_world(scenario, scale, policies, world, days)
    if world == 1 and "jinyang_2016" in policies:
        outcomes["jinyang_2016"]["measures"]["coverage"] = float("nan")
    return outcomes


def dies(scenario, scale, policies, world, days):
    os._exit(13)


def interrupted(scenario, scale, policies, world, days):
    if world == 4:
        raise KeyboardInterrupt
    return run_world(scenario, scale, policies, world, days)


def counted(scenario, scale, policies, world, days):
    """Leaves a line for each world that is really lived."""
    with Path(os.environ["COMMSIM_TEST_COUNT"]).open("a") as lines:
        lines.write(f"{world} {' '.join(policies)}\n")
    return run_world(scenario, scale, policies, world, days)
