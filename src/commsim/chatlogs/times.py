"""Moments as a log writes them, in seconds since 1970 UTC."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from commsim.chatlogs.account import Account
from commsim.errors import UserError, nearest

LATEST = 4_102_444_800.0  # 1 January 2100: a later time is no time in seconds
_UNIX = re.compile(r"-?\d{1,18}(\.\d*)?", re.ASCII)
_LOOSE = re.compile(
    r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:[ T]+(\d{1,2}):(\d{1,2})(?::(\d{1,2}))?)?", re.ASCII
)
_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?", re.ASCII)
_DATE_YEAR_LAST = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})", re.ASCII)
_EPOCH = datetime(1970, 1, 1)
QUARTER = 900  # seconds: no clock has ever changed within a quarter of an hour in the years of chats
_REMEMBERED = 1 << 14  # quarters and dates that are kept


class AmbiguousDate(Exception):
    """Day and month may be read in two ways."""


class Zone:
    """Turns local times into seconds; ``says`` is the zone that the format itself names, if any.

    The account gets the zone that was taken and why: "option", "format", "assumed" (UTC, for want of better), or
    "offset" while every time said its own.
    """

    def __init__(self, account: Account, timezone: str | None = None, says: str | None = None):
        name = timezone or says or "UTC"
        try:
            self.zone = ZoneInfo(name)
        except (OSError, ValueError, LookupError):  # no such name, no name at all, no table of zones
            raise UserError("log_timezone", value=name, nearest=nearest(name, available_timezones())) from None
        self.account, self.name = account, name
        self.why = "option" if timezone else "format" if says else "assumed"
        account.timezone, account.timezone_why = "UTC", "offset"
        self._offset = lru_cache(_REMEMBERED)(self._offset_of)
        self.noon = lru_cache(_REMEMBERED)(self._noon)

    def seconds(self, local: datetime) -> float:
        """Seconds since 1970 UTC of a time on the clock there (of a doubled hour, the first)."""
        if local.tzinfo is not None:
            return local.timestamp()
        seconds = (local - _EPOCH).total_seconds()
        return seconds - self._offset(seconds // QUARTER)

    def _offset_of(self, quarter: float) -> float:
        self.account.timezone, self.account.timezone_why = self.name, self.why
        try:
            return self.zone.utcoffset(_EPOCH + timedelta(seconds=QUARTER * quarter)).total_seconds()
        except OverflowError:
            return 0.0

    def _noon(self, text: str, day_first: bool | None = None) -> float:
        """Noon of a date: year first in any of its ways (2024-1-5, 2024/1/5, 2024年1月5日), or, where ``day_first``
        says which is the day, day and month before the year.  ValueError for anything else, AmbiguousDate where
        nobody said."""
        if found := _DATE.fullmatch(text):
            year, month, day = map(int, found.groups())
        elif found := _DATE_YEAR_LAST.fullmatch(text):
            first, second, year = map(int, found.groups())
            if day_first is None:
                raise AmbiguousDate
            month, day = (second, first) if day_first else (first, second)
            self.account.day_order, self.account.day_order_why = "day_first" if day_first else "month_first", "option"
        else:
            raise ValueError
        return self.seconds(datetime(year, month, day, 12))

    def read(self, text: str) -> float:
        """Unix seconds, ISO 8601 with or without offset, or as spreadsheets write it; ValueError for else."""
        if text[4:5] != "-" and _UNIX.fullmatch(text):
            return float(text)
        try:
            return self.seconds(datetime.fromisoformat(text))
        except ValueError:
            found = _LOOSE.fullmatch(text)  # as spreadsheets write it: 2026/1/5 8:03
        if not found:
            raise ValueError
        return self.seconds(datetime(*(int(part or 0) for part in found.groups())))


def fault(seconds: float) -> str | None:
    """What is wrong with a time: before 1970, or beyond any chat (milliseconds, mostly)."""
    if seconds < 0:
        return "time_negative"
    return "time_far" if not seconds < LATEST else None
