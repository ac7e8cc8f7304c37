"""What each phase of the day costs when every rule is in force: microseconds a day, medians of three years.

    python benchmarks/mechanisms.py [--scale courtyard]

Every rule stands with the values that `jinyang_2016` gives it, else with its default ones; `audit` is left
out because it contradicts `tracking`.  Runs of one process are compared with one another only.
"""

from __future__ import annotations

import argparse
import statistics
import time

from commsim import scenarios
from commsim.engine import Days, prepare, warm
from commsim.record import Record
from commsim.rules import RULES

DAYS, RUNS = 365, 3


def every_rule(scenario, scale):
    """One rule of each kind."""
    own = {rule.name: rule for rule in scenario.rules("jinyang_2016", scale)}
    return tuple(own.get(name) or kind() for name, kind in RULES.items() if name != "audit")


def year(start, rules):
    """(seconds, microseconds a day by phase) of a year."""
    loop = Days(start.copy(), rules, Record())
    began = time.perf_counter()
    for _ in range(DAYS):
        loop.live()
    return time.perf_counter() - began, {phase.name: phase.seconds * 1e6 / DAYS for phase in loop.plan}


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--scale", default="courtyard")
    options = asked.parse_args()
    warm()
    scenario = scenarios.load("jinyang")
    start = prepare(scenario.place(options.scale), 1)
    policies = {name: scenario.rules(name, options.scale) for name in ("before", "jinyang_2016")}
    policies["every rule"] = every_rule(scenario, options.scale)
    found = {name: [year(start, rules) for _ in range(RUNS)] for name, rules in policies.items()}
    print("| phase | " + " | ".join(found) + " |\n|---|" + "---|" * len(found))
    middle = {name: statistics.median(seconds for seconds, _ in runs) for name, runs in found.items()}
    print("| **a year, s** | " + " | ".join(f"{middle[name]:.3f}" for name in found) + " |")
    for phase in found["every rule"][0][1]:
        cells = [f"{statistics.median(phases[phase] for _, phases in runs):.0f}" for runs in found.values()]
        print(f"| {phase} | " + " | ".join(cells) + " |")


if __name__ == "__main__":
    main()
