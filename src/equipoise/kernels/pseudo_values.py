"""Pseudo-values of survival, cumulative incidence, restricted mean time and time lost.

With theta the estimate from all n patients and theta_(-i) that without patient i, the pseudo-value is

    theta_i = n theta - (n - 1) theta_(-i)                                                              (1)

(Andersen, Klein and Rosthoj 2003, Biometrika 90:15).  theta is Kaplan-Meier, Aalen-Johansen or an area under
one of them.  Nothing is estimated n times.  Without patient i, who leaves at T, every earlier tick has Y - 1
at risk and unchanged events, tick T lacks the patient and the patient's event, later ticks are as before:

    theta_(-i) = prefix(T) + S_(-i)(T) alpha(T) + F_(-i)(T) beta(T)                                     (2)

where `prefix` is the area up to T with one patient fewer at risk throughout, and alpha, beta are what one who
is still free of events, or already counted, right after T adds by the target.  So each target takes one pass
over the distinct ticks: O(n + K).

Leaving a patient out is not valid with delayed entry: without the patient the risk set may be empty while
others are still to come, and who is seen at all depends on the time; so the functions for it take no `start`.
The infinitesimal jackknife has theta + n U_i with the influence U_i of the patient in place of (1); it is
defined for delayed entry and gaps too, and differs from (1) by O(1/n).
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from equipoise.kernels.aalen_johansen import Occupation, probability_at
from equipoise.kernels.arrays import Float64, Int16, Int64, int16, int32, same_length
from equipoise.kernels.cumulative_incidence import cumulative_incidence
from equipoise.kernels.influence import backward, influence, paths
from equipoise.kernels.influence_steps import last_values
from equipoise.kernels.jit import jit
from equipoise.kernels.restricted_mean import days_of, time_in_state
from equipoise.kernels.rows import Rows

FREE = 0  # `of`: free of every cause, that is survival


def pseudo_probabilities(
    stop: npt.ArrayLike, cause: npt.ArrayLike, ticks: npt.ArrayLike, *, of: int = FREE
) -> Float64:
    """Leave-one-out pseudo-values float64[n, T] of a probability at `ticks`.

    Parameters
    ----------
    stop : int[n], tick at which each patient leaves; all are at risk from the beginning.
    cause : int[n], 0 = censored at `stop`, else the cause 1, 2, ... of the event (a bool will do).
    ticks : int[T]; beyond the last tick of the data the curve is carried on.
    of : 0 = probability to be free of every cause (survival); c = incidence of cause c.

    Raises
    ------
    ValueError, TypeError
        Row index of a negative cause; fewer than two patients.
    """
    course = _course(stop, cause, of, None)
    place = np.searchsorted(course.time, int32(ticks, "ticks"), side="right")
    value = np.concatenate((np.array([[1.0 if of == FREE else 0.0]]), course.curve[:, np.newaxis]))[place, 0]
    without = np.column_stack(
        [_without(course, int(m), 0.0, of, False)[course.place, course.cause] for m in place]
    )
    return _pseudo(course.place.size, value, without)


def pseudo_times(
    stop: npt.ArrayLike, cause: npt.ArrayLike, horizons: npt.ArrayLike, *, resolution: float, of: int = FREE
) -> Float64:
    """Leave-one-out pseudo-values float64[n, T], in days, of an area from tick 0 to each horizon.

    Parameters
    ----------
    stop, cause : as in `pseudo_probabilities`; `stop` > 0.
    horizons : int[T] ticks >= 0.
    resolution : days of two ticks, see `restricted_mean`.
    of : 0 = restricted mean time free of every cause; c = time lost to cause c.
    """
    until = int32(horizons, "horizons")
    if (until < 0).any():
        raise ValueError(f"horizons: {until.min()} lies before tick 0")
    course = _course(stop, cause, of, resolution)
    days = days_of(until, resolution)
    place = np.searchsorted(course.time, until, side="right")
    day = np.concatenate(([0.0], course.day))
    height = np.concatenate(([1.0 if of == FREE else 0.0], course.curve))
    area = np.concatenate(([0.0], np.cumsum(height[:-1] * np.diff(day))))
    value = area[place] + height[place] * (days - day[place])
    without = np.column_stack(
        [
            _without(course, int(m), float(end), of, True)[course.place, course.cause]
            for m, end in zip(place, days, strict=True)
        ]
    )
    return _pseudo(course.place.size, value, without)


def infinitesimal_probabilities(
    rows: Rows, occupation: Occupation, ticks: npt.ArrayLike, *, contrast: npt.ArrayLike
) -> Float64:
    """Infinitesimal-jackknife pseudo-values float64[patients, T] of P(tick) @ contrast.

    Parameters
    ----------
    rows, occupation : as in `influence`; patients without a row are not counted and have NaN.
    ticks : int[T].
    contrast : float64[S].
    """
    targets = int32(ticks, "ticks")
    functional = np.ascontiguousarray(contrast, dtype=np.float64)[:, np.newaxis]
    value = (probability_at(occupation, targets) @ functional)[:, 0]
    columns = [influence(rows, occupation, int(tick), contrast=functional)[:, 0] for tick in targets]
    return _infinitesimal(rows, value, np.column_stack(columns))


def infinitesimal_times(
    rows: Rows,
    occupation: Occupation,
    horizons: npt.ArrayLike,
    *,
    resolution: float,
    contrast: npt.ArrayLike,
) -> Float64:
    """Infinitesimal-jackknife pseudo-values float64[patients, T] of days in the states of `contrast`.

    Parameters
    ----------
    rows, occupation, contrast : as in `infinitesimal_probabilities`.
    horizons, resolution : as in `time_in_state`.
    """
    until = int32(horizons, "horizons")
    functional = np.ascontiguousarray(contrast, dtype=np.float64)[:, np.newaxis]
    value = time_in_state(rows, occupation, until, resolution=resolution, contrast=functional)[0][:, 0]
    ticks = np.concatenate(([occupation.begin], occupation.time))
    columns: list[Float64] = []
    for horizon in until:
        target = np.array([horizon], dtype=np.int32)
        tables = backward(occupation, target, days_of(np.append(ticks, horizon), resolution))
        values = last_values(paths(rows, occupation, target, None), tables)
        columns.append(values[:, rows.states :] @ functional[:, 0])
    return _infinitesimal(rows, value, np.column_stack(columns))


def _infinitesimal(rows: Rows, value: Float64, columns: Float64) -> Float64:
    counted = np.bincount(rows.patient, minlength=rows.patients) > 0
    return np.where(counted[:, np.newaxis], value + int(counted.sum()) * columns, np.nan)


def _pseudo(patients: int, value: Float64, without: Float64) -> Float64:
    return patients * value - (patients - 1) * without


class _Course(NamedTuple):
    """Counts on the distinct ticks at which anybody leaves, and the curve in question with everybody."""

    time: npt.NDArray[np.int32]
    day: Float64
    at_risk: Float64
    events: Float64
    curve: Float64
    place: Int64  # of each patient
    cause: Int16


def _course(stop: npt.ArrayLike, cause: npt.ArrayLike, of: int, resolution: float | None) -> _Course:
    end = int32(stop, "stop")
    why = int16(np.asarray(cause).astype(np.int16) if np.asarray(cause).dtype == np.bool_ else cause, "cause")
    same_length(end.size, cause=why)
    if end.size < 2:
        raise ValueError(f"{end.size} patients: leaving one out needs at least two")
    if resolution is not None and end.min() <= 0:
        raise ValueError(f"row {end.argmin()}: stop {end.min()} is not after tick 0")
    if of < 0:
        raise ValueError(f"of {of}: expected 0 (free of every cause) or a cause")
    found = cumulative_incidence(end, why, causes=max(int(why.max()), of, 1))
    curve = found.survival if of == FREE else found.incidence[:, of - 1]
    day = np.zeros(found.time.size) if resolution is None else days_of(found.time, resolution)
    place = np.searchsorted(found.time, end)
    return _Course(found.time, day, found.at_risk, found.events, np.ascontiguousarray(curve), place, why)


@jit
def _without(course: _Course, targets: int, end: float, of: int, area: bool) -> Float64:
    """Equation (2) for a target after the first `targets` places: float64[K, 1 + causes] by place and cause.

    `end` is the day of the target; `area` tells whether the integral or the value is wanted.
    """
    places, causes = course.events.shape
    result = np.empty((places, causes + 1))
    alpha = np.empty(targets)
    free, counted = (1.0, 0.0) if of == 0 else (0.0, 1.0)
    # What one who is still free right after place k adds by the target, and one who is already counted.
    ahead = 0.0 if area else free
    for k in range(targets - 1, -1, -1):
        left = 0.0
        for c in range(causes):
            left += course.events[k, c]
        until = course.day[k + 1] if k + 1 < targets else end
        if area:
            ahead += free * (until - course.day[k])
        alpha[k] = ahead
        gained = (end - course.day[k] if area else 1.0) * counted
        own = course.events[k, of - 1] if of > 0 else 0.0
        ahead = ahead * ((course.at_risk[k] - left) / course.at_risk[k]) + gained * own / course.at_risk[k]
    # With one patient fewer at risk throughout: survival, incidence and area right before place k.
    survival, incidence, prefix, since = 1.0, 0.0, 0.0, 0.0
    for k in range(targets):
        day, others = course.day[k], course.at_risk[k] - 1.0
        if area:
            prefix += (free * survival + counted * incidence) * (day - since)
            since = day
        left = 0.0
        for c in range(causes):
            left += course.events[k, c]
        beta = counted * (end - day if area else 1.0)
        for c in range(causes + 1):
            s, f = survival, incidence
            if others > 0.0:
                own = course.events[k, of - 1] - (1.0 if c == of else 0.0) if of > 0 else 0.0
                f += survival * own / others
                s *= (others - left + (1.0 if c > 0 else 0.0)) / others
            result[k, c] = prefix + s * alpha[k] + f * beta
        if others > 0.0:
            if of > 0:
                incidence += survival * course.events[k, of - 1] / others
            survival *= (others - left) / others
    rest = end - since if area else 1.0
    for k in range(targets, places):
        for c in range(causes + 1):
            result[k, c] = prefix + (free * survival + counted * incidence) * rest
    return result
