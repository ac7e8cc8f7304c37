"""Rumouring: what is not true goes round, and dies when it is put right."""

from __future__ import annotations

from commsim.state.settings import Settings
from commsim.state.whole import State


def rumouring(state: State, settings: Settings, day: int) -> None:
    """Nothing yet."""
