"""Time: day 0 is the first day of a run, a Monday; earlier days belong to the burn-in.

Times inside a day are fractions of a day (12:00 on day 3 is 3.5).
"""

from __future__ import annotations

from commsim.kernels import kernel

HOURS = 24.0
MINUTES = 1440.0
MONTH = 365.25 / 12
YEAR = 365
AWAKE_FROM, AWAKE_HOURS = 7.0, 16.0  # when people phone and post: from seven to eleven at night


@kernel
def is_weekday(day):
    """Monday to Friday."""
    return day % 7 < 5
