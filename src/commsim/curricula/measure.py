"""What the model says of a session's two rules: ``python -m commsim.curricula.measure notice``.

Each world lives a year at classroom scale under the session's policy, once with each notice period
of ``arms``; the means over worlds, their standard errors and the middle eight tenths of single
worlds go to ``measured.yaml``, which the guides quote and a test recomputes in part.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from commsim.curricula.session import Session, available, read
from commsim.errors import UserError
from commsim.lessons.outcomes import LIKELY, OUTCOMES, Side, live


def worlds(session: Session, numbers: Iterable[int], arms: Iterable[str] | None = None) -> dict[str, dict]:
    """``{arm: {outcome: [value in each world, NaN where undefined]}}``, by the lessons' OUTCOMES."""
    model = session.model
    found = {}
    for name in model.arms if arms is None else arms:
        side = Side({model.rule: {model.argument: model.arms[name]}}, {})
        lives = [live(model, side, world, model.days) for world in numbers]
        found[name] = {outcome: [life.counts[outcome] for life in lives] for outcome in OUTCOMES}
    return found


def summary(values: dict[str, list]) -> dict[str, dict[str, float]]:
    """Mean, standard error and band of each measure over the worlds where it is defined."""
    told = {}
    for measure, column in values.items():
        known = np.array([value for value in column if np.isfinite(value)])
        if len(known) < 2:  # too few worlds to say anything
            continue
        low, high = np.percentile(known, LIKELY)
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
