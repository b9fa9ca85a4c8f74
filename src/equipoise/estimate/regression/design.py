"""Designs: covariates of patients as columns of numbers on the rows at risk, straight from a cohort.

Nothing is imputed: rows on which a covariate is not known are left out, and counted in the open.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from equipoise.base.clock import NO_TARGET, Clock
from equipoise.base.errors import DataError
from equipoise.base.findings import Finding, finding
from equipoise.cohort.cohort import Cohort
from equipoise.cohort.course import YES, Course, Value, is_unknown
from equipoise.cohort.following import follow
from equipoise.cohort.history import History
from equipoise.cohort.splitting import SplitRows, split
from equipoise.estimate.regression.beyond_limits import beyond_limits, sides, without_both_signs
from equipoise.kernels.dated import opens
from equipoise.language.feature import unit_of, value_type
from equipoise.language.vocabulary import Vocabulary
from equipoise.protocol.prognosis import Covariate

Int32 = NDArray[np.int32]
Float64 = NDArray[np.float64]
Bool = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Term:
    """The columns of one covariate.

    Attributes
    ----------
    covariate : what was asked
    label, unit : in words; the unit of a number
    first, columns : the columns are ``first .. first + columns - 1``
    levels : of a category, those of the rows: the reference first, then one a column; empty for a number
    level_labels : their words
    varies : whether any value changes after time zero
    """

    covariate: Covariate
    label: str
    unit: str
    first: int
    columns: int
    levels: tuple[str, ...]
    level_labels: tuple[str, ...]
    varies: bool

    @property
    def places(self) -> range:
        """Numbers of the columns."""
        return range(self.first, self.first + self.columns)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the columns: ``age + 10``, ``fab=M4``."""
        name = self.covariate.name
        if self.levels:
            return tuple(f"{name}={level}" for level in self.levels[1:])
        return (f"{name} + {self.covariate.per:g}",)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What a complete-case analysis leaves out.

    Attributes
    ----------
    patients, partly : patients without any row left, and those of whom only some person-time is left out
    person_days, events : their sum on the rows left out, and the moves at the end of these rows
    by_covariate : patients with person-time without a value, by covariate or stratum
    """

    patients: int
    partly: int
    person_days: float
    events: int
    by_covariate: dict[str, int]


@dataclass(frozen=True, eq=False, repr=False, slots=True)
class Design:
    """Covariates on the rows at risk.

    Attributes
    ----------
    terms : the covariates in the order asked
    rows : SplitRows, [N], those on which everything asked is known
    columns : float64[N, p], numbers in units of `per`, categories as 0 and 1 against the reference
    constant : bool[p], columns that hold one value only, which no model can use
    stratum : int32[N], or None without strata
    left_out : the rows that are not there
    findings : the same in words
    """

    terms: tuple[Term, ...]
    rows: SplitRows
    columns: Float64
    constant: Bool
    stratum: Int32 | None
    left_out: LeftOut
    findings: tuple[Finding, ...]

    def __repr__(self) -> str:
        """Sizes only, nothing about a patient."""
        return f"Design({self.rows.size} rows, {', '.join(self.names)})"

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the columns."""
        return tuple(name for term in self.terms for name in term.names)


def design(
    history: History,
    cohort: Cohort,
    covariates: Sequence[Covariate],
    *,
    strata: Sequence[str] = (),
    at_time_zero: bool = False,
) -> Design:
    """Follow covariates from time zero, cut the rows at risk where they change, and code them as numbers.

    Parameters
    ----------
    history
        Rows at risk, from one time zero a patient.
    cohort
        The cohort of the history.
    covariates
        What is asked about.
    strata
        Columns of patients; every combination of their values is a stratum.
    at_time_zero
        Covariates keep the value that they have at time zero, and no row is cut.

    Raises
    ------
    ProtocolError
        If the vocabulary lacks a word.
    DataError
        E201 when a growing number needs too many rows, E203 when nobody has the level named as reference.
    """
    followed = [follow(one.asked, cohort, history.time_zero) for one in covariates]
    begun = [_beginning(course) for course in followed] if at_time_zero else followed
    courses = [without_both_signs(course) for course in begun]
    cut = split(history.rows, [*courses, *sides(begun)], history.time_zero, history.clock)
    whole, side = replace(cut, values=cut.values[: len(courses)]), cut.values[len(courses) :]
    stratum = _strata(cohort, strata)
    unknown = {one.name: is_unknown(value) for one, value in zip(covariates, whole.values, strict=True)}
    if stratum is not None:
        unknown[", ".join(strata)] = stratum[whole.patient] < 0
    complete = ~np.logical_or.reduce([np.zeros(whole.size, dtype=np.bool_), *unknown.values()])
    rows = whole if complete.all() else whole.take(complete)
    terms = tuple(_terms(covariates, followed, rows, cohort.vocabulary))
    columns = _columns(terms, courses, rows)
    constant = (columns == columns[:1]).all(axis=0)
    left_out = _left_out(whole, complete, unknown, history.clock)
    return Design(
        terms,
        rows,
        columns,
        constant,
        None if stratum is None else stratum[rows.patient],
        left_out,
        (*_findings(left_out, terms, constant, rows), *beyond_limits(covariates, whole, side)),
    )


def _beginning(course: Course) -> Course:
    """The value of each patient at time zero, for ever."""
    first = opens(course.patient)
    bound = None if course.bound is None else course.bound[first]
    return Course(course.patient[first], course.day[first], course.value[first], course.levels, bound=bound)


def _strata(cohort: Cohort, names: Sequence[str]) -> Int32 | None:
    """Number of each patient's combination of values; -1 where one is missing."""
    if not names:
        return None
    values = cohort.patients.select(names)
    number = values.select(pl.struct(pl.all()).rank("dense").cast(pl.Int32)).to_series() - 1
    missing = values.select(pl.any_horizontal(pl.all().is_null())).to_series()
    return np.where(missing.to_numpy(), -1, number.to_numpy()).astype(np.int32)


def _terms(
    covariates: Sequence[Covariate], courses: Sequence[Course], rows: SplitRows, vocabulary: Vocabulary
) -> Iterator[Term]:
    first = 0
    for covariate, course, value in zip(covariates, courses, rows.values, strict=True):
        label = covariate.label or covariate.asked.words(vocabulary)
        levels = _levels(covariate, course, value, rows)
        columns = len(levels) - 1 if course.levels else 1
        unit = "" if covariate.feature is None else unit_of(covariate.feature, vocabulary)
        words = _level_labels(covariate, levels, vocabulary)
        yield Term(covariate, label, unit, first, columns, levels, words, course.varies)
        first += columns


def _levels(covariate: Covariate, course: Course, value: Value, rows: SplitRows) -> tuple[str, ...]:
    """Levels of a category that some row has, the reference first, then in the vocabulary's order.

    Where there are no rows at all, those of the vocabulary.
    """
    if not course.levels:
        return ()
    present = np.bincount(value.astype(np.int64), minlength=len(course.levels)) > 0
    if not rows.size:
        present[:] = True
    levels = [name for name, there in zip(course.levels, present, strict=True) if there]
    reference = covariate.reference
    if reference and reference not in levels:
        raise DataError(
            "E203",
            where=f"covariate {covariate.name}",
            found=f"nobody at risk has the level {reference!r}",
            why="The other levels would be compared with nothing.",
            do="Name a reference that patients have, or none: then it is the most frequent level.",
        )
    if not reference and course.levels[-1] == YES:
        return course.levels
    reference = reference or _most_frequent(course, value, rows)
    return (reference, *(name for name in levels if name != reference))


def _most_frequent(course: Course, value: Value, rows: SplitRows) -> str:
    """Level that most patients have where they enter; of equals the first of the vocabulary."""
    entering = value[opens(rows.patient)].astype(np.int64)
    return course.levels[int(np.bincount(entering, minlength=1).argmax())]


def _level_labels(covariate: Covariate, levels: tuple[str, ...], vocabulary: Vocabulary) -> tuple[str, ...]:
    if covariate.feature is None:
        return levels
    _, labels = value_type(covariate.feature, vocabulary)
    return tuple((labels or {}).get(level, level) for level in levels)


def _columns(terms: Sequence[Term], courses: Sequence[Course], rows: SplitRows) -> Float64:
    columns = np.empty((rows.size, sum(term.columns for term in terms)))
    for term, course, value in zip(terms, courses, rows.values, strict=True):
        if not course.levels:
            columns[:, term.first] = value / term.covariate.per
            continue
        for place, level in enumerate(term.levels[1:]):
            columns[:, term.first + place] = value == course.levels.index(level)
    return columns


def _left_out(rows: SplitRows, complete: Bool, unknown: dict[str, Bool], clock: Clock) -> LeftOut:
    out = rows.take(~complete)
    wholly = patients_of(rows.patient) - patients_of(rows.patient[complete])
    return LeftOut(
        patients=wholly,
        partly=patients_of(out.patient) - wholly,
        person_days=float((clock.days(out.stop) - clock.days(out.start)).sum()),
        events=int((out.target != NO_TARGET).sum()),
        by_covariate={name: patients_of(rows.patient[one]) for name, one in unknown.items()},
    )


def patients_of(patient: Int32) -> int:
    """Number of patients of rows, which are sorted by patient."""
    return int(opens(patient).sum())


def _findings(left_out: LeftOut, terms: Sequence[Term], constant: Bool, rows: SplitRows) -> Iterator[Finding]:
    if left_out.patients + left_out.partly:
        moves = "move" if left_out.events == 1 else "moves"
        lacking = ", ".join(f"{name} {number}" for name, number in left_out.by_covariate.items() if number)
        yield finding(
            "E202",
            "estimates",
            f"{_counted(left_out)}: {left_out.person_days:g} person-days with {left_out.events} {moves} "
            f"on which something is not known (patients by covariate: {lacking})",
            patients=left_out.patients + left_out.partly,
        )
    for term in terms:
        if not term.columns or bool(constant[term.places].all()):
            why = "has one value in everybody at risk" if rows.size else "is known in nobody at risk"
            yield finding("E204", "estimates", f"{term.covariate.name} {why}")


def _counted(left_out: LeftOut) -> str:
    """Who is left out wholly, and who in part."""
    wholly, partly = left_out.patients, left_out.partly
    whole = "1 patient is left out" if wholly == 1 else f"{wholly} patients are left out"
    part = "of 1 patient" if partly == 1 else f"of {partly} patients"
    if not partly:
        return whole
    return f"{whole}, and {part} a part of the time" if wholly else f"Left out is {part} a part of the time"
