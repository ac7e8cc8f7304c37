"""Measures as functions: inequality, clustering, durations that have not ended; by hand and by networkx."""

import math

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commsim.measures import MEASURES, STRATA, ended_within, gini, mean_clustering, median_duration, survival


@pytest.mark.parametrize(("counts", "value"), [
    ([3, 3, 3], 0.0), ([1], 0.0), ([0, 0, 0, 5], 0.75), ([1, 3], 0.25), ([1, 2, 3, 4], 0.25), ([0, 1, 1], 1 / 3),
])  # fmt: skip
def test_gini_by_hand(counts, value):
    assert gini(counts) == pytest.approx(value, abs=1e-12)


@pytest.mark.parametrize("counts", [[], [0], [0, 0, 0]])
def test_gini_of_nothing_is_undefined(counts):
    assert math.isnan(gini(counts))


@given(st.lists(st.integers(0, 50), min_size=1, max_size=40).filter(any))
@settings(max_examples=200, deadline=None)
def test_gini_is_half_the_mean_difference_over_the_mean(counts):
    x = np.array(counts, float)
    textbook = np.abs(x[:, None] - x).mean() / (2 * x.mean())
    assert gini(counts) == pytest.approx(textbook, abs=1e-9)
    assert gini(counts[::-1]) == pytest.approx(gini(counts), abs=1e-12)
    assert gini(3 * x) == pytest.approx(gini(x), abs=1e-12)
    assert -1e-12 <= gini(counts) <= 1 - 1 / len(counts) + 1e-12


def tie_table(graph, slots=None):
    """(neighbour, strength, start, degree) of a graph with weights, in an order of its own."""
    n = len(graph)
    slots = slots or max((d for _, d in graph.degree), default=0) + 2
    neighbour, strength, degree = np.zeros((n, slots), np.int32), np.zeros((n, slots)), np.zeros(n, np.int32)
    for i in graph:
        for j, tie in reversed(list(graph.adj[i].items())):
            neighbour[i, degree[i]], strength[i, degree[i]] = j, tie["weight"]
            degree[i] += 1
    return neighbour.ravel(), strength.ravel(), slots * np.arange(n), degree


def by_networkx(graph, floor):
    """Mean clustering over those with two or more ties of at least ``floor``."""
    kept = nx.Graph([(i, j) for i, j, w in graph.edges.data("weight") if w >= floor])
    of = nx.clustering(kept)
    known = [of[i] for i in kept if kept.degree[i] >= 2]
    return sum(known) / len(known) if known else math.nan


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("floor", [0.0, 0.4, 0.9])
def test_clustering_is_that_of_networkx(seed, floor):
    graph = nx.connected_watts_strogatz_graph(80, 8, 0.2, seed=seed)
    rng = np.random.default_rng(seed)
    for _, _, tie in graph.edges.data():
        tie["weight"] = rng.random()
    assert mean_clustering(*tie_table(graph), floor) == pytest.approx(by_networkx(graph, floor), rel=1e-12)


def test_clustering_by_hand():
    """A triangle with a tail: 1, 1, 1/3, and the tail's end does not count."""
    graph = nx.Graph()
    graph.add_weighted_edges_from([(0, 1, 0.5), (1, 2, 0.5), (0, 2, 0.5), (2, 3, 0.2)])
    assert mean_clustering(*tie_table(graph), 0.1) == pytest.approx((1 + 1 + 1 / 3) / 3)
    assert mean_clustering(*tie_table(graph), 0.3) == pytest.approx(1.0)
    assert mean_clustering(*tie_table(graph), 0.5) == pytest.approx(1.0), "a tie of exactly the floor counts"
    assert math.isnan(mean_clustering(*tie_table(graph), 0.6))


def test_left_over_slots_do_not_count():
    graph = nx.Graph()
    graph.add_weighted_edges_from([(0, 1, 1.0), (0, 2, 1.0), (1, 3, 1.0), (2, 3, 1.0)])
    neighbour, strength, start, degree = tie_table(graph, slots=5)
    strength.reshape(4, 5)[:, 2:], neighbour.reshape(4, 5)[:, 2:] = 9.0, [2, 1, 0]
    assert mean_clustering(neighbour, strength, start, degree, 0.5) == 0.0


# Kaplan-Meier by hand: 1, 2, 2+, 3, 5+, 8 -> 5/6, 5/6*4/5, *2/3 (three at risk at 3), then 0 at 8
TIMES, ENDED = [1, 2, 2, 3, 5, 8], [1, 1, 0, 1, 0, 1]


def test_survival_by_hand():
    times, share = survival(TIMES, ENDED)
    steps = dict(zip(times.tolist(), share.tolist(), strict=True))
    assert steps[1] == pytest.approx(5 / 6) and steps[2] == pytest.approx(5 / 6 * 4 / 5)
    assert steps[3] == pytest.approx(5 / 6 * 4 / 5 * 2 / 3) and steps[8] == 0.0
    assert median_duration(TIMES, ENDED) == 3.0
    assert ended_within(TIMES, ENDED, 2) == pytest.approx(1 - 2 / 3)
    assert ended_within(TIMES, ENDED, 7.9) == pytest.approx(1 - 4 / 9)
    assert ended_within(TIMES, ENDED, 0.5) == 0.0 and ended_within(TIMES, ENDED, 8) == 1.0


def test_nothing_ended():
    assert math.isnan(median_duration([3.0, 4.0], [0, 0]))
    assert ended_within([3.0, 4.0], [0, 0], 48) == 0.0


def test_nothing_began():
    assert math.isnan(median_duration([], [])) and math.isnan(ended_within([], [], 48))


def test_fewer_than_half_ever_end():
    assert math.isnan(median_duration([1, 2, 3, 4, 5], [1, 1, 0, 0, 0]))
    assert median_duration([1, 2, 3, 4], [1, 1, 0, 0]) == 2.0, "exactly half is half"


def test_exactly_half_is_half_whatever_the_rounding():
    """8/10 * 7/8 * 5/7 is one half, also when it is computed as 0.5000000000000001."""
    times = [1, 1, 2, 3, 3, 3, 4, 4, 4, 8]
    assert median_duration(times, [1, 1, 1, 0, 1, 1, 0, 1, 1, 1]) == 3.0


def test_without_censoring_it_is_the_share_of_those_ended():
    hours = [0.5, 3.0, 10.0, 47.0, 48.0, 100.0]
    assert ended_within(hours, np.ones(6, bool), 48) == pytest.approx(5 / 6)
    assert median_duration(hours, np.ones(6, bool)) == 10.0


def test_one_censored_early_is_not_taken_for_slow():
    """A report of two hours ago without an answer says little about 48 hours."""
    assert ended_within([1.0, 1.0, 1.0, 0.5], [1, 1, 1, 0], 48) == 1.0


@given(st.lists(st.tuples(st.integers(1, 12), st.booleans()), min_size=1, max_size=40), st.integers(0, 13))
@settings(max_examples=150, deadline=None)
def test_kaplan_meier_product(cases, limit):
    times, ended = zip(*cases, strict=True)
    left = 1.0
    for t in sorted({t for t, e in cases if e and t <= limit}):
        left *= 1 - sum(e and u == t for u, e in cases) / sum(u >= t for u, _ in cases)
    assert ended_within(times, ended, limit) == pytest.approx(1 - left, abs=1e-12)


def test_the_table_of_measures():
    assert all(m.name == name and m.delta > 0 and m.better in (1, -1) for name, m in MEASURES.items())
    assert {m.kind for m in MEASURES.values()} == {"stock", "flow", "window"}
    assert sum(m.primary for m in MEASURES.values()) >= 4 and any(m.harm for m in MEASURES.values())
    assert all(not m.dear for m in MEASURES.values() if m.strata), "strata come from cheap sums"
    assert list(STRATA) == ["tenure", "age"]
