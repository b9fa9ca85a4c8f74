"""Infinitesimal-jackknife (IJ) variance of Aalen-Johansen probabilities in O(rows + ticks) a target time.

The influence U_i(t) is the derivative of P(t) with respect to a multiplier on all weights of unit i (a
patient, or a cluster of patients), and Var P(t) = sum_i U_i(t) U_i(t)'.  With w the weight of a row:

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
units; memory is O((ticks + targets) S^2), whatever the number of units. Unknown initial shares p0 give row
i in state j at the beginning the start value w (e_j - p0) / W. The influence on the integral of P is
carried along by widening R with the integral of M(u, x) dx over x in (u, t].
"""

import numpy as np
import numpy.typing as npt

from equipoise.kernels.aalen_johansen import Occupation
from equipoise.kernels.arrays import Float64, Int32, int32
from equipoise.kernels.counting_sort import argsort, rank
from equipoise.kernels.influence_steps import (
    INTEGRAL,
    PROBABILITY,
    Backward,
    Increments,
    Paths,
    backward_pass,
    last_values,
    sum_of_squares,
)
from equipoise.kernels.rows import Rows


def standard_error(
    rows: Rows,
    occupation: Occupation,
    ticks: npt.ArrayLike,
    *,
    cluster: npt.ArrayLike | None = None,
    contrast: npt.ArrayLike | None = None,
) -> Float64:
    """IJ standard errors float64[T, F] of the functionals P(tick) @ contrast.

    Parameters
    ----------
    rows : Rows
        Those from which `occupation` was computed.
    ticks : int[T]
        Target times in any order; at or before `occupation.begin` the error is that of the initial shares.
    cluster : int[patients]
        Unit of variance; default each patient.
    contrast : float64[S, F]
        Default the identity (F = S, all states).
    """
    wanted = _targets(occupation, ticks)
    functional = _contrast(contrast, rows.states)
    targets, back = np.unique(wanted, return_inverse=True)
    tables = backward(occupation, targets, np.zeros(0))
    squares = sum_of_squares(paths(rows, occupation, targets, cluster), tables, functional, PROBABILITY)
    return np.sqrt(squares)[back]


def influence(
    rows: Rows, occupation: Occupation, tick: int, *, contrast: npt.ArrayLike | None = None
) -> Float64:
    """Influence float64[patients, F] of each patient on P(tick) @ contrast; 0 for patients without rows."""
    values = _final(rows, occupation, tick, None)
    return values if contrast is None else values @ _contrast(contrast, rows.states)


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
    """IJ standard errors float64[T, F] of the integral of P @ contrast from begin to each horizon.

    `days` holds the day of begin, of each transition tick, then of each distinct ascending horizon.
    """
    targets, back = np.unique(_targets(occupation, horizons), return_inverse=True)
    functional = _contrast(contrast, rows.states)
    tables = backward(occupation, targets, days)
    squares = sum_of_squares(paths(rows, occupation, targets, cluster), tables, functional, INTEGRAL)
    return np.sqrt(squares)[back]


def paths(rows: Rows, occupation: Occupation, targets: Int32, cluster: npt.ArrayLike | None) -> Paths:
    """Group the rows by unit; locate their ends among transition ticks and intervals between targets."""
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
    step, reach, drag = backward_pass(
        rank(occupation.time, targets),
        lever,
        Increments(occupation.at_risk, occupation.transitions, occupation.origin, occupation.target),
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


def _final(rows: Rows, occupation: Occupation, tick: int, cluster: npt.ArrayLike | None) -> Float64:
    targets = _targets(occupation, np.array([tick]))
    return last_values(paths(rows, occupation, targets, cluster), backward(occupation, targets, np.zeros(0)))
