"""The plan of a day, as data: the ordered phases, timed as they run.

rules → moving → neighbouring → keeping → needs → visiting → talking → rumouring → asking → learning → joining →
coaching → gathering → supplying → deciding → quarrelling → helping → leading → trusting
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter

from commsim.day.asking import asking
from commsim.day.coaching import coaching
from commsim.day.deciding import deciding
from commsim.day.gathering import gathering
from commsim.day.helping import helping
from commsim.day.joining import joining
from commsim.day.keeping import keeping
from commsim.day.leading import leading
from commsim.day.learning import learning
from commsim.day.moving import moving
from commsim.day.needs import needs
from commsim.day.neighbouring import neighbouring
from commsim.day.quarrelling import quarrelling
from commsim.day.rumouring import rumouring
from commsim.day.supplying import supplying
from commsim.day.talking import talking
from commsim.day.trusting import trusting
from commsim.day.visiting import visiting
from commsim.state.settings import Settings
from commsim.state.whole import State

PHASES = (moving, neighbouring, keeping, needs, visiting, talking, rumouring, asking, learning, joining, coaching,
          gathering, supplying, deciding, quarrelling, helping, leading, trusting)  # fmt: skip


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
    return [Phase(run.__name__, run) for run in PHASES]


def offline_day() -> list[Phase]:
    """What an old estate lived through before anybody governed it: the burn-in."""
    return [Phase("moving", moving), Phase("neighbouring", neighbouring)]
