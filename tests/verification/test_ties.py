"""Ties in limits that can be solved: encounters (C16), fading (C15), moves (C14), who knows whom at every size."""

import numpy as np
import pytest
from alone import assert_mean, assert_share, hamlet, level_on, live, strengths

from commsim.clock import MONTH
from commsim.day.moving import moving
from commsim.day.neighbouring import neighbouring
from commsim.engine import prepare, run
from commsim.population import Place
from commsim.record import Record
from commsim.state.people import LONG_RENTER, SHORT_RENTER
from commsim.state.ties import meet


@pytest.mark.parametrize("rate", [1 / 365.25, 12 / 365.25, 1 / 7, 2 / 7, 1.0])
@pytest.mark.parametrize("alpha, half_life", [(0.05, 180.0), (0.2, 60.0)])
def test_strength_settles_where_daily_encounters_and_fading_balance(rate, alpha, half_life):
    """The encounter rule itself: at most one meeting a day, measured after the night's fading."""
    rng = np.random.default_rng(16)
    pairs = 300
    state = hamlet(2 * pairs, half_life=half_life, ties_most=8.0)
    ties = state.tables.ties
    happens = 1.0 - np.exp(-rate)
    burn_in = int(8 * half_life)
    samples = []
    for day in range(burn_in + int(6 * half_life)):
        level = level_on(day, half_life)
        for pair in np.flatnonzero(rng.random(pairs) < happens):
            meet(ties, 2 * pair, 2 * pair + 1, alpha, 1.0, level, 0.0)
        if day >= burn_in:
            state.day = day + 1
            samples.append(strengths(state)[::2])
    faded = 2.0 ** (-1.0 / half_life)
    mean = faded * happens * alpha / (1.0 - faded * (1.0 - happens * alpha))
    assert_mean(np.mean(samples, axis=0), mean)
    assert np.mean(samples) == pytest.approx(mean, rel=0.05)


@pytest.mark.parametrize("rate", [1 / 7, 2 / 7, 1.0])
@pytest.mark.parametrize("alpha, half_life", [(0.05, 180.0), (0.1, 90.0)])
def test_two_neighbours_grow_as_close_as_their_chats_say(rate, alpha, half_life):
    """The chats of a day are Poisson(rate), so each day multiplies 1 - w by e^(-rate alpha) on average:
    E w = g k / (1 - g (1 - k)) with k = 1 - e^(-rate alpha) and g = one night's fading."""
    pairs = 200
    state = hamlet(2 * pairs, doors=2, half_life=half_life, alpha=alpha, ring_stairwell=1.0, ring_building=0.0,
                   ring_courtyard=0.0, w_drop=0.0, ties_most=8.0)  # fmt: skip
    state.people["sociability"][:] = rate  # each starts rate/2 chats a day
    live(state, int(8 * half_life), neighbouring)
    seen = []
    live(state, int(4 * half_life), neighbouring, each=lambda s: seen.append(strengths(s).mean()))
    k, g = 1.0 - np.exp(-rate * alpha), 2.0 ** (-1.0 / half_life)
    assert (state.ties.rows["degree"] == 1).all()
    assert np.mean(seen) == pytest.approx(g * k / (1.0 - g * (1.0 - k)), rel=0.02)
    twice_a_week = 0.79
    if (rate, alpha) == (2 / 7, 0.05):  # the scale on which acquaintance and strong ties are read
        assert np.mean(seen) == pytest.approx(twice_a_week, abs=0.01)


def test_commuters_meet_their_neighbours_less():
    """Half as many chats on five days of seven: the same formula with 4.5/7 of the rate."""
    state = hamlet(600, doors=2, commuter_share=1.0, ring_stairwell=1.0, ring_building=0.0, ring_courtyard=0.0,
                   w_drop=0.0, ties_most=8.0)  # fmt: skip
    state.people["sociability"][:] = 0.5
    live(state, 1400, neighbouring)
    seen = []
    live(state, 700, neighbouring, each=lambda s: seen.append(strengths(s).mean()))
    k, g = 1.0 - np.exp(-0.5 * 4.5 / 7 * 0.05), 2.0 ** (-1.0 / 180)
    assert np.mean(seen) == pytest.approx(g * k / (1.0 - g * (1.0 - k)), rel=0.02)


@pytest.mark.parametrize("months", [4, 26, 48])
@pytest.mark.parametrize("chats, alpha, half_life", [(0.3, 0.05, 180.0), (0.5, 0.06, 60.0)])
def test_acquaintances_are_the_people_met_within_the_memory_of_a_tie(months, chats, alpha, half_life):
    """C15 for ties that fade: met once, a tie counts for the days d with alpha 2^(-d/half_life) >= .034,
    if neither end has moved out in the meantime: k = chats * sum_d e^(-2 d / stay).  The people who meet
    are strangers from anywhere; a second meeting within the memory is a bias of k / N, stated below."""
    stay, people, known = months * MONTH, 3000, 0.034
    state = hamlet(people, w_half=1e12, ring_stairwell=0.0, ring_building=0.0, ring_courtyard=0.0, alpha=alpha,
                   half_life=half_life, w_drop=0.0, sociability_mean=chats, renter_share=0.0,
                   stay_owner=stay)  # fmt: skip
    memory = int(half_life * np.log2(alpha / known))
    days = np.arange(memory + 1)
    expected = chats * np.exp(-2.0 * days / stay).sum()
    live(state, memory + 200, moving, neighbouring)
    record = Record()

    def count(state):
        if state.day % 10 == 0:
            record.keep(state, state.base, state.day - 1)

    live(state, 600, moving, neighbouring, each=count)
    assert np.mean(record.series["acquaintances"]) == pytest.approx(expected, rel=0.02 + expected / people)


@pytest.mark.parametrize("short, long, share", [(4, 48, 0.5), (2, 24, 0.7), (6, 60, 0.923)])
def test_most_sitting_renters_stay_long_even_if_most_who_arrive_do_not(short, long, share):
    """The inspection paradox, at the start and after eight years of moves."""
    homes = 10_000
    state = hamlet(homes, renter_share=1.0, short_share=share, stay_short=short * MONTH, stay_long=long * MONTH,
                   ties_most=8.0)  # fmt: skip
    stationary = (1 - share) * long / (share * short + (1 - share) * long)
    if (short, long, share) == (4, 48, 0.5):
        assert stationary == pytest.approx(0.923, abs=5e-4)
    people = state.people
    assert_share((people["tenure"] == LONG_RENTER).sum(), homes, stationary)
    assert_mean((-people["since"] / MONTH)[people["tenure"] == LONG_RENTER], long, bias=1 / MONTH)
    days = 2900
    arrived = np.zeros(2)

    def note(state):
        new = (people["since"] == state.day - 1) & (people["tenancy"] > 0)
        arrived[0] += (people["tenure"][new] == SHORT_RENTER).sum()
        arrived[1] += new.sum()

    live(state, days, moving, each=note)
    assert_share((people["tenure"] == LONG_RENTER).sum(), homes, stationary)
    assert_share(arrived[0], arrived[1], share)
    # a stay ends with hazard 1 - e^(-1/stay) a day: arrivals are homes * days / mean stay
    stays = share * short * MONTH + (1 - share) * long * MONTH
    assert arrived[1] == pytest.approx(homes * days / stays, rel=0.02)
    assert people["tenancy"].sum() == arrived[1]


def _neighbourhood(people, world=1, burn_in=730):
    place = Place("sizes", "sizes", people, round(people / 2.67), burn_in=burn_in)
    return run(prepare(place, world), (), 1).measures


@pytest.mark.parametrize("burn_in", [730])
def test_circles_of_acquaintances_do_not_grow_with_the_number_of_people(burn_in):
    at = {people: _neighbourhood(people, burn_in=burn_in) for people in (1000, 4000, 40_000)}
    known = {n: m["acquaintances"] for n, m in at.items()}
    near = {n: m["same_building_share"] for n, m in at.items()}
    alone = {n: m["isolated_share"] for n, m in at.items()}
    # 1,000 people: standard deviations between worlds of about .35 acquaintances and .02 of the share
    assert max(known.values()) - min(known.values()) < 1.5, known
    assert max(near.values()) - min(near.values()) < 0.08, near
    assert max(alone.values()) - min(alone.values()) < 0.08, alone
    assert all(7.0 < k < 11.0 for k in known.values()), known
    assert all(0.55 < share < 0.75 for share in near.values()), near  # Westgate: 65 % in the same building
    assert abs(known[40_000] - known[4000]) < 0.6, known
    assert abs(near[40_000] - near[4000]) < 0.04, near
