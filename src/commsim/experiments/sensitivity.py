"""Which numbers of the model decide what it says: a Morris screen, and Sobol's total indices.

Both move the core levers over their plausible ranges and live the same worlds at every point, so luck is a
factor like the others and its share of the variance is told.  An effect is the change of a measure, in its
own unit, when a lever crosses its whole range; |effect| averaged over trajectories is mu*.  Luck alone gives
a mu* above zero too: ``floor`` is what the differences between worlds lead one to expect of it.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

import numpy as np

from commsim.errors import UserError
from commsim.experiments.drawing import DRAWN
from commsim.experiments.ledger import model_version
from commsim.experiments.progress import Progress
from commsim.experiments.worlds import ENGINE, Task, _function, have_compiled, keep_scenario, processors, spread, unpack
from commsim.words import say

# Rows of parameters.csv with core = yes, as levers; their plausible ranges are those that a validation draws from.
_NAMES = (
    "renter_share", "short_share", "homebody_share", "sociability_mean", "conditional_share", "unconditional_share",
    "alpha", "half_life", "p_b", "q", "kappa_on", "w_cap", "theta_gathering", "theta_vote", "theta_pay",
    "theta_volunteer", "theta_help", "theta_s", "chi", "needs_rate", "m", "a_t", "b_t", "eta_sigma", "o_0", "o_c",
    "o_tau", "o_t",
)  # fmt: skip
CORE = {lever: DRAWN[lever] for lever in _NAMES}

TRAJECTORIES = 10
WORLDS = 2  # at every point of a screen
LEVELS = 4  # values of a lever: the ends of its range and two between
SEED = 1  # of the design, not of the worlds
RESAMPLES = 1000
LUCK = "world"  # the name of luck among the factors

# One run a row: points float64[rows, levers], worlds int64[rows] -> measure -> float64[rows], NaN where undefined.
Run = Callable[[np.ndarray, np.ndarray], dict[str, np.ndarray]]


# -- the question ---------------------------------------------------------------------------------------------------


def problem_of(ranges: dict[str, tuple[float, float]] = CORE) -> dict:
    """The question as SALib writes it."""
    return {"num_vars": len(ranges), "names": list(ranges), "bounds": [list(map(float, r)) for r in ranges.values()]}


def decided_by_rules(scenario, policy: str, scale: str, days: int, ranges=CORE) -> list[str]:
    """Levers of ``ranges`` whose value the policy's rules set, on the first day and the last: moving them moves
    nothing."""
    from commsim.rules import fold

    rules = scenario.rules(policy, scale)
    at_end = [_with(scenario, scale, {lever: r[end] for lever, r in ranges.items()}).settings(scale) for end in (0, 1)]
    decided = set(ranges)
    for day in (0, days - 1):
        holding = tuple(rule for rule in rules if rule.holds(day))
        low, high = (fold(base, holding, day).x for base in at_end)
        decided &= {lever for lever in ranges if getattr(low, lever) == getattr(high, lever)}
    return [lever for lever in ranges if lever in decided]


def _with(scenario, scale: str, levers: dict[str, float]):
    """The scenario with other values of some levers at that scale."""
    size = scenario.scale(scale)
    return replace(scenario, scales={**scenario.scales, scale: replace(size, settings={**size.settings, **levers})})


# -- running the model ----------------------------------------------------------------------------------------------


def runner(scenario, policy: str, scale: str, days: int, measures: Sequence[str], names: Sequence[str],
           jobs: int = 1, progress: Progress | None = None, run_world: str | Callable = ENGINE) -> Run:  # fmt: skip
    """What lives one policy of a scenario at points whose columns are the levers ``names``.

    A run that fails ends the study with its error and the values at which it failed."""
    task = Task(str(scenario.source), scenario.digest, scale, (policy,), 0, days, run_world, model_version())

    def run(points: np.ndarray, worlds: np.ndarray) -> dict[str, np.ndarray]:
        keep_scenario(scenario)
        if run_world == ENGINE:
            have_compiled(lambda: _tell(progress, 0, len(points), None, "progress.compiling"))
        found = {name: np.full(len(points), math.nan) for name in measures}
        tasks = [task._replace(world=int(world), run_world=partial(
                     live_at, k, dict(zip(names, map(float, point), strict=True)), tuple(measures), run_world))
                 for k, (point, world) in enumerate(zip(points, worlds, strict=True))]  # fmt: skip
        began, done = time.monotonic(), 0
        _tell(progress, 0, len(tasks), None)
        results = spread(tasks, jobs)
        try:
            for _, (lived,) in results:
                if lived.outcome is None:
                    raise UserError("sensitivity_failed", place=policy, value=lived.error.strip().splitlines()[-1])
                outcome = unpack(lived.outcome)
                for name, value in outcome["measures"].items():
                    found[name][outcome["row"]] = math.nan if value is None else value
                done += 1
                _tell(progress, done, len(tasks), (time.monotonic() - began) / done * (len(tasks) - done))
        finally:
            results.close()
        return found

    return run


def live_at(row: int, levers: dict, measures: Sequence[str], run_world, scenario, scale, policies, world, days) -> dict:
    """In a worker: one run at other values of some levers; only the wanted measures travel back."""
    try:
        outcomes = _function(run_world)(_with(scenario, scale, levers), scale, policies, world, days)
    except UserError:
        raise
    except Exception as fault:
        at = ", ".join(f"{name}={value:g}" for name, value in levers.items())
        raise RuntimeError(f"{type(fault).__name__}: {fault} (world={world}, {at})") from fault
    return {p: {"row": row, "measures": {m: outcomes[p]["measures"][m] for m in measures}} for p in policies}


def _tell(progress, done, total, left, note="sensitivity.progress"):
    if progress:
        progress(done, total, left, say(note))


# -- Morris ---------------------------------------------------------------------------------------------------------


def morris(run: Run, problem: dict, trajectories: int = TRAJECTORIES, worlds: int = WORLDS, levels: int = LEVELS,
           seed: int = SEED) -> dict[str, dict]:  # fmt: skip
    """Screen the levers of ``problem``: per measure how much each one moves it (Campolongo et al. 2007).

    A measure has ``runs``, ``undefined`` (how many of them have no value), ``mean``, ``sd`` over all runs,
    ``noise_share``, ``luck`` and ``effects``, the largest first: ``lever, mu, mu_star, low, high`` (95 %
    bootstrap), ``sigma`` (interaction and curvature) and ``floor``.  ``luck`` is the mean difference between
    two worlds at the same point, with ``luck_low`` and ``luck_high``: what changing the world does.  Everything
    about a measure that is not always defined is None, and ``effects`` is empty.
    """
    sampling, analysing = _salib("sample.morris"), _salib("analyze.morris")
    points = sampling.sample(problem, trajectories, num_levels=levels, seed=seed)
    rows = np.repeat(points, worlds, axis=0)
    values = run(rows, np.tile(np.arange(1, worlds + 1), len(points)))
    answer = {}
    for name, column in values.items():
        by_world = column.reshape(len(points), worlds)
        found = answer[name] = _spread_of(by_world)
        if found["undefined"]:
            continue
        report = analysing.analyze(problem, points, by_world.mean(axis=1), num_levels=levels, num_resamples=RESAMPLES,
                                   seed=seed)  # fmt: skip
        floors = _floors(elementary_effects(problem, points, by_world))
        found["effects"] = sorted(
            ({"lever": str(lever), "mu": float(report["mu"][k]), "mu_star": float(report["mu_star"][k]),
              "low": max(0.0, float(report["mu_star"][k] - report["mu_star_conf"][k])),
              "high": float(report["mu_star"][k] + report["mu_star_conf"][k]),
              "sigma": float(report["sigma"][k]), "floor": floors[k]}
             for k, lever in enumerate(problem["names"])), key=lambda effect: -effect["mu_star"])  # fmt: skip
        found.update(_luck(by_world, trajectories))
    return answer


def elementary_effects(problem: dict, points: np.ndarray, values: np.ndarray) -> np.ndarray:
    """float64[levers, trajectories, worlds]: change of the values for one whole range of the lever."""
    levers = problem["num_vars"]
    low, high = np.array(problem["bounds"], float).T
    steps = np.diff(((points - low) / (high - low)).reshape(-1, levers + 1, levers), axis=1)
    moved = np.abs(steps).argmax(axis=2)  # which lever each step moves
    size = np.take_along_axis(steps, moved[..., None], axis=2)
    slopes = np.diff(values.reshape(len(steps), levers + 1, -1), axis=1) / size
    return np.take_along_axis(slopes, moved.argsort(axis=1)[..., None], axis=1).transpose(1, 0, 2)


def _floors(effects: np.ndarray) -> list[float | None]:
    """mu* of luck alone: E|N(0, s)| = s sqrt(2/pi), s the error of an effect that is a mean over worlds."""
    worlds = effects.shape[2]
    if worlds < 2:
        return [None] * len(effects)
    error = np.sqrt(effects.var(axis=2, ddof=1).mean(axis=1) / worlds)
    return [float(e) for e in error * math.sqrt(2.0 / math.pi)]


def _spread_of(values: np.ndarray) -> dict:
    """Of one measure, values[points, worlds]: how many runs, mean, and which share of the variance is luck.

    Luck is what differs between worlds at one point (unbiased); the rest is the variance of the points'
    means less what luck leaves in them, from the two-way table of points and worlds."""
    undefined = int(np.isnan(values).sum())
    found = {"runs": values.size, "undefined": undefined, "mean": None, "sd": None, "noise_share": None, "luck": None,
             "luck_low": None, "luck_high": None, "effects": []}  # fmt: skip
    if undefined:
        return found
    found.update(mean=float(values.mean()), sd=float(values.std()))
    points, worlds = values.shape
    if points < 2 or worlds < 2:
        return found
    within = values.var(axis=1, ddof=1).mean()
    rest = values - values.mean(axis=1, keepdims=True) - values.mean(axis=0) + values.mean()
    crossed = (rest**2).sum() / ((points - 1) * (worlds - 1))
    between = max(0.0, values.mean(axis=1).var(ddof=1) - crossed / worlds)
    total = within + between
    found["noise_share"] = float(within / total) if total > 0.0 else None
    return found


def _luck(values: np.ndarray, trajectories: int) -> dict:
    """Mean |difference| between two worlds at one point, with a 95 % interval over trajectories."""
    worlds = values.shape[1]
    if worlds < 2 or trajectories < 2:
        return {}
    pairs = [np.abs(values[:, a] - values[:, b]) for a in range(worlds) for b in range(a)]
    means = np.mean(pairs, axis=0).reshape(trajectories, -1).mean(axis=1)
    from scipy.special import stdtrit

    half = float(stdtrit(trajectories - 1, 0.975)) * means.std(ddof=1) / math.sqrt(trajectories)
    return {"luck": float(means.mean()), "luck_low": max(0.0, float(means.mean() - half)),
            "luck_high": float(means.mean() + half)}  # fmt: skip


# -- Sobol ----------------------------------------------------------------------------------------------------------


def sobol_total(run: Run, problem: dict, n: int, worlds: int = 256, seed: int = SEED) -> dict[str, dict]:
    """Total-order indices of the levers, with luck as one more factor: ``n`` (levers + 3) runs.

    Per measure ``runs``, ``undefined`` and ``indices``, the largest first: ``lever, total, low, high``
    (95 % bootstrap).  The factor ``world`` is one of ``worlds`` numbers; its index is the share of the variance
    in which luck has a part.  ``n`` should be a power of two.  No indices where a measure is not always defined
    or never varies.
    """
    sampling, analysing = _salib("sample.sobol"), _salib("analyze.sobol")
    wider = {"num_vars": problem["num_vars"] + 1, "names": [*problem["names"], LUCK],
             "bounds": [*problem["bounds"], [0.0, 1.0]]}  # fmt: skip
    points = sampling.sample(wider, n, calc_second_order=False, seed=seed)
    drawn = 1 + np.minimum(np.floor(points[:, -1] * worlds), worlds - 1).astype(np.int64)
    answer = {}
    for name, column in run(points[:, :-1], drawn).items():
        found = answer[name] = {"runs": len(column), "undefined": int(np.isnan(column).sum()), "indices": []}
        if found["undefined"] or column.min() == column.max():
            continue
        report = analysing.analyze(wider, column, calc_second_order=False, num_resamples=RESAMPLES, seed=seed)
        found["indices"] = sorted(
            ({"lever": lever, "total": float(report["ST"][k]),
              "low": max(0.0, float(report["ST"][k] - report["ST_conf"][k])),
              "high": float(report["ST"][k] + report["ST_conf"][k])}
             for k, lever in enumerate(wider["names"])), key=lambda index: -index["total"])  # fmt: skip
    return answer


def _salib(module: str):
    from importlib import import_module

    try:
        return import_module(f"SALib.{module}")
    except ImportError:
        raise UserError("sensitivity_needs_salib") from None


# -- the whole study ------------------------------------------------------------------------------------------------


def screen(scenario, policy: str, scale: str | None = None, days: int | None = None,
           measures: Sequence[str] | None = None, trajectories: int = TRAJECTORIES, worlds: int = WORLDS,
           jobs: int | None = None, progress: Progress | None = None, ranges: dict | None = None,
           run_world: str | Callable = ENGINE) -> dict:  # fmt: skip
    """Morris screen of a scenario under one policy.  JSON-ready: ``scenario, policy, scale, people, days,
    trajectories, worlds, runs``, ``decided`` (levers set by the policy's rules, hence not screened) and
    ``measures`` as ``morris`` gives them."""
    from commsim.experiments.comparison import PRIMARY, _loaded

    scenario = _loaded(scenario)
    scenario.policy(policy)
    size = scenario.scale(scale)
    days = scenario.horizon if days is None else days
    ranges = CORE if ranges is None else ranges
    _salib("sample.morris")
    decided = decided_by_rules(scenario, policy, size.name, days, ranges)
    problem = problem_of({lever: span for lever, span in ranges.items() if lever not in decided})
    run = runner(scenario, policy, size.name, days, list(measures or PRIMARY), problem["names"],
                 processors() if jobs is None else jobs, progress, run_world)  # fmt: skip
    found = morris(run, problem, trajectories, worlds)
    return {"scenario": scenario.id, "policy": policy, "scale": size.name, "people": size.people, "days": days,
            "trajectories": trajectories, "worlds": worlds, "levers": problem["num_vars"],
            "runs": trajectories * (problem["num_vars"] + 1) * worlds, "decided": decided, "measures": found,
            "ranges": dict(zip(problem["names"], problem["bounds"], strict=True)),
            "version": model_version()}  # fmt: skip
