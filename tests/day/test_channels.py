"""Ways to the office and its load: private messages, talk days, grid workers, chores, waves of newcomers."""

import numpy as np
import pytest
from alone import SURE, assert_mean, assert_share, hamlet, live
from scipy.special import expit

from commsim.clock import MINUTES, MONTH, is_weekday
from commsim.day.moving import moving
from commsim.day.needs import KEPT_DAYS, needs, talks_on
from commsim.day.supplying import supplying
from commsim.day.talking import talking
from commsim.rules import GridOrders, PrivateMessages, TalkDays
from commsim.state.groups import OFFICIAL, enter, open_group
from commsim.state.office import BY_GROUP, BY_MESSAGE, BY_TALK, BY_VISIT, UNREPORTED
from commsim.state.settings import Settings
from commsim.state.shocks import MoveIn, Relief

NEVER = dict(r_0=0.0, r_c=40.0)  # log-odds -60 where a visit takes an hour and a half, 1/2 for what is free


def cases(state):
    return state.cases.rows[: state.cases.count[0]]


@pytest.mark.parametrize("hours", [0.05, 0.5])
def test_who_uses_a_phone_writes_privately_where_it_is_the_cheapest(hours):
    state = hamlet(400, needs_rate=100.0, r_0=0.5, r_c=1.0, literate_young=0.5)
    live(state, 20, needs, rules=[PrivateMessages(hours=hours)])
    literate = state.people["literate"][cases(state)["person"]]
    assert (cases(state)["channel"] == np.where(literate, BY_MESSAGE, BY_VISIT)).all()
    reported = np.bincount(cases(state)["person"], minlength=400)
    able = state.people["literate"]
    total = reported[able].sum() + state.people["grieved"][able].sum()
    assert_share(reported[able].sum(), total, expit(0.5 - hours))


def test_without_the_rule_nobody_writes_and_a_group_is_not_left_for_it():
    plain = live(hamlet(200, needs_rate=100.0), 10, needs)
    assert (cases(plain)["channel"] == BY_VISIT).all()
    state = hamlet(200, needs_rate=100.0)
    group = open_group(state.groups, OFFICIAL, 0, -1, 1)
    for i in range(100):
        enter(state.tables.groups, state.tables.people, i, group)
    live(state, 10, needs, rules=[PrivateMessages()])
    c = cases(state)
    assert (c["channel"] == np.where(c["person"] < 100, BY_GROUP, BY_MESSAGE)).all()


def test_a_private_message_waits_until_the_phone_is_looked_at_and_stands_in_no_group():
    state = hamlet(200, needs_rate=5.0, looks=60.0, minutes_1=0.1, officials=20.0, duty_from=7.0, duty_hours=24.0)
    live(state, 300, needs, talking, rules=[PrivateMessages()])
    c = cases(state)
    c = c[c["started"] >= 0.0]
    assert_mean((c["started"] - c["reported"]) * MINUTES, 30.0)
    assert state.messages.count[0] == 0


@pytest.mark.parametrize("a_month", [0.5, 2.0, 4.0, 20.0])
def test_talk_days_are_weekdays_and_as_many_as_the_rule_says(a_month):
    days = [day for day in range(3653) if talks_on(day, a_month)]
    assert all(is_weekday(day) for day in days)
    assert len(days) == pytest.approx(a_month * 3653 / MONTH, abs=1.5)
    gaps = np.diff(days)
    assert gaps.max() - gaps.min() <= 3  # a weekend more or less
    assert not any(talks_on(day, 0.0) for day in range(100))


def test_on_a_talk_day_everybody_comes_who_has_a_need_and_is_heard():
    state = hamlet(300, needs_rate=100.0, a_t=0.1)
    state.people["trust"][:] = 0.5
    talk = next(day for day in range(60) if talks_on(day, 2.0))
    live(state, talk, needs, rules=[TalkDays()])
    assert (state.people["trust"] == 0.5).all() and not state.requests
    before = len(cases(state))
    live(state, 1, needs, rules=[TalkDays(minutes=200.0)])
    today = cases(state)[before:]
    assert len(today) > 10 and (today["channel"] == BY_TALK).all()
    came = np.bincount(today["person"], minlength=300)
    np.testing.assert_allclose(state.people["trust"], 1.0 - 0.5 * 0.9**came)
    assert [minutes for _, minutes in state.requests] == [200.0]
    hours = today["reported"] % 1.0 * 24.0
    assert hours.min() >= 9.0 and hours.max() < 17.0


@pytest.mark.parametrize("a_month", [1.0, 2.0])
def test_what_was_kept_in_the_last_month_may_be_brought_once(a_month):
    """A visit is out of the question; to come to a talk is a matter of even odds."""
    rule = TalkDays(a_month=a_month, hours=0.0)
    state = hamlet(600, needs_rate=10.0, **NEVER)
    days = [day for day in range(200) if talks_on(day, a_month)][2:8]
    tried = brought = 0
    for day in days:
        live(state, day - state.day, needs, rules=[rule])
        kept = (state.people["kept"] < day) & (state.people["kept"] > day - KEPT_DAYS)
        assert kept.sum() > 50
        before = len(cases(state))
        kept_then = state.people["kept"].copy()
        live(state, 1, needs, rules=[rule])
        told = kept & (state.people["kept"] < 0)
        again = kept & (state.people["kept"] == day)  # another need today, kept too
        tried, brought = tried + (kept & ~again).sum(), brought + told.sum()
        fresh = ~kept & ~again
        untouched = fresh & (state.people["kept"] != day)
        assert (state.people["kept"] == kept_then)[untouched].all()  # too old, or nothing to tell
        assert len(cases(state)) >= before + told.sum()
    assert_share(brought, tried, 0.5)
    assert (cases(state)["channel"] == BY_TALK).all()
    assert state.office.grievances[UNREPORTED] == state.people["grieved"].sum() > 0


def test_grid_workers_do_class_2_and_leave_emergencies_to_the_office():
    levers = dict(needs_rate=100.0, class_1=0.0, class_2=1.0, self_help=0.0, minutes_answer=0.1, minutes_2=60.0,
                  officials=20.0, duty_from=0.0, duty_hours=24.0, repair_2=2.0, repair_sigma=0.5)  # fmt: skip
    state = live(hamlet(200, **levers), 60, needs, talking, rules=[GridOrders(speed=0.5, homes_each=1, hours=24.0)])
    c = cases(state)
    c = c[c["reported"] < 40.0]
    worked, grid = state.office.officials["worked"].sum(), state.services.compounds["grid_hours"].sum()
    answered = (cases(state)["answered"] >= 0.0).sum()
    assert worked == pytest.approx(answered * 0.1 / 60.0, rel=4 / np.sqrt(answered))
    assert grid == pytest.approx(answered, rel=4 / np.sqrt(answered))
    assert_mean(np.log(c["solved"] - c["answered"]), np.log(1.0), bias=0.06)  # an hour of work on a day
    urgent = live(hamlet(200, emergency=1.0, **levers), 20, needs, talking, rules=[GridOrders()])
    assert urgent.services.compounds["grid_hours"].sum() == 0.0 and urgent.office.officials["worked"].sum() > 10.0


AT_ONCE = dict(class_1=0.0, class_2=1.0, self_help=0.0, minutes_answer=0.1, officials=20.0, duty_from=0.0,
               duty_hours=24.0, repair_2=0.01, repair_sigma=0.0)  # fmt: skip


@pytest.mark.parametrize("busy", [0.3, 0.7])
def test_orders_wait_for_the_worker_of_their_grid(busy):
    """M/M/1: mean time from answer to done 1 / (mu - lambda), each of twenty grids by itself."""
    hours = 6.0
    state = hamlet(800, needs_rate=busy * 24.0 / hours / 40.0 * 1000.0, minutes_2=60.0 * hours, **AT_ONCE)
    live(state, 300, needs, talking, rules=[GridOrders(speed=0.05, homes_each=40, hours=24.0)])
    c = cases(state)
    c = c[(c["reported"] > 40.0) & (c["reported"] < 250.0)]
    assert (c["solved"] > 0.0).all()
    waits = (c["solved"] - c["answered"]) * 24.0 - 0.01 * 0.05 * 24.0
    grid = state.people["household"][c["person"]] // 40
    means = np.array([waits[grid == g].mean() for g in range(20)])
    assert_mean(means, hours / (1.0 - busy))
    assert (state.services.grids["busy"] > 0.0).sum() == 20


def test_a_worker_does_no_more_hours_a_day_than_there_are_and_on_duty_only():
    """Twice the orders that eight hours hold: the backlog grows by eight hours of work a day."""
    levers = {**AT_ONCE, "duty_from": 9.0}
    state = hamlet(200, needs_rate=16.0 / 200.0 * 1000.0, minutes_2=60.0, **levers)
    live(state, 60, needs, talking, rules=[GridOrders(speed=0.05, homes_each=200, hours=8.0)])
    c = cases(state)
    solved = c["solved"][c["solved"] >= 0.0] - 0.01 * 0.05
    hour = (solved - np.floor(solved)) * 24.0
    assert (hour > 9.0 - 1e-6).all() and (hour < 17.0 + 1e-6).all()
    by_day = np.bincount(solved.astype(int))[:60]
    assert_mean(by_day, 8.0)
    assert state.services.grids["busy"].max() == pytest.approx(
        state.services.compounds["grid_hours"].sum() / 8.0, abs=2.0)  # fmt: skip


def test_a_grid_ends_where_its_compound_ends():
    state = hamlet(100, per_compound=50, needs_rate=500.0, minutes_2=60.0, **AT_ONCE)
    live(state, 30, needs, talking, rules=[GridOrders(homes_each=30)])
    assert np.flatnonzero(state.services.grids["busy"]).tolist() == [0, 30, 50, 80]


@pytest.mark.parametrize("chores, freed", [(15.0, 10.0), (15.0, 20.0), (0.0, 5.0)])
def test_chores_take_hours_until_relief_comes(chores, freed):
    state = hamlet(50, chores_hours=chores, officials=3.0)
    state.base = Settings(state.base.x, state.base.pipeline, (Relief(day=28, hours=freed),))
    weekly = []
    for _ in range(8):
        before = state.office.officials["worked"].sum()
        live(state, 7, talking, supplying)
        weekly.append(state.office.officials["worked"].sum() - before)
    after = max(0.0, chores - freed)
    assert weekly[1:4] == pytest.approx([3 * chores] * 3) and weekly[5:] == pytest.approx([3 * after] * 3)


@pytest.mark.parametrize("homes", [0.1, 0.5])
def test_a_wave_brings_newcomers_to_so_many_homes_on_that_day_only(homes):
    state = hamlet(2000, stay_owner=1e9, stay_long=1e9, stay_short=1e9)
    state.base = Settings(state.base.x, state.base.pipeline, (MoveIn(day=3, homes=homes),))
    live(state, 3, moving)
    assert (state.people["tenancy"] == 0).all()
    state.people["kept"][:], state.people["leaning"][:], state.people["last_hall"][:] = 2, 0.7, 2
    live(state, 5, moving)
    new = state.people["tenancy"] == 1
    assert_share(new.sum(), 2000, homes)
    assert (state.people["since"][new] == 3).all() and (state.people["tenancy"] <= 1).all()
    assert (state.people["leaning"][new] == 0.0).all() and (state.people["leaning"][~new] == 0.7).all()
    assert (state.people["kept"][new] < 0).all() and (state.people["last_hall"][new] < 0).all()


def test_two_waves_on_one_day_add_up_and_cannot_exceed_all_homes():
    state = hamlet(300, theta_gathering=SURE)
    waves = (MoveIn(day=0, homes=0.7), MoveIn(day=0, homes=0.7))
    state.base = Settings(state.base.x, state.base.pipeline, waves)
    live(state, 2, moving)
    assert (state.people["tenancy"] >= 1).all()
