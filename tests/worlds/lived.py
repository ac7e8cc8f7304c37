"""A community that has lived for some weeks, every table of it, and their digests.

Also a script, so that another process or another Python can be asked for the same digests:
``python lived.py '{"world": 3}'`` prints them as JSON.
"""

import hashlib
import json
import sys
from dataclasses import asdict, replace

import numpy as np

from commsim.engine import prepare, run
from commsim.rules import (
    Barter,
    BuildingLeaders,
    Coaching,
    Corrections,
    DeliberationGroup,
    EasyVoting,
    Envoys,
    Exposure,
    Gatherings,
    GridOrders,
    Hall,
    HelpNorms,
    HomeVisits,
    Icebreaker,
    LeadersGroup,
    Mediation,
    MicroGrants,
    NeedsSurvey,
    Notice,
    OnlineGroup,
    OpenBooks,
    OwnersCommittee,
    Persuasion,
    PhoneTraining,
    PreScreening,
    PrivateMessages,
    PropertyInGroup,
    PublicAccount,
    Recognition,
    ReplyTime,
    ServiceSupply,
    SolveGrievances,
    TalkDays,
    ThirdPlace,
    Tracking,
    Vote,
)
from commsim.scenarios import load
from commsim.state.shocks import Embezzlement, MoveIn

BURN_IN, DAYS = 45, 60
LIVELY = {"projects_a_year": 40.0, "needs_rate": 5.0, "eta_g": 0.02, "mu": 0.5, "o_0": -1.0, "p_b": 1.0,
          "stay_short": 40.0, "officials": 2.0, "ties_most": 24.0, "acts_week": 4.0, "volunteer_share": 0.05,
          "entitlement": 0.3, "crisis_speed": 0.2, "eta_sigma": 0.5, "clutter_rate": 0.05,
          "troubles_rate": 20.0, "rumour_rate": 0.5, "gamma_r": 0.02, "beta_rumour": 1.0,
          "eta_service": 0.5, "h_c": 0.1}  # fmt: skip


def place(burn_in=BURN_IN, **levers):
    """Jinyang's courtyard, made lively so that everything happens within weeks."""
    usual = load("jinyang").place("courtyard")
    x = usual.settings.x._replace(**{**LIVELY, **levers})
    befalls = (Embezzlement(day=12), MoveIn(day=12, homes=0.04))
    return replace(usual, burn_in=burn_in, settings=replace(usual.settings, x=x, shocks=befalls))


def all_rules(start=0, end=10**6):
    """Every kind of rule at once, in force from ``start`` to ``end``."""
    dates = {"start": start, "end": end}
    return (OnlineGroup(poster=1.0, **dates), Icebreaker(**dates), ReplyTime(hours=12.0, **dates),
            PreScreening(people=5, share=0.2, **dates), Vote(days=4, share=0.3, **dates),
            Notice(decision=5, works=4, accounts=3, objectors=3, hearing=True, group=True, **dates),
            ThirdPlace(**dates), HomeVisits(a_week=12.0, **dates),
            PhoneTraining(poster=3.0, seats=4, lessons=2, **dates),
            Gatherings(every=7, threshold=40, seats=12, sign_up_days=3, gift=True, **dates),
            PropertyInGroup(**dates), OwnersCommittee(**dates), PrivateMessages(hours=0.2, **dates),
            TalkDays(a_month=8.0, **dates), GridOrders(**dates), OpenBooks(**dates),
            NeedsSurvey(start=min(max(start, 40), end), end=end),
            ServiceSupply(a_month=60.0, **dates), Hall(theme="asked", guests=5, days_week=2, **dates),
            Recognition(badges=True, **dates), HelpNorms(factor=1.0, **dates), BuildingLeaders(buildings=1, **dates),
            SolveGrievances(a_month=10.0, **dates),
            Exposure(hazard=0.2, **dates), Envoys(families=0.8, hazard=0.2, **dates), Persuasion(**dates),
            Barter(rate=20.0, **dates),
            Corrections(**dates), Coaching(groups_a_month=20, **dates), LeadersGroup(**dates), Tracking(**dates),
            MicroGrants(groups=2, every=25, **dates), Mediation(skilled=0.3, **dates), EasyVoting(**dates),
            DeliberationGroup(people=6, **dates), PublicAccount(posts_a_week=7.0, **dates))  # fmt: skip


def live(world=1, days=DAYS, rules=None, burn_in=BURN_IN, **levers):
    """A finished run of ``days`` days."""
    start = prepare(place(burn_in, **levers), world)
    return run(start, all_rules() if rules is None else rules, days)


def tables(state):
    """Everything in a state that is in use, as {"table.column": array}; spare room is left out."""
    out = {}

    def add(name, rows):
        for column in rows.dtype.names:
            out[f"{name}.{column}"] = np.ascontiguousarray(rows[column])

    add("people", state.people)
    add("doors", state.homes.doors)
    add("ties", state.ties.slots[state.ties.everybody()[1]])
    add("ties rows", state.ties.rows[["total", "degree"]])
    out["ties.evicted"] = state.ties.evicted
    n = int(state.groups.count[0])
    groups = state.groups.rows[:n]
    inside = np.arange(state.groups.member.shape[1]) < groups["members"][:, None]
    add("groups", groups)
    out["groups.member"], out["groups.posts"] = state.groups.member[:n][inside], state.groups.posts[:n]
    out |= {f"seats.{column}": cells for column, cells in state.groups.seats._asdict().items()}
    add("messages", state.messages.rows[: state.messages.count[0]])
    out["messages.first"] = state.messages.first
    add("events", in_order(state.events))
    add("cases", state.cases.rows[: state.cases.count[0]])
    add("officials", state.office.officials)
    add("queue", in_order(state.office.queue))
    for name in ("stairs", "leaders", "affairs", "services"):
        for part, rows in getattr(state, name)._asdict().items():
            add(f"{name} {part}", rows)
    out["grievances"], out["yuan"] = state.office.grievances, state.office.yuan
    return {name: column.copy() for name, column in out.items()}


def in_order(heap):
    """What waits in a heap, earliest first."""
    return np.sort(heap.rows[: heap.size[0]].view(np.ndarray))


def stories(state):
    """Gatherings and projects, ready for JSON."""
    open_ones = [[g.compound, g.ordinal, g.attempt, g.announced, np.flatnonzero(g.signed).tolist()]
                 for g in state.gatherings.open]  # fmt: skip
    projects = []
    for project in state.projects.all:
        told = {name: _plain(value) for name, value in vars(project).items() if name != "pipeline"}
        projects.append({**told, "pipeline": [stage and asdict(stage) for stage in project.pipeline]})
    return {"gatherings": {"open": open_ones, "past": state.gatherings.past}, "projects": projects,
            "requests": [list(r) for r in state.requests]}  # fmt: skip


def _plain(value):
    if isinstance(value, np.generic):
        return value.item()
    return value.tolist() if isinstance(value, np.ndarray) else value


def digests(state, series=None):
    """{"table.column": digest of its bytes}, and the digests of stories and series."""
    out = {name: _digest(np.ascontiguousarray(column).tobytes()) for name, column in tables(state).items()}
    for name, story in {**stories(state), "series": series}.items():
        out[name] = _digest(json.dumps(story, default=_plain, sort_keys=True).encode())
    return out


def _digest(content):
    return hashlib.sha256(content).hexdigest()[:16]


def different(one, other):
    """Names of what differs between two {name: digest or array}."""
    return sorted(name for name in one.keys() | other.keys()
                  if name not in one or name not in other or not np.array_equal(one[name], other[name]))  # fmt: skip


if __name__ == "__main__":
    finished = live(**json.loads(sys.argv[1]))
    print(json.dumps(digests(finished.state, finished.series)))
