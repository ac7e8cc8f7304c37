"""A place in which nothing happens but what a test switches on, lived through by the engine's own day.

Closed-form results hold in limits; here everything that would disturb a limit is zero, and a test
names the levers and the phases of the day that its formula is about.
"""

from math import log

import numpy as np

from commsim.day.plan import Phase
from commsim.engine import Days
from commsim.population import Place, populate
from commsim.state.settings import DEFAULTS, OFFICE_DECIDES, Settings
from commsim.state.ties import level_on, meet

SURE = 50.0  # log-odds of what always happens
NOTHING = dict(
    homebody_share=0.0, commuter_share=0.0, conditional_share=1.0, unconditional_share=0.0, gamma=0.0,
    volunteer_share=0.0, child_share=0.0, elder_share=0.0, literate_young=1.0, literate_old=1.0,
    group_open=0.0, p_b=0.0, q=0.0, h_ch=0.0, eta_g=0.0, mu=0.0, voice_loss=0.0, voice_gain=0.0,
    theta_join=0.0, theta_volunteer=-SURE, theta_m=0.0, theta_s=0.0, theta_v=0.0, theta_t=0.0, theta_c=0.0,
    theta_c_yuan=0.0, theta_h=0.0, seen_announcement=1.0, needs_rate=0.0, r_0=SURE, r_c=0.0, knows_phone=0.0,
    class_1=1.0, class_2=0.0, emergency=0.0, looks=0.0, energy=1e9, m=1.0, thanks_share=0.0, night_drain=0.0,
    a_t=0.0, b_t=0.0, projects_a_year=0.0, rework_days=0.0, o_c=0.0, o_tau=0.0, o_t=0.0,
)  # fmt: skip


def logit(p):
    """Log-odds of p."""
    return log(p / (1.0 - p))


def quiet(pipeline=OFFICE_DECIDES, **levers):
    """Settings in which only ``levers`` differ from nothing at all."""
    return Settings(DEFAULTS._replace(**{**NOTHING, **levers}), pipeline)


def hamlet(people, households=None, world=1, per_compound=None, doors=24, pipeline=OFFICE_DECIDES, **levers):
    """People in their homes on day 0, one a household unless said otherwise, knowing nobody.

    ``per_compound`` households make one stairwell that is a whole compound; else the usual structure
    with ``doors`` a stairwell.
    """
    structure = {"doors_per_stairwell": doors}
    if per_compound:
        structure = {"doors_per_stairwell": per_compound, "stairwells_per_building": 1,
                     "buildings_per_courtyard": 1, "courtyards_per_compound": 1}  # fmt: skip
    place = Place("alone", "alone", people, households or people, burn_in=0,
                  settings=quiet(pipeline, **levers), **structure)  # fmt: skip
    return populate(place, world)


def live(state, days, *phases, rules=(), each=None):
    """Live through ``days`` days that consist of ``phases`` only; ``each(state)`` after every day."""
    loop = Days(state, tuple(rules), plan=[Phase(phase.__name__, phase) for phase in phases])
    for _ in range(days):
        loop.live()
        if each:
            each(state)
    return state


def change(state, pipeline=None, **levers):
    """The scenario's values change from now on."""
    base = state.base
    state.base = Settings(base.x._replace(**levers), base.pipeline if pipeline is None else pipeline)
    return state


def know(state, i, j, w):
    """i and j know each other with strength w today."""
    level = level_on(state.day, state.base.x.half_life)
    meet(state.tables.ties, i, j, w, 1.0, level, 0.0)


def strengths(state):
    """float64[people]: strength of each person's first tie this morning (after last night's fading)."""
    level = level_on(state.day, state.base.x.half_life)
    return np.where(state.ties.rows["degree"] > 0, state.ties.slots["u"][state.ties.rows["start"]], 0.0) / level


def dense_ties(state, degree):
    """Ties of strength 1: person i knows i + o and i - o for ``degree``/2 offsets o drawn at random."""
    n, half = state.size, degree // 2
    rows, slots = state.ties.rows, state.ties.slots
    assert state.ties.most >= 2 * half and n > 2 * half
    rows["room"], rows["start"], state.ties.used[0] = 2 * half, 2 * half * np.arange(n), 2 * half * n
    offsets = np.random.default_rng(n).permutation(np.arange(1, (n - 1) // 2 + 1))[:half]
    where = rows["start"][:, None] + np.arange(2 * half)
    slots["neighbour"][where] = (np.arange(n)[:, None] + np.concatenate([offsets, -offsets])) % n
    slots["mate"][where] = np.concatenate([np.arange(half, 2 * half), np.arange(half)])
    slots["u"][where] = 1.0
    rows["degree"], rows["total"] = 2 * half, 2.0 * half


def assert_mean(sample, expected, bias=0.0, errors=4.0):
    """The mean of independent observations lies within 4 standard errors of theory, plus a stated bias."""
    sample = np.asarray(sample, float)
    error = errors * sample.std(ddof=1) / np.sqrt(len(sample)) + bias
    assert abs(sample.mean() - expected) <= error, f"{sample.mean():.5f} against {expected:.5f} ± {error:.5f}"


def assert_share(successes, trials, p, bias=0.0, errors=4.0):
    """A share of independent trials lies within 4 standard errors of p, plus a stated bias."""
    error = errors * np.sqrt(p * (1.0 - p) / trials) + 1.0 / trials + bias
    assert abs(successes / trials - p) <= error, f"{successes / trials:.5f} against {p:.5f} ± {error:.5f}"
