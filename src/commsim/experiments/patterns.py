"""The patterns that the case reports tell of, as code: what is lived, what is measured, when it holds.

``live(bench)`` lives the arms of a test in one world and returns plain numbers; ``judge(numbers)`` says
whether the pattern is there.  A number that is undefined (None) fails the test, unless it is named in
``may_lack``.  A pattern holds when it is there in at least ``worlds`` of the worlds with the default
parameters and in at least ``draws`` of the parameter draws.  All of this was written down before any
pattern was tried on the model (docs/decisions/019-patterns.md); only patterns marked ``calibrated`` may
be used to choose parameters.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from commsim import rules as r
from commsim.clock import MONTH, YEAR
from commsim.errors import UserError, nearest
from commsim.experiments import looks
from commsim.experiments.bench import Bench
from commsim.experiments.drawing import CORE, consistent, uniform
from commsim.state.groups import OFFICIAL
from commsim.state.office import CLASSES
from commsim.state.settings import THEMES

Numbers = dict[str, float | None]
FOUR_WEEKS = 28
HALF_YEAR = 182
MOST_WORLDS, MOST_DRAWS = 0.8, 0.5  # shares that are enough, unless the report itself names one
RESAMPLES = 200


@dataclass(frozen=True)
class Pattern:
    """One pattern; ``facts`` are the statements of the case reports that it comes from.

    ``rows``: the test needs no worlds of its own but one row of a design per parameter draw, all of which
    are judged together by ``whole(rows) -> (share, numbers)``.
    """

    id: str
    facts: tuple[str, ...]
    live: Callable[[Bench], Numbers]
    judge: Callable[[Numbers], bool]
    worlds: float = MOST_WORLDS
    draws: float = MOST_DRAWS
    calibrated: bool = False
    may_lack: tuple[str, ...] = ()
    whole: Callable[[Sequence[Numbers]], tuple[float | None, Numbers]] | None = None

    def there(self, numbers: Numbers) -> bool | None:
        """Whether the pattern is in these numbers; None where one that is needed is undefined."""
        if any(value is None for name, value in numbers.items() if name not in self.may_lack):
            return None
        return bool(self.judge(numbers))

    def holds(self, share_worlds: float | None, share_draws: float | None) -> bool:
        """Whether these shares of worlds and draws are enough."""
        enough = ((share_worlds, self.worlds), (share_draws, self.draws))
        return all(found is not None and found >= wanted for found, wanted in enough)


def pattern(name: str) -> Pattern:
    """The pattern of that id; a UserError names the nearest one."""
    if name not in PATTERNS:
        raise UserError("pattern_unknown", value=name, allowed=", ".join(PATTERNS),
                        nearest=nearest(name, PATTERNS))  # fmt: skip
    return PATTERNS[name]


# -- rules with what a draw says of their numbers --------------------------------------------------------------------


def group(bench: Bench, start: int = 0, **arguments):
    """An official group that people are invited to at the drawn rate."""
    arguments.setdefault("poster", bench.number("p_b", 0.15))
    return r.OnlineGroup(start=start, **arguments)


def icebreaker(bench: Bench, start: int = 0):
    """Small tables at the beginning of gatherings."""
    return r.Icebreaker(start=start, table=int(bench.number("g_table", 7)), strength=bench.number("w_ice", 0.05))


def promise():
    """Answers within 48 hours, one official on call."""
    return r.ReplyTime(hours=48.0, on_call=True)


def visits(start: int = 0, end: int = YEAR, renters: bool = True):
    """Thirty home visits a week: every household of a yard about once in ten weeks."""
    return r.HomeVisits(start=start, end=end, a_week=30.0, renters=renters)


# -- P2, P3: groups fill; who stays active ---------------------------------------------------------------------------


def _coverage(bench: Bench) -> Numbers:
    place = bench.place("estate")
    grown = bench.live(place, [group(bench)], 106, lambda s, x, d: looks.coverage(s), at={105})
    # The same group advertised four times as hard, until two fifths of all residents are in it.
    many = bench.live(place, [group(bench, poster=0.6)], YEAR,
                      lambda s, x, d: (looks.coverage(s), len(looks.groups_of(s, OFFICIAL))),
                      at=range(6, YEAR, 7), until=lambda seen: seen[0] >= 0.4)  # fmt: skip
    share, groups = list(many.values())[-1]
    return {"coverage": grown[105], "groups_at_two_fifths": groups if share >= 0.4 else None}


def _stickiness(bench: Bench) -> Numbers:
    place, at = bench.place("estate"), range(FOUR_WEEKS - 1, HALF_YEAR, FOUR_WEEKS)

    def look(state, settings, day):
        return looks.members_of(state, OFFICIAL), looks.active_members(state, day)

    arms = {
        "answered": bench.live(place, [group(bench), promise()], HALF_YEAR, look, at, m=0.8),
        # nobody is ever at the desk: with a minute a day all cases of an estate are still answered (decision 023)
        "ignored": bench.live(place, [group(bench)], HALF_YEAR, look, at, m=0.05, duty_hours=0.0),
    }
    found: Numbers = {"least_growth": min(b - a for seen in arms.values() for a, b in _steps(seen.values()))}
    for name, seen in arms.items():
        active = [share for _, share in seen.values()]
        found[f"{name}_first"], found[f"{name}_later"] = active[0], looks.mean(active[-3:])
    return found


def _steps(looks_at_members):
    return pairwise(count for count, _ in looks_at_members)


# -- P4, P5, P12: gatherings -----------------------------------------------------------------------------------------


def _themes(bench: Bench) -> Numbers:
    rules = [r.Gatherings(every=28, start=start, themes=(theme,), threshold=40, operator=">", seats=1000)
             for start, theme in ((0, "family"), (14, "sport"))]  # fmt: skip
    seen = bench.live(bench.place("large", burn_in=0), rules, 6 * FOUR_WEEKS,
                      lambda s, x, d: {theme: looks.sign_ups(s, theme) for theme in ("family", "sport")},
                      at={6 * FOUR_WEEKS - 1})  # fmt: skip
    return {f"{theme}_sign_ups": count for theme, count in seen[6 * FOUR_WEEKS - 1].items()}


BIG_DAY, STAFF = 677, 3  # a Saturday in the 23rd month; the report's three members of staff


def _big_meeting(bench: Bench) -> Numbers:
    rules = [group(bench), icebreaker(bench), r.Gatherings(every=14, end=651, seats=120),
             r.Gatherings(start=BIG_DAY - 12, every=3650, themes=("family",), seats=1000)]  # fmt: skip

    def look(state, settings, day):
        came = state.people["last_part"] == day
        guests = [one["guests"] for one in state.gatherings.past if one["day"] == day]
        return max(guests, default=0), int((came & state.people["volunteer"]).sum())

    place = bench.place("large", burn_in=0)
    guests, volunteers = bench.live(place, rules, BIG_DAY + 1, look, at={BIG_DAY})[BIG_DAY]
    return {"guests": guests, "volunteers": volunteers, "staff_share": STAFF / (STAFF + volunteers)}


EVENT, RETURN = 12, 40  # Saturdays on which the two gatherings of an arm are held


def _gift(bench: Bench) -> Numbers:
    place = bench.place("estate")
    again = r.Gatherings(start=RETURN - 7, every=3650, themes=("family",), threshold=0, operator=">=", seats=100_000)

    def first(theme, gift):
        return r.Gatherings(every=3650, themes=(theme,), threshold=0, operator=">=", seats=100_000, gift=gift)

    def look(state, settings, day):
        came = looks.adults(state) & (state.people["last_part"] == day)
        return looks.strength_of_all(state, settings, day), came

    def arm(*rules):
        seen = bench.live(place, rules, RETURN + 1, look, at={EVENT, RETURN})
        strength, came = seen[EVENT]
        return strength, came, seen[RETURN][1]

    nothing, _, _ = arm()
    _, plain_came, _ = arm(first("sport", False))
    gift, gift_came, gift_again = arm(first("sport", True), again)
    liked, liked_came, liked_again = arm(first("family", False), again)
    return {
        "guests": int(plain_came.sum()), "guests_with_gift": int(gift_came.sum()),
        "tie_gain_gift": looks.share(gift - nothing, int(gift_came.sum())),
        "tie_gain_interest": looks.share(liked - nothing, int(liked_came.sum())),
        "return_gift": looks.share(int((gift_came & gift_again).sum()), int(gift_came.sum())),
        "return_interest": looks.share(int((liked_came & liked_again).sum()), int(liked_came.sum())),
    }  # fmt: skip


# -- P8: how soon somebody answers -----------------------------------------------------------------------------------


def _answers(bench: Bench) -> Numbers:
    # A fifth of class 2 are emergencies here, so that a year has enough of them for a median.
    seen = bench.live(bench.place("estate"), [group(bench), promise()], YEAR,
                      lambda s, x, d: (*looks.in_group_answers(s, 90, d + 1.0), looks.emergency_hours(s, 90, d + 1.0),
                                       looks.peer_reply_minutes(s, d)), at={YEAR - 1}, emergency=0.2)  # fmt: skip
    first, within, emergency, peer = seen[YEAR - 1]
    return {"first_answer_hours": first, "within_48h": within, "emergency_hours": emergency,
            "peer_reply_minutes": peer}  # fmt: skip


# -- P9, P10, P11: what comes first, and where people feel free ------------------------------------------------------


def _two_groups(bench: Bench) -> Numbers:
    # Trust starts below what it takes to feel free, whatever the draw says of that.
    place = bench.place("yard", trust_start=max(0.05, bench.number("t_star", 0.5) - 0.15))

    def look(state, settings, day):
        return looks.official_over_private(state, day)

    forced = bench.live(place, [group(bench, forced=True)], YEAR, look, at={YEAR - 1})
    free = bench.live(place, [visits(end=2 * YEAR), group(bench, start=YEAR)], 2 * YEAR, look, at={2 * YEAR - 1})
    return {"forced_ratio": forced[YEAR - 1], "visited_ratio": free[2 * YEAR - 1]}


def _sequence(bench: Bench) -> Numbers:
    place, last = bench.place("yard"), 2 * YEAR - 1
    asking = r.Coaching(start=2 * YEAR - 91, groups_a_month=5, online=False)
    arms = {
        "offline_first": [visits(0, YEAR), group(bench, start=YEAR)],
        "online_first": [group(bench), visits(YEAR, 2 * YEAR)],
        "forced": [group(bench, forced=True), visits(YEAR, 2 * YEAR)],
    }

    def look(state, settings, day):
        return looks.per_member(state, OFFICIAL, day, 56), _reading(state, settings, day, "staff_admitted_share")

    found: Numbers = {}
    for name, rules in arms.items():
        seen = bench.live(place, [*rules, asking], 2 * YEAR, look, at={last})
        found[f"{name}_messages"], found[f"{name}_admitted"] = seen[last]
    return found


def _reading(state, settings, day, name) -> float | None:
    from commsim.readings import read

    value = read(state, settings, day)[name]
    return None if value is None else looks.finite(value)


def _judge_sequence(n: Numbers) -> bool:
    messages = n["offline_first_messages"] > n["online_first_messages"] > n["forced_messages"]
    admitted = n["offline_first_admitted"] >= n["online_first_admitted"] >= n["forced_admitted"]
    return messages and admitted and n["offline_first_admitted"] > n["forced_admitted"]


def _porridge(bench: Bench) -> Numbers:
    # Ten times as many troubles as usual, so that there is something to count.
    def look(state, settings, day):
        return {name: int(state.stairs.tally[name][0])
                for name in ("asked_known", "helped_known", "asked_strangers", "helped_strangers")}  # fmt: skip

    seen = bench.live(bench.place("yard"), [group(bench)], 2 * YEAR, look, at={2 * YEAR - 1}, troubles_rate=3.0)
    counts = seen[2 * YEAR - 1]
    return {"never_met": looks.share(counts["helped_strangers"], counts["asked_strangers"]),
            "met": looks.share(counts["helped_known"], counts["asked_known"])}  # fmt: skip


# -- P14, P15: face --------------------------------------------------------------------------------------------------

ACQUAINTED = dict(burn_in=1460, sociability_mean=2.0, homebody_share=0.0, commuter_share=0.0, renter_share=0.05)
STRANGERS = dict(burn_in=0, sociability_mean=0.1)
SHOWN_FROM = 91  # by then the group has filled
MUCH_CLUTTER = 0.005  # 1/d per household: ten times the usual, so that there are cases to count


def _clutter(bench: Bench, place, rules, days: int) -> looks.Clutter:
    watched = looks.Clutter()
    bench.live(place, rules, days, watched.look, clutter_rate=MUCH_CLUTTER)
    return watched


def _face(bench: Bench) -> Numbers:
    days, found = SHOWN_FROM + HALF_YEAR, {}
    shown = [group(bench, poster=5.0), r.Exposure(start=SHOWN_FROM, scope="compound", hazard=0.05)]
    asked = [r.Persuasion(neighbours=True, officials=True)]
    for name, who in (("acquainted", ACQUAINTED), ("strangers", STRANGERS)):
        place = bench.place("yard", **who)
        found[f"{name}_shown"] = _clutter(bench, place, shown, days).cleared_within(7, days)
        # Whoever leaves clutter is first asked, and visited, a week after it was put out.
        watched = _clutter(bench, place, asked, HALF_YEAR)
        found[f"{name}_asked"] = watched.cleared_within(7, HALF_YEAR, since=lambda one: one["since"] + 7)
    return found


def _relay(bench: Bench) -> Numbers:
    days = SHOWN_FROM + YEAR
    place = bench.place("yard", **ACQUAINTED, elder_share=0.35, literate_old=0.07)
    rules = [group(bench, poster=5.0), r.Exposure(start=SHOWN_FROM, scope="compound", hazard=0.05)]
    watched = _clutter(bench, place, rules, days)

    def cleared(inside):
        return watched.cleared_within(30, days, among=lambda one: one["offline"] and one["inside"] == inside)

    return {"cleared_with_relative": cleared(True), "cleared_without": cleared(False)}


# -- P16, P19: shocks ------------------------------------------------------------------------------------------------

CRISIS, SOLVED = 90, 0.01  # the day money is gone; need below which the trouble counts as over


def _star(bench: Bench) -> Numbers:
    from commsim.state.shocks import Embezzlement

    place, days = bench.place("yard"), CRISIS + YEAR
    shocks = [Embezzlement(day=CRISIS, lost=bench.number("betrayal", 0.9))]

    def look(state, settings, day):
        grown, compounds = looks.adults(state), state.leaders.compounds
        return (float(compounds["need"].max()), bool(compounds["followed"].any()), state.people["regard"][grown].copy(),
                float((state.people["suspicion"][grown] > 0.5).mean()))  # fmt: skip

    def arm(*more):
        seen = bench.live(place, [group(bench), *more], days, look, at=range(CRISIS, days), shocks=shocks, tau=0.5)
        over = next((day for day, (need, *_) in seen.items() if day > CRISIS and need <= SOLVED), None)
        if over is None or not seen[CRISIS][1]:
            return None, None
        before, after = seen[CRISIS][2], seen[over][2]
        spread = float(np.sqrt((before.var() + after.var()) / 2.0))
        later = [seen[day][3] for day in seen if over < day <= over + HALF_YEAR]
        return looks.share(float(after.mean() - before.mean()), spread), max(later, default=None)

    rise, suspicious = arm()
    _, in_the_open = arm(r.OpenBooks(tau=0.9))
    return {"regard_rise_sd": rise, "suspicious": suspicious, "suspicious_open_books": in_the_open}


QUAKE, CALL = 84, "handicraft"  # calls to lend a hand have a theme of their own, to tell them apart


def _quake(bench: Bench) -> Numbers:
    from commsim.state.shocks import Earthquake

    # A month more than the test allows: what has not fallen by then is later, not just in time.
    place, days = bench.place("yard"), QUAKE + 2 * YEAR + FOUR_WEEKS
    shocks = [Earthquake(day=QUAKE, log_odds=bench.number("quake_log_odds", 3.0),
                         half_life=bench.number("quake_half_life", 180.0))]  # fmt: skip
    call = dict(themes=(CALL,), threshold=0, operator=">=", hours=1.0, together=0.0, seats=100_000, yuan=0.0)
    calls = [r.Gatherings(every=FOUR_WEEKS, **call), r.Gatherings(start=QUAKE, end=QUAKE + 28, every=7, **call)]
    others = tuple(theme for theme in THEMES if theme != CALL)
    follow = [icebreaker(bench, QUAKE), r.Gatherings(start=QUAKE, every=14, themes=others, threshold=5, seats=120)]

    def look(state, settings, day):
        grown = looks.adults(state)
        return list(state.gatherings.past), float((state.people["last_part"][grown] >= QUAKE).mean()), int(grown.sum())

    def arm(*more):
        at = {QUAKE + 42, days - 1}  # the last of the weekly calls has been answered six weeks after the quake
        seen = bench.live(place, [*calls, *more], days, look, at, shocks=shocks)
        past, _, grown = seen[days - 1]
        came = [(one["day"], one["guests"] / grown) for one in past if one["theme"] == CALL]
        before = looks.mean(share for day, share in came if day < QUAKE)
        during = looks.mean(share for day, share in came if QUAKE <= day < QUAKE + 42)
        if before is None or during is None:
            return None, None
        half = next((day for day, share in came if day >= QUAKE + 42 and share <= (before + during) / 2.0), days)
        return seen[QUAKE + 42][1], (half - QUAKE) / MONTH

    took_part, months = arm()
    _, months_followed = arm(*follow)
    return {"took_part": took_part, "months_to_half": months, "months_to_half_followed": months_followed}


# -- P20, P21, P23: renters, elders, volunteers ----------------------------------------------------------------------


def _renters(bench: Bench) -> Numbers:
    days = HALF_YEAR + YEAR
    # Arriving renters are mostly short ones here, so that some of them sit in every world.
    place = bench.place("yard", short_share=0.8)
    ballot = [r.Vote(days=7, share=0.0, operator=">=")]  # a vote that nothing can fail at, so that all are counted

    def arm(renters):
        ballots = looks.Ballots(HALF_YEAR)
        bench.live(place, [visits(0, days, renters), *ballot], days, ballots.look, projects_a_year=24.0,
                   project_households=288.0)  # fmt: skip
        return ballots.rates()

    equal, owners_only = arm(True), arm(False)
    found = {name: equal[name] for name in equal if not name.endswith("_renters")}
    for name, rates in (("equal", equal), ("owners_only", owners_only)):
        for what in ("vote", "pay"):
            there = None not in (rates[f"{what}_owners"], rates[f"{what}_renters"])
            found[f"{what}_gap_{name}"] = rates[f"{what}_owners"] - rates[f"{what}_renters"] if there else None
    return found


def _judge_renters(n: Numbers) -> bool:
    ordered = all(n[f"{what}_owners"] > n[f"{what}_long"] > n[f"{what}_short"] for what in ("vote", "pay"))
    return ordered and all(n[f"{what}_gap_equal"] < n[f"{what}_gap_owners_only"] for what in ("vote", "pay"))


def _elders(bench: Bench) -> Numbers:
    months, place = 26, bench.place("estate")
    classes = r.PhoneTraining(seats=int(bench.number("class_seats", 25)), lessons=int(bench.number("class_lessons", 6)))
    seen = bench.live(place, [group(bench), classes], months * FOUR_WEEKS,
                      lambda s, x, d: (int(s.office.occasions[CLASSES]), looks.elder_coverage(s)),
                      at=range(FOUR_WEEKS - 1, months * FOUR_WEEKS, FOUR_WEEKS))  # fmt: skip
    held, covered = (list(column) for column in zip(*seen.values(), strict=True))
    each = np.diff([0, *held]).tolist()
    peak = int(np.argmax(each))
    rise = covered[-1] - covered[0]
    return {"sessions_first_month": each[0], "sessions_peak": each[peak],
            "sessions_after": min(each[peak + 1 :], default=None), "elder_coverage_rise": rise,
            "lag_months": _half_time(covered) - _half_time(held) if rise > 0 and held[-1] else None}  # fmt: skip


def _half_time(column) -> int:
    """The first month by which half of what is gained from the first to the last is there."""
    half = (column[0] + column[-1]) / 2.0
    return next(month for month, value in enumerate(column) if value >= half)


def _thanks(bench: Bench) -> Numbers:
    place = bench.place("yard", volunteer_share=0.05)  # thirty volunteers rather than nine, to have acts to count

    def look(state, settings, day):
        helpers = looks.adults(state) & state.people["volunteer"]
        counts = state.leaders.counts
        return (looks.share(int(counts["thanks"][0]), int(counts["acts"][0])),
                float(state.people["v"][helpers].mean()) if helpers.any() else None)  # fmt: skip

    found: Numbers = {}
    for name, shown in (("shown", True), ("unseen", False)):
        rules = [group(bench, poster=0.6), *([r.Recognition(shown=True)] if shown else [])]
        seen = bench.live(place, rules, YEAR, look, at={YEAR - 1})
        found[f"thanks_{name}"], found[f"motivation_{name}"] = seen[YEAR - 1]
    return found


# -- P24: what trust in the office depends on ------------------------------------------------------------------------


def _row(bench: Bench) -> Numbers:
    """One row of the design: trust at year 3 for a draw A, a draw B, and A with one number of B at a time.

    All runs of a row share one world, so that what differs between them is the numbers.
    """
    a, b = (uniform(bench.world, CORE, ordinal) for ordinal in (1, 2))
    found = {"A": _trust(bench.world, a), "B": _trust(bench.world, b)}
    return found | {name: _trust(bench.world, {**a, name: b[name]}) for name in a}


def _trust(world: int, numbers: dict[str, float]) -> float:
    bench, days = Bench(world, consistent(numbers)), 3 * YEAR
    rules = [group(bench), promise(), r.HomeVisits(a_week=3.0), icebreaker(bench), r.Vote(), r.Notice(objectors=3),
             r.Gatherings(threshold=5, seats=30, yuan=150.0)]  # fmt: skip
    seen = bench.live(bench.place("courtyard"), rules, days,
                      lambda s, x, d: float(s.people["trust"][looks.adults(s)].mean()), at={days - 1})  # fmt: skip
    return seen[days - 1]


def total_order(rows: Sequence[Numbers]) -> dict[str, float]:
    """Total-order Sobol indices by name: E[(f(A) - f(AB_i))^2] / 2 Var f (Jansen 1999)."""
    table = {name: np.array([row[name] for row in rows], float) for name in rows[0]}
    a, b = table.pop("A"), table.pop("B")
    spread = np.concatenate([a, b]).var()
    return {name: float(((a - mixed) ** 2).mean() / 2.0 / spread) if spread > 0 else 0.0
            for name, mixed in table.items()}  # fmt: skip


def rank(indices: dict[str, float], name: str) -> int:
    """Place of ``name`` from the top, 1 for the largest; equal ones share the worse place."""
    return sum(value >= indices[name] for value in indices.values())


def _commitment(rows: Sequence[Numbers]) -> tuple[float | None, Numbers]:
    """Share of resampled sets of rows in which m is among the three largest indices, and its index and rank."""
    if len(rows) < 2:
        return None, {"index": None, "rank": None}
    picks = np.random.default_rng(len(rows)).integers(len(rows), size=(RESAMPLES, len(rows)))
    top = [rank(total_order([rows[k] for k in pick]), "m") <= 3 for pick in picks.tolist()]
    indices = total_order(rows)
    return float(np.mean(top)), {"index": indices["m"], "rank": rank(indices, "m")}


# -- the table -------------------------------------------------------------------------------------------------------

_TABLE = (
    Pattern("P2", ("F35", "F179", "F180"), _coverage,
            lambda n: 0.08 <= n["coverage"] <= 0.16 and (n["groups_at_two_fifths"] or 2) >= 2,
            calibrated=True, may_lack=("groups_at_two_fifths",)),
    Pattern("P3", ("F133", "F134"), _stickiness,
            lambda n: (n["least_growth"] >= 0 and n["ignored_later"] < n["ignored_first"]
                       and n["answered_later"] >= n["answered_first"]), calibrated=True),
    Pattern("P4", ("F81", "F82"), _themes,
            lambda n: n["family_sign_ups"] >= 80 and n["sport_sign_ups"] < 40, draws=0.8, calibrated=True),
    Pattern("P5", ("F86", "F119"), _big_meeting,
            lambda n: n["guests"] >= 300 and n["staff_share"] <= 0.10, calibrated=True),
    Pattern("P8", ("F9", "F137", "F167"), _answers,
            lambda n: (n["first_answer_hours"] <= 0.5 and n["within_48h"] >= 0.99
                       and 1.0 <= n["emergency_hours"] <= 3.0 and n["peer_reply_minutes"] < 60.0), calibrated=True),
    Pattern("P9", ("F183", "F218", "F219"), _two_groups,
            lambda n: n["forced_ratio"] < 0.10 and n["visited_ratio"] > 0.50, worlds=0.95),
    Pattern("P10", ("F216", "F217", "F223"), _sequence, _judge_sequence),
    Pattern("P11", ("F87",), _porridge, lambda n: 0.0 < n["never_met"] < 0.2 * n["met"]),
    Pattern("P12", ("F21", "F197"), _gift,
            lambda n: (n["guests_with_gift"] > n["guests"] and n["tie_gain_gift"] < n["tie_gain_interest"] / 3.0
                       and n["return_gift"] < n["return_interest"]), calibrated=True),
    Pattern("P14", ("F42", "F43", "F45", "F48"), _face,
            lambda n: (n["acquainted_shown"] > 0.5 and n["strangers_shown"] < 0.1
                       and n["acquainted_asked"] < 0.05 and n["strangers_asked"] < 0.05)),
    Pattern("P15", ("F46", "F47"), _relay, lambda n: n["cleared_with_relative"] > 0.0 and n["cleared_without"] == 0.0),
    Pattern("P16", ("F93", "F94", "F96"), _star,
            lambda n: (n["regard_rise_sd"] > 1.0 and 0.10 <= n["suspicious"] <= 0.49
                       and n["suspicious_open_books"] < n["suspicious"])),
    Pattern("P19", ("F23", "F24", "F27"), _quake,
            lambda n: (n["took_part"] >= 0.9 and 6.0 <= n["months_to_half"] <= 24.0
                       and n["months_to_half_followed"] > n["months_to_half"])),
    Pattern("P20", ("F31", "F32"), _renters, _judge_renters),
    Pattern("P21", ("F67", "F70", "F71"), _elders,
            lambda n: (n["sessions_first_month"] <= 2 and n["sessions_peak"] > 8 and n["sessions_after"] <= 2
                       and n["elder_coverage_rise"] > 0 and n["lag_months"] > 0)),
    Pattern("P23", ("F152", "F153"), _thanks,
            lambda n: n["thanks_shown"] > n["thanks_unseen"] and n["motivation_shown"] > n["motivation_unseen"]),
    Pattern("P24", ("F77",), _row, lambda n: n["rank"] <= 3, draws=MOST_WORLDS, whole=_commitment),
)  # fmt: skip

PATTERNS = {p.id: p for p in _TABLE}
