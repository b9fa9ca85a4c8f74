"""Whole patients under a curve: at risk, with the event, censored, on each report day."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from equipoise.base.clock import Clock
from equipoise.base.findings import FindingStatus
from equipoise.estimate.answers import Question
from equipoise.estimate.estimates import RISK_TABLE
from equipoise.estimate.first_exit import CENSORED, FirstExit
from equipoise.estimate.plan import last_ticks, risk_ticks

FEW_EVENTS = 5
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
        change = np.bincount(entered, values, size) - np.bincount(gone, values, size)
        return np.cumsum(change)[:-1]

    number = np.rint(running(np.ones(start.size))).astype(np.int64)
    observed = number > 0  # running sums of weights may leave a rest of rounding where nobody is
    return number, np.where(observed, running(weight), 0.0), np.where(observed, running(weight**2), 0.0)


def last_observed_day(stop: NDArray[np.int32], clock: Clock) -> float:
    """Last day on which anybody is observed, or -1."""
    return float(clock.days(stop.max(keepdims=True))[0]) if stop.size else -1.0


def read_status(counts: Counts, known: NDArray[np.bool_], settled: NDArray[np.bool_]) -> list[FindingStatus]:
    """How the numbers may be read, before anything about their intervals.

    Parameters
    ----------
    counts
        Patients on the days.
    known : bool[T], days for which there is a number
    settled : bool[T], days from which on nothing can change, however few are at risk
    """
    sparse = (counts.at_risk < SPARSE_SHARE * counts.n) & ~settled
    return [
        FindingStatus.NOT_REACHED if not there else FindingStatus.SPARSE if few else FindingStatus.OK
        for there, few in zip(known, sparse, strict=True)
    ]


def risk_table(question: Question, counts: Counts) -> pl.DataFrame:
    """Rows of the table under the curve."""
    size = counts.day.size
    return RISK_TABLE.frame(
        {
            "outcome": [question.outcome] * size,
            "strategy": [question.strategy] * size,
            "day": counts.day,
            "at_risk": counts.at_risk,
            "events": counts.events,
            "censored": counts.censored,
        }
    )
