"""Leading: people come forward when something is wrong, are followed, and are suspected (model section 6q).

While need > 0 it falls by crisis_speed (1 + share of adults at today's meeting).  All who come to the meeting see
the leader there; others do by their tie, or in the group.  Who sees the leader while need is open has more regard
for him, R <- R + a_t need (1 - R), and grows suspicious with probability eta_sigma (1 - w)(1 - tau)(1 - need).  A
suspicion that is voiced takes the share beta_r of the leader's motivation and of the regard of all who hear it; he
stops below v_leader_stop, or for loss of face.  Building leaders go from door to door once, and pass on what those
they visited need.
"""

from __future__ import annotations

import math

import numpy as np

from commsim.clock import AWAKE_HOURS
from commsim.day.face import closeness, face, yields
from commsim.day.willing import willing
from commsim.draws import column, draw, poisson, purpose
from commsim.kernels import inner, kernel
from commsim.state.groups import GROUPS_A_PERSON, official_of, slot_of
from commsim.state.people import CHILD
from commsim.state.settings import Settings
from commsim.state.ties import level_on, meet, share_inside, warmth
from commsim.state.whole import State

FORWARD, MEETING, SEES = purpose("comes forward"), purpose("crisis meeting"), purpose("sees the leader")
SUSPECTS, SPEAKS = purpose("suspects"), purpose("speaks out")
HEARERS, HEARER, WITHDRAWS = purpose("hearers"), purpose("hearer"), purpose("withdraws")
RECRUITED, ORDER, DOOR = purpose("building leader"), purpose("door order"), purpose("opens the door")
NOBODY = -1
MEETING_HOURS = 1.0
DEEPER = 0.5  # share of what is left that one reason for suspicion adds
LOOKS_A_DAY = int(2 * AWAKE_HOURS)  # half hours awake
LOSS_MOST = 50.0  # beyond it the hazard is 1 in any case


def leading(state: State, settings: Settings, day: int) -> None:
    """A day of shared trouble and of building leaders; nothing where there is neither."""
    x, compounds = settings.x, state.tables.leaders.compounds
    if x.firm_lost > 0.0:
        state.people["trust_property"] *= 1.0 - x.firm_lost
    if x.crisis_need > 0.0:
        break_out(state.under(settings), day)
    if any(compounds["need"].tolist()) or max(compounds["leader"].tolist()) != NOBODY:
        lead(state.under(settings), day)
    if x.leader_span > 0.0:
        go_round(state.under(settings), day)


@inner
def race(weight, u):
    """When somebody of this weight would be through: the first of all is picked in proportion to weight."""
    return -math.log(u) / weight if weight > 0.0 else math.inf


@kernel
def break_out(state, day):
    """A trouble that all share opens in every compound; somebody comes forward by ties times motivation."""
    people, homes, ties, x = state.people, state.homes, state.ties, state.levers[0]
    rows = state.leaders.compounds
    level = level_on(day, x.half_life)
    for c in range(homes.compounds):
        start, end = homes.compound_rows[c], homes.compound_rows[c + 1]
        leader, soonest = NOBODY, math.inf
        for i in range(start, end):
            people.regard[i] = people.suspicion[i] = 0.0
            people.rallied[i] = people.alerted[i] = False
            if people.age[i] != CHILD:
                u = draw(state.world, FORWARD, day, i, 0, 0)
                time = race(warmth(ties, i, level) * people.v[i], u)
                if time < soonest:
                    leader, soonest = i, time
        rows.need[c], rows.crisis[c], rows.leader[c] = x.crisis_need, day, leader
        rows.voices[c], rows.audience[c] = 0, 0.0
        if leader != NOBODY:
            rows.followed[c] = True
            people.volunteer[leader] = True
            people.v[leader] = max(people.v[leader], people.v_own[leader])
            people.regard[start:end] = known_to(state, leader, start, end, level)


@kernel
def known_to(state, leader, start, end, level):
    """Strength of everybody's tie to the leader, 1 in the own household: float64[end - start]."""
    people, homes, ties = state.people, state.homes, state.ties
    w = np.zeros(end - start)
    for s in range(ties.rows.start[leader], ties.rows.start[leader] + ties.rows.degree[leader]):
        j = ties.slots.neighbour[s]
        if start <= j < end:
            w[j - start] = min(ties.slots.u[s] / level, 1.0)
    first = homes.doors.first[people.household[leader]]
    for j in range(first, first + homes.doors.seats[people.household[leader]]):
        w[j - start] = 1.0
    return w


@kernel
def lead(state, day):
    """A day in every compound with an open trouble or a leader; all act on the morning's state."""
    people, homes, x, rows = state.people, state.homes, state.levers[0], state.leaders.compounds
    before = people.rallied.copy()
    for c in range(homes.compounds):
        need, leader = rows.need[c], rows.leader[c]
        if need > 0.0:
            came = rally(state, c, need, before, day)
            rows.need[c] = max(0.0, need - x.crisis_speed * (1.0 + came))
        if leader == NOBODY:
            continue
        if people.since[leader] > rows.crisis[c] or not people.volunteer[leader]:  # has moved out, or given it up
            rows.leader[c] = NOBODY
            continue
        loss = min(face(x.phi, float(rows.voices[c]), rows.audience[c]), LOSS_MOST)
        withdraws = draw(state.world, WITHDRAWS, day, leader, 0, 0) < yields(x.h_0, loss)
        rows.voices[c], rows.audience[c] = be_seen(state, c, leader, need, day)
        gives_up = rows.voices[c] > 0 and people.v[leader] < x.v_leader_stop
        if withdraws or gives_up:
            rows.leader[c] = NOBODY
            people.volunteer[leader] = False
            state.leaders.counts.quits[0] += 1
            state.leaders.counts.withdrew[0] += withdraws
        elif need <= 0.0 and draw(state.world, WITHDRAWS, day, leader, 0, 1) < 1.0 / x.leader_stays:
            rows.leader[c] = NOBODY


@kernel
def rally(state, c, need, before, day):
    """Share of a compound's adults at today's meeting; one threshold per person and trouble."""
    people, homes, x = state.people, state.homes, state.levers[0]
    came = adults = 0
    for i in range(homes.compound_rows[c], homes.compound_rows[c + 1]):
        if people.age[i] == CHILD:
            continue
        adults += 1
        u = draw(state.world, MEETING, state.leaders.compounds.crisis[c], i, people.tenancy[i], 0)
        comes = u < willing(people, i, x, x.theta_gathering, need, 1.0, MEETING_HOURS, 0.0)  # cannot be more willing
        if comes:
            inside = share_inside(state.ties, i, before)
            comes = u < willing(people, i, x, x.theta_gathering, need, inside, MEETING_HOURS, 0.0)
        if comes and not before[i]:
            people.took_part[i] += 1
            people.last_part[i] = day
        people.rallied[i] = comes
        came += comes
    return came / adults if adults > 0 else 0.0


@kernel
def be_seen(state, c, leader, need, day):
    """Everybody who sees the leader, or heard an accusation yesterday, makes up their mind; (voices, audience)."""
    people, homes, groups, world, x = state.people, state.homes, state.groups, state.world, state.levers[0]
    start, end = homes.compound_rows[c], homes.compound_rows[c + 1]
    level = level_on(day, x.half_life)
    w = known_to(state, leader, start, end, level)
    group = official_of(groups, leader)
    online = 1.0 - (1.0 - x.in_view) ** LOOKS_A_DAY
    speakers = np.empty(2 * (end - start), np.int64)
    voices = 0
    for i in range(start, end):
        if i == leader or people.age[i] == CHILD:
            continue
        chance = w[i - start]
        if group >= 0 and slot_of(groups, i, group) >= 0:
            chance = 1.0 - (1.0 - chance) * (1.0 - online)
        if need > 0.0 and people.rallied[i]:  # at today's meeting, where the leader stands in front
            chance = 1.0
        seen = chance > 0.0 and draw(world, SEES, day, i, 0, 0) < chance
        if seen:
            people.regard[i] += x.a_t * need * (1.0 - people.regard[i])
        p = x.eta_sigma * (1.0 - w[i - start]) * (1.0 - x.tau) * (1.0 - need)
        for k in range(2):
            if (seen if k == 0 else people.alerted[i]) and draw(world, SUSPECTS, day, i, 0, k) < p:
                people.suspicion[i] += DEEPER * (1.0 - people.suspicion[i])
                state.leaders.counts.suspected[0] += 1
                if draw(world, SPEAKS, day, i, 0, k) < x.voices:
                    speakers[voices] = 2 * i + k
                    voices += 1
        people.alerted[i] = False
    heard = np.zeros(end - start, np.int64)
    for k in range(voices):
        speak_out(state, speakers[k] // 2, speakers[k] % 2, leader, heard, start, day)
    state.leaders.counts.voices[0] += voices
    people.v[leader] *= (1.0 - x.beta_r) ** voices
    audience = 0.0
    for j in range(start, end):
        if heard[j - start] > 0:
            people.alerted[j] = True
            people.regard[j] *= (1.0 - x.beta_r) ** heard[j - start]
            audience += closeness(state, j, people.household[leader], level)
    return voices, audience


@kernel
def speak_out(state, i, k, leader, heard, start, day):
    """i accuses the leader: in the official group before the members who look, else to the people i meets."""
    people, groups, ties, world, x = state.people, state.groups, state.ties, state.world, state.levers[0]
    group = official_of(groups, i)
    if group >= 0:
        members = groups.rows.members[group]
        for m in range(poisson(members * x.in_view, draw(world, HEARERS, day, i, 0, k))):
            j = groups.member[group, int(draw(world, HEARER, day, i, k, m) * members)]
            hear(people, j, i, leader, heard, start)
        return
    level = level_on(day, x.half_life)
    for s in range(ties.rows.start[i], ties.rows.start[i] + ties.rows.degree[i]):
        j = int(ties.slots.neighbour[s])
        if draw(world, HEARER, day, i, k, j) < ties.slots.u[s] / level:
            hear(people, j, i, leader, heard, start)


@inner
def hear(people, j, i, leader, heard, start):
    """j hears i's accusation, if j lives in the compound and is neither of the two nor a child."""
    if start <= j < start + len(heard) and j != i and j != leader and people.age[j] != CHILD:
        heard[j - start] += 1


# -- a few buildings ------------------------------------------------------------------------------------------------


@kernel
def go_round(state, day):
    """Every span of leader_span buildings has a leader where somebody can be found; each makes a visit."""
    people, homes, x, spans = state.people, state.homes, state.levers[0], state.leaders.spans
    for c in range(homes.compounds):
        first = homes.doors.building[people.household[homes.compound_rows[c]]]
        beyond = homes.doors.building[people.household[homes.compound_rows[c + 1] - 1]] + 1
        for b in range(first, beyond, int(x.leader_span)):
            start, end = homes.building_rows[b], homes.building_rows[min(b + int(x.leader_span), beyond)]
            if spans.leader[b] != NOBODY and people.since[spans.leader[b]] > spans.since[b]:  # has moved out
                spans.leader[b] = NOBODY
                people.led[start:end] = False
            if spans.leader[b] == NOBODY:
                spans.leader[b], spans.since[b], spans.visited[b] = recruit(state, start, end, day), day, 0
            if spans.leader[b] != NOBODY:
                call_at_a_door(state, b, start, end, day)


@kernel
def recruit(state, start, end, day):
    """A phone-literate adult of rows start..end-1, by summed ties times (1 + messages written), or NOBODY."""
    people, seats, x = state.people, state.groups.seats, state.levers[0]
    level = level_on(day, x.half_life)
    best, soonest = NOBODY, math.inf
    for i in range(start, end):
        if not people.literate[i] or people.age[i] == CHILD:
            continue
        written = 0
        for s in range(GROUPS_A_PERSON):
            if seats.group[i, s] >= 0:
                written += seats.written[i, s]
        u = draw(state.world, RECRUITED, day, i, 0, 0)
        time = race(warmth(state.ties, i, level) * (1.0 + written), u)
        if time < soonest:
            best, soonest = i, time
    return best


@kernel
def call_at_a_door(state, b, start, end, day):
    """The leader of span b visits the next home of her round, until she has been everywhere once."""
    people, homes, spans, x = state.people, state.homes, state.leaders.spans, state.levers[0]
    leader, first = spans.leader[b], people.household[start]
    beyond = people.household[end - 1] + 1
    if spans.visited[b] >= beyond - first - 1:  # all but her own
        return
    luck = column(state.world, ORDER, spans.since[b], first, beyond, leader, 0)
    luck[people.household[leader] - first] = 2.0
    h = first + np.flatnonzero(luck == np.partition(luck, spans.visited[b])[spans.visited[b]])[0]
    spans.visited[b] += 1
    adults = 0
    for j in range(homes.doors.first[h], homes.doors.first[h] + homes.doors.seats[h]):
        adults += people.age[j] != CHILD
        people.led[j] = True
    left = int(draw(state.world, DOOR, day, leader, h, 0) * adults)
    for j in range(homes.doors.first[h], homes.doors.first[h] + homes.doors.seats[h]):
        if people.age[j] != CHILD:
            if left == 0:
                meet(state.ties, leader, j, x.alpha, 1.0, level_on(day, x.half_life), x.w_drop)
            left -= 1
