"""Readings of affairs against places set up by hand, where each number is known."""

import numpy as np
import pytest
from alone import change, hamlet, know, live

from commsim.day.coaching import KNOWN, coaching
from commsim.measures import ACQUAINTED
from commsim.readings.affairs import read_affairs
from commsim.state.groups import INTEREST, OFFICIAL, enter, leave, open_group, slot_of
from commsim.state.messages import ANSWER, ISSUE, REPLY, TALK, THANKS, append


def place(people=40, **levers):
    return hamlet(people, per_compound=people, half_life=1e9, **levers)


def group(state, members, kind=INTEREST, theme=3):
    number = open_group(state.groups, kind, 0, theme, 100 + int(state.groups.count[0]), state.day)
    for i in members:
        assert enter(state.tables.groups, state.tables.people, i, number)
    return number


def say(state, time, sender, kind, to=-1, in_group=0):
    state.people["last_sent"][sender] = int(time)
    return append(state.tables.messages, time, sender, in_group, kind, to, 0, -1)


def read(state, day=30):
    return read_affairs(state, state.base, day)


def test_with_nobody_in_a_group_there_is_nothing_to_read():
    readings = read(place())
    assert readings["groups"] == 0
    assert {name for name, value in readings.items() if value is None} >= {
        "small_talk_share", "density_trend", "staff_admitted_share", "rumour_hours",
        "silent_share", "unheard_share", "peripheral_share", "heard_share",
    }  # fmt: skip


def test_the_line_of_knowing_each_other_is_the_measures():
    assert KNOWN == ACQUAINTED


@pytest.mark.parametrize("talks, issues, replies", [(3, 1, 2), (0, 2, 0), (5, 0, 7)])
def test_small_talk_is_what_a_thread_began_with(talks, issues, replies):
    state = place()
    group(state, range(10))
    first = say(state, 1.0, 1, TALK)  # before the window
    say(state, 2.0, 2, REPLY, first)
    for k in range(issues):
        asked = say(state, 10.0 + k / 10, 1, ISSUE)
        say(state, 10.01 + k / 10, -1, ANSWER, asked)  # the office does not count
        say(state, 10.02 + k / 10, 3, REPLY, asked)
    last = -1
    for k in range(talks):
        last = say(state, 20.0 + k / 10, k, TALK)
    for k in range(replies):  # a chain: each answers the one before
        last = say(state, 21.0 + k / 10, 10 + k, REPLY, last)
    expected = (talks + replies) / (talks + replies + 2 * issues)
    assert read(state)["small_talk_share"] == pytest.approx(expected)


def test_replies_whose_beginning_is_forgotten_are_not_called_small_talk():
    state = place()
    group(state, range(10))
    say(state, 20.0, 1, REPLY, -1)
    say(state, 20.1, 2, TALK)
    assert read(state)["small_talk_share"] == 0.5


def test_marginal_members_are_three_kinds():
    state = place()
    group(state, range(10))
    for k in range(3):
        say(state, 10.0 + k, 0, TALK)  # unheard: three, nothing came back
    for k in range(2):
        say(state, 13.0 + k, 1, TALK)  # too few to call it unheard
    for k in range(3):
        say(state, 15.0 + k, 2, TALK)
    asked = say(state, 18.0, 2, TALK)
    say(state, 18.1, 3, REPLY, asked)
    issue = say(state, 19.0, 4, ISSUE)
    say(state, 19.1, -1, ANSWER, issue)  # the office's answer counts as having been heard
    say(state, 19.2, 4, THANKS, issue)
    for i in (1, 2, 3):
        know(state, 0, i, 0.1)
    know(state, 1, 2, 0.02)  # too faint
    readings = read(state)
    assert readings["silent_share"] == pytest.approx(5 / 10)
    assert readings["unheard_share"] == pytest.approx(1 / 10)
    assert readings["heard_share"] == pytest.approx(2 / 5)
    assert readings["peripheral_share"] == pytest.approx(9 / 10)  # all but 0, who knows three


def test_who_knows_two_in_one_of_several_groups_is_not_peripheral_and_pairs_are_no_group():
    state = place()
    group(state, [0, 1, 2])
    group(state, [0, 5, 6, 7])
    group(state, [20, 21])  # two are no group
    know(state, 0, 5, 0.5)
    know(state, 0, 6, 0.5)
    know(state, 5, 6, 0.5)
    readings = read(state)
    assert readings["groups"] == 2
    assert readings["peripheral_share"] == pytest.approx(3 / 6)  # 1, 2 and 7


def test_what_the_last_tenant_of_a_seat_sent_is_not_the_newcomers():
    state = place()
    group(state, range(4))
    for k in range(3):
        say(state, 10.0 + k, 0, TALK)
    assert read(state)["unheard_share"] == 0.25
    state.people["since"][0] = 12
    assert read(state)["unheard_share"] == 0.0


@pytest.mark.parametrize("members, before, after", [(5, 2, 7), (4, 6, 1), (10, 0, 9)])
def test_the_trend_of_density_is_that_of_pairs_on_the_roster(members, before, after):
    state = place()
    group(state, range(members))
    pairs = [(i, j) for i in range(members) for j in range(i)]
    for i, j in pairs[:before]:
        know(state, i, j, 0.2)
    live(state, 100, coaching)
    assert read(state, 99)["density_trend"] == pytest.approx(0.0)
    if after > before:
        for i, j in pairs[before:after]:
            know(state, i, j, 0.2)
    else:
        for i, j in pairs[after:before]:
            k = slice(int(state.ties.rows["start"][i]), int(state.ties.rows["start"][i] + state.ties.rows["degree"][i]))
            state.ties.slots["u"][k][state.ties.slots["neighbour"][k] == j] = 0.01
            k = slice(int(state.ties.rows["start"][j]), int(state.ties.rows["start"][j] + state.ties.rows["degree"][j]))
            state.ties.slots["u"][k][state.ties.slots["neighbour"][k] == i] = 0.01
    assert read(state, 99)["density_trend"] == pytest.approx((after - before) / len(pairs))


def test_a_group_is_too_young_for_a_trend_until_its_fourth_month_is_noted():
    state = place()
    live(state, 1, coaching)
    group(state, range(5))
    for day in range(1, 121):
        assert read(state, day)["density_trend"] is None
        live(state, 1, coaching)
    assert read(state, 120)["density_trend"] == 0.0


def test_a_roster_that_grows_among_strangers_is_less_dense():
    state = place()
    number = group(state, range(4), OFFICIAL, -1)
    for i in range(4):
        for j in range(i):
            know(state, i, j, 0.3)
    live(state, 95, coaching)
    for i in range(4, 8):
        enter(state.tables.groups, state.tables.people, i, number)
    assert read(state, 94)["density_trend"] == pytest.approx(6 / 28 - 1.0)
    for i in range(4, 8):
        leave(state.tables.groups, state.tables.people, i, slot_of(state.tables.groups, i, number))
    assert read(state, 94)["density_trend"] == pytest.approx(0.0)


def test_looking_changes_nothing():
    state = change(place())
    group(state, range(6))
    know(state, 0, 1, 0.2)
    say(state, 20.0, 0, TALK)
    before = [state.groups.rows.copy(), state.ties.slots["u"][:40].copy(), state.messages.rows[:5].copy()]
    read(state)
    for old, new in zip(before, [state.groups.rows, state.ties.slots["u"][:40], state.messages.rows[:5]], strict=True):
        assert np.array_equal(old, new)
