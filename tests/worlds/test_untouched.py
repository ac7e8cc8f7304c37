"""What changes nothing changes nothing: an unused draw, a measure, a stranger, a rule not yet in force."""

from dataclasses import replace

import lived
import numpy as np
import pytest

from commsim import draws
from commsim.columns import Table
from commsim.day.plan import Phase, offline_day, whole_day
from commsim.engine import Days, prepare, run
from commsim.measures import MEASURES
from commsim.population import populate
from commsim.record import Record
from commsim.state.homes import Homes
from commsim.state.people import CHILD, OWNER
from commsim.state.whole import empty_state

DAYS = 40


@pytest.fixture(scope="module")
def start():
    return prepare(lived.place(), 1)


@pytest.fixture(scope="module")
def usual(start):
    """The state after DAYS days under every rule."""
    return live(start.copy(), lived.all_rules())


def live(state, rules, days=DAYS, **options):
    loop = Days(state, rules, **options)
    for _ in range(days):
        loop.live()
    return state


def same(one, other):
    assert lived.different(lived.tables(one), lived.tables(other)) == []
    assert lived.stories(one) == lived.stories(other)


def test_a_draw_nobody_uses(start, usual):
    def idle(state, settings, day):
        for what in draws.PURPOSES.values():
            for i in range(0, state.size, 50):
                draws.draw(state.world, what, day, i, 0, 0)
        np.random.random(10)

    busy = [phase for one in whole_day() for phase in (one, Phase("idle", idle))]
    same(usual, live(start.copy(), lived.all_rules(), plan=busy))


def test_a_measure_more(start, usual):
    """Nothing recorded, and everything on every day, lead to the same community and the same series."""
    sparse = run(start.copy(), lived.all_rules(), DAYS)
    dense = run(start.copy(), lived.all_rules(), DAYS, record_days=range(DAYS))
    same(usual, sparse.state)
    same(usual, dense.state)
    cheap = [m.name for m in MEASURES.values() if not m.dear]
    assert [name for name in cheap if sparse.series[name] != dense.series[name]] == []
    assert sparse.measures == dense.measures
    assert all(value is not None for value in dense.series["clustering"])
    assert sparse.series["clustering"][:-1] == [None] * (DAYS - 1)


def test_measuring_twice_gives_the_same_and_changes_nothing(start):
    finished = run(start.copy(), lived.all_rules(), 10)
    before = lived.tables(finished.state)
    assert finished.record.now(finished.state, finished.settings) == finished.measures
    assert finished.record.series == finished.series
    assert lived.different(before, lived.tables(finished.state)) == []


def longer(table):
    """A table with its last row twice."""
    kinds = {column: table.dtype[column].str for column in table.dtype.names}
    more = Table(len(table) + 1, kinds)
    for column in kinds:
        more[column] = np.append(table[column], table[column][-1])
    return more


def with_a_lonely_child(place, world):
    """The people of ``place`` and one more: a child alone in the only home of a new building in a new
    courtyard of no compound.  Nobody can meet a child, and no compound invites it to anything."""
    plain = populate(place, world)
    n = plain.size
    people = longer(plain.people)
    people.age[n], people.tenure[n], people.household[n] = CHILD, OWNER, len(plain.homes.doors)
    for column in ("sociability", "literate", "commuter", "volunteer", "interests"):
        people[column][n] = 0
    doors = longer(plain.homes.doors)
    doors.first[-1], doors.seats[-1], doors.door[-1], doors.compound[-1] = n, 1, 0, -1
    for column in ("stairwell", "building", "courtyard"):
        doors[column][-1] += 1
    old = plain.homes
    homes = Homes(doors, np.append(old.stairwell_rows, n + 1), np.append(old.building_rows, n + 1),
                  np.append(old.courtyard_rows, n + 1), old.compound_rows, old.compounds)  # fmt: skip
    return empty_state(world, plain.day, homes, people, plain.odds, plain.base)


def test_a_resident_who_touches_nobody():
    place = lived.place()
    start = with_a_lonely_child(place, 1)
    for _ in range(place.burn_in):
        Days(start, (), plan=offline_day()).live()
    loop = Days(start, lived.all_rules(), Record())
    for _ in range(DAYS):
        loop.live()
    child = start.size - 1
    assert start.people.age[child] == CHILD and start.people.tenancy[child] == 0, "has moved: take another world"
    assert child not in start.cases.rows.person[: start.cases.count[0]], "had a need: take another world"
    plain = run(prepare(place, 1), lived.all_rules(), DAYS)
    with_child, without = lived.tables(start), lived.tables(plain.state)
    for name in with_child:
        if name.split(".")[0] in ("people", "doors", "ties rows", "seats", "stairs wells", "stairs homes",
                                  "services grids"):
            assert len(with_child[name]) == len(without[name]) + 1
            with_child[name] = with_child[name][:-1]
    assert lived.different(with_child, without) == []
    assert drop_last_of_lists(lived.stories(start), child) == drop_last_of_lists(lived.stories(plain.state), child)
    per_head = {"coverage", "grievances", "volunteers"}  # measured per person of any age
    changed = [name for name in MEASURES if loop.record.series[name] != plain.series[name]]
    assert {name for name in changed if not MEASURES[name].dear} <= per_head


def drop_last_of_lists(stories, child):
    """Stories name rows of people in sign-up lists only; the child is in none."""
    assert not any(child in open_one[-1] for open_one in stories["gatherings"]["open"])
    return stories


@pytest.mark.parametrize("turn", [1, 12, 25])
def test_policies_that_differ_from_a_day_on_are_the_same_before(start, turn):
    """They share every cell until the evening before, and differ soon after."""
    early = lived.all_rules(0, turn)
    one = live(start.copy(), early, turn)
    other = live(start.copy(), early + lived.all_rules(turn), turn)
    third = live(start.copy(), (*lived.all_rules(0, turn), *gathering_only(turn)), turn)
    same(one, other)
    same(one, third)
    live(one, early, 10)
    live(other, early + lived.all_rules(turn), 10)
    assert lived.different(lived.tables(one), lived.tables(other)) != []


def gathering_only(start):
    return tuple(rule for rule in lived.all_rules(start) if rule.name == "gatherings")


def test_jinyang_before_and_after(start):
    """The real policies: `before` until day 20 and `jinyang_2016` from then on is `before` until then."""
    from commsim.scenarios import load

    scenario, turn = load("jinyang"), 20
    before = scenario.rules("before", "courtyard")
    turned = [*(replace(rule, end=turn) for rule in before),
              *(replace(rule, start=turn) for rule in scenario.rules("jinyang_2016", "courtyard"))]  # fmt: skip
    one, other = live(start.copy(), before, turn), live(start.copy(), tuple(turned), turn)
    same(one, other)
    live(one, before, 15)
    live(other, tuple(turned), 15)
    assert "groups.kind" in lived.different(lived.tables(one), lived.tables(other))


@pytest.mark.parametrize("at", [0, 1, 17, 39])
def test_a_branch_is_the_run_that_was_not_interrupted(start, usual, at):
    trunk = live(start.copy(), lived.all_rules(), at)
    branch = trunk.copy()
    live(trunk, (), DAYS - at)  # what the trunk does later is nothing to the branch
    same(usual, live(branch, lived.all_rules(), DAYS - at))


def test_a_copy_shares_no_table(start):
    state = live(start.copy(), lived.all_rules(), 15)
    before, told = lived.digests(state), lived.stories(state)
    live(state.copy(), lived.all_rules(), 5)
    assert lived.digests(state) == before and lived.stories(state) == told
