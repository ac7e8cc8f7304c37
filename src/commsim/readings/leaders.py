"""Readings of volunteers, leaders, and of who feels part of the place."""

from __future__ import annotations

import numpy as np

from commsim.state.people import CHILD
from commsim.state.ties import level_on

SUSPECTS = 0.5  # suspicion beyond which somebody counts


def read_leaders(state, settings, day: int) -> dict:
    """What is left of motivation, what was lost to suspicion, who was won over, and who belongs."""
    people, counts = state.tables.people, state.tables.leaders.counts
    adult, volunteer = people["age"] != CHILD, people["volunteer"]
    warm = np.maximum(state.ties.rows["total"][adult], 0.0) / level_on(day, settings.x.half_life)
    return {
        "volunteer_motivation": float(people["v"][volunteer].mean()) if volunteer.any() else None,
        "volunteers_quit": 1000.0 * int(counts["quits"][0]) / state.size,
        "entitlement_events": 1000.0 * int(counts["owed"][0]) / state.size,
        "suspicion_share": _suspicious(state, people, adult),
        "objectors_converted": _converted(state.projects.all),
        "community_awareness": float(people["aware"][adult].mean()),
        "belonging": float((warm / (warm + 1.0)).mean()),
    }


def _suspicious(state, people, adult) -> float | None:
    """Share of adults of the compounds where somebody has come forward; None where nobody ever did."""
    compound = state.homes.doors["compound"][people["household"]]
    followed = np.append(state.tables.leaders.compounds["followed"], False)  # at -1: in no compound
    asked = adult & followed[compound]
    return float((people["suspicion"][asked] > SUSPECTS).mean()) if asked.any() else None


def _converted(projects) -> float | None:
    """Share of hearings that won the objector over; None where nobody was heard."""
    heard = sum(project.heard_total for project in projects)
    return sum(project.settled_total for project in projects) / heard if heard else None
