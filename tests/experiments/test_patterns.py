"""The judgement of patterns, on made-up numbers: each clause of each test can fail, and thresholds are as written."""

import math

import numpy as np
import pytest
from scipy.stats import sobol_indices

from commsim.errors import UserError
from commsim.experiments import looks, patterns
from commsim.experiments.drawing import BEYOND, CORE, DRAWN, LEAST_THIRD, WHOLE, consistent, drawn, uniform
from commsim.experiments.patterns import PATTERNS, pattern
from commsim.state.settings import PARAMETERS
from commsim.words import catalogue

# Numbers with which each pattern is there, and changes of one number each with which it is not.
THERE = {
    "P2": ({"coverage": 0.12, "groups_at_two_fifths": 2},
           [{"coverage": 0.079}, {"coverage": 0.161}, {"groups_at_two_fifths": 1}]),
    "P3": ({"least_growth": 0, "answered_first": 0.3, "answered_later": 0.3, "ignored_first": 0.3,
            "ignored_later": 0.2}, [{"least_growth": -1}, {"answered_later": 0.29}, {"ignored_later": 0.3}]),
    "P4": ({"family_sign_ups": 80, "sport_sign_ups": 39}, [{"family_sign_ups": 79}, {"sport_sign_ups": 40}]),
    "P5": ({"guests": 300, "volunteers": 27, "staff_share": 0.1}, [{"guests": 299}, {"staff_share": 0.11}]),
    "P8": ({"first_answer_hours": 0.5, "within_48h": 0.99, "emergency_hours": 1.0, "peer_reply_minutes": 59.0},
           [{"first_answer_hours": 0.51}, {"within_48h": 0.98}, {"emergency_hours": 0.9}, {"emergency_hours": 3.1},
            {"peer_reply_minutes": 60.0}]),
    "P9": ({"forced_ratio": 0.09, "visited_ratio": 0.51}, [{"forced_ratio": 0.1}, {"visited_ratio": 0.5}]),
    "P10": ({"offline_first_messages": 3.0, "online_first_messages": 2.0, "forced_messages": 1.0,
             "offline_first_admitted": 0.6, "online_first_admitted": 0.6, "forced_admitted": 0.5},
            [{"offline_first_messages": 2.0}, {"forced_messages": 2.0}, {"online_first_admitted": 0.7},
             {"forced_admitted": 0.6}]),
    "P11": ({"never_met": 0.01, "met": 0.1}, [{"never_met": 0.0}, {"never_met": 0.021}]),
    "P12": ({"guests": 20, "guests_with_gift": 21, "tie_gain_gift": 0.09, "tie_gain_interest": 0.3,
             "return_gift": 0.1, "return_interest": 0.2},
            [{"guests_with_gift": 20}, {"tie_gain_gift": 0.11}, {"return_gift": 0.2}]),
    "P14": ({"acquainted_shown": 0.51, "strangers_shown": 0.09, "acquainted_asked": 0.04, "strangers_asked": 0.04},
            [{"acquainted_shown": 0.5}, {"strangers_shown": 0.1}, {"acquainted_asked": 0.05},
             {"strangers_asked": 0.05}]),
    "P15": ({"cleared_with_relative": 0.2, "cleared_without": 0.0},
            [{"cleared_with_relative": 0.0}, {"cleared_without": 0.01}]),
    "P16": ({"regard_rise_sd": 1.1, "suspicious": 0.1, "suspicious_open_books": 0.09},
            [{"regard_rise_sd": 1.0}, {"suspicious": 0.09}, {"suspicious": 0.5}, {"suspicious_open_books": 0.1}]),
    "P19": ({"took_part": 0.9, "months_to_half": 6.0, "months_to_half_followed": 7.0},
            [{"took_part": 0.89}, {"months_to_half": 5.9}, {"months_to_half": 24.1, "months_to_half_followed": 25.0},
             {"months_to_half_followed": 6.0}]),
    "P20": ({"vote_owners": 0.5, "vote_long": 0.4, "vote_short": 0.3, "pay_owners": 0.5, "pay_long": 0.4,
             "pay_short": 0.3, "vote_gap_equal": 0.1, "pay_gap_equal": 0.1, "vote_gap_owners_only": 0.2,
             "pay_gap_owners_only": 0.2},
            [{"vote_long": 0.5}, {"pay_short": 0.4}, {"vote_gap_equal": 0.2}, {"pay_gap_owners_only": 0.1}]),
    "P21": ({"sessions_first_month": 1, "sessions_peak": 9, "sessions_after": 1, "elder_coverage_rise": 0.1,
             "lag_months": 1},
            [{"sessions_first_month": 3}, {"sessions_peak": 8}, {"sessions_after": 3}, {"elder_coverage_rise": 0.0},
             {"lag_months": 0}]),
    "P23": ({"thanks_shown": 0.5, "thanks_unseen": 0.2, "motivation_shown": 0.3, "motivation_unseen": 0.2},
            [{"thanks_shown": 0.2}, {"motivation_shown": 0.2}]),
    "P24": ({"rank": 3, "index": 0.2}, [{"rank": 4}]),
}  # fmt: skip


def test_every_pattern_has_made_up_numbers():
    assert set(THERE) == set(PATTERNS)
    assert len(PATTERNS) == 17


@pytest.mark.parametrize("name", THERE)
def test_a_pattern_is_there_with_the_numbers_that_its_test_names(name):
    assert PATTERNS[name].there(THERE[name][0]) is True


@pytest.mark.parametrize("name, change", [(name, c) for name, (_, changes) in THERE.items() for c in changes],
                         ids=str)  # fmt: skip
def test_each_clause_can_fail(name, change):
    assert PATTERNS[name].there({**THERE[name][0], **change}) is False


@pytest.mark.parametrize("name", THERE)
def test_an_undefined_number_is_not_there(name):
    numbers = THERE[name][0]
    for missing in numbers:
        found = PATTERNS[name].there({**numbers, missing: None})
        assert found is (True if missing in PATTERNS[name].may_lack else None)


def test_every_number_can_be_named():
    names = {name for numbers, _ in THERE.values() for name in numbers}
    assert {f"pattern_number.{name}" for name in names} == {k for k in catalogue() if k.startswith("pattern_number.")}


def test_only_six_patterns_may_be_calibrated_on():
    assert {p.id for p in PATTERNS.values() if p.calibrated} == {"P2", "P3", "P4", "P5", "P8", "P12"}


def test_thresholds_are_those_of_the_decision():
    assert {p.id: p.worlds for p in PATTERNS.values() if p.worlds != 0.8} == {"P9": 0.95}
    assert {p.id: p.draws for p in PATTERNS.values() if p.draws != 0.5} == {"P4": 0.8, "P24": 0.8}


def test_a_pattern_holds_only_where_both_shares_are_enough():
    p = PATTERNS["P9"]
    assert p.holds(0.95, 0.5) and not p.holds(0.94, 1.0) and not p.holds(1.0, 0.49)
    assert not p.holds(None, 1.0) and not p.holds(1.0, None)


def test_an_unknown_pattern_is_told_with_the_nearest():
    with pytest.raises(UserError) as told:
        pattern("P99")
    assert told.value.facts["nearest"] == "P9" and "P24" in told.value.facts["allowed"]


# -- draws ---------------------------------------------------------------------------------------------------


def test_draws_stay_in_their_ranges_and_inside_the_limits_of_the_levers():
    for d in range(1, 40):
        numbers = drawn(d)
        for name, value in numbers.items():
            low, high = DRAWN.get(name) or BEYOND[name]
            assert low <= value <= high or name in ("class_1", "class_2", "b_t"), name
            if name in PARAMETERS:
                assert PARAMETERS[name].low <= value <= PARAMETERS[name].high, name
        assert numbers["class_1"] + numbers["class_2"] <= 1 - LEAST_THIRD + 1e-12
        assert numbers["b_t"] >= numbers["a_t"]
        assert all(numbers[name] == int(numbers[name]) for name in WHOLE)


def test_every_drawn_number_is_a_lever():
    assert set(DRAWN) <= set(PARAMETERS)


def test_a_draw_is_keyed_by_its_number_and_name():
    assert drawn(3) == drawn(3) and drawn(3) != drawn(4)
    assert uniform(3, ["alpha"])["alpha"] == uniform(3, ["mu", "alpha"])["alpha"]
    assert uniform(3, ["alpha"], 1) != uniform(3, ["alpha"], 2)


def test_draws_are_uniform_over_their_range():
    low, high = DRAWN["theta_s"]
    values = np.array([uniform(d, ["theta_s"])["theta_s"] for d in range(1, 1001)])
    assert values.mean() == pytest.approx((low + high) / 2, abs=4 * (high - low) / math.sqrt(12 * 1000))
    assert values.min() < low + 0.01 * (high - low) and values.max() > high - 0.01 * (high - low)


def test_numbers_that_fit_are_left_alone():
    numbers = {"class_1": 0.5, "class_2": 0.4, "a_t": 0.1, "b_t": 0.2, "cap": 400.4, "mu": 1.0}
    assert consistent(numbers) == {**numbers, "cap": 400.0}
    assert consistent({"class_1": 0.7, "class_2": 0.6})["class_1"] == pytest.approx(0.95 * 0.7 / 1.3)


def test_what_trust_is_taken_apart_into_is_drawn():
    assert set(CORE) <= set(DRAWN) & set(PARAMETERS) and "m" in CORE


# -- Sobol -----------------------------------------------------------------------------------------------------


def _design(f, names, rows):
    """Rows of the design for a function of uniforms, by the same scheme as the pattern's."""
    rng = np.random.default_rng(1)
    a, b = rng.random((rows, len(names))), rng.random((rows, len(names)))
    table = []
    for k in range(rows):
        row = {"A": f(a[k]), "B": f(b[k])}
        for i, name in enumerate(names):
            mixed = a[k].copy()
            mixed[i] = b[k, i]
            row[name] = f(mixed)
        table.append(row)
    return table


def test_total_order_indices_of_a_linear_function_are_shares_of_variance():
    weights = np.array([3.0, 2.0, 1.0])
    found = patterns.total_order(_design(lambda x: float(weights @ x), ["x", "y", "z"], 20_000))
    for name, w in zip(("x", "y", "z"), weights, strict=True):
        assert found[name] == pytest.approx(w**2 / 14, abs=0.02)


def test_total_order_indices_agree_with_scipy():
    names, rows = ["x", "y", "z"], 4096

    def f(x):  # Ishigami on (-pi, pi)
        x, y, z = math.pi * (2 * x - 1)
        return float(np.sin(x) + 7 * np.sin(y) ** 2 + 0.1 * z**4 * np.sin(x))

    table = _design(f, names, rows)
    columns = {name: np.array([[row[name] for row in table]]) for name in ("A", "B", *names)}
    theirs = sobol_indices(n=rows, func={"f_A": columns["A"], "f_B": columns["B"],
                                         "f_AB": np.array([columns[name] for name in names])})  # fmt: skip
    ours = patterns.total_order(table)
    assert [ours[name] for name in names] == pytest.approx(theirs.total_order.ravel().tolist(), abs=0.02)


def test_commitment_is_ranked_over_resampled_rows():
    names = ["m", *"abcdefgh"]

    def weighing(m):
        weights = np.array([m, *np.linspace(1, 2, 8)])
        return lambda x: float(weights @ x)

    high, told = patterns._commitment(_design(weighing(5.0), names, 24))
    low, other = patterns._commitment(_design(weighing(0.0), names, 24))
    assert high > 0.95 and told["rank"] == 1
    assert low == 0.0 and other["rank"] == 9 and other["index"] == 0.0
    assert patterns._commitment([{"A": 1.0, "B": 2.0, "m": 1.0}])[0] is None


class _Calls:
    """A bench where calls are answered by a tenth, after the quake by nine tenths, and by a tenth again from a day."""

    def __init__(self, back):
        self.back = back

    def number(self, name, default):
        return default

    def place(self, size):
        return size

    def live(self, place, rules, days, look, at, shocks):
        past = [{"theme": patterns.CALL, "day": day, "guests": 90 if patterns.QUAKE <= day < self.back else 10}
                for day in range(12, days, 28)]  # fmt: skip
        return dict.fromkeys(at, (past, 0.95, 100))


@pytest.mark.parametrize("months, inside", [(3, False), (12, True), (23, True), (10**6, False)])
def test_a_wave_that_never_falls_is_not_one_that_falls_in_two_years(months, inside):
    found = patterns._quake(_Calls(patterns.QUAKE + 30.4 * months))
    assert (6.0 <= found["months_to_half"] <= 24.0) == inside
    if months > 24:
        assert not PATTERNS["P19"].there({**found, "months_to_half_followed": found["months_to_half"] + 1.0})


# -- looks -------------------------------------------------------------------------------------------------------


def _episode(**parts):
    return {"since": 0, "posted": 0, "cleared": None, "ended": None, "offline": False, "inside": False, **parts}


def test_clutter_counts_what_was_cleared_in_time_and_nobody_who_moved_out():
    watched = looks.Clutter()
    watched.past = [
        _episode(posted=10, cleared=17, ended=17),  # in time
        _episode(posted=10, cleared=18, ended=18),  # a day late
        _episode(posted=10, ended=12),  # moved out
        _episode(posted=10, ended=30),  # stood its week, then moved out
        _episode(posted=94, cleared=95, ended=95),  # too late for the run to see a week
        _episode(posted=None),
    ]
    watched.open = {5: _episode(posted=20)}
    assert watched.cleared_within(7, 100) == pytest.approx(1 / 4)
    assert watched.cleared_within(7, 100, among=lambda one: one["inside"]) is None
    late = watched.cleared_within(30, 1000, since=lambda one: one["since"])
    assert late == pytest.approx(2 / 5)  # 17 and 18 of day 0; one stood, one was never shown, one came at day 95


def test_half_of_what_is_gained():
    assert patterns._half_time([0, 1, 5, 9, 10]) == 2
    assert patterns._half_time([0, 10, 10]) == 1
