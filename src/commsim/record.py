"""What is kept of a run: daily columns of cheap measures, dear ones on recorded days, strata.

A record only reads the state; measuring more changes nothing in the community.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

import numpy as np

from commsim.clock import HOURS, YEAR
from commsim.kernels import inner, kernel
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
from commsim.readings import read
from commsim.state.groups import GROUPS_A_PERSON, OFFICIAL
from commsim.state.office import CLASSES, FOR_GATHERINGS, FOR_MEMBERS, FOR_PROJECTS
from commsim.state.people import CHILD, ELDER, OWNER
from commsim.state.settings import Settings
from commsim.state.ties import level_on
from commsim.state.whole import State

TALK_WINDOW, REPLY_WINDOW, PART_WINDOW = 28, 90, YEAR
PROMISE_HOURS = 48.0
PERSONAL = ("acquaintances", "strong_ties", "isolated_share", "neighbour_trust", "trust_office",
            "coverage", "participation_rate")  # fmt: skip


# What one evening leaves to be added up: sums over adults (PERSONAL), heads, ties, counts since day 0.
EVENING = (*PERSONAL, "adults", "owners", "renters", "known_by_owners", "known_by_renters", "members", "senders",
           "ties", "inside", "elders", "elders_in", "sent", "volunteers", "worked", "grievances", "yuan", "classes",
           "sent_official",
           "held", "done", "restarts")  # fmt: skip
N_PERSONAL, N_EVENING = len(PERSONAL), len(EVENING)
COUNTS = ("gatherings_held", "projects_done", "restarts")


@dataclass
class Record:
    """What is kept of a run: a row of sums an evening, and the dear measures of ``recorded_days``.

    Measures are worked out from the rows when somebody asks, for all days at once.
    """

    recorded_days: frozenset[int] = frozenset()
    worked_before: float = 0.0  # officials' hours before the first day recorded
    days: list[int] = field(default_factory=list)
    evenings: list[np.ndarray] = field(default_factory=list)  # float64[EVENING] each
    dear: dict[int, dict] = field(default_factory=dict)
    people: int = 0
    officials: int = 0

    def keep(self, state: State, settings: Settings, day: int) -> None:
        """Add up the evening of ``day``."""
        row = sums_of_evening(state.under(settings), day)
        row[-3:] = state.gatherings.held, state.projects.done, state.projects.restarts
        self.people, self.officials = state.size, len(state.office.officials)
        self.days.append(day)
        self.evenings.append(row)
        if day in self.recorded_days:
            self.dear[day] = _dear(state, settings, day)

    def copy(self) -> Record:
        """An independent copy, for a branch."""
        return replace(self, days=list(self.days), evenings=list(self.evenings), dear=dict(self.dear))

    @property
    def series(self) -> dict[str, list]:
        """``day`` and a column per measure, one entry an evening; None where undefined or not recorded."""
        columns = self._columns()
        out = {"day": list(self.days)}
        for name, measure in MEASURES.items():
            if measure.dear:
                out[name] = [_plain(self.dear[day][name]) if day in self.dear else None for day in self.days]
            else:
                out[name] = [_plain(value) for value in columns[name].tolist()]
        return out

    def now(self, state: State, settings: Settings) -> dict[str, float | None]:
        """All measures of the last evening kept, dear ones too; None where undefined."""
        values = {name: column[-1] for name, column in self._columns().items()}
        values.update(_dear(state, settings, self.days[-1]))
        return {name: _plain(np.asarray(values[name]).item()) for name in MEASURES}

    def _columns(self) -> dict[str, np.ndarray]:
        """Cheap measures from the rows: {name: [evenings]}, NaN where undefined."""
        rows = np.array(self.evenings).reshape(-1, N_EVENING)
        sums = dict(zip(EVENING, rows.T, strict=True))
        with np.errstate(invalid="ignore", divide="ignore"):  # 0 / 0 is NaN: undefined
            out = {name: sums[name] / sums["adults"] for name in PERSONAL}
            out["coverage"] = sums["coverage"] / self.people
            out["renter_gap"] = sums["known_by_owners"] / sums["owners"] - sums["known_by_renters"] / sums["renters"]
            out["same_building_share"] = sums["inside"] / sums["ties"]
            there = np.where(sums["coverage"] > 0.0, sums["sent"], 0.0)  # undefined without an official group
            out["official_message_share"] = sums["sent_official"] / there
            out["elder_coverage"] = sums["elders_in"] / sums["elders"]
            out["active_share"] = sums["senders"] / sums["members"]
        lived = np.minimum(np.array(self.days) + 1, TALK_WINDOW)
        out["training_sessions"] = sums["classes"].astype(int)
        out["messages_per_day"] = sums["sent"] / lived
        out["volunteers"] = 1000.0 * sums["volunteers"] / self.people
        out["grievances"] = 1000.0 * sums["grievances"] / self.people
        out["official_hours"] = self._weekly_hours(sums["worked"])
        out["cost_yuan"] = sums["yuan"]
        for name, kept in zip(COUNTS, EVENING[-3:], strict=True):
            out[name] = sums[kept].astype(int)
        return out

    def _weekly_hours(self, worked) -> np.ndarray:
        """Hours per official and week over the last four weeks, or as long as there are records."""
        total = np.concatenate([[self.worked_before], worked])
        end = np.arange(1, len(total))
        first = np.maximum(end - TALK_WINDOW, 0)
        return (total[end] - total[first]) / self.officials / (end - first) * 7.0 if len(end) else worked


def strata_of(state: State, settings: Settings, day: int) -> dict:
    """Personal measures by tenure and by age band: {axis: {stratum: {measure: value}}}."""
    sums, counts, _ = sums_by_stratum(state.under(settings), day)
    people = np.zeros((3, 3), np.int64)
    np.add.at(people, (state.people.tenure, state.people.age), 1)
    out = {}
    for axis, names in STRATA.items():
        first = 0 if axis == "tenure" else 1  # age band 0 is children
        other = 1 if axis == "tenure" else 0
        out[axis] = {}
        for k, name in enumerate(names):
            part = sums.sum(axis=other + 1)[:, k + first]
            adults = counts.sum(axis=other)[k + first]
            values = {m: s / adults if adults else math.nan for m, s in zip(PERSONAL, part, strict=True)}
            # coverage counts everybody, children included, as the reports do
            everybody = people.sum(axis=other)[k + first]
            values["coverage"] = part[PERSONAL.index("coverage")] / everybody if everybody else math.nan
            out[axis][name] = {m: _plain(values[m]) for m in PERSONAL}
    return out


@kernel
def sums_of_evening(state, day):
    """A row of EVENING; its last three entries are left to the caller."""
    sums, counts, extra = sums_by_stratum(state, day)
    out = np.zeros(N_EVENING)
    for k in range(N_PERSONAL):
        for a in range(3):
            for b in range(3):  # not sum(): NumPy and Numba add up in different orders
                out[k] += sums[k, a, b]
    here = out[N_PERSONAL:]
    here[0], here[1], here[2] = counts.sum(), counts[OWNER].sum(), counts[OWNER + 1 :].sum()
    here[3], here[4] = sums[0, OWNER].sum(), sums[0, OWNER + 1 :].sum()
    here[5:11] = extra
    first = state.messages.count[0]
    while first > 0 and state.messages.rows.time[first - 1] >= day + 1 - TALK_WINDOW:
        first -= 1
        if state.messages.rows.sender[first] >= 0:  # negative: the office
            here[11] += 1
            here[17] += state.groups.rows.kind[state.messages.rows.group[first]] == OFFICIAL
    for i in range(len(state.people)):
        here[12] += state.people.volunteer[i]
    for o in range(len(state.office.officials)):
        here[13] += state.office.officials.worked[o]
    here[14] = state.office.grievances.sum()
    here[15] = state.office.yuan[FOR_GATHERINGS] + state.office.yuan[FOR_PROJECTS] + state.office.yuan[FOR_MEMBERS]
    here[16] = state.office.occasions[CLASSES]
    return out


@kernel
def sums_by_stratum(state, day):
    """Sums over adults of the personal measures [measure, tenure, age], adults [tenure, age], and
    (members of any group, those of them who sent something lately, acquaintance ties, those of them
    inside one building, elders, those of them in an official group)."""
    people, homes, ties, group = state.people, state.homes, state.ties, state.groups.seats.group
    level = level_on(day, state.levers[0].half_life)
    sums, counts, extra = np.zeros((7, 3, 3)), np.zeros((3, 3), np.int64), np.zeros(6, np.int64)
    faintest, strongest, scale = ACQUAINTED * level, STRONG * level, 1.0 / level
    for i in range(len(people)):
        if people.age[i] == CHILD:
            continue
        building = homes.doors.building[people.household[i]]
        known, strong, inside, near = reach(ties, i, faintest, strongest, scale, homes.building_rows[building],
                                            homes.building_rows[building + 1])  # fmt: skip
        a, b = people.tenure[i], people.age[i]
        counts[a, b] += 1
        sums[0, a, b] += known
        sums[1, a, b] += strong
        sums[2, a, b] += known == 0
        sums[3, a, b] += near
        sums[4, a, b] += people.trust[i]
        sums[5, a, b] += people.in_official[i]
        sums[6, a, b] += people.last_part[i] > day - PART_WINDOW
        extra[2] += known
        extra[3] += inside
        extra[4] += b == ELDER
        extra[5] += b == ELDER and people.in_official[i]
        member = False
        for s in range(GROUPS_A_PERSON):
            member |= group[i, s] >= 0
        if member:
            extra[0] += 1
            extra[1] += people.last_sent[i] > day - TALK_WINDOW
    return sums, counts, extra


@inner
def reach(ties, i, faintest, strongest, scale, first, end):
    """Of i's ties: (acquaintances, strong ones, acquaintances among rows first..end-1, 1 - product of (1 - w)).

    Without branches, because half of all ties are faint, and with four products in turn, none of which waits
    for another.
    """
    start, degree = ties.rows.start[i], ties.rows.degree[i]
    u, neighbour = ties.slots.u[start : start + degree], ties.slots.neighbour[start : start + degree]
    known = strong = inside = 0
    for k in range(len(u)):
        known += u[k] >= faintest
        strong += u[k] >= strongest
        inside += (u[k] >= faintest) & (neighbour[k] >= first) & (neighbour[k] < end)
    a = b = c = d = 1.0
    for k in range(len(u)):
        a, b, c, d = b, c, d, a * (1.0 - u[k] * scale)
    return known, strong, inside, min(1.0 - a * b * c * d, 1.0)  # rounding may leave a strength just above 1


def _recent_senders(state, day) -> np.ndarray:
    """Rows of the residents who sent the messages of the last 28 days, one entry a message; what
    those who have moved out since had sent is nobody's."""
    rows, n = state.tables.messages.rows, int(state.messages.count[0])
    first = int(np.searchsorted(rows["time"][:n], day + 1 - TALK_WINDOW))
    times, senders = rows["time"][first:n], rows["sender"][first:n]
    residents = senders >= 0
    times, senders = times[residents], senders[residents]
    return senders[times >= state.tables.people["since"][senders]]


def _dear(state, settings, day) -> dict:
    """The measures that cost more than a day."""
    people, cases, ties = state.people, state.cases, state.ties
    floor = ACQUAINTED * level_on(day, settings.x.half_life)
    members = state.groups.seats.group.max(axis=1) >= 0
    sent = np.bincount(_recent_senders(state, day), minlength=state.size)
    n = int(cases.count[0])
    recent = np.flatnonzero(cases.rows.reported[:n] > day + 1 - REPLY_WINDOW)
    hours, answered = reply_times(state, recent, day + 1)
    spans, finished = _project_times(state, day + 1)
    return {
        "clustering": mean_clustering(ties.slots["neighbour"], ties.slots["u"], ties.rows["start"], ties.rows["degree"],
                                      floor),
        "message_gini": gini(sent[members]),
        "reply_hours_p50": median_duration(hours, answered),
        "within_48h_share": ended_within(hours, answered, PROMISE_HOURS),
        "participation_gini": gini(people.took_part[people.age != CHILD]),
        "project_days": median_duration(spans, finished),
        **read(state, settings, day),
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
    if value is None or isinstance(value, int):
        return value
    value = float(value)
    return value if math.isfinite(value) else None


