"""Visiting: who is visited, how often, in what order, and what it does to trust."""

import numpy as np
import pytest
from alone import hamlet, live

from commsim.day.visiting import visiting
from commsim.rules import HomeVisits
from commsim.state.office import VISITS
from commsim.state.people import CHILD, OWNER


@pytest.mark.parametrize("a_week, weeks, made", [(10.0, 4, 40), (1.0, 9, 9), (0.5, 20, 10), (3.4, 10, 34)])
def test_as_many_visits_as_the_rule_says_on_working_days_only(a_week, weeks, made):
    state, by_day = hamlet(500), []
    live(state, 7 * weeks, visiting, rules=[HomeVisits(a_week=a_week)],
         each=lambda s: by_day.append(int(s.office.occasions[VISITS])))  # fmt: skip
    assert by_day[-1] == made and len(state.requests) == made
    daily = np.diff([0, *by_day])
    assert daily[5::7].sum() == daily[6::7].sum() == 0
    assert daily.max() <= np.ceil(a_week / 5.0)


def test_everybody_is_visited_once_before_anybody_twice_and_trust_follows_the_rule_of_experience():
    n, gain = 120, 0.1
    state = hamlet(n, a_visit=gain)
    state.people["trust"][:] = 0.4
    live(state, 7 * 11, visiting, rules=[HomeVisits(a_week=10.0)])  # 110 of 120
    once = 0.4 + gain * 0.6
    assert sorted(np.unique(state.people["trust"].round(12))) == pytest.approx([0.4, once])
    assert (state.people["trust"] > 0.4).sum() == 110
    live(state, 7, visiting, rules=[HomeVisits(a_week=10.0)])
    assert state.people["trust"] == pytest.approx(once)
    live(state, 7, visiting, rules=[HomeVisits(a_week=10.0)])
    assert (state.people["trust"] > once + 1e-9).sum() == 10


def test_children_take_no_part_and_a_household_is_visited_as_a_whole():
    state = hamlet(300, households=100, child_share=0.3)
    before = state.people["trust"].copy()
    live(state, 7, visiting, rules=[HomeVisits(a_week=25.0)])
    changed = state.people["trust"] != before
    assert not changed[state.people["age"] == CHILD].any()
    visited = np.unique(state.people["household"][changed])
    assert len(visited) == 25
    adults = (state.people["age"] != CHILD) & np.isin(state.people["household"], visited)
    assert (changed == adults).all()


@pytest.mark.parametrize("renters", [True, False])
def test_renters_are_visited_only_where_they_count_the_same(renters):
    state = hamlet(400, renter_share=0.5)
    before = state.people["trust"].copy()
    live(state, 7, visiting, rules=[HomeVisits(a_week=5000.0, renters=renters)])
    changed = state.people["trust"] != before
    owner = state.people["tenure"] == OWNER
    assert changed[owner].all() and changed[~owner].all() == renters and changed[~owner].any() == renters


def test_the_order_is_the_same_in_every_policy_of_a_world_and_differs_between_worlds():
    def first(world, a_week):
        state = hamlet(200, world=world, a_visit=0.2)
        state.people["trust"][:] = 0.4
        live(state, 7, visiting, rules=[HomeVisits(a_week=a_week)])
        return set(np.flatnonzero(state.people["trust"] > 0.4).tolist())

    assert first(1, 10.0) < first(1, 30.0) and first(1, 10.0) != first(2, 10.0)


def test_where_all_rent_and_renters_do_not_count_nobody_is_visited():
    state = hamlet(50, renter_share=1.0)
    live(state, 14, visiting, rules=[HomeVisits(a_week=10.0, renters=False)])
    assert state.office.occasions[VISITS] == 0 and not state.requests
