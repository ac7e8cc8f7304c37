"""Joining, leaving and founding groups (model section 6d).

Exposure comes from posters and staff (hazard p_b a month) and from ties inside (hazard q f, f = share
of own tie strength inside).  Whoever is exposed joins when a uniform that is fixed per person and
group is below logistic(theta_join + theta_s S + theta_t (trust - 1/2)): asking again moves nobody,
new reasons do.  Members leave with hazard h_ch * (share of own talk unheard + share of flood).
Two people who know each other and share an interest found a group with hazard eta_g w.  Where the office
forces or pays people into its group everybody exposed joins, and trusts it less.  A scenario may say how
many are members when a group begins (group_members).  Three close acquaintances
in an official group who all feel freer outside it found a private one with hazard eta_private (6e).
"""

from __future__ import annotations

import math

import numpy as np

from commsim.clock import MONTH
from commsim.draws import column, column_of, draw, logistic, purpose, two_columns
from commsim.kernels import inner, kernel
from commsim.state.groups import (
    GROUPS_A_PERSON,
    INTEREST,
    OFFICIAL,
    PRIVATE,
    enter,
    has_task,
    leave,
    open_group,
    slot_of,
    with_room,
)
from commsim.state.office import FOR_MEMBERS
from commsim.state.people import CHILD, experience
from commsim.state.settings import Settings
from commsim.state.ties import level_on, share_inside, strength
from commsim.state.whole import State

EXPOSURE, JOIN, LEAVE = purpose("exposure"), purpose("join"), purpose("leave")
FOUND, FOUND_INTEREST, FOUND_PRIVATE = purpose("found"), purpose("found interest"), purpose("found private")
LOTTERY = purpose("group lottery")
BY_POSTER, BY_NEIGHBOUR = 0, 1
OF_RESIDENTS = 1 << 31  # sets identities of residents' groups apart from official ones
NONE = -1


def joining(state: State, settings: Settings, day: int) -> None:
    """A day of leaving, joining and founding; all decide on the state of the morning."""
    official = _open_official(state, settings, day)
    now = state.under(settings)
    leavers = who_leaves(now, day)
    wishes = who_joins(now, official, day)
    founders, apart = who_founds(now, day), who_parts(now, day)
    if len(leavers) or len(wishes):
        carry_out(now, leavers, wishes, day)
    if len(founders):
        state.groups = with_room(state.groups, len(founders))
    for i, j, theme in founders.tolist():
        compound = int(state.homes.doors["compound"][state.people["household"][i]])
        group = open_group(state.groups, INTEREST, compound, theme, OF_RESIDENTS + i * 8 + theme, day)
        enter(state.tables.groups, state.tables.people, i, group)
        enter(state.tables.groups, state.tables.people, j, group)
    _open_private(state, apart, day)


def _open_private(state: State, apart: np.ndarray, day: int) -> None:
    """Private groups of three, by lottery; who is in one by now, or has no seat left, founds no other."""
    state.groups = with_room(state.groups, len(apart))
    t = state.tables
    for three in apart.tolist():
        if any(is_apart(t.groups, i) or slot_of(t.groups, i, NONE) < 0 for i in three):
            continue
        compound = int(state.homes.doors["compound"][state.people["household"][three[0]]])
        group = open_group(state.groups, PRIVATE, compound, NONE, OF_RESIDENTS + (1 << 30) + three[0], day)
        for i in three:
            enter(t.groups, t.people, i, group)


def _open_official(state: State, settings: Settings, day: int) -> np.ndarray:
    """The official group of each compound that still takes members, -1 without one: int64[compounds].

    The office founds one where there is none yet, and another when the last one is full.
    """
    open_ones, ordinal = with_seats(state.under(settings))
    if settings.x.group_open == 0.0:
        open_ones[:] = NONE
    else:
        for compound in np.flatnonzero(open_ones == NONE).tolist():
            open_ones[compound] = _next_group(state, compound, int(ordinal[compound]), day)
            if ordinal[compound] == 0 and settings.x.group_members > 0.0:
                open_ones[compound] = _fill(state, settings.x, compound, int(open_ones[compound]), day)
    return open_ones


def _next_group(state: State, compound: int, ordinal: int, day: int) -> int:
    state.groups = with_room(state.groups, 1)
    return open_group(state.groups, OFFICIAL, compound, NONE, compound * 1000 + ordinal, day)


def _fill(state: State, x, compound: int, group: int, day: int) -> int:
    """Let in whoever is a member from the first day; returns the group that came last."""
    ordinal = 0
    for i in members_from_before(state, x, compound, day).tolist():
        if state.groups.rows.members[group] == state.groups.member.shape[1]:
            ordinal += 1
            group = _next_group(state, compound, ordinal, day)
        enter(state.tables.groups, state.tables.people, i, group)
    return group


def members_from_before(state: State, x, compound: int, day: int) -> np.ndarray:
    """People of ``compound`` who are in its group when it is founded: int64[members].

    A scenario says how many there are in all (group_members); compounds share them by how many use a
    smartphone.  They are those who would agree most readily, by the threshold that is fixed per person
    and group (``agrees``): whoever is left outside is as hard to win as in a group that grew by itself.
    """
    people, homes = state.people, state.homes.doors["compound"][state.people["household"]]
    able = np.flatnonzero(people["literate"])
    shares = np.cumsum(np.bincount(homes[able], minlength=state.homes.compounds)) / max(len(able), 1)
    upto = np.rint(np.append(0.0, shares) * min(x.group_members, len(able))).astype(int)
    here = able[homes[able] == compound]
    u = np.array([draw(state.world, JOIN, day, i, compound * 1000, t) for i, t in
                  zip(here.tolist(), people["tenancy"][here].tolist(), strict=True)])  # fmt: skip
    reluctance = np.log(u / (1.0 - u)) - x.theta_t * people["trust"][here]
    return here[np.argsort(reluctance, kind="stable")[: upto[compound + 1] - upto[compound]]]


@kernel
def with_seats(state):
    """The last official group of each compound that has a free seat, or -1; how many it has in all."""
    groups = state.groups
    open_ones, ordinal = np.full(state.homes.compounds, NONE), np.zeros(state.homes.compounds, np.int64)
    for g in range(groups.count[0]):
        if groups.rows.kind[g] == OFFICIAL:
            compound = groups.rows.compound[g]
            ordinal[compound] += 1
            if groups.rows.members[g] < groups.member.shape[1]:
                open_ones[compound] = g
    return open_ones, ordinal


@kernel
def carry_out(state, leavers, wishes, day):
    """Let people out, and in while there is room: first come is by lottery."""
    groups, people, x = state.groups, state.people, state.levers[0]
    for i, g in leavers:
        leave(groups, people, i, slot_of(groups, i, g))
    luck = np.empty(len(wishes))
    for k in range(len(wishes)):
        g = wishes[k, 1]
        luck[k] = draw(state.world, LOTTERY, day, wishes[k, 0], groups.rows.identity[g], groups.rows.founded[g])
    for k in np.argsort(luck, kind="mergesort"):
        i, g = wishes[k]
        pressed = x.group_forced > 0.0 or x.group_yuan > 0.0
        if enter(groups, people, i, g) and groups.rows.kind[g] == OFFICIAL and pressed:
            experience(people.trust, i, False, 1.0, 0.0, x.a_coerce)
            state.office.yuan[FOR_MEMBERS] += x.group_yuan


@kernel
def who_leaves(state, day):
    """(person, group) of everybody who leaves today: int64[leavers, 2]."""
    groups, x = state.groups, state.levers[0]
    found = np.empty((groups.rows.members[: groups.count[0]].sum(), 2), np.int64)
    n = 0
    for g in range(groups.count[0]):
        if has_task(groups.rows.kind[g]):
            continue
        flood = max(0.0, 1.0 - x.flood_from / groups.rows.recent[g]) if groups.rows.recent[g] > 0.0 else 0.0
        most = 1.0 - math.exp(-x.h_ch / MONTH * (1.0 + flood))
        members = groups.member[g, : groups.rows.members[g]]
        luck = column_of(state.world, LEAVE, day, members, groups.rows.identity[g], groups.rows.founded[g])
        for place in range(len(members)):
            if luck[place] >= most:
                continue
            i = members[place]
            s = slot_of(groups, i, g)
            unheard = groups.seats.unheard[i, s] / groups.seats.asked[i, s] if groups.seats.asked[i, s] > 0.0 else 0.0
            if luck[place] < 1.0 - math.exp(-x.h_ch / MONTH * (unheard + flood)):
                found[n, 0], found[n, 1] = i, g
                n += 1
    return found[:n]


@kernel
def who_joins(state, official, day):
    """(person, group) of everybody who wants to join today: int64[wishes, 2]."""
    people, homes, groups, ties = state.people, state.homes, state.groups, state.ties
    world, x = state.world, state.levers[0]
    n_people = len(people)
    found = np.empty((2 * n_people, 2), np.int64)
    n = 0
    most = 1.0 - math.exp(-(x.p_b + x.q) / MONTH)
    likely = 1.0 - math.exp(-x.q / MONTH) if groups.count[0] > 0 else 0.0
    by_poster = column(world, EXPOSURE, day, 0, n_people, 0, BY_POSTER)
    by_neighbour, which = two_columns(world, EXPOSURE, day, 0, n_people, 0, BY_NEIGHBOUR)
    pressed = x.group_forced > 0.0 or x.group_yuan > 0.0
    for i in range(n_people):
        if (by_poster[i] >= most and by_neighbour[i] >= likely) or not people.literate[i]:
            continue
        u, g = by_poster[i], official[homes.doors.compound[people.household[i]]]
        if u < most and g >= 0 and not people.in_official[i]:
            inside = share_inside(ties, i, people.in_official)
            if u < 1.0 - math.exp(-(x.p_b + x.q * inside) / MONTH) and (
                pressed or agrees(people, groups, x, world, i, g, inside, people.trust[i])
            ):
                found[n, 0], found[n, 1] = i, g
                n += 1
        u = by_neighbour[i]
        if u < likely:
            g, inside = invited_to(people, groups, ties, i, which[i])
            if g >= 0 and u < 1.0 - math.exp(-x.q * inside / MONTH) and agrees(
                people, groups, x, world, i, g, inside, 0.5
            ):
                found[n, 0], found[n, 1] = i, g
                n += 1
    return found[:n]


@inner
def agrees(people, groups, x, world, i, g, inside, trust):
    """Whether i, exposed to group g, joins: one keyed threshold per person and group."""
    u = draw(world, JOIN, groups.rows.founded[g], i, groups.rows.identity[g], people.tenancy[i])
    return u < logistic(x.theta_join + x.theta_s * inside + x.theta_t * (trust - 0.5))


@inner
def invited_to(people, groups, ties, i, u):
    """A private group, or a residents' group of i's interest, that i's ties are in, in proportion to strength
    inside, and the share of own strength in it: (group, share); (-1, 0) without one."""
    total, strength = ties.rows.total[i], 0.0
    chosen, inside = NONE, 0.0
    for k in range(ties.rows.start[i], ties.rows.start[i] + ties.rows.degree[i]):
        j = int(ties.slots.neighbour[k])
        for s in range(GROUPS_A_PERSON):
            g = groups.seats.group[j, s]
            if g < 0 or groups.rows.kind[g] == OFFICIAL or has_task(groups.rows.kind[g]):
                continue
            if groups.rows.kind[g] == INTEREST and not (people.interests[i] >> groups.rows.interest[g]) & 1:
                continue
            if slot_of(groups, i, g) >= 0:
                continue
            strength += ties.slots.u[k]
            if u * strength < ties.slots.u[k]:
                chosen = g
                u = u * strength / ties.slots.u[k]
            else:
                u = (u * strength - ties.slots.u[k]) / max(strength - ties.slots.u[k], 1e-300)
    if chosen == NONE:
        return NONE, 0.0
    for k in range(ties.rows.start[i], ties.rows.start[i] + ties.rows.degree[i]):
        if slot_of(groups, int(ties.slots.neighbour[k]), chosen) >= 0:
            inside += ties.slots.u[k]
    return chosen, inside / total


@kernel
def who_founds(state, day):
    """(founder, partner, theme) of groups founded today: int64[founded, 3]."""
    people, groups, ties, world, x = state.people, state.groups, state.ties, state.world, state.levers[0]
    level = level_on(day, x.half_life)
    found = np.empty((64 + len(people) // 20, 3), np.int64)
    n = 0
    luck = column(world, FOUND, day, 0, len(people), 0, 0)
    most = 8.0 * x.eta_g / level
    for i in range(len(people)):
        u = luck[i]
        if u >= most * ties.rows.total[i]:  # the hazard cannot be higher
            continue
        if not people.literate[i] or n == len(found) or slot_of(groups, i, NONE) < 0:
            continue  # or there is no seat left
        j, theme, strength = shared_interest(people, groups, ties, world, day, i)
        if j >= 0 and u < 1.0 - math.exp(-0.5 * x.eta_g * strength / level):
            found[n, 0], found[n, 1], found[n, 2] = i, j, theme
            n += 1
    return found[:n]


@inner
def shared_interest(people, groups, ties, world, day, i):
    """(j, theme, strength): over pairs with j and themes both like and share no group for, the
    summed inflated strength, and one of them in proportion to it."""
    u = draw(world, FOUND_INTEREST, day, i, 0, 0)
    total, chosen, chosen_theme = 0.0, NONE, NONE
    for k in range(ties.rows.start[i], ties.rows.start[i] + ties.rows.degree[i]):
        j = int(ties.slots.neighbour[k])
        both = people.interests[i] & people.interests[j]
        if not people.literate[j] or people.age[j] == CHILD:
            continue
        for theme in range(8):
            if not (both >> theme) & 1 or in_group_of(groups, i, theme) or in_group_of(groups, j, theme):
                continue
            total += ties.slots.u[k]
            if u * total < ties.slots.u[k]:
                chosen, chosen_theme = j, theme
                u = u * total / ties.slots.u[k]
            else:
                u = (u * total - ties.slots.u[k]) / max(total - ties.slots.u[k], 1e-300)
    return chosen, chosen_theme, total


@inner
def in_group_of(groups, i, theme):
    """Whether i is in a residents' group of this theme."""
    for s in range(GROUPS_A_PERSON):
        g = groups.seats.group[i, s]
        if g >= 0 and groups.rows.kind[g] == INTEREST and groups.rows.interest[g] == theme:
            return True
    return False


@inner
def is_apart(groups, i):
    """Whether i is in a private group."""
    for s in range(GROUPS_A_PERSON):
        g = groups.seats.group[i, s]
        if g >= 0 and groups.rows.kind[g] == PRIVATE:
            return True
    return False


@inner
def would_part(people, groups, x, i):
    """Whether i is in an official group, feels freer outside it (nu < 1/2), and has no private one yet."""
    return (people.in_official[i] and people.trust[i] < x.t_star and x.lambda_nu > 0.0
            and slot_of(groups, i, NONE) >= 0 and not is_apart(groups, i))  # fmt: skip


@kernel
def who_parts(state, day):
    """Threes who found a private group today, each pair closer than w_close, in order of today's lottery:
    int64[groups, 3]."""
    people, groups, ties, world, x = state.people, state.groups, state.ties, state.world, state.levers[0]
    close = x.w_close * level_on(day, x.half_life)
    found, luck = np.empty((len(people), 3), np.int64), np.empty(len(people))
    n = 0
    chance = 1.0 - math.exp(-x.eta_private)
    u = column(world, FOUND_PRIVATE, day, 0, len(people), 0, 0)
    for i in range(len(people)):
        if u[i] >= chance or not people.in_official[i] or people.trust[i] >= x.t_star:
            continue  # nearly everybody
        if not would_part(people, groups, x, i):
            continue
        luck[n] = u[i]
        j = with_a_third(people, groups, ties, x, i, close)
        k = closest(people, groups, ties, x, i, j, close) if j >= 0 else NONE
        if k >= 0:
            found[n, 0], found[n, 1], found[n, 2] = i, j, k
            n += 1
    return found[:n][np.argsort(luck[:n])]


@inner
def with_a_third(people, groups, ties, x, i, close):
    """The closest of i's ties above ``close`` who would part too and shares with i a third who would, or -1."""
    best, strongest = NONE, close
    for s in range(ties.rows.start[i], ties.rows.start[i] + ties.rows.degree[i]):
        j = int(ties.slots.neighbour[s])
        if ties.slots.u[s] <= strongest or not would_part(people, groups, x, j):
            continue
        if closest(people, groups, ties, x, i, j, close) >= 0:
            best, strongest = j, ties.slots.u[s]
    return best


@inner
def closest(people, groups, ties, x, i, other, close):
    """The closest of i's ties above ``close`` who would part too and is as close to ``other``, or -1."""
    best, strongest = NONE, close
    for s in range(ties.rows.start[i], ties.rows.start[i] + ties.rows.degree[i]):
        j = int(ties.slots.neighbour[s])
        if j == other or ties.slots.u[s] <= strongest or not would_part(people, groups, x, j):
            continue
        if strength(ties, other, j, 1.0) <= close:
            continue
        best, strongest = j, ties.slots.u[s]
    return best
