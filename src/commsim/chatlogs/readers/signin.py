"""The sign-in sheet of activities: ``date,activity,member``, a row for everybody who was there."""

from __future__ import annotations

from collections.abc import Iterator

from commsim.chatlogs.account import Account
from commsim.chatlogs.events import Message
from commsim.chatlogs.lines import Source
from commsim.chatlogs.readers import Options, sheet
from commsim.chatlogs.times import fault

NAME = "signin"
CARRIES = frozenset({"kind", "thread", "presence"})
COLUMNS = {
    "date": ("日期", "day"),
    "activity": ("活动", "活动名称"),
    "member": ("成员", "name", "姓名"),
}


def looks_like(head: str) -> bool:
    """A first line of column names that has date and activity."""
    return sheet.has(head, COLUMNS, "date", "activity")


def read(source: Source, account: Account, options: Options) -> Iterator[Message]:
    """A row is a message of the kind "present" at noon; the activity is its thread."""
    rows = sheet.dated(source, account, COLUMNS, ("date", "activity", "member"), options)
    for number, line, time, (activity, member) in rows:
        wrong = fault(time) or ("no_member" if not member else "no_activity" if not activity else None)
        if wrong:
            account.skip(wrong, number, line)
            continue
        account.message()
        yield Message(time, member, "present", thread=activity)
