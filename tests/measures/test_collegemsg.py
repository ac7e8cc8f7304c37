"""The reference log: every value that was computed independently (NumPy, networkx) comes out, to the printed digits.

59,835 private messages among 1,899 students (Panzarasa, Opsahl & Carley 2009).  The file is not part of the package.
"""

import os
from pathlib import Path

import numpy as np
import pytest

from commsim.measures import exchanges as e
from commsim.measures.inequality import gini
from commsim.measures.margins import mann_kendall

WEEK = 7 * 86400.0
NAMED = os.environ.get("COMMSIM_DATA")
PLACES = [Path(NAMED)] if NAMED else [Path(__file__).parents[3] / "shared" / "data"]
FILE = next((place / "collegemsg.txt" for place in PLACES if (place / "collegemsg.txt").exists()), None)
pytestmark = pytest.mark.skipif(FILE is None, reason="the reference log collegemsg.txt is not here: set COMMSIM_DATA "
                                                     "to the folder that has it")  # fmt: skip


@pytest.fixture(scope="module")
def log():
    """(sender, to, time, n)"""
    source, target, time = np.loadtxt(FILE, dtype=np.int64, skiprows=1).T
    members, rows = np.unique(np.concatenate([source, target]), return_inverse=True)
    return rows[: len(source)], rows[len(source) :], time, len(members)


@pytest.fixture(scope="module")
def ties(log):
    return e.ties_of(log[0], log[1], log[3])


@pytest.fixture(scope="module")
def weeks(log):
    """Of each weekly window from the first message on: density over the roster, among the active, mean degree."""
    sender, to, time, n = log
    window, count = e.windows_of(time, time[0], WEEK)
    rows = []
    for k in range(count):
        here = window == k
        found = e.ties_of(sender[here], to[here], n)
        active = len(np.unique(np.concatenate([sender[here], to[here]])))
        rows.append((e.density(found, n), e.density(found, active), e.mean_degree(found, n)))
    return np.array(rows).T


def test_size(log, ties):
    assert (log[3], len(log[0]), len(ties)) == (1899, 59835, 20296)


def test_density_and_reciprocity(log, ties):
    assert round(e.density(ties, log[3]), 6) == 0.005631
    assert round(e.reciprocity(ties, log[3]), 6) == 0.636382


def test_gini_with_everybody_and_with_senders_only(log):
    counts = np.bincount(log[0], minlength=log[3])
    assert round(gini(counts), 6) == 0.797183
    assert round(gini(counts[counts > 0]), 3) == 0.715


def test_centralisation(log, ties):
    inward, outward = e.centralisation(ties, log[3])
    assert (round(inward, 6), round(outward, 6)) == (0.066585, 0.119300)


def test_cores_and_who_never(log, ties):
    core = e.core_numbers(ties, log[3])
    assert (core.max(), (core <= 1).sum()) == (20, 401)
    assert (np.bincount(log[0], minlength=log[3]) == 0).sum() == 549
    assert (e.came_back(log[0], log[1], log[3]) == 0).sum() == 37


def test_the_active_grow_closer_while_the_community_dies(weeks):
    assert weeks.shape == (3, 28)
    found = mann_kendall(weeks)
    assert found.tau[1] > 0 and round(found.p[1], 3) == 0.003
    assert (found.tau[[0, 2]] < 0).all() and (found.p[[0, 2]] < 0.0001).all()


def test_response_times(log):
    sender, to, time, _ = log
    found = e.openings_by_pair(sender, to, time, time[-1])
    told = e.response(found.hours, found.answered, 48.0)
    assert round(told["response_median_naive"], 2) == 0.73
    assert round(told["response_median"], 1) == 10.7
    assert round(told["unanswered"], 2) == 0.31
    assert told["answered_within_low"] < told["answered_within"] < told["answered_within_high"]
