"""Values that are known only to lie beyond a limit ("< 2"), where the slope of a number needs the number.

A slope counts such a value as the limit itself, and says so. Where one number is written with both signs
("< 1e-6", "> 1e-6") that would make low and high the same: there it is unknown.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from equipoise.base.findings import Finding, finding
from equipoise.cohort.course import Course, Value
from equipoise.cohort.splitting import SplitRows
from equipoise.language.words import listing, number_words
from equipoise.protocol.prognosis import Covariate

CODE = "E215"
TOLD = 5  # limits of one covariate; a column of numbers that are all limits has as many as patients
SIGNS = ((-1.0, "<"), (1.0, ">"))


def without_both_signs(course: Course) -> Course:
    """The course, unknown where it is beyond a limit that stands with both signs."""
    if course.bound is None:
        return course
    both = np.intersect1d(course.value[course.bound < 0], course.value[course.bound > 0])
    lost = (course.bound != 0) & np.isin(course.value, both)
    return replace(course, value=np.where(lost, np.nan, course.value)) if lost.any() else course


def sides(courses: Sequence[Course]) -> list[Course]:
    """For each course that of its `bound`, as numbers; 0 throughout where it has none."""
    return [
        Course(one.patient[:0], one.day[:0], np.empty(0))
        if one.bound is None
        else Course(one.patient, one.day, one.bound.astype(np.float64))
        for one in courses
    ]


def beyond_limits(
    covariates: Sequence[Covariate], rows: SplitRows, side: Sequence[Value]
) -> Iterator[Finding]:
    """What to say of each number that is beyond a limit in some patients.

    Parameters
    ----------
    covariates, rows
        What is asked, and all rows at risk with its values.
    side : float64[N] for each covariate, negative where the value lies below its number, positive above
    """
    for covariate, value, where in zip(covariates, rows.values, side, strict=True):
        beyond = (where < 0) | (where > 0)
        if not beyond.any():
            continue
        name, unknown = covariate.name, beyond & np.isnan(value)
        counted = beyond & ~unknown
        said: list[str] = []
        if counted.any():
            limits = list(_limits(rows, value, np.where(counted, where, 0.0)))
            more = len(limits) - TOLD
            limits = limits if more <= 0 else [*limits[:TOLD], f"{more} more limits"]
            said.append(f"counted as the limit itself in {_patients(rows, counted)} ({listing(limits)})")
        if unknown.any():
            said.append(
                f"unknown in {_patients(rows, unknown)}, because one number stands there with < and with >"
            )
        message = f"In the slope of {name} a value beyond a limit is {'; '.join(said)}."
        yield finding(CODE, "estimates", message, patients=np.unique(rows.patient[beyond]).size)


def _limits(rows: SplitRows, value: Value, side: Value) -> Iterator[str]:
    for way, sign in SIGNS:
        for limit in np.unique(value[side == way]):
            here = _patients(rows, (side == way) & (value == limit))
            yield f"{sign} {number_words(float(limit))} in {here}"


def _patients(rows: SplitRows, chosen: NDArray[np.bool_]) -> str:
    number = np.unique(rows.patient[chosen]).size
    return "1 patient" if number == 1 else f"{number} patients"
