"""Helping: how often, for whom, what thanks and entitlement do to motivation, and whose old trouble is solved."""

import numpy as np
import pytest
from alone import assert_mean, assert_share, hamlet, know, live, strengths

from commsim.day import helping as phase
from commsim.day.helping import helping
from commsim.rules import HelpNorms, Recognition, SolveGrievances
from commsim.state.groups import OFFICIAL, enter, open_group
from commsim.state.messages import SHOWN, THANKS


def helpers(n, v=0.5, who=slice(None), **levers):
    """n people in one building, of whom ``who`` are volunteers with motivation v."""
    state = hamlet(n, doors=n, **{"acts_week": 7.0, "half_life": 1e9, **levers})
    state.people["volunteer"][who] = True
    state.people["v"][:] = state.people["v_own"][:] = v
    return state


def official(state, members):
    """Everybody of ``members`` in the official group."""
    group = open_group(state.groups, OFFICIAL, 0, -1, 0)
    for i in members:
        enter(state.tables.groups, state.tables.people, i, group)


def count(state, what):
    return int(state.leaders.counts[what][0])


def test_without_acts_or_volunteers_nothing_changes():
    for state in (helpers(30, acts_week=0.0), helpers(30, who=[])):
        before = state.people.copy()
        live(state, 30, helping)
        assert state.people.tobytes() == before.tobytes()
        assert state.ties.rows["degree"].sum() == 0 and count(state, "acts") == 0


@pytest.mark.parametrize("a_week", [1.0, 3.5, 14.0])
def test_volunteers_act_so_many_times_a_week_and_meet_whom_they_help(a_week):
    state = live(helpers(60, acts_week=a_week), 28, helping)
    acts = count(state, "acts")
    assert abs(acts - 60 * 4 * a_week) < 4 * np.sqrt(60 * 4 * a_week)
    few = live(helpers(40, acts_week=0.7, who=[0, 1], alpha=0.2), 1, helping)
    met = strengths(few)
    assert set(met.round(9)) <= {0.0, 0.2, 0.36, 0.488}


def test_half_of_the_acts_are_for_somebody_known_in_proportion_to_strength():
    """Beyond the building nobody is helped who is not known."""
    acts = []
    for world in range(1, 9):
        state = hamlet(60, doors=10, world=world, acts_week=50.0, half_life=1e9)
        state.people["volunteer"][0] = True
        know(state, 0, 58, 0.6)
        know(state, 0, 59, 0.2)
        for day in range(40):
            acts += phase.choose_acts(state.under(state.base), day)[:, 1].tolist()
    helped = np.bincount(acts, minlength=60)
    assert helped[20:58].sum() == 0
    assert_share(helped[58:].sum(), len(acts), 0.5)
    assert_share(helped[58], helped[58:].sum(), 0.75)
    assert helped[0] == 0 and (helped[1:20] > 0).all()


@pytest.mark.parametrize("thanks, alpha_v, v", [(0, 0.05, 0.2), (1, 0.05, 0.2), (7, 0.05, 0.0), (3, 0.1, 0.9)])
def test_n_thanks_leave_1_minus_what_was_left_shrunk_n_times(thanks, alpha_v, v):
    assert phase.moved(v, thanks, alpha_v) == pytest.approx(1.0 - (1.0 - v) * (1.0 - alpha_v) ** thanks)


def test_motivation_after_acts_that_are_always_thanked():
    state = live(helpers(50, v=0.2, thanks_share=1.0, alpha_v=0.1), 3, helping)
    assert count(state, "thanks") == count(state, "acts") > 100
    fallen = np.log((1.0 - state.people["v"]) / 0.8) / np.log(0.9)
    assert fallen == pytest.approx(fallen.round(), abs=1e-9) and fallen.sum() == pytest.approx(count(state, "thanks"))


@pytest.mark.parametrize("share", [0.2, 0.6])
def test_thanks_come_with_their_probability(share):
    state = live(helpers(200, thanks_share=share, acts_week=20.0), 7, helping)
    assert_share(count(state, "thanks"), count(state, "acts"), share)


@pytest.mark.parametrize("entitlement, factor", [(0.1, 1.0), (0.1, 0.3), (0.5, 0.5)])
def test_help_is_taken_as_owed_with_its_probability_times_the_norms(entitlement, factor):
    state = helpers(200, entitlement=entitlement, acts_week=20.0, delta_e=0.0, thanks_share=1.0)
    live(state, 7, helping, rules=[HelpNorms(factor=factor)])
    owed, acts = count(state, "owed"), count(state, "acts")
    assert_share(owed, acts, entitlement * factor)
    assert count(state, "thanks") == acts - owed  # what is owed is not thanked for


@pytest.mark.parametrize("delta_e, kappa_v, w", [(0.3, 0.3, 0.8), (0.2, 0.0, 0.5), (0.5, 1.0, 1.0)])
def test_a_fall_passes_along_ties_to_other_volunteers_only(delta_e, kappa_v, w):
    """One act, taken as owed: the helper keeps 1 - delta_e, a volunteer known by w 1 - delta_e kappa_v w."""
    state = helpers(6, who=[0, 1], v=0.6, entitlement=1.0, delta_e=delta_e, kappa_v=kappa_v, v_quit=0.0)
    know(state, 0, 1, w)
    know(state, 0, 2, w)
    phase.carry_out(state.under(state.base), np.array([[0, 2, 0]]), 0)
    left = [1.0 - delta_e, 1.0 - delta_e * kappa_v * w, 1.0, 1.0, 1.0, 1.0]
    assert state.people["v"] == pytest.approx(0.6 * np.array(left))


def test_thanks_and_falls_of_a_day_do_not_depend_on_the_order_of_acts():
    acts = np.array([[0, 2, 0], [0, 3, 1], [1, 4, 0], [1, 5, 1]])
    ends = []
    for order in ([0, 1, 2, 3], [3, 2, 1, 0], [2, 0, 3, 1]):
        state = helpers(6, who=[0, 1], v=0.4, entitlement=0.5, thanks_share=0.5, kappa_v=0.6, alpha=0.0)
        know(state, 0, 1, 0.9)
        phase.carry_out(state.under(state.base), acts[order], 0)
        ends.append(state.people["v"].copy())
    assert np.allclose(ends[0], ends[1]) and np.allclose(ends[0], ends[2])


def test_volunteers_stop_when_a_fall_leaves_them_below_the_line_and_are_counted():
    state = helpers(10, v=0.1, entitlement=1.0, delta_e=0.5, kappa_v=0.0, v_quit=0.03)
    state.people["v"][5:] = 0.01  # nothing has befallen these yet: low motivation alone stops nobody
    for day in range(40):
        before = state.people.copy()
        acts = phase.choose_acts(state.under(state.base), day)
        phase.carry_out(state.under(state.base), acts, day)
        stopped = before["volunteer"] & ~state.people["volunteer"]
        assert (state.people["v"][stopped] < 0.03).all() and set(np.flatnonzero(stopped)) <= set(acts[:, 0])
    assert not state.people["volunteer"].any() and count(state, "quits") == 10
    assert (state.people["v"] >= 0.03 * 0.5**3).all()  # who has stopped loses no more


# -- shown in the group ---------------------------------------------------------------------------------------------


def shown(badges=False, members=200, **levers):
    """Twenty days of one volunteer in a group of so many: the state, its messages, thanks a shown act."""
    levers = {"thanks_share": 0.5, "in_view": 0.05, "acts_week": 50.0, **levers}
    state = helpers(members, who=[0], alpha_v=0.0, **levers)
    official(state, range(members))
    live(state, 20, helping, rules=[Recognition(badges=badges)])
    rows = state.messages.rows[: state.messages.count[0]]
    return state, rows, (rows["kind"] == THANKS).sum() / (rows["kind"] == SHOWN).sum()


def test_acts_are_shown_only_under_the_rule_and_only_in_a_group():
    for state, rules in ((helpers(30, thanks_share=1.0), [Recognition()]), (helpers(30, thanks_share=1.0), [])):
        if not rules:
            official(state, range(30))
        live(state, 5, helping, rules=rules)
        assert state.messages.count[0] == 0 and count(state, "thanks") == count(state, "acts") > 0


def test_those_who_look_thank_with_their_share_and_a_badge_doubles_them():
    members, looking, share = 200, 0.05, 0.5
    for badges, times in ((False, 1), (True, 2)):
        state, rows, mean = shown(badges)
        told = (rows["kind"] == SHOWN).sum()
        assert told == count(state, "acts")
        expected = times * members * looking * share * (1 - 2 / members)  # helper and helped do not thank here
        assert abs(mean - expected) < 4 * np.sqrt(expected / told)
        assert (np.diff(rows["time"]) >= 0).all() and (rows["sender"][rows["kind"] == THANKS] != 0).all()


def test_thanks_online_are_encounters_that_end_at_the_ceiling():
    state, rows, _ = shown(members=40, alpha=0.5, kappa_on=1.0, w_cap=0.3, in_view=0.5, acts_week=3.0)
    thanked = np.unique(rows["sender"][rows["kind"] == THANKS])
    level = 1.0
    mine = state.ties.slots[state.ties.of(0)]
    known = dict(zip(mine["neighbour"].tolist(), mine["u"] / level, strict=True))
    assert set(thanked.tolist()) <= set(known)
    assert min(known.values()) >= 0.3 - 1e-9


# -- a petitioner ---------------------------------------------------------------------------------------------------


def petition(grieved=5, w=0.5, friend=0.8, **levers):
    state = hamlet(20, doors=20, **{"a_t": 0.1, "half_life": 1e9, **levers})
    state.people["trust"][:] = 0.2
    state.people["grieved"][3] = grieved
    if w:
        know(state, 3, 4, w)
    state.people["trust"][4] = friend
    return state


@pytest.mark.parametrize("weight, a_t", [(5.0, 0.1), (1.0, 0.3), (2.5, 0.1)])
def test_a_solved_trouble_counts_for_several_good_experiences(weight, a_t):
    state = live(petition(solve_weight=weight, a_t=a_t), 30, helping, rules=[SolveGrievances(a_month=1.0)])
    left = (1 - a_t) ** int(weight) * (1 - a_t * (weight % 1.0))
    assert state.people["trust"][3] == pytest.approx(1.0 - 0.8 * left)
    assert count(state, "eased") == 1 and len(state.requests) == 1
    assert state.people["grieved"][3] == 5  # the measure keeps what was suffered
    live(state, 30, helping, rules=[SolveGrievances(a_month=1.0)])
    assert count(state, "eased") == 1  # solved troubles are not solved again


@pytest.mark.parametrize("grieved, w, friend", [(2, 0.5, 0.8), (5, 0.0, 0.8), (5, 0.02, 0.8), (5, 0.5, 0.4)])
def test_the_office_must_hear_of_it_from_an_acquaintance_who_trusts_it(grieved, w, friend):
    state = live(petition(grieved, w, friend), 60, helping, rules=[SolveGrievances(a_month=3.0)])
    assert count(state, "eased") == 0 and not state.requests


def test_the_worst_come_first_and_so_many_a_month_in_each_compound():
    state = hamlet(40, per_compound=20, a_t=0.1, half_life=1e9)
    for i in range(0, 40, 2):
        know(state, i, i + 1, 0.5)
    state.people["trust"][1::2] = 0.9
    state.people["grieved"][::2] = 3 + np.arange(20) % 7
    live(state, 90, helping, rules=[SolveGrievances(a_month=1.0)])
    eased = state.people["eased"].reshape(2, 20)
    assert ((eased > 0).sum(axis=1) == 3).all()
    for compound in range(2):
        all_of = np.sort(state.people["grieved"].reshape(2, 20)[compound])[::-1]
        assert sorted(eased[compound][eased[compound] > 0], reverse=True) == all_of[:3].tolist()


def test_mean_motivation_follows_thanks_and_entitlement_together():
    """E v after one act: (1 - p)(s (v + a (1 - v)) + (1 - s) v) + p v (1 - d)."""
    p, s, a, d, v = 0.2, 0.5, 0.1, 0.4, 0.3
    state = helpers(4000, v=v, entitlement=p, thanks_share=s, alpha_v=a, delta_e=d, kappa_v=0.0)
    acts = np.array([[i, (i + 1) % 4000, 0] for i in range(4000)])
    phase.carry_out(state.under(state.base), acts, 0)
    assert_mean(state.people["v"], (1 - p) * (v + s * a * (1 - v)) + p * v * (1 - d))
