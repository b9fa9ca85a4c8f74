"""Newton's method for the subdistribution partial likelihood, on centred and scaled covariates.

    l(beta) = sum_events w (eta - log S0(t)) - sum_j ridge_j beta_j^2 / 2                                (5)
    U(beta) = sum_events w x - sum_i m_i x_i - ridge beta,   m_i = r_i sum_k w_i(t_k) d_k / S0(t_k)      (6)
    I(beta) = sum_i m_i x_i x_i' - sum_k d_k xbar_k xbar_k' + diag(ridge)                                (7)

Ties are handled as Breslow does, which is what cmprsk::crr does.  Faults are told apart as for the Cox model.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.linalg import cho_factor, cho_solve

from equipoise.kernels.arrays import Bool, Float64
from equipoise.kernels.cox_likelihood import Likelihood
from equipoise.kernels.cox_newton import CoxStatus, independent_columns, separating_direction
from equipoise.kernels.cox_rows import regression_rows
from equipoise.kernels.fine_gray_rows import COMPETING, INTEREST, EventGrid, SubdistributionRows
from equipoise.kernels.fine_gray_scan import ScanRows, moments, predictor, risk_sums

MAX_ITERATIONS = 50
MAX_HALVINGS = 40
FIRST_REACH = 2.0  # far away the quadratic approximation says nothing: longer steps come one by one
AT_REST = 1e-10  # step in units of the scaled linear predictor
NOISE_FLOOR = 1e-6  # a step below this which no longer shrinks is rounding
SUSPECT_GAIN = 1e-4  # a gain of l below this with a step above SUSPECT_STEP may mean separation
SUSPECT_STEP = 1e-2
NO_GAIN = 1e-10  # l has come to rest although the coefficients have not


@dataclass(frozen=True, slots=True)
class Point:
    """The likelihood at `coefficients`; `means` are xbar_k, `hazard` d_k / S0_k for `relative` = r_i.

    r_i is scaled by exp(-`shift`), so that no exponential overflows.  `log_likelihood` has no penalty.
    """

    coefficients: Float64
    log_likelihood: float
    score: Float64
    information: Float64
    raw_information: Float64
    relative: Float64
    means: Float64
    hazard: Float64
    shift: float


class Optimum(NamedTuple):
    """Where the iterations ended; `direction` in which l rises for ever (zeros without separation)."""

    point: Point
    iterations: int
    status: CoxStatus
    direction: Float64


@dataclass(frozen=True, slots=True)
class Model:
    """Rows, grid and weights of one data set with the penalties of its (scaled) covariates."""

    rows: SubdistributionRows
    grid: EventGrid
    scan: ScanRows
    ridge: Float64
    events: Float64  # [n], case weight of the rows with the event of interest, else 0

    def at(self, coefficients: Float64) -> Point:
        """Likelihood, score and information at `coefficients`, the latter two with the penalty."""
        with np.errstate(all="ignore"):  # far out a risk set may underflow to 0: the step is halved then
            return self._at(coefficients)

    def _at(self, coefficients: Float64) -> Point:
        linear = predictor(self.scan.covariates, coefficients)
        shift = float(linear.max())
        relative = self.rows.weight * np.exp(linear - shift)
        sums = risk_sums(self.scan, relative)
        means = sums[:, 1:] / sums[:, :1]
        hazard = self.grid.events / sums[:, 0]
        value = float(np.sum(self.events * (linear - shift)) - np.sum(self.grid.events * np.log(sums[:, 0])))
        first, second = moments(self.scan, relative, hazard)
        score = self.events @ self.scan.covariates - first - self.ridge * coefficients
        information = second - means.T @ (means * self.grid.events[:, np.newaxis]) + np.diag(self.ridge)
        raw = np.diagonal(second).copy()
        return Point(coefficients, value, score, information, raw, relative, means, hazard, shift)

    def penalised(self, point: Point) -> float:
        """What is maximised."""
        return point.log_likelihood - 0.5 * float(self.ridge @ point.coefficients**2)

    def independent(self, null: Point) -> Bool:
        """Columns that carry information beside those before them."""
        information = null.information - np.diag(self.ridge)
        found = Likelihood(null.log_likelihood, null.score, information, null.raw_information)
        return independent_columns(found, self.ridge)


def maximise(model: Model, null: Point) -> Optimum:
    """Climb from `null`, halving a step that does not climb."""
    nowhere = np.zeros(null.score.size)
    point, last, direction = null, nowhere, nowhere
    previous, reach, iterations = np.inf, FIRST_REACH, 0
    while iterations < MAX_ITERATIONS:
        step = _newton_step(point)
        if step is None:
            break
        length = float(np.abs(step).max(initial=0.0))
        if length > reach:
            step, reach = step * (reach / length), 2.0 * reach
        stuck = length <= NOISE_FLOOR and length >= 0.5 * previous
        if stuck or length <= AT_REST * max(1.0, float(np.abs(point.coefficients).max(initial=0.0))):
            # The last step leaves an error of its own square.
            end = model.at(point.coefficients + step)
            return Optimum(end, iterations, CoxStatus.CONVERGED, nowhere)
        there = _climb(model, point, step)
        if there is None:
            break
        gain = model.penalised(there) - model.penalised(point)
        point, last, previous, iterations = there, step, length, iterations + 1
        if gain < SUSPECT_GAIN and length > SUSPECT_STEP:
            direction = _separating(model, (step, point.coefficients))
            if direction.any() and gain < NO_GAIN:
                break
    if not direction.any():
        direction = _separating(model, (last, point.coefficients))
    status = CoxStatus.SEPARATED if direction.any() else CoxStatus.NOT_CONVERGED
    return Optimum(point, iterations, status, direction)


def _newton_step(point: Point) -> Float64 | None:
    """information^-1 score; None where the information is not positive definite."""
    try:
        step: Float64 = cho_solve(cho_factor(point.information), point.score)
    except np.linalg.LinAlgError:
        return None
    return step if np.isfinite(step).all() else None


def _climb(model: Model, point: Point, step: Float64) -> Point | None:
    """Go along the step, halved until the penalised likelihood does not fall by more than rounding."""
    floor = model.penalised(point)
    rounding = 1e-12 * (1.0 + abs(floor))
    for halving in range(MAX_HALVINGS):
        there = model.at(point.coefficients + step * 0.5**halving)
        if model.penalised(there) >= floor - rounding and np.isfinite(there.information).all():
            return there
    return None


def _separating(model: Model, candidates: tuple[Float64, ...]) -> Float64:
    """A direction that orders every risk set, in which competing subjects stay to the end of their group."""
    rows = model.rows
    last = np.full(int(rows.group.max()) + 1, rows.stop.min())
    np.maximum.at(last, rows.group, rows.stop)  # beyond the last tick of a group its weight is 0
    end = np.where(rows.outcome == COMPETING, last[rows.group], rows.stop)
    at_risk = regression_rows(
        end, rows.outcome == INTEREST, model.scan.covariates, start=rows.start, strata=rows.stratum
    )
    # That call centres and scales anew: the candidates are in the scale of the caller.
    scaled = tuple(candidate * at_risk.scale for candidate in candidates)
    return separating_direction(at_risk, scaled, model.ridge == 0)
