"""Textbook models of opinion and friendship, to be tried on a community's own network.

    from commsim.lessons import opinions

    graph = cs.Community(cs.load("jinyang"), "before", scale="courtyard", world=1).graph()
    opinions.degroot(opinions.lazy(graph), heard, steps=100)[-1]

Each has an answer that can be worked out by hand (``tests/verification/test_opinions.py``), and none is a
part of the model itself.  Chance comes from keyed draws: ``world`` names it, so the same world is the same luck.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import NamedTuple

import networkx as nx
import numpy as np

from commsim.draws import column
from commsim.errors import UserError

# Key words of lessons; what the model itself draws is declared in draws.py.
MEETING, VOTER, MODEL, BEGINS, ENDS, AT_START = (
    zlib.crc32(f"lesson {name}".encode())
    for name in ("meeting", "voter", "neighbour to copy", "friendship begins", "friendship ends", "friends at start")
)


def lazy(graph: nx.Graph) -> np.ndarray:
    """Weights with which everybody keeps half of their opinion and takes the rest evenly from their neighbours.

    Whoever has no neighbour keeps all of it.  Rows follow the order of the graph's nodes and sum to 1.
    """
    links = nx.to_numpy_array(graph, weight=None)
    degree = links.sum(axis=1)
    weights = 0.5 * links / np.maximum(degree, 1.0)[:, None]
    weights[np.diag_indices_from(weights)] = np.where(degree > 0, 0.5, 1.0)
    return weights


def degroot(weights: np.ndarray, opinions: Sequence[float], steps: int) -> np.ndarray:
    """Everybody takes the weighted mean of what was said yesterday (DeGroot 1974): float64[steps + 1, people]."""
    rows = [np.asarray(opinions, float)]
    for _ in range(steps):
        rows.append(weights @ rows[-1])
    return np.array(rows)


def friedkin_johnsen(weights: np.ndarray, opinions: Sequence[float], openness, steps: int) -> np.ndarray:
    """The same, but each keeps a part 1 - ``openness`` of their first opinion for ever (Friedkin and Johnsen 1990).

    ``openness`` is one number or one per person, 0 (never moved) to 1 (DeGroot).
    """
    first = np.asarray(opinions, float)
    openness = np.broadcast_to(np.asarray(openness, float), first.shape)
    _between("openness", openness, 0.0, 1.0)
    rows = [first]
    for _ in range(steps):
        rows.append(openness * (weights @ rows[-1]) + (1.0 - openness) * first)
    return np.array(rows)


def deffuant(opinions: Sequence[float], tolerance: float, step: float = 0.5, rounds: int = 300,
             world: int = 1) -> np.ndarray:  # fmt: skip
    """Two at a time meet at random; if they differ by less than ``tolerance`` both move ``step`` of the way
    towards the other (Deffuant et al. 2000).  As many meetings as people make a round; opinions at the end."""
    _between("step", step, 0.0, 0.5)
    now = np.array(opinions, float).tolist()
    people = len(now)
    for turn in range(rounds):
        first = (people * column(world, MEETING, turn, 0, people, 0, 0)).astype(int)
        other = (first + 1 + ((people - 1) * column(world, MEETING, turn, 0, people, 0, 1)).astype(int)) % people
        for i, j in zip(first.tolist(), other.tolist(), strict=True):
            gap = now[j] - now[i]
            if abs(gap) < tolerance:
                now[i] += step * gap
                now[j] -= step * gap
    return np.array(now)


def clusters(opinions: Sequence[float], gap: float, share: float = 0.02) -> int:
    """How many groups of opinions there are, apart by at least ``gap`` and each of more than a ``share`` of people."""
    ordered = np.sort(np.asarray(opinions, float))
    sizes = np.diff([0, *np.flatnonzero(np.diff(ordered) >= gap) + 1, len(ordered)])
    return int((sizes > share * len(ordered)).sum())


class Fixation(NamedTuple):
    """How a vote by copying ended: the opinion that is left (None: no agreement yet) and after how many turns."""

    opinion: int | None
    turns: int


def voter(graph: nx.Graph, opinions: Sequence[int], world: int = 1, turns: int = 1_000_000) -> Fixation:
    """One person after another, drawn at random, copies a neighbour drawn at random, until all agree.

    ``opinions`` are 0 or 1 in the order of the graph's nodes.  Whoever has no neighbour keeps theirs.
    """
    place = {node: k for k, node in enumerate(graph)}
    near = [[place[other] for other in graph[node]] for node in graph]
    now = [int(opinion) for opinion in opinions]
    ones, people, block = sum(now), len(now), 1024
    for turn in range(turns):
        if ones in (0, people):
            return Fixation(now[0], turn)
        if turn % block == 0:
            who = (people * column(world, VOTER, turn // block, 0, block, 0, 0)).astype(int).tolist()
            whom = column(world, MODEL, turn // block, 0, block, 0, 0).tolist()
        i = who[turn % block]
        if near[i]:
            copied = now[near[i][int(len(near[i]) * whom[turn % block])]]
            ones += copied - now[i]
            now[i] = copied
    return Fixation(now[0] if ones in (0, people) else None, turns)


def closure(people: int, birth: float, per_friend: float, death: float, steps: int, density: float = 0.0,
            world: int = 1) -> np.ndarray:  # fmt: skip
    """Friends of friends become friends: density of the network after each step, float64[steps].

    A pair that is apart makes friends with probability ``birth`` plus ``per_friend`` for each friend they share,
    a friendship ends with probability ``death`` (Grindrod, Higham and Parsons 2012); ``density`` at the start.
    """
    _between("density", density, 0.0, 1.0)
    upper = np.triu_indices(people, 1)
    pairs = len(upper[0])
    tied = column(world, AT_START, 0, 0, pairs, 0, 0) < density
    found = np.empty(steps)
    for step in range(steps):
        friends = np.zeros((people, people))
        friends[upper] = tied
        friends += friends.T
        common = (friends @ friends)[upper]
        born = column(world, BEGINS, step, 0, pairs, 0, 0) < birth + per_friend * common
        ended = column(world, ENDS, step, 0, pairs, 0, 0) < death
        tied = np.where(tied, ~ended, born)
        found[step] = tied.mean()
    return found


def _between(name, value, low, high):
    if np.min(value) < low or np.max(value) > high:
        raise UserError("value_out_of_range", place=name, value=value, low=low, high=high)
