"""Needs arise and are reported or resented; the office answers, works, gets tired and is thanked."""

import numpy as np
import pytest
from alone import SURE, assert_mean, assert_share, change, hamlet, know, live, logit
from scipy.special import expit

from commsim.clock import HOURS, MINUTES
from commsim.day.deciding import deciding
from commsim.day.gathering import gathering
from commsim.day.moving import moving
from commsim.day.needs import needs
from commsim.day.serving import solve
from commsim.day.talking import talking
from commsim.rules import Gatherings
from commsim.state.groups import OFFICIAL, enter, open_group
from commsim.state.messages import ANSWER, ISSUE, THANKS
from commsim.state.office import BY_GROUP, BY_PHONE, BY_VISIT, UNANSWERED, UNREPORTED
from commsim.state.people import CHILD


def cases(state):
    return state.cases.rows[: state.cases.count[0]]


def in_group(state, members):
    """An official group of the people ``members``."""
    group = open_group(state.groups, OFFICIAL, 0, -1, 1)
    for i in members:
        assert enter(state.tables.groups, state.tables.people, i, group)
    return group


def office(people=200, days=60, phases=(needs, talking), set_up=None, **levers):
    """A community of which only needs and the office are alive."""
    state = hamlet(people, **{"needs_rate": 50.0, "minutes_1": 10.0, "officials": 3.0, **levers})
    if set_up:
        set_up(state)
    return live(state, days, *phases)


@pytest.mark.parametrize("rate", [0.5, 20.0])
def test_needs_arise_at_the_rate_of_the_place(rate):
    state = office(people=1000, days=400, phases=(needs,), needs_rate=rate)
    assert_share(len(cases(state)), 400_000, rate / 1000.0)


def test_what_is_not_reported_is_resented():
    state = office(r_0=0.5, r_c=1.0, hours_visit=1.5)
    reported, kept = len(cases(state)), int(state.office.grievances[UNREPORTED])
    assert_share(reported, reported + kept, expit(0.5 - 1.5))
    assert state.people["grieved"].sum() == kept


@pytest.mark.parametrize("knows", [0.0, 0.4, 1.0])
def test_the_cheapest_channel_is_taken(knows):
    state = office(people=1000, phases=(needs,), knows_phone=knows, set_up=lambda s: in_group(s, range(0, 1000, 2)))
    by = cases(state)["channel"]
    member = cases(state)["person"] % 2 == 0
    assert (by[member] == BY_GROUP).all()
    assert (by[~member] != BY_GROUP).all()
    phones = len(np.unique(cases(state)["person"][by == BY_PHONE]))
    assert_share(phones, len(np.unique(cases(state)["person"][~member])), knows)
    assert (by[~member] == BY_VISIT).any() == (knows < 1.0)


def test_visits_come_in_duty_hours_only():
    state = office(phases=(needs,), duty_from=9.0, duty_hours=8.0)
    hour = cases(state)["reported"] % 1.0 * HOURS
    assert hour.min() >= 9.0 and hour.max() < 17.0


def test_childrens_needs_are_carried_by_a_grown_up():
    state = hamlet(900, 300, child_share=0.25, needs_rate=100.0)
    live(state, 20, needs)
    assert (state.people["age"] == CHILD).sum() > 100
    assert not (state.people["age"][cases(state)["person"]] == CHILD).any()
    assert_share(len(cases(state)), 900 * 20, 0.1)


def test_class_1_ends_with_the_answer_and_others_need_work():
    state = office(class_1=0.5, class_2=0.3, days=120, self_help=0.0, repair_3=2.0, repair_2=1.0)
    c = cases(state)
    for klass, share in [(1, 0.5), (2, 0.3), (3, 0.2)]:
        assert_share((c["klass"] == klass).sum(), len(c), share)
    done = c[c["solved"] >= 0.0]
    assert (done["solved"][done["klass"] == 1] == done["answered"][done["klass"] == 1]).all()
    assert (done["solved"][done["klass"] > 1] > done["answered"][done["klass"] > 1]).all()


@pytest.mark.parametrize("median, sigma", [(3.0, 0.8), (1.0, 0.3)])
def test_repairs_take_lognormal_times(median, sigma):
    state = office(class_1=0.0, class_2=1.0, self_help=0.0, repair_2=median, repair_sigma=sigma, days=200,
                   minutes_2=0.1, minutes_answer=0.1, duty_hours=24.0, officials=20.0)  # fmt: skip
    c = cases(state)
    c = c[c["reported"] < 100.0]
    assert (c["solved"] >= 0.0).all()
    logs = np.log(c["solved"] - c["answered"])
    assert_mean(logs, np.log(median), bias=0.005)  # the minutes of work itself
    assert logs.std() == pytest.approx(sigma, rel=4 / np.sqrt(2 * len(logs)))


@pytest.mark.parametrize("z, w", [(1.0, 0.5), (0.5, 0.8), (0.0, 0.9)])
def test_neighbours_help_themselves_as_far_as_they_know_each_other(z, w):
    def acquaint(state):
        for i in range(0, 200, 2):
            know(state, i, i + 1, w)

    state = office(class_1=0.0, class_2=1.0, self_help=z, half_life=1e9, days=100, set_up=acquaint)
    c = cases(state)
    c = c[c["answered"] >= 0.0]
    assert_share((c["solved"] == c["answered"]).sum(), len(c), z * w)


def test_emergencies_are_answered_before_everything_else():
    state = office(people=400, needs_rate=30.0, officials=1.0, minutes_1=60.0, minutes_answer=60.0, class_1=0.0,
                   class_2=1.0, emergency=0.1, minutes_2=1.0, minutes_emergency=1.0, days=100,
                   self_help=0.0)  # fmt: skip
    c = cases(state)
    c = c[(c["started"] >= 0.0) & (c["reported"] > 20.0)]
    wait = c["started"] - c["reported"]
    assert wait[c["emergency"]].mean() < 0.2 * wait[~c["emergency"]].mean()


def _on_phones(state):
    in_group(state, range(200))


@pytest.mark.parametrize("m", [1.0, 0.5])
def test_night_answers_only_on_call(m):
    """Group messages until 23:00; without anybody on call no answer is begun outside duty hours."""
    for on_call in (0.0, 1.0):
        state = office(on_call=on_call, m=m, duty_from=9.0, duty_hours=8.0, minutes_1=5.0, set_up=_on_phones,
                       needs_rate=20.0)  # fmt: skip
        begun = cases(state)["started"]
        hour = begun[begun >= 0.0] % 1.0 * HOURS
        at_night = ((hour < 9.0 - 1e-9) | (hour >= 9.0 + 8.0 * m + 1e-9)).mean()
        assert (at_night > 0.2) if on_call else (at_night == 0.0)


@pytest.mark.parametrize("duty_from", [7.0, 8.0, 8.5, 9.0, 10.0])
def test_what_waited_overnight_is_taken_up_when_the_office_opens(duty_from):
    """On every day, whatever the hour is as a binary fraction of a day."""
    state = office(days=200, needs_rate=20.0, knows_phone=1.0, hours_phone=0.0, duty_from=duty_from, duty_hours=8.0,
                   minutes_1=0.1, officials=20.0)  # fmt: skip
    c = cases(state)
    hour = c["reported"] % 1.0 * HOURS
    late = c[(hour > duty_from + 8.0 + 1e-3) & (c["reported"] < 199.0)]
    opens = np.floor(late["reported"]) + 1.0 + duty_from / HOURS
    assert len(late) > 50
    np.testing.assert_allclose(late["started"], opens, atol=1e-6)


def test_somebody_on_call_shortens_the_wait_and_drains():
    quick, slow = (office(on_call=o, night_drain=2.0, set_up=_on_phones, needs_rate=20.0) for o in (1.0, 0.0))
    assert np.median(_waits(quick)) < 0.3 * np.median(_waits(slow))
    # of a day's four cases, most are reported outside eight hours of duty: two hours of drain each
    assert quick.office.officials["tired"].sum() > slow.office.officials["tired"].sum() + 5.0


def _waits(state):
    c = cases(state)
    return (c["answered"] - c["reported"])[c["answered"] >= 0.0]


@pytest.mark.parametrize("looks, m", [(15.0, 1.0), (60.0, 1.0), (30.0, 0.5)])
def test_an_official_looks_at_the_phone_now_and_then(looks, m):
    """A message waits a uniform time up to looks / m minutes where nobody else is before it."""
    state = office(looks=looks, m=m, duty_hours=24.0, officials=20.0, on_call=1.0, needs_rate=5.0, minutes_1=0.1,
                   days=400, set_up=_on_phones, duty_from=7.0)  # fmt: skip
    c = cases(state)
    awake = c["reported"] % 1.0 * HOURS < (19.0 if m == 0.5 else 23.0)  # half the commitment, half the hours
    wait = ((c["started"] - c["reported"]) * MINUTES)[awake & (c["started"] >= 0.0)]
    assert_mean(wait, looks / m / 2.0)
    assert wait.max() <= looks / m + 1e-6


def test_beyond_their_energy_officials_slow_down():
    rested, tired = (
        office(officials=1.0, minutes_1=60.0, needs_rate=35.0, duty_hours=10.0, energy=e, days=80) for e in (1e9, 20.0)
    )
    spans = [c["answered"] - c["started"] for c in map(cases, (rested, tired))]
    means = [s[c["answered"] >= 0.0].mean() for s, c in zip(spans, map(cases, (rested, tired)), strict=True)]
    assert means[1] > 1.5 * means[0]


@pytest.mark.parametrize("worker", [0, 1, 2])
def test_thanks_for_a_repair_restore_who_did_the_work(worker):
    state = hamlet(20, needs_rate=3000.0, officials=3.0, class_1=0.0, class_2=1.0, thanks_share=1.0, thanks_restore=2.0)
    live(state, 1, needs)
    case = 4  # not the worker's number, nor three more or less
    state.cases.rows["official"][case] = worker
    state.office.officials["tired"][:] = 5.0
    solve(state.under(state.base), 1.0, case)
    assert state.office.officials["tired"].tolist() == [3.0 if o == worker else 5.0 for o in range(3)]


def test_the_official_of_a_case_is_who_worked_on_it():
    state = office(class_1=0.0, class_2=1.0)
    rows = state.cases.rows[: state.cases.count[0]]
    assert set(rows["official"][rows["answered"] >= 0]) == {0, 1, 2}


def test_thanks_restore_the_official_and_stand_in_the_group():
    grateful, silent = (office(thanks_share=t, thanks_restore=5.0, set_up=_on_phones) for t in (1.0, 0.0))
    assert grateful.office.officials["tired"].sum() < silent.office.officials["tired"].sum()
    kinds = [np.bincount(s.messages.rows["kind"][: s.messages.count[0]], minlength=5) for s in (grateful, silent)]
    assert kinds[0][THANKS] > 0 and kinds[1][THANKS] == 0
    assert kinds[0][ANSWER] == kinds[0][THANKS] and kinds[1][ISSUE] >= kinds[1][ANSWER]


def _one_report(state):
    return np.bincount(cases(state)["person"], minlength=state.size)


def test_the_promise_broken_lowers_trust_once():
    state = office(people=400, days=3, needs_rate=100.0, set_up=lambda s: s.people["trust"].fill(0.5), b_t=0.3,
                   a_t=0.0, on_call=0.0, duty_from=23.9, duty_hours=0.01, reply_hours=4.0, minutes_1=1e6,
                   hours_phone=0.0, knows_phone=1.0)  # fmt: skip
    live(change(state, needs_rate=0.0), 20, needs, talking)
    broken = _one_report(state)
    late = (cases(state)["answered"] < 0.0).sum()
    assert late == len(cases(state)) > 50
    np.testing.assert_allclose(state.people["trust"], 0.5 * 0.7**broken)
    assert state.office.grievances[UNANSWERED] == late == state.people["grieved"].sum()


def test_the_promise_kept_raises_trust():
    state = office(people=400, days=3, needs_rate=100.0, set_up=lambda s: s.people["trust"].fill(0.5), a_t=0.1,
                   b_t=0.5, reply_hours=1000.0)  # fmt: skip
    live(change(state, needs_rate=0.0), 20, needs, talking)
    np.testing.assert_allclose(state.people["trust"], 1.0 - 0.5 * 0.9 ** _one_report(state))
    assert state.office.grievances.sum() == 0


@pytest.mark.parametrize("kappa", [0.0, 0.2, 1.0])
def test_who_watches_the_thread_shares_a_part_of_the_experience(kappa):
    def ready(state):
        in_group(state, range(200))
        state.people["trust"][:] = 0.5

    state = office(days=1, needs_rate=30.0, set_up=ready, a_t=0.1, kappa_watch=kappa, in_view=0.1, reply_hours=1000.0,
                   on_call=1.0, looks=0.0, duty_hours=24.0)  # fmt: skip
    answered = int((cases(state)["answered"] >= 0.0).sum())
    spectators = np.delete(state.people["trust"], cases(state)["person"])
    assert (spectators > 0.5).any() == (kappa > 0.0)
    one_look = 0.5 + kappa * 0.1 * 0.5
    assert np.isclose(spectators, one_look).any() and spectators[spectators > 0.5].min(initial=1.0) >= one_look - 1e-9
    if kappa == 1.0:
        looks = np.log((1.0 - spectators) / 0.5) / np.log(0.9)
        assert looks.mean() == pytest.approx(answered * 0.1, rel=0.5)


def test_newcomers_do_not_answer_for_cases_of_who_lived_there_before():
    """Everybody reports on day 0, moves out on day 1; the promise is broken on day 2."""
    levers = dict(needs_rate=3000.0, a_t=0.3, b_t=0.3, reply_hours=40.0, duty_from=23.9, duty_hours=0.001,
                  renter_share=1.0, short_share=1.0)  # fmt: skip
    state = hamlet(100, knows_phone=1.0, hours_phone=0.0, **levers)
    live(state, 1, needs, talking)
    live(change(state, needs_rate=0.0, stay_short=1e-9), 1, moving)
    state.people["trust"][:] = 0.5
    assert (state.people["tenancy"] == 1).all() and len(cases(state)) > 100
    live(change(state, stay_short=1e9), 5, talking)
    assert (state.people["trust"] == 0.5).all() and state.people["grieved"].sum() == 0


def test_hours_that_other_work_asks_for_are_worked_the_next_day_in_duty_hours():
    state = hamlet(300, theta_gathering=SURE, minutes_gathering=120.0, officials=2.0)
    live(state, 8, talking, gathering, rules=[Gatherings(every=14, threshold=10, sign_up_days=3)])
    held = sum(g["held"] for g in state.gatherings.past)
    assert held == 1
    assert state.office.officials["worked"].sum() == pytest.approx(2.0 * held)


def test_a_hearing_costs_the_office_an_hour_for_each_objector():
    from commsim.rules import Notice

    state = hamlet(125, o_0=logit(0.05), r_board=100.0, projects_a_year=365.0, minutes_hearing=60.0)
    live(state, 1, talking, deciding, rules=[Notice(decision=1, works=0, accounts=0, objectors=100)])
    heard = state.projects.all[0].heard.sum()
    live(change(state, projects_a_year=0.0), 5, talking, deciding)
    assert heard > 0
    assert state.office.officials["worked"].sum() == pytest.approx(heard)
