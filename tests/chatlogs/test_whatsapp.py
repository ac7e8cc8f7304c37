"""WhatsApp's exported text in the dialects its users have shown.  All people are invented."""

from datetime import datetime, timedelta

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from reading import at, claimed, read

from commsim.errors import UserError

NEW_YEAR = at(2023, 12, 31, 21, 15)


@pytest.mark.parametrize("line, seconds", [
    ("12/31/23, 9:15 PM - Li Hua: hello", 0),  # Android, United States
    ("12/31/23, 9:15\u202fPM - Li Hua: hello", 0),  # since 2023 with a narrow space
    ("31/12/2023, 21:15 - Li Hua: hello", 0),  # Android, Britain
    ("31/12/2023, 9:15 pm - Li Hua: hello", 0),  # India, Australia
    ("31/12/2023 9:15 p.\u00a0m. - Li Hua: hello", 0),  # Latin America
    ("2023-12-31, 9:15 p.m. - Li Hua: hello", 0),  # Canada
    ("2023/12/31, 9:15 pm - Li Hua: hello", 0),  # South Africa
    ("2023-12-31 21:15 - Li Hua: hello", 0),  # Sweden
    ("31.12.23, 21:15 - Li Hua: hello", 0),  # Germany
    ("31/12/23 21.15 - Li Hua: hello", 0),  # Indonesia
    ("[31.12.23, 21:15:03] Li Hua: hello", 3),  # iOS, Germany
    ("[12/31/23, 9:15:03 PM] Li Hua: hello", 3),  # iOS, United States
    ("\u200e[31/12/2023, 21:15:03] Li Hua: \u200eimage omitted", 3),
    ("[31.12.2023 klo 21.15.03] Li Hua: hello", 3),  # iOS, Finland
    ("2023/12/31 下午9:15 - Li Hua: 你好", 0),  # Android, China
    ("2023/12/31 21:15 - Li Hua: 你好", 0),
    ("2023/12/31 晚上9:15 - Li Hua: 你好", 0),
    ("[2023/12/31 下午9:15:03] Li Hua: 你好", 3),  # iOS, China
    ("31/12/2023 下午9:15 - Li Hua: 你好", 0),  # Hong Kong
    ("2023年12月31日 下午9:15 - Li Hua: 你好", 0),
    ("23. 12. 31. 21:15 - Li Hua: 你好", 0),  # Korea
    ("2023. 12. 31. 오후 9:15 - Li Hua: 你好", 0),
    ("31/12/23, 21:15:03: Li Hua: hello", 3),  # before 2015
])  # fmt: skip
def test_every_dialect_says_the_same_moment(line, seconds):
    assert claimed(line) == ["whatsapp"]
    (message,), comings, account = read("whatsapp", line + "\n")
    assert (message.time, message.sender, message.mentions) == (NEW_YEAR + seconds, "Li Hua", ())
    assert comings == [] and account.counts["message"] == 1


@pytest.mark.parametrize("written, hour", [
    ("12:05 AM", 0), ("12:05 PM", 12), ("1:05 am", 1), ("上午12:05", 0), ("凌晨12:05", 0), ("凌晨3:05", 3),
    ("中午12:05", 12), ("中午1:05", 13), ("下午12:05", 12), ("晚上11:05", 23), ("早上8:05", 8)])  # fmt: skip
def test_hours_of_a_twelve_hour_clock(written, hour):
    (message,), _, _ = read("whatsapp", f"2023/12/31 {written} - 王芳: 好\n")
    assert message.time == at(2023, 12, 31, hour, 5)


@pytest.mark.parametrize("written", ["25:05", "21:75", "13:05 AM", "晚上12:05", "上午13:05"])
def test_an_hour_that_is_none_is_a_fault_and_takes_its_further_lines_along(written):
    messages, _, account = read("whatsapp", f"2023/12/31 {written} - 王芳: 好\n再来一行\n2023/12/31 1:05 - 赵敏: 好\n")
    assert [message.sender for message in messages] == ["赵敏"]
    assert {kind: fault.count for kind, fault in account.faults.items()} == {"time_unreadable": 1, "lost": 1}


LOG = """1/4/23, 7:02 PM - Messages and calls are end-to-end encrypted. No one outside of this chat can read them.
1/4/23, 7:03 PM - Li Hua created group "Block 3: garden"
1/4/23, 7:03 PM - Li Hua added Wang Fang, +86 138 0000 0000 and Zhao Min
1/13/23, 7:04 PM - Li Hua: first line
second line

\u200eneither 10:30 nor this: a message of its own
1/13/23, 7:05 PM - \u202a+86 138-0000-0000\u202c: <Media omitted>
1/13/23, 7:06 PM - Wang Fang: @8613800000000 and @\u2068Li Hua\u2069, mail me@12345678.example
1/13/23, 7:07 PM - Li Hua changed the subject from "Block 3: garden" to "Block 3: yard"
1/13/23, 7:08 PM - 10:30 Club: hello
1/13/23, 7:08 PM - ~\u202fSun He: hello @\u2068~Sun He\u2069
1/13/23, 7:09 PM - Zhao Min left
1/13/23, 7:09 PM - Li Hua removed Wang Fang
1/13/23, 7:10 PM - Wang Fang joined using this group's invite link
1/13/23, 7:11 PM - You were added
"""


def test_a_group_with_everything_in_it():
    messages, comings, account = read("whatsapp", LOG)
    assert [(message.sender, message.mentions) for message in messages] == [
        ("Li Hua", ()), ("+8613800000000", ()), ("Wang Fang", ("+8613800000000", "Li Hua")), ("10:30 Club", ()),
        ("~Sun He", ("~Sun He",))]  # fmt: skip
    assert [(who, left) for _, who, left in comings] == [
        ("Li Hua", False), ("Wang Fang", False), ("+8613800000000", False), ("Zhao Min", False), ("Zhao Min", True),
        ("Wang Fang", True), ("Wang Fang", False)]  # fmt: skip
    assert comings[-1].time == at(2023, 1, 13, 19, 10)
    assert account.counts == {"message": 5, "continuation": 3, "system": 8, "blank": 0, "header": 0, "skipped": 0}
    assert (account.day_order, account.day_order_why) == ("month_first", "above_twelve")


def test_chinese_notices_tell_who_came_and_left_and_are_no_messages():
    text = """2023/12/31 下午9:01 - 消息和通话已进行端到端加密。只有此聊天中的成员可以查看、收听或分享。
2023/12/31 下午9:02 - 王芳创建了群组“三号楼：花园”
2023/12/31 下午9:03 - 王芳添加了赵敏
2023/12/31 下午9:04 - 孙禾使用此群组的邀请链接加入了群组
2023/12/31 下午9:05 - 孙禾: 大家好：我是孙禾
2023/12/31 下午9:06 - 赵敏退出了群组
2023/12/31 下午9:07 - 王芳移除了孙禾
"""
    messages, comings, account = read("whatsapp", text)
    assert [message.sender for message in messages] == ["孙禾"]
    assert [(who, left) for _, who, left in comings] == [
        ("王芳", False), ("赵敏", False), ("孙禾", False), ("赵敏", True), ("孙禾", True)]  # fmt: skip
    assert account.counts["system"] == 6


def test_ios_puts_the_groups_name_before_its_notices():
    text = ("[31.12.23, 21:15:03] Garden: \u200eMessages and calls are end-to-end encrypted.\n"
            "[31.12.23, 21:15:04] Garden: \u200eLi Hua added Wang Fang\n"
            "[31.12.23, 21:15:05] Wang Fang: \u200eimage omitted\n"
            "[31.12.23, 21:15:06] Wang Fang: I added sugar\n")  # fmt: skip
    messages, comings, account = read("whatsapp", text)
    assert [message.sender for message in messages] == ["Wang Fang", "Wang Fang"]
    assert [who for _, who, _ in comings] == ["Wang Fang"] and account.counts["system"] == 2


def test_a_member_with_a_new_number_stays_one_member():
    text = ("1/13/23, 7:05 PM - +86 138 0000 0000: hello\n"
            "1/13/23, 7:06 PM - +86 138 0000 0000 changed to +86 139 0000 0001\n"
            "1/13/23, 7:07 PM - +86 139 0000 0001: me again\n"
            "1/13/23, 7:08 PM - Li Hua: welcome @8613900000001\n"
            "1/13/23, 7:09 PM - Li Hua changed their phone number to a new number. Tap to message.\n")  # fmt: skip
    messages, _, account = read("whatsapp", text)
    assert [message.sender for message in messages] == ["+8613800000000", "+8613800000000", "Li Hua"]
    assert messages[2].mentions == ("+8613800000000",) and account.renamed == 2


def lines(*dates):
    return "".join(f"{date}, 10:10 - Li Hua: hello\n" for date in dates)


@pytest.mark.parametrize("dates, order, why", [
    (("01/02/23", "13/02/23"), "day_first", "above_twelve"),
    (("01/02/23", "02/13/23"), "month_first", "above_twelve"),
    (("03/04/23", "02/05/23"), "day_first", "only_order"),
    (("04/03/23", "05/02/23"), "month_first", "only_order"),
    (("05/05/23", "06/06/23"), "day_first", "same_either_way"),
])  # fmt: skip
def test_the_whole_file_says_what_is_day_and_what_is_month(dates, order, why):
    messages, _, account = read("whatsapp", lines(*dates))
    assert (account.day_order, account.day_order_why) == (order, why)
    assert [message.time for message in messages] == sorted(message.time for message in messages)


@pytest.mark.parametrize("dates, key", [
    (("01/02/23",), "log_day_order"),
    (("01/02/23", "02/03/23"), "log_day_order"),  # from early to late in both
    (("03/02/23", "02/03/23", "03/02/23"), "log_day_order"),  # in neither
    (("13/02/23", "03/14/23"), "log_day_order_mixed"),
])  # fmt: skip
def test_where_the_file_leaves_it_open_the_user_is_asked(dates, key):
    with pytest.raises(UserError) as asked:
        read("whatsapp", lines(*dates))
    assert asked.value.key == key and all("--day-first" in asked.value.text(lang) for lang in ("zh", "en"))
    day, _, account = read("whatsapp", lines(*dates), day_first=True)
    month, _, _ = read("whatsapp", lines(*dates), day_first=False)
    assert [message.time for message in day] != [message.time for message in month]
    assert account.day_order_why == "option"


def test_the_zone_of_the_phone_is_taken_from_the_user():
    (message,), _, _ = read("whatsapp", "2023/12/31 21:15 - 王芳: 好\n", timezone="Asia/Shanghai")
    assert message.time == NEW_YEAR - 8 * 3600
    (summer,), _, _ = read("whatsapp", "2023/3/26 21:15 - 王芳: 好\n", timezone="Europe/Berlin")
    assert summer.time == at(2023, 3, 26, 19, 15)  # the day the clocks change


WRITERS = {
    "us": lambda t: f"{t.month}/{t.day}/{t.year % 100:02d}, {t.hour % 12 or 12}:{t.minute:02d}\u202f"
                    f"{'AM' if t.hour < 12 else 'PM'} - ",
    "de": lambda t: f"{t.day:02d}.{t.month:02d}.{t.year % 100:02d}, {t.hour:02d}:{t.minute:02d} - ",
    "zh": lambda t: f"{t.year}/{t.month}/{t.day} {'上午' if t.hour < 12 else '下午'}{t.hour % 12 or 12}:"
                    f"{t.minute:02d} - ",
    "ios": lambda t: f"[{t.day:02d}.{t.month:02d}.{t.year % 100:02d}, {t.hour:02d}:{t.minute:02d}:00] ",
}  # fmt: skip
names = st.from_regex(r"[A-Za-z王芳赵][A-Za-z王芳赵 :.'-]{0,14}[a-z芳]", fullmatch=True).filter(
    lambda name: ": " not in name and "  " not in name)
texts = st.text(st.characters(exclude_categories=("Cs", "Cc", "Cf", "Zl", "Zp")), max_size=30)
talks = st.lists(st.tuples(st.integers(0, 5000), names, texts, st.none() | names), min_size=1, max_size=12)


@pytest.mark.parametrize("dialect", WRITERS)
@given(talk=talks)
@settings(max_examples=60, deadline=None)
def test_what_is_written_is_read(dialect, talk):
    moment, wrote, content = datetime(2023, 1, 14), [], ""
    for minutes, name, text, mentioned in talk:
        moment += timedelta(minutes=minutes)
        assume("encrypt" not in text and "加密" not in text and "@" not in text)
        at_them = f" @\u2068{mentioned}\u2069" if mentioned else ""
        content += f"{WRITERS[dialect](moment)}{name}: {text}{at_them}\n"
        wrote.append((moment.timestamp() - datetime(1970, 1, 1).timestamp(), name, (mentioned,) if mentioned else ()))
    messages, comings, account = read("whatsapp", content)
    assert [(message.time, message.sender, message.mentions) for message in messages] == wrote
    assert comings == [] and account.skipped == 0
