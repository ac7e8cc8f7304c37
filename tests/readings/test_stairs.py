"""Readings of the stairwells: each against a table filled by hand, and None where there is no such thing."""

import pytest

from commsim.measures import MEASURES
from commsim.readings.stairs import read_stairs, times_until_cleared
from commsim.special import hamlet


def village(n=10):
    return hamlet(n, per_compound=n)


def read(state, day=99):
    return read_stairs(state, state.base, day)


def test_a_quiet_place_has_no_times_and_no_share():
    assert read(village()) == {"disorder": 0.3, "outed_households": 0.0, "complied_days_p50": None,
                               "helped_share": None}  # fmt: skip


def test_every_reading_is_a_measure_of_recorded_days():
    assert all(MEASURES[name].dear for name in read(village()))


def test_disorder_is_the_mean_of_stairwells():
    state = hamlet(20, doors=5)
    state.stairs.wells["disorder"][:] = [0.0, 0.2, 0.4, 1.0]
    assert read(state)["disorder"] == pytest.approx(0.4)


def test_households_shown_are_counted_per_thousand_people():
    state = village(50)
    state.stairs.tally["outed"][0] = 3
    assert read(state)["outed_households"] == pytest.approx(60.0)


def over(state, *spans, start=10):
    for k, (days, cleared) in enumerate(spans):
        state.stairs.shown["posted"][k], state.stairs.shown["ended"][k] = start, start + days
        state.stairs.shown["cleared"][k] = cleared
    state.stairs.tally["episodes"][0] = len(spans)


@pytest.mark.parametrize("spans, median", [
    ([(3, True)], 3.0), ([(1, True), (5, True), (9, True)], 5.0), ([(4, False)], None),
    ([(2, True), (4, False), (8, True)], 8.0), ([(2, True), (3, False), (4, False)], None),
])  # fmt: skip
def test_the_median_counts_what_movers_took_along_as_at_least_so_long(spans, median):
    state = village()
    over(state, *spans)
    assert read(state)["complied_days_p50"] == median


def test_what_still_stands_has_stood_until_this_evening_or_until_its_household_left():
    state = village()
    over(state, (2, True))
    state.stairs.homes["since"][[0, 1]] = 90
    state.stairs.homes["posted"][[0, 1]] = 92
    state.people["since"][1] = 95
    days, ended = times_until_cleared(state, 99)
    assert days.tolist() == [2.0, 8.0, 3.0] and ended.tolist() == [True, False, False]


def test_help_is_counted_over_a_year_and_no_longer():
    state = village()
    state.stairs.help["day"][:3], state.stairs.help["troubles"][:3] = [0, 1, 2], [10, 4, 6]
    state.stairs.help["helped"][:3] = [0, 1, 4]
    assert read(state, 99)["helped_share"] == pytest.approx(5 / 20)
    assert read(state, 365)["helped_share"] == pytest.approx(5 / 10)
    assert read(state, 366)["helped_share"] == pytest.approx(4 / 6)
    assert read(state, 400)["helped_share"] is None
