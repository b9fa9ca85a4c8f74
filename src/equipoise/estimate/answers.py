"""A question, the numbers that answer it on the report days, and the rows of the table of estimates."""

from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from equipoise.base.findings import FindingStatus
from equipoise.estimate.estimates import ESTIMATES, NATURAL_COURSE

NO_INTERVAL = "none"


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

    def about(self, outcome: str) -> "Question":
        """The same question about another outcome, such as one cause or one state."""
        return replace(self, outcome=outcome)


@dataclass(frozen=True, slots=True)
class Numbers:
    """Answers on T days; NaN in a float column means that there is no number.

    Attributes
    ----------
    day, estimate, std_error, lower, upper, ess : float64[T]
    events, at_risk : int64[T]
    n : patients whom the numbers are about
    interval, finding : T names, T codes
    status : T sentences
    """

    day: NDArray[np.float64]
    estimate: NDArray[np.float64]
    std_error: NDArray[np.float64]
    lower: NDArray[np.float64]
    upper: NDArray[np.float64]
    ess: NDArray[np.float64]
    events: NDArray[np.int64]
    at_risk: NDArray[np.int64]
    n: int
    interval: list[str]
    finding: list[str | None]
    status: list[FindingStatus]


def answer(question: Question, numbers: Numbers, *, measure: str, method: str, level: float) -> pl.DataFrame:
    """Rows of the table of estimates for one block of numbers."""
    size = numbers.day.size
    status, finding = numbers.status, numbers.finding
    if question.role == "naive":
        status = [FindingStatus.BIASED if _readable(one) else one for one in status]
    if question.finding is not None:
        finding = [question.finding] * size
    columns = {
        "day": numbers.day,
        "estimate": numbers.estimate,
        "std_error": numbers.std_error,
        "lower": numbers.lower,
        "upper": numbers.upper,
    }
    return ESTIMATES.frame(
        {
            "estimand": [question.estimand] * size,
            "outcome": [question.outcome] * size,
            "strategy": [question.strategy] * size,
            "versus": [None] * size,
            "measure": [measure] * size,
            **{name: pl.Series(name, values, nan_to_null=True) for name, values in columns.items()},
            "level": [level] * size,
            "interval": numbers.interval,
            "method": [method] * size,
            "role": [question.role] * size,
            "n": [numbers.n] * size,
            "events": numbers.events,
            "at_risk": numbers.at_risk,
            "ess": numbers.ess,
            "status": [str(one) for one in status],
            "finding": pl.Series("finding", finding, dtype=pl.String()),
        }
    )


def _readable(status: FindingStatus) -> bool:
    """Whether nothing more pressing than the bias of the analysis is to be said about the number."""
    return status in {FindingStatus.OK, FindingStatus.FEW_EVENTS, FindingStatus.NO_INTERVAL}
