"""The plain table: ``time,member,kind,reply_to,thread`` in any order, and ``id`` if messages have ids.

``time``: Unix seconds, ISO 8601 with or without offset, or YYYY/M/D H:MM.  ``reply_to``: a member or a message's
id; without a column of ids, a message's id is the number of its row, 1 for the first under the column names.
Only ``time`` and ``member`` must be there.
"""

from __future__ import annotations

from collections.abc import Iterator

from commsim.chatlogs.account import Account
from commsim.chatlogs.events import Message
from commsim.chatlogs.lines import Source
from commsim.chatlogs.readers import Options, sheet
from commsim.chatlogs.times import Zone, fault

NAME = "native"
CARRIES = frozenset({"kind", "reply_to", "thread"})
COLUMNS = {
    "time": ("时间", "timestamp", "datetime"),
    "member": ("成员", "sender", "from", "发送者", "发言人"),
    "kind": ("类型", "类别"),
    "reply_to": ("回复", "回复对象", "to"),
    "thread": ("话题", "主题"),
    "id": ("编号", "message_id"),
}


def looks_like(head: str) -> bool:
    """A first line of column names that has time and member."""
    return sheet.has(head, COLUMNS, "time", "member")


def read(source: Source, account: Account, options: Options) -> Iterator[Message]:
    """One message a row; a column that is empty all the way down is one that the log does not carry."""
    zone = Zone(account, options.timezone)
    rows = sheet.rows(source, account, COLUMNS, ("time", "member"))
    there = next(rows, (0, "", []))[2]
    account.numbered = "id" not in there and "reply_to" in there
    kinds = replies = threads = False
    numbered, above = account.numbered, source.number  # lines above the first row
    for number, line, (when, member, kind, reply_to, thread, id) in rows:
        try:
            time = zone.read(when)
        except (ValueError, OverflowError):
            account.skip("time_unreadable", number, line)
            continue
        wrong = fault(time)
        if wrong or not member:
            account.skip(wrong or "no_member", number, line)
            continue
        account.message()
        kinds, replies, threads = kinds or kind != "", replies or reply_to != "", threads or thread != ""
        yield Message(time, member, kind, reply_to, (), thread, str(number - above) if numbered else id)
    account.carries = frozenset(name for name, some in (("kind", kinds), ("reply_to", replies), ("thread", threads))
                                if some)  # fmt: skip
