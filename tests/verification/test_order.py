"""C26: the order of people in the table means nothing.  Where all are alike, nobody gains by standing first."""

import numpy as np
import pytest
from alone import SURE, hamlet, live
from test_special import passes

from commsim.day import gathering as gathering_phase
from commsim.day.gathering import gathering
from commsim.day.joining import joining
from commsim.day.neighbouring import neighbouring
from commsim.day.talking import talking
from commsim.rules import Gatherings, OnlineGroup

PEOPLE = 1000


def outcomes(world):
    """What people have got after eight weeks in which there is never enough for all: float64[outcomes, people]."""
    state = hamlet(PEOPLE, per_compound=PEOPLE, world=world, ties_most=12.0, cap=60.0, theta_join=0.0, h_ch=0.5,
                   theta_gathering=0.0, ring_stairwell=0.0, ring_building=0.0, ring_courtyard=0.0, mu=1.0, w_0=0.01,
                   in_view=0.1, u=0.2, q=1.0)  # fmt: skip
    rules = [OnlineGroup(poster=4.0), Gatherings(every=7, threshold=5, seats=40, sign_up_days=3)]
    live(state, 56, neighbouring, talking, joining, gathering, rules=rules)
    first = state.groups.member[0, : state.groups.rows["members"][0]]
    inside = np.zeros(PEOPLE)
    inside[first] = 1.0
    written = state.groups.seats.written.sum(axis=1)
    return np.array([inside, state.people["took_part"], state.ties.rows["degree"], state.ties.rows["total"], written])


def first_is_not_better():
    """Correlation with the row: 4 standard errors of the mean over worlds."""
    row, found = np.arange(PEOPLE), []
    for world in (1, 2, 3):
        got = outcomes(world)
        assert (got.max(axis=1) > 0).all() and (got.std(axis=1) > 0).all()
        found.append([np.corrcoef(row, one)[0, 1] for one in got])
    assert (np.abs(np.mean(found, axis=0)) < 4 / np.sqrt(PEOPLE * len(found))).all(), np.mean(found, axis=0)


def test_being_first_in_the_table_is_no_advantage():
    first_is_not_better()


@pytest.mark.parametrize("share", [1.0, 0.5])
def test_seats_by_the_order_of_the_table_would_be_noticed(monkeypatch, share):
    """First come first served, for all or for every second gathering."""
    lottery = gathering_phase.take_seats

    def in_order(signed, start, end, seats, identity, series, day, world):
        if day % 14 < 14 * share:
            return (np.flatnonzero(signed[start:end]) + start)[:seats]
        return lottery(signed, start, end, seats, identity, series, day, world)

    monkeypatch.setattr(gathering_phase, "take_seats", in_order)
    assert not passes(first_is_not_better)


def test_everybody_signs_up_for_sure_and_the_lottery_is_even():
    state = hamlet(200, per_compound=200, ties_most=8.0, theta_gathering=SURE)
    live(state, 7 * 100, gathering, rules=[Gatherings(every=7, threshold=0, seats=50, sign_up_days=5, together=0.0)])
    came = state.people["took_part"]
    assert came.sum() == 100 * 50
    chi = ((came - 25.0) ** 2 / (25.0 * 0.75)).sum()
    assert abs(chi - 200) < 4 * np.sqrt(2 * 200)
