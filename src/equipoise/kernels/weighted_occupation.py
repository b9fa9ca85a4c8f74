"""Aalen-Johansen occupation with weights that change in time by closed forms.

The estimator is that of `aalen_johansen`, with at_risk Y_j(u) and moves dN_jk(u) weighted with

    w_i(u) = omega_i min(W_i(u), cap),                                                                (9.23)

where W_i is a weight path (`weight_path`), read at every transition tick u inside the risk set, and omega_i a
case weight. A patient whose W has become 0 is no longer at risk. Time is O(patients x ticks), memory
O(pieces + ticks); `weighted_influence` differentiates the answers.
"""

from typing import NamedTuple

import numpy as np

from equipoise.kernels.aalen_johansen import arrows
from equipoise.kernels.arrays import Bool, Float64, Int16, Int32
from equipoise.kernels.counting_sort import distinct, rank
from equipoise.kernels.jit import jit
from equipoise.kernels.rows import Rows
from equipoise.kernels.weight_path import Levels, WeightPath, piece_weight


class Frame(NamedTuple):
    """Rows laid out once for any number of weightings.

    Attributes
    ----------
    patient, origin, target, from_, to
        Of each row: who, states, first transition tick at risk, and the first one after it.
    time : int32[E], transition ticks
    arrow_origin, arrow_target : int16[A]
    arrow : int32[S, S], number of an arrow or -1
    initial : float64[S], fixed probabilities at time zero
    """

    patient: Int32
    origin: Int16
    target: Int16
    from_: Int32
    to: Int32
    time: Int32
    arrow_origin: Int16
    arrow_target: Int16
    arrow: Int32
    initial: Float64


class Course(NamedTuple):
    """A weighted occupation.

    Attributes
    ----------
    at_risk : float64[E, S], just before each tick
    moves : float64[E, A]
    probability : float64[E + 1, S], at time zero and right after each tick
    """

    at_risk: Float64
    moves: Float64
    probability: Float64


class Asked(NamedTuple):
    """Answers that are linear in the occupation.

    Attributes
    ----------
    tick : int32[F], last tick that counts
    day : float64[F], day up to which an area goes
    state : float64[F, S], what each state counts
    is_area : bool[F], whether it is the integral up to the day instead of the value at the tick
    """

    tick: Int32
    day: Float64
    state: Float64
    is_area: Bool


def frame(rows: Rows, initial: Float64) -> Frame:
    """Lay out rows of weight 1.

    Parameters
    ----------
    rows
        Sorted by patient and start, as `Rows` are.
    initial : float64[S]
        Probabilities at time zero, held fixed.
    """
    time = distinct(rows.stop[rows.target >= 0])
    origin, target, arrow = arrows(rows)
    return Frame(
        rows.patient, rows.origin, rows.target, rank(time, rows.start), rank(time, rows.stop), time, origin,
        target, arrow, np.ascontiguousarray(initial, dtype=np.float64),
    )  # fmt: skip


def course(laid: Frame, path: WeightPath, found: Levels, omega: Float64, cap: float) -> Course:
    """Occupation under the weights.

    Parameters
    ----------
    laid, path, found
        Rows, pieces of the weights, and their levels.
    omega : float64[n]
        Case weights; 0 leaves a patient out.
    cap
        Largest weight; infinity for none.
    """
    at_risk, moves = _sums(laid, path, found, omega, cap)
    return Course(at_risk, moves, _occupation(laid, at_risk, moves))


def answers(laid: Frame, found: Course, days: Float64, asked: Asked) -> Float64:
    """Values of the answers, float64[F]."""
    place = np.searchsorted(laid.time, asked.tick, side="right")
    values = np.einsum("fs,fs->f", found.probability[place], asked.state)
    if bool(asked.is_area.any()):
        begins = np.concatenate(([0.0], days))
        for f in np.flatnonzero(asked.is_area):
            ends = np.minimum(np.append(begins[1:], np.inf), asked.day[f])
            width = np.maximum(ends - begins, 0.0)
            values[f] = float(np.sum(width * (found.probability @ asked.state[f])))
    return values


@jit
def _sums(
    laid: Frame, path: WeightPath, found: Levels, omega: Float64, cap: float
) -> tuple[Float64, Float64]:
    ticks, states = laid.time.size, laid.initial.size
    at_risk, moves = np.zeros((ticks, states)), np.zeros((ticks, laid.arrow_origin.size))
    m, last = 0, -1
    for i in range(laid.patient.size):
        who = laid.patient[i]
        if who != last:
            m, last = int(path.first[who]), who
        if omega[who] <= 0.0:
            continue
        j = laid.origin[i]
        for u in range(laid.from_[i], laid.to[i]):
            bin_, weight = laid.time[u] >> 1, 1.0
            if bin_ > 0:
                while path.stop[m] < bin_ and m + 1 < path.first[who + 1]:
                    m += 1
                if found.level[m] <= 0.0:
                    break
                into = int(bin_ - path.start[m])
                weight = piece_weight(path, m, float(found.level[m]), float(found.slope[m]), into)
            weight = omega[who] * min(weight, cap)
            at_risk[u, j] += weight
            if u == laid.to[i] - 1 and laid.target[i] >= 0:
                moves[u, laid.arrow[j, laid.target[i]]] += weight
    return at_risk, moves


@jit
def _occupation(laid: Frame, at_risk: Float64, moves: Float64) -> Float64:
    ticks, states = at_risk.shape
    out = np.empty((ticks + 1, states))
    out[0] = laid.initial
    left = np.zeros(states)
    for u in range(ticks):
        left[:] = 0.0
        for a in range(laid.arrow_origin.size):
            left[laid.arrow_origin[a]] += moves[u, a]
        for j in range(states):
            # (Y - d) / Y rather than 1 - d / Y: exactly 0 when everybody leaves.
            stays = (at_risk[u, j] - left[j]) / at_risk[u, j] if left[j] > 0.0 else 1.0
            out[u + 1, j] = out[u, j] * stays
        for a in range(laid.arrow_origin.size):
            if moves[u, a] > 0.0:
                j = laid.arrow_origin[a]
                out[u + 1, laid.arrow_target[a]] += out[u, j] * moves[u, a] / at_risk[u, j]
    return out
