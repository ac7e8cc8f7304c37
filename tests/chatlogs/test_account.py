"""The account: each line once, and of a faulty line only its shape."""

import json

from hypothesis import given
from hypothesis import strategies as st

from commsim.chatlogs.account import CLASSES, SHAPE, SHOWN, Account, shape


def test_a_shape_says_what_a_line_looks_like_and_not_what_it_says():
    assert shape("2024-01-05 8:03,沈桥遥,Hi é!") == "9999-99-99 9:99,字字字,xx x!"
    assert shape("ＡＢ１２，。@[图]\t\u200e🙂") == "xx99，。@[字]***"
    assert shape("ねこ 고양") == "字字 字字"


@given(st.text(max_size=200))
def test_no_letter_and_no_digit_survives_in_a_shape(text):
    seen = shape(text)
    assert len(seen) == min(len(text), SHAPE)
    assert not any(c.isalnum() and c not in "x9字" for c in seen)


def test_only_the_first_lines_of_a_fault_are_kept():
    account = Account()
    for number in range(10):
        account.skip("cells_missing", number, "王,1")
    fault = account.as_json()["faults"]["cells_missing"]
    assert fault["count"] == 10
    assert fault["first"] == [{"number": n, "shape": "字,9"} for n in range(SHOWN)]


def test_a_recalled_message_is_a_fault_and_counted_once():
    account = Account(lines=2)
    account.message()
    account.message()
    account.recall("time_negative", 2, "x")
    assert account.complete and account.counts["message"] == 1 and account.skipped == 1
    assert account.as_json()["negative_times"] == 1


def test_an_account_that_forgets_a_line_is_not_complete():
    account = Account(lines=3)
    account.message()
    account.blank()
    assert not account.complete
    account.system()
    assert account.complete


def test_the_account_is_json_with_every_class():
    told = json.loads(json.dumps(Account().as_json()))
    assert set(CLASSES) <= set(told) and told["share_reply_to"] == told["share_mention"] == 0
