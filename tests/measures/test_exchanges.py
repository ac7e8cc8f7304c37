"""Measures of exchange: against networkx and scipy, closed forms, and what must not matter."""

import math

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import CensoredData, ecdf

from commsim.measures import exchanges as e
from commsim.measures.margins import repeated

STAR, RING, FULL = "star", "ring", "full"


def edges(kind, n):
    if kind == STAR:
        return [(i, 0) for i in range(1, n)]
    if kind == RING:
        return [(i, (i + 1) % n) for i in range(n)]
    return [(i, j) for i in range(n) for j in range(n) if i != j]


def ties(pairs, n):
    sender, to = np.array(pairs, np.int64).reshape(-1, 2).T
    return e.ties_of(sender, to, n)


messages = st.integers(2, 12).flatmap(lambda n: st.tuples(
    st.just(n), st.lists(st.tuples(st.integers(0, n - 1), st.integers(-1, n - 1)), max_size=60)))  # fmt: skip


def columns(pairs):
    return np.array(pairs, np.int64).reshape(-1, 2).T


@given(messages)
@settings(deadline=None)
def test_as_networkx_counts_them(drawn):
    n, pairs = drawn
    found = ties(pairs, n)
    graph = nx.DiGraph()
    graph.add_nodes_from(range(n))
    graph.add_edges_from((a, b) for a, b in pairs if b >= 0 and a != b)
    plain = graph.to_undirected()
    assert e.density(found, n) == pytest.approx(nx.density(graph))
    assert e.mean_degree(found, n) == pytest.approx(2 * plain.number_of_edges() / n)
    if graph.number_of_edges():
        assert e.reciprocity(found, n) == pytest.approx(nx.overall_reciprocity(graph))
    core = nx.core_number(plain)
    assert e.core_numbers(found, n).tolist() == [core[i] for i in range(n)]
    inward = np.array([d for _, d in graph.in_degree])
    assert e.centralisation(found, n)[0] == pytest.approx((inward.max() - inward).sum() / (n - 1) ** 2)


@given(messages, st.randoms(use_true_random=False))
@settings(deadline=None)
def test_who_is_called_what_does_not_matter(drawn, random):
    n, pairs = drawn
    other = list(range(n))
    random.shuffle(other)
    renamed = [(other[a], other[b] if b >= 0 else -1) for a, b in pairs]
    place = np.arange(n) % 3
    moved = np.empty(n, np.int64)
    moved[other] = place
    for measure in (e.density, e.mean_degree, e.reciprocity, e.reciprocity_beyond_chance):
        assert measure(ties(pairs, n), n) == pytest.approx(measure(ties(renamed, n), n), nan_ok=True)
    assert e.centralisation(ties(pairs, n), n) == e.centralisation(ties(renamed, n), n)
    for measure in (e.ei_index, e.reach_across):
        here, there = measure(ties(pairs, n), n, place), measure(ties(renamed, n), n, moved)
        assert here == pytest.approx(there, nan_ok=True)


def test_a_star_is_all_centre():
    inward, outward = e.centralisation(ties(edges(STAR, 9), 9), 9)
    assert inward == 1.0
    assert outward == pytest.approx(1 / 64)  # eight write to one each: only the centre is missing
    assert e.core_numbers(ties(edges(STAR, 9), 9), 9).tolist() == [1] * 9


def test_everybody_with_everybody():
    full = ties(edges(FULL, 6), 6)
    assert (e.density(full, 6), e.mean_degree(full, 6), e.reciprocity(full, 6)) == (1.0, 5.0, 1.0)
    assert e.centralisation(full, 6) == (0.0, 0.0)
    assert set(e.core_numbers(full, 6)) == {5}
    assert math.isnan(e.reciprocity_beyond_chance(full, 6))


def test_a_ring_returns_less_than_chance():
    ring = ties(edges(RING, 5), 5)
    assert e.reciprocity(ring, 5) == 0.0
    assert e.reciprocity_beyond_chance(ring, 5) == pytest.approx(-0.25 / 0.75)


def test_ties_returned_by_chance_are_beyond_nothing():
    n, random = 400, np.random.default_rng(3)
    linked = random.random((n, n)) < 0.3
    np.fill_diagonal(linked, False)
    assert abs(e.reciprocity_beyond_chance(ties(np.argwhere(linked), n), n)) < 0.01


def test_writing_to_oneself_or_to_nobody_is_no_tie():
    assert len(ties([(0, 0), (1, -1)], 3)) == 0


def test_voices():
    assert e.effective_voices([5, 5, 5, 5, 0]) == pytest.approx(4.0)
    assert e.effective_voices([7, 0, 0]) == 1.0
    assert e.top_tenth([1] * 20) == pytest.approx(0.1)
    assert e.top_tenth([0, 0, 9]) == 1.0
    told = e.participation([4, 4, 0, 0])
    assert (told["coverage"], told["gini"], told["gini_senders"]) == (0.5, 0.5, 0.0)


def test_heard():
    sender, to = columns([(0, -1), (1, 0), (2, -1), (2, 2)])
    assert e.heard(sender, to, 4) == pytest.approx(1 / 3)
    assert e.came_back(sender, to, 4).tolist() == [1, 0, 0, 0]


def test_across_buildings():
    place = np.array([0, 0, 1, 1, -1])
    inside, across = [(0, 1), (2, 3)], [(0, 2), (1, 3)]
    assert e.ei_index(ties(inside, 5), 5, place) == -1.0
    assert e.ei_index(ties(across, 5), 5, place) == 1.0
    assert e.ei_index(ties(inside + across + [(1, 4)], 5), 5, place) == 0.0
    assert e.reach_across(ties(inside, 5), 5, place) == 0.0
    assert e.reach_across(ties([*inside, (0, 2)], 5), 5, place) == 1.0


def test_two_buildings_that_know_each_other_through_one_leader():
    place = np.repeat([0, 1], 4)
    star = [(i, 0) for i in range(1, 8)]
    assert e.reach_across(ties(star, 8), 8, place) == 1.0
    assert e.lost_with_one(ties(star, 8), 8, place) == 1.0
    assert e.lost_with_one(ties(edges(FULL, 8), 8), 8, place) == 0.0


def test_a_turn_is_an_opening_and_the_next_turn_its_answer():
    #         0->1  0->1  1->0  0->1  2->0
    sender, to = columns([(0, 1), (0, 1), (1, 0), (0, 1), (2, 0)])
    time = np.array([0.0, 1.0, 3.0, 4.0, 6.0]) * 3600
    found = e.openings_by_pair(sender, to, time, time[-1])
    assert found.message.tolist() == [0, 2, 3, 4]
    assert found.hours.tolist() == [3.0, 1.0, 2.0, 0.0]
    assert found.answered.tolist() == [True, True, False, False]


def test_replies_that_name_their_message():
    # 0 opens; 0 adds to it; 1 replies to it; 2 replies later; 1 opens and nobody replies
    sender, answers = np.array([0, 0, 1, 2, 1]), np.array([-1, 0, 0, 0, -1])
    time = np.array([0.0, 1.0, 2.0, 5.0, 6.0]) * 3600
    found = e.openings_by_message(sender, answers, time, 8 * 3600.0)
    assert found.message.tolist() == [0, 1, 4]
    assert found.hours.tolist() == [2.0, 7.0, 2.0]
    assert found.answered.tolist() == [True, False, False]


@given(st.lists(st.tuples(st.integers(0, 40), st.booleans()), min_size=2, max_size=60))
@settings(deadline=None)
def test_times_as_scipy_has_them(drawn):
    hours, answered = (np.array(side) for side in zip(*drawn, strict=True))
    told = e.response(hours, answered, 12.0)
    if answered.any():
        theirs = ecdf(CensoredData(hours[answered].astype(float), right=hours[~answered].astype(float))).sf
        assert told["answered_within"] == pytest.approx(1.0 - float(theirs.evaluate(12.0)))
        assert told["response_median_naive"] == np.median(hours[answered])
        below = theirs.quantiles[theirs.probabilities <= 0.5 + 1e-12]
        assert told["response_median"] == pytest.approx(below[0] if len(below) else math.nan, nan_ok=True)
    low, high = told["answered_within_low"], told["answered_within_high"]
    assert math.isnan(low) or 0.0 <= low <= high <= 1.0


def test_the_interval_holds_the_truth_about_as_often_as_it_says():
    random, truth, held = np.random.default_rng(11), 1 - math.exp(-0.5), 0
    for _ in range(400):
        waits, seen = random.exponential(2.0, 60), random.uniform(0.5, 6.0, 60)
        told = e.response(np.minimum(waits, seen), waits <= seen, 1.0)
        held += told["answered_within_low"] <= truth <= told["answered_within_high"]
    assert 0.92 <= held / 400 <= 0.98


def test_nothing_answered_has_an_interval_too():
    told = e.response(np.full(20, 100.0), np.zeros(20, bool), 48.0)
    assert told["answered_within"] == told["answered_within_low"] == 0.0
    assert 0.1 < told["answered_within_high"] < 0.2
    assert math.isnan(told["response_median"])


def test_from_a_rumour_to_its_correction():
    sender = np.array([0, 1, 2, 9, 3, 0])
    kind = np.array(list("rtrcrt"))
    time = np.arange(6) * 3600.0
    found = e.corrections(sender, np.zeros(6, int), time, kind == "r", kind == "c", 10 * 3600.0)
    assert found.hours.tolist() == [3.0, 6.0]
    assert found.corrected.tolist() == [True, False]
    assert found.exposed.tolist() == [3, 2]


def test_a_correction_in_another_thread_corrects_nothing():
    found = e.corrections([0, 1], [0, 1], [0.0, 3600.0], np.array([True, False]), np.array([False, True]), 7200.0)
    assert (found.hours.tolist(), found.corrected.tolist()) == ([2.0], [False])


@given(messages, st.integers(-(10**9), 10**9))
@settings(deadline=None)
def test_when_it_happened_does_not_matter(drawn, shift):
    sender, to = columns(drawn[1])
    time = np.arange(len(sender)) * 1800.0
    end = time.max(initial=0.0)
    here, there = e.openings_by_pair(sender, to, time, end), e.openings_by_pair(sender, to, time + shift, end + shift)
    assert np.array_equal(here.message, there.message) and np.allclose(here.hours, there.hours)
    if len(time):
        mine, theirs = e.windows_of(time, time[0], 7200.0), e.windows_of(time + shift, time[0] + shift, 7200.0)
        assert np.array_equal(mine[0], theirs[0]) and mine[1] == theirs[1]


@pytest.mark.parametrize("n", [0, 1, 4])
def test_nobody_one_member_and_no_ties(n):
    none = np.zeros(0, np.int64)
    assert math.isnan(e.reciprocity(none, n)) and math.isnan(e.heard(none, none, n))
    assert math.isnan(e.density(none, n)) == (n < 2)
    assert e.core_numbers(none, n).tolist() == [0] * n
    assert math.isnan(e.effective_voices(np.zeros(n))) and math.isnan(e.top_tenth(np.zeros(n)))
    assert math.isnan(e.ei_index(none, n, np.zeros(n, int))) and math.isnan(e.reach_across(none, n, np.zeros(n, int)))
    assert math.isnan(e.lost_with_one(none, n, np.zeros(n, int)))
    assert len(e.openings_by_pair(none, none, none, 0.0).hours) == len(e.openings_by_message(none, none, none, 0).hours)
    assert math.isnan(e.response(none, none, 48.0)["answered_within"])
    assert e.windows_of(none, 0.0, 1.0)[1] == 0


def test_a_last_window_half_seen_counts_and_less_does_not():
    assert e.windows_of([0.0, 15.0], 0.0, 10.0)[1] == 2
    assert e.windows_of([0.0, 14.0], 0.0, 10.0)[1] == 1
    assert e.windows_of([0.0], 0.0, 10.0)[1] == 1


def test_repeated_exchanges_are_two_messages_of_a_pair():
    sender, to = columns([(0, 1), (1, 0), (1, 2), (2, 2), (2, 2), (3, 2), (3, 2)])
    assert [divmod(code, 4) for code in repeated(sender, to, 4).tolist()] == [(0, 1), (2, 3)]
