"""The grid: days become ticks, and a day off the grid is refused instead of rounded."""

import numpy as np
from numpy.typing import NDArray

from equipoise.base.clock import Clock
from equipoise.base.errors import DataError


def ticks_on_grid(days: NDArray[np.float64], clock: Clock, what: str) -> NDArray[np.int64]:
    """Even ticks of days.

    Raises
    ------
    DataError
        D203 when a day does not lie on the grid of the vocabulary's resolution.
    """
    off = clock.off_grid(days)
    if bool(off.any()):
        raise DataError(
            "D203",
            where=what,
            found=f"{int(off.sum())} days off a grid of {clock.resolution:g}, such as {days[off][0]:g}",
            why="Rounding would change which of two things came first, without a word.",
            do="Declare a finer resolution in the vocabulary (0.5 for half-days), or correct the days.",
        )
    return clock.ticks(days).astype(np.int64)
