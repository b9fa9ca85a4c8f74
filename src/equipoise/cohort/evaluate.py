"""Evaluation: the only bridge from many rows a patient to one value a patient.

Whatever is asked is asked of ``cohort.as_of(day)``; nothing later can be reached from here.
"""

from functools import reduce

import numpy as np
import polars as pl
from numpy.typing import NDArray

from equipoise.cohort.cohort import Cohort
from equipoise.cohort.compare import bounded_satisfies, satisfies
from equipoise.language.comparison import Comparison
from equipoise.language.feature import (
    AgeOfValue,
    Baseline,
    Count,
    DaysSince,
    Feature,
    First,
    Has,
    Last,
    Where,
)
from equipoise.language.predicate import AllOf, AnyOf, Compare, Not, Predicate

Float64 = NDArray[np.float64]


def evaluate(asked: Feature | Predicate, cohort: Cohort, day: float | Float64) -> pl.Series:
    """Value of a feature or predicate by the end of a day.

    Parameters
    ----------
    asked
        Feature or predicate; its words must be those of the cohort's vocabulary.
    day
        One day for all, or one a patient, shape (n,); NaN: the value is missing.

    Returns
    -------
    pl.Series
        One value a patient, shape (n,): numbers, texts, or booleans with missing for unknown.

    Raises
    ------
    ProtocolError
        If the vocabulary does not know a word.
    """
    asked.check(cohort.vocabulary)
    days = cohort.per_patient(day)
    value = _value(asked, cohort.as_of(days), days)
    return value.set(pl.Series(values=np.isnan(days)), None).alias("value")


def _value(asked: Feature | Predicate, known: Cohort, days: Float64) -> pl.Series:
    if isinstance(asked, AllOf | AnyOf | Not | Compare | Has):
        return _truth(asked, known, days)
    return _feature(asked, known, days)


def _truth(asked: Predicate, known: Cohort, days: Float64) -> pl.Series:
    """Three-valued truth; missing stands for unknown, with which polars computes as Kleene did."""
    match asked:
        case AllOf():
            return reduce(lambda a, b: a & b, (_truth(part, known, days) for part in asked.all_of))
        case AnyOf():
            return reduce(lambda a, b: a | b, (_truth(part, known, days) for part in asked.any_of))
        case Not():
            return ~_truth(asked.not_, known, days)
        case Compare():
            return _compared(asked, known, days)
        case Has():
            found = _records(asked.record, known, days, within=asked.within)
            return _number_of(found.filter(conditions(asked.record, asked.where, known)), known.n) > 0


def _feature(asked: Feature, known: Cohort, days: Float64) -> pl.Series:
    match asked:
        case Baseline():
            return known.patients[asked.column]
        case Last():
            return _last_value(asked.measurement, known, days, within=asked.within)["value"]
        case First():
            return _first_day(asked, known, days)
        case Count():
            return _number_of(_records(asked.record, known, days, within=asked.within), known.n)
        case AgeOfValue():
            return _last_value(asked.measurement, known, days, within=None)["age"]
        case DaysSince():
            records = _records(asked.record, known, days, within=None)
            latest = records.group_by("patient").agg(pl.col("age").min())
            return _one_each(latest, known.n)["age"]


def _number_of(records: pl.DataFrame, n: int) -> pl.Series:
    counted = np.bincount(records["patient"].to_numpy(), minlength=n)
    return pl.Series(values=counted.astype(np.float64))


def _compared(asked: Compare, known: Cohort, days: Float64) -> pl.Series:
    """A comparison; a last value beyond a detection limit is compared as far as it is known."""
    feature = asked.feature
    if isinstance(feature, Last) and known.vocabulary.measurements[feature.measurement].kind == "quantity":
        last = _last_value(feature.measurement, known, days, within=feature.within)
        return last.select(bounded_satisfies(pl.col("value"), pl.col("bound"), asked.comparison)).to_series()
    value = _value(feature, known, days)
    return value.to_frame("value").select(satisfies(pl.col("value"), asked.comparison)).to_series()


def _records(word: str, known: Cohort, days: Float64, *, within: float | None) -> pl.DataFrame:
    """Records of a word with their age in days; only those of the last `within` days if given."""
    records = known.records(word)
    age = days[records["patient"].to_numpy()] - records["day"].to_numpy()
    aged = records.with_columns(age=pl.Series(values=age, dtype=pl.Float64))
    return aged if within is None else aged.filter(pl.col("age") <= within)


def _last_value(measurement: str, known: Cohort, days: Float64, *, within: float | None) -> pl.DataFrame:
    """Last value of each patient: columns value, bound, age; missing without one.

    Of several values of one day the largest (for states: the last in alphabetical order) counts.
    """
    column = value_column(measurement, known)
    recorded = _records(measurement, known, days, within=within).filter(pl.col(column).is_not_null())
    last = recorded.group_by("patient", maintain_order=True).last()
    return _one_each(last.select("patient", pl.col(column).alias("value"), "bound", "age"), known.n)


def _first_day(asked: First, known: Cohort, days: Float64) -> pl.Series:
    records = _records(asked.record, known, days, within=None)
    fits = records.with_columns(fits=conditions(asked.record, asked.where, known).fill_null(value=False))
    if asked.confirmed is not None:
        # A second value of the same day is no confirmation.
        following = pl.col("day").shift(-1).over("patient")
        gap = following - pl.col("day")
        again = pl.col("fits").shift(-1).over("patient") & (gap > 0) & (gap <= asked.confirmed)
        fits = fits.with_columns(fits=pl.col("fits") & again.fill_null(value=False), day=following)
    first = fits.filter(pl.col("fits")).group_by("patient").agg(pl.col("day").min())
    return _one_each(first, known.n)["day"]


def conditions(record: str, where: Where, known: Cohort) -> pl.Expr:
    """Whether records satisfy all conditions; a missing detail satisfies none."""
    met = pl.lit(value=True)
    for name, comparison in where.items():
        met = met & _condition(record, name, comparison, known)
    return met


def _condition(record: str, name: str, comparison: Comparison, known: Cohort) -> pl.Expr:
    if record not in known.vocabulary.measurements:
        return satisfies(pl.col(name), comparison)
    column = value_column(record, known)
    if column == "state":
        return satisfies(pl.col("state"), comparison)
    return bounded_satisfies(pl.col("value"), pl.col("bound"), comparison)


def value_column(measurement: str, known: Cohort) -> str:
    """Column that holds the values of a measurement."""
    return "state" if known.vocabulary.measurements[measurement].kind == "state" else "value"


def _one_each(values: pl.DataFrame, n: int) -> pl.DataFrame:
    """One row a patient, in order; missing where `values` has no row."""
    everybody = pl.DataFrame({"patient": pl.Series(values=np.arange(n, dtype=np.int32))})
    return everybody.join(values, on="patient", how="left", maintain_order="left")
