"""Supplying: books and reports that are seen, services that are brought, halls that people come to or not."""

import numpy as np
import pytest
from alone import SURE, assert_mean, assert_share, hamlet, know, live, logit
from scipy.special import expit

from commsim.clock import MONTH
from commsim.day.moving import moving
from commsim.day.supplying import supplying
from commsim.rules import Hall, OpenBooks, PropertyInGroup, ServiceSupply
from commsim.state.groups import OFFICIAL, enter, open_group
from commsim.state.people import CHILD, FAR_PAST
from commsim.state.settings import THEMES

CULTURE = THEMES.index("culture")


def half_in_the_group(state):
    group = open_group(state.groups, OFFICIAL, 0, -1, 1)
    for i in range(0, state.size, 2):
        assert enter(state.tables.groups, state.tables.people, i, group)


def experiences(trust, start, weight):
    """How many good experiences of this weight lead from ``start`` to ``trust``."""
    return np.log((1.0 - trust) / (1.0 - start)) / np.log(1.0 - weight)


def test_without_rules_nothing_is_supplied():
    state = hamlet(200, a_t=0.3, theta_gathering=SURE)
    before = state.people.copy()
    live(state, 60, supplying)
    assert state.people.tobytes() == before.tobytes() and not state.requests
    assert (state.services.compounds["opened"] == -1).all() and state.office.yuan.sum() == 0.0


# -- books and reports -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("online, paper", [(True, True), (True, False), (False, True), (False, False)])
def test_books_are_seen_by_hazard_once_a_month_and_raise_trust_a_little(online, paper):
    months, kappa, gain, group, board = 12, 0.5, 0.1, 0.4, 0.05
    state = hamlet(1000, a_t=gain, kappa_watch=kappa, r_group=group, r_board=board)
    half_in_the_group(state)
    state.people["trust"][:] = 0.3
    live(state, 30 * months, supplying, rules=[OpenBooks(online=online, paper=paper)])
    seen = experiences(state.people["trust"], 0.3, kappa * gain)
    assert np.allclose(seen, seen.round()) and seen.max() <= months
    hang = 1.0 - np.exp(-7.0 * board * paper)
    in_group = 1.0 - np.exp(-7.0 * board * paper - group * online)
    assert_share(seen[::2].sum(), 500 * months, in_group)
    assert_share(seen[1::2].sum(), 500 * months, hang)


def test_books_move_no_trust_where_watching_counts_for_nothing():
    state = hamlet(100, a_t=0.3, kappa_watch=0.0)
    before = state.people["trust"].copy()
    live(state, 90, supplying, rules=[OpenBooks()])
    assert (state.people["trust"] == before).all()


@pytest.mark.parametrize("shown", [True, False])
def test_live_reports_are_for_the_firm_and_for_members(shown):
    state = hamlet(1000, a_t=0.1, kappa_watch=0.2, r_group=0.7)
    half_in_the_group(state)
    state.people["trust_property"][:] = 0.3
    office = state.people["trust"].copy()
    live(state, 300, supplying, rules=[PropertyInGroup(live_reports=shown)])
    seen = experiences(state.people["trust_property"], 0.3, 0.02)
    assert_share(seen[::2].sum(), 500 * 10, (1.0 - np.exp(-0.7)) * shown)
    assert np.allclose(seen[1::2], 0.0) and (state.people["trust"] == office).all()


# -- services ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("a_month, kappa_z", [(100.0, 0.05), (400.0, 0.0)])
def test_services_are_welcome_and_make_people_lean_on_them(a_month, kappa_z):
    state = hamlet(600, households=200, child_share=0.2, a_t=0.02, kappa_z=kappa_z)
    state.people["trust"][:] = 0.3
    days = 180
    live(state, days, supplying, rules=[ServiceSupply(a_month=a_month, minutes=45.0)])
    made = len(state.requests)
    per_home = days * (1.0 - np.exp(-a_month / MONTH / 200))
    assert made == pytest.approx(200 * per_home, rel=4 / np.sqrt(made))
    assert {minutes for _, minutes in state.requests} == {45.0}
    assert state.services.compounds["brought"].sum() == made
    adults = state.people["age"] != CHILD
    got = experiences(state.people["trust"], 0.3, 0.02)
    assert np.allclose(got, got.round()) and (got[~adults] < 0.5).all()
    np.testing.assert_allclose(state.people["leaning"], 1.0 - (1.0 - kappa_z) ** np.where(adults, got, 0), atol=1e-12)
    homes = np.unique(state.people["household"][adults], return_index=True)[1]
    assert got[adults][homes].sum() == pytest.approx(made)


# -- halls -------------------------------------------------------------------------------------------------------


def village(n=2000, **levers):
    return hamlet(n, per_compound=n, **{"half_life": 1e9, **levers})


def visits(state, days, *rules):
    """Visitors of each day."""
    by_day = [0]
    live(state, days, supplying, rules=rules, each=lambda s: by_day.append(int(s.services.compounds["visits"].sum())))
    return np.diff(by_day)


@pytest.mark.parametrize("week, open_on", [(1, {5}), (2, {5, 6}), (3, {0, 5, 6}), (0, set()), (7, set(range(7)))])
def test_a_hall_opens_on_the_first_day_of_the_rule_and_then_on_its_days_of_the_week(week, open_on):
    state = village(50, theta_gathering=SURE)
    came = visits(state, 31, Hall(start=2, days_week=week, guests=0, yuan=80.0))
    assert set(np.flatnonzero(came)) == {2} | {day for day in range(3, 31) if day % 7 in open_on}
    hall = state.services.compounds
    assert hall["opened"][0] == 2 and hall["days"][0] == (came > 0).sum()
    assert hall["opening"][0] == came[2] and hall["visits"][0] == came.sum()
    assert state.office.yuan.sum() == 80.0 * hall["days"][0]
    assert hall["later"][0] == came[came > 0][7:].sum()


def test_a_hall_closes_when_the_rule_ends():
    came = visits(village(50, theta_gathering=SURE), 40, Hall(end=20))
    assert came[:20].sum() > 0 and came[20:].sum() == 0


@pytest.mark.parametrize("seen, like, match, gift", [(1.0, 0.0, 3.0, 0.0), (0.7, 0.5, 2.0, 0.0), (0.7, 0.5, 2.0, 1.5)])
def test_people_come_by_the_logit_of_taking_part_and_a_gift_draws_on_the_first_day_only(seen, like, match, gift):
    theta = logit(0.2)
    state = village(4000, theta_gathering=theta, seen_announcement=seen, likes_culture=like, theta_m=match,
                    theta_g=gift, chi=0.0)  # fmt: skip
    came = visits(state, 10 * 7, Hall(theme="culture", guests=0, opening_gift=gift > 0))
    likes = ((state.people["interests"] >> CULTURE) & 1).mean()

    def p(extra):
        return seen * (likes * expit(theta + match + extra) + (1 - likes) * expit(theta + extra))

    assert_share(came[0], 4000, p(gift))
    assert_share(came[1:].sum(), 4000 * 10, p(0.0))


def test_everybody_who_was_asked_in_person_has_heard_of_the_opening():
    state = village(1000, theta_gathering=SURE, seen_announcement=0.0)
    came = visits(state, 14, Hall(guests=30))
    assert came[0] == 30 and came[1:].sum() == 0
    assert visits(village(20, theta_gathering=SURE, seen_announcement=0.0), 1, Hall(guests=500))[0] == 20


def test_a_gift_crowds_out_and_who_came_for_it_stays_for_less_time():
    levers = dict(theta_gathering=logit(0.05), theta_g=3.0, chi=0.9, alpha=0.1, g_table=1000)
    gifted, plain = (village(400, **levers) for _ in range(2))
    visits(gifted, 1, Hall(guests=0)), visits(plain, 1, Hall(guests=0, opening_gift=False))
    came = gifted.people["last_hall"] == 0
    assert (gifted.people["crowding"] == np.where(came, 0.9, 0.0)).all()
    assert (plain.people["crowding"] == 0.0).all() and came.sum() > 3 * (plain.people["last_hall"] == 0).sum()
    ties = [s.ties.slots["u"][s.ties.everybody()[1]] for s in (gifted, plain)]
    assert ties[1] == pytest.approx(1 - 0.9**2) and ties[0].mean() < 0.7 * ties[1].mean()


def test_visitors_meet_those_at_their_table():
    state = village(60, theta_gathering=SURE, alpha=0.1, g_table=5)
    visits(state, 1, Hall(guests=0, opening_gift=False))
    assert (state.ties.rows["degree"] == 4).all()


@pytest.mark.parametrize("theta_s", [0.0, 4.0])
def test_friends_who_came_last_time_draw_others_in(theta_s):
    n = 4000
    state = village(n, theta_gathering=logit(0.1), theta_s=theta_s, alpha=0.0)
    for i in range(0, n, 2):
        know(state, i, i + 1, 0.5)
    live(state, 5, supplying, rules=[Hall(guests=0, opening_gift=False, start=0, days_week=0)])
    came = state.people["last_hall"] == 0
    live(state, 1, supplying, rules=[Hall(guests=0, opening_gift=False, start=0)])
    now, friend = state.people["last_hall"] == 5, came.reshape(-1, 2)[:, ::-1].ravel()
    assert_share(now[friend].sum(), friend.sum(), expit(logit(0.1) + theta_s))
    assert_share(now[~friend].sum(), (~friend).sum(), 0.1)
    # only the last time counts, and only people: newcomers in a seat have never come
    state.base = state.base.__class__(state.base.x._replace(stay_owner=1e-9, stay_long=1e-9, stay_short=1e-9))
    live(state, 1, moving)
    assert (state.people["last_hall"] == FAR_PAST).all()


def chosen(theme, compounds=400, known=None):
    """Themes of the halls of so many compounds of five people each, of which some are known to the office."""
    state = hamlet(5 * compounds, per_compound=5, ties_most=8.0)
    state.people["interests"][:] = 1 << CULTURE
    if known:
        known(state)
    live(state, 1, supplying, rules=[Hall(theme=theme)])
    return state.services.compounds["theme"]


def test_a_theme_from_above_is_drawn_without_regard_to_what_people_like():
    counts = np.bincount(chosen("top_down"), minlength=8)
    for k in range(8):
        assert_share(counts[k], 400, 1 / 8)
    everybody_known = chosen("top_down", known=lambda s: s.people["took_part"].fill(1))
    assert (np.bincount(everybody_known, minlength=8) == counts).all()


def test_who_asks_serves_what_people_like_as_far_as_it_is_known():
    assert (chosen("pets") == THEMES.index("pets")).all()
    assert (chosen("asked", known=lambda s: s.people["took_part"].fill(1)) == CULTURE).all()
    # who knows nobody knows nothing
    assert (chosen("asked") == chosen("top_down")).all()
    half = chosen("asked", known=lambda s: s.people["took_part"][:1000].fill(1))
    assert (half[:200] == CULTURE).all() and (half[200:] == chosen("top_down")[200:]).all()


def test_each_day_has_a_draw_of_its_own():
    state = village(3000, theta_gathering=logit(0.3))
    live(state, 6, supplying, rules=[Hall(guests=0, opening_gift=False)])
    second = state.people["last_hall"] == 5
    first = visits(village(3000, theta_gathering=logit(0.3)), 1, Hall(guests=0, opening_gift=False))[0]
    stayed_away = (state.people["last_hall"] == 0).sum()  # came first, and not again
    assert_share(first - stayed_away, first, 0.3)
    assert_share(second.sum(), 3000, 0.3)
    assert_mean(second[:1500].astype(float), 0.3)
