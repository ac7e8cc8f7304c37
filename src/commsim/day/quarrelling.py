"""Quarrelling: people who want different things fall out, and rules come of it."""

from __future__ import annotations

from commsim.state.settings import Settings
from commsim.state.whole import State


def quarrelling(state: State, settings: Settings, day: int) -> None:
    """Nothing yet."""
