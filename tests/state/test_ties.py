"""Ties: the encounter rule, fading, eviction; random histories against a plain dictionary."""

import math
import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commsim.kernels import for_kernels
from commsim.state import ties
from commsim.state.ties import (
    empty_ties,
    find,
    forget_faint,
    level_on,
    make_room,
    meet,
    part,
    part_from_all,
    share_inside,
    strength,
    warmth,
)

GAIN, DROP, HALF_LIFE = 0.05, 0.005, 180.0


def ties_of(n=6, slots=4):
    """(the tables, the tables as kernels take them)."""
    tables = empty_ties(n, slots)
    return tables, for_kernels(tables)


def check(tables):
    """What must hold at any time, whatever happened."""
    rows, given = tables.rows, set()
    for i in range(len(rows)):
        start, room = int(rows.start[i]), int(rows.room[i])
        assert given.isdisjoint(range(start, start + room)) and room <= tables.most, "rows lie apart"
        given |= set(range(start, start + room))
        mine = tables.slots[tables.of(i)]
        assert len(mine) == rows.degree[i] <= room
        assert len(set(mine.neighbour)) == len(mine) and i not in mine.neighbour
        for k, tie in enumerate(mine):
            back = tables.slots[tables.of(tie.neighbour)][tie.mate]
            assert (back.neighbour, back.mate, back.u) == (i, k, tie.u)
        assert rows.total[i] == pytest.approx(mine.u.sum(), rel=1e-9, abs=1e-9)
    assert max(given) < tables.used[0] <= len(tables.slots)


def as_dict(tables, level=1.0):
    """{(i, j): strength} with i < j."""
    person, where = tables.everybody()
    return {(int(i), int(tie.neighbour)): float(tie.u) / level
            for i, tie in zip(person, tables.slots[where], strict=True) if i < tie.neighbour}  # fmt: skip


class Plain:
    """The same rules in a dictionary of strengths that are not inflated."""

    def __init__(self, slots):
        self.w, self.slots, self.day, self.evicted = {}, slots, 0, 0

    def until(self, day):
        fade = 0.5 ** ((day - self.day) / HALF_LIFE)
        self.w = {pair: w * fade for pair, w in self.w.items()}
        self.day = day

    def of(self, i):
        return {pair: w for pair, w in self.w.items() if i in pair}

    def meet(self, i, j, gain, ceiling):
        pair = (min(i, j), max(i, j))
        known = pair in self.w
        w = self.w.get(pair, 0.0)
        w = w if w >= DROP else 0.0
        if w >= ceiling or gain <= 0.0:
            return
        if not known:
            for one in (i, j):
                mine = self.of(one)
                if len(mine) >= self.slots:
                    del self.w[min(mine, key=mine.get)]
                    self.evicted += 1
        self.w[pair] = min(w + gain * (1.0 - w / ceiling), ceiling)

    def forget(self, i):
        self.w = {pair: w for pair, w in self.w.items() if i not in pair or w >= DROP}

    def leave(self, i):
        self.w = {pair: w for pair, w in self.w.items() if i not in pair}


def test_one_encounter_makes_one_tie_seen_from_both_sides():
    tables, t = ties_of()
    meet(t, 1, 4, GAIN, 1.0, 1.0, DROP)
    check(tables)
    assert as_dict(tables) == {(1, 4): GAIN}
    assert strength(t, 1, 4, 1.0) == strength(t, 4, 1, 1.0) == GAIN
    assert strength(t, 1, 2, 1.0) == 0.0 and find(t, 1, 4) == tables.of(1).start and find(t, 1, 2) == -1


@pytest.mark.parametrize("ceiling", [1.0, 0.6])
def test_encounters_approach_the_ceiling(ceiling):
    """After n encounters on one day w = c (1 - (1 - g/c)^n)."""
    tables, t = ties_of()
    for n in range(1, 200):
        meet(t, 0, 1, GAIN, ceiling, 1.0, DROP)
        assert strength(t, 0, 1, 1.0) == pytest.approx(ceiling * (1 - (1 - GAIN / ceiling) ** n), rel=1e-12)
    assert strength(t, 0, 1, 1.0) < ceiling
    check(tables)


def test_a_tie_above_the_ceiling_of_a_place_neither_grows_nor_shrinks_there():
    tables, t = ties_of()
    meet(t, 0, 1, 0.9, 1.0, 1.0, DROP)
    meet(t, 0, 1, GAIN, 0.6, 1.0, DROP)
    assert strength(t, 0, 1, 1.0) == 0.9
    meet(t, 0, 1, 5.0, 1.0, 1.0, DROP)
    assert strength(t, 0, 1, 1.0) <= 1.0, "no gain, however large, leads above the ceiling"
    check(tables)


def test_half_is_left_after_the_half_life():
    _, t = ties_of()
    meet(t, 0, 1, 0.8, 1.0, level_on(100, HALF_LIFE), DROP)
    for days, left in ((0, 0.8), (90, 0.8 / math.sqrt(2)), (180, 0.4), (360, 0.2)):
        assert strength(t, 0, 1, level_on(100 + days, HALF_LIFE)) == pytest.approx(left, rel=1e-12)
    assert warmth(t, 0, level_on(280, HALF_LIFE)) == pytest.approx(0.4)
    assert warmth(t, 5, 1.0) == 0.0


def test_regular_meetings_keep_a_tie_at_its_fixed_point():
    """Meeting every week: w just before a meeting is f (w + g (1 - w)) with f the week's fading."""
    _, t = ties_of()
    fade = 0.5 ** (7 / HALF_LIFE)
    fixed = fade * GAIN / (1 - fade * (1 - GAIN))
    for day in range(0, 7 * 400, 7):
        meet(t, 0, 1, GAIN, 1.0, level_on(day, HALF_LIFE), DROP)
    assert strength(t, 0, 1, level_on(7 * 400, HALF_LIFE)) == pytest.approx(fixed, rel=1e-6)


def test_a_tie_that_has_faded_out_starts_anew():
    tables, t = ties_of()
    meet(t, 0, 1, GAIN, 1.0, 1.0, DROP)
    day = HALF_LIFE * math.log2(GAIN / DROP) + 1
    meet(t, 0, 1, GAIN, 1.0, level_on(day, HALF_LIFE), DROP)
    assert strength(t, 0, 1, level_on(day, HALF_LIFE)) == pytest.approx(GAIN)
    check(tables)
    assert tables.rows.degree[0] == 1


def test_no_gain_no_tie():
    tables, t = ties_of()
    meet(t, 0, 1, 0.0, 1.0, 1.0, DROP)
    assert as_dict(tables) == {}


def test_the_weakest_gives_way_on_both_sides():
    tables, t = ties_of(n=8, slots=2)
    for i, j, gain in ((0, 1, 0.5), (0, 2, 0.1), (3, 4, 0.2), (3, 5, 0.4)):
        meet(t, i, j, gain, 1.0, 1.0, DROP)
    meet(t, 0, 3, 0.05, 1.0, 1.0, DROP)
    assert as_dict(tables) == {(0, 1): 0.5, (3, 5): 0.4, (0, 3): 0.05}
    assert tables.evicted[0] == 2
    check(tables)
    make_room(t, 4)
    assert len(as_dict(tables)) == 3 and tables.evicted[0] == 2, "a row with room loses nothing"


def test_old_acquaintances_meeting_again_evict_nobody():
    tables, t = ties_of(n=4, slots=2)
    for i, j in ((0, 1), (0, 2), (0, 1), (0, 2)):
        meet(t, i, j, GAIN, 1.0, 1.0, DROP)
    assert tables.evicted[0] == 0 and len(as_dict(tables)) == 2


def test_parting():
    tables, t = ties_of(n=5, slots=4)
    for j, gain in ((1, 0.1), (2, 0.2), (3, 0.3), (4, 0.4)):
        meet(t, 0, j, gain, 1.0, 1.0, DROP)
    meet(t, 1, 2, 0.5, 1.0, 1.0, DROP)
    part(t, 0, find(t, 0, 2))
    check(tables)
    assert as_dict(tables) == {(0, 1): 0.1, (0, 3): 0.3, (0, 4): 0.4, (1, 2): 0.5}
    forget_faint(t, 0, 0.35)
    check(tables)
    assert as_dict(tables) == {(0, 4): 0.4, (1, 2): 0.5}
    part_from_all(t, 0)
    check(tables)
    assert as_dict(tables) == {(1, 2): 0.5} and tables.rows.total[0] == 0.0


def test_share_of_strength_inside():
    _, t = ties_of()
    assert share_inside(t, 0, np.ones(6, bool)) == 0.0
    for j, gain in ((1, 0.1), (2, 0.3)):
        meet(t, 0, j, gain, 1.0, 1.0, DROP)
    inside = np.zeros(6, bool)
    inside[[2, 5]] = True
    assert share_inside(t, 0, inside) == pytest.approx(0.75)


people = st.integers(0, 7)
events = st.one_of(
    st.tuples(st.just("meet"), people, people, st.floats(0.0, 0.7), st.sampled_from([1.0, 0.6])),
    st.tuples(st.just("wait"), st.integers(1, 400)),
    st.tuples(st.just("leave"), people),
    st.tuples(st.just("forget"), people),
    st.tuples(st.sampled_from(["copy", "pickle"])),
)


@given(st.lists(events, max_size=80), st.integers(1, 5), st.integers(1, 4))
@settings(max_examples=250, deadline=None)
def test_any_history_is_that_of_a_plain_dictionary(history, slots, first_room):
    """Encounters, time, moves, tidying and copying in any order, whatever room rows have at first;
    equal strengths are told apart by gains."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ties, "FIRST_ROOM", first_room)
        live_through(history, slots)


def test_a_row_grows_to_the_most_and_no_further():
    tables, t = ties_of(n=200, slots=150)
    for j in range(1, 200):
        meet(t, 0, j, 0.1 + j / 1000, 1.0, 1.0, DROP)
    check(tables)
    assert tables.rows.room[0] == tables.rows.degree[0] == 150 and tables.evicted[0] == 49
    twin = tables.copy()
    check(twin)
    assert as_dict(twin) == as_dict(tables) and twin.used[0] < tables.used[0], "what row 0 left behind is dropped"
    meet(for_kernels(twin), 1, 2, 0.1, 1.0, 1.0, DROP)
    assert (1, 2) not in as_dict(tables) and (1, 2) in as_dict(twin)


def live_through(history, slots):
    tables, t = ties_of(8, slots)
    plain, day = Plain(slots), 0
    for turn, (what, *about) in enumerate(history):
        level = level_on(day, HALF_LIFE)
        if what == "meet" and about[0] != about[1]:
            i, j, gain, ceiling = about
            gain = gain + turn * 1e-5 if gain > 0 else 0.0  # ties never quite equal: the weakest is one
            plain.until(day)
            meet(t, i, j, gain, ceiling, level, DROP)
            plain.meet(i, j, gain, ceiling)
        elif what == "wait":
            day += about[0]
        elif what == "leave":
            part_from_all(t, about[0])
            plain.leave(about[0])
        elif what == "forget":
            plain.until(day)
            forget_faint(t, about[0], DROP * level)
            plain.forget(about[0])
        elif what in ("copy", "pickle"):
            tables = tables.copy() if what == "copy" else pickle.loads(pickle.dumps(tables))
            t = for_kernels(tables)
        check(tables)
    plain.until(day)
    assert as_dict(tables, level_on(day, HALF_LIFE)) == pytest.approx(plain.w, rel=1e-9, abs=1e-12)
    assert tables.evicted[0] == plain.evicted
