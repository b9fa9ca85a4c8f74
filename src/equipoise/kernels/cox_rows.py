"""Rows of a regression for event times: checked, placed on the event times of their stratum, centred, scaled.

A row ``(start, stop]`` is at risk at the event times u of its stratum with start < u <= stop.  These are
consecutive on the ascending list of the stratum's distinct event times, so a row is two places, `first` and
`last`; nothing is sorted afterwards.  Rows that are at risk at no event time say nothing and are left out.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from equipoise.kernels.arrays import Bool, Float64, Int32, Int64, case_weights, float64, int32, same_length
from equipoise.kernels.counting_sort import distinct, rank
from equipoise.kernels.jit import jit

WIDEST_OFFSET = 500.0


class GivenTimes(NamedTuple):
    """The caller's columns, all rows; `start` is empty where everybody is at risk from the beginning."""

    start: Int32
    stop: Int32
    event: Bool


class RegressionRows(NamedTuple):
    """The rows that are at risk at an event time, in the caller's order; event times stratum by stratum.

    `covariate` = (the caller's - `centre` of the stratum) / `scale`: neither changes a partial likelihood.
    """

    covariate: Float64  # [N, p]
    weight: Float64  # [N]
    offset: Float64  # [N]
    event: Bool  # [N], at the event time `last`
    first: Int32  # [N], place of the first event time at which the row is at risk
    last: Int32  # [N], place of the last one
    stratum: Int32  # [N], 0 .. strata - 1
    time: Int32  # [E], ticks, ascending within a stratum
    time_stratum: Int32  # [E], ascending
    deaths: Int64  # [E], rows with the event at that time
    dead_weight: Float64  # [E], their weights
    nobody_else: Bool  # [E], at risk are only those who have the event there
    delayed: bool  # somebody enters after the first event time of the stratum
    row: Int64  # [N], row of the caller
    size: int  # rows of the caller
    given: "GivenTimes"
    labels: Int64  # [strata], the caller's codes of the strata, ascending
    centre: Float64  # [strata, p]
    scale: Float64  # [p], powers of two


def regression_rows(
    stop: npt.ArrayLike,
    event: npt.ArrayLike,
    covariates: npt.ArrayLike,
    *,
    start: npt.ArrayLike | None = None,
    weight: npt.ArrayLike | None = None,
    strata: npt.ArrayLike | None = None,
    offset: npt.ArrayLike | None = None,
) -> RegressionRows:
    """Check the rows and place them on the event times.

    Parameters
    ----------
    stop, start : integer ticks[N]; without `start` everybody is at risk from the beginning.
    event : bool[N], whether the event happens at `stop`.
    covariates : float[N, p], finite.
    weight : positive case weights[N], default 1.
    strata : integer codes[N], default one stratum.
    offset : float[N], a known part of the linear predictor, default 0.

    Raises
    ------
    ValueError, TypeError
        With the index of the first faulty row.
    """
    end = int32(stop, "stop")
    happened = np.ascontiguousarray(event, dtype=np.bool_)
    load = case_weights(weight, end.size)
    known = np.zeros(end.size) if offset is None else float64(offset, "offset")
    begin = None if start is None else int32(start, "start")
    same_length(end.size, event=happened, offset=known)
    _check_offset(known)
    columns = _finite_matrix(covariates, end.size)
    if begin is not None:
        same_length(end.size, start=begin)
        _check_order(begin, end)
    given = GivenTimes(np.zeros(0, dtype=np.int32) if begin is None else begin, end, happened)
    labels, stratum = _strata(strata, end.size)
    (first, last, grid, grid_stratum), time = _event_times(end, begin, happened, stratum)
    row = np.flatnonzero(first <= last)
    taken = slice(None) if row.size == end.size else row
    columns, stratum, happened = columns[taken], stratum[taken], happened[taken]
    first, last, load = first[taken], last[taken], load[taken]
    centre, scale, centred = _centred(columns, stratum, labels.size)
    deaths = np.bincount(last[happened], minlength=grid.size)
    dead_weight = np.bincount(last[happened], weights=load[happened], minlength=grid.size)
    opening = np.searchsorted(grid_stratum, np.arange(labels.size))
    return RegressionRows(
        covariate=centred,
        weight=load,
        offset=known[taken],
        event=happened,
        first=first,
        last=last,
        stratum=stratum,
        time=time[grid],
        time_stratum=grid_stratum,
        deaths=deaths.astype(np.int64),
        dead_weight=dead_weight.astype(np.float64),
        nobody_else=number_at_risk(first, last, grid.size) == deaths,
        delayed=bool(np.any(first != opening[stratum])),
        row=row,
        size=end.size,
        given=given,
        labels=labels,
        centre=centre,
        scale=scale,
    )


def select_columns(rows: RegressionRows, kept: Bool) -> RegressionRows:
    """The same rows with the chosen columns of covariates only."""
    return rows._replace(
        covariate=np.ascontiguousarray(rows.covariate[:, kept]),
        centre=rows.centre[:, kept],
        scale=rows.scale[kept],
    )


def _finite_matrix(covariates: npt.ArrayLike, size: int) -> Float64:
    columns = np.ascontiguousarray(covariates, dtype=np.float64)
    if columns.ndim != 2 or columns.shape[0] != size:
        raise ValueError(f"covariates: shape {columns.shape}, expected ({size}, columns)")
    finite = np.isfinite(columns)
    if not finite.all():
        row, column = np.argwhere(~finite)[0]
        raise ValueError(f"row {row}: covariate {column} is {columns[row, column]}; expected a finite number")
    return columns


def _check_offset(offset: Float64) -> None:
    wrong = np.flatnonzero(~np.isfinite(offset))
    if wrong.size:
        raise ValueError(f"row {wrong[0]}: offset {offset[wrong[0]]}; expected a finite number")
    if offset.size and np.ptp(offset) > WIDEST_OFFSET:
        raise ValueError(
            f"offset: from {offset.min()} to {offset.max()}; a hazard ratio beyond e^{WIDEST_OFFSET:.0f} "
            "is no number any more, give offsets on the log scale"
        )


def _check_order(start: Int32, stop: Int32) -> None:
    wrong = np.flatnonzero(start >= stop)
    if wrong.size:
        row = wrong[0]
        raise ValueError(
            f"row {row}: start {start[row]} is not before stop {stop[row]}; a row is (start, stop]"
        )


def _strata(strata: npt.ArrayLike | None, size: int) -> tuple[Int64, Int32]:
    """The codes that occur, ascending, and the place of each row's code among them."""
    if strata is None:
        return np.zeros(1, dtype=np.int64), np.zeros(size, dtype=np.int32)
    codes = int32(strata, "strata")
    same_length(size, strata=codes)
    labels = distinct(codes)
    return labels.astype(np.int64), (rank(labels, codes) - 1).astype(np.int32)


class _Places(NamedTuple):
    first: Int32
    last: Int32
    tick: Int32  # [E], place of the event time on the list of all event ticks
    stratum: Int32  # [E]


def _event_times(stop: Int32, start: Int32 | None, event: Bool, stratum: Int32) -> tuple[_Places, Int32]:
    """Places of the rows on the event times of their stratum, and the ticks of all events, ascending."""
    ticks = distinct(stop[event])
    last = rank(ticks, stop)
    first = np.zeros(stop.size, dtype=np.int32) if start is None else rank(ticks, start)
    if not stratum.any():
        tick = np.arange(ticks.size, dtype=np.int32)
        return _Places(first, last - np.int32(1), tick, np.zeros(ticks.size, dtype=np.int32)), ticks
    # One key for (stratum, place of the tick): the keys of events are the event times of the strata.
    width = ticks.size + 1
    dtype = np.int32 if (int(stratum.max()) + 1) * width < np.iinfo(np.int32).max else np.int64
    base = stratum.astype(dtype) * dtype(width)
    keys = distinct((base + last)[event])
    places = rank(keys, base + first), rank(keys, base + last) - np.int32(1)
    return _Places(*places, (keys % width - 1).astype(np.int32), (keys // width).astype(np.int32)), ticks


def number_at_risk(first: Int32, last: Int32, times: int) -> Int64:
    """How many rows are at risk at each event time."""
    change = np.bincount(first, minlength=times + 1) - np.bincount(last + 1, minlength=times + 1)
    return np.cumsum(change)[:times].astype(np.int64)


def _centred(columns: Float64, stratum: Int32, strata: int) -> tuple[Float64, Float64, Float64]:
    """Centre per stratum, scale per column, and the covariates after both."""
    centre, centred, square = _centre(columns, stratum, strata)
    # A power of two: scaling rounds nothing.
    scale = np.where(square > 0, 2.0 ** np.round(np.log2(np.where(square > 0, square, 1.0))), 1.0)
    centred /= scale
    return centre, scale, centred


@jit
def _centre(columns: Float64, stratum: Int32, strata: int) -> tuple[Float64, Float64, Float64]:
    """Centres, centred columns, and their root mean squares."""
    # The smallest value goes first, exactly for values of one magnitude: 1e8 + small keeps its small part,
    # and a constant column becomes 0.
    size, p = columns.shape
    least = np.full((strata, p), np.inf)
    total = np.zeros((strata, p))
    count = np.zeros(strata)
    for i in range(size):
        g = stratum[i]
        count[g] += 1.0
        for j in range(p):
            least[g, j] = min(least[g, j], columns[i, j])
    for i in range(size):
        g = stratum[i]
        for j in range(p):
            total[g, j] += columns[i, j] - least[g, j]
    centred, square = np.empty((size, p)), np.zeros(p)
    for g in range(strata):
        for j in range(p):
            if count[g] == 0.0:
                least[g, j] = 0.0
            else:
                total[g, j] /= count[g]
    for i in range(size):
        g = stratum[i]
        for j in range(p):
            centred[i, j] = (columns[i, j] - least[g, j]) - total[g, j]
            square[j] += centred[i, j] * centred[i, j]
    return least + total, centred, np.sqrt(square / max(size, 1))
