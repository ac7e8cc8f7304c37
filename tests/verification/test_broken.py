"""A check that cannot fail is worth nothing: each is run once more against something broken and must fail.

Special cases have theirs in ``test_special.py``, thresholds and cascades in ``test_thresholds.py``.
"""

import numpy as np
import pytest
import test_adoption
import test_conservation
import test_gatherings
import test_office_and_replies
import test_ties
from test_special import off, passes

# name: (module, the phase that is broken, its levers multiplied, the check, its arguments)
PHASES = {
    "C4 posters and invitations": (
        test_adoption, "joining", off(p_b=1.3), "test_posters_and_invitations_together_fill_a_group_like_bass",
        {"p": 0.03, "q": 0.3, "days": 20}),
    "C4 small steps": (
        test_adoption, "joining", off(q=0.8), "test_with_small_steps_it_is_bass_with_his_peak",
        {"p": 0.03, "q": 0.38, "days": 15}),
    "C15 memory": (
        test_ties, "neighbouring", off(half_life=0.8),
        "test_acquaintances_are_the_people_met_within_the_memory_of_a_tie",
        {"months": 26, "chats": 0.3, "alpha": 0.05, "half_life": 180.0}),
    "C15 moves": (
        test_ties, "moving", off(stay_owner=2.0),
        "test_acquaintances_are_the_people_met_within_the_memory_of_a_tie",
        {"months": 4, "chats": 0.3, "alpha": 0.05, "half_life": 180.0}),
    "C21 one table": (
        test_gatherings, "gathering", off(g_table=0.02),
        "test_everybody_at_one_table_meets_as_many_as_the_formula_says", {"n": 1000, "m": 40, "events": 20}),
    "C22 the same old faces": (
        test_gatherings, "gathering", off(theta_m=0.6), "test_the_same_old_faces_come_again", {}),
    "C25 tipping": (
        test_gatherings, "gathering", off(theta_s=0.8),
        "test_signing_up_stops_at_the_first_equilibrium_of_conditional_cooperation",
        {"theta_0": -2.5, "theta_s": 6.0, "already": 0.0, "known": 0.964}),
}  # fmt: skip


@pytest.mark.parametrize("name", PHASES)
def test_a_broken_phase_is_noticed(name, monkeypatch):
    module, phase, change, check, arguments = PHASES[name]
    monkeypatch.setattr(module, phase, change(getattr(module, phase)))
    assert not passes(lambda: getattr(module, check)(**arguments))


def test_replies_that_do_not_prefer_those_who_write_much_are_noticed(monkeypatch):
    """C8: every fifth reply by somebody who never spoke, on top of the new voices there are."""
    replier, turn = test_office_and_replies.replier, {"k": 0, "last": 0}

    def flat(now, asker, group, day, person, ordinal):
        turn["k"] += 1
        if turn["k"] % 5:
            return replier(now, asker, group, day, person, ordinal)
        turn["last"] += 1
        return turn["last"]

    monkeypatch.setattr(test_office_and_replies, "replier", flat)
    assert not passes(lambda: test_office_and_replies.test_who_replies_follows_simon(0.3, 2.429))


@pytest.mark.parametrize("share", [0.8, 1.25])
def test_trust_that_learns_otherwise_is_noticed(share, monkeypatch):
    """C17: losses that are a fifth too small or a quarter too large."""
    tests, right = test_office_and_replies, test_office_and_replies.experience

    def wrong(trust, i, good, weight, a, b):
        right(trust, i, good, weight, a, share * b)

    monkeypatch.setattr(tests, "experience", wrong)
    assert not passes(lambda: tests.test_trust_settles_where_asymmetric_learning_says(0.05, 0.15, 0.8))


# C26: what adds up no longer does


def _one_more_member(state):
    state.groups.rows["members"][0] += 1


def _a_tie_with_one_end(state):
    busy = int(state.ties.rows["degree"].argmax())
    state.ties.slots["u"][state.ties.rows["start"][busy]] *= 0.5


def _a_tie_to_nobody(state):
    """The other end has moved out and forgot."""
    busy = int(state.ties.rows["degree"].argmax())
    other = int(state.ties.slots["neighbour"][state.ties.rows["start"][busy]])
    state.ties.rows["degree"][other] = 0


def _a_message_nobody_wrote(state):
    holders, slot = np.nonzero(state.groups.seats.group >= 0)
    state.groups.seats.written[holders[0], slot[0]] += 1


def _a_yuan_too_much(state):
    from commsim.state.office import FOR_WORKS

    state.office.yuan[FOR_WORKS] += 1.0


def _somebody_in_anothers_home(state):
    state.people["household"][0] += 1


def _trust_above_one(state):
    state.people["trust"][3] = 1.01


BROKEN = [_one_more_member, _a_tie_with_one_end, _a_tie_to_nobody, _a_message_nobody_wrote, _a_yuan_too_much,
          _somebody_in_anothers_home, _trust_above_one]  # fmt: skip


@pytest.fixture(scope="module")
def lively():
    from commsim.engine import Days

    loop = Days(test_conservation.start(people=300), test_conservation.RULES)
    for _ in range(60):
        loop.live()
    return loop.state


@pytest.mark.parametrize("spoil", BROKEN, ids=lambda spoil: spoil.__name__.strip("_"))
def test_what_does_not_add_up_is_noticed(spoil, lively):
    test_conservation.check_all(lively, 300)
    state = lively.copy()
    spoil(state)
    assert not passes(lambda: test_conservation.check_all(state, 300))
