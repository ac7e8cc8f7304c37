"""What the tests of patterns read off a community on an evening: plain numbers, None where undefined.

Looks only read; what they count is counted from the tables themselves, so that a test does not depend
on how a measure is worded.
"""

from __future__ import annotations

import numpy as np

from commsim.clock import HOURS, MINUTES
from commsim.measures import ended_within, median_duration
from commsim.record import reply_times
from commsim.state.groups import OFFICIAL, PRIVATE
from commsim.state.messages import REPLY
from commsim.state.office import BY_GROUP
from commsim.state.people import CHILD, ELDER, LONG_RENTER, OWNER, SHORT_RENTER
from commsim.state.ties import level_on

WINDOW = 28  # days that messages are counted over
TENURES = {"owners": (OWNER,), "long": (LONG_RENTER,), "short": (SHORT_RENTER,), "renters": (LONG_RENTER, SHORT_RENTER)}


def adults(state) -> np.ndarray:
    """Who is grown up: bool[people]."""
    return state.people["age"] != CHILD


def coverage(state) -> float:
    """Share of all residents in an official group."""
    return float(state.people["in_official"].mean())


def elder_coverage(state) -> float:
    """Share of elders in an official group."""
    old = state.people["age"] == ELDER
    return float(state.people["in_official"][old].mean()) if old.any() else 0.0


def groups_of(state, kind: int) -> np.ndarray:
    """Numbers of the groups of a kind."""
    return np.flatnonzero(state.groups.rows["kind"][: int(state.groups.count[0])] == kind)


def members_of(state, kind: int) -> int:
    """Memberships in groups of a kind."""
    return int(state.groups.rows["members"][groups_of(state, kind)].sum())


def lately(state, day: int, days: int = WINDOW) -> np.ndarray:
    """Rows of the residents' messages of the last ``days`` days, up to the evening of ``day``."""
    rows = state.messages.rows[: int(state.messages.count[0])]
    return rows[(rows["time"] >= day + 1 - days) & (rows["sender"] >= 0)]


def per_member(state, kind: int, day: int, days: int = WINDOW) -> float | None:
    """Messages of the last days per member of the groups of a kind; None without a member."""
    members, rows = members_of(state, kind), lately(state, day, days)
    sent = int((state.groups.rows["kind"][rows["group"]] == kind).sum())
    return sent / members if members else None


def official_over_private(state, day: int, days: int = WINDOW, most: float = 10.0) -> float | None:
    """Messages per member in official groups over those in private ones, ``most`` at most.

    ``most`` too where only the official ones speak; None where neither does.
    """
    official, private = per_member(state, OFFICIAL, day, days), per_member(state, PRIVATE, day, days)
    if private:
        return min((official or 0.0) / private, most)
    return most if official else None


def active_members(state, day: int) -> float | None:
    """Share of the members of official groups who wrote there in the last 28 days; None without a member."""
    inside = state.people["in_official"]
    rows = lately(state, day)
    senders = rows["sender"][state.groups.rows["kind"][rows["group"]] == OFFICIAL]
    active = np.zeros(state.size, bool)
    active[senders] = True
    return float(active[inside].mean()) if inside.any() else None


def sign_ups(state, theme: str) -> float | None:
    """Median sign-ups of the gatherings of a theme so far; None where none was announced."""
    signed = [one["signed"] for one in state.gatherings.past if one["theme"] == theme]
    return float(np.median(signed)) if signed else None


def in_group_answers(state, first: int, now: float) -> tuple[float | None, float | None]:
    """(median hours, share within 48 hours) to the first answer to what was reported in a group since ``first``."""
    rows = state.cases.rows[: int(state.cases.count[0])]
    which = np.flatnonzero((rows["channel"] == BY_GROUP) & (rows["reported"] >= first))
    hours, answered = reply_times(state, which, now)
    return finite(median_duration(hours, answered)), finite(ended_within(hours, answered, 48.0))


def emergency_hours(state, first: int, now: float) -> float | None:
    """Median hours from report to repair of emergencies reported since ``first``."""
    rows = state.cases.rows[: int(state.cases.count[0])]
    rows = rows[rows["emergency"] & (rows["reported"] >= first)]
    done = (rows["solved"] >= 0) & (rows["solved"] <= now)
    return finite(median_duration((np.where(done, rows["solved"], now) - rows["reported"]) * HOURS, done))


def peer_reply_minutes(state, day: int, days: int = WINDOW) -> float | None:
    """Median minutes to the first reply of a resident, of the messages in official groups that got one."""
    rows = state.messages.rows[: int(state.messages.count[0])]
    first = int(state.messages.first[0])
    waits: dict[int, float] = {}
    for row in rows[(rows["kind"] == REPLY) & (rows["sender"] >= 0) & (rows["time"] >= day + 1 - days)]:
        asked = int(row["reply_to"]) - first
        if asked >= 0 and state.groups.rows["kind"][row["group"]] == OFFICIAL:
            waits.setdefault(asked, (float(row["time"]) - float(rows["time"][asked])) * MINUTES)
    return float(np.median(list(waits.values()))) if waits else None


def strength_of_all(state, settings, day: int) -> float:
    """Summed strength of all ties on the evening of ``day``, each counted once."""
    return float(state.ties.rows["total"].sum()) / level_on(day, settings.x.half_life) / 2.0


def share(part: int, whole: int) -> float | None:
    """A share, None of nothing."""
    return part / whole if whole else None


def mean(values) -> float | None:
    """The mean, None of nothing or where something is undefined."""
    values = list(values)
    return float(np.mean(values)) if values and None not in values else None


def finite(value: float) -> float | None:
    """A number, None for NaN."""
    return float(value) if value == value else None


class Ballots:
    """Turnout and readiness to pay by tenure, over the votes that end from ``first`` on.

    ``look`` is called every evening, so that each vote is counted under the tenants who cast it.
    """

    def __init__(self, first: int):
        self.first, self.counted = first, set()
        self.asked = dict.fromkeys(TENURES, 0)
        self.voted = dict.fromkeys(TENURES, 0)
        self.yes = dict.fromkeys(TENURES, 0)

    def look(self, state, settings, day) -> None:
        for project in state.projects.all:
            if project.number in self.counted or not any(s["stage"] == "vote" and s["until"] for s in project.steps):
                continue
            self.counted.add(project.number)
            if day >= self.first:
                self._count(state, project)

    def _count(self, state, project) -> None:
        rows = state.homes.doors["first"][project.households]
        tenure = state.people["tenure"][rows]
        for name, kinds in TENURES.items():
            these = project.affected & np.isin(tenure, kinds)
            self.asked[name] += int(these.sum())
            self.voted[name] += int(project.voted[these].sum())
            self.yes[name] += int(project.yes[these].sum())

    def rates(self) -> dict[str, float | None]:
        """``vote_owners``, ``pay_owners`` and so on: shares of the households asked."""
        return {f"{what}_{name}": share(count[name], self.asked[name])
                for what, count in (("vote", self.voted), ("pay", self.yes)) for name in TENURES}  # fmt: skip


class Clutter:
    """What becomes of households' clutter: one episode each, from the evening it stands there first.

    ``look`` is called every evening.  An episode: ``since``, ``posted`` (None while it was not shown),
    ``cleared`` (None while it stands), ``ended`` (day it was cleared or its owners moved out), ``offline``
    (an elder without a smartphone lives there) and ``inside`` (somebody of the household was in an official
    group when a day began on which it stood there exposed: photos go out before anybody joins or leaves).
    """

    def __init__(self):
        self.open: dict[int, dict] = {}
        self.past: list[dict] = []
        self.members: np.ndarray | None = None  # who was in an official group last evening

    def look(self, state, settings, day) -> None:
        since, posted = state.stairs.homes["since"], state.stairs.homes["posted"]
        tonight = state.people["in_official"].copy()
        members = tonight if self.members is None else self.members
        for h in [h for h, one in self.open.items() if since[h] != one["since"]]:
            self._end(state, h, day)
        for h in np.flatnonzero(since >= 0).tolist():
            if h not in self.open:
                self.open[h] = self._begin(state, h, int(since[h]))
            one = self.open[h]
            if posted[h] >= 0:
                one["posted"] = int(posted[h])
                one["inside"] |= bool(members[self._seats(state, h)].any())
        self.members = tonight

    def _seats(self, state, h) -> slice:
        first = int(state.homes.doors["first"][h])
        return slice(first, first + int(state.homes.doors["seats"][h]))

    def _begin(self, state, h, since) -> dict:
        home = state.people[self._seats(state, h)]
        offline = bool(((home["age"] == ELDER) & ~home["literate"]).any())
        return {"since": since, "posted": None, "cleared": None, "ended": None, "offline": offline, "inside": False}

    def _end(self, state, h, day) -> None:
        one = self.open.pop(h)
        one["ended"] = day
        moved = int(state.people["since"][self._seats(state, h).start]) > one["since"]
        one["cleared"] = None if moved else day
        self.past.append(one)

    def cleared_within(self, days: int, horizon: int, since=lambda one: one["posted"], among=lambda one: True):
        """Share cleared within so many days of ``since(episode)``; those whose owners moved out, or whose days
        the run did not see to the end, are left out.  None of none."""
        whole = part = 0
        for one in [*self.past, *self.open.values()]:
            start = since(one)
            if start is None or not among(one) or start + days >= horizon:
                continue
            if one["ended"] is not None and one["cleared"] is None and one["ended"] <= start + days:
                continue
            whole += 1
            part += one["cleared"] is not None and one["cleared"] <= start + days
        return share(part, whole)
