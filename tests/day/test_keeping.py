"""Keeping: upkeep as a public good, disorder and its resting point, clutter, photos, and what face does."""

import math

import numpy as np
import pytest
from alone import assert_mean, assert_share, change, hamlet, know, level_on, live
from scipy.optimize import brentq

from commsim.day.face import face, yields
from commsim.day.keeping import keeping
from commsim.day.moving import moving
from commsim.rules import Envoys, Exposure, Persuasion
from commsim.special import public_good
from commsim.state.people import CHILD, CONDITIONAL, FREE_RIDER, UNCONDITIONAL
from commsim.state.stairs import empty_stairs, take_away, with_room
from commsim.state.ties import strength

SURELY = 50.0  # a day: today for certain
FOREVER = dict(half_life=1e9, in_view=1.0, disapprove=1.0)


def put_out(state, *households, day=0):
    """These households' clutter stands there from ``day``."""
    state.stairs.homes["since"][list(households)] = day
    state.stairs.tally["standing"] += len(households)


def join(state, *rows):
    state.people["in_official"][list(rows) if rows else slice(None)] = True


# -- upkeep ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rho, omega, start", [(0.8, 0.5, 0.5), (0.6, 0.2, 1.0), (1.0, 0.5, 0.3), (0.9, 1.0, 0.7)])
def test_conditional_cooperators_follow_c18_exactly(rho, omega, start):
    state, given = hamlet(40, doors=8, upkeep=1.0, rho_match=rho, omega=omega, give_start=start), []
    for _ in range(10):
        live(state, 7, keeping)
        given.append(state.people["gave"].mean())
    assert given == pytest.approx(rho * start * (1 - omega * (1 - rho)) ** np.arange(10), rel=1e-12)


@pytest.mark.parametrize("world", [1, 2, 3])
def test_with_the_types_found_in_china_giving_falls_as_far_as_in_the_laboratory(world):
    """No sanctions: 55-75 % of the first round in the ninth (61 % in Chengdu)."""
    given = public_good(conditional=0.55, unconditional=0.30, free=0.15, rounds=9, groups=500, world=world)
    assert (np.diff(given) < 0).all() and 0.55 < given[-1] / given[0] < 0.75


def test_types_give_what_they_are_and_see_only_the_others_of_their_stairwell():
    state = hamlet(8, doors=4, upkeep=1.0, rho_match=0.8, omega=0.5, give_start=0.5)
    state.people["cooperation"][:] = [CONDITIONAL, UNCONDITIONAL, FREE_RIDER, UNCONDITIONAL] + [CONDITIONAL] * 4
    live(state, 7, keeping)
    assert state.people["gave"].tolist() == pytest.approx([0.4, 0.5, 0.0, 0.5] + [0.4] * 4)
    others = np.array([1.0, 0.9, 1.4, 0.9]) / 3
    assert state.people["belief"][:4] == pytest.approx(0.25 + 0.5 * others)
    assert state.people["belief"][4:] == pytest.approx(0.45)


def test_a_round_is_on_sunday_and_needs_two_adults():
    state = hamlet(3, doors=2, upkeep=1.0)  # the third lives alone in a stairwell
    live(state, 6, keeping)
    assert not state.people["gave"].any()
    live(state, 1, keeping)
    assert state.people["gave"].tolist() == pytest.approx([0.4, 0.4, 0.0])
    assert state.stairs.wells["disorder"][1] == state.base.x.disorder_start


def test_children_give_nothing_and_do_not_count():
    state = hamlet(90, households=30, doors=30, upkeep=1.0, child_share=0.3)
    child = state.people["age"] == CHILD
    assert child.sum() > 10
    live(state, 7, keeping)
    assert state.people["gave"][child].max() == 0.0 and state.people["gave"][~child] == pytest.approx(0.4)
    assert state.people["belief"][~child] == pytest.approx(0.45)


def test_newcomers_believe_what_everybody_believed_at_first():
    state = hamlet(60, doors=12, upkeep=1.0, renter_share=1.0, short_share=1.0, stay_short=40.0)
    live(state, 70, keeping)
    before = state.people["belief"].copy()
    live(state, 2, moving)
    came = state.people["tenancy"] > 0
    assert came.any() and not came.all()
    assert state.people["belief"][came] == pytest.approx(0.5) and (state.people["belief"][~came] == before[~came]).all()


# -- disorder ------------------------------------------------------------------------------------------------------


def resting(x, given):
    """The D at which littering and cleaning balance: a (p_0 + (p_1 - p_0) D)(1 - D) = b c D."""
    def gap(d):
        return x.litter_weight * (x.p_0 + (x.p_1 - x.p_0) * d) * (1 - d) - x.clean_weight * given * d

    return brentq(gap, 0.0, 1.0)


@pytest.mark.parametrize("start", [0.0, 0.3, 1.0])
@pytest.mark.parametrize("litter, clean, give", [(0.1, 0.2, 0.5), (0.3, 0.9, 0.2), (0.5, 0.5, 1.0), (1.0, 1.0, 0.05)])
def test_disorder_comes_to_rest_where_littering_and_cleaning_balance(start, litter, clean, give):
    state = hamlet(40, doors=8, upkeep=1.0, conditional_share=0.0, unconditional_share=1.0, give_start=give,
                   litter_weight=litter, clean_weight=clean, disorder_start=start)  # fmt: skip
    seen = []
    live(state, 7 * 400, keeping, each=lambda now: seen.append(now.stairs.wells["disorder"].copy()))
    assert np.min(seen) >= 0.0 and np.max(seen) <= 1.0
    assert state.stairs.wells["disorder"] == pytest.approx(resting(state.base.x, give), abs=1e-6)


def test_one_week_of_disorder_by_hand_and_where_nobody_cleans_it_fills_up():
    state = hamlet(8, doors=8, upkeep=1.0, disorder_start=0.3)
    live(state, 7, keeping)
    after = 0.3 + 0.1 * (0.33 + 0.36 * 0.3) * 0.7 - 0.2 * 0.4 * 0.3
    assert state.stairs.wells["disorder"] == pytest.approx(after)
    state = hamlet(8, doors=8, upkeep=1.0, conditional_share=0.0)
    live(state, 7 * 300, keeping)
    assert state.stairs.wells["disorder"] == pytest.approx(1.0, abs=1e-4)


def test_clutter_is_disorder_that_people_see():
    state = hamlet(8, doors=8, upkeep=1.0, disorder_start=0.3)
    put_out(state, 0, 1)
    live(state, 7, keeping)
    seen = 0.3 + 0.7 * 0.25
    after = 0.3 + 0.1 * (0.33 + 0.36 * seen) * 0.7 - 0.2 * 0.4 * 0.3
    assert state.stairs.wells["disorder"] == pytest.approx(after)


# -- clutter ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rate, disorder", [(5e-3, 0.0), (5e-3, 1.0), (0.02, 0.5)])
def test_households_put_clutter_out_with_the_hazard_of_their_stairwell(rate, disorder):
    """p_0 = p_1 so that clutter does not breed clutter; one chance a week of 1 - e^(-7 rate P)."""
    p = 0.33 + 0.36 * disorder
    state = live(hamlet(5000, doors=20, clutter_rate=rate, p_0=p, p_1=p), 7 * 6, keeping)
    assert_share((state.stairs.homes["since"] >= 0).sum(), 5000, 1 - math.exp(-7 * 6 * rate * p))
    assert state.stairs.tally["standing"] == (state.stairs.homes["since"] >= 0).sum()


def test_disorder_breeds_clutter():
    tidy, untidy = (live(hamlet(4000, doors=20, clutter_rate=0.01, disorder_start=d), 7, keeping) for d in (0.0, 1.0))
    for state, p in ((tidy, 0.33), (untidy, 0.69)):
        assert_share((state.stairs.homes["since"] >= 0).sum(), 4000, 1 - math.exp(-0.07 * p))


def test_clutter_stays_until_somebody_says_something_and_goes_with_those_who_move():
    state = hamlet(200, doors=20, clutter_rate=0.05)
    live(state, 21, keeping)
    before = state.stairs.homes["since"].copy()
    still = before >= 0
    live(change(state, clutter_rate=0.0), 100, keeping)
    assert still.any() and (state.stairs.homes["since"] == before).all()
    state.people["since"][:100] = state.day  # half of all homes get new tenants
    live(change(state, upkeep=1.0), 7, keeping)
    assert (state.stairs.homes["since"][:100] == -1).all() and (state.stairs.homes["since"][100:] == before[100:]).all()
    assert state.stairs.tally["episodes"] == 0  # nothing of it was ever shown


def test_with_everything_off_nothing_happens():
    state = live(hamlet(50, doors=10), 60, keeping)
    fresh = hamlet(50, doors=10)
    assert state.people.tobytes() == fresh.people.tobytes() and not state.requests
    for part, rows in state.stairs._asdict().items():
        assert (rows == getattr(fresh.stairs, part)).all(), part


# -- shown in the group -----------------------------------------------------------------------------------------------


def shown_once(state, scope="compound", days=1):
    """Household 0's clutter is shown on one day for certain."""
    day = state.day
    put_out(state, 0, day=day)
    return live(state, days, keeping, rules=[Exposure(scope=scope, hazard=SURELY, start=day, end=day + 1)])


def test_a_photo_reaches_nobody_where_there_is_no_group():
    state = hamlet(20, per_compound=20, **FOREVER)
    know(state, 0, 1, 0.9)
    shown_once(state, days=50)
    assert state.stairs.homes["posted"][0] == -1 and state.stairs.homes["since"][0] == 0
    assert state.stairs.tally["outed"] == 0


def test_the_face_at_stake_is_that_of_those_who_saw_it():
    state = hamlet(5, per_compound=5, beta=0.0, **FOREVER)
    join(state)
    for i, w in ((1, 0.5), (2, 0.2), (3, 0.04)):
        know(state, 0, i, w)
    shown_once(state)
    assert state.stairs.homes["face"][0] == pytest.approx(0.7 * math.log(5) * 0.74)
    assert state.stairs.tally["outed"] == 1 and state.stairs.homes["posted"][0] == 0


def test_an_elder_outside_the_group_is_reached_through_the_household_and_not_otherwise():
    """Two homes of two: row 0 is outside the group; only if row 1, her kin, is a member does word reach them."""
    def at_stake(kin_inside):
        state = hamlet(4, 2, per_compound=2, **FOREVER)
        join(state, 2, 3)
        state.people["in_official"][1] = kin_inside
        know(state, 0, 2, 0.8)
        shown_once(state)
        assert state.stairs.tally["outed"] == 1
        return state.stairs.homes["face"][0]

    assert at_stake(False) == 0.0
    assert at_stake(True) == pytest.approx(0.7 * math.log(3) * 0.8)


@pytest.mark.parametrize("scope, strengths", [("compound", [0.1, 0.2, 0.4]), ("courtyard", [0.1, 0.2]),
                                              ("stairwell", [0.1])])  # fmt: skip
def test_how_far_a_photo_is_shown_decides_who_is_in_the_audience(scope, strengths):
    """Stairwells of 4, two a building, six buildings a courtyard: rows 1, 20 and 100 know household 0."""
    state = hamlet(144, doors=4, **FOREVER)
    join(state, 0, 1, 20, 100)
    assert state.homes.compounds == 1 and (state.homes.doors["courtyard"][[20, 100]] == [0, 2]).all()
    for i, w in ((1, 0.1), (20, 0.2), (100, 0.4)):
        know(state, 0, i, w)
    shown_once(state, scope)
    audience = sum(strengths)
    assert state.stairs.homes["face"][0] == pytest.approx(0.7 * math.log(1 + len(strengths)) * audience)


def check_geometric(w, h_0, p):
    """Pairs who know each other by w: one shows the other's clutter, which stands for days of chance 1 - p each."""
    n, days = 2000, 300
    state = hamlet(2 * n, doors=2, beta=0.0, h_0=h_0, ties_most=8.0, **FOREVER)
    join(state)
    for h in range(0, 2 * n, 2):
        know(state, h, h + 1, w)
    put_out(state, *range(0, 2 * n, 2))
    live(state, days, keeping, rules=[Exposure(scope="stairwell", hazard=SURELY, end=1)])
    shown = state.stairs.shown[: state.stairs.tally["episodes"][0]]
    stood = shown["ended"] - shown["posted"]
    assert shown["cleared"].all() and stood.min() >= 1
    for day in (1, 3, 10, 30, days - 1):
        assert_share((stood <= day).sum(), n, 1 - (1 - p) ** day)
    if (1 - p) ** days < 1e-4:
        assert_mean(stood, 1 / p)


@pytest.mark.parametrize("w, h_0", [(0.9, 0.05), (0.6, 0.2), (1.0, 0.02)])
def test_the_time_until_it_is_cleared_is_geometric_with_the_hazard_of_face(w, h_0):
    check_geometric(w, h_0, yields(h_0, face(0.7, 1.0, w)))


@pytest.mark.parametrize("w, h_0", [(0.7, 0.2), (0.6, 0.22)])
def test_the_check_above_notices_other_ties_and_another_base_hazard(w, h_0):
    with pytest.raises(AssertionError):
        check_geometric(w, h_0, yields(0.2, face(0.7, 1.0, 0.6)))


@pytest.mark.parametrize("beta", [0.1, 0.3])
def test_whoever_shows_it_pays_with_the_tie(beta):
    state = hamlet(6, 2, per_compound=2, beta=beta, h_0=0.0, **FOREVER)
    join(state, 0, 3)
    for j, w in ((0, 0.8), (1, 0.4)):
        know(state, 3, j, w)
    know(state, 4, 0, 0.5)
    shown_once(state)
    level = level_on(0, 1e9)
    after = [strength(state.tables.ties, 3, j, level) for j in (0, 1)]
    assert after == pytest.approx([0.8 * (1 - beta), 0.4 * (1 - beta)])
    assert strength(state.tables.ties, 4, 0, level) == pytest.approx(0.5)


def test_photos_come_with_their_hazard_and_a_household_is_counted_once():
    n, rate = 2000, 0.03
    state = hamlet(2 * n, doors=2, h_0=0.0, ties_most=8.0, **FOREVER)
    join(state)
    put_out(state, *range(0, 2 * n, 2))
    live(state, 20, keeping, rules=[Exposure(hazard=rate, scope="stairwell")])
    assert_share((state.stairs.homes["posted"] >= 0).sum(), n, 1 - math.exp(-20 * rate))
    assert state.stairs.tally["outed"] == (state.stairs.homes["posted"] >= 0).sum()
    days = state.stairs.homes["posted"][state.stairs.homes["posted"] >= 0]
    assert days.min() == 0 and days.max() == 19


def test_clutter_that_movers_take_along_ends_uncleared_and_newcomers_bear_no_face():
    state = hamlet(4, per_compound=4, h_0=0.0, **FOREVER)
    join(state)
    know(state, 0, 1, 0.9)
    shown_once(state, days=5)
    state.people["since"][0], state.people["tenancy"][0] = 5, 1
    live(state, 1, keeping)
    (one,) = state.stairs.shown[: state.stairs.tally["episodes"][0]]
    assert (one["posted"], one["ended"], one["cleared"]) == (0, 5, False)
    home = state.stairs.homes[0]
    assert (home["since"], home["posted"], home["face"]) == (-1, -1, 0.0) and not state.stairs.tally["pressed"]
    shown_once(state)
    assert state.stairs.tally["outed"] == 2  # another household


def test_room_for_episodes_grows_and_nothing_is_lost():
    stairs = empty_stairs(1, 200)
    for h in range(200):
        stairs.homes["posted"][h] = h
        stairs = with_room(stairs, 1)
        take_away(stairs, h, h + 3, h % 2 == 0)
    assert stairs.tally["episodes"] == 200 and len(stairs.shown) >= 200
    assert (stairs.shown["ended"][:200] - stairs.shown["posted"][:200] == 3).all()
    assert stairs.shown["cleared"][:200].tolist() == [True, False] * 100


# -- asked, visited, reminded ---------------------------------------------------------------------------------------


def test_the_closest_neighbour_asks_once_a_week_and_her_voice_is_the_only_one():
    state = hamlet(4, per_compound=4, h_0=0.0, half_life=1e9)
    put_out(state, 0)
    for i, w in ((1, 0.2), (2, 0.6), (3, 0.4)):
        know(state, 0, i, w)
    live(state, 7, keeping, rules=[Persuasion(officials=False)])
    assert state.stairs.homes["face"][0] == 0.0
    live(state, 1, keeping, rules=[Persuasion(officials=False)])
    assert state.stairs.homes["face"][0] == pytest.approx(face(0.7, 1.0, 0.6)) == pytest.approx(0.7 * math.log(2) * 0.6)
    assert not state.requests and state.stairs.tally["outed"] == 0
    assert strength(state.tables.ties, 0, 2, level_on(8, 1e9)) == pytest.approx(0.6)  # nobody was named in public


@pytest.mark.parametrize("days, weeks", [(7, 0), (8, 1), (30, 4)])
def test_officials_come_every_week_at_a_cost_and_have_no_face_to_offer(days, weeks):
    state = hamlet(4, per_compound=4, half_life=1e9, h_0=1.0, minutes_visit=40.0)
    know(state, 0, 1, 1.0)
    put_out(state, 0)
    live(state, days, keeping, rules=[Persuasion(neighbours=False)])
    assert state.stairs.homes["since"][0] == 0 and state.stairs.homes["face"][0] == 0.0
    assert len(state.requests) == weeks and {minutes for _, minutes in state.requests} <= {40.0}


def family_house(children=True, **levers):
    """Two homes of three in one stairwell; the second, whose first seat is in the group, has a child or not."""
    state = hamlet(6, 2, per_compound=2, h_0=0.0, **{**FOREVER, **levers})
    state.people["age"][5] = CHILD if children else state.people["age"][5]
    state.people["in_official"][:] = [True, False, False, True, True, False]
    put_out(state, 0)
    return state


def test_envoys_are_families_with_children_and_they_meet_whom_they_remind():
    alpha = 0.05
    state = live(family_house(alpha=alpha), 1, keeping, rules=[Envoys(families=1.0, hazard=SURELY)])
    level = level_on(0, 1e9)
    assert state.stairs.homes["posted"][0] == 0
    assert strength(state.tables.ties, 3, 0, level) == pytest.approx(alpha)
    state = live(family_house(children=False), 30, keeping, rules=[Envoys(families=1.0, hazard=SURELY)])
    assert state.stairs.homes["posted"][0] == -1


def test_a_share_of_families_are_envoys_and_stay_so():
    share, n = 0.3, 800
    state = hamlet(6 * n, 2 * n, doors=2, h_0=0.0, ties_most=8.0, half_life=1e9)
    first = state.homes.doors["first"]
    size = state.homes.doors["seats"]
    for h in range(1, 2 * n, 2):
        state.people["age"][first[h] + size[h] - 1] = CHILD
        state.people["in_official"][first[h]] = size[h] > 1
    put_out(state, *range(0, 2 * n, 2))
    families = int((size[1::2] > 1).sum())
    live(state, 3, keeping, rules=[Envoys(families=share, hazard=SURELY)])
    found = (state.stairs.homes["posted"][::2] >= 0)
    # two stairwells make a building: an envoy shows both of its cluttered homes
    pairs = found.reshape(-1, 2)
    assert (pairs[:, 0] == pairs[:, 1]).all()
    several = (size[1::2] > 1).reshape(-1, 2).sum(axis=1)
    expected = (1 - (1 - share) ** several).mean()
    assert_share(pairs[:, 0].sum(), n // 2, expected)
    assert families > n / 2
    again = live(state, 30, keeping, rules=[Envoys(families=share, hazard=SURELY)])
    assert ((again.stairs.homes["posted"][::2] >= 0) == found).all()


def test_photos_are_judged_by_the_ties_of_the_morning():
    """Poster 2 shows both households 0 and 1 on one day: neither counts what the other photo costs."""
    state = hamlet(3, per_compound=3, beta=0.5, h_0=0.0, **FOREVER)
    know(state, 2, 0, 0.8)
    know(state, 2, 1, 0.6)
    join(state)
    put_out(state, 0, 1)
    state.people["in_official"][:] = [True, True, True]
    live(state, 1, keeping, rules=[Exposure(hazard=SURELY)])
    # the two who put clutter out may be each other's poster; whoever it was, the audience is the third's tie
    assert state.stairs.homes["face"][:2] == pytest.approx([0.7 * math.log(3) * 0.8, 0.7 * math.log(3) * 0.6])
