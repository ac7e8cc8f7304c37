"""What chat programs write around a message: clocks of twelve hours, names after an @, who came and who left."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from functools import lru_cache

from commsim.chatlogs.times import Zone, fault

# Which hours a word for a part of the day can stand before: hour on a twelve-hour clock -> hour of the day.
# The parts are those of Unicode CLDR for Chinese; 晚上12 is left out, for nobody can say which midnight it is.
MORNING = {12: 0, **{hour: hour for hour in range(12)}}
AFTERNOON = {12: 12, **{hour: hour + 12 for hour in range(12)}, **{hour: hour for hour in range(13, 24)}}
NOON = {10: 10, 11: 11, 12: 12, **{hour: hour + 12 for hour in range(1, 4)}, **{hour: hour for hour in range(13, 16)}}
EVENING = {hour: at for hour, at in AFTERNOON.items() if hour != 12}
PARTS = {
    **dict.fromkeys(("am", "上午", "早上", "凌晨", "清晨", "早晨", "午前", "오전"), MORNING),
    **dict.fromkeys(("pm", "下午", "午後", "오후"), AFTERNOON),
    **dict.fromkeys(("晚上", "傍晚", "晚间", "夜间"), EVENING),
    "中午": NOON,
}
PART = "|".join(word for word in PARTS if not word.isascii())
HALF = r"[AaPp]\.?\s?[Mm]\.?"
CLOCK = rf"(?P<part>{PART})?\s*(?P<hour>\d{{1,2}}):(?P<minute>\d\d)(?::(?P<second>\d\d))?(?:\s*(?P<half>{HALF}))?"

MARKS = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")  # directions, isolates, zero width
EVERYBODY = frozenset({"所有人", "全体成员", "all", "everyone", "everybody"})
OURSELVES = frozenset({"you", "你", "您", "我"})  # whoever exported the log, under a name it does not say
_AFTER_NAME = frozenset(" \u2005\u00a0\u3000\t@,.:;!?，。：；！？、)）")
LONGEST_NAME = 64  # characters; no program allows a longer one
_MOST_MENTIONS = 100  # in one line: more is noise
_REMEMBERED = 1 << 14  # days whose beginning is kept


MANY = 0.2  # share of heads among the first lines of a log whose beginning is missing


def begins_so(head: str, is_head: Callable[[str], object]) -> bool:
    """Whether the first line that says something is a head, or a good part of the first lines are."""
    lines = [line for line in head.split("\n", 200)[:200] if line.strip()]
    return bool(lines) and bool(is_head(lines[0]) or sum(bool(is_head(line)) for line in lines) >= MANY * len(lines))


def clean(text: str) -> str:
    """Without marks of direction and without space at the ends."""
    return text.strip() if text.isprintable() else MARKS.sub("", text).strip()  # no mark is printable


@lru_cache(1 << 10)
def hour_of_day(hour: str, part: str | None) -> int | None:
    """The hour from 0 to 23 that ``hour`` means beside ``part`` (am, 下午, …); None if it means none."""
    if not part:
        return int(hour) if int(hour) < 24 else None
    return PARTS["".join(part.lower().replace(".", "").split())].get(int(hour))


@lru_cache(1 << 17)  # every second of a day
def second_of_day(hour: str, minute: str, second: str | None, part: str | None) -> int | None:
    """Seconds since midnight, or None where there is no such time."""
    at, minutes, seconds = hour_of_day(hour, part), int(minute), int(second or 0)
    return None if at is None or minutes > 59 or seconds > 59 else 3600 * at + 60 * minutes + seconds


class Clock:
    """Seconds since 1970 of the pieces of a stamp; what cannot be a time of a chat gives a kind of fault instead."""

    def __init__(self, zone: Zone):
        self.zone = zone
        self._begins = lru_cache(_REMEMBERED)(self._begin)
        self._day = self._midnight = None  # of the stamp before

    def read(self, year: int | str, month: int | str, day: int | str, hour: str, minute: str, second: str | None,
             part: str | None) -> float | str:  # fmt: skip
        """Of the hour as it is written, beside its part of the day if it has one."""
        if self._day != (date := (year, month, day)):
            self._day, self._midnight = date, self._begins(year, month, day)
        begin, at = self._midnight, second_of_day(hour, minute, second, part)
        if at is None or begin is None:
            return "time_unreadable"
        if begin >= 0:
            return begin + at
        at = self.zone.seconds(datetime(int(year), int(month), int(day)) + timedelta(seconds=at))
        return fault(at) or at

    def _begin(self, year: int | str, month: int | str, day: int | str) -> float | None:
        """When a day of 24 hours begins; -1 for a day whose clock is changed or that no chat has; None for no day."""
        try:
            begin = datetime(int(year), int(month), int(day))
            start, end = self.zone.seconds(begin), self.zone.seconds(begin + timedelta(days=1))
        except (ValueError, OverflowError):
            return None
        return start if end - start == 86400 and not fault(start) and not fault(end) else -1.0


class Names:
    """Names that a log has shown, to find them after an @: the longest first, for names have spaces in them."""

    def __init__(self, known: Iterable[str] = ()):
        self.known = set()
        self.lengths: list[int] = []
        for name in known:
            self.add(name)

    def add(self, name: str) -> None:
        if name and len(name) <= LONGEST_NAME and name not in self.known:
            self.known.add(name)
            if len(name) not in self.lengths:
                self.lengths = sorted({*self.lengths, len(name)}, reverse=True)

    def begins(self, text: str, at: int = 0, ends: frozenset[str] = _AFTER_NAME) -> str | None:
        """The longest known name that ``text`` has at place ``at``, if something that ends a name follows it."""
        for length in self.lengths:
            name = text[at : at + length]
            if name in self.known and (at + length >= len(text) or text[at + length] in ends):
                return name
        return None

    def mentioned(self, text: str) -> Iterator[str]:
        """Who is mentioned: known names after an @, and any name that WeChat closed with its own narrow space."""
        at = text.find("@")
        for _ in range(_MOST_MENTIONS):
            if at < 0:
                return
            following = text.find("@", at + 1)
            name = self.begins(text, at + 1)
            if name is None:
                end = text.find("\u2005", at, at + LONGEST_NAME + 2)
                name = text[at + 1 : end] if end >= 0 and not at < following < end else None
            if name and name not in EVERYBODY:
                yield name
            at = following


_QUOTED = r'["“”「」](?P<{0}>[^"“”「」]+)["“”「」]'


def _told(*patterns: str) -> list[re.Pattern]:
    return [re.compile(pattern) for pattern in patterns]


CAME = _told(
    rf"邀请\s*{_QUOTED.format('who')}\s*(?:等\d*人)?\s*加入了?(?:本?群|群聊)",
    rf"^{_QUOTED.format('who')}\s*通过.*加入了?(?:本?群|群聊)",
    r"^(?!.*邀请)(?P<who>[^通]+?)\s*(?:通过.*)?加入了?(?:本群|群聊|该群)[。！]?$",
    r"邀请\s*(?P<who>.+?)\s*加入了?(?:本群|群聊|该群)[。！]?$",
)
LEFT = _told(
    rf"将\s*{_QUOTED.format('who')}\s*移出了?(?:本?群|群聊)",
    rf"^{_QUOTED.format('who')}\s*(?:已?退出了?|离开了?)(?:本?群|群聊)",
    r"^(?P<who>[^被将]+?)\s*(?:被.*移出|已?退出|离开)了?(?:本群|群聊|该群)[。！]?$",
)
HINT = re.compile("撤回|拍了拍|群|朋友|消息|红包|通话|招呼")  # no notice without one of these
NOTICES = re.compile(  # lines between pasted messages that the program wrote
    r"(撤回了一条(?:成员)?消息|拍了拍.{1,40}|加入了群聊[。！]?|通过.*加入群聊|移出了?群聊[。！]?|退出了?群聊[。！]?|修改群名为.*"
    r"|与群里其他人都不是.*朋友关系.*|开启了朋友验证.*|已成为新群主|以下为新消息|以上是打招呼的内容"
    r"|领取了.{1,40}的红包|收到红包，请在手机上查看|发起了(?:群)?(?:语音|视频)通话|(?:语音|视频)通话已经结束)$"
)


def comings(text: str) -> Iterator[tuple[str, bool]]:
    """(name, whether they left) that a system line of QQ or WeChat tells about."""
    for patterns, left in ((CAME, False), (LEFT, True)):
        for pattern in patterns:
            if found := pattern.search(text):
                for name in found["who"].split("、"):
                    if (name := name.strip(' "“”「」')) and name not in OURSELVES:
                        yield name, left
                return
