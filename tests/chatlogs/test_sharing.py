"""What may be shared tells nothing about few: by itself, by subtraction, by any combination of counts."""

import json
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_health import lively, made, rows_of

from commsim.chatlogs import health as h
from commsim.chatlogs import sharing as sh
from commsim.words import catalogue

COUNTS = (*sh.PEOPLE, *sh.EVENTS, "rumour_exposed")
SMALL = {1, 2, 3, 4}
logs = st.sampled_from([frozenset({"reply_to"}), frozenset(), frozenset({"mention"}),
                        frozenset({"kind", "reply_to"}), frozenset({"presence"})])  # fmt: skip


def group(n, busy, days=120, each=12, seed=0):
    """``n`` members of whom the first ``busy`` write to one another."""
    random = np.random.default_rng(seed)
    rows = [(float(day), *map(int, random.choice(busy, 2, replace=False)))
            for day in np.sort(random.uniform(0, days, each * busy))]  # fmt: skip
    return h.profile(made(rows, n))


def counts_of(safe):
    """Every count that is published."""
    yield from (safe.messages, safe.members_count, safe.senders, *(safe.measures[name] for name in COUNTS))
    for name in ("messages", "senders", "roster", "silent", "unheard", "peripheral"):
        yield from safe.series[name]


@given(rows_of, logs, st.integers(0, 3))
@settings(deadline=None, max_examples=60)
def test_no_combination_of_counts_gives_a_small_cell(rows, carries, empty):
    rows = [(day, a, b) for day, a, b in rows]
    safe, _ = sh.shared(h.profile(made(rows, 15 + empty, carries)))
    counts = sorted({count for count in counts_of(safe) if count is not None})
    assert SMALL.isdisjoint(counts)
    for signs in product((-1, 0, 1), repeat=min(len(counts), 5)):
        assert abs(sum(sign * count for sign, count in zip(signs, counts, strict=False))) not in SMALL
    # whatever the whole-number combination: all are multiples of five, and so is what comes out
    assert {count % sh.LEAST for count in counts} <= {0}


@given(st.integers(0, 400), st.integers(0, 400))
def test_a_part_is_withheld_with_its_rest(count, more):
    shown, why = sh.part(count, count + more)
    if count in SMALL:
        assert (shown, why) == (None, sh.SMALL)
    elif more in SMALL:
        assert (shown, why) == (None, sh.COMPLEMENT)
    else:
        assert why is None and abs(shown - count) <= 2 and shown not in SMALL
    assert (sh.part(more, count + more)[0] is None) == (shown is None)  # neither tells the other


@given(st.lists(st.integers(0, 60), min_size=2, max_size=5))
def test_of_a_partition_never_one_alone_is_withheld(parts):
    counts = {str(k): count for k, count in enumerate(parts)}
    shown, why = sh.partition(counts)
    hidden = [name for name, count in shown.items() if count is None]
    assert set(hidden) == set(why) and {name for name, count in counts.items() if count in SMALL} <= set(hidden)
    if len(hidden) == 1:  # then nothing else is there that could be hidden with it
        assert all(count == 0 for name, count in counts.items() if name not in hidden)


def test_ninety_seven_of_a_hundred_who_write_do_not_tell_of_three_who_do_not():
    safe, why = sh.shared(group(100, 97))
    assert safe.members_count == 100 and safe.senders is None and safe.measures["never_sent"] is None
    assert why["senders"] == sh.COMPLEMENT and why["never_sent"] == sh.SMALL
    assert safe.measures["coverage"] is None and safe.measures["gini_senders"] is None
    assert safe.measures["density"] is not None and safe.measures["density_active"] is None
    seen = sh.shared(group(100, 80))[0]
    assert seen.senders == 80 and seen.measures["never_sent"] == 20 and seen.measures["coverage"] == 0.8
    assert seen.measures["density_active"] is not None


def test_a_week_in_which_few_wrote_is_withheld_whole():
    rows = [(d + k / 100, k, (k + 1) % 20) for d in range(0, 70, 7) for k in range(20)]
    rows = [row for row in rows if not 20 < row[0] < 29 or row[1] < 3]
    health = h.profile(made(rows, 20))
    few = [w for w, senders in enumerate(health.series["senders"]) if senders in SMALL]
    assert few
    safe, _ = sh.shared(health)
    for w, column in product(few, h.SERIES[1:]):
        assert safe.series[column][w] is None
    assert any(count is not None for count in safe.series["senders"])
    assert all(start % h.DAY == 0 for start in safe.series["start"])  # not the moment at which somebody wrote


def test_nothing_about_single_members_and_small_groups_in_totals():
    health = group(9, 9)
    assert health.aggregates_only
    safe, why = sh.shared(health)
    assert safe.series == {name: [] for name in h.SERIES} and safe.trends == {} and list(safe.members) == []
    assert {name for name, value in safe.measures.items() if value is not None} <= set(sh.OF_SMALL_GROUPS)
    tiny = sh.shared(group(4, 4))[0]
    assert tiny.members_count is None and {n for n, v in tiny.measures.items() if v is not None} <= set(sh.OF_ANY_GROUP)
    large = h.profile(lively(40), buildings=np.arange(40) % 3)
    safe, why = sh.shared(large)
    assert large.measures["lost_with_one"] is not None and why["lost_with_one"] == sh.ONE_PERSON
    assert why["top_tenth"] == sh.ONE_PERSON and list(large.members) and list(safe.members) == []
    assert "member-" not in json.dumps(sh.as_shared_data(large))


def test_an_index_that_tells_of_few_pairs_is_withheld():
    rows = [(day, k, (k + 1) % 40) for day in range(60) for k in range(40)]  # a ring: each building borders on two
    few, many = np.arange(40) // 20, np.arange(40) // 4  # 2 pairs across buildings, and 10
    assert sh.shared(h.profile(made(rows, 40), buildings=few))[1]["ei_index"] == sh.SMALL
    assert sh.shared(h.profile(made(rows, 40), buildings=many))[0].measures["ei_index"] is not None


@given(rows_of, logs)
@settings(deadline=None, max_examples=40)
def test_whatever_is_missing_has_its_reason_and_words(rows, carries):
    health = h.profile(made(rows, 15, carries))
    data = sh.as_shared_data(health)
    json.dumps(data, allow_nan=False)
    gone = {name for name, value in data["measures"].items() if value is None}
    assert gone == {name for name in h.MEASURES if name in data["withheld"] or name in data["unavailable"]}
    assert set(data["withheld"].values()) <= set(sh.WHY)
    assert all(f"log.withheld.{reason}" in catalogue() for reason in sh.WHY)
    told = sh.rows(health)
    assert {len(row) for row in told} == {5} and len({tuple(map(str, row[:3])) for row in told}) == len(told)


@pytest.mark.parametrize("count, shown", [(0, 0), (1, None), (4, None), (5, 5), (7, 5), (8, 10), (1_002, 1_000)])
def test_counts_are_rounded_to_fives(count, shown):
    assert sh.rounded(count) == shown
