"""Asking: somebody in trouble asks those near or a group, and somebody helps, or nobody does."""

from __future__ import annotations

from commsim.state.settings import Settings
from commsim.state.whole import State


def asking(state: State, settings: Settings, day: int) -> None:
    """Nothing yet."""
