"""Joining, leaving and founding groups (model section 6d).

Exposure comes from posters and staff (hazard p_b a month) and from ties inside (hazard q f, f = share
of own tie strength inside).  Whoever is exposed joins when a uniform that is fixed per person and
group is below logistic(theta_join + theta_s S + theta_t (trust - 1/2)): asking again moves nobody,
new reasons do.  Members leave with hazard h_ch * (share of own talk unheard + share of flood).
Two people who know each other and share an interest found a group with hazard eta_g w.
"""

from __future__ import annotations

import math

import numpy as np

from commsim.clock import MONTH
from commsim.draws import draw, draw_two, logistic, purpose
from commsim.kernels import kernel
from commsim.state.groups import INTEREST, OFFICIAL, enter, leave, open_group, slot_of, with_room
from commsim.state.people import CHILD
from commsim.state.settings import Settings
from commsim.state.ties import level_on, share_inside
from commsim.state.whole import State

EXPOSURE, JOIN, LEAVE = purpose("exposure"), purpose("join"), purpose("leave")
FOUND, FOUND_INTEREST = purpose("found"), purpose("found interest")
LOTTERY = purpose("group lottery")
BY_POSTER, BY_NEIGHBOUR = 0, 1
OF_RESIDENTS = 1 << 31  # sets identities of residents' groups apart from official ones
NONE = -1


def joining(state: State, settings: Settings, day: int) -> None:
    """A day of leaving, joining and founding; all decide on the state of the morning."""
    world, levers = state.world, settings.levers
    official = _open_official(state, settings.x, day)
    t = state.tables
    groups, people = t.groups, t.people
    leavers = who_leaves(groups, levers, world, day)
    wishes = who_joins(people, t.homes, groups, t.ties, official, levers, world, day)
    founders = who_founds(people, groups, t.ties, levers, world, day)
    for i, group in leavers:
        leave(groups, people, i, slot_of(groups, i, group))
    names, founded = groups.rows["identity"], groups.rows["founded"]
    luck = [draw(world, LOTTERY, day, int(i), int(names[g]), int(founded[g])) for i, g in wishes]
    order = np.argsort(luck, kind="stable")
    for k in order:
        enter(groups, people, *wishes[k])
    if len(founders):
        state.groups = with_room(state.groups, len(founders))
        groups = state.tables.groups
    for i, j, theme in founders:
        compound = int(state.homes.doors.compound[state.people.household[i]])
        name = OF_RESIDENTS + int(i) * 8 + int(theme)
        group = open_group(state.groups, INTEREST, compound, int(theme), name, day)
        enter(groups, people, i, group)
        enter(groups, people, j, group)


def _open_official(state: State, x, day: int) -> np.ndarray:
    """The official group of each compound that still takes members, -1 without one: int64[compounds].

    The office founds one where there is none yet, and another when the last one is full.
    """
    open_ones = np.full(state.homes.compounds, NONE)
    if x.group_open == 0.0:
        return open_ones
    ordinal = with_seats(state.tables.groups, open_ones)
    for compound in np.flatnonzero(open_ones == NONE):
        state.groups = with_room(state.groups, 1)
        name = int(compound) * 1000 + int(ordinal[compound])
        open_ones[compound] = open_group(state.groups, OFFICIAL, int(compound), NONE, name, day)
    return open_ones


@kernel
def with_seats(groups, open_ones):
    """Fill in the last official group of each compound that has a free seat; how many it has in all."""
    ordinal = np.zeros(len(open_ones), np.int64)
    for g in range(groups.count[0]):
        if groups.rows.kind[g] == OFFICIAL:
            compound = groups.rows.compound[g]
            ordinal[compound] += 1
            if groups.rows.members[g] < groups.member.shape[1]:
                open_ones[compound] = g
    return ordinal


@kernel
def who_leaves(groups, levers, world, day):
    """(person, group) of everybody who leaves today: int64[leavers, 2]."""
    x = levers[0]
    found = np.empty((groups.rows.members[: groups.count[0]].sum(), 2), np.int64)
    n = 0
    for g in range(groups.count[0]):
        flood = max(0.0, 1.0 - x.flood_from / groups.rows.recent[g]) if groups.rows.recent[g] > 0.0 else 0.0
        for place in range(groups.rows.members[g]):
            i = groups.member[g, place]
            s = slot_of(groups, i, g)
            unheard = groups.seats.unheard[i, s] / groups.seats.asked[i, s] if groups.seats.asked[i, s] > 0.0 else 0.0
            hazard = x.h_ch / MONTH * (unheard + flood)
            if hazard <= 0.0:
                continue
            u = draw(world, LEAVE, day, i, groups.rows.identity[g], groups.rows.founded[g])
            if u < 1.0 - math.exp(-hazard):
                found[n, 0], found[n, 1] = i, g
                n += 1
    return found[:n]


@kernel
def who_joins(people, homes, groups, ties, official, levers, world, day):
    """(person, group) of everybody who wants to join today: int64[wishes, 2]."""
    x = levers[0]
    n_people = len(people)
    found = np.empty((2 * n_people, 2), np.int64)
    n = 0
    most = 1.0 - math.exp(-(x.p_b + x.q) / MONTH)
    likely = 1.0 - math.exp(-x.q / MONTH)
    for i in range(n_people):
        if not people.literate[i]:
            continue
        g = official[homes.doors.compound[people.household[i]]]
        if g >= 0 and not people.in_official[i]:
            u = draw(world, EXPOSURE, day, i, 0, BY_POSTER)
            if u < most:
                inside = share_inside(ties, i, people.in_official)
                if u < 1.0 - math.exp(-(x.p_b + x.q * inside) / MONTH) and agrees(
                    people, groups, x, world, i, g, inside, people.trust[i]
                ):
                    found[n, 0], found[n, 1] = i, g
                    n += 1
        if groups.count[0] > 0:
            u1, u2 = draw_two(world, EXPOSURE, day, i, 0, BY_NEIGHBOUR)
            if u1 < likely:
                g, inside = invited_to(people, groups, ties, i, u2)
                if g >= 0 and u1 < 1.0 - math.exp(-x.q * inside / MONTH) and agrees(
                    people, groups, x, world, i, g, inside, 0.5
                ):
                    found[n, 0], found[n, 1] = i, g
                    n += 1
    return found[:n]


@kernel
def agrees(people, groups, x, world, i, g, inside, trust):
    """Whether i, exposed to group g, joins: one keyed threshold per person and group."""
    u = draw(world, JOIN, groups.rows.founded[g], i, groups.rows.identity[g], people.tenancy[i])
    return u < logistic(x.theta_join + x.theta_s * inside + x.theta_t * (trust - 0.5))


@kernel
def invited_to(people, groups, ties, i, u):
    """A residents' group of i's interest that i's ties are in, in proportion to strength inside, and
    the share of own strength in it: (group, share); (-1, 0) without one."""
    total, strength = ties.rows.total[i], 0.0
    chosen, inside = NONE, 0.0
    for k in range(ties.rows.degree[i]):
        j = int(ties.slots.neighbour[i, k])
        for s in range(groups.seats.shape[1]):
            g = groups.seats.group[j, s]
            if g < 0 or groups.rows.kind[g] != INTEREST or not (people.interests[i] >> groups.rows.interest[g]) & 1:
                continue
            if slot_of(groups, i, g) >= 0:
                continue
            strength += ties.slots.u[i, k]
            if u * strength < ties.slots.u[i, k]:
                chosen = g
                u = u * strength / ties.slots.u[i, k]
            else:
                u = (u * strength - ties.slots.u[i, k]) / max(strength - ties.slots.u[i, k], 1e-300)
    if chosen == NONE:
        return NONE, 0.0
    for k in range(ties.rows.degree[i]):
        if slot_of(groups, int(ties.slots.neighbour[i, k]), chosen) >= 0:
            inside += ties.slots.u[i, k]
    return chosen, inside / total


@kernel
def who_founds(people, groups, ties, levers, world, day):
    """(founder, partner, theme) of groups founded today: int64[founded, 3]."""
    x = levers[0]
    level = level_on(day, x.half_life)
    found = np.empty((64 + len(people) // 20, 3), np.int64)
    n = 0
    for i in range(len(people)):
        if not people.literate[i] or n == len(found) or slot_of(groups, i, NONE) < 0:
            continue
        u = draw(world, FOUND, day, i, 0, 0)
        if u >= 8.0 * x.eta_g * ties.rows.total[i] / level:  # the hazard cannot be higher
            continue
        j, theme, strength = shared_interest(people, groups, ties, world, day, i)
        if j >= 0 and u < 1.0 - math.exp(-0.5 * x.eta_g * strength / level):
            found[n, 0], found[n, 1], found[n, 2] = i, j, theme
            n += 1
    return found[:n]


@kernel
def shared_interest(people, groups, ties, world, day, i):
    """(j, theme, strength): over pairs with j and themes both like and share no group for, the
    summed inflated strength, and one of them in proportion to it."""
    u = draw(world, FOUND_INTEREST, day, i, 0, 0)
    total, chosen, chosen_theme = 0.0, NONE, NONE
    for k in range(ties.rows.degree[i]):
        j = int(ties.slots.neighbour[i, k])
        both = people.interests[i] & people.interests[j]
        if not people.literate[j] or people.age[j] == CHILD:
            continue
        for theme in range(8):
            if not (both >> theme) & 1 or in_group_of(groups, i, theme) or in_group_of(groups, j, theme):
                continue
            total += ties.slots.u[i, k]
            if u * total < ties.slots.u[i, k]:
                chosen, chosen_theme = j, theme
                u = u * total / ties.slots.u[i, k]
            else:
                u = (u * total - ties.slots.u[i, k]) / max(total - ties.slots.u[i, k], 1e-300)
    return chosen, chosen_theme, total


@kernel
def in_group_of(groups, i, theme):
    """Whether i is in a residents' group of this theme."""
    for s in range(groups.seats.shape[1]):
        g = groups.seats.group[i, s]
        if g >= 0 and groups.rows.kind[g] == INTEREST and groups.rows.interest[g] == theme:
            return True
    return False
