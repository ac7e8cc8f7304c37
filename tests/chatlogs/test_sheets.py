"""Tables kept by hand: the tally, the sign-in sheet, and their templates."""

from datetime import UTC, datetime

import pytest

from commsim.chatlogs.templates import TEMPLATES, template
from commsim.errors import UserError

NOON = datetime(2026, 3, 5, 12, tzinfo=UTC).timestamp()


def test_a_tally_is_so_many_messages_at_noon(read):
    log = read("date,member,messages,replies\n2026-03-05,A,3,1\n2026/3/6,B,0,0\n2026年3月6日,B,2,\n")
    assert log.time.tolist() == [NOON] * 3 + [NOON + 86400] * 2 and log.sender.tolist() == [0, 0, 0, 1, 1]
    assert [log.kinds[k] for k in log.kind] == ["reply", "", "", "", ""]
    assert log.carries == frozenset() and log.loader["message"] == 3 and log.loader["messages"] == 5


def test_nobody_spoke_last_in_a_tally(read):
    log = read("日期;成员;条数\n2026-03-05;A;3\n2026-03-05;B;3\n", infer=True)
    assert (log.edge == 0).all() and log.loader["inferred"] == 0 and not log.loader["ordered"]


@pytest.mark.parametrize("row, fault", [
    ("2026-03-05,A,-1", "count_unreadable"), ("2026-03-05,A,1001", "count_unreadable"),
    ("2026-03-05,A,2.5", "count_unreadable"), ("2026-03-05,A,", "count_unreadable"), ("2026-03-05,,1", "no_member"),
    ("2026-03-32,A,1", "time_unreadable"), ("1969-03-05,A,1", "time_negative"), ("2026-03-05,A", "cells_missing"),
    ("2026-03-05,A,1,2", "cells_too_many"), ('2026-03-05,"A,1', "quote_open")])  # fmt: skip
def test_what_is_wrong_in_a_tally(read, row, fault):
    log = read(f"date,member,messages\n2026-03-05,A,1\n{row}\n2026-03-06,B,1,\n")
    assert len(log) == 2 and {kind: told["count"] for kind, told in log.loader["faults"].items()} == {fault: 1}


def test_more_replies_than_messages_are_a_fault(read):
    log = read("date,member,messages,replies\n2026-03-05,A,1,2\n2026-03-05,A,2,2\n")
    assert len(log) == 2 and log.loader["faults"]["count_unreadable"]["count"] == 1


def test_a_sign_in_is_a_presence_in_the_thread_of_the_activity(read):
    log = read("活动,日期,姓名\n大扫除,2026-03-05,A\n大扫除,2026-03-05,B\n棋牌,2026-03-06,A\n", infer=True)
    assert log.carries == {"kind", "thread", "presence"} and set(log.kind.tolist()) == {log.kinds.index("present")}
    assert log.thread.tolist() == [1, 1, 2] and len(log.threads) == 3 and (log.edge == 0).all()


@pytest.mark.parametrize("head", ["date,member,messages\n5/3/2026,A,1\n", "date,activity,member\n5/3/2026,x,A\n"])
def test_a_date_that_may_be_read_in_two_ways_is_asked_about(read, head):
    with pytest.raises(UserError) as told:
        read(head)
    assert told.value.key == "log_date_order" and told.value.facts["line"] == 2
    assert "--day-first" in told.value.text("zh")
    log = read(head, day_first=True)
    assert log.time.tolist() == [NOON] and log.loader["day_order"] == "day_first"
    assert read(head, day_first=False).loader["day_order"] == "month_first"


@pytest.mark.parametrize("content", [
    'time,member,thread\n1,"Lin, Xia","a ""b"""\n2,"Lin, Xia",\n', "time，member，thread\n1，林霞，x\n2，林霞，\n",
    "time,member,,\n1,A,,\n2,A,,\n", "# remark\n\nTime;Member;Thread\n1;A;x;;\n2; A ;\n"])  # fmt: skip
def test_tables_as_people_and_spreadsheets_write_them(read, content):
    log = read(content)
    assert log.time.tolist() == [1, 2] and log.sender.tolist() == [0, 0] and log.loader["skipped"] == 0


def test_a_table_from_a_chinese_spreadsheet(read):
    rows = ("时间,成员,类型,回复,话题", "2026/3/5 12:00,赵青,通知,,", "2026/3/5 9:30,孙禾,,赵青,", "")
    log = read("\r\n".join(rows).encode("gb18030"))
    assert log.loader["encoding"] == "gb18030" and log.time.tolist() == [NOON - 9000, NOON]
    assert log.to.tolist() == [log.sender[1], -1] and log.loader["timezone_why"] == "assumed"


@pytest.mark.parametrize("name", TEMPLATES)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_template_is_read_once_it_is_filled_in(read, name, lang):
    text = template(name, lang)
    remarks = [line for line in text.splitlines() if line.startswith("#")]
    assert len(remarks) == 2 and all({"zh": "虚构", "en": "invented"}[lang] in line for line in remarks)
    with pytest.raises(UserError) as told:
        read(text.encode("utf-8-sig"))
    assert told.value.key == "log_no_message"
    examples = [line.split("：" if lang == "zh" else ": ", 1)[1] for line in remarks]
    log = read((text + "\n".join(examples) + "\n").encode("utf-8-sig"))
    assert log.loader["format"] == name and log.loader["skipped"] == 0 and len(log.members) == 2


def test_templates_that_do_not_exist():
    with pytest.raises(UserError, match="tally"):
        template("taly")
    with pytest.raises(UserError):
        template("tally", "fr")
