"""Quarrelling: people who want different things fall out, and rules come of it (model section 6r).

While a project is screened, voted on or noticed, those concerned who are in the compound's official group
read its thread with 1 - e^(-r_group) a day.  Each pair of readers of whom one is for it and one against
falls out with h_c (1 - R), where n rules leave R = 1 - (1 - rule_calms)^n; w <- w (1 - beta) between the two.
A quarrel leaves a rule with probability rho.  Where somebody mediates, up to four steps are tried until one
succeeds, which restores half of what was lost; an unskilled one that fails may set it off again.
"""

from __future__ import annotations

import math

import numpy as np

from commsim.day.willing import favours
from commsim.draws import draw, purpose
from commsim.kernels import inner, kernel
from commsim.state.office import OTHER_HOURS
from commsim.state.people import spokesperson
from commsim.state.settings import Settings
from commsim.state.ties import break_trust, level_on, strength
from commsim.state.whole import State

READS, QUARREL, RULE = purpose("reads thread"), purpose("quarrel"), purpose("rule of a group")
MEDIATOR, MEDIATION = purpose("mediator"), purpose("mediation step")
TALKED_ABOUT = ("pre_screening", "vote", "notice")  # stages in which people still argue
STEPS = 4  # examples, another topic, peers, authority
AUTHORITY = 3


def quarrelling(state: State, settings: Settings, day: int) -> None:
    """A day of quarrels over every project that is being talked about; nothing without a group."""
    x = settings.x
    if x.h_c == 0.0 or not state.groups.count[0]:
        return
    for project in state.projects.open:
        if day < project.since or project.stage.kind not in TALKED_ABOUT:
            continue
        now, calm = state.under(settings), state.affairs.compounds[project.compound]
        hazard = x.h_c * (1.0 - x.rule_calms) ** int(calm["rules"])
        pairs = fall_out(now, project.households, project.affected, project.value, project.objects, hazard,
                         project.yuan, project.version, project.proposed, day)  # fmt: skip
        if len(pairs):
            times, rules, heard = live_through(now, pairs, project.proposed, day)
            calm["quarrels"] += times
            calm["rules"] += rules
            state.requests.extend([(OTHER_HOURS, x.minutes_hearing)] * heard)


@kernel
def fall_out(state, households, affected, value, objects, hazard, yuan, version, proposed, day):
    """(for, against) of each pair that falls out today: int64[quarrels, 2]."""
    people, homes, world, x = state.people, state.homes, state.world, state.levers[0]
    reads = 1.0 - math.exp(-x.r_group)
    sides = np.empty((2, len(households)), np.int64)
    count = np.zeros(2, np.int64)
    for k in range(len(households)):
        h = households[k]
        i = spokesperson(people, homes.doors.first[h], homes.doors.seats[h])
        if not affected[k] or not people.in_official[i] or draw(world, READS, day, i, 0, proposed) >= reads:
            continue
        against = 1
        if not objects[k] and favours(people, i, h, x, value[k], yuan, version, proposed, world):
            against = 0
        sides[against, count[against]] = i
        count[against] += 1
    found = np.empty((count[0] * count[1], 2), np.int64)
    n = 0
    for a in range(count[0]):
        for b in range(count[1]):
            i, j = sides[0, a], sides[1, b]
            if draw(world, QUARREL, day, i, j, proposed) < hazard:
                found[n, 0], found[n, 1] = i, j
                n += 1
    return found[:n]


@kernel
def live_through(state, pairs, proposed, day):
    """The quarrels of the day and what comes of them: (quarrels, rules, hearings by the office)."""
    x, world = state.levers[0], state.world
    level = level_on(day, x.half_life)
    times = rules = heard = 0
    for q in range(len(pairs)):
        i, j = pairs[q, 0], pairs[q, 1]
        before = strength(state.ties, i, j, level)
        break_trust(state.ties, i, j, x.beta)
        times += 1
        rules += draw(world, RULE, day, i, j, proposed) < x.rho_rules
        if x.mediation == 0.0:
            continue
        for step in range(STEPS):
            heard += step == AUTHORITY
            skilled = draw(world, MEDIATOR, day, i, j, proposed * STEPS + step) < (
                x.m if step == AUTHORITY else x.skilled_share
            )
            u = draw(world, MEDIATION, day, i, j, proposed * STEPS + step)
            success = x.success_skilled if skilled else x.success_unskilled
            if u < success:
                mend(state.ties, i, j, before, level)
                break
            if not skilled and u < success + (1.0 - success) * x.worse_unskilled:
                break_trust(state.ties, i, j, x.beta)
                times += 1
    return times, rules, heard


@inner
def mend(ties, i, j, before, level):
    """Half of what i and j have lost since their tie had strength ``before`` comes back."""
    now = strength(ties, i, j, level)
    if now > 0.0:
        break_trust(ties, i, j, (now - before) / (2.0 * now))
