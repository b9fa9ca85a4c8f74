"""Looking: a marker that is measured more often in one group than in another."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from equipoise.base.clock import DAYS_PER_MONTH
from equipoise.base.findings import Finding, finding
from equipoise.cohort.cohort import Cohort
from equipoise.cohort.windows import merged_observation

Float64 = NDArray[np.float64]

MUCH_MORE = 1.5
STANDARD_ERRORS = 4.0
MOST_GROUPS = 5


@dataclass(frozen=True, slots=True)
class Schedule:
    """How often a group was measured: number of days with a measurement, and person-days observed."""

    label: str
    measured: int
    person_days: float

    @property
    def rate(self) -> float:
        """Measurements a person-month."""
        return self.measured / self.person_days * DAYS_PER_MONTH


def looking_findings(cohort: Cohort) -> Iterator[Finding]:
    """D508, by baseline group and by time before and after the first start of an intervention."""
    periods = merged_observation(cohort.observation)
    for name, word in cohort.vocabulary.measurements.items():
        measured = _measured_while_observed(cohort, name, periods)
        groupings = [
            *_baseline_groups(cohort, measured, periods),
            *_treatment_groups(cohort, measured, periods),
        ]
        for schedules in groupings:
            often, seldom = _most_unlike(schedules)
            if often is not None and seldom is not None and _is_much_more(often, seldom):
                message = (
                    f"{word.label} is measured {often.rate:.2g} times a month with {often.label} and "
                    f"{seldom.rate:.2g} times with {seldom.label}"
                )
                yield finding("D508", "measurements", message)


def _measured_while_observed(cohort: Cohort, name: str, periods: pl.DataFrame) -> pl.DataFrame:
    """Days with a measurement under observation (patient, day), each once."""
    days = cohort.records(name).select("patient", "day").unique(maintain_order=True)
    during = days.join(periods, on="patient").filter(
        (pl.col("day") > pl.col("start")) & (pl.col("day") <= pl.col("stop"))
    )
    return during.select("patient", "day")


def _baseline_groups(
    cohort: Cohort, measured: pl.DataFrame, periods: pl.DataFrame
) -> Iterator[list[Schedule]]:
    count = np.bincount(measured["patient"].to_numpy(), minlength=cohort.n)
    length = (periods["stop"] - periods["start"]).to_numpy()
    person_days = np.bincount(periods["patient"].to_numpy(), weights=length, minlength=cohort.n)
    for name, column in cohort.vocabulary.patients.items():
        if column.type not in ("category", "boolean") or column.role != "baseline":
            continue
        values = cohort.patients[name]
        distinct = values.drop_nulls().unique().sort()
        if not 2 <= distinct.len() <= MOST_GROUPS:
            continue
        schedules: list[Schedule] = []
        for value in distinct:
            members = (values == value).fill_null(value=False).to_numpy()
            label = f"{column.label} {column.values.get(str(value), value)}"
            schedules.append(Schedule(label, int(count[members].sum()), float(person_days[members].sum())))
        yield schedules


def _treatment_groups(
    cohort: Cohort, measured: pl.DataFrame, periods: pl.DataFrame
) -> Iterator[list[Schedule]]:
    for name in cohort.vocabulary.interventions:
        begun = cohort.first_day(name)
        since = np.where(np.isnan(begun), np.inf, begun)
        first = since[periods["patient"].to_numpy()]
        start, stop = periods["start"].to_numpy(), periods["stop"].to_numpy()
        before = np.clip(first, start, stop) - start
        after = stop - np.clip(first, start, stop)
        late = measured["day"].to_numpy() > since[measured["patient"].to_numpy()]
        label = cohort.vocabulary.label_of(name)
        yield [
            Schedule(f"time before or without {label}", int((~late).sum()), float(before.sum())),
            Schedule(f"time after {label}", int(late.sum()), float(after.sum())),
        ]


def _most_unlike(schedules: list[Schedule]) -> tuple[Schedule | None, Schedule | None]:
    observed = sorted((one for one in schedules if one.person_days > 0), key=lambda one: one.rate)
    return (observed[-1], observed[0]) if len(observed) > 1 else (None, None)


def _is_much_more(often: Schedule, seldom: Schedule) -> bool:
    """Whether rates differ by half and by four standard errors of their logarithm (counts as Poisson)."""
    if often.rate < MUCH_MORE * seldom.rate:
        return False
    # Half a count more on each side: a group that was never measured has a finite logarithm too.
    a, b = often.measured + 0.5, seldom.measured + 0.5
    ratio = math.log(a / often.person_days) - math.log(b / seldom.person_days)
    return ratio > STANDARD_ERRORS * math.sqrt(1 / a + 1 / b)
