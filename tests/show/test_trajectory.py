"""The recorded run: it agrees with the engine, its stories with the counters, its binary with both."""

from dataclasses import replace

import numpy as np
import pytest

import commsim as cs
from commsim.community import Community
from commsim.engine import Days, prepare
from commsim.errors import UserError
from commsim.measures import ACQUAINTED
from commsim.rules import Notice, PreScreening, Vote
from commsim.show.trajectory import (
    CHILD,
    DOOR_HIGH,
    DOOR_WIDE,
    GRIEVANCES,
    KIND,
    KINDS,
    RENTER,
    RESIDENT,
    VOLUNTEER,
    lay_out,
    record,
)
from commsim.state.ties import level_on

WORLD, DAYS = 1, 365  # a world with objections, restarts, votes, moves and households charged unheard


@pytest.fixture(scope="module")
def jinyang():
    return cs.load("jinyang")


@pytest.fixture(scope="module")
def start(jinyang):
    return prepare(jinyang.place("courtyard"), WORLD)


@pytest.fixture(scope="module")
def rules(jinyang):
    return jinyang.rules("notice_and_vote", "courtyard")


@pytest.fixture(scope="module")
def run(jinyang, rules, start):
    return record(jinyang, rules, "courtyard", WORLD, DAYS, start)


def known_in(state):
    """{(i, j)} of the acquainted, straight from the table of ties."""
    person, where = state.ties.everybody()
    slots = state.ties.slots[where]
    close = slots["u"] >= ACQUAINTED * level_on(state.day - 1, state.base.x.half_life)
    return {(int(i), int(j)) for i, j in zip(person[close], slots["neighbour"][close], strict=True) if i < j}


def role_of(person):
    if person["age"] == 0:
        return CHILD
    return VOLUNTEER if person["volunteer"] else RESIDENT if person["tenure"] == 0 else RENTER


def unpacked(data):
    """What the browser reads, written a second time from the description of the format."""
    head = np.frombuffer(data, "<u4", 8)
    people, frames, homes, ties, recasts, events = head[:6].tolist()
    at = 32

    def take(kind, n):
        nonlocal at
        column = np.frombuffer(data, kind, n, at)
        at += -(-column.nbytes // 4) * 4
        return column

    out = {"people": people, "frames": frames, "homes": homes, "first": int(head[6:7].view("<i4")[0])}
    for name, kind, n in (("x", "<u2", people), ("y", "<u2", people), ("household", "<u2", people),
                          ("since", "<i4", people), ("role", "u1", people), ("door_x", "<u2", homes),
                          ("door_y", "<u2", homes), ("building", "<u2", homes), ("stairwell", "<u2", homes),
                          ("door", "<u2", homes), ("offsets", "<u4", frames + 1), ("tie_a", "<u2", ties),
                          ("tie_b", "<u2", ties), ("recast_frame", "<u2", recasts), ("recast_person", "<u2", recasts),
                          ("recast_role", "u1", recasts), ("event_frame", "<u2", events),
                          ("event_person", "<u2", events), ("event_number", "<u2", events),
                          ("event_kind", "u1", events)):  # fmt: skip
        out[name] = take(kind, n)
    assert at == len(data)
    return out


def played(data, frame):
    """Ties and roles of a frame as the player finds them: event after event from the start."""
    known, roles = set(), data["role"].copy()
    for a, b in zip(data["tie_a"][: data["offsets"][frame + 1]], data["tie_b"], strict=False):
        if a < b:
            assert (int(a), int(b)) not in known
            known.add((int(a), int(b)))
        else:
            known.remove((int(b), int(a)))
    for f, person, role in zip(data["recast_frame"], data["recast_person"], data["recast_role"], strict=True):
        if f <= frame:
            roles[person] = role
    return known, roles


def test_recording_changes_nothing_in_the_run(run, rules, start):
    loop = Days(start.copy(), rules)
    for _ in range(DAYS):
        loop.live()
    assert known_in(loop.state) == known_in(run.state)
    assert loop.state.people.tobytes() == run.state.people.tobytes()
    assert start.day == 0


def test_the_binary_says_who_knows_whom_at_the_start_and_at_the_end(run, start):
    data = unpacked(run.pack()[0])
    assert (data["people"], data["frames"]) == (300, DAYS + 1)
    first, last = played(data, 0), played(data, DAYS)
    assert first[0] == known_in(start) and last[0] == known_in(run.state)
    assert first[1].tolist() == [role_of(p) for p in start.people]
    assert last[1].tolist() == [role_of(p) for p in run.state.people]
    assert first[0] != last[0] and first[1].tolist() != last[1].tolist()


def test_ties_are_those_of_the_communitys_graph(jinyang, run):
    community = Community(jinyang, "notice_and_vote", "courtyard", WORLD).live(60)
    graph = {(i, j) for i, j, kin in community.graph().edges(data="kin") if not kin}
    assert {tuple(pair) for pair in run.pairs_on(60).tolist()} == {tuple(sorted(pair)) for pair in graph}


@pytest.mark.parametrize("frame", [0, 1, 180, DAYS])
def test_acquaintances_are_counted_per_person(run, frame):
    pairs = run.pairs_on(frame)
    assert (np.bincount(pairs.ravel(), minlength=300) == run.known[frame]).all()


def test_every_objector_of_every_notice_is_in_a_story(run):
    """A step counts those who objected to this version so far and did not come to agree; stories tell
    of each, those of the last day too."""
    def told(name, number, after, until):
        frames = run.story[(run.story[:, 2] == KIND[name]) & (run.story[:, 3] == number), 0]
        return int(((frames > after) & (frames <= until)).sum())

    counted = []
    for project in run.state.projects.all:
        number, begun = project.number + 1, 0
        for step in project.steps:
            if step["stage"] == "notice" and step["until"] is not None:
                agreed = told("objection_met", number, begun, step["until"] - 1)
                assert told("objected", number, begun, step["until"]) - agreed == step["objectors"]
                counted.append(step["objectors"])
            if step["result"] in ("restarted", "failed"):
                begun = step["until"]
    assert sum(counted) > 5


def test_restarts_are_told_to_those_who_objected(run):
    steps = [(p.number + 1, s) for p in run.state.projects.all for s in p.steps if s["result"] == "restarted"]
    told = run.story[np.isin(run.story[:, 2], [KIND["restarted"], KIND["given_up"]])]
    assert steps and len(told) == sum(step["objectors"] for _, step in steps)
    assert {(int(n), int(f)) for f, _, _, n in told} == {(number, step["until"]) for number, step in steps}


def test_grievances_in_stories_are_those_the_office_counted(run, start):
    rows = run.story[np.isin(run.story[:, 2], [KIND[name] for name in GRIEVANCES])]
    unsolved = rows[:, 2] == KIND["unsolved"]
    counted = int(run.state.office.grievances.sum() - start.office.grievances.sum())
    assert counted == rows[unsolved, 3].sum() + (~unsolved).sum() > 0
    assert (rows[:, 2] == KIND["charged_unseen"]).sum() > 0


def test_taking_part_adds_up_to_the_persons_own_count(run, start):
    moved = set(run.story[run.story[:, 2] == KIND["moved_in"], 1].tolist())
    voted, came = (run.story[:, 2] == KIND[name] for name in ("voted", "took_part"))
    assert voted.any() and came.any() and moved
    for i in set(range(300)) - moved:
        own = run.story[:, 1] == i
        told = (voted & own).sum() + run.story[came & own, 3].sum()
        assert told == run.state.people["took_part"][i] - start.people["took_part"][i]


def test_whoever_moves_in_begins_a_story_of_their_own(run, start):
    moved = run.story[run.story[:, 2] == KIND["moved_in"]]
    assert len(moved) == (run.state.people["tenancy"] - start.people["tenancy"]).sum() > 0
    last = {int(i): int(f) for f, i, _, _ in moved}
    assert all(run.state.people["since"][i] == f - 1 for i, f in last.items())
    began = [i for i in last if run.known[last[i], i] == 0]
    firsts = [KIND[name] for name in KINDS if name.startswith("first_")]
    for i in began:
        met = run.story[(run.story[:, 1] == i) & np.isin(run.story[:, 2], firsts) & (run.story[:, 0] > last[i])]
        known = run.known[last[i] + 1 :, i] > 0
        assert len(met) == int(known.any())
        if len(met):
            assert met[0, 0] == last[i] + 1 + int(np.argmax(known))


def test_a_notice_of_one_day_loses_no_objector(jinyang, start):
    """The last day's objections are told even though a restart clears the project's columns."""
    x = replace(start.base, x=start.base.x._replace(o_0=6.0, projects_a_year=60.0, r_board=2.0))
    eager = start.copy()
    eager.base = x
    rules = (PreScreening(share=0.0), Vote(days=1, share=0.0, operator=">="), Notice(decision=1, objectors=2))
    run = record(jinyang, rules, "courtyard", WORLD, 40, eager)
    steps = [s for p in run.state.projects.all for s in p.steps if s["result"] == "restarted"]
    told = run.story[np.isin(run.story[:, 2], [KIND["restarted"], KIND["given_up"]])]
    assert len(steps) > 2 and len(told) == sum(s["objectors"] for s in steps)
    assert run.count(40, "objected") >= len(told)


def test_people_stand_at_their_own_door_and_apart(run):
    plan, d = run.plan, run.homes.doors
    household = np.repeat(np.arange(len(d)), d["seats"])
    inside = plan.people - plan.doors[household]
    assert (inside > 0).all() and (inside < (DOOR_WIDE, DOOR_HIGH)).all()
    far = np.linalg.norm(plan.people[:, None] - plan.people[None], axis=2)
    np.fill_diagonal(far, 9)
    assert far.min() > 0.9
    assert plan.people.min() > 0 and (plan.people < (plan.width, plan.height)).all()


@pytest.mark.parametrize("people", [2, 60, 3000])
def test_places_of_every_size_have_a_compact_plan(jinyang, people):
    from commsim.population import populate

    place = replace(jinyang.place("courtyard"), people=people, households=max(1, people // 3))
    plan = lay_out(populate(place, 1).homes)
    assert 0.4 < plan.width / plan.height < 2.5
    boxes = plan.buildings
    for k, (x, y, w, h) in enumerate(boxes):  # buildings keep clear of each other
        others = np.delete(boxes, k, axis=0)
        apart = ((others[:, 0] >= x + w) | (others[:, 0] + others[:, 2] <= x)
                 | (others[:, 1] >= y + h) | (others[:, 1] + others[:, 3] <= y))  # fmt: skip
        assert apart.all()


def test_three_thousand_people_for_200_days_are_less_than_a_megabyte(jinyang, rules):
    place = replace(jinyang.place("courtyard"), people=3000, households=1132, burn_in=200)
    run = record(jinyang, rules, "courtyard", 3, 200, prepare(place, 3))
    assert len(run.pack()[0]) < 1_000_000
    assert run.people == 3000 and len(run.pairs_on(200)) > 3000


def test_policies_of_one_world_share_their_plan(jinyang, run, start):
    other = record(jinyang, "before", "courtyard", WORLD, 5, start)
    assert (other.plan.people == run.plan.people).all()
    assert (other.known[0] == run.known[0]).all()


@pytest.mark.parametrize("days", [0, -3, 2.5, True, 99_999])
def test_wrong_days_are_named(jinyang, start, days):
    with pytest.raises(UserError) as fault:
        record(jinyang, (), "courtyard", WORLD, days, start)
    assert str(days) in fault.value.text("en") and "3650" in fault.value.text("zh")


def test_a_start_of_another_world_is_refused(jinyang, start):
    with pytest.raises(UserError, match="world 7"):
        record(jinyang, (), "courtyard", 7, 5, start)


def test_a_place_too_large_to_draw_is_refused_at_once(jinyang):
    with pytest.raises(UserError) as fault:
        record(jinyang, "before", "full", 1, 5)
    assert "courtyard" in fault.value.text("en")
