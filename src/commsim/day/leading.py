"""Leading: people come forward when something is wrong, are followed, and are suspected."""

from __future__ import annotations

from commsim.state.settings import Settings
from commsim.state.whole import State


def leading(state: State, settings: Settings, day: int) -> None:
    """Nothing yet."""
