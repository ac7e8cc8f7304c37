"""The project pipeline: votes (C10), objections to notices (C11 and the trial of model section 6l), durations (C12)."""

import numpy as np
import pytest
from alone import SURE, assert_mean, assert_share, change, hamlet, live, logit
from scipy.stats import binom

from commsim.day.deciding import deciding
from commsim.state.settings import PLACES, Stage

RATE_OF_SEEING_AT_ONCE = 200.0


def pipeline(**stages):
    """The named stages at their places and nothing else."""
    return tuple(stages.get(place) for place in PLACES)


def decide(stages, days=40, compounds=25, households=125, seed=1, set_up=None, wait=0, **levers):
    """Ended projects: one a day and compound for ``days`` days, then ``wait`` days more."""
    levers = {"project_households": households, "versions_most": 1.0, "theta_vote": SURE, **levers}
    state = hamlet(compounds * households, per_compound=households, world=seed, pipeline=stages,
                   projects_a_year=365.0, **levers)  # fmt: skip
    if set_up:
        set_up(state)
    live(state, days, deciding)
    live(change(state, projects_a_year=0.0), wait, deciding)
    projects = state.projects.all
    assert len(projects) == days * compounds
    assert not state.projects.open
    return state, projects


def passing(n, p, share, operator):
    """P(Bin(n, p) is ``operator`` share * n), with whole-number thresholds computed exactly in twentieths."""
    limit = round(share * 20) * n
    k = np.arange(n + 1)
    enough = 20 * k > limit if operator == ">" else 20 * k >= limit
    return binom.pmf(k, n, p)[enough].sum()


@pytest.mark.parametrize(
    "n, p, share, operator",
    [(125, 0.60, 0.60, ">"), (125, 0.60, 0.60, ">="), (125, 0.62, 0.60, ">"), (125, 0.65, 0.60, ">"),
     (20, 0.5, 0.5, ">"), (20, 0.5, 0.5, ">="), (60, 0.7, 0.65, ">=")],
)  # fmt: skip
def test_a_vote_passes_as_often_as_the_binomial_says(n, p, share, operator):
    vote = Stage("vote", 1, share, operator, "voters")
    _, projects = decide(pipeline(vote=vote), households=n, theta_pay=logit(p))
    passed = sum(project.outcome == "done" for project in projects)
    assert_share(passed, len(projects), passing(n, p, share, operator))


def test_the_formula_of_the_vote_reproduces_the_known_values():
    for p, known in [(0.60, 0.4661), (0.62, 0.6461), (0.65, 0.8593), (0.70, 0.9891)]:
        assert passing(125, p, 0.6, ">") == pytest.approx(known, abs=1e-4)


TURNOUT, YES, N, BLOCK = 0.8, 0.75, 100, 50


def _expected(of):
    """P(pass) of a 60 % vote with turnout .8 and 75 % yes among 50 affected households of 100."""
    if of == "affected":
        return passing(BLOCK, TURNOUT * YES, 0.6, ">")
    if of == "all":
        return passing(N, TURNOUT * YES, 0.6, ">")
    voters = np.arange(BLOCK + 1)
    return sum(binom.pmf(m, BLOCK, TURNOUT) * passing(m, YES, 0.6, ">") for m in voters[1:])


@pytest.mark.parametrize("of", ["voters", "affected", "all"])
def test_the_denominator_of_the_vote_decides(of):
    vote = Stage("vote", 1, 0.6, ">", of)
    _, projects = decide(pipeline(vote=vote), households=N, project_households=BLOCK,
                         theta_pay=logit(YES), theta_vote=logit(TURNOUT))  # fmt: skip
    assert_share(sum(p.outcome == "done" for p in projects), len(projects), _expected(of))
    asked = N if of == "all" else BLOCK
    assert_mean([p.voted.sum() for p in projects], TURNOUT * asked)


def _notice(days=1, objectors=10, operator=">=", among="affected", **more):
    return Stage("notice", days, objectors=objectors, operator=operator, among=among,
                 restart_to="pre_screening", board=True, **more)  # fmt: skip


@pytest.mark.parametrize(
    "n, q, objectors, operator",
    [(125, 0.05, 10, ">="), (125, 0.08, 10, ">="), (125, 0.08, 10, ">"), (277, 0.03, 10, ">="),
     (1000, 0.01, 10, ">="), (60, 0.1, 5, ">="), (125, 0.02, 10, ">=")],
)  # fmt: skip
def test_objectors_stop_a_notice_as_often_as_the_binomial_says(n, q, objectors, operator):
    _, projects = decide(pipeline(notice=_notice(objectors=objectors, operator=operator)), households=n,
                         compounds=10 if n > 500 else 25, o_0=logit(q), r_board=RATE_OF_SEEING_AT_ONCE)  # fmt: skip
    stopped = sum(p.outcome == "dropped" for p in projects)
    least = objectors + (operator == ">")
    assert_share(stopped, len(projects), binom.sf(least - 1, n, q))
    if q > 0.02:
        assert_mean([p.objects.sum() for p in projects], n * q)


def test_somebody_objects_once_per_version_however_many_notices_there_are():
    """All have seen the first notice, so that the next two of the same version meet the same objectors:
    three notices pass as often as one (with a fresh draw for each it would be the cube)."""
    stages = pipeline(notice=_notice(), notice_of_works=_notice(), notice_of_accounts=_notice())
    _, projects = decide(stages, wait=3, o_0=logit(0.08), r_board=RATE_OF_SEEING_AT_ONCE)
    assert_share(sum(p.outcome == "done" for p in projects), len(projects), binom.cdf(9, 125, 0.08))


@pytest.mark.parametrize("among", ["affected", "all"])
def test_who_may_object_is_part_of_the_rule(among):
    _, projects = decide(pipeline(notice=_notice(among=among)), households=200, project_households=100,
                         o_0=logit(0.06), r_board=RATE_OF_SEEING_AT_ONCE)  # fmt: skip
    n = 200 if among == "all" else 100
    assert_share(sum(p.outcome == "dropped" for p in projects), len(projects), binom.sf(9, n, 0.06))


# The trial of model section 6l: 125 payers of 160 yuan, half of them in the group, tau .7, trust .5.
TRIAL = [(3, 0.04, 73), (7, 0.24, 48), (10, 0.35, 39), (14, 0.46, 31), (21, 0.58, 22), (30, 0.68, 14)]
Q_TRIAL = 1.0 / (1.0 + np.exp(2.3 - 0.5 * 1.6 + 1.0 * 0.7))


def _trial(days, households=125):
    def half_in_group(state):
        state.people["in_official"][::2] = True
        state.people["trust"][:] = 0.5

    stages = pipeline(notice=_notice(days, group=True))
    return decide(stages, days=40, wait=days, households=households, set_up=half_in_group, tau=0.7, o_c=0.5,
                  o_tau=1.0, o_t=2.0, o_0=-2.3, r_board=0.05, r_group=0.4, project_cost=320.0 * households,
                  project_subsidy=160.0 * households)[1]  # fmt: skip


def _restart_probability(days, n=125):
    """P(at least ten objectors) with 63 of 125 who see the group and 62 who see the board only."""
    inside = (n + 1) // 2
    a = binom.pmf(np.arange(n + 1), inside, Q_TRIAL * -np.expm1(-0.4 * days))
    b = binom.pmf(np.arange(n + 1), n - inside, Q_TRIAL * -np.expm1(-0.05 * days))
    return 1.0 - np.convolve(a, b)[:10].sum()


@pytest.mark.parametrize("days, stopped, unseen", TRIAL)
def test_a_longer_notice_collects_more_objections_and_surprises_fewer_payers(days, stopped, unseen):
    projects = _trial(days)
    expected = _restart_probability(days)
    assert expected == pytest.approx(stopped, abs=0.03)  # the trial's numbers are rounded simulations
    assert_share(sum(p.outcome == "dropped" for p in projects), len(projects), expected)
    blind = [(~p.seen).sum() for p in projects]
    assert_mean(blind, 63 * np.exp(-0.4 * days) + 62 * np.exp(-0.05 * days))
    assert np.mean(blind) == pytest.approx(unseen, abs=1.0)


def test_among_a_thousand_payers_there_are_always_ten_objectors():
    assert all(p.outcome == "dropped" for p in _trial(7, households=1000)[:300])


def expected_days(lengths, chances):
    """E[T] = sum_j d_j / prod_{i >= j} s_i."""
    return sum(d / np.prod(chances[j:]) for j, d in enumerate(lengths))


def test_the_formula_of_durations_reproduces_the_known_value():
    assert expected_days((3, 5, 7, 7, 10, 15, 7), (1, 0.9, 0.95, 1, 0.95, 1, 0.95)) == pytest.approx(60.53, abs=0.005)


@pytest.mark.parametrize(
    "lengths, p, q, rate",
    [((3, 5, 7, 7, 10, 15, 3), 0.655, 0.06, 0.05), ((2, 1, 4, 1, 12, 6, 1), 0.62, 0.09, 0.1),
     ((1, 3, 2, 2, 2, 1, 1), 0.66, 0.11, 0.4)],
)  # fmt: skip
def test_a_project_that_starts_from_scratch_takes_as_long_as_the_formula_says(lengths, p, q, rate):
    """Notices of one version share their objectors: the second one's chance is conditional on the first."""
    pre, vote, notice, review, works, build, acceptance = lengths
    stages = pipeline(
        pre_screening=Stage("pre_screening", pre, 0.0, ">=", "voters", people=15),
        vote=Stage("vote", vote, 0.6, ">", "voters"), notice=_notice(notice), review=Stage("review", review),
        notice_of_works=_notice(works), build=Stage("build", build), acceptance=Stage("acceptance", acceptance),
    )  # fmt: skip
    _, projects = decide(stages, compounds=25, days=24, wait=1500, theta_pay=logit(p), o_0=logit(q), r_board=rate,
                         versions_most=1e6)  # fmt: skip
    early, late = -np.expm1(-rate * notice), -np.expm1(-rate * (notice + works))
    first = binom.pmf(np.arange(10), 125, q * early)
    further = q * (late - early) / (1.0 - q * early)
    second = sum(first[k] * binom.cdf(9 - k, 125 - k, further) for k in range(10)) / first.sum()
    chances = (1.0, passing(125, p, 0.6, ">"), first.sum(), 1.0, second, 1.0, 1.0)
    days = [project.ended - project.proposed for project in projects]
    assert min(days) == sum(lengths)
    assert_mean(days, expected_days(lengths, chances))
    versions = [project.version for project in projects]
    assert_mean(versions, 1.0 / np.prod(chances))


def test_works_that_are_paid_for_are_not_pulled_down():
    """Objections to the accounts lead back to acceptance, not to pre-screening: E[T] in two pieces."""
    q, build, acceptance, accounts = 0.08, 5, 3, 7
    stages = pipeline(build=Stage("build", build), acceptance=Stage("acceptance", acceptance),
                      notice_of_accounts=_notice(accounts))  # fmt: skip
    state, projects = decide(stages, wait=500, o_0=logit(q), r_board=RATE_OF_SEEING_AT_ONCE, versions_most=1e6)
    s = binom.cdf(9, 125, q)
    assert_mean([p.ended - p.proposed for p in projects], build + (acceptance + accounts) / s)
    assert all(sum(step["stage"] == "build" for step in p.steps) == 1 for p in projects)
    assert state.office.yuan[3] == pytest.approx(len(projects) * state.base.x.project_cost)
