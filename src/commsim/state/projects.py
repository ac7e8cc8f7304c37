"""Projects: what is to be built, for whom, at what cost, the stage each is in, and its history."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from commsim.state.settings import Stage


@dataclass
class Project:
    """One project of a compound, under the pipeline that was in force when it was proposed.

    ``households`` are those of the compound, ``affected`` marks those that benefit and pay
    ``yuan`` each; ``value`` is what it is worth to each (0-1).  Per household: ``exposure`` and
    ``notices_needed`` (a notice is seen when the first reaches the second), ``mind`` (objects when this is
    below the chance to), ``swayed`` (the share of that chance that neighbours have taken away), ``objects``,
    ``settled`` (objected, was heard and agreed), ``heard`` (the office has dealt with its objection),
    ``voted``, ``yes``, ``asked`` (as a representative).  ``chosen``: places in ``households`` of the version's
    representatives; ``group``: number of their chat group, or -1.  ``heard_total`` and ``settled_total``
    count hearings and agreements over all versions.
    """

    number: int
    compound: int
    proposed: int
    pipeline: tuple[Stage | None, ...]
    households: np.ndarray
    affected: np.ndarray
    cost: float
    subsidy: float
    version: int = 1
    place: int = 0
    since: int = 0
    charged: bool = False
    outcome: str = "open"
    ended: int | None = None
    heard_total: int = 0
    settled_total: int = 0
    group: int = -1
    steps: list[dict] = field(default_factory=list)
    value: np.ndarray | None = None
    exposure: np.ndarray | None = None
    notices_needed: np.ndarray | None = None
    mind: np.ndarray | None = None
    swayed: np.ndarray | None = None
    objects: np.ndarray | None = None
    settled: np.ndarray | None = None
    heard: np.ndarray | None = None
    voted: np.ndarray | None = None
    yes: np.ndarray | None = None
    asked: np.ndarray | None = None
    chosen: np.ndarray | None = None

    @property
    def yuan(self) -> float:
        """Share of one affected household, in yuan."""
        return (self.cost - self.subsidy) / max(int(self.affected.sum()), 1)

    @property
    def stage(self) -> Stage:
        return self.pipeline[self.place]

    @property
    def seen(self) -> np.ndarray:
        """Which households have seen a notice of this version: bool[households]."""
        return self.exposure >= self.notices_needed


@dataclass
class Projects:
    """Projects under way and ended, in the order of their proposal."""

    all: list[Project] = field(default_factory=list)
    done: int = 0
    restarts: int = 0  # by objectors

    @property
    def open(self) -> list[Project]:
        return [p for p in self.all if p.outcome == "open"]
