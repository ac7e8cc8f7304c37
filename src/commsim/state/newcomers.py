"""Who moves in: the people of a home, drawn by key (seat, tenancy number).

The same seat and tenancy get the same people in every policy of a world, whatever else happens.
"""

from __future__ import annotations

import math

import numpy as np

from commsim.draws import draw, draw_two, exponential, purpose
from commsim.kernels import inner, kernel
from commsim.state.people import (
    ADULT,
    CHILD,
    CONDITIONAL,
    ELDER,
    FAR_PAST,
    FREE_RIDER,
    LONG_RENTER,
    OWNER,
    SHORT_RENTER,
    UNCONDITIONAL,
    UNHEARD,
)

ELDERS, AGE, TENANCY = purpose("household elder"), purpose("seat age"), purpose("new tenancy")
SOCIABILITY, COMMUTER = purpose("sociability"), purpose("commuter")
LITERATE, INTEREST = purpose("literate"), purpose("interest")
COOPERATION, MOTIVATION = purpose("cooperation type"), purpose("motivation")
TRUST, VOLUNTEER = purpose("trust at start"), purpose("volunteer at start")
AWARE = purpose("knows the community")


@inner
def mean_stay(tenure, x):
    """Mean stay in days by tenure."""
    if tenure == OWNER:
        return x.stay_owner
    return x.stay_short if tenure == SHORT_RENTER else x.stay_long


@inner
def move_in(people, homes, x, world, h, day, odds):
    """Newcomers take the seats of household h: renters after renters, owners after owners."""
    first = homes.doors.first[h]
    tenancy = people.tenancy[first] + 1
    tenure = OWNER
    if people.tenure[first] != OWNER:
        tenure = SHORT_RENTER if draw(world, TENANCY, 0, h, tenancy, 0) < x.short_share else LONG_RENTER
    settle(people, homes, x, world, h, tenancy, tenure, day, odds)


@inner
def settle(people, homes, x, world, h, tenancy, tenure, since, odds):
    """Draw the people of household h's tenancy number ``tenancy`` by key."""
    old = draw(world, ELDERS, 0, h, tenancy, 0) < odds.elders
    for seat in range(homes.doors.seats[h]):
        i = homes.doors.first[h] + seat
        people.tenancy[i], people.tenure[i], people.since[i] = tenancy, tenure, since
        people.age[i] = ADULT
        if seat < 2 and old:
            people.age[i] = ELDER
        elif seat >= 2 and draw(world, AGE, 0, i, tenancy, 0) < odds.children:
            people.age[i] = CHILD
        _character(people, x, world, i, tenancy, odds)


@inner
def _character(people, x, world, i, tenancy, odds):
    """Sociability, commuting, phone, interests, cooperation, motivation and trust of one person."""
    child, elder = people.age[i] == CHILD, people.age[i] == ELDER
    u1, u2 = draw_two(world, SOCIABILITY, 0, i, tenancy, 0)
    lively = u1 >= x.homebody_share and not child
    people.sociability[i] = exponential(x.sociability_mean, u2) if lively else 0.0
    people.commuter[i] = people.age[i] == ADULT and draw(world, COMMUTER, 0, i, tenancy, 0) < x.commuter_share
    phone = x.literate_old if elder else x.literate_young
    people.literate[i] = not child and draw(world, LITERATE, 0, i, tenancy, 0) < phone
    people.interests[i] = _interests(x, world, i, tenancy)
    u = draw(world, COOPERATION, 0, i, tenancy, 0)
    people.cooperation[i] = FREE_RIDER
    if u < x.conditional_share:
        people.cooperation[i] = CONDITIONAL
    elif u < x.conditional_share + x.unconditional_share:
        people.cooperation[i] = UNCONDITIONAL
    # own level of motivation: 1 - u^(m/(1-m)) has mean m and lies in (0, 1)
    mean = x.v_own_mean
    people.v_own[i] = 1.0 - draw(world, MOTIVATION, 0, i, tenancy, 0) ** (mean / (1.0 - mean))
    people.v[i] = 0.5 * people.v_own[i]
    people.trust[i] = _quantile(odds.trust, draw(world, TRUST, 0, i, tenancy, 0))
    people.volunteer[i] = not child and draw(world, VOLUNTEER, 0, i, tenancy, 0) < x.volunteer_share
    people.voice[i], people.crowding[i] = 1.0, 0.0
    people.last_sent[i] = people.last_part[i] = FAR_PAST
    people.took_part[i] = people.grieved[i] = people.lessons[i] = 0
    people.learning[i] = False
    people.trust_property[i] = _quantile(odds.trust, draw(world, TRUST, 0, i, tenancy, 1))
    people.trust_government[i] = _quantile(odds.trust, draw(world, TRUST, 0, i, tenancy, 2))
    people.trust_companion[i] = _quantile(odds.trust, draw(world, TRUST, 0, i, tenancy, 3))
    people.leaning[i] = 0.0
    people.kept[i] = people.last_hall[i] = FAR_PAST
    people.aware[i] = draw(world, AWARE, 0, i, tenancy, 0) < x.aware_start
    people.regard[i] = people.suspicion[i] = 0.0
    people.rallied[i] = people.alerted[i] = people.led[i] = False
    people.eased[i] = 0
    people.belief[i], people.gave[i] = x.give_start, 0.0
    people.believes[i] = UNHEARD


@inner
def _interests(x, world, i, tenancy):
    """Independent interests with the prevalences of the settings, as bits."""
    likes = (x.likes_family, x.likes_culture, x.likes_health, x.likes_pets,
             x.likes_sport, x.likes_chess, x.likes_handicraft, x.likes_photo)  # fmt: skip
    bits = 0
    for k in range(8):
        if draw(world, INTEREST, 0, i, tenancy, k) < likes[k]:
            bits |= 1 << k
    return bits


@kernel
def beta_quantiles(a, b):
    """Quantiles of Beta(a, b) at 0, 1/512, …, 1 by summing the density at 32,768 midpoints: an
    inverse CDF that one uniform can be read from (rejection samplers would break keyed draws)."""
    steps, cells = 32_768, 512
    weight = np.empty(steps)
    for k in range(steps):
        t = (k + 0.5) / steps
        weight[k] = math.exp((a - 1.0) * math.log(t) + (b - 1.0) * math.log(1.0 - t))
    total = weight.sum()
    out = np.ones(cells + 1)
    passed, k = 0.0, 0
    for c in range(cells):
        while k < steps - 1 and passed + weight[k] < total * c / cells:
            passed += weight[k]
            k += 1
        out[c] = k / steps
    return out


@inner
def _quantile(table, u):
    """Linear interpolation in a table of equally spaced quantiles."""
    at = u * (len(table) - 1)
    k = int(at)
    return table[k] + (at - k) * (table[k + 1] - table[k])
