"""A tally kept on paper and typed in: ``date,member,messages`` and, if they were counted, ``replies``.

Nobody knows the hour: every message is put at noon, and no order within a day means anything.
"""

from __future__ import annotations

from collections.abc import Iterator

from commsim.chatlogs.account import Account
from commsim.chatlogs.events import Message
from commsim.chatlogs.lines import Source
from commsim.chatlogs.readers import Options, sheet
from commsim.chatlogs.times import fault

NAME = "tally"
CARRIES = frozenset()
COLUMNS = {
    "date": ("日期", "day"),
    "member": ("成员", "name", "姓名"),
    "messages": ("条数", "消息数", "发言数"),
    "replies": ("回复数", "其中回复"),
}
MOST = 1000  # messages of a member in a day that somebody can have counted


def looks_like(head: str) -> bool:
    """A first line of column names that has date and messages."""
    return sheet.has(head, COLUMNS, "date", "messages")


def read(source: Source, account: Account, options: Options) -> Iterator[Message]:
    """As many messages as a row says; those counted as replies are of the kind "reply", to nobody knows whom."""
    rows = sheet.dated(source, account, COLUMNS, ("date", "member", "messages"), options)
    for number, line, time, (member, messages, replies) in rows:
        wrong = fault(time) or (None if member else "no_member")
        many, back = count(messages), count(replies or "0")
        if not wrong and (many is None or back is None or back > many):
            wrong = "count_unreadable"
        if wrong:
            account.skip(wrong, number, line)
            continue
        account.message()
        for i in range(many):
            yield Message(time, member, "reply" if i < back else "")


def count(text: str) -> int | None:
    """A whole number of messages, None for anything else."""
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        return None
    return int(text) if int(text) <= MOST else None
