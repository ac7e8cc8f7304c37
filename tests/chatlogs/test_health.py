"""The profile of a log: what it can tell, what it cannot and why, and what must not matter."""

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commsim.chatlogs import health as h
from commsim.chatlogs.events import INFERRED, MENTION, NOBODY, NOWHERE, REPLY_TO, Log
from commsim.measures import exchanges as ex
from commsim.words import catalogue

DAY, T0 = 86400.0, 1.7e9
REPLIES = frozenset({"reply_to"})


def made(rows, n, carries=REPLIES, edge=REPLY_TO, kinds=("",), **columns):
    """A log of rows (day, sender, to) or (day, sender, to, kind), in order of time."""
    rows = sorted(rows, key=lambda row: row[0])
    time = np.array([T0 + DAY * row[0] for row in rows], float)
    sender, to = (np.array([row[k] for row in rows], np.int32) for k in (1, 2))
    kind = np.array([kinds.index(row[3]) if len(row) > 3 else 0 for row in rows], np.int8)
    unknown = np.full(n, np.nan)
    given_ = {"answers": np.full(len(rows), NOBODY, np.int64), "joined": unknown, "left": unknown, **columns}
    return Log(time=time, sender=sender, to=to, edge=np.where(to >= 0, edge, NOWHERE).astype(np.int8), kind=kind,
               thread=np.zeros(len(rows), np.int32), kinds=kinds, threads=("",),
               members=tuple(f"member-{k}" for k in range(n)), carries=carries, **given_)  # fmt: skip


def lively(n=30, days=300, each=20, seed=0, **more):
    """Members who write to anybody, a few messages a day."""
    random = np.random.default_rng(seed)
    rows = []
    for day in np.sort(random.uniform(0, days, each * days // 10)):
        a, b = random.choice(n, 2, replace=False)
        rows.append((float(day), int(a), int(b)))
    return made(rows, n, **more)


rows_of = st.lists(st.tuples(st.floats(0, 400), st.integers(0, 14), st.integers(-1, 14)), max_size=120)


@given(rows_of, st.sampled_from([REPLIES, frozenset(), frozenset({"mention"}), frozenset({"presence"}),
                                 frozenset({"kind", "reply_to"})]))  # fmt: skip
@settings(deadline=None, max_examples=60)
def test_every_measure_is_a_number_or_has_a_reason(rows, carries):
    found = h.profile(made(rows, 15, carries))
    assert set(found.measures) == set(h.MEASURES)
    missing = {name for name, value in found.measures.items() if value is None}
    assert missing == set(found.unavailable) and set(found.unavailable.values()) <= set(h.REASONS)
    assert json.loads(json.dumps(found.as_data(), allow_nan=False))["members"] == 15
    assert {len(column) for column in found.series.values()} == {len(found.series["start"])}
    assert set(found.series) == set(h.SERIES)


@given(rows_of, st.permutations(range(15)), st.floats(-1e8, 1e8))
@settings(deadline=None, max_examples=40)
def test_neither_names_nor_the_date_matter(rows, other, shift):
    # whole minutes: a shift must not move a message over the edge of a window by rounding
    rows = [(round(day * 1440) / 1440, a, b) for day, a, b in rows]
    log = made(rows, 15)
    renamed = np.array([*other, NOBODY], np.int32)
    twin = replace(log, time=log.time + round(shift / 60) * 60, sender=renamed[log.sender], to=renamed[log.to])
    here, there = h.profile(log), h.profile(twin)
    assert here.measures == pytest.approx(there.measures, nan_ok=True)
    assert here.unavailable == there.unavailable
    for name in set(h.SERIES) - {"start"}:
        assert here.series[name] == pytest.approx(there.series[name])


def test_the_numbers_are_those_of_the_measures():
    log = lively()
    found, n = h.profile(log), 30
    ties = ex.ties_of(log.sender, log.to, n)
    waits = ex.openings_by_pair(log.sender, log.to, log.time, log.time[-1])
    told = ex.response(waits.hours, waits.answered, 48.0)
    assert found.measures["density"] == ex.density(ties, n)
    assert found.measures["reciprocity"] == ex.reciprocity(ties, n)
    assert {name: found.measures[name] for name in told} == {name: None if np.isnan(value) else value
                                                             for name, value in told.items()}  # fmt: skip
    assert sum(found.series["messages"]) <= len(log) == found.messages
    assert found.senders == 30 and found.window_days == 7


def test_inferred_edges_count_nowhere():
    log = lively()
    some = replace(log, edge=np.where(np.arange(len(log)) % 2, INFERRED, log.edge).astype(np.int8))
    without = replace(log, to=np.where(np.arange(len(log)) % 2, NOBODY, log.to).astype(np.int32))
    assert h.profile(some).measures == h.profile(without).measures
    all_inferred = h.profile(lively(edge=INFERRED))
    assert all_inferred.measures["ties"] == 0 and all_inferred.measures["reciprocity"] is None


def test_what_a_log_without_replies_cannot_tell():
    found = h.profile(lively(each=60, carries=frozenset(), edge=INFERRED))
    assert found.unavailable["density"] == h.NO_ADDRESSEE
    assert found.unavailable["response_median"] == found.unavailable["unheard"] == h.NO_REPLY_TO
    assert found.unavailable["drifting"] == h.NO_REPLY_TO and found.unavailable["rumours"] == h.NO_KINDS
    assert found.measures["silent"] == 0 and found.measures["gini"] is not None
    assert found.series["density"] == [None] * len(found.series["start"])
    assert set(next(found.members)) == {"member", "sent", "silent", "told"}


def test_mentions_make_ties_but_do_not_tell_who_was_answered():
    found = h.profile(lively(carries=frozenset({"mention"}), edge=MENTION))
    assert found.measures["density"] > 0 and found.unavailable["heard"] == h.NO_REPLY_TO


def test_a_sign_in_sheet_tells_who_came_and_no_more():
    found = h.profile(lively(carries=frozenset({"presence"}), edge=NOWHERE))
    assert {found.unavailable[name] for name in ("density", "openings", "heard", "drifting", "rumours")} == {h.PRESENCE}
    assert found.measures["coverage"] == 1.0


def test_nobody_nothing_and_one_member():
    empty = h.profile(made([], 0))
    assert (empty.messages, empty.series["start"], list(empty.members)) == (0, [], [])
    assert empty.unavailable["gini"] == h.NOTHING
    alone = h.profile(made([(0.0, 0, -1)], 1))
    assert alone.measures["coverage"] == 1.0 and alone.unavailable["density"] == h.NOTHING
    assert alone.unavailable["silent"] == h.TOO_SHORT


def test_in_a_small_group_nothing_is_said_of_single_members():
    small, large = h.profile(lively(n=11)), h.profile(lively(n=12))
    assert small.aggregates_only and list(small.members) == []
    assert not large.aggregates_only and len(list(large.members)) == 12


def test_no_member_is_named_in_what_may_leave_the_machine():
    assert "member-" not in json.dumps(h.profile(lively()).as_data())


def test_members_who_came_later_are_not_missed_before():
    joined = np.array([np.nan] * 20 + [T0 + 100 * DAY] * 10)
    log = lively(carries=frozenset({"reply_to", "joined"}), joined=joined)
    early = np.isin(log.sender, range(20)) & np.isin(log.to, range(20))
    keep = early | (log.time > T0 + 100 * DAY)
    columns = ("time", "sender", "to", "answers", "edge", "kind", "thread")
    log = replace(log, **{name: getattr(log, name)[keep] for name in columns})
    found = h.profile(log)
    assert found.series["roster"][0] == 20 and found.series["roster"][-1] == 30


def test_who_has_gone_is_not_called_silent():
    left = np.full(30, np.nan)
    left[3] = T0 + 150 * DAY
    rows = [row for row in zip(lively().time, lively().sender, lively().to, strict=True)]
    rows = [((t - T0) / DAY, int(a), int(b)) for t, a, b in rows if 3 not in (a, b) or t < left[3]]
    there, gone = (list(h.profile(made(rows, 30, left=column)).members) for column in (np.full(30, np.nan), left))
    assert there[3]["silent"] and there[3]["told"]
    assert not gone[3]["silent"] and not gone[3]["told"]


def test_rumours_where_kinds_are_carried():
    rows = [(1.0, 0, -1, "rumour"), (1.1, 1, -1, "talk"), (1.5, 2, -1, "correction"), (2.0, 3, -1, "talk")]
    found = h.profile(made(rows, 5, frozenset({"kind"}), kinds=("talk", "rumour", "correction")))
    assert found.measures["rumours"] == 1 and found.measures["rumour_hours"] == pytest.approx(12.0)
    assert found.measures["rumour_exposed"] == 2.0
    calm = h.profile(made(rows[1:2], 5, frozenset({"kind"}), kinds=("talk", "rumour", "correction")))
    assert calm.unavailable["rumours"] == h.NONE_OF_KIND


def test_questions_are_told_apart_where_kinds_are_carried():
    rows = [(1.0, 0, -1, "question"), (1.1, 2, -1, "talk"), (1.5, 1, 0, "talk"), (9.0, 1, -1, "talk"),
            (1.2, 2, -1, "talk")]  # fmt: skip
    answers = np.array([-1, -1, -1, 0, -1])
    log = made(rows, 3, frozenset({"kind", "reply_to"}), kinds=("talk", "question"), answers=answers)
    found = h.profile(log)
    assert (found.measures["openings"], found.measures["asked_openings"]) == (4, 1)
    assert found.measures["asked_response_median"] == pytest.approx(12.0)
    assert found.unavailable["response_median"] == h.NOT_HALF


def test_a_member_who_is_forgotten_is_seen():
    random, rows = np.random.default_rng(4), []
    for w in range(26):
        for i in range(30):
            count = random.integers(2, 9) if i else max(0, 20 - w)
            others = random.choice([j for j in range(30) if j != i], count, replace=False)
            rows += [(28 * w + float(random.uniform(0, 28)), int(j), i) for j in others]
    rows.append((28 * 26.0, 1, 2))
    found = h.profile(made(rows, 30))
    assert found.measures["drifting"] >= 1 and next(found.members)["drift"] == "drifting"


def test_a_log_over_decades_gets_longer_windows_and_stays_small():
    rows = [(0.0, 0, 1), (40 * 365.0, 1, 0)]
    found = h.profile(made(rows, 2))
    assert len(found.series["start"]) <= h.MOST_WINDOWS and found.window_days % 7 == 0 < found.window_days


def test_what_must_be_borne_in_mind():
    assert h.profile(lively(n=12, each=60)).notes == (h.LEAVERS_UNKNOWN, h.NOBODY_SILENT)
    thin = h.profile(made([(float(k), 1 + k % 19, 0) for k in range(100)], 21, REPLIES | {"joined"}))
    assert thin.notes == (h.NEARLY_ALL,) and thin.measures["peripheral_share"] == 1.0


def test_everything_has_a_name_in_both_languages():
    names = {f"log.measure.{name}.{part}" for name in h.MEASURES for part in ("label", "unit", "what")}
    names |= {f"log.reason.{reason}" for reason in h.REASONS}
    names |= {f"log.note.{note}" for note in h.NOTES}
    names |= {f"log.series.{name}" if name not in h.MEASURES else f"log.measure.{name}.label" for name in h.SERIES}
    assert names - set(catalogue()) == set()
    assert {key.split(".")[2] for key in catalogue() if key.startswith("log.measure.")} == set(h.MEASURES)
