"""Chat groups and who is in them.

Members of a group fill slots 0..size-1; those who have posted stand before those who never did, at
0..voiced-1.  ``posts`` holds a Fenwick tree of messages per slot, so that "a random past message's
author" and "a new voice" are both found in a few steps.

Official groups are the office's, interest and private ones the residents' own.  Groups with a task are the
representatives', deliberation and leaders' ones: a rule names their members, who write about the task there.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from commsim.kernels import inner, kernel, table

KINDS = ("official", "interest", "private", "representatives", "deliberation", "leaders")
OFFICIAL, INTEREST, PRIVATE, REPRESENTATIVES, DELIBERATION, LEADERS = range(len(KINDS))
OF_TASKS = 1 << 30  # sets identities of groups with a task apart from official ones
GROUPS_A_PERSON = 8
SKILL_AT_START, NEVER = 0.1, -(10**6)
LEARNED = {"density_1": "f8", "density_2": "f8", "density_3": "f8", "density_4": "f8", "recent_before": "f8",
           "skill": "f8", "turn": "i8", "coached": "i8", "funded": "i8", "size_seen": "i8", "asked": "?",
           "staff": "?", "service": "?"}  # fmt: skip


class Seats(NamedTuple):
    """What each person has in each of eight groups at most: ``group`` and ``place`` (slot there), -1
    when free; ``asked`` and ``unheard`` (own small talk, and how much of it nobody answered) and
    ``written`` (messages).  Each [people, 8]."""

    group: np.ndarray
    place: np.ndarray
    asked: np.ndarray
    unheard: np.ndarray
    written: np.ndarray


class Groups(NamedTuple):
    """``rows`` [groups]: kind, compound, interest (theme or -1), identity and founded (day; together the
    group's name in keyed draws), members, voiced, recent (messages a day, fading over a week), and
    density_1 … density_4 (share of pairs of members who know each other, on the first days of the last
    four months; -1 before there was such a day) and recent_before (``recent`` on the last of them).
    What it has learned: skill (0-1), turn and coached (days on which its turn to be coached came last, and on
    which it was coached last), asked and staff (whether it was asked to let staff in, and did), service
    (its hobby has become a service), funded (grants), size_seen (members at the last audit).
    ``member`` [groups, cap] and ``posts`` [groups, cap + 1].  ``count[0]`` groups.
    """

    rows: np.recarray
    member: np.ndarray
    posts: np.ndarray
    seats: Seats
    count: np.ndarray


def empty_groups(n: int, cap: int, room: int = 64) -> Groups:
    """No group yet; room for ``room`` groups of at most ``cap`` members."""
    rows = table(room, recent="f8", identity="i8", founded="i8", compound="i8", members="i8", voiced="i8",
                 kind="i1", interest="i1", **LEARNED)  # fmt: skip
    shape = n, GROUPS_A_PERSON
    seats = Seats(np.full(shape, -1, np.int32), np.full(shape, -1, np.int32), np.zeros(shape),
                  np.zeros(shape), np.zeros(shape, np.int64))  # fmt: skip
    member, posts = np.zeros((room, cap), np.int64), np.zeros((room, cap + 1), np.int64)
    return Groups(rows, member, posts, seats, np.zeros(1, np.int64))


def with_room(g: Groups, more: int) -> Groups:
    """The same groups with room for at least ``more`` further ones."""
    room, need = len(g.rows), int(g.count[0]) + more
    if need <= room:
        return g
    wider = {}
    for name in ("rows", "member", "posts"):
        old = getattr(g, name)
        new = np.zeros((max(2 * room, need), *old.shape[1:]), old.dtype).view(type(old))
        new[:room] = old
        wider[name] = new
    return g._replace(**wider)


def open_group(g: Groups, kind: int, compound: int, interest: int, identity: int, founded: int = 0) -> int:
    """Found a group (room must be there); returns its number."""
    k = int(g.count[0])
    g.rows.kind[k], g.rows.compound[k], g.rows.interest[k], g.rows.identity[k] = kind, compound, interest, identity
    g.rows.founded[k] = founded
    g.rows.skill[k], g.rows.turn[k], g.rows.coached[k] = SKILL_AT_START, NEVER, NEVER
    g.rows.density_1[k] = g.rows.density_2[k] = g.rows.density_3[k] = g.rows.density_4[k] = -1.0
    g.count[0] += 1
    return k


@inner
def slot_of(g, i, group):
    """Which of i's membership slots is ``group``, or -1."""
    for s in range(GROUPS_A_PERSON):
        if g.seats.group[i, s] == group:
            return s
    return -1


@inner
def has_task(kind):
    """Whether groups of this kind are there for a task: no small talk, no invitations, nobody leaves for the noise."""
    return kind >= REPRESENTATIVES


@inner
def official_of(g, i):
    """The official group that i is in, or -1."""
    for s in range(GROUPS_A_PERSON):
        if g.seats.group[i, s] >= 0 and g.rows.kind[g.seats.group[i, s]] == OFFICIAL:
            return g.seats.group[i, s]
    return -1


@inner
def enter(g, people, i, group):
    """i joins; False when the group is full, i is in already, or i is in eight groups."""
    s = slot_of(g, i, -1)
    if s < 0 or g.rows.members[group] >= g.member.shape[1] or slot_of(g, i, group) >= 0:
        return False
    place = g.rows.members[group]
    g.member[group, place] = i
    g.seats.group[i, s], g.seats.place[i, s] = group, place
    g.seats.asked[i, s] = g.seats.unheard[i, s] = 0.0
    g.seats.written[i, s] = 0
    g.rows.members[group] = place + 1
    if g.rows.kind[group] == OFFICIAL:
        people.in_official[i] = people.aware[i] = True
    return True


@inner
def _move(g, group, source, target):
    """The member in slot ``source`` now stands in slot ``target``."""
    j = g.member[group, source]
    g.member[group, target] = j
    g.seats.place[j, slot_of(g, j, group)] = target


@inner
def leave(g, people, i, s):
    """i leaves the group in membership slot s; the hole is filled from behind."""
    group, place = g.seats.group[i, s], g.seats.place[i, s]
    if place < g.rows.voiced[group]:
        last_voice = g.rows.voiced[group] - 1
        add_posts(g.posts[group], place, posts_at(g.posts[group], last_voice) - posts_at(g.posts[group], place))
        add_posts(g.posts[group], last_voice, -posts_at(g.posts[group], last_voice))
        if last_voice != place:
            _move(g, group, last_voice, place)
        g.rows.voiced[group] = last_voice
        place = last_voice
    last = g.rows.members[group] - 1
    if last != place:
        _move(g, group, last, place)
    g.rows.members[group] = last
    g.seats.group[i, s] = g.seats.place[i, s] = -1
    if g.rows.kind[group] == OFFICIAL:
        people.in_official[i] = False


@inner
def leave_all(g, people, i):
    """i leaves every group."""
    for s in range(GROUPS_A_PERSON):
        if g.seats.group[i, s] >= 0:
            leave(g, people, i, s)


@kernel
def seat(g, people, group, rows):
    """The group's members are from now on those of ``rows`` who use a smartphone, and nobody else."""
    named = np.zeros(len(people), np.bool_)
    for i in rows:
        named[i] = people.literate[i]
    for place in range(g.rows.members[group] - 1, -1, -1):
        i = g.member[group, place]
        if not named[i]:
            leave(g, people, i, slot_of(g, i, group))
    for i in rows:
        if named[i]:
            enter(g, people, i, group)


@inner
def count_post(g, i, group):
    """i has posted in ``group``: one more message in i's slot, and i is a voice from now on."""
    s = slot_of(g, i, group)
    place, voiced = g.seats.place[i, s], g.rows.voiced[group]
    if place >= voiced:
        j = g.member[group, voiced]
        g.member[group, voiced], g.member[group, place] = i, j
        g.seats.place[j, slot_of(g, j, group)] = place
        g.seats.place[i, s] = voiced
        g.rows.voiced[group] = voiced + 1
        place = voiced
    add_posts(g.posts[group], place, 1)
    g.seats.written[i, s] += 1
    g.rows.recent[group] += 1.0 / 7.0


@inner
def add_posts(tree, place, more):
    """Fenwick tree: ``more`` messages in slot ``place``."""
    k = place + 1
    while k < len(tree):
        tree[k] += more
        k += k & -k


@inner
def posts_before(tree, place):
    """Messages in slots 0..place-1."""
    k, total = place, 0
    while k > 0:
        total += tree[k]
        k -= k & -k
    return total


@inner
def posts_at(tree, place):
    """Messages in slot ``place``."""
    return posts_before(tree, place + 1) - posts_before(tree, place)


@inner
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
