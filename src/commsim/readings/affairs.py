"""Readings of affairs: how alive groups are, and who stands at their margin (model section 6r).

Messages are those of the last 28 days by residents who still live where they sent them from.
A member is anybody in any group.  Marginal members are three kinds, never one flag: *silent* (sent nothing),
*unheard* (sent three or more and nothing came back), *peripheral* (knows at most one other member in
every group of three or more that the person is in).  None: nobody or nothing that the number could be of.
"""

from __future__ import annotations

import numpy as np

from commsim.clock import HOURS
from commsim.kernels import kernel
from commsim.measures import ACQUAINTED, median_duration
from commsim.state.affairs import density
from commsim.state.groups import GROUPS_A_PERSON, INTEREST, slot_of
from commsim.state.messages import REPLY, TALK
from commsim.state.ties import level_on

WINDOW = 28
ENOUGH = 3  # members that make a group, and messages after which an echo may be expected


def read_affairs(state, settings, day: int) -> dict:
    """The readings of the evening of ``day``."""
    sent, came_back, kinds, roots = _recent(state, day)
    inside = state.groups.seats.group.max(axis=1) >= 0
    members = int(inside.sum())
    now = state.under(settings)
    peripheral, counted = margins(now, day)
    return {
        "small_talk_share": _share((roots == TALK).sum(), len(kinds)),
        "groups": int((state.groups.rows["members"][: state.groups.count[0]] >= ENOUGH).sum()),
        "density_trend": _mean(density_changes(now, day)),
        "silent_share": _share((sent[inside] == 0).sum(), members),
        "unheard_share": _share(((sent >= ENOUGH) & (came_back == 0))[inside].sum(), members),
        "peripheral_share": _share(peripheral, counted),
        "heard_share": _share((came_back > 0).sum(), (sent > 0).sum()),
        **_learned(state.groups),
        "rumour_hours": _rumour_hours(state.affairs, day),
        "quarrels": 1000.0 * float(state.affairs.compounds["quarrels"].sum()) / state.size,
    }


def _learned(groups) -> dict:
    """Residents' groups that let staff in, of those that were asked; and those whose hobby is a service now."""
    rows = groups.rows[: int(groups.count[0])]
    rows = rows[(rows["kind"] == INTEREST) & (rows["members"] > 0)]
    return {"staff_admitted_share": _share(rows["staff"].sum(), rows["asked"].sum()),
            "service_groups": int(rows["service"].sum())}  # fmt: skip


def _rumour_hours(affairs, day) -> float | None:
    """Median hours from the beginning of a rumour until nobody believes it; those going round are censored."""
    rows = affairs.rumours[: int(affairs.told["rumours"][0])]
    over = rows["ended"] >= 0
    median = median_duration((np.where(over, rows["ended"], day + 1) - rows["began"]) * HOURS, over)
    return None if np.isnan(median) else median


def _share(part, of) -> float | None:
    return float(part / of) if of else None


def _mean(values) -> float | None:
    return float(values.mean()) if len(values) else None


def _recent(state, day):
    """Messages that each person sent and how many of them were answered; each message's kind, and the kind
    of the message that its thread of replies goes back to."""
    rows, count = state.messages.rows, int(state.messages.count[0])
    times, senders, kinds = rows["time"][:count], rows["sender"][:count], rows["kind"][:count]
    to = rows["reply_to"][:count] - int(state.messages.first[0])
    first = int(np.searchsorted(times, day + 1 - WINDOW))
    here = np.arange(first, count)
    here = here[senders[first:] >= 0]
    here = here[times[here] >= state.people["since"][senders[here]]]
    answered = np.zeros(count, bool)
    answered[to[to >= 0]] = True
    sent = np.bincount(senders[here], minlength=state.size)
    came_back = np.bincount(senders[here], weights=answered[here], minlength=state.size)
    return sent, came_back, kinds[here], _roots(kinds, to)[here]


def _roots(kinds, to) -> np.ndarray:
    """The kind that starts each thread; replies whose beginning is forgotten stay replies."""
    at = np.arange(len(kinds))
    while True:
        up = np.where((kinds[at] == REPLY) & (to[at] >= 0) & (to[at] < at), to[at], at)
        if (up == at).all():
            return kinds[at]
        at = up


@kernel
def margins(state, day):
    """(peripheral, members) of groups of three or more."""
    groups, ties = state.groups, state.ties
    floor = ACQUAINTED * level_on(day, state.levers[0].half_life)
    peripheral = members = 0
    for i in range(len(groups.seats.group)):
        best = -1
        for s in range(GROUPS_A_PERSON):
            g = groups.seats.group[i, s]
            if g < 0 or groups.rows.members[g] < ENOUGH:
                continue
            known = 0
            for k in range(ties.rows.start[i], ties.rows.start[i] + ties.rows.degree[i]):
                known += ties.slots.u[k] >= floor and slot_of(groups, int(ties.slots.neighbour[k]), g) >= 0
            best = max(best, known)
        members += best >= 0
        peripheral += best == 0 or best == 1
    return peripheral, members


@kernel
def density_changes(state, day):
    """Density now less that of about 90 days ago, of each group of three or more that is that old."""
    groups, floor = state.groups, ACQUAINTED * level_on(day, state.levers[0].half_life)
    found = np.empty(groups.count[0])
    n = 0
    for g in range(groups.count[0]):
        if groups.rows.members[g] >= ENOUGH and groups.rows.density_4[g] >= 0.0:
            found[n] = density(groups, state.ties, g, floor) - groups.rows.density_4[g]
            n += 1
    return found[:n]
