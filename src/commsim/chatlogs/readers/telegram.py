"""Telegram Desktop's ``result.json`` of one chat.  The unit is an entry of ``messages``.

A member is ``from_id``, for display names change.  Who was invited or removed is told by display name only and is
looked up among the names the chat has shown, when all is read; a name that two accounts had is nobody's.  Source:
the exporter itself (telegramdesktop/tdesktop, export_output_json.cpp), read for its field names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from commsim.chatlogs.account import Account
from commsim.chatlogs.events import Coming, Message
from commsim.chatlogs.lines import Source
from commsim.chatlogs.readers import Options
from commsim.chatlogs.readers.stream import entries
from commsim.chatlogs.times import LATEST, Zone, fault
from commsim.errors import UserError

NAME = "telegram"
CARRIES = frozenset({"reply_to", "mention", "thread", "joined"})

_BEGINS = re.compile(r'[,\[\s](\{\s*"id"\s*:)')
_CHAT_TYPES = r'"type"\s*:\s*"(?:saved_messages|replies|personal_chat|bot_chat|(?:private|public)_\w+)"'
_ONE = re.compile(rf'\s*\{{.{{0,600}}(?:{_CHAT_TYPES}|"messages"\s*:\s*\[.*"(?:from|actor)_id"\s*:)', re.DOTALL)
_ALL = re.compile(r'\s*\{\s*"about"\s*:.{0,2000}"(?:personal_information|chats|contacts)"\s*:', re.DOTALL)
_CHAT = re.compile(r'(?<!\\)"messages"\s*:\s*\[')
_ID = {"from": "from_id", "actor": "actor_id"}
_JOINED = frozenset({"join_group_by_link", "join_group_by_request"})


def looks_like(head: str) -> bool:
    """Whether it begins like one exported chat, or like the export of all."""
    return bool(_ALL.match(head)) or bool(_ONE.match(head) and '"chatlab"' not in head[:2000])


def read(source: Source, account: Account, options: Options) -> Iterator[Message | Coming]:
    """Messages in their order, then who came and left."""
    if _ALL.match(source.head()):
        raise UserError("log_many_chats", value=source.name, count=_chats(source))
    account.unit = "entry"
    account.reply_to, account.reply_to_why = "message", "format"
    chat = _Chat(Zone(account, options.timezone))
    for key, value, text in entries(source.text(), frozenset({"messages"}), _BEGINS):
        if key in ("broken", "cut"):
            account.lines += 1
            account.skip("json" if key == "broken" else "cut", account.lines, text)
        elif key == "messages":
            account.lines += 1
            if not isinstance(value, dict) or value.get("type") not in ("message", "service"):
                account.skip("entry", account.lines, "")
            elif isinstance(read := chat.entry(value), str):
                account.skip(read, account.lines, "")
            elif read is None:
                account.system()
            else:
                account.message()
                yield read
    account.renamed = len(chat.renamed)
    if not chat.topics:
        account.carries = CARRIES - {"thread"}
    yield from chat.comings()


class _Chat:
    """What has to be remembered of a chat: names of accounts, its topics, who came and left."""

    def __init__(self, zone: Zone):
        self.zone = zone
        self.called: dict[str, str] = {}  # the first name of each account
        self.accounts: dict[str, str | None] = {}  # name: account, None if several had it
        self.renamed: set[str] = set()
        self.topics: set[str] = set()
        self.threads: dict[str, str] = {}  # message: topic, of messages in topics
        self.events: list[tuple[float, str, bool]] = []  # time, name or "\0" and account, left

    def entry(self, entry: dict) -> Message | str | None:
        """A message, None for a notice, or a kind of fault."""
        time = self._time(entry)
        if isinstance(time, str):
            return time
        if entry["type"] == "service":
            self._service(entry, time)
            return None
        sender = self._account(entry, "from")
        if not sender:
            return "no_member"
        number, pieces = _text(entry.get("id")), entry.get("text_entities") or entry.get("text")
        reply_to, thread = entry.get("reply_to_message_id"), ""
        reply_to = _text(reply_to) if reply_to and not entry.get("reply_to_peer_id") else ""
        if reply_to and self.topics:
            thread = reply_to if reply_to in self.topics else self.threads.get(reply_to, "")
            self.threads[number] = thread
        return Message(time, sender, "", "" if reply_to in self.topics else reply_to,
                       tuple(_mentions(pieces)) if isinstance(pieces, list) else (), thread, number)  # fmt: skip

    def _time(self, entry: dict) -> float | str:
        try:
            unix = entry.get("date_unixtime")
            if isinstance(unix, str) and unix.isdecimal() and len(unix) < 16:
                seconds = float(unix)
            else:
                seconds = self.zone.read(_text(entry.get("date")) if unix is None else _text(unix))
        except (ValueError, OverflowError):
            return "time_unreadable"
        return seconds if 0 <= seconds < LATEST else fault(seconds)

    def _account(self, entry: dict, field: str) -> str:
        """Who wrote it; of a very old export, which has no ids, the name."""
        name, account = _text(entry.get(field)), _text(entry.get(_ID[field]))
        if name and account and (self.called.get(account) != name or name not in self.accounts):
            if self.called.setdefault(account, name) != name:
                self.renamed.add(account)
            if self.accounts.setdefault(name, account) != account:
                self.accounts[name] = None
        return account or name

    def _service(self, entry: dict, time: float) -> None:
        action, actor = entry.get("action"), self._account(entry, "actor")
        if action == "topic_created":
            self.topics.add(_text(entry.get("id")))
        if actor and (action in _JOINED or action == "create_group"):
            self.events.append((time, f"\0{actor}", False))
        if action in ("invite_members", "remove_members", "create_group"):
            members = entry.get("members")
            for name in members if isinstance(members, list) else ():
                if isinstance(name, str) and name:
                    themselves = actor and name == entry.get("actor")
                    self.events.append((time, f"\0{actor}" if themselves else name, action == "remove_members"))

    def comings(self) -> Iterator[Coming]:
        for time, who, left in self.events:
            member = who[1:] if who[0] == "\0" else self.accounts.get(who, who)
            if member:
                yield Coming(time, member, left)


def _text(value) -> str:
    """A name or number as text; "" for anything else."""
    kind = type(value)
    return value if kind is str else str(value) if kind is int or kind is float else ""


def _mentions(pieces: list) -> list[str]:
    """Accounts named in a message; of ``@name`` nobody knows the account, it stays as it is written."""
    found = []
    for piece in pieces:
        kind = piece.get("type") if type(piece) is dict else None
        if kind == "mention_name" and _text(piece.get("user_id")):
            found.append(f"user{_text(piece['user_id'])}")
        elif kind == "mention" and _text(piece.get("text")):
            found.append(_text(piece["text"]))
    return found


def _chats(source: Source) -> int:
    """How many chats the export of an account has."""
    count, before = 0, ""
    for chunk in source.text():
        text = before + chunk
        found = list(_CHAT.finditer(text))
        count += len(found)
        before = text[max(found[-1].end() if found else 0, len(text) - 40) :]
    return count
