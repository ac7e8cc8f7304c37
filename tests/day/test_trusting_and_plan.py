"""The evening, and the order of the day."""

import numpy as np
import pytest
from alone import assert_share, hamlet, live

from commsim.day.plan import offline_day, whole_day
from commsim.day.trusting import trusting
from commsim.engine import Days, prepare, run
from commsim.population import Place
from commsim.rules import OnlineGroup, ReplyTime


@pytest.mark.parametrize("half_life, days", [(180.0, 180), (30.0, 90)])
def test_motivation_returns_to_each_persons_own_level(half_life, days):
    state = hamlet(100, v_half_life=half_life)
    state.people["v"][:] = 0.9
    own = state.people["v_own"].copy()
    live(state, days, trusting)
    np.testing.assert_allclose(state.people["v"], own + (0.9 - own) * 0.5 ** (days / half_life), rtol=1e-9)
    assert own.std() > 0.05


def test_motivation_starts_below_the_own_level():
    state = hamlet(4000)
    assert (state.people["v"] < state.people["v_own"]).all()
    assert state.people["v_own"].mean() == pytest.approx(0.2, abs=0.01)


def test_volunteers_serve_for_a_term():
    state = hamlet(5000, volunteer_term=100.0)
    state.people["volunteer"][:] = True
    live(state, 70, trusting)
    assert_share(state.people["volunteer"].sum(), 5000, (1 - 1 / 100) ** 70)


def test_a_day_is_the_phases_in_their_order():
    names = [phase.name for phase in whole_day()]
    assert names[:8] == ["moving", "neighbouring", "keeping", "needs", "visiting", "talking", "rumouring", "asking"]
    assert names[8:13] == ["learning", "joining", "coaching", "gathering", "supplying"]
    assert names[13:] == ["deciding", "quarrelling", "helping", "leading", "trusting"]
    assert [phase.name for phase in offline_day()] == ["moving", "neighbouring"]
    loop = Days(prepare(Place("p", "p", 100, 40, burn_in=5), 1), ())
    loop.live()
    assert all(phase.seconds > 0.0 for phase in loop.plan)


def test_the_burn_in_ends_on_day_zero_with_ties_and_nothing_else():
    state = prepare(Place("p", "p", 300, 120, burn_in=100), 1)
    assert state.day == 0 and state.ties.rows["degree"].sum() > 0
    assert state.groups.count[0] == state.messages.count[0] == state.cases.count[0] == 0
    assert not state.projects.all and not state.gatherings.past and not state.office.yuan.any()


def test_a_rule_that_ends_leaves_the_settings_as_they_were():
    state = prepare(Place("p", "p", 100, 40, burn_in=0), 1)
    loop = Days(state, (OnlineGroup(poster=2.0, start=3, end=6), ReplyTime(hours=4.0, start=5)))
    seen = []
    for day in range(9):
        x = loop.settings(day).x
        seen.append((x.group_open, x.p_b, x.reply_hours, x.on_call))
    usual = state.base.x
    before = (0.0, usual.p_b, usual.reply_hours, 0.0)
    after = (0.0, usual.p_b, 4.0, 1.0)
    assert seen == [before] * 3 + [(1.0, 2.0, usual.reply_hours, 0.0)] * 2 + [(1.0, 2.0, 4.0, 1.0)] + [after] * 3


def test_a_run_lives_through_exactly_its_days():
    state = prepare(Place("p", "p", 100, 40, burn_in=0), 1)
    finished = run(state, (), 12)
    assert finished.state.day == 12 and finished.series["day"] == list(range(12))
