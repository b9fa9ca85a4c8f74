"""Residuals of a Cox model: score, dfbeta, Schoenfeld (plain and scaled), martingale.

All are for the rows as given, in the caller's order; a row at risk at no event time has residual 0. Columns
that were left out as dependent are NaN; a fit without a finite estimate has no residuals (ValueError).
Grambsch and Therneau 1994 for the scaled Schoenfeld residuals.
"""

from typing import NamedTuple

import numpy as np

from equipoise.kernels.arrays import Float64, Int32, Int64
from equipoise.kernels.cox import CoxFit, CoxStatus, estimated_rows
from equipoise.kernels.cox_likelihood import Hazards, baseline_hazards, hazard_of_row, risk_sets
from equipoise.kernels.cox_rows import RegressionRows
from equipoise.kernels.cox_scores import means, score_of_rows
from equipoise.kernels.jit import jit


class Schoenfeld(NamedTuple):
    """One residual for each event, ordered by stratum and time."""

    time: Int32  # [D], tick of the event
    row: Int64  # [D], row of the caller
    residual: Float64  # [D, p]


def score_residuals(fit: CoxFit) -> Float64:
    """Score residuals[N, p] without the case weight (R: ``residuals(fit, "score")``)."""
    _refuse_without_estimate(fit)
    rows, kept = estimated_rows(fit), ~fit.dependent
    residuals = np.zeros((fit.n_rows, kept.size))
    residuals[:, ~kept] = np.nan
    residuals[np.ix_(rows.row, kept)] = score_of_rows(rows, fit.iterate, efron=fit.efron)
    return residuals


def dfbeta(fit: CoxFit) -> Float64:
    """Weight x score residual x covariance, [N, p]: about the change in the coefficients made by the row.

    R: ``residuals(fit, "dfbeta", weighted = TRUE)``.
    """
    kept = np.isfinite(np.diag(fit.covariance))
    change = np.full((fit.n_rows, kept.size), np.nan)
    score = score_residuals(fit)
    weight = np.zeros(fit.n_rows)
    weight[fit.rows.row] = fit.rows.weight
    change[:, kept] = (weight[:, np.newaxis] * score[:, kept]) @ fit.covariance[np.ix_(kept, kept)]
    return change


def schoenfeld_residuals(fit: CoxFit) -> Schoenfeld:
    """Covariate of each event minus its mean over the risk set (R: ``residuals(fit, "schoenfeld")``)."""
    _refuse_without_estimate(fit)
    rows, kept = estimated_rows(fit), ~fit.dependent
    sets = risk_sets(rows, fit.iterate)
    events = np.flatnonzero(rows.event)
    events = events[np.argsort(rows.last[events], kind="stable")]
    place = rows.last[events]
    found = rows.covariate[events] - means(rows, sets, efron=fit.efron).mean[place]
    residual = np.full((events.size, kept.size), np.nan)
    residual[:, kept] = found * rows.scale
    return Schoenfeld(rows.time[place], rows.row[events], residual)


def scaled_schoenfeld_residuals(fit: CoxFit) -> Schoenfeld:
    """Coefficient + events x covariance x residual: on average the coefficient at that time.

    R: ``residuals(fit, "scaledsch")``; Grambsch and Therneau 1994, equation 4 with the mean variance.
    """
    plain, kept = schoenfeld_residuals(fit), ~fit.dependent
    scaled = np.full(plain.residual.shape, np.nan)
    covariance = fit.covariance[np.ix_(kept, kept)]
    scaled[:, kept] = fit.events * plain.residual[:, kept] @ covariance + fit.coefficients[kept]
    return plain._replace(residual=scaled)


def martingale_residuals(fit: CoxFit) -> Float64:
    """Event minus expected events[N] of each row, without its weight (R: ``residuals(fit)``)."""
    _refuse_without_estimate(fit)
    rows = estimated_rows(fit)
    sets = risk_sets(rows, fit.iterate)
    residuals = np.zeros(fit.n_rows)
    residuals[rows.row] = _martingale(rows, sets.risk, baseline_hazards(rows, sets, efron=fit.efron))
    return residuals


@jit
def _martingale(rows: RegressionRows, risk: Float64, hazards: Hazards) -> Float64:
    residual = np.empty(risk.size)
    for i in range(risk.size):
        residual[i] = rows.event[i] - risk[i] * hazard_of_row(rows, hazards, i)
    return residual


def _refuse_without_estimate(fit: CoxFit) -> None:
    if fit.status not in (CoxStatus.CONVERGED, CoxStatus.SINGULAR):
        raise ValueError(f"no finite estimate: {fit.status}")
