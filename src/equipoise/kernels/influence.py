"""Infinitesimal-jackknife (IJ) variance of Aalen-Johansen probabilities in O(rows + ticks) a target time.

The influence U_i(t) is the derivative of P(t) with respect to a multiplier on all weights of unit i (a patient, or a
cluster of patients), and Var P(t) = sum_i U_i(t) U_i(t)'.  With w the weight of a row in state j on (a, b]:

    U_i(u) = U_i(u-) (I + dA(u)) + P(u-) dU^A_i(u)                                                      (1)
    (dU^A_i)_jk = w [dN_ijk(u) - 1{i at risk in j} dA_jk(u)] / Y_j(u),  j != k;  diagonal = - row sum

(Aalen-Johansen as a differentiable functional: Andersen et al. 1993, IV.4; Therneau, survival vignette
"IJ".)  Done literally, (1) costs ticks x patients.  Instead the time axis is cut at the target times.
Within (s, t] a backward pass gives, for each place u, R(u) = M(u, t), the transition matrix after u, and
the drag of staying in j from u to t,

    D_j(u) = sum over ticks v in (u, t] of P_j(v-) / Y_j(v) sum_k dA_jk(v) (R_k(v) - R_j(v))            (2)

so that a unit which at s carries influence U and weights a_j in the states j steps to t by

    U(t) = U(s) M(s, t) - sum_j a_j D_j(s)                                                              (3)
           + for a row entering j at u in (s, t]:   - w D_j(u)
           + for a row leaving j at u for k:        + w D_j(u) + w P_j(u-) / Y_j(u) (R_k(u) - R_j(u))

(no second term if it leaves without a transition).  Only (3) is done for each unit, in blocks of LANES
units. Unknown initial shares p0 give row i in state j at the beginning the start value w (e_j - p0) / W.
The influence on the integral of P is carried along by widening R with the integral of M(u, x) dx over x in
(u, t].
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from equipoise.kernels.aalen_johansen import Occupation
from equipoise.kernels.arrays import Float64, Int16, Int32, Int64, int32
from equipoise.kernels.counting_sort import argsort, rank
from equipoise.kernels.jit import jit
from equipoise.kernels.rows import Rows

LANES = 32  # units advanced together: one matrix element is applied to all of them by vector instructions


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
    enter: Int32  # interval in which the row starts; -1: at the beginning; T: never at risk before the last target
    leave: Int32  # interval in which the row stops; T: after the last target
    enter_place: Int32
    leave_place: Int32
    at_start: Float64  # [S, S]: start value of the influence for a unit weight in each state


def standard_error(
    rows: Rows,
    occupation: Occupation,
    ticks: npt.ArrayLike,
    *,
    cluster: npt.ArrayLike | None = None,
    contrast: npt.ArrayLike | None = None,
) -> Float64:
    """IJ standard errors float64[T, F] of the functionals P(tick) @ contrast.

    Parameters ---------- rows : the rows from which `occupation` was computed. ticks : target times[T], in
    any order; at or before `occupation.begin` the error is that of the initial shares. cluster :
    int[patients], the unit of variance; default each patient. contrast : float64[S, F], default the
    identity (F = S, all states).
    """
    wanted = _targets(occupation, ticks)
    functional = _contrast(contrast, rows.states)
    targets, back = np.unique(wanted, return_inverse=True)
    squares = _variances(
        paths(rows, occupation, targets, cluster),
        backward(occupation, targets, np.zeros(0)),
        functional,
        integral=False,
    )
    return np.sqrt(squares)[back]


def influence(
    rows: Rows, occupation: Occupation, tick: int, *, contrast: npt.ArrayLike | None = None
) -> Float64:
    """Influence float64[patients, F] of each patient on P(tick) @ contrast; patients without rows have 0."""
    return _final(rows, occupation, tick, None) @ _contrast(contrast, rows.states)


def covariance(
    rows: Rows, occupation: Occupation, tick: int, *, cluster: npt.ArrayLike | None = None
) -> Float64:
    """IJ covariance float64[S, S] of the occupation probabilities at `tick`."""
    values = _final(rows, occupation, tick, cluster)
    # einsum without optimisation sums in a fixed order whatever the number of BLAS threads.
    return np.einsum("ij,ik->jk", values, values, optimize=False)


def integral_standard_error(
    rows: Rows,
    occupation: Occupation,
    horizons: Int32,
    days: Float64,
    cluster: npt.ArrayLike | None,
    contrast: npt.ArrayLike | None,
) -> Float64:
    """IJ standard errors float64[T, F] of the integral of P @ contrast from begin to each horizon (see `days_of`).

    `days` holds the day of begin, of each transition tick, then of each distinct ascending horizon.
    """
    targets, back = np.unique(_targets(occupation, horizons), return_inverse=True)
    functional = _contrast(contrast, rows.states)
    tables = backward(occupation, targets, days)
    return np.sqrt(_variances(paths(rows, occupation, targets, cluster), tables, functional, integral=True))[
        back
    ]


def paths(rows: Rows, occupation: Occupation, targets: Int32, cluster: npt.ArrayLike | None) -> Paths:
    """Group the rows by unit and locate their ends among the transition ticks and the intervals between targets."""
    unit = rows.patient if cluster is None else _clusters(cluster, rows.patients)[rows.patient]
    row = argsort(unit)
    units = int(unit.max()) + 1 if unit.size else 0
    if cluster is None:
        units = rows.patients
    first = np.concatenate(([0], np.cumsum(np.bincount(unit, minlength=units))))
    begin, last = occupation.begin, targets.size
    seen = rows.stop > begin
    # Number of targets < u: the interval (targets[m - 1], targets[m]] that contains u.
    enter = np.where(rows.start <= begin, -1, rank(targets, rows.start - np.int32(1)))
    leave = rank(targets, rows.stop - np.int32(1))
    return Paths(
        first.astype(np.int64),
        row,
        rows.origin,
        rows.target,
        rows.weight,
        np.where(seen, enter, last).astype(np.int32),
        np.where(seen, leave, last).astype(np.int32),
        rank(occupation.time, rows.start),
        rank(occupation.time, rows.stop),
        _at_start(rows, occupation),
    )


def backward(occupation: Occupation, targets: Int32, days: Float64) -> Backward:
    """Equation (2) for every interval between targets; with `days`, also for the integrals."""
    before = np.concatenate((occupation.initial[np.newaxis], occupation.probability))[:-1]
    lever = np.divide(before, occupation.at_risk, out=np.zeros_like(before), where=occupation.at_risk > 0)
    step, reach, drag = _backward(
        rank(occupation.time, targets),
        lever,
        _Increments(occupation.at_risk, occupation.transitions, occupation.origin, occupation.target),
        days,
    )
    return Backward(step, reach, drag, lever)


def _targets(occupation: Occupation, ticks: npt.ArrayLike) -> Int32:
    return np.maximum(int32(ticks, "ticks"), np.int32(occupation.begin)).astype(np.int32)


def _contrast(contrast: npt.ArrayLike | None, states: int) -> Float64:
    if contrast is None:
        return np.eye(states)
    functional = np.ascontiguousarray(contrast, dtype=np.float64)
    if functional.ndim != 2 or functional.shape[0] != states:
        raise ValueError(f"contrast: expected shape ({states}, functionals), found {functional.shape}")
    return functional


def _clusters(cluster: npt.ArrayLike, patients: int) -> Int32:
    labels = int32(cluster, "cluster")
    if labels.size != patients:
        raise ValueError(f"cluster: {labels.size} entries, expected one for each of the {patients} patients")
    return np.unique(labels, return_inverse=True)[1].astype(np.int32)


def _at_start(rows: Rows, occupation: Occupation) -> Float64:
    if not occupation.initial_estimated:
        return np.zeros((rows.states, rows.states))
    there = (rows.start <= occupation.begin) & (rows.stop > occupation.begin)
    return (np.eye(rows.states) - occupation.initial) / rows.weight[there].sum()


def _variances(grouped: Paths, tables: Backward, contrast: Float64, *, integral: bool) -> Float64:
    return _sum_of_squares(grouped, tables, contrast, integral)


def _final(rows: Rows, occupation: Occupation, tick: int, cluster: npt.ArrayLike | None) -> Float64:
    targets = _targets(occupation, np.array([tick]))
    return _last_values(paths(rows, occupation, targets, cluster), backward(occupation, targets, np.zeros(0)))


class _Increments(NamedTuple):
    at_risk: Float64
    transitions: Float64
    origin: Int16
    target: Int16


@jit
def _backward(
    ends: Int32, lever: Float64, counts: _Increments, days: Float64
) -> tuple[Float64, Float64, Float64]:
    """`days`: empty, or of begin, of each tick, and of each target; `ends`: number of ticks up to each target."""
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
            step[m, j] = reach[low + m, j]
            step[m, states + j] = -drag[low + m, j]
    return step, reach, drag


@jit
def _back_one_tick(
    u: int, m: int, lever: Float64, counts: _Increments, reach: Float64, drag: Float64
) -> None:
    states, width = reach.shape[1:]
    now, later = u + m, u + 1 + m
    reach[now] = reach[later]
    drag[now] = drag[later]
    for a in range(counts.origin.size):
        if counts.transitions[u, a] > 0.0:
            j, k = counts.origin[a], counts.target[a]
            hazard = counts.transitions[u, a] / counts.at_risk[u, j]
            for q in range(width):
                pull = hazard * (reach[later, k, q] - reach[later, j, q])
                reach[now, j, q] += pull
                drag[now, j, q] += lever[u, j] * pull


@jit
def _advance(block: int, grouped: Paths, tables: Backward, course: Float64) -> None:
    """Equation (3): fill course[T, Q, LANES] for the units of one block."""
    intervals, _, width = tables.step.shape
    states = tables.lever.shape[1]
    units = grouped.first.size - 1
    low, high = block * LANES, min((block + 1) * LANES, units)
    first, rows = grouped.first[low], grouped.first[high] - grouped.first[low]
    # Linked lists of the row ends by interval: even = a row enters, odd = it leaves.
    head, following = np.full(intervals, -1, dtype=np.int64), np.empty(2 * rows, dtype=np.int64)
    lane = np.empty(rows, dtype=np.int64)
    now = np.zeros((2 * states, LANES))
    area = np.zeros((width - states, LANES))
    for i in range(low, high):
        for r in range(grouped.first[i], grouped.first[i + 1]):
            row = grouped.row[r]
            lane[r - first] = i - low
            if grouped.enter[row] < 0:
                now[states + grouped.origin[row], i - low] += grouped.weight[row]
                for k in range(states):
                    now[k, i - low] += grouped.weight[row] * grouped.at_start[grouped.origin[row], k]
            elif grouped.enter[row] < intervals:
                following[2 * (r - first)] = head[grouped.enter[row]]
                head[grouped.enter[row]] = 2 * (r - first)
            if grouped.leave[row] < intervals:
                following[2 * (r - first) + 1] = head[grouped.leave[row]]
                head[grouped.leave[row]] = 2 * (r - first) + 1
    for m in range(intervals):
        _propagate(tables.step[m], now, area, course[m])
        end = head[m]
        while end >= 0:
            _row_end(
                grouped,
                tables,
                grouped.row[first + end // 2],
                end % 2,
                m,
                course[m, :, lane[end // 2]],
                now[states:, lane[end // 2]],
            )
            end = following[end]
        now[:states] = course[m, :states]
        area[:] = course[m, states:]


@jit
def _propagate(step: Float64, now: Float64, area: Float64, result: Float64) -> None:
    states = now.shape[0] // 2
    for q in range(result.shape[0]):
        if q < states:
            result[q] = 0.0
        else:
            result[q] = area[q - states]
        for s in range(now.shape[0]):
            factor = step[s, q]
            if factor != 0.0:
                for lane in range(LANES):
                    result[q, lane] += factor * now[s, lane]


@jit
def _row_end(
    grouped: Paths, tables: Backward, row: int, leaves: int, m: int, result: Float64, load: Float64
) -> None:
    weight, j, k = grouped.weight[row], grouped.origin[row], grouped.target[row]
    if leaves == 0:
        place = grouped.enter_place[row] + m
        for q in range(result.size):
            result[q] -= weight * tables.drag[place, j, q]
        load[j] += weight
    else:
        place = grouped.leave_place[row] + m
        for q in range(result.size):
            result[q] += weight * tables.drag[place, j, q]
        load[j] -= weight
        if k >= 0:
            lever = weight * tables.lever[grouped.leave_place[row] - 1, j]
            for q in range(result.size):
                result[q] += lever * (tables.reach[place, k, q] - tables.reach[place, j, q])


@jit
def _sum_of_squares(grouped: Paths, tables: Backward, contrast: Float64, integral: bool) -> Float64:
    intervals, _, width = tables.step.shape
    states, functionals = contrast.shape
    offset = states if integral else 0
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
    for lane in range(LANES):
        total += squares[:, :, lane]
    return total


@jit
def _last_values(grouped: Paths, tables: Backward) -> Float64:
    intervals, _, width = tables.step.shape
    units = grouped.first.size - 1
    values = np.empty((units, width))
    course = np.zeros((intervals, width, LANES))
    for block in range((units + LANES - 1) // LANES):
        _advance(block, grouped, tables, course)
        for lane in range(min(LANES, units - block * LANES)):
            values[block * LANES + lane] = course[intervals - 1, :, lane]
    return values
