"""The office as a queue (C9), first replies (C23), who replies (C8), trust (C17), no explosion of replies."""

from math import factorial

import numpy as np
import pytest
from alone import assert_mean, assert_share, hamlet, know, live

from commsim.clock import HOURS, MINUTES
from commsim.day.needs import needs
from commsim.day.talking import replier, talking
from commsim.state.groups import INTEREST, count_post, enter, open_group
from commsim.state.messages import REPLY, TALK
from commsim.state.people import experience


def erlang_c(arrivals, services, c):
    """(P(wait > 0), mean wait, P(wait > t) as a function of t) of the M/M/c queue."""
    load = arrivals / services
    full = load**c / factorial(c) * c / (c - load)
    waits = full / (sum(load**k / factorial(k) for k in range(c)) + full)
    rate = c * services - arrivals
    return waits, waits / rate, lambda t: waits * np.exp(-rate * t)


# Waits in one queue are correlated: the standard errors are those of 40 long batches.
@pytest.mark.parametrize(
    "arrivals, services, officials, days",
    [(10.0, 6.0, 2, 12_000), (0.18, 1.0, 1, 50_000), (20.0, 12.0, 3, 4_000), (6.0, 10.0, 1, 8_000)],
)
def test_waiting_for_the_office_is_the_queue_of_erlang(arrivals, services, officials, days):
    people = 10
    state = hamlet(people, needs_rate=1000.0 * arrivals / people, minutes_1=MINUTES / services,
                   officials=float(officials), duty_hours=24.0, hours_visit=0.0)  # fmt: skip
    live(state, days, needs, talking)
    cases = state.cases.rows[: state.cases.count[0]]
    cases = cases[cases["started"] >= 0.0]
    wait = (cases["started"] - cases["reported"])[len(cases) // 50 :]
    share, mean, beyond = erlang_c(arrivals, services, officials)
    assert len(wait) > 0.9 * arrivals * days
    for measured, expected in [(wait > 1e-9, share), (wait, mean), (wait > mean, beyond(mean))]:
        assert_mean([batch.mean() for batch in np.array_split(measured, 40)], expected)
    if arrivals < 15.0:  # else such a wait is too rare to be seen
        assert abs((wait > 2.0).mean() - beyond(2.0)) < 0.01
    answering = cases["answered"] - cases["started"]
    assert_mean(answering[answering > 0], 1.0 / services)


def _talkers(members, **levers):
    """A residents' group of everybody in which only people 0 and 1 know each other and so may start to talk."""
    state = hamlet(members, cap=float(members), half_life=1e9, kappa_on=0.0, branching_most=0.0, **levers)
    group = open_group(state.groups, INTEREST, 0, 0, 7)
    for i in range(members):
        enter(state.tables.groups, state.tables.people, i, group)
    know(state, 0, 1, 0.9)
    return state


@pytest.mark.parametrize("looks_a_day, u, members", [(10.0, 0.05, 201), (24.0, 0.02, 101), (5.0, 0.4, 31)])
def test_the_first_reply_comes_after_an_exponential_time(looks_a_day, u, members):
    in_view = looks_a_day / HOURS / 2.0  # share that looks in half an hour
    mean_hours = HOURS / ((members - 1) * looks_a_day * u)
    state = _talkers(members, in_view=in_view, u=u, view_hours=20.0 * mean_hours, mu=1.0, w_0=1e-9)
    live(state, 55, talking)
    rows = state.messages.rows[: state.messages.count[0]]
    first = {}
    for number, row in enumerate(rows, int(state.messages.first[0])):
        if row["kind"] == TALK:
            first[number] = [row["time"]]
        elif row["kind"] == REPLY and row["reply_to"] in first:
            first[row["reply_to"]].append(row["time"])
    hours = np.array([(t[1] - t[0]) * HOURS for t in first.values() if len(t) > 1])
    assert len(hours) >= len(first) - 2  # the last messages may wait for tomorrow
    assert len(hours) > 60
    assert_mean(hours, mean_hours)
    assert_share((hours > mean_hours).sum(), len(hours), np.exp(-1.0))


@pytest.mark.parametrize("a, exponent", [(0.1, 2.111), (0.3, 2.429), (0.5, 3.0)])
def test_who_replies_follows_simon(a, exponent):
    """P(one message) = 1/(2 - a); person 0 asks every time and is never the one who replies."""
    messages = 40_000
    members = int(messages * a * 1.05) + 500
    state = hamlet(members, cap=float(members), ties_most=8.0, a=a, b=0.0)
    t, now = state.tables, state.under(state.base)
    group = open_group(state.groups, INTEREST, 0, 0, 7)
    for i in range(members):
        enter(t.groups, t.people, i, group)
    count_post(t.groups, 0, group)
    for k in range(messages):
        j = replier(now, 0, group, k % 1000, k // 1000, 0)
        count_post(t.groups, j, group)
    written = state.groups.seats.written[1:].sum(axis=1)
    assert state.groups.seats.written[0].sum() == 1
    assert written.sum() == messages
    wrote = written[written > 0]
    assert_share(len(wrote), messages, a)
    # P(1) is biased by O(1/authors) only; half the messages of the full check, hence .008 instead of .005
    assert abs((wrote == 1).mean() - 1.0 / (2.0 - a)) < 0.008 + 1.0 / np.sqrt(len(wrote))
    tail = wrote[wrote >= 10]
    measured = 1.0 + len(tail) / np.log(tail / 9.5).sum()
    assert abs(measured - exponent) < 0.15 + 4.0 * (exponent - 1.0) / np.sqrt(len(tail))


def test_friends_are_answered_more_often():
    """With b > 0 a voice who knows the asker counts 1 + b w times; never the asker."""
    state = hamlet(12, a=0.0, b=20.0, half_life=1e9)
    t, now = state.tables, state.under(state.base)
    group = open_group(state.groups, INTEREST, 0, 0, 7)
    for i in range(12):
        enter(t.groups, t.people, i, group)
        count_post(t.groups, i, group)
    know(state, 0, 5, 0.4)
    who = np.array([replier(now, 0, group, k, 0, 0) for k in range(8000)])
    assert not (who == 0).any()
    assert_share((who == 5).sum(), len(who), 9.0 / 19.0)  # 1 + 20 * .4 against ten others with 1


@pytest.mark.parametrize("a, b, p", [(0.05, 0.15, 0.8), (0.08, 0.12, 0.5), (0.1, 0.1, 0.3)])
def test_trust_settles_where_asymmetric_learning_says(a, b, p):
    rng = np.random.default_rng(4)
    people, steps = 400, 400
    trust = np.full(people, 0.35)
    good = rng.random((steps, people)) < p
    for step in good:
        for i in range(people):
            experience(trust, i, bool(step[i]), 1.0, a, b)
    mean = a * p / (a * p + b * (1 - p))
    square = (2 * p * a * (1 - a) * mean + p * a * a) / (1 - p * (1 - a) ** 2 - (1 - p) * (1 - b) ** 2)
    assert_mean(trust, mean)
    assert trust.std() == pytest.approx(np.sqrt(square - mean**2), rel=4 / np.sqrt(2 * people))
    assert trust.min() >= 0.0 and trust.max() <= 1.0


def test_replies_to_replies_die_out_even_when_everybody_looks():
    """Branching ratio below one at the most excitable levers: a reply has at most .9 replies on average."""
    state = _talkers(60, in_view=0.5, view_hours=1.0, u=1.0, mu=0.2, w_0=1e-9)
    state.base = state.base.__class__(state.base.x._replace(branching_most=0.9), state.base.pipeline)
    live(state, 40, talking)
    rows = state.messages.rows[: state.messages.count[0]]
    kinds = dict(enumerate(rows["kind"], int(state.messages.first[0])))
    to = [int(r) for r, kind in zip(rows["reply_to"], rows["kind"], strict=True) if kind == REPLY]
    direct = sum(kinds[r] == TALK for r in to)
    replies = len(to)
    assert replies > 500
    ratio = (replies - direct) / replies
    assert ratio < 0.9 + 4 * np.sqrt(0.9 / replies)
    assert ratio > 0.8  # and the limit is what holds it
    assert state.events.size[0] < 200
