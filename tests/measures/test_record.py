"""What is recorded, computed again from the state with plain Python, networkx and statsmodels."""

import math
from dataclasses import replace

import networkx as nx
import numpy as np
import pytest
from statsmodels.duration.survfunc import SurvfuncRight

from commsim.engine import prepare, run
from commsim.measures import ACQUAINTED, MEASURES, STRATA, STRONG, gini
from commsim.record import PERSONAL, _dear, reply_times
from commsim.rules import (
    Gatherings,
    Hall,
    Icebreaker,
    Notice,
    OnlineGroup,
    PhoneTraining,
    PreScreening,
    ReplyTime,
    Vote,
)
from commsim.scenarios import load
from commsim.state.groups import OFFICIAL
from commsim.state.people import CHILD, ELDER, LONG_RENTER, OWNER, SHORT_RENTER

DAYS = 100
GATHERINGS = Gatherings(every=7, threshold=4, seats=12, sign_up_days=3)
RULES = (OnlineGroup(poster=1.0), Icebreaker(), ReplyTime(hours=12.0), PreScreening(people=5, share=0.2),
         Vote(days=4, share=0.3), Notice(decision=5, works=4, accounts=3, objectors=6),
         PhoneTraining(poster=3.0, seats=3, lessons=2),
         GATHERINGS, Hall(days_week=2, yuan=0.0))  # fmt: skip

# May have no value here: nobody is shown in public, suspected or asked to let staff in, and nothing goes round.
UNDEFINED = ("renter_gap", "complied_days_p50", "suspicion_share", "staff_admitted_share", "rumour_hours",
             "density_trend", "objectors_converted")  # fmt: skip


@pytest.fixture(scope="module")
def finished():
    """A lively courtyard after 100 days."""
    usual = load("jinyang").place("courtyard")
    x = usual.settings.x._replace(projects_a_year=40.0, needs_rate=5.0, eta_g=0.02, mu=0.5, u=0.5, in_view=0.2,
                                  half_life=60.0, repair_2=0.5, minutes_3=600.0)  # fmt: skip
    place = replace(usual, burn_in=200, settings=replace(usual.settings, x=x))
    return run(prepare(place, 2), RULES, DAYS, record_days=[10, 50])


@pytest.fixture(scope="module")
def last(finished):
    """Measures of the last evening; every one of them has a value."""
    assert all(finished.measures[name] is not None for name in MEASURES if name not in UNDEFINED)
    return finished.measures


@pytest.fixture(scope="module")
def graph(finished):
    """Adults and the ties between them on the last evening."""
    state, out = finished.state, nx.Graph()
    level = 2.0 ** ((DAYS - 1) / finished.settings.x.half_life)
    out.add_nodes_from(np.flatnonzero(state.people.age != CHILD).tolist())
    for i in range(state.size):
        for tie in state.ties.slots[state.ties.of(i)]:
            out.add_edge(i, int(tie.neighbour), weight=float(tie.u) / level)
    assert all(state.people.age[i] != CHILD for i in out)
    return out


def acquaintances(graph, i):
    return [j for j, tie in graph.adj[i].items() if tie["weight"] >= ACQUAINTED]


def mean(values):
    values = list(values)
    return sum(values) / len(values)


def personal(finished, graph, i):
    """The personal measures of adult i."""
    person = finished.state.people[i]
    known = acquaintances(graph, i)
    alone = math.prod(1 - min(tie["weight"], 1.0) for tie in graph.adj[i].values())
    return {"acquaintances": len(known), "strong_ties": sum(graph[i][j]["weight"] >= STRONG for j in known),
            "isolated_share": not known, "neighbour_trust": 1 - alone, "trust_office": person.trust,
            "participation_rate": person.last_part > DAYS - 1 - 365}  # fmt: skip


@pytest.mark.parametrize("name", [name for name in PERSONAL if name != "coverage"])
def test_a_mean_over_adults(finished, graph, last, name):
    expected = mean(personal(finished, graph, i)[name] for i in graph)
    assert last[name] == pytest.approx(expected, rel=1e-9) and expected > 0


def test_same_building_share(finished, graph, last):
    building = finished.state.homes.doors.building[finished.state.people.household]
    kept = [(i, j) for i, j, w in graph.edges.data("weight") if w >= ACQUAINTED]
    assert last["same_building_share"] == pytest.approx(mean(building[i] == building[j] for i, j in kept))


def test_clustering(graph, last):
    kept = nx.Graph([(i, j) for i, j, w in graph.edges.data("weight") if w >= ACQUAINTED])
    of = nx.clustering(kept)
    assert last["clustering"] == pytest.approx(mean(of[i] for i in kept if kept.degree[i] > 1), rel=1e-9)


def test_renter_gap(finished, graph, last):
    tenure = finished.state.people.tenure
    owners = mean(len(acquaintances(graph, i)) for i in graph if tenure[i] == OWNER)
    renters = mean(len(acquaintances(graph, i)) for i in graph if tenure[i] in (LONG_RENTER, SHORT_RENTER))
    assert last["renter_gap"] == pytest.approx(owners - renters)


def official_members(state):
    inside = set()
    for g in range(int(state.groups.count[0])):
        if state.groups.rows.kind[g] == 0:
            inside |= set(state.groups.member[g, : state.groups.rows.members[g]].tolist())
    return inside


def test_elders_in_official_groups_and_phone_classes(finished, last):
    state = finished.state
    elders = state.people.age == ELDER
    assert last["elder_coverage"] == pytest.approx(state.people.in_official[elders].mean())
    held = finished.series["training_sessions"]
    assert 0 < last["training_sessions"] == held[-1] and (np.diff(held) >= 0).all()
    taken = state.people.lessons.sum()
    assert taken <= 3 * held[-1] and state.people.literate[(state.people.lessons >= 2)].all()


def test_how_much_is_said_in_official_groups(finished, last):
    state = finished.state
    rows = state.messages.rows[: state.messages.count[0]]
    lately = rows[(rows["time"] >= DAYS - 28) & (rows["sender"] >= 0)]
    official = state.groups.rows["kind"][lately["group"]] == OFFICIAL
    assert last["official_message_share"] == pytest.approx(official.mean()) and 0 < official.mean() < 1


def test_without_an_official_group_there_is_no_share_of_messages_in_it():
    calm = run(prepare(load("jinyang").place("courtyard"), 1), (), 3).measures
    assert calm["official_message_share"] is None and calm["elder_coverage"] == 0.0


def test_coverage_counts_everybody(finished, last):
    state = finished.state
    assert last["coverage"] == len(official_members(state)) / state.size > 0


def sent_lately(state):
    """Rows of residents who sent the messages of the last 28 days."""
    rows = state.messages.rows[: state.messages.count[0]]
    return [int(r.sender) for r in rows if r.time >= DAYS - 28 and r.sender >= 0]


def own_lately(state):
    """The same without what was sent before the present tenants moved in."""
    rows = state.messages.rows[: state.messages.count[0]]
    return [int(r.sender) for r in rows
            if r.sender >= 0 and r.time >= max(DAYS - 28, state.people.since[r.sender])]  # fmt: skip


def group_members(state):
    return {i for g in range(int(state.groups.count[0]))
            for i in state.groups.member[g, : state.groups.rows.members[g]].tolist()}  # fmt: skip


def test_messages(finished, last):
    state = finished.state
    sent, members = sent_lately(state), group_members(state)
    assert last["messages_per_day"] == len(sent) / 28 > 0
    assert state.messages.rows.sender[: state.messages.count[0]].min() < 0, "officials wrote too, and do not count"
    counts = np.array([own_lately(state).count(i) for i in members], float)
    textbook = np.abs(counts[:, None] - counts).mean() / (2 * counts.mean())
    assert last["message_gini"] == pytest.approx(textbook)


def test_a_newcomer_is_not_credited_with_what_the_seat_sent_before(finished):
    """Somebody moves out on the last evening: their messages count for nobody any more."""
    state, day = finished.state.copy(), DAYS - 1
    sender = max(own_lately(state), key=own_lately(state).count)
    before = _dear(state, finished.settings, day)["message_gini"]
    state.people["since"][sender] = DAYS
    counts = [0 if i == sender else own_lately(finished.state).count(i) for i in sorted(group_members(state))]
    assert _dear(state, finished.settings, day)["message_gini"] == pytest.approx(gini(counts)) != before


def test_active_share(finished, last):
    """Members of any group who sent something in 28 days."""
    state = finished.state
    senders, members = set(sent_lately(state)), group_members(state)
    assert last["active_share"] == pytest.approx(len(senders & members) / len(members), abs=1e-12)


def half_ended(curve):
    """The first time at which half or more have ended."""
    return curve.surv_times[curve.surv_prob <= 0.5 + 1e-12][0]


def test_replies(finished, last):
    """Kaplan-Meier over the reports of 90 days, against statsmodels."""
    state = finished.state
    cases = [c for c in state.cases.rows[: state.cases.count[0]] if c.reported > DAYS - 90]
    hours = np.array([((c.answered if 0 <= c.answered <= DAYS else DAYS) - c.reported) * 24 for c in cases])
    done = np.array([0 <= c.answered <= DAYS for c in cases])
    curve = SurvfuncRight(hours, done.astype(int))
    assert last["reply_hours_p50"] == pytest.approx(half_ended(curve))
    within = curve.surv_prob[curve.surv_times <= 48]
    assert last["within_48h_share"] == pytest.approx(1 - within[-1])


def test_reply_times_know_what_is_not_answered_yet(finished):
    state = finished.state
    n = int(state.cases.count[0])
    hours, done = reply_times(state, np.arange(n), 30.0)
    for c in range(n):
        case = state.cases.rows[c]
        if case.reported < 30.0:
            assert done[c] == (0 <= case.answered <= 30.0)
            end = case.answered if done[c] else 30.0
            assert hours[c] == pytest.approx((end - case.reported) * 24)
    assert done.any() and not done.all()


def test_participation_gini(finished, last):
    people = finished.state.people
    counts = people.took_part[people.age != CHILD].astype(float)
    textbook = np.abs(counts[:, None] - counts).mean() / (2 * counts.mean())
    assert last["participation_gini"] == pytest.approx(textbook)


def test_official_hours_a_week(finished, last):
    """Hours worked in the last 28 days, per official and week."""
    place = finished.state.base
    officials = finished.state.office.officials
    assert len(officials) == place.x.officials
    shorter = load("jinyang").place("courtyard")
    shorter = replace(shorter, burn_in=200, settings=place)
    before = run(prepare(shorter, 2), RULES, DAYS - 28).state.office.officials.worked.sum()
    assert last["official_hours"] == pytest.approx((officials.worked.sum() - before) / len(officials) / 4)
    first_week = finished.series["official_hours"][2]
    worked = run(prepare(shorter, 2), RULES, 3).state.office.officials.worked.sum()
    assert first_week == pytest.approx(worked / len(officials) / 3 * 7), "before four weeks: what there is"


def test_counts_since_the_start(finished, last):
    state = finished.state
    assert last["gatherings_held"] == sum(g["guests"] > 0 for g in state.gatherings.past) > 0
    assert last["projects_done"] == sum(p.outcome == "done" for p in state.projects.all) > 0
    assert last["restarts"] == sum(s["result"] == "restarted" for p in state.projects.all for s in p.steps)
    assert last["volunteers"] == pytest.approx(1000 * sum(state.people.volunteer) / state.size)
    assert last["grievances"] == pytest.approx(1000 * state.office.grievances.sum() / state.size)
    # who moves away takes along what was grieved over
    assert 0 < state.people.grieved.sum() <= state.office.grievances.sum()


def test_cost(finished, last):
    """Gatherings held at their price, and the subsidies of projects that were built."""
    held = sum(g["held"] for g in finished.state.gatherings.past)
    subsidies = sum(p.subsidy for p in finished.state.projects.all if p.charged)
    assert last["cost_yuan"] == pytest.approx(held * GATHERINGS.yuan + subsidies)


def test_project_days(finished, last):
    projects = finished.state.projects.all
    spans = np.array([(p.ended if p.ended is not None else DAYS) - p.proposed for p in projects], float)
    done = np.array([p.outcome == "done" for p in projects], int)
    assert last["project_days"] == pytest.approx(half_ended(SurvfuncRight(spans, done)))


def test_strata(finished, graph):
    """The same personal measures for each tenure and each age band of adults."""
    state, strata = finished.state, finished.outcome()["strata"]
    inside = official_members(state)
    for axis, names in STRATA.items():
        assert list(strata[axis]) == list(names)
        for k, name in enumerate(names):
            code = k if axis == "tenure" else k + 1
            everybody = np.flatnonzero(state.people[axis] == code).tolist()
            adults = [i for i in everybody if i in graph]
            told = strata[axis][name]
            assert set(told) == {m.name for m in MEASURES.values() if m.strata}
            assert told["coverage"] == pytest.approx(mean(i in inside for i in everybody))
            for measure in set(told) - {"coverage"}:
                expected = mean(personal(finished, graph, i)[measure] for i in adults)
                assert told[measure] == pytest.approx(expected, rel=1e-9)
    assert (state.people.age == ELDER).any()


def test_series_have_a_value_a_day_and_dear_ones_on_recorded_days(finished):
    series = finished.series
    assert series["day"] == list(range(DAYS)) and set(series) == {"day", *MEASURES}
    for name, measure in MEASURES.items():
        has = [day for day, value in enumerate(series[name]) if value is not None]
        assert len(series[name]) == DAYS
        if measure.dear:
            assert set(has) <= {10, 50, DAYS - 1} and (DAYS - 1 in has or name in UNDEFINED)
        elif name not in ("active_share", "official_message_share", "renter_gap"):
            assert has == list(range(DAYS))
    assert all(type(value) in (int, float) for name in MEASURES for value in series[name] if value is not None)
