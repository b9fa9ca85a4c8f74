"""Greenwood and Aalen covariance of state occupation, by recursion over the transition ticks.

    V(u) = (I + dA)' V(u-) (I + dA) + sum_h P_h(u-)^2 Cov(dA_h.)

Greenwood (multinomial moves; Andersen et al. 1993, eq. 4.4.20; R: etm, mstate "greenwood"): with p_h
the row h of I + dA,  Cov = (diag(p_h) - p_h p_h') / Y_h.
Aalen (independent counts; eq. 4.4.19 without the second-order term): each arrow h -> k adds
v (e_k - e_h)(e_k - e_h)' with v = dN / Y^2, or, with ties = "hypergeometric" (as R's cmprsk),
v = dN (Y - dN) / (Y^2 (Y - 1)).  R's mstate (method "aalen") takes v = dN / Y^2 times P_h(u)^2 after the
moves of the tick instead of P_h(u-)^2: product = "after".  The two differ by O(1 / Y) a tick.

The initial probabilities are treated as fixed.  With case weights the same formulas use weighted numbers; the
infinitesimal jackknife (`influence`) is the right choice there and for clusters.
"""

from typing import Literal

import numpy as np

from equipoise.kernels.aalen_johansen import Occupation
from equipoise.kernels.arrays import Float64, Int16
from equipoise.kernels.jit import jit

_GREENWOOD, _POISSON, _HYPERGEOMETRIC = 0, 1, 2


def greenwood(occupation: Occupation) -> Float64:
    """Greenwood covariance float64[K, S, S] of the occupation probabilities right after each time."""
    return _recursion(occupation, _just_before(occupation), _GREENWOOD)


def aalen(
    occupation: Occupation,
    *,
    ties: Literal["poisson", "hypergeometric"] = "poisson",
    product: Literal["before", "after"] = "before",
) -> Float64:
    """Aalen covariance float64[K, S, S] right after each time.

    Parameters
    ----------
    ties : variance of tied moves; "hypergeometric" is cmprsk's.
    product : occupation just before the tick, or, as in mstate, right after it (see the module).
    """
    levels = occupation.probability if product == "after" else _just_before(occupation)
    return _recursion(occupation, levels, _POISSON if ties == "poisson" else _HYPERGEOMETRIC)


def _just_before(occupation: Occupation) -> Float64:
    return np.concatenate((occupation.initial[np.newaxis], occupation.probability))[:-1]


def _recursion(occupation: Occupation, levels: Float64, form: int) -> Float64:
    return _covariances(
        levels, occupation.at_risk, occupation.transitions, occupation.origin, occupation.target, form
    )


@jit
def _covariances(
    before: Float64, at_risk: Float64, transitions: Float64, origin: Int16, target: Int16, form: int
) -> Float64:
    ticks, states = before.shape
    result = np.zeros((ticks, states, states))
    current, move = np.zeros((states, states)), np.zeros((states, states))
    for u in range(ticks):
        move[:] = 0.0
        for j in range(states):
            move[j, j] = 1.0
        for a in range(origin.size):
            if transitions[u, a] > 0.0:
                hazard = transitions[u, a] / at_risk[u, origin[a]]
                move[origin[a], target[a]] += hazard
                move[origin[a], origin[a]] -= hazard
        current = _sandwich(current, move)
        for h in range(states):
            square = before[u, h] * before[u, h]
            if form == 0:
                if move[h, h] < 1.0:
                    _add_multinomial(current, move[h], square / at_risk[u, h])
            else:
                for k in range(states):
                    if k != h and move[h, k] > 0.0:
                        _add_arrow(current, h, k, square * _spread(move[h, k], at_risk[u, h], form))
        for j in range(states):
            for k in range(states):
                result[u, j, k] = current[j, k]
    return result


@jit
def _sandwich(current: Float64, move: Float64) -> Float64:
    states = move.shape[0]
    half, full = np.zeros((states, states)), np.zeros((states, states))
    for h in range(states):
        for k in range(states):
            if move[h, k] != 0.0:
                for j in range(states):
                    half[j, k] += current[j, h] * move[h, k]
    for h in range(states):
        for k in range(states):
            if move[h, k] != 0.0:
                for j in range(states):
                    full[k, j] += move[h, k] * half[h, j]
    return full


@jit
def _add_multinomial(current: Float64, share: Float64, scale: float) -> None:
    for j in range(share.size):
        current[j, j] += scale * share[j]
        for k in range(share.size):
            current[j, k] -= scale * share[j] * share[k]


@jit
def _spread(hazard: float, at_risk: float, form: int) -> float:
    if form == 1:
        return hazard / at_risk
    return hazard * (1.0 - hazard) / (at_risk - 1.0) if at_risk > 1.0 else hazard / at_risk


@jit
def _add_arrow(current: Float64, h: int, k: int, amount: float) -> None:
    current[h, h] += amount
    current[k, k] += amount
    current[h, k] -= amount
    current[k, h] -= amount
