"""The passes behind `influence`: backward through the ticks, then forward through the units in blocks.

Equation numbers are those of `influence`.
"""

from typing import NamedTuple

import numpy as np

from equipoise.kernels.arrays import Float64, Int16, Int32, Int64
from equipoise.kernels.jit import jit

LANES = 48  # units advanced together: one matrix element is applied to all of them by vector instructions


PROBABILITY, INTEGRAL = 0, 1  # which half of the columns Q a result is read from


class Backward(NamedTuple):
    """Tables of the backward pass; Q = S, or 2 S with the integral in the second half.

    Place p of interval m is stored at p + m, because both ends of an interval have a place of their own.
    """

    step: Float64  # [T, 2 S, Q]: M over the whole interval, then -D at its beginning
    reach: Float64  # [K + T, S, Q]: R
    drag: Float64  # [K + T, S, Q]: D
    lever: Float64  # [K, S]: P_j(u-) / Y_j(u)


class Paths(NamedTuple):
    """Rows grouped by unit: unit i has the rows first[i] .. first[i + 1] - 1 of `row`."""

    first: Int64
    row: Int64
    origin: Int16
    target: Int16
    weight: Float64
    enter: Int32  # interval in which the row starts; -1: at risk from the beginning; T: after the last target
    leave: Int32  # interval in which the row stops; T: after the last target
    enter_place: Int32
    leave_place: Int32
    at_start: Float64  # [S, S]: start value of the influence for a unit weight in each state


class Increments(NamedTuple):
    """The counts of an `Occupation`."""

    at_risk: Float64
    transitions: Float64
    origin: Int16
    target: Int16


@jit
def backward_pass(
    ends: Int32, lever: Float64, counts: Increments, days: Float64
) -> tuple[Float64, Float64, Float64]:
    """Fill `step`, `reach` and `drag` of `Backward`.

    `ends` is the number of ticks up to each target; `days` is empty, or the day of begin, of each tick, of
    each target.
    """
    ticks, states = lever.shape
    intervals = ends.size
    width = 2 * states if days.size > 0 else states
    step = np.zeros((intervals, 2 * states, width))
    reach, drag = np.zeros((ticks + intervals, states, width)), np.zeros((ticks + intervals, states, width))
    for m in range(intervals):
        low, high = (ends[m - 1] if m > 0 else 0), ends[m]
        for j in range(states):
            reach[high + m, j, j] = 1.0
        for u in range(high, low, -1):
            if days.size > 0:
                # From tick u - 1 (days[u]) to the next tick of this interval, or to its end.
                after = days[u + 1] if u < high else days[ticks + 1 + m]
                for j in range(states):
                    reach[u + m, j, states + j] += after - days[u]
            _back_one_tick(u - 1, m, lever, counts, reach, drag)
        if days.size > 0:
            since = days[0] if m == 0 else days[ticks + m]
            until = days[low + 1] if low < high else days[ticks + 1 + m]
            for j in range(states):
                reach[low + m, j, states + j] += until - since
        for j in range(states):
            for q in range(width):
                step[m, j, q] = reach[low + m, j, q]
                step[m, states + j, q] = -drag[low + m, j, q]
    return step, reach, drag


@jit
def _back_one_tick(u: int, m: int, lever: Float64, counts: Increments, reach: Float64, drag: Float64) -> None:
    width = reach.shape[2]
    now, later = u + m, u + 1 + m
    for j in range(reach.shape[1]):  # loops: assigning slices would double the time that compiling takes
        for q in range(width):
            reach[now, j, q], drag[now, j, q] = reach[later, j, q], drag[later, j, q]
    for a in range(counts.origin.size):
        if counts.transitions[u, a] > 0.0:
            j, k = counts.origin[a], counts.target[a]
            hazard = counts.transitions[u, a] / counts.at_risk[u, j]
            for q in range(width):
                pull = hazard * (reach[later, k, q] - reach[later, j, q])
                reach[now, j, q] += pull
                drag[now, j, q] += lever[u, j] * pull


class _Ends(NamedTuple):
    """Row ends of one block, as linked lists by interval: 2 r is the start of row r, 2 r + 1 its stop."""

    row: Int64
    head: Int64  # [T]
    following: Int64  # [2 rows]; -1 ends a list
    lane: Int64  # [rows]


@jit
def _advance(block: int, grouped: Paths, tables: Backward, course: Float64) -> None:
    """Equation (3): fill course[T, Q, LANES] for the units of one block."""
    intervals, width, _ = course.shape
    states = tables.lever.shape[1]
    now = np.zeros((2 * states, LANES))
    ends = _enlist(block, grouped, now, intervals)
    course[:] = 0.0
    for m in range(intervals):
        if m > 0 and width > states:
            _copy(course[m - 1], course[m], states, width)  # an integral goes on from where it was
        _propagate(tables.step[m], now, course[m])
        _apply_ends(ends, m, grouped, tables, course[m], now)
        _copy(course[m], now, 0, states)


@jit
def _enlist(block: int, grouped: Paths, now: Float64, intervals: int) -> _Ends:
    """Sort the row ends of a block by interval; rows at risk from the beginning go into `now`."""
    states = now.shape[0] // 2
    low, high = block * LANES, min((block + 1) * LANES, grouped.first.size - 1)
    first, rows = grouped.first[low], grouped.first[high] - grouped.first[low]
    head, following = np.full(intervals, -1, dtype=np.int64), np.empty(2 * rows, dtype=np.int64)
    lane = np.empty(rows, dtype=np.int64)
    for i in range(low, high):
        for r in range(grouped.first[i] - first, grouped.first[i + 1] - first):
            row = grouped.row[first + r]
            lane[r] = i - low
            enter, leave = grouped.enter[row], grouped.leave[row]
            if enter < 0:
                j, weight = grouped.origin[row], grouped.weight[row]
                now[states + j, i - low] += weight
                for k in range(states):
                    now[k, i - low] += weight * grouped.at_start[j, k]
            elif enter < intervals:
                following[2 * r] = head[enter]
                head[enter] = 2 * r
            if leave < intervals:
                following[2 * r + 1] = head[leave]
                head[leave] = 2 * r + 1
    return _Ends(grouped.row[first : first + rows], head, following, lane)


@jit
def _copy(source: Float64, destination: Float64, first: int, last: int) -> None:
    for q in range(first, last):
        for lane in range(LANES):
            destination[q, lane] = source[q, lane]


@jit
def _propagate(step: Float64, now: Float64, result: Float64) -> None:
    for q in range(result.shape[0]):
        for s in range(now.shape[0]):
            factor = step[s, q]
            if factor != 0.0:  # most arrows do not exist
                for lane in range(LANES):
                    result[q, lane] += factor * now[s, lane]


@jit
def _apply_ends(ends: _Ends, m: int, grouped: Paths, tables: Backward, result: Float64, now: Float64) -> None:
    """Second and third line of equation (3) for interval m."""
    width, states = result.shape[0], now.shape[0] // 2
    end = ends.head[m]
    while end >= 0:
        row, lane = ends.row[end // 2], ends.lane[end // 2]
        weight, j, k = grouped.weight[row], grouped.origin[row], grouped.target[row]
        if end % 2 == 0:
            place = grouped.enter_place[row] + m
            for q in range(width):
                result[q, lane] -= weight * tables.drag[place, j, q]
            now[states + j, lane] += weight
        else:
            place = grouped.leave_place[row] + m
            for q in range(width):
                result[q, lane] += weight * tables.drag[place, j, q]
            now[states + j, lane] -= weight
            if k >= 0:
                lever = weight * tables.lever[grouped.leave_place[row] - 1, j]
                for q in range(width):
                    result[q, lane] += lever * (tables.reach[place, k, q] - tables.reach[place, j, q])
        end = ends.following[end]


@jit
def sum_of_squares(grouped: Paths, tables: Backward, contrast: Float64, half: int) -> Float64:
    """Sum over the units of the squared influence on each functional at each target, float64[T, F]."""
    intervals, _, width = tables.step.shape
    states, functionals = contrast.shape
    offset = half * states
    course = np.zeros((intervals, width, LANES))
    squares = np.zeros((intervals, functionals, LANES))
    value = np.empty(LANES)
    for block in range((grouped.first.size - 1 + LANES - 1) // LANES):
        _advance(block, grouped, tables, course)
        for m in range(intervals):
            for f in range(functionals):
                value[:] = 0.0
                for j in range(states):
                    factor = contrast[j, f]
                    if factor != 0.0:
                        for lane in range(LANES):
                            value[lane] += factor * course[m, offset + j, lane]
                for lane in range(LANES):
                    squares[m, f, lane] += value[lane] * value[lane]
    total = np.zeros((intervals, functionals))
    for m in range(intervals):
        for f in range(functionals):
            for lane in range(LANES):
                total[m, f] += squares[m, f, lane]
    return total


@jit
def last_values(grouped: Paths, tables: Backward) -> Float64:
    """Influence float64[units, Q] of each unit at the last target."""
    intervals, _, width = tables.step.shape
    units = grouped.first.size - 1
    values = np.empty((units, width))
    course = np.zeros((intervals, width, LANES))
    for block in range((units + LANES - 1) // LANES):
        _advance(block, grouped, tables, course)
        for lane in range(min(LANES, units - block * LANES)):
            for q in range(width):
                values[block * LANES + lane, q] = course[intervals - 1, q, lane]
    return values
