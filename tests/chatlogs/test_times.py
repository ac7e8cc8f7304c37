"""Moments in seconds since 1970, UTC."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commsim.chatlogs.account import Account
from commsim.chatlogs.times import AmbiguousDate, Zone, fault
from commsim.errors import UserError

AT = datetime(2026, 1, 5, 8, 3, tzinfo=UTC).timestamp()


@pytest.mark.parametrize("text", [
    f"{AT:.0f}", f"{AT:.3f}", "2026-01-05T08:03:00Z", "2026-01-05T16:03:00+08:00", "2026-01-05 08:03",
    "2026-01-05 08:03:00", "2026/01/05 08:03", "2026/1/5 08:03", "2026/1/5 08:03:00", "2026/1/5 8:03", "2026-1-5 8:3",
    "20260105T080300"])  # fmt: skip
def test_one_moment_written_in_many_ways(text):
    assert Zone(Account()).read(text) == AT


@pytest.mark.parametrize("text", ["", "yesterday", "2026-13-05 08:00", "2026-01-05 25:00", "05/01/2026 08:03", "1e9",
                                  "nan", "inf", "１７６７", "2026/1", "2026-02-30", "--5", "0x10"])  # fmt: skip
def test_what_is_no_time_is_a_value_error(text):
    with pytest.raises(ValueError):
        Zone(Account()).read(text)


def test_local_times_are_of_the_zone_and_the_account_says_why():
    account = Account()
    zone = Zone(account, "Asia/Shanghai")
    assert zone.read(str(int(AT))) == AT and (account.timezone, account.timezone_why) == ("UTC", "offset")
    assert zone.read("2026-01-05 16:03") == AT
    assert (account.timezone, account.timezone_why) == ("Asia/Shanghai", "option")
    assert Zone(account, None, "Asia/Shanghai").read("2026-01-05 16:03") == AT and account.timezone_why == "format"
    assert Zone(account).read("2026-01-05 08:03") == AT and account.timezone_why == "assumed"


ZONES = st.sampled_from(["Asia/Shanghai", "Europe/Berlin", "America/St_Johns", "Asia/Kathmandu", "Australia/Lord_Howe"])


@given(st.datetimes(datetime(1971, 1, 1), datetime(2099, 1, 1)), ZONES)
def test_local_seconds_are_those_of_the_standard_library(local, name):
    zone = Zone(Account(), name)
    wanted = local.replace(tzinfo=zone.zone).timestamp()
    assert zone.seconds(local) == pytest.approx(wanted, abs=1e-3)


@pytest.mark.parametrize("name", ["Asia/Chengdu", "", "../etc", "a\0b", "Asia", "x" * 300])
def test_an_unknown_zone_is_a_user_error(name):
    if name:
        with pytest.raises(UserError) as told:
            Zone(Account(), name)
        assert told.value.key == "log_timezone"
    with pytest.raises(UserError, match="Asia/Shanghai"):
        Zone(Account(), "Asia/Shanghi")


def test_noon_of_dates():
    zone = Zone(Account())
    noon = datetime(2026, 3, 5, 12, tzinfo=UTC).timestamp()
    assert {zone.noon(text) for text in ("2026-03-05", "2026/3/5", "2026.3.5", "2026年3月5日")} == {noon}
    assert zone.noon("5/3/2026", True) == zone.noon("3/5/2026", False) == noon
    with pytest.raises(AmbiguousDate):
        zone.noon("5/3/2026")
    for text in ("2026-02-30", "5/3", "", "2026-03-05 08:00"):
        with pytest.raises(ValueError):
            zone.noon(text)


@pytest.mark.parametrize("seconds, wrong", [
    (0, None), (-1, "time_negative"), (1767571200, None), (float("nan"), "time_far"), (1767571200000, "time_far"),
    (float("inf"), "time_far")])  # fmt: skip
def test_times_that_no_chat_has(seconds, wrong):
    assert fault(seconds) == wrong


def test_a_doubled_hour_is_the_first():
    zone = Zone(Account(), "Europe/Berlin")
    before = zone.seconds(datetime(2026, 10, 25, 1, 59))
    assert zone.seconds(datetime(2026, 10, 25, 2, 0)) - before == timedelta(minutes=1).total_seconds()
