"""Supplying: halls that are open, books that are shown, services that are brought."""

from __future__ import annotations

from commsim.state.settings import Settings
from commsim.state.whole import State


def supplying(state: State, settings: Settings, day: int) -> None:
    """Nothing yet."""
