"""People: one row per seat in a home, one column per attribute.

A row never moves.  When a household moves out, its seats are taken by newcomers whose attributes
are drawn by (seat, tenancy number): the first tenants are tenancy 0, the next tenancy 1.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from commsim.kernels import kernel

OWNER, LONG_RENTER, SHORT_RENTER = 0, 1, 2
CHILD, ADULT, ELDER = 0, 1, 2
CONDITIONAL, UNCONDITIONAL, FREE_RIDER = 0, 1, 2


class People(NamedTuple):
    """Columns over people (n rows) unless said otherwise."""

    household: np.ndarray  # int32
    tenancy: np.ndarray  # int32: how many households lived in this home before
    since: np.ndarray  # int32: day of moving in (negative: before the start)
    tenure: np.ndarray  # int8: OWNER, LONG_RENTER, SHORT_RENTER
    age: np.ndarray  # int8: CHILD, ADULT, ELDER
    literate: np.ndarray  # bool: uses a smartphone
    sociability: np.ndarray  # float64: chats a day, 0 for children
    commuter: np.ndarray  # bool
    interests: np.ndarray  # uint8: bit k set = likes theme k
    cooperation: np.ndarray  # int8: CONDITIONAL, UNCONDITIONAL, FREE_RIDER
    v: np.ndarray  # float64: motivation to volunteer, 0-1
    v_own: np.ndarray  # float64: the level that motivation returns to
    volunteer: np.ndarray  # bool: holds the role
    trust: np.ndarray  # float64: trust in the community office, 0-1
    voice: np.ndarray  # float64: readiness to post again, 0-1
    last_sent: np.ndarray  # int32: day of the last message, or FAR_PAST
    sent_today: np.ndarray  # int32: messages on that day
    took_part: np.ndarray  # int32: times attended or voted since day 0
    last_part: np.ndarray  # int32: day of the last time, or FAR_PAST


class Odds(NamedTuple):
    """How newcomers are drawn: odds that a late seat is a child, that a household is of elders,
    and the quantiles of trust in the office, float64[513]."""

    children: float
    elders: float
    trust: np.ndarray


FAR_PAST = -(10**6)


def empty_people(household: np.ndarray) -> People:
    """Columns for the seats of the given ``household`` (int[n]); attributes still blank."""
    n = len(household)
    kinds = {"literate": bool, "commuter": bool, "volunteer": bool, "interests": np.uint8,
             "sociability": float, "v": float, "v_own": float, "trust": float, "voice": float,
             "tenure": np.int8, "age": np.int8, "cooperation": np.int8}  # fmt: skip
    columns = {name: np.zeros(n, kinds.get(name, np.int32)) for name in People._fields}
    columns["household"] = household.astype(np.int32)
    columns["voice"][:] = 1.0
    columns["last_sent"][:] = FAR_PAST
    columns["last_part"][:] = FAR_PAST
    return People(**columns)


@kernel
def experience(trust, i, good, weight, a_t, b_t):
    """The one rule of trust in an organisation: T += a (1 - T) on good, T *= 1 - b on bad."""
    if good:
        trust[i] += weight * a_t * (1.0 - trust[i])
    else:
        trust[i] *= 1.0 - weight * b_t


@kernel
def spokesperson(people, first, size):
    """Row of the first grown-up seat of a household: who votes, pays and objects for it."""
    for i in range(first, first + size):
        if people.age[i] != CHILD:
            return i
    return first
