"""Gatherings: the week of sign-up, the Saturday, seats and tables, what guests take home."""

import numpy as np
import pytest
from alone import SURE, assert_mean, assert_share, change, hamlet, know, live, logit
from scipy.special import expit

from commsim.day.gathering import gathering
from commsim.day.moving import moving
from commsim.rules import Gatherings, Icebreaker, NeedsSurvey
from commsim.state.people import CHILD, CONDITIONAL
from commsim.state.ties import level_on


def party(**arguments):
    return Gatherings(**{"every": 28, "themes": ("culture",), "threshold": 0, "sign_up_days": 7, "together": 0.0,
                         "seats": 100_000, **arguments})  # fmt: skip


def tie_strengths(state):
    return state.ties.slots["u"][state.ties.everybody()[1]] / level_on(state.day - 1, state.base.x.half_life)


def test_it_is_held_on_the_saturday_after_the_sign_up_days():
    for sign_up_days in (1, 5, 6, 7, 12, 13):
        state = hamlet(50, theta_gathering=SURE)
        live(state, 28, gathering, rules=[party(sign_up_days=sign_up_days)])
        (held,) = state.gatherings.past
        assert held["day"] % 7 == 5 and sign_up_days <= held["day"] < sign_up_days + 7


def test_too_few_sign_ups_and_the_next_theme_is_tried_the_same_day():
    state = hamlet(50, theta_gathering=-SURE)
    live(state, 25, gathering, rules=[party(threshold=10, themes=("pets", "chess", "sport"), every=100)])
    assert [(g["theme"], g["day"], g["held"]) for g in state.gatherings.past] == [
        ("pets", 7, False), ("chess", 14, False), ("sport", 21, False),
    ]  # fmt: skip
    assert not state.gatherings.open and state.office.yuan.sum() == 0 and not state.requests


@pytest.mark.parametrize("operator, held", [(">", False), (">=", True)])
def test_exactly_the_threshold(operator, held):
    state = hamlet(40, theta_gathering=SURE)
    live(state, 14, gathering, rules=[party(threshold=40, operator=operator)])
    assert state.gatherings.past[0]["held"] == held


def test_a_person_asked_again_about_the_same_gathering_does_not_draw_again():
    state = hamlet(2000, theta_gathering=logit(0.3))
    one_day = live(state.copy(), 14, gathering, rules=[party(sign_up_days=1)])
    ninety = live(state, 97, gathering, rules=[party(sign_up_days=90, every=365)])
    assert one_day.gatherings.past[0]["signed"] == ninety.gatherings.past[0]["signed"]


def test_friends_who_signed_draw_others_in_day_by_day():
    n = 2000
    state = hamlet(n, per_compound=n, theta_gathering=logit(0.05), theta_s=4.0, half_life=1e9)
    for i in range(n - 1):
        know(state, i, i + 1, 0.5)
    signed = []

    def count(state):
        if state.gatherings.open:
            signed.append(int(state.gatherings.open[0].signed.sum()))

    live(state, 7, gathering, rules=[party(every=100)], each=count)
    assert_share(signed[0], n, 0.05)
    assert (np.diff(signed) >= 0).all() and signed[0] < signed[1] < signed[2]
    # the day after, of the neighbours of one guest a share joins: those between .05 and logistic(.. + 2)
    step = (expit(logit(0.05) + 2.0) - 0.05) / 0.95
    assert signed[1] - signed[0] == pytest.approx(2 * 0.05 * 0.95 * 0.95 * step * n, rel=0.3)


def test_the_seats_go_by_lottery_and_not_by_row():
    state = hamlet(60, per_compound=60, theta_gathering=SURE)
    live(state, 7 * 200, gathering, rules=[party(every=7, sign_up_days=5, seats=15)])
    assert all(g["guests"] == 15 and g["signed"] == 60 for g in state.gatherings.past)
    came = state.people["took_part"] / 200
    assert (abs(came - 0.25) < 4.5 * np.sqrt(0.25 * 0.75 / 200)).all()


@pytest.mark.parametrize("half_hours, alpha", [(2.0, 0.05), (3.5, 0.1), (0.5, 0.2), (0.0, 0.05)])
def test_people_meet_those_of_their_table_only(half_hours, alpha):
    n, table = 42, 7
    state = hamlet(n, per_compound=n, theta_gathering=SURE, alpha=alpha, half_life=1e9, g_table=float(table))
    live(state, 14, gathering, rules=[party(together=half_hours)])
    whole = int(half_hours)
    w = 1.0 - (1.0 - alpha) ** whole * (1.0 - alpha * (half_hours - whole))
    if half_hours == 0.0:
        assert state.ties.rows["degree"].sum() == 0
        return
    assert (state.ties.rows["degree"] == table - 1).all()
    np.testing.assert_allclose(tie_strengths(state), w, rtol=1e-6)


def test_an_icebreaker_mixes_the_tables_and_without_it_neighbours_sit_together():
    n = 700
    apart = {}
    for name, more in (("usual", []), ("icebreaker", [Icebreaker()])):
        state = hamlet(n, per_compound=n, theta_gathering=SURE)
        live(state, 14, gathering, rules=[party(together=1.0), *more])
        i, where = state.ties.everybody()
        apart[name] = abs(i - state.ties.slots["neighbour"][where]).mean()
    assert apart["usual"] < 7
    assert apart["icebreaker"] == pytest.approx(n / 3, rel=0.1)  # two random places on a line


def test_an_icebreaker_makes_names_known_but_adds_nothing_to_friends():
    state = hamlet(7, theta_gathering=SURE, half_life=1e9)
    know(state, 0, 1, 0.6)
    live(state, 14, gathering, rules=[party(), Icebreaker(table=7, strength=0.08)])
    assert (state.ties.rows["degree"] == 6).all()
    w = np.sort(tie_strengths(state))
    np.testing.assert_allclose(w, [0.08] * 40 + [0.6] * 2, rtol=1e-6)


def test_kin_at_one_table_make_no_tie():
    state = hamlet(30, 8, theta_gathering=SURE, g_table=30.0)
    live(state, 14, gathering, rules=[party(together=1.0)])
    household = state.people["household"]
    for i in range(30):
        others = state.ties.slots["neighbour"][state.ties.of(i)]
        assert (household[others] != household[i]).all()
        assert len(others) == (household != household[i]).sum()


def test_children_come_along_to_family_gatherings_only():
    for theme, come in (("family", True), ("chess", False)):
        state = hamlet(600, 200, child_share=0.2, theta_gathering=SURE)
        live(state, 14, gathering, rules=[party(themes=(theme,))])
        children = state.people["age"] == CHILD
        assert children.sum() > 50
        assert (state.people["took_part"][children] == come).all()
        assert (state.people["took_part"][~children] == 1).all()
        assert state.ties.rows["degree"][children].sum() == 0


@pytest.mark.parametrize("theta", [-5.0, -1.0])
def test_some_guests_become_volunteers(theta):
    n = 8000
    state = hamlet(n, per_compound=n, theta_gathering=SURE, theta_volunteer=theta, theta_c=0.5, ties_most=8.0,
                   g_table=2.0)  # fmt: skip
    live(state, 14, gathering, rules=[party()])
    assert_share(state.people["volunteer"].sum(), n, expit(theta - 0.5))


@pytest.mark.parametrize("theta_s", [0.0, 3.0])
def test_friends_who_volunteer_draw_guests_into_volunteering(theta_s):
    """Of two friends one volunteers before; S is 1 for the other and 0 for those whose friend does not."""
    n = 8000
    state = hamlet(n, per_compound=n, theta_gathering=SURE, theta_volunteer=-2.0, theta_c=0.0, theta_s=theta_s,
                   ties_most=8.0, g_table=2.0, half_life=1e9, alpha=0.0)  # fmt: skip
    state.people["cooperation"][:] = CONDITIONAL
    for i in range(0, n, 2):
        know(state, i, i + 1, 0.5)
    state.people["volunteer"][: n // 2 : 2] = True
    live(state, 14, gathering, rules=[party()])
    now = state.people["volunteer"]
    assert_share(now[1 : n // 2 : 2].sum(), n // 4, expit(-2.0 + theta_s))
    assert_share(now[n // 2 :].sum(), n // 2, expit(-2.0))


def test_newcomers_do_not_inherit_a_place_on_the_list():
    """All sign up, all move out before the day, and the newcomers do not care to come."""
    state = hamlet(80, theta_gathering=SURE, renter_share=1.0, short_share=1.0, stay_short=1e9)
    live(state, 3, moving, gathering, rules=[party(sign_up_days=3)])
    assert state.gatherings.open[0].signed.all()
    live(change(state, stay_short=1e-9, theta_gathering=-SURE), 1, moving, gathering)
    assert (state.people["tenancy"] == 1).all()
    live(change(state, stay_short=1e9), 10, moving, gathering)
    assert state.people["took_part"].sum() == 0 and state.gatherings.past[0]["guests"] == 0


def test_what_people_have_signed_up_for_stays_what_it_is():
    """The office begins to ask in the middle of a week of sign-ups: that gathering keeps its theme."""
    state = hamlet(50, theta_gathering=SURE, likes_sport=0.9)
    state.people["took_part"][:] = 1
    live(state, 28, gathering, rules=[party(themes=("chess", "sport"), every=14), NeedsSurvey(start=3)])
    assert [g["theme"] for g in state.gatherings.past] == ["chess", "sport"]
    assert state.gatherings.past[1]["day"] > 14  # the second was announced when the office asked


def test_hours_and_taste_count():
    n = 6000
    state = hamlet(n, per_compound=n, theta_gathering=0.0, theta_c=0.5, ties_most=8.0)
    counts = {}
    for hours in (0.0, 2.0, 6.0):
        copy = live(state.copy(), 14, gathering, rules=[party(hours=hours)])
        counts[hours] = copy.gatherings.past[0]["signed"]
        assert_share(counts[hours], n, expit(-0.5 * hours))
    assert counts[0.0] > counts[2.0] > counts[6.0]


def test_every_compound_has_its_own_gathering():
    state = hamlet(300, per_compound=50, theta_gathering=logit(0.5))
    live(state, 28 * 10, gathering, rules=[party()])
    past = state.gatherings.past
    assert [sum(g["compound"] == c for g in past) for c in range(6)] == [10] * 6
    assert_mean([g["guests"] for g in past], 25.0)


# -- gifts ---------------------------------------------------------------------------------------------------


def test_a_gift_draws_people_by_its_log_odds_free_riders_too():
    n = 6000
    for kinds in ((1.0, 0.0), (0.0, 0.0)):
        state = hamlet(n, per_compound=n, theta_gathering=logit(0.1), theta_g=1.5, conditional_share=kinds[0],
                       unconditional_share=kinds[1])  # fmt: skip
        live(state, 14, gathering, rules=[party(gift=True)])
        assert_share(state.gatherings.past[0]["signed"], n, expit(logit(0.1) + 1.5))


def test_who_comes_for_the_gift_alone_stays_for_less_time():
    """Two at a table meet as long as both stay: 1 for who would have come anyway, else P/u < 1, whose mean is
    known: u is uniform below the willingness with the gift."""
    n, base = 4000, 0.05
    state = hamlet(n, per_compound=n, theta_gathering=logit(base), theta_g=2.0, half_life=1e9, alpha=0.05, g_table=2.0)
    twin = state.copy()
    live(state, 14, gathering, rules=[party(gift=True, together=1.0)])
    live(twin, 14, gathering, rules=[party(together=1.0)])
    gifted, plain = tie_strengths(state), tie_strengths(twin)
    assert len(gifted) > 3 * len(plain) and plain == pytest.approx(0.05)
    p, q = base, expit(logit(base) + 2.0)
    t = np.linspace(1e-4, 1.0, 200_000)  # quantiles of the threshold among guests
    stay = np.minimum(1.0, p / (q * t))
    grid = np.sort(stay)[::-1]
    less = 2.0 * (grid * np.linspace(0.0, 1.0, len(grid))).mean()  # mean of the smaller of two
    assert_mean(gifted[::2], 0.05 * less, bias=0.0005)


def test_without_a_gift_nothing_is_crowded_out_and_after_one_own_reasons_count_less():
    n, base = 20_000, 0.3
    first, later = party(gift=True, every=3650), party(every=3650, start=14)
    state = hamlet(n, per_compound=n, ties_most=8.0, theta_gathering=logit(base), theta_g=50.0, chi=0.73,
                   chi_half_life=1e9)  # fmt: skip
    live(state, 28, gathering, rules=[first, later])
    assert (state.people["crowding"] == 0.73).all()
    assert state.gatherings.past[0]["signed"] == n
    assert_share(state.gatherings.past[1]["signed"], n, expit(logit(base) - 0.73))
    never = hamlet(n, per_compound=n, ties_most=8.0, theta_gathering=logit(base))
    live(never, 14, gathering, rules=[party()])
    assert not never.people["crowding"].any()
    assert_share(never.gatherings.past[0]["signed"], n, base)


def test_what_was_crowded_out_comes_back_by_half_lives():
    from commsim.day.trusting import trusting

    state = hamlet(10, chi_half_life=90.0)
    state.people["crowding"][:] = 0.8
    live(state, 90, trusting)
    assert state.people["crowding"] == pytest.approx(0.4)
