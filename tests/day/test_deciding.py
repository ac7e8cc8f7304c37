"""Projects: proposed, voted on, noticed, objected to, heard, started over, charged."""

import numpy as np
import pytest
from alone import SURE, assert_share, change, hamlet, know, live, logit
from scipy.special import expit

from commsim.day.deciding import deciding
from commsim.day.joining import joining
from commsim.day.moving import moving
from commsim.day.talking import talking
from commsim.readings.affairs import read_affairs
from commsim.rules import DeliberationGroup, EasyVoting, Notice, PreScreening, Vote
from commsim.state.groups import DELIBERATION, REPRESENTATIVES
from commsim.state.messages import REPLY, TALK, VIEW
from commsim.state.office import CHARGED_UNSEEN, FOR_PROJECTS, FOR_WORKS, FROM_HOUSEHOLDS, OVERRULED
from commsim.state.people import CHILD, SHORT_RENTER

YES_TO_ALL = dict(theta_pay=SURE, theta_vote=SURE)


def one_project(days=60, rules=(), households=125, set_up=None, **levers):
    """(state, project): the first day's project of a place that is one compound."""
    state = hamlet(households, per_compound=households,
                   **{"projects_a_year": 365.0, "project_households": households, **YES_TO_ALL, **levers})  # fmt: skip
    if set_up:
        set_up(state)
    live(state, 1, deciding, rules=rules)
    live(change(state, projects_a_year=0.0), days - 1, deciding, rules=rules)
    (project,) = state.projects.all
    return state, project


def object_first(state, count):
    """The first ``count`` households trust nobody, the others trust fully; with o_t it decides who objects."""
    state.people["trust"][:] = 1.0
    state.people["trust"][:count] = 0.0


SPLIT = dict(o_0=0.0, o_t=2 * SURE, r_board=100.0)  # objects if and only if trust is below one half


@pytest.mark.parametrize("objectors, restarts", [(9, False), (10, True), (11, True)])
def test_ten_objectors_restart_the_project(objectors, restarts):
    _, project = one_project(set_up=lambda s: object_first(s, objectors), rules=[Notice(hearing=False)],
                             versions_most=2.0, **SPLIT)  # fmt: skip
    assert (project.steps[0]["result"] == "restarted") == restarts
    assert project.steps[0]["objectors"] == objectors
    assert project.outcome == ("dropped" if restarts else "done")
    assert project.version == 1 + restarts


@pytest.mark.parametrize("objectors, restarts", [(10, False), (11, True)])
def test_more_than_ten_is_not_ten(objectors, restarts):
    _, project = one_project(set_up=lambda s: object_first(s, objectors), rules=[Notice(hearing=False, operator=">")],
                             versions_most=1.0, **SPLIT)  # fmt: skip
    assert (project.outcome == "dropped") == restarts


def test_with_no_number_of_objectors_nobody_can_stop_it():
    _, project = one_project(set_up=lambda s: object_first(s, 125), rules=[Notice(objectors=0, hearing=False)], **SPLIT)
    assert project.outcome == "done" and project.steps[0]["objectors"] == 125


@pytest.mark.parametrize("kind, stage", [("pre_screening", "pre_screening"), ("vote", "vote"), ("notice", "notice"),
                                         ("review", "review")])  # fmt: skip
def test_a_restart_goes_back_to_where_the_rule_says(kind, stage):
    rules = [PreScreening(), Vote(), Notice(restart_to=kind, works=0, accounts=0)]
    _, project = one_project(
        set_up=lambda s: object_first(s, 20), rules=rules, versions_most=2.0, rework_days=5.0, **SPLIT
    )
    second = next(step for step in project.steps if step["version"] == 2)
    assert second["stage"] == stage
    broken = next(step for step in project.steps if step["result"] == "restarted")
    assert second["from"] == broken["until"] + 5


def test_a_restart_to_a_stage_that_does_not_exist_goes_on_with_the_next():
    _, project = one_project(set_up=lambda s: object_first(s, 20), rules=[Notice()], versions_most=2.0, **SPLIT)
    assert next(s for s in project.steps if s["version"] == 2)["stage"] == "notice"  # there is no pre-screening


def test_after_so_many_versions_it_is_given_up():
    for most in (1, 3, 6):
        _, project = one_project(days=200, set_up=lambda s: object_first(s, 20), rules=[Notice(decision=2)],
                                 versions_most=float(most), **SPLIT)  # fmt: skip
        assert project.outcome == "dropped" and project.version == most
        assert sum(step["result"] == "restarted" for step in project.steps) == most


def test_the_stages_follow_each_other_day_by_day():
    rules = [PreScreening(days=3), Vote(days=5), Notice(decision=7, works=10, accounts=7)]
    _, project = one_project(rules=rules, o_0=-SURE, days=80)
    kinds = [(s["stage"], s["until"] - s["from"]) for s in project.steps]
    assert kinds == [("pre_screening", 3), ("vote", 5), ("notice", 7), ("review", 7), ("notice", 10), ("build", 15),
                     ("acceptance", 3), ("notice", 7)]  # fmt: skip
    assert all(a["until"] == b["from"] for a, b in zip(project.steps, project.steps[1:], strict=False))
    assert project.ended - project.proposed == 57 and project.outcome == "done"


def test_a_project_keeps_the_pipeline_it_started_under():
    state = hamlet(50, per_compound=50, projects_a_year=365.0, **YES_TO_ALL)
    live(state, 40, deciding, rules=[Vote(days=2, end=1)])
    first, second = state.projects.all[:2]
    assert [s["stage"] for s in first.steps] == ["vote", "review", "build", "acceptance"]
    assert [s["stage"] for s in second.steps] == ["review", "build", "acceptance"]


@pytest.mark.parametrize("board, group", [(True, True), (False, True), (True, False), (False, False)])
def test_a_longer_notice_is_seen_by_more(board, group):
    n = 2000
    seen = {}
    for days in (3, 7, 14):
        _, project = one_project(days=days, households=n, o_0=-SURE, r_board=0.05, r_group=0.4,
                                 rules=[Notice(decision=days, board=board, group=group)],
                                 set_up=lambda s: s.people["in_official"][::2].fill(True))  # fmt: skip
        inside = max(0.4 * group, 0.05 * board)
        assert_share(project.seen[::2].sum(), n // 2, -np.expm1(-inside * days))
        assert_share(project.seen[1::2].sum(), n // 2, -np.expm1(-0.05 * board * days))
        seen[days] = project.seen
    assert (seen[14] >= seen[7]).all() and (seen[7] >= seen[3]).all()  # the same people, and more
    assert (seen[14].sum() > seen[3].sum()) == (board or group)


@pytest.mark.parametrize("yuan, tau, trust", [(160.0, 0.7, 0.5), (400.0, 0.0, 0.3), (0.0, 1.0, 0.9)])
def test_cost_raises_objections_and_openness_and_trust_lower_them(yuan, tau, trust):
    n = 4000
    rules = [Notice(decision=1, objectors=0, hearing=False)]
    _, project = one_project(days=1, households=n, rules=rules, r_board=100.0, o_0=-1.5, o_c=0.5,
                             o_tau=1.0, o_t=2.0, tau=tau, project_cost=yuan * n, project_subsidy=0.0,
                             set_up=lambda s: s.people["trust"].fill(trust))  # fmt: skip
    assert_share(project.objects.sum(), n, expit(-1.5 + 0.5 * yuan / 100 - tau - 2 * (trust - 0.5)))


@pytest.mark.parametrize("m", [0.2, 0.8])
def test_a_fair_hearing_converts_objectors_and_an_unfair_one_breeds_grievance(m):
    n = 3000
    state, project = one_project(days=1, households=n, rules=[Notice(decision=1, works=1, objectors=100_000)], m=m,
                                 o_0=logit(0.4), r_board=100.0, a_f=-2.0, b_f=4.0, a_t=0.1, b_t=0.2,
                                 set_up=lambda s: s.people["trust"].fill(0.5))  # fmt: skip
    objectors = project.objects.sum()
    assert (project.heard == project.objects).all()
    assert_share(project.settled.sum(), objectors, expit(-2.0 + 4.0 * m))
    assert state.office.grievances[OVERRULED] == (project.heard & ~project.settled).sum() > 0
    trust = state.people["trust"]
    np.testing.assert_allclose(trust[project.settled], 0.55)
    np.testing.assert_allclose(trust[project.heard & ~project.settled], 0.4)
    np.testing.assert_allclose(trust[~project.heard], 0.5)
    assert len(state.requests) == objectors


def test_who_was_heard_once_is_not_heard_again_and_who_agreed_objects_no_more():
    state, project = one_project(rules=[Notice(decision=2, works=2, accounts=2, objectors=9)], **SPLIT, days=80,
                                 set_up=lambda s: object_first(s, 8), a_f=0.0, b_f=0.0)  # fmt: skip
    assert project.outcome == "done"
    assert state.office.grievances[OVERRULED] + project.settled.sum() == 8
    counts = [s["objectors"] for s in project.steps if s["stage"] == "notice"]
    assert counts[0] == 8 and counts[1] == counts[2] == 8 - project.settled.sum() < 8


def heard_in_pairs(w, n=6000, epsilon=0.3, apart=0.0, **levers):
    """(state, project, who objected): households in pairs tied with strength w, on the evening of a hearing that wins
    over one half; the second of a pair trusts the office less by ``apart``."""
    def pairs(state):
        state.people["trust"][:] = 0.5 - apart * (np.arange(n) % 2)
        for i in range(0, n, 2):
            know(state, i, i + 1, w)

    rules = [Notice(decision=2, works=1, accounts=0, objectors=100_000)]
    levers = {"half_life": 1e9, "r_board": 100.0, "a_f": 0.0, "b_f": 0.0, "o_0": logit(0.4), **levers}
    state, project = one_project(days=1, households=n, rules=rules, set_up=pairs, epsilon=epsilon, **levers)
    objected = project.objects.copy()
    live(state, 1, deciding, rules=rules)
    return state, project, objected


def partners(of):
    return of.reshape(-1, 2)[:, ::-1].ravel()


@pytest.mark.parametrize("w", [1.0, 0.5])
def test_who_is_won_over_moves_ties_of_like_opinion_half_way(w):
    """Of objectors heard in vain whose partner was won over 1 - w/2 still object; all others stay as they were."""
    state, project, objected = heard_in_pairs(w)
    in_vain = objected & ~project.settled
    moved = in_vain & partners(project.settled)
    assert_share(project.objects[moved].sum(), moved.sum(), 1 - w / 2)
    assert project.objects[in_vain & ~moved].all()
    assert (project.swayed > 0).sum() == partners(project.settled).sum()
    assert project.heard_total == objected.sum() and project.settled_total == project.settled.sum()
    assert state.office.grievances[OVERRULED] == in_vain.sum()


def test_who_has_not_seen_it_yet_objects_less_when_a_tie_was_won_over():
    state, project, _ = heard_in_pairs(0.8, r_board=0.35)
    seen, won = project.seen.copy(), project.settled.copy()
    live(state, 12, deciding, rules=[Notice(decision=2, works=1, accounts=0, objectors=100_000)])
    late = project.seen & ~seen
    for near, p in ((partners(won), 0.4 * (1 - 0.8 / 2)), (~partners(won), 0.4)):
        assert_share(project.objects[late & near].sum(), (late & near).sum(), p)


@pytest.mark.parametrize("epsilon, apart, moves", [(0.0, 0.0, False), (0.2, 0.25, False), (0.3, 0.25, True)])
def test_opinions_too_far_apart_stay_where_they_are(epsilon, apart, moves):
    """Chances to object of .4 and of .4 plus 1 in log-odds differ by .24."""
    assert expit(np.log(0.4 / 0.6) + 4.0 * 0.25) - 0.4 == pytest.approx(0.24, abs=0.01)
    _, project, objected = heard_in_pairs(1.0, 600, epsilon, apart, o_t=4.0)
    assert (project.swayed > 0).any() == moves
    assert ((objected & ~project.settled) == (project.objects & ~project.settled)).all() != moves


def test_newcomers_have_not_been_talked_out_of_it():
    state, project, _ = heard_in_pairs(1.0, 600)
    assert (project.swayed > 0).any()
    all_move(state, [], deciding)
    assert (project.swayed == 0).all()


def test_households_charged_for_what_they_never_saw_bear_a_grievance_once():
    state, project = one_project(rules=[Notice(decision=7, works=0, accounts=0)], o_0=-SURE, r_board=0.1, b_t=0.25,
                                 set_up=lambda s: s.people["trust"].fill(0.6), days=80)  # fmt: skip
    unseen = ~project.seen
    assert 0 < unseen.sum() < 125
    assert state.office.grievances[CHARGED_UNSEEN] == unseen.sum()
    np.testing.assert_allclose(state.people["trust"], np.where(unseen, 0.45, 0.6))


def test_a_gift_surprises_nobody():
    state, project = one_project(project_cost=1000.0, project_subsidy=1000.0, b_t=0.25)
    assert project.outcome == "done" and project.yuan == 0.0
    assert state.office.grievances.sum() == 0


@pytest.mark.parametrize("cost, subsidy", [(40_000.0, 20_000.0), (40_000.0, 90_000.0), (12_345.0, 0.0)])
def test_money_in_is_money_out(cost, subsidy):
    state, project = one_project(project_cost=cost, project_subsidy=subsidy)
    yuan = state.office.yuan
    assert yuan[FOR_WORKS] == pytest.approx(cost)
    assert yuan[FOR_PROJECTS] == pytest.approx(min(cost, subsidy))
    assert yuan[FROM_HOUSEHOLDS] == pytest.approx(project.yuan * 125) == pytest.approx(cost - min(cost, subsidy))


def test_a_household_votes_once_and_by_a_grown_up():
    state = hamlet(300, 120, per_compound=120, child_share=0.2, projects_a_year=365.0, project_households=120.0,
                   **YES_TO_ALL)  # fmt: skip
    live(state, 1, deciding, rules=[Vote(days=7)])
    live(change(state, projects_a_year=0.0), 6, deciding, rules=[Vote(days=7)])
    assert state.projects.all[0].voted.all()
    per_home = np.bincount(state.people["household"], weights=state.people["took_part"], minlength=120)
    assert (per_home == 1).all()
    assert (state.people["took_part"][state.people["age"] == CHILD] == 0).all()


def all_move(state, rules, *phases):
    """Everybody moves out on the next day, on which the newcomers live through ``phases`` too."""
    short = np.int8(SHORT_RENTER)
    state.people["tenure"][:] = short
    return live(change(state, stay_short=1e-9), 1, moving, *phases, rules=rules)


def test_newcomers_have_not_seen_objected_or_voted():
    """All object to a notice that all see, or vote; then all move out, and newcomers see no notice any more."""
    rules = [Notice(decision=30, works=0, accounts=0, hearing=False)]
    state, project = one_project(days=3, set_up=lambda s: object_first(s, 125), rules=rules, short_share=1.0, **SPLIT)
    assert project.objects.all() and project.seen.all()
    all_move(change(state, r_board=0.0), rules, deciding)
    assert (state.people["tenancy"] == 1).all()
    assert not project.objects.any() and not project.seen.any()
    live(change(state, stay_short=1e9), 60, moving, deciding, rules=rules)
    assert project.outcome == "done"  # nobody has objected
    assert state.office.grievances[OVERRULED] == 0 and state.office.grievances[CHARGED_UNSEEN] == 125


def test_newcomers_vote_for_themselves():
    rules = [Vote(days=7, share=0.0, operator=">=")]
    state, project = one_project(days=3, rules=rules, short_share=1.0)
    assert project.voted.all() and project.yes.all()
    all_move(change(state, theta_vote=-SURE), rules, deciding)
    assert not project.voted.any() and not project.yes.any()


def test_who_stays_keeps_what_was_seen_and_voted():
    rules = [Vote(days=7), Notice(decision=7)]
    state = hamlet(125, per_compound=125, projects_a_year=365.0, project_households=125.0, **YES_TO_ALL)
    live(state, 1, deciding, rules=rules)
    state.people["since"][:60] = 1
    live(change(state, projects_a_year=0.0, theta_vote=-SURE), 1, deciding, rules=rules)
    voted = state.projects.all[0].voted
    assert not voted[:60].any() and voted[60:].all()


def test_friends_who_voted_draw_others_in():
    def friendly(state):
        for i in range(999):
            know(state, i, i + 1, 0.5)

    turnout = {}
    for days in (1, 7):
        _, project = one_project(households=1000, days=days, rules=[Vote(days=days)], theta_vote=logit(0.2),
                                 theta_s=3.0, half_life=1e9, set_up=friendly)  # fmt: skip
        turnout[days] = project.voted
    assert_share(turnout[1].sum(), 1000, 0.2)
    assert (turnout[7] >= turnout[1]).all() and turnout[7].sum() > 1.3 * turnout[1].sum()


def test_the_phone_makes_voting_cheap():
    n = 6000
    state, project = one_project(households=n, days=1, rules=[Vote(days=1)], theta_vote=0.0, theta_c=1.0,
                                 literate_young=0.5)  # fmt: skip
    phone = state.people["literate"]
    assert_share(project.voted[phone].sum(), phone.sum(), expit(-0.05))
    assert_share(project.voted[~phone].sum(), (~phone).sum(), expit(-0.5))


def test_representatives_are_as_many_as_the_rule_says_and_among_the_affected():
    """With share 1 and >= all fifteen must agree: p^15."""
    p, done = 0.95, 0
    state = hamlet(40 * 50, per_compound=50, projects_a_year=365.0, project_households=30.0, versions_most=1.0,
                   theta_pay=logit(p))  # fmt: skip
    live(state, 20, deciding, rules=[PreScreening(days=1, people=15, share=1.0, operator=">=")])
    done = sum(len(q.steps) > 1 or q.outcome == "done" for q in state.projects.all)
    assert_share(done, len(state.projects.all), p**15)


def test_nobody_voting_passes_nothing():
    _, project = one_project(rules=[Vote(share=0.0, operator=">=")], theta_vote=-SURE, versions_most=1.0)
    assert project.outcome == "dropped"


@pytest.mark.parametrize("a_year", [2.0, 50.0])
def test_projects_are_proposed_at_their_rate(a_year):
    state = hamlet(400, per_compound=10, projects_a_year=a_year, project_households=10.0)
    live(state, 365, deciding)
    assert_share(len(state.projects.all), 40 * 365, a_year / 365)
    assert all(p.affected.sum() == 10 for p in state.projects.all)


def test_the_affected_are_one_block_of_neighbours():
    state = hamlet(600, per_compound=200, projects_a_year=365.0, project_households=40.0)
    live(state, 20, deciding)
    starts = set()
    for project in state.projects.all:
        where = np.flatnonzero(project.affected)
        assert len(where) == 40 and (np.diff(where) == 1).all()
        assert (state.homes.doors["compound"][project.households] == project.compound).all()
        starts.add(int(where[0]))
    assert len(starts) > 20


def talked(n=200, rounds=3, epsilon=0.3, people=1000, **levers):
    """(opinions before, project, state) of one project whose representatives have talked."""
    levers = {"epsilon": epsilon, "half_life": 1e9, "ties_most": 60.0, **levers}
    _, plain = one_project(households=n, days=1, rules=[PreScreening(days=1)], **levers)
    state, project = one_project(households=n, days=1, **levers,
                                 rules=[PreScreening(days=1), DeliberationGroup(people=people, rounds=rounds)])
    return plain.value, project, state


@pytest.mark.parametrize("rounds, epsilon", [(1, 0.3), (5, 0.3), (5, 0.05)])
def test_opinions_within_reach_meet_half_way_and_the_mean_stays(rounds, epsilon):
    before, project, _ = talked(rounds=rounds, epsilon=epsilon)
    assert project.value.mean() == pytest.approx(before.mean())
    assert project.value.var() < before.var()
    moved = np.flatnonzero(project.value != before)
    if rounds == 1:  # whoever moved did so with one other, to their mean, and was within reach
        for k in moved:
            partner = [j for j in moved if j != k and project.value[j] == project.value[k]]
            assert len(partner) == 1
            assert project.value[k] == pytest.approx((before[k] + before[partner[0]]) / 2)
            assert abs(before[k] - before[partner[0]]) < epsilon
    assert len(moved) > 5


def test_with_reach_over_everything_all_come_to_agree_and_without_any_nobody_moves():
    before, project, _ = talked(rounds=30, epsilon=1.0)
    np.testing.assert_allclose(project.value, before.mean(), atol=1e-3)
    before, project, _ = talked(rounds=30, epsilon=0.0)
    assert (project.value == before).all()


def test_only_representatives_talk_and_without_smartphones_they_meet_in_person():
    before, project, state = talked(people=30, rounds=1, alpha=0.05, kappa_on=0.2, literate_young=0.0,
                                    literate_old=0.0)  # fmt: skip
    assert project.asked.sum() == 30 and not (project.value != before)[~project.asked].any()
    assert project.group == -1 and state.groups.count[0] == 0
    assert (state.ties.rows["degree"] > 0).sum() == 30  # one household, one person here
    np.testing.assert_allclose(state.ties.slots["u"][state.ties.rows["start"][project.asked]], 0.01)


COUNCIL = DeliberationGroup(people=12, rounds=3)


def screened(rules, days=3, outside=(), **levers):
    """(state, project, rows of the representatives' messages) after ``days`` of a project; one person a household."""
    state = hamlet(60, per_compound=60, **{"projects_a_year": 365.0, "project_households": 60.0, "half_life": 1e9,
                                           "ties_most": 60.0, "u": 0.0, **YES_TO_ALL, **levers})  # fmt: skip
    state.people["literate"][:] = ~np.isin(np.arange(60), outside)
    live(state, 1, talking, deciding, rules=rules)
    live(change(state, projects_a_year=0.0), days - 1, talking, deciding, rules=rules)
    return state, state.projects.all[0], state.messages.rows[: state.messages.count[0]]


@pytest.mark.parametrize("rules, kind", [((PreScreening(people=12),), REPRESENTATIVES),
                                         ((PreScreening(people=9), COUNCIL), DELIBERATION)])  # fmt: skip
def test_representatives_with_a_smartphone_have_a_group_of_their_own(rules, kind):
    state, project, _ = screened(rules, outside=range(0, 60, 3))
    groups = state.groups.rows[: state.groups.count[0]]
    assert groups["kind"].tolist() == [kind] and groups["compound"].tolist() == [0]
    assert project.asked.sum() == 12
    inside = set(state.groups.member[0, : groups["members"][0]].tolist())
    assert inside == {i for i in np.flatnonzero(project.asked).tolist() if i % 3}  # seat i is household i here
    assert 2 < len(inside) < 12
    assert not state.people["in_official"].any()
    assert read_affairs(state, state.base, state.day - 1)["groups"] == 1


@pytest.mark.parametrize("rules", [(), (Vote(),), (COUNCIL,)])
def test_without_a_pre_screening_there_is_no_group_and_nobody_writes(rules):
    state, _, rows = screened(rules, days=10)
    assert state.groups.count[0] == 0 and not len(rows)


def test_each_representative_writes_once_and_only_replies_are_encounters():
    state, project, rows = screened([PreScreening(people=12)])
    assert (rows["kind"] == VIEW).all() and (rows["group"] == project.group).all()
    assert sorted(rows["sender"].tolist()) == np.flatnonzero(project.asked).tolist()
    assert not state.ties.rows["degree"].any()
    state, project, rows = screened([PreScreening(people=12)], u=1.0, in_view=0.1, alpha=0.05, kappa_on=0.2)
    asked, replies = rows[rows["kind"] == VIEW], rows[rows["kind"] == REPLY]
    assert len(asked) == 12 and len(replies) > 5 and len(asked) + len(replies) == len(rows)
    first = rows["sender"][replies["reply_to"]]
    met = {frozenset(pair) for pair in zip(replies["sender"].tolist(), first.tolist(), strict=True)}
    assert state.ties.rows["degree"].sum() == 2 * len(met)


def test_in_a_deliberation_group_one_of_each_pair_writes_and_the_other_replies():
    state, project, rows = screened([PreScreening(), COUNCIL], alpha=0.05, kappa_on=0.2, w_cap=1.0)
    views, replies = rows[rows["kind"] == VIEW], rows[rows["kind"] == REPLY]
    assert len(views) == len(replies) == 3 * 12 / 2 and len(rows) == 36
    assert (rows["kind"][replies["reply_to"]] == VIEW).all() and rows["time"].max() < 3  # before they are asked
    wrote = np.bincount(rows["sender"], minlength=60)
    assert (wrote[project.asked] == 3).all() and not wrote[~project.asked].any()
    once = 0.2 * 0.05
    assert state.ties.rows["total"].max() <= 3 * once + 1e-9
    assert (state.ties.rows["degree"][project.asked] > 0).all()
    assert not state.ties.rows["degree"][~project.asked].any()


def test_the_group_is_closed_with_the_project_and_opened_anew_for_a_new_version():
    state, project, _ = screened([PreScreening(people=12), Vote(days=1)], days=60)
    assert project.outcome == "done" and project.group == -1
    assert state.groups.count[0] == 1 and not state.groups.rows["members"].any()
    state, project, _ = screened([PreScreening(people=12)], days=13, theta_pay=-SURE, versions_most=2.0,
                                 rework_days=8.0)  # fmt: skip
    assert project.version == 2 and state.groups.count[0] == 2
    assert state.groups.rows["members"][:2].tolist() == [0, 12]
    assert state.groups.rows["founded"][:2].tolist() == [0, 11]


def test_in_a_group_with_a_task_there_is_no_small_talk_and_nobody_is_invited():
    state, _, _ = screened([PreScreening(days=40, people=12)], days=1)
    inside = np.flatnonzero(state.groups.seats.group[:, 0] >= 0)
    for i in range(0, 60, 2):
        for j in inside.tolist():
            if i != j:
                know(state, i, j, 0.5)
    change(state, mu=5.0, w_0=0.01, q=500.0, theta_join=SURE, h_ch=500.0, flood_from=0.01)
    live(state, 20, talking, joining, deciding, rules=[PreScreening(days=40, people=12)])
    said = state.messages.rows["kind"][: state.messages.count[0]]
    assert (said == VIEW).sum() == 12 and not (said == TALK).any()
    assert (np.flatnonzero(state.groups.seats.group[:, 0] >= 0) == inside).all()


@pytest.mark.parametrize("people", [1, 7, 30])
def test_a_deliberation_group_asks_as_many_as_it_has(people):
    _, project, _ = talked(people=people)
    assert project.asked.sum() == people


@pytest.mark.parametrize("hours", [0.0, 0.02, 0.4])
def test_easy_voting_costs_what_it_says(hours):
    n = 6000
    _, project = one_project(households=n, days=1, rules=[Vote(days=1), EasyVoting(hours=hours)], theta_vote=0.0,
                             theta_c=1.0, literate_young=1.0)  # fmt: skip
    assert_share(project.voted.sum(), n, expit(-hours))
