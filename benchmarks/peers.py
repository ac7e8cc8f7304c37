"""commsim against what one would write instead: plain Mesa agents, and Starsim.

    pip install . -r benchmarks/peers-requirements.txt     (an environment of its own)
    python benchmarks/peers.py [--people 10000] [--days 60] [--runs 3] [--skip mesa|starsim]

Mesa: the phases neighbouring and joining of a Jinyang estate after its burn-in, with the office's group, and
the same rules as agents (peer_mesa.py).  Both draw by commsim's keys, so that every chat is the same on
the same day: this is asserted pair by pair, with who is in which group at the end.
Starsim: adoption by ten random contacts a person and day (peer_starsim.py).  All runs of one call are
made in turn in one process; "set-up" is what comes before the first day.
"""

from __future__ import annotations

import argparse
import platform
import statistics
import time
from dataclasses import replace
from importlib.metadata import PackageNotFoundError, version

import numpy as np

from commsim import scenarios
from commsim.day.joining import joining
from commsim.day.neighbouring import choose_partners, neighbouring, ring_weights
from commsim.day.plan import Phase
from commsim.engine import Days, prepare, warm
from commsim.rules import OnlineGroup, fold
from commsim.state.ties import level_on

HOUSEHOLD = 2.667  # people, as in the scenario
RULES = (OnlineGroup(),)
CLOSE = 1e-9  # how far two sums of the same strengths may be apart
WANTED_MESA, WANTED_STARSIM = 100, 2


# -- Mesa ---------------------------------------------------------------------------------------------------------


def estate(people: int, world: int = 1, burn_in: int | None = None):
    """The start of both arms: a Jinyang estate of so many people on day 0, nobody in a group."""
    place = scenarios.load("jinyang").place("estate")
    place = replace(place, people=people, households=round(people / HOUSEHOLD))
    return prepare(place if burn_in is None else replace(place, burn_in=burn_in), world)


def in_commsim(start) -> Days:
    """Days that consist of neighbouring and joining only."""
    return Days(start.copy(), RULES, plan=[Phase(phase.__name__, phase) for phase in (neighbouring, joining)])


def in_mesa(start):
    """The same as a Mesa model."""
    from peer_mesa import Estate

    return Estate(start, fold(start.base, RULES, start.day).x)


def chats_of(loop: Days) -> list[list[int]]:
    """Who will talk with whom on the day that comes, in order: [[row, row], …]; changes nothing."""
    state = loop.state
    settings, t = loop.settings(state.day), state.tables
    x = settings.levers[0]
    weights = ring_weights(t.people, x.stranger_weight)
    level = level_on(state.day, x.half_life)
    return choose_partners(t.people, t.homes, t.ties, weights, x, state.world, state.day, level).tolist()


def check(loop: Days, model, days: int) -> dict[str, int]:
    """Live through ``days`` days in both and compare; what happened, as counts.

    Raises AssertionError where a chat, a member or (by more than rounding) a tie differs.
    """
    chats = 0
    for day in range(days):
        expected = chats_of(loop)
        loop.live()
        model.step()
        assert [[one.row, other.row] for one, other in model.chats] == expected, f"other chats on day {day}"
        assert members(loop) == members_in_mesa(model), f"other members after day {day}"
        chats += len(expected)
    ours, theirs = ties(loop), ties_in_mesa(model)
    assert ours.keys() == theirs.keys() and all(abs(ours[pair] - theirs[pair]) < CLOSE for pair in ours)
    groups = members(loop)
    return {"chats": chats, "ties": len(ours), "groups": len(groups), "members": sum(len(g[-1]) for g in groups)}


def members(loop: Days) -> list[tuple]:
    """(kind, compound, theme, members in the order they came) of each group."""
    groups = loop.state.groups
    return [(int(groups.rows["kind"][g]), int(groups.rows["compound"][g]), int(groups.rows["interest"][g]),
             groups.member[g, : groups.rows["members"][g]].tolist()) for g in range(groups.count[0])]  # fmt: skip


def members_in_mesa(model) -> list[tuple]:
    return [(group.kind, group.compound, group.theme, [resident.row for resident in group.members])
            for group in model.groups]  # fmt: skip


def ties(loop: Days) -> dict[tuple[int, int], float]:
    """{(row, row): strength} on the morning after the last day."""
    state = loop.state
    person, where = state.ties.everybody()
    slots, level = state.ties.slots[where], level_on(state.day, state.base.x.half_life)
    pairs = zip(person.tolist(), slots["neighbour"].tolist(), strict=True)
    return dict(zip(pairs, (slots["u"] / level).tolist(), strict=True))


def ties_in_mesa(model) -> dict[tuple[int, int], float]:
    return {(one.row, other.row): model.today(tie) for one in model.residents for other, tie in one.known}


def timed(step, days: int) -> float:
    began = time.perf_counter()
    for _ in range(days):
        step()
    return time.perf_counter() - began


def against_mesa(people: int, days: int, runs: int) -> None:
    start = estate(people)
    print(f"neighbouring and joining, {people:,} people, {days} days: {check(in_commsim(start), in_mesa(start), days)}\n")
    ours, theirs = [], []
    for _ in range(runs):  # in turn, so that a busy minute of the machine meets both
        ours.append(timed(in_commsim(start).live, days))
        theirs.append(timed(in_mesa(start).step, days))
        ours.append(timed(in_commsim(start).live, days))
    table({"commsim": ours, "Mesa": theirs}, people * days, WANTED_MESA)


# -- the table ------------------------------------------------------------------------------------------------------


def table(found: dict[str, list[float]], person_days: int, wanted: float) -> None:
    """Medians with smallest and largest; ``found``: seconds by arm, commsim's first, the peer's last."""
    print("| | s (min–max) | runs | million person-days/s |\n|---|---|---|---|")
    for name, seconds in found.items():
        middle = statistics.median(seconds)
        print(f"| {name} | {middle:.3g} ({min(seconds):.3g}–{max(seconds):.3g}) | {len(seconds)} "
              f"| {person_days / middle / 1e6:.3g} |")  # fmt: skip
    ours, theirs = (list(found.values())[k] for k in (0, -1))
    ratio, least = statistics.median(theirs) / statistics.median(ours), min(theirs) / max(ours)
    print(f"\n{ratio:.3g} times as fast (at the least {least:.3g}); wanted: {wanted}\n")


def versions() -> str:
    names = ("commsim", "mesa", "starsim", "numpy", "numba")
    return ", ".join(f"{name} {_version(name)}" for name in names)


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "absent"


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--people", type=int, default=10_000)
    asked.add_argument("--days", type=int, default=60)
    asked.add_argument("--runs", type=int, default=3)
    asked.add_argument("--skip", choices=("mesa", "starsim"))
    options = asked.parse_args()
    warm()
    print(f"{platform.machine()}, Python {platform.python_version()}, {versions()}\n")
    if options.skip != "mesa":
        against_mesa(options.people, options.days, options.runs)


if __name__ == "__main__":
    main()
