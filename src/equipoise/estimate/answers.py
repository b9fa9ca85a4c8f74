"""A question, the numbers that answer it on the report days, and the rows of the table of estimates."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from equipoise.base.findings import FindingStatus
from equipoise.estimate.bands import NO_INTERVAL, Band
from equipoise.estimate.counts import SPARSE_SHARE, Counts
from equipoise.estimate.estimates import ESTIMATES, NATURAL_COURSE
from equipoise.estimate.plan import Plan

Float64 = NDArray[np.float64]
Bool = NDArray[np.bool_]
FEW_EVENTS = 5


@dataclass(frozen=True, slots=True)
class Question:
    """What a block of rows is about.

    Parameters
    ----------
    estimand
        One sentence.
    outcome, strategy, role
        As in the table of estimates.
    finding
        Code of the finding that concerns the whole block, if any.
    """

    estimand: str
    outcome: str
    strategy: str = NATURAL_COURSE
    role: str = "primary"
    finding: str | None = None


@dataclass(frozen=True, slots=True)
class Numbers:
    """Answers on T days, with what is needed to judge how they may be read.

    Attributes
    ----------
    counts
        Patients on the days.
    value : float64[T]
    band
        Standard errors and intervals.
    settled : bool[T], days on which nothing can change any more, however few are at risk
    about
        A first ``exit`` rests on its events; a ``state`` that people enter and leave does not; an ``area``
        rests on the whole course, so that few at risk at its end do not matter.
    emptied_from
        Day on which the last one at risk left although others come under observation later.
    """

    counts: Counts
    value: Float64
    band: Band
    settled: Bool
    about: Literal["exit", "state", "area"] = "exit"
    emptied_from: float = np.inf

    @property
    def emptied(self) -> Bool:
        """Days for which the curve says nothing any more; an area still counts to the day itself."""
        day = self.counts.day
        return day > self.emptied_from if self.about == "area" else day >= self.emptied_from

    @property
    def known(self) -> Bool:
        """Days for which there is a number: somebody is still observed, or nothing can change any more."""
        return (self.counts.reached() | self.settled) & ~self.emptied

    def status(self) -> list[FindingStatus]:
        """How each number may be read, the most pressing first."""
        sparse = (self.counts.at_risk < SPARSE_SHARE * self.counts.n) & ~self.settled & (self.about != "area")
        missing = ~self.band.given & (self.counts.day > 0)
        status = np.full(self.value.size, FindingStatus.OK, dtype=object)
        for where, sentence in (
            (self.band.exact, FindingStatus.FEW_EVENTS),
            (missing, FindingStatus.NO_INTERVAL),
            (sparse, FindingStatus.SPARSE),
            (~self.known, FindingStatus.NOT_REACHED),
            (self.emptied, FindingStatus.EMPTIED),
        ):
            status[where] = sentence
        return list(status)

    def findings(self) -> list[str | None]:
        """Code of the finding that concerns each number, the most pressing first."""
        later = self.counts.day > 0
        few = (self.counts.events < FEW_EVENTS) & later & (self.about == "exit")
        codes = np.full(self.value.size, None, dtype=object)
        for where, code in (
            (few | self.band.exact, "E103"),
            (~self.band.given & later, "E113"),
            (~self.known, "E105"),
            (self.emptied, "E104"),
        ):
            codes[where] = code
        return list(codes)


def answer(question: Question, numbers: Numbers, plan: Plan, *, measure: str, method: str) -> pl.DataFrame:
    """Rows of the table of estimates for one block of numbers."""
    known, counts, band = numbers.known, numbers.counts, numbers.band
    size = known.size
    status, finding = numbers.status(), numbers.findings()
    if question.role == "naive":
        status = [FindingStatus.BIASED if _readable(one) else one for one in status]
    if question.finding is not None:
        finding = [question.finding] * size
    columns = {
        "day": counts.day,
        "estimate": np.where(known, numbers.value, np.nan),
        "std_error": np.where(known, band.std_error, np.nan),
        "lower": np.where(known, band.lower, np.nan),
        "upper": np.where(known, band.upper, np.nan),
    }
    return ESTIMATES.frame(
        {
            "estimand": [question.estimand] * size,
            "outcome": [question.outcome] * size,
            "strategy": [question.strategy] * size,
            "versus": [None] * size,
            "measure": [measure] * size,
            **{name: nullable(values) for name, values in columns.items()},
            "level": [plan.level] * size,
            "interval": [
                name if there else NO_INTERVAL for name, there in zip(band.interval, known, strict=True)
            ],
            "method": [method] * size,
            "role": [question.role] * size,
            "n": [counts.n] * size,
            "events": counts.events.tolist(),
            "at_risk": counts.at_risk.tolist(),
            "ess": counts.ess.tolist(),
            "status": [str(one) for one in status],
            "finding": finding,
        }
    )


def nullable(values: Float64) -> list[float | None]:
    """Floats with None for NaN, as a nullable column wants them."""
    return [None if np.isnan(one) else float(one) for one in values]


def _readable(status: FindingStatus) -> bool:
    """Whether nothing more pressing than the bias of the analysis is to be said about the number."""
    return status in {FindingStatus.OK, FindingStatus.FEW_EVENTS, FindingStatus.NO_INTERVAL}
