"""Rows of a subdistribution hazards model in one canonical order, and their places on the grid of events.

Rows are ordered by stratum, stop and, within a tick, by their content, so that every sum afterwards has one
order whatever the order of the caller: results do not depend on it, bit for bit.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from equipoise.kernels.arrays import Bool, Float64, Int32, Int64, case_weights, int32, same_length
from equipoise.kernels.counting_sort import argsort, distinct, rank

CENSORED, INTEREST, COMPETING = 0, 1, 2
LARGEST = 1e60  # squares of covariates must not overflow


@dataclass(frozen=True, slots=True)
class SubdistributionRows:
    """One row a subject, in canonical order; `order` holds the caller's row numbers.

    `outcome` is CENSORED, INTEREST or COMPETING.  `stratum` and `group` (of the censoring and entry
    distributions) are codes 0, 1, ...  `cell` numbers the pairs (stratum, group) that occur.
    """

    order: Int64
    start: Int32
    stop: Int32
    outcome: Int32
    weight: Float64
    covariates: Float64
    stratum: Int32
    group: Int32
    cell: Int32
    cell_stratum: Int32
    cell_group: Int32


@dataclass(frozen=True, slots=True)
class EventGrid:
    """Distinct ticks with an event of interest, stratum after stratum.

    `tick` int32[K]; stratum s owns places first[s] .. first[s + 1] - 1; `events` float64[K] is their weight.
    A row is at risk at places `entry` .. `exit` - 1.
    """

    tick: Int32
    first: Int64
    events: Float64
    entry: Int64
    exit: Int64

    def at(self, rows: SubdistributionRows) -> Int64:
        """Places of the rows with the event of interest, in the order of the rows."""
        return self.exit[rows.outcome == INTEREST] - 1


def covariate_matrix(covariates: npt.ArrayLike, rows: int) -> Float64:
    """`covariates` as float64[rows, p]; ValueError with the row index unless finite and within 1e60."""
    matrix = np.asarray(covariates, dtype=np.float64)
    if matrix.ndim == 1:
        matrix = matrix[:, np.newaxis]
    if matrix.ndim != 2 or matrix.shape[0] != rows:
        raise ValueError(f"covariates: shape {matrix.shape}, expected ({rows}, number of covariates)")
    wrong = np.argwhere(~(np.abs(matrix) <= LARGEST))
    if wrong.size:
        row, column = int(wrong[0, 0]), int(wrong[0, 1])
        raise ValueError(
            f"row {row}: covariate {column} is {matrix[row, column]}; expected a number within {LARGEST:g}"
        )
    return matrix


def codes(values: npt.ArrayLike | None, name: str, rows: int) -> Int32:
    """Codes 0, 1, ... in ascending order of the distinct integers in `values`; zeros when absent."""
    if values is None:
        return np.zeros(rows, dtype=np.int32)
    array = int32(values, name)
    same_length(rows, **{name: array})
    return rank(distinct(array), array) - np.int32(1)


def arrange(
    stop: npt.ArrayLike,
    outcome: Int32,
    covariates: npt.ArrayLike,
    *,
    start: npt.ArrayLike | None,
    weight: npt.ArrayLike | None,
    strata: npt.ArrayLike | None,
    groups: npt.ArrayLike | None,
) -> SubdistributionRows:
    """Check the caller's arrays and bring them into canonical order.

    Raises
    ------
    ValueError, TypeError
        With the index of the first row that is not start < stop, has no positive finite weight or holds a
        covariate that is not finite.
    """
    end = int32(stop, "stop")
    same_length(end.size, cause=outcome)
    matrix = covariate_matrix(covariates, end.size)
    begin = _entries(start, end)
    load = case_weights(weight, end.size)
    stratum = codes(strata, "strata", end.size)
    group = stratum if groups is None else codes(groups, "censoring_groups", end.size)
    order = _canonical(end, stratum, (begin, outcome, load, group, *matrix.T))
    stratum, group = stratum[order], group[order]
    cell, cell_stratum, cell_group = _cells(stratum, group)
    return SubdistributionRows(
        order, begin[order], end[order], outcome[order], load[order],
        np.ascontiguousarray(matrix[order]), stratum, group, cell, cell_stratum, cell_group,
    )  # fmt: skip


def event_grid(rows: SubdistributionRows) -> EventGrid:
    """Grid of the events of interest and the places of every row on it."""
    strata = int(rows.stratum[-1]) + 1 if rows.stratum.size else 0
    bounds = np.searchsorted(rows.stratum, np.arange(strata + 1))
    entry, leave = np.zeros(rows.stop.size, dtype=np.int64), np.zeros(rows.stop.size, dtype=np.int64)
    ticks: list[Int32] = []
    first = np.zeros(strata + 1, dtype=np.int64)
    for s in range(strata):
        block = slice(int(bounds[s]), int(bounds[s + 1]))
        grid = distinct(rows.stop[block][rows.outcome[block] == INTEREST])
        entry[block] = first[s] + rank(grid, rows.start[block])
        leave[block] = first[s] + rank(grid, rows.stop[block])
        first[s + 1] = first[s] + grid.size
        ticks.append(grid)
    tick = np.concatenate(ticks) if ticks else np.zeros(0, dtype=np.int32)
    mine = rows.outcome == INTEREST
    events = np.bincount(leave[mine] - 1, weights=rows.weight[mine], minlength=tick.size)
    return EventGrid(tick, first, events.astype(np.float64), entry, leave)


def _entries(start: npt.ArrayLike | None, stop: Int32) -> Int32:
    """Entry ticks; without `start` everybody is under observation before the first stop."""
    if start is None:
        return np.full(stop.size, int(stop.min()) - 1 if stop.size else 0, dtype=np.int32)
    begin = int32(start, "start")
    same_length(stop.size, start=begin)
    wrong = np.flatnonzero(begin >= stop)
    if wrong.size:
        row = wrong[0]
        raise ValueError(
            f"row {row}: start {begin[row]} is not before stop {stop[row]}; a row is (start, stop]"
        )
    return begin


def _canonical(stop: Int32, stratum: Int32, content: tuple[npt.NDArray[np.generic], ...]) -> Int64:
    """Order by stratum, stop, then a mixture of the bits of the content (equal rows are interchangeable)."""
    mixed = np.zeros(stop.size, dtype=np.uint64)
    multiplier = np.uint64(6364136223846793005)  # odd: multiplication modulo 2**64 loses nothing
    for column in content:
        bits = (np.asarray(column, dtype=np.float64) + 0.0).view(np.uint64)  # + 0.0: -0.0 becomes 0.0
        mixed = (mixed ^ (mixed >> np.uint64(29)) ^ bits) * multiplier
    order: Int64 = np.argsort(mixed, kind="stable")
    order = order[argsort(np.ascontiguousarray(stop[order]))]
    if stratum.size and stratum.any():
        order = order[argsort(np.ascontiguousarray(stratum[order]))]
    return order


def _cells(stratum: Int32, group: Int32) -> tuple[Int32, Int32, Int32]:
    width = np.int64(int(group.max()) + 1 if group.size else 1)
    pair, cell = np.unique(stratum * width + group, return_inverse=True)
    return cell.astype(np.int32), (pair // width).astype(np.int32), (pair % width).astype(np.int32)


def competing(rows: SubdistributionRows) -> Bool:
    """Rows that stay in the risk set after their competing event."""
    return rows.outcome == COMPETING
