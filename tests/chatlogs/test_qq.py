"""QQ's exported text.  All people are invented."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from reading import at, claimed, read

from commsim.errors import UserError

HEADER = """消息记录（此消息记录为文本格式，不支持重新导入）

================================================================
消息分组:我的群聊
================================================================
消息对象:花园小区三栋
================================================================

"""


@pytest.mark.parametrize("head, moment, sender", [
    ("2023-12-31 21:15:03 王芳(123456)", at(2023, 12, 31, 21, 15, 3), "123456"),
    ("2023-12-31 9:05:03 王芳(123456)", at(2023, 12, 31, 9, 5, 3), "123456"),
    ("2023-12-31 9:15:03 PM 王芳(123456)", at(2023, 12, 31, 21, 15, 3), "123456"),
    ("2023-12-31 下午 9:15:03 王芳(123456)", at(2023, 12, 31, 21, 15, 3), "123456"),
    ("2023-12-31 凌晨 0:15:03 王芳(123456)", at(2023, 12, 31, 0, 15, 3), "123456"),
    ("2023/12/31 21:15:03 王芳(123456)", at(2023, 12, 31, 21, 15, 3), "123456"),
    ("2023-12-31 21:15:03 【管理员】王芳(123456)", at(2023, 12, 31, 21, 15, 3), "123456"),
    ("2023-12-31 21:15:03 (123456)", at(2023, 12, 31, 21, 15, 3), "123456"),
    ("2023-12-31 21:15:03 王(芳)<wang(123456)", at(2023, 12, 31, 21, 15, 3), "123456"),
    ("2023-12-31 21:15:03 王芳<wang@example.com>", at(2023, 12, 31, 21, 15, 3), "wang@example.com"),
])  # fmt: skip
def test_heads(head, moment, sender):
    assert claimed(head) == ["qq"]
    (message,), _, _ = read("qq", f"{head}\n你好\n")
    assert (message.time, message.sender) == (moment, sender)


def test_a_group_with_everything_in_it():
    text = HEADER + """2023-12-31 21:15:03 【群主】王 芳(123456)
第一行

第二行 2023-12-31
====

2023-12-31 21:16:03 系统消息(1000000)
赵敏加入本群。
王 芳邀请从不说话加入了本群

2023-12-31 21:17:03 赵敏<zhao@example.com>
@王 芳 好 @全体成员 @没有这人 a@b.c

2023-12-31 21:18:03 王芳芳(123456)
[图片]@赵敏

2023-12-31 21:19:03 系统消息(10000)
赵敏退出了本群。

2023-12-31 21:20:03 夜猫(80000000)
面具
"""
    messages, comings, account = read("qq", text)
    assert [m.sender for m in messages] == ["123456", "zhao@example.com", "123456", "80000000 夜猫"]
    assert [m.mentions for m in messages] == [(), ("123456",), ("zhao@example.com",), ()]
    assert [(who, left) for _, who, left in comings] == [
        ("zhao@example.com", False), ("从不说话", False), ("zhao@example.com", True)]  # fmt: skip
    assert comings[0].time == at(2023, 12, 31, 21, 16, 3)
    assert account.counts == {"message": 4, "continuation": 6, "system": 5, "blank": 8, "header": 6, "skipped": 0}
    assert account.renamed == 1


def test_a_talk_of_two_has_no_numbers():
    text = (HEADER.replace("我的群聊", "我的好友") + "2023-12-31 21:15:03 王芳\n好\n2023-12-31 21:15:03 不是人\n\n"
            "2023-12-31 21:16:03 我\n好\n")  # fmt: skip
    messages, _, account = read("qq", text)
    assert [m.sender for m in messages] == ["王芳", "我"] and account.counts["continuation"] == 3


def test_several_chats_in_one_file_are_refused():
    with pytest.raises(UserError) as refused:
        read("qq", 2 * (HEADER + "2023-12-31 21:15:03 王芳(123456)\n好\n"))
    assert refused.value.key == "log_many_chats" and refused.value.facts["count"] == 2
    assert "花园" not in refused.value.text("zh")


def test_a_day_that_is_none_is_a_fault_with_its_text():
    messages, _, account = read("qq", "2023-02-30 21:15:03 王芳(123456)\n好\n\n2023-02-28 21:15:03 王芳(123456)\n好\n")
    assert len(messages) == 1
    assert {kind: fault.count for kind, fault in account.faults.items()} == {"time_unreadable": 1, "lost": 1}


names = st.from_regex(r"[A-Za-z王芳赵敏]([A-Za-z王芳赵敏 ()._-]{0,10}[A-Za-z王芳])?", fullmatch=True)
texts = st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp")), min_size=1, max_size=30)
talks = st.lists(st.tuples(st.integers(0, 10**6), st.integers(10**5, 10**5 + 4), names, texts), min_size=1, max_size=12)


STAMPS = ["{0:%Y-%m-%d %H:%M:%S}", "{0:%Y-%m-%d} {0.hour}:{0:%M:%S}", "{0:%Y-%m-%d %I:%M:%S %p}"]


@pytest.mark.parametrize("stamp", STAMPS)
@given(talk=talks)
@settings(max_examples=80, deadline=None)
def test_what_is_written_is_read(stamp, talk):
    moment, content, wrote = datetime(2023, 1, 1, tzinfo=UTC), HEADER, []
    for seconds, number, name, text in talk:
        assume("@" not in text and not text[:1].isdigit())
        moment += timedelta(seconds=seconds)
        content += f"{stamp.format(moment)} {name}({number})\n{text}\n\n"
        wrote.append((moment.timestamp(), str(number)))
    messages, comings, account = read("qq", content)
    assert [(m.time, m.sender) for m in messages] == wrote
    assert comings == [] and account.skipped == 0
