"""How unequally something is spread over people."""

from __future__ import annotations

import numpy as np


def gini(counts) -> float:
    """Gini coefficient of non-negative ``counts`` [people]; nan when nobody has any.

    0 when all have the same, (n - 1)/n when one has everything.
    """
    x = np.sort(np.asarray(counts, float))
    n, total = len(x), x.sum()
    if n == 0 or total <= 0:
        return float("nan")
    return float(2.0 * (np.arange(1, n + 1) @ x) / (n * total) - (n + 1.0) / n)
