"""What is done for residents by others than the office: the property firm, grid workers, halls, services."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from commsim.kernels import table

LATER = 8  # the hall day from which visits show whether a hall is used


class Services(NamedTuple):
    """``compounds`` [compounds], counts since day 0: grid_hours (of grid workers), brought (services to
    households), and of its hall: opened (day, or -1), theme, last (the last day it was open, or -1), days,
    visits, opening (visits on the first day), later (visits from its eighth day on).
    ``grids`` [households]: busy, until when (day) the worker of the grid that begins with this home has orders."""

    compounds: np.recarray
    grids: np.recarray


def empty_services(compounds: int, households: int) -> Services:
    rows = table(compounds, grid_hours="f8", brought="i8", opened="i8", theme="i8", last="i8", days="i8",
                 visits="i8", opening="i8", later="i8")  # fmt: skip
    rows.opened[:] = rows.last[:] = -1
    return Services(rows, table(households, busy="f8"))
