"""Quarrels over projects, the rules that they leave, and mediation; with closed forms."""

import numpy as np
import pytest
from alone import SURE, assert_mean, assert_share, change, hamlet, know, live

from commsim.day.deciding import deciding
from commsim.day.quarrelling import fall_out, live_through, quarrelling
from commsim.readings.affairs import read_affairs
from commsim.rules import Mediation, Notice, PreScreening
from commsim.state.groups import OFFICIAL, enter, open_group
from commsim.state.office import OTHER_HOURS
from commsim.state.ties import level_on, strength

READS = 100.0  # everybody in the group reads the thread every day


def dispute(people=20, against=10, rules=(), members=None, **levers):
    """(state, project): a project of one compound under a long pre-screening; the last ``against`` object to it."""
    state = hamlet(people, per_compound=people, **{
        "projects_a_year": 365.0, "project_households": float(people), "half_life": 1e9, "theta_pay": SURE,
        "r_group": READS, "h_c": 1.0, "rho_rules": 0.0, "ties_most": 60.0, "cap": 5000.0, **levers})  # fmt: skip
    group = open_group(state.groups, OFFICIAL, 0, -1, 1, 0)
    for i in range(people) if members is None else members:
        assert enter(state.tables.groups, state.tables.people, i, group)
    live(state, 1, deciding, rules=[PreScreening(days=90), *rules])
    change(state, projects_a_year=0.0)
    (project,) = state.projects.all
    project.objects[people - against :] = True
    return state, project


def falls_out(state, project, hazard):
    return fall_out(state.under(state.base), project.households, project.affected, project.value, project.objects,
                    hazard, project.yuan, project.version, project.proposed, state.day)  # fmt: skip


@pytest.mark.parametrize("people, against", [(20, 10), (20, 1), (20, 0), (12, 12)])
def test_every_pair_of_one_for_and_one_against_may_fall_out_and_no_other(people, against):
    state, project = dispute(people, against)
    pairs = falls_out(state, project, 1.0)
    assert len(pairs) == against * (people - against) == len({tuple(pair) for pair in pairs.tolist()})
    assert all(i < people - against <= j for i, j in pairs.tolist())


@pytest.mark.parametrize("hazard", [0.02, 0.3])
def test_pairs_fall_out_at_their_hazard(hazard):
    state, project = dispute(200, 100)
    assert_share(len(falls_out(state, project, hazard)), 100 * 100, hazard)


def test_only_those_who_read_the_thread_fall_out():
    state, project = dispute(600, 300, r_group=0.4)
    pairs = falls_out(state, project, 1.0)
    reads = 1 - np.exp(-0.4)
    assert_share(len(np.unique(pairs[:, 0])), 300, reads)
    assert_share(len(np.unique(pairs[:, 1])), 300, reads)
    assert len(pairs) == len(np.unique(pairs[:, 0])) * len(np.unique(pairs[:, 1]))


def test_who_is_not_in_the_group_or_not_concerned_falls_out_with_nobody():
    state, project = dispute(20, 10, members=range(5, 15))
    assert len(falls_out(state, project, 1.0)) == 25
    project.affected[:8] = False
    assert len(falls_out(state, project, 1.0)) == 10


def test_who_would_say_no_is_against_it():
    state, project = dispute(40, 0, theta_pay=-SURE)
    assert len(falls_out(state, project, 1.0)) == 0  # all are against
    project.value[:20] = 1.0
    change(state, theta_m=2 * SURE)
    project.value[20:] = 0.0
    assert len(falls_out(state, project, 1.0)) == 400


def test_there_is_no_quarrel_without_a_thread_a_lever_or_a_project_that_is_talked_about():
    for levers, rules, members in ((dict(h_c=0.0), (), None), ({}, (), []), ({}, (Notice(decision=0, works=0),), None)):
        state, project = dispute(members=members, **levers)
        if rules:
            project.place = 3  # under review: nothing is asked of anybody any more
        live(state, 3, quarrelling)
        assert state.affairs.compounds["quarrels"][0] == 0
        assert read_affairs(state, state.base, 3)["quarrels"] == 0.0
    state, project = dispute()
    live(state, 3, quarrelling)
    assert state.affairs.compounds["quarrels"][0] == 3 * 100
    assert read_affairs(state, state.base, 3)["quarrels"] == 1000 * 300 / 20


@pytest.mark.parametrize("beta, days", [(0.1, 1), (0.1, 4), (0.4, 2)])
def test_a_quarrel_takes_its_share_of_the_tie(beta, days):
    state, _ = dispute(10, 1, beta=beta)
    know(state, 0, 9, 0.8)
    know(state, 0, 1, 0.5)  # of one mind
    live(state, days, quarrelling)
    level, ties = level_on(state.day, 1e9), state.tables.ties
    assert strength(ties, 0, 9, level) == strength(ties, 9, 0, level) == pytest.approx(0.8 * (1 - beta) ** days)
    assert strength(ties, 0, 1, level) == pytest.approx(0.5)
    rows = state.ties.rows
    assert rows["total"][0] / level == pytest.approx(0.5 + 0.8 * (1 - beta) ** days)
    assert rows["degree"][2] == 0  # strangers who quarrel stay strangers


@pytest.mark.parametrize("rho", [0.2, 0.7])
def test_a_quarrel_leaves_a_rule_with_probability_rho(rho):
    state, _ = dispute(120, 60, rho_rules=rho)
    live(state, 1, quarrelling)
    assert_share(state.affairs.compounds["rules"][0], 3600, rho)


@pytest.mark.parametrize("rules", [0, 1, 5])
def test_rules_calm_by_a_fifth_each(rules):
    state, _ = dispute(200, 100, h_c=0.3, rule_calms=0.2)
    state.affairs.compounds["rules"][0] = rules
    live(state, 1, quarrelling)
    assert_share(state.affairs.compounds["quarrels"][0], 10_000, 0.3 * 0.8**rules)


def quarrels(count, rules, **levers):
    """(state, times, rules, heard): ``count`` pairs with ties of strength .8 fall out once."""
    state = hamlet(2 * count, per_compound=2 * count, half_life=1e9, ties_most=8.0, beta=0.1, **levers)
    for k in range(count):
        know(state, 2 * k, 2 * k + 1, 0.8)
    x = state.base.x._replace(**{lever: value for rule in rules for lever, value in rule.levers().items()})
    pairs = np.arange(2 * count).reshape(-1, 2)
    change(state, **x._asdict())
    return (state, *live_through(state.under(state.base), pairs, 0, 0))


def strengths(state):
    return state.ties.slots["u"][state.ties.rows["start"][::2]]


@pytest.mark.parametrize("skilled, m, worse", [(0.05, 0.8, 0.2), (1.0, 1.0, 0.2), (0.5, 0.3, 0.6)])
def test_the_ladder_is_climbed_until_a_step_succeeds(skilled, m, worse):
    n = 3000
    state, times, _, heard = quarrels(n, [Mediation(skilled=skilled)], m=m, worse_unskilled=worse)
    peer = 0.7 * skilled + 0.3 * (1 - skilled)
    assert_share(heard, n, (1 - peer) ** 3)  # the office speaks last
    again = worse * 0.7
    expected = sum((1 - peer) ** k for k in range(3)) * (1 - skilled) * again + (1 - peer) ** 3 * (1 - m) * again
    assert times / n == pytest.approx(1 + expected, abs=4 * np.sqrt(4 * expected / n) + 1e-9)
    failed = (1 - peer) ** 3 * (1 - 0.7 * m - 0.3 * (1 - m))
    if worse == 0.0 or skilled == 1.0:
        assert_mean(strengths(state), 0.72 * failed + 0.76 * (1 - failed))


@pytest.mark.parametrize("success, expected", [(1.0, 0.76), (0.0, 0.72)])
def test_who_is_reconciled_gets_half_of_it_back(success, expected):
    state, times, _, heard = quarrels(50, [Mediation(skilled=1.0)], success_skilled=success, m=1.0)
    np.testing.assert_allclose(strengths(state), expected)
    assert times == 50 and heard == (0 if success else 50)


def test_clumsy_mediation_sets_it_off_again_at_every_step():
    state, times, _, _ = quarrels(50, [Mediation(skilled=0.0)], success_unskilled=0.0, worse_unskilled=1.0, m=0.05)
    assert times == pytest.approx(50 * (1 + 3 + 0.95), abs=8)
    assert strengths(state).min() == pytest.approx(0.8 * 0.9**5)


def test_unskilled_mediation_may_do_more_harm_than_none():
    def mean(rules, **levers):
        return strengths(quarrels(1000, rules, **levers)[0]).mean()

    none = mean([])
    assert none == pytest.approx(0.72)
    assert mean([Mediation(skilled=1.0)], m=1.0) > none
    assert mean([Mediation(skilled=0.0)], success_unskilled=0.1, worse_unskilled=0.8, m=0.05) < none


def test_the_offices_word_costs_its_time():
    state, _ = dispute(10, 5, rules=[], success_unskilled=0.0, success_skilled=0.0, minutes_hearing=60.0)
    live(state, 1, quarrelling, rules=[Mediation()])
    assert state.requests == [(OTHER_HOURS, 60.0)] * 25
