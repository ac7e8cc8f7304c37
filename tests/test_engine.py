"""The engine: what a run gives, on which days, and what holds in a community on every day."""

import json
import math
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from commsim.engine import Days, prepare, run, run_world
from commsim.errors import UserError
from commsim.measures import MEASURES, STRATA
from commsim.population import Place
from commsim.rules import Gatherings, Icebreaker, Notice, OnlineGroup, PreScreening, ReplyTime, Vote, fold
from commsim.scenarios import load
from commsim.state.messages import ANSWER, REPLY
from commsim.state.people import CHILD
from commsim.state.settings import DEFAULTS, OFFICE_DECIDES, PLACES, Settings
from commsim.state.ties import level_on

RULES = (OnlineGroup(poster=1.0), Icebreaker(), ReplyTime(hours=12.0), PreScreening(people=5, share=0.2),
         Vote(days=4, share=0.3), Notice(decision=5, works=4, accounts=3, objectors=6),
         Gatherings(every=7, threshold=4, seats=12, sign_up_days=3))  # fmt: skip
LIVELY = {"projects_a_year": 40.0, "needs_rate": 5.0, "eta_g": 0.05, "mu": 0.5, "u": 0.3, "in_view": 0.2,
          "stay_short": 30.0, "ties_most": 24.0, "theta_join": 2.0}  # fmt: skip


def place(burn_in=60, **levers):
    usual = load("jinyang").place("courtyard")
    x = usual.settings.x._replace(**{**LIVELY, **levers})
    return replace(usual, burn_in=burn_in, settings=replace(usual.settings, x=x))


@pytest.fixture(scope="module")
def finished():
    return run(prepare(place(), 1), RULES, 120)


# What a run gives


def test_an_outcome_is_ready_for_json(finished):
    outcome = finished.outcome()
    assert json.loads(json.dumps(outcome, allow_nan=False)) == outcome
    assert set(outcome) >= {"measures", "results", "strata", "series", "projects", "replies", "seconds", "people"}
    assert set(outcome["measures"]) == set(MEASURES) and outcome["people"] == 300
    assert {axis: tuple(of) for axis, of in outcome["strata"].items()} == STRATA
    assert outcome["results"] == {"120": outcome["measures"]}
    assert outcome["seconds"] > 0


def test_the_series_is_weekly_with_the_first_and_the_last_day(finished):
    series = finished.outcome()["series"]
    assert series["day"] == [0, *range(6, 119, 7), 119]
    for name in MEASURES:
        assert series[name] == [finished.series[name][day] for day in series["day"]]


@pytest.mark.parametrize(("days", "shown"), [(1, ["1"]), (364, ["364"]), (365, ["365"]), (366, ["365", "366"])])
def test_results_at_the_end_of_the_first_year_and_on_the_last_day(days, shown):
    tiny = Place("tiny", "test", 20, 8, burn_in=0)
    outcome = run(prepare(tiny, 1), (), days).outcome()
    assert list(outcome["results"]) == shown
    assert outcome["results"][shown[-1]] == outcome["measures"]
    assert outcome["results"][shown[0]]["official_hours"] is not None


def test_results_of_three_years():
    tiny = Place("tiny", "test", 20, 8, burn_in=0)
    finished = run(prepare(tiny, 1), (), 1100)
    outcome = finished.outcome()
    assert list(outcome["results"]) == ["365", "1095", "1100"]
    for day, values in outcome["results"].items():
        assert values == {name: finished.series[name][int(day) - 1] for name in MEASURES}


def test_the_story_of_a_project(finished):
    for project in finished.outcome()["projects"]:
        steps = project["steps"]
        assert steps[0]["from"] == project["proposed"] and steps[0]["stage"] == "pre_screening"
        for before, after in pairwise(steps):
            assert before["until"] is not None and before["result"] in ("passed", "failed", "restarted")
            pause = after["from"] - before["until"]
            again = before["result"] != "passed"
            assert pause == (DEFAULTS.rework_days if again else 0)
            assert after["version"] == before["version"] + again
        ended = project["outcome"] in ("done", "dropped")
        assert ended == (project["ended"] is not None) == (steps[-1]["until"] is not None)
    assert {p["outcome"] for p in finished.outcome()["projects"]} >= {"done", "open"}


def test_replies_are_one_entry_a_case(finished):
    replies, cases = finished.outcome()["replies"], finished.state.cases
    assert len(replies["hours"]) == len(replies["answered"]) == cases.count[0] > 50
    assert min(replies["hours"]) >= 0 and set(replies["answered"]) <= {0, 1}


def test_all_policies_of_a_world_start_from_one_start():
    """Together, alone, and in the other order: the same numbers."""
    scenario = replace(load("jinyang"), burn_in=20)

    def of(outcome):
        return {name: part for name, part in outcome.items() if name != "seconds"}

    both = run_world(scenario, "courtyard", ["before", "jinyang_2016"], 4, 30)
    turned = run_world(scenario, "courtyard", ["jinyang_2016", "before"], 4, 30)
    alone = run_world(scenario, "courtyard", ["jinyang_2016"], 4, 30)
    assert list(both) == ["before", "jinyang_2016"]
    assert of(both["jinyang_2016"]) == of(turned["jinyang_2016"]) == of(alone["jinyang_2016"])
    assert of(both["before"]) == of(turned["before"]) != of(both["jinyang_2016"])


def test_progress_is_told_day_by_day():
    told, lived = [], []
    tiny = Place("tiny", "test", 20, 8, burn_in=3)
    start = prepare(tiny, 1, lambda done, of: told.append((done, of)))
    assert told == [(1, 3), (2, 3), (3, 3)] and start.day == 0
    run(start, (), 2, progress=lambda done, of: lived.append((done, of)))
    assert lived == [(1, 2), (2, 2)] and start.day == 2


# The start of a world


def test_the_burn_in_knows_no_office_and_no_groups():
    start = prepare(place(), 1)
    assert start.groups.count[0] == start.cases.count[0] == start.messages.count[0] == 0
    assert start.office.yuan.sum() == start.office.grievances.sum() == 0 and not start.projects.all
    assert start.ties.rows.degree.mean() > 1 and start.people.tenancy.max() > 0


def test_the_policies_have_no_part_in_the_start():
    one, other = prepare(place(), 1), prepare(place(), 1)
    run(one.copy(), RULES, 5)
    used = one.ties.everybody()[1]
    assert one.people.tobytes() == other.people.tobytes() and one.ties.rows.tobytes() == other.ties.rows.tobytes()
    assert len(used)
    for name in ("u", "neighbour", "mate"):
        assert one.ties.slots[name][used].tobytes() == other.ties.slots[name][used].tobytes()


# Rules in force


def test_settings_are_folded_each_day_and_restored():
    """A rule that ends leaves nothing behind."""
    start = prepare(Place("tiny", "test", 20, 8, burn_in=0), 1)
    days = Days(start, (Icebreaker(start=5, end=9, table=4), Vote(start=7), ReplyTime(hours=3, end=6)))
    for day in range(12):
        told = days.settings(day)
        assert told.x.g_table == (4 if 5 <= day < 9 else DEFAULTS.g_table)
        assert told.x.reply_hours == (3 if day < 6 else DEFAULTS.reply_hours)
        assert (told.pipeline[1] is not None) == (day >= 7)
    assert days.settings(20).x == DEFAULTS


def test_two_rules_that_disagree_are_told_at_once():
    one, other = ReplyTime(hours=12), ReplyTime(hours=48, start=10)
    assert fold(Settings(), (one, other), 9).x.reply_hours == 12
    with pytest.raises(UserError) as told:
        fold(Settings(), (one, other), 10)
    assert told.value.key == "rules_disagree" and told.value.facts["lever"] == "reply_hours"
    assert fold(Settings(), (one, replace(one)), 10).x.reply_hours == 12, "twice the same is no quarrel"


def test_a_pipeline_keeps_the_order_of_its_places():
    pipeline = fold(Settings(), RULES, 0).pipeline
    kinds = {"notice_of_works": "notice", "notice_of_accounts": "notice"}
    assert [stage.kind for stage in pipeline] == [kinds.get(at, at) for at in PLACES]
    assert [s and s.kind for s in OFFICE_DECIDES] == [None, None, None, "review", None, "build", "acceptance", None]


# What holds in a community, whatever happens


def test_ties_are_mutual_and_within_bounds(finished):
    ties = finished.state.ties
    slots, rows = ties.slots, ties.rows
    level = level_on(119, finished.settings.x.half_life)
    for i in range(finished.state.size):
        for tie in slots[ties.of(i)]:
            back = slots[ties.of(tie.neighbour)][tie.mate]
            assert back.neighbour == i and back.u == tie.u
            assert 0.0 <= tie.u / level <= 1.0 + 1e-12
    known = slots.u[ties.everybody()[1]]
    assert rows.total.sum() == pytest.approx(known.sum(), rel=1e-9)


def test_kin_are_not_stored(finished):
    """People of one household need no tie; one would count as an acquaintance."""
    state, kin = finished.state, []
    for i in range(state.size):
        for j in state.ties.slots.neighbour[state.ties.of(i)]:
            if state.people.household[i] == state.people.household[j]:
                kin.append((i, int(j)))
    assert kin == []


def test_children_know_nobody_outside(finished):
    assert finished.state.ties.rows.degree[finished.state.people.age == CHILD].sum() == 0


@pytest.mark.parametrize("column", ["trust", "v", "v_own", "voice"])
def test_shares_stay_shares(finished, column):
    values = finished.state.people[column]
    assert values.min() >= 0.0 and values.max() <= 1.0 and values.std() > 0.0


def test_members_use_a_phone_and_have_one_official_group(finished):
    state = finished.state
    kinds = np.where(state.groups.seats.group >= 0, state.groups.rows.kind[state.groups.seats.group], -1)
    assert ((kinds == 0).sum(axis=1) == state.people.in_official).all()
    assert state.people.literate[(kinds >= 0).any(axis=1)].all()
    compound = state.homes.doors.compound[state.people.household]
    for i, s in zip(*np.nonzero(kinds == 0), strict=True):
        assert state.groups.rows.compound[state.groups.seats.group[i, s]] == compound[i]


def test_messages_are_in_order_and_replies_come_later(finished):
    rows = finished.state.messages.rows[: finished.state.messages.count[0]]
    assert (np.diff(rows.time) >= 0).all()
    first = int(finished.state.messages.first[0])
    answers = rows[np.isin(rows.kind, (REPLY, ANSWER)) & (rows.reply_to >= first)]
    questions = rows[answers.reply_to - first]
    assert len(answers) > 20 and set(answers.kind.tolist()) == {REPLY, ANSWER}
    assert (questions.time <= answers.time).all() and (questions.group == answers.group).all()
    assert questions.heard.all()


def test_cases_go_forward_in_time(finished):
    rows = finished.state.cases.rows[: finished.state.cases.count[0]]
    answered, solved = rows[rows.answered >= 0], rows[rows.solved >= 0]
    assert (answered.reported <= answered.started).all() and (answered.started <= answered.answered).all()
    assert (solved.answered >= 0).all() and (solved.answered <= solved.solved).all()
    assert set(rows.klass.tolist()) == {1, 2, 3} and not rows.emergency[rows.klass != 2].any()
    assert len(solved) > 20


def test_a_series_of_counts_never_falls(finished):
    for name in ("gatherings_held", "projects_done", "restarts", "grievances", "cost_yuan"):
        column = finished.series[name]
        assert all(a <= b for a, b in pairwise(column)), name


@pytest.mark.parametrize(("people", "households"), [(1, 1), (2, 1), (2, 2), (7, 3)])
def test_a_place_of_hardly_anybody_lives_too(people, households):
    lively = Settings(DEFAULTS._replace(**LIVELY))
    start = prepare(Place("tiny", "test", people, households, burn_in=30, settings=lively), 3)
    outcome = run(start, RULES, 60).outcome()
    assert outcome["people"] == people
    assert all(value is None or math.isfinite(value) for value in outcome["measures"].values())
    json.dumps(outcome, allow_nan=False)
