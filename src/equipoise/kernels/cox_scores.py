"""Each row's part of the score, in time linear in the rows, and the sandwich variance made of them.

With the notation of `cox_likelihood` and m the mean of the m_k of an event time, the score residual of a
row without its weight is

    event (x - m) - exp(eta) sum_times sum_k h_k f_k (x - m_k)                                            (1)

over the times at which the row is at risk, with f_k = 1 except at its own event.  The sums over times are
differences of cumulated sums.  Weighted, the residuals add up to the score (Therneau, Grambsch and Fleming
1990, Biometrika 77:147; ties by Efron as in Therneau and Grambsch 2000, section 4.2).
"""

from typing import NamedTuple

import numpy as np

from equipoise.kernels.arrays import Bool, Float64, Int32
from equipoise.kernels.cox_likelihood import (
    Hazards,
    RiskSets,
    baseline_hazards,
    hazard_of_row,
    risk_sets,
)
from equipoise.kernels.cox_rows import RegressionRows
from equipoise.kernels.jit import jit


class Means(NamedTuple):
    """Means of the covariates over the risk sets, and their sums against the baseline hazard."""

    mean: Float64  # [E, p], mean of the m_k
    step: Float64  # [E, p], sum_k h_k m_k
    dead: Float64  # [E, p], sum_k h_k f_k m_k
    before: Float64  # [E, p], sum of the earlier steps of the stratum
    before_low: Float64  # [E, p], what `before` has lost to rounding


def score_of_rows(rows: RegressionRows, beta: Float64, *, efron: bool) -> Float64:
    """Equation 1 for the rows at risk, unweighted, in the units of the caller's covariates.

    Parameters
    ----------
    beta : coefficients[p] of the centred and scaled covariates.
    """
    sets = risk_sets(rows, beta)
    hazards = baseline_hazards(rows, sets, efron=efron)
    return _scores(rows, sets.risk, hazards, means(rows, sets, efron=efron)) * rows.scale


def means(rows: RegressionRows, sets: RiskSets, *, efron: bool) -> Means:
    """Means of the centred and scaled covariates over the risk sets."""
    return Means(*_means(rows, sets, efron))


def sandwich(covariance: Float64, weighted_score: Float64, cluster: Int32) -> Float64:
    """The infinitesimal jackknife by cluster: sum_c u_c' u_c with u_c = (sum of the scores) covariance.

    Parameters
    ----------
    covariance : float[p, p]; rows of NaN (columns that were not estimated) stay NaN.
    weighted_score : float[N, p]
    cluster : int[N]
    """
    estimated: Bool = np.isfinite(np.diag(covariance))
    block = np.ix_(estimated, estimated)
    _, group = np.unique(cluster, return_inverse=True)
    groups = int(group.max(initial=-1)) + 1
    columns = weighted_score[:, estimated].T
    sums = np.column_stack(
        [np.zeros((groups, 0))] + [np.bincount(group, weights=one, minlength=groups) for one in columns]
    )
    change = sums @ covariance[block]
    robust = np.full(covariance.shape, np.nan)
    robust[block] = change.T @ change
    return robust


@jit
def _means(
    rows: RegressionRows, sets: RiskSets, efron: bool
) -> tuple[Float64, Float64, Float64, Float64, Float64]:
    times, p = rows.time.size, rows.covariate.shape[1]
    mean, step, dead = np.zeros((times, p)), np.zeros((times, p)), np.zeros((times, p))
    before, before_low = np.zeros((times, p)), np.zeros((times, p))
    for e in range(times):
        d = rows.deaths[e]
        share = rows.dead_weight[e] / d
        for k in range(d):
            f = 1.0 - k / d if efron else 1.0
            total = sets.others[e, 0] + f * sets.dead[e, 0]
            for j in range(p):
                m = (sets.others[e, j + 1] + f * sets.dead[e, j + 1]) / total
                mean[e, j] += m / d
                step[e, j] += share / total * m
                dead[e, j] += share / total * f * m
        if e > 0 and rows.time_stratum[e] == rows.time_stratum[e - 1]:
            for j in range(p):
                term, old = step[e - 1, j], before[e - 1, j]
                new = old + term
                part = new - old
                before[e, j] = new
                before_low[e, j] = before_low[e - 1, j] + ((old - (new - part)) + (term - part))
    return mean, step, dead, before, before_low


@jit
def _scores(rows: RegressionRows, risk: Float64, hazards: Hazards, means: Means) -> Float64:
    size, p = rows.covariate.shape
    scores = np.empty((size, p))
    for i in range(size):
        a, b = rows.first[i], rows.last[i]
        hazard = hazard_of_row(rows, hazards, i)
        for j in range(p):
            own = means.dead[b, j] if rows.event[i] else means.step[b, j]
            low = means.before_low[b, j] - means.before_low[a, j]
            passed = (means.before[b, j] - means.before[a, j]) + low + own
            x = rows.covariate[i, j]
            scores[i, j] = risk[i] * (passed - x * hazard)
            if rows.event[i]:
                scores[i, j] += x - means.mean[b, j]
    return scores
