"""Gatherings: announced, signed up for, held or dropped."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from commsim.columns import Rows
from commsim.state.people import CHILD
from commsim.state.settings import THEMES


@dataclass
class Gathering:
    """One announced gathering of a compound; ``signed`` is bool[people].

    ``ordinal`` is its place in the compound's series and ``attempt`` counts themes tried for it;
    together with the compound they are its name in keyed draws; ``series`` tells apart gatherings of
    several rules that would have the same name.  ``order`` are indices of themes where the office asked
    what people like.  ``readers`` are the adults who see the announcement, when a share ``seen`` of all do, and
    ``bars`` [readers] what each one's reasons must exceed.
    """

    compound: int
    ordinal: int
    attempt: int
    plan: object  # the rule that announced it: threshold, operator, seats, hours, together, yuan, weekday
    announced: int
    signed: np.ndarray
    series: int = 0
    order: tuple[int, ...] = ()
    seen: float = -1.0
    readers: np.ndarray | None = None
    bars: np.ndarray | None = None

    @property
    def theme(self) -> int:
        """Index of the theme: by liking or the plan's themes in turn, the next one after a failed attempt."""
        if self.order:
            return self.order[self.attempt % len(self.order)]
        return THEMES.index(self.plan.themes[(self.ordinal + self.attempt) % len(self.plan.themes)])

    @property
    def identity(self) -> int:
        return (self.compound * 4096 + self.ordinal) * 64 + self.attempt

    @property
    def held_on(self) -> int:
        """The first Saturday after the sign-up days, when commuters are at home; or the first Wednesday."""
        earliest = self.announced + self.plan.sign_up_days
        return earliest + ((2 if self.plan.weekday else 5) - earliest) % 7


@dataclass
class Gatherings:
    """Those that are open for sign-up, and a list of those held or dropped.

    ``came`` are the guests of a compound's last one and its day.  ``again`` counts, over all pairs of
    gatherings of a compound held one after the other and adults who lived there through both: those who
    came to both, to the first, to the second, and all of them.
    """

    people: int
    open: list[Gathering] = field(default_factory=list)
    past: list[dict] = field(default_factory=list)
    held: int = 0  # of those past
    named: dict[tuple[int, int, int], int] = field(default_factory=dict)  # how often a name was used
    came: dict[int, tuple[int, np.ndarray]] = field(default_factory=dict)
    again: np.ndarray = field(default_factory=lambda: np.zeros(4, np.int64))

    def announce(self, compound: int, ordinal: int, plan, day: int, attempt: int = 0,
                 order: tuple[int, ...] = ()) -> None:  # fmt: skip
        """Invite a compound; gatherings that are open there already go on beside it."""
        name = (compound, ordinal, attempt)
        series = self.named.get(name, 0)
        self.named[name] = series + 1
        self.open.append(Gathering(compound, ordinal, attempt, plan, day, np.zeros(self.people, bool), series, order))

    def end(self, one: Gathering, day: int, guests: int) -> None:
        """It was held for ``guests``, or dropped where that is 0."""
        self.open.remove(one)
        self.past.append({"compound": one.compound, "day": day, "theme": THEMES[one.theme], "held": guests > 0,
                          "signed": int(one.signed.sum()), "guests": guests})  # fmt: skip
        self.held += guests > 0

    def remember(self, compound: int, guests: np.ndarray, people: Rows, first: int, day: int) -> None:
        """One was held for the compound whose ``people`` are the rows from ``first`` on: who came again?"""
        now = np.zeros(len(people), bool)
        now[guests - first] = True
        if compound in self.came:
            before, then = self.came[compound]
            there = (people.age != CHILD) & (people.since <= before)
            self.again += ((then & now & there).sum(), (then & there).sum(), (now & there).sum(), there.sum())
        self.came[compound] = day, now
