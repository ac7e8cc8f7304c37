"""Chats face to face: who starts them, with whom, and what they leave behind."""

import numpy as np
import pytest
from alone import assert_mean, assert_share, hamlet, know, live, strengths

from commsim.clock import is_weekday
from commsim.day.neighbouring import choose_partners, neighbouring, ring_weights
from commsim.state.people import CHILD
from commsim.state.ties import level_on

RINGS = dict(ring_stairwell=0.55, ring_building=0.10, ring_courtyard=0.20)


def chats(state, day, **_):
    t, x = state.tables, state.base.levers[0]
    weights = ring_weights(t.people, x.stranger_weight)
    return choose_partners(t.people, t.homes, t.ties, weights, x, state.world, day, level_on(day, x.half_life))


def test_each_starts_half_of_the_chats_that_sociability_says():
    state = hamlet(2000)
    state.people["sociability"][:] = 1.2
    per_day = [len(chats(state, day)) / 2000 for day in range(60)]
    assert_mean(per_day, 0.6)


def test_who_never_chats_is_still_spoken_to():
    state = hamlet(600)
    state.people["sociability"][:300] = 0.0
    pairs = np.concatenate([chats(state, day) for day in range(200)])
    assert (pairs[:, 0] >= 300).all()
    assert (pairs[:, 1] < 300).any()


def test_commuters_chat_less_on_weekdays():
    state = hamlet(3000, commuter_share=1.0)
    state.people["sociability"][:] = 1.0
    per_day = np.array([len(chats(state, day)) / 3000 for day in range(140)])
    weekday = np.array([is_weekday(day) for day in range(140)])
    assert weekday.sum() == 100
    assert_mean(per_day[weekday], 0.25)
    assert_mean(per_day[~weekday], 0.5)


@pytest.mark.parametrize("share, gain", [(0.5, 1.0), (0.3, 0.5), (1.0, 2.0)])
def test_near_a_place_to_linger_people_start_more_chats(share, gain):
    state = hamlet(4800, linger_share=share, linger_gain=gain)  # a hundred buildings
    state.people["sociability"][:] = 1.0
    building = state.homes.doors.building[state.people.household]
    started = np.zeros(state.size)
    for day in range(80):
        started += np.bincount(chats(state, day)[:, 0], minlength=state.size) / 80
    per_building = np.bincount(building, started) / np.bincount(building)
    near = per_building > 0.5 * (1.0 + gain / 2.0)
    assert_share(near.sum(), 100, share)
    assert_mean(per_building[near], 0.5 * (1.0 + gain))
    if share < 1.0:
        assert_mean(per_building[~near], 0.5)


@pytest.mark.parametrize("rings", [(0.55, 0.10, 0.20), (0.1, 0.6, 0.1), (0.0, 0.0, 0.0), (0.25, 0.25, 0.5)])
def test_strangers_are_met_by_rings(rings):
    stairwell, building, courtyard = rings
    state = hamlet(6912, doors=24, w_half=1e12, ring_stairwell=stairwell, ring_building=building,
                   ring_courtyard=courtyard)  # fmt: skip
    state.people["sociability"][:] = 1.0
    pairs = np.concatenate([chats(state, day) for day in range(10)])
    at = state.homes.doors[state.people["household"]]
    a, b = at[pairs[:, 0]], at[pairs[:, 1]]
    same_stairwell = a["stairwell"] == b["stairwell"]
    same_building = (a["building"] == b["building"]) & ~same_stairwell
    same_courtyard = (a["courtyard"] == b["courtyard"]) & (a["building"] != b["building"])
    for ring, share in [(same_stairwell, stairwell), (same_building, building), (same_courtyard, courtyard)]:
        assert_share(ring.sum(), len(pairs), share)


def test_next_door_is_met_more_often_in_proportion_to_closeness():
    doors = 12
    state = hamlet(doors * 400, doors=doors, w_half=1e12, ring_stairwell=1.0, ring_building=0.0, ring_courtyard=0.0)
    state.people["sociability"][:] = 1.0
    pairs = np.concatenate([chats(state, day) for day in range(20)])
    door = state.homes.doors["door"][state.people["household"]]
    first = pairs[door[pairs[:, 0]] == 0]
    apart = door[first[:, 1]]
    weight = 1.0 / np.arange(1, doors)
    for d in (1, 2, 4, 11):
        assert_share((apart == d).sum(), len(first), weight[d - 1] / weight.sum())


@pytest.mark.parametrize("w, w_half", [(0.5, 0.5), (0.2, 0.5), (0.9, 2.0)])
def test_who_knows_somebody_talks_with_them_more(w, w_half):
    n = 4000
    state = hamlet(n, w_half=w_half, half_life=1e9, ring_stairwell=0.0, ring_building=0.0, ring_courtyard=0.0)
    state.people["sociability"][:] = 1.0
    for i in range(0, n, 2):
        know(state, i, i + 1, w)
    pairs = np.concatenate([chats(state, day) for day in range(5)])
    with_known = (pairs[:, 0] // 2 == pairs[:, 1] // 2).sum()
    assert_share(with_known, len(pairs), w / (w + w_half))


def test_among_the_known_the_choice_goes_with_the_square_of_the_tie():
    n = 3000
    state = hamlet(n, w_half=1e-9, half_life=1e9)
    state.people["sociability"][:] = 0.0
    state.people["sociability"][::3] = 1.0
    for i in range(0, n, 3):
        know(state, i, i + 1, 0.6)
        know(state, i, i + 2, 0.3)
    pairs = np.concatenate([chats(state, day) for day in range(20)])
    assert_share((pairs[:, 1] % 3 == 1).sum(), len(pairs), 0.8)


def test_children_are_not_met_and_kin_make_no_ties():
    state = hamlet(1500, 500, child_share=0.2)
    assert (state.people["age"] == CHILD).any()
    live(state, 60, neighbouring)
    i, where = state.ties.everybody()
    j = state.ties.slots["neighbour"][where]
    assert (state.people["age"][i] != CHILD).all()
    assert (state.people["household"][i] != state.people["household"][j]).all()


@pytest.mark.parametrize("half_life, days", [(180.0, 180), (30.0, 60), (90.0, 45)])
def test_a_tie_halves_in_its_half_life(half_life, days):
    state = hamlet(20, half_life=half_life)
    know(state, 0, 1, 0.8)
    state.people["sociability"][:] = 0.0
    live(state, days, neighbouring)
    assert strengths(state)[0] == pytest.approx(0.8 * 2.0 ** (-days / half_life), rel=1e-9)


def test_ties_too_faint_to_count_are_forgotten_within_a_month():
    state = hamlet(90, half_life=20.0, w_drop=0.01)
    state.people["sociability"][:] = 0.0
    for i in range(0, 90, 2):
        know(state, i, i + 1, 0.3)
    live(state, 90, neighbouring)  # .3 -> .0133
    assert (state.ties.rows["degree"] == 1).all()
    live(state, 10 + 30, neighbouring)
    assert (state.ties.rows["degree"] == 0).all()


def test_the_weakest_tie_gives_way_when_there_is_no_room():
    state = hamlet(12, ties_most=8.0, half_life=1e9)
    for k in range(1, 9):
        know(state, 0, k, 0.1 * k)
    know(state, 0, 9, 0.5)
    known = set(state.ties.slots["neighbour"][state.ties.of(0)])
    assert known == {2, 3, 4, 5, 6, 7, 8, 9}
    assert state.ties.rows["degree"][1] == 0 and state.ties.evicted[0] == 1
