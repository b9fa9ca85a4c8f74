"""Restricted mean time: in each state (Aalen-Johansen, IJ) and of survival (Kaplan-Meier, Greenwood).

    T_j(tau) = integral of P_j(s) ds from begin to tau
    restricted mean survival = sum of T_j over the alive states
    time lost to a cause     = T_j of its absorbing state = integral of its incidence
                               (Andersen 2013, Stat Med 32:5278)

Time is measured in days: two ticks are one unit of `resolution` days and the odd (half) tick belongs to the
day of the tick before it, so a state left on the day it was entered has duration 0.
"""

import numpy as np
import numpy.typing as npt

from equipoise.kernels.aalen_johansen import Occupation
from equipoise.kernels.arrays import Float64, Int32, int32
from equipoise.kernels.influence import integral_standard_error
from equipoise.kernels.product_limit import ProductLimit
from equipoise.kernels.rows import Rows


def days_of(ticks: npt.ArrayLike, resolution: float) -> Float64:
    """Days of `ticks`: ``(tick // 2) * resolution``."""
    days: Float64 = (np.asarray(ticks, dtype=np.int64) // 2).astype(np.float64) * resolution
    return days


def time_in_state(
    rows: Rows,
    occupation: Occupation,
    horizons: npt.ArrayLike,
    *,
    resolution: float,
    cluster: npt.ArrayLike | None = None,
    contrast: npt.ArrayLike | None = None,
) -> tuple[Float64, Float64]:
    """Mean days in each state from `occupation.begin` to each horizon, and IJ standard errors.

    Parameters
    ----------
    rows : Rows
        Those from which `occupation` was computed.
    horizons : int[T]
        Ticks, not before `occupation.begin`.  Beyond the last transition the probabilities are carried on:
        whether anybody is still under observation there is for the caller to judge.
    resolution : float
        Days of two ticks.
    cluster : int[patients]
        Unit of variance; default each patient.
    contrast : float64[S, F]
        Default the identity (every state).

    Returns
    -------
    (float64[T, F], float64[T, F]) : estimates and standard errors, in days.
    """
    until = int32(horizons, "horizons")
    if (until < occupation.begin).any():
        raise ValueError(
            f"horizons: {until.min()} lies before the beginning of the course, {occupation.begin}"
        )
    functional = np.eye(rows.states) if contrast is None else np.ascontiguousarray(contrast, dtype=np.float64)
    ticks = np.concatenate(([occupation.begin], occupation.time)).astype(np.int32)
    estimate = _areas(occupation, ticks, until, resolution) @ functional
    days = np.concatenate((days_of(ticks, resolution), days_of(np.unique(until), resolution)))
    return estimate, integral_standard_error(rows, occupation, until, days, cluster, functional)


def restricted_mean(
    curve: ProductLimit, horizon: int, *, resolution: float, begin: int = 0
) -> tuple[float, float]:
    """Area in days under a survival curve from `begin` to `horizon`, and its Greenwood standard error.

        Var = sum over ticks u <= tau of (integral of S from u to tau)^2 d / (Y (Y - d))

    Klein and Moeschberger 2003, eq. 4.5.2; the formula of survRM2.  Ticks with d = Y add nothing: S
    is 0 from there on.  `curve` must not have events up to `begin`.
    """
    if horizon < begin:
        raise ValueError(f"horizon {horizon} lies before the beginning {begin}")
    inside = (curve.time <= horizon) & (curve.events > 0)
    ticks = np.concatenate(([begin], curve.time[inside]))
    height = np.concatenate(([1.0], curve.survival[inside]))
    width = np.diff(days_of(np.append(ticks, horizon), resolution))
    areas = height * width
    beyond = np.cumsum(areas[::-1])[::-1][1:]
    at_risk, events = curve.at_risk[inside], curve.events[inside]
    left = at_risk - events
    relative = np.divide(events, at_risk * left, out=np.zeros_like(events), where=left > 0)
    return float(areas.sum()), float(np.sqrt((beyond**2 * relative).sum()))


def _areas(occupation: Occupation, ticks: Int32, until: Int32, resolution: float) -> Float64:
    probability = np.concatenate((occupation.initial[np.newaxis], occupation.probability))
    day = days_of(ticks, resolution)
    pieces = probability[:-1] * np.diff(day)[:, np.newaxis]
    areas = np.concatenate((np.zeros((1, probability.shape[1])), np.cumsum(pieces, axis=0)))
    place = np.searchsorted(ticks, until, side="right") - 1
    rest = days_of(until, resolution) - day[place]
    return areas[place] + probability[place] * rest[:, np.newaxis]
