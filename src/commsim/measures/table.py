"""The measures: name, unit, smallest difference that matters, direction, and what kind each is.

``delta`` is absolute, in the measure's unit; its reason stands in the catalogue beside the
formula (``measure.NAME.delta``).  ``better`` is +1 when more is better, -1 when less is.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Measure:
    """``kind``: stock (state on a day), flow (count since day 0) or window (recent days)."""

    name: str
    unit: str
    delta: float
    better: int
    kind: str
    primary: bool = False
    harm: bool = False
    dear: bool = False  # costs more than a day: computed on recorded days only
    strata: bool = False  # also given by tenure and age band


_TABLE = (
    Measure("acquaintances", "persons", 1.0, +1, "stock", primary=True, strata=True),
    Measure("strong_ties", "persons", 0.1, +1, "stock", strata=True),
    Measure("isolated_share", "share", 0.02, -1, "stock", harm=True, strata=True),
    Measure("same_building_share", "share", 0.05, -1, "stock"),
    Measure("clustering", "share", 0.05, +1, "stock", dear=True),
    Measure("neighbour_trust", "share", 0.02, +1, "stock", primary=True, strata=True),
    Measure("renter_gap", "persons", 0.5, -1, "stock", harm=True),
    Measure("trust_office", "share", 0.03, +1, "stock", primary=True, strata=True),
    Measure("coverage", "share", 0.03, +1, "stock", strata=True),
    Measure("elder_coverage", "share", 0.05, +1, "stock"),
    Measure("training_sessions", "sessions", 3.0, +1, "flow"),
    Measure("messages_per_day", "messages/d", 5.0, +1, "window"),
    Measure("official_message_share", "share", 0.05, +1, "window"),
    Measure("active_share", "share", 0.05, +1, "window"),
    Measure("message_gini", "share", 0.05, -1, "window", dear=True),
    Measure("reply_hours_p50", "h", 2.0, -1, "window", dear=True),
    Measure("within_48h_share", "share", 0.05, +1, "window", dear=True),
    Measure("participation_rate", "share", 0.03, +1, "window", primary=True, strata=True),
    Measure("participation_gini", "share", 0.05, -1, "flow", dear=True),
    Measure("gatherings_held", "gatherings", 2.0, +1, "flow"),
    Measure("projects_done", "projects", 0.5, +1, "flow"),
    Measure("project_days", "d", 7.0, -1, "flow", harm=True, dear=True),
    Measure("restarts", "restarts", 0.5, -1, "flow", harm=True),
    Measure("grievances", "per 1,000 people", 10.0, -1, "flow", primary=True, harm=True),
    Measure("official_hours", "h/week", 3.0, -1, "window", primary=True, harm=True),
    Measure("cost_yuan", "yuan", 5000.0, -1, "flow", harm=True),
    Measure("volunteers", "per 1,000 people", 3.0, +1, "stock"),
    # the stairwell
    Measure("disorder", "share", 0.05, -1, "stock", dear=True),
    Measure("outed_households", "per 1,000 people", 1.0, -1, "flow", harm=True, dear=True),
    Measure("complied_days_p50", "d", 3.0, -1, "flow", dear=True),
    Measure("helped_share", "share", 0.05, +1, "window", dear=True),

    # leaders and helpers
    Measure("volunteer_motivation", "share", 0.05, +1, "stock", dear=True),
    Measure("volunteers_quit", "per 1,000 people", 1.0, -1, "flow", harm=True, dear=True),
    Measure("entitlement_events", "per 1,000 people", 5.0, -1, "flow", harm=True, dear=True),
    Measure("suspicion_share", "share", 0.05, -1, "stock", harm=True, dear=True),
    Measure("objectors_converted", "share", 0.1, +1, "flow", dear=True),
    Measure("community_awareness", "share", 0.05, +1, "stock", dear=True),
    Measure("belonging", "share", 0.03, +1, "stock", dear=True),

    # affairs
    Measure("small_talk_share", "share", 0.05, +1, "window", dear=True),
    Measure("groups", "groups", 2.0, +1, "stock", dear=True),
    Measure("density_trend", "share", 0.02, +1, "window", dear=True),
    Measure("silent_share", "share", 0.05, -1, "window", dear=True),
    Measure("unheard_share", "share", 0.02, -1, "window", harm=True, dear=True),
    Measure("peripheral_share", "share", 0.05, -1, "stock", dear=True),
    Measure("heard_share", "share", 0.05, +1, "window", dear=True),
    Measure("staff_admitted_share", "share", 0.1, +1, "stock", dear=True),
    Measure("service_groups", "groups", 1.0, +1, "stock", dear=True),
    Measure("rumour_hours", "h", 48.0, -1, "flow", harm=True, dear=True),
    Measure("quarrels", "per 1,000 people", 5.0, -1, "flow", harm=True, dear=True),

    # services
    Measure("trust_property", "share", 0.03, +1, "stock", dear=True),
    Measure("trust_government", "share", 0.03, +1, "stock", dear=True),
    Measure("official_energy", "share", 0.05, +1, "stock", dear=True),
    Measure("issues_open", "per 1,000 people", 3.0, -1, "stock", harm=True, dear=True),
    Measure("resolved_days_p50", "d", 1.0, -1, "window", dear=True),
    Measure("self_solved_share", "share", 0.05, +1, "flow", dear=True),
    Measure("repeat_attendance_ratio", "ratio", 0.5, -1, "flow", dear=True),
    Measure("attendance_by_theme", "persons", 10.0, -1, "flow", dear=True),
    Measure("hall_use_ratio", "ratio", 0.1, +1, "flow", dear=True),
)  # fmt: skip

MEASURES = {m.name: m for m in _TABLE}
STRATA = {"tenure": ("owner", "long_renter", "short_renter"), "age": ("adult", "elder")}
