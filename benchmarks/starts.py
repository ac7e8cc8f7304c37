"""How long commsim takes to start, and how large the wheel is: fresh processes, minimum, median, maximum.

    python benchmarks/starts.py [--runs 9] [--wheel]

Seconds of the clock and of the processor: on a busy machine the clock counts the others' work too.  The model
is compiled before anything is measured.  ``--wheel`` builds the wheel (with `pip wheel`) and weighs it.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path
from time import perf_counter

ROOT = Path(__file__).parents[1]
MB = 1e6
CLI = ["-m", "commsim.cli"]
COURTYARD = [*CLI, "run", "jinyang", "--policy", "jinyang_2016", "--scale", "courtyard"]
STARTS = (  # what, arguments of Python, words of the completed line, at most so many seconds
    ("python -c pass", ["-c", "pass"], None, None),
    ("import commsim", ["-c", "import commsim"], None, 0.3),
    ("commsim --help", [*CLI, "--help"], None, 0.2),
    ("commsim run --help", [*CLI, "run", "--help"], None, 0.2),
    ("completion: a command", CLI, "commsim ", 0.2),
    ("completion: a policy", CLI, "commsim run jinyang --policy ", 0.2),
    ("commsim list", [*CLI, "list"], None, None),
    ("commsim run, courtyard, 1 day", [*COURTYARD, "--days", "1"], None, 1.0),
    ("commsim run, courtyard, 365 days", [*COURTYARD, "--days", "365"], None, None),
)


def took(arguments, line) -> tuple[float, float]:
    """Seconds of the clock and of the processor that a fresh Python takes."""
    env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}  # as users have it
    if line is not None:
        env |= {"_COMMSIM_COMPLETE": "bash_complete", "COMP_WORDS": line, "COMP_CWORD": str(line.count(" "))}
    before, began = os.times(), perf_counter()
    subprocess.run([sys.executable, *arguments], check=True, capture_output=True, env=env)
    after = os.times()
    spent = after.children_user + after.children_system - before.children_user - before.children_system
    return perf_counter() - began, spent


def wheel() -> float:
    """Megabytes of the wheel."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--quiet", "--wheel-dir", folder, str(ROOT)]
        subprocess.run(command, check=True)
        (file,) = Path(folder).glob("*.whl")
        return file.stat().st_size / MB


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--runs", type=int, default=9)
    asked.add_argument("--wheel", action="store_true", help="build and weigh the wheel too")
    options = asked.parse_args()
    subprocess.run([sys.executable, "-c", "from commsim import engine; engine.warm()"], check=True)
    versions = ", ".join(f"{name} {version(name)}" for name in ("commsim", "numpy", "numba"))
    print(f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, Python "
          f"{platform.python_version()}, {versions}; {options.runs} runs each\n")  # fmt: skip
    print("| what | clock, s: median (min–max) | processor, s: median (min–max) | wanted |\n|---|---|---|---|")
    for what, arguments, line, most in STARTS:
        took(arguments, line)  # the first reads the files from the disk
        cells = [f"{statistics.median(some):.3f} ({min(some):.3f}–{max(some):.3f})"
                 for some in zip(*(took(arguments, line) for _ in range(options.runs)), strict=True)]  # fmt: skip
        print(f"| {what} | {cells[0]} | {cells[1]} | {'' if most is None else f'≤ {most}'} |", flush=True)
    if options.wheel:
        print(f"| wheel | {wheel():.2f} MB | | ≤ 5 MB |")
    print(f"\nload at the end {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
