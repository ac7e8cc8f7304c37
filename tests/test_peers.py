"""What commsim is compared with in benchmarks/peers.py is the same model, or the same process."""

from pathlib import Path

import numpy as np
import pytest

from commsim.state.groups import INTEREST, OFFICIAL, PRIVATE

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"
ADOPTERS = 4000


@pytest.fixture
def peers(monkeypatch):
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    import peers

    return peers


def test_mesa_agents_talk_with_the_same_people_on_the_same_days_and_join_the_same_groups(peers):
    start = peers.estate(200)
    loop, model = peers.in_commsim(start), peers.in_mesa(start)
    counts, _ = peers.check(loop, model, 20)
    assert counts["chats"] > 500 and counts["members"] > 3
    assert sum(len(group.members) for group in model.groups) == counts["members"]


def test_mesa_agents_found_the_same_groups_of_their_own_and_lose_the_same_ties(peers):
    start = peers.estate(200, eta_g=0.01, eta_private=1.0, w_close=0.05, q=5.0, ties_most=20.0)
    loop, model = peers.in_commsim(start), peers.in_mesa(start)
    peers.check(loop, model, 120)
    assert {group.kind for group in model.groups} == {OFFICIAL, INTEREST, PRIVATE}
    assert loop.state.ties.evicted[0] > start.ties.evicted[0]


def test_one_person_who_differs_is_noticed(peers):
    start = peers.estate(200, burn_in=100)
    loop, model = peers.in_commsim(start), peers.in_mesa(start)
    model.residents[150].sociability += 1.0
    with pytest.raises(AssertionError, match="other chats"):
        peers.check(loop, model, 20)


def test_adoption_by_ten_contacts_in_starsim_is_the_same_process(peers):
    pytest.importorskip("starsim", reason="starsim is only in the environment of benchmarks/peers-requirements.txt")
    import peer_starsim

    q, days, seeds, worlds = 1.5, 120, 400, range(1, 6)
    ours = [peers.adopt(*peers.in_the_group(ADOPTERS, seeds, q, world), days) for world in worlds]
    beta = peers.beta_of(q)
    theirs = [peer_starsim.members(peer_starsim.make(ADOPTERS, seeds, beta, days, world).run()) for world in worlds]
    for day in (20, 40, 60, 119):
        a, b = np.array([run[day] for run in ours]), np.array([run[day] for run in theirs])
        assert abs(a.mean() - b.mean()) < 4 * np.sqrt((a.var(ddof=1) + b.var(ddof=1)) / len(worlds)) + 10
    assert ours[0][20] < ours[0][-1] <= ADOPTERS
