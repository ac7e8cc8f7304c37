"""People: one row per seat in a home, one column per attribute.

A row never moves.  When a household moves out, its seats are taken by newcomers whose attributes
are drawn by (seat, tenancy number): the first tenants are tenancy 0, the next tenancy 1.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from commsim.columns import Table
from commsim.kernels import inner, kernel

OWNER, LONG_RENTER, SHORT_RENTER = 0, 1, 2
CHILD, ADULT, ELDER = 0, 1, 2
CONDITIONAL, UNCONDITIONAL, FREE_RIDER = 0, 1, 2
UNHEARD, BELIEVES, OVER_IT = 0, 1, 2


# Columns of the people table, one row per seat.
PEOPLE = {
    "household": "i8",
    "tenancy": "i8",  # how many households lived in this home before
    "since": "i8",  # day of moving in (negative: before the start)
    "tenure": "i1",  # OWNER, LONG_RENTER, SHORT_RENTER
    "age": "i1",  # CHILD, ADULT, ELDER
    "literate": "?",  # uses a smartphone
    "commuter": "?",
    "volunteer": "?",  # holds the role
    "in_official": "?",  # is in an official group
    "interests": "u1",  # bit k set = likes theme k
    "cooperation": "i1",  # CONDITIONAL, UNCONDITIONAL, FREE_RIDER
    "sociability": "f8",  # chats a day, 0 for children
    "v": "f8",  # motivation to volunteer, 0-1
    "v_own": "f8",  # the level that motivation returns to
    "trust": "f8",  # trust in the community office, 0-1
    "crowding": "f8",  # log-odds by which own reasons count less since the last gift
    "voice": "f8",  # readiness to post again, 0-1
    "last_sent": "i8",  # day of the last message, or FAR_PAST
    "sent_today": "i8",  # messages on that day
    "took_part": "i8",  # times attended or voted since day 0 or since moving in
    "last_part": "i8",  # day of the last time, or FAR_PAST
    "learning": "?",  # waits for a seat in the phone classes
    "lessons": "i8",  # phone lessons taken since moving in
    "grieved": "i8",  # grievances since day 0
    # the stairwell
    "belief": "f8",  # what the others of the stairwell are thought to give, 0-1
    "gave": "f8",  # given to its upkeep in the last round, 0-1

    # leaders and helpers
    "regard": "f8",  # regard for who leads the compound in a shared trouble, 0-1
    "suspicion": "f8",  # of that leader, 0-1
    "rallied": "?",  # was at the last meeting about the trouble
    "alerted": "?",  # heard an accusation yesterday
    "led": "?",  # has been visited by the leader of the own few buildings
    "aware": "?",  # knows which community and office the home belongs to
    "eased": "i8",  # grievances that the office has since made good

    # affairs
    "believes": "i1",  # of the rumour now in the compound: UNHEARD, BELIEVES, OVER_IT

    # services
    "trust_property": "f8",  # trust in the property firm, 0-1
    "trust_government": "f8",  # trust in the government, 0-1
    "trust_companion": "f8",  # trust in the organisation that accompanies the community, 0-1
    "leaning": "f8",  # share of self-help given up for services received, 0-1
    "kept": "i8",  # day of the last need that was not reported, or FAR_PAST
    "last_hall": "i8",  # day of the last visit to a hall, or FAR_PAST
}


class Odds(NamedTuple):
    """How newcomers are drawn: odds that a late seat is a child, that a household is of elders,
    and the quantiles of trust in the office, float64[513]."""

    children: float
    elders: float
    trust: np.ndarray


FAR_PAST = -(10**6)


def empty_people(household: np.ndarray) -> Table:
    """The table of people for the seats of ``household`` (int[n]); attributes still blank."""
    people = Table(len(household), PEOPLE)
    people.household[:] = household
    people.voice[:] = 1.0
    people.last_sent[:] = people.last_part[:] = people.kept[:] = people.last_hall[:] = FAR_PAST
    return people


@inner
def experience(trust, i, good, weight, a_t, b_t):
    """The one rule of trust in an organisation: T += a (1 - T) on good, T *= 1 - b on bad."""
    if good:
        trust[i] += weight * a_t * (1.0 - trust[i])
    else:
        trust[i] *= 1.0 - weight * b_t


@inner
def leans(people, i, kappa_z):
    """Somebody was served: a part of what is left of self-help is given up."""
    people.leaning[i] += kappa_z * (1.0 - people.leaning[i])


@kernel
def liked(people, start, end):
    """Likings that the office knows of among rows start..end-1, by theme: int64[8].

    It knows those of members of an official group and of those who have taken part in something.
    """
    counts = np.zeros(8, np.int64)
    for i in range(start, end):
        if people.age[i] != CHILD and (people.in_official[i] or people.took_part[i] > 0):
            for k in range(8):
                counts[k] += (people.interests[i] >> k) & 1
    return counts


@inner
def spokesperson(people, first, size):
    """Row of the first grown-up seat of a household: who votes, pays and objects for it."""
    for i in range(first, first + size):
        if people.age[i] != CHILD:
            return i
    return first
