"""Bands for whole curves and times of crossing, from bootstrap draws calibrated to the standard errors.

On the scale g of the interval (log-log, cloglog, logit; plain for differences) a draw theta* becomes

    g(theta) + (g(theta*) - g(theta)) SE / SE*                                                        (9.42)

SE the standard error of the answer on that scale, SE* that of the draws. A simultaneous band is
g(theta) -/+ c SE, c the quantile of the largest |deviation| / SE over the days, times the t over the normal
quantile for small samples.
"""

from collections.abc import Callable
from typing import Final

import numpy as np

from equipoise.kernels.arrays import Float64
from equipoise.kernels.intervals import critical_value

EDGE: Final = 1e-6  # draws at 0 or 1 have no finite transform


def _logit(p: Float64) -> Float64:
    return np.log(p) - np.log1p(-p)


def _expit(x: Float64) -> Float64:
    return 1.0 / (1.0 + np.exp(-x))


Scale = tuple[Callable[[Float64], Float64], Callable[[Float64], Float64], Callable[[Float64], Float64]]
SCALES: Final[dict[str, Scale]] = {
    "survival": (
        lambda s: np.log(-np.log(s)),
        lambda x: np.exp(-np.exp(x)),
        lambda s: 1.0 / (s * -np.log(s)),
    ),
    "cumulative_incidence": (
        lambda f: np.log(-np.log1p(-f)),
        lambda x: -np.expm1(-np.exp(x)),
        lambda f: 1.0 / ((1.0 - f) * -np.log1p(-f)),
    ),
    "state_probability": (_logit, _expit, lambda p: 1.0 / (p * (1.0 - p))),
}


def calibrated(value: Float64, error: Float64, drawn: Float64, measure: str) -> Float64:
    """Draws of a level, calibrated on its scale by (9.42): float64[B, T]; the level where it has no scale.

    Parameters
    ----------
    value, error : float64[T]
        Levels and standard errors.
    drawn : float64[B, T]
        Draws.
    measure
        As in the table of estimates.
    """
    forth, back, slope = SCALES[measure]
    usable = (value > EDGE) & (value < 1 - EDGE) & (error > EDGE)
    out = np.tile(value, (drawn.shape[0], 1))
    if usable.any():
        centre = forth(value[usable])
        away = forth(np.clip(drawn[:, usable], EDGE, 1 - EDGE)) - centre
        spread = away.std(axis=0, ddof=1)
        wanted = error[usable] * slope(value[usable])
        factor = np.divide(wanted, spread, out=np.zeros_like(spread), where=spread > 0)
        out[:, usable] = back(centre + away * factor)
    return out


def level_band(
    value: Float64, error: Float64, drawn: Float64, measure: str, level: float, df: float
) -> tuple[Float64, Float64]:
    """Simultaneous band of a level: lower and upper float64[T]; NaN on days without a scale."""
    forth, back, slope = SCALES[measure]
    usable = (value > EDGE) & (value < 1 - EDGE) & (error > EDGE)
    lower, upper = np.full(value.size, np.nan), np.full(value.size, np.nan)
    if not usable.any():
        return lower, upper
    centre = forth(value[usable])
    away = forth(np.clip(drawn[:, usable], EDGE, 1 - EDGE)) - centre
    factor = _largest(away, level, df)
    half = factor * error[usable] * slope(value[usable])
    ends = np.stack((back(centre - half), back(centre + half)))
    lower[usable], upper[usable] = ends.min(axis=0), ends.max(axis=0)
    return lower, upper


def difference_band(
    value: Float64, error: Float64, drawn: Float64, level: float, df: float
) -> tuple[Float64, Float64]:
    """Simultaneous band of a difference of two levels, cut to [-1, 1]."""
    usable = error > EDGE
    lower, upper = np.full(value.size, np.nan), np.full(value.size, np.nan)
    if usable.any():
        half = _largest(drawn[:, usable] - value[usable], level, df) * error[usable]
        lower[usable] = np.maximum(value[usable] - half, -1.0)
        upper[usable] = np.minimum(value[usable] + half, 1.0)
    return lower, upper


def _largest(away: Float64, level: float, df: float) -> float:
    spread = away.std(axis=0, ddof=1)
    moved = spread > 0
    if not moved.any():
        return critical_value(level, df)
    ratio = np.abs(away[:, moved] / spread[moved]).max(axis=1)
    return float(np.quantile(ratio, level)) * critical_value(level, df) / critical_value(level)


def crossing(difference: Float64, days: Float64) -> float:
    """First day from which on the difference is not below 0 up to the last one; infinity without one.

    Parameters
    ----------
    difference : float64[T]
    days : float64[T]
    """
    below = np.flatnonzero(difference < 0)
    if not below.size:
        return float(days[0])
    return float(days[below[-1] + 1]) if below[-1] + 1 < days.size else np.inf
