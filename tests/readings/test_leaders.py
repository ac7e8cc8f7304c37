"""Readings of leaders and helpers: hand-counted, and empty where there is nothing to count."""

import numpy as np
import pytest

from commsim.day.deciding import _enter, _new_version, live_project, propose
from commsim.day.gathering import attend
from commsim.day.visiting import visiting
from commsim.readings.leaders import read_leaders
from commsim.rules import HomeVisits
from commsim.special import SURE, hamlet, know, live
from commsim.state.groups import OFFICIAL, enter, open_group
from commsim.state.settings import Stage


def read(state):
    return read_leaders(state, state.base, state.day)


def test_where_there_is_nothing_to_count_there_is_no_number():
    told = read(hamlet(20))
    assert told["volunteer_motivation"] is None and told["suspicion_share"] is None
    assert told["objectors_converted"] is None
    assert told["volunteers_quit"] == told["entitlement_events"] == told["belonging"] == 0.0


def test_motivation_and_what_was_lost():
    state = hamlet(50)
    state.people["v"][:] = 0.9
    state.people["volunteer"][:4], state.people["v"][:4] = True, [0.1, 0.2, 0.3, 0.4]
    state.leaders.counts["quits"][0], state.leaders.counts["owed"][0] = 3, 7
    told = read(state)
    assert told["volunteer_motivation"] == pytest.approx(0.25)
    assert told["volunteers_quit"] == pytest.approx(60.0) and told["entitlement_events"] == pytest.approx(140.0)


def test_suspicion_counts_adults_of_compounds_that_were_led():
    state = hamlet(40, per_compound=20)
    state.leaders.compounds["followed"][1] = True
    state.people["suspicion"][:] = 0.9
    state.people["suspicion"][20:] = [0.5] * 10 + [0.51] * 5 + [0.0] * 5
    assert read(state)["suspicion_share"] == pytest.approx(0.25)


def test_belonging_is_half_at_a_summed_strength_of_one_and_fades_with_ties():
    state = hamlet(4, half_life=10.0)
    know(state, 0, 1, 0.6)
    know(state, 0, 2, 0.4)
    assert read(state)["belonging"] == pytest.approx((1 / 2 + 0.6 / 1.6 + 0.4 / 1.4 + 0) / 4)
    state.day = 10
    assert read(state)["belonging"] == pytest.approx((0.5 / 1.5 + 0.3 / 1.3 + 0.2 / 1.2) / 4)


@pytest.mark.parametrize("start", [0.0, 0.3, 1.0])
def test_some_know_their_community_at_the_start(start):
    told = read(hamlet(4000, aware_start=start))["community_awareness"]
    assert told == pytest.approx(start, abs=4 * np.sqrt(start * (1 - start) / 4000))


def test_a_visit_a_gathering_and_the_group_make_the_community_known():
    state = hamlet(100, aware_start=0.0)
    live(state, 7, visiting, rules=[HomeVisits(a_week=30.0)])
    assert read(state)["community_awareness"] == pytest.approx(0.3)
    unaware = np.flatnonzero(~state.people["aware"])
    attend(state.under(state.base), unaware[:5], False, 1, 0, 7)
    assert read(state)["community_awareness"] == pytest.approx(0.35)
    group = open_group(state.groups, OFFICIAL, 0, -1, 0)
    enter(state.tables.groups, state.tables.people, int(unaware[10]), group)
    assert read(state)["community_awareness"] == pytest.approx(0.36)
    enter(state.tables.groups, state.tables.people, int(unaware[11]), open_group(state.groups, 1, 0, 2, 1))
    assert read(state)["community_awareness"] == pytest.approx(0.36)  # a residents' group says nothing of the office


@pytest.mark.parametrize("a_f, share", [(-SURE, 0.0), (SURE, 1.0)])
def test_hearings_and_who_was_won_over_are_counted_over_all_versions(a_f, share):
    notice = Stage("notice", 2, objectors=1000, operator=">=", among="affected", restart_to="notice", board=True,
                   hearing=True)  # fmt: skip
    state = hamlet(60, pipeline=(None, None, notice, None, None, None, None, None), r_board=200.0, o_0=SURE, a_f=a_f,
                   b_f=0.0, project_households=40.0, project_cost=0.0, project_subsidy=0.0)  # fmt: skip
    project = propose(state, state.base, 0, 0)
    state.projects.all.append(project)
    assert read(state)["objectors_converted"] is None
    for version in (1, 2):
        for day in (0, 1):
            live_project(state, project, state.base, 2 * version - 2 + day)
        assert project.heard_total == 40 * version and read(state)["objectors_converted"] == share
        _new_version(state, project, version + 1)
        _enter(project, 2, 2 * version)
