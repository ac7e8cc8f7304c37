"""``load``: formats found, edges resolved and named, members complete, everything odd counted or refused."""

import json
import os
import pickle
from pathlib import Path

import numpy as np
import pytest

from commsim.chatlogs.events import EDGES, INFERRED, MENTION, NOBODY, REPLY_TO, Coming, Message
from commsim.chatlogs.load import load
from commsim.chatlogs.readers import READERS
from commsim.errors import UserError

HEAD = "time,member,kind,reply_to,thread\n"
NAMED = os.environ.get("COMMSIM_DATA")
PLACES = [Path(NAMED)] if NAMED else [Path(__file__).parents[k] / "shared" / "data" for k in (3, 4)]
COLLEGE = next((place / "collegemsg.txt" for place in PLACES if (place / "collegemsg.txt").exists()), None)


def table(*rows, head=HEAD):
    return head + "".join(f"{row}\n" for row in rows)


@pytest.fixture
def made(monkeypatch, read):
    """``made(events, …)``: the log that a reader of these events would give."""
    import sys
    import types

    def making(events, carries=frozenset(), **options):
        def reading(source, account, options):
            for _, event in zip(source.lines(), events, strict=True):
                account.message()
                yield event

        module = types.SimpleNamespace(NAME="made", CARRIES=carries, looks_like=lambda head: False, read=reading)
        monkeypatch.setitem(sys.modules, "made_reader", module)
        monkeypatch.setitem(READERS, "made", "made_reader")
        return read("-\n" * len(events), "made", **options)

    return making


def test_columns_come_in_any_order_and_in_two_languages(read):
    one = read(table("100,A,talk,,x", "200,B,reply,A,x"))
    other = read("话题\t成员\t回复\t时间\t类型\nx\tA\t\t100\t闲聊\nx\tB\tA\t200\t回复\n")
    assert one.members == other.members and one.threads == other.threads
    for name in ("time", "sender", "to", "edge", "kind", "thread"):
        assert getattr(one, name).tolist() == getattr(other, name).tolist()
    assert one.time.tolist() == [100, 200] and one.to.tolist() == [NOBODY, one.sender[0]]
    assert [one.kinds[k] for k in one.kind] == ["talk", "reply"] and one.carries == {"kind", "reply_to", "thread"}


def test_columns_have_the_types_of_the_contract(read):
    log = read(table("100,A,talk,,x", "200,B,reply,A,x"))
    types = {name: getattr(log, name).dtype for name in ("time", "sender", "to", "answers", "edge", "kind", "thread")}
    assert types == {"time": np.float64, "sender": np.int32, "to": np.int32, "answers": np.int64, "edge": np.int8,
                     "kind": np.int8, "thread": np.int32}  # fmt: skip
    assert log.joined.dtype == log.left.dtype == np.float64 and np.isnan(log.joined).all()
    assert all(member.startswith("m-") for member in log.members) and log.threads[0] == ""


def test_messages_are_sorted_by_time_and_equal_times_stay_in_order(read):
    log = read(table("300,A,talk,,", "100,B,issue,,", "300,C,reply,,", "100,D,thanks,,"))
    assert log.time.tolist() == [100, 100, 300, 300]
    assert [log.kinds[k] for k in log.kind] == ["issue", "thanks", "talk", "reply"]
    assert log.loader["out_of_order"] == 2 and log.loader["duplicate_times"] == 2


def test_reply_to_members(read):
    log = read(table("1,A,,,", "2,B,,A,", "3,A,,B,", "4,C,,Silent,"))
    assert (log.loader["reply_to"], log.loader["reply_to_why"]) == ("member", "found")
    assert log.loader["only_addressed"] == 1 and len(log.members) == 4
    assert log.to.tolist() == [NOBODY, log.sender[0], log.sender[1], log.to[3]] and log.to[3] not in log.sender
    assert (log.answers == NOBODY).all() and log.loader["share_reply_to"] == 0.75


def test_reply_to_messages_by_their_ids(read):
    log = read(table("30,A,p,", "10,B,q,p", "20,C,r,q", "40,A,s,gone", head="time,member,id,reply_to\n"))
    assert log.loader["reply_to"] == "message" and log.loader["replies_unknown"] == 1
    assert log.time.tolist() == [10, 20, 30, 40]
    assert log.answers.tolist() == [2, 0, NOBODY, NOBODY]
    assert log.to.tolist() == [log.sender[2], log.sender[0], NOBODY, NOBODY]


def test_without_ids_a_message_is_named_by_its_row(read):
    log = read(table("1,A,,,", "broken", "3,B,,1,", "4,C,,3,", "5,A,,2,"))
    assert log.loader["reply_to"] == "message" and log.loader["numbered"]
    assert log.answers.tolist() == [NOBODY, 0, 1, NOBODY]  # row 2 is the broken one
    assert log.loader["replies_unknown"] == 1


def test_where_reply_to_may_be_both_the_user_is_asked(read):
    both = table("1,1,,,", "2,2,,1,", "3,1,,2,")
    with pytest.raises(UserError) as told:
        read(both)
    assert told.value.key == "log_reply_to" and told.value.facts["members"] == told.value.facts["messages"] == 100
    assert read(both, reply_to="member").answers.tolist() == [NOBODY] * 3
    log = read(both, reply_to="message")
    assert log.answers.tolist() == [NOBODY, 0, 1] and log.loader["reply_to_why"] == "option"


def test_replies_to_members_who_never_write_need_no_question(read):
    assert read(table("1,A,,X,", "2,B,,Y,")).loader["reply_to_why"] == "no_ids"
    with pytest.raises(UserError):
        read(table("1,A,p,X", "2,B,q,Y", head="time,member,id,reply_to\n"))


def test_a_reply_to_oneself_is_to_nobody(read):
    log = read(table("1,A,,,", "2,A,,A,", "3,B,,A,"))
    assert log.to.tolist() == [NOBODY, NOBODY, 0] and log.loader["to_oneself"] == 1


def test_doubled_ids_are_counted_and_the_first_counts(read):
    log = read(table("1,A,p,", "2,B,p,", "3,C,q,p", head="time,member,id,reply_to\n"))
    assert log.loader["duplicate_ids"] == 1 and log.answers[2] == 0


def test_one_mention_is_an_address_and_two_are_not(made):
    log = made([Message(1, "A"), Message(2, "B"), Message(3, "C", mentions=("A", "A")),
                Message(4, "C", mentions=("A", "B")), Message(5, "B", mentions=("stranger",)),
                Message(6, "C", reply_to="B", mentions=("A",))],
               frozenset({"mention", "reply_to"}))  # fmt: skip
    assert [EDGES[e] for e in log.edge] == ["none", "none", "mention", "none", "none", "reply_to"]
    assert log.to.tolist() == [NOBODY, NOBODY, 0, NOBODY, NOBODY, 1]
    assert log.loader["mentions"] == 4 and log.loader["mentions_unknown"] == 1
    assert log.loader["share_mention"] == pytest.approx(4 / 6) and len(log.members) == 3


def test_who_spoke_last_is_only_inferred_when_asked(made):
    hour = 3600
    events = [Message(0, "A", thread="x"), Message(hour, "A", thread="x"), Message(2 * hour, "B", thread="y"),
              Message(3 * hour, "B", thread="x"), Message(4 * hour, "B", thread="x"),
              Message(17 * hour, "A", thread="x"), Message(18 * hour, "B", thread="x", reply_to="A"),
              Message(19 * hour, "A", thread="x", mentions=("C",)), Message(20 * hour, "C", thread="y")]  # fmt: skip
    plain = made(events)
    assert INFERRED not in plain.edge and plain.loader["inferred"] == 0
    log = made(events, infer=True)
    inferred = np.flatnonzero(log.edge == INFERRED)
    # both messages of B answer the last of A; A's after 13 hours answers nobody; "y" is a thread of its own
    assert inferred.tolist() == [3, 4] and log.answers[inferred].tolist() == [1, 1]
    assert (log.to[inferred] == log.sender[0]).all() and log.loader["inferred"] == 2
    others = np.setdiff1d(np.arange(9), inferred)
    assert log.to[others].tolist() == plain.to[others].tolist()
    assert log.edge[6] == REPLY_TO and log.edge[7] == MENTION


def test_those_who_come_and_go(made):
    log = made([Coming(1, "A"), Message(2, "A"), Coming(3, "B"), Coming(4, "A", True), Coming(5, "A"),
                Coming(6, "B", True), Coming(-1, "C"), Message(7, "D")], frozenset({"joined"}))  # fmt: skip
    known = dict(zip(("A", "B", "C", "D"), zip(log.joined.tolist(), log.left.tolist(), strict=True), strict=False))
    assert known["A"][0] == 1 and np.isnan(known["A"][1])  # left and came again
    assert known["B"] == (3, 6) and len(log.members) == 4
    assert np.isnan(known["C"]).all() and np.isnan(known["D"]).all()


def test_the_roster_brings_in_the_silent(read, tmp_path):
    roster = tmp_path / "roster.txt"
    roster.write_text("A\n\n 周宁 \nＡ\n吴越\n", encoding="utf-8")
    log = read(table("1,A,,,", "2,B,,,"), roster=roster)
    assert len(log.members) == 4 and log.loader["from_roster"] == 2 and log.loader["roster_skipped"] == 0
    roster.write_bytes("周宁\n".encode() * 20 + b"\xff\n")
    log = read(table("1,A,,,", "2,B,,,"), roster=roster)
    assert len(log.members) == 3 and log.loader["roster_skipped"] == 1


def test_spellings_of_a_name_are_one_member(read):
    log = read(table("1,Lin Xia,,,", "2,Ｌｉｎ  Xia,,,", "3,\u200eLin\u200b Xia,,,"))
    assert len(log.members) == 1 and log.sender.tolist() == [0, 0, 0]


def test_a_community_has_its_own_pseudonyms(read):
    rows = table("1,A,,,x", "2,B,,,x")
    one, again, other = read(rows), read(rows), read(rows, community="other")
    assert one.members == again.members and one.threads == again.threads
    assert not set(one.members) & set(other.members) and one.threads[1] != other.threads[1]


def test_unknown_kinds_are_counted_and_forgotten(read):
    log = read(table("1,A,通知,,", "2,B,My kind 7,,", "3,C,,,", "4,D,辟谣,,"))
    assert [log.kinds[k] for k in log.kind] == ["notice", "other", "", "correction"]
    assert log.loader["kinds_other"] == 1 and "My kind" not in json.dumps(log.loader)


def test_columns_that_are_never_filled_are_not_carried(read):
    assert read(table("1,A,,,", "2,B,,,")).carries == frozenset()
    assert read("time,member\n1,A\n").carries == frozenset()
    assert read(table("1,A,,,x", "2,B,,,")).carries == {"thread"}


def test_times_that_cannot_be_are_faults_and_not_messages(read):
    log = read(table("-5,A,,,", "1767571200000,A,,,", "1767571200,A,,,", "1767571260,B,,,", "1767571270,A,,,"))
    assert len(log) == 3 and log.loader["negative_times"] == 1
    assert set(log.loader["faults"]) == {"time_negative", "time_far"}


def test_faulty_times_and_senders_of_any_reader_are_taken_back(made):
    log = made([Message(float("nan"), "A"), Message(-1, "A"), Message(1, "\u200b"), Message(2, "A"), Message(3, "B"),
                Message(4, "B")])  # fmt: skip
    assert len(log) == 3
    assert {kind: fault["first"] for kind, fault in log.loader["faults"].items()} == {
        kind: [{"number": number, "shape": "-"}] for kind, number in (
            ("time_far", 1), ("time_negative", 2), ("no_member", 3))}  # fmt: skip
    assert (log.loader["lines"], log.loader["message"], log.loader["skipped"]) == (6, 3, 3)


def test_a_file_cut_in_the_middle_loses_its_last_line_and_says_so(read):
    whole = table(*(f"{i},A,talk,,x" for i in range(100, 120)))
    log = read(whole[: whole.rindex(",talk") + 2])
    assert len(log) == 19 and log.loader["faults"]["cells_missing"]["count"] == 1 and not log.loader["ended"]
    log = read("".join(f"A B {1767571200 + i}\n" for i in range(20))[:-5])
    assert len(log) == 19 and log.loader["faults"]["cut"]["first"] == [{"number": 20, "shape": "x x 999999"}]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_mixture_is_refused_and_what_was_found_is_named(read, lang):
    with pytest.raises(UserError) as told:
        read(table("1,A,,,", *[f"沈桥遥 赵青 {i}" for i in range(20)]))
    text = told.value.text(lang)
    assert told.value.key == "log_mostly_faults" and "字字字 字字 9" in text and "沈" not in text
    assert {"zh": "列数不够", "en": "too few columns"}[lang] in text and "20" in text


def test_a_few_lines_of_something_else_are_faults(read):
    log = read(table(*(f"{i},A,,," for i in range(30)), "[2026-01-05 08:00] somebody: hi"))
    assert len(log) == 30 and log.loader["skipped"] == 1


@pytest.mark.parametrize("content, key", [
    ("", "log_empty"), (HEAD, "log_no_message"), ("\n\n \n", "log_format_none"), ("hello\nworld\n", "log_format_none"),
    ("\0\0", "log_binary"), ("\ufeff", "log_format_none"),
    (HEAD.replace("thread", "txet") + "1,A,,,", "log_column_unknown"),
    ("time,member,time\n1,A,2\n", "log_column_twice"), (table("x,A,,,"), "log_mostly_faults")])  # fmt: skip
def test_files_that_are_no_log(read, content, key):
    with pytest.raises(UserError) as told:
        read(content)
    assert told.value.key == key and "log.txt" in told.value.text("zh") and "log.txt" in told.value.text("en")


def test_an_unknown_column_names_its_place_and_the_nearest(read):
    with pytest.raises(UserError) as told:
        read("time,member,reply_too\n1,A,\n")
    assert told.value.facts["column"] == 3 and told.value.facts["nearest"] == "reply_to"
    with pytest.raises(UserError) as told:
        read("time,member,沈桥遥说的话\n1,A,\n")
    assert "沈" not in told.value.text("zh") and "字字字" in told.value.text("zh")


def test_a_table_without_column_names_shows_no_name(read):
    with pytest.raises(UserError) as told:
        read("2026-01-05 08:00,沈桥遥,talk,,\n", "native")
    assert told.value.key == "log_no_header" and "沈" not in told.value.text("zh") + repr(told.value.facts)


def test_formats_and_options_are_checked(read):
    with pytest.raises(UserError) as told:
        read(table("1,A,,,"), "nativ")
    assert told.value.facts["nearest"] == "native" and "edges" in told.value.text("en")
    with pytest.raises(UserError) as told:
        read(table("1,A,,,"), reply_to="members")
    assert told.value.facts["nearest"] == "member"
    with pytest.raises(UserError):
        read(table("1,A,,,"), timezone="Asia/Chengdu")


def test_two_formats_that_fit_are_asked_about(read, monkeypatch):
    monkeypatch.setitem(READERS, "twin", READERS["native"])
    with pytest.raises(UserError) as told:
        read(table("1,A,,,"))
    assert told.value.key == "log_format_two" and "native, twin" in told.value.text("en")
    assert len(read(table("1,A,,,"), "native")) == 1


def test_a_log_can_be_kept_and_its_account_is_json(read):
    log = read(table("1,A,talk,,x", "2,B,,A,x"))
    again = pickle.loads(pickle.dumps(log))
    assert again.members == log.members and again.loader == json.loads(json.dumps(log.loader))


def test_noise_is_refused_and_costs_no_memory(tmp_path):
    import tracemalloc

    chance = np.random.default_rng(1)
    file = tmp_path / "noise.csv"
    with open(file, "wb") as out:
        out.write(HEAD.encode())
        for _ in range(20):
            out.write(bytes(chance.choice(np.frombuffer(b"abc,;\"\n\t 0123", np.uint8), 500_000)))
    tracemalloc.start()
    with pytest.raises(UserError) as told:
        load(file)
    assert told.value.key == "log_mostly_faults" and tracemalloc.get_traced_memory()[1] < 50e6
    tracemalloc.stop()


@pytest.mark.skipif(COLLEGE is None, reason="collegemsg.txt is not here: set COMMSIM_DATA to its folder")
def test_the_reference_log():
    log = load(COLLEGE)
    told = log.loader
    assert (told["format"], len(log), len(log.members)) == ("edges", 59_835, 1_899)
    assert told["lines"] == 59_836 and told["header"] == 1 and told["skipped"] == 0
    assert told["only_addressed"] == 549 and len(log.members) - len(set(log.to.tolist())) == 37
    assert len(set(zip(log.sender.tolist(), log.to.tolist(), strict=True))) == 20_296
