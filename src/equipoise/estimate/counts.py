"""Whole patients under a curve: at risk, with the event, censored, on each report day."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from equipoise.base.clock import Clock
from equipoise.estimate.estimates import RISK_TABLE
from equipoise.estimate.first_exit import CENSORED, FirstExit
from equipoise.estimate.plan import last_ticks, risk_ticks

SPARSE_SHARE = 0.1  # Pocock, Clayton and Altman 2002, Lancet 359:1686: stop at 10 to 20 % still followed


@dataclass(frozen=True, slots=True)
class Counts:
    """Patients on T days.

    Attributes
    ----------
    day : float64[T]
    at_risk : int64[T], just before the day
    ess : float64[T], (sum of weights)^2 / (sum of squared weights) of those at risk
    events, censored : int64[T], up to and including the day
    n : patients whom the outcome is about
    last_day : last day on which anybody is observed inside; -1 without anybody
    """

    day: NDArray[np.float64]
    at_risk: NDArray[np.int64]
    ess: NDArray[np.float64]
    events: NDArray[np.int64]
    censored: NDArray[np.int64]
    n: int
    last_day: float

    def reached(self) -> NDArray[np.bool_]:
        """Days on which somebody was still observed."""
        return self.day <= self.last_day + 1e-9


def count(spells: FirstExit, days: NDArray[np.float64], clock: Clock, *, cause: int = 0) -> Counts:
    """Count patients on each day.

    Parameters
    ----------
    spells, days, clock
        The outcome and the report days, ascending.
    cause
        The cause that counts as the event; 0 for any exit.
    """
    until = last_ticks(days, clock)
    happened = spells.cause == cause if cause else spells.cause != CENSORED
    censored = spells.stop[(spells.cause == CENSORED) & spells.final]
    ticks = risk_ticks(days, clock)
    total, weight, square = sums_at_risk(spells.start, spells.stop, spells.weight, ticks)
    return Counts(
        days,
        total,
        np.divide(weight**2, square, out=np.zeros(days.size), where=square > 0),
        np.searchsorted(np.sort(spells.stop[happened]), until, side="right"),
        np.searchsorted(np.sort(censored), until, side="right"),
        spells.n,
        last_observed_day(spells.stop, clock),
    )


def sums_at_risk(
    start: NDArray[np.int32], stop: NDArray[np.int32], weight: NDArray[np.float64], ticks: NDArray[np.int32]
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
    """Rows, sum of weights and sum of squared weights with start < tick <= stop: three arrays of length T."""
    entered = np.searchsorted(ticks, start, side="right")
    gone = np.searchsorted(ticks, stop, side="right")
    size = ticks.size + 1

    def running(values: NDArray[np.float64]) -> NDArray[np.float64]:
        coming = np.bincount(entered, values, size).astype(np.float64)
        going = np.bincount(gone, values, size).astype(np.float64)
        return np.cumsum(coming - going)[:-1]

    number = np.rint(running(np.ones(start.size))).astype(np.int64)
    observed = number > 0  # running sums of weights may leave a rest of rounding where nobody is
    return number, np.where(observed, running(weight), 0.0), np.where(observed, running(weight**2), 0.0)


def last_observed_day(stop: NDArray[np.int32], clock: Clock) -> float:
    """Last day on which anybody is observed, or -1."""
    return float(clock.days(stop.max(keepdims=True))[0]) if stop.size else -1.0


def risk_table(outcome: str, strategy: str, counts: Counts) -> pl.DataFrame:
    """Rows of the table under the curve."""
    size = counts.day.size
    return RISK_TABLE.frame(
        {
            "outcome": [outcome] * size,
            "strategy": [strategy] * size,
            "day": counts.day.tolist(),
            "at_risk": counts.at_risk.tolist(),
            "events": counts.events.tolist(),
            "censored": counts.censored.tolist(),
        }
    )
