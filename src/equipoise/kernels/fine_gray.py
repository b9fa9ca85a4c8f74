"""Proportional subdistribution hazards (Fine and Gray 1999): weights, delayed entry, strata, ridge.

    1 - F(t | x) = exp(-Lambda_0(t) exp(x' beta)),   F = cumulative incidence of the cause of interest    (1)

Whoever has a competing event stays in the risk set with weight w_i(t): (2), (3) in `fine_gray_weights`.  The
risk sums (4) are in `fine_gray_scan`, the likelihood (5)-(7) in `fine_gray_newton`, the variance (8)-(12) in
`fine_gray_variance`.  Without delayed entry and case weights everything equals cmprsk::crr.
"""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from equipoise.kernels.arrays import Bool, Float64, Int32, int32
from equipoise.kernels.coefficients import penalties, wald_statistic
from equipoise.kernels.cox_newton import CoxStatus
from equipoise.kernels.fine_gray_columns import Columns, centred
from equipoise.kernels.fine_gray_newton import Model, Optimum, Point, maximise
from equipoise.kernels.fine_gray_rows import (
    COMPETING,
    INTEREST,
    EventGrid,
    SubdistributionRows,
    arrange,
    codes,
    event_grid,
)
from equipoise.kernels.fine_gray_scan import scan_rows
from equipoise.kernels.fine_gray_variance import (
    Fitted,
    by_cluster,
    event_influence,
    squared,
    weight_influence,
)
from equipoise.kernels.fine_gray_weights import (
    CensoringTies,
    EmptiedRiskSetError,
    Weights,
    subdistribution_weights,
)

__all__ = [
    "CensoringTies",
    "CoxStatus",
    "EmptiedRiskSetError",
    "FineGrayFit",
    "fit_fine_gray",
    "incidence_at",
]


@dataclass(frozen=True, slots=True, eq=False)
class FineGrayFit:
    """A fitted model.

    Attributes
    ----------
    coefficients : float[p], log subdistribution hazard ratios a unit; NaN for `dependent` columns, infinite
        for `separated`.
    covariance : float[p, p], the sandwich by row or by cluster that counts what estimating the censoring and
        entry distributions adds (crr: var). NaN in the rows and columns of `separated` and `dependent`.
    known_weights : float[p, p], the sandwich with the weights after competing events taken as known
        (coxph(robust) after finegray).
    model_based : float[p, p], inverse of the information (crr: invinf); no variance of an estimate with
        competing events and censoring.
    information : float[p, p], of the penalised log partial likelihood.
    log_likelihood, null_log_likelihood : without the penalty; at the estimate (its limit) and at 0.
    score_statistic : at 0, with the sandwich of the score: for indicators of groups a test for equal
        incidence like Gray's, valid with delayed entry and weights.
    wald : b' V^-1 b with V = `covariance`.
    time, hazard, stratum : event ticks[K] with the jump of Lambda_0 there for a subject at `centre`.
    """

    coefficients: Float64
    covariance: Float64
    known_weights: Float64
    model_based: Float64
    information: Float64
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
    competing: int
    n_rows: int
    time: Int32
    hazard: Float64
    stratum: Int32
    centre: Float64 = field(repr=False)

    @property
    def variance(self) -> Float64:
        """The covariance to be used for intervals: the sandwich."""
        return self.covariance

    @property
    def degrees_of_freedom(self) -> int:
        """Columns that were estimated."""
        return int((~self.dependent).sum())


def fit_fine_gray(
    stop: npt.ArrayLike,
    cause: npt.ArrayLike,
    covariates: npt.ArrayLike,
    *,
    of: int = 1,
    start: npt.ArrayLike | None = None,
    weight: npt.ArrayLike | None = None,
    strata: npt.ArrayLike | None = None,
    censoring_groups: npt.ArrayLike | None = None,
    cluster: npt.ArrayLike | None = None,
    ridge: npt.ArrayLike | None = None,
    censoring_ties: CensoringTies = CensoringTies.TOGETHER,
) -> FineGrayFit:
    """Fit a subdistribution hazards model to one row ``(start, stop]`` a subject.

    Parameters
    ----------
    stop, start : integer ticks[N]; without `start` everybody is at risk from the beginning.
    cause : int[N], 0 = censored at `stop`, `of` = the cause of interest, any other positive code = competing.
    covariates : float[N, p], finite, known at the beginning.
    weight : positive case weights[N]; they count as frequencies in the likelihood and in the censoring and
        entry distributions.
    strata : integer codes[N]; each has its own baseline, censoring and entry distribution.
    censoring_groups : integer codes[N] of the censoring and entry distributions (crr: cengroup), default
        `strata`.
    cluster : integer ids[N] of what varies independently, default the row.
    ridge : penalties >= 0 [p]: sum ridge_k b_k^2 / 2 is taken from the log likelihood.
    censoring_ties : who is at risk of censoring at a tick with events: TOGETHER as in crr, EVENTS_FIRST as in
        finegray.

    Raises
    ------
    ValueError, TypeError
        With the index of the first faulty row.
    EmptiedRiskSetError
        Nobody is under observation between a competing event and a later event: weights do not exist.
    """
    why = int32(cause, "cause")
    wrong = np.flatnonzero(why < 0)
    if wrong.size:
        raise ValueError(f"row {wrong[0]}: cause {why[wrong[0]]}; expected 0 (censored) or a positive code")
    if of <= 0:
        raise ValueError(f"of = {of}: expected the positive code of the cause of interest")
    outcome = np.where(why == of, INTEREST, np.where(why > 0, COMPETING, 0)).astype(np.int32)
    rows = arrange(
        stop, outcome, covariates, start=start, weight=weight, strata=strata, groups=censoring_groups
    )
    p = rows.covariates.shape[1]
    penalty = penalties(ridge, p)
    together = None if cluster is None else codes(cluster, "cluster", rows.stop.size)[rows.order]
    if not (outcome == INTEREST).any():
        return _without_events(rows)
    grid = event_grid(rows)
    weights = subdistribution_weights(rows, grid, censoring_ties)
    return _Task(rows, grid, weights, together, censoring_ties).fit(penalty)


def incidence_at(fit: FineGrayFit, covariates: npt.ArrayLike, *, stratum: int = 0) -> tuple[Int32, Float64]:
    """Predicted cumulative incidence (1) of the cause of interest.

    Parameters
    ----------
    covariates : float[M, p].
    stratum : place of the stratum among the ascending codes.

    Returns
    -------
    time, incidence : the stratum's event ticks[K] and float[K, M], right after each (crr: predict); NaN where
        a coefficient is infinite or was not found.
    """
    at = np.atleast_2d(np.asarray(covariates, dtype=np.float64))
    if at.shape[1] != fit.coefficients.size:
        raise ValueError(f"covariates: {at.shape[1]} columns, the model has {fit.coefficients.size}")
    mine = fit.stratum == stratum
    kept = ~fit.dependent
    if not np.isfinite(fit.coefficients[kept]).all():
        return fit.time[mine], np.full((int(mine.sum()), at.shape[0]), np.nan)
    linear = (at[:, kept] - fit.centre[kept]) @ fit.coefficients[kept]
    cumulated = np.cumsum(fit.hazard[mine])
    return fit.time[mine], -np.expm1(-np.outer(cumulated, np.exp(linear)))


@dataclass(frozen=True, slots=True)
class _Task:
    """One data set, and the steps from its rows to a fit."""

    rows: SubdistributionRows
    grid: EventGrid
    weights: Weights
    cluster: Int32 | None
    ties: CensoringTies

    def fit(self, ridge: Float64) -> FineGrayFit:
        centre, scale, scaled = centred(self.rows.covariates)
        whole = self._model(scaled, ridge / scale / scale)
        start = whole.at(np.zeros(scale.size))
        kept = whole.independent(start)
        model = whole if kept.all() else self._model(scaled[:, kept], whole.ridge[kept])
        null = start if kept.all() else model.at(np.zeros(int(kept.sum())))
        return self._summary(model, null, maximise(model, null), Columns(kept, centre, scale))

    def _model(self, covariates: Float64, ridge: Float64) -> Model:
        scan = scan_rows(self.rows, self.grid, self.weights, np.ascontiguousarray(covariates))
        events = np.where(self.rows.outcome == INTEREST, self.rows.weight, 0.0)
        return Model(self.rows, self.grid, scan, ridge, events)

    def _influences(self, model: Model, point: Point) -> tuple[Float64, Float64]:
        """Influence with weights known, and with their estimation."""
        fitted = Fitted(
            self.rows, self.grid, self.weights, model.scan, point.relative, point.means, point.hazard
        )
        known = event_influence(fitted)
        return known, known + weight_influence(fitted, self.ties)

    def _summary(self, model: Model, null: Point, found: Optimum, columns: Columns) -> FineGrayFit:
        point, kept = found.point, columns.kept
        infinite = found.direction != 0
        flat = not infinite.any() and not np.isfinite(_inverse(point, ~infinite)).all()
        failed = flat or found.status is CoxStatus.NOT_CONVERGED
        scaled = np.where(infinite, np.copysign(np.inf, found.direction), point.coefficients)
        coefficients = columns.coefficients(np.full(scaled.size, np.nan) if failed else scaled)
        finite = ~infinite & (not failed)
        with np.errstate(all="ignore"):  # of a fit that failed
            known, estimated = self._influences(model, point)
        covariance = columns.covariance(_sandwich(estimated, point, finite, self.cluster))
        return FineGrayFit(
            coefficients=coefficients,
            covariance=covariance,
            known_weights=columns.covariance(_sandwich(known, point, finite, self.cluster)),
            model_based=columns.covariance(_inverse(point, finite)),
            information=columns.information(point.information),
            log_likelihood=point.log_likelihood,
            null_log_likelihood=null.log_likelihood,
            penalty=0.5 * float(model.ridge @ point.coefficients**2),
            score_statistic=self._score_statistic(model, null),
            wald=wald_statistic(coefficients[kept], covariance[np.ix_(kept, kept)]),
            iterations=found.iterations,
            status=_status(found.status, failed=failed, singular=not kept.all()),
            separated=columns.marked(infinite),
            dependent=~kept,
            events=int((self.rows.outcome == INTEREST).sum()),
            competing=int((self.rows.outcome == COMPETING).sum()),
            n_rows=self.rows.stop.size,
            time=self.grid.tick,
            hazard=point.hazard * np.exp(-point.shift),
            stratum=np.repeat(np.arange(self.grid.first.size - 1, dtype=np.int32), np.diff(self.grid.first)),
            centre=columns.centre,
        )

    def _score_statistic(self, model: Model, null: Point) -> float:
        """U' V^-1 U at 0, V = sum of the squared influences on the score (by cluster)."""
        _, estimated = self._influences(model, null)
        return wald_statistic(null.score, squared(by_cluster(estimated, self.cluster)))


def _status(status: CoxStatus, *, failed: bool, singular: bool) -> CoxStatus:
    if failed:
        return CoxStatus.NOT_CONVERGED
    return CoxStatus.SINGULAR if singular and status is CoxStatus.CONVERGED else status


def _inverse(point: Point, finite: Bool) -> Float64:
    inverse = np.full(point.information.shape, np.nan)
    block = np.ix_(finite, finite)
    diagonal = np.diagonal(point.information)[finite]
    # What is left beside an infinite coefficient may be flat: then nothing is known of it.
    if np.all(diagonal > 0):
        unit = np.sqrt(np.outer(diagonal, diagonal))
        alike = point.information[block] / unit
        if np.linalg.matrix_rank(alike, hermitian=True) == int(finite.sum()):
            inverse[block] = np.linalg.inv(alike) / unit
    return inverse


def _sandwich(influence: Float64, point: Point, finite: Bool, cluster: Int32 | None) -> Float64:
    """Inverse information, summed squares of the influence by cluster, inverse information."""
    inverse = _inverse(point, finite)
    block = np.ix_(finite, finite)
    sandwich = inverse[block] @ squared(by_cluster(influence, cluster))[block] @ inverse[block]
    inverse[block] = (sandwich + sandwich.T) / 2
    return inverse


def _without_events(rows: SubdistributionRows) -> FineGrayFit:
    p = int(rows.covariates.shape[1])
    nothing, square, no = np.full(p, np.nan), np.full((p, p), np.nan), np.zeros(p, dtype=np.bool_)
    return FineGrayFit(
        coefficients=nothing,
        covariance=square,
        known_weights=square,
        model_based=square,
        information=square,
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
        competing=int((rows.outcome == COMPETING).sum()),
        n_rows=rows.stop.size,
        time=np.zeros(0, dtype=np.int32),
        hazard=np.zeros(0),
        stratum=np.zeros(0, dtype=np.int32),
        centre=np.zeros(p),
    )
