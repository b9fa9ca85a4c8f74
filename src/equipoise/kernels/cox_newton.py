"""Newton-Raphson for a concave log partial likelihood, and what may go wrong on the way.

Three faults are told apart instead of returning a number that means nothing: columns that are linearly
dependent in the risk sets (the likelihood is flat), coefficients that run to infinity (the likelihood rises
for ever), and iterations that do not come to rest.
"""

from enum import StrEnum
from typing import NamedTuple

import numpy as np
from scipy.linalg import cho_factor, cho_solve

from equipoise.kernels.arrays import Bool, Float64, Int64
from equipoise.kernels.cox_likelihood import Likelihood, likelihood, risk_sets
from equipoise.kernels.cox_rows import RegressionRows
from equipoise.kernels.jit import jit


class CoxStatus(StrEnum):
    """How a fit ended, as a sentence."""

    CONVERGED = "The estimate was found."
    SEPARATED = "A coefficient runs to infinity: the events are separated by a covariate."
    SINGULAR = "Columns are constant or linearly dependent among those at risk; the later ones were left out."
    NO_EVENTS = "There are no events among the rows."
    NOT_CONVERGED = "The iterations did not come to rest."


MAX_ITERATIONS = 50
MAX_HALVINGS = 40
FIRST_REACH = 2.0  # far away the quadratic approximation says nothing: longer steps come one by one
AT_REST = 1e-12  # step in units of the scaled linear predictor
NOISE_FLOOR = 1e-6  # a step below this which no longer shrinks is rounding
DEPENDENT = 1e-11  # pivot of the information, relative to its diagonal
FLAT = 1e-12  # information relative to its first term
SUSPECT_GAIN = 1e-4  # a gain of log L below this with a step above SUSPECT_STEP may mean separation
SUSPECT_STEP = 1e-2
NO_GAIN = 1e-10  # log L has come to rest although the coefficients have not
ORDERED = 1e-6  # how exactly a direction must order the risk sets, relative to its spread


class Optimum(NamedTuple):
    """Where the iterations ended, in the centred and scaled covariates of the columns that were kept."""

    beta: Float64
    end: Likelihood
    iterations: int
    status: CoxStatus
    direction: Float64  # in which log L rises for ever; zeros without separation


def maximise(rows: RegressionRows, start: Likelihood, *, efron: bool, ridge: Float64) -> Optimum:
    """Maximise log L - sum ridge b^2 / 2 from b = 0, halving a step that does not raise it.

    Parameters
    ----------
    start : the likelihood at 0.
    ridge : penalties[p] of the scaled coefficients, 0 for none.
    """
    beta, last, direction = np.zeros(ridge.size), np.zeros(ridge.size), np.zeros(ridge.size)
    here, previous, reach, iterations = start, np.inf, FIRST_REACH, 0
    while iterations < MAX_ITERATIONS:
        step = _newton_step(here, beta, ridge)
        if step is None:
            direction = separating_direction(rows, (last, beta), ridge == 0)
            break
        length = float(np.abs(step).max(initial=0.0))
        if length > reach:
            step, reach = step * (reach / length), 2.0 * reach
        stuck = length <= NOISE_FLOOR and length >= 0.5 * previous
        if stuck or length <= AT_REST * max(1.0, float(np.abs(beta).max(initial=0.0))):
            # The last step is too short to change the likelihood; it is taken because it costs nothing.
            return Optimum(beta + step, here, iterations, CoxStatus.CONVERGED, np.zeros(ridge.size))
        ascent = _ascend(rows, here, (beta, step, ridge), efron)
        if ascent is None:
            break
        gain = _penalised(ascent[1], ascent[0], ridge) - _penalised(here, beta, ridge)
        last, previous, iterations = step, length, iterations + 1
        beta, here = ascent
        if gain < SUSPECT_GAIN and length > SUSPECT_STEP:
            direction = separating_direction(rows, (step, beta), ridge == 0)
            if direction.any() and gain < NO_GAIN:
                break
    status = CoxStatus.SEPARATED if direction.any() else CoxStatus.NOT_CONVERGED
    return Optimum(beta, here, iterations, status, direction)


def independent_columns(start: Likelihood, ridge: Float64, *, flat: float = FLAT) -> Bool:
    """Which columns carry information beside those before them (a Cholesky decomposition, pivot by pivot).

    Parameters
    ----------
    flat : information below this part of its first term counts as none.
    """
    rest = start.information + np.diag(ridge)
    diagonal = np.diag(rest).copy()
    kept = (diagonal > flat * start.raw_information) & (diagonal > 0)
    for j in range(ridge.size):
        if kept[j] and rest[j, j] > DEPENDENT * diagonal[j]:
            rest = rest - np.outer(rest[:, j], rest[j]) / rest[j, j]
        else:
            kept[j] = False
    return kept


def separating_direction(rows: RegressionRows, candidates: tuple[Float64, ...], unpenalised: Bool) -> Float64:
    """A direction along which log L never falls: at every event the linear predictor is the largest at risk.

    The likelihood has no maximum if and only if there is such a direction that is not flat (Jacobsen 1989,
    Scand J Stat 16:335).  Returns zeros if none of the candidates is one, small parts left out or not.
    """
    for candidate in candidates:
        largest = float(np.abs(candidate).max(initial=0.0))
        for part in (1e-2, 0.0):
            direction = np.where(unpenalised & (np.abs(candidate) >= part * largest), candidate, 0.0)
            predictor = rows.covariate @ direction
            spread = float(np.ptp(predictor)) if predictor.size else 0.0
            if spread > 0 and _largest_shortfall(rows, predictor) <= ORDERED * spread:
                return direction
    return np.zeros(unpenalised.size)


def _largest_shortfall(rows: RegressionRows, predictor: Float64) -> float:
    """By how much an event's predictor is at most below the largest among those at risk with it."""
    largest = largest_at_risk(rows, predictor, np.argsort(-predictor, kind="stable"))
    return float((largest[rows.last] - predictor)[rows.event].max(initial=0.0))


@jit
def largest_at_risk(rows: RegressionRows, predictor: Float64, order: Int64) -> Float64:
    """The largest predictor at risk at each event time: in descending order rows paint what is unpainted."""
    times = rows.time.size
    largest = np.zeros(times)
    unpainted = np.arange(times + 1)  # the next unpainted time; path halving
    for i in order:
        e = np.int64(rows.first[i])
        while True:
            while unpainted[e] != e:
                unpainted[e] = unpainted[unpainted[e]]
                e = unpainted[e]
            if e > rows.last[i]:
                break
            largest[e] = predictor[i]
            unpainted[e] = e + 1
    return largest


def _penalised(at: Likelihood, beta: Float64, ridge: Float64) -> float:
    return at.log_likelihood - 0.5 * float(ridge @ (beta * beta))


def _newton_step(at: Likelihood, beta: Float64, ridge: Float64) -> Float64 | None:
    """Solve (information + ridge) step = score - ridge beta; None if the matrix is not positive definite."""
    try:
        factor = cho_factor(at.information + np.diag(ridge))
    except np.linalg.LinAlgError:
        return None
    step: Float64 = cho_solve(factor, at.score - ridge * beta)
    return step if np.isfinite(step).all() else None


def _ascend(
    rows: RegressionRows, here: Likelihood, point: tuple[Float64, Float64, Float64], efron: bool
) -> tuple[Float64, Likelihood] | None:
    """Go along the step, halved until the penalised likelihood does not fall by more than rounding."""
    beta, step, ridge = point
    floor = _penalised(here, beta, ridge)
    rounding = 1e-12 * (1.0 + abs(floor))
    for halving in range(MAX_HALVINGS):
        there = beta + step * 0.5**halving
        found = likelihood(rows, risk_sets(rows, there), efron=efron)
        if _penalised(found, there, ridge) >= floor - rounding and np.isfinite(found.information).all():
            return there, found
    return None
