"""Joining, leaving and founding groups."""

import numpy as np
import pytest
from alone import SURE, assert_share, hamlet, know, live, logit
from scipy.special import expit

from commsim.clock import MONTH
from commsim.day.joining import joining
from commsim.rules import OnlineGroup
from commsim.state.groups import INTEREST, OFFICIAL, PRIVATE, enter, open_group
from commsim.state.office import FOR_MEMBERS
from commsim.state.people import CHILD


def town(people=3000, **levers):
    return hamlet(people, **{"cap": float(people), "half_life": 1e9, "ties_most": 20.0, "theta_s": 0.0, **levers})


def officials(state):
    rows = state.groups.rows[: state.groups.count[0]]
    return np.flatnonzero(rows["kind"] == OFFICIAL)


def test_no_official_group_before_the_office_opens_one():
    state = live(town(600, p_b=10.0, theta_join=SURE), 30, joining)
    assert state.groups.count[0] == 0
    live(state, 1, joining, rules=[OnlineGroup()])
    assert len(officials(state)) == state.homes.compounds


@pytest.mark.parametrize("p_b, days", [(0.15, 30), (1.0, 15), (5.0, 4)])
def test_posters_reach_people_at_their_hazard(p_b, days):
    state = live(town(theta_join=SURE), days, joining, rules=[OnlineGroup(poster=p_b)])
    assert_share(state.people["in_official"].sum(), state.size, 1.0 - np.exp(-p_b * days / MONTH))


@pytest.mark.parametrize("theta, trust", [(-0.5, 0.5), (-1.0, 0.9), (0.5, 0.1)])
def test_joining_saturates_below_everybody_however_often_one_is_asked(theta, trust):
    state = town(theta_join=theta, theta_t=2.0)
    state.people["trust"][:] = trust
    live(state, 60, joining, rules=[OnlineGroup(poster=10.0)])
    after_two_months = state.people["in_official"].copy()
    live(state, 60, joining, rules=[OnlineGroup(poster=10.0)])
    assert (state.people["in_official"] == after_two_months).all()
    assert_share(after_two_months.sum(), state.size, expit(theta + 2.0 * (trust - 0.5)))


@pytest.mark.parametrize("said, cap", [(0, 900), (333, 900), (333, 50), (5000, 900)])
def test_a_group_that_exists_already_begins_with_so_many_members(said, cap):
    state = town(900, group_members=float(said), cap=float(cap), literate_young=0.5, p_b=0.0, q=0.0)
    live(state, 1, joining, rules=[OnlineGroup(poster=0.0)])
    members = state.people["in_official"]
    assert members.sum() == min(said, state.people["literate"].sum())
    assert not (members & ~state.people["literate"]).any()
    rows = state.groups.rows[officials(state)]
    assert rows["members"].sum() == members.sum() and (rows["members"] <= cap).all()


def test_compounds_share_the_members_by_how_many_could_be_one():
    state = hamlet(1200, per_compound=400, literate_young=0.5, cap=2000.0, group_members=300.0)
    live(state, 1, joining, rules=[OnlineGroup(poster=0.0)])
    compound = state.homes.doors["compound"][state.people["household"]]
    able, members = (np.bincount(compound[state.people[c]], minlength=3) for c in ("literate", "in_official"))
    assert members.sum() == 300 and np.abs(members - 300 * able / able.sum()).max() <= 1.0


def test_whoever_is_in_already_would_have_agreed_before_those_left_outside():
    levers = {"theta_join": -0.5, "theta_t": 2.0}
    grown, told = town(**levers), town(group_members=400.0, **levers)
    live(grown, 90, joining, rules=[OnlineGroup(poster=10.0)])
    live(told, 1, joining, rules=[OnlineGroup(poster=0.0)])
    inside = told.people["in_official"]
    assert inside.sum() == 400 < grown.people["in_official"].sum()
    assert grown.people["in_official"][inside].all()
    live(told, 90, joining, rules=[OnlineGroup(poster=10.0)])
    assert (told.people["in_official"] == grown.people["in_official"]).all(), "both saturate with the same people"


def test_new_reasons_move_those_whom_asking_again_did_not():
    state = town(theta_join=-1.0, theta_t=4.0)
    state.people["trust"][:] = 0.3
    live(state, 60, joining, rules=[OnlineGroup(poster=10.0)])
    before = state.people["in_official"].copy()
    state.people["trust"][:] = 0.8
    live(state, 60, joining, rules=[OnlineGroup(poster=10.0)])
    assert state.people["in_official"][before].all()
    assert_share(state.people["in_official"].sum(), state.size, expit(-1.0 + 4.0 * 0.3))


def test_friends_inside_invite_and_persuade():
    """Half of the pairs have one inside: hazard q f with f = 1, and theta_s S with S = 1."""
    n, q, days = 3000, 0.5, 20
    state = town(n, q=q, theta_join=-1.0, theta_s=3.0)
    for i in range(0, n, 2):
        know(state, i, i + 1, 0.5)
    compounds = state.homes.doors["compound"][state.people["household"]]
    groups = [open_group(state.groups, OFFICIAL, c, -1, c * 1000) for c in range(state.homes.compounds)]
    for i in range(0, n, 4):
        enter(state.tables.groups, state.tables.people, i, groups[compounds[i]])
    live(state, days, joining, rules=[OnlineGroup(poster=0.0)])
    assert_share(state.people["in_official"][1::4].sum(), n / 4, (1.0 - np.exp(-q * days / MONTH)) * expit(2.0))
    assert not state.people["in_official"][2::4].any() and not state.people["in_official"][3::4].any()


def test_nobody_joins_twice_and_nobody_without_a_phone():
    state = town(900, theta_join=SURE, literate_young=0.6, literate_old=0.6)
    for _ in range(4):
        live(state, 20, joining, rules=[OnlineGroup(poster=10.0)])
        rows = state.groups.rows[: state.groups.count[0]]
        assert rows["members"].sum() == state.people["in_official"].sum()
        for g, members in enumerate(rows["members"]):
            assert len(np.unique(state.groups.member[g, :members])) == members
    assert (state.people["in_official"] == state.people["literate"]).all()


def test_the_last_seat_goes_by_lottery_and_not_by_row():
    """Forty people want ten seats on one day; over many worlds each has the same chance."""
    lucky = np.zeros(40)
    worlds = 400
    for world in range(worlds):
        state = hamlet(40, cap=10.0, theta_join=SURE, ties_most=8.0, world=world)
        live(state, 1, joining, rules=[OnlineGroup(poster=10.0)])
        lucky += state.people["in_official"]
    wanted = 1.0 - np.exp(-10.0 / MONTH)
    assert lucky.sum() / worlds <= 10.0
    share = lucky.sum() / worlds / 40
    error = 4.5 * np.sqrt(share * (1 - share) / worlds)
    assert (abs(lucky / worlds - share) < error).all()
    assert share == pytest.approx(min(10 / 40, wanted), rel=0.15)


def test_a_full_group_is_followed_by_a_second_one():
    state = hamlet(100, per_compound=100, cap=30.0, theta_join=SURE, ties_most=8.0)
    live(state, 90, joining, rules=[OnlineGroup(poster=10.0)])
    assert list(state.groups.rows["members"][: state.groups.count[0]]) == [30, 30, 30, 10]
    assert state.people["in_official"].all()


@pytest.mark.parametrize(
    "unheard, recent, h_ch", [(0.5, 0.0, 0.5), (1.0, 0.0, 1.0), (0.0, 200.0, 2.0), (0.4, 400.0, 1.0)]
)
def test_members_leave_for_silence_and_flood(unheard, recent, h_ch):
    n = 4000
    state = town(n, h_ch=h_ch, flood_from=100.0)
    group = open_group(state.groups, INTEREST, 0, 0, 5)
    for i in range(n):
        enter(state.tables.groups, state.tables.people, i, group)
    state.groups.seats.asked[:, 0], state.groups.seats.unheard[:, 0] = 10.0, 10.0 * unheard
    state.groups.rows["recent"][group] = recent
    live(state, 1, joining)
    flood = max(0.0, 1.0 - 100.0 / recent) if recent else 0.0
    assert_share(n - state.groups.rows["members"][group], n, 1.0 - np.exp(-h_ch / MONTH * (unheard + flood)))


def test_nobody_leaves_a_group_that_answers():
    state = town(500, h_ch=5.0)
    group = open_group(state.groups, INTEREST, 0, 0, 5)
    for i in range(500):
        enter(state.tables.groups, state.tables.people, i, group)
    live(state, 60, joining)
    assert state.groups.rows["members"][group] == 500


@pytest.mark.parametrize("eta, w, days", [(1e-3, 0.5, 10), (1e-2, 0.9, 3)])
def test_two_who_know_each_other_and_share_an_interest_found_a_group(eta, w, days):
    n = 6000
    state = town(n, eta_g=eta, q=0.0, **{f"likes_{t}": 0.0 for t in
                 ("family", "culture", "health", "pets", "sport", "handicraft", "photo")}, likes_chess=0.5)  # fmt: skip
    for i in range(0, n, 2):
        know(state, i, i + 1, w)
    likes = state.people["interests"] > 0
    both = likes[::2] & likes[1::2]
    live(state, days, joining)
    rows = state.groups.rows[: state.groups.count[0]]
    assert_share(len(rows), both.sum(), 1.0 - np.exp(-eta * w * days))
    assert (rows["kind"] == INTEREST).all() and (rows["members"] == 2).all()
    founders = np.flatnonzero(state.groups.seats.group[:, 0] >= 0)
    assert likes[founders].all() and both[founders // 2].all()


def test_children_and_strangers_found_nothing():
    state = town(2000, eta_g=0.01)
    live(state, 30, joining)
    assert state.groups.count[0] == 0
    place = hamlet(1500, 500, child_share=0.2, eta_g=0.01, half_life=1e9, theta_join=SURE)
    for i in range(0, 1498, 2):
        know(place, i, i + 1, 0.9)
    live(place, 60, joining, rules=[OnlineGroup(poster=10.0)])
    inside = np.unique(np.nonzero(place.groups.seats.group >= 0)[0])
    assert len(inside) > 500 and not (place.people["age"][inside] == CHILD).any()


def test_an_interest_group_grows_along_ties_of_those_who_share_it():
    n = 1000
    state = town(n, q=10.0, theta_join=SURE)
    for i in range(n - 1):
        know(state, i, i + 1, 0.4)
    state.people["interests"][:] = 1 << 3
    state.people["interests"][500] = 1 << 4  # breaks the chain
    group = open_group(state.groups, INTEREST, 0, 3, 9)
    enter(state.tables.groups, state.tables.people, 0, group)
    enter(state.tables.groups, state.tables.people, 1, group)
    size = []
    live(state, 60, joining, each=lambda s: size.append(int(s.groups.rows["members"][group])))
    inside = np.flatnonzero(state.groups.seats.group[:, 0] == group)
    assert (np.diff([2, *size]) <= 1).all() and size[-1] > 5  # one end grows, one tie at a time
    assert (inside == np.arange(size[-1])).all()


def test_asking_is_decided_by_one_threshold_per_person_and_group():
    """In the same world a stricter condition takes a subset of those whom a laxer one takes."""
    inside = []
    for theta in (logit(0.2), logit(0.5), logit(0.8)):
        state = live(town(1000, theta_join=theta), 200, joining, rules=[OnlineGroup(poster=10.0)])
        inside.append(state.people["in_official"].copy())
    assert (inside[1] >= inside[0]).all() and (inside[2] >= inside[1]).all()
    assert inside[0].sum() < inside[1].sum() < inside[2].sum()


# -- pressure, and what people do about it --------------------------------------------------------------------


@pytest.mark.parametrize("how", [{"forced": True}, {"pay": 20.0}])
def test_who_is_forced_or_paid_joins_anyway_and_trusts_less(how):
    state = town(1000, theta_join=-SURE, a_coerce=0.4)
    state.people["trust"][:] = 0.6
    live(state, 20, joining, rules=[OnlineGroup(poster=2.0, **how)])
    inside = state.people["in_official"]
    assert_share(inside.sum(), state.size, 1.0 - np.exp(-2.0 * 20 / MONTH))
    assert state.people["trust"][inside] == pytest.approx(0.36)
    assert (state.people["trust"][~inside] == 0.6).all()
    assert state.office.yuan[FOR_MEMBERS] == pytest.approx(how.get("pay", 0.0) * inside.sum())


def test_who_is_asked_kindly_loses_no_trust():
    state = town(1000, theta_join=0.0, a_coerce=0.4)
    before = state.people["trust"].copy()
    live(state, 30, joining, rules=[OnlineGroup(poster=5.0)])
    assert state.people["in_official"].any() and (state.people["trust"] == before).all()


def threes(trust=0.2, w=0.5, third=0.5, threes_of=300, **levers):
    """Threes of an official group who know each other by w, the last pair by ``third``."""
    n = 3 * threes_of
    state = town(n, **{"eta_private": 0.02, "t_star": 0.5, "lambda_nu": 8.0, **levers})
    state.people["trust"][:] = trust
    group = open_group(state.groups, OFFICIAL, 0, -1, 1)
    for i in range(n):
        enter(state.tables.groups, state.tables.people, i, group)
    for i in range(0, n, 3):
        know(state, i, i + 1, w)
        know(state, i, i + 2, w)
        if third:
            know(state, i + 1, i + 2, third)
    return state


def privates(state):
    rows = state.groups.rows[: state.groups.count[0]]
    return rows[rows["kind"] == PRIVATE]


def test_three_who_are_close_and_feel_freer_elsewhere_found_a_private_group():
    state = live(threes(), 30, joining)
    assert_share(len(privates(state)), 300, 1.0 - np.exp(-3 * 0.02 * 30))  # any of the three may begin
    assert (privates(state)["members"] == 3).all()
    homes = state.groups.seats.group[:, 1].reshape(300, 3)
    assert (homes == homes[:, :1]).all()  # together, and each in one only


@pytest.mark.parametrize(
    "case", [{"trust": 0.6}, {"w": 0.25}, {"third": 0.2}, {"third": 0.0}, {"eta_private": 0.0}, {"lambda_nu": 0.0}]
)
def test_who_trusts_or_is_not_close_pairwise_founds_none(case):
    assert len(privates(live(threes(**case), 60, joining))) == 0


def test_one_of_three_who_trusts_keeps_it_from_being_founded():
    state = threes()
    state.people["trust"][::3] = 0.9
    assert len(privates(live(state, 60, joining))) == 0


def test_three_find_each_other_though_each_has_a_closer_friend_outside():
    """In every six the first three are close pairwise, and each of them is closer still to one of the others."""
    state = town(600, eta_private=0.02, t_star=0.5, lambda_nu=8.0, q=0.0)
    state.people["trust"][:] = 0.2
    group = open_group(state.groups, OFFICIAL, 0, -1, 1)
    for i in range(600):
        enter(state.tables.groups, state.tables.people, i, group)
    for i in range(0, 600, 6):
        for a, b, w in ((0, 1, 0.4), (0, 2, 0.4), (1, 2, 0.4), (0, 3, 0.8), (1, 4, 0.8), (2, 5, 0.8)):
            know(state, i + a, i + b, w)
    live(state, 30, joining)
    assert_share(len(privates(state)), 100, 1.0 - np.exp(-3 * 0.02 * 30))
    assert set(np.flatnonzero(state.groups.seats.group[:, 1] >= 0) % 6) == {0, 1, 2}


def test_a_private_group_grows_along_ties_whatever_people_like():
    n = 200
    state = town(n, q=10.0, theta_join=SURE)
    for i in range(n - 1):
        know(state, i, i + 1, 0.4)
    state.people["interests"][:] = 0
    group = open_group(state.groups, PRIVATE, 0, -1, 9)
    enter(state.tables.groups, state.tables.people, 0, group)
    live(state, 60, joining)
    size = int(state.groups.rows["members"][group])
    assert size > 3 and (np.flatnonzero(state.groups.seats.group[:, 0] == group) == np.arange(size)).all()
