"""Face: what is at stake for somebody when others disapprove (model section 6p), for any target.

Face = phi ln(1 + voices) A, where A adds up how close those who saw it are to the target's household: each
counts with the strongest tie to anybody in it, and the household's own people do not count.  The target
gives in with the hazard h_0 (e^Face - 1) a day, at most 1.  Nobody close among those who saw, no face.
"""

from __future__ import annotations

import math

from commsim.clock import AWAKE_HOURS
from commsim.draws import draw_two, purpose
from commsim.kernels import inner, kernel
from commsim.state.ties import level_on

SEES = purpose("photo seen")
HALF_HOUR = 0.5
BEYOND = 50.0  # of face: the hazard is 1 long before


@inner
def face(phi, voices, audience):
    """Face at stake when so many voices disapprove before an audience with so much tie strength."""
    return phi * math.log(1.0 + voices) * audience


@inner
def yields(h_0, loss):
    """Chance of a day that somebody with ``loss`` of face at stake gives in."""
    return min(1.0, h_0 * (math.exp(min(loss, BEYOND)) - 1.0))


@kernel
def closeness(state, i, h, level):
    """i's strongest tie to anybody of household h, 0 without one that counts and for its own people."""
    people, ties, best = state.people, state.ties, 0.0
    for k in range(ties.rows.start[i], ties.rows.start[i] + ties.rows.degree[i]):
        if people.household[ties.slots.neighbour[k]] == h:
            best = max(best, ties.slots.u[k])
    return best / level if best >= state.levers[0].w_drop * level else 0.0


@kernel
def who_minds(state, day, h, first, end, speaker, occasion=0):
    """(voices, audience) when ``speaker`` shows household h to the members of official groups among rows
    first..end-1.

    Each of them looks within the day with probability 1 - (1 - in_view)^(half hours awake) and then
    disapproves aloud with probability ``disapprove``; the speaker has done both, also one from beyond those
    rows.  ``occasion`` tells several on one day about the same household apart.
    """
    people, world, x = state.people, state.world, state.levers[0]
    level = level_on(day, x.half_life)
    looks = 1.0 - (1.0 - x.in_view) ** (AWAKE_HOURS / HALF_HOUR)
    voices, audience = 0.0, 0.0
    if not first <= speaker < end:
        voices, audience = 1.0, closeness(state, speaker, h, level)
    for i in range(first, end):
        if not people.in_official[i] or people.household[i] == h:
            continue
        u1, u2 = draw_two(world, SEES, day, i, h, occasion)
        if i == speaker or u1 < looks:
            voices += 1.0 if i == speaker or u2 < x.disapprove else 0.0
            audience += closeness(state, i, h, level)
    return voices, audience
