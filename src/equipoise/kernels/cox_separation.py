"""Where a likelihood without a maximum tends to: the coefficients that stay finite, and its supremum.

If log L rises for ever along v, those who are below the largest x'v at risk leave the risk sets in the limit.
So the rest of the model is fitted with t v as a known part of the linear predictor, t large, and without one
column of v; again, should that fit be separated in its turn.
"""

from typing import NamedTuple

import numpy as np

from equipoise.kernels.arrays import Bool, Float64
from equipoise.kernels.cox_likelihood import Likelihood, likelihood, part_of, risk_sets
from equipoise.kernels.cox_newton import CoxStatus, Optimum, independent_columns, maximise
from equipoise.kernels.cox_rows import RegressionRows, select_columns

REACH = 300.0  # spread of t x'v: e^-300 leaves no trace, and four directions stay within float64
UNDETERMINED = 1e-5  # information below this part of its first term will vanish in the limit


class Limit(NamedTuple):
    """The limit in the centred and scaled covariates[p]."""

    beta: Float64  # a finite point near the limit
    infinite: Float64  # sign of the coefficients that run to infinity, 0 for the others
    undetermined: Bool  # in the limit every value is as good as any other
    end: Likelihood  # of the columns that are `free`
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
        beta += direction * (REACH / float(np.ptp(rows.covariate @ direction)))
        free[np.argmax(np.abs(direction))] = False
        known = rows._replace(offset=rows.offset + rows.covariate @ beta)
        here = select_columns(known, free)
        zero = np.zeros(int(free.sum()), dtype=np.float64)
        start = likelihood(here, risk_sets(here, zero), efron=efron)
        kept = independent_columns(start, ridge[free], flat=UNDETERMINED)
        undetermined[np.flatnonzero(free)[~kept]] = True
        free &= ~undetermined
        found = maximise(select_columns(known, free), part_of(start, kept), efron=efron, ridge=ridge[free])
    if found.status is CoxStatus.NOT_CONVERGED:
        undetermined |= free
    beta[free] += found.beta
    return Limit(beta, infinite, undetermined & (infinite == 0), found.end, free)
