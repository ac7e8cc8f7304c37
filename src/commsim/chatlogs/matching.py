"""The levers behind a log, by living through the scenario until its logs look like this one.

A log shows products: who posts does so by ties and by being heard, who replies must feel free to.  Those come from
the scenario.  Worlds are lived through with levers drawn around a first guess, their logs are summarised as the
real one, and a linear regression of levers on summaries gives the levers at the real log's summary, with what
it leaves over as their uncertainty (regression-adjusted ABC: Beaumont, Zhang and Balding 2002).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from commsim.chatlogs import fitting
from commsim.chatlogs.events import Log
from commsim.chatlogs.fitting import Estimate, Found, NotIdentifiable
from commsim.chatlogs.simulated import live_and_log
from commsim.population import Place
from commsim.rules import OnlineGroup
from commsim.state.settings import PARAMETERS, Settings

WORLDS, PILOT, ROUNDS = 64, 6, 3
FEWEST_WORLDS = 64  # the regression needs some more than it has terms
FIRST_WORLD = 7000  # apart from the worlds of comparisons
LEARNED = 0.75  # a lever whose spread stays above this share of what it was drawn from was not learned
QUARTERS = (0.25, 0.5, 0.75, 1.0)
WIDTHS = {"mu": 0.7, "u": 0.7, "a": 1.2, "p_b": 1.4, "q": 1.8, "theta_join": 1.5}  # half widths at least, transformed
LOWEST = 1e-3
REACH = 3.0  # standard deviations that the second draw reaches
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Matched:
    """What was found; ``levers`` are values by name, ``worlds`` those that were used."""

    found: list[Found]
    worlds: int


def match(log: Log, place: Place, poster: float = 0.15, members: int | None = None, worlds: int = WORLDS,
          progress: Progress | None = None) -> Matched:  # fmt: skip
    """Levers mu, u, a (from messages) and p_b, q, theta_join (from joins) of ``log`` as in ``place``.

    ``poster``: the scenario's p_b, taken where the log has no joins.  The group of the simulated logs has as many
    members on the first day as that of the log, and runs as long.
    """
    there = fitting.presence(log, members)
    if not there.known and members is None:  # writers only: nobody knows how many could have written
        return Matched([NotIdentifiable(name, "no_members") for name in WIDTHS], 0)
    days = int(np.ceil(there.days))
    wanted, worlds = _wanted(log, place, members), max(worlds, FEWEST_WORLDS)
    x = place.settings.x._replace(p_b=poster)
    hours = fitting.response(log)[0]
    if isinstance(hours, Estimate):
        allowed = PARAMETERS["view_hours"]
        x = x._replace(view_hours=float(np.clip(hours.value, allowed.low, allowed.high)))
    if not there.known:
        x = x._replace(p_b=0.0, q=0.0)  # as in the log, nobody is seen to join
    start = int((there.since[there.members] < 1.0).sum()) + there.silent
    x = x._replace(group_members=float(start if start > 1 or not there.known else 0))
    if not wanted or days < 7:
        return Matched([NotIdentifiable(name, "too_few") for name in WIDTHS], 0)
    live = _Living(replace(place, settings=Settings(x, shocks=place.settings.shocks)), days, wanted, log, members,
                   progress, ROUNDS * PILOT + worlds + 2 ** int(np.log2(worlds / 2)))  # fmt: skip
    target = live.summary(log, members)
    centre = np.array([to_line(name, getattr(x, name)) for name in wanted])
    spread = np.zeros(len(wanted))
    for _ in range(ROUNDS):
        centre, spread = _nearer(live, centre)
    return Matched(_adjusted(live, centre, spread, target, worlds) + not_told(log, wanted), worlds)


def not_told(log: Log, wanted: list[str]) -> list[Found]:
    """The levers that no world was lived through for, with the reason."""
    joins = "no_joins" if fitting.joins(log) is None else "too_few"
    talks = "too_few" if fitting.has_replies(log) else "no_replies"
    return [NotIdentifiable(name, joins if name in ("p_b", "q", "theta_join") else talks)
            for name in WIDTHS if name not in wanted]  # fmt: skip


def _wanted(log, place, members) -> list[str]:
    """The levers that this log says anything about."""
    told = {e.name for e in (*fitting.posting(log, members), *fitting.replies(log, members)) if isinstance(e, Estimate)}
    wanted = [lever for lever, shown in (("mu", "posting_rate"), ("u", "reply_share"), ("a", "new_voice_share"))
              if shown in told]  # fmt: skip
    if fitting.outside_hazard(log, place.people, place.settings.x) is not None:
        wanted += ["p_b", "q", "theta_join"]
    return wanted


@dataclass
class _Living:
    """Worlds of one place, lived through for ``days`` with given levers; starts of worlds are kept."""

    place: Place
    days: int
    wanted: list[str]
    log: Log
    members: int | None
    progress: Progress | None
    steps: int
    done: int = 0

    def __post_init__(self):
        self.people, self.x = self.place.people, self.place.settings.x

    def logs(self, line: np.ndarray, world: int) -> Log:
        """The log of a world whose levers are ``line`` (transformed)."""
        from commsim.engine import prepare

        values = {name: from_line(name, v) for name, v in zip(self.wanted, line, strict=True)}
        state = prepare(self.place, world)
        state.base = replace(state.base, x=state.base.x._replace(**values))
        found = live_and_log(state, (OnlineGroup(poster=values.get("p_b", self.x.p_b)),), self.days, group=0)
        self.done += 1
        if self.progress:
            self.progress(self.done, self.steps)
        return found

    def summary(self, log: Log, members: int | None = None) -> np.ndarray:
        """What stands for a log: one number for each lever from messages, the curve of membership for the others."""
        parts = [shown(log, name, members) for name in self.wanted if name in ("mu", "u", "a")]
        if "p_b" in self.wanted:
            parts += curve(log, self.days, self.people)
        return np.array(parts)

    def guess(self, log: Log, members: int | None = None) -> np.ndarray:
        """A first guess of every lever from the log alone, wrong by what the scenario does to it."""
        parts = [shown(log, name, members) for name in self.wanted if name in ("mu", "u", "a")]
        if "p_b" in self.wanted:
            hazard = fitting.outside_hazard(log, self.people, self.x) or (np.nan, np.nan)
            parts += [float(np.log(hazard[0])), 0.0, hazard[1]]
        return np.array(parts)


def shown(log: Log, name: str, members: int | None = None) -> float:
    """The log's number that moves with lever ``name``, on its line: posting a member-day, replies, new voices.

    Half an event is added, so that a quiet log still has one."""
    there = fitting.presence(log, members)
    if name == "mu":
        small = fitting.openings(log) & ~fitting.of_kind(log, fitting.NOT_TALK) & there.members[log.sender]
        days = there.stay().sum() + there.silent * there.days
        return float(np.log((small.sum() + 0.5) / max(days, 1.0)))
    said = fitting.member_replies(log, there)
    if name == "u":
        number, others = fitting.replies_to_openings(log, there, said)
        return float(np.log((number.sum() + 0.5) / max(others.sum(), 1.0)))
    k, n = fitting.new_among(log, there, said)
    return float(np.log((k + 0.5) / (n - k + 0.5)))


def curve(log: Log, days: float, people: int) -> list[float]:
    """Who has come by each quarter of the time, as logarithms of shares of the people: float[4]."""
    there = fitting.presence(log)
    since = there.since[there.members]
    return [float(np.log(((since <= part * days).sum() + 1.0) / people)) for part in QUARTERS]


def to_line(name: str, value: float) -> float:
    """Rates as logarithms, probabilities as log-odds, so that any number on the line is a lever."""
    if name == "theta_join":
        return float(value)
    value = max(value, LOWEST)
    return float(np.log(value / (1.0 - value))) if name in ("u", "a") and value < 1.0 else float(np.log(value))


def from_line(name: str, line: float) -> float:
    value = line
    if name != "theta_join":
        value = np.exp(line) / (1.0 + np.exp(line)) if name in ("u", "a") else np.exp(line)
    return float(np.clip(value, PARAMETERS[name].low, PARAMETERS[name].high))


def _nearer(live: _Living, centre) -> tuple[np.ndarray, np.ndarray]:
    """Levers moved by as much as their worlds' summaries differ from the log's; how these scatter."""
    own = live.guess(live.log, live.members)
    seen = np.array([live.guess(live.logs(centre, FIRST_WORLD + w)) for w in range(PILOT)])
    with np.errstate(invalid="ignore"):
        step = np.nan_to_num(own - seen.mean(axis=0), nan=0.0)
        scatter = np.nan_to_num(seen.std(axis=0), nan=1.0)
    moved = centre + np.clip(step, -2.0, 2.0)
    limits = [[to_line(n, v) for v in (PARAMETERS[n].low, PARAMETERS[n].high)] for n in live.wanted]
    return np.clip(moved, *np.array(limits).T), scatter


def _adjusted(live: _Living, centre, spread, target, worlds) -> list[Found]:
    """Levers at the log's summary: a regression over a third of the worlds with levers drawn widely around
    ``centre``, then one over the others, drawn from where the first has led."""
    half = np.maximum(3.0 * spread, [WIDTHS[name] for name in live.wanted])
    first = 2 ** int(np.log2(worlds / 2))
    middle, left, *_ = _regressed(live, centre, half, target, first, 0)
    nearer = np.clip(REACH * left, 0.25 * half, half)
    middle = np.clip(middle, centre - half, centre + half)
    middle, left, n = _regressed(live, middle, nearer, target, worlds, first)
    drawn_from = half / np.sqrt(3.0)  # standard deviation of a uniform
    return [_told(name, middle[k], left[k], drawn_from[k], n) for k, name in enumerate(live.wanted)]


def _regressed(live: _Living, centre, half, target, worlds, after) -> tuple[np.ndarray, np.ndarray, int]:
    """(levers at ``target``, standard deviation of what the regression leaves over, worlds)."""
    drawn = centre + half * _evenly(worlds, len(centre))
    drawn = np.array([[to_line(n, from_line(n, v)) for n, v in zip(live.wanted, row, strict=True)] for row in drawn])
    begin = FIRST_WORLD + PILOT + after
    seen = np.array([live.summary(live.logs(row, begin + w)) for w, row in enumerate(drawn)])
    design = np.column_stack([np.ones(worlds), seen - target])
    fitted, *_ = np.linalg.lstsq(design, drawn, rcond=None)
    left = drawn - design @ fitted
    return fitted[0], np.sqrt((left**2).sum(axis=0) / (worlds - design.shape[1])), worlds


def _evenly(n: int, k: int) -> np.ndarray:
    """n points that fill a cube from -1 to 1 evenly (Sobol), always the same."""
    from scipy.stats import qmc

    return 2.0 * qmc.Sobol(k, rng=np.random.default_rng(1)).random(n) - 1.0


def _told(name, middle, left, drawn, n) -> Found:
    from scipy.stats import t

    if left > LEARNED * drawn:
        return NotIdentifiable(name, "flat")
    reach = t.ppf(0.5 + fitting.LEVEL / 2, max(n - len(WIDTHS) - len(QUARTERS), 1)) * left * np.sqrt(1.0 + 1.0 / n)
    value, low, high = (from_line(name, v) for v in (middle, middle - reach, middle + reach))
    return Estimate(name, value, low, high, n, "matched")
