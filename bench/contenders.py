"""The public call of each program for each problem: data in memory first, then one callable to be timed.

A contender prepares its own copy of the data (labels, data types) outside the clock and returns
``(call, answer)``: `call()` is timed, `answer(result)` gives float64[grid, columns] of estimates, followed by
standard errors where the program has the same ones.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from bench.problems import REPORT_TICKS, STATES, Curve, Structure

Contender = tuple[Callable[[], Any], Callable[[Any], np.ndarray]]


def at_grid(time: np.ndarray, values: np.ndarray, grid: np.ndarray, before: float) -> np.ndarray:
    """Return a right-continuous step function at the grid."""
    place = np.searchsorted(time, grid, side="right")
    return np.concatenate([np.full((1, *values.shape[1:]), before), values])[place]


def equipoise_curve(data: Curve, grid: np.ndarray) -> Contender:
    """Kaplan-Meier with Greenwood variance."""
    from equipoise.kernels.product_limit import kaplan_meier

    def answer(curve: Any) -> np.ndarray:
        columns = np.column_stack([curve.survival, np.sqrt(curve.greenwood)])
        return np.column_stack(
            [at_grid(curve.time, columns[:, 0], grid, 1.0), at_grid(curve.time, columns[:, 1], grid, 0.0)]
        )

    return lambda: kaplan_meier(data.day, data.event), answer


def sksurv_curve(data: Curve, grid: np.ndarray) -> Contender:
    """Kaplan-Meier without variance."""
    from sksurv.nonparametric import kaplan_meier_estimator

    def answer(found: Any) -> np.ndarray:
        return at_grid(found[0], found[1], grid, 1.0)[:, np.newaxis]

    return lambda: kaplan_meier_estimator(data.event, data.day), answer


def greenwood_curve(data: Curve, grid: np.ndarray) -> Contender:
    """Kaplan-Meier with Greenwood variance."""
    import greenwood

    def answer(found: Any) -> np.ndarray:
        return at_grid(np.asarray(found.time_), np.asarray(found.survival_), grid, 1.0)[:, np.newaxis]

    return lambda: greenwood.KaplanMeier().fit(greenwood.Surv(data.day, data.event)), answer


def comprisk_curve(data: Curve, grid: np.ndarray) -> Contender:
    """One minus the incidence of the only cause, with variance."""
    from comprisk import CumulativeIncidence

    event = data.event.astype(np.int64)

    def answer(found: Any) -> np.ndarray:
        return 1 - found.curves_[None, 1].evaluate(grid)[0][:, np.newaxis]

    return lambda: CumulativeIncidence().fit(data.day, event), answer


def equipoise_competing(data: Curve, grid: np.ndarray) -> Contender:
    """Occupation of three states with Aalen variance at every event time, ties as in cmprsk and comprisk."""
    from equipoise.kernels.aalen_johansen import aalen_johansen, probability_at
    from equipoise.kernels.rows import Rows
    from equipoise.kernels.variance import aalen

    size = data.day.size
    patient, zero = np.arange(size, dtype=np.int32), np.zeros(size, dtype=np.int32)
    origin, target = zero.astype(np.int16), np.where(data.cause > 0, data.cause, -1).astype(np.int16)

    def call() -> Any:
        rows = Rows.build(patient, zero, data.day, origin, target, states=3, patients=size)
        occupation = aalen_johansen(rows, initial=[1.0, 0.0, 0.0])
        return occupation, aalen(occupation, ties="hypergeometric")

    def answer(found: Any) -> np.ndarray:
        occupation, covariance = found
        variance = np.diagonal(covariance, axis1=1, axis2=2)[:, 1:]
        errors = np.sqrt(at_grid(occupation.time, variance, grid, 0.0))
        return np.column_stack([probability_at(occupation, grid), errors])

    return call, answer


def sksurv_competing(data: Curve, grid: np.ndarray) -> Contender:
    """Cumulative incidence without variance."""
    from sksurv.nonparametric import cumulative_incidence_competing_risks

    cause = data.cause.astype(np.int64)

    def answer(found: Any) -> np.ndarray:
        incidence = at_grid(found[0], np.asarray(found[1]).T, grid, 0.0)
        return np.column_stack([1 - incidence[:, 0], incidence[:, 1:]])

    return lambda: cumulative_incidence_competing_risks(cause, data.day), answer


def comprisk_competing(data: Curve, grid: np.ndarray) -> Contender:
    """Cumulative incidence with Aalen's variance at every event time."""
    from comprisk import CumulativeIncidence

    cause = data.cause.astype(np.int64)

    def answer(found: Any) -> np.ndarray:
        (one, first), (two, second) = (found.curves_[None, number].evaluate(grid) for number in (1, 2))
        return np.column_stack([1 - one - two, one, two, np.sqrt(first), np.sqrt(second)])

    return lambda: CumulativeIncidence().fit(data.day, cause), answer


def equipoise_structure(data: Structure, grid: np.ndarray = REPORT_TICKS) -> Contender:
    """Occupation of six states with infinitesimal-jackknife errors at the grid."""
    from equipoise.kernels.aalen_johansen import aalen_johansen, probability_at
    from equipoise.kernels.influence import standard_error
    from equipoise.kernels.rows import Rows

    def call() -> Any:
        columns = (data.patient, data.start, data.stop, data.origin, data.target)
        rows = Rows.build(*columns, states=STATES, patients=data.patients)
        occupation = aalen_johansen(rows)
        return occupation, standard_error(rows, occupation, grid)

    return call, lambda found: np.column_stack([probability_at(found[0], grid), found[1]])


def greenwood_structure(data: Structure, grid: np.ndarray) -> Contender:
    """Occupation of six states at every time, without standard errors (it has none)."""
    import greenwood

    labels = np.array([*(f"s{state}" for state in range(STATES)), None], dtype=object)
    state, event = labels[data.origin], labels[data.target]

    def answer(found: Any) -> np.ndarray:
        return at_grid(found.time_, found.occupancy_, grid, np.nan)

    def call() -> Any:
        return greenwood.MultiState().fit(data.start, data.stop, state, event, states=tuple(labels[:-1]))

    return call, answer
