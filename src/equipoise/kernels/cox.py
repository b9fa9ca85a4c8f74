"""Cox regression: counting-process rows, ties by Breslow or Efron, weights, strata, ridge, robust variance.

The log partial likelihood is that of `cox_likelihood` (equations 1 to 4), minus sum ridge_k b_k^2 / 2.

    covariance = I^-1,            I = information + diag(ridge)                                           (5)
    robust     = sum_c u_c u_c',  u_c = I^-1 sum_{i in c} w_i (score residual of row i)                   (6)

(6) is the infinitesimal jackknife by cluster: Lin and Wei 1989, JASA 84:1074.
"""

from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from equipoise.kernels.arrays import Bool, Float64, Int32, int32, same_length
from equipoise.kernels.coefficients import penalties, wald_statistic
from equipoise.kernels.cox_likelihood import Likelihood, likelihood, part_of, risk_sets
from equipoise.kernels.cox_newton import CoxStatus, Optimum, independent_columns, maximise
from equipoise.kernels.cox_rows import RegressionRows, regression_rows, select_columns
from equipoise.kernels.cox_scores import sandwich, score_of_rows
from equipoise.kernels.cox_separation import limit_of

__all__ = ["CoxFit", "CoxStatus", "fit_cox"]

TIES = ("efron", "breslow")


@dataclass(frozen=True, slots=True, eq=False)
class CoxFit:
    """A fitted model.

    Attributes
    ----------
    coefficients : float[p], log hazard ratios a unit; NaN for `dependent` columns; infinite for `separated`
        ones, or NaN where separation by others leaves nothing to estimate.
    information : float[p, p], of the penalised log partial likelihood at the estimate.
    covariance : float[p, p], its inverse; NaN in the rows and columns of `separated` and `dependent`.
    robust : float[p, p] or None, the sandwich by cluster.
    log_likelihood, null_log_likelihood : without the penalty; at the estimate (its limit) and at 0.
    penalty : sum of ridge b^2 / 2 at the estimate.
    score_statistic : at 0, model-based (without strata and ties the log-rank statistic).
    wald : b' V^-1 b with V the robust variance where there is one.
    iterations : Newton steps.
    status : how the fit ended.
    separated, dependent : bool[p], which columns are the reason.
    events : rows with the event; n_rows : rows given.
    ties : "efron" or "breslow".
    penalties : float[p], the ridge penalties.
    iterate : where the iterations ended, always finite: for the centred and scaled columns kept.
    rows : the rows as the fit saw them, for residuals, baseline hazard and tests.
    """

    coefficients: Float64
    information: Float64
    covariance: Float64
    robust: Float64 | None
    log_likelihood: float
    null_log_likelihood: float
    penalty: float
    score_statistic: float
    wald: float
    iterations: int
    status: CoxStatus
    separated: Bool
    dependent: Bool
    events: int
    n_rows: int
    ties: str
    penalties: Float64
    iterate: Float64 = field(repr=False)
    rows: RegressionRows = field(repr=False)

    @property
    def variance(self) -> Float64:
        """The robust covariance where there is one, else the model-based one."""
        return self.covariance if self.robust is None else self.robust

    @property
    def efron(self) -> bool:
        """Whether ties are Efron's."""
        return self.ties == "efron"

    @property
    def likelihood_ratio(self) -> float:
        """Twice the gain in log L over all coefficients 0."""
        return 2.0 * (self.log_likelihood - self.null_log_likelihood)

    @property
    def degrees_of_freedom(self) -> int:
        """Columns that were estimated."""
        return int((~self.dependent).sum())


def fit_cox(
    stop: npt.ArrayLike,
    event: npt.ArrayLike,
    covariates: npt.ArrayLike,
    *,
    start: npt.ArrayLike | None = None,
    weight: npt.ArrayLike | None = None,
    strata: npt.ArrayLike | None = None,
    offset: npt.ArrayLike | None = None,
    ties: str = "efron",
    ridge: npt.ArrayLike | None = None,
    cluster: npt.ArrayLike | None = None,
) -> CoxFit:
    """Fit a Cox model to rows ``(start, stop]``.

    Parameters
    ----------
    stop, start : integer ticks[N]; without `start` everybody is at risk from the beginning.
    event : bool[N], whether the event happens at `stop`.
    covariates : float[N, p], finite.
    weight : positive case weights[N]. They multiply a row's part of log L; with Efron's ties a tied event
        counts with the mean weight of the events there (R's convention).
    strata : integer codes[N]; each has its own baseline hazard.
    offset : float[N], a known part of the linear predictor.
    ties : "efron" or "breslow".
    ridge : penalties >= 0 [p] (R: ``ridge(x, theta = , scale = FALSE)``; the inverse of a prior variance).
    cluster : integer ids[N] of what varies independently; gives `robust`.

    Raises
    ------
    ValueError, TypeError
        With the index of the first faulty row. A fit that fails for statistical reasons is no error: see
        `CoxFit.status`.
    """
    if ties not in TIES:
        raise ValueError(f"ties {ties!r}: expected one of {', '.join(TIES)}")
    rows = regression_rows(stop, event, covariates, start=start, weight=weight, strata=strata, offset=offset)
    groups = None if cluster is None else int32(cluster, "cluster")
    if groups is not None:
        same_length(rows.size, cluster=groups)
    penalty = penalties(ridge, rows.covariate.shape[1])
    return _fit(rows, ties, penalty, None if groups is None else groups[rows.row])


def estimated_rows(fit: CoxFit) -> RegressionRows:
    """The rows of the fit with the columns that were not left out as dependent."""
    return select_columns(fit.rows, ~fit.dependent) if fit.dependent.any() else fit.rows


def _fit(rows: RegressionRows, ties: str, ridge: Float64, cluster: Int32 | None) -> CoxFit:
    if rows.time.size == 0:
        return _without_events(rows, ties, ridge)
    efron = ties == "efron"
    start = likelihood(rows, risk_sets(rows, np.zeros(ridge.size, dtype=np.float64)), efron=efron)
    scaled: Float64 = ridge / rows.scale**2
    kept = independent_columns(start, scaled)
    chosen, begin = (rows, start) if kept.all() else (select_columns(rows, kept), part_of(start, kept))
    found = maximise(chosen, begin, efron=efron, ridge=scaled[kept])
    estimate = _estimate(chosen, found, scaled[kept], efron=efron)
    fit = _fit_of(rows, begin, (found, estimate), ties, (kept, ridge))
    if cluster is None:
        return fit
    # The cluster of a row of the caller, found again from the rows that the estimate rests on.
    of_row = np.zeros(rows.size, dtype=np.int32)
    of_row[rows.row] = cluster
    return _with_robust(fit, estimate, of_row, kept)


class _Estimate(NamedTuple):
    """Of the columns kept, centred and scaled; NaN where there is no number."""

    beta: Float64
    known: Bool  # columns with a finite estimate
    infinite: Bool
    iterate: Float64  # finite everywhere
    rows: RegressionRows  # with the columns that are `free`
    rest: Float64  # coefficients of these
    free: Bool
    end: Likelihood
    inverse: Float64  # of the penalised information of the columns that are free


def _estimate(rows: RegressionRows, found: Optimum, ridge: Float64, *, efron: bool) -> _Estimate:
    every, no = np.ones(ridge.size, dtype=np.bool_), np.zeros(ridge.size, dtype=np.bool_)
    if found.status is CoxStatus.NOT_CONVERGED:
        beta, inverse = np.full(ridge.size, np.nan), np.full((ridge.size, ridge.size), np.nan)
        return _Estimate(beta, no, no, found.beta, rows, found.beta, every, found.end, inverse)
    if found.status is CoxStatus.CONVERGED:
        inverse = _inverse(found.end.information + np.diag(ridge))
        return _Estimate(found.beta, every, no, found.beta, rows, found.beta, every, found.end, inverse)
    limit = limit_of(rows, found, efron=efron, ridge=ridge)
    infinite = limit.infinite != 0
    beta = np.where(infinite, np.copysign(np.inf, limit.infinite), limit.beta)
    beta = np.where(limit.undetermined, np.nan, beta)
    lost = infinite | limit.undetermined
    inverse = _inverse(limit.end.information + np.diag(ridge[limit.free]))
    return _Estimate(beta, ~lost, lost, limit.beta, limit.rows, limit.rest, limit.free, limit.end, inverse)


def _with_robust(fit: CoxFit, estimate: _Estimate, cluster: Int32, kept: Bool) -> CoxFit:
    """Equation 6 on the rows and columns that the estimate rests on."""
    rows = estimate.rows
    score = score_of_rows(rows, estimate.rest, efron=fit.efron) * rows.weight[:, np.newaxis]
    scaled = estimate.inverse / np.outer(rows.scale, rows.scale)
    free = sandwich(scaled, score, cluster[rows.row])
    robust = _spread(_known(free, estimate), kept)
    wald = wald_statistic(fit.coefficients[kept], robust[np.ix_(kept, kept)])
    return replace(fit, robust=robust, wald=wald)


def _known(matrix: Float64, estimate: _Estimate) -> Float64:
    """From the columns that are free to all; NaN for those without a finite estimate."""
    full = _spread(matrix, estimate.free)
    return np.where(np.outer(estimate.known, estimate.known), full, np.nan)


def _fit_of(
    rows: RegressionRows,
    begin: Likelihood,
    ended: tuple[Optimum, _Estimate],
    ties: str,
    setting: tuple[Bool, Float64],
) -> CoxFit:
    (found, estimate), (kept, ridge) = ended, setting
    scale = rows.scale[kept]
    penalty = ridge[kept] / scale**2
    inner = estimate.rows.scale
    hessian = estimate.end.information + np.diag(penalty[estimate.free])
    status = CoxStatus.SINGULAR if found.status is CoxStatus.CONVERGED and not kept.all() else found.status
    coefficients, separated = np.full(kept.size, np.nan), np.zeros(kept.size, dtype=np.bool_)
    coefficients[kept], separated[kept] = estimate.beta / scale, estimate.infinite
    covariance = _spread(_known(estimate.inverse / np.outer(inner, inner), estimate), kept)
    return CoxFit(
        coefficients=coefficients,
        information=_spread(_known(hessian * np.outer(inner, inner), estimate), kept),
        covariance=covariance,
        robust=None,
        log_likelihood=estimate.end.log_likelihood,
        null_log_likelihood=begin.log_likelihood,
        penalty=0.5 * float(penalty @ (estimate.iterate * estimate.iterate)),
        score_statistic=_quadratic(begin.score, _inverse(begin.information + np.diag(penalty))),
        wald=wald_statistic(coefficients[kept], covariance[np.ix_(kept, kept)]),
        iterations=found.iterations,
        status=status,
        separated=separated,
        dependent=~kept,
        events=int(rows.deaths.sum()),
        n_rows=rows.size,
        ties=ties,
        penalties=ridge,
        iterate=estimate.iterate,
        rows=rows,
    )


def _inverse(matrix: Float64) -> Float64:
    """The inverse of a positive definite matrix."""
    return np.linalg.inv(matrix).astype(np.float64)


def _quadratic(vector: Float64, matrix: Float64) -> float:
    return float(vector @ matrix @ vector)


def _spread(matrix: Float64, kept: Bool) -> Float64:
    full = np.full((kept.size, kept.size), np.nan)
    full[np.ix_(kept, kept)] = matrix
    return full


def _without_events(rows: RegressionRows, ties: str, ridge: Float64) -> CoxFit:
    p = ridge.size
    nothing, square = np.full(p, np.nan), np.full((p, p), np.nan)
    no = np.zeros(p, dtype=np.bool_)
    return CoxFit(
        coefficients=nothing,
        information=square,
        covariance=square,
        robust=None,
        log_likelihood=0.0,
        null_log_likelihood=0.0,
        penalty=0.0,
        score_statistic=float("nan"),
        wald=float("nan"),
        iterations=0,
        status=CoxStatus.NO_EVENTS,
        separated=no,
        dependent=no,
        events=0,
        n_rows=rows.size,
        ties=ties,
        penalties=ridge,
        iterate=np.zeros(p),
        rows=rows,
    )
