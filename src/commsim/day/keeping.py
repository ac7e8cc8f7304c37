"""Keeping: the order of a stairwell, what households leave about, and face (model section 6p).

Every Sunday each adult gives to the upkeep: rho_match times what the others are believed to give, or
give_start, or nothing, by type; belief follows what the others gave.  Disorder: D <- D + litter_weight P (1 - D)
- clean_weight c D with P = p_0 + (p_1 - p_0) times the disorder one sees, c the mean given.  A household puts
clutter out with hazard clutter_rate P.  It stays until face moves it: shown in a group, asked, or visited.
"""

from __future__ import annotations

import math

import numpy as np

from commsim.day.face import closeness, face, who_minds, yields
from commsim.draws import draw, draw_two, purpose
from commsim.kernels import inner, kernel
from commsim.state.office import OTHER_HOURS
from commsim.state.people import CHILD, CONDITIONAL, UNCONDITIONAL, spokesperson
from commsim.state.settings import Settings
from commsim.state.stairs import take_away, with_room
from commsim.state.ties import break_trust, level_on, meet
from commsim.state.whole import State

CLUTTER, CLEARS = purpose("clutter"), purpose("clutter cleared")
SHOWN, ENVOY = purpose("clutter shown"), purpose("envoy")
WEEK, SUNDAY = 7, 6
COMPOUND, COURTYARD, STAIRWELL = 0.0, 1.0, 2.0  # how far a photo is shown
NOBODY = -1


def keeping(state: State, settings: Settings, day: int) -> None:
    """What stands about is cleared, shown or asked about; on Sundays the round of the stairwells."""
    x, tally = settings.x, state.tables.stairs.tally
    standing = int(tally["standing"][0])
    wanted = x.expose_rate or x.envoy_share or x.ask_offender or x.visit_offender
    if standing and (wanted or tally["pressed"][0]):
        state.stairs = with_room(state.stairs, standing)
        visits = press(state.under(settings), day)
        state.requests.extend([(OTHER_HOURS, x.minutes_visit)] * visits)
    if day % WEEK == SUNDAY and (x.upkeep or x.clutter_rate):
        state.stairs = with_room(state.stairs, standing)
        go_round(state.under(settings), day)


# -- upkeep and clutter, once a week ------------------------------------------------------------------------------


@kernel
def go_round(state, day):
    """A week of upkeep in every stairwell, and new clutter; all judge by what they saw in the morning."""
    people, homes, stairs, x = state.people, state.homes, state.stairs, state.levers[0]
    seen = disorder_seen(state)
    if x.upkeep > 0.0:
        for s in range(len(stairs.wells)):
            first, end = homes.stairwell_rows[s], homes.stairwell_rows[s + 1]
            adults = np.sum(people.age[first:end] != CHILD)
            if adults >= 2:
                given = contribute(people, x, first, end, adults)
                before, littering = stairs.wells.disorder[s], litter(x, seen[s])
                stairs.wells.disorder[s] = (
                    before + x.litter_weight * littering * (1.0 - before) - x.clean_weight * given * before
                )
    for h in range(len(homes.doors)):
        if stairs.homes.since[h] >= 0 or not lived_in(people, homes, h):
            continue
        chance = 1.0 - math.exp(-WEEK * x.clutter_rate * litter(x, seen[homes.doors.stairwell[h]]))
        if draw(state.world, CLUTTER, day, h, people.tenancy[homes.doors.first[h]], 0) < chance:
            stairs.homes.since[h] = day
    count_standing(stairs)


@inner
def litter(x, disorder):
    """Chance to litter where one sees so much disorder (Keizer, Lindenberg & Steg 2008)."""
    return x.p_0 + (x.p_1 - x.p_0) * disorder


@kernel
def disorder_seen(state):
    """Disorder of each stairwell with the homes' clutter in it: D + (1 - D) * share of homes with clutter."""
    homes, stairs = state.homes, state.stairs
    doors, cluttered = np.zeros(len(stairs.wells)), np.zeros(len(stairs.wells))
    for h in range(len(homes.doors)):
        forget_tenants(state, h)
        doors[homes.doors.stairwell[h]] += 1.0
        cluttered[homes.doors.stairwell[h]] += stairs.homes.since[h] >= 0
    return stairs.wells.disorder + (1.0 - stairs.wells.disorder) * cluttered / doors


@inner
def contribute(people, x, first, end, adults):
    """The mean given by the adults among rows first..end-1, who then believe what the others gave."""
    total = 0.0
    for i in range(first, end):
        if people.age[i] == CHILD:
            continue
        people.gave[i] = 0.0
        if people.cooperation[i] == CONDITIONAL:
            people.gave[i] = x.rho_match * people.belief[i]
        elif people.cooperation[i] == UNCONDITIONAL:
            people.gave[i] = x.give_start
        total += people.gave[i]
    for i in range(first, end):
        if people.age[i] != CHILD:
            others = (total - people.gave[i]) / (adults - 1.0)
            people.belief[i] += x.omega * (others - people.belief[i])
    return total / adults


@inner
def lived_in(people, homes, h):
    """Whether a grown-up lives in household h."""
    return people.age[spokesperson(people, homes.doors.first[h], homes.doors.seats[h])] != CHILD


@kernel
def forget_tenants(state, h):
    """Those who moved out have taken their clutter with them."""
    moved_in = state.people.since[state.homes.doors.first[h]]
    if 0 <= state.stairs.homes.since[h] < moved_in:
        take_away(state.stairs, h, moved_in, False)


@kernel
def count_standing(stairs):
    """Count the homes with clutter, and those that somebody has shown or asked about."""
    stairs.tally.standing[0] = np.sum(stairs.homes.since >= 0)
    stairs.tally.pressed[0] = np.sum((stairs.homes.posted >= 0) | (stairs.homes.face > 0.0))


# -- pressure, every day ---------------------------------------------------------------------------------------------


@kernel
def press(state, day):
    """Some clear up for the sake of face; the rest are shown, asked or visited.  Visits that officials made.

    All judge by the ties of the morning; what the photos do to ties comes after.
    """
    people, homes, stairs, x = state.people, state.homes, state.stairs, state.levers[0]
    photos, count, visits = np.empty((len(homes.doors), 3), np.int64), 0, 0
    for h in range(len(homes.doors)):
        forget_tenants(state, h)
        since = stairs.homes.since[h]
        if since < 0:
            continue
        tenancy = people.tenancy[homes.doors.first[h]]
        chance = yields(x.h_0, stairs.homes.face[h])
        if chance > 0.0 and draw(state.world, CLEARS, day, h, tenancy, 0) < chance:
            take_away(stairs, h, day, True)
            continue
        at_stake = 0.0
        if x.expose_rate > 0.0 or x.envoy_share > 0.0:
            poster, envoy = who_posts(state, h, day)
            if poster != NOBODY:
                photos[count, 0], photos[count, 1], photos[count, 2] = poster, h, envoy
                count += 1
                at_stake = shown(state, h, poster, day)
        if day > since and (day - since) % WEEK == 0:
            if x.ask_offender > 0.0:  # one voice, and who asks is all that hear it
                at_stake = max(at_stake, face(x.phi, 1.0, closest_neighbour(state, h, day)))
            if x.visit_offender > 0.0:  # one voice again, but no neighbour hears it
                at_stake = max(at_stake, face(x.phi, 1.0, 0.0))
                visits += 1
        stairs.homes.face[h] = max(stairs.homes.face[h], at_stake)
    for k in range(count):
        after_photo(state, photos[k, 0], photos[k, 1], photos[k, 2] > 0, day)
    count_standing(stairs)
    return visits


@kernel
def who_posts(state, h, day):
    """(row of who shows household h's clutter today or -1, whether as an envoy): a neighbour of the stairwell
    with hazard expose_rate if any is in the group, each envoy of the building with hazard envoy_rate."""
    people, homes, x = state.people, state.homes, state.levers[0]
    doors = homes.doors
    u1, u2 = draw_two(state.world, SHOWN, day, h, people.tenancy[doors.first[h]], 0)
    around = homes.building_rows[doors.building[h] + 1] - homes.building_rows[doors.building[h]]
    if u1 >= 1.0 - math.exp(-x.expose_rate - x.envoy_rate * around * (x.envoy_share > 0.0)):  # whoever is around
        return NOBODY, False
    near = np.empty(0, np.int64)
    if x.expose_rate > 0.0:
        near = in_group(people, homes.stairwell_rows, doors.stairwell[h], h)
    envoys = np.empty(0, np.int64)
    if x.envoy_share > 0.0:
        members = in_group(people, homes.building_rows, doors.building[h], h)
        envoys = members[envoys_among(state, members)]
    by_near = x.expose_rate if len(near) else 0.0
    by_envoys = x.envoy_rate * len(envoys)
    if u1 >= 1.0 - math.exp(-by_near - by_envoys):
        return NOBODY, False
    at = u2 * (by_near + by_envoys)
    if at < by_near:
        return near[int(at / by_near * len(near))], False
    return envoys[min(int((at - by_near) / x.envoy_rate), len(envoys) - 1)], True


@kernel
def in_group(people, rows, place, h):
    """Members of official groups in a stairwell or building, household h's own left out: int64[members]."""
    first, end = rows[place], rows[place + 1]
    return np.flatnonzero(people.in_official[first:end] & (people.household[first:end] != h)) + first


@kernel
def envoys_among(state, members):
    """Which ``members`` speak for an envoy family: the first member in the group of a household with a child
    that takes it up."""
    people, doors, x = state.people, state.homes.doors, state.levers[0]
    chosen = np.zeros(len(members), np.bool_)
    for k in range(len(members)):
        g = people.household[members[k]]
        first, end = doors.first[g], doors.first[g] + doors.seats[g]
        if np.any(people.age[first:end] == CHILD) and (k == 0 or people.household[members[k - 1]] != g):
            chosen[k] = draw(state.world, ENVOY, 0, g, people.tenancy[first], 0) < x.envoy_share
    return chosen


@kernel
def shown(state, h, poster, day):
    """Household h's clutter is shown in the group: the face at stake, if word of it reaches the household."""
    people, homes, stairs, x = state.people, state.homes, state.stairs, state.levers[0]
    doors, first = homes.doors, homes.doors.first[h]
    if stairs.homes.posted[h] < 0:
        stairs.homes.posted[h] = day
    if stairs.homes.outed[h] != people.tenancy[first] + 1:
        stairs.homes.outed[h] = people.tenancy[first] + 1
        stairs.tally.outed[0] += 1
    if not np.any(people.in_official[first : first + doors.seats[h]]):
        return 0.0
    rows, place = homes.compound_rows, doors.compound[h]
    if x.expose_scope == COURTYARD:
        rows, place = homes.courtyard_rows, doors.courtyard[h]
    elif x.expose_scope == STAIRWELL:
        rows, place = homes.stairwell_rows, doors.stairwell[h]
    voices, audience = who_minds(state, day, h, rows[place], rows[place + 1], poster)
    return face(x.phi, voices, audience)


@kernel
def closest_neighbour(state, h, day):
    """The strongest tie that anybody of the stairwell has to household h."""
    homes, level = state.homes, level_on(day, state.levers[0].half_life)
    s, best = homes.doors.stairwell[h], 0.0
    for i in range(homes.stairwell_rows[s], homes.stairwell_rows[s + 1]):
        best = max(best, closeness(state, i, h, level))
    return best


@kernel
def after_photo(state, poster, h, envoy, day):
    """Whoever names somebody in public loses the share beta with all of that household; an envoy family has
    also met it."""
    people, doors, x = state.people, state.homes.doors, state.levers[0]
    level = level_on(day, x.half_life)
    for j in range(doors.first[h], doors.first[h] + doors.seats[h]):
        break_trust(state.ties, poster, j, x.beta)
    if envoy:
        j = spokesperson(people, doors.first[h], doors.seats[h])
        meet(state.ties, poster, j, x.alpha, 1.0, level, x.w_drop)
