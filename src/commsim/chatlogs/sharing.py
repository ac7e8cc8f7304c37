"""What of a group's health may leave the steward's machine: no small cell, and none that can be worked out.

Three steps, each against another way of learning about somebody:

1. A count from 1 to 4 is withheld, and so is one that leaves 1 to 4 of its whole (97 of 100 members write: three
   do not).  Rows of a week in which fewer than five wrote are withheld whole.
2. What remains is rounded to multiples of five.  Sums and differences of multiples of five are multiples of five,
   therefore no combination of published counts, however many, yields a number from 1 to 4.
3. Shares are taken of published counts only, so they tell no more than these; other figures keep two digits, and of
   two that tell a small cell by their ratio (density of all and of active members) one is withheld.

Facts about one person (the leader whose going matters most, a "busiest tenth" of fewer than five) are withheld,
and small groups are told in totals only.
"""

from __future__ import annotations

import math
from dataclasses import replace

from commsim.chatlogs.health import ASKED, DAY, DRIFT, SERIES, WAITING, Health
from commsim.chatlogs.privacy import LEAST, suppressed

SMALL, COMPLEMENT, ONE_PERSON, SMALL_GROUP = "small", "complement", "one_person", "small_group"
WHY = (SMALL, COMPLEMENT, ONE_PERSON, SMALL_GROUP)
DIGITS = 2  # of figures that are no counts
PEOPLE = ("never_sent", "core_at_most_1", "never_received", "silent", "unheard", "peripheral", *DRIFT)  # of the roster
EVENTS = ("ties", "openings", "asked_openings", "rumours")  # counts of something else than members
PARTS = {"silent_share": "silent", "unheard_share": "unheard", "peripheral_share": "peripheral"}  # share: its count
RATES = {  # share: the count that it is a share of
    "reciprocity": "ties", "reciprocity_beyond_chance": "ties", "density": "ties", "density_active": "ties",
    "mean_degree": "ties", "centralisation_in": "ties", "centralisation_out": "ties", "largest_core": "ties",
    "ei_index": "ties", "reach_across": "ties", "unanswered": "openings", "response_median": "openings",
    "response_median_naive": "openings", "answered_within": "openings", "answered_within_low": "openings",
    "answered_within_high": "openings", "asked_unanswered": "asked_openings", "asked_response_median":
    "asked_openings", "asked_response_median_naive": "asked_openings", "asked_answered_within": "asked_openings",
    "asked_answered_within_low": "asked_openings", "asked_answered_within_high": "asked_openings",
    "rumour_hours": "rumours", "rumour_corrected": "rumours"}  # fmt: skip
SHARES_OF_EVENTS = ("reciprocity", "unanswered", "answered_within", "asked_unanswered", "asked_answered_within",
                    "rumour_corrected")  # fmt: skip
OF_ANY_GROUP = (*WAITING, *ASKED)  # what may be told of a group of any size
OF_SMALL_GROUPS = (*OF_ANY_GROUP, "coverage", "never_sent", "gini", "ties", "density", "mean_degree", "reciprocity")
HEARD_LEAST = 50  # members who wrote lately, from which on the share heard is told, in tenths


def rounded(count: int | None, least: int = LEAST) -> int | None:
    """A count as it may be shared: the nearest multiple of five, None for 1 to 4; 0 stays 0."""
    shown = suppressed(count, least)
    return None if shown is None else least * math.floor(shown / least + 0.5)


def part(count: int | None, whole: int | None, least: int = LEAST) -> tuple[int | None, str | None]:
    """(the count as it may be shared, why not): withheld too where the rest of ``whole`` is a small cell."""
    if count is None:
        return None, None
    if suppressed(count, least) is None:
        return None, SMALL
    if whole is not None and suppressed(whole - count, least) is None:
        return None, COMPLEMENT
    return rounded(count, least), None


def partition(counts: dict[str, int]) -> tuple[dict[str, int | None], dict[str, str]]:
    """Counts that add up to a whole, as they may be shared: where one alone is withheld, the smallest other is too."""
    shown = {name: rounded(count) for name, count in counts.items()}
    why = {name: SMALL for name, count in shown.items() if count is None}
    others = [name for name in shown if name not in why and counts[name]]
    if len(why) == 1 and others:
        least = min(others, key=lambda name: counts[name])
        shown[least], why[least] = None, COMPLEMENT
    return shown, why


def shared(health: Health) -> tuple[Health, dict[str, str]]:
    """(the health as it may be shared, {name: why it is withheld, of WHY}); no row of a member is in it."""
    why: dict[str, str] = {}
    members, senders = rounded(health.members_count), None
    if members is None:
        why["members"] = SMALL
    senders, reason = part(health.senders, health.members_count)
    _note(why, "senders", reason)
    messages = rounded(health.messages)
    if messages is None:
        why["messages"] = SMALL
    measures = _measures(health, members, senders, why)
    if health.aggregates_only:
        tells = OF_ANY_GROUP if members is None else OF_SMALL_GROUPS
        for name in measures:
            if name not in tells and health.measures[name] is not None:
                measures[name], why[name] = None, SMALL_GROUP
        series, trends = {name: [] for name in SERIES}, {}
    else:
        series = _series(health)
        trends = {name: {part: _digits(value) for part, value in told.items()}
                  for name, told in health.trends.items()}  # fmt: skip
    return replace(
        health, messages=messages, members_count=members, senders=senders, days=_digits(health.days, 3),
        measures=measures, series=series, trends=trends, table={}, loader=_loader(health.loader),
    ), why  # fmt: skip


def as_shared_data(health: Health) -> dict:
    """``shared`` JSON-ready, with the reasons under ``withheld`` and the step of the counts."""
    safe, why = shared(health)
    return {**safe.as_data(), "withheld": why, "counts_rounded_to": LEAST}


def rows(health: Health) -> list[list]:
    """The same as a table: part, name, window (its begin, seconds), value, why it is not there."""
    safe, why = shared(health)
    told = [["part", "name", "window", "value", "why"]]
    for name, value in (("messages", safe.messages), ("members", safe.members_count), ("senders", safe.senders),
                        ("days", safe.days), ("window_days", safe.window_days)):  # fmt: skip
        told.append(["group", name, "", value, why.get(name, "")])
    for name, value in safe.measures.items():
        told.append(["measure", name, "", value, why.get(name) or safe.unavailable.get(name, "")])
    for name in SERIES[1:]:
        told += [["series", name, int(start), value, "" if value is not None else "withheld_or_unknown"]
                 for start, value in zip(safe.series["start"], safe.series[name], strict=True)]  # fmt: skip
    return told


def _measures(health, members, senders, why) -> dict:
    """Counts suppressed and rounded, shares of these, other figures in two digits."""
    raw, whole = health.measures, health.members_count
    out = dict.fromkeys(raw)
    for name in PEOPLE:
        out[name], reason = part(raw[name], whole)
        _note(why, name, reason)
    if raw["steady"] is not None:
        _, reasons = partition({name: raw[name] for name in DRIFT})
        for name in DRIFT:
            if name in reasons or name in why:
                out[name] = None
                why.setdefault(name, reasons.get(name, COMPLEMENT))
    if "senders" in why or "never_sent" in why:  # each is the rest of the other
        out["never_sent"] = None
        why.setdefault("never_sent", COMPLEMENT)
    for name, count in PARTS.items():
        out[name] = _share_of(raw, count, name, out, why)
    for name in EVENTS:
        out[name], reason = part(raw[name], None)
        _note(why, name, reason)
    for name, count in RATES.items():
        if raw[name] is None:
            continue
        out[name], reason = _rate(raw[name], raw[count], name in SHARES_OF_EVENTS)
        _note(why, name, reason)
    if raw["ei_index"] is not None and raw["mean_degree"] is not None:  # pairs inside buildings, pairs across
        pairs = raw["mean_degree"] * whole / 2
        if any(suppressed(round(pairs * (1 + turn * raw["ei_index"]) / 2)) is None for turn in (-1, 1)):
            out["ei_index"], why["ei_index"] = None, SMALL
    out["coverage"] = senders / members if senders is not None and members else None
    _note(why, "coverage", None if raw["coverage"] is None or out["coverage"] is not None else COMPLEMENT)
    for name in ("gini", "gini_senders", "voices"):
        out[name] = _digits(raw[name])
        if out[name] is not None and health.senders < LEAST:
            out[name], why[name] = None, SMALL
    if out["gini_senders"] is not None and senders is None:  # (1 - gini) / (1 - gini_senders) is the share who write
        out["gini_senders"], why["gini_senders"] = None, COMPLEMENT
    if _tells_inactive(raw["density"], raw["density_active"], whole):
        out["density_active"], why["density_active"] = None, COMPLEMENT
    out["top_tenth"] = _digits(raw["top_tenth"])
    if raw["top_tenth"] is not None and round(whole / 10) < LEAST:
        out["top_tenth"], why["top_tenth"] = None, ONE_PERSON
    if raw["lost_with_one"] is not None:
        why["lost_with_one"] = ONE_PERSON
    out["rumour_exposed"], reason = part(raw["rumour_exposed"], None)
    _note(why, "rumour_exposed", reason)
    out["heard"] = _heard(raw, why)
    return {name: _digits(value) if isinstance(value, float) else value for name, value in out.items()}


def _share_of(raw, count, share, out, why):
    """A share of members: its published count over the published number of those it could be."""
    if raw[count] is None or raw[share] is None:
        return None
    if raw[count] == 0:
        return 0.0
    whole = round(raw[count] / raw[share])
    shown, reason = part(raw[count], whole)
    if shown is None or out[count] is None:
        out[count] = None
        why.setdefault(count, reason or COMPLEMENT)
        why[share] = why[count]
        return None
    return shown / max(rounded(whole), shown)


def _rate(value, count, is_share):
    """(a figure in two digits, why not): withheld where few things stand behind it, or behind a share of them."""
    if count is None or suppressed(count) is None:
        return None, SMALL
    if is_share and (suppressed(round(value * count)) is None or suppressed(count - round(value * count)) is None):
        return None, SMALL
    return _digits(value), None


def _tells_inactive(density, density_active, whole) -> bool:
    """Whether the two densities together tell a small number of members who neither wrote nor were addressed."""
    if not density or not density_active or not whole:
        return False
    possible = whole * (whole - 1) * density / density_active  # a (a - 1) of the a who are active
    return suppressed(whole - round(0.5 + math.sqrt(0.25 + possible))) is None


def _heard(raw, why):
    """In tenths, and only where each tenth is five members or more."""
    if raw["heard"] is None:
        return None
    if not raw["silent_share"] or raw["silent"] / raw["silent_share"] - raw["silent"] < HEARD_LEAST:
        why["heard"] = SMALL
        return None
    return round(raw["heard"], 1)


def _series(health) -> dict[str, list]:
    """Each window: withheld whole where fewer than five wrote."""
    out = {name: [] for name in SERIES}
    for row in zip(*(health.series[name] for name in SERIES), strict=True):
        for name, value in _window(dict(zip(SERIES, row, strict=True)), health.members_count).items():
            out[name].append(value)
    return out


def _window(row, members) -> dict:
    told = dict.fromkeys(SERIES) | {"start": row["start"] // DAY * DAY}  # the day, not the moment somebody wrote
    senders, roster = row["senders"], row["roster"]
    if senders is None or suppressed(senders) is None:
        return told
    told["messages"] = rounded(row["messages"])
    told["roster"] = part(roster, members)[0]
    told["senders"] = part(senders, roster)[0]
    for name in ("silent", "unheard", "peripheral"):
        told[name] = part(row[name], roster)[0]
    if told["senders"] is not None and told["roster"]:
        told["coverage"] = _digits(told["senders"] / told["roster"])
    for name in ("density", "density_active", "mean_degree", "reciprocity", "gini", "response_median",
                 "answered_within"):  # fmt: skip
        told[name] = _digits(row[name])
    ties = None if row["density"] is None or roster is None else round(row["density"] * roster * (roster - 1))
    if ties is None or suppressed(ties) is None:
        told |= dict.fromkeys(("density", "density_active", "mean_degree", "reciprocity"))
    elif row["reciprocity"] is not None:
        told["reciprocity"] = _rate(row["reciprocity"], ties, True)[0]
    if _tells_inactive(row["density"], row["density_active"], roster):
        told["density_active"] = None
    if senders >= HEARD_LEAST and row["heard"] is not None:
        told["heard"] = round(row["heard"], 1)
    return told


def _loader(account: dict) -> dict:
    """The format and how many lines were what, rounded; no shape of a line and no count of members."""
    kept = {name: account[name] for name in ("format", "encoding", "timezone", "day_order", "reply_to")
            if name in account}  # fmt: skip
    return kept | {name: rounded(account[name]) for name in ("lines", "message", "system", "blank", "skipped")
                   if account.get(name) is not None}  # fmt: skip


def _digits(value, digits: int = DIGITS):
    """Two significant digits of a figure that is no count; counts and None as they are."""
    if value is None or not isinstance(value, float) or value == 0 or not math.isfinite(value):
        return value
    return round(value, digits - 1 - math.floor(math.log10(abs(value))))


def _note(why, name, reason) -> None:
    if reason is not None:
        why[name] = reason
