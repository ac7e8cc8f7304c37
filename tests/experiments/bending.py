"""An engine of which the effect of every lever is known: importable by a worker by name."""

from __future__ import annotations

import random

from commsim.measures.table import MEASURES

SLOPES = {"alpha": 10.0, "m": 2.0, "renter_share": -4.0}  # of acquaintances, per unit of the lever


def _measures(x, world, luck):
    value = sum(slope * getattr(x, lever) for lever, slope in SLOPES.items())
    return {**dict.fromkeys(MEASURES, 1.0), "acquaintances": value + luck(x, world), "project_days": None}


def _lived(scenario, scale, policies, world, luck):
    x = scenario.settings(scale).x
    return {policy: {"measures": _measures(x, world, luck)} for policy in policies}


def plain(scenario, scale, policies, world, days):
    return _lived(scenario, scale, policies, world, lambda x, w: 0.0)


def lucky_worlds(scenario, scale, policies, world, days):
    """Worlds differ, and by as much at every point."""
    return _lived(scenario, scale, policies, world, lambda x, w: random.Random(w).gauss(0, 5))


def all_luck(scenario, scale, policies, world, days):
    """Luck that is new at every point of every world."""
    return _lived(scenario, scale, policies, world, lambda x, w: random.Random(f"{w} {x}").gauss(0, 1))


def fails_with_a_high_m(scenario, scale, policies, world, days):
    if scenario.settings(scale).x.m > 0.9:
        raise ZeroDivisionError("nobody was there to ask")
    return plain(scenario, scale, policies, world, days)
