"""The reference tables of the documentation, from the same tables and catalogues that the model uses.

``python -m commsim.show.tables measures > docs/measures.md`` writes a page; so does ``parameters``.
Both languages of a phrase stand in one cell, Chinese first.
"""

from __future__ import annotations

import re
import sys

from commsim.measures.table import MEASURES, Measure
from commsim.scenarios import available, load
from commsim.state.settings import PARAMETERS, Parameter
from commsim.words import LANGUAGES, catalogue, say

# What each measure looks back on, and whom it counts: keys of the catalogue.
COUNTED = {
    "acquaintances": ("day", "adults"),
    "strong_ties": ("day", "adults"),
    "isolated_share": ("day", "adults"),
    "same_building_share": ("day", "ties"),
    "clustering": ("day", "adults"),
    "neighbour_trust": ("day", "adults"),
    "renter_gap": ("day", "adults"),
    "trust_office": ("day", "opinions"),
    "coverage": ("day", "everybody"),
    "official_message_share": ("days_28", "senders"),
    "elder_coverage": ("day", "elders"),
    "training_sessions": ("day_0", "place"),
    "messages_per_day": ("days_28", "senders"),
    "active_share": ("days_28", "members"),
    "message_gini": ("days_28", "members"),
    "reply_hours_p50": ("days_90", "cases"),
    "within_48h_share": ("days_90", "cases"),
    "participation_rate": ("days_365", "takers"),
    "participation_gini": ("tenancy", "takers"),
    "gatherings_held": ("day_0", "place"),
    "projects_done": ("day_0", "projects"),
    "project_days": ("day_0", "projects"),
    "restarts": ("day_0", "projects"),
    "grievances": ("day_0", "grieved"),
    "official_hours": ("days_28", "officials"),
    "cost_yuan": ("day_0", "place"),
    "volunteers": ("day", "volunteers"),
    # the stairwell
    "disorder": ("day", "stairwells"),
    "outed_households": ("day_0", "outed"),
    "complied_days_p50": ("day_0", "episodes"),
    "helped_share": ("days_365", "troubled"),

    # leaders and helpers
    "volunteer_motivation": ("day", "helpers"),
    "volunteers_quit": ("day_0", "volunteers"),
    "entitlement_events": ("day_0", "acts"),
    "suspicion_share": ("day", "opinions"),
    "objectors_converted": ("day_0", "objectors"),
    "community_awareness": ("day", "opinions"),
    "belonging": ("day", "adults"),

    # affairs
    "small_talk_share": ("days_28", "senders"),
    "groups": ("day", "groups"),
    "density_trend": ("days_90", "groups"),
    "silent_share": ("days_28", "members"),
    "unheard_share": ("days_28", "members"),
    "peripheral_share": ("day", "members_of_three"),
    "heard_share": ("days_28", "senders"),
    "staff_admitted_share": ("day", "groups_asked"),
    "service_groups": ("day", "residents_groups"),
    "rumour_hours": ("day_0", "rumours"),
    "quarrels": ("day_0", "quarrels"),

    # services
    "trust_property": ("day", "opinions"),
    "trust_government": ("day", "opinions"),
    "official_energy": ("day", "officials"),
    "issues_open": ("day", "open_cases"),
    "resolved_days_p50": ("days_365", "cases"),
    "self_solved_share": ("day_0", "cases"),
    "repeat_attendance_ratio": ("day_0", "guests"),
    "attendance_by_theme": ("day_0", "place"),
    "hall_use_ratio": ("day_0", "visitors"),
}
KINDS = {"stock": "stock", "flow": "flow", "window": "recent"}


def measures() -> str:
    """The page that defines every measure, as Markdown."""
    head = ("name", "label", "formula", "unit", "window", "who", "better", "delta", "role")
    return _page("measures", _table(head, [_measure(m) for m in MEASURES.values()]))


def _measure(m: Measure) -> list[str]:
    window, who = COUNTED[m.name]
    better = "more" if m.better > 0 else "less"
    roles = [role for role in ("primary", "harm", "dear", "strata") if getattr(m, role)]
    return [
        f"`{m.name}`",
        _both(f"measure.{m.name}.label"),
        _both(f"measure.{m.name}.formula"),
        _both(f"unit.{m.unit}"),
        f"{_both(f'window.{window}')}<br>{_pair(f'table.{KINDS[m.kind]}')}",
        _both(f"who.{who}"),
        _pair(f"table.{better}"),
        f"**{m.delta:g}**<br>{_both(f'measure.{m.name}.delta')}",
        "<br>".join(_pair(f"table.{role}") for role in roles),
    ]


def parameters() -> str:
    """The page that lists every number of the model with its source, as Markdown."""
    head = ("name", "label", "default", "range", "unit", "source")
    table = _table(head, [_parameter(p) for p in PARAMETERS.values()])
    sources = " ; ".join([p.source for p in PARAMETERS.values()] + [n.source for n in _numbers()])
    facts = sorted(_facts(sources), key=lambda fact: int(fact[1:]))
    rows = [name for name in _rows() if re.search(rf"parameter {re.escape(name)}(?! \()(?!\w)", sources)]
    return _page(
        "parameters",
        _both("resembles.about"),
        table,
        f"## {_pair('table.parameters.facts')}\n\n"
        + _table(("source", "says"), [[fact, _both(f"source.fact.{fact}")] for fact in facts]),
        f"## {_pair('table.parameters.rows')}\n\n"
        + _table(("row", "source"), [[name, _both(f"source.row.{name}")] for name in rows]),
    )


def _parameter(p: Parameter) -> list[str]:
    label = _both(f"setting.{p.name}") + (f"<br>⚠ {_both(f'resembles.lever.{p.name}')}" if p.resembles else "")
    return [f"`{p.name}`", label, f"{p.default:g}", f"{p.low:g} – {p.high:g}", p.unit, p.source]


def _numbers():
    return [number for name in available() for number in load(name).numbers()]


def _rows() -> list[str]:
    return [key.removeprefix("source.row.") for key in catalogue() if key.startswith("source.row.")]


def _facts(sources: str) -> set[str]:
    """``F217-F219`` names three facts."""
    found = set(re.findall(r"F\d+", sources))
    for first, last in re.findall(r"F(\d+)-F(\d+)", sources):
        found |= {f"F{k}" for k in range(int(first), int(last) + 1)}
    return found


def _page(name: str, *parts: str) -> str:
    written = _pair("table.written", command=f"python -m commsim.show.tables {name} > docs/{name}.md")
    about = [say(f"table.{name}.about", lang).strip() for lang in LANGUAGES]
    return "\n\n".join([f"# {_pair(f'table.{name}.title')}", f"<!-- {written} -->", *about, *parts]) + "\n"


def _table(head, rows) -> str:
    lines = [[_pair(f"table.{column}") for column in head], ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def _both(key: str) -> str:
    """Chinese above English in one cell."""
    return "<br>".join(dict.fromkeys(say(key, lang) for lang in LANGUAGES))


def _pair(key: str, **values) -> str:
    """Chinese and English side by side; once where they are the same."""
    return " / ".join(dict.fromkeys(say(key, lang, **values) for lang in LANGUAGES))


PAGES = {"measures": measures, "parameters": parameters}

if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1] not in PAGES:
        sys.exit(f"python -m commsim.show.tables {'|'.join(PAGES)}")
    sys.stdout.reconfigure(encoding="utf-8", newline="\n")
    sys.stdout.write(PAGES[sys.argv[1]]())
