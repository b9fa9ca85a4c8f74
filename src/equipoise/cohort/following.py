"""Following a feature or predicate through time: its value for each patient from time zero on.

`follow` gives for every day what `equipoise.cohort.evaluate.evaluate` gives for one, in one pass over the
records. The value of a day is read from records of that day and before; nothing later is reached.
"""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from equipoise.cohort.changes import changes
from equipoise.cohort.cohort import Cohort
from equipoise.cohort.course import TRUTH, UNKNOWN, Course, Value
from equipoise.cohort.evaluate import value_column
from equipoise.cohort.known import Asked, Days, number_at, source_at, truth_at
from equipoise.kernels.dated import opens, union
from equipoise.language.feature import AgeOfValue, Baseline, DaysSince, Feature, Has, Last
from equipoise.language.predicate import AllOf, AnyOf, Compare, Not, Predicate
from equipoise.language.vocabulary import Vocabulary

Float64 = NDArray[np.float64]
Int8 = NDArray[np.int8]
Int32 = NDArray[np.int32]
SIDES = {"<": -1, "=": 0, ">": 1}


def follow(asked: Feature | Predicate, cohort: Cohort, time_zero: float | Float64) -> Course:
    """Value of a feature or predicate on every day from time zero on.

    Parameters
    ----------
    asked
        Feature or predicate; its words must be those of the cohort's vocabulary.
    time_zero
        Day of time zero, for all or one a patient, shape (n,); NaN for patients who are not enrolled.

    Returns
    -------
    Course
        For every patient and day d of the grid from time zero on it holds ``evaluate(asked, cohort, d)``.

    Raises
    ------
    ProtocolError
        If the vocabulary does not know a word.
    """
    asked.check(cohort.vocabulary)
    zero = cohort.per_patient(time_zero)
    days = _days(asked, cohort, zero)
    value, levels = _values(asked, cohort, days)
    grows = isinstance(asked, AgeOfValue | DaysSince)
    kept = _news(days, value, grows=grows)
    bound = _bound(asked, cohort, days)
    if bound is None:
        return Course(days.patient[kept], days.day[kept], value[kept], levels, grows)
    kept[1:] |= bound[1:] != bound[:-1]
    return Course(days.patient[kept], days.day[kept], value[kept], levels, grows, bound[kept])


def _days(asked: Feature | Predicate, cohort: Cohort, zero: Float64) -> Days:
    """Time zero of each enrolled patient, and the days after it on which the value may change."""
    enrolled = np.flatnonzero(~np.isnan(zero)).astype(np.int32)
    days = Days(enrolled, zero[enrolled])
    for one in changes(asked, cohort):
        # A comparison with NaN is false: patients without a time zero have no days.
        later = one.day > zero[one.patient]
        days = Days(*union(days.patient, days.day, one.patient[later], one.day[later]))
    return days


def _values(asked: Feature | Predicate, cohort: Cohort, days: Days) -> tuple[Value, tuple[str, ...]]:
    at = Asked(cohort, days)
    if isinstance(asked, AllOf | AnyOf | Not | Compare | Has):
        # False 0, unknown 1, true 2 become 0, -1, 1.
        return np.array([0, UNKNOWN, 1], dtype=np.int32)[truth_at(asked, at)], TRUTH
    if not isinstance(asked, Baseline | Last):
        return number_at(asked, at), ()
    frame, position = source_at(asked, at)
    content = frame["content"]
    if content.dtype.is_numeric():
        number = content.cast(pl.Float64).fill_null(np.nan).to_numpy()
        return _taken(number, position, np.nan), ()
    levels = _levels(asked, content, cohort.vocabulary)
    return _taken(_codes(content, levels), position, UNKNOWN), levels


def _bound(asked: Feature | Predicate, cohort: Cohort, days: Days) -> Int8 | None:
    """On which side of its number a measured value lies: -1 below, 1 above, 0 neither; None for all else."""
    if not isinstance(asked, Last) or value_column(asked.measurement, cohort) != "value":
        return None
    frame, position = source_at(asked, Asked(cohort, days))
    side = frame["bound"].replace_strict(SIDES, return_dtype=pl.Int32).to_numpy()
    return _taken(side, position, 0).astype(np.int8)


def _levels(asked: Baseline | Last, content: pl.Series, vocabulary: Vocabulary) -> tuple[str, ...]:
    """Categories in the order of the vocabulary; what it does not list follows in alphabetical order."""
    if content.dtype == pl.Boolean():
        return TRUTH
    words = (
        vocabulary.patients[asked.column].values
        if isinstance(asked, Baseline)
        else vocabulary.measurements[asked.measurement].values
    )
    found = content.drop_nulls().unique().sort().to_list()
    return (*words, *(one for one in found if one not in words))


def _codes(content: pl.Series, levels: tuple[str, ...]) -> Int32:
    if content.dtype == pl.Boolean():
        return content.cast(pl.Int32).fill_null(UNKNOWN).to_numpy()
    coded = content.cast(pl.Enum(levels)).to_physical().cast(pl.Int32)
    return coded.fill_null(UNKNOWN).to_numpy()


def _taken(values: Value, position: NDArray[np.int64], unknown: float) -> Value:
    if not values.size:
        return np.full(position.size, unknown, dtype=values.dtype)
    return np.where(position >= 0, values[position], unknown).astype(values.dtype)


def _news(days: Days, value: Value, *, grows: bool) -> NDArray[np.bool_]:
    """Which rows say something that the row before (of the same patient) does not."""
    same = value[1:] == value[:-1]
    if value.dtype == np.float64:
        if grows:
            same = value[1:] - value[:-1] == np.diff(days.day)
        same |= np.isnan(value[1:]) & np.isnan(value[:-1])
    kept = opens(days.patient)
    kept[1:] |= ~same
    return kept
