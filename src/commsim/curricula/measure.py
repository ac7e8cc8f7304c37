"""What the model says of a session's two rules: ``python -m commsim.curricula.measure notice``.

Each world lives a year at classroom scale under the session's policy, once with each notice period
of ``arms``; the means over worlds, their standard errors and the middle eight tenths of single
worlds go to ``measured.yaml``, which the guides quote and a test recomputes in part.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import numpy as np

from commsim.curricula.session import Session, available, read
from commsim.errors import UserError
from commsim.scenarios import load

BAND = (10, 90)  # percent of worlds below the band's ends


def worlds(session: Session, numbers: Iterable[int], arms: Iterable[str] | None = None) -> dict[str, dict]:
    """``{arm: {measure: [value in each world, None where undefined]}}``."""
    from commsim import engine

    model, scenario = session.model, load(session.model.scenario)
    rules = scenario.rules(model.policy, model.scale)
    named = dict(zip(scenario.policy(model.policy).names, rules, strict=True))
    arms = {name: model.arms[name] for name in (model.arms if arms is None else arms)}
    found = {name: {} for name in arms}
    for number in numbers:
        start = engine.prepare(scenario.place(model.scale), number)
        for name, days in arms.items():
            changed = replace(named[model.rule], **{model.argument: days})
            ran = engine.run(start.copy(), tuple(changed if r is named[model.rule] else r for r in rules),
                             model.days)  # fmt: skip
            for measure, value in _of(ran.state).items():
                found[name].setdefault(measure, []).append(value)
    return found


def _of(state) -> dict[str, float | None]:
    """What one run comes to."""
    from commsim.state.office import CHARGED_UNSEEN

    projects, grievances = state.projects.all, state.office.grievances
    first = [step["objectors"] for p in projects for step in _ended_notices(p)[:1]]
    charged = sum(p.charged for p in projects)
    return {
        "objectors": float(np.mean(first)) if first else None,
        "unseen": float(grievances[CHARGED_UNSEEN]),
        "unseen_each": float(grievances[CHARGED_UNSEEN]) / charged if charged else None,
        "grievances": float(grievances.sum()),
        "restarts": float(sum(step["result"] == "restarted" for p in projects for step in p.steps)),
        "finished": float(sum(p.outcome == "done" for p in projects)),
    }


def _ended_notices(project) -> list[dict]:
    return [step for step in project.steps if step["stage"] == "notice" and step["until"] is not None]


def summary(values: dict[str, list]) -> dict[str, dict[str, float]]:
    """Mean, standard error and band of each measure over the worlds where it is defined."""
    told = {}
    for measure, column in values.items():
        known = np.array([v for v in column if v is not None], float)
        if len(known) < 2:  # too few worlds to say anything
            continue
        low, high = np.percentile(known, BAND)
        told[measure] = {"mean": round(float(known.mean()), 2),
                         "error": round(float(known.std(ddof=1) / np.sqrt(len(known))), 3),
                         "low": round(float(low), 1), "high": round(float(high), 1)}  # fmt: skip
    return told


def measure(session: Session, count: int) -> dict:
    """The whole of ``measured.yaml``."""
    lived = worlds(session, range(1, count + 1))
    return {"worlds": count, "days": session.model.days,
            "arms": {name: summary(values) for name, values in lived.items()}}  # fmt: skip


def write(session: Session, count: int) -> Path:
    """Measure and write the session's ``measured.yaml``."""
    from ruamel.yaml import YAML

    path = session.folder / "measured.yaml"
    with path.open("w", encoding="utf-8") as file:
        file.write("# Written by: python -m commsim.curricula.measure " + session.id + "\n")
        YAML().dump(measure(session, count), file)
    return path


def main(arguments: list[str]) -> int:
    """Measure the sessions named, or all of them."""
    try:
        for name in arguments or available():
            session = read(name)
            print(write(session, session.model.worlds))
    except UserError as fault:
        print(fault.text(), file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
