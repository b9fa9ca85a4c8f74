"""Days on which the value of a feature or predicate may change, from the records alone."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from equipoise.cohort.cohort import Cohort
from equipoise.cohort.known import Days, dated
from equipoise.language.feature import AgeOfValue, Baseline, Count, DaysSince, Feature, First, Has, Last
from equipoise.language.predicate import AllOf, AnyOf, Compare, Not, Predicate


def changes(asked: Feature | Predicate, cohort: Cohort) -> Iterator[Days]:
    """Sorted days, in several lists, that include every day on which the value changes.

    A record changes the value on its day. A window (``within``) or a comparison of a growing number changes
    it again when the record gets old enough.
    """
    match asked:
        case AllOf():
            for part in asked.all_of:
                yield from changes(part, cohort)
        case AnyOf():
            for part in asked.any_of:
                yield from changes(part, cohort)
        case Not():
            yield from changes(asked.not_, cohort)
        case Compare():
            yield from _changes_of_comparison(asked, cohort)
        case Baseline():
            yield _first_known(asked.column, cohort)
        case Last():
            yield from _record_days(asked.measurement, asked.within, cohort)
        case AgeOfValue():
            yield from _record_days(asked.measurement, None, cohort)
        case Has() | Count():
            yield from _record_days(asked.record, asked.within, cohort)
        case First() | DaysSince():
            yield from _record_days(asked.record, None, cohort)


def _changes_of_comparison(asked: Compare, cohort: Cohort) -> Iterator[Days]:
    yield from changes(asked.feature, cohort)
    if isinstance(asked.feature, AgeOfValue | DaysSince):
        word = asked.feature.measurement if isinstance(asked.feature, AgeOfValue) else asked.feature.record
        limits = asked.value if isinstance(asked.value, tuple) else (asked.value,)
        for limit in limits:
            yield from _aged(dated(cohort.records(word)), float(limit), cohort.vocabulary.resolution)


def _first_known(column: str, cohort: Cohort) -> Days:
    since = cohort.vocabulary.patients[column].known_from
    first = cohort.first_day(since) if isinstance(since, str) else np.full(cohort.n, float(since))
    dated_patients = np.flatnonzero(~np.isnan(first)).astype(np.int32)
    return Days(dated_patients, first[dated_patients])


def _record_days(word: str, within: float | None, cohort: Cohort) -> Iterator[Days]:
    days = dated(cohort.records(word))
    yield days
    if within is not None:
        yield from _aged(days, within, cohort.vocabulary.resolution)


def _aged(days: Days, age: float, resolution: float) -> Iterator[Days]:
    """First day of the grid on which records are at least so old, and the one after.

    On the former the number reaches the limit, on the latter it is beyond it.
    """
    first: NDArray[np.float64] = np.ceil((days.day + age) / resolution - 1e-6)
    yield Days(days.patient, first * resolution)
    yield Days(days.patient, (first + 1.0) * resolution)
