"""A city: communities that live side by side without touching, all under the rules of one scenario.

A city is a YAML file of ``kind: city``.  Its communities are made by keyed draws from (world, number):
a size, a share of renters, a share of short renters, a place.  Sizes are laid out like households: the
quantiles of a lognormal whose mean and largest are exactly those of the file, cut at the smallest;
which community has which is drawn.  Each community lives in a world of its own, so that any of them
can be lived alone, in any order.
"""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import dataclass, replace
from functools import cache, cached_property
from pathlib import Path
from statistics import NormalDist

import numpy as np

from commsim.errors import UserError, nearest
from commsim.scenarios import schema
from commsim.scenarios.reading import YamlFile, _both, load
from commsim.scenarios.scenario import Number, Scenario
from commsim.state.settings import PARAMETERS

FOLDER = Path(__file__).parent / "cities"
NUMBER_BITS = 12  # of a world's 32: the number of the community
COMMUNITIES_MOST = 2**NUMBER_BITS - 1
WORLDS_MOST = 2 ** (32 - NUMBER_BITS) - 1
STEEPEST = 50.0  # of the spread of sizes: beyond it all but the largest are of the smallest size
SIZE, RENTERS, SHORT, PLACE = range(4)  # ordinals of a community's draws


@dataclass(frozen=True)
class Community:
    """One community of a city: its number (from 1), the world it lives in, and what was drawn for it.

    ``x``, ``y``: place on a schematic map, the city being a disc of radius 1; no real place.
    """

    number: int
    world: int
    people: int
    households: int
    officials: int
    renter_share: float
    short_share: float
    x: float
    y: float


@dataclass(frozen=True)
class City:
    """What a city file says, checked."""

    id: str
    title: dict[str, str]
    story: dict[str, str]
    scenario: Scenario
    scale: str
    policy: str
    days: int
    communities: int
    people_mean: float
    people_most: int
    people_least: int
    people_per_official: float
    renter_share_centre: float
    renter_share_edge: float
    renter_spread: float
    short_share: float
    short_spread: float
    figures: tuple[Number, ...]
    source: str

    @property
    def people(self) -> int:
        """Everybody: communities times mean size."""
        return round(self.communities * self.people_mean)

    @cached_property
    def sizes(self) -> list[int]:
        """People of each community, the smallest first: exact in sum and in the largest."""
        n, least, most = self.communities, self.people_least, self.people_most
        z = [NormalDist().inv_cdf((k + 0.5) / n) for k in range(n)]

        def laid_out(spread):
            return [max(float(least), most * math.exp(spread * (value - z[-1]))) for value in z]

        low, high = 0.0, STEEPEST  # the wider the spread, the fewer people
        for _ in range(100):
            middle = (low + high) / 2
            low, high = (middle, high) if math.fsum(laid_out(middle)) > self.people else (low, middle)
        exact = laid_out(low)
        sizes = [int(size) for size in exact]
        by_rest = sorted(range(n - 1), key=lambda k: sizes[k] - exact[k])  # the largest stays what it is
        for k in by_rest[: self.people - sum(sizes)]:
            sizes[k] += 1
        return sorted(sizes)

    def draw(self, world: int) -> list[Community]:
        """All communities in ``world`` (0 to WORLDS_MOST), in the order of their numbers."""
        from commsim.draws import column, purpose, two_columns

        what, n = purpose("parameter draw"), self.communities
        ranks = np.argsort(np.argsort(column(world, what, 0, 1, n + 1, 0, SIZE), kind="stable"), kind="stable")
        renters, shorts = (_normals(two_columns(world, what, 0, 1, n + 1, 0, k)) for k in (RENTERS, SHORT))
        angle, area = (u.tolist() for u in two_columns(world, what, 0, 1, n + 1, 0, PLACE))
        mean_household = self.scenario.settings(self.scale).x.mean_household
        found = []
        for k in range(n):
            far = math.sqrt(area[k])
            renter = self.renter_share_centre + far * (self.renter_share_edge - self.renter_share_centre)
            people = self.sizes[int(ranks[k])]
            found.append(Community(
                number=k + 1, world=world_of(world, k + 1), people=people,
                households=max(1, round(people / mean_household)),
                officials=_within("officials", max(1, round(people / self.people_per_official))),
                renter_share=_within("renter_share", _shifted(renter, self.renter_spread * renters[k])),
                short_share=_within("short_share", _shifted(self.short_share, self.short_spread * shorts[k])),
                x=far * math.cos(2 * math.pi * angle[k]), y=far * math.sin(2 * math.pi * angle[k]),
            ))  # fmt: skip
        return found

    def place(self, community: Community):
        """The ``population.Place`` of one community."""
        whole = self.scenario.place(self.scale)
        x = whole.settings.x._replace(
            officials=float(community.officials), renter_share=community.renter_share,
            short_share=community.short_share)  # fmt: skip
        return replace(whole, scenario=self.id, scale="community", people=community.people,
                       households=community.households, settings=replace(whole.settings, x=x))  # fmt: skip

    @cached_property
    def digest(self) -> str:
        """SHA-256 over everything that can change a run."""
        content = {name: getattr(self, name) for name in ("id", "scale", *_NUMBERS)}
        plain = json.dumps({**content, "scenario": self.scenario.digest}, sort_keys=True)
        return hashlib.sha256(plain.encode()).hexdigest()


def world_of(world: int, number: int) -> int:
    """The world in which community ``number`` lives when the city is in ``world``: no two share one."""
    return (world << NUMBER_BITS) + number


def _normals(uniforms) -> list[float]:
    from commsim.draws import normal

    return [normal(a, b) for a, b in zip(*(u.tolist() for u in uniforms), strict=True)]


def _shifted(share: float, by: float) -> float:
    """A share moved on the log-odds scale."""
    odds = share / (1.0 - share) * math.exp(by)
    return odds / (1.0 + odds)


def _within(lever: str, value):
    """The value, or the nearest that the lever can be."""
    limits = PARAMETERS[lever]
    return min(max(value, type(value)(limits.low)), type(value)(limits.high))


# -- files ---------------------------------------------------------------------------------------------

_WHOLE = {  # what is a whole number: lowest, highest
    "days": schema.HORIZON,
    "communities": (1, COMMUNITIES_MOST),
    "people_most": schema.PEOPLE,
    "people_least": schema.PEOPLE,
}
_REAL = {
    "people_mean": schema.PEOPLE,
    "people_per_official": (100, 100_000),
    "renter_share_centre": (0.01, 0.95),
    "renter_share_edge": (0.01, 0.95),
    "renter_spread": (0, 3),
    "short_share": (0.01, 0.99),
    "short_spread": (0, 3),
}
_NUMBERS = (*_WHOLE, *_REAL)


class CityFields(schema.Strict):
    """A whole file."""

    kind: schema.Name
    id: schema.Name
    title: schema.Words
    story: schema.Words
    scenario: schema.Text
    scale: schema.Name
    policy: schema.Name
    days: schema.Figure
    communities: schema.Figure
    people_mean: schema.Figure
    people_most: schema.Figure
    people_least: schema.Figure
    people_per_official: schema.Figure
    renter_share_centre: schema.Figure
    renter_share_edge: schema.Figure
    renter_spread: schema.Figure
    short_share: schema.Figure
    short_spread: schema.Figure


class CityFile(YamlFile):
    """One file on its way to a city; mistakes are told with line and column."""

    def city(self, source: str) -> City:
        """Everything checked, as a City."""
        self.figures: list[Number] = []
        if self.tree.get("kind") != "city":
            raise self._fault(("kind",), "city_kind", value=self.tree.get("kind", "–"))
        raw = self._checked(CityFields, self.tree)
        found = {name: self._whole(getattr(raw, name), (name,), *limits) for name, limits in _WHOLE.items()}
        found |= {name: self._real(getattr(raw, name), name, *limits) for name, limits in _REAL.items()}
        scenario = self._inside(("scenario",), lambda: load(self._scenario(raw.scenario)))
        self._inside(("scale",), lambda: scenario.scale(raw.scale))
        self._inside(("policy",), lambda: scenario.policy(raw.policy))
        city = City(id=str(raw.id), title=_both(raw.title), story=_both(raw.story), scenario=scenario,
                    scale=str(raw.scale), policy=str(raw.policy), figures=tuple(self.figures),
                    source=source, **found)  # fmt: skip
        rest = city.communities - 1
        low = (city.people_most + rest * city.people_least) / city.communities
        if not low <= city.people_mean <= city.people_most or city.people_least > city.people_most:
            raise self._fault(self._value_at(("people_mean",)), "value_out_of_range", value=city.people_mean,
                              low=math.ceil(low), high=city.people_most)  # fmt: skip
        return city

    def _scenario(self, name: str):
        """A scenario's id, or its file beside the city's."""
        beside = self.path.parent / name
        return beside if beside.is_file() else name

    def _inside(self, loc, read):
        try:
            return read()
        except UserError as fault:
            raise self._wrong(fault, self._at(loc)) from None

    def _real(self, figure, name, low, high) -> float:
        if not low <= figure.value <= high:
            raise self._fault(self._value_at((name,)), "value_out_of_range", value=figure.value, low=low, high=high)
        return float(self._keep(figure, (name,)))


def available_cities() -> list[str]:
    """Ids of the cities that come with commsim."""
    return sorted(file.stem for file in FOLDER.glob("*.yaml"))


def load_city(source: str | Path | City) -> City:
    """The city of that id, or in that YAML file."""
    if isinstance(source, City):
        return source
    text = str(source)
    if isinstance(source, str) and text in available_cities():
        return _shipped(text)
    path = Path(text).expanduser()
    if isinstance(source, str) and not (path.suffix.lower() in (".yaml", ".yml") or path.exists()):
        raise UserError("city_unknown", value=text, allowed=", ".join(available_cities()),
                        nearest=nearest(text, available_cities()))  # fmt: skip
    return CityFile(path).city(str(path.resolve()))


@cache
def _shipped(name: str) -> City:
    return CityFile(FOLDER / f"{name}.yaml").city(name)
