"""A bench: one world, or one parameter draw in a world of its own, in which patterns are looked for.

Places are of the Jinyang scenario, with sizes and levers of their own; what is drawn replaces the
scenario's numbers, and what a pattern's test fixes replaces both.  The start of a place is computed
once and copied for every arm, so that arms share all luck that they do not change.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache

from commsim import engine
from commsim.experiments.drawing import HANDED
from commsim.population import Place
from commsim.state.settings import PARAMETERS, Settings
from commsim.state.whole import State

Look = Callable[[State, Settings, int], object]
SIZES = {  # name: people, households, courtyards a compound; each is one compound
    "yard": (769, 288, 1),  # a courtyard of six buildings
    "estate": (2308, 864, 3),
    "large": (3500, 1311, 5),
}


@cache
def _place(size: str) -> Place:
    """A place of the Jinyang scenario; ``courtyard`` has the classroom's numbers."""
    from commsim import scenarios

    scenario = scenarios.load("jinyang")
    if size == "courtyard":
        return scenario.place("courtyard")
    people, households, courtyards = SIZES[size]
    return replace(scenario.place("estate"), people=people, households=households, courtyards_per_compound=courtyards)


@dataclass
class Bench:
    """``numbers``: what a parameter draw says, by name; empty in a world with the default parameters."""

    world: int
    numbers: Mapping[str, float] = field(default_factory=dict)
    _starts: dict[Place, State] = field(default_factory=dict, repr=False)

    def number(self, name: str, default: float) -> float:
        """The drawn value of a number that a rule or a shock takes, else ``default``."""
        return self.numbers.get(name, default)

    def place(self, size: str, burn_in: int | None = None, **fixed: float) -> Place:
        """A place of that size; ``fixed`` levers hold from before anybody moved in, whatever was drawn."""
        found = _place(size)
        levers = {name: value for name, value in self.numbers.items() if name in PARAMETERS and name not in HANDED}
        settings = replace(found.settings, x=found.settings.x._replace(**{**levers, **fixed}))
        return replace(found, burn_in=found.burn_in if burn_in is None else burn_in, settings=settings)

    def start(self, place: Place) -> State:
        """A copy of the first day of ``place`` in this world."""
        if place not in self._starts:
            self._starts[place] = engine.prepare(place, self.world)
        return self._starts[place].copy()

    def live(
        self, place: Place, rules: Iterable, days: int, look: Look, at: Collection[int] | None = None,
        until: Callable[[object], bool] | None = None, shocks: Iterable = (), **levers: float,
    ) -> dict:  # fmt: skip
        """``{day: look(state, settings, day)}`` of the evenings ``at`` (None: all) of so many days.

        ``levers`` hold from day 0 on, for governance rather than for who lives there; ``until`` ends the
        run after the first look that it is true of.
        """
        state = self.start(place)
        state.base = replace(state.base, x=state.base.x._replace(**levers), shocks=tuple(shocks))
        loop, seen = engine.Days(state, tuple(rules)), {}
        for day in range(days):
            loop.live()
            if at is None or day in at:
                seen[day] = look(state, loop.settings(day), day)
                if until is not None and until(seen[day]):
                    break
        return seen
