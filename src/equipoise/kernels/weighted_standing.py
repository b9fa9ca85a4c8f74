"""Who is still there under a weighting, and who has had the event: counts beside weighted curves."""

from typing import NamedTuple

import numpy as np

from equipoise.kernels.arrays import Bool, Float64, Int16, Int32, Int64
from equipoise.kernels.jit import jit
from equipoise.kernels.rows import Rows
from equipoise.kernels.weight_path import Levels, WeightPath, weight_of


class Standing(NamedTuple):
    """Who is still there, on each of some ticks.

    Attributes
    ----------
    patients : int64[T], at risk inside with a weight
    total, squares : float64[T], sums of their weights and of the squares
    events : int64[T], patients with a weight who have left for a counted state up to the tick
    """

    patients: Int64
    total: Float64
    squares: Float64
    events: Int64


def standing(
    rows: Rows, weighting: tuple[WeightPath, Levels, Float64, float], ticks: Int32, states: tuple[Bool, Bool]
) -> Standing:
    """Count those at risk and those with an event.

    Parameters
    ----------
    rows
        Sorted by patient and start.
    weighting
        Pieces, levels, case weights float64[n] and the cap.
    ticks : int32[T], rising
        At risk on a tick: ``start < tick <= stop``.
    states : bool[S], bool[S]
        Those in which people are at risk, and those that count as the event.
    """
    path, found, omega, cap = weighting
    columns = _Columns(rows.patient, rows.start, rows.stop, rows.origin, rows.target)
    return Standing(*_standing(columns, path, found, omega, cap, ticks, states))


class _Columns(NamedTuple):
    patient: Int32
    start: Int32
    stop: Int32
    origin: Int16
    target: Int16


@jit
def _standing(
    rows: _Columns,
    path: WeightPath,
    found: Levels,
    omega: Float64,
    cap: float,
    ticks: Int32,
    states: tuple[Bool, Bool],
) -> tuple[Int64, Float64, Float64, Int64]:
    inside, counted = states
    patients, events = np.zeros(ticks.size, dtype=np.int64), np.zeros(ticks.size, dtype=np.int64)
    total, squares = np.zeros(ticks.size), np.zeros(ticks.size)
    for i in range(rows.patient.size):
        who = rows.patient[i]
        if omega[who] <= 0.0:
            continue
        j, k = rows.origin[i], rows.target[i]
        if inside[j]:
            for t in range(ticks.size):
                if rows.start[i] < ticks[t] <= rows.stop[i]:
                    weight = omega[who] * min(weight_of(path, found, who, ticks[t] >> 1), cap)
                    if weight > 0.0:
                        patients[t] += 1
                        total[t] += weight
                        squares[t] += weight * weight
        if k >= 0 and counted[k] and not counted[j] and weight_of(path, found, who, rows.stop[i] >> 1) > 0.0:
            for t in range(ticks.size):
                if ticks[t] >= rows.stop[i]:
                    events[t] += 1
    return patients, total, squares, events
