"""Telegram Desktop's result.json.  All people are invented."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reading import at, claimed, read, written

from commsim.chatlogs.load import load
from commsim.errors import UserError

SECONDS = 1672905600


def message(number, sender, account, text="hello", **more):
    return {"id": number, "type": "message", "date": "2023-01-05T08:00:00", "date_unixtime": str(SECONDS + number),
            "from": sender, "from_id": account, "text": text, **more}  # fmt: skip


def service(number, actor, account, action, **more):
    return {"id": number, "type": "service", "date_unixtime": str(SECONDS + number), "actor": actor,
            "actor_id": account, "action": action, "text": "", **more}  # fmt: skip


def export(*entries, indent=1):
    return json.dumps({"name": "Garden", "type": "private_supergroup", "id": 1, "messages": entries},
                      ensure_ascii=False, indent=indent)  # fmt: skip


def test_a_member_is_the_account_and_names_may_change():
    messages, _, account = read("telegram", export(
        message(1, "Li Hua", "user1"), message(2, "Li Hua (block 3)", "user1"), message(3, "Li Hua", "user2"),
        message(4, None, "user3"), message(5, "Old export", None), message(6, None, None)))  # fmt: skip
    assert [message.sender for message in messages] == ["user1", "user1", "user2", "user3", "Old export"]
    assert account.renamed == 1 and account.faults["no_member"].count == 1


def test_replies_mentions_and_topics():
    text = [{"type": "plain", "text": "see "}, {"type": "mention_name", "text": "Li", "user_id": 1},
            {"type": "mention", "text": "@someone"}, "and so on"]  # fmt: skip
    messages, _, account = read("telegram", export(
        service(1, "Li Hua", "user1", "topic_created", title="Dogs"), message(2, "Li Hua", "user1", text),
        message(3, "Wang", "user2", reply_to_message_id=1), message(4, "Zhao", "user3", reply_to_message_id=3),
        message(5, "Zhao", "user3", reply_to_message_id=2, reply_to_peer_id="channel9")))  # fmt: skip
    assert [(m.id, m.reply_to, m.thread) for m in messages] == [
        ("2", "", ""), ("3", "", "1"), ("4", "3", "1"), ("5", "", "")]  # fmt: skip
    assert messages[0].mentions == ("user1", "@someone")
    assert account.carries is None and account.reply_to == "message"
    assert "thread" not in read("telegram", export(message(1, "Li Hua", "user1")))[2].carries


def test_who_came_and_left_is_found_by_name_even_if_they_write_later():
    _, comings, account = read("telegram", export(
        service(1, "Li Hua", "user1", "create_group", title="Garden", members=["Li Hua", "Wang"]),
        service(2, "Li Hua", "user1", "invite_members", members=["Zhao", None, "Silent", "Twice"]),
        service(3, "Sun", "user5", "join_group_by_link", inviter="Li Hua"),
        service(4, "Qian", "user6", "join_group_by_request"), service(5, "Li Hua", "user1", "pin_message"),
        message(6, "Wang", "user2"), message(7, "Zhao", "user3"), message(8, "Twice", "user7"),
        message(9, "Twice", "user8"), service(10, "Wang", "user2", "remove_members", members=["Wang"]),
        service(11, "Li Hua", "user1", "remove_members", members=["Zhao"])))  # fmt: skip
    assert [(who, left) for _, who, left in comings] == [
        ("user1", False), ("user1", False), ("user2", False), ("user3", False), ("Silent", False), ("user5", False),
        ("user6", False), ("user2", True), ("user3", True)]  # fmt: skip
    assert account.counts["system"] == 7


def test_without_unix_time_the_date_is_read_in_the_users_zone():
    entry = message(1, "Li Hua", "user1")
    del entry["date_unixtime"]
    (utc,), _, _ = read("telegram", export(entry))
    (chengdu,), _, _ = read("telegram", export(entry), timezone="Asia/Shanghai")
    assert utc.time == at(2023, 1, 5, 8) and chengdu.time == at(2023, 1, 5)


def test_an_export_of_everything_is_refused_without_a_name():
    messages = [message(1, "Li Hua", "user1", 'a text: "messages": [')]
    chats = [{"name": "Garden", "type": "private_group", "id": i, "messages": messages} for i in range(3)]
    everything = json.dumps({"about": "Here is the data you requested.", "personal_information": {"first_name": "Li"},
                             "chats": {"about": "All chats", "list": chats}})  # fmt: skip
    assert claimed(everything) == ["telegram"]
    with pytest.raises(UserError) as refused:
        read("telegram", everything)
    assert refused.value.key == "log_many_chats" and refused.value.facts["count"] == 3
    assert "Garden" not in refused.value.text("en")


def test_a_broken_entry_costs_that_entry_and_a_cut_the_last():
    whole = export(*[message(i, "Li Hua", "user1", [{"type": "bold", "text": "x"}]) for i in range(1, 6)])
    broken = whole.replace('"id": 3,', '"id": 3 "oops",')
    messages, _, account = read("telegram", broken)
    assert [m.id for m in messages] == ["1", "2", "4", "5"] and account.faults["json"].count == 1
    cut = whole[: whole.index('"id": 4') + 60]
    messages, _, account = read("telegram", cut)
    assert [m.id for m in messages] == ["1", "2", "3"] and account.faults["cut"].count == 1
    between = whole[: whole.index('"id": 4') - 5].rstrip(" \n,{")
    messages, _, account = read("telegram", between)
    assert [m.id for m in messages] == ["1", "2", "3"] and account.faults["cut"].count == 1


@pytest.mark.parametrize("value", ["{" * 100_000, "[" * 100_000, "9" * 100_000, '"' + "x" * 100_000],
                         ids=["objects", "lists", "number", "string"])  # fmt: skip
def test_monsters_are_faults(value):
    begin = export(message(1, "Li Hua", "user1"))[:-3]
    messages, _, account = read("telegram", begin + f', {{"id": 2, "text": {value}')
    assert [m.id for m in messages] == ["1"] and account.skipped == 1


@pytest.mark.parametrize("entry", [[], 3, "x", None, {}, {"type": "message"}, {"type": ["message"]},
                                   message(1, ["Li"], {"a": 1}), {**message(1, "Li", "u"), "date_unixtime": True},
                                   {**message(1, "Li", "u"), "date_unixtime": "nan"},
                                   {**message(1, "Li", "u"), "date_unixtime": "1e400"},
                                   {**message(1, "Li", "u"), "date_unixtime": 1672905600000}])  # fmt: skip
def test_entries_that_are_none_are_faults(entry):
    messages, _, account = read("telegram", export(message(7, "Li Hua", "user1"), entry))
    assert [m.id for m in messages] == ["7"] and account.skipped == 1 and account.lines == 2


def test_a_mention_of_a_name_nobody_has_makes_no_member():
    file = written(export(message(1, "Li Hua", "user1", [{"type": "mention", "text": "@ghost"}]),
                          message(2, "Wang", "user2", reply_to_message_id=1)).encode())  # fmt: skip
    log = load(file)
    file.unlink()
    assert len(log.members) == 2 and log.loader["mentions_unknown"] == 1
    assert log.to.tolist()[1] == log.sender.tolist()[0] and log.answers.tolist() == [-1, 0]


entries = st.lists(st.tuples(st.integers(0, 10**8), st.integers(1, 9), st.text(min_size=1, max_size=12),
                             st.text(max_size=40), st.none() | st.integers(0, 20)), max_size=15)  # fmt: skip


@given(talk=entries, indent=st.sampled_from([None, 0, 1, 4]))
@settings(max_examples=150, deadline=None)
def test_what_is_written_is_read(talk, indent):
    said = [message(i, name, f"user{who}", text, date_unixtime=str(SECONDS + time),
                    **({} if to is None else {"reply_to_message_id": to}))
            for i, (time, who, name, text, to) in enumerate(talk)]  # fmt: skip
    content = export(*said, indent=indent).encode("utf-8", "replace")
    messages, comings, account = read("telegram", content)
    assert [(m.time, m.sender, m.reply_to, m.id) for m in messages] == [
        (SECONDS + time, f"user{who}", "" if not to else str(to), str(i))
        for i, (time, who, _, _, to) in enumerate(talk)]  # fmt: skip
    assert comings == [] and account.skipped == 0
