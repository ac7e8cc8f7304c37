"""How long a year takes at each scale, and how much memory: one table, medians of fresh processes.

    python benchmarks/years.py [--runs 5] [--scales courtyard estate full]

Each run is `commsim run … --json` in a process of its own; kernels are compiled beforehand.
"""

from __future__ import annotations

import argparse
import json
import platform
import statistics
import subprocess
import sys
from importlib.metadata import version


def one_year(scale: str, policy: str) -> dict:
    """What `commsim run` measured of itself."""
    command = [sys.executable, "-m", "commsim.cli", "run", "jinyang", "--policy", policy, "--scale", scale,
               "--days", "365", "--world", "1", "--json"]  # fmt: skip
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--runs", type=int, default=5)
    asked.add_argument("--scales", nargs="+", default=["courtyard", "estate", "full"])
    asked.add_argument("--policy", default="jinyang_2016")
    options = asked.parse_args()
    one_year("courtyard", options.policy)
    versions = ", ".join(f"{name} {version(name)}" for name in ("commsim", "numpy", "numba"))
    print(f"{platform.machine()}, Python {platform.python_version()}, {versions}; {options.runs} runs each\n")
    print("| scale | people | start, s | year, s (min-max) | million person-days/s | peak MB |")
    print("|---|---|---|---|---|---|")
    for scale in options.scales:
        runs = [one_year(scale, options.policy) for _ in range(options.runs)]
        seconds = [run["seconds"] for run in runs]
        middle, people = statistics.median(seconds), runs[0]["people"]
        print(f"| {scale} | {people:,} | {statistics.median(r['setup_seconds'] for r in runs):.2f} "
              f"| {middle:.2f} ({min(seconds):.2f}-{max(seconds):.2f}) | {people * 365 / middle / 1e6:.2f} "
              f"| {max(run['peak_mb'] for run in runs):.0f} |")  # fmt: skip


if __name__ == "__main__":
    main()
