"""What a log tells about parameters: likelihoods against other computations, recovery, and what is refused."""

import numpy as np
import pytest
from scipy import stats

from commsim.chatlogs import fitting
from commsim.chatlogs.events import INFERRED, NOBODY, NOWHERE, REPLY_TO, Log
from commsim.chatlogs.fitting import DAY, HOUR, Estimate, NotIdentifiable
from commsim.state.settings import DEFAULTS

KINDS = ("talk", "issue", "reply", "answer", "thanks")


def log_of(messages, members, joined=None, left=None, carries=(), edge=REPLY_TO):
    """A log of (seconds, sender, kind, answered message) rows, in any order of time."""
    messages = sorted(messages, key=lambda m: m[0])
    n = len(messages)
    time = np.array([m[0] for m in messages], float)
    sender = np.array([m[1] for m in messages], np.int32)
    answers = np.array([m[3] for m in messages], np.int64)
    to = np.where(answers >= 0, sender[np.maximum(answers, 0)] if n else NOBODY, NOBODY).astype(np.int32)
    nan = np.full(members, np.nan)
    return Log(time, sender, to, answers, np.where(answers >= 0, edge, NOWHERE).astype(np.int8),
               np.array([KINDS.index(m[2]) for m in messages], np.int8), np.zeros(n, np.int32), KINDS, ("",),
               tuple(f"m{k}" for k in range(members)), nan if joined is None else np.asarray(joined, float),
               nan if left is None else np.asarray(left, float), frozenset(carries))  # fmt: skip


def named(found):
    return {e.name: e for e in found}


def talk(counts, days, seed=0):
    """A log in which member k starts ``counts[k]`` conversations, and one pair of messages that is a reply."""
    draw = np.random.default_rng(seed)
    rows = [(t, k, "talk", NOBODY) for k, n in enumerate(counts) for t in draw.uniform(60, days * DAY - 60, n)]
    rows += [(0.0, 0, "talk", NOBODY), (days * DAY, 0, "reply", 0)]
    return log_of(rows, len(counts), joined=np.zeros(len(counts)), carries={"joined", "reply_to"})


def cover(estimate, truth):
    return estimate.low <= truth <= estimate.high


# --- posting


def test_the_negative_binomial_is_that_of_scipy_and_of_statsmodels():
    from statsmodels.discrete.discrete_model import NegativeBinomial

    draw = np.random.default_rng(1)
    stay = draw.uniform(20, 100, 300)
    counts = draw.poisson(0.1 * draw.gamma(0.7, 1 / 0.7, 300) * stay)
    mean = 0.13 * stay
    assert fitting.negative_binomial(counts, stay, 0.13, 0.7) == pytest.approx(
        stats.nbinom.logpmf(counts, 0.7, 0.7 / (0.7 + mean)).sum())  # fmt: skip
    likelihood = lambda p: fitting.negative_binomial(counts, stay, *np.exp(p))  # noqa: E731
    best = fitting.maximum(likelihood, np.log([0.1, 1.0]), [(-25.0, 8.0), fitting.SHAPES])
    other = NegativeBinomial(counts, np.ones((300, 1)), exposure=stay).fit(disp=0)
    assert np.exp(best[0]) == pytest.approx(np.exp(other.params[0]), rel=1e-3)
    assert np.exp(best[1]) == pytest.approx(1 / other.params[1], rel=1e-3)


def test_a_count_without_its_zeros_has_probabilities_that_add_up_to_one():
    counts = np.arange(1, 4000)
    each = [fitting.negative_binomial(np.array([k]), np.array([10.0]), 0.4, 0.6, cut=True) for k in counts]
    assert np.exp(each).sum() == pytest.approx(1.0, abs=1e-6)


def test_posting_is_found_again_and_its_intervals_cover():
    hits = {"posting_rate": 0, "posting_shape": 0}
    for seed in range(40):
        draw = np.random.default_rng(seed)
        counts = draw.poisson(0.08 * 60 * draw.gamma(0.8, 1 / 0.8, 120))
        found = named(fitting.posting(talk(counts, 60, seed)))
        hits["posting_rate"] += cover(found["posting_rate"], 0.08)
        hits["posting_shape"] += cover(found["posting_shape"], 0.8)
    assert all(stats.binomtest(n, 40, 0.95, alternative="less").pvalue > 0.01 for n in hits.values()), hits


def test_profile_intervals_are_those_of_a_grid():
    draw = np.random.default_rng(5)
    stay, counts = np.full(80, 50.0), draw.poisson(5 * draw.gamma(1.0, 1.0, 80))
    likelihood = lambda p: fitting.negative_binomial(counts, stay, *np.exp(p))  # noqa: E731
    bounds = [(-25.0, 8.0), fitting.SHAPES]
    best = fitting.maximum(likelihood, np.log([0.1, 1.0]), bounds)
    low, high = fitting.interval(likelihood, best, 0, bounds)
    rates, shapes = np.linspace(best[0] - 1, best[0] + 1, 401), np.linspace(best[1] - 1.5, best[1] + 1.5, 301)
    profile = np.array([max(likelihood((r, s)) for s in shapes) for r in rates])
    inside = rates[profile >= profile.max() - stats.chi2.ppf(0.95, 1) / 2]
    assert (low, high) == (pytest.approx(inside[0], abs=0.01), pytest.approx(inside[-1], abs=0.01))


def test_silent_members_count_when_their_number_is_known():
    counts = [6, 3, 9, 4]
    log = talk(counts, 30)
    log.joined[:] = np.nan
    log.carries = frozenset({"reply_to"})
    writers, all_of_them = named(fitting.posting(log)), named(fitting.posting(log, members=40))
    assert writers["posting_rate"].method == "truncated"
    assert all_of_them["posting_rate"].value == pytest.approx(sum(counts, 1) / (40 * 30), rel=1e-3)
    assert all_of_them["posting_rate"].value < writers["posting_rate"].value / 5


def test_answers_of_the_office_are_nobodys_small_talk():
    rows = [(k * HOUR, 0, "talk", NOBODY) for k in range(20)]
    rows += [(k * HOUR + 60, 2, "answer", NOBODY) for k in range(20)] + [(30 * HOUR, 1, "reply", 0)]
    log = log_of(rows, 3, joined=np.zeros(3))
    found = named(fitting.posting(log))["posting_rate"]
    assert found.n == 20 and not fitting.residents(log)[2]


# --- replies and response


def chat(openings, others, share, hours, seed=0, new=None):
    """Openings an hour apart; Poisson(others * share) replies each, by old voices, within ``hours``."""
    draw = np.random.default_rng(seed)
    rows, at = [], 0.0
    for _ in range(openings):
        at += 3 * HOUR * hours
        opener = len(rows)
        rows.append((at, 0, "talk", NOBODY))
        delays = np.sort(draw.uniform(0, hours * HOUR, draw.poisson(others * share)))
        rows += [(at + d, int(draw.integers(1, others + 1)), "reply", opener) for d in delays]
    rows.append((at + 3 * HOUR * hours, 0, "talk", NOBODY))
    return log_of(rows, others + 1, joined=np.zeros(others + 1), carries={"joined", "reply_to"})


def test_replies_and_their_time_are_found_again_and_covered():
    share, hours = 0, 0
    for seed in range(60):
        log = chat(150, 40, 0.02, 1.5, seed)
        share += cover(named(fitting.replies(log))["reply_share"], 0.02)
        hours += cover(named(fitting.response(log))["view_hours"], 1.5)
    assert stats.binomtest(share, 60, 0.95, alternative="less").pvalue > 0.01
    assert stats.binomtest(hours, 60, 0.95, alternative="less").pvalue > 0.01


def test_more_scattered_replies_have_a_wider_interval():
    plain = fitting.poisson_interval(50)
    assert plain == (pytest.approx(stats.chi2.ppf(0.025, 100) / 2), pytest.approx(stats.chi2.ppf(0.975, 102) / 2))
    low, high = fitting.poisson_interval(50, 4.0)
    assert low < plain[0] and high > plain[1]
    assert fitting.spread(np.array([0, 0, 0, 40]), np.full(4, 10.0)) == pytest.approx(40.0)


def test_a_new_voice_is_who_had_not_written_at_the_message():
    rows = [(0, 0, "talk", NOBODY), (10, 1, "reply", 0), (20, 2, "reply", 0),  # only one voice yet: no choice
            (100, 1, "talk", NOBODY), (110, 3, "reply", 3), (120, 0, "reply", 3), (130, 3, "reply", 3)]  # fmt: skip
    log = log_of(rows, 6, joined=np.zeros(6))
    there = fitting.presence(log)
    assert fitting.new_among(log, there, fitting.member_replies(log, there)) == (2, 3)


def test_guessed_addressees_are_no_replies():
    rows = [(k * 60.0, k % 3, "talk", k - 1 if k % 2 else NOBODY) for k in range(40)]
    found = named(fitting.replies(log_of(rows, 3, edge=INFERRED)))
    assert found["reply_share"] == NotIdentifiable("reply_share", "no_replies")


def test_late_replies_are_not_taken_for_uniform():
    draw = np.random.default_rng(2)
    rows = []
    for k in range(200):
        rows += [(k * 40 * DAY, 0, "talk", NOBODY)]
        rows += [(k * 40 * DAY + HOUR * draw.lognormal(0, 1.5), 1, "reply", 2 * k)]
    found = named(fitting.response(log_of(rows, 2)))["view_hours"]
    assert found.method == "twice_median" and cover(found, 2.0)


def test_the_longest_of_a_uniform_has_an_exact_interval():
    draw = np.random.default_rng(3)
    some = draw.uniform(0, 4.0, (4000, 12))
    ends = np.array([fitting.longest(x) for x in some])
    covered = ((ends[:, 1] <= 4.0) & (ends[:, 2] >= 4.0)).mean()
    assert abs(covered - 0.95) < 4 * np.sqrt(0.95 * 0.05 / 4000)
    assert ends[:, 0].mean() == pytest.approx(4.0, rel=0.01)


def office_log(n, seed):
    """Reports every ten hours, answered after a lognormal of median 5 and sigma 1, the log ending after the last."""
    draw = np.random.default_rng(seed)
    asked = np.arange(n) * 10 * HOUR
    when = asked + HOUR * draw.lognormal(np.log(5), 1.0, n)
    end = asked[-1] + 2 * HOUR
    rows = [(t, 0, "issue", ("q", k)) for k, t in enumerate(asked)]
    rows += [(t, 1, "answer", ("a", k)) for k, t in enumerate(when) if t <= end] + [(end, 0, "talk", None)]
    rows.sort(key=lambda r: r[0])
    place = {r[3]: k for k, r in enumerate(rows)}
    answered = [place["q", mark[1]] if kind == "answer" else NOBODY for _, _, kind, mark in rows]
    return log_of([(t, who, kind, to) for (t, who, kind, _), to in zip(rows, answered, strict=True)], 2)


def test_answers_of_the_office_with_what_is_still_open():
    median, level, sigma = 0, 0, 0
    for seed in range(30):
        found = named(fitting.response(office_log(80, seed)))
        median += cover(found["answer_median"], 5.0)
        level += cover(found["answer_lognormal_median"], 5.0)
        sigma += cover(found["answer_sigma"], 1.0)
    assert all(stats.binomtest(k, 30, 0.95, alternative="less").pvalue > 0.005 for k in (median, level, sigma))


def test_the_lognormal_is_scipys_with_censored_data():
    hours, ended = fitting.office_hours(office_log(60, 4))
    assert 0 < (~ended).sum() < 30
    data = stats.CensoredData(uncensored=hours[ended], right=hours[~ended])
    sigma, _, scale = stats.lognorm.fit(data, floc=0)
    level, spread = fitting.lognormal(hours, ended)
    assert level.value == pytest.approx(scale, rel=2e-3) and spread.value == pytest.approx(sigma, rel=2e-3)


# --- joining


def joined_log(p_b, q, theta, people=2000, days=300, seed=0):
    """People join as the approximation itself has it."""
    draw, joined = np.random.default_rng(seed), [0.0] * 5
    able = fitting.phone_users(people)
    for day in range(1, days):
        share = len(joined) / people
        waiting = max(able * float(fitting.agreeing(np.array(share), theta)[0]) - len(joined), 0.0)
        hazard = -np.expm1(-(p_b + q * share) / (365.25 / 12))
        joined += [(day + 0.5) * DAY] * draw.poisson(waiting * hazard)
    rows = [(0.0, 0, "talk", NOBODY), (days * DAY, 0, "talk", NOBODY)]
    return log_of(rows, len(joined), joined=joined, carries={"joined"})


def test_joining_is_found_again_where_the_approximation_holds():
    hits = {"p_b": 0, "theta_join": 0}
    for seed in range(20):
        found = named(fitting.joining(joined_log(0.4, 0.5, -0.5, seed=seed), 2000))
        hits["p_b"] += isinstance(found["p_b"], Estimate) and cover(found["p_b"], 0.4)
        hits["theta_join"] += isinstance(found["theta_join"], Estimate) and cover(found["theta_join"], -0.5)
    assert all(n >= 16 for n in hits.values()), hits


def test_the_likelihood_of_joining_has_the_right_slope():
    new, inside = fitting.joins(joined_log(0.4, 0.5, -0.5, days=60))
    at = np.array([0.3, 0.7, -0.4])
    _, slope = fitting.bass(new, inside, 2000, 1500.0, at)
    for k in range(3):
        step = np.eye(3)[k] * 1e-5
        above, below = (fitting.bass(new, inside, 2000, 1500.0, at + way * step)[0] for way in (1, -1))
        assert slope[k] == pytest.approx((above - below) / 2e-5, rel=1e-4)


def test_a_full_group_tells_nothing_about_who_waits():
    log = joined_log(0.4, 0.5, -0.5)
    whole, capped = fitting.joins(log), fitting.joins(log, cap=100)
    assert len(capped[0]) < len(whole[0]) and capped[1].max() < 100


def test_the_threshold_is_averaged_over_how_ties_scatter():
    alone = fitting.agreeing(np.array([0.0, 1.0]), -0.5)[0]
    told = -0.5 + DEFAULTS.theta_t * (DEFAULTS.trust_start - 0.5) + DEFAULTS.theta_s * np.array([0, 1])
    plain = 1 / (1 + np.exp(-told))
    assert alone == pytest.approx(plain)
    assert np.all(np.diff(fitting.agreeing(np.linspace(0, 1, 50), -0.5)[0]) > 0)


def test_without_joins_first_messages_are_a_lower_bound():
    log = talk(np.full(30, 3), 60)
    log.joined[:] = np.nan
    found = named(fitting.joining(log, 300))
    assert found["first_voice_hazard"].bound and found["first_voice_hazard"].n == 30
    assert found["p_b"] == NotIdentifiable("p_b", "no_joins")


def test_without_the_number_of_people_nobody_knows_who_is_outside():
    assert named(fitting.joining(joined_log(0.4, 0.5, -0.5)))["theta_join"].reason == "no_people"


# --- edges


@pytest.mark.parametrize("rows, members", [([], 0), ([], 3), ([(0.0, 0, "talk", NOBODY)], 1),
                                           ([(float(k), 0, "talk", NOBODY) for k in range(30)], 1),
                                           ([(5.0, 0, "talk", NOBODY)] * 9, 2),
                                           ([(0.0, 0, "answer", NOBODY), (1.0, 0, "issue", NOBODY)], 1)])  # fmt: skip
def test_next_to_nothing_tells_nothing(rows, members):
    found = fitting.fit(log_of(rows, members), people=100)
    assert found and all(isinstance(e, NotIdentifiable) for e in found)


def test_a_log_without_reply_marks_says_so():
    rows = [(k * 600.0, k % 7, "talk", NOBODY) for k in range(300)]
    found = named(fitting.fit(log_of(rows, 7)))
    assert {found[name].reason for name in ("posting_rate", "posting_shape")} == {"openings_unknown"}
    assert {found[name].reason for name in ("reply_share", "new_voice_share", "view_hours")} == {"no_replies"}


def test_every_name_method_and_reason_can_be_said():
    from commsim.words import known

    found = fitting.fit(chat(100, 20, 0.05, 1.0), people=100) + fitting.fit(log_of([], 0))
    found += fitting.fit(office_log(60, 1))
    for e in found:
        assert known(f"fitting.name.{e.name}")
        assert known(f"fitting.method.{e.method}" if isinstance(e, Estimate) else f"fitting.reason.{e.reason}")
