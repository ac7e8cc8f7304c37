"""Readings of services: trust in the firm and the government, what is open, who comes again, what is used.

Each is None where there is nothing to count: no case of the kind, no two gatherings in a row, no hall open
often enough.
"""

from __future__ import annotations

import math

import numpy as np

from commsim.clock import YEAR
from commsim.measures import median_duration
from commsim.state.people import CHILD
from commsim.state.services import LATER

WEEK = 7.0


def read_services(state, settings, day: int) -> dict:
    """The measures of the property firm, the office's energy, cases, gatherings and halls."""
    adults = state.people.age != CHILD
    cases = state.cases.rows[: int(state.cases.count[0])]
    return {
        "trust_property": _mean(state.people.trust_property[adults]),
        "trust_government": _mean(state.people.trust_government[adults]),
        "official_energy": _energy(state.office.officials, settings.x.energy, day + 1),
        "issues_open": 1000.0 * int(((cases.solved < 0.0) | (cases.solved > day + 1)).sum()) / state.size,
        "resolved_days_p50": _days_to_resolve(cases, day + 1),
        "self_solved_share": _mean(cases.own[(cases.klass == 2) & (cases.answered >= 0.0)]),
        "repeat_attendance_ratio": _coming_again(state.gatherings.again),
        "attendance_by_theme": _spread_by_theme(state.gatherings.past),
        "hall_use_ratio": _use_of_halls(state.services.compounds),
    }


def _mean(values) -> float | None:
    return float(np.mean(values)) if len(values) else None


def _energy(officials, energy, now) -> float:
    """Mean over officials of what is left: 1 - (hours that weigh on the week) / energy, at least 0."""
    tired = officials.tired * np.exp(-np.maximum(now - officials.tired_at, 0.0) / WEEK)
    return float(np.mean(1.0 - np.minimum(1.0, tired / energy)))


def _days_to_resolve(cases, now) -> float | None:
    """Median days from report to solution, classes 2 and 3 of the last year; None where fewer than half are solved."""
    recent = cases[(cases.klass > 1) & (cases.reported > now - YEAR)]
    done = (recent.solved >= 0.0) & (recent.solved <= now)
    median = median_duration(np.where(done, recent.solved, now) - recent.reported, done)
    return None if math.isnan(median) else median


def _coming_again(again) -> float | None:
    """P(comes to the next | came) / P(comes); None before two were held in a row or where nobody came."""
    both, first, second, everybody = (int(n) for n in again)
    return (both / first) / (second / everybody) if first and second else None


def _spread_by_theme(past) -> float | None:
    """Highest minus lowest mean sign-up among themes that were tried; None for fewer than two."""
    signed: dict[str, list[int]] = {}
    for one in past:
        signed.setdefault(one["theme"], []).append(one["signed"])
    means = [sum(counts) / len(counts) for counts in signed.values()]
    return max(means) - min(means) if len(means) > 1 else None


def _use_of_halls(halls) -> float | None:
    """Mean visitors from the eighth day on / visitors of the opening day, over halls open so often; None
    where there is none or nobody came to the opening."""
    old = halls[halls.days >= LATER]
    if not len(old) or not old.opening.sum():
        return None
    return float((old.later / (old.days - LATER + 1)).sum() / old.opening.sum())
