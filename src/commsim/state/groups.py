"""Chat groups and who is in them.

Members of a group fill slots 0..size-1; those who have posted stand before those who never did, at
0..voiced-1.  ``posts`` holds a Fenwick tree of messages per slot, so that "a random past message's
author" and "a new voice" are both found in a few steps.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from commsim.kernels import kernel

OFFICIAL, INTEREST = 0, 1
GROUPS_A_PERSON = 8


class Groups(NamedTuple):
    """Per group: kind, compound, interest (theme or -1), identity (its name in keyed draws), size,
    voiced, recent (messages a day, fading over a week), member and posts [groups, cap].
    Per person: ``of`` and ``place`` [people, 8] (group, slot; -1 = none), ``asked`` and
    ``unheard`` (own small talk there, and how much of it nobody answered), ``written`` (messages
    there) and, per person, ``official`` (is in an official group).
    """

    kind: np.ndarray
    compound: np.ndarray
    interest: np.ndarray
    identity: np.ndarray
    size: np.ndarray
    voiced: np.ndarray
    recent: np.ndarray
    member: np.ndarray
    posts: np.ndarray
    of: np.ndarray
    place: np.ndarray
    asked: np.ndarray
    unheard: np.ndarray
    written: np.ndarray
    official: np.ndarray
    count: np.ndarray  # int64[1]


def empty_groups(n: int, cap: int, room: int = 64) -> Groups:
    """No group yet; room for ``room`` groups of at most ``cap`` members."""
    per_person = {"of": -1, "place": -1}
    columns = {name: np.full((n, GROUPS_A_PERSON), value, np.int32) for name, value in per_person.items()}
    return Groups(
        kind=np.zeros(room, np.int8), compound=np.zeros(room, np.int32),
        interest=np.full(room, -1, np.int8), identity=np.zeros(room, np.int64),
        size=np.zeros(room, np.int32), voiced=np.zeros(room, np.int32), recent=np.zeros(room),
        member=np.zeros((room, cap), np.int32), posts=np.zeros((room, cap + 1), np.int64), **columns,
        asked=np.zeros((n, GROUPS_A_PERSON)), unheard=np.zeros((n, GROUPS_A_PERSON)),
        written=np.zeros((n, GROUPS_A_PERSON), np.int32),
        official=np.zeros(n, np.bool_), count=np.zeros(1, np.int64),
    )  # fmt: skip


PER_GROUP = ("kind", "compound", "interest", "identity", "size", "voiced", "recent", "member", "posts")


def with_room(g: Groups, more: int) -> Groups:
    """The same groups with room for at least ``more`` further ones."""
    room, need = len(g.kind), int(g.count[0]) + more
    if need <= room:
        return g
    grown = {}
    for name in PER_GROUP:
        old = getattr(g, name)
        grown[name] = np.concatenate([old, np.zeros((max(room, need - room), *old.shape[1:]), old.dtype)])
    return g._replace(**grown)


def open_group(g: Groups, kind: int, compound: int, interest: int, identity: int) -> int:
    """Found a group (room must be there); returns its number."""
    k = int(g.count[0])
    g.kind[k], g.compound[k], g.interest[k], g.identity[k] = kind, compound, interest, identity
    g.count[0] += 1
    return k


@kernel
def slot_of(g, i, group):
    """Which of i's membership slots is ``group``, or -1."""
    for s in range(GROUPS_A_PERSON):
        if g.of[i, s] == group:
            return s
    return -1


@kernel
def enter(g, i, group):
    """i joins; False when the group is full, i is in already, or i is in eight groups."""
    s = slot_of(g, i, -1)
    if s < 0 or g.size[group] >= g.member.shape[1] or slot_of(g, i, group) >= 0:
        return False
    place = g.size[group]
    g.member[group, place] = i
    g.of[i, s], g.place[i, s] = group, place
    g.asked[i, s] = g.unheard[i, s] = 0.0
    g.written[i, s] = 0
    g.size[group] = place + 1
    if g.kind[group] == OFFICIAL:
        g.official[i] = True
    return True


@kernel
def _move(g, group, source, target):
    """The member in slot ``source`` now stands in slot ``target``."""
    j = g.member[group, source]
    g.member[group, target] = j
    g.place[j, slot_of(g, j, group)] = target


@kernel
def leave(g, i, s):
    """i leaves the group in membership slot s; the hole is filled from behind."""
    group, place = g.of[i, s], g.place[i, s]
    if place < g.voiced[group]:
        last_voice = g.voiced[group] - 1
        add_posts(g.posts[group], place, posts_at(g.posts[group], last_voice) - posts_at(g.posts[group], place))
        add_posts(g.posts[group], last_voice, -posts_at(g.posts[group], last_voice))
        if last_voice != place:
            _move(g, group, last_voice, place)
        g.voiced[group] = last_voice
        place = last_voice
    last = g.size[group] - 1
    if last != place:
        _move(g, group, last, place)
    g.size[group] = last
    g.of[i, s] = g.place[i, s] = -1
    if g.kind[group] == OFFICIAL:
        g.official[i] = False


@kernel
def leave_all(g, i):
    """i leaves every group."""
    for s in range(GROUPS_A_PERSON):
        if g.of[i, s] >= 0:
            leave(g, i, s)


@kernel
def count_post(g, i, group):
    """i has posted in ``group``: one more message in i's slot, and i is a voice from now on."""
    s = slot_of(g, i, group)
    place, voiced = g.place[i, s], g.voiced[group]
    if place >= voiced:
        j = g.member[group, voiced]
        g.member[group, voiced], g.member[group, place] = i, j
        g.place[j, slot_of(g, j, group)] = place
        g.place[i, s] = voiced
        g.voiced[group] = voiced + 1
        place = voiced
    add_posts(g.posts[group], place, 1)
    g.written[i, s] += 1
    g.recent[group] += 1.0 / 7.0


@kernel
def add_posts(tree, place, more):
    """Fenwick tree: ``more`` messages in slot ``place``."""
    k = place + 1
    while k < len(tree):
        tree[k] += more
        k += k & -k


@kernel
def posts_before(tree, place):
    """Messages in slots 0..place-1."""
    k, total = place, 0
    while k > 0:
        total += tree[k]
        k -= k & -k
    return total


@kernel
def posts_at(tree, place):
    """Messages in slot ``place``."""
    return posts_before(tree, place + 1) - posts_before(tree, place)


@kernel
def slot_of_post(tree, target):
    """Slot that holds message number ``target`` (0-based) when slots are laid end to end."""
    step, k = 1, 0
    while step * 2 < len(tree):
        step *= 2
    while step > 0:
        if k + step < len(tree) and tree[k + step] <= target:
            k += step
            target -= tree[k]
        step //= 2
    return k
