"""Hazards of grouped person-time: penalised regression with the complementary log-log link.

Time is cut into bins of one unit. Person-time with the same covariates is one group k, with `starts` d_k bins
in which the event happened and `others` N_k in which it did not. The hazard of the group is constant,

    lambda_k = exp(x_k' beta),      P(event in a bin) = 1 - exp(-lambda_k)                              (9.10)

    log L = sum_k d_k log(1 - exp(-lambda_k)) - N_k lambda_k - sum_j (beta_j - m_j)^2 / (2 s_j^2)       (9.11)

(Prentice and Gloeckler 1978, Biometrics 34:57: grouped data of a proportional hazards model). For short bins
it is the piecewise exponential likelihood. The normal priors N(m_j, s_j^2) keep the maximum finite and
unique whatever the data, also when all events lie on one side; without a prior a maximum need not exist.
"""

from enum import StrEnum
from typing import NamedTuple

import numpy as np

from equipoise.kernels.arrays import Float64
from equipoise.kernels.jit import jit


class HazardStatus(StrEnum):
    """How a fit ended, as a sentence."""

    CONVERGED = "The hazards were found."
    NOBODY = "It happened to nobody: the hazard is 0."
    NOT_CONVERGED = "The iterations did not come to rest: without a prior there may be no finite maximum."


MAX_ITERATIONS = 100
MAX_HALVINGS = 40
AT_REST = 1e-10  # step in units of the coefficients
REACH = 3.0  # far away the quadratic approximation says nothing
MOST = 300.0  # log of a hazard beyond which the event is certain in any arithmetic


class HazardFit(NamedTuple):
    """A fitted hazard.

    Attributes
    ----------
    beta : float64[p], NaN where the event happened to nobody
    information : float64[p, p], minus the second derivative of (9.11), the prior included
    hazard : float64[K], of each group, a bin
    status
    """

    beta: Float64
    information: Float64
    hazard: Float64
    status: HazardStatus


class Prior(NamedTuple):
    """Independent normal priors of the coefficients.

    Attributes
    ----------
    mean : float64[p]
    precision : float64[p], 1 / variance; 0: no prior
    """

    mean: Float64
    precision: Float64


def no_hazard(groups: int, coefficients: int) -> HazardFit:
    """The hazard of what happens to nobody: 0, whatever a prior says, and no coefficients.

    Parameters
    ----------
    groups, coefficients
        K and p.
    """
    nothing = np.full(coefficients, np.nan)
    information = np.zeros((coefficients, coefficients))
    return HazardFit(nothing, information, np.zeros(groups), HazardStatus.NOBODY)


def fit_hazard(x: Float64, starts: Float64, others: Float64, prior: Prior, begin: Float64) -> HazardFit:
    """Maximise (9.11) by Newton steps.

    Parameters
    ----------
    x : float64[K, p]
        Covariates of the groups, the intercepts among them.
    starts, others : float64[K]
        Weighted numbers of bins with and without the event, >= 0.
    prior
        Of the coefficients.
    begin : float64[p]
        Where to begin; near the maximum it takes two or three steps.
    """
    beta, information, converged = _newton(x, starts, others, prior.mean, prior.precision, begin)
    status = HazardStatus.CONVERGED if converged else HazardStatus.NOT_CONVERGED
    return HazardFit(beta, information, np.exp(np.minimum(_linear(x, beta), MOST)), status)


@jit
def score_of_bins(hazard: Float64, starts: Float64, others: Float64) -> Float64:
    """Derivative of the log likelihood by the linear predictor: d lambda / (exp(lambda) - 1) - N lambda.

    Parameters
    ----------
    hazard, starts, others : float64[R]
        Of each row: the hazard of its group, and its bins with and without the event.

    Returns
    -------
    float64[R]
    """
    out = np.empty(hazard.size)
    for k in range(hazard.size):
        out[k] = starts[k] * pull_of(hazard[k]) - others[k] * hazard[k]
    return out


@jit
def pull_of(hazard: float) -> float:
    """How fast the log of the probability of an event rises with log(lambda): lambda / (exp(lambda) - 1)."""
    if hazard < 1e-12:
        return 1.0
    return 0.0 if hazard > 700.0 else hazard / np.expm1(hazard)


@jit
def _linear(x: Float64, beta: Float64) -> Float64:
    out = np.zeros(x.shape[0])
    for k in range(x.shape[0]):
        for j in range(x.shape[1]):
            out[k] += x[k, j] * beta[j]
    return out


@jit
def _value(
    eta: Float64, starts: Float64, others: Float64, beta: Float64, mean: Float64, precision: Float64
) -> float:
    total = 0.0
    for k in range(eta.size):
        hazard = np.exp(min(eta[k], MOST))
        if starts[k] > 0.0:
            total += starts[k] * (np.log(-np.expm1(-hazard)) if eta[k] > -30.0 else eta[k])
        if others[k] > 0.0:
            total -= others[k] * hazard
    for j in range(beta.size):
        total -= 0.5 * precision[j] * (beta[j] - mean[j]) ** 2
    return total


@jit
def _derivatives(
    x: Float64, eta: Float64, starts: Float64, others: Float64, information: Float64, gradient: Float64
) -> None:
    """Add the derivatives of the likelihood to those of the prior, in place."""
    groups, p = x.shape
    for k in range(groups):
        if starts[k] == 0.0 and others[k] == 0.0:
            continue
        hazard = np.exp(min(eta[k], MOST))
        pull = pull_of(hazard)
        slope = starts[k] * pull - others[k] * hazard
        curve = starts[k] * pull * (hazard + pull - 1.0) + others[k] * hazard
        for j in range(p):
            if x[k, j] != 0.0:
                gradient[j] += slope * x[k, j]
                part = curve * x[k, j]
                for i in range(j + 1):
                    information[j, i] += part * x[k, i]
    for j in range(p):
        for i in range(j):
            information[i, j] = information[j, i]


@jit
def _newton(
    x: Float64, starts: Float64, others: Float64, mean: Float64, precision: Float64, begin: Float64
) -> tuple[Float64, Float64, bool]:
    p = x.shape[1]
    beta = begin.copy()
    information = np.zeros((p, p))
    gradient = np.zeros(p)
    eta = _linear(x, beta)
    here = _value(eta, starts, others, beta, mean, precision)
    for _ in range(MAX_ITERATIONS):
        information[:] = 0.0
        for j in range(p):
            gradient[j] = -precision[j] * (beta[j] - mean[j])
            information[j, j] = precision[j]
        _derivatives(x, eta, starts, others, information, gradient)
        step, solved = solve(information, gradient)
        if not solved:
            break
        longest = np.abs(step).max() if p > 0 else 0.0
        if longest <= AT_REST:
            return beta + step, information, True
        if longest > REACH:
            step *= REACH / longest
        risen = False
        for _half in range(MAX_HALVINGS):
            trial = beta + step
            ahead = _linear(x, trial)
            there = _value(ahead, starts, others, trial, mean, precision)
            # The value is a sum of many terms: near the top its rounding hides the rise.
            if there >= here - 1e-11 * (abs(here) + 1.0):
                beta, eta, here, risen = trial, ahead, there, True
                break
            step *= 0.5
        if not risen:
            break
    return beta, information, False


@jit
def solve(matrix: Float64, right: Float64) -> tuple[Float64, bool]:
    """Solve a symmetric positive definite system; False with zeros where it is not.

    Parameters
    ----------
    matrix : float64[p, p]
    right : float64[p]
    """
    p = right.size
    lower = np.zeros((p, p))
    out = np.zeros(p)
    for j in range(p):
        pivot = matrix[j, j]
        for i in range(j):
            pivot -= lower[j, i] ** 2
        if not pivot > 1e-13 * matrix[j, j]:
            return out, False
        lower[j, j] = np.sqrt(pivot)
        for k in range(j + 1, p):
            total = matrix[k, j]
            for i in range(j):
                total -= lower[k, i] * lower[j, i]
            lower[k, j] = total / lower[j, j]
    for j in range(p):
        total = right[j]
        for i in range(j):
            total -= lower[j, i] * out[i]
        out[j] = total / lower[j, j]
    for back in range(p):
        j = p - 1 - back
        total = out[j]
        for i in range(j + 1, p):
            total -= lower[i, j] * out[i]
        out[j] = total / lower[j, j]
    return out, True
