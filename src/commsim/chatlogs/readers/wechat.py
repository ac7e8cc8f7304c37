"""Text pasted from a WeChat group: a name and a time on one line, or on two, then lines of text.

``名字 2023/12/31 21:15`` as the desktop programs copy it, or ``名字`` and below it ``12月31日 晚上9:15``,
``昨天 21:15``, ``星期三 9:15``.  A day told only from the day of pasting needs that day (``Options.pasted``).  A quoted
message stands before a line of dashes, and its writer is the one replied to.  What is known comes from text shown by
its users.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise

from commsim.chatlogs.account import Account
from commsim.chatlogs.events import Coming, Message
from commsim.chatlogs.lines import Source
from commsim.chatlogs.readers import Options
from commsim.chatlogs.readers.stamps import CLOCK, HINT, LONGEST_NAME, NOTICES, PARTS, Clock, Names, clean, comings
from commsim.chatlogs.times import Zone
from commsim.errors import UserError

NAME = "wechat"
CARRIES = frozenset({"mention", "reply_to", "joined"})

LONGEST_STAMP, LONGEST_NOTICE = 40, 200  # characters
_WEEKDAYS = {word: day for day, words in enumerate(("一", "二", "三", "四", "五", "六", "日天")) for word in words}
_STAMP = (
    r"(?:(?P<year>[0-9]{4})(?:年|[/.-])(?P<month>[0-9]{1,2})(?:月|[/.-])(?P<day>[0-9]{1,2})日?"
    r"|(?P<m>[0-9]{1,2})月(?P<d>[0-9]{1,2})日|(?P<ago>今天|昨天|前天)|(?:星期|周|礼拜)(?P<week>[一二三四五六日天]))"
)
_TIME = re.compile(rf"\s*(?:{_STAMP}\s*)?{CLOCK}\s*$")
_AFTER_NAME = re.compile(rf"\s\s*{_STAMP}\s*{CLOCK}\s*$")  # found sooner than by \s+
_DASHES = re.compile(r"\s*(?:(?:-\s?){5,}|[—–─]{3,})\s*$")
_FIRST = frozenset("0123456789今昨前星周礼") | {word[0] for word in PARTS}  # how a stamp without a name begins
_M = frozenset("mM.")  # how pm ends
_AGO = {"今天": 0, "昨天": 1, "前天": 2}
_BLANK_FIRST = 0.5  # share of one-line heads with an empty line before them, above which a head needs one


def looks_like(head: str) -> bool:
    """Whether the text begins with a head (or with the program's notices and then a head)."""
    lines = [text for line in head.split("\n", 60)[:60] if (text := clean(line))]
    for this, after in pairwise([*lines, ""]):
        if (_ends_like_a_time(this) and _with_name(this)) or (_is_name(this) and _time(after) and not _time(this)):
            return True
        if not NOTICES.search(this[:LONGEST_NOTICE]) and not _time(this):
            return False
    return False


def _ends_like_a_time(text: str) -> bool:
    """Whether it is worth looking closer: most lines are not."""
    return (text[-3:-2] == ":" or text[-1:] in _M) and ":" in text[-14:]


def _time(text: str) -> re.Match | None:
    """The stamp, where a line has nothing else."""
    begins = text[:1] in _FIRST and len(text) < LONGEST_STAMP
    return _TIME.match(text) if begins and _ends_like_a_time(text) else None


def _with_name(text: str) -> re.Match | None:
    """The stamp after a name, where a line has both; the name is what stands before it."""
    found = _AFTER_NAME.search(text) if len(text) < LONGEST_NAME + LONGEST_STAMP else None
    return found if found and 0 < found.start() <= LONGEST_NAME else None


def _is_name(line: str) -> bool:
    return 0 < len(line) <= LONGEST_NAME and not (line[0] in "-—–─" and _DASHES.match(line))


def _is_notice(line: str) -> bool:
    return len(line) <= LONGEST_NOTICE and bool(HINT.search(line)) and bool(NOTICES.search(clean(line)))


def _parts(line: str) -> bool:
    """Whether a line stands between messages: an empty one, or a notice."""
    return not line or line.isspace() or _is_notice(line)


class _Blocks:
    """Splits lines into heads and text.  ``blank_first``: a one-line head needs an empty line before it."""

    def __init__(self, source: Source, blank_first: bool):
        self.source, self.blank_first = source, blank_first

    def __iter__(self) -> Iterator[tuple[str, int, str, str | None, re.Match | None]]:
        """(what, number, line, name, stamp); what is "head", "stamp" (the line below a name), "text" or "blank"."""
        held: tuple[int, str] | None = None  # a line that may be a name, if a time follows
        before = ""
        for number, line in self.source.lines():
            if not line:  # the same as below, sooner
                if held is not None:
                    yield "text", *held, None, None
                    held = None
                yield "blank", number, line, None, None
                before = ""
                continue
            text = clean(line)
            ends = ":" in text and _ends_like_a_time(text)
            stamp = _time(text) if ends else None
            if held is not None:
                if stamp:
                    yield "head", *held, clean(held[1]), stamp
                    yield "stamp", number, line, None, None
                    held, before = None, text
                    continue
                yield "text", *held, None, None
                held = None
            head = _with_name(text) if ends and not stamp else None
            if head and self.blank_first and before and not _parts(before):
                head = None
            if not text:
                yield "blank", number, line, None, None
            elif head:
                yield "head", number, line, text[: head.start()], head
            elif not stamp and _is_name(text):
                held = (number, line)
            else:
                yield "text", number, line, None, None
            before = text
        if held is not None:
            yield "text", *held, None, None


def read(source: Source, account: Account, options: Options) -> Iterator[Message | Coming]:
    """Messages, and who came and left (at the time of the message before, for notices have no time)."""
    names, blank_first = _survey(source)
    account.reply_to, account.reply_to_why = "member", "format"
    dated = _Dated(source, Clock(Zone(account, options.timezone)), options.pasted)
    pending: _Pending | None = None
    waiting: list[tuple[str, bool]] = []  # comings before the first time
    last: float | None = None
    skipped: str | None = None
    lost = False
    messages = continuations = blanks = 0
    for what, number, line, name, stamp in _Blocks(source, blank_first):
        if what == "blank":
            blanks += 1
        elif what == "stamp":
            if skipped:
                account.skip(skipped, number, line)
            else:
                continuations += 1
        elif what == "head":
            if pending:
                yield pending.message(names)
                pending = None
            time = dated.seconds(stamp, number)
            lost = isinstance(time, str)
            skipped = time if lost else None
            if lost:
                account.skip(time, number, line)
                continue
            messages += 1
            pending, last = _Pending(time, name), time
            for who, left in waiting:
                yield Coming(time, who, left)
            waiting.clear()
        elif HINT.search(line) and _is_notice(line):
            account.system()
            for who, left in comings(clean(line)):
                if last is None:
                    waiting.append((who, left))
                else:
                    yield Coming(last, who, left)
        elif pending:
            continuations += 1
            if not pending.begun or pending.quoted or "@" in line:
                pending.add(line, names)
        else:
            account.skip("lost" if lost else "before_first", number, line)
    account.message(messages)
    account.continuation(continuations)
    account.blank(blanks)
    if pending:
        yield pending.message(names)


class _Pending:
    """A message whose further lines are still to come: only who it names is kept."""

    __slots__ = ("begun", "mentions", "quoted", "reply_to", "sender", "time")

    def __init__(self, time: float, sender: str):
        self.time, self.sender = time, sender
        self.quoted = ""  # what stands at the beginning of a quotation, until a line of dashes says it was one
        self.reply_to, self.begun = "", False
        self.mentions: list[str] = []

    def add(self, line: str, names: Names) -> None:
        if not self.begun and line.lstrip()[:1] == "「":
            self.quoted = line.lstrip()[1 : LONGEST_NAME + 2]
        elif self.quoted and not self.reply_to and _DASHES.match(line):
            self.reply_to = _quoted_name(self.quoted, names)
            self.mentions = []  # those were of the quoted message
        self.begun = True
        if "@" in line:
            self.mentions += names.mentioned(line)

    def message(self, names: Names) -> Message:
        mentions = tuple(dict.fromkeys(self.mentions)) if self.mentions else ()
        return Message(self.time, self.sender, "", self.reply_to, mentions)


def _quoted_name(quoted: str, names: Names) -> str:
    """Who is quoted in ``名字：文字``: the longest known name before a colon, else what is before the first one."""
    known = names.begins(quoted, 0, frozenset("：:"))
    return known or re.split("[：:]", quoted, maxsplit=1)[0].strip() if re.search("[：:]", quoted) else ""


def _survey(source: Source) -> tuple[Names, bool]:
    """(names of everybody who wrote, whether heads on one line have an empty line before them)."""
    known: set[str] = set()
    before, blank_first, heads = "", 0, 0
    for line in source.beforehand():
        text = line
        if ":" in line and _ends_like_a_time(line.rstrip()):
            text = clean(line)
            if _time(text):
                if _is_name(name := clean(before)) and not _time(name):
                    known.add(name)
            elif head := _with_name(text):
                known.add(text[: head.start()])
                heads += 1
                blank_first += not before or _parts(before.rstrip())
        before = text
    return Names(known), blank_first > _BLANK_FIRST * heads


class _Dated:
    """Turns stamps into seconds; asks for the day of pasting where a stamp needs it."""

    def __init__(self, source: Source, clock: Clock, pasted: date | None):
        self.source, self.clock, self.pasted = source, clock, pasted

    def seconds(self, stamp: re.Match, number: int) -> float | str:
        year, month, day, _, _, _, _, part, hour, minute, second, half = stamp.groups()
        if not year:
            year, month, day = self._day(stamp, number)
        return self.clock.read(year, month, day, hour, minute, second, half or part)

    def _day(self, stamp: re.Match, number: int) -> tuple[int, int, int]:
        """The day of a stamp without a year."""
        if self.pasted is None:
            raise UserError("log_pasted_needed", value=self.source.name, line=number)
        if stamp["m"]:
            month, day = int(stamp["m"]), int(stamp["d"])
            return self.pasted.year - ((month, day) > (self.pasted.month, self.pasted.day)), month, day
        if stamp["week"]:
            back = (self.pasted.weekday() - _WEEKDAYS[stamp["week"]]) % 7 or 7
        else:
            back = _AGO.get(stamp["ago"], 0)
        at = self.pasted - timedelta(days=back)
        return at.year, at.month, at.day
