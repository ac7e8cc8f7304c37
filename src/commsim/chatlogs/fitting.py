"""From a log to the model's parameters: posting, replies, response, joining, each with an interval.

What is fitted is what the log can tell.  A number that only ever comes as part of a product, or that needs ties,
trust or people whom no log shows, is returned as NotIdentifiable with the reason.  Times are days from the first
moment of the log, rates are per day unless the lever of the model is per month.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np

from commsim.chatlogs.events import INFERRED, NOBODY, REPLY_TO, Log
from commsim.clock import MONTH
from commsim.state.settings import DEFAULTS, PARAMETERS

DAY, HOUR = 86400.0, 3600.0
LEVEL = 0.95
OF_OFFICE, NOT_TALK = ("answer",), ("answer", "thanks", "issue")
FEWEST = 5  # events below which nothing is said
SOURCE = "from the log"
FIT_REJECTED = 0.01  # uniform replies are given up below this p-value
FULL = 0.98  # of the group's seats
AGREEING_TIES = 6.0  # effective number of ties that the share inside is taken over (see ``agreeing``)


@dataclass(frozen=True)
class Estimate:
    """``value`` with its 95 % interval ``low``-``high``, from ``n`` events; ``method`` is a key of the catalogue.

    ``bound``: the value is only a lower bound of what its name says, and no interval of it.
    """

    name: str
    value: float
    low: float
    high: float
    n: int
    method: str
    source: str = SOURCE
    bound: bool = False


@dataclass(frozen=True)
class NotIdentifiable:
    """The log cannot tell ``name``; ``reason`` is a key of the catalogue."""

    name: str
    reason: str


Found = Estimate | NotIdentifiable


@dataclass(frozen=True)
class Presence:
    """From when to when each member was there, float64[members], in days; ``known`` says whether the log told it."""

    since: np.ndarray
    until: np.ndarray
    days: float
    known: bool
    silent: int  # members whom the log does not name
    members: np.ndarray  # bool: residents, not the office

    def others(self, at: np.ndarray) -> np.ndarray:
        """How many other members are there at each time of ``at``."""
        came = np.searchsorted(np.sort(self.since[self.members]), at, side="right")
        went = np.searchsorted(np.sort(self.until[self.members & (self.until < self.days)]), at, side="right")
        return np.maximum(came - went + self.silent - 1, 0)

    def stay(self) -> np.ndarray:
        return np.maximum(self.until - self.since, 0.0)[self.members]


def fit(log: Log, people: int | None = None, members: int | None = None, levers=DEFAULTS) -> list[Found]:
    """Everything that can be said about the parameters.

    ``people``: how many live there, children included, without which nobody knows who is still outside;
    ``members``: how many are in the group, where the log names only those who write; ``levers``: the scenario's
    values of what the log cannot tell (the thresholds of joining, who uses a phone).
    """
    return [*posting(log, members), *replies(log, members), *response(log), *joining(log, people, levers)]


# --- what the columns say


def of_kind(log: Log, names: tuple[str, ...]) -> np.ndarray:
    """Messages whose kind is one of ``names``: bool[messages]."""
    return np.isin(log.kind, [k for k, name in enumerate(log.kinds) if name in names])


def days_of(log: Log) -> tuple[np.ndarray, float, float]:
    """(days of the messages, seconds of the beginning, length in days)."""
    if len(log.time) == 0:
        return np.zeros(0), 0.0, 0.0
    came = log.joined[np.isfinite(log.joined)]
    went = log.left[np.isfinite(log.left)]
    begins = min(log.time[0], came.min()) if len(came) else log.time[0]
    ends = max([log.time[-1], *came[-1:], *went[-1:], came.max(initial=log.time[-1]), went.max(initial=log.time[-1])])
    return (log.time - begins) / DAY, float(begins), float((ends - begins) / DAY)


def residents(log: Log) -> np.ndarray:
    """Members who never answer for the office: bool[members].  Without kinds everybody counts."""
    found = np.ones(len(log.members), bool)
    office = log.sender[of_kind(log, OF_OFFICE)]
    found[office[office >= 0]] = False
    return found


def presence(log: Log, members: int | None = None) -> Presence:
    """Who was there when; whoever has no time of joining counts from the beginning."""
    _, begins, days = days_of(log)
    since = np.nan_to_num((log.joined - begins) / DAY, nan=0.0)
    until = np.nan_to_num((log.left - begins) / DAY, nan=days)
    until = np.where(until < since, days, until)  # left before and came again
    mine = residents(log)
    known = bool(np.isfinite(log.joined).any()) or "joined" in log.carries
    silent = max(0, int(members) - int(mine.sum())) if members is not None else 0
    return Presence(since, until, days, known, silent, mine)


def openings(log: Log) -> np.ndarray:
    """Messages that answer nothing and are not the office's: bool[messages]."""
    return (answered(log) == NOBODY) & (log.edge != REPLY_TO) & ~of_kind(log, ("answer", "thanks"))


def answered(log: Log) -> np.ndarray:
    """The message that each message replies to, NOBODY also where that is only a guess: int64[messages]."""
    return np.where(log.edge == INFERRED, NOBODY, log.answers)


def has_replies(log: Log) -> bool:
    """Whether it is known which message is replied to."""
    return bool(np.any(answered(log) != NOBODY))


# --- posting


def posting(log: Log, members: int | None = None) -> list[Found]:
    """Small talk a member and day, and how unequal it is, by the likelihood of negative binomial counts.

    Counts of members who post at rates that are gamma-distributed among them.  The model has no such distribution:
    there inequality comes of ties and of being heard, so that ``posting_shape`` describes the log and is no lever.
    Where silent members are not known the counts are taken as cut off at zero.
    """
    names = ("posting_rate", "posting_shape")
    mine = presence(log, members)
    if len(log.time) and not has_replies(log) and not np.any(log.edge == REPLY_TO):
        return [NotIdentifiable(name, "openings_unknown") for name in names] + [NotIdentifiable("mu", "no_warmth")]
    small = openings(log) & ~of_kind(log, NOT_TALK) & mine.members[log.sender]
    counts = np.bincount(log.sender[small], minlength=len(log.members))[mine.members]
    stay = mine.stay()
    there = stay > 0.0
    counts, stay = counts[there], stay[there]
    if counts.sum() < FEWEST or len(counts) < 2:
        return [NotIdentifiable(name, "too_few") for name in names] + [NotIdentifiable("mu", "too_few")]
    cut = not mine.known and members is None
    if mine.silent:
        counts, stay = np.append(counts, np.zeros(mine.silent)), np.append(stay, np.full(mine.silent, mine.days))
    if cut:
        counts, stay = counts[counts > 0], stay[counts > 0]
    likelihood = lambda rate, shape: negative_binomial(counts, stay, rate, shape, cut)  # noqa: E731
    method = "truncated" if cut else "negative_binomial"
    start = np.log([max(counts.sum() / stay.sum(), 1e-9), 1.0])
    best = maximum(lambda p: likelihood(*np.exp(p)), start, [(-25.0, 8.0), SHAPES])
    n = int(counts.sum())
    rate = interval(lambda p: likelihood(*np.exp(p)), best, 0, [(-25.0, 8.0), SHAPES])
    shape = interval(lambda p: likelihood(*np.exp(p)), best, 1, [(-25.0, 8.0), SHAPES])
    high = np.inf if shape[1] >= SHAPES[1] - 1e-6 else np.exp(shape[1])
    return [Estimate("posting_rate", float(np.exp(best[0])), *np.exp(rate).tolist(), n, method),
            Estimate("posting_shape", float(np.exp(best[1])), float(np.exp(shape[0])), float(high), n, method),
            NotIdentifiable("mu", "no_warmth")]  # fmt: skip


SHAPES = (-9.0, 9.0)  # logarithms; at the upper end everybody posts at the same rate


def negative_binomial(counts, stay, rate, shape, cut=False) -> float:
    """Log likelihood of ``counts`` over ``stay`` days at gamma-mixed rates of mean ``rate``; ``cut``: none is 0."""
    from scipy.special import gammaln, xlogy

    mean = rate * stay
    said = (gammaln(counts + shape) - gammaln(shape) - gammaln(counts + 1.0) - shape * np.log1p(mean / shape)
            + xlogy(counts, mean / (mean + shape)))  # fmt: skip
    if cut:
        said = said - np.log(-np.expm1(-shape * np.log1p(mean / shape)))
    return float(said.sum())


def maximum(likelihood: Callable, start: np.ndarray, bounds, slope: Callable | None = None) -> np.ndarray:
    """Where ``likelihood(float64[k])`` is highest within ``bounds``; ``slope`` is its gradient."""
    from scipy.optimize import minimize

    found = None
    for _ in range(2):  # the second time with a fresh curvature
        again = minimize(lambda p: -likelihood(p), start if found is None else found.x, bounds=bounds,
                         method="L-BFGS-B", jac=None if slope is None else lambda p: -slope(p))  # fmt: skip
        found = again if found is None or again.fun <= found.fun else found
    return found.x


def interval(likelihood: Callable, best: np.ndarray, which: int, bounds,
             slope: Callable | None = None) -> tuple[float, float]:  # fmt: skip
    """Profile likelihood interval of coordinate ``which``; an end that is a bound says that nothing limits it."""
    from scipy.optimize import brentq
    from scipy.stats import chi2

    wanted = likelihood(best) - chi2.ppf(LEVEL, 1) / 2
    ends = []
    for bound, way in zip(bounds[which], (-1.0, 1.0), strict=True):
        short = _shortfall(likelihood, best, which, bounds, wanted, slope)
        step, outside = 0.1, best[which]
        while short(outside) <= 0.0 and outside != bound:
            outside, step = best[which] + way * step, step * 1.7
            outside = bound if (outside - bound) * way >= 0.0 else outside
        ends.append(brentq(short, best[which], outside, xtol=1e-3) if short(outside) > 0.0 else bound)
    return float(ends[0]), float(ends[1])


def _shortfall(likelihood, best, which, bounds, wanted, slope) -> Callable:
    """By how much the profile at x falls short of ``wanted``, searched from where the last search ended and from the
    best; each x has one answer."""
    from scipy.optimize import minimize

    full, last, told = np.array(best, float), np.array(best, float), {}
    rest = np.arange(len(full)) != which
    limits = [b for b, free in zip(bounds, rest, strict=True) if free]
    told[float(best[which])] = wanted - likelihood(np.asarray(best))

    def at(p):
        full[rest] = p
        return -likelihood(full)

    def down(p):
        full[rest] = p
        return -slope(full)[rest]

    def short(x):
        if float(x) not in told:
            full[which] = x
            tried = [minimize(at, start, bounds=limits, method="L-BFGS-B", jac=None if slope is None else down)
                     for start in (last[rest].copy(), np.asarray(best, float)[rest])]  # fmt: skip
            found = min(tried, key=lambda f: f.fun)
            last[rest] = found.x
            told[float(x)] = wanted + found.fun
        return told[float(x)]

    return short


# --- replies


def replies(log: Log, members: int | None = None) -> list[Found]:
    """Replies an opening and other member, and how many of them come from who had not written yet.

    New voices feel less free in an official group than those who wrote before: their share of the replies is not
    the model's ``a``, which is their share before anybody holds back.  The model draws
    Poisson(others * in_view * (hours in view / half an hour) * u) replies and lets each be written with the replier's
    freedom to speak: only the product of the four shows in a log.
    """
    unknown = [NotIdentifiable("u", "product"), NotIdentifiable("a", "freedom"), NotIdentifiable("in_view", "product"),
               NotIdentifiable("b", "no_ties")]  # fmt: skip
    if not has_replies(log):
        shown = ("reply_share", "new_voice_share")
        return [*(NotIdentifiable(name, "no_replies") for name in shown), *unknown]
    there = presence(log, members)
    said = member_replies(log, there)
    return [_reply_share(log, there, said, members), _new_voices(log, there, said), *unknown]


def member_replies(log: Log, there: Presence) -> np.ndarray:
    """Replies of members to other members: rows of the messages."""
    to = answered(log)
    rows = np.flatnonzero((to != NOBODY) & ~of_kind(log, OF_OFFICE))
    to = to[rows]
    return rows[there.members[log.sender[rows]] & there.members[log.sender[to]] & (log.sender[rows] != log.sender[to])]


def replies_to_openings(log: Log, there: Presence, said: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(replies, other members) of each opening whose replies are all in the log."""
    days, _, length = days_of(log)
    opened = openings(log) & there.members[log.sender]
    delays = days[said] - days[log.answers[said]]
    opened &= days <= length - delays.max(initial=0.0)
    number = np.bincount(log.answers[said], minlength=len(days))[opened]
    return number, there.others(days[opened])


def _reply_share(log, there, said, members) -> Found:
    number, others = replies_to_openings(log, there, said)
    if number.sum() < FEWEST or others.sum() == 0:
        return NotIdentifiable("reply_share", "too_few")
    value = number.sum() / others.sum()
    low, high = poisson_interval(int(number.sum()), spread(number, value * others))
    method = "poisson" if there.known or members is not None else "poisson_writers"
    return Estimate("reply_share", float(value), float(low / others.sum()), float(high / others.sum()),
                    int(number.sum()), method)  # fmt: skip


def spread(number: np.ndarray, mean: np.ndarray) -> float:
    """Pearson's dispersion of counts around their means, at least 1."""
    use = mean > 0
    return float(max(1.0, (((number - mean)[use] ** 2) / mean[use]).sum() / max(use.sum() - 1, 1)))


def poisson_interval(n: int, dispersion: float = 1.0) -> tuple[float, float]:
    """Garwood's (1936) interval of a Poisson mean, widened by ``dispersion`` (as if n / dispersion were counted)."""
    from scipy.stats import chi2

    tail, k = (1.0 - LEVEL) / 2, n / dispersion
    return float(dispersion * chi2.ppf(tail, 2 * k) / 2), float(dispersion * chi2.ppf(1 - tail, 2 * k + 2) / 2)


def new_among(log: Log, there: Presence, said: np.ndarray) -> tuple[int, int]:
    """(replies by new voices, replies that a new or an old voice could have given); voices as at the message."""
    to = log.answers[said]
    first = np.full(len(log.members), len(log.time))
    np.minimum.at(first, log.sender, np.arange(len(log.time)))
    days, _, _ = days_of(log)
    voices = np.searchsorted(np.sort(first[there.members]), to, side="right")  # the message's sender among them
    could = (voices > 1) & (there.others(days[to]) + 1 > voices)
    return int(((first[log.sender[said]] > to) & could).sum()), int(could.sum())


def _new_voices(log, there, said) -> Found:
    k, n = new_among(log, there, said)
    if n < FEWEST:
        return NotIdentifiable("new_voice_share", "too_few")
    return Estimate("new_voice_share", k / n, *binomial_interval(k, n), n, "clopper_pearson")


def binomial_interval(k: int, n: int) -> tuple[float, float]:
    """Clopper and Pearson (1934)."""
    from scipy.stats import binomtest

    found = binomtest(k, n).proportion_ci(LEVEL, method="exact")
    return float(found.low), float(found.high)


# --- response


def response(log: Log) -> list[Found]:
    """How long a message is replied to, and how long the office takes to answer a report."""
    return [_view_hours(log), *_office(log)]


def _view_hours(log: Log) -> Found:
    """The model's delays are uniform up to view_hours: the longest, or where they are not, twice the median."""
    if not has_replies(log):
        return NotIdentifiable("view_hours", "no_replies")
    rows = member_replies(log, presence(log))
    hours = (log.time[rows] - log.time[log.answers[rows]]) / HOUR
    hours = hours[hours > 0.0]
    if len(hours) < FEWEST:
        return NotIdentifiable("view_hours", "too_few")
    if uniform_p(hours) >= FIT_REJECTED:
        value, low, high = longest(hours)
        return Estimate("view_hours", value, low, high, len(hours), "longest")
    value, low, high = (2.0 * x for x in median_interval(hours))
    return Estimate("view_hours", value, low, high, len(hours), "twice_median")


def uniform_p(hours: np.ndarray) -> float:
    """Kolmogorov-Smirnov: given their longest, the other delays of a uniform are uniform below it."""
    from scipy.stats import kstest

    rest = np.delete(hours, np.argmax(hours)) / hours.max()
    return float(kstest(rest, "uniform").pvalue)


def longest(hours: np.ndarray) -> tuple[float, float, float]:
    """(estimate without bias, low, high) of the end of a uniform: max / end is Beta(n, 1), which is exact."""
    n, top, tail = len(hours), float(hours.max()), (1.0 - LEVEL) / 2
    return top * (n + 1) / n, top / (1.0 - tail) ** (1.0 / n), top / tail ** (1.0 / n)


def median_interval(x: np.ndarray) -> tuple[float, float, float]:
    """The median and the interval of order statistics around it, whatever the distribution."""
    from scipy.stats import binom

    tail, x, n = (1.0 - LEVEL) / 2, np.sort(x), len(x)
    low = int(binom.ppf(tail, n, 0.5))
    return float(np.median(x)), float(x[max(low - 1, 0)]), float(x[min(n - low, n - 1)])


def _office(log: Log) -> list[Found]:
    """Reports and their answers: Kaplan-Meier's median, and a lognormal with what is still open."""
    hours, ended = office_hours(log)
    names = ("answer_median", "answer_lognormal_median", "answer_sigma")
    levers = [NotIdentifiable(name, "office_mixed") for name in ("looks", "minutes_answer")]
    if "issue" not in log.kinds or "answer" not in log.kinds:
        return [NotIdentifiable(name, "no_kinds") for name in names] + levers
    if ended.sum() < FEWEST:
        return [NotIdentifiable(name, "too_few") for name in names] + levers
    return [_median(hours, ended), *lognormal(hours, ended), *levers]


def office_hours(log: Log) -> tuple[np.ndarray, np.ndarray]:
    """(hours until the office answered or the log ended, whether it answered), for every report."""
    issues = np.flatnonzero(of_kind(log, ("issue",)))
    answers = np.flatnonzero(of_kind(log, OF_OFFICE) & (answered(log) != NOBODY))
    when = np.full(len(log.time), np.inf)
    np.minimum.at(when, log.answers[answers], log.time[answers])
    ended = np.isfinite(when[issues])
    last = log.time[-1] if len(log.time) else 0.0
    return (np.where(ended, when[issues], last) - log.time[issues]) / HOUR, ended


def _median(hours, ended) -> Found:
    from statsmodels.duration.survfunc import SurvfuncRight

    found = SurvfuncRight(np.maximum(hours, 1e-6), ended)
    value = float(found.quantile(0.5))
    if not np.isfinite(value):
        return NotIdentifiable("answer_median", "half_unanswered")
    with np.errstate(divide="ignore", invalid="ignore"):  # the ends of the curve, where the share is 0 or 1
        low, high = found.quantile_ci(0.5, 1 - LEVEL, method="cloglog")
    return Estimate("answer_median", value, float(low), float(high), int(ended.sum()), "kaplan_meier")


def lognormal(hours: np.ndarray, ended: np.ndarray) -> list[Found]:
    """exp(mean) and standard deviation of the logarithm, by the likelihood with censoring."""
    hours = np.maximum(hours, 1e-3)
    logs = np.log(hours)

    def likelihood(p):
        from scipy.stats import norm

        z, sigma = (logs - p[0]) / np.exp(p[1]), np.exp(p[1])
        return float((norm.logpdf(z[ended]) - np.log(sigma)).sum() + norm.logsf(z[~ended]).sum())

    bounds = [(-12.0, 12.0), (-6.0, 4.0)]
    start = np.array([logs[ended].mean(), np.log(max(logs[ended].std(), 0.1))])
    best = maximum(likelihood, start, bounds)
    ends = [np.exp(interval(likelihood, best, k, bounds)).tolist() for k in (0, 1)]
    return [Estimate(name, float(np.exp(best[k])), *ends[k], int(ended.sum()), "lognormal")
            for k, name in enumerate(("answer_lognormal_median", "answer_sigma"))]  # fmt: skip


# --- joining


def joining(log: Log, people: int | None = None, levers=DEFAULTS) -> list[Found]:
    """Exposure from outside (p_b) and by members (q), a month, and the threshold theta_join.

    Bass (1969) with the model's own threshold: who is outside and would agree is exposed with hazard
    p_b + q f, f the share inside.  The share of one's own ties inside is taken to scatter around f.
    """
    names = ("p_b", "q", "theta_join")
    rest = [NotIdentifiable("h_ch", "moving_out")]
    came = joins(log, levers.cap)
    if came is None:
        return [*first_voices(log, people, levers), *(NotIdentifiable(name, "no_joins") for name in names), *rest]
    if people is None:
        return [*(NotIdentifiable(name, "no_people") for name in names), *rest]
    new, inside = came
    if new.sum() < FEWEST:
        return [*(NotIdentifiable(name, "too_few") for name in names), *rest]
    likelihood, slope = _joined(new, inside, people, levers)
    tries = [maximum(likelihood, np.array([0.15, q, theta]), BASS, slope) for q in (0.05, 1.0) for theta in (-1.0, 0.0)]
    best = max(tries, key=likelihood)
    return [*(_told(name, likelihood, slope, best, k, int(new.sum())) for k, name in enumerate(names)), *rest]


BASS = [(0.0, PARAMETERS["p_b"].high), (0.0, PARAMETERS["q"].high), (-6.0, 6.0)]


def _joined(new, inside, people, levers) -> tuple[Callable, Callable]:
    able = phone_users(people, levers)
    return (lambda p: bass(new, inside, people, able, p, levers)[0],
            lambda p: bass(new, inside, people, able, p, levers)[1])  # fmt: skip


def outside_hazard(log: Log, people: int, levers=DEFAULTS) -> tuple[float, float] | None:
    """(p_b, theta_join) of highest likelihood, the invitations q being the scenario's; None without enough joins."""
    came = joins(log, levers.cap)
    if came is None or came[0].sum() < FEWEST:
        return None
    likelihood, slope = _joined(*came, people, levers)
    best = maximum(lambda p: likelihood([p[0], levers.q, p[1]]), np.array([0.15, -0.5]), [BASS[0], BASS[2]],
                   lambda p: slope([p[0], levers.q, p[1]])[[0, 2]])  # fmt: skip
    return float(max(best[0], 1e-3)), float(best[1])


def _told(name, likelihood, slope, best, k, n) -> Found:
    low, high = interval(likelihood, best, k, BASS, slope)
    if low <= BASS[k][0] and high >= BASS[k][1]:
        return NotIdentifiable(name, "flat")
    return Estimate(name, float(best[k]), low, high, n, "bass")


def joins(log: Log, cap: float = np.inf) -> tuple[np.ndarray, np.ndarray] | None:
    """(how many joined on each day, members on each morning), or None where the log has no joins.

    Whoever joined within the first day was there from the beginning.
    """
    there = presence(log)
    if not np.isfinite(log.joined).any():
        return None
    days = max(int(np.ceil(there.days)), 1)
    since, until = there.since[there.members], there.until[there.members]
    edges = np.arange(days + 1)
    new = np.histogram(since[since >= 1.0], edges)[0]
    gone = np.histogram(until[until < there.days], edges)[0]
    start = int((since < 1.0).sum())
    inside = start + np.concatenate([[0], np.cumsum(new - gone)[:-1]])
    free = np.append(False, inside[1:] < FULL * cap)  # nobody gets into a full group
    return new[free].astype(float), inside[free].astype(float)


def phone_users(people: float, levers=DEFAULTS) -> float:
    """Adults who use a smartphone: nobody else can join."""
    old, young = levers.elder_share, max(0.0, 1.0 - levers.elder_share - levers.child_share)
    return people * (young * levers.literate_young + old * levers.literate_old)


def bass(new, inside, people, able, p, levers=DEFAULTS) -> tuple[float, np.ndarray]:
    """(log likelihood, gradient) of so many joining a day, given the members of the morning; p = p_b, q, theta_join."""
    from scipy.special import expit, xlogy

    share = np.clip(inside / people, 0.0, 1.0)
    agree, steeper = agreeing(share, p[2], levers)
    room = able * agree - inside
    waiting = np.logaddexp(0.0, room)  # never quite nobody: people move in
    stays = np.exp(-(p[0] + p[1] * share) / MONTH)
    mean = np.maximum(waiting * (1.0 - stays), 1e-12)
    by = np.array([waiting * stays / MONTH, waiting * stays / MONTH * share,
                   (1.0 - stays) * expit(room) * able * steeper])  # fmt: skip
    return float((xlogy(new, mean) - mean).sum()), (by * (new / mean - 1.0)).sum(axis=1)


@cache
def _normal_nodes() -> tuple[np.ndarray, np.ndarray]:
    nodes, weights = np.polynomial.hermite_e.hermegauss(7)
    return nodes, weights / weights.sum()


def agreeing(share, theta, levers=DEFAULTS):
    """(share of people who would join at the share inside ``share``, its derivative by ``theta``), averaged over how
    the share of one's own ties inside scatters: as if counted over AGREEING_TIES ties."""
    from scipy.special import expit

    told = theta + levers.theta_t * (levers.trust_start - 0.5)
    nodes, weights = _normal_nodes()
    sd = np.sqrt(share * (1.0 - share) / (AGREEING_TIES + 1.0))
    own = np.clip(np.asarray(share)[..., None] + np.multiply.outer(sd, nodes), 0.0, 1.0)
    each = expit(told + levers.theta_s * own)
    return (each * weights).sum(-1), (each * (1.0 - each) * weights).sum(-1)


def first_voices(log: Log, people: int | None, levers=DEFAULTS) -> list[Found]:
    """Without joins: first messages a month among those who have not written.  Who joins may never write, and writes
    later than he joins: a lower bound of the hazard of joining."""
    if people is None or len(log.time) == 0:
        return []
    days, _, length = days_of(log)
    mine = residents(log)
    first = np.full(len(mine), np.inf)
    np.minimum.at(first, log.sender, days)
    first = first[mine & np.isfinite(first)]
    at_risk = max(phone_users(people, levers) - len(first), 0.0) * length + first.sum()
    if len(first) < FEWEST or at_risk <= 0.0:
        return []
    low, high = (x / at_risk * MONTH for x in poisson_interval(len(first)))
    return [Estimate("first_voice_hazard", len(first) / at_risk * MONTH, low, high, len(first), "first_messages",
                     bound=True)]  # fmt: skip
