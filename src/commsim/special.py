"""Special cases whose answer is known: one mechanism runs, everything else rests.

    import commsim as cs

    cs.special.encounters(rate=1 / 7, gain=0.05, half_life=180, days=2000, pairs=500).mean()
    cs.special.vote(n=125, p=0.62, threshold=0.6, operator=">", runs=2000)

Each case builds a place in which only the levers of one mechanism are not zero, lives through it with
the very phases of the day that every run lives through, and returns what came of it, as a plain number
or a NumPy array.  Nothing is computed by formula here: ``docs/special.md`` has the formulas to compare with.
All take keywords only; ``world`` picks the luck.  A value outside its range raises ``UserError``.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from math import ceil, floor, inf, log, log1p

import numpy as np

from commsim.clock import HOURS, MINUTES, MONTH
from commsim.day.deciding import deciding, live_project, propose
from commsim.day.gathering import gathering
from commsim.day.joining import joining
from commsim.day.keeping import WEEK, keeping
from commsim.day.moving import moving
from commsim.day.needs import needs
from commsim.day.neighbouring import neighbouring
from commsim.day.plan import Phase
from commsim.day.talking import talking
from commsim.draws import column
from commsim.engine import Days
from commsim.errors import UserError
from commsim.population import Place, populate
from commsim.rules import Gatherings, Rule
from commsim.state.groups import INTEREST, OFFICIAL, enter, open_group
from commsim.state.messages import REPLY, TALK
from commsim.state.people import LONG_RENTER
from commsim.state.settings import DEFAULTS, OFFICE_DECIDES, Settings, Stage
from commsim.state.ties import level_on, meet
from commsim.state.whole import State

__all__ = ["adoption", "encounters", "first_reply", "participation", "pipeline", "public_good", "queue", "renters",
           "signup", "two_groups", "veto", "vote"]  # fmt: skip

SURE = 50.0  # log-odds of what always happens
NEVER_FADES = 1e9  # days of half-life
AT_ONCE = 200.0  # sightings a day: everybody has seen a notice on its first day
MIXED = 2000  # ties that stand for "everybody knows everybody" where there are more people
ROUNDING = 1e-9  # of shares that make one
TOKENS = 20.0  # what somebody in a laboratory's public good may give; all of it is 1
# Tokens that a point adds to the next gift of somebody below the others' mean, and of somebody who is not: round to
# round in the Chengdu session of Herrmann, Thöni & Gächter (2008).
SHAMED, UNMOVED = 1.0, 0.2
FEWER, AS_MUCH = (zlib.crc32(f"special {name}".encode()) for name in ("points for less", "points for as much"))
ROOM = 20_000  # people that one place holds at most, where a case may be split into several days
NOTHING = dict(
    homebody_share=0.0, commuter_share=0.0, conditional_share=1.0, unconditional_share=0.0, gamma=0.0,
    volunteer_share=0.0, child_share=0.0, elder_share=0.0, literate_young=1.0, literate_old=1.0,
    group_open=0.0, p_b=0.0, q=0.0, h_ch=0.0, eta_g=0.0, eta_private=0.0, mu=0.0, voice_loss=0.0, voice_gain=0.0,
    theta_join=0.0, theta_volunteer=-SURE, theta_m=0.0, theta_s=0.0, theta_v=0.0, theta_t=0.0, theta_c=0.0,
    theta_c_yuan=0.0, theta_h=0.0, seen_announcement=1.0, needs_rate=0.0, r_0=SURE, r_c=0.0, knows_phone=0.0,
    class_1=1.0, class_2=0.0, emergency=0.0, looks=0.0, energy=1e9, m=1.0, thanks_share=0.0, night_drain=0.0,
    a_t=0.0, b_t=0.0, projects_a_year=0.0, rework_days=0.0, o_c=0.0, o_tau=0.0, o_t=0.0,
    # the stairwell
    upkeep=0.0, clutter_rate=0.0, troubles_rate=0.0,

    # leaders and helpers
    acts_week=0.0, entitlement=0.0,

    # affairs
    rumour_rate=0.0, put_right=0.0, h_c=0.0, eta_service=0.0, skill_gain=0.0, chi_learn=0.0,

    # services
    property_share=0.0, kappa_z=0.0,
)  # fmt: skip


# -- a place where nothing happens --------------------------------------------------------------------------------


def logit(p: float) -> float:
    """Log-odds of p; what is impossible or certain gets log-odds of ∓50."""
    return max(-SURE, min(SURE, log(p / (1.0 - p)))) if 0.0 < p < 1.0 else (-SURE if p <= 0.0 else SURE)


def hamlet(people: int, households: int | None = None, world: int = 1, per_compound: int | None = None,
           doors: int = 24, pipeline=OFFICE_DECIDES, **levers) -> State:  # fmt: skip
    """People in their homes on day 0, one a household unless said otherwise, knowing nobody.

    Only ``levers`` differ from nothing at all.  ``per_compound`` households make one stairwell that is a
    whole compound; else the usual structure with ``doors`` a stairwell.
    """
    structure = {"doors_per_stairwell": doors}
    if per_compound:
        structure = {"doors_per_stairwell": per_compound, "stairwells_per_building": 1,
                     "buildings_per_courtyard": 1, "courtyards_per_compound": 1}  # fmt: skip
    settings = Settings(DEFAULTS._replace(**{**NOTHING, **levers}), pipeline)
    place = Place("special", "special", people, households or people, burn_in=0, settings=settings, **structure)
    return populate(place, world)


def live(state: State, days: int, *phases: Callable, rules: Sequence[Rule] = (), each: Callable | None = None) -> State:
    """Live through ``days`` days that consist of ``phases`` only; ``each(state)`` after every day."""
    loop = Days(state, tuple(rules), plan=[Phase(phase.__name__, phase) for phase in phases])
    for _ in range(days):
        loop.live()
        if each:
            each(state)
    return state


def change(state: State, pipeline=None, **levers) -> State:
    """The scenario's values change from now on."""
    base = state.base
    state.base = replace(base, x=base.x._replace(**levers), pipeline=base.pipeline if pipeline is None else pipeline)
    return state


def know(state: State, i: int, j: int, w: float) -> None:
    """i and j know each other with strength w today."""
    level = level_on(state.day, state.base.x.half_life)
    meet(state.tables.ties, i, j, w, 1.0, level, 0.0)


def strengths(state: State) -> np.ndarray:
    """float64[people]: strength of each person's first tie this morning (after last night's fading)."""
    level = level_on(state.day, state.base.x.half_life)
    return np.where(state.ties.rows["degree"] > 0, state.ties.slots["u"][state.ties.rows["start"]], 0.0) / level


def dense_ties(state: State, degree: int) -> None:
    """Ties of strength 1: person i knows i + o and i - o for ``degree``/2 offsets o drawn at random, and
    with an odd degree in an even number of people also the one opposite."""
    n, half, opposite = state.size, degree // 2, degree % 2
    if opposite and n % 2:
        half, opposite = half + 1, 0
    degree = 2 * half + opposite
    if not degree <= min(n - 1, state.ties.most):
        raise UserError("value_out_of_range", place="degree", value=degree, low=0, high=min(n - 1, state.ties.most))
    rows, slots = state.ties.rows, state.ties.slots
    rows["room"], rows["start"], state.ties.used[0] = degree, degree * np.arange(n), degree * n
    offsets = np.random.default_rng(n).permutation(np.arange(1, (n - 1) // 2 + 1))[:half]
    across = np.full(opposite, n // 2)
    where = rows["start"][:, None] + np.arange(degree)
    slots["neighbour"][where] = (np.arange(n)[:, None] + np.concatenate([offsets, -offsets, across])) % n
    slots["mate"][where] = np.concatenate([np.arange(half, 2 * half), np.arange(half), np.full(opposite, 2 * half)])
    slots["u"][where] = 1.0
    rows["degree"], rows["total"] = degree, float(degree)


# -- ties and moves -------------------------------------------------------------------------------------------------


def encounters(*, rate: float, gain: float, half_life: float, days: int, pairs: int, world: int = 1) -> np.ndarray:
    """Strengths at the end of ``pairs`` pairs of neighbours: float64[pairs], after the last night's fading.

    The two chat ``rate`` times a day on average (a Poisson number of times each day) and with nobody else;
    each chat is an encounter with ``gain`` and ceiling 1; strength halves in ``half_life`` days.
    Phase: neighbouring.  Check C16.
    """
    _check("encounters", rate=(rate, 0, 50), gain=(gain, 0, 1), half_life=(half_life, 1e-3, inf))
    days, pairs = _whole("encounters", days=(days, 0), pairs=(pairs, 1))
    state = hamlet(2 * pairs, world=world, doors=2, half_life=half_life, alpha=gain, ring_stairwell=1.0,
                   ring_building=0.0, ring_courtyard=0.0, w_drop=0.0, ties_most=8.0)  # fmt: skip
    state.people["sociability"][:] = rate  # each of the two starts rate/2 chats a day
    return strengths(live(state, days, neighbouring))[::2]


def renters(*, short_share: float, mean_short: float, mean_long: float, seats: int, days: int, world: int = 1) -> float:
    """Share of long stays among those sitting in ``seats`` rented homes after ``days`` days of moves.

    ``short_share`` of those who arrive stay ``mean_short`` days on average, the others ``mean_long``; stays
    end by hazard, once a day, so that none is shorter than a day.  Phase: moving.  Check C14.
    """
    _check("renters", short_share=(short_share, 0, 1), mean_short=(mean_short, 1, inf), mean_long=(mean_long, 1, inf))
    seats, days = _whole("renters", seats=(seats, 1), days=(days, 0))
    # The day's hazard is 1 - e^(-1/stay): whole days whose mean is the one asked for.
    short, long = (-1.0 / log1p(-min(1.0 / mean, 1.0 - 1e-12)) for mean in (mean_short, mean_long))
    state = hamlet(seats, world=world, renter_share=1.0, short_share=short_share, stay_short=short, stay_long=long,
                   ties_most=8.0)  # fmt: skip
    live(state, days, moving)
    return float((state.people["tenure"] == LONG_RENTER).mean())


# -- groups and messages --------------------------------------------------------------------------------------------


def adoption(*, people: int, seeds: int, rate: float, days: float, dt: float = 1.0, world: int = 1) -> np.ndarray:
    """Members of a group after each step of ``dt`` days, by invitation only: int64[days / dt].

    Everybody knows everybody (above 2,001 people: 2,000 others drawn at random); somebody outside is invited
    with hazard ``rate`` a day times the share of the others who are inside, and joins when invited.
    Phase: joining.  Check C3.
    """
    _check("adoption", rate=(rate, 0, inf), days=(days, 0, inf), dt=(dt, 1e-6, inf))
    people, seeds = _whole("adoption", people=(people, 2), seeds=(seeds, 0, people))
    degree = min(people - 1, MIXED)
    state = hamlet(people, per_compound=people, world=world, cap=float(people), ties_most=float(degree),
                   half_life=NEVER_FADES, theta_join=SURE, q=rate * dt * MONTH, group_open=1.0)  # fmt: skip
    dense_ties(state, degree)
    group = open_group(state.groups, OFFICIAL, 0, -1, 0)
    first = np.random.default_rng(world).permutation(people)[:seeds]
    for i in first.tolist():
        enter(state.tables.groups, state.tables.people, i, group)
    inside = []
    live(state, round(days / dt), joining, each=lambda now: inside.append(int(now.groups.rows["members"][group])))
    return np.array(inside, np.int64)


def first_reply(*, members: int, looks_per_day: float, reply_probability: float, runs: int,
                world: int = 1) -> np.ndarray:  # fmt: skip
    """Minutes from a message in a group to its first reply, for ``runs`` messages: float64[runs].

    Each of ``members`` readers looks ``looks_per_day`` times a day and then replies with
    ``reply_probability``; replies are not replied to.  Phase: talking.  Check C23.
    """
    _check("first_reply", looks_per_day=(looks_per_day, 1e-6, 48), reply_probability=(reply_probability, 1e-6, 1))
    members, runs = _whole("first_reply", members=(members, 1), runs=(runs, 1))
    mean_hours = HOURS / (members * looks_per_day * reply_probability)
    # In view so long that a message without any reply is unheard of (e^-40).
    state = hamlet(members + 1, world=world, cap=float(members + 1), half_life=NEVER_FADES, kappa_on=0.0,
                   branching_most=0.0, mu=20.0, w_0=1e-9, in_view=looks_per_day / HOURS / 2.0,
                   u=reply_probability, view_hours=40.0 * mean_hours)  # fmt: skip
    group = open_group(state.groups, INTEREST, 0, 0, 7)
    for i in range(members + 1):
        enter(state.tables.groups, state.tables.people, i, group)
    know(state, 0, 1, 1.0)  # so that these two have something to say
    asked, minutes = {}, {}

    def note(now):
        rows = now.messages.rows[: now.messages.count[0]]
        start = np.searchsorted(rows["time"], now.day - 1.0)  # what was written today
        for number, row in enumerate(rows[start:], int(now.messages.first[0]) + int(start)):
            if row["kind"] == TALK and len(asked) < 2 * runs:
                asked[number] = row["time"]
            elif row["kind"] == REPLY and row["reply_to"] in asked:
                minutes.setdefault(row["reply_to"], (row["time"] - asked[row["reply_to"]]) * MINUTES)

    while len(minutes) < runs:
        live(state, 1, talking, each=note)
    # In order of asking and only where all earlier ones have been answered too: else slow ones were left out.
    done = [minutes.get(number) for number in sorted(asked)]
    while None in done[:runs]:
        live(state, 1, talking, each=note)
        done = [minutes.get(number) for number in sorted(asked)]
    return np.array(done[:runs])


def two_groups(*, trust: Sequence[float], rates: Sequence[float], threshold: float, slope: float, days: int,
               world: int = 1) -> float:  # fmt: skip
    """Share of messages that are written in the official group by people who are also in one of their own.

    Person i trusts the office by ``trust[i]`` and writes ``rates[i]`` messages a day; where depends on trust
    against ``threshold`` with ``slope`` log-odds per unit.  NaN where nothing was said.  Phase: talking.
    Check C24.
    """
    trust, rates = (np.atleast_1d(np.asarray(values, float)) for values in (trust, rates))
    people = len(trust)
    if len(rates) != people:
        raise UserError("value_unknown", place="two_groups.rates", value=len(rates), allowed=str(people))
    _check("two_groups", slope=(slope, -inf, inf), threshold=(threshold, -inf, inf), people=(people, 2, inf),
           trust=(trust.min(), 0, 1), rates=(rates.min(), 0, inf))  # fmt: skip
    _check("two_groups", trust=(trust.max(), 0, 1), rates=(rates.max(), 0, 100))
    (days,) = _whole("two_groups", days=(days, 1))
    most = max(float(rates.max()), 1e-12)
    degree = min(people - 1, MIXED)
    state = hamlet(people, world=world, half_life=NEVER_FADES, cap=float(people), ties_most=float(degree), mu=most,
                   w_0=1e-9, in_view=0.0, lambda_nu=slope, t_star=threshold)  # fmt: skip
    dense_ties(state, degree)
    for kind, theme in ((OFFICIAL, -1), (INTEREST, 3)):
        group = open_group(state.groups, kind, 0, theme, 1 + kind)
        for i in range(people):
            enter(state.tables.groups, state.tables.people, i, group)
    state.people["trust"][:], state.people["voice"][:] = trust, rates / most
    said = np.zeros(2)

    def count(now):
        rows = now.messages.rows[: now.messages.count[0]]
        today = rows[(rows["time"] >= now.day - 1) & (rows["kind"] == TALK)]
        said[:] += (now.groups.rows["kind"][today["group"]] == OFFICIAL).sum(), len(today)

    live(state, days, talking, each=count)
    return float(said[0] / said[1]) if said[1] else float("nan")


# -- the office -----------------------------------------------------------------------------------------------------


def queue(*, arrivals_per_day: float, service_per_day: float, servers: int, days: int, world: int = 1) -> np.ndarray:
    """Days that each case waited until an official took it up, in order of arrival: float64[cases].

    Cases arrive at any hour, ``arrivals_per_day`` on average; an official who does nothing else settles
    ``service_per_day`` of them on average.  Cases still waiting at the end are left out.
    Phases: needs, talking.  Check C9.
    """
    _check("queue", arrivals_per_day=(arrivals_per_day, 0, 1e5), service_per_day=(service_per_day, 1e-6, 1e6))
    servers, days = _whole("queue", servers=(servers, 1), days=(days, 1))
    people = max(10, ceil(arrivals_per_day))
    state = hamlet(people, world=world, needs_rate=1000.0 * arrivals_per_day / people,
                   minutes_1=MINUTES / service_per_day, officials=float(servers), duty_hours=HOURS, duty_from=0.0,
                   hours_visit=0.0)  # fmt: skip
    live(state, days, needs, talking)
    cases = state.cases.rows[: state.cases.count[0]]
    cases = cases[cases["started"] >= 0.0]
    return (cases["started"] - cases["reported"])[np.argsort(cases["reported"], kind="stable")]


# -- taking part ----------------------------------------------------------------------------------------------------


def signup(*, n: int, p: float, threshold: int, operator: str, runs: int, world: int = 1) -> float:
    """Share of ``runs`` gatherings that are held, each announced to ``n`` people who sign up with probability p.

    Held when the number of sign-ups is ``operator`` (">" or ">=") ``threshold``.  Phase: gathering.  Check C13.
    """
    _check("signup", p=(p, 0, 1), operator=(operator, (">", ">=")))
    n, threshold, runs = _whole("signup", n=(n, 1), threshold=(threshold, 0), runs=(runs, 1))
    compounds, times = _shared_out(runs, n)
    state = hamlet(n * compounds, world=world, per_compound=n, ties_most=8.0, theta_gathering=logit(p))
    rule = Gatherings(every=7, themes=("culture",), threshold=threshold, operator=operator, sign_up_days=1,
                      together=0.0, seats=1)  # fmt: skip
    live(state, 7 * times, gathering, rules=[rule])
    return float(np.mean([past["held"] for past in state.gatherings.past[:runs]]))


def participation(*, theta_0: float, theta_S: float, people: int, rounds: int, world: int = 1) -> np.ndarray:
    """Share of people who take part after each of ``rounds`` rounds of one occasion: float64[rounds].

    All cooperate conditionally, everybody knows everybody (above 2,001 people: 2,000 others drawn at random),
    and nobody takes part at first: the log-odds are ``theta_0 + theta_S * S`` with S the share of others who
    already do.  Whoever has begun goes on.  Phase: gathering.  Check C25.
    """
    _check("participation", theta_0=(theta_0, -SURE, SURE), theta_S=(theta_S, 0, SURE))
    people, rounds = _whole("participation", people=(people, 2), rounds=(rounds, 1))
    degree = min(people - 1, MIXED)
    state = hamlet(people, world=world, per_compound=people, ties_most=float(degree), half_life=NEVER_FADES,
                   theta_gathering=theta_0, theta_s=theta_S)  # fmt: skip
    dense_ties(state, degree)
    plan = Gatherings(every=rounds + 1, themes=("culture",), threshold=0, sign_up_days=rounds + 1, together=0.0)
    state.gatherings.announce(0, 0, plan, 0)
    shares = []
    live(state, rounds, gathering, each=lambda now: shares.append(now.gatherings.open[0].signed.mean()))
    return np.array(shares)


def public_good(*, conditional: float, unconditional: float, free: float, rounds: int, groups: int,
                punishment: float = 0.0, antisocial: float = 0.0, world: int = 1) -> np.ndarray:  # fmt: skip
    """Mean given in each of ``rounds`` rounds by groups of four, where 1 is everything: float64[rounds].

    Four people who live alone share a stairwell; each is by lot a conditional cooperator, gives half whatever
    the others do, or gives nothing, with these shares.  All believe at first that the others give half.
    With ``punishment`` each has so many points to give after a round, on average and in whole points: the share
    ``antisocial`` of them to one who gave at least as much, the others to one who gave less, where there is one.
    What points do to the next gift stands at ``SHAMED``.  Phase: keeping, and points after it.  Check C18.
    """
    shares = {"conditional": conditional, "unconditional": unconditional, "free": free}
    _check("public_good", punishment=(punishment, 0, TOKENS), antisocial=(antisocial, 0, 1),
           **{name: (share, 0, 1) for name, share in shares.items()})  # fmt: skip
    rounds, groups = _whole("public_good", rounds=(rounds, 1), groups=(groups, 1))
    if abs(sum(shares.values()) - 1.0) > ROUNDING:
        raise UserError("shares_do_not_add", place="public_good", value=sum(shares.values()))
    state = hamlet(4 * groups, world=world, doors=4, upkeep=1.0, conditional_share=conditional,
                   unconditional_share=unconditional, ties_most=8.0)  # fmt: skip
    given, points = [], np.zeros((groups, 4))
    for _ in range(rounds):
        below = _below_others(state)
        live(state, WEEK, keeping)
        if punishment > 0.0:
            _give_more(state, points * np.where(below, SHAMED, UNMOVED) / TOKENS)
            points = sanctions(state, punishment, antisocial)
        given.append(state.people["gave"].mean())
    return np.array(given)


def sanctions(state: State, punishment: float, antisocial: float) -> np.ndarray:
    """Points that the four of each stairwell give each other for this week's gifts: float64[groups, 4] received."""
    gave = state.people["gave"].reshape(-1, 4)
    less = gave[:, None, :] < gave[:, :, None] - ROUNDING  # by group, who gives the points, who may get them
    as_much = ~less & ~np.eye(4, dtype=bool)
    received = np.zeros_like(gave)
    for key, targets, share in ((FEWER, less, 1.0 - antisocial), (AS_MUCH, as_much, antisocial)):
        luck, lot = (column(state.world, key, state.day, 0, gave.size, 0, turn).reshape(gave.shape) for turn in (0, 1))
        points = np.where(targets.any(axis=2), np.floor(share * punishment + luck), 0.0)
        chosen = (np.cumsum(targets, axis=2) > (lot * targets.sum(axis=2))[:, :, None]).argmax(axis=2)
        for member in range(4):
            received[np.arange(len(gave)), chosen[:, member]] += points[:, member]
    return received


def _below_others(state: State) -> np.ndarray:
    """Who gave less this week than the other three on average: bool[groups, 4]."""
    gave = state.people["gave"].reshape(-1, 4)
    return 4.0 * gave < gave.sum(axis=1, keepdims=True) - ROUNDING


def _give_more(state: State, more: np.ndarray) -> None:
    """Each gives so much more this week, as far as they have it, and the others see it."""
    gave, belief = (state.people[name].reshape(-1, 4) for name in ("gave", "belief"))
    more = np.minimum(more, 1.0 - gave)
    state.people["gave"][:] = (gave + more).ravel()
    others = (more.sum(axis=1, keepdims=True) - more) / 3.0
    state.people["belief"][:] = (belief + state.base.x.omega * others).ravel()


# -- projects -------------------------------------------------------------------------------------------------------


def vote(*, n: int, p: float, threshold: float, operator: str, runs: int, world: int = 1) -> float:
    """Share of ``runs`` votes that pass: n households all vote, each yes with probability p.

    Passed when yes / n is ``operator`` (">" or ">=") ``threshold``.  Phase: deciding.  Check C10.
    """
    _check("vote", p=(p, 0, 1), threshold=(threshold, 0, 1), operator=(operator, (">", ">=")))
    n, runs = _whole("vote", n=(n, 1), runs=(runs, 1))
    stage = Stage("vote", 1, threshold, operator, "voters")
    return _outcomes(n, runs, world, stage, "done", theta_pay=logit(p))


def veto(*, n: int, p: float, objectors: int, runs: int, world: int = 1) -> float:
    """Share of ``runs`` notices that are stopped: all of n households see it, each objects with probability p.

    Stopped when at least ``objectors`` object.  Phase: deciding.  Check C11.
    """
    _check("veto", p=(p, 0, 1))
    n, objectors, runs = _whole("veto", n=(n, 1), objectors=(objectors, 1), runs=(runs, 1))
    stage = Stage("notice", 1, objectors=objectors, operator=">=", among="affected", restart_to="pre_screening",
                  board=True)  # fmt: skip
    return _outcomes(n, runs, world, stage, "dropped", o_0=logit(p), r_board=AT_ONCE)


def _outcomes(n, runs, world, stage, wanted, **levers) -> float:
    """Share of ``runs`` projects of n households that end as ``wanted`` after a pipeline of one stage."""
    compounds, days = _shared_out(runs, n)
    state = hamlet(n * compounds, world=world, per_compound=n, pipeline=(stage,), projects_a_year=365.0,
                   project_households=float(n), versions_most=1.0, theta_vote=SURE, ties_most=8.0,
                   **levers)  # fmt: skip
    live(state, days, deciding)
    return float(np.mean([project.outcome == wanted for project in state.projects.all[:runs]]))


def pipeline(*, lengths: Sequence[int], success: Sequence[float], runs: int, world: int = 1) -> np.ndarray:
    """Days that ``runs`` projects take through stages of ``lengths`` days, with restarts: int64[runs].

    Stage j is passed with probability ``success[j]``; a project that fails starts again from the first
    stage, as a new version.  Phase: deciding.  Check C12.

    Stages are pre-screenings by one representative, who has one keyed opinion of each version: passing
    stage j after all before it has probability success[j] when the bar of stage j is the product of the
    chances so far.
    """
    if len(lengths) != len(success) or not len(lengths):
        raise UserError("value_unknown", place="pipeline.success", value=len(success),
                        allowed=str(max(1, len(lengths))))  # fmt: skip
    for j, (length, chance) in enumerate(zip(lengths, success, strict=True)):
        _check("pipeline", **{f"success[{j}]": (chance, 1e-3, 1)})
        _whole("pipeline", **{f"lengths[{j}]": (length, 1)})
    (runs,) = _whole("pipeline", runs=(runs, 1))
    stages = tuple(Stage("pre_screening", int(days), 0.0, ">", "voters", people=1) for days in lengths)
    state = hamlet(runs, world=world, per_compound=1, pipeline=stages, project_households=1.0, versions_most=inf,
                   ties_most=8.0)  # fmt: skip
    bars = [change(state, theta_pay=logit(p)).base for p in np.cumprod(success)]
    state.projects.all = [propose(state, state.base, compound, 0) for compound in range(runs)]
    day = 0
    while going := state.projects.open:
        for project in going:
            live_project(state, project, bars[project.place], day)
        day += 1
    return np.array([project.ended - project.proposed for project in state.projects.all], np.int64)


# -- arguments ------------------------------------------------------------------------------------------------------


def _shared_out(runs, n) -> tuple[int, int]:
    """(compounds of n people side by side, times one after another) that make at least so many runs."""
    compounds = min(runs, max(1, floor(ROOM / n)))
    return compounds, ceil(runs / compounds)


def _check(case, **values):
    """Complain of a value outside (value, low, high), or that is none of (value, words)."""
    for name, (value, *allowed) in values.items():
        place = f"{case}.{name}"
        if isinstance(allowed[0], tuple):
            if value not in allowed[0]:
                raise UserError("value_unknown", place=place, value=value, allowed=", ".join(allowed[0]))
        elif isinstance(value, (str, bool)) or value is None or not allowed[0] <= value <= allowed[1]:
            raise UserError("value_out_of_range", place=place, value=value, low=allowed[0], high=allowed[1])


def _whole(case, **values) -> list[int]:
    """Whole numbers from (value, low[, high]), as int."""
    for name, (value, low, *high) in values.items():
        top = high[0] if high else inf
        _check(case, **{name: (value, low, top)})
        if value != int(value):
            raise UserError("not_whole", place=f"{case}.{name}", value=value)
    return [int(value) for value, *_ in values.values()]
