"""Groups: who is in, who has spoken, and the tree of messages; random histories against plain lists."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commsim.kernels import for_kernels
from commsim.state.groups import (
    GROUPS_A_PERSON,
    INTEREST,
    OFFICIAL,
    add_posts,
    count_post,
    empty_groups,
    enter,
    leave,
    leave_all,
    open_group,
    posts_at,
    posts_before,
    seat,
    slot_of,
    slot_of_post,
    with_room,
)
from commsim.state.people import empty_people


def town(n=12, cap=5, kinds=(OFFICIAL, INTEREST, INTEREST), room=4):
    """(groups, people, groups for kernels, people for kernels) with one group of each kind."""
    groups, people = empty_groups(n, cap, room), empty_people(np.arange(n))
    for k, kind in enumerate(kinds):
        assert open_group(groups, kind, 7, k, 100 + k) == k
    return groups, people, for_kernels(groups), for_kernels(people)


def members(groups, group):
    return groups.member[group, : groups.rows.members[group]].tolist()


def check(groups, people):
    """Seats and slots point at each other, voices stand before the silent, trees hold what was sent."""
    for group in range(int(groups.count[0])):
        inside, voiced = members(groups, group), int(groups.rows.voiced[group])
        assert len(inside) == len(set(inside)) <= groups.member.shape[1]
        tree = groups.posts[group]
        for place, i in enumerate(inside):
            s = int(slot_of(for_kernels(groups), i, group))
            assert s >= 0 and groups.seats.place[i, s] == place
            written = groups.seats.written[i, s]
            assert (written > 0) == (place < voiced)
            assert posts_at(tree, place) == written
        assert posts_before(tree, len(tree) - 1) == posts_before(tree, voiced)
    held = groups.seats.group[groups.seats.group >= 0]
    sizes = groups.rows.members[: groups.count[0]]
    assert np.bincount(held, minlength=len(sizes)).tolist() == sizes.tolist()
    official = (groups.seats.group >= 0) & (groups.rows.kind[groups.seats.group] == OFFICIAL)
    assert people.in_official.tolist() == official.any(axis=1).tolist()


def test_a_new_group_is_empty_and_keeps_its_name():
    groups, *_ = town()
    assert groups.rows[:3].identity.tolist() == [100, 101, 102]
    assert (groups.rows.compound[:3].tolist(), groups.rows.interest[:3].tolist()) == ([7] * 3, [0, 1, 2])
    assert groups.rows.members.sum() == 0


def test_nobody_enters_twice():
    groups, people, g, p = town()
    assert enter(g, p, 3, 1) and not enter(g, p, 3, 1)
    assert members(groups, 1) == [3]
    check(groups, people)


def test_a_full_group_takes_nobody():
    groups, people, g, p = town(cap=5)
    assert [bool(enter(g, p, i, 0)) for i in range(7)] == [True] * 5 + [False] * 2
    assert members(groups, 0) == [0, 1, 2, 3, 4] and not people.in_official[5:].any()
    leave(g, p, 2, slot_of(g, 2, 0))
    assert enter(g, p, 6, 0) and members(groups, 0) == [0, 1, 4, 3, 6]
    check(groups, people)


def test_nobody_is_in_nine_groups():
    groups, _, g, p = town(kinds=(INTEREST,) * 10, room=10)
    assert [bool(enter(g, p, 0, k)) for k in range(10)] == [True] * GROUPS_A_PERSON + [False] * 2
    leave(g, p, 0, slot_of(g, 0, 4))
    assert enter(g, p, 0, 9)
    leave_all(g, p, 0)
    assert groups.rows.members.sum() == 0 and (groups.seats.group[0] == -1).all()


def test_leaving_takes_ones_messages_along():
    groups, people, g, p = town()
    for i in range(4):
        enter(g, p, i, 1)
    for i in (2, 0, 2, 3):
        count_post(g, i, 1)
    check(groups, people)
    assert groups.rows.voiced[1] == 3 and posts_before(groups.posts[1], 5) == 4
    leave(g, p, 2, slot_of(g, 2, 1))
    check(groups, people)
    assert groups.rows.voiced[1] == 2 and posts_before(groups.posts[1], 5) == 2
    assert enter(g, p, 2, 1) and groups.seats.written[2, slot_of(g, 2, 1)] == 0, "who comes back starts anew"
    check(groups, people)


def test_only_official_groups_mark_their_members():
    groups, people, g, p = town()
    enter(g, p, 1, 0)
    enter(g, p, 1, 1)
    enter(g, p, 2, 1)
    assert people.in_official.nonzero()[0].tolist() == [1]
    leave(g, p, 1, slot_of(g, 1, 0))
    assert not people.in_official.any() and members(groups, 1) == [1, 2]


def test_a_message_counts_a_seventh_of_a_day():
    groups, _, g, p = town()
    enter(g, p, 0, 0)
    for _ in range(14):
        count_post(g, 0, 0)
    assert groups.rows.recent[0] == pytest.approx(2.0)


def test_more_room_keeps_everything():
    groups, people, g, p = town(room=3)
    for i in range(5):
        enter(g, p, i, i % 3)
        count_post(g, i, i % 3)
    wider = with_room(groups, 4)
    assert len(wider.rows) >= 7 and with_room(wider, 1) is wider
    for name in ("rows", "member", "posts"):
        assert np.array_equal(getattr(wider, name)[:3], getattr(groups, name))
    assert isinstance(wider.rows, np.recarray)
    open_group(wider, INTEREST, 0, 0, 9)
    assert enter(for_kernels(wider), p, 5, 3)
    check(wider, people)


steps = st.one_of(
    st.tuples(st.just("enter"), st.integers(0, 11), st.integers(0, 2)),
    st.tuples(st.just("leave"), st.integers(0, 11), st.integers(0, 2)),
    st.tuples(st.just("post"), st.integers(0, 11), st.integers(0, 2)),
    st.tuples(st.just("move"), st.integers(0, 11)),
)


@given(st.lists(steps, max_size=80))
@settings(max_examples=150, deadline=None)
def test_any_history_is_that_of_plain_lists(history):
    groups, people, g, p = town()
    plain = [{}, {}, {}]  # group -> {person: messages}
    for what, i, *group in history:
        if what == "enter":
            fits = i not in plain[group[0]] and len(plain[group[0]]) < 5
            assert bool(enter(g, p, i, group[0])) == fits
            if fits:
                plain[group[0]][i] = 0
        elif what == "move":
            leave_all(g, p, i)
            for inside in plain:
                inside.pop(i, None)
        elif i in plain[group[0]]:
            if what == "leave":
                leave(g, p, i, slot_of(g, i, group[0]))
                del plain[group[0]][i]
            else:
                count_post(g, i, group[0])
                plain[group[0]][i] += 1
    check(groups, people)
    for k, inside in enumerate(plain):
        assert sorted(members(groups, k)) == sorted(inside)
        assert {i: int(groups.seats.written[i, slot_of(g, i, k)]) for i in inside} == inside


@given(st.lists(st.integers(0, 4), min_size=1, max_size=37), st.data())
@settings(max_examples=200, deadline=None)
def test_the_tree_of_messages(counts, data):
    """Sums, single slots and the slot of the m-th message, as a plain list gives them."""
    tree = np.zeros(len(counts) + 1, np.int64)
    for place, count in enumerate(counts):
        add_posts(tree, place, count + 1)
        add_posts(tree, place, -1)
    assert [posts_before(tree, k) for k in range(len(counts) + 1)] == [sum(counts[:k]) for k in range(len(counts) + 1)]
    assert [posts_at(tree, k) for k in range(len(counts))] == counts
    if sum(counts):
        target = data.draw(st.integers(0, sum(counts) - 1))
        laid_out = [place for place, count in enumerate(counts) for _ in range(count)]
        assert slot_of_post(tree, target) == laid_out[target]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.lists(st.integers(0, 11), unique=True)), max_size=8), st.data())
def test_who_is_named_has_a_seat_and_nobody_else(history, data):
    groups, people, g, p = town(cap=12)
    people.literate[:] = True
    people.literate[[3, 8]] = False
    for posts, named in history:
        seat(g, p, 1, np.array(named, np.int64))
        assert set(members(groups, 1)) == set(named) - {3, 8}
        if posts and members(groups, 1):
            count_post(g, data.draw(st.sampled_from(members(groups, 1))), 1)
        check(groups, people)
