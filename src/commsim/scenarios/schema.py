"""What a scenario file may contain, as pydantic models.

Every number is a *figure*: ``{value: 24, source: F19, range: [20, 30]}``; a bare number is a figure
whose source is whoever wrote the file.  Limits here are those beyond which the model makes no sense.
"""

from __future__ import annotations

import math
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

OWN = "own figure"

PEOPLE = (20, 200_000)
HOUSEHOLDS = (10, 200_000)
HORIZON = (1, 36_500)
BURN_IN = (0, 3_650)
PLACE = {
    "doors_per_stairwell": (24, 1, 200),
    "stairwells_per_building": (2, 1, 50),
    "buildings_per_courtyard": (6, 1, 200),
    "courtyards_per_compound": (3, 1, 200),
}


def number(value: Any) -> float | int:
    """A finite number that is not a yes/no; integers stay integers."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise PydanticCustomError("not_a_number", "a number")
    try:
        finite = math.isfinite(value)
    except OverflowError:
        finite = False
    if not finite:
        raise PydanticCustomError("not_finite", "a finite number")
    return int(value) if isinstance(value, int) else float(value)


Number = Annotated[Any, BeforeValidator(number)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$")]


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


def as_figure(value: Any) -> Any:
    """A bare number becomes a figure of one's own; anything else is left for the checks."""
    return value if isinstance(value, dict) else {"value": value, "source": OWN}


class FigureFields(Strict):
    """A number with where it comes from and, where it is uncertain, between what and what."""

    value: Number
    source: Text = OWN
    range: Annotated[list[Number], Field(min_length=2, max_length=2)] | None = None

    @model_validator(mode="after")
    def inside_its_own_range(self):
        if self.range and self.range[0] > self.range[1]:
            raise PydanticCustomError("turned_round", "turned round", {"value": self.range})
        if self.range and not self.range[0] <= self.value <= self.range[1]:
            raise PydanticCustomError(
                "outside", "outside", {"value": self.value, "low": self.range[0], "high": self.range[1]}
            )
        return self


Figure = Annotated[FigureFields, BeforeValidator(as_figure)]


class Words(Strict):
    """A text in both languages."""

    zh: Text
    en: Text


class ScaleFields(Strict):
    """How large the place is, and what is different at that size."""

    people: Figure
    households: Figure | None = None
    classroom: bool = False
    settings: dict[str, Figure] = {}
    rules: dict[str, dict[str, Any]] = {}


class PlaceFields(Strict):
    """How homes are stacked."""

    doors_per_stairwell: Figure | None = None
    stairwells_per_building: Figure | None = None
    buildings_per_courtyard: Figure | None = None
    courtyards_per_compound: Figure | None = None


class PolicyFields(Strict):
    """A named tuple of rules: each entry is the name of a rule of this file, or a rule."""

    title: Words
    rules: list[Any]


class ScenarioFields(Strict):
    """A whole file."""

    id: Name
    title: Words
    story: Words
    horizon: Figure = FigureFields(value=1095, source="F3; assumption")
    burn_in: Figure = FigureFields(value=730, source="assumption")
    default_scale: Name | None = None
    scales: Annotated[dict[Name, ScaleFields], Field(min_length=1)]
    place: PlaceFields = PlaceFields()
    settings: dict[str, Figure] = {}
    rules: dict[Name, dict[str, Any]] = {}
    shocks: dict[Name, dict[str, Any]] = {}
    measures: list[Text] = []
    policies: Annotated[dict[Name, PolicyFields], Field(min_length=1)]
