"""How fast the player plays in real Chromium with software rendering, and what recording costs.

    python benchmarks/player.py [--people 300 1000 3000] [--seconds 4] [--speed 20]

For each number of people: milliseconds of processor time that recording adds to each day of the run,
size of the data, the time until the first picture, and frames a second while playing (a page of
1100 x 900 pixels, one plan, and two plans in step).  The place is Jinyang's courtyard with other numbers of people.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import tempfile
from dataclasses import replace
from pathlib import Path
from time import process_time

from playwright.sync_api import sync_playwright

import commsim as cs
from commsim.engine import Days, prepare
from commsim.show import player, trajectory

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
         "--disable-sync", "--no-first-run"]  # fmt: skip
DAYS = 200
RUNS = 7
PLAY = """async ([seconds, speed]) => {
  const it = document.querySelector(".csp").commsim, frame = () => new Promise(requestAnimationFrame);
  it.speed = speed;
  it.seek(1);
  it.toggle();
  for (let k = 0; k < 10; k++) await frame();
  const began = performance.now(), first = it.frame;
  let frames = 0, slow = [];
  for (let last = began, now = began; now - began < seconds * 1000; last = now) {
    now = await frame();
    slow.push(now - last);
    frames++;
    if (!it.playing) { it.seek(1); it.toggle(); }
  }
  const took = performance.now() - began;
  it.toggle();
  slow.sort((a, b) => a - b);
  return { rate: (1000 * frames) / took, late: slow[Math.floor(slow.length * 0.95)] };
}"""
FIRST = "performance.getEntriesByName('first-contentful-paint').map((e) => e.startTime)[0]"


def lived(start, rules) -> float:
    began = process_time()
    loop = Days(start.copy(), rules)
    for _ in range(DAYS):
        loop.live()
    return process_time() - began


def recorded(scenario, start, rules) -> tuple[float, trajectory.Trajectory]:
    began = process_time()
    run = trajectory.record(scenario, rules, "courtyard", 1, DAYS, start)
    return process_time() - began, run


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--people", type=int, nargs="+", default=[300, 1000, 3000])
    asked.add_argument("--seconds", type=float, default=4.0)
    asked.add_argument("--speed", type=int, default=20, help="days a second")
    asked.add_argument("--chromium", default=shutil.which("chromium"))
    options = asked.parse_args()
    scenario = cs.load("jinyang")
    rules = scenario.rules("notice_and_vote", "courtyard")
    print(f"{DAYS} days, {options.speed} days a second; medians of {RUNS} runs\n")
    print("| people | ties | recording, ms a day | data, kB | first picture, ms | frames/s | slowest 5 %, ms "
          "| frames/s, two plans | slowest 5 %, ms |")  # fmt: skip
    print("|---|---|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as play:
        browser = play.chromium.launch(executable_path=options.chromium, args=FLAGS)
        print_row = [_row(scenario, rules, people, options, browser, Path(folder)) for people in options.people]
        print(*print_row, sep="\n")
        browser.close()


def _row(scenario, rules, people, options, browser, folder) -> str:
    place = replace(scenario.place("courtyard"), people=people, households=round(people / 2.65))
    start = prepare(place, 1)
    lived(start, rules)
    pairs = [(recorded(scenario, start, rules)[0], lived(start, rules)) for _ in range(RUNS)]
    extra = statistics.median(a - b for a, b in pairs) / DAYS * 1000
    run = recorded(scenario, start, rules)[1]
    rates = []
    for name, other in (("one", None), ("two", run)):
        page = browser.new_page(viewport={"width": 1100, "height": 900})
        page.goto(player.save(folder / f"{people}_{name}.html", run, other, "A", "B", lang="en").as_uri())
        page.wait_for_timeout(500)
        first = page.evaluate(FIRST)
        rates.append((first, page.evaluate(PLAY, [options.seconds, options.speed])))
        page.close()
    (first, one), (_, two) = rates
    return (f"| {people:,} | {len(run.pairs_on(DAYS)):,} | {extra:.2f} | {len(run.pack()[0]) / 1000:.0f} | {first:.0f} "
            f"| {one['rate']:.0f} | {one['late']:.0f} | {two['rate']:.0f} | {two['late']:.0f} |")  # fmt: skip


if __name__ == "__main__":
    main()
