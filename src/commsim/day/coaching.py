"""Coaching: groups that learn, groups that teach each other, hobbies that turn into service."""

from __future__ import annotations

from commsim.state.settings import Settings
from commsim.state.whole import State


def coaching(state: State, settings: Settings, day: int) -> None:
    """Nothing yet."""
