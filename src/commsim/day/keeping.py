"""Keeping: who keeps a stairwell in order, who leaves things lying about, and who is put to shame for it."""

from __future__ import annotations

from commsim.state.settings import Settings
from commsim.state.whole import State


def keeping(state: State, settings: Settings, day: int) -> None:
    """Nothing yet."""
