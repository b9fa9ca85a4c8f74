"""State occupation under many sets of patient multipliers (weighted bootstrap), the rows sorted once.

Draw b is `aalen_johansen` of the same rows with weight multiplied by multipliers[b, patient].  Draws
advance together in blocks of LANES through one sweep over time, so each row is read once a block.
Multipliers: multinomial counts (Efron 1979) or exponential weights (Rubin 1981), drawn by the caller.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from equipoise.kernels.aalen_johansen import transition_ticks
from equipoise.kernels.arrays import Float64, Int16, Int32, Int64, int32
from equipoise.kernels.counting_sort import argsort, rank
from equipoise.kernels.exact_sum import grid, high_part, low_part
from equipoise.kernels.jit import jit
from equipoise.kernels.rows import Rows

LANES = 16


def occupation_draws(
    rows: Rows,
    multipliers: npt.ArrayLike,
    ticks: npt.ArrayLike,
    *,
    begin: int = 0,
    initial: npt.ArrayLike | None = None,
) -> Float64:
    """Occupation probabilities float64[B, T, S] of each draw.

    Parameters
    ----------
    multipliers : float64[B, patients]
        Finite and >= 0.
    ticks : int[T]
        In any order; before `begin` the answer is the initial distribution.
    begin, initial
        As in `aalen_johansen`; without `initial` the shares at `begin` are estimated in each draw, and a draw
        that leaves nobody there is NaN throughout.
    """
    factors = np.ascontiguousarray(multipliers, dtype=np.float64)
    if factors.ndim != 2 or factors.shape[1] != rows.patients:
        raise ValueError(f"multipliers: expected shape (draws, {rows.patients}), found {factors.shape}")
    if not (np.isfinite(factors) & (factors >= 0)).all():
        raise ValueError("multipliers: expected finite numbers >= 0")
    targets, back = np.unique(int32(ticks, "ticks"), return_inverse=True)
    sweep, time = _sweep(rows, begin)
    fixed = np.zeros(0) if initial is None else np.ascontiguousarray(initial, dtype=np.float64)
    largest = float(rows.weight.max(initial=0.0)) * float(factors.max(initial=0.0))
    draws = np.empty((factors.shape[0], targets.size, rows.states))
    scale = grid(largest if largest > 0 else 1.0, 2 * rows.size)
    _draws(sweep, factors, fixed, rank(time, targets), scale, draws)
    return draws[:, back]


class _Sweep(NamedTuple):
    patient: Int32
    origin: Int16
    target: Int16
    weight: Float64
    enter: Int64  # row numbers by the tick u from which they are at risk: enter[enter_first[u] : ...[u + 1]]
    enter_first: Int64
    leave: Int64  # row numbers by the last tick at which they are at risk, likewise
    leave_first: Int64
    there: Int64  # rows that are at risk just after the beginning


def _sweep(rows: Rows, begin: int) -> tuple[_Sweep, Int32]:
    time = transition_ticks(rows, begin)
    first, after = rank(time, rows.start), rank(time, rows.stop)
    counted = np.flatnonzero(first < after)
    enter = counted[argsort(first[counted])]
    leave = counted[argsort(after[counted])]
    there = np.flatnonzero((rows.start <= begin) & (rows.stop > begin))
    sweep = _Sweep(
        rows.patient,
        rows.origin,
        rows.target,
        rows.weight,
        enter,
        _offsets(first[counted], time.size),
        leave,
        _offsets(after[counted] - 1, time.size),
        there,
    )
    return sweep, time


def _offsets(place: npt.NDArray[np.integer], ticks: int) -> Int64:
    return np.concatenate(([0], np.cumsum(np.bincount(place, minlength=ticks)))).astype(np.int64)


@jit
def _draws(
    sweep: _Sweep, factors: Float64, fixed: Float64, ends: Int32, scale: tuple[float, float], draws: Float64
) -> None:
    count, patients = factors.shape
    states = draws.shape[2]
    factor = np.zeros((patients, LANES))
    state = np.empty((4, states, LANES))  # probability, weight at risk (high and low part), weight leaving
    for low in range(0, count, LANES):
        size = min(LANES, count - low)
        for lane in range(size):
            for i in range(patients):
                factor[i, lane] = factors[low + lane, i]
        state[:] = 0.0
        _begin(sweep, factor, fixed, state[0])
        done = 0
        for u in range(sweep.enter_first.size):
            while done < ends.size and ends[done] == u:
                for j in range(states):
                    for lane in range(size):
                        draws[low + lane, done, j] = state[0, j, lane]
                done += 1
            if u + 1 < sweep.enter_first.size:
                _tick(sweep, u, factor, scale, state)


@jit
def _begin(sweep: _Sweep, factor: Float64, fixed: Float64, probability: Float64) -> None:
    states = probability.shape[0]
    if fixed.size > 0:
        for j in range(states):
            probability[j] = fixed[j]
        return
    total = np.zeros(LANES)
    for x in range(sweep.there.size):
        row = sweep.there[x]
        for lane in range(LANES):
            weight = sweep.weight[row] * factor[sweep.patient[row], lane]
            probability[sweep.origin[row], lane] += weight
            total[lane] += weight
    for j in range(states):
        for lane in range(LANES):
            probability[j, lane] /= total[lane]


@jit
def _tick(sweep: _Sweep, u: int, factor: Float64, scale: tuple[float, float], state: Float64) -> None:
    """Enter the rows first at risk at tick u, make its moves, and release the rows that stop there."""
    probability, high, low, left = state[0], state[1], state[2], state[3]
    for x in range(sweep.enter_first[u], sweep.enter_first[u + 1]):
        row = int(sweep.enter[x])
        _add(
            high[sweep.origin[row]],
            low[sweep.origin[row]],
            sweep.weight[row],
            factor[sweep.patient[row]],
            scale,
            1.0,
        )
    states = probability.shape[0]
    ratio = np.zeros((states, LANES))
    for j in range(states):
        for lane in range(LANES):
            risk = high[j, lane] + low[j, lane]
            ratio[j, lane] = probability[j, lane] / risk if risk > 0.0 else 0.0
            left[j, lane] = 0.0
    for x in range(sweep.leave_first[u], sweep.leave_first[u + 1]):
        row = int(sweep.leave[x])
        if sweep.target[row] >= 0:
            j, k = sweep.origin[row], sweep.target[row]
            for lane in range(LANES):
                weight = sweep.weight[row] * factor[sweep.patient[row], lane]
                left[j, lane] += weight
                probability[k, lane] += ratio[j, lane] * weight
    for j in range(states):
        for lane in range(LANES):
            probability[j, lane] -= ratio[j, lane] * left[j, lane]
    for x in range(sweep.leave_first[u], sweep.leave_first[u + 1]):
        row = int(sweep.leave[x])
        _add(
            high[sweep.origin[row]],
            low[sweep.origin[row]],
            sweep.weight[row],
            factor[sweep.patient[row]],
            scale,
            -1.0,
        )


@jit
def _add(
    high: Float64, low: Float64, weight: float, factor: Float64, scale: tuple[float, float], sign: float
) -> None:
    for lane in range(LANES):
        value = weight * factor[lane]
        large = high_part(value, scale[0])
        high[lane] += sign * large
        low[lane] += sign * low_part(value, large, scale[1])
