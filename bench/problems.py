"""The data of the named problems: simulated on days, two ticks a day, the same on every machine."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

DAYS_A_MONTH = 365.25 / 12
MONTHS = np.arange(1, 61)
REPORT_TICKS = (2 * np.round(MONTHS * DAYS_A_MONTH)).astype(np.int32)
STATES = 6
# Expected stay in days, and the chances of the next state: a structure with loops and one absorbing state.
STAY = np.array([150.0, 500.0, 300.0, 900.0, 200.0])
NEXT = np.array(
    [
        [0.00, 0.55, 0.15, 0.00, 0.20, 0.10],
        [0.00, 0.00, 0.30, 0.25, 0.30, 0.15],
        [0.00, 0.40, 0.00, 0.20, 0.20, 0.20],
        [0.00, 0.00, 0.00, 0.00, 0.55, 0.45],
        [0.00, 0.30, 0.00, 0.10, 0.00, 0.60],
    ]
)


@dataclass(frozen=True, slots=True)
class Curve:
    """One event: follow-up in days and whether it happened; `cause` splits the events in two."""

    day: np.ndarray
    event: np.ndarray
    cause: np.ndarray


@dataclass(frozen=True, slots=True)
class Structure:
    """Rows ``(start, stop]`` in ticks of six states, ordered by patient and time."""

    patient: np.ndarray
    start: np.ndarray
    stop: np.ndarray
    origin: np.ndarray
    target: np.ndarray
    patients: int


def curve(patients: int) -> Curve:
    """Return exponential event times with uniform censoring over ten years, on whole days."""
    chance = np.random.default_rng(1)
    death = chance.exponential(1500.0, patients)
    censored = chance.uniform(1.0, 3650.0, patients)
    day = np.ceil(np.minimum(death, censored)).astype(np.int32)
    event = death <= censored
    cause = np.where(event, 1 + chance.integers(0, 3, patients) // 2, 0).astype(np.int16)
    return Curve(day, event, cause)


def structure(patients: int, unit: float = 1.0) -> Structure:
    """Return courses of up to six stays, censored uniformly between one and six years.

    Parameters
    ----------
    unit : days of two ticks; `DAYS_A_MONTH` gives courses recorded in whole months.
    """
    chance = np.random.default_rng(2)
    end = np.ceil(chance.integers(365, 2192, patients) / unit).astype(np.int64)
    state, now = np.zeros(patients, dtype=np.int16), np.zeros(patients, dtype=np.int64)
    cumulated = NEXT.cumsum(axis=1)
    active, parts = np.arange(patients), []
    for _ in range(6):
        stay = np.ceil(chance.exponential(STAY[state[active]] / unit)).astype(np.int64)
        entered = (chance.random(active.size)[:, np.newaxis] > cumulated[state[active]]).sum(axis=1)
        until = np.minimum(now[active] + stay, end[active])
        target = np.where(now[active] + stay <= end[active], entered, -1).astype(np.int16)
        parts.append(np.column_stack([active, 2 * now[active], 2 * until, state[active], target]))
        now[active] = until
        state[active] = np.maximum(target, 0)
        active = active[(target >= 0) & (target < STATES - 1) & (until < end[active])]
    rows = np.concatenate(parts)
    patient, start, stop, origin, target = rows[np.lexsort((rows[:, 1], rows[:, 0]))].T
    integers = (patient.astype(np.int32), start.astype(np.int32), stop.astype(np.int32))
    return Structure(*integers, origin.astype(np.int16), target.astype(np.int16), patients)
