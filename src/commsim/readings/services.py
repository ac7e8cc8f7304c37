"""Readings of services."""

from __future__ import annotations


def read_services(state, settings, day: int) -> dict:
    """Nothing yet."""
    return {}
