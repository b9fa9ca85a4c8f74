"""The day of time zero of each patient, known on that day and never by looking ahead."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from equipoise.cohort.cohort import Cohort
from equipoise.cohort.evaluate import evaluate
from equipoise.protocol.time_zero import ORIGIN, EventTimeZero, LandmarkTimeZero, TimeZero


def time_zero_days(time_zero: TimeZero, cohort: Cohort) -> NDArray[np.float64]:
    """Day of time zero, float64[n]; NaN for patients who do not reach it.

    An event's day is that of its first record. A landmark is a fixed day after its anchor, or, with a window,
    the first assessment in the window: of several the first, because which is nearest to the day is known
    only later.

    Parameters
    ----------
    time_zero
        As the protocol declares it.
    cohort
        The cohort, with its whole course; the day itself depends on nothing after it.
    """
    match time_zero:
        case EventTimeZero():
            first = evaluate(time_zero.feature, cohort, np.inf)
            return first.cast(pl.Float64).fill_null(np.nan).to_numpy()
        case LandmarkTimeZero():
            return _landmark_days(time_zero, cohort)


def _landmark_days(landmark: LandmarkTimeZero, cohort: Cohort) -> NDArray[np.float64]:
    anchor = np.zeros(cohort.n) if landmark.after == ORIGIN else cohort.first_day(landmark.after)
    if landmark.window is None or landmark.assessment is None:
        return anchor + landmark.day
    opens, closes = landmark.window
    # Half a unit of the grid before the window opens is strictly before its first day and after the day
    # before.
    first = cohort.first_day(landmark.assessment, after=anchor + opens - cohort.vocabulary.resolution / 2)
    return np.where(first <= anchor + closes, first, np.nan)
