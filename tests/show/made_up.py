"""An engine that makes up outcomes of the engine's shape, with effects that a reader can recognise."""

from __future__ import annotations

import math
import random

from commsim.experiments import compare
from commsim.measures.table import MEASURES, STRATA
from commsim.scenarios import load

ALL = ("before", "online_groups", "icebreakers", "notice_and_vote", "jinyang_2016")
BEFORE = {
    "acquaintances": 6.1,
    "strong_ties": 1.4,
    "isolated_share": 0.12,
    "same_building_share": 0.71,
    "clustering": 0.31,
    "neighbour_trust": 0.41,
    "renter_gap": 1.9,
    "trust_office": 0.36,
    "coverage": 0.04,
    "official_message_share": 0.4,
    "elder_coverage": 0.02,
    "training_sessions": 0.0,
    "messages_per_day": 3.0,
    "active_share": 0.2,
    "message_gini": 0.7,
    "reply_hours_p50": 61.0,
    "within_48h_share": 0.41,
    "participation_rate": 0.08,
    "participation_gini": 0.86,
    "gatherings_held": 4.0,
    "projects_done": 1.8,
    "project_days": 31.0,
    "restarts": 0.0,
    "grievances": 64.0,
    "official_hours": 14.0,
    "cost_yuan": 22_400.0,
    "volunteers": 11.0,
    "trust_property": 0.34,
    "trust_government": 0.35,
    "official_energy": 0.7,
    "issues_open": 9.0,
    "resolved_days_p50": 8.0,
    "self_solved_share": 0.1,
    "repeat_attendance_ratio": 3.0,
    "attendance_by_theme": 60.0,
    "hall_use_ratio": 0.5,
    "volunteer_motivation": 0.12,
    "volunteers_quit": 2.0,
    "entitlement_events": 20.0,
    "suspicion_share": 0.1,
    "objectors_converted": 0.5,
    "community_awareness": 0.4,
    "belonging": 0.45,
    "disorder": 0.4,
    "outed_households": 2.0,
    "complied_days_p50": 21.0,
    "helped_share": 0.3,
    "small_talk_share": 0.6,
    "groups": 5.0,
    "density_trend": 0.01,
    "silent_share": 0.7,
    "unheard_share": 0.05,
    "peripheral_share": 0.5,
    "heard_share": 0.4,
    "staff_admitted_share": 0.2,
    "service_groups": 2.0,
    "rumour_hours": 900.0,
    "quarrels": 8.0,
}
EFFECT = {  # in steps of delta, for the policy with everything
    "acquaintances": 1.3,
    "strong_ties": 1.6,
    "isolated_share": -1.4,
    "same_building_share": -0.3,
    "clustering": -0.2,
    "neighbour_trust": 2.2,
    "renter_gap": 0.9,
    "trust_office": 3.1,
    "coverage": 14.0,
    "official_message_share": 2.0,
    "elder_coverage": 6.0,
    "training_sessions": 5.0,
    "messages_per_day": 21.0,
    "active_share": 0.8,
    "message_gini": 0.6,
    "reply_hours_p50": -26.0,
    "within_48h_share": 8.0,
    "participation_rate": 3.4,
    "participation_gini": -1.1,
    "gatherings_held": 9.0,
    "projects_done": -0.9,
    "project_days": 4.0,
    "restarts": 2.8,
    "grievances": 0.4,
    "official_hours": 2.7,
    "cost_yuan": 2.6,
    "volunteers": 0.05,
    "trust_property": 1.5,
    "trust_government": 0.1,
    "official_energy": -1.2,
    "issues_open": -0.8,
    "resolved_days_p50": -1.4,
    "self_solved_share": 0.4,
    "repeat_attendance_ratio": -0.6,
    "attendance_by_theme": 0.7,
    "hall_use_ratio": 0.3,
    "volunteer_motivation": 0.8,
    "volunteers_quit": 0.4,
    "entitlement_events": 0.9,
    "suspicion_share": 0.3,
    "objectors_converted": 1.2,
    "community_awareness": 4.0,
    "belonging": 1.5,
    "disorder": -0.8,
    "outed_households": 1.4,
    "complied_days_p50": -2.0,
    "helped_share": 1.2,
    "small_talk_share": 0.5,
    "groups": 1.2,
    "density_trend": 0.4,
    "silent_share": -0.8,
    "unheard_share": 0.2,
    "peripheral_share": -0.6,
    "heard_share": 1.1,
    "staff_admitted_share": 1.4,
    "service_groups": 0.7,
    "rumour_hours": -3.0,
    "quarrels": 0.3,
}
SHARE = {
    "before": 0.0,
    "online_groups": 0.5,
    "icebreakers": 0.4,
    "notice_and_vote": 0.25,
    "jinyang_2016": 1.0,
}
STRENGTH = {"owner": 1.2, "long_renter": 0.7, "short_renter": -0.6, "adult": 1.1, "elder": 0.4}


def comparison(
    policies=("before", "jinyang_2016"), days=365, worlds=20, scale="estate", run_world=None, scenario=None
):
    """The real comparison of made-up runs."""
    return compare(
        scenario or load("jinyang"),
        list(policies),
        scale=scale,
        days=days,
        worlds=worlds,
        jobs=1,
        run_world=run_world or lived,
    )


def lived(scenario, scale, policies, world, days):
    return {policy: outcome(policy, world, days) for policy in policies}


def outcome(policy, world, days):
    luck, own = random.Random(f"luck {world}"), random.Random(f"{policy} {world}")
    weeks = sorted({*range(0, days, 7), days})
    measures, lines = {}, {"day": weeks}
    for m in MEASURES.values():
        shared, noise = luck.gauss(0, 1), own.gauss(0, 0.7)
        full = EFFECT[m.name] * SHARE[policy]
        track = []
        for day in weeks:
            grown = 1 - math.exp(-2.4 * day / days)
            value = BEFORE[m.name] + m.delta * (full * grown + (shared + noise) * (0.3 + grown) * 0.7)
            value += m.delta * 0.12 * math.sin(day / 11 + world)
            track.append(_possible(m, value))
        lines[m.name] = track
        measures[m.name] = track[-1]
    measures["project_days"] = None if world % 4 == 0 else measures["project_days"]
    strata = {
        kind: {
            group: {
                m.name: _possible(
                    m,
                    BEFORE[m.name]
                    + m.delta
                    * (
                        EFFECT[m.name] * SHARE[policy] * STRENGTH[group]
                        + 0.5 * luck.gauss(0, 1)
                        + 0.4 * own.gauss(0, 1)
                    ),
                )
                for m in MEASURES.values()
                if m.strata
            }
            for group in groups
        }
        for kind, groups in STRATA.items()
    }
    return {
        "measures": measures,
        "results": {"365": measures} if days >= 365 else {str(days): measures},
        "strata": strata,
        "series": lines,
        "projects": projects(policy, world, days),
        "replies": replies(policy, own, days),
        "seconds": 0.1,
        "people": 2308,
    }


def _possible(m, value):
    return min(1.0, max(0.0, value)) if m.unit == "share" else max(0.0, value)


OFFICE = (("review", 7), ("notice_of_works", 3), ("build", 15), ("acceptance", 3))
VOTED = (
    ("pre_screening", 3),
    ("vote", 7),
    ("notice", 7),
    ("review", 7),
    ("notice_of_works", 10),
    ("build", 15),
    ("acceptance", 3),
    ("notice_of_accounts", 7),
)


def projects(policy, world, days):
    made = []
    for i, proposed in enumerate(range(20, days, 170)):
        for compound in (0, 1):
            own = random.Random(f"project {i} {compound} {world}")
            steps = VOTED if policy in ("notice_and_vote", "jinyang_2016") else OFFICE
            made.append(project(len(made), compound, proposed + 40 * compound, days, steps, own))
    return made


def project(number, compound, proposed, days, steps, own):
    day, version, told, end = proposed, 1, [], None
    place = 0
    while place < len(steps):
        stage, length = steps[place]
        if day >= days:
            break
        step = {
            "stage": stage,
            "from": day,
            "until": day + length,
            "version": version,
            "result": "passed",
            "objectors": 0,
        }
        if day + length > days:
            step |= {"until": None, "result": None}
        elif stage == "notice" and version < 3 and own.random() < 0.5:
            step |= {"until": day + 4, "result": "restarted", "objectors": 11}
        told.append(step)
        if step["until"] is None:
            break
        day = step["until"]
        place += 1
        if step["result"] == "restarted":
            day, place, version = day + 14, 0, version + 1
    else:
        end = day
    return {
        "id": number,
        "compound": compound,
        "proposed": proposed,
        "ended": end,
        "outcome": "open" if end is None else "done",
        "versions": version,
        "steps": told,
    }


def replies(policy, own, days):
    half = {"before": 60, "online_groups": 6, "icebreakers": 55, "notice_and_vote": 58, "jinyang_2016": 4}[
        policy
    ]
    hours = [own.lognormvariate(math.log(half), 1.5) for _ in range(days // 3)]
    watched = [own.uniform(24, 24 * 120) for _ in hours]
    return {
        "hours": [min(h, w) for h, w in zip(hours, watched, strict=True)],
        "answered": [int(h <= w) for h, w in zip(hours, watched, strict=True)],
    }


def nothing_happens(scenario, scale, policies, world, days):
    empty = outcome("before", world, days)
    for name in ("project_days", "reply_hours_p50", "within_48h_share", "message_gini", "participation_gini"):
        empty["measures"][name] = None
        empty["series"][name] = [None] * len(empty["series"]["day"])
    empty["measures"]["gatherings_held"] = 0.0
    empty |= {
        "projects": [],
        "replies": {"hours": [], "answered": []},
        "strata": {
            k: {g: dict.fromkeys(v) for g, v in groups.items()} for k, groups in empty["strata"].items()
        },
    }
    return dict.fromkeys(policies, empty)
