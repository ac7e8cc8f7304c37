"""Keyed randomness: the generator's published answers, and the distributions made from uniforms."""

import subprocess
import sys
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from commsim import draws
from commsim.draws import (
    PURPOSES,
    column,
    draw,
    draw_two,
    exponential,
    logistic,
    normal,
    open_unit,
    philox,
    poisson,
    purpose,
)
from commsim.state.newcomers import _quantile, beta_quantiles

N = 20_000
SURELY = 1e-3  # keys are fixed, so a distribution either passes for ever or never

# Random123 1.14, examples/kat_vectors, philox4x32 10: counter, key, output
KNOWN_ANSWERS = {
    "zeros": ("00000000 00000000 00000000 00000000", "00000000 00000000",
              "6627e8d5 e169c58d bc57ac4c 9b00dbd8"),
    "ones": ("ffffffff ffffffff ffffffff ffffffff", "ffffffff ffffffff",
             "408f276d 41c83b0e a20bc7c6 6d5451fd"),
    "pi": ("243f6a88 85a308d3 13198a2e 03707344", "a4093822 299f31d0",
           "d16cfe09 94fdcceb 5001e420 24126ea1"),
}  # fmt: skip


def words(text):
    return [np.uint64(int(word, 16)) for word in text.split()]


@pytest.mark.parametrize("name", KNOWN_ANSWERS)
def test_philox_gives_the_published_answers(name):
    counter, key, answer = KNOWN_ANSWERS[name]
    assert list(philox(*words(key), *words(counter))) == words(answer)


@pytest.mark.parametrize("name", KNOWN_ANSWERS)
def test_philox_as_ordinary_python_gives_the_published_answers(name):
    counter, key, answer = KNOWN_ANSWERS[name]
    plain = getattr(philox, "py_func", philox)
    assert list(plain(*words(key), *words(counter))) == words(answer)


def test_philox_agrees_with_a_textbook_version():
    """Ten rounds in unbounded integers, straight from Salmon et al. (2011), for random keys."""

    def textbook(key, counter):
        (k0, k1), (a, b, c, d) = key, counter
        for _ in range(10):
            p, q = 0xD2511F53 * a, 0xCD9E8D57 * c
            a, b, c, d = (q >> 32) ^ b ^ k0, q & 0xFFFFFFFF, (p >> 32) ^ d ^ k1, p & 0xFFFFFFFF
            k0, k1 = (k0 + 0x9E3779B9) & 0xFFFFFFFF, (k1 + 0xBB67AE85) & 0xFFFFFFFF
        return [a, b, c, d]

    rng = np.random.default_rng(1)
    for row in rng.integers(0, 2**32, (200, 6), dtype=np.uint64):
        assert [int(w) for w in philox(*row)] == textbook([int(w) for w in row[:2]], [int(w) for w in row[2:]])


def test_draw_is_the_philox_of_its_key():
    """Key words (world, purpose), counter words (day, person, other, ordinal); 52 bits and a half."""
    key = 7, PURPOSES["move"], 12, 3456, 78, 9
    a, b, c, d = (int(w) for w in philox(*map(np.uint64, (*key[:2], key[2] + draws.DAY_ZERO, *key[3:]))))
    expected = [((high << 20 | low >> 12) + 0.5) * 2.0**-52 for high, low in ((a, b), (c, d))]
    assert draw(*key) == expected[0]
    assert list(draw_two(*key)) == expected


def test_every_part_of_a_key_matters():
    key = [3, PURPOSES["chats"], -40, 11, 12, 13]
    values = {draw(*key)}
    for k in range(6):
        other = list(key)
        other[k] += 1
        values.add(draw(*other))
    assert len(values) == 7


def test_days_before_the_start_have_draws_of_their_own():
    days = range(-2000, 2000)
    assert len({draw(1, PURPOSES["move"], day, 0, 0, 0) for day in days}) == len(days)


def test_uniforms_lie_in_the_open_interval():
    """Even the extreme words stay inside (0, 1), so that log(u) and log(1 - u) exist."""
    zero, ones = np.uint64(0), np.uint64(0xFFFFFFFF)
    assert 0.0 < open_unit(zero, zero) == 2.0**-53
    assert open_unit(ones, ones) == 1.0 - 2.0**-53 < 1.0


@given(st.lists(st.integers(0, 2**31), min_size=6, max_size=6))
@settings(max_examples=200, deadline=None)
def test_any_key_gives_a_uniform_inside(key):
    u1, u2 = draw_two(*key)
    assert 0.0 < u1 < 1.0 and 0.0 < u2 < 1.0 and u1 != u2


def test_uniforms_are_uniform_and_independent():
    u = column(1, PURPOSES["join"], 0, 0, N, 0, 0)
    assert stats.kstest(u, "uniform").pvalue > SURELY
    pairs = np.array([draw_two(2, PURPOSES["talk group"], 5, i, 0, 0) for i in range(N)])
    assert stats.kstest(pairs[:, 1], "uniform").pvalue > SURELY
    cells = np.histogram2d(*pairs.T, bins=16, range=((0, 1), (0, 1)))[0]
    assert stats.chisquare(cells.ravel()).pvalue > SURELY
    next_day = np.array([draw(1, PURPOSES["join"], 1, i, 0, 0) for i in range(N)])
    other = np.array([draw(1, PURPOSES["leave"], 0, i, 0, 0) for i in range(N)])
    for one in (next_day, other, np.roll(u, 1)):
        assert abs(np.corrcoef(u, one)[0, 1]) < 4 / np.sqrt(N)


def test_a_column_is_one_draw_per_row():
    u = column(5, PURPOSES["exposure"], 9, 0, 50, 0, 2)
    assert u.tolist() == [draw(5, PURPOSES["exposure"], 9, i, 0, 2) for i in range(50)]


@pytest.mark.parametrize("mean", [0.003, 0.58, 3.0, 40.0, 300.0])
def test_poisson_counts(mean):
    counts = np.array([poisson(mean, u) for u in column(3, PURPOSES["need"], 0, 0, N, 0, 0)])
    edges = np.unique(stats.poisson.ppf(np.linspace(0, 1, 12)[1:-1], mean)).astype(int)
    expected = np.diff([0.0, *stats.poisson.cdf(edges, mean), 1.0]) * N
    seen = np.bincount(np.searchsorted(edges, counts), minlength=len(edges) + 1)
    assert stats.chisquare(seen, expected).pvalue > SURELY
    assert abs(counts.mean() - mean) < 4 * np.sqrt(mean / N)


@given(st.floats(0.001, 500.0), st.floats(1e-12, 1 - 1e-12))
@settings(max_examples=200, deadline=None)
def test_poisson_is_the_inverse_of_its_distribution(mean, u):
    """Up to the rounding of a sum of probabilities the count is scipy's quantile."""
    count = poisson(mean, u)
    assert stats.poisson.cdf(count, mean) >= u - 1e-10
    assert count == 0 or stats.poisson.cdf(count - 1, mean) < u + 1e-10


def test_poisson_without_a_mean_never_happens():
    assert [poisson(mean, 1 - 2.0**-53) for mean in (0.0, -1.0)] == [0, 0]


def test_exponential_waiting_times():
    times = [exponential(4.0, u) for u in column(4, PURPOSES["service time"], 0, 0, N, 0, 0)]
    assert stats.kstest(times, "expon", args=(0, 4.0)).pvalue > SURELY


def test_normal_deviates():
    z = [normal(*draw_two(6, PURPOSES["repair"], 0, i, 0, 0)) for i in range(N)]
    assert stats.kstest(z, "norm").pvalue > SURELY


@pytest.mark.parametrize(("a", "b"), [(2.8, 5.2), (1.0, 1.0), (6.0, 2.0), (0.9, 1.1), (20.0, 30.0)])
def test_beta_quantiles_are_those_of_scipy(a, b):
    table = beta_quantiles(a, b)
    assert len(table) == 513 and np.all(np.diff(table) >= 0.0)
    at = np.arange(1, 512) / 512
    assert np.abs(table[1:512] - stats.beta.ppf(at, a, b)).max() < 2e-4
    drawn = [_quantile(table, u) for u in column(7, PURPOSES["trust at start"], 0, 0, N, 0, 0)]
    assert stats.kstest(drawn, "beta", args=(a, b)).pvalue > SURELY
    assert abs(np.mean(drawn) - a / (a + b)) < 4 * stats.beta.std(a, b) / np.sqrt(N)


@given(st.floats(-800, 800))
@settings(max_examples=200, deadline=None)
def test_logistic_never_overflows(x):
    assert logistic(x) == pytest.approx(stats.logistic.cdf(x), rel=1e-12, abs=1e-300)


def test_an_undeclared_purpose_is_an_error():
    with pytest.raises(KeyError, match="undeclared purpose 'chat partners'"):
        purpose("chat partners")


def test_purposes_are_all_distinct():
    assert len(set(draws._PURPOSES)) == len(draws._PURPOSES) == len(set(PURPOSES.values()))
    assert all(PURPOSES[name] == zlib.crc32(name.encode()) < 2**32 for name in draws._PURPOSES)


def test_every_declared_purpose_is_used_and_no_other_is_asked_for():
    """Purposes are read by name at import; a name that nobody draws is a leftover, and one that two
    files draw could give two events one key."""
    code = ("import commsim.draws as d\n"
            "plain, asked = d.purpose, []\n"
            "d.purpose = lambda name: (asked.append(name), plain(name))[1]\n"
            "import commsim.engine\n"
            "import commsim.experiments.drawing\n"
            "print(sorted(set(d._PURPOSES) ^ set(asked)), len(asked) - len(set(asked)))\n")  # fmt: skip
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[] 0"
