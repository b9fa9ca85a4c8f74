"""Weighted numbers at risk, leaving by cause and entering, on the distinct ticks at which anybody leaves.

One pass over the patients with a table over the ticks instead of a sort: O(n + range).
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from equipoise.kernels.arrays import Bool, Float64, Int16, Int32, case_weights, int32, same_length
from equipoise.kernels.counting_sort import dense, distinct, rank
from equipoise.kernels.exact_sum import grid, high_part, low_part
from equipoise.kernels.jit import jit


class Tally(NamedTuple):
    """`time` int32[K]; `at_risk` float64[K]; `leaving` float64[K, 1 + causes], column 0 = censored."""

    time: Int32
    at_risk: Float64
    leaving: Float64


def tally(
    stop: npt.ArrayLike, cause: Int16, start: npt.ArrayLike | None, weight: npt.ArrayLike | None, causes: int
) -> Tally:
    """Count the rows ``(start, stop]`` by the tick and cause of leaving; at risk at u: start < u <= stop.

    Parameters
    ----------
    stop, start : ticks; without `start` everybody is at risk from the beginning.
    cause : 0 = censored, 1 .. causes.
    weight : positive case weights, default 1.
    """
    end = int32(stop, "stop")
    same_length(end.size, cause=cause)
    if end.size == 0:
        return Tally(end, np.zeros(0), np.zeros((0, causes + 1)))
    begin = _entries(start, end)
    load = np.zeros(0) if weight is None else case_weights(weight, end.size)
    # Every row enters and leaves once: 2 n terms in a running sum.
    coarse, fine = grid(float(load.max()) if load.size else 1.0, 2 * end.size)
    lowest, highest = int(end.min()), int(end.max())
    if dense(lowest, highest, end.size):
        width = highest - lowest + 1
        index, at_risk, leaving = _tally(
            _Leaving(end, begin, cause, load), lowest, width, causes, coarse, fine
        )
        return Tally((index + lowest).astype(np.int32), at_risk, leaving)
    time = distinct(end)
    # On the grid of leaving ticks, a row entering at `start` is first at risk at place rank(start).
    compressed = _Leaving(rank(time, end) - np.int32(1), rank(time, begin) - np.int32(1), cause, load)
    _, at_risk, leaving = _tally(compressed, 0, time.size, causes, coarse, fine)
    return Tally(time, at_risk, leaving)


class _Leaving(NamedTuple):
    stop: Int32
    start: Int32  # empty: all at risk from the beginning
    cause: Int16
    weight: Float64  # empty: all 1


def _entries(start: npt.ArrayLike | None, stop: Int32) -> Int32:
    if start is None:
        return np.zeros(0, dtype=np.int32)
    begin = int32(start, "start")
    same_length(stop.size, start=begin)
    wrong = np.flatnonzero(begin >= stop)
    if wrong.size:
        row = wrong[0]
        raise ValueError(
            f"row {row}: start {begin[row]} is not before stop {stop[row]}; a row is (start, stop]"
        )
    return begin


@jit
def _tally(
    rows: _Leaving, lowest: int, width: int, causes: int, coarse: float, fine: float
) -> tuple[Int32, Float64, Float64]:
    high = np.zeros((width, causes + 1))
    low = np.zeros((width, causes + 1))
    enter_high = np.zeros(width)
    enter_low = np.zeros(width)
    somebody = np.zeros(width, dtype=np.bool_)  # a tick counts even if all its weights vanish beside the rest
    weighted = rows.weight.size > 0
    delayed = rows.start.size > 0
    if not weighted and not delayed:
        for i in range(rows.stop.size):
            high[rows.stop[i] - lowest, rows.cause[i]] += 1.0
            somebody[rows.stop[i] - lowest] = True
        enter_high[0] = rows.stop.size
    else:
        for i in range(rows.stop.size):
            weight = rows.weight[i] if weighted else 1.0
            large = high_part(weight, coarse)
            small = low_part(weight, large, fine)
            tick = rows.stop[i] - lowest
            high[tick, rows.cause[i]] += large
            low[tick, rows.cause[i]] += small
            somebody[tick] = True
            first = max(np.int64(rows.start[i]) - lowest + 1, 0) if delayed else 0
            enter_high[first] += large
            enter_low[first] += small
    return _compress(somebody, high, low, enter_high, enter_low)


@jit
def _compress(
    somebody: Bool, high: Float64, low: Float64, enter_high: Float64, enter_low: Float64
) -> tuple[Int32, Float64, Float64]:
    """Keep the ticks at which anybody leaves, with the running number at risk just before each."""
    width, columns = high.shape
    index = np.empty(width, dtype=np.int32)
    at_risk = np.empty(width)
    leaving = np.empty((width, columns))
    count = 0
    risk_high, risk_low = 0.0, 0.0
    for x in range(width):
        risk_high += enter_high[x]
        risk_low += enter_low[x]
        gone_high, gone_low = 0.0, 0.0
        for c in range(columns):
            gone_high += high[x, c]
            gone_low += low[x, c]
        if somebody[x]:
            index[count] = x
            at_risk[count] = risk_high + risk_low
            for c in range(columns):
                leaving[count, c] = high[x, c] + low[x, c]
            count += 1
            risk_high -= gone_high
            risk_low -= gone_low
    return index[:count].copy(), at_risk[:count].copy(), leaving[:count].copy()
