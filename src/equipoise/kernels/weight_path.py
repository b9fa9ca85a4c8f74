"""Likelihood-ratio weights of patients as functions of time: pieces on which they have a closed form.

A strategy that prescribes a start in bin k with probability q_k, where usual care starts with p_k, gives a
patient the weight

    W(d) = product over the bins k <= d at risk of  (1 - q_k) / (1 - p_k) without a start,
                                                         q_k / p_k        with one,                   (9.20)

the ratio of the two likelihoods on the grid of the data; it tends to that in continuous time as bins shrink.
With the hazard lambda a bin, p = 1 - exp(-lambda); with a law F of the starting time that is straight between
its knots, 1 - q over the bins from s to s + t is (1 - F(s + t)) / (1 - F(s)) = 1 - kappa t. So on a piece
(s, e] without a start

    W(s + t) = W(s) exp(t sum lambda) product (1 - kappa t),          t = 1, ..., e - s               (9.21)

over all treatments that are at risk and all laws whose window is open, and in the bin of a start

    W(d) = W(d - 1) q_d / (1 - exp(-lambda))  times the same of the other treatments.                 (9.22)

W(0) = 1: at time zero nothing has been decided yet. A weight that has become 0 stays 0: the patient no longer
follows the strategy. When nothing is at risk any more the weight stays as it is. Memory is a few pieces a
patient; no person-time is expanded.
"""

from typing import NamedTuple

import numpy as np

from equipoise.kernels.arrays import Float64, Int32, Int64
from equipoise.kernels.jit import jit

NONE = -1


class WeightPath(NamedTuple):
    """Pieces of time of every patient, gapless from bin 0 on; the last one has no end.

    Attributes
    ----------
    first : int64[n + 1], pieces of patient i are ``first[i] .. first[i + 1] - 1``
    start, stop : int32[M], bins ``start + 1 .. stop``
    hazard : int32[M, P], groups whose hazards add on the piece; -1: none
    jump : int32[M], group of the hazard of the treatment that is started in this bin; -1: no start
    prescribed : float64[M], q of a start
    decline : float64[M, R], kappa of each open window
    """

    first: Int64
    start: Int32
    stop: Int32
    hazard: Int32
    jump: Int32
    prescribed: Float64
    decline: Float64


class Levels(NamedTuple):
    """What the hazards make of the pieces.

    Attributes
    ----------
    level : float64[M], weight at the start of the piece, times the factor of a start in it
    slope : float64[M], sum of the hazards
    """

    level: Float64
    slope: Float64


def levels(path: WeightPath, hazard: Float64) -> Levels:
    """Weights at the starts of all pieces.

    Parameters
    ----------
    path
        Pieces of the patients.
    hazard : float64[K]
        Hazard of each group, a bin.
    """
    return Levels(*_levels(path, hazard))


def weights_at(path: WeightPath, found: Levels, bins: Int32) -> Float64:
    """Weight of each patient by the end of a bin of its own.

    Parameters
    ----------
    path, found
        Pieces and their levels.
    bins : int32[n]
        A bin for each patient, >= 0.

    Returns
    -------
    float64[n]
    """
    return _weights_of(path, found, np.arange(bins.size, dtype=np.int32), bins)


def weights_of(path: WeightPath, found: Levels, patient: Int32, bins: Int32) -> Float64:
    """Weights of chosen patients by the end of chosen bins, float64[R].

    Parameters
    ----------
    path, found
        Pieces and their levels.
    patient, bins : int32[R]
        Whose weight, and when.
    """
    return _weights_of(path, found, patient, bins)


def share_not_started(path: WeightPath, patient: Int32, bins: Int32) -> Float64:
    """Probability of no start up to the end of bins under the strategy alone: the product of 1 - kappa t.

    Parameters
    ----------
    path
        Pieces; their hazards and starts play no part.
    patient, bins : int32[R]
        Who, and when.

    Returns
    -------
    float64[R]
    """
    bare = path._replace(hazard=np.full_like(path.hazard, NONE), jump=np.full_like(path.jump, NONE))
    return _weights_of(bare, levels(bare, np.zeros(1)), patient, bins)


@jit
def _levels(path: WeightPath, hazard: Float64) -> tuple[Float64, Float64]:
    level, slope = np.empty(path.start.size), np.zeros(path.start.size)
    for i in range(path.first.size - 1):
        weight = 1.0
        for m in range(path.first[i], path.first[i + 1]):
            for p in range(path.hazard.shape[1]):
                if path.hazard[m, p] >= 0:
                    slope[m] += hazard[path.hazard[m, p]]
            if path.jump[m] >= 0:
                chance = -np.expm1(-hazard[path.jump[m]])
                # Where usual care starts nobody, only patients without a case weight do.
                weight = weight * (path.prescribed[m] / chance) if chance > 0.0 else 0.0
            level[m] = weight
            if m + 1 < path.first[i + 1] and weight > 0.0:
                weight = piece_weight(path, m, weight, slope[m], path.stop[m] - path.start[m])
    return level, slope


@jit
def piece_weight(path: WeightPath, m: int, level: float, slope: float, bins: int) -> float:
    """Weight so many bins into piece m, equations (9.21) and (9.22)."""
    weight = level * np.exp(slope * bins) if slope > 0.0 else level
    for r in range(path.decline.shape[1]):
        if path.decline[m, r] > 0.0:
            # The end of a window is 1 - kappa t = 0 up to rounding.
            left = 1.0 - path.decline[m, r] * bins
            weight = weight * left if left > 1e-12 else 0.0
    return weight


@jit
def weight_of(path: WeightPath, found: Levels, who: int, bin_: int) -> float:
    """Weight of a patient by the end of a bin; 1 at time zero, before all pieces."""
    if bin_ <= 0:
        return 1.0
    m = int(path.first[who])
    while m + 1 < path.first[who + 1] and path.stop[m] < bin_:
        m += 1
    if found.level[m] <= 0.0:
        return 0.0
    into = int(bin_ - path.start[m])
    return piece_weight(path, m, float(found.level[m]), float(found.slope[m]), into)


@jit
def _weights_of(path: WeightPath, found: Levels, patient: Int32, bins: Int32) -> Float64:
    out = np.empty(bins.size)
    for i in range(bins.size):
        out[i] = weight_of(path, found, patient[i], bins[i])
    return out
