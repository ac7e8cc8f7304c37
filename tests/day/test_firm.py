"""The property firm and the government: whose matter a need is, who repairs it, whom it makes trusted."""

import numpy as np
import pytest
from alone import assert_mean, assert_share, change, hamlet, know, live

from commsim.clock import HOURS
from commsim.day.moving import moving
from commsim.day.needs import needs
from commsim.day.talking import talking
from commsim.rules import OwnersCommittee, PropertyInGroup
from commsim.state.groups import OFFICIAL, enter, open_group
from commsim.state.messages import ANSWER, THE_FIRM
from commsim.state.office import BY_GROUP, FIRM, OFFICE

QUICK = dict(class_1=0.0, class_2=1.0, self_help=0.0, minutes_answer=0.1, minutes_2=0.1, duty_from=0.0,
             duty_hours=24.0, officials=20.0, property_share=1.0)  # fmt: skip


def cases(state):
    return state.cases.rows[: state.cases.count[0]]


def place(people=200, members=0, **levers):
    """A place of which only needs and whoever serves them are alive; the first people are in the group."""
    state = hamlet(people, **{"needs_rate": 50.0, **QUICK, **levers})
    group = open_group(state.groups, OFFICIAL, 0, -1, 1)
    for i in range(members):
        assert enter(state.tables.groups, state.tables.people, i, group)
    for column in ("trust", "trust_property", "trust_government"):
        state.people[column][:] = 0.5
    return state


def settled(state, before):
    """The cases reported before a day, all of which have been settled by now."""
    c = cases(state)
    c = c[c["reported"] < before]
    assert len(c) > 30 and (c["solved"] >= 0.0).all()
    return c


@pytest.mark.parametrize("share", [0.0, 0.3, 1.0])
def test_a_share_of_class_2_is_the_firms_and_nothing_else(share):
    state = live(place(property_share=share, class_1=0.3, class_2=0.5, emergency=0.2, needs_rate=500.0), 20, needs)
    c = cases(state)
    own = (c["klass"] == 2) & ~c["emergency"]
    assert_share((c["party"][own] == FIRM).sum(), own.sum(), share)
    assert (c["party"][~own] == OFFICE).all() and (c["klass"] == 3).any() and c["emergency"].any()


@pytest.mark.parametrize("days", [7.0, 2.0])
def test_what_the_office_passes_on_takes_the_firms_time_and_no_work_of_the_office(days):
    state = live(place(firm_days=days, repair_sigma=0.5, minutes_2=600.0), 30, needs, talking)
    state = live(change(state, needs_rate=0.0), 80, needs, talking)
    c = settled(state, 30)
    logs = np.log(c["solved"] - c["answered"])
    assert_mean(logs, np.log(days))
    assert logs.std() == pytest.approx(0.5, rel=4 / np.sqrt(2 * len(logs)))
    assert state.office.officials["worked"].sum() == pytest.approx(len(c) * 0.1 / 60.0, rel=4 / np.sqrt(len(c)))


def test_without_the_firm_the_same_needs_are_the_offices_work():
    """What breaks if nothing is passed on: officials work for it."""
    state = live(place(property_share=0.0, minutes_2=60.0), 30, needs, talking)
    assert state.office.officials["worked"].sum() > 0.5 * len(cases(state))


@pytest.mark.parametrize("pressed", [0.5, 0.2])
def test_a_committee_presses_the_firm_by_the_factor_of_the_rule(pressed):
    def spans(*rules):
        state = live(place(), 20, needs, talking, rules=rules)
        state = live(change(state, needs_rate=0.0), 80, needs, talking, rules=rules)
        c = settled(state, 20)
        return c["solved"] - c["answered"]

    free, under = spans(), spans(OwnersCommittee(pressed=pressed))
    common = min(len(free), len(under))
    np.testing.assert_allclose(under[:common], pressed * free[:common], atol=1e-9)


@pytest.mark.parametrize("hours", [1.0, 6.0])
def test_in_the_group_the_firm_answers_itself_and_the_office_hears_nothing(hours):
    rule = PropertyInGroup(hours=hours, live_reports=False)
    state = place(members=200, repair_2=2.0, repair_sigma=0.5)
    live(state, 30, needs, talking, rules=[rule])
    live(change(state, needs_rate=0.0), 60, needs, talking, rules=[rule])
    c = settled(state, 30)
    assert (c["channel"] == BY_GROUP).all() and (c["official"] == -1).all()
    assert_mean((c["answered"] - c["reported"]) * HOURS, hours)
    assert_mean(np.log(c["solved"] - c["answered"]), np.log(2.0))
    assert state.office.officials["worked"].sum() == 0.0
    messages = state.messages.rows[: state.messages.count[0]]
    answers = messages[messages["kind"] == ANSWER]
    assert len(answers) > 0 and (answers["sender"] == THE_FIRM).all()


def test_who_is_not_in_the_group_is_still_passed_on():
    state = place(members=100)
    live(state, 30, needs, talking, rules=[PropertyInGroup()])
    c = cases(state)
    c = c[c["answered"] >= 0.0]
    inside = c["person"] < 100
    assert (c["official"][~inside] >= 0).all() and (c["official"][inside] == -1).all()
    assert 0.2 < inside.mean() < 0.8


@pytest.mark.parametrize("w", [0.4, 0.8])
def test_neighbours_may_sort_it_out_before_the_firm_does(w):
    for rules, members in ([], 0), ([PropertyInGroup(live_reports=False)], 200):
        state = place(members=members, self_help=1.0, half_life=1e9, needs_rate=100.0, u=0.0)
        for i in range(0, 200, 2):
            know(state, i, i + 1, w)
        live(state, 25, needs, talking, rules=rules)
        c = cases(state)
        c = c[c["answered"] >= 0.0]
        assert_share(c["own"].sum(), len(c), w)
        assert (c["solved"][c["own"]] == c["answered"][c["own"]]).all()


def expected(state, people, settled_in_time, good, bad):
    """Trust after the one experience that each of ``people`` had."""
    return np.where(settled_in_time, 0.5 + 0.5 * good, 0.5 * (1.0 - bad))


def alone_with_one_case(state):
    c = cases(state)
    once = np.bincount(c["person"], minlength=state.size)[c["person"]] == 1
    return c[once]


@pytest.mark.parametrize("good, bad", [(0.1, 0.3), (0.05, 0.0)])
def test_the_person_concerned_trusts_the_firm_by_whether_it_was_settled_in_time(good, bad):
    state = place(people=300, firm_days=14.0, firm_patience=14.0, a_t=good, b_t=bad, needs_rate=10.0)
    live(state, 60, needs, talking)
    live(change(state, needs_rate=0.0), 200, needs, talking)
    c = alone_with_one_case(state)
    in_time = c["solved"] - c["reported"] <= 14.0
    assert 0.3 < in_time.mean() < 0.7
    trust = state.people["trust_property"]
    np.testing.assert_allclose(trust[c["person"]], expected(state, c, in_time, good, bad))
    idle = np.setdiff1d(np.arange(300), cases(state)["person"])
    assert (trust[idle] == 0.5).all() and len(idle) > 10
    # the office has answered in time (once good), and the repair is none of its merit
    np.testing.assert_allclose(state.people["trust"][c["person"]], 0.5 + 0.5 * good)
    assert (state.people["trust_government"] == 0.5).all()


def test_class_3_makes_the_government_trusted_or_not():
    state = place(people=300, class_2=0.0, property_share=0.0, repair_3=100.0, government_patience=100.0, a_t=0.1,
                  b_t=0.3, minutes_3=0.1, needs_rate=10.0)  # fmt: skip
    live(state, 60, needs, talking)
    live(change(state, needs_rate=0.0), 70, needs, talking)
    c = alone_with_one_case(state)
    now = state.day
    done, late = c["solved"] >= 0.0, now - c["reported"] > 100.0
    in_time = done & (c["solved"] - c["reported"] <= 100.0)
    trust = state.people["trust_government"][c["person"]]
    waiting = ~done & ~late
    assert min(in_time.sum(), waiting.sum(), (late & ~done).sum()) > 3
    np.testing.assert_allclose(trust[in_time], 0.55)
    np.testing.assert_allclose(trust[waiting], 0.5)
    np.testing.assert_allclose(trust[late & ~done], 0.35)
    np.testing.assert_allclose(trust[done & ~in_time], 0.35 + 0.1 * 0.65)  # late, but done
    assert (state.people["trust_property"] == 0.5).all()


@pytest.mark.parametrize("kappa", [0.0, 0.5])
def test_the_group_watches_the_firm_too(kappa):
    state = place(people=200, members=200, a_t=0.1, kappa_watch=kappa, in_view=0.1, needs_rate=5.0, repair_2=0.1)
    live(state, 20, needs, talking, rules=[PropertyInGroup(live_reports=False)])
    spectators = np.delete(state.people["trust_property"], cases(state)["person"])
    assert (spectators > 0.5).any() == (kappa > 0.0)
    assert spectators[spectators > 0.5].min(initial=1.0) >= 0.5 + 0.5 * kappa * 0.1 - 1e-12
    assert (state.people["trust"] == 0.5).all()


def test_newcomers_do_not_answer_for_what_the_firm_did_to_others():
    state = place(people=100, renter_share=1.0, short_share=1.0, needs_rate=2000.0, firm_days=30.0, a_t=0.3, b_t=0.3)
    live(state, 1, needs)
    live(change(state, needs_rate=0.0, stay_short=1e-9), 1, moving)
    state.people["trust_property"][:] = 0.5
    live(change(state, stay_short=1e9), 120, talking)
    assert len(cases(state)) > 100 and (state.people["trust_property"] == 0.5).all()


@pytest.mark.parametrize("start, counts", [(0.35, 8.0), (0.6, 20.0)])
def test_newcomers_start_with_trusts_of_their_own_alike_in_the_mean(start, counts):
    people = hamlet(3000, trust_start=start, trust_pseudo_counts=counts).people
    columns = [people[c] for c in ("trust", "trust_property", "trust_government", "trust_companion")]
    for column in columns:
        assert_mean(column, start, bias=0.002)
        assert column.std() == pytest.approx(np.sqrt(start * (1 - start) / (counts + 1)), rel=0.08)
    assert np.abs(np.corrcoef(columns) - np.eye(4)).max() < 4 / np.sqrt(3000)


@pytest.mark.parametrize("kappa_z", [0.0, 0.1])
def test_services_make_people_lean_on_them_and_self_help_falls_by_as_much(kappa_z):
    state = place(people=100, needs_rate=100.0, kappa_z=kappa_z, property_share=0.5)
    live(state, 20, needs, talking)
    live(change(state, needs_rate=0.0), 100, needs, talking)
    c = settled(state, 20)
    served = np.bincount(c["person"], minlength=100)
    np.testing.assert_allclose(state.people["leaning"], 1.0 - (1.0 - kappa_z) ** served)


@pytest.mark.parametrize("leaning", [0.0, 0.5, 1.0])
def test_who_leans_helps_less(leaning):
    state = place(people=400, self_help=1.0, half_life=1e9, needs_rate=50.0, kappa_z=0.0)
    for i in range(0, 400, 2):
        know(state, i, i + 1, 0.8)
    state.people["leaning"][:] = leaning
    live(state, 30, needs, talking)
    c = cases(state)
    c = c[c["answered"] >= 0.0]
    assert_share(c["own"].sum(), len(c), 0.8 * (1.0 - leaning))
