"""WhatsApp's exported text: ``12/31/23, 9:15 PM - Name: text`` (Android), ``[31.12.23, 21:15:03] Name: text`` (iOS).

The program writes dates the way the phone's language does and says nowhere which, so the whole file decides whether
days or months come first; where it cannot, the user is asked.  Lines without a name are the program's own.  A message
has no id and names nobody it replies to.  What is known of the dialects comes from files shown by their users.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from commsim.chatlogs.account import Account
from commsim.chatlogs.events import Coming, Message
from commsim.chatlogs.lines import Source
from commsim.chatlogs.readers import Options
from commsim.chatlogs.readers.stamps import HALF, OURSELVES, PART, Clock, begins_so, clean
from commsim.chatlogs.times import Zone
from commsim.errors import UserError

NAME = "whatsapp"
CARRIES = frozenset({"mention", "joined"})

FIRST_YEAR = 2009  # the year WhatsApp began: no two-digit year is before it
LONGEST_NAME = 120  # characters; more before a colon is a notice that has a colon in it
LONGEST_NOTICE = 400
_LEADING = "[\u200e\u200f\u202a-\u202e\ufeff]*"
_BEGIN = re.compile(
    rf"{_LEADING}(?P<ios>\[)?"
    r"(?:(?P<a>[0-9]{1,4})(?P<sep>[./-])\s?(?P<b>[0-9]{1,2})(?P=sep)\s?(?P<c>[0-9]{2,4})(?P<dot>\.?)"
    r"|(?P<year>[0-9]{4})年(?P<month>[0-9]{1,2})月(?P<day>[0-9]{1,2})日)"
    r"(?:,\s*|\s+)(?:klo\s+|kl\.?\s+|um\s+|at\s+)?"
    rf"(?P<part>{PART})?\s*(?P<hour>[0-9]{{1,2}})[:.](?P<minute>[0-9]{{2}})(?:[:.](?P<second>[0-9]{{2}}))?"
    rf"(?:\s*(?P<half>{HALF}))?"
    r"(?(ios)\]\s?|(?:\s[-–—]\s|:\s))"
)
_MENTION = re.compile("@\u2068([^\u2069]{1,100})\u2069|(?<![\\w.])@([0-9]{7,15})(?![\\w.]*[\\w])")
_PHONE = re.compile(r"\+[0-9][0-9 ()./\-\u00a0\u2010-\u2013]{5,22}[0-9]")
_NOT_DIGITS = re.compile(r"[^0-9]")

_GROUP = "(?:此|该|該|这个|這個)?(?:群组|群組|群聊|群)"
CAME = [re.compile(pattern) for pattern in (
    r"^(?P<who>.+?) (?:has )?joined(?: using| via| from| the| this|\.?$)",
    r"^(?P<who>.+?) created (?:the |this )?group",
    r"^(?P<who>.+?) (?:was|were) added\b",
    r"^.+? added (?P<who>.+?)(?: to the group| to this group)?\.?$",
    rf"^(?P<who>.+?)\s*(?:已)?(?:创建|建立|創建)了?{_GROUP}",
    rf"^(?P<who>.+?)\s*(?:已)?(?:使用|通过|通過|透過|经由|經由|利用).*加入了?{_GROUP}?[。.]?$",
    r"^(?P<who>.+?)\s*(?:已)?被.*(?:添加|新增|加入)",
    rf"^.+?\s*(?:已)?(?:将|將|把)\s*(?P<who>.+?)\s*(?:添加|新增|加入)(?:到|至|进|進)?了?{_GROUP}?[。.]?$",
    r"^.+?\s*(?:已)?(?:添加|新增)了?\s*(?P<who>.+?)[。.]?$",
    rf"^(?P<who>.+?)\s*(?:已)?加入了?{_GROUP}?[。.]?$",
)]  # fmt: skip
LEFT = [re.compile(pattern) for pattern in (
    r"^(?P<who>.+?) left(?: the group| this group)?\.?$",
    r"^(?P<who>.+?) (?:was|were) removed\b",
    r"^.+? removed (?!the |this )(?P<who>.+?)(?: from the group| from this group)?\.?$",
    rf"^(?P<who>.+?)\s*(?:已)?被.*(?:移除|移出){_GROUP}?[。.]?$",
    rf"^.+?\s*(?:已)?(?:将|將|把)\s*(?P<who>.+?)\s*(?:移除|移出)了?{_GROUP}?[。.]?$",
    r"^.+?\s*(?:已)?(?:移除)了?\s*(?P<who>.+?)[。.]?$",
    rf"^(?P<who>.+?)\s*(?:已)?(?:退出|离开|離開)了?{_GROUP}?[。.]?$",
)]  # fmt: skip
_CHANGED = r"\s*已?(?:更改|更换|更換|变更|變更)"
_MOVED = re.compile(rf"^(?P<old>.+?)(?: changed to |{_CHANGED}[为為]\s*)(?P<new>.+?)[。.]?$")
_NEW_NUMBER = re.compile(rf"^.+?(?: changed their phone number|{_CHANGED}了?.{{0,6}}(?:号码|號碼))")
_ENCRYPTED = re.compile(r"end-to-end encrypt|端到端加密|端對端加密")
_NOTICE = re.compile(  # what iOS puts behind the name of the group or of who did it
    r" created (?:the |this )?group| changed (?:the|this|their|to)\b| added | removed | left$| joined | was added"
    r"|security code| pinned a message| turned (?:on|off) | now an admin|no longer an admin|deleted this group"
    r"|disappearing messages|admin approval|(?:创建|建立|退出|离开|離開|加入)了?群|(?:添加|新增|移除)了"
    r"|更改了|更改為|更改为|更換了|安全码|安全碼|限时消息|限時訊息|管理员|管理員"
)
_IN_A_NOTICE = re.compile(  # before a colon, these make it a notice and no name
    r" changed (?:the|this) (?:subject|group)| created (?:the |this )?group [\"“'‘]"
    r"|(?:更改|修改|变更|變更)了?(?:此|该|該)?群[组組]|(?:创建|建立)了?群[组組][“「\"]"
)
_TELLS = re.compile(  # no notice that says who came, left or changed is without one of these
    r"joined|created|added|left|removed|changed|建|加入|添加|新增|移除|移出|退出|[离離][开開]|[更变變][改更换換]"
)
_AND = re.compile(r",? and |, |、|和|及")


def looks_like(head: str) -> bool:
    """Whether the first line begins with a stamp of WhatsApp's, or many of the first lines do."""
    return begins_so(head, _BEGIN.match)


def read(source: Source, account: Account, options: Options) -> Iterator[Message | Coming]:
    """Messages and who came and left."""
    clock = Clock(Zone(account, options.timezone))
    order = _day_order(source, account, options)
    spelled = _Spelled()
    members: set[str] = set()
    became: dict[str, str] = {}  # new number: the member it belongs to
    pending: tuple[float, str] | None = None
    mentions: list[str] = []
    lost = False
    for number, line in source.lines():
        begin = _BEGIN.match(line)
        if begin is None:
            if pending:
                account.continuation()
                if "@" in line:
                    mentions += _mentions(line, spelled)
            elif not line.strip():
                account.blank()
            elif lost:
                account.skip("lost", number, line)
            else:
                account.skip("before_first", number, line)
            continue
        if pending:
            yield _message(pending, mentions, became)
            pending, mentions = None, []
        time = _time(begin, clock, order)
        lost = isinstance(time, str)
        if lost:
            account.skip(time, number, line)
            continue
        rest = line[begin.end() :]
        sender, text = _split(rest, spelled)
        if sender is None:
            account.system()
            for event in _events(clean(rest if text is None else text), spelled):
                if isinstance(event, str):
                    _rename(event, members, became, account)
                else:
                    yield Coming(time, became.get(event[0], event[0]), event[1])
            continue
        account.message()
        members.add(sender)
        pending = (time, sender)
        if "@" in text:
            mentions = _mentions(text, spelled)
    if pending:
        yield _message(pending, mentions, became)


def _message(pending: tuple[float, str], mentions: list[str], became: dict[str, str]) -> Message:
    time, sender = pending
    if not mentions and not became:
        return Message(time, sender)
    named = tuple(dict.fromkeys(became.get(name, name) for name in mentions))
    return Message(time, became.get(sender, sender), mentions=named)


def _time(begin: re.Match, clock: Clock, order: str) -> float | str:
    """Seconds, or the kind of fault."""
    _, a, _, b, c, _, year, month, day, part, hour, minute, second, half = begin.groups()
    if year is None:
        ymd = _ymd(a, b, c, order)
        if ymd is None:
            return "time_unreadable"
        year, month, day = ymd
    return clock.read(int(year), int(month), int(day), hour, minute, second, half or part)


def _ymd(a: str, b: str, c: str, order: str) -> tuple[int, int, int] | None:
    """Year, month and day of three numbers; None if they cannot be a date of that order."""
    if len(a) == 4 or order == "year_first":
        year, month, day = a, b, c
    elif order == "day_first":
        year, month, day = c, b, a
    else:
        year, month, day = c, a, b
    if len(year) not in (2, 4) or len(month) > 2 or len(day) > 2:
        return None
    whole = int(year) + (2000 if len(year) == 2 else 0)
    return None if whole < FIRST_YEAR else (whole, int(month), int(day))


def _split(rest: str, spelled: _Spelled) -> tuple[str | None, str | None]:
    """(sender, text) of what follows the stamp; without a sender it is a notice, with the notice's text or None."""
    raw, colon, text = rest.partition(": ")
    if not colon:
        raw, colon, text = rest.rstrip().removesuffix(":"), rest.rstrip().endswith(":"), ""
    if raw not in spelled and (not colon or len(raw) > LONGEST_NAME or _IN_A_NOTICE.search(raw)):
        return None, None
    if text[:1] == "\u200e" and len(text) < LONGEST_NOTICE and _NOTICE.search(text):
        return None, text
    if ("encrypt" in text or "加密" in text) and len(text) < LONGEST_NOTICE and _ENCRYPTED.search(text):
        return None, text
    return spelled[raw] or None, text


class _Spelled(dict):
    """A name in the file → the member as it is spelled everywhere: no marks of direction, telephone numbers as +
    and digits.  Lives as long as the file is read."""

    def __missing__(self, raw: str) -> str:
        name = clean(raw)
        if _PHONE.fullmatch(name):
            name = "+" + _NOT_DIGITS.sub("", name)
        elif name[:1] == "~":
            name = "~" + name[1:].strip()
        self[raw] = name
        return name


def _mentions(text: str, spelled: _Spelled) -> list[str]:
    return ["+" + digits if digits else spelled[name] for name, digits in _MENTION.findall(text)]


def _events(text: str, spelled: _Spelled) -> Iterator[tuple[str, bool] | str]:
    """(member, left or not) of a notice; for a change of number ``new\\nold``, or "" where the new one is not told."""
    if len(text) > LONGEST_NOTICE or not _TELLS.search(text) or _ENCRYPTED.search(text):
        return
    if _NEW_NUMBER.match(text):
        yield ""
        return
    if (moved := _MOVED.match(text)) and all(map(_PHONE.fullmatch, moved.groups())):
        yield f"{spelled[moved['new']]}\n{spelled[moved['old']]}"
        return
    for patterns, left in ((LEFT, True), (CAME, False)):
        for pattern in patterns:
            if found := pattern.match(text):
                for who in _AND.split(found["who"]):
                    name = spelled[who]
                    if name and name.lower() not in OURSELVES:
                        yield name, left
                return


def _rename(event: str, members: set[str], became: dict[str, str], account: Account) -> None:
    account.renamed += 1
    new, _, old = event.partition("\n")
    if new and new not in members:
        became[new] = became.get(old, old)


class _Dates:
    """What the dates of a file say about one order of day, month and year."""

    def __init__(self, order: str):
        self.order, self.possible, self.alone, self.back = order, 0, 0, 0
        self.last = date.min

    def see(self, a: str, b: str, c: str) -> date | None:
        ymd = _ymd(a, b, c, self.order)
        try:
            day = date(*ymd) if ymd else None
        except ValueError:
            return None
        if day:
            self.possible += 1
            self.back += day < self.last
            self.last = day
        return day


def _day_order(source: Source, account: Account, options: Options) -> str:
    """Out of "day_first", "month_first" "year_first", by all dates of the file; UserError where they leave it open."""
    day, month, year = _Dates("day_first"), _Dates("month_first"), _Dates("year_first")
    seen, first, differ, korean, before = 0, 0, False, 0, "\0"
    for number, line in Source(source.path).lines():
        if line.startswith(before) or (begin := _BEGIN.match(line)) is None or begin["a"] is None:
            continue  # nothing new: most lines have the date of the one before
        a, b, c = begin["a"], begin["b"], begin["c"]
        before = line[: begin.end("c") + 1]
        if len(a) == 4:
            continue
        seen, first = seen + 1, first or number
        korean += bool(begin["dot"]) and len(c) == 2
        on = day.see(a, b, c), month.see(a, b, c)
        year.see(a, b, c)
        differ |= None not in on and on[0] != on[1]
        day.alone += on[0] is not None and on[1] is None
        month.alone += on[1] is not None and on[0] is None
    if not seen:
        return "year_first"
    if korean == seen or (year.possible == seen and not year.back and min(
            seen - day.possible + day.back, seen - month.possible + month.back) > 0):  # fmt: skip
        return "year_first"
    order, why = _settle(day, month, differ, options.day_first)
    if order is None:
        raise UserError("log_day_order_mixed" if why else "log_day_order", value=source.name, line=first)
    account.day_order, account.day_order_why = order, why
    return order


def _settle(day: _Dates, month: _Dates, differ: bool, day_first: bool | None) -> tuple[str | None, str]:
    if day_first is not None:
        return ("day_first" if day_first else "month_first"), "option"
    if day.alone and month.alone:
        return None, "mixed"
    if day.alone or month.alone:
        return ("day_first" if day.alone else "month_first"), "above_twelve"
    if not differ:
        return "day_first", "same_either_way"
    if bool(day.back) != bool(month.back):
        return ("month_first" if day.back else "day_first"), "only_order"
    return None, ""
