"""What is kept of a run: daily columns of cheap measures, dear ones on recorded days, strata.

A record only reads the state; measuring more changes nothing in the community.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from commsim.clock import HOURS, YEAR
from commsim.kernels import kernel
from commsim.measures import (
    ACQUAINTED,
    MEASURES,
    STRATA,
    STRONG,
    ended_within,
    gini,
    mean_clustering,
    median_duration,
)
from commsim.state.office import FOR_GATHERINGS, FOR_PROJECTS
from commsim.state.people import CHILD, OWNER
from commsim.state.settings import Levers
from commsim.state.ties import level_on
from commsim.state.whole import State

TALK_WINDOW, REPLY_WINDOW, PART_WINDOW = 28, 90, YEAR
PROMISE_HOURS = 48.0
PERSONAL = ("acquaintances", "strong_ties", "isolated_share", "neighbour_trust", "trust_office",
            "coverage", "participation_rate")  # fmt: skip


@dataclass
class Record:
    """Daily ``series`` (name -> list) of a run, and the measures of its recorded days."""

    recorded_days: frozenset[int] = frozenset()
    series: dict[str, list] = field(default_factory=lambda: {"day": [], **{name: [] for name in MEASURES}})
    worked: list[float] = field(default_factory=list)
    worked_before: float = 0.0  # officials' hours before the first day recorded

    def keep(self, state: State, x: Levers, day: int) -> None:
        """Measure the evening of ``day``."""
        self.worked.append(float(state.tables.office.officials["worked"].sum()))
        values = self.measure(state, x, day, dear=day in self.recorded_days)
        self.series["day"].append(day)
        for name in MEASURES:
            self.series[name].append(values.get(name))

    def copy(self) -> Record:
        """An independent copy, for a branch."""
        series = {name: list(column) for name, column in self.series.items()}
        return Record(self.recorded_days, series, list(self.worked), self.worked_before)

    def measure(self, state: State, x: Levers, day: int, dear: bool) -> dict[str, float | None]:
        """All cheap measures of the evening of ``day`` and, if ``dear``, the others; None = undefined."""
        sums, counts, extra = _sums(state, x, day)
        values = _personal(sums.sum(axis=(1, 2)), counts.sum(), state.size)
        values["renter_gap"] = _gap(sums[0], counts)
        level = level_on(day, x.half_life)
        values["same_building_share"] = extra[3] / extra[2] if extra[2] else math.nan
        values["messages_per_day"] = _recent_senders(state, day).size / min(TALK_WINDOW, day + 1)
        values["active_share"] = extra[1] / extra[0] if extra[0] else math.nan
        values["volunteers"] = 1000.0 * np.count_nonzero(state.tables.people["volunteer"]) / state.size
        values["official_hours"] = self._weekly_hours(len(state.office.officials))
        values["grievances"] = 1000.0 * int(state.office.grievances.sum()) / state.size
        values["cost_yuan"] = float(state.office.yuan[FOR_GATHERINGS] + state.office.yuan[FOR_PROJECTS])
        values["gatherings_held"] = sum(g["held"] for g in state.gatherings.past)
        values["projects_done"] = sum(p.outcome == "done" for p in state.projects.all)
        values["restarts"] = sum(s["result"] == "restarted" for p in state.projects.all for s in p.steps)
        if dear:
            values.update(_dear(state, x, day, level))
        return {name: _plain(value) for name, value in values.items()}

    def _weekly_hours(self, officials) -> float:
        days = min(TALK_WINDOW, len(self.worked))
        before = self.worked[-days - 1] if len(self.worked) > days else self.worked_before
        return (self.worked[-1] - before) / officials / days * 7.0


def strata_of(state: State, x: Levers, day: int) -> dict:
    """Personal measures by tenure and by age band: {axis: {stratum: {measure: value}}}."""
    sums, counts, _ = _sums(state, x, day)
    people = _people_by_stratum(state)
    out = {}
    for axis, names in STRATA.items():
        first = 0 if axis == "tenure" else 1  # age band 0 is children
        other = 1 if axis == "tenure" else 0
        out[axis] = {}
        for k, name in enumerate(names):
            part = sums.sum(axis=2 if axis == "tenure" else 1)[:, k + first]
            number = counts.sum(axis=other)[k + first]
            everybody = people.sum(axis=other)[k + first]
            values = _personal(part, number, everybody)
            out[axis][name] = {m: _plain(values[m]) for m in PERSONAL}
    return out


def _personal(sums, adults, everybody) -> dict:
    """Means over adults; coverage over everybody, children included, as the reports count."""
    values = {name: s / adults if adults else math.nan for name, s in zip(PERSONAL, sums, strict=True)}
    values["coverage"] = sums[PERSONAL.index("coverage")] / everybody if everybody else math.nan
    return values


def _gap(acquaintances, counts) -> float:
    """Acquaintances of an owner household's adult minus those of a renter household's."""
    owners, renters = counts[OWNER].sum(), counts[OWNER + 1 :].sum()
    if not owners or not renters:
        return math.nan
    return acquaintances[OWNER].sum() / owners - acquaintances[OWNER + 1 :].sum() / renters


def _sums(state, x, day):
    t = state.tables
    return sums_by_stratum(t.people, t.homes, t.ties, t.groups.seats, level_on(day, x.half_life), day)


def _tie_arrays(state):
    slots, rows = state.ties.slots, state.ties.rows
    return slots["neighbour"], slots["u"], rows["degree"]


def _people_by_stratum(state) -> np.ndarray:
    out = np.zeros((3, 3), np.int64)
    np.add.at(out, (state.people.tenure, state.people.age), 1)
    return out


@kernel
def sums_by_stratum(people, homes, ties, seats, level, day):
    """Sums over adults of the personal measures [measure, tenure, age], adults [tenure, age], and
    (members of any group, those of them who sent something lately, acquaintance ties, those of them
    inside one building)."""
    sums, counts = np.zeros((7, 3, 3)), np.zeros((3, 3), np.int64)
    extra = np.zeros(4, np.int64)
    faintest, strongest, scale = ACQUAINTED * level, STRONG * level, 1.0 / level
    for i in range(len(people)):
        if people.age[i] == CHILD:
            continue
        known = strong = 0
        alone = 1.0
        building = homes.doors.building[people.household[i]]
        first, end = homes.building_rows[building], homes.building_rows[building + 1]
        for k in range(ties.rows.degree[i]):  # without branches: half of all ties are faint
            u, j = ties.slots.u[i, k], ties.slots.neighbour[i, k]
            alone *= 1.0 - u * scale
            known += u >= faintest
            strong += u >= strongest
            extra[3] += (u >= faintest) & (j >= first) & (j < end)
        extra[2] += known
        a, b = people.tenure[i], people.age[i]
        counts[a, b] += 1
        sums[0, a, b] += known
        sums[1, a, b] += strong
        sums[2, a, b] += known == 0
        sums[3, a, b] += min(1.0 - alone, 1.0)  # rounding may leave a strength just above 1
        sums[4, a, b] += people.trust[i]
        sums[5, a, b] += people.in_official[i]
        sums[6, a, b] += people.last_part[i] > day - PART_WINDOW
        member = False
        for s in range(seats.shape[1]):
            member = member or seats.group[i, s] >= 0
        if member:
            extra[0] += 1
            extra[1] += people.last_sent[i] > day - TALK_WINDOW
    return sums, counts, extra


def _recent_senders(state, day) -> np.ndarray:
    """Rows of the residents who sent the messages of the last 28 days, one entry a message."""
    rows, n = state.tables.messages.rows, int(state.messages.count[0])
    first = int(np.searchsorted(rows["time"][:n], day + 1 - TALK_WINDOW))
    senders = rows["sender"][first:n]
    return senders[senders >= 0]


def _dear(state, x, day, level) -> dict:
    people, cases = state.people, state.cases
    members = state.groups.seats.group.max(axis=1) >= 0
    sent = np.bincount(_recent_senders(state, day), minlength=state.size)
    n = int(cases.count[0])
    recent = np.flatnonzero(cases.rows.reported[:n] > day + 1 - REPLY_WINDOW)
    hours, answered = reply_times(state, recent, day + 1)
    spans, finished = _project_times(state, day + 1)
    return {
        "clustering": mean_clustering(*_tie_arrays(state), ACQUAINTED * level),
        "message_gini": gini(sent[members]),
        "reply_hours_p50": median_duration(hours, answered),
        "within_48h_share": ended_within(hours, answered, PROMISE_HOURS),
        "participation_gini": gini(people.took_part[people.age != CHILD]),
        "project_days": median_duration(spans, finished),
    }


def reply_times(state: State, which, now: float) -> tuple[np.ndarray, np.ndarray]:
    """Hours from report to first answer of the cases ``which``, and whether answered by ``now``."""
    reported, answered = state.cases.rows.reported[which], state.cases.rows.answered[which]
    done = (answered >= 0.0) & (answered <= now)
    return (np.where(done, answered, now) - reported) * HOURS, done


def _project_times(state, now):
    ended = [p.ended if p.ended is not None else now for p in state.projects.all]
    spans = [end - p.proposed for end, p in zip(ended, state.projects.all, strict=True)]
    return np.array(spans, float), np.array([p.outcome == "done" for p in state.projects.all], bool)


def _plain(value) -> float | None:
    """A JSON number, None where undefined."""
    if isinstance(value, int):
        return value
    value = float(value)
    return value if math.isfinite(value) else None


