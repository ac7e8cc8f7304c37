"""Groups that learn: coaching, letting staff in, the leaders' group, service, grants; closed forms where there are."""

import numpy as np
import pytest
from alone import assert_mean, assert_share, change, hamlet, know, live, strengths
from scipy.special import expit

from commsim.day.coaching import coaching
from commsim.day.talking import talking
from commsim.readings.affairs import read_affairs
from commsim.rules import Audit, Coaching, LeadersGroup, MicroGrants, Tracking
from commsim.state.groups import INTEREST, LEADERS, OFFICIAL, count_post, enter, open_group, with_room
from commsim.state.messages import REPLY, REPORT
from commsim.state.office import FOR_MEMBERS

LEARN = dict(half_life=1e9, skill_gain=0.2, kappa_on=0.25, chi_learn=0.1, a_visit=0.1, alpha=0.05, w_cap=0.3)


def place(people=60, **levers):
    return hamlet(people, per_compound=people, **{**LEARN, "ties_most": 60.0, **levers})


def groups(state, count, size=3, kind=INTEREST):
    """``count`` groups of ``size`` people each, side by side."""
    state.groups = with_room(state.groups, count)
    for g in range(count):
        number = open_group(state.groups, kind, 0, 3, 1000 + g, 0)
        for i in range(size):
            assert enter(state.tables.groups, state.tables.people, g * size + i, number)
    return state.groups.rows[:count]


def write(state, i, group, times):
    for _ in range(times):
        count_post(state.tables.groups, i, group)


def test_without_a_rule_nothing_is_learned():
    state = place()
    rows = groups(state, 10)
    live(state, 70, coaching)
    assert (rows["skill"] == 0.1).all() and not rows["asked"].any() and not state.requests


@pytest.mark.parametrize("a_month, count", [(5, 20), (1, 3), (30, 40)])
def test_so_many_groups_are_coached_a_month_and_all_in_turn(a_month, count):
    state = place(3 * count)
    rows = groups(state, count)
    live(state, 30, coaching, rules=[Coaching(groups_a_month=a_month)])
    assert (rows["coached"] >= 0).sum() == a_month == len(state.requests)


def test_in_a_month_nobody_is_coached_twice():
    state = place(30)
    rows = groups(state, 4)
    live(state, 90, coaching, rules=[Coaching(groups_a_month=30)])
    np.testing.assert_allclose(rows["skill"], 1 - 0.9 * 0.8**3)
    assert len(state.requests) == 12


@pytest.mark.parametrize("gain, months", [(0.2, 1), (0.2, 6), (0.5, 3)])
def test_skill_grows_by_a_share_of_what_is_left_to_learn(gain, months):
    state = place(skill_gain=gain)
    rows = groups(state, 3)
    live(state, 30 * months, coaching, rules=[Coaching(groups_a_month=100)])
    np.testing.assert_allclose(rows["skill"], 1 - 0.9 * (1 - gain) ** months)


def test_coaching_in_person_is_a_good_experience_for_every_member_and_for_nobody_else():
    state = place()
    groups(state, 3)
    state.people["trust"][:], state.people["trust_companion"][:] = 0.4, 0.3
    live(state, 30, coaching, rules=[Coaching(groups_a_month=100)])
    np.testing.assert_allclose(state.people["trust"][:9], 1 - 0.6 * 0.9)
    np.testing.assert_allclose(state.people["trust"][9:], 0.4)
    np.testing.assert_allclose(state.people["trust_companion"][:9], 1 - 0.7 * 0.9)
    np.testing.assert_allclose(state.people["trust_companion"][9:], 0.3)
    assert state.requests == [(2, 120.0)] * 3


def test_official_groups_are_not_coached():
    state = place()
    rows = groups(state, 1, kind=OFFICIAL)
    live(state, 30, coaching, rules=[Coaching()])
    assert rows["coached"][0] < 0 and not state.requests


@pytest.mark.parametrize("trust", [0.2, 0.5, 0.7])
def test_a_group_lets_staff_in_by_the_trust_of_its_members(trust):
    count = 1500
    state = place(2 * count, lambda_nu=6.0, t_star=0.5)
    rows = groups(state, count, 2)
    state.people["trust"][::2], state.people["trust"][1::2] = trust - 0.1, trust + 0.1
    live(state, 30, coaching, rules=[Coaching(groups_a_month=500, online=True)])
    asked = rows["asked"]
    assert asked.sum() == 500
    assert_share(rows["staff"].sum(), 500, expit(6.0 * (trust - 0.5)))
    assert read_affairs(state, state.base, 29)["staff_admitted_share"] == rows["staff"].sum() / 500


def test_asking_again_opens_no_door_but_more_trust_does():
    state = place(900, lambda_nu=6.0, a_visit=0.0)
    rows = groups(state, 300)
    state.people["trust"][:] = 0.3
    live(state, 30, coaching, rules=[Coaching(groups_a_month=300)])
    once = rows["staff"].copy()
    live(state, 60, coaching, rules=[Coaching(groups_a_month=300)])
    assert (rows["staff"] == once).all() and 0 < once.sum() < 300
    state.people["trust"][:] = 0.7
    live(state, 30, coaching, rules=[Coaching(groups_a_month=300)])
    assert rows["staff"][once].all() and rows["staff"].sum() > once.sum()


def test_online_coaching_needs_an_open_door_teaches_less_and_costs_less():
    state = place(300, lambda_nu=0.0)  # every second door is open
    rows = groups(state, 100)
    state.people["trust"][:] = 0.4
    live(state, 30, coaching, rules=[Coaching(groups_a_month=100, online=True)])
    inside = rows["staff"]
    assert 20 < inside.sum() < 80
    np.testing.assert_allclose(rows["skill"][inside], 0.1 + 0.2 * 0.25 * 0.9)
    np.testing.assert_allclose(rows["skill"][~inside], 0.1)
    assert (state.people["trust"] == 0.4).all()
    assert state.requests == [(2, 15.0)] * 100


def test_visits_first_open_doors_that_stay_shut_online():
    """Trust from coaching in person is what lets staff in later: nothing else knows of the order."""
    def admitted(rules):
        state = place(900, lambda_nu=10.0, t_star=0.5)
        rows = groups(state, 300)
        state.people["trust"][:] = 0.3
        live(state, 180, coaching, rules=rules)
        return rows["staff"].mean()

    online = admitted([Coaching(groups_a_month=300, online=True)])
    both = admitted([Coaching(groups_a_month=300, end=90), Coaching(groups_a_month=300, online=True, start=90)])
    assert online == pytest.approx(expit(-2.0), abs=0.08)
    assert both == pytest.approx(expit(10 * (0.5 - 0.7 * 0.9**3)), abs=0.12) and both > online


@pytest.mark.parametrize("chi, months", [(0.1, 1), (0.1, 5), (0.5, 2)])
def test_leaders_carry_home_part_of_what_the_best_group_knows(chi, months):
    state = place(chi_learn=chi, lambda_nu=40.0)
    rows = groups(state, 4)
    state.people["trust"][:] = 1.0
    rows["skill"][:] = [0.9, 0.1, 0.3, 0.5]
    for g in range(3):
        write(state, 3 * g, g, 2)  # the fourth group has nobody who writes
    live(state, 30 * months, coaching, rules=[LeadersGroup()])
    left = (1 - chi) ** months
    np.testing.assert_allclose(rows["skill"], [0.9, 0.9 - 0.8 * left, 0.9 - 0.6 * left, 0.5])


def test_leaders_are_those_who_write_most_and_they_get_to_know_each_other():
    state = place(lambda_nu=40.0, kappa_on=0.2)
    groups(state, 3)
    state.people["trust"][:] = 1.0
    for i, g, times in ((0, 0, 1), (1, 0, 5), (4, 1, 2), (6, 2, 3), (7, 2, 3)):
        write(state, i, g, times)
    live(state, 1, coaching, rules=[LeadersGroup()])
    known = set(np.flatnonzero(state.ties.rows["degree"]).tolist())
    assert known in ({1, 4, 6}, {1, 4, 7})
    np.testing.assert_allclose(strengths(state)[list(known)], 0.2 * 0.05)


def test_leaders_of_groups_that_nobody_accompanies_stay_away():
    state = place(lambda_nu=40.0)
    rows = groups(state, 3)
    state.people["trust"][:] = 0.0
    for g in range(3):
        write(state, 3 * g, g, 1)
    live(state, 1, coaching, rules=[LeadersGroup()])
    assert not state.ties.rows["degree"].any() and rows["asked"].all() and not rows["staff"].any()
    rows["coached"][:2] = -30  # coached lately
    live(state, 30, coaching, rules=[LeadersGroup()])
    assert np.flatnonzero(state.ties.rows["degree"]).tolist() == [0, 3]


def test_fifty_leaders_at_most():
    state = place(130, lambda_nu=40.0, ties_most=120.0)
    groups(state, 65, 2)
    state.people["trust"][:] = 1.0
    for g in range(65):
        write(state, 2 * g, g, 1)
    live(state, 1, coaching, rules=[LeadersGroup()])
    assert (state.ties.rows["degree"] > 0).sum() == 50
    assert set(state.ties.rows["degree"].tolist()) == {0, 49}


def test_leaders_have_a_group_of_their_own_in_which_each_reports():
    state = place(lambda_nu=40.0, u=0.0)
    groups(state, 4)
    state.people["trust"][:] = 1.0
    for g in range(3):
        write(state, 3 * g, g, 2)
    live(state, 29, talking, coaching, rules=[LeadersGroup()])
    assert state.groups.rows["kind"][: state.groups.count[0]].tolist() == [INTEREST] * 4 + [LEADERS]
    assert leaders_in(state) == {0, 3, 6}
    rows = state.messages.rows[: state.messages.count[0]]
    assert rows["kind"].tolist() == [REPORT] * 3 and set(rows["sender"].tolist()) == {0, 3, 6}
    assert (rows["group"] == 4).all() and (rows["time"].astype(int) == 1).all()
    write(state, 1, 0, 5)  # somebody else leads the first group now, and the fourth has a leader
    write(state, 9, 3, 1)
    live(state, 10, talking, coaching, rules=[LeadersGroup()])
    assert state.groups.count[0] == 5 and leaders_in(state) == {1, 3, 6, 9}
    rows = state.messages.rows[3 : state.messages.count[0]]
    assert rows["kind"].tolist() == [REPORT] * 4 and set(rows["sender"].tolist()) == {1, 3, 6, 9}


def test_who_replies_to_a_leader_has_met_that_leader():
    states = []
    for u in (0.0, 1.0):
        state = place(lambda_nu=40.0, u=u, in_view=0.2, kappa_on=0.2, w_cap=1.0)
        groups(state, 3)
        state.people["trust"][:] = 1.0
        for g in range(3):
            write(state, 3 * g, g, 2)
        states.append(live(state, 3, talking, coaching, rules=[LeadersGroup()]))
    total = [s.ties.rows["total"] for s in states]
    replies = states[1].messages.rows["kind"][: states[1].messages.count[0]] == REPLY
    assert replies.any() and (total[1][[0, 3, 6]] >= total[0][[0, 3, 6]]).all()
    assert total[1].sum() > total[0].sum() and not total[1][[1, 2, 4, 5, 7, 8]].any()


def leaders_in(state):
    (group,) = np.flatnonzero(state.groups.rows["kind"][: state.groups.count[0]] == LEADERS)
    return set(state.groups.member[group, : state.groups.rows["members"][group]].tolist())


@pytest.mark.parametrize("rules, writers", [((), 3), ((Coaching(),), 3), ((LeadersGroup(),), 1)])
def test_without_the_rule_or_with_one_leader_there_is_no_leaders_group(rules, writers):
    state = place(lambda_nu=40.0, u=0.0)
    groups(state, 3)
    state.people["trust"][:] = 1.0
    for g in range(writers):
        write(state, 3 * g, g, 2)
    live(state, 40, talking, coaching, rules=rules)
    assert state.groups.count[0] == 3 and not state.messages.count[0]


def troubled(state, people, day=0):
    """A need of each of ``people``, reported on ``day``."""
    cases = state.cases
    for i in people:
        c = int(cases.count[0])
        cases.rows["person"][c], cases.rows["reported"][c] = i, day + 0.5
        cases.count[0] = c + 1


@pytest.mark.parametrize("eta, skill", [(0.01, 0.5), (0.05, 0.1)])
def test_a_hobby_turns_to_service_by_skill(eta, skill):
    count = 800
    state = place(2 * count, eta_service=eta)
    rows = groups(state, count, 2)
    rows["skill"][:], rows["coached"][:] = skill, 0
    troubled(state, range(0, 2 * count, 2))
    live(state, 20, coaching)
    assert_share(rows["service"].sum(), count, 1 - np.exp(-20 * eta * skill))
    assert read_affairs(state, state.base, 19)["service_groups"] == rows["service"].sum()


@pytest.mark.parametrize("coached, need, serves", [(0, True, True), (-100, True, False), (0, False, False)])
def test_no_service_without_coaching_or_without_a_need(coached, need, serves):
    state = place(eta_service=1.0)
    rows = groups(state, 5)
    rows["skill"][:], rows["coached"][:] = 1.0, coached
    if need:
        troubled(state, range(15))
    live(state, 20, coaching)
    assert rows["service"].all() if serves else not rows["service"].any()


def test_a_need_of_a_former_tenant_or_of_long_ago_moves_nobody():
    state = place(eta_service=1.0)
    rows = groups(state, 5)
    rows["skill"][:], rows["coached"][:] = 1.0, 0
    troubled(state, range(15), -40)
    live(state, 5, coaching)
    assert not rows["service"].any()
    troubled(state, range(15), 4)
    state.people["since"][:] = 5
    live(state, 5, coaching)
    assert not rows["service"].any()


def test_a_group_that_serves_helps_somebody_in_need_once_a_week():
    state = place(40, theta_volunteer=-50.0)
    rows = groups(state, 1)
    rows["service"][:] = True
    troubled(state, [20, 21], 0)
    live(state, 28, coaching)
    assert state.affairs.told["acts"][0] == 4
    assert set(np.flatnonzero(state.ties.rows["degree"]).tolist()) <= {0, 1, 2, 20, 21}
    assert not state.people["volunteer"].any()
    live(state, 14, coaching)  # the needs are more than thirty days old: nobody is left to help
    assert state.affairs.told["acts"][0] == 5


def test_who_serves_may_become_a_volunteer_by_willingness():
    count = 600
    state = place(2 * count + 100, theta_volunteer=0.0, theta_c=0.5)
    rows = groups(state, count, 2)
    rows["service"][:] = True
    troubled(state, range(2 * count, 2 * count + 100), 0)
    live(state, 1, coaching)
    assert state.affairs.told["acts"][0] == count
    assert_share(state.people["volunteer"].sum(), count, expit(-0.5))


def test_tracking_goes_to_groups_that_grow_quieter_and_audit_to_large_ones():
    def first(rules):
        state = place(60)
        rows = groups(state, 3)
        for i in range(9, 14):
            enter(state.tables.groups, state.tables.people, i, 1)
        rows["recent"][:], rows["recent_before"][:] = [5.0, 3.0, 1.0], [4.0, 3.0, 9.0]
        live(state, 30, coaching, rules=[Coaching(groups_a_month=1), *rules])
        (which,) = np.flatnonzero(rows["coached"] == 29)
        return int(which)

    assert first([Audit()]) == 1
    state = place(60)
    rows = groups(state, 3)
    state.day = 1  # the month was noted yesterday
    rows["recent"][:], rows["recent_before"][:] = [5.0, 3.0, 1.0], [4.0, 3.0, 9.0]
    live(state, 29, coaching, rules=[Coaching(groups_a_month=1), Tracking()])
    assert np.flatnonzero(rows["coached"] >= 0).tolist() == [2]


def test_an_audit_does_not_see_what_has_grown_since():
    state = place(60)
    rows = groups(state, 2, 4)
    live(state, 1, coaching, rules=[Audit(), Coaching(groups_a_month=1)])
    for i in range(8, 20):
        enter(state.tables.groups, state.tables.people, i, 1)
    assert rows["size_seen"].tolist() == [4, 4]
    live(state, 365, coaching, rules=[Audit(), Coaching(groups_a_month=1)])
    assert rows["size_seen"].tolist() == [4, 16]


@pytest.mark.parametrize("by", ["trace", "photos"])
def test_grants_go_by_the_trace_or_by_the_picture(by):
    state = place(60)
    rows = groups(state, 4)
    rows["recent"][:] = [1.0, 5.0, 0.0, 2.0]
    for i in range(12, 20):
        enter(state.tables.groups, state.tables.people, i, 2)
    live(state, 100, coaching, rules=[MicroGrants(yuan=500.0, groups=1, rounds=2, every=30, by=by, start=10)])
    winner = 1 if by == "trace" else 2
    assert rows["funded"].tolist() == [2 * (g == winner) for g in range(4)]
    assert rows["skill"][winner] == pytest.approx(1 - 0.9 * 0.8**2)
    assert state.office.yuan[FOR_MEMBERS] == 1000.0


def test_no_more_grants_than_groups():
    state = place(60)
    rows = groups(state, 3)
    live(state, 1, coaching, rules=[MicroGrants(yuan=100.0, groups=12)])
    assert (rows["funded"] == 1).all() and state.office.yuan[FOR_MEMBERS] == 300.0


def test_turns_are_by_lottery():
    """Over many places each of four groups is the month's first about as often."""
    first = []
    for world in range(200):
        state = place(12, world=world)
        rows = groups(state, 4)
        live(state, 30, coaching, rules=[Coaching(groups_a_month=1)])
        first.append(int(np.argmax(rows["coached"])))
    assert_mean(first, 1.5)
    assert min(np.bincount(first, minlength=4)) > 25


def test_the_same_groups_are_there_when_nothing_is_wanted_of_them():
    state = change(place())
    rows = groups(state, 3)
    know(state, 0, 1, 0.2)
    live(state, 31, coaching)
    assert rows["density_1"][0] == pytest.approx(1 / 3) and rows["density_2"][0] == pytest.approx(1 / 3)
