"""Windows: when each patient is under observation on the clock of a history, in ticks."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from equipoise.base.clock import Clock
from equipoise.cohort.cohort import Cohort
from equipoise.cohort.grid import ticks_on_grid

Int32 = NDArray[np.int32]
Int64 = NDArray[np.int64]
Float64 = NDArray[np.float64]
Bool = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Windows:
    """Disjoint windows ``(start, stop]`` under observation, sorted by patient and start.

    Observation begins and ends at the end of a day, after everything that happens on it (censoring comes
    last in the order of a day), hence on the odd tick of that day; only time zero itself is tick 0.

    Attributes
    ----------
    patient, start, stop : int32[W]
    """

    patient: Int32
    start: Int32
    stop: Int32

    def cut(self, last: Int64) -> "Windows":
        """Windows cut at one last odd tick a patient, shape (patients,)."""
        stop = np.minimum(self.stop, last[self.patient]).astype(np.int32)
        # Tick 1 is the end of the day of time zero, on which nobody is at risk.
        kept = (self.start < stop) & (stop > 1)
        return Windows(self.patient[kept], self.start[kept], stop[kept])


def observed_windows(cohort: Cohort, time_zero: Float64, clock: Clock) -> Windows:
    """Windows after time zero: the union of the observation periods, ended by a terminal event.

    Parameters
    ----------
    time_zero
        Day of time zero, shape (n,); NaN for patients who are not enrolled.

    Raises
    ------
    DataError
        D203 when a day that matters lies off the grid.
    """
    merged = merged_observation(cohort.observation)
    patient = merged["patient"].to_numpy()
    zero = time_zero[patient]
    ended = terminal_day(cohort)[patient]
    start = np.fmax(merged["start"].to_numpy(), zero)
    stop = np.fmin(merged["stop"].to_numpy(), ended)
    kept = start < np.where(np.isnan(zero), -np.inf, stop)
    patient, start, stop, zero = patient[kept], start[kept], stop[kept], zero[kept]
    origin = ticks_on_grid(zero, clock, "time zero")
    opens = ticks_on_grid(start, clock, "observation start") - origin
    closes = ticks_on_grid(stop, clock, "observation stop") - origin
    # Who is observed at time zero is at risk from there on; a later entry begins at the end of its day.
    return Windows(patient, np.where(opens > 0, opens + 1, 0).astype(np.int32), (closes + 1).astype(np.int32))


def merged_observation(observation: pl.DataFrame) -> pl.DataFrame:
    """Union of the observation periods of each patient (patient, start, stop): disjoint, not touching."""
    ordered = observation.filter(pl.col("start") < pl.col("stop")).sort("patient", "start", "stop")
    patient = ordered["patient"].to_numpy()
    start, stop = ordered["start"].to_numpy(), ordered["stop"].to_numpy()
    reached = latest_so_far(patient, stop)
    opens = np.ones(patient.size, dtype=np.bool_)
    opens[1:] = (patient[1:] != patient[:-1]) | (start[1:] > reached[:-1])
    closes = np.append(opens[1:], True)[: opens.size]
    return pl.DataFrame({"patient": patient[opens], "start": start[opens], "stop": reached[closes]})


def latest_so_far(patient: Int32, day: Float64) -> Float64:
    """Running maximum of the days of each patient; `patient` is sorted."""
    values, rank = np.unique(day, return_inverse=True)
    # Ranks are integers, so that patient and day fit into one exact number.
    key = patient.astype(np.int64) * (values.size + 1) + rank
    return values[np.maximum.accumulate(key) % (values.size + 1)] if day.size else day


def terminal_day(cohort: Cohort) -> Float64:
    """Day of each patient's first terminal event, shape (n,); NaN without one."""
    terminal = cohort.vocabulary.terminal_events
    first = cohort.events.filter(pl.col("name").is_in(terminal)).group_by("patient").agg(pl.col("day").min())
    days = np.full(cohort.n, np.nan)
    days[first["patient"].to_numpy()] = first["day"].to_numpy()
    return days
