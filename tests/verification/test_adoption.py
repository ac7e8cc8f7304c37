"""How a group fills: invitation only (C3), with posters (C4), both as the daily map that the engine lives by."""

import numpy as np
import pytest
from alone import SURE, dense_ties, hamlet, live

from commsim.clock import MONTH
from commsim.day.joining import joining
from commsim.rules import OnlineGroup
from commsim.state.groups import OFFICIAL, enter, open_group

N, WORLDS = 1001, 10


def curve(p, q, days, first):
    """Members on days 0..days in each world, everybody knowing everybody; hazards p and q a day."""
    rows = np.zeros((WORLDS, days + 1))
    for world in range(WORLDS):
        state = hamlet(N, per_compound=N, world=world, cap=float(N), ties_most=float(N - 1), half_life=1e9,
                       theta_join=SURE, q=q * MONTH)  # fmt: skip
        dense_ties(state, N - 1)
        group = open_group(state.groups, OFFICIAL, 0, -1, 0)
        for i in range(first):
            enter(state.tables.groups, state.tables.people, i, group)
        inside = [first]
        live(state, days, joining, rules=[OnlineGroup(poster=p * MONTH)],
             each=lambda s, g=group, inside=inside: inside.append(int(s.groups.rows["members"][g])))  # fmt: skip
        rows[world] = inside
    return rows


def daily_map(p, q, days, first):
    """I' = I + (N - I)(1 - e^-(p + q I/(N - 1))): what a synchronous daily tick makes of the logistic."""
    inside = [float(first)]
    for _ in range(days):
        now = inside[-1]
        inside.append(now + (N - now) * (1.0 - np.exp(-(p + q * now / (N - 1)))))
    return np.array(inside)


@pytest.mark.parametrize("beta, days", [(0.3, 25), (0.1, 70)])
def test_invitations_spread_like_an_epidemic(beta, days):
    """Early luck makes the mean of ten first members lag 2.5-3 % behind the map: tolerance 4 % and 4 errors."""
    rows, expected = curve(0.0, beta, days, 10), daily_map(0.0, beta, days, 10)
    if beta == 0.3:
        assert expected[15] == pytest.approx(352, abs=2) and expected[18] == pytest.approx(555, abs=2)
    error = 4.0 * rows.std(axis=0, ddof=1) / np.sqrt(WORLDS)
    assert (abs(rows.mean(axis=0) - expected) <= 0.04 * expected + error).all()
    assert (np.diff(rows) >= 0).all()


@pytest.mark.parametrize("p, q, days", [(0.03, 0.3, 20), (0.01, 0.05, 60), (0.1, 0.0, 30)])
def test_posters_and_invitations_together_fill_a_group_like_bass(p, q, days):
    rows, expected = curve(p, q, days, 0), daily_map(p, q, days, 0)
    error = 4.0 * rows.std(axis=0, ddof=1) / np.sqrt(WORLDS)
    assert (abs(rows.mean(axis=0) - expected) <= 0.02 * expected + error).all()
    t = np.arange(days + 1)
    e = np.exp(-(p + q) * t)
    bass = (1.0 - e) / (1.0 + q / p * e) * N
    # the tick's own bias against the differential equation, which the map carries too
    assert abs(expected - bass).max() < (0.105 if p + q > 0.2 else 0.03) * N


@pytest.mark.parametrize("p, q, days", [(0.03, 0.38, 15), (0.05, 0.2, 20)])
def test_with_small_steps_it_is_bass_with_his_peak(p, q, days):
    """Ten steps a day: within .02 N of the curve, whose peak rate is at t* = ln(q/p)/(p + q), F = 1/2 - p/(2q)."""
    step = 0.1
    rows = curve(p * step, q * step, round(days / step), 0)
    t = step * np.arange(rows.shape[1])
    e = np.exp(-(p + q) * t)
    bass = (1.0 - e) / (1.0 + q / p * e)
    error = 4.0 * rows.std(axis=0, ddof=1) / np.sqrt(WORLDS) / N
    assert (abs(rows.mean(axis=0) / N - bass) <= 0.02 + error).all()
    peak, share = np.log(q / p) / (p + q), 0.5 - p / (2.0 * q)
    if (p, q) == (0.03, 0.38):
        assert (peak, share) == (pytest.approx(6.193, abs=1e-3), pytest.approx(0.4605, abs=1e-4))
    at_peak = round(peak / step)
    assert rows[:, at_peak].mean() / N == pytest.approx(share, abs=0.02 + error[at_peak])
    # growth over two days is greatest around the peak
    growth = rows[:, 20:].mean(axis=0) - rows[:, :-20].mean(axis=0)
    assert t[growth.argmax()] + 1.0 == pytest.approx(peak, abs=1.0)
