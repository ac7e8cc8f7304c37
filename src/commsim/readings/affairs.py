"""Readings of affairs."""

from __future__ import annotations


def read_affairs(state, settings, day: int) -> dict:
    """Nothing yet."""
    return {}
