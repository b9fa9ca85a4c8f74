"""Confidence limits of levels and contrasts, with t and the effective sample behind it."""

from typing import NamedTuple

import numpy as np

from equipoise.estimate.bands import NO_INTERVAL, NOISE
from equipoise.kernels.intervals import cloglog, clopper_pearson, critical_value, logit, loglog


class Limits(NamedTuple):
    """An interval with its name; NaN limits where there is none."""

    lower: float
    upper: float
    name: str


NOTHING = Limits(np.nan, np.nan, NO_INTERVAL)
_SCALES = {
    "survival": (loglog, "log-log, t"),
    "cumulative_incidence": (cloglog, "log-log of 1 - P, t"),
    "state_probability": (logit, "logit, t"),
}


def level_limits(
    measure: str,
    value: float,
    error: float,
    level: float,
    scale: tuple[float, float],
    most: float = np.inf,
) -> Limits:
    """Interval of a level.

    Parameters
    ----------
    measure
        As in the table of estimates.
    value, error
        The answer and its standard error.
    level
        Confidence level.
    scale
        Degrees of freedom of t, and the effective sample. At 0 or 1, where no weighted event tells of the
        variance, the interval is the exact binomial one of so many patients (rounded down).
    most
        Of an area, the horizon: what nobody can exceed.
    """
    df, effective = scale
    if measure not in _SCALES:
        if not error > NOISE:
            return NOTHING
        half = critical_value(level, df) * error
        return Limits(max(value - half, 0.0), min(value + half, most), "plain, t")
    if value <= NOISE or value >= 1 - NOISE:
        size = int(effective)
        if size < 1:
            return NOTHING
        lower, upper = clopper_pearson([round(value) * size], [size], level)
        return Limits(float(lower[0]), float(upper[0]), "exact binomial of the effective sample")
    if not error > NOISE:
        return NOTHING
    transform, name = _SCALES[measure]
    lower, upper = transform(np.array([value]), np.array([error]), level, df=df)
    return Limits(float(lower[0]), float(upper[0]), name)


def difference_limits(value: float, error: float, level: float, df: float, most: float) -> Limits:
    """Symmetric interval of a difference, cut to [-most, most]."""
    if not error > NOISE:
        return NOTHING
    half = critical_value(level, df) * error
    return Limits(max(value - half, -most), min(value + half, most), "plain, t")


def ratio_limits(value: float, log_error: float, level: float, df: float) -> Limits:
    """Interval of a ratio on the log scale."""
    if not (value > 0 and np.isfinite(value) and log_error > NOISE):
        return NOTHING
    factor = float(np.exp(critical_value(level, df) * log_error))
    return Limits(value / factor, value * factor, "log, t")
