"""The open format of the ChatLab project, as JSON lines (unit: line) or as one JSON object (unit: entry).

Written from its description (version 0.0.2, docs/cn/chatlab-format.md of that project), not from its code.  A member
is ``platformId``; the names it gives are used to find who an ``@name`` or a notice means, and then forgotten.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from commsim.chatlogs.account import Account
from commsim.chatlogs.events import Coming, Message
from commsim.chatlogs.lines import Source
from commsim.chatlogs.readers import Options
from commsim.chatlogs.readers.stamps import Names, comings
from commsim.chatlogs.readers.stream import entries
from commsim.chatlogs.times import Zone, fault

NAME = "chatlab"
CARRIES = frozenset({"reply_to", "mention", "joined"})

SYSTEM = range(80, 99)  # the description's types of notices; 99 is "other"
MILLISECONDS = 1e11  # a time from here on is in milliseconds: in seconds it would be the year 5138
LONGEST_NOTICE = 400
_LINES = re.compile(r'\s*(?:#[^\n]*\n\s*)*\{[^\n]*"_type"\s*:\s*"(?:header|member|message)"')
_OBJECT = re.compile(r'\s*\{(?=\s*"(?:chatlab|meta|members)"\s*:).{0,4000}"chatlab"\s*:\s*\{', re.DOTALL)
_decode = json.JSONDecoder().raw_decode
_BEGINS = re.compile(r'[,\[\s](\{\s*"(?:sender|platformMessageId)"\s*:)')


def looks_like(head: str) -> bool:
    """Whether its first line is a typed one, or the file an object with ``chatlab`` in it."""
    return bool(_LINES.match(head) or _OBJECT.match(head))


def read(source: Source, account: Account, options: Options) -> Iterator[Message | Coming]:
    """Messages in their order, then who came and left."""
    Zone(account, options.timezone, says="UTC")  # times are Unix seconds
    account.reply_to, account.reply_to_why = "message", "format"
    chat = _Chat()
    each = _lines(source, account) if _LINES.match(source.head()) else _entries(source, account)
    for kind, number, value in each:
        if kind == "member":
            chat.member(value)
            continue
        read = chat.message(value)
        if read is None:
            account.system()
        elif isinstance(read, str):
            account.skip(read, number, "")
        else:
            account.message()
            yield read
    account.renamed = len(chat.renamed)
    if not chat.replies:
        account.carries = CARRIES - {"reply_to"}  # fields of version 0.0.2 that a platform may not have
    yield from chat.comings()


def _lines(source: Source, account: Account) -> Iterator[tuple[str, int, dict]]:
    for number, line in source.lines():
        if not line.strip():
            account.blank()
            continue
        if line[0] == "#":
            account.header()
            continue
        try:
            text = line.strip()
            value, end = _decode(text)
            if end != len(text):
                raise ValueError("more than one value")
        except (ValueError, RecursionError):
            account.skip("json" if source.ended else "cut", number, line)
            continue
        kind = value.get("_type") if isinstance(value, dict) else None
        if kind == "header":
            account.header()
        elif kind == "member":
            account.header()
            yield kind, number, value
        elif kind == "message":
            yield kind, number, value
        else:
            account.skip("entry", number, line)


def _entries(source: Source, account: Account) -> Iterator[tuple[str, int, dict]]:
    account.unit = "entry"
    for key, value, text in entries(source.text(), frozenset({"members", "messages"}), _BEGINS):
        if key not in ("broken", "cut", "members", "messages"):
            continue
        account.lines += 1
        if key in ("broken", "cut"):
            account.skip("json" if key == "broken" else "cut", account.lines, text)
        elif not isinstance(value, dict):
            account.skip("entry", account.lines, "")
        elif key == "members":
            account.header()
            yield "member", account.lines, value
        else:
            yield "message", account.lines, value


class _Chat:
    """Names of members, and who came and left."""

    def __init__(self):
        self.names = Names()
        self.replies = False  # whether anything replies
        self.members: dict[str, str | None] = {}  # name: member, None if several had it
        self.called: dict[tuple[str, str], str] = {}
        self.now_called: dict[str, tuple] = {}  # account name and nickname in the last message
        self.renamed: set[str] = set()
        self.roster: dict[str, None] = {}
        self.events: list[tuple[float, str, bool]] = []

    def member(self, value: dict) -> None:
        """A member of the list, who may never have written."""
        member = _text(value.get("platformId"))
        if member:
            self.roster[member] = None
            aliases = value.get("aliases")
            self._know(member, value, aliases if isinstance(aliases, list) else [])

    def message(self, value: dict) -> Message | str | None:
        """A message, None for a notice, or a kind of fault."""
        time, sender, kind = value.get("timestamp"), _text(value.get("sender")), value.get("type")
        if not isinstance(time, (int, float)) or isinstance(time, bool):
            return "time_unreadable"
        time = time / 1000 if time >= MILLISECONDS else time
        if wrong := fault(time):
            return wrong
        content = value.get("content")
        content = content if isinstance(content, str) else ""
        if isinstance(kind, (int, float)) and kind in SYSTEM:
            if len(content) < LONGEST_NOTICE:
                self.events += [(float(time), who, left) for who, left in comings(content)]
            return None
        if not sender:
            return "no_member"
        as_called = (value.get("accountName"), value.get("groupNickname"))
        if self.now_called.get(sender) != as_called:
            self.now_called[sender] = as_called
            self._know(sender, value, ())
        reply_to, number = _text(value.get("replyToMessageId")), _text(value.get("platformMessageId"))
        self.replies |= bool(reply_to)
        mentions = dict.fromkeys(self.members.get(name) or name for name in self.names.mentioned(content)) \
            if "@" in content else ()  # fmt: skip
        return Message(float(time), sender, reply_to=reply_to, mentions=tuple(mentions), id=number)

    def _know(self, member: str, value: dict, aliases) -> None:
        for field in ("accountName", "groupNickname"):
            name = value.get(field)
            if isinstance(name, str) and name and self.called.get((member, field)) != name:
                if self.called.setdefault((member, field), name) != name:
                    self.renamed.add(member)
                self._call(member, name)
        for name in aliases:
            if isinstance(name, str) and name:
                self._call(member, name)

    def _call(self, member: str, name: str) -> None:
        self.names.add(name)
        if self.members.setdefault(name, member) != member:
            self.members[name] = None

    def comings(self) -> Iterator[Coming]:
        told = set()
        for time, who, left in self.events:
            if member := self.members.get(who, who):
                told.add(member)
                yield Coming(time, member, left)
        for member in self.roster:
            if member not in told:
                yield Coming(float("nan"), member)


def _text(value) -> str:
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""
