"""Measures of who knows whom, from columns of ties: person i's are the ``degree[i]`` cells from
``start[i]`` of ``neighbour`` and ``strength``.

Strengths and floors must be in the same scale (the engine's inflated one will do).
"""

from __future__ import annotations

import numpy as np

from commsim.kernels import kernel

ACQUAINTED = 0.034  # strength that a meeting once a year keeps up
STRONG = 0.75  # strength that meeting twice a week keeps up


@kernel
def mean_clustering(neighbour, strength, start, degree, floor):
    """Mean local clustering over people with two or more ties of at least ``floor``; nan without.

    Local clustering is the share of pairs of one's acquaintances who know each other (Watts &
    Strogatz 1998).
    """
    mark = np.full(len(degree), -1, np.int64)
    total, people = 0.0, 0
    for i in range(len(degree)):
        known = 0
        for k in range(start[i], start[i] + degree[i]):
            if strength[k] >= floor:
                mark[neighbour[k]] = i
                known += 1
        if known < 2:
            continue
        closed = 0
        for k in range(start[i], start[i] + degree[i]):
            if strength[k] >= floor:
                j = neighbour[k]
                for m in range(start[j], start[j] + degree[j]):
                    closed += strength[m] >= floor and mark[neighbour[m]] == i
        total += closed / (known * (known - 1.0))
        people += 1
    return total / people if people > 0 else np.nan
