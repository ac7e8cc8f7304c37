"""The people and homes of a place in one world, before anybody has met.

Everything is drawn by key: the same household, seat and tenancy number get the same attributes in
every policy, whatever else happens.  Sizes are laid out so that the numbers of households and of
people are exactly those asked for.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from commsim.draws import column, draw, exponential, purpose
from commsim.errors import UserError
from commsim.kernels import kernel
from commsim.state.homes import build_homes
from commsim.state.newcomers import beta_quantiles, mean_stay, settle
from commsim.state.people import LONG_RENTER, OWNER, SHORT_RENTER, Odds, empty_people
from commsim.state.settings import Settings
from commsim.state.whole import State, empty_state

# Shares of households by size 1-6 around which a place's mean is reached (mean 2.65; assumption).
SIZE_SHARES = np.array([0.20, 0.30, 0.28, 0.12, 0.07, 0.03])

SIZE, TENURE, SINCE = purpose("household size"), purpose("household tenure"), purpose("household since")


@dataclass(frozen=True)
class Place:
    """What a world is drawn for: a scenario at one scale."""

    scenario: str
    scale: str
    people: int
    households: int
    doors_per_stairwell: int = 24
    stairwells_per_building: int = 2
    buildings_per_courtyard: int = 6
    courtyards_per_compound: int = 3
    burn_in: int = 730
    settings: Settings = Settings()


def populate(place: Place, world: int) -> State:
    """Homes and people of ``place`` in ``world``, nobody acquainted, on day ``-burn_in``."""
    sizes = _household_sizes(place, world)
    homes = build_homes(sizes, place.doors_per_stairwell, place.stairwells_per_building,
                        place.buildings_per_courtyard, place.courtyards_per_compound)  # fmt: skip
    household = np.repeat(np.arange(place.households), sizes)
    people = empty_people(household)
    x, levers = place.settings.x, place.settings.levers
    renters = column(world, TENURE, 0, 0, place.households, 0, 0) < x.renter_share
    odds = _odds(sizes, x)
    state = empty_state(world, -place.burn_in, homes, people, odds, place.settings)
    t = state.tables
    _settle_all(t.people, t.homes, levers, world, renters, odds, -place.burn_in)
    return state


def _household_sizes(place: Place, world: int) -> np.ndarray:
    """int[households] summing to exactly ``place.people``; which household is keyed."""
    mean = place.people / place.households
    if not 1.0 <= mean <= 6.0:
        raise UserError("household_mean", place=place.scenario, value=round(mean, 2), low=1, high=6)
    counts = np.floor(SIZE_SHARES * place.households).astype(int)
    counts[1] += place.households - counts.sum()
    while (excess := int(counts @ np.arange(1, 7)) - place.people) != 0:
        if excess > 0:  # the commonest size above one gives a person
            k = 1 + int(np.argmax(counts[1:]))
            moved = min(excess, counts[k] - counts[k] // 2)
            counts[k], counts[k - 1] = counts[k] - moved, counts[k - 1] + moved
        else:
            k = int(np.argmax(counts[:5]))
            moved = min(-excess, counts[k] - counts[k] // 2)
            counts[k], counts[k + 1] = counts[k] - moved, counts[k + 1] + moved
    order = np.argsort(column(world, SIZE, 0, 0, place.households, 0, 0), kind="stable")
    sizes = np.empty(place.households, int)
    sizes[order] = np.repeat(np.arange(1, 7), counts)
    return sizes


def _odds(sizes, x) -> Odds:
    """Children sit only in third and later seats and elders in the first two, so that the shares
    hold in the mean; a share that does not fit is met as far as it can be."""
    late = np.maximum(sizes - 2, 0).sum()
    early = sizes.sum() - late
    counts = x.trust_pseudo_counts
    return Odds(
        children=min(1.0, x.child_share * sizes.sum() / max(late, 1)),
        elders=min(1.0, x.elder_share * sizes.sum() / early),
        trust=beta_quantiles(x.trust_start * counts, (1.0 - x.trust_start) * counts),
    )


@kernel
def _settle_all(people, homes, levers, world, renters, odds, day):
    """The first tenants of every home: tenure, time since moving in, and the people of each seat."""
    x = levers[0]
    sitting_short = x.short_share * x.stay_short
    sitting_short /= max(sitting_short + (1.0 - x.short_share) * x.stay_long, 1e-300)
    for h in range(len(homes.doors)):
        tenure = OWNER
        if renters[h]:
            # a renter met today is more often a long one than an arriving renter is (check C14)
            tenure = SHORT_RENTER if draw(world, TENURE, 0, h, 0, 1) < sitting_short else LONG_RENTER
        stay = mean_stay(tenure, x)
        since = day - int(exponential(stay, draw(world, SINCE, 0, h, 0, 0)))
        settle(people, homes, x, world, h, 0, tenure, since, odds)
