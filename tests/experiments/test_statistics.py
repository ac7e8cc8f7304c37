"""The statistics against numbers worked by hand, against scipy, and against what they promise."""

import math
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from commsim.experiments import statistics as s

VALUES = st.lists(st.tuples(*[st.none() | st.floats(-1e6, 1e6)] * 2), max_size=40)


def test_paired_interval_by_hand():
    # differences 1, 2, 3: mean 2, standard deviation 1, t(2; 0.975) = 4.302653
    found = s.paired([10.0, 20.0, 30.0], [11.0, 22.0, 33.0])
    assert found["n"] == 3 and found["diff"] == 2.0
    assert found["mean"] == 22.0 and found["reference"] == 20.0
    assert found["high"] - 2.0 == pytest.approx(4.302653 / math.sqrt(3), rel=1e-6)
    assert 2.0 - found["low"] == pytest.approx(4.302653 / math.sqrt(3), rel=1e-6)
    assert found["p"] == pytest.approx(2 * stats.t.sf(2 * math.sqrt(3), 2), rel=1e-9)


def test_a_world_counts_only_where_both_are_defined():
    found = s.paired([1.0, None, 3.0, 5.0], [2.0, 9.0, None, 7.0])
    assert found["n"] == 2 and found["diff"] == 1.5
    assert found["mean"] - found["reference"] == found["diff"]


def test_nothing_and_one_world_say_nothing_about_precision():
    nothing = s.paired([None], [1.0])
    assert nothing.pop("n") == 0 and len(nothing) == 6 and set(nothing.values()) == {None}
    one = s.paired([1.0], [9.0])
    assert one["diff"] == 8.0 and one["low"] is None and one["p"] is None
    assert s.half_width([1.0], [9.0]) is None
    assert s.verdict(one, one["p"], 1.0, +1) == "cannot_tell"


def test_equal_differences_are_a_point():
    zero = s.paired([1.0, 5.0, 9.0], [1.0, 5.0, 9.0])
    assert (zero["low"], zero["high"], zero["p"]) == (0.0, 0.0, 1.0)
    two = s.paired([1.0, 5.0, 9.0], [3.0, 7.0, 11.0])
    assert (two["low"], two["high"], two["p"]) == (2.0, 2.0, 0.0)
    assert s.verdict(two, 0.0, 1.0, -1) == "worse"


def test_nearly_equal_differences_stay_finite():
    found = s.paired([0.1, 0.2, 0.3], [1.1, 1.2, 1.3])
    assert all(math.isfinite(found[k]) for k in ("diff", "low", "high", "p"))
    assert found["low"] == pytest.approx(1.0) and found["high"] == pytest.approx(1.0)


@given(VALUES)
@settings(deadline=None)
def test_paired_agrees_with_scipy_on_any_data(rows):
    a, b = [r[0] for r in rows], [r[1] for r in rows]
    found = s.paired(a, b)
    both = [(x, y) for x, y in rows if x is not None and y is not None]
    assert found["n"] == len(both)
    differences = [y - x for x, y in both]
    if len(both) > 1:
        assert found["low"] <= found["diff"] <= found["high"]
        assert 0 <= found["p"] <= 1
        centre = sum(differences) / len(differences)
        if max(abs(d - centre) for d in differences) > 1e-3 * max(1, abs(centre)):
            expected = stats.ttest_rel([y for _, y in both], [x for x, _ in both])
            low, high = expected.confidence_interval(0.95)
            assert found["p"] == pytest.approx(expected.pvalue, rel=1e-6, abs=1e-12)
            assert (found["low"], found["high"]) == pytest.approx((low, high), rel=1e-6, abs=1e-6)


@given(VALUES, st.sampled_from([+1, -1]))
@settings(deadline=None)
def test_share_better_counts_strict_wins(rows, better):
    a, b = [r[0] for r in rows], [r[1] for r in rows]
    found, mirrored = s.share_better(a, b, better), s.share_better(a, b, -better)
    if found["share_better"] is None:
        assert s.paired(a, b)["n"] == 0
        return
    assert found["share_low"] <= found["share_better"] + 1e-12
    assert found["share_better"] <= found["share_high"] + 1e-12
    assert found["share_better"] == mirrored["share_worse"]
    assert found["share_better"] + found["share_worse"] <= 1


def test_wilson_by_hand():
    found = s.share_better([0.0] * 10, [1.0] * 8 + [0.0, -1.0], +1)
    z = stats.norm.ppf(0.975)
    centre = (0.8 + z * z / 20) / (1 + z * z / 10)
    half = z / (1 + z * z / 10) * math.sqrt(0.16 / 10 + z * z / 400)
    assert (found["share_better"], found["share_worse"]) == (0.8, 0.1)
    assert found["share_low"] == pytest.approx(centre - half)
    assert found["share_high"] == pytest.approx(centre + half)


def test_correlation_by_hand_and_where_it_is_undefined():
    assert s.correlation([1, 2, 3], [2, 4, 6]) == pytest.approx(1.0)
    assert s.correlation([1, 2, 3], [1, 3, 2]) == pytest.approx(0.5)
    assert s.correlation([1, 1, 1], [1, 2, 3]) is None
    assert s.correlation([1, 2], [1, 2]) is None
    assert s.correlation([1, 2, None], [1, 2, 3]) is None


def test_holm_by_hand():
    assert s.holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert s.holm([]) == []


def test_holm_counts_tests_that_could_not_be_made():
    assert s.holm([0.01, None, None]) == [pytest.approx(0.03), None, None]


@given(st.floats(-5, 5), st.floats(0, 5), st.floats(0, 1), st.sampled_from([+1, -1]))
def test_verdict_rule(diff, half, p, better):
    found = {"diff": diff, "low": diff - half, "high": diff + half}
    verdict = s.verdict(found, p, 1.0, better)
    if abs(diff) + half < 1.0:
        assert verdict == "same"
    elif abs(diff) + half > 1.0:
        assert verdict != "same"
        assert (verdict == "cannot_tell") == (p >= 0.05)
        if verdict != "cannot_tell":
            assert (verdict == "better") == (diff * better > 0)


def test_a_well_measured_trifle_is_the_same():
    found = {"diff": 0.1, "low": 0.09, "high": 0.11}
    assert s.verdict(found, 1e-30, delta=1.0, better=+1) == "same"


def test_interval_covers_the_true_difference_in_95_of_100():
    luck = random.Random(20)
    covered, trials = 0, 2000
    for _ in range(trials):
        shared = [luck.gauss(0, 5) for _ in range(20)]
        a = [x + luck.gauss(0, 1) for x in shared]
        b = [x + luck.gauss(0.7, 1) for x in shared]
        found = s.paired(a, b)
        covered += found["low"] <= 0.7 <= found["high"]
    spread = math.sqrt(0.95 * 0.05 / trials)
    assert abs(covered / trials - 0.95) < 4 * spread


def test_a_family_without_effects_rarely_gets_a_verdict(monkeypatch):
    """Six primary measures and two policies, no effect, δ too small for "same": at most 5 % may be wrong."""
    monkeypatch.setattr("gc.collect", lambda *_: 0)  # statsmodels collects garbage at every call: 50 ms
    luck = random.Random(7)
    false, trials = 0, 600
    for _ in range(trials):
        family = []
        for _measure in range(6):
            reference = [luck.gauss(0, 1) for _ in range(15)]
            family += [s.paired(reference, [luck.gauss(0, 1) for _ in range(15)]) for _policy in range(2)]
        adjusted = s.holm([f["p"] for f in family])
        verdicts = [s.verdict(f, p, 1e-6, +1) for f, p in zip(family, adjusted, strict=True)]
        false += any(v in ("better", "worse") for v in verdicts)
    assert 0 < false / trials < 0.05 + 3 * math.sqrt(0.05 * 0.95 / trials)


def test_bands_are_quantiles_over_worlds():
    rows = [[float(w), math.nan if w < 10 else 1.0, math.nan] for w in range(11)]
    found = s.bands(rows)
    assert found["median"] == [5.0, 1.0, None]
    assert found["low"] == [1.0, 1.0, None]
    assert found["high"] == [9.0, 1.0, None]


def test_survival_by_hand_with_an_opening_that_nobody_answered():
    # answered at 1 and 3 h, given up at 2 h: S = 2/3 after 1 h, and 0 after 3 h
    curve = s.survival([1.0, 2.0, 3.0], [1, 0, 1], [0, 1, 2, 3, 4])
    assert curve == [1.0, pytest.approx(2 / 3), pytest.approx(2 / 3), 0.0, None]


def test_survival_when_nobody_was_ever_answered_or_nothing_was_asked():
    assert s.survival([5.0, 9.0], [0, 0], [0, 5, 10]) == [1.0, 1.0, None]
    assert s.survival([], [], [0, 1]) == [None, None]
