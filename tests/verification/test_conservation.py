"""What must hold on every day of any run (C26): counts, symmetry, sums, money; nothing explodes."""

from dataclasses import replace

import numpy as np
import pytest

from commsim.engine import Days, prepare
from commsim.population import Place
from commsim.rules import Gatherings, Icebreaker, Notice, OnlineGroup, PreScreening, ReplyTime, Vote
from commsim.scenarios import load
from commsim.state.groups import INTEREST, OFFICIAL, posts_before
from commsim.state.messages import ANSWER, ISSUE, REPLY, VIEW
from commsim.state.office import FOR_PROJECTS, FOR_WORKS, FROM_HOUSEHOLDS
from commsim.state.people import CHILD
from commsim.state.settings import PARAMETERS, Settings
from commsim.state.ties import level_on

LIVELY = dict(projects_a_year=40.0, needs_rate=5.0, eta_g=0.01, mu=1.5, p_b=3.0, stay_short=30.0, stay_long=300.0,
              ties_most=24.0, cap=40.0, o_0=-2.3, u=0.2, in_view=0.1)  # fmt: skip
RULES = (OnlineGroup(poster=3.0), Icebreaker(), ReplyTime(hours=12.0), PreScreening(people=5, share=0.2),
         Vote(days=4, share=0.3), Notice(decision=5, works=4, accounts=3, objectors=6),
         Gatherings(every=7, threshold=4, seats=12, sign_up_days=3))  # fmt: skip


def start(people=600, world=1, burn_in=60, **levers):
    settings = Settings(Settings().x._replace(**{**LIVELY, **levers}))
    place = Place("conserved", "conserved", people, round(people / 2.67), burn_in=burn_in, doors_per_stairwell=8,
                  buildings_per_courtyard=2, courtyards_per_compound=2, settings=settings)  # fmt: skip
    return prepare(place, world)


def check_people(state, size):
    people, doors = state.people, state.homes.doors
    assert len(people) == size == doors["seats"].sum()
    assert (np.bincount(people["household"], minlength=len(doors)) == doors["seats"]).all()
    for column in ("trust", "v", "voice"):
        assert people[column].min() >= 0.0 and people[column].max() <= 1.0, column
    first = people[doors["first"][people["household"]]]
    for column in ("tenancy", "tenure", "since"):
        assert (people[column] == first[column]).all(), column
    assert not people["literate"][people["age"] == CHILD].any()
    assert people["since"].max() < state.day


def check_ties(state, floor=0.0):
    slots, rows = state.ties.slots, state.ties.rows
    n = len(rows)
    assert rows["degree"].min() >= 0 and (rows["degree"] <= rows["room"]).all()
    assert rows["room"].max() <= state.ties.most
    begin, end = np.sort(rows["start"]), np.sort(rows["start"] + rows["room"])
    assert (end[:-1] <= begin[1:]).all() and end[-1] <= state.ties.used[0] <= len(slots)  # no row in another
    i, where = state.ties.everybody()
    k = where - rows["start"][i]
    j, mate, u = slots["neighbour"][where], slots["mate"][where], slots["u"][where]
    there = rows["start"][j] + mate
    assert (slots["neighbour"][there] == i).all()
    assert (slots["mate"][there] == k).all()
    assert (slots["u"][there] == u).all()
    assert (mate < rows["degree"][j]).all()
    pairs = i.astype(np.int64) * n + j
    assert len(np.unique(pairs)) == len(pairs)  # one tie a pair
    household, age = state.people["household"], state.people["age"]
    assert (household[i] != household[j]).all()  # kin, and so nobody to themselves either
    assert (age[i] != CHILD).all()
    w = u / level_on(state.day - 1, state.base.x.half_life)
    assert len(w) and w.min() > 0.0 and w.max() <= 1.0
    sums = np.zeros(n)
    np.add.at(sums, i, u)
    np.testing.assert_allclose(rows["total"], sums, rtol=1e-9, atol=1e-9 * u.max())


def check_groups(state):
    groups, people = state.groups, state.people
    n, cap = int(groups.count[0]), groups.member.shape[1]
    rows, seats = groups.rows[:n], groups.seats
    assert rows["members"].max(initial=0) <= cap == state.base.x.cap
    assert (rows["voiced"] <= rows["members"]).all()
    holders, slot = np.nonzero(seats.group >= 0)
    assert rows["members"].sum() == len(holders)  # every member has a seat, every seat a member
    group, place = seats.group[holders, slot], seats.place[holders, slot]
    assert (group < n).all() and (place < rows["members"][group]).all()
    assert (groups.member[group, place] == holders).all()
    assert len(np.unique(holders * (n + 1) + group)) == len(holders)  # nobody is in a group twice
    assert people["literate"][holders].all()
    inside = np.zeros(len(people), bool)
    inside[holders[rows["kind"][group] == OFFICIAL]] = True
    assert (inside == people["in_official"]).all()
    of_own_compound = rows["compound"][group] == state.homes.doors["compound"][people["household"][holders]]
    assert of_own_compound[rows["kind"][group] == OFFICIAL].all()
    written = np.zeros(n, np.int64)
    np.add.at(written, group, seats.written[holders, slot])
    for g in range(n):
        assert posts_before(groups.posts[g], cap) == written[g]  # messages of a group = those of its members
        assert posts_before(groups.posts[g], int(rows["voiced"][g])) == written[g]
    assert ((seats.written[holders, slot] > 0) == (place < rows["voiced"][group])).all()


def check_messages(state):
    m = state.messages.rows[: state.messages.count[0]]
    if not len(m):
        return
    first = int(state.messages.first[0])
    assert (np.diff(m["time"]) >= 0).all() and m["time"][-1] < state.day
    replies = m[(m["kind"] == REPLY) & (m["reply_to"] >= first)]
    to = m[replies["reply_to"] - first]
    assert (replies["sender"] != to["sender"]).all()
    assert (replies["group"] == to["group"]).all()
    assert (replies["time"] > to["time"]).all()
    assert to["heard"].all()
    answers = m[m["kind"] == ANSWER]
    assert (answers["sender"] < 0).all() and (m["sender"][m["kind"] != ANSWER] >= 0).all()
    assert (state.groups.rows["kind"][m["group"][m["kind"] == ISSUE]] == OFFICIAL).all()


def check_office(state):
    c = state.cases.rows[: state.cases.count[0]]
    started, answered, solved = (c[name] >= 0.0 for name in ("started", "answered", "solved"))
    assert (c["started"][started] >= c["reported"][started]).all()
    assert (started | ~answered).all() and (answered | ~solved).all()
    assert (c["answered"][answered] >= c["started"][answered]).all()
    assert (c["solved"][solved] >= c["answered"][solved]).all()
    assert (c["solved"][answered & (c["klass"] == 1)] == c["answered"][answered & (c["klass"] == 1)]).all()
    yuan = state.office.yuan
    assert yuan[FOR_PROJECTS] + yuan[FROM_HOUSEHOLDS] == pytest.approx(yuan[FOR_WORKS], abs=1e-6)
    charged = [p for p in state.projects.all if p.charged]
    assert yuan[FOR_WORKS] == pytest.approx(sum(p.cost for p in charged))
    assert yuan[FROM_HOUSEHOLDS] == pytest.approx(sum(p.yuan * p.affected.sum() for p in charged))
    assert (state.office.officials["tired"] >= 0.0).all()


def check_all(state, size):
    check_people(state, size)
    check_ties(state)
    check_groups(state)
    check_messages(state)
    check_office(state)


def test_everything_adds_up_on_every_day_of_a_lively_year():
    state = start()
    loop = Days(state, RULES)
    moved = 0
    for _ in range(150):
        loop.live()
        check_all(state, 600)
        moved += (state.people["since"] == state.day - 1).sum()
    kinds = np.bincount(state.messages.rows["kind"][: state.messages.count[0]], minlength=5)
    assert moved > 150 and kinds[:5].min() > 0 and kinds[VIEW] > 0 and state.ties.evicted[0] > 0
    assert {p.outcome for p in state.projects.all} >= {"done", "dropped"}
    assert sum(g["held"] for g in state.gatherings.past) > 10


@pytest.mark.parametrize("policy", ["before", "jinyang_2016"])
def test_everything_adds_up_in_jinyang(policy):
    jinyang = load("jinyang")
    place = replace(jinyang.place("estate"), burn_in=60)
    loop = Days(prepare(place, 3), jinyang.rules(policy, "estate"))
    for _ in range(120):
        loop.live()
    check_all(loop.state, place.people)
    assert (loop.state.people["in_official"].any()) == (policy != "before")


def test_who_moves_out_leaves_no_tie_and_no_seat_behind():
    state = start(stay_owner=40.0, stay_short=10.0, stay_long=30.0, gamma=0.0)
    loop = Days(state, RULES)
    for _ in range(30):
        loop.live()
        new = np.flatnonzero(state.people["since"] == state.day - 1)
        level = level_on(state.day - 1, state.base.x.half_life)
        # everything a newcomer has was made today: one day's encounters, no memory
        assert (state.ties.rows["degree"][new] <= 40).all()
        assert (state.ties.rows["total"][new] / level <= 0.05 * 40).all()
        assert (state.people["took_part"][new] <= 4).all()
        check_groups(state)
        check_ties(state)


def test_no_group_is_ever_larger_than_the_cap_and_a_second_one_opens():
    state = start(people=600, cap=30.0, theta_join=4.0, h_ch=0.0, p_b=10.0)
    loop = Days(state, (OnlineGroup(poster=10.0),))
    official = []
    for _ in range(200):
        before = state.groups.rows[: int(state.groups.count[0])].copy()
        loop.live()
        n = int(state.groups.count[0])
        for new in state.groups.rows[len(before) : n]:  # no new one while there is a seat in an old one
            if new["kind"] == OFFICIAL:
                mine = (before["kind"] == OFFICIAL) & (before["compound"] == new["compound"])
                assert (before["members"][mine] == 30).all()
        rows = state.groups.rows[:n]
        assert rows["members"].max() <= 30
        official.append(int((rows["kind"] == OFFICIAL).sum()))
    compounds = state.homes.compounds
    assert official[0] == compounds  # one each on the first day
    assert official[-1] >= 3 * compounds  # 150 people of each compound, 30 a group
    assert (np.diff(official) >= 0).all()
    rows = state.groups.rows[: int(state.groups.count[0])]
    assert len(np.unique(rows["identity"])) == len(rows)


def _ends(name):
    return [PARAMETERS[name].low, PARAMETERS[name].high]


EXTREMES = {
    "talkative": dict(mu=5.0, w_0=0.05, u=1.0, in_view=0.5, branching_most=0.9, voice_gain=0.9, h_ch=0.0),
    "attached": dict(alpha=0.5, half_life=3000.0, w_drop=0.0, kappa_on=1.0, w_cap=1.0, sociability_mean=2.0),
    "forgetful": dict(half_life=10.0, w_drop=0.03, alpha=0.01),
    "needy": dict(needs_rate=20.0, minutes_1=600.0, minutes_2=1440.0, officials=1.0, thanks_share=1.0, energy=5.0),
    "quarrelsome": dict(o_0=4.0, projects_a_year=50.0, versions_most=1000.0, rework_days=0.0, a_f=-8.0),
    "restless": dict(stay_short=10.0, stay_long=300.0, renter_share=0.95, short_share=1.0, gamma=0.0),
    "trusting": dict(a_t=0.9, b_t=0.0, kappa_watch=1.0), "bitter": dict(a_t=0.0, b_t=0.9, kappa_watch=1.0),
    "founders": dict(eta_g=0.01, q=10.0, theta_join=6.0, ties_most=8.0, cap=3.0),
}  # fmt: skip


@pytest.mark.parametrize("name", EXTREMES)
def test_nothing_explodes_at_the_ends_of_the_ranges(name):
    for lever, value in EXTREMES[name].items():
        low, high = _ends(lever)
        assert low <= value <= high, lever
    state = start(people=200, burn_in=20, **EXTREMES[name])
    loop = Days(state, RULES)
    for _ in range(30):
        loop.live()
        assert np.isfinite(state.people["trust"]).all()
    check_people(state, 200)
    check_ties(state)
    check_groups(state)
    check_messages(state)
    check_office(state)
    most = 200 * 5 * 30 * 200  # posts a day of everybody, each with a finite tree of replies
    assert int(state.messages.first[0]) + int(state.messages.count[0]) < most
    assert state.events.size[0] < 50_000


def test_residents_groups_are_of_people_who_share_the_interest():
    state = start(eta_g=0.01, q=5.0, theta_join=2.0)
    loop = Days(state, ())
    for _ in range(60):
        loop.live()
    rows, seats = state.groups.rows, state.groups.seats
    holders, slot = np.nonzero(seats.group >= 0)
    group = seats.group[holders, slot]
    assert len(group) > 20 and (rows["kind"][group] == INTEREST).all()
    assert ((state.people["interests"][holders] >> rows["interest"][group]) & 1).all()
