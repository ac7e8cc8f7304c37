"""Numbers and names as a reader sees them: units, signs, percentage points, month ticks."""

from __future__ import annotations

import math
import re

from commsim.measures.table import MEASURES
from commsim.words import known, say

VERDICTS = ("better", "worse", "same", "cannot_tell")


def slug(unit: str) -> str:
    """``h/week`` -> ``h_week``: the name of a unit in the catalogue."""
    return re.sub(r"[^a-z0-9]+", "_", unit.lower()).strip("_")


def label(measure: str, lang: str) -> str:
    """The name of a measure, ready to open a line."""
    return capital(say(f"measure.{measure}.label", lang))


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def local(text, lang: str) -> str:
    """One language of a title: ``{"zh": …, "en": …}`` or plain text."""
    if isinstance(text, dict):
        return text.get(lang) or next(iter(text.values()))
    return str(text)


def direction(name: str, facts: dict | None = None) -> int:
    """+1 where more of a measure is better, -1 where less is."""
    if facts and "better" in facts["measures"].get(name, {}):
        return facts["measures"][name]["better"]
    return MEASURES[name].better if name in MEASURES else 1


def absent(measures: dict, policy: str) -> list[str]:
    """Names that have no value to compare in any world, because there is no such thing; declared ones stay."""
    return [name for name, m in measures.items()
            if not m["primary"] and (m["by_policy"].get(policy) or {}).get("diff") is None]  # fmt: skip


def decimals(delta: float, unit: str) -> int:
    """So many that the smallest difference that matters is seen with two figures."""
    scale = delta * 100 if unit == "share" else delta
    return max(0, 1 - math.floor(math.log10(scale))) if scale > 0 else 2


def number(value: float | None, unit: str, delta: float, sign: bool = False) -> str:
    """A bare number: shares times 100, thousands apart, a true minus sign."""
    if value is None or not math.isfinite(value):
        return "–"
    digits = decimals(delta, unit)
    value = round(value * 100 if unit == "share" else value, digits) + 0.0
    text = f"{abs(value):,.{digits}f}"
    if value < 0:
        return "−" + text
    return "+" + text if sign and value > 0 else text


def quantity(
    value: float | None,
    unit: str,
    delta: float,
    sign: bool = False,
    difference: bool = False,
    lang: str = "en",
) -> str:
    """A number with its unit: ``35.2 %``, ``+4.1 percentage points``, ``7.3人``."""
    bare = number(value, unit, delta, sign)
    if bare == "–":
        return bare
    key = f"report.unit.{slug(unit)}{'_points' if unit == 'share' and difference else ''}"
    return say(key, lang, v=bare) if known(key) else f"{bare} {unit}"


def unit_name(unit: str, lang: str, difference: bool = False) -> str:
    """The unit alone, for the head of a column or an axis."""
    key = f"report.unit_name.{slug(unit)}{'_points' if unit == 'share' and difference else ''}"
    return say(key, lang) if known(key) else unit


def short(value: float | None, unit: str, delta: float, lang: str, sign: bool = False) -> str:
    """A difference with its unit as it stands in a narrow column: ``+4.1 points``; a ratio has no unit."""
    bare = number(value, unit, delta, sign)
    return bare if unit == "ratio" else f"{bare} {unit_name(unit, lang, difference=True)}"


def percent(share: float | None) -> str:
    if share is None or not math.isfinite(share):
        return "–"
    return f"{100 * share:.0f}%"


def span(low: float | None, high: float | None, unit: str, delta: float, lang: str) -> str:
    """``0.8 to 1.6``; empty where there is no interval."""
    if low is None or high is None:
        return ""
    return say("report.span", lang, low=number(low, unit, delta), high=number(high, unit, delta))


def join(names, lang: str) -> str:
    return say("words.comma", lang).join(names)


def plain(value: float, unit: str, lang: str, bare: bool = False) -> str:
    """An assumed number as it stands in the scenario, with its unit unless ``bare``: ``0.05 a day``, ``45%``."""
    if unit.startswith("share"):
        return f"{100 * value:.4g}%"
    text = f"{value:,.0f}" if float(value).is_integer() else f"{value:g}"
    key = f"report.unit.{slug(unit)}"
    return text if bare or not known(key) else say(key, lang, v=text)
