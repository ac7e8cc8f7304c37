"""Adoption in Starsim: whoever is in a group may win over those met today, ten random contacts a person and day.

A class of its own only because the diseases that come with Starsim also let people recover.
"""

from __future__ import annotations

import numpy as np
import starsim as ss

CONTACTS = 10


class Adoption(ss.Infection):
    """Infection without an end; ``beta``: chance that one contact with a member wins somebody over."""

    def __init__(self, beta: float, seeds: int):
        super().__init__()
        self.define_pars(beta=beta)
        self.update_pars({"init_prev": ss.choose_n(seeds)})

    def set_prognoses(self, uids, sources=None):
        super().set_prognoses(uids, sources)
        self.infected[uids] = True
        self.ti_infected[uids] = self.ti


def make(people: int, seeds: int, beta: float, days: int, world: int = 1, pool: bool = False) -> ss.Sim:
    """A simulation ready for its first day; ``pool``: no pairs are drawn, only the mean over all is used."""
    route = ss.MixingPool(n_contacts=ss.poisson(CONTACTS), beta=1.0) if pool else ss.RandomNet(n_contacts=CONTACTS)
    sim = ss.Sim(n_agents=people, diseases=Adoption(beta, seeds), networks=route, start=0, dur=days - 1,
                 dt=ss.day, rand_seed=world, verbose=0, copy_inputs=False)  # fmt: skip
    return sim.init()


def members(sim: ss.Sim) -> np.ndarray:
    """Members after each day: int64[days]."""
    return np.asarray(sim.results.adoption.n_infected).astype(np.int64)
