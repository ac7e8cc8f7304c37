"""The plan of a day, as data: the ordered phases, timed as they run.

rules → moving → neighbouring → needs → visiting → talking → learning → joining → gathering → deciding → trusting
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter

from commsim.day.deciding import deciding
from commsim.day.gathering import gathering
from commsim.day.joining import joining
from commsim.day.learning import learning
from commsim.day.moving import moving
from commsim.day.needs import needs
from commsim.day.neighbouring import neighbouring
from commsim.day.talking import talking
from commsim.day.trusting import trusting
from commsim.day.visiting import visiting
from commsim.state.settings import Settings
from commsim.state.whole import State


@dataclass
class Phase:
    """One step of the day; ``seconds`` is what it has taken so far."""

    name: str
    run: Callable
    seconds: float = 0.0

    def __call__(self, state: State, settings: Settings, day: int) -> None:
        began = perf_counter()
        self.run(state, settings, day)
        self.seconds += perf_counter() - began


def whole_day() -> list[Phase]:
    """The phases of a day, in order."""
    return [
        Phase("moving", moving), Phase("neighbouring", neighbouring), Phase("needs", needs),
        Phase("visiting", visiting), Phase("talking", talking), Phase("learning", learning),
        Phase("joining", joining), Phase("gathering", gathering), Phase("deciding", deciding),
        Phase("trusting", trusting),
    ]  # fmt: skip


def offline_day() -> list[Phase]:
    """What an old estate lived through before anybody governed it: the burn-in."""
    return [Phase("moving", moving), Phase("neighbouring", neighbouring)]
