"""Kaplan-Meier survival, Nelson-Aalen hazard, their Greenwood and Aalen variances, and quantiles.

At each tick u with Y(u) at risk (start < u <= stop) and d(u) events, both weighted:

    S(u) = prod (1 - d/Y)                     Kaplan and Meier 1958, JASA 53:457
    A(u) = sum d/Y                            Nelson 1969; Aalen 1978, Ann Stat 6:701
    Var S(u) = S(u)^2 sum d / (Y (Y - d))     Greenwood 1926; 0 where S = 0
    Var A(u) = sum d / Y^2                    Aalen 1978 (Poisson increments at ties)

Whoever leaves at u is still at risk of an event at u: events come before censoring.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from equipoise.kernels.arrays import Float64, Int32
from equipoise.kernels.jit import jit
from equipoise.kernels.tally import tally

TOLERANCE = 1.4901161193847656e-08  # square root of the float64 spacing, as R's quantile.survfit


@dataclass(frozen=True, slots=True)
class ProductLimit:
    """One row for each distinct tick at which anybody has an event or leaves; numbers are weighted.

    `at_risk` is just before `time`; `survival` and `cumulative_hazard` are right after it; `greenwood` is
    Var(survival), `aalen` is Var(cumulative_hazard).
    """

    time: Int32
    at_risk: Float64
    events: Float64
    censored: Float64
    survival: Float64
    cumulative_hazard: Float64
    greenwood: Float64
    aalen: Float64


def kaplan_meier(
    stop: npt.ArrayLike,
    event: npt.ArrayLike,
    *,
    start: npt.ArrayLike | None = None,
    weight: npt.ArrayLike | None = None,
) -> ProductLimit:
    """Product-limit curve of rows ``(start, stop]``.

    Parameters
    ----------
    stop, start : integer ticks[n]; without `start` everybody is at risk from the beginning.
    event : bool[n], whether the event happens at `stop`.
    weight : positive case weights[n], default 1.

    Raises
    ------
    ValueError, TypeError
        Row index and number of the first row that is not start < stop or has no positive finite weight.
    """
    happened = np.ascontiguousarray(event, dtype=np.bool_).astype(np.int16)
    time, at_risk, leaving = tally(stop, happened, start, weight, causes=1)
    censored, events = leaving[:, 0].copy(), leaving[:, 1].copy()
    survival, hazard, greenwood, aalen = _product_limit(at_risk, events)
    return ProductLimit(time, at_risk, events, censored, survival, hazard, greenwood, aalen)


def survival_at(curve: ProductLimit, ticks: npt.ArrayLike) -> Float64:
    """S at the ticks: right-continuous, 1 before the first time, the last value carried on after the last."""
    place = np.searchsorted(curve.time, np.asarray(ticks), side="right")
    return np.concatenate(([1.0], curve.survival))[place]


def quantile(curve: ProductLimit, probability: float) -> float | None:
    """Tick by which the fraction `probability` has had the event; None if the curve does not get there.

    R's convention (survival: quantile.survfit): the first tick with S <= 1 - probability; where S equals 1
    - probability over a flat stretch, its middle (which may lie between two ticks), the stretch ending at
    the next drop or, without one, at the last tick of the curve.
    """
    if not 0 < probability < 1:
        raise ValueError(f"probability {probability}: expected a number between 0 and 1")
    level = 1 - probability
    reached = np.flatnonzero(curve.survival <= level + TOLERANCE)
    if reached.size == 0:
        return None
    first = int(curve.time[reached[0]])
    below = np.flatnonzero(curve.survival < level - TOLERANCE)
    last = int(curve.time[below[0]]) if below.size else int(curve.time[-1])
    flat = abs(float(curve.survival[reached[0]]) - level) <= TOLERANCE
    return (first + last) / 2 if flat else float(first)


@jit
def _product_limit(at_risk: Float64, events: Float64) -> tuple[Float64, Float64, Float64, Float64]:
    size = at_risk.size
    survival, hazard = np.empty(size), np.empty(size)
    greenwood, aalen = np.empty(size), np.empty(size)
    s, a, relative, variance = 1.0, 0.0, 0.0, 0.0
    for i in range(size):
        y, d = at_risk[i], events[i]
        if d > 0.0:
            s *= (y - d) / y
            a += d / y
            variance += d / (y * y)
            if y > d:
                relative += d / (y * (y - d))
        survival[i], hazard[i] = s, a
        greenwood[i], aalen[i] = s * s * relative, variance
    return survival, hazard, greenwood, aalen
