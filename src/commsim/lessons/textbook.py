"""One trial of a textbook model under one side of a question: what it counts, and lines to draw.

Numbers of a side are whole, as a learner's sliders are: per cent, people, or ten-thousandths of a chance.
The models themselves are in ``opinions.py``; opinions here run from 0 to 100.  Questions to the log of a simulated
group (``logs.py``) are asked in the same way.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from functools import cache
from typing import NamedTuple

import numpy as np

from commsim.draws import column
from commsim.engine import to_the_end
from commsim.lessons import logs, opinions

FIRST = zlib.crc32(b"lesson first opinion")
LISTENING_ROUNDS = 40
CROWD = 300  # people who meet at random
MEETING_ROUNDS = (0, 1, 2, 4, 7, 12, 20, 35, 60)  # rounds that are drawn; the last is the end
VOTES = 100  # votes that make one trial
HOUSEHOLDS, STEPS, EVERY, LAST = 60, 800, 10, 100  # steps drawn, and steps at the end that are counted
BORN, ENDED = 0.0004, 0.01  # chance of a new acquaintance of two who share none, and of an end
PER_FRIEND = 98.0 / 58.0 * 1e-4  # so that 5 has in 60 households the balances that .0005 has in 100
DRAWN = 40  # people whose lines are drawn


class Trial(NamedTuple):
    """``counts`` by outcome; ``x``: float[points]; ``rows``: float[lines, points], 0 to 100."""

    counts: Mapping[str, float]
    x: np.ndarray
    rows: np.ndarray


def listening(numbers: Mapping[str, int], world: int) -> Trial:
    """Everybody in a courtyard listens to those they know; ``openness`` in per cent (C1 at 100, C2 below).

    First opinions are spread evenly over 0 to 100, by lot and by how many one knows in equal parts.
    """
    weights, degree = courtyard()
    first = 100.0 * _ranks(_ranks(degree) + column(world, FIRST, 0, 0, len(degree), 0, 0))
    rows = opinions.friedkin_johnsen(weights, first, numbers["openness"] / 100.0, LISTENING_ROUNDS)
    high, low = np.percentile(rows[-1], [90, 10])
    counts = {"spread": high - low, "mean": rows[-1].mean(), "plain": first.mean(),
              "weighted": degree @ first / degree.sum()}  # fmt: skip
    return Trial(counts, np.arange(LISTENING_ROUNDS + 1), _some(rows))


def meeting(numbers: Mapping[str, int], world: int) -> Trial:
    """Two at a time meet and move half-way if they differ by less than ``tolerance`` (C7)."""
    first, tolerance = column(world, FIRST, 0, 0, CROWD, 0, 0), numbers["tolerance"] / 100.0
    rows = 100.0 * np.array([opinions.deffuant(first, tolerance, rounds=k, world=world) for k in MEETING_ROUNDS])
    counts = {"camps": opinions.clusters(rows[-1] / 100.0, gap=tolerance / 2.0), "mean": rows[-1].mean(),
              "plain": rows[0].mean()}  # fmt: skip
    return Trial(counts, np.array(MEETING_ROUNDS), _some(rows))


def copying(numbers: Mapping[str, int], world: int) -> Trial:
    """Somebody whom ``around`` others know, and who know nobody else; ``hub`` and ``ordinary`` of them begin with
    one opinion, and people copy until all agree.  A hundred votes (C20)."""
    around, ordinary = numbers["around"], min(numbers["ordinary"], numbers["around"])
    first = [numbers["hub"]] + [int(k < ordinary) for k in range(around)]
    star = _star(around)
    won = np.array([opinions.voter(star, first, world * VOTES + vote).opinion for vote in range(VOTES)], float)
    links = (numbers["hub"] * around + ordinary) / (2.0 * around)
    counts = {"won": 100.0 * won.mean(), "links": 100.0 * links, "heads": 100.0 * sum(first) / len(first)}
    votes = np.arange(1, VOTES + 1)
    return Trial(counts, votes, 100.0 * np.cumsum(won)[None, :] / votes)


def closing(numbers: Mapping[str, int], world: int) -> Trial:
    """Friends of friends become friends: who knows whom among sixty households, from ``start`` per cent (C19)."""
    start = numbers["start"] / 100.0
    found = opinions.closure(HOUSEHOLDS, BORN, numbers["friends"] * PER_FRIEND, ENDED, STEPS, start, world)
    x = np.arange(0, STEPS + 1, EVERY)
    return Trial({"density": 100.0 * found[-LAST:].mean(), "begun": numbers["start"]}, x,
                 100.0 * np.append(start, found)[x][None, :])  # fmt: skip


class Model(NamedTuple):
    """A textbook model: how a trial goes, the numbers that a side must give, what it counts, and whether what is
    bet on is what the lines show.  ``long``: whether a log has to be lived first."""

    trial: Callable[[Mapping[str, int], int], Trial]
    numbers: tuple[str, ...]
    counts: tuple[str, ...]
    ghost: bool
    long: bool = False


def _asked(question):
    """A question to the year's log as a trial."""
    return lambda numbers, world: Trial(*question(numbers, world))


MODELS = {
    "listening": Model(listening, ("openness",), ("spread", "mean", "plain", "weighted"), False),
    "meeting": Model(meeting, ("tolerance",), ("camps", "mean", "plain"), False),
    "copying": Model(copying, ("hub", "ordinary", "around"), ("won", "links", "heads"), True),
    "closing": Model(closing, ("start", "friends"), ("density", "begun"), True),
    "closer": Model(_asked(logs.closer), ("active", "kept"), ("change", "writers", "knew", "know"), False, True),
    "silence": Model(_asked(logs.silence), ("silent", "days", "kept"), ("margin", "meant"), False, True),
    "answers": Model(_asked(logs.answers), ("all", "hours", "kept"), ("answered", "opened"), False, True),
}
COUNTS = tuple(dict.fromkeys(count for model in MODELS.values() for count in model.counts))
_tried: dict[tuple, Trial] = {}


def tried(model: str, numbers: Mapping[str, int], world: int) -> Trial:
    """A trial in a world, gone through once and remembered."""
    return to_the_end(trying(model, numbers, world))


def trying(model: str, numbers: Mapping[str, int], world: int):
    """``tried``, a day at each step where a log has to be lived; returns the same in the end."""
    name = (model, tuple(sorted(numbers.items())), world)
    if name not in _tried:
        if MODELS[model].long:
            yield from logs.living(numbers["kept"], world)
        _tried[name] = MODELS[model].trial(numbers, world)
    return _tried[name]


@cache
def courtyard() -> tuple[np.ndarray, np.ndarray]:
    """Who listens to whom in the lesson's courtyard: weights float64[people, people], and how many each knows.

    Those whom nobody links to the others are left out.
    """
    import networkx as nx

    from commsim.community import Community
    from commsim.scenarios import load

    graph = Community(load("jinyang"), "before", scale="courtyard", world=1).graph()
    graph = graph.subgraph(sorted(max(nx.connected_components(graph), key=len))).copy()
    return opinions.lazy(graph), np.array([degree for _, degree in graph.degree()], float)


@cache
def _star(around: int):
    import networkx as nx

    return nx.star_graph(around)


def _ranks(values: np.ndarray) -> np.ndarray:
    """From 0 for the least to 1 for the most."""
    return np.argsort(np.argsort(values, kind="stable"), kind="stable") / (len(values) - 1.0)


def _some(rows: np.ndarray) -> np.ndarray:
    """The lines of some people, evenly spread over the first opinions: float64[lines, points]."""
    order = np.argsort(rows[0], kind="stable")
    return rows[:, order[np.linspace(0, rows.shape[1] - 1, DRAWN).astype(int)]].T
