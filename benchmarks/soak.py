"""Whether memory grows: 200 communities built, lived in and dropped in one process, under each Mesa.

    python benchmarks/soak.py [--communities 200] [--days 3] [--pythons PYTHON PYTHON]

Agents untouched (``live`` only) and touched (everybody's view is made, asked and changed).  A fresh process for
each; resident memory after the first twenty, at the end, and the most.  ``--pythons`` names the Python of each
environment to be measured, for instance one with Mesa 3.3.1 and one with the newest before 4:

    python -m venv newest && newest/bin/pip install . "mesa<4"
    python benchmarks/soak.py --pythons python newest/bin/python
"""

from __future__ import annotations

import argparse
import gc
import json
import subprocess
import sys
from pathlib import Path

FIRST = 20  # communities after which everything that is loaded once is there
MB = 1e6


def resident() -> float:
    """Megabytes of this process in memory."""
    import psutil

    return psutil.Process().memory_info().rss / MB


def soak(touched: bool, communities: int, days: int, scale: str = "courtyard") -> dict:
    """Build, live in and drop ``communities`` communities; {"mesa", "first", "last", "grown", "most", "alive"} (MB).

    ``alive``: communities that are still in memory in the end, of all that were made.
    """
    import weakref

    import mesa

    import commsim as cs

    refs, first, most = [], 0.0, 0.0
    for k in range(communities):
        community = cs.Community("jinyang", policy="jinyang_2016", scale=scale, world=k % 5)
        if touched:
            community.agents.select(lambda agent: agent.trust is not None).agg("trust", max)
        community.live(days)
        if touched:
            community.agents.shuffle().do(repr)
        refs.append(weakref.ref(community))
        del community
        most = max(most, resident())
        if k + 1 == min(FIRST, communities):
            gc.collect()  # only where memory is read: Python collects by itself as it does for everybody
            first = resident()
    gc.collect()
    last = resident()
    return {"mesa": mesa.__version__, "first": first, "last": last, "grown": last - first, "most": most,
            "alive": sum(ref() is not None for ref in refs)}  # fmt: skip


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--communities", type=int, default=200)
    asked.add_argument("--days", type=int, default=3)
    asked.add_argument("--scale", default="courtyard")
    asked.add_argument("--pythons", nargs="+", default=[sys.executable])
    asked.add_argument("--one", choices=("touched", "untouched"), help="measure in this process and print JSON")
    options = asked.parse_args()
    if options.one:
        print(json.dumps(soak(options.one == "touched", options.communities, options.days, options.scale)))
        return
    print("| Mesa | agents | MB after 20 | MB after all | grown, MB | most, MB | still alive | wanted |")
    print("|---|---|---|---|---|---|---|---|")
    for python in options.pythons:
        for which in ("untouched", "touched"):
            command = [python, str(Path(__file__)), "--one", which, "--communities", str(options.communities),
                       "--days", str(options.days), "--scale", options.scale]  # fmt: skip
            told = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
            print(f"| {told['mesa']} | {which} | {told['first']:.1f} | {told['last']:.1f} | {told['grown']:+.1f} "
                  f"| {told['most']:.1f} | {told['alive']} of {options.communities} | < 20 |", flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
