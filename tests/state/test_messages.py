"""The heap of events against heapq, and the table of messages with its memory."""

import heapq
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commsim.kernels import for_kernels
from commsim.state.messages import (
    ISSUE,
    TALK,
    append,
    doubled,
    empty_events,
    empty_messages,
    forget_before,
    pop,
    push,
)

# few values, so that equal times, kinds and references are common
event = st.tuples(st.sampled_from([0.0, 0.5, 1.25]), st.integers(0, 2), st.integers(0, 2), st.integers(-1, 1),
                  st.integers(0, 1))  # fmt: skip


@given(st.lists(st.one_of(event, st.none()), max_size=60))
@settings(max_examples=200, deadline=None)
def test_the_heap_gives_what_heapq_gives(history):
    """None takes the earliest; ties in time are broken by all that follows."""
    events = empty_events(64)
    h, plain = for_kernels(events), []
    for one in history:
        if one is not None:
            push(h, *one)
            heapq.heappush(plain, one)
        elif plain:
            assert tuple(pop(h)) == heapq.heappop(plain)
    assert events.size[0] == len(plain)
    while plain:
        assert tuple(pop(h)) == heapq.heappop(plain)


@given(st.permutations(range(12)))
@settings(max_examples=50, deadline=None)
def test_the_order_of_arrival_changes_nothing(order):
    h = for_kernels(empty_events(16))
    for k in order:
        push(h, k // 4 / 8, k % 4, k, 0, 0)
    assert [pop(h)[2] for _ in range(12)] == sorted(range(12), key=lambda k: (k // 4, k % 4))


def test_more_room_keeps_what_waits():
    events = empty_events(2)
    for time in (2.0, 1.0):
        push(for_kernels(events), time, 0, 0, 0, 0)
    events = doubled(events)
    assert len(events.rows) == 4 and isinstance(events.rows, np.recarray)
    push(for_kernels(events), 0.5, 0, 0, 0, 0)
    assert [pop(for_kernels(events))[0] for _ in range(3)] == [0.5, 1.0, 2.0]


def written(count, room=64):
    """A table in which message k was sent at time k by person 100 + k."""
    messages = empty_messages(room)
    m = for_kernels(messages)
    for k in range(count):
        assert append(m, float(k), 100 + k, 1, ISSUE, k - 1, 2, 5) == k
    return messages


def test_a_message_is_kept_as_written():
    messages = written(3)
    last = messages.rows[2]
    assert messages.count[0] == 3
    assert (last.time, last.sender, last.group, last.kind, last.reply_to, last.ordinal, last.case) == (
        2.0, 102, 1, ISSUE, 1, 2, 5)  # fmt: skip
    assert not last.heard


@pytest.mark.parametrize(("since", "kept"), [(-1.0, 10), (0.0, 10), (3.0, 7), (3.5, 6), (9.0, 1), (math.inf, 0)])
def test_old_messages_are_forgotten_and_numbers_stay(since, kept):
    messages = written(10)
    messages.rows.heard[9] = True
    forget_before(messages, since)
    assert (messages.count[0], messages.first[0]) == (kept, 10 - kept)
    rows = messages.rows[:kept]
    assert rows.sender.tolist() == list(range(110 - kept, 110))
    assert rows.heard.tolist() == [False] * (kept - 1) + [True] * min(kept, 1)
    assert append(for_kernels(messages), 20.0, 1, 1, TALK, -1, 0, -1) == 10, "numbers go on counting"
    assert not messages.rows.heard[kept], "a new message in an old row has not been heard"
