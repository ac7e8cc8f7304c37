"""QQ's exported text: ``2023-12-31 21:15:03 昵称(123456)`` or ``昵称<mail>``, then lines of text, then an empty line.

A member is the number in brackets, for names change.  Replies are not in the export; mentions are ``@昵称 ``, told
apart from other text by the names that the file knows; a name that several members had is nobody's.
The numbers 10000 and 1000000 are the program.  What is known of the format comes from files shown by their users.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from commsim.chatlogs.account import Account
from commsim.chatlogs.events import Coming, Message
from commsim.chatlogs.lines import Source
from commsim.chatlogs.readers import Options
from commsim.chatlogs.readers.stamps import CLOCK, Clock, Names, begins_so, clean, comings
from commsim.chatlogs.times import Zone
from commsim.errors import UserError

NAME = "qq"
CARRIES = frozenset({"mention", "joined"})

SYSTEM = frozenset({"10000", "1000000"})
ANONYMOUS = "80000000"  # the one number of everybody who speaks under a mask; the mask's name tells them apart
_STAMP = re.compile(rf"([0-9]{{4}})[-/]([0-9]{{1,2}})[-/]([0-9]{{1,2}})\s+{CLOCK}\s+")
_WHO = re.compile(r"(?:(.*?)(?:\(([0-9]{4,12})\)|<([^<>\s]{3,80})>)|(\S.{0,60}))\s*$")
LONGEST_WHO, LONGEST_NOTICE = 200, 400  # characters
_TITLE = re.compile(r"^【[^】]{0,20}】")  # rank in the group, before the name
_HEADER = re.compile(r"消息记录|消息分组[:：]|消息对象[:：]|={16,}\s*$")
_OBJECT = re.compile(r"消息对象[:：]")
_FIRST = frozenset("0123456789消")  # how a line begins that says who wrote, or which chat it is


def looks_like(head: str) -> bool:
    """Whether QQ's own header is there, or a line of time, name and number."""
    return any(map(_OBJECT.match, head.split("\n", 20)[:20])) or begins_so(head, _is_head)


def _is_head(line: str) -> bool:
    stamp = _STAMP.match(line)
    who = stamp and _Who()[line[stamp.end() :]]
    return bool(who) and who[2] != BARE


MEMBER, BARE, PROGRAM = range(3)


class _Who(dict):
    """What stands after the time → (member, name, what it is), or None where that is no head."""

    def __missing__(self, tail: str) -> tuple[str, str, int] | None:
        found = _WHO.match(tail) if len(tail) < LONGEST_WHO else None
        if found is None:
            return None
        name, number, mail, bare = found.groups()
        name = _TITLE.sub("", clean(name or bare or ""))
        member = f"{ANONYMOUS} {name}" if number == ANONYMOUS else number or mail or name
        self[tail] = who = (member, name, PROGRAM if number in SYSTEM else MEMBER if bare is None else BARE)
        return who


def read(source: Source, account: Account, options: Options) -> Iterator[Message | Coming]:
    """Messages, and who the program says came or left."""
    clock = Clock(Zone(account, options.timezone))
    who = _Who()
    members, private = _members(source, account, who)
    names = Names(members)
    pending: tuple[float, str] | None = None
    mentions: list[str] = []
    system_at: float | None = None  # the time of the program's line whose text follows
    headed, lost, after_blank = False, False, True
    messages = continuations = blanks = 0
    for number, line in source.lines():
        if not line:
            after_blank = True
            blanks += 1
            continue
        stamp = _STAMP.match(line) if line[:1].isdigit() else None
        head = stamp and who[line[stamp.end() :]]
        if head and head[2] == BARE and not (private and after_blank):
            head = None
        after_blank = line.isspace()
        if head is None:
            if after_blank:
                blanks += 1
            elif system_at is not None:
                account.system()
                for name, left in comings(clean(line)) if len(line) < LONGEST_NOTICE else ():
                    if member := members.get(name, name):
                        yield Coming(system_at, member, left)
            elif pending:
                continuations += 1
                if "@" in line:
                    mentions += filter(None, (members.get(name, name) for name in names.mentioned(line)))
            elif not headed and _HEADER.match(line):
                account.header()
            else:
                account.skip("lost" if lost else "before_first", number, line)
            continue
        if pending:
            yield Message(pending[0], pending[1], mentions=tuple(dict.fromkeys(mentions)) if mentions else ())
            pending, mentions = None, []
        headed, system_at = True, None
        year, month, day, part, hour, minute, second, half = stamp.groups()
        time = clock.read(year, month, day, hour, minute, second, half or part)
        lost = isinstance(time, str)
        if lost:
            account.skip(time, number, line)
        elif head[2] == PROGRAM:
            account.system()
            system_at = time
        else:
            messages += 1
            pending = (time, head[0])
    account.message(messages)
    account.continuation(continuations)
    account.blank(blanks)
    if pending:
        yield Message(*pending, mentions=tuple(dict.fromkeys(mentions)))


def _members(source: Source, account: Account, who: _Who) -> tuple[dict[str, str | None], bool]:
    """({name: its member, or None}, whether it is a talk of two, whose names have no numbers); counts who was
    renamed.  UserError for several chats in one file."""
    members: dict[str, str | None] = {}
    called: dict[str, str] = {}
    renamed, chats, bare, seen = set(), 0, False, set()
    for line in source.beforehand():
        if line[:1] not in _FIRST:
            continue
        if line[0] == "消":
            chats += _OBJECT.match(line) is not None
            continue
        tail = line[line.find(":") :].partition(" ")[2]  # most likely the name
        if tail in seen or (stamp := _STAMP.match(line)) is None:
            continue
        head = who[line[stamp.end() :]]
        if head is None:
            continue
        seen.add(tail)
        member, name, what = head
        bare |= what == BARE
        if what == MEMBER:
            if called.setdefault(member, name) != name:
                renamed.add(member)
            if name and members.setdefault(name, member) != member:
                members[name] = None
    if chats > 1:
        raise UserError("log_many_chats", value=source.name, count=chats)
    account.renamed = len(renamed)
    return members, bare and not called
