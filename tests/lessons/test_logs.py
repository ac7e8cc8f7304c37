"""The log that lesson 9 makes: the same as without a break, and what the lesson's texts say of it is so."""

import numpy as np
import pytest

from commsim.chatlogs import simulated
from commsim.chatlogs.health import profile
from commsim.engine import Days, prepare
from commsim.lessons import logs
from commsim.lessons.items import item
from commsim.lessons.outcomes import band, difference
from commsim.lessons.textbook import tried
from commsim.scenarios import load

WORLDS = range(1, 9)


def mean(model, outcome, **numbers):
    return band([tried(model, numbers, world) for world in WORLDS], outcome)["mean"]


def test_a_break_in_the_middle_changes_nothing_where_all_small_talk_is_left():
    state = prepare(load("jinyang").place("estate"), 1)
    loop = Days(state, load("jinyang").rules("jinyang_2017", "estate"))
    for _ in range(logs.BEFORE):
        loop.live()
    collector = simulated.Collector(state, logs.GROUP)
    for _ in range(2 * logs.HALF):
        loop.live()
        collector.take(state, state.day - 1)
    whole, made = collector.log(), logs.year(100, 1).log
    np.testing.assert_array_equal(whole.time, made.time)
    np.testing.assert_array_equal(whole.answers, made.answers)
    assert whole.members == made.members


def test_less_small_talk_leaves_the_first_half_as_it_was_and_thins_the_second():
    quiet, lively = (logs.year(kept, 2).log for kept in (0, 100))
    middle = simulated.START + simulated.DAY * (logs.BEFORE + logs.HALF)
    first, other = (log.time[log.time < middle] for log in (quiet, lively))
    np.testing.assert_array_equal(first, other)
    assert (quiet.time >= middle).sum() < 0.5 * (lively.time >= middle).sum()


def test_density_among_the_active_about_doubles_in_a_group_that_goes_quiet():
    assert 160 < mean("closer", "change", active=1, kept=0) < 260
    assert 70 < mean("closer", "change", active=0, kept=0) < 110
    assert mean("closer", "writers", active=0, kept=0) < 90


def test_and_mostly_falls_in_one_that_grows_livelier():
    falls = [tried("closer", {"active": 1, "kept": 100}, world).counts["change"] < 100 for world in WORLDS]
    assert sum(falls) > len(falls) / 2
    assert mean("closer", "writers", active=1, kept=100) > 110


def test_members_know_more_others_at_the_end_though_the_group_is_quiet():
    assert mean("closer", "know", active=0, kept=0) > mean("closer", "knew", active=0, kept=0) + 0.5


def test_the_trends_that_the_panel_shows_of_the_models_log_are_opposed():
    trends = profile(logs.year(0, 1).log, 7).trends
    assert trends["density"]["tau"] < 0 < trends["density_active"]["tau"]
    assert max(trends[name]["p"] for name in ("density", "density_active")) < 0.05


def test_of_the_silent_about_half_know_others_and_silence_adds_about_ten_points():
    silent, everybody = (mean("silence", "margin", silent=one, days=28, kept=100) for one in (1, 0))
    assert 40 < silent < 62 and 35 < everybody < 48 and 6 < silent - everybody < 18


def test_where_nobody_chats_silence_says_nothing():
    sides = [[tried("silence", {"silent": one, "days": 28, "kept": 0}, world) for world in WORLDS] for one in (0, 1)]
    assert abs(difference(*sides, "margin")["mean"]) < 4


def test_one_opening_in_three_is_answered_and_half_of_the_answered_within_minutes():
    assert 25 < mean("answers", "answered", all=1, hours=48, kept=100) < 42
    assert mean("answers", "answered", all=0, hours=48, kept=100) > 99
    health = profile(logs.year(100, 1).log)
    assert health.measures["response_median_naive"] < 0.5 and health.measures["response_median"] is None


def test_only_what_the_silent_wrote_before_is_forgotten():
    """With more days fewer are silent, and those who came meanwhile are left out."""
    week, quarter = (tried("silence", {"silent": 1, "days": days, "kept": 100}, 1).counts["meant"] for days in (7, 84))
    assert quarter < week


@pytest.mark.parametrize("name", ["log-1", "log-2", "log-3"])
def test_a_log_is_lived_a_day_at_a_time(name, monkeypatch):
    from commsim.lessons import textbook

    monkeypatch.setattr(logs, "_years", {})
    monkeypatch.setattr(logs, "_halves", {})
    monkeypatch.setattr(textbook, "_tried", {})
    one = item(name)
    steps = sum(1 for _ in textbook.trying(one.model, one.side("b", {}), 3))
    assert steps == logs.BEFORE + 2 * logs.HALF
