"""Text pasted from a WeChat group.  All people are invented."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from reading import at, claimed, read

from commsim.errors import UserError

TUESDAY = date(2024, 1, 2)


@pytest.mark.parametrize("stamp, moment", [
    ("2023/09/16 2:51 PM", at(2023, 9, 16, 14, 51)), ("2022/11/17 21:07", at(2022, 11, 17, 21, 7)),
    ("2023/12/31 21:15:03", at(2023, 12, 31, 21, 15, 3)), ("2023-12-31 21:15", at(2023, 12, 31, 21, 15)),
    ("2023年12月31日 21:15", at(2023, 12, 31, 21, 15)), ("2023年12月31日 晚上9:15", at(2023, 12, 31, 21, 15)),
    ("2023年12月31日 凌晨1:15", at(2023, 12, 31, 1, 15)), ("12月31日 晚上9:15", at(2023, 12, 31, 21, 15)),
    ("1月1日 中午12:15", at(2024, 1, 1, 12, 15)), ("昨天 21:15", at(2024, 1, 1, 21, 15)),
    ("星期三 9:15", at(2023, 12, 27, 9, 15)), ("周日 下午3:15", at(2023, 12, 31, 15, 15)),
    ("星期二 9:15", at(2023, 12, 26, 9, 15)),
])  # fmt: skip
@pytest.mark.parametrize("form", ["王芳 {}\n你好\n", "王芳\n{}\n你好\n"])
def test_stamps_on_one_line_and_on_two(stamp, moment, form):
    text = form.format(stamp)
    assert claimed(text) == ["wechat"]
    (message,), _, account = read("wechat", text, pasted=TUESDAY)
    assert (message.time, message.sender) == (moment, "王芳") and account.skipped == 0


def test_a_time_alone_is_of_the_day_it_was_pasted():
    text = "王芳\n21:15\n你好\n赵敏\n上午9:15\n好\n"
    assert claimed(text) == ["wechat"]
    messages, _, _ = read("wechat", text, pasted=TUESDAY)
    assert [(m.sender, m.time) for m in messages] == [("王芳", at(2024, 1, 2, 21, 15)), ("赵敏", at(2024, 1, 2, 9, 15))]


@pytest.mark.parametrize("stamp", ["12月31日 晚上9:15", "昨天 21:15", "星期三 9:15", "21:15"])
def test_without_the_day_of_pasting_the_user_is_asked(stamp):
    with pytest.raises(UserError) as asked:
        read("wechat", f"王芳 2023/12/31 21:15\n好\n\n赵敏\n{stamp}\n好\n")
    assert asked.value.key == "log_pasted_needed" and asked.value.facts["line"] == 4
    assert "--date" in asked.value.text("zh") and "赵敏" not in asked.value.text("zh")


def test_a_group_with_everything_in_it():
    text = """"王 芳"邀请"赵敏"加入了群聊
王 芳 2023/12/31 21:15
大家好 @赵敏\u2005@所有人\u2005@从不说话\u2005好
第二行

赵敏 2023/12/31 21:16
「王 芳：大家好 @孙禾\u2005
第二行」
- - - - - - - - - - - - - - -
收到 @王 芳

"赵敏" 拍了拍 "王 芳"
孙禾 2023/12/31 21:17
「这不是引用：只是引号」
欢迎大家加入群聊

"孙禾"通过扫描"赵敏"分享的二维码加入群聊
王 芳撤回了一条消息
孙禾 2023/12/31 21:18
「赵敏：收到」
—————————
好
你将"赵敏"移出了群聊
"""
    messages, comings, account = read("wechat", text)
    assert [(m.sender, m.reply_to, m.mentions) for m in messages] == [
        ("王 芳", "", ("赵敏", "从不说话")), ("赵敏", "王 芳", ("王 芳",)), ("孙禾", "", ()),
        ("孙禾", "赵敏", ())]  # fmt: skip
    assert [(time, who, left) for time, who, left in comings] == [
        (at(2023, 12, 31, 21, 15), "赵敏", False), (at(2023, 12, 31, 21, 17), "孙禾", False),
        (at(2023, 12, 31, 21, 18), "赵敏", True)]  # fmt: skip
    assert account.counts == {"message": 4, "continuation": 11, "system": 5, "blank": 3, "header": 0, "skipped": 0}
    assert (account.reply_to, account.reply_to_why) == ("member", "format")


def test_a_text_that_ends_with_a_time_is_no_head_where_heads_follow_empty_lines():
    block = "王芳 2023/12/31 21:15\n好\n\n赵敏 2023/12/31 21:15\n我们见面 2024/01/01 9:00\n\n"
    messages, _, account = read("wechat", 10 * block)
    assert {m.sender for m in messages} == {"王芳", "赵敏"} and account.counts["continuation"] == 20


def test_a_day_that_is_none_is_a_fault_with_its_lines():
    messages, _, account = read("wechat", "王芳\n2023年2月30日 21:15\n好\n赵敏\n2023年2月28日 21:15\n好\n")
    assert [m.sender for m in messages] == ["赵敏"]
    assert {kind: fault.count for kind, fault in account.faults.items()} == {"time_unreadable": 2, "lost": 1}


names = st.from_regex(r"[A-Za-z王芳赵敏]([A-Za-z王芳赵敏 ()._-]{0,10}[A-Za-z王芳])?", fullmatch=True)
texts = st.text(st.characters(exclude_categories=("Cs", "Cc", "Cf", "Zl", "Zp")), min_size=1, max_size=30)
talks = st.lists(st.tuples(st.integers(0, 10**4), names, texts, st.none() | names), min_size=1, max_size=12)
FORMS = ["{1} {0:%Y/%m/%d %H:%M}\n{2}\n\n",
         "{1}\n{0.year}年{0.month}月{0.day}日 {0:%H:%M}\n{2}\n",
         "{1} {0:%Y/%m/%d %I:%M %p}\n{2}\n\n"]  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
@given(talk=talks)
@settings(max_examples=80, deadline=None)
def test_what_is_written_is_read(form, talk):
    moment, content, wrote = datetime(2023, 1, 1, tzinfo=UTC), "", []
    for minutes, name, text, quoted in talk:
        assume(text.strip() and not set(text) & set("@:「群拍撤红息朋通招"))
        moment += timedelta(minutes=minutes)
        if quoted:
            text = f"「{quoted}：好」\n- - - - - - - - - - - - - - -\n{text}"
        content += form.format(moment, name, text)
        wrote.append((moment.timestamp(), name, quoted or ""))
    messages, comings, account = read("wechat", content)
    assert [(m.time, m.sender, m.reply_to) for m in messages] == wrote
    assert comings == [] and account.skipped == 0
