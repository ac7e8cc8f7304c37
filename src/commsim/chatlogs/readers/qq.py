"""QQ's exported text: ``2023-12-31 21:15:03 昵称(123456)`` or ``昵称<mail>``, then lines of text, then an empty line.

A member is the number in brackets, for names change.  Replies are not in the export; mentions are ``@昵称 ``, told
apart from other text by the names that the file knows (of a name that several members had, the one it was last).
The numbers 10000 and 1000000 are the program.  What is known of the format comes from files shown by their users.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from commsim.chatlogs.account import Account
from commsim.chatlogs.events import Coming, Message
from commsim.chatlogs.lines import Source
from commsim.chatlogs.readers import Options
from commsim.chatlogs.readers.stamps import CLOCK, Clock, Names, clean, comings
from commsim.chatlogs.times import Zone
from commsim.errors import UserError

NAME = "qq"
CARRIES = frozenset({"mention", "joined"})

SYSTEM = frozenset({"10000", "1000000"})
ANONYMOUS = "80000000"  # the one number of everybody who speaks under a mask; the mask's name tells them apart
_BEGIN = re.compile(
    rf"(?P<year>[0-9]{{4}})[-/](?P<month>[0-9]{{1,2}})[-/](?P<day>[0-9]{{1,2}})\s+{CLOCK}\s+"
    r"(?:(?P<name>.*?)(?:\((?P<number>[0-9]{4,12})\)|<(?P<mail>[^<>\s]{3,80})>)|(?P<bare>\S.{0,60}))\s*$"
)
_TITLE = re.compile(r"^【[^】]{0,20}】")  # rank in the group, before the name
_HEADER = re.compile(r"消息记录|消息分组[:：]|消息对象[:：]|={16,}\s*$")
_OBJECT = re.compile(r"消息对象[:：]")


def looks_like(head: str) -> bool:
    """Whether QQ's own header is there, or a line of time, name and number."""
    lines = head.split("\n", 200)[:200]
    return any(_BEGIN.match(line) and _BEGIN.match(line)["bare"] is None or _OBJECT.match(line) for line in lines)


def read(source: Source, account: Account, options: Options) -> Iterator[Message | Coming]:
    """Messages, and who the program says came or left."""
    clock = Clock(Zone(account, options.timezone))
    numbers, private = _members(source, account)
    names = Names(numbers)
    pending: tuple[float, str] | None = None
    mentions: list[str] = []
    system_at: float | None = None  # the time of the program's line whose text follows
    headed, lost, after_blank = False, False, True
    for number, line in source.lines():
        begin = _BEGIN.match(line) if line[:1].isdigit() else None
        if begin and begin["bare"] is not None and not (private and after_blank):
            begin = None
        after_blank = not line.strip()
        if begin is None:
            if after_blank:
                account.blank()
            elif system_at is not None:
                account.system()
                for who, left in comings(clean(line)) if len(line) < 400 else ():
                    yield Coming(system_at, numbers.get(who, who), left)
            elif pending:
                account.continuation()
                if "@" in line:
                    mentions += (numbers.get(name, name) for name in names.mentioned(line))
            elif not headed and _HEADER.match(line):
                account.header()
            else:
                account.skip("lost" if lost else "before_first", number, line)
            continue
        if pending:
            yield Message(*pending, mentions=tuple(dict.fromkeys(mentions)))
            pending, mentions = None, []
        headed, system_at = True, None
        year, month, day, part, hour, minute, second, half, name, account_number, mail, bare = begin.groups()
        time = clock.read(int(year), int(month), int(day), hour, minute, second, half or part)
        lost = isinstance(time, str)
        if lost:
            account.skip(time, number, line)
        elif account_number in SYSTEM:
            account.system()
            system_at = time
        else:
            account.message()
            pending = (time, _member(name, account_number, mail, bare))
    if pending:
        yield Message(*pending, mentions=tuple(dict.fromkeys(mentions)))


def _member(name: str | None, number: str | None, mail: str | None, bare: str | None) -> str:
    if number == ANONYMOUS:
        return f"{ANONYMOUS} {_name(name)}"
    return number or mail or clean(bare)


def _name(name: str | None) -> str:
    return _TITLE.sub("", clean(name or ""))


def _members(source: Source, account: Account) -> tuple[dict[str, str], bool]:
    """({name: the member who had it last}, whether it is a talk of two, whose names have no numbers); counts who
    was renamed.  UserError for several chats in one file."""
    numbers: dict[str, str] = {}
    called: dict[str, str] = {}
    renamed, chats, bare = set(), 0, 0
    for _, line in Source(source.path).lines():
        if not line[:1].isdigit():
            chats += line[:1] == "消" and _OBJECT.match(line) is not None
            continue
        begin = _BEGIN.match(line)
        if begin is None:
            continue
        *_, name, number, mail, only = begin.groups()
        if number in SYSTEM:
            continue
        if only is not None:
            bare += 1
            continue
        member, name = _member(name, number, mail, only), _name(name)
        if called.setdefault(member, name) != name:
            renamed.add(member)
        if name:
            numbers[name] = member
    if chats > 1:
        raise UserError("log_many_chats", value=source.name, count=chats)
    account.renamed = len(renamed)
    return numbers, bool(bare and not called)
