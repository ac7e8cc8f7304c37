"""The health of a group from its log: every measure of ``measures.exchanges`` and ``measures.margins``, over time.

What cannot be known from a log is None, with the reason in ``unavailable``: a format without replies cannot tell who
was heard, one without kinds knows of no rumour.  Inferred edges count nowhere.  What is said of single members is kept
apart (``Health.members``), for the steward only, and not at all in groups of fewer than twelve who write.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from commsim.chatlogs.events import INFERRED, NOBODY, Log
from commsim.measures import exchanges as ex
from commsim.measures import margins as mg
from commsim.measures.durations import median_duration

DAY = 86400.0
RECENT_DAYS, DRIFT_DAYS = 28, 28  # "lately"; length of the windows in which drift is looked for
SMALL_GROUP = 12  # with fewer members who write, nothing is said about single ones
MOST_WINDOWS = 520  # ten years of weeks: a longer log gets longer windows
DRIFT_WINDOWS = 130  # the last ten years: drift is looked for in no longer time
ASKING = ("issue", "question", "request")  # kinds that want an answer
RUMOUR, CORRECTION = "rumour", "correction"
# reasons why a number is not there
NO_ADDRESSEE, NO_REPLY_TO, NO_KINDS, PRESENCE = "no_addressee", "no_reply_to", "no_kinds", "presence"
NO_BUILDINGS, TOO_SHORT, NONE_OF_KIND = "no_buildings", "too_short", "none_of_kind"
NOT_HALF, NOTHING = "not_half", "nothing"
REASONS = (NO_ADDRESSEE, NO_REPLY_TO, NO_KINDS, PRESENCE, NO_BUILDINGS, TOO_SHORT, NONE_OF_KIND, NOT_HALF, NOTHING)
# what must be borne in mind when reading the numbers
LEAVERS_UNKNOWN, NOBODY_SILENT, NEARLY_ALL = "leavers_unknown", "nobody_silent", "nearly_all_peripheral"
NOTES = (LEAVERS_UNKNOWN, NOBODY_SILENT, NEARLY_ALL)
NEARLY = 0.9  # share of peripheral members from which the flag says nothing
SPEAKING = ("coverage", "gini", "gini_senders", "voices", "top_tenth", "never_sent")
TIES = ("ties", "density", "density_active", "mean_degree", "reciprocity", "reciprocity_beyond_chance",
        "centralisation_in", "centralisation_out", "largest_core", "core_at_most_1", "never_received")  # fmt: skip
TIERS = ("ei_index", "reach_across", "lost_with_one")
WAITING = ("openings", "unanswered", "response_median", "response_median_naive", "answered_within",
           "answered_within_low", "answered_within_high")  # fmt: skip
ASKED = tuple(f"asked_{name}" for name in WAITING)
RUMOURS = ("rumours", "rumour_hours", "rumour_corrected", "rumour_exposed")
MARGINS = ("silent", "silent_share", "unheard", "unheard_share", "peripheral", "peripheral_share", "heard")
DRIFT = ("drifting", "rising", "steady", "drift_too_short")
ECHOES = ("unheard", "unheard_share", "peripheral", "peripheral_share", "heard", *DRIFT)  # need replies
MEASURES = (*SPEAKING, *TIES, *TIERS, *WAITING, *ASKED, *RUMOURS, *MARGINS, *DRIFT)
SERIES = ("start", "messages", "senders", "roster", "density", "density_active", "mean_degree", "reciprocity", "gini",
          "coverage", "heard", "silent", "unheard", "peripheral", "response_median", "answered_within")  # fmt: skip
TRENDS = ("messages", "density", "density_active", "mean_degree", "reciprocity", "gini")
POWER = "density"  # whose trend is read as the sign of the power to cooperate


@dataclass
class Health:
    """What a log tells about its group.

    ``measures`` (name to number or None), ``unavailable`` (name to reason, REASONS), ``series`` (a column per name of
    SERIES, one entry a window; ``start`` in seconds since 1970), ``trends`` (name to tau, p and slope a window).
    ``window_days``: length of a window; ``days``: from the first message to the last.  ``notes`` (NOTES): cautions.
    """

    messages: int
    members_count: int
    senders: int
    days: float
    window_days: int
    within_hours: float
    measures: dict[str, float | int | None]
    unavailable: dict[str, str]
    series: dict[str, list]
    trends: dict[str, dict[str, float | None]]
    aggregates_only: bool
    notes: tuple[str, ...]
    carries: tuple[str, ...]
    loader: dict
    table: dict[str, np.ndarray] = field(default_factory=dict, repr=False)  # of members; empty in small groups

    @property
    def members(self) -> Iterator[dict]:
        """A row per member by pseudonym, for the steward's machine only: the three kinds and drift, each apart."""
        for row in zip(*(column.tolist() for column in self.table.values()), strict=True):
            yield {name: _plain(value) for name, value in zip(self.table, row, strict=True)}

    def as_data(self) -> dict:
        """Everything but what is said about single members, JSON-ready."""
        return {"messages": self.messages, "members": self.members_count, "senders": self.senders, "days": self.days,
                "window_days": self.window_days, "within_hours": self.within_hours, "measures": self.measures,
                "unavailable": self.unavailable, "series": self.series, "trends": self.trends,
                "aggregates_only": self.aggregates_only, "notes": list(self.notes), "carries": list(self.carries),
                "loader": self.loader}  # fmt: skip


@dataclass
class _Group:
    """The columns that measures need: edges that were not inferred, and since when and until when members are there."""

    sender: np.ndarray
    to: np.ndarray
    answers: np.ndarray
    time: np.ndarray
    n: int
    begin: float
    end: float
    here_from: np.ndarray
    here_until: np.ndarray
    roster_from: np.ndarray  # as ``here_from``, but from the beginning on where nobody knows

    def part(self, first: int, last: int):
        """Senders and addressees of messages first..last-1."""
        return self.sender[first:last], self.to[first:last]


def profile(log: Log, window_days: int = 7, within_hours: float = 48.0, buildings=None) -> Health:
    """The group's health.  ``buildings``: int[members], -1 unknown; without it nothing is said about two tiers."""
    group = _group(log)
    carries, lacking = set(log.carries), {}
    days = (group.end - group.begin) / DAY
    window_days = max(1, int(window_days)) * max(1, math.ceil(days / (max(1, int(window_days)) * MOST_WINDOWS)))
    values: dict[str, float] = dict.fromkeys(MEASURES, math.nan)
    waits = _waits(group) if "reply_to" in carries else None
    values.update(_speaking(group))
    if "presence" in carries:
        _lack(lacking, (*TIES, *TIERS, *WAITING, *ASKED, *RUMOURS, *ECHOES), PRESENCE)
    else:
        _about_ties(log, group, buildings, values, lacking)
        _about_answers(log, group, waits, within_hours, values, lacking)
        _about_rumours(log, group, values, lacking)
    at_the_end, drift = _about_margins(group, values, lacking)
    addressed = bool(carries & {"reply_to", "mention"})
    series = _series(group, window_days, within_hours, waits, "reply_to" in carries, addressed)
    senders = int((np.bincount(group.sender, minlength=group.n) > 0).sum())
    for name, value in values.items():
        if name not in lacking and isinstance(value, float) and math.isnan(value):
            lacking[name] = NOT_HALF if name.endswith(("response_median", "rumour_hours")) else NOTHING
    measures = {name: None if name in lacking else _plain(value) for name, value in values.items()}
    return Health(
        len(log), group.n, senders, days, window_days, within_hours, measures,
        {name: lacking[name] for name in MEASURES if name in lacking}, series, _trends(series),
        senders < SMALL_GROUP, _notes(carries, measures), tuple(sorted(carries)), dict(log.loader),
        {} if senders < SMALL_GROUP else _table(log, group, at_the_end, drift, lacking),
    )  # fmt: skip


def _group(log: Log) -> _Group:
    n = len(log.members)
    to = np.where(log.edge == INFERRED, NOBODY, log.to)
    begin, end = (float(log.time[0]), float(log.time[-1])) if len(log) else (0.0, 0.0)
    since = np.full(n, begin)
    if "joined" not in log.carries:  # nobody knows: there since the first trace
        seen = np.full(n, np.inf)
        np.minimum.at(seen, log.sender, log.time)
        np.minimum.at(seen, to[to >= 0], log.time[to >= 0])
        since = np.where(np.isfinite(seen), seen, begin)
    here_from = np.where(np.isnan(log.joined), since, np.maximum(log.joined, begin))
    here_until = np.where(np.isnan(log.left), np.inf, log.left)
    roster_from = np.where(np.isnan(log.joined), begin, log.joined)
    return _Group(log.sender, to, log.answers, log.time, n, begin, end, here_from, here_until, roster_from)


def _notes(carries, measures) -> tuple[str, ...]:
    """Cautions: who left is not known; nobody is silent because only who wrote is known; a flag that says nothing."""
    found = {LEAVERS_UNKNOWN: "joined" not in carries, NOBODY_SILENT: measures["never_sent"] == 0,
             NEARLY_ALL: (measures["peripheral_share"] or 0.0) >= NEARLY}  # fmt: skip
    return tuple(note for note in NOTES if found[note])


def _lack(lacking: dict, names, reason: str) -> None:
    lacking.update(dict.fromkeys(names, reason))


def _speaking(group: _Group) -> dict:
    counts = np.bincount(group.sender, minlength=group.n)
    return {**ex.participation(counts), "never_sent": int((counts == 0).sum())}


def _about_ties(log, group, buildings, values, lacking) -> None:
    if not set(log.carries) & {"reply_to", "mention"}:
        _lack(lacking, (*TIES, *TIERS), NO_ADDRESSEE)
        return
    n, ties = group.n, ex.ties_of(group.sender, group.to, group.n)
    core, counts = ex.core_numbers(ties, n), np.bincount(group.sender, minlength=n)
    back = ex.came_back(group.sender, group.to, n)
    inward, outward = ex.centralisation(ties, n)
    values.update({
        "ties": len(ties), "density": ex.density(ties, n),
        "density_active": ex.density(ties, int(((counts > 0) | (back > 0)).sum())),
        "mean_degree": ex.mean_degree(ties, n), "reciprocity": ex.reciprocity(ties, n),
        "reciprocity_beyond_chance": ex.reciprocity_beyond_chance(ties, n),
        "centralisation_in": inward, "centralisation_out": outward,
        "largest_core": int(core.max(initial=0)), "core_at_most_1": int((core <= 1).sum()),
        "never_received": int((back == 0).sum()),
    })  # fmt: skip
    if buildings is None:
        _lack(lacking, TIERS, NO_BUILDINGS)
        return
    place = np.asarray(buildings)
    values.update({"ei_index": ex.ei_index(ties, n, place), "reach_across": ex.reach_across(ties, n, place),
                   "lost_with_one": ex.lost_with_one(ties, n, place)})  # fmt: skip


def _waits(group: _Group) -> ex.Openings:
    """Openings by message where replies name their message, else by pair of members."""
    if (group.answers >= 0).any():
        return ex.openings_by_message(group.sender, group.answers, group.time, group.end)
    return ex.openings_by_pair(group.sender, group.to, group.time, group.end)


def _about_answers(log, group, waits, within, values, lacking) -> None:
    if waits is None:
        _lack(lacking, (*WAITING, *ASKED, *ECHOES), NO_REPLY_TO)
        return
    values.update(ex.response(waits.hours, waits.answered, within))
    if "kind" not in log.carries:
        _lack(lacking, ASKED, NO_KINDS)
        return
    asking = _of_kind(log, *ASKING)[waits.message]
    if not asking.any():
        _lack(lacking, ASKED, NONE_OF_KIND)
        return
    told = ex.response(waits.hours[asking], waits.answered[asking], within)
    values.update({f"asked_{name}": value for name, value in told.items()})


def _of_kind(log, *kinds) -> np.ndarray:
    return np.isin(log.kind, [k for k, name in enumerate(log.kinds) if name in kinds])


def _about_rumours(log, group, values, lacking) -> None:
    if "kind" not in log.carries:
        _lack(lacking, RUMOURS, NO_KINDS)
        return
    rumour = _of_kind(log, RUMOUR)
    if not rumour.any():
        _lack(lacking, RUMOURS, NONE_OF_KIND)
        return
    found = ex.corrections(log.sender, log.thread, log.time, rumour, _of_kind(log, CORRECTION), group.end)
    values.update({"rumours": len(found.hours), "rumour_hours": median_duration(found.hours, found.corrected),
                   "rumour_corrected": float(found.corrected.mean()),
                   "rumour_exposed": float(np.median(found.exposed))})  # fmt: skip


def _about_margins(group, values, lacking):
    """The three kinds on the last day, and drift over windows of 28 days."""
    found = mg.margins(group.sender, group.to, group.time, group.n, group.end, group.here_from, group.here_until)
    for name, known in (("silent", found.known), ("unheard", found.known), ("peripheral", found.known_long)):
        if name not in lacking and not known.any():
            _lack(lacking, (name, f"{name}_share"), TOO_SHORT)
        elif name not in lacking:
            marked = int(getattr(found, name).sum())
            values[name], values[f"{name}_share"] = marked, marked / int(known.sum())
    first = int(np.searchsorted(group.time, group.end - RECENT_DAYS * DAY, side="right"))
    values["heard"] = ex.heard(*group.part(first, len(group.time)), group.n)
    drift, windows = _drift(group)
    if windows < mg.WINDOWS:
        _lack(lacking, [name for name in DRIFT if name not in lacking], TOO_SHORT)
    counts = np.bincount(drift.state, minlength=len(mg.DRIFTS))
    values.update({"steady": int(counts[mg.STEADY]), "drifting": int(counts[mg.DRIFTING]),
                   "rising": int(counts[mg.RISING]), "drift_too_short": int(counts[mg.TOO_SHORT])})  # fmt: skip
    return found, drift


def drift_of(log: Log, window_days: int = DRIFT_DAYS) -> tuple[mg.Drift, int]:
    """(drift of each member, windows): windows of ``window_days``, counted back from the last message."""
    return _drift(_group(log), window_days)


def margins_of(log: Log) -> mg.Margins:
    """The three kinds of marginal members on the log's last day."""
    group = _group(log)
    return mg.margins(group.sender, group.to, group.time, group.n, group.end, group.here_from, group.here_until)


def waits_of(log: Log) -> ex.Openings | None:
    """How long openings waited, for a survival curve; None where the log does not say what answers what."""
    return _waits(_group(log)) if "reply_to" in log.carries else None


def _drift(group: _Group, window_days: int = DRIFT_DAYS) -> tuple[mg.Drift, int]:
    length = window_days * DAY
    windows = min(int((group.end - group.begin) // length), DRIFT_WINDOWS)
    begin = group.end - windows * length
    window = np.minimum(((group.time - begin) // length).astype(np.int64), max(windows - 1, 0))
    inside = group.time >= begin
    starts = begin + length * np.arange(windows)
    # somebody who comes or goes in the middle of a window was not there for all of it
    present = (group.here_from[:, None] <= starts) & (group.here_until[:, None] >= starts + length)
    ranks, ties = mg.incoming_ranks(group.sender[inside], group.to[inside], window[inside], windows, group.n, present)
    return mg.drift(ranks, ties), windows


def _series(group, window_days, within, waits, replies: bool, addressed: bool) -> dict[str, list]:
    """A column per name of SERIES; windows from the first message on."""
    length = window_days * DAY
    _, count = ex.windows_of(group.time, group.begin, length)
    bounds = np.searchsorted(group.time, group.begin + length * np.arange(count + 1))
    if count and group.begin + length * count > group.end:
        bounds[-1] = len(group.time)
    opened = None if waits is None else np.searchsorted(waits.message, bounds)
    rows = []
    for w in range(count):
        start = group.begin + length * w
        row = dict.fromkeys(SERIES)
        row["start"] = start
        row.update(_window(group, bounds[w], bounds[w + 1], start, start + length, addressed))
        now = min(start + length, group.end)
        row.update(_margins_then(group, now, replies))
        if opened is not None and opened[w + 1] > opened[w]:
            some = slice(opened[w], opened[w + 1])
            hours, answered = waits.hours[some], waits.answered[some]
            row["response_median"] = _plain(median_duration(hours, answered))
            row["answered_within"] = _plain(ex.ended_within(hours, answered, within))
        rows.append(row)
    return {name: [row[name] for row in rows] for name in SERIES}


def _window(group, first, last, start, end, addressed: bool) -> dict:
    """Measures of the messages of one window, over those who were in the group at some time in it."""
    sender, to = group.part(first, last)
    counts = np.bincount(sender, minlength=group.n)
    back = ex.came_back(sender, to, group.n)
    active = (counts > 0) | (back > 0)
    roster = active | ((group.here_until > start) & (group.roster_from < end))
    size, told = int(roster.sum()), ex.participation(counts[roster])
    out = {"messages": int(last - first), "senders": int((counts > 0).sum()), "roster": size,
           "gini": told["gini"], "coverage": told["coverage"]}  # fmt: skip
    if addressed:
        ties = ex.ties_of(sender, to, group.n)
        out.update({"density": ex.density(ties, size), "density_active": ex.density(ties, int(active.sum())),
                    "mean_degree": 2.0 * len(ex.undirected(ties, group.n)) / size if size else math.nan,
                    "reciprocity": ex.reciprocity(ties, group.n)})  # fmt: skip
    return {name: _plain(value) for name, value in out.items()}


def _margins_then(group, now, replies: bool) -> dict:
    """How many were at the margin then; None before there were four weeks (eight, for peripheral) to look back on."""
    found = mg.margins(group.sender, group.to, group.time, group.n, now, group.here_from, group.here_until)
    out = {"silent": int(found.silent.sum()) if found.known.any() else None}
    if replies:
        first, last = np.searchsorted(group.time, [now - RECENT_DAYS * DAY, now], side="right")
        out["heard"] = _plain(ex.heard(*group.part(first, last), group.n))
        out["unheard"] = int(found.unheard.sum()) if found.known.any() else None
        out["peripheral"] = int(found.peripheral.sum()) if found.known_long.any() else None
    return out


def _trends(series) -> dict[str, dict]:
    """Mann-Kendall's trend of series that are there in at least eight windows."""
    out = {}
    for name in TRENDS:
        values = np.array([value for value in series[name] if value is not None], float)
        if len(values) >= mg.WINDOWS:
            found = mg.mann_kendall(values)
            out[name] = {"tau": float(found.tau[0]), "p": float(found.p[0]), "slope": float(found.slope[0])}
    return out


def _table(log, group, found, drift, lacking) -> dict[str, np.ndarray]:
    """Columns about members; those that this log cannot tell are left out."""
    columns = {"member": np.array(log.members, object), "sent": np.bincount(group.sender, minlength=group.n),
               "silent": found.silent, "told": found.known}  # fmt: skip
    if "ties" not in lacking:
        columns["received"] = ex.came_back(group.sender, group.to, group.n)
    if "unheard" not in lacking:
        columns["unheard"] = found.unheard
    if "peripheral" not in lacking:
        columns["peripheral"] = found.peripheral
    if "drifting" not in lacking:
        columns |= {"drift": np.array(mg.DRIFTS, object)[drift.state], "drift_p": drift.adjusted,
                    "drift_slope": drift.slope}  # fmt: skip
    return columns


def _plain(value):
    """NaN becomes None, NumPy's numbers Python's."""
    if isinstance(value, float | np.floating):
        return None if math.isnan(value) else float(value)
    return value.item() if isinstance(value, np.generic) else value
