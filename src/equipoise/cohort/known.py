"""What is known on many days a patient at once: the value of each kind of feature and predicate.

The same definitions as in `equipoise.cohort.evaluate`, which asks one day a patient of ``cohort.as_of``.
"""

from dataclasses import dataclass
from functools import reduce

import numpy as np
import polars as pl
from numpy.typing import NDArray

from equipoise.cohort.cohort import Cohort
from equipoise.cohort.compare import bounded_satisfies, satisfies
from equipoise.cohort.evaluate import conditions, value_column
from equipoise.kernels.dated import known
from equipoise.language.comparison import Comparison
from equipoise.language.feature import AgeOfValue, Baseline, Count, DaysSince, First, Has, Last
from equipoise.language.predicate import AllOf, AnyOf, Compare, Not, Predicate

Int8 = NDArray[np.int8]
Int32 = NDArray[np.int32]
Int64 = NDArray[np.int64]
Float64 = NDArray[np.float64]

# Kleene's three values in an order in which "and" is the minimum and "or" the maximum.
FALSE, OPEN, TRUE = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Days:
    """Days of patients, sorted by patient and day: `patient` int32[M], `day` float64[M]."""

    patient: Int32
    day: Float64


@dataclass(frozen=True, slots=True)
class Asked:
    """The days on which something is asked of a cohort."""

    cohort: Cohort
    days: Days

    def of(self, records: pl.DataFrame, within: float | None) -> tuple[Int64, Int64]:
        """Range of the records that are known on each day and not older than `within`."""
        by = dated(records)
        oldest = np.inf if within is None else within
        return known(by.patient, by.day, self.days.patient, self.days.day, oldest)

    def last(self, records: pl.DataFrame, within: float | None) -> Int64:
        """Position of the last such record; -1 for none."""
        first, end = self.of(records, within)
        return np.where(end > first, end - 1, -1)


def dated(records: pl.DataFrame) -> Days:
    """Days of records in canonical order."""
    # Arrays of polars cannot be written to, and a kernel would be compiled once more for them.
    return Days(np.array(records["patient"].to_numpy()), np.array(records["day"].to_numpy()))


def truth_at(asked: Predicate, at: Asked) -> Int8:
    """Truth on each day: 0 false, 1 unknown, 2 true."""
    match asked:
        case AllOf():
            return reduce(np.minimum, (truth_at(part, at) for part in asked.all_of))
        case AnyOf():
            return reduce(np.maximum, (truth_at(part, at) for part in asked.any_of))
        case Not():
            return np.int8(TRUE) - truth_at(asked.not_, at)
        case Compare():
            return _compared(asked, at)
        case Has():
            records = at.cohort.records(asked.record)
            fitting = records.filter(conditions(asked.record, asked.where, at.cohort))
            first, end = at.of(fitting, asked.within)
            return np.where(end > first, TRUE, FALSE).astype(np.int8)


def _compared(asked: Compare, at: Asked) -> Int8:
    """A comparison; a last value beyond a detection limit is compared as far as it is known."""
    feature = asked.feature
    if not isinstance(feature, Baseline | Last):
        values = pl.Series(values=number_at(feature, at)).fill_nan(None)
        return _truths(values.to_frame("content"), satisfies(pl.col("content"), asked.comparison))
    frame, position = source_at(feature, at)
    truths = _truths(frame, _content_satisfies(feature, asked.comparison, at.cohort))
    if not truths.size:
        return np.full(position.size, OPEN, dtype=np.int8)
    return np.where(position >= 0, truths[position], OPEN).astype(np.int8)


def _content_satisfies(feature: Baseline | Last, comparison: Comparison, cohort: Cohort) -> pl.Expr:
    if isinstance(feature, Last) and value_column(feature.measurement, cohort) == "value":
        return bounded_satisfies(pl.col("content"), pl.col("bound"), comparison)
    return satisfies(pl.col("content"), comparison)


def _truths(frame: pl.DataFrame, expression: pl.Expr) -> Int8:
    answer = frame.select(answer=expression)["answer"]
    return (answer.cast(pl.Int8) * TRUE).fill_null(OPEN).to_numpy()


def source_at(feature: Baseline | Last, at: Asked) -> tuple[pl.DataFrame, Int64]:
    """Where the value on each day stands: rows with a column `content`, and positions in them (-1: none)."""
    if isinstance(feature, Last):
        column = value_column(feature.measurement, at.cohort)
        valued = at.cohort.records(feature.measurement).filter(pl.col(column).is_not_null())
        return valued.with_columns(content=pl.col(column)), at.last(valued, feature.within)
    since = at.cohort.vocabulary.patients[feature.column].known_from
    first = at.cohort.first_day(since) if isinstance(since, str) else np.full(at.cohort.n, float(since))
    patient = at.days.patient
    # Without a record (NaN) the comparison is false.
    position = np.where(first[patient] <= at.days.day, patient, -1).astype(np.int64)
    return at.cohort.patients.select(content=pl.col(feature.column)), position


def number_at(feature: First | Count | AgeOfValue | DaysSince, at: Asked) -> Float64:
    """Number on each day; NaN where it is unknown."""
    match feature:
        case Count():
            first, end = at.of(at.cohort.records(feature.record), feature.within)
            return (end - first).astype(np.float64)
        case First():
            first_day = _first_day(feature, at.cohort)[at.days.patient]
            return np.where(first_day <= at.days.day, first_day, np.nan)
        case AgeOfValue():
            column = value_column(feature.measurement, at.cohort)
            return _age(at.cohort.records(feature.measurement).filter(pl.col(column).is_not_null()), at)
        case DaysSince():
            return _age(at.cohort.records(feature.record), at)


def _age(records: pl.DataFrame, at: Asked) -> Float64:
    """Days since the last record; NaN without one."""
    position = at.last(records, None)
    if not records.height:
        return np.full(position.size, np.nan)
    return np.where(position >= 0, at.days.day - records["day"].to_numpy()[position], np.nan)


def _first_day(feature: First, cohort: Cohort) -> Float64:
    """Day on which each patient's first fitting record becomes known, shape (n,); NaN without one.

    A confirmation concerns a record and the next one, so it is known on the day of the latter and no later
    record can undo it.
    """
    fits = conditions(feature.record, feature.where, cohort).fill_null(value=False)
    records = cohort.records(feature.record).with_columns(fits=fits)
    if feature.confirmed is not None:
        following = pl.col("day").shift(-1).over("patient")
        gap = following - pl.col("day")
        again = pl.col("fits").shift(-1).over("patient") & (gap > 0) & (gap <= feature.confirmed)
        records = records.with_columns(fits=pl.col("fits") & again.fill_null(value=False), day=following)
    first = records.filter(pl.col("fits")).group_by("patient").agg(pl.col("day").min())
    days = np.full(cohort.n, np.nan)
    days[first["patient"].to_numpy()] = first["day"].to_numpy()
    return days
