"""``load``: a chat log file of any known format becomes a ``Log``, with an account of every line."""

from __future__ import annotations

from datetime import date
from itertools import islice
from pathlib import Path

from commsim.chatlogs import privacy, readers
from commsim.chatlogs.account import Account, shape
from commsim.chatlogs.events import Log
from commsim.chatlogs.lines import Source
from commsim.chatlogs.table import Table
from commsim.errors import UserError, nearest
from commsim.words import say

MOST_FAULTS = 0.5  # of the lines that say something: with more, the file is not what it was taken for
TARGETS = ("member", "message")


def load(path: str | Path, format: str | None = None, community: str = "default", *, day_first: bool | None = None,
         timezone: str | None = None, reply_to: str | None = None, pasted: date | None = None,
         roster: str | Path | None = None, infer: bool = False) -> Log:  # fmt: skip
    """Read a log.  Texts are dropped while reading; members and threads become pseudonyms of the community.

    ``format``: a name out of ``readers.READERS``, else what the file looks like.  ``day_first``, ``timezone`` and
    ``reply_to`` ("member" or "message") say what the file leaves open, ``pasted`` the day
    a text without dates was copied.  ``roster``: a text file with a member a line; those who never wrote enter the
    log's roster too.  ``infer``: give messages without an addressee to
    whoever spoke last (same thread, within twelve hours, edge INFERRED).  UserError for a file that cannot be a
    log, or that may be read in two ways; faulty lines are counted in ``Log.loader`` instead.
    """
    if reply_to is not None and reply_to not in TARGETS:
        raise UserError("value_unknown", place="reply_to", value=reply_to, allowed=", ".join(TARGETS),
                        nearest=nearest(reply_to, TARGETS))  # fmt: skip
    account = Account()
    source = Source(path, account)
    account.format = chosen(source, format)
    reader = readers.reader(account.format)
    secret, account.key = privacy.key(community)
    options = readers.Options(day_first, timezone, reply_to, pasted)
    table = Table(account)
    table.fill(reader.read(source, account, options), source)
    check(source.name, account, table.count)
    carries = reader.CARRIES if account.carries is None else account.carries
    listed, account.roster_skipped = silent(roster) if roster is not None else ([], 0)
    log = table.log(listed, secret, options, carries, infer, source.name)
    log.loader = account.as_json()
    return log


def silent(roster: str | Path) -> tuple[list[str], int]:
    """(the names of a roster file, lines of it that could not be read)."""
    source = Source(roster)
    return [line for _, line in source.lines() if line.strip()], source.account.skipped


def chosen(source: Source, format: str | None) -> str:
    """The format's name: the one asked for, or the only one that the file looks like."""
    allowed = ", ".join(readers.READERS)
    if format is not None:
        if format not in readers.READERS:
            raise UserError("log_format_unknown", value=format, allowed=allowed,
                            nearest=nearest(format, readers.READERS))  # fmt: skip
        return format
    head = source.head()
    fitting = [name for name in readers.READERS if readers.reader(name).looks_like(head)]
    if not fitting:
        first = next((line for line in head[:2000].split("\n") if line.strip()), "")
        raise UserError("log_format_none", value=source.name, allowed=allowed, shape=shape(first))
    if len(fitting) > 1:
        raise UserError("log_format_two", value=source.name, allowed=", ".join(fitting))
    return fitting[0]


class MostlyFaults(UserError):
    """Names what was found instead, in the language in which the error is told."""

    def __init__(self, account: Account, key: str, **facts):
        super().__init__(key, **facts)
        self.account = account

    def text(self, lang: str | None = None) -> str:
        self.facts["found"] = faults(self.account, lang)
        return super().text(lang)


def check(name: str, account: Account, messages: int) -> None:
    """UserError for a file that is mostly faults or holds no message."""
    told = account.lines - account.counts["blank"] - account.counts["header"]
    if account.skipped > MOST_FAULTS * told:
        raise MostlyFaults(account, "log_mostly_faults", value=name, format=account.format, count=account.skipped,
                           lines=told)  # fmt: skip
    if not messages:
        raise UserError("log_no_message", value=name, format=account.format, lines=account.lines)


def faults(account: Account, lang: str | None = None) -> str:
    """The kinds of fault in words, each with its first line's number and shape."""
    worst = sorted(account.faults.items(), key=lambda item: -item[1].count)
    return say("chatlog.separator", lang).join(
        say("chatlog.faults", lang, fault=say(f"chatlog.fault.{kind}", lang), count=fault.count,
            number=fault.first[0][0], shape=fault.first[0][1])
        for kind, fault in islice(worst, 3))  # fmt: skip
