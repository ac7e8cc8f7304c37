"""Who lives here: exact numbers, shares within four standard errors, keyed by seat and tenancy."""

import math

import numpy as np
import pytest

from commsim.errors import UserError
from commsim.kernels import for_kernels
from commsim.population import Place, populate
from commsim.state.newcomers import move_in
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
    empty_people,
    experience,
    spokesperson,
)
from commsim.state.settings import DEFAULTS, THEMES, Settings

OTHER = DEFAULTS._replace(
    child_share=0.08, elder_share=0.30, renter_share=0.7, short_share=0.9, stay_short=60.0, stay_long=700.0,
    stay_owner=9000.0, homebody_share=0.5, sociability_mean=1.4, commuter_share=0.2, conditional_share=0.2,
    unconditional_share=0.6, literate_young=0.7, literate_old=0.6, likes_family=0.1, likes_photo=0.9,
    volunteer_share=0.1, trust_start=0.7, trust_pseudo_counts=20.0, v_own_mean=0.5)  # fmt: skip
USUAL, BURN_IN = DEFAULTS, 100
SIZES = {"usual": (USUAL, 12_000, 4500), "other": (OTHER, 9_000, 4500)}


@pytest.fixture(scope="module", params=SIZES)
def town(request):
    """(state, levers) of a large place, with the usual parameters and with quite other ones."""
    x, people, households = SIZES[request.param]
    return populate(Place("town", "test", people, households, burn_in=BURN_IN, settings=Settings(x)), 5), x


def within(seen, share):
    """Whether a mean of 0s and 1s is ``share`` within four standard errors."""
    seen = np.asarray(seen, float)
    assert abs(seen.mean() - share) <= 4 * math.sqrt(share * (1 - share) / len(seen)), (seen.mean(), share)


def mean_within(values, mean, sd):
    assert abs(np.mean(values) - mean) <= 4 * sd / math.sqrt(len(values)), (np.mean(values), mean)


@pytest.mark.parametrize(("people", "households"), [
    (300, 112), (2308, 865), (1, 1), (6, 1), (10, 10), (60, 10), (11, 10), (59, 10), (400, 100), (101, 99), (550, 100),
])  # fmt: skip
def test_people_and_households_are_exactly_as_asked(people, households):
    state = populate(Place("town", "test", people, households), 1)
    assert (state.size, len(state.homes.doors)) == (people, households)
    assert state.homes.doors.seats.min() >= 1 and state.homes.doors.seats.max() <= 6
    assert np.array_equal(np.bincount(state.people.household), state.homes.doors.seats)


@pytest.mark.parametrize(("people", "households"), [(9, 10), (61, 10)])
def test_households_of_less_than_one_or_more_than_six_are_refused(people, households):
    with pytest.raises(UserError) as told:
        populate(Place("town", "test", people, households), 1)
    assert told.value.key == "household_mean" and told.value.facts["place"] == "town"


def test_household_sizes_are_spread_like_their_shares():
    sizes = populate(Place("town", "test", 2650, 1000), 1).homes.doors.seats
    assert np.abs(np.bincount(sizes, minlength=7)[1:] / 1000 - [0.20, 0.30, 0.28, 0.12, 0.07, 0.03]).max() < 0.05


def test_nobody_knows_anybody_and_nothing_has_happened(town):
    state, _ = town
    assert state.day == -BURN_IN
    assert state.ties.rows.degree.sum() == 0 and state.groups.count[0] == 0 and state.cases.count[0] == 0
    people = state.people
    assert (people.tenancy == 0).all() and (people.took_part == 0).all() and (people.voice == 1.0).all()
    assert (people.last_sent == FAR_PAST).all() and (people.last_part == FAR_PAST).all()
    assert (people.since <= -BURN_IN).all()


def test_tenure(town):
    state, x = town
    first = state.people[state.homes.doors.first]
    within(first.tenure != OWNER, x.renter_share)
    # of renters met on a day those who stay long are met more often than they arrive
    arriving = x.short_share * x.stay_short, (1 - x.short_share) * x.stay_long
    within(first.tenure[first.tenure != OWNER] == SHORT_RENTER, arriving[0] / sum(arriving))
    for tenure, stay in ((OWNER, x.stay_owner), (LONG_RENTER, x.stay_long), (SHORT_RENTER, x.stay_short)):
        since = -BURN_IN - first.since[first.tenure == tenure]
        mean_within(since, stay - 0.5, stay)  # an exponential, cut down to whole days
    for i in (1, 2):
        later = state.homes.doors.first[state.homes.doors.seats > i] + i
        assert (state.people.tenure[later] == state.people.tenure[later - i]).all(), "one tenure a household"


def test_ages(town):
    """Children only in third and later seats; the shares hold in the mean of this place."""
    state, x = town
    age, seats = state.people.age, state.homes.doors.seats
    seat = np.arange(state.size) - np.repeat(state.homes.doors.first, seats)
    assert (age[seat < 2] != CHILD).all() and (age[seat >= 2] != ELDER).all()
    late = (seat >= 2).sum()
    within(age[seat >= 2] == CHILD, min(1.0, x.child_share * state.size / late))
    within(age[seat == 0] == ELDER, min(1.0, x.elder_share * state.size / (seat < 2).sum()))
    assert abs((age == CHILD).mean() - x.child_share) < 0.02
    assert abs((age == ELDER).mean() - x.elder_share) < 0.02


def test_character(town):
    state, x = town
    people = state.people
    child, adult, elder = (people.age == a for a in (CHILD, ADULT, ELDER))
    assert not (people.sociability[child].any() or people.literate[child].any() or people.volunteer[child].any())
    assert not people.commuter[~adult].any()
    within(people.commuter[adult], x.commuter_share)
    within(people.literate[adult], x.literate_young)
    within(people.literate[elder], x.literate_old)
    within(people.volunteer[~child], x.volunteer_share)
    within(people.sociability[~child] == 0.0, x.homebody_share)
    lively = people.sociability[people.sociability > 0]
    mean_within(lively, x.sociability_mean, x.sociability_mean)
    for k, theme in enumerate(THEMES):
        within((people.interests >> k) & 1, getattr(x, f"likes_{theme}"))
    within(people.cooperation == CONDITIONAL, x.conditional_share)
    within(people.cooperation == UNCONDITIONAL, x.unconditional_share)
    within(people.cooperation == FREE_RIDER, 1 - x.conditional_share - x.unconditional_share)


def test_motivation_and_trust(town):
    state, x = town
    people, counts = state.people, x.trust_pseudo_counts
    mean_within(people.v_own, x.v_own_mean, people.v_own.std())
    assert (people.v == 0.5 * people.v_own).all() and people.v_own.min() > 0 and people.v_own.max() < 1
    sd = math.sqrt(x.trust_start * (1 - x.trust_start) / (counts + 1))
    mean_within(people.trust, x.trust_start, sd)
    assert people.trust.std() == pytest.approx(sd, rel=0.05)
    assert people.trust.min() > 0 and people.trust.max() < 1


def test_attributes_of_one_person_are_independent(town):
    state, _ = town
    grown = state.people[state.people.age == ADULT]
    columns = np.array([grown.sociability, grown.commuter, grown.literate, grown.v_own, grown.trust,
                        grown.interests & 1, (grown.interests >> 7) & 1, grown.cooperation == CONDITIONAL])  # fmt: skip
    off = np.corrcoef(columns)[~np.eye(len(columns), dtype=bool)]
    assert np.abs(off).max() < 4.5 / math.sqrt(len(grown))


def test_newcomers_are_the_same_whatever_happened_before():
    """Seat and tenancy number are the key: not the day, nor who lived here, nor who moves elsewhere."""
    place = Place("town", "test", 300, 112, burn_in=10)
    one, other = populate(place, 3), populate(place, 3)
    for state, order, day in ((one, (4, 7), 20), (other, (7, 4, 9), 90)):
        t = state.tables
        x = place.settings.levers[0]
        state.people.trust[:] = day / 100
        for h in order:
            move_in(t.people, t.homes, x, 3, h, day, state.odds)
    seats = np.flatnonzero(np.isin(one.people.household, (4, 7)))
    for name in one.people.dtype.names:
        same = np.array_equal(one.people[name][seats], other.people[name][seats])
        assert same == (name != "since"), name
    assert (one.people.tenancy[seats] == 1).all()
    assert set(one.people.since[seats]) == {20} and set(other.people.since[seats]) == {90}


def test_renters_follow_renters_and_owners_owners():
    place = Place("town", "test", 3000, 1100, burn_in=10, settings=Settings(DEFAULTS._replace(short_share=0.8)))
    state = populate(place, 1)
    first = state.homes.doors.first
    before = state.people.tenure[first].copy()
    t = state.tables
    for h in range(len(first)):
        move_in(t.people, t.homes, place.settings.levers[0], 1, h, 5, state.odds)
    after = state.people.tenure[first]
    assert ((before == OWNER) == (after == OWNER)).all()
    within(after[after != OWNER] == SHORT_RENTER, 0.8)


def test_worlds_differ_and_a_world_does_not():
    place = Place("town", "test", 300, 112)
    one, again, other = populate(place, 1), populate(place, 1), populate(place, 2)
    assert one.people.tobytes() == again.people.tobytes() != other.people.tobytes()


@pytest.mark.parametrize("weight", [1.0, 0.1])
def test_the_rule_of_trust(weight):
    trust = np.array([0.4, 0.4, 0.0, 1.0])
    experience(trust, 0, True, weight, 0.08, 0.12)
    experience(trust, 1, False, weight, 0.08, 0.12)
    for _ in range(2000):
        experience(trust, 2, True, weight, 0.08, 0.12)
        experience(trust, 3, False, weight, 0.08, 0.12)
    assert trust[0] == pytest.approx(0.4 + weight * 0.08 * 0.6)
    assert trust[1] == pytest.approx(0.4 * (1 - weight * 0.12))
    assert trust[2] <= 1.0 and trust[2] == pytest.approx(1.0, abs=1e-6) and 0.0 <= trust[3] < 1e-6


def test_the_first_grown_up_speaks_for_the_household():
    people = empty_people(np.array([0, 0, 0, 1]))
    people.age[:] = CHILD, CHILD, ELDER, CHILD
    p = for_kernels(people)
    assert spokesperson(p, 0, 3) == 2
    assert spokesperson(p, 3, 1) == 3, "a child alone speaks for itself"
