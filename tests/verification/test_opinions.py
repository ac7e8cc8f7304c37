"""Textbook models for lessons, each against its known answer: C1, C2, C7, C19, C20."""

import zlib

import networkx as nx
import numpy as np
import pytest
from alone import assert_share
from scipy.optimize import brentq

import commsim as cs
from commsim.draws import PURPOSES
from commsim.errors import UserError
from commsim.lessons import opinions


def attention(weights):
    """pi = pi W, summing to 1."""
    values, vectors = np.linalg.eig(weights.T)
    pi = np.real(vectors[:, np.abs(values - 1).argmin()])
    return pi / pi.sum()


@pytest.fixture(scope="module")
def network():
    """Who knows whom in a courtyard; kin included."""
    graph = cs.Community(cs.load("jinyang"), "before", scale="courtyard", world=1).graph()
    return graph.subgraph(max(nx.connected_components(graph), key=len)).copy()


# C1


def test_consensus_is_the_mean_weighted_by_attention():
    weights = np.array([[0.5, 0.5, 0], [0.25, 0.5, 0.25], [0, 0.5, 0.5]])
    np.testing.assert_allclose(attention(weights), [0.25, 0.5, 0.25], atol=1e-12)
    end = opinions.degroot(weights, [0, 0.3, 1], steps=200)[-1]
    np.testing.assert_allclose(end, 0.4, atol=1e-10)


@pytest.mark.parametrize("seed", [1, 2])
def test_on_the_communitys_own_network_attention_is_proportional_to_degree(network, seed):
    weights = opinions.lazy(network)
    degree = np.array([d for _, d in network.degree()])
    np.testing.assert_allclose(weights.sum(axis=1), 1.0, atol=1e-12)
    heard = np.random.default_rng(seed).random(len(network))
    second = np.sort(np.abs(np.linalg.eigvals(weights)))[-2]
    steps = int(np.log(1e-12) / np.log(second)) + 1
    end = opinions.degroot(weights, heard, steps)[-1]
    np.testing.assert_allclose(end, degree @ heard / degree.sum(), atol=1e-10)


def test_how_fast_depends_on_the_second_eigenvalue():
    karate = nx.karate_club_graph()
    weights = opinions.lazy(karate)
    second = np.sort(np.real(np.linalg.eigvals(weights)))[-2]
    assert second == pytest.approx(0.93386, abs=1e-5)
    rows = opinions.degroot(weights, np.arange(34), steps=260)
    gap = np.ptp(rows, axis=1)
    assert gap[-1] / gap[-2] == pytest.approx(second, abs=1e-4)


def test_somebody_without_neighbours_is_not_moved():
    alone = nx.path_graph(3)
    alone.add_node(3)
    np.testing.assert_allclose(opinions.degroot(opinions.lazy(alone), [0, 0, 0, 1], 50)[-1], [0, 0, 0, 1])


# C2


@pytest.mark.parametrize("openness", [0.2, 0.7, 0.95])
def test_stubborn_people_settle_where_the_matrix_says(network, openness):
    weights, n = opinions.lazy(network), len(network)
    first = np.random.default_rng(3).random(n)
    each = np.clip(openness + np.linspace(-0.04, 0.04, n), 0, 1)
    solved = np.linalg.solve(np.eye(n) - each[:, None] * weights, (1 - each) * first)
    end = opinions.friedkin_johnsen(weights, first, each, steps=4000)[-1]
    np.testing.assert_allclose(end, solved, atol=1e-10)
    assert np.ptp(end) > 0.05  # no consensus


def test_without_stubbornness_it_is_degroot():
    weights, first = opinions.lazy(nx.karate_club_graph()), np.linspace(0, 1, 34)
    np.testing.assert_array_equal(opinions.friedkin_johnsen(weights, first, 1.0, 20),
                                  opinions.degroot(weights, first, 20))  # fmt: skip


# C7


@pytest.mark.parametrize("tolerance, expected, within", [
    (0.5, 1.0, 0.0), (0.3, 1.0, 0.0), (0.2, 2.05, 1.0), (0.15, 3.0, 1.0), (0.1, 4.15, 1.0), (0.05, 8.8, 1.0),
])  # fmt: skip
def test_small_tolerance_leaves_many_camps(tolerance, expected, within):
    counts = []
    for world in (1, 2, 3):
        first = np.random.default_rng(world).random(1000)
        end = opinions.deffuant(first, tolerance, rounds=200, world=world)
        assert end.mean() == pytest.approx(first.mean(), abs=1e-12)  # nothing is lost between two who meet
        counts.append(opinions.clusters(end, gap=tolerance / 2))
    assert abs(np.mean(counts) - expected) <= within, counts
    if tolerance <= 0.1:
        assert abs(np.mean(counts) - 1 / (2.155 * tolerance)) <= 1.0


def test_clusters_are_counted_without_the_small_ones():
    assert opinions.clusters([0.1] * 50 + [0.5] * 49 + [0.9], gap=0.2) == 2
    assert opinions.clusters([0.3] * 10, gap=0.1) == 1


# C19


def density_roots(n, birth, per_friend, death):
    def change(p):
        return (1 - p) * (birth + per_friend * (n - 2) * p * p) - death * p

    grid = np.linspace(0, 1, 10_001)
    signs = np.flatnonzero(np.diff(np.sign(change(grid))))
    return [brentq(change, grid[k], grid[k + 1]) for k in signs]


def test_the_mean_field_has_the_known_roots():
    assert density_roots(100, 0.0004, 0.0005, 0.01) == pytest.approx([0.0494, 0.2291, 0.7215], abs=1e-4)
    assert density_roots(100, 0.0004, 0.0, 0.01) == pytest.approx([0.0385], abs=1e-4)


@pytest.mark.parametrize("start, root", [(0.0, 0), (0.15, 0), (0.3, 2), (0.7, 2)])
def test_friends_of_friends_keep_a_network_either_thin_or_dense(start, root):
    rows = opinions.closure(100, 0.0004, 0.0005, 0.01, steps=1600, density=start)
    expected = density_roots(100, 0.0004, 0.0005, 0.01)[root]
    assert rows[800:].mean() == pytest.approx(expected, abs=0.01)


def test_without_closure_density_is_births_over_all_changes():
    rows = opinions.closure(100, 0.0004, 0.0, 0.01, steps=3000)
    assert rows[600:].mean() == pytest.approx(0.0004 / 0.0104, abs=0.004)


# C20


@pytest.mark.parametrize("ones", [[0], [1, 2, 3], [0, 4]])
def test_an_opinion_wins_as_often_as_its_share_of_links(ones):
    star = nx.star_graph(9)
    first = [int(k in ones) for k in range(10)]
    expected = sum(star.degree(k) for k in ones) / (2 * star.number_of_edges())
    runs = 1500
    won = sum(opinions.voter(star, first, world).opinion for world in range(runs))
    assert_share(won, runs, expected)


def test_a_vote_by_copying_may_not_end():
    two = nx.Graph([(0, 1), (2, 3)])
    assert opinions.voter(two, [1, 1, 0, 0], turns=5000) == (None, 5000)
    assert opinions.voter(two, [1, 1, 1, 1]) == (1, 0)


# all of them


def test_lessons_draw_with_words_of_their_own():
    words = {opinions.MEETING, opinions.VOTER, opinions.MODEL, opinions.BEGINS, opinions.ENDS, opinions.AT_START}
    assert len(words) == 6 and not words & set(PURPOSES.values())
    assert zlib.crc32(b"lesson meeting") == opinions.MEETING


def test_the_same_world_is_the_same_luck():
    first = np.linspace(0, 1, 50)
    once, again, other = (opinions.deffuant(first, 0.2, rounds=20, world=w) for w in (1, 1, 2))
    assert (once == again).all() and (once != other).any()


@pytest.mark.parametrize("wrong", [
    lambda: opinions.friedkin_johnsen(np.eye(2), [0, 1], 1.5, 3), lambda: opinions.deffuant([0, 1], 0.3, step=0.8),
    lambda: opinions.closure(5, 0.1, 0.1, 0.1, 3, density=-1),
])  # fmt: skip
def test_a_value_that_cannot_be_is_refused(wrong):
    with pytest.raises(UserError) as caught:
        wrong()
    assert caught.value.key == "value_out_of_range"


@pytest.mark.parametrize("spoil", [
    (lambda w: np.roll(w, 1, axis=1), [0, 0.3, 1]),  # everybody listens to somebody else
    (lambda w: w * 0.999, [0, 0.3, 1]),  # opinions leak away
])  # fmt: skip
def test_a_broken_model_would_be_noticed(spoil):
    broken, first = spoil
    weights = np.array([[0.5, 0.5, 0], [0.25, 0.5, 0.25], [0, 0.5, 0.5]])
    assert abs(opinions.degroot(broken(weights), first, 200)[-1] - 0.4).max() > 1e-6


def off_root():
    rows = opinions.closure(100, 0.0004, 0.0005, 0.02, steps=1200, density=0.7)  # friendships end twice as fast
    assert rows[800:].mean() == pytest.approx(density_roots(100, 0.0004, 0.0005, 0.01)[2], abs=0.01)


def off_share():
    won = sum(opinions.voter(nx.complete_graph(10), [1] + 9 * [0], world).opinion for world in range(300))  # no hub
    assert_share(won, 300, 0.5)


def off_camps():
    end = opinions.deffuant(np.random.default_rng(1).random(1000), 0.1, rounds=200)
    assert abs(opinions.clusters(end, gap=0.05) - 2) <= 1  # the camps of twice the tolerance


def off_settling():
    weights, first = opinions.lazy(nx.karate_club_graph()), np.linspace(0, 1, 34)
    solved = np.linalg.solve(np.eye(34) - 0.7 * weights, 0.3 * first)
    np.testing.assert_allclose(opinions.friedkin_johnsen(weights, first, 0.701, 2000)[-1], solved, atol=1e-10)


@pytest.mark.parametrize("check", [off_root, off_share, off_camps, off_settling])
def test_another_rule_would_not_give_these_answers(check):
    with pytest.raises(AssertionError):
        check()
