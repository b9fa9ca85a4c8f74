"""The clock: days outside, integer ticks inside, stated once.

* Time is days since the vocabulary's origin (float64) on a declared resolution (default one day).
* Intervals are ``(start, stop]``: a patient whose interval stops on day d is at risk on day d, one who
  enters on day d is not. So a death and an entry on the same day never meet.
* Counting processes use int32 ticks, **two ticks a unit of resolution**: the even tick ``2k`` is the unit
  itself, the odd tick ``2k + 1`` (a half-tick) holds a second event of a patient in that unit.
  Durations are read from days, so a half-tick lasts no time.
* ``as_of(d)`` keeps what is known by the end of day d. An action on day d is judged on ``as_of(d - 1)``.
* One month is 365.25 / 12 days, one year 365.25.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

DAYS_PER_MONTH = 365.25 / 12
DAYS_PER_YEAR = 365.25
TICKS_PER_UNIT = 2
NO_TARGET = -1
LAST_UNIT = 2**30 - 1

SAME_DAY_ORDER = ("measurement", "intervention", "event", "terminal", "censoring")


@dataclass(frozen=True, slots=True)
class Clock:
    """Conversion between days and ticks for one declared resolution.

    Parameters
    ----------
    resolution
        Length of a unit in days, for example 1 or 0.5.
    """

    resolution: float = 1.0

    def off_grid(self, days: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Tell which days do not lie on the grid (to 1e-6 of a unit)."""
        units = days / self.resolution
        return np.abs(units - np.rint(units)) > 1e-6

    def ticks(self, days: NDArray[np.float64]) -> NDArray[np.int32]:
        """Even ticks of days that lie on the grid.

        Raises
        ------
        ValueError
            If a day is off the grid, as rounding would move an event without a word; or if it lies beyond
            the ticks (int32).
        """
        if bool(np.any(np.abs(days) > self.resolution * LAST_UNIT)):
            raise ValueError(f"a day lies beyond {LAST_UNIT} units of {self.resolution} days")
        if bool(np.any(self.off_grid(days))):
            raise ValueError(f"a day does not lie on the grid of {self.resolution} days")
        return (np.rint(days / self.resolution) * TICKS_PER_UNIT).astype(np.int32)

    def last_tick(self, day: float) -> int:
        """Last tick that belongs to a day (its half-tick), for questions such as P(t) on that day."""
        return int(np.floor(day / self.resolution + 1e-9)) * TICKS_PER_UNIT + 1

    def days(self, ticks: NDArray[np.int32]) -> NDArray[np.float64]:
        """Days of ticks; a half-tick has the day of its unit."""
        return (ticks // TICKS_PER_UNIT).astype(np.float64) * self.resolution


def months_to_days(months: float) -> float:
    """Days in a number of months of 365.25 / 12 days."""
    return months * DAYS_PER_MONTH
