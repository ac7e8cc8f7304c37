"""Face: five people by hand, the hazard it gives, and trust that naming somebody costs."""

import math

import numpy as np
import pytest
from alone import hamlet, know, level_on

from commsim.clock import AWAKE_HOURS
from commsim.day.face import closeness, face, who_minds, yields
from commsim.state.ties import break_trust, strength

PHI = 0.7
SURE_TO_SEE = dict(in_view=1.0, disapprove=1.0, half_life=1e9)


def village(n=5, households=None, **levers):
    """n people in one stairwell, all in an official group; nobody is a child."""
    state = hamlet(n, households, per_compound=households or n, **{**SURE_TO_SEE, **levers})
    state.people["in_official"][:] = True
    return state


def minds(state, h=0, speaker=1, day=0):
    return who_minds(state.under(state.base), day, h, 0, state.size, speaker)


def test_five_people_by_hand():
    """Person 0 is shown by 1; 1, 2 and 3 know 0 by .5, .2 and .04, 4 knows only 3: four voices, strength .74."""
    state = village()
    for i, w in ((1, 0.5), (2, 0.2), (3, 0.04)):
        know(state, 0, i, w)
    know(state, 3, 4, 0.9)
    voices, audience = minds(state)
    assert voices == 4 and audience == pytest.approx(0.74)
    assert face(PHI, voices, audience) == pytest.approx(0.7 * math.log(5) * 0.74) == pytest.approx(0.83369, abs=1e-5)
    assert yields(0.05, face(PHI, voices, audience)) == pytest.approx(0.05 * (math.exp(0.83369) - 1), abs=1e-6)


def test_a_household_of_several_counts_by_its_closest_and_never_itself():
    """Six people in two homes of three: whoever shows it knows two of them, by .3 and .6."""
    state = village(6, 2)
    know(state, 3, 0, 0.3)
    know(state, 3, 1, 0.6)
    know(state, 4, 2, 0.1)
    voices, audience = minds(state, h=0, speaker=3)
    assert voices == 3 and audience == pytest.approx(0.7)
    now = state.under(state.base)
    level = level_on(0, 1e9)
    assert closeness(now, 3, 0, level) == pytest.approx(0.6) and closeness(now, 5, 0, level) == 0.0
    assert closeness(now, 3, 1, level) == 0.0


def test_a_tie_too_faint_to_count_gives_no_face():
    state = village(w_drop=0.01)
    know(state, 0, 2, 0.009)
    know(state, 0, 3, 0.011)
    assert minds(state)[1] == pytest.approx(0.011)


def test_without_voices_or_without_ties_there_is_no_face():
    assert face(PHI, 0.0, 5.0) == face(PHI, 10.0, 0.0) == yields(0.05, 0.0) == 0.0
    state = village()
    know(state, 2, 3, 1.0)
    assert minds(state) == (4.0, 0.0)


@pytest.mark.parametrize("h_0, loss", [(0.05, 0.0), (0.05, 1.0), (0.2, 1.5), (0.02, 3.0)])
def test_the_hazard_is_the_exponential_less_one_and_at_most_one(h_0, loss):
    assert yields(h_0, loss) == pytest.approx(h_0 * (math.exp(loss) - 1.0))
    assert yields(h_0, 8.0) == yields(h_0, 1e6) == 1.0


def test_only_members_of_the_group_within_the_rows_see_it():
    state = village()
    for i in (1, 2, 3, 4):
        know(state, 0, i, 0.5)
    state.people["in_official"][2] = False
    assert minds(state) == pytest.approx((3, 1.5))
    assert who_minds(state.under(state.base), 0, 0, 0, 4, 1) == pytest.approx((2, 1.0))


def test_whoever_shows_it_is_a_voice_also_from_beyond_those_who_can_see_it():
    """An envoy of the next stairwell shows what stands in a stairwell where nobody disapproves."""
    state = village(disapprove=0.0)
    know(state, 0, 4, 0.5)
    know(state, 0, 1, 0.2)
    assert who_minds(state.under(state.base), 0, 0, 0, 3, 4) == pytest.approx((1, 0.7))
    assert who_minds(state.under(state.base), 0, 0, 0, 5, 4) == pytest.approx((1, 0.7))


@pytest.mark.parametrize("in_view, disapprove", [(0.03, 0.1), (0.01, 0.5), (0.002, 1.0)])
def test_a_day_of_half_hours_and_one_voice_in_so_many(in_view, disapprove):
    n = 4001
    state = village(n, in_view=in_view, disapprove=disapprove)
    looks = 1 - (1 - in_view) ** (2 * AWAKE_HOURS)
    voices = np.array([minds(state, h=h, speaker=(h + 1) % n)[0] - 1 for h in range(5)])
    p = looks * disapprove
    assert abs(voices.mean() / (n - 2) - p) < 4 * math.sqrt(p * (1 - p) / (5 * n))
    assert len(set(voices)) > 1


def test_two_occasions_of_one_day_have_luck_of_their_own():
    state = village(800, in_view=0.03, disapprove=0.5)
    now = state.under(state.base)
    one, same, other = (who_minds(now, 3, 0, 0, 800, 1, occasion) for occasion in (0, 0, 1))
    assert one == same == minds(state, day=3) and one != other


@pytest.mark.parametrize("beta", [0.05, 0.1, 0.3])
def test_broken_trust_takes_its_share_on_both_sides_and_from_nobody_else(beta):
    state = village(4)
    know(state, 0, 1, 0.6)
    know(state, 0, 2, 0.4)
    ties, level = state.tables.ties, level_on(0, 1e9)
    break_trust(ties, 1, 0, beta)
    break_trust(ties, 1, 3, beta)  # strangers
    assert strength(ties, 0, 1, level) == strength(ties, 1, 0, level) == pytest.approx(0.6 * (1 - beta))
    assert strength(ties, 0, 2, level) == pytest.approx(0.4)
    assert state.ties.rows["total"][:3] == pytest.approx([1.0 - 0.6 * beta, 0.6 * (1 - beta), 0.4])
    assert state.ties.rows["degree"].tolist() == [2, 1, 1, 0]
    assert state.ties.slots["u"][state.ties.of(0)].sum() == pytest.approx(state.ties.rows["total"][0])
