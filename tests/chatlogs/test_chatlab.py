"""ChatLab's format, as its description shows it (version 0.0.2).  All people are invented."""

import json
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reading import claimed, read, written

from commsim.chatlogs.load import load

HEADER = {"_type": "header", "chatlab": {"version": "0.0.2", "exportedAt": 1703001600},
          "meta": {"name": "花园", "platform": "wechat", "type": "group"}}  # fmt: skip


def said(number, sender, name, content="好", kind=0, **more):
    return {"_type": "message", "sender": sender, "accountName": name, "timestamp": 1703001600 + number, "type": kind,
            "content": content, **more}  # fmt: skip


def jsonl(*rows):
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def whole(*rows, **members):
    plain = [{key: value for key, value in row.items() if key != "_type"} for row in rows]
    return json.dumps({"chatlab": HEADER["chatlab"], "meta": HEADER["meta"], **members, "messages": plain},
                      ensure_ascii=False, indent=2)  # fmt: skip


def test_lines_of_the_description():
    text = jsonl(HEADER, {"_type": "member", "platformId": "a1", "accountName": "王芳", "groupNickname": "三楼王芳"},
                 {"_type": "member", "platformId": "a2", "accountName": "赵敏", "aliases": ["老赵"]},
                 {"_type": "member", "platformId": "a9", "accountName": "从不说话"},
                 said(0, "a1", "王芳", "大家好 @赵敏 ", platformMessageId="m1"),
                 said(10, "a2", "赵敏", "收到", 25, platformMessageId="m2", replyToMessageId="m1"),
                 said(20, "a1", "王芳", None, 1),
                 said(30, "a3", "孙禾", "@三楼王芳 @老赵 @所有人 @没有这人 好")) + "# 备注\n\n"  # fmt: skip
    assert claimed(text) == ["chatlab"]
    messages, comings, account = read("chatlab", text)
    assert [(m.sender, m.id, m.reply_to) for m in messages] == [
        ("a1", "m1", ""), ("a2", "m2", "m1"), ("a1", "", ""), ("a3", "", "")]  # fmt: skip
    assert [m.mentions for m in messages] == [("a2",), (), (), ("a1", "a2")]
    assert [(who, math.isnan(time)) for time, who, _ in comings] == [("a1", True), ("a2", True), ("a9", True)]
    assert account.counts == {"message": 4, "continuation": 0, "system": 0, "blank": 1, "header": 5, "skipped": 0}


def test_a_listed_member_who_never_writes_is_in_the_roster():
    listed = {"_type": "member", "platformId": "a9", "accountName": "从不说话"}
    file = written(jsonl(HEADER, listed, said(0, "a1", "王芳")).encode())
    log = load(file)
    file.unlink()
    assert len(log.members) == 2 and math.isnan(log.joined[1 - log.sender[0]])


def test_notices_are_no_messages_and_tell_who_came_and_left():
    text = jsonl(HEADER, said(0, "a1", "王芳"), said(1, "0", "系统", '"王芳"邀请"赵敏"加入了群聊', 80),
                 said(2, "a2", "赵敏"), said(3, "0", "系统", "你将“赵敏”移出了群聊", 80),
                 said(4, "a1", "王芳", "撤回", 81),
                 said(5, "a1", "王芳", "?", 99))  # fmt: skip
    messages, comings, account = read("chatlab", text)
    assert [m.sender for m in messages] == ["a1", "a2", "a1"] and account.counts["system"] == 3
    assert [(who, left) for _, who, left in comings] == [("a2", False), ("a2", True)]


def test_the_same_as_one_object():
    members = [{"platformId": "a9", "accountName": "从不说话"}]
    text = whole(said(0, "a1", "王芳", platformMessageId="m1"), said(1, "a2", "赵敏", replyToMessageId="m1"),
                 members=members)  # fmt: skip
    assert claimed(text) == ["chatlab"]
    messages, comings, account = read("chatlab", text)
    assert [(m.sender, m.reply_to) for m in messages] == [("a1", ""), ("a2", "m1")]
    assert [who for _, who, _ in comings] == ["a9"] and account.unit == "entry" and account.lines == 3


def test_faults_cost_one_line_each():
    text = jsonl(HEADER, said(0, "a1", "王芳"), {"_type": "other"}, [1], {**said(1, "a1", "王芳"), "timestamp": "昨天"},
                 {**said(1, "a1", "王芳"), "timestamp": -5}, said(2, "", "王芳"), said(3, ["a"], "王芳"))  # fmt: skip
    messages, _, account = read("chatlab", text + '{"_type":"message"} x\n{"_type":"mess')
    assert len(messages) == 1
    assert {kind: fault.count for kind, fault in account.faults.items()} == {
        "entry": 2, "time_unreadable": 1, "time_negative": 1, "no_member": 2, "json": 1, "cut": 1}  # fmt: skip


def test_members_who_change_their_name_are_counted_and_stay_themselves():
    text = jsonl(HEADER, said(0, "a1", "王芳"), said(1, "a1", "王芳芳"), said(2, "a2", "赵敏"))
    messages, _, account = read("chatlab", text)
    assert [m.sender for m in messages] == ["a1", "a1", "a2"] and account.renamed == 1
    assert "reply_to" not in account.carries  # version 0.0.1 had none


def test_milliseconds_are_what_they_are():
    (message,), _, _ = read("chatlab", jsonl(HEADER, {**said(0, "a1", "王芳"), "timestamp": 1703001600500}))
    assert message.time == 1703001600.5


names = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=10)
contents = st.none() | st.text(max_size=30).filter(lambda text: "@" not in text)
talks = st.lists(st.tuples(st.integers(0, 10**8), names, names, contents,
                           st.sampled_from([0, 1, 5, 22, 25, 99])), max_size=15)  # fmt: skip


@pytest.mark.parametrize("form", [jsonl, whole])
@given(talk=talks)
@settings(max_examples=100, deadline=None)
def test_what_is_written_is_read(form, talk):
    rows = [said(time, who, name, content, kind, platformMessageId=str(i))
            for i, (time, who, name, content, kind) in enumerate(talk)]  # fmt: skip
    content = form(HEADER, *rows) if form is jsonl else whole(*rows)
    messages, comings, account = read("chatlab", content.encode("utf-8", "replace"))
    assert [(m.time, m.sender, m.id) for m in messages] == [
        (1703001600 + time, who, str(i)) for i, (time, who, *_) in enumerate(talk)]  # fmt: skip
    assert comings == [] and account.skipped == 0
