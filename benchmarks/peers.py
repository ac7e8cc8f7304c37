"""commsim against what one would write instead: plain Mesa agents, and Starsim.

    pip install . -r benchmarks/peers-requirements.txt     (an environment of its own)
    python benchmarks/peers.py [--people 10000] [--days 365] [--runs 3] [--skip mesa|starsim]

Mesa: the phases neighbouring and joining of a Jinyang estate after its burn-in, with the office's group, and
the same rules as agents (peer_mesa.py).  Both draw by commsim's keys, so that every chat is the same on the
same day: asserted in every run, pair by pair, with who is in which group each evening and all ties at the end.
Starsim: adoption of a group by ten random contacts a person and day (peer_starsim.py), against the phase joining.
Runs are made in turn; making the people is not counted.
"""

from __future__ import annotations

import argparse
import math
import platform
import statistics
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from importlib.metadata import PackageNotFoundError, version
from multiprocessing import get_context

import numpy as np

from commsim import scenarios, special
from commsim.clock import MONTH
from commsim.day.joining import joining
from commsim.day.neighbouring import choose_partners, neighbouring, ring_weights
from commsim.day.plan import Phase
from commsim.engine import Days, prepare, warm
from commsim.rules import OnlineGroup, fold
from commsim.state.groups import OFFICIAL, enter, open_group
from commsim.state.settings import DEFAULTS
from commsim.state.ties import level_on

HOUSEHOLD = 2.667  # people, as in the scenario
CONTACTS, PEOPLE, YEAR = 10, 40_000, 365
SEEDS = 400  # members at first, one in a hundred
FASTEST = 1.5  # the top of the range of q, a month
RULES = (OnlineGroup(),)
CLOSE = 1e-9  # how far two sums of the same strengths may be apart
WANTED_MESA, WANTED_STARSIM = 100, 2


# -- Mesa ---------------------------------------------------------------------------------------------------------


def estate(people: int, world: int = 1, burn_in: int = 730, **levers):
    """The start of both arms: a Jinyang estate of so many people on day 0, nobody in a group.

    ``levers`` change the scenario's settings, from before the burn-in.
    """
    place = scenarios.load("jinyang").place("estate")
    settings = replace(place.settings, x=place.settings.x._replace(**levers))
    place = replace(place, people=people, households=round(people / HOUSEHOLD), burn_in=burn_in, settings=settings)
    return prepare(place, world)


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


def check(loop: Days, model, days: int) -> tuple[dict[str, int], float]:
    """Live through ``days`` days in both and compare: (counts of what happened, seconds that Mesa took).

    Raises AssertionError where a chat, a member or (by more than rounding) a tie differs.
    """
    chats, seconds = 0, 0.0
    for day in range(days):
        expected = chats_of(loop)
        loop.live()
        seconds += timed(model.step, 1)
        assert [[one.row, other.row] for one, other in model.chats] == expected, f"other chats on day {day}"
        assert members(loop) == members_in_mesa(model), f"other members after day {day}"
        chats += len(expected)
    ours, theirs = ties(loop), ties_in_mesa(model)
    assert ours.keys() == theirs.keys(), "other ties"
    assert all(abs(ours[pair] - theirs[pair]) < CLOSE for pair in ours), "other strengths"
    groups = members(loop)
    counts = {"chats": chats, "ties": len(ours) // 2, "groups": len(groups), "members": sum(len(g[-1]) for g in groups)}
    return counts, seconds


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


def mesa_alone(people: int, days: int) -> tuple[dict[str, int], float]:
    """One checked run of the Mesa model."""
    start = estate(people)
    return check(in_commsim(start), in_mesa(start), days)


def against_mesa(people: int, days: int, runs: int) -> None:
    """Each Mesa run has a process of its own: Mesa keeps every model alive, which slows whatever comes after it."""
    start = estate(people)
    timed(in_commsim(start).live, days)  # what happens only once in a process is not counted
    ours, theirs = [], []
    for _ in range(runs):  # in turn, so that a busy minute of the machine meets both
        ours += [timed(in_commsim(start).live, days) for _ in range(3)]
        with ProcessPoolExecutor(1, get_context("spawn")) as process:
            counts, seconds = process.submit(mesa_alone, people, days).result()
        theirs.append(seconds)
    print(f"neighbouring and joining, {people:,} people, {days} days; the same in both: {counts}\n")
    table({"commsim": ours, "Mesa": theirs}, people * days, WANTED_MESA)


# -- Starsim ------------------------------------------------------------------------------------------------------


def in_the_group(people: int, seeds: int, q: float, world: int = 1):
    """(state, group): a place as in ``special.adoption``, where each person has ten ties and ``seeds`` are members."""
    state = special.hamlet(people, per_compound=people, world=world, cap=float(people), ties_most=float(CONTACTS),
                           half_life=special.NEVER_FADES, theta_join=special.SURE, q=q, group_open=1.0)  # fmt: skip
    special.dense_ties(state, CONTACTS)
    group = open_group(state.groups, OFFICIAL, 0, -1, 0)
    for i in np.random.default_rng(world).permutation(people)[:seeds].tolist():
        enter(state.tables.groups, state.tables.people, i, group)
    return state, group


def adopt(state, group: int, days: int) -> np.ndarray:
    """Members after each day: int64[days].  Every morning each person's ten ties go to others drawn afresh;
    then the phase joining, which only asks whose tie it is and how strong."""
    slots = state.ties.slots["neighbour"][: state.size * CONTACTS]
    loop, inside = Days(state, (), plan=[Phase("joining", joining)]), []
    for _ in range(days):
        luck = np.random.default_rng((state.world, state.day))
        slots[:] = luck.integers(0, state.size, len(slots), dtype=np.int32)
        loop.live()
        inside.append(int(state.groups.rows["members"][group]))
    return np.array(inside, np.int64)


def beta_of(q: float) -> float:
    """The chance that one contact with a member wins somebody over: with m of ten contacts inside, the day's
    chance 1 - e^(-q/MONTH * m/10) is then 1 - (1 - beta)^m."""
    return -math.expm1(-q / MONTH / CONTACTS)


def against_starsim(q: float, runs: int) -> None:
    import peer_starsim

    def ours(world):
        state, group = in_the_group(PEOPLE, SEEDS, q, world)
        return lambda: adopt(state, group, YEAR)

    def theirs(world, pool=False):
        sim = peer_starsim.make(PEOPLE, SEEDS, beta_of(q), YEAR, world, pool)
        return lambda: peer_starsim.members(sim.run())

    arms = {"commsim": ours, "Starsim, mixing pool": lambda world: theirs(world, True), "Starsim": theirs}
    seconds, inside = {name: [] for name in arms}, {name: [] for name in arms}
    for world in range(1, runs + 1):
        for name, make in arms.items():
            year = make(world)
            began = time.perf_counter()
            inside[name].append(int(year()[-1]))
            seconds[name].append(time.perf_counter() - began)
    print(f"adoption, {PEOPLE:,} people, {YEAR} days, q {q} a month; members at the end: {inside}\n")
    table(seconds, PEOPLE * YEAR, WANTED_STARSIM)


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
    asked.add_argument("--days", type=int, default=365)
    asked.add_argument("--runs", type=int, default=3)
    asked.add_argument("--skip", choices=("mesa", "starsim"))
    options = asked.parse_args()
    warm()
    print(f"{platform.machine()}, Python {platform.python_version()}, {versions()}\n")
    if options.skip != "mesa":
        against_mesa(options.people, options.days, options.runs)
    if options.skip != "starsim":
        against_starsim(DEFAULTS.q, options.runs)
        against_starsim(FASTEST, options.runs)


if __name__ == "__main__":
    main()
