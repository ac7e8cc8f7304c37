"""From a stream of messages to the columns of a ``Log``: who is who, what replies to what, what an @ says.

Names and ids live in dictionaries only as long as the table is built; what remains are rows and pseudonyms.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np

from commsim.chatlogs.account import Account
from commsim.chatlogs.events import INFERRED, MENTION, NOBODY, NOWHERE, REPLY_TO, Coming, Log, Message
from commsim.chatlogs.kinds import KINDS, OTHER
from commsim.chatlogs.kinds import row as kind_row
from commsim.chatlogs.lines import Source
from commsim.chatlogs.privacy import normal, pseudonyms
from commsim.chatlogs.times import LATEST, fault
from commsim.errors import UserError

STALE = 12 * 3600.0  # seconds after which nobody is taken to answer whoever spoke last
BLOCK = 50_000  # messages that are held as Python objects before they become columns
CLEAR = 4  # times as many replies must be found among members as among messages, or the other way round


class _Rows(dict):
    """Text → row.  ``names`` are normalised; several spellings of a name share its row; ``none``: row of no name."""

    def __init__(self, none: int, *names: str):
        self.none, self.names = none, {name: row for row, name in enumerate(names)}

    def __missing__(self, text: str) -> int:
        name = normal(text)
        row = self[text] = self.names.setdefault(name, len(self.names)) if name else self.none
        return row


class _Codes(dict):
    """Text → number in order of appearance."""

    def __missing__(self, text: str) -> int:
        code = self[text] = len(self)
        return code


class Table:
    """Columns that grow by one message at a time."""

    def __init__(self, account: Account):
        self.account = account
        self.count = 0
        self.blocks: list[tuple[np.ndarray, np.ndarray]] = []  # time; sender, kind, thread, reply, mention (codes)
        self.members, self.threads = _Rows(NOBODY), _Rows(0, "")
        self.replied, self.mentioned = _Codes(), _Codes()
        self.ids: dict[str, int] = {}
        self.joined: dict[int, float] = {}
        self.left: dict[int, float] = {}
        self.recalled = 0
        self.kind_rows: dict[str, int] = {"": 0}

    def fill(self, events: Iterable[Message | Coming], source: Source) -> None:
        """Take every message; one whose time or sender cannot be makes its line a fault."""
        account, members, threads, replied = self.account, self.members, self.threads, self.replied
        ids, kinds, rows, count = self.ids, self.kind_rows, [], 0
        for event in events:
            if type(event) is Coming:
                self._coming(event)
                continue
            at, who, what, to, mentions, where, own = event
            row = members[who]
            if row < 0 or not 0 <= at < LATEST:
                self._recall("no_member" if row < 0 else fault(at), source)
                continue
            if own:
                if own in ids:
                    account.duplicate_ids += 1
                else:
                    ids[own] = count
            one = NOBODY
            if mentions:
                account.mentions += 1
                one = self.mentioned[mentions[0]] if len(mentions) == 1 or len(set(mentions)) == 1 else NOBODY
            what = kinds[what] if what in kinds else self._kind(what)
            rows.append((at, row, what, threads[where], replied[to] if to else NOBODY, one))
            count += 1
            if len(rows) == BLOCK:
                self._put(rows)
        self._put(rows)
        self.count = count

    def _put(self, rows: list[tuple]) -> None:
        """Close a block: rows of numbers become columns."""
        block = np.array(rows, float).reshape(len(rows), 6)
        self.blocks.append((block[:, 0].copy(), block[:, 1:].astype(np.int32)))
        rows.clear()

    def _recall(self, wrong: str, source: Source) -> None:
        number = source.number or self.account.lines
        if number != self.recalled:  # a line of several messages is one fault
            self.account.recall(wrong, number, source.line)
        self.recalled = number

    def _kind(self, word: str) -> int:
        row = kind_row(word)
        if len(self.kind_rows) < 1000:  # noise may hold a million words
            self.kind_rows[word] = row
        return row

    def _coming(self, event: Coming) -> None:
        row = self.members[event.member]
        if row < 0 or fault(event.time):
            return
        if event.left:
            self.left[row] = event.time
        else:
            self.joined.setdefault(row, event.time)
            self.left.pop(row, None)

    def log(self, roster: Iterable[str], secret: bytes, options, carries: frozenset[str], infer: bool,
            name: str) -> Log:  # fmt: skip
        """The columns in order of time, edges resolved, members under pseudonyms."""
        account = self.account
        time = np.concatenate([block[0] for block in self.blocks])
        sender, kind, thread, reply, mention = np.concatenate([block[1] for block in self.blocks]).T.copy()
        senders = set(np.unique(sender).tolist())
        account.messages = len(time)
        account.replies = int((reply >= 0).sum())
        account.out_of_order = int((np.diff(time) < 0).sum())
        to, answers = self._replies(sender, reply, senders, options, name)
        edge = np.where(to >= 0, np.int8(REPLY_TO), np.int8(NOWHERE))
        self._mentions(to, edge, reply, mention)
        for member in roster:
            before = len(self.members.names)
            if self.members[member] >= before:
                account.from_roster += 1
        account.only_addressed = len(set(to[to >= 0].tolist()) - senders)

        order = np.argsort(time, kind="stable")
        place = np.empty_like(order)
        place[order] = np.arange(len(order))
        answers = np.where(answers >= 0, place[answers], NOBODY)[order] if len(order) else answers
        time, sender, to, edge, thread = (column[order] for column in (time, sender, to, edge, thread))
        account.duplicate_times = int((np.diff(time) == 0).sum())
        itself = to == sender
        account.to_oneself = int(itself.sum())
        to[itself], edge[itself] = NOBODY, NOWHERE
        if infer and account.ordered:
            account.inferred = _infer(time, sender, thread, to, edge, answers, (reply < 0)[order])
        kind = kind.astype(np.int8)[order]
        account.kinds_other = int((kind == KINDS.index(OTHER)).sum())
        account.members = len(self.members.names)
        return Log(
            time=time, sender=sender, to=to, answers=answers, edge=edge, kind=kind, thread=thread, kinds=KINDS,
            threads=("", *pseudonyms(list(self.threads.names)[1:], secret, "t")),
            members=pseudonyms(self.members.names, secret),
            joined=self._moments(self.joined), left=self._moments(self.left), carries=carries,
        )  # fmt: skip

    def _moments(self, known: dict[int, float]) -> np.ndarray:
        moments = np.full(len(self.members.names), math.nan)
        moments[list(known)] = list(known.values())
        return moments

    def _replies(self, sender, reply, senders, options, name) -> tuple[np.ndarray, np.ndarray]:
        """(``to``, ``answers`` as rows of the file) of replies."""
        to, answers = np.full(len(reply), NOBODY, np.int32), np.full(len(reply), NOBODY, np.int64)
        if not self.replied:
            return to, answers
        texts, has = self.replied, reply >= 0
        account = self.account
        if options.reply_to:
            account.reply_to, account.reply_to_why = options.reply_to, "option"
        elif not account.reply_to:
            account.reply_to, account.reply_to_why = self._decide(reply[has], senders, name)
        if account.reply_to == "message":
            target = np.array([self.ids.get(text, NOBODY) for text in texts], np.int64)
            answers[has] = target[reply[has]]
            known = answers >= 0
            to[known] = sender[answers[known]]
            account.replies_unknown = int((has & ~known).sum())
        else:
            target = np.array([self.members[text] for text in texts], np.int32)
            to[has] = target[reply[has]]
        return to, answers

    def _decide(self, reply, senders, name) -> tuple[str, str]:
        """Whether the column holds members or messages: what most of it is found among.

        Members who are only addressed are found nowhere, so a column of neither is taken for members unless the
        log has ids of its own.  Where both fit, or nearly, the user must say."""
        weight = np.bincount(reply, minlength=len(self.replied)) / len(reply)
        rows = self.members.names
        as_member = sum(w for w, text in zip(weight, self.replied, strict=True)
                        if rows.get(normal(text), NOBODY) in senders)  # fmt: skip
        as_message = sum(w for w, text in zip(weight, self.replied, strict=True) if text in self.ids)
        less, more = sorted((as_member, as_message))
        if more > 0 and less <= more / CLEAR:
            return ("member" if as_member > as_message else "message"), "found"
        if more == 0 and (self.account.numbered or not self.ids):
            return "member", "no_ids"
        raise UserError("log_reply_to", value=name, members=round(100 * as_member), messages=round(100 * as_message))

    def _mentions(self, to, edge, reply, mention) -> None:
        """A message without a reply that names one known member is to that member."""
        if not self.mentioned:
            return
        target = np.array([self.members.names.get(normal(text), NOBODY) for text in self.mentioned], np.int32)
        one = mention >= 0
        named = np.where(one, target[mention], NOBODY)
        self.account.mentions_unknown = int((one & (named < 0)).sum())
        which = (reply < 0) & (named >= 0)
        to[which], edge[which] = named[which], MENTION


def _infer(time, sender, thread, to, edge, answers, free) -> int:
    """Messages without an addressee go to whoever else spoke last in the thread, within twelve hours.

    Right for about a quarter of messages where it was checked against labelled threads."""
    order = np.argsort(thread, kind="stable")  # within a thread in order of time
    who, where = sender[order], thread[order]
    new = np.ones(len(order), bool)
    new[1:] = (who[1:] != who[:-1]) | (where[1:] != where[:-1])
    start = np.maximum.accumulate(np.where(new, np.arange(len(order)), 0))
    before = start - 1  # the last message of whoever spoke before this run of messages
    last = order[before]
    near = (before >= 0) & (where[before] == where) & (time[order] - time[last] <= STALE)
    fits = near & free[order] & (edge[order] == NOWHERE)
    which, target = order[fits], last[fits]
    to[which], edge[which], answers[which] = sender[target], INFERRED, target
    return len(which)
