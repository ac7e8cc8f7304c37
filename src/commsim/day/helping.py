"""Helping: volunteers act, are thanked, taken for granted, and stop."""

from __future__ import annotations

from commsim.state.settings import Settings
from commsim.state.whole import State


def helping(state: State, settings: Settings, day: int) -> None:
    """Nothing yet."""
