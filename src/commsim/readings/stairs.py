"""Readings of stairs."""

from __future__ import annotations


def read_stairs(state, settings, day: int) -> dict:
    """Nothing yet."""
    return {}
