"""Readings of leaders."""

from __future__ import annotations


def read_leaders(state, settings, day: int) -> dict:
    """Nothing yet."""
    return {}
