"""Patterns that live nowhere: their numbers follow from the world's number, so that every share is known."""

import time

from commsim.experiments.patterns import Pattern, total_order


def _even(bench):
    return {"coverage": float(bench.world % 2 == 0), "volunteers": float(bool(bench.numbers))}


def _sometimes_undefined(bench):
    return {"guests": None if bench.world % 5 == 0 else float(bench.world), "staff_share": None}


def _breaks(bench):
    if bench.world == 3:
        raise ZeroDivisionError("nobody there")
    return {"met": 1.0}


def _slow(bench):
    time.sleep(0.5)
    return {"met": 1.0}


def _row(bench):
    a, b = float(bench.world % 7), float(bench.world % 3)
    return {"A": a, "B": b, "m": b, "mu": a}


def _whole(rows):
    indices = total_order(rows)
    return float(indices["m"] > indices["mu"]), {"index": indices["m"], "rank": 1}


PATTERNS = {p.id: p for p in (
    Pattern("P2", (), _even, lambda n: n["coverage"] == 1.0, worlds=0.5, calibrated=True),
    Pattern("P5", (), _sometimes_undefined, lambda n: n["guests"] > 0, may_lack=("staff_share",)),
    Pattern("P11", (), _breaks, lambda n: n["met"] == 1.0, worlds=0.95),
    Pattern("P24", (), _row, lambda n: n["rank"] <= 3, whole=_whole),
)}  # fmt: skip
SLOW = {"P11": Pattern("P11", (), _slow, lambda n: n["met"] == 1.0)}
