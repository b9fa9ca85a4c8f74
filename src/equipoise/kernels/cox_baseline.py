"""Cumulative hazard and survival after a Cox model, by stratum, with standard errors.

With h_k, m_k of `cox_likelihood` and covariates x fixed in time (Tsiatis 1981, Ann Stat 9:93; Link 1984,
Biometrics 40:601)

    A(t | x) = exp(x'b) sum_{u <= t} sum_k h_k                                                            (1)
    Var A(t | x) = exp(2 x'b) { sum_{u <= t} sum_k (W / d) / s_k^2 + q' V q },                            (2)
    q(t | x) = sum_{u <= t} sum_k h_k (x - m_k)

V is the robust variance of b where the fit has one.  S = exp(-A), with standard error S sqrt(Var A). These
are R's ``survfit(fit, newdata)``: Breslow's hazard for Breslow's ties, Efron's for Efron's.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from equipoise.kernels.arrays import Float64, Int32
from equipoise.kernels.cox import CoxFit, CoxStatus, estimated_rows
from equipoise.kernels.cox_likelihood import RiskSets, risk_sets
from equipoise.kernels.cox_rows import RegressionRows
from equipoise.kernels.jit import jit


@dataclass(frozen=True, slots=True, eq=False)
class PredictedSurvival:
    """Prediction of one stratum, right after each of its event times, for M covariate vectors.

    Attributes
    ----------
    stratum : the caller's code.
    time : int32[K], ticks.
    cumulative_hazard, std_error : float[M, K]; `std_error` is that of the cumulative hazard.
    survival : float[M, K], exp(-cumulative_hazard); its standard error is survival x std_error.
    """

    stratum: int
    time: Int32
    cumulative_hazard: Float64
    std_error: Float64
    survival: Float64


def predicted_survival(
    fit: CoxFit, covariates: npt.ArrayLike, *, offset: npt.ArrayLike = 0.0
) -> tuple[PredictedSurvival, ...]:
    """Survival of patients with the given covariates in each stratum that has an event.

    Parameters
    ----------
    covariates : float[M, p]
    offset : float[M] or one number

    Raises
    ------
    ValueError
        The fit has no finite estimate, or the covariates do not have its columns.
    """
    if fit.status not in (CoxStatus.CONVERGED, CoxStatus.SINGULAR):
        raise ValueError(f"no prediction: {fit.status}")
    wanted = np.atleast_2d(np.asarray(covariates, dtype=np.float64))
    if wanted.shape[1] != fit.dependent.size or not np.isfinite(wanted).all():
        raise ValueError(f"covariates: expected finite numbers in {fit.dependent.size} columns")
    known = np.asarray(offset, dtype=np.float64)
    rows, kept = estimated_rows(fit), ~fit.dependent
    sets = risk_sets(rows, fit.iterate)
    hazard, square, mean = _steps(rows, sets, fit.efron)
    scale = np.outer(rows.scale, rows.scale)
    covariance = fit.variance[np.ix_(kept, kept)] * scale
    predictions = list[PredictedSurvival]()
    for stratum in np.unique(rows.time_stratum):
        there = rows.time_stratum == stratum
        x = (wanted[:, kept] - rows.centre[stratum]) / rows.scale
        ratio = np.exp(x @ fit.iterate + known - sets.shift[stratum])[:, np.newaxis]
        total = np.cumsum(hazard[there])
        passed = total[:, np.newaxis] * x[:, np.newaxis, :] - np.cumsum(mean[there], axis=0)
        variance = np.cumsum(square[there]) + np.einsum("mkj,jl,mkl->mk", passed, covariance, passed)
        predictions.append(
            PredictedSurvival(
                stratum=int(rows.labels[stratum]),
                time=rows.time[there],
                cumulative_hazard=ratio * total,
                std_error=ratio * np.sqrt(variance),
                survival=np.exp(-ratio * total),
            )
        )
    return tuple(predictions)


def baseline(fit: CoxFit) -> tuple[PredictedSurvival, ...]:
    """The same at covariates 0 and offset 0 (R: ``basehaz(fit, centered = FALSE)``)."""
    return predicted_survival(fit, np.zeros((1, fit.dependent.size)))


@jit
def _steps(rows: RegressionRows, sets: RiskSets, efron: bool) -> tuple[Float64, Float64, Float64]:
    """At each event time sum_k h_k, sum_k (W / d) / s_k^2 and sum_k h_k m_k."""
    times, p = rows.time.size, rows.covariate.shape[1]
    hazard, square, mean = np.zeros(times), np.zeros(times), np.zeros((times, p))
    for e in range(times):
        d = rows.deaths[e]
        share = rows.dead_weight[e] / d
        for k in range(d):
            f = 1.0 - k / d if efron else 1.0
            total = sets.others[e, 0] + f * sets.dead[e, 0]
            hazard[e] += share / total
            square[e] += share / (total * total)
            for j in range(p):
                mean[e, j] += share / (total * total) * (sets.others[e, j + 1] + f * sets.dead[e, j + 1])
    return hazard, square, mean
