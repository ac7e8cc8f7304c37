"""Moving out and in."""

import numpy as np
import pytest
from alone import assert_share, hamlet, know, live

from commsim.day.moving import moving
from commsim.state.groups import INTEREST, OFFICIAL, enter, open_group
from commsim.state.people import FAR_PAST, LONG_RENTER, OWNER, SHORT_RENTER


def _restless(people=400, **levers):
    return hamlet(people, renter_share=1.0, short_share=1.0, stay_short=60.0, **levers)


def _moved(state):
    return (state.people["tenancy"] > 0) & (state.people["since"] == state.day - 1)


def test_leaving_cuts_all_ties():
    state = _restless()
    for i in range(0, 400, 2):
        know(state, i, i + 1, 0.5)
        know(state, i, (i + 7) % 400, 0.2)
    live(state, 1, moving)
    gone = _moved(state)
    assert gone.any() and not gone.all()
    assert (state.ties.rows["degree"][gone] == 0).all() and (state.ties.rows["total"][gone] == 0).all()
    _, where = state.ties.everybody()
    assert not gone[state.ties.slots["neighbour"][where]].any()
    assert len(where) > 0


def test_leaving_ends_all_memberships():
    state = _restless(200)
    groups, people = state.tables.groups, state.tables.people
    official = open_group(state.groups, OFFICIAL, 0, -1, 1)
    chess = open_group(state.groups, INTEREST, 0, 5, 2)
    for i in range(200):
        enter(groups, people, i, official)
        enter(groups, people, i, chess)
    live(state, 1, moving)
    gone = _moved(state)
    assert gone.any()
    assert not state.people["in_official"][gone].any() and state.people["in_official"][~gone].all()
    assert (state.groups.rows["members"][:2] == (~gone).sum()).all()
    for group in (official, chess):
        assert not gone[state.groups.member[group, : state.groups.rows["members"][group]]].any()


def test_newcomers_know_nothing_of_who_lived_there_before():
    state = _restless()
    people = state.people
    for column in ("took_part", "last_part", "last_sent"):
        people[column][:] = 5
    people["voice"][:], people["trust"][:] = 0.2, 0.999
    live(state, 1, moving)
    gone = _moved(state)
    assert (people["took_part"][gone] == 0).all() and (people["took_part"][~gone] == 5).all()
    assert (people["last_part"][gone] == FAR_PAST).all() and (people["last_sent"][gone] == FAR_PAST).all()
    assert (people["voice"][gone] == 1.0).all() and (people["trust"][gone] < 0.999).all()


def test_a_whole_household_moves_at_once_and_newcomers_fill_its_seats():
    state = hamlet(800, 300, renter_share=1.0, short_share=1.0, stay_short=60.0)
    size = state.size
    live(state, 40, moving)
    people = state.people
    assert state.size == size
    first = people[state.homes.doors["first"][people["household"]]]
    assert (people["since"] == first["since"]).all() and (people["tenancy"] == first["tenancy"]).all()
    assert people["tenancy"].max() > 1


def test_owners_follow_owners():
    state = hamlet(500, renter_share=0.4, stay_owner=30.0)
    owners = state.people["tenure"] == OWNER
    live(state, 100, moving)
    assert state.people["tenancy"][owners].mean() > 1
    assert ((state.people["tenure"] == OWNER) == owners).all()


@pytest.mark.parametrize("gamma, w", [(0.0, 0.9), (0.5, 0.9), (0.2, 0.4)])
def test_who_belongs_stays_longer(gamma, w):
    """One day's hazard is (1/stay) e^(-gamma W)."""
    n, stay = 20_000, 20.0
    state = hamlet(n, renter_share=1.0, short_share=1.0, stay_short=stay, gamma=gamma, ties_most=8.0)
    for i in range(0, n, 2):
        know(state, i, i + 1, w)
    # u is drawn per household, but the first of a pair to go takes the other's tie along: count from even rows
    live(state, 1, moving)
    assert_share(_moved(state)[::2].sum(), n // 2, 1.0 - np.exp(-np.exp(-gamma * w) / stay))


@pytest.mark.parametrize("tenure, stay", [(LONG_RENTER, 400.0), (SHORT_RENTER, 50.0), (OWNER, 900.0)])
def test_each_tenure_leaves_at_its_own_rate(tenure, stay):
    n = 30_000
    state = hamlet(n, stay_long=400.0, stay_short=50.0, stay_owner=900.0, ties_most=8.0)
    state.people["tenure"][:] = tenure
    live(state, 1, moving)
    assert_share(_moved(state).sum(), n, 1.0 - np.exp(-1.0 / stay))
