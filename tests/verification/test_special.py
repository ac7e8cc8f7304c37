"""Each special case against its formula at several values; and against a phase of the day that is broken.

A check that cannot fail is worth nothing: under every formula stands what breaks the phase that the case
runs through, and the same check must then fail.
"""

import numpy as np
import pytest
from alone import assert_mean, assert_share
from scipy.special import expit
from scipy.stats import binom

import commsim as cs
from commsim import special
from commsim.errors import UserError


def passes(check) -> bool:
    try:
        check()
    except AssertionError:
        return False
    return True


# -- the checks ------------------------------------------------------------------------------------------------------


def settled_strength(rate, gain, half_life, gap=0.0):
    """C16, a Poisson number of chats a day: E w = g k / (1 - g (1 - k)), k = 1 - e^(-rate gain)."""
    w = special.encounters(rate=rate, gain=gain, half_life=half_life, days=int(8 * half_life), pairs=600)
    k, g = 1.0 - np.exp(-rate * gain), 2.0 ** (-1.0 / half_life)
    assert w.shape == (600,) and w.min() >= 0.0 and w.max() <= 1.0
    assert_mean(w, g * k / (1.0 - g * (1.0 - k)))


def invited(people, seeds, rate, dt):
    """C3: the logistic curve, within 6 % of it at rate dt <= .03 and 4 standard errors of ten worlds."""
    days = round(2.0 * np.log(people / seeds) / rate / dt) * dt
    rows = np.array([special.adoption(people=people, seeds=seeds, rate=rate, days=days, dt=dt, world=w)
                     for w in range(10)])  # fmt: skip
    t = dt * np.arange(1, rows.shape[1] + 1)
    curve = people * seeds * np.exp(rate * t) / (people - seeds + seeds * np.exp(rate * t))
    assert rows.shape[1] == round(days / dt) and (np.diff(rows, axis=1) >= 0).all()
    error = 4.0 * rows.std(axis=0, ddof=1) / np.sqrt(len(rows))
    assert (abs(rows.mean(axis=0) - curve) <= 0.06 * curve + error).all()


def waits(arrivals, service, servers, days):
    """C9: the mean wait of M/M/c; batches, as the waits of one queue are correlated."""
    from test_office_and_replies import erlang_c

    wait = special.queue(arrivals_per_day=arrivals, service_per_day=service, servers=servers, days=days)
    share, mean, _ = erlang_c(arrivals, service, servers)
    assert len(wait) > 0.9 * arrivals * days and wait.min() >= 0.0
    for measured, expected in ((wait > 1e-9, share), (wait, mean)):
        assert_mean([batch.mean() for batch in np.array_split(measured, 40)], expected)


def durations(lengths, success):
    """C12: E[T] = sum_j d_j / prod_{i >= j} s_i."""
    days = special.pipeline(lengths=lengths, success=success, runs=3000)
    assert days.min() >= sum(lengths) and len(days) == 3000
    assert_mean(days, sum(d / np.prod(success[j:]) for j, d in enumerate(lengths)))


def passed(n, p, threshold, operator):
    """C10."""
    share = special.vote(n=n, p=p, threshold=threshold, operator=operator, runs=3000)
    limit = round(threshold * 1000) * n
    k = np.arange(n + 1)
    enough = 1000 * k > limit if operator == ">" else 1000 * k >= limit
    assert_share(share * 3000, 3000, binom.pmf(k, n, p)[enough].sum())


def stopped(n, p, objectors):
    """C11."""
    share = special.veto(n=n, p=p, objectors=objectors, runs=3000)
    assert_share(share * 3000, 3000, binom.sf(objectors - 1, n, p))


def sitting(short_share, mean_short, mean_long):
    """C14, after every home has changed hands many times; days' ticks shift it by less than .003."""
    share = special.renters(short_share=short_share, mean_short=mean_short, mean_long=mean_long, seats=8000,
                            days=int(5 * mean_long))  # fmt: skip
    long = (1 - short_share) * mean_long
    assert_share(share * 8000, 8000, long / (short_share * mean_short + long), bias=0.003)


def held(n, p, threshold, operator):
    """C13."""
    share = special.signup(n=n, p=p, threshold=threshold, operator=operator, runs=2000)
    assert_share(share * 2000, 2000, binom.sf(threshold - (operator == ">="), n, p))


def heard(members, looks, reply):
    """C23: exponential with mean 1 / (m r u)."""
    minutes = special.first_reply(members=members, looks_per_day=looks, reply_probability=reply, runs=2500)
    mean = 24 * 60 / (members * looks * reply)
    assert_mean(minutes, mean)
    assert_share((minutes > 2 * mean).sum(), 2500, np.exp(-2.0))


def official(threshold, slope):
    """C24; a person's messages of one day stand in one group, hence the factor."""
    trust, rates, days = np.linspace(0.05, 0.95, 40), np.tile([0.2, 0.5, 1.0, 1.5], 10), 400
    share = special.two_groups(trust=trust, rates=rates, threshold=threshold, slope=slope, days=days)
    expected = (rates * expit(slope * (trust - threshold))).sum() / rates.sum()
    error = np.sqrt(expected * (1 - expected) / (rates.sum() * days) * 2.5)
    assert abs(share - expected) < 4 * error


def rounds(theta_0, theta_s, people=4000):
    """C25: x' = logistic(theta_0 + theta_S x) from nobody; 4 standard errors of a share that may double."""
    x, expected = 0.0, []
    for _ in range(40):
        x = expit(theta_0 + theta_s * x)
        expected.append(x)
    shares = special.participation(theta_0=theta_0, theta_S=theta_s, people=people, rounds=40)
    assert shares.shape == (40,) and (np.diff(shares) >= 0).all()
    assert abs(shares[0] - expected[0]) < 4 * np.sqrt(expected[0] * (1 - expected[0]) / people)
    assert shares[-1] == pytest.approx(expected[-1], abs=0.02)


def given(conditional, unconditional):
    """C18: types follow c_t = rho b_t or b_0 or 0, b_{t+1} = (1 - omega) b_t + omega (what the others gave); the
    mean of many groups is the mean-field curve, and exactly so where all are of one type."""
    rho, omega, b, expected = 0.8, 0.5, 0.5, []
    start = b
    for _ in range(10):
        c = conditional * rho * b + unconditional * start
        expected.append(c)
        b = (1 - omega) * b + omega * c
    found = special.public_good(conditional=conditional, unconditional=unconditional,
                                free=1 - conditional - unconditional, rounds=10, groups=4000)  # fmt: skip
    assert found.shape == (10,)
    if conditional in (0, 1):
        assert found == pytest.approx(expected, abs=1e-12 if conditional else 0.01)
    if conditional == 1:
        assert found == pytest.approx(rho * start * (1 - omega * (1 - rho)) ** np.arange(10), abs=1e-12)
    # A conditional cooperator sees three others and not himself: the curve bends a little.
    assert found == pytest.approx(expected, abs=0.02)


# -- points in the public good --------------------------------------------------------------------------------------


TYPES = {"conditional": 0.55, "unconditional": 0.30, "free": 0.15}


def test_without_points_the_public_good_is_what_it_was_to_the_last_bit():
    was = [0.3637500000000001, 0.33398333333333335, 0.313148, 0.2981756666666666, 0.2871540688888889]
    for more in ({}, {"punishment": 0.0}, {"punishment": 0.0, "antisocial": 0.67}):
        assert special.public_good(**TYPES, rounds=5, groups=500, **more).tolist() == was


@pytest.mark.parametrize("world", [1, 2, 3])
def test_giving_rises_with_points_and_not_when_most_hit_those_who_give(world):
    """External number 1, ii and iii: Chengdu (27 % of points against those who gave as much) and Athens (67 %)."""
    alone, chengdu, athens = (special.public_good(**TYPES, rounds=9, groups=1000, world=world, **points) for points in (
        {}, {"punishment": 2.9, "antisocial": 0.27}, {"punishment": 2.9, "antisocial": 0.67}))  # fmt: skip
    assert alone[0] == chengdu[0] == athens[0]  # points act on the next round
    assert alone[-1] < 0.75 * alone[0]
    assert chengdu[-1] > 1.08 * chengdu[0]
    assert alone[-1] < athens[-1] < athens[0]


def test_without_an_answer_to_points_nothing_rises(monkeypatch):
    monkeypatch.setattr(special, "SHAMED", special.UNMOVED)
    given = special.public_good(**TYPES, rounds=9, groups=500, punishment=3.0, antisocial=0.27)
    assert given[-1] < given[0]


def of_four(*gave):
    state = special.hamlet(4 * len(gave), doors=4, ties_most=8.0)
    state.people["gave"][:] = np.ravel(gave)
    return state


def test_points_go_to_those_who_gave_less_or_as_much():
    state = of_four(*[(0.5, 0.5, 0.5, 0.0)] * 2000)
    less = special.sanctions(state, 1.5, 0.0)
    assert (less[:, :3] == 0).all()
    assert_mean(less[:, 3], 4.5)  # three members, 1.5 points each, all at the fourth
    as_much = special.sanctions(state, 1.5, 1.0)
    assert (as_much[:, 3] == 0).all()  # who gave nothing gave nobody's measure
    assert_mean(as_much[:, :3].sum(axis=1), 6.0)
    assert_mean(as_much[:, 0], 2.0)
    assert (special.sanctions(of_four((0.2, 0.2, 0.2, 0.2)), 3.0, 0.0) == 0).all()


def test_the_answer_to_a_point_is_a_token_below_the_others_and_a_fifth_else(monkeypatch):
    monkeypatch.setattr(special, "sanctions", lambda state, punishment, antisocial: np.ones((state.size // 4, 4)))
    mixed = special.public_good(**TYPES, rounds=2, groups=400, punishment=1.0)
    alone = special.public_good(**TYPES, rounds=2, groups=400)
    people = special.hamlet(1600, doors=4, upkeep=1.0, conditional_share=0.55, unconditional_share=0.3, ties_most=8.0)
    special.live(people, 7, special.keeping)
    gave = people.people["gave"].reshape(-1, 4)
    tokens = np.where(4 * gave < gave.sum(axis=1, keepdims=True) - 1e-9, 1.0, 0.2)
    assert mixed[1] - alone[1] == pytest.approx(tokens.mean() / 20, abs=1e-9)


def test_points_are_drawn_with_words_of_their_own():
    from commsim.draws import PURPOSES

    assert len({special.FEWER, special.AS_MUCH} | set(PURPOSES.values())) == len(PURPOSES) + 2


# -- held as they are, and against a broken phase -------------------------------------------------------------------


CASES = {
    "encounters": (settled_strength, [(1 / 7, 0.05, 180.0), (1.0, 0.05, 180.0), (2 / 7, 0.2, 60.0)]),
    "adoption": (invited, [(1000, 10, 0.3, 0.1), (600, 20, 0.05, 0.5)]),
    "queue": (waits, [(10.0, 6.0, 2, 6000), (0.18, 1.0, 1, 40_000), (20.0, 9.0, 3, 3000)]),
    "pipeline": (durations, [((3, 5, 7, 7, 10, 15, 7), (1, 0.9, 0.95, 1, 0.95, 1, 0.95)), ((4, 2), (0.5, 0.7))]),
    "vote": (passed, [(125, 0.62, 0.6, ">"), (125, 0.6, 0.6, ">="), (20, 0.5, 0.5, ">"), (1000, 0.62, 0.6, ">")]),
    "veto": (stopped, [(125, 0.08, 10), (277, 0.03, 10), (1000, 0.01, 10), (40, 0.1, 3)]),
    "renters": (sitting, [(0.5, 120, 1440), (0.7, 30, 300), (0.923, 40, 400)]),
    "signup": (held, [(300, 0.13, 40, ">="), (300, 0.13, 40, ">"), (60, 0.2, 12, ">=")]),
    "first_reply": (heard, [(200, 10, 0.05), (30, 5, 0.4), (1, 20, 0.5)]),
    "two_groups": (official, [(0.5, 8.0), (0.35, 20.0), (0.9, 0.0)]),
    "public_good": (given, [(1, 0), (0.55, 0.3), (0, 0.5)]),
    "participation": (rounds, [(-2.0, 3.0), (-3.2, 6.0), (-2.5, 6.0), (-4.0, 6.0), (-1.0, 0.0)]),
}
HELD = [pytest.param(check, values, id=f"{name}-{k}") for name, (check, cases) in CASES.items()
        for k, values in enumerate(cases)]  # fmt: skip


@pytest.mark.parametrize("check, values", HELD)
def test_the_case_follows_its_formula(check, values):
    check(*values)


def off(**factors):
    """What breaks a phase: it runs with levers that are not quite those asked for."""
    def change(phase):
        def other(*things):
            *first, settings, day = things
            x = settings.x._replace(**{name: getattr(settings.x, name) * by for name, by in factors.items()})
            return phase(*first, type(settings)(x, settings.pipeline), day)

        other.__name__ = phase.__name__
        return other

    return change


BREAKS = {
    "encounters": ("neighbouring", off(alpha=0.8)),
    "adoption": ("joining", off(q=0.5)),
    "queue": ("talking", off(minutes_1=1.1)),
    "pipeline": ("live_project", off(theta_pay=0.5)),
    "vote": ("deciding", off(theta_pay=1.6)),
    "veto": ("deciding", off(o_0=1.1)),
    "renters": ("moving", off(short_share=0.7)),
    "signup": ("gathering", off(theta_gathering=1.1)),
    "first_reply": ("talking", off(u=0.8)),
    "two_groups": ("talking", off(t_star=1.1, lambda_nu=0.9)),
    "public_good": ("keeping", off(omega=0.5)),
    "participation": ("gathering", off(theta_s=0.7)),
}
BROKEN = {name: CASES[name][1][0] for name in BREAKS}


@pytest.mark.parametrize("name", BREAKS)
def test_a_broken_phase_is_noticed(name, monkeypatch):
    phase, change = BREAKS[name]
    monkeypatch.setattr(special, phase, change(getattr(special, phase)))
    assert not passes(lambda: CASES[name][0](*BROKEN[name]))


def test_every_case_is_checked_and_broken():
    assert set(CASES) == set(BREAKS) == set(special.__all__)
    assert cs.special is special


# -- arguments -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "case, wrong, named",
    [("vote", {"p": 1.2}, "vote.p"), ("vote", {"n": 10.5}, "vote.n"), ("vote", {"operator": "=>"}, "vote.operator"),
     ("vote", {"runs": 0}, "vote.runs"), ("pipeline", {"success": [0.5]}, "pipeline.success"),
     ("pipeline", {"success": [0.5, -0.1]}, "pipeline.success[1]"), ("renters", {"mean_short": "long"}, "mean_short"),
     ("two_groups", {"rates": [1.0]}, "two_groups.rates"), ("two_groups", {"trust": [0.2, 1.5]}, "two_groups.trust"),
     ("public_good", {"free": 0.5}, "public_good"), ("public_good", {"rounds": 0}, "public_good.rounds"),
     ("public_good", {"punishment": -1}, "public_good.punishment"), ("public_good", {"antisocial": 2}, "antisocial"),
     ("adoption", {"seeds": 200}, "adoption.seeds"), ("adoption", {"dt": 0}, "adoption.dt")],
)  # fmt: skip
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_value_that_cannot_be_is_named(case, wrong, named, lang):
    good = {
        "vote": {"n": 10, "p": 0.5, "threshold": 0.5, "operator": ">", "runs": 2},
        "pipeline": {"lengths": [1, 2], "success": [0.9, 0.9], "runs": 2},
        "renters": {"short_share": 0.5, "mean_short": 10, "mean_long": 20, "seats": 5, "days": 1},
        "two_groups": {"trust": [0.2, 0.5], "rates": [1.0, 1.0], "threshold": 0.5, "slope": 8, "days": 1},
        "public_good": {"conditional": 0.5, "unconditional": 0.25, "free": 0.25, "rounds": 2, "groups": 2},
        "adoption": {"people": 100, "seeds": 1, "rate": 0.1, "days": 1, "dt": 1},
    }[case]
    getattr(special, case)(**good)
    with pytest.raises(UserError) as raised:
        getattr(special, case)(**{**good, **wrong})
    assert named in raised.value.text(lang)


def test_the_same_world_gives_the_same_numbers_and_another_one_others():
    def once(world):
        return special.encounters(rate=0.2, gain=0.05, half_life=90, days=100, pairs=50, world=world)

    assert (once(3) == once(3)).all() and (once(3) != once(4)).any()
