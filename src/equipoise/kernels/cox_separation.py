"""Where a likelihood without a maximum tends to: the coefficients that stay finite, and its supremum.

If log L rises for ever along v, those whose x'v is below the largest at risk leave the risk sets in the
limit. The rest of the model is fitted to the risk sets that remain, without one column of v; and again,
should that fit be separated in its turn.
"""

from typing import NamedTuple

import numpy as np

from equipoise.kernels.arrays import Bool, Float64, Int32, Int64
from equipoise.kernels.cox_likelihood import Likelihood, likelihood, part_of, risk_sets
from equipoise.kernels.cox_newton import (
    ORDERED,
    CoxStatus,
    Optimum,
    independent_columns,
    largest_at_risk,
    maximise,
)
from equipoise.kernels.cox_rows import RegressionRows, number_at_risk, select_columns
from equipoise.kernels.jit import jit

FAR = 30.0  # a point this far along the directions stands for the limit where a finite one is needed


class Limit(NamedTuple):
    """The limit in the centred and scaled covariates[p]."""

    beta: Float64  # the finite coefficients; `FAR` along the directions of the others
    infinite: Float64  # sign of the coefficients that run to infinity, 0 for the others
    undetermined: Bool  # in the limit every value is as good as any other
    rows: RegressionRows  # the risk sets that remain, with the columns that are `free`
    end: Likelihood  # of these rows, at `rest`
    rest: Float64
    free: Bool


def limit_of(rows: RegressionRows, found: Optimum, *, efron: bool, ridge: Float64) -> Limit:
    """Follow the directions of separation of `found` until the rest has an estimate."""
    p = ridge.size
    free, undetermined = np.ones(p, dtype=np.bool_), np.zeros(p, dtype=np.bool_)
    beta, infinite = np.zeros(p, dtype=np.float64), np.zeros(p, dtype=np.float64)
    while found.status is CoxStatus.SEPARATED:
        direction = np.zeros(p, dtype=np.float64)
        direction[free] = found.direction
        infinite = np.where(infinite == 0, np.sign(direction), infinite)
        beta += direction * (FAR / float(np.abs(direction).max()))
        rows = _remaining(rows, rows.covariate @ direction)
        free[np.argmax(np.abs(direction))] = False
        here = select_columns(rows, free)
        zero = np.zeros(int(free.sum()), dtype=np.float64)
        start = likelihood(here, risk_sets(here, zero), efron=efron)
        kept = independent_columns(start, ridge[free])
        undetermined[np.flatnonzero(free)[~kept]] = True
        free &= ~undetermined
        found = maximise(select_columns(rows, free), part_of(start, kept), efron=efron, ridge=ridge[free])
    if found.status is CoxStatus.NOT_CONVERGED:
        undetermined |= free
    beta[free] += found.beta
    undetermined &= infinite == 0
    return Limit(beta, infinite, undetermined, select_columns(rows, free), found.end, found.beta, free)


def _remaining(rows: RegressionRows, predictor: Float64) -> RegressionRows:
    """The rows cut to the event times at which their predictor is the largest at risk."""
    largest = largest_at_risk(rows, predictor, np.argsort(-predictor, kind="stable"))
    source, first, last = _runs(rows, predictor + ORDERED * float(np.ptp(predictor)), largest)
    opening = np.searchsorted(rows.time_stratum, np.arange(rows.labels.size))
    return rows._replace(
        covariate=rows.covariate[source],
        weight=rows.weight[source],
        offset=rows.offset[source],
        event=rows.event[source] & (last == rows.last[source]),
        first=first,
        last=last,
        stratum=rows.stratum[source],
        nobody_else=number_at_risk(first, last, rows.time.size) == rows.deaths,
        delayed=bool(np.any(first != opening[rows.stratum[source]])),
        row=rows.row[source],
    )


def _runs(rows: RegressionRows, upper: Float64, largest: Float64) -> tuple[Int64, Int32, Int32]:
    """Runs of event times at which a row reaches the largest predictor: row, first and last place."""
    count = _write_runs(rows, upper, largest, np.zeros((0, 3), dtype=np.int64))
    runs = np.zeros((count, 3), dtype=np.int64)
    _write_runs(rows, upper, largest, runs)
    return runs[:, 0].copy(), runs[:, 1].astype(np.int32), runs[:, 2].astype(np.int32)


@jit
def _write_runs(rows: RegressionRows, upper: Float64, largest: Float64, runs: Int64) -> int:
    """Number of runs; they are written if there is room."""
    count = 0
    for i in range(upper.size):
        inside = False
        for e in range(rows.first[i], rows.last[i] + 1):
            reaches = upper[i] >= largest[e]
            if reaches and not inside:
                if runs.shape[0] > 0:
                    runs[count, 0], runs[count, 1] = i, e
                count += 1
            if reaches and runs.shape[0] > 0:
                runs[count - 1, 2] = e
            inside = reaches
    return count
