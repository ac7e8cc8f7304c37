"""What the pictures and the report need of a comparison, as one plain dictionary.

A figure takes a comparison or this dictionary; nothing here reads a file or draws.
"""

from __future__ import annotations


def facts(comparison) -> dict:
    """The comparison's numbers by policy first; a dictionary is returned as it is."""
    if isinstance(comparison, dict):
        return comparison
    c = comparison
    day = c.series.get("day", [])
    strata: dict = {policy: {} for policy in c.policies[1:]}
    for stratum, groups in c.strata.items():
        for group, measures in groups.items():
            for name, by_policy in measures.items():
                for policy, cell in by_policy.items():
                    strata[policy].setdefault(stratum, {}).setdefault(group, {})[name] = cell
    series = (
        {
            policy: {
                name: {"day": day, **track} for name, track in c.series["by_policy"].get(policy, {}).items()
            }
            for policy in c.policies
        }
        if day
        else {}
    )
    return {
        "scenario": c.scenario,
        "title": c.title,
        "scale": c.scale,
        "people": c.people,
        "classroom": c.classroom,
        "days": c.days,
        "policies": list(c.policies),
        "titles": c.policy_titles,
        "worlds": c.worlds,
        "stopped_because": c.stopped_because,
        "measures": c.measures,
        "strata": strata,
        "series": series,
        "projects": c.projects,
        "projects_world": c.projects_world,
        "replies": c.replies,
        "failed": c.failed,
        "version": c.version,
        "digest": c.digest,
    }
