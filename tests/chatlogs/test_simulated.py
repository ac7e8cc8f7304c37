"""The log of a simulated group: nothing forgotten, nothing changed, everybody who was there."""

import csv
from datetime import datetime

import numpy as np
import pytest

import commsim
from commsim import engine
from commsim.chatlogs import simulated
from commsim.chatlogs.events import NOBODY
from commsim.state.messages import KINDS

DAYS = 130  # more than a run remembers


@pytest.fixture(scope="module")
def start():
    scenario = commsim.load("jinyang")
    return engine.prepare(scenario.place("courtyard"), 3), scenario.rules("jinyang_2017", "courtyard")


@pytest.fixture(scope="module")
def lived(start):
    """(log, state at the end, evenings seen)"""
    state, seen = start[0].copy(), []
    log = simulated.live_and_log(state, start[1], DAYS, evening=lambda s, day: seen.append((day, s.messages.count[0])))
    return log, state, seen


def test_no_message_is_forgotten(lived):
    log, state, seen = lived
    assert state.messages.first[0] > 0, "the run must be longer than its memory"
    assert len(log) == state.messages.first[0] + state.messages.count[0]
    assert [day for day, _ in seen] == list(range(DAYS))


def test_a_run_that_is_logged_is_the_same_run(start, lived):
    state = start[0].copy()
    loop = engine.Days(state, start[1])
    for _ in range(DAYS):
        loop.live()
    n = int(state.messages.count[0])
    assert n == lived[1].messages.count[0] > 0
    assert np.array_equal(state.messages.rows[:n], lived[1].messages.rows[:n])


def test_replies_point_back_to_what_they_answer(lived):
    log = lived[0]
    replies = np.flatnonzero(log.answers >= 0)
    assert len(replies) > 2
    assert (log.answers[replies] < replies).all() and (np.diff(log.time) >= 0).all()
    assert np.array_equal(log.to[replies], log.sender[log.answers[replies]])
    assert np.array_equal(log.thread[replies], log.thread[log.answers[replies]])
    assert (log.to[log.answers < 0] == NOBODY).all() and log.kinds == KINDS


def test_members_are_those_who_wrote_or_were_there(lived):
    log, state, _ = lived
    inside = {f"seat-{i}-{state.people['tenancy'][i]}" for i in np.flatnonzero((state.groups.seats.group >= 0).any(1))}
    gone = ~np.isnan(log.left)
    assert inside <= set(log.members)
    assert inside == {name for name, left in zip(log.members, gone, strict=True) if name.startswith("seat") and not left
                      and not np.isnan(log.joined[log.members.index(name)])}  # fmt: skip
    assert set(range(len(log.members))) - set(log.sender.tolist()), "some never wrote"
    assert (log.left[gone] > log.joined[gone]).all()


def test_each_member_lives_in_a_building(lived):
    log, state, _ = lived
    found, rows = simulated.buildings(log, state), simulated.seats(log)
    assert ((found < 0) == (rows < 0)).all()
    assert (found[rows >= 0] < len(state.homes.building_rows) - 1).all()
    assert [simulated.key_of(name) >= 0 for name in log.members] == (rows >= 0).tolist()


def test_a_log_until_a_day_is_what_would_have_been_logged_by_then(start, lived):
    short = simulated.live_and_log(start[0].copy(), start[1], 70)
    cut = simulated.until(lived[0], simulated.START + 70 * simulated.DAY)
    assert cut.members == short.members and len(cut) == len(short)
    for column in ("time", "sender", "to", "answers", "kind"):
        assert np.array_equal(getattr(cut, column), getattr(short, column))
    assert np.array_equal(cut.joined, short.joined, equal_nan=True)
    gone = ~np.isnan(cut.left)
    assert np.array_equal(cut.left[gone], short.left[gone])  # the others are there, or came back later


def test_one_group_alone(start, lived):
    log = simulated.live_and_log(start[0].copy(), start[1], DAYS, group=0)
    whole = lived[0]
    thread = simulated.of_thread(whole, whole.threads.index("group-0"))
    assert len(log) == len(thread) and np.array_equal(log.answers, thread.answers)
    assert [log.members[k] for k in log.sender] == [thread.members[k] for k in thread.sender]
    assert set(thread.members) <= set(log.members) <= set(whole.members)


def test_what_is_still_remembered(lived):
    log, state, _ = lived
    late = simulated.log_of(state)
    assert len(late) == state.messages.count[0]
    assert np.array_equal(late.time, log.time[-len(late) :])


def test_written_in_the_native_form(lived, tmp_path):
    log = lived[0]
    simulated.write_native(log, tmp_path / "log.csv")
    with (tmp_path / "log.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == list(simulated.NATIVE) and len(rows) == len(log)
    at = {row["id"]: row for row in rows}
    for k, row in enumerate(rows):
        assert abs(datetime.fromisoformat(row["time"]).timestamp() - log.time[k]) < 0.002
        assert row["member"] == log.members[log.sender[k]] and row["kind"] == KINDS[log.kind[k]]
        if row["reply_to"]:
            assert at[row["reply_to"]]["member"] == log.members[log.to[k]]


def test_the_roster_has_everybody_on_a_line(lived, tmp_path):
    simulated.write_roster(lived[0], tmp_path / "roster.txt")
    assert tuple((tmp_path / "roster.txt").read_text(encoding="utf-8").split("\n")[:-1]) == lived[0].members


def test_a_run_in_which_nobody_writes(start):
    log = simulated.live_and_log(start[0].copy(), (), 1)
    assert len(log) == 0 and len(log.members) == len(log.joined)
