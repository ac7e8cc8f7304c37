"""What is done for residents by others than the office: the property firm, halls, services."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from commsim.kernels import table


class Services(NamedTuple):
    """``compounds`` [compounds]: visits (to a hall, since day 0)."""

    compounds: np.recarray


def empty_services(compounds: int) -> Services:
    return Services(table(compounds, visits="i8"))
