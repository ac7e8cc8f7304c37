"""Time and memory of one community from 300 to 1.6 million people: a table and a log-log picture.

    python benchmarks/linear.py [--most 1600000] [--days 365] [--runs 1] [--out docs/pictures]

Each size is a Jinyang of that many people under `jinyang_2016` with the full scale's rules and an
official for every 3,077 people, in a process of its own, kernels compiled beforehand, a record of every
evening.  Sizes are 300 and then four times as many each time, the last being `--most`.  The slope is that
of log time over log people from 10,000 people on, where fixed costs no longer show; 1 is linear.
"""

from __future__ import annotations

import argparse
import json
import math
import platform
import statistics
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

LEAST, TIMES, FITTED_FROM = 300, 4, 10_000
LABELS = {
    "en": {"people": "people", "time": "seconds of the processor", "memory": "MB of memory at most",
           "start": "start (730 days without rules)", "days": "{days} days under the policy", "linear": "linear"},
    "zh": {"people": "人数", "time": "处理器秒", "memory": "内存最高（MB）", "start": "准备（没有规则的730天）",
           "days": "方案下的{days}天", "linear": "成正比"},
}  # fmt: skip


def one(people: int, days: int) -> dict:
    """Live one size in this process."""
    import time
    from dataclasses import replace

    from commsim import engine, scenarios
    from commsim.cli.printed import peak_mb

    scenario = scenarios.load("jinyang")
    engine.run(engine.prepare(scenario.place("courtyard"), 1), scenario.rules("jinyang_2016", "courtyard"), 60)
    before = peak_mb()
    whole = scenario.place("full")
    x = whole.settings.x._replace(officials=float(max(1, round(people * 13 / 40_000))))
    place = replace(whole, people=people, households=round(people / whole.settings.x.mean_household),
                    settings=replace(whole.settings, x=x))  # fmt: skip
    clock = time.perf_counter(), time.process_time()
    state = engine.prepare(place, 1)
    start, start_worked = time.perf_counter() - clock[0], time.process_time() - clock[1]
    clock = time.perf_counter(), time.process_time()
    engine.run(state, scenario.rules("jinyang_2016", "full"), days)
    return {"people": people, "start": start, "days": time.perf_counter() - clock[0], "start_worked": start_worked,
            "days_worked": time.process_time() - clock[1], "before_mb": before, "peak_mb": peak_mb()}  # fmt: skip


def sizes(most: int) -> list[int]:
    found = [LEAST]
    while found[-1] * TIMES < most:
        found.append(found[-1] * TIMES)
    return [*found, most]


def in_a_process(people: int, days: int) -> dict:
    command = [sys.executable, __file__, "--one", str(people), "--days", str(days)]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)


def slope(rows: list[dict], what: str) -> float | None:
    """Of log ``what`` over log people, least squares, from FITTED_FROM people on; None below two sizes."""
    points = [(math.log(r["people"]), math.log(r[what])) for r in rows if r["people"] >= FITTED_FROM]
    return statistics.linear_regression(*zip(*points, strict=True)).slope if len(points) > 1 else None


def picture(rows: list[dict], days: int, lang: str, path: Path) -> None:
    from matplotlib.figure import Figure

    from commsim.show import fonts

    fonts.use(lang)
    words, people = LABELS[lang], [r["people"] for r in rows]
    figure = Figure(figsize=(7.2, 3.2), layout="constrained")
    time, memory = figure.subplots(1, 2)
    for name, colour, marker in (("start", "#5C6975", "o"), ("days", "#0072B2", "s")):
        time.plot(people, [r[f"{name}_worked"] for r in rows], color=colour, marker=marker,
                  label=words[name].format(days=days))  # fmt: skip
        last = rows[-1][f"{name}_worked"] / people[-1]
        time.plot(people, [last * n for n in people], color=colour, linewidth=0.7, linestyle=":",
                  label=words["linear"] if name == "days" else None)  # fmt: skip
    memory.plot(people, [r["peak_mb"] for r in rows], color="#0072B2", marker="s")
    memory.set_ylim(100)
    for ax, what in ((time, "time"), (memory, "memory")):
        ax.set(xscale="log", yscale="log", xlabel=words["people"], ylabel=words[what])
        ax.spines[["top", "right"]].set_visible(False)
        ax.xaxis.set_major_formatter(lambda n, _: f"{n:,.0f}")
        ax.yaxis.set_major_formatter(lambda n, _: f"{n:g}")
        ax.yaxis.set_minor_formatter("")
        ax.tick_params(labelsize=8)
        ax.grid(color="#EBEFF2")
    time.legend(frameon=False, fontsize=7.5)
    figure.savefig(path, metadata={"Date": None})


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--most", type=int, default=1_600_000)
    asked.add_argument("--days", type=int, default=365)
    asked.add_argument("--runs", type=int, default=1)
    asked.add_argument("--out", type=Path)
    asked.add_argument("--one", type=int, help=argparse.SUPPRESS)
    options = asked.parse_args()
    if options.one:
        return print(json.dumps(one(options.one, options.days)))
    from commsim.engine import warm

    warm()
    versions = ", ".join(f"{name} {version(name)}" for name in ("commsim", "numpy", "numba"))
    print(f"{platform.machine()}, Python {platform.python_version()}, {versions}; runs of each size: {options.runs}\n")
    print(f"| people | start, s | {options.days} days, s | processor, s | million person-days/s | peak MB |")
    print("|---|---|---|---|---|---|", flush=True)
    rows = []
    for people in sizes(options.most):
        runs = [in_a_process(people, options.days) for _ in range(options.runs)]
        row = {name: statistics.median(run[name] for run in runs) for name in runs[0]}
        rows.append(row)
        worked, rate = row["start_worked"] + row["days_worked"], people * options.days / row["days_worked"] / 1e6
        print(f"| {people:,} | {row['start']:.2f} | {row['days']:.2f} | {worked:.2f} "
              f"| {rate:.2f} | {row['peak_mb']:.0f} |", flush=True)  # fmt: skip
    print(f"\nBefore the place is made a process holds {rows[0]['before_mb']:.0f} MB.")
    for name in ("start_worked", "days_worked"):
        if (found := slope(rows, name)) is not None:
            print(f"Slope of log {name} over log people from {FITTED_FROM:,} people on: {found:.2f}")
    for lang in LABELS if options.out else ():
        picture(rows, options.days, lang, options.out / f"linear_{lang}.svg")


if __name__ == "__main__":
    main()
