"""Small talk and replies: who speaks where, who answers, what an answer and what silence do."""

from collections import Counter

import numpy as np
import pytest
from alone import assert_mean, assert_share, change, hamlet, know, live, strengths
from scipy.special import expit

from commsim.clock import HOURS
from commsim.day.joining import joining
from commsim.day.needs import needs
from commsim.day.talking import talking
from commsim.state.groups import INTEREST, OFFICIAL, enter, open_group
from commsim.state.messages import ISSUE, REPLY, TALK
from commsim.state.people import FAR_PAST


def group_of(state, members, kind=INTEREST, identity=1):
    group = open_group(state.groups, kind, 0, 0 if kind == INTEREST else -1, identity)
    for i in members:
        assert enter(state.tables.groups, state.tables.people, i, group)
    return group


def friends(people=200, w=0.5, **levers):
    """Pairs 0-1, 2-3, … with ties of strength w that do not fade."""
    state = hamlet(people, half_life=1e9, **levers)
    for i in range(0, people, 2):
        know(state, i, i + 1, w)
    return state


def messages(state, kind=None):
    rows = state.messages.rows[: state.messages.count[0]]
    return rows if kind is None else rows[rows["kind"] == kind]


@pytest.mark.parametrize("mu, w, w_0, voice", [(0.5, 0.5, 1.0, 1.0), (2.0, 0.9, 0.3, 0.5), (5.0, 0.2, 0.05, 1.0)])
def test_small_talk_goes_with_how_well_one_knows_the_members(mu, w, w_0, voice):
    state = friends(w=w, mu=mu, w_0=w_0, u=0.0)
    state.people["voice"][:] = voice
    group_of(state, range(200))
    days = 60
    per_day = []
    live(state, days, talking, each=lambda s: per_day.append(int(s.messages.count[0] + s.messages.first[0])))
    expected = mu * w / (w + w_0) * voice * 200
    assert_mean(np.diff([0, *per_day]), expected)
    hours = messages(state)["time"] % 1.0 * HOURS
    assert hours.min() >= 7.0 and hours.max() < 23.0


def test_who_knows_nobody_inside_is_silent():
    state = friends(mu=5.0, w_0=0.05)
    group_of(state, range(0, 200, 2))  # one of each pair
    live(state, 20, talking)
    assert len(messages(state)) == 0


@pytest.mark.parametrize("trust, t_star, slope", [(0.5, 0.5, 8.0), (0.35, 0.5, 8.0), (0.8, 0.6, 4.0)])
def test_people_talk_in_the_official_group_as_far_as_they_trust_the_office(trust, t_star, slope):
    state = friends(mu=2.0, w_0=0.01, u=0.0, t_star=t_star, lambda_nu=slope)
    state.people["trust"][:] = trust
    official, own = group_of(state, range(200), OFFICIAL), group_of(state, range(200), identity=2)
    live(state, 25, talking)
    where = messages(state)["group"]
    # a person's messages of one day share the choice of the group: count person-days
    first = np.unique(np.column_stack([messages(state)["time"].astype(int), messages(state)["sender"], where]), axis=0)
    assert_share((first[:, 2] == official).sum(), len(first), expit(slope * (trust - t_star)))
    assert set(where) == {official, own}


def test_who_does_not_feel_free_and_has_no_other_group_says_nothing():
    state = friends(mu=2.0, w_0=0.01, u=0.0, lambda_nu=40.0, t_star=0.9)
    state.people["trust"][:] = 0.1
    group_of(state, range(200), OFFICIAL)
    live(state, 10, talking)
    assert len(messages(state)) == 0


@pytest.mark.parametrize("u, in_view", [(0.05, 0.03), (0.5, 0.01), (0.2, 0.2)])
def test_a_message_draws_as_many_replies_as_look_and_care(u, in_view):
    members = 120
    state = friends(members, mu=0.1, w_0=1e-9, u=u, in_view=in_view, branching_most=0.0, kappa_on=0.0)
    group_of(state, range(members))
    live(state, 58, talking)
    told, replies = messages(state, TALK), messages(state, REPLY)
    assert_mean(np.bincount(replies["reply_to"], minlength=len(messages(state)))[messages(state)["kind"] == TALK],
                (members - 1) * in_view * u)  # fmt: skip
    assert len(told) > 300
    delay = (replies["time"] - messages(state)["time"][replies["reply_to"]]) * HOURS
    assert delay.min() >= 0.0 and delay.max() <= 0.5
    assert_mean(delay, 0.25)


@pytest.mark.parametrize("trust, slope", [(0.5, 8.0), (0.2, 8.0), (0.8, 4.0)])
def test_in_the_official_group_people_answer_as_freely_as_they_post(trust, slope):
    members, u, in_view = 120, 0.5, 0.03
    state = friends(members, mu=0.3, w_0=1e-9, u=u, in_view=in_view, branching_most=0.0, kappa_on=0.0, t_star=0.5,
                    lambda_nu=slope)  # fmt: skip
    state.people["trust"][:] = trust
    group_of(state, range(members), OFFICIAL)
    live(state, 58, talking)
    told, replies = messages(state, TALK), messages(state, REPLY)
    assert len(told) > 100
    assert_mean(np.bincount(replies["reply_to"], minlength=len(messages(state)))[messages(state)["kind"] == TALK],
                (members - 1) * in_view * u * expit(slope * (trust - 0.5)))  # fmt: skip


@pytest.mark.parametrize("kappa, cap", [(0.2, 0.3), (1.0, 0.1)])
def test_a_reply_is_an_encounter_and_reading_is_not(kappa, cap):
    members = 40
    state = hamlet(members, half_life=1e9, mu=1.0, w_0=1e-9, u=0.3, in_view=0.1, kappa_on=kappa, w_cap=cap)
    know(state, 0, 1, 0.01)
    group_of(state, range(members))
    live(state, 10, talking)
    rows = messages(state)
    replies = rows[rows["kind"] == REPLY]
    asked = rows["sender"][replies["reply_to"]]
    times = Counter(frozenset(map(int, pair)) for pair in zip(replies["sender"], asked, strict=True))
    met = set(times)
    i, where = state.ties.everybody()
    tied = {frozenset((int(a), int(b))) for a, b in zip(i, state.ties.slots["neighbour"][where], strict=True)}
    assert tied == met | {frozenset((0, 1))}
    assert state.ties.slots["u"][where].max() <= cap + 1e-6
    i, j = sorted(next(pair for pair in met if times[pair] == 1 and pair != {0, 1}))
    k = list(state.ties.slots["neighbour"][state.ties.of(i)]).index(j)
    assert state.ties.slots["u"][state.ties.of(i)][k] == pytest.approx(kappa * 0.05, rel=1e-6)


def test_a_reply_within_the_household_makes_no_tie():
    state = hamlet(4, 2, half_life=1e9, mu=3.0, w_0=1e-9, u=1.0, in_view=0.5, kappa_on=1.0, ties_most=8.0)
    one = int(state.homes.doors["seats"].argmax())
    home = np.flatnonzero(state.people["household"] == one)
    assert len(home) >= 2
    stranger = int(np.flatnonzero(state.people["household"] != one)[0])
    know(state, int(home[0]), stranger, 0.5)
    group_of(state, range(4))
    live(state, 15, talking)
    rows = messages(state)
    replies = rows[rows["kind"] == REPLY]
    pairs = (
        state.people["household"][replies["sender"]] == state.people["household"][rows["sender"][replies["reply_to"]]]
    )
    assert pairs.any()
    household = state.people["household"]
    for i in range(4):
        for j in state.ties.slots["neighbour"][state.ties.of(i)]:
            assert household[i] != household[j]


def test_when_nobody_answers_one_talks_less_and_nothing_happens_to_ties():
    state = friends(mu=1.0, w_0=0.1, u=0.0, voice_loss=0.1)
    group_of(state, range(200))
    live(state, 30, talking)
    posts = np.bincount(messages(state)["sender"], minlength=200)
    out_of_view = np.bincount(messages(state)["sender"][messages(state)["time"] < 30 - 0.5 / HOURS], minlength=200)
    np.testing.assert_allclose(state.people["voice"], 0.9**out_of_view)
    assert posts.sum() > 500 and np.allclose(strengths(state), 0.5)


def test_an_answer_makes_one_talk_again():
    state = friends(mu=1.0, w_0=0.1, u=1.0, in_view=0.5, voice_gain=0.2, voice_loss=0.2, branching_most=0.0)
    state.people["voice"][:] = 0.5
    group_of(state, range(200))
    live(state, 6, talking)
    talked = np.bincount(messages(state, TALK)["sender"], minlength=200)
    assert talked.sum() > 100
    np.testing.assert_allclose(state.people["voice"], 1.0 - 0.5 * 0.8**talked)


@pytest.mark.parametrize("there", [True, False])
def test_a_matter_that_nobody_answers_in_time_makes_one_talk_less_and_one_that_is_answered_more(there):
    """No neighbour replies here; the office answers at once, or is never there."""
    state = hamlet(200, needs_rate=20.0, hours_group=0.0, reply_hours=24.0, u=0.0, voice_loss=0.2, voice_gain=0.5,
                   duty_hours=24.0 if there else 1e-6, officials=20.0)  # fmt: skip
    group_of(state, range(200), OFFICIAL)
    state.people["voice"][:] = 0.6
    live(state, 20, needs, talking)
    posted = messages(state, ISSUE)
    over = posted["time"] < 19.0 - 1e-6 if not there else posted["time"] < 20.0 - 0.2
    asked = np.bincount(posted["sender"][over], minlength=200)
    quiet = np.bincount(posted["sender"][~over], minlength=200) == 0  # whose last matter is settled either way
    assert asked.sum() > 40 and quiet.sum() > 100
    after = 0.6 * 0.8**asked if not there else 1.0 - 0.4 * 0.5**asked
    np.testing.assert_allclose(state.people["voice"][quiet], after[quiet])


def test_who_left_the_group_neither_speaks_nor_is_answered():
    state = friends(mu=3.0, w_0=0.01, u=1.0, in_view=0.3, h_ch=5000.0, voice_loss=0.5, flood_from=5.0)
    group_of(state, range(200))
    live(state, 1, talking, joining)  # a flood: everybody leaves in the evening
    assert state.groups.rows["members"][0] == 0
    said = int(state.messages.count[0])
    live(state, 3, talking)
    assert said > 200 and state.messages.count[0] == said


def test_the_two_halves_of_a_day_are_one_stream():
    """Replies may come after midnight; times never go back."""
    state = friends(60, mu=1.0, w_0=0.01, u=0.5, in_view=0.1, view_hours=12.0, branching_most=0.5)
    group_of(state, range(60))
    live(state, 30, talking)
    rows = messages(state)
    assert (np.diff(rows["time"]) >= 0.0).all()
    replies = rows[rows["kind"] == REPLY]
    asked = rows["time"][replies["reply_to"]]
    assert (replies["time"].astype(int) > asked.astype(int)).any()


def test_very_much_small_talk_finds_room():
    """More messages a day than people: every one of them is written down."""
    state = friends(6000, mu=5.0, w_0=1e-9, u=0.0, ties_most=8.0, cap=6000.0)
    group_of(state, range(6000))
    live(state, 2, talking)
    written = messages(state)
    assert_mean([(written["time"] < 1).sum() / 6000, (written["time"] >= 1).sum() / 6000], 5.0, bias=0.15)
    assert (written["group"] == 0).all() and (written["kind"] == TALK).all()
    assert (np.diff(written["time"]) >= 0.0).all()


def test_old_messages_are_forgotten_but_the_count_goes_on():
    state = friends(40, mu=1.0, w_0=0.01, u=0.0)
    group_of(state, range(40))
    live(state, 200, talking)
    first, count = int(state.messages.first[0]), int(state.messages.count[0])
    assert first > 0 and messages(state)["time"].min() >= 200 - 60 - 30
    assert state.groups.seats.written.sum() == first + count
    quiet = live(change(state, mu=0.0), 10, talking)
    assert quiet.people["last_sent"].min() > FAR_PAST
