"""Splitting: rows at risk cut where a covariate changes, each row with the values known before its events.

An event of day d is compared on what was known by the end of the day before: a result of day d informs from
the next day on. So a change on day d takes effect after the last tick of that day, as in ``(tstart, tstop]``.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from equipoise.base.clock import NO_TARGET, TICKS_PER_UNIT, Clock
from equipoise.base.errors import DataError
from equipoise.cohort.course import Course, Value, value_of
from equipoise.kernels.dated import is_sorted, known, union
from equipoise.kernels.rows import Rows

Int16 = NDArray[np.int16]
Int32 = NDArray[np.int32]
Int64 = NDArray[np.int64]
Float64 = NDArray[np.float64]
Bool = NDArray[np.bool_]

MOST_ROWS = 20_000_000


@dataclass(frozen=True, eq=False, repr=False, slots=True)
class SplitRows:
    """Rows ``(start, stop]`` on which every covariate is constant.

    Attributes
    ----------
    patient, start, stop, origin, target, weight
        As in `equipoise.kernels.rows.Rows`, [N]; sorted as the rows that were split.
    values
        One array a course, float64[N] or int32[N] (the position in its levels).
    parent
        int64[N], the row that each one is a part of.
    """

    patient: Int32
    start: Int32
    stop: Int32
    origin: Int16
    target: Int16
    weight: Float64
    values: tuple[Value, ...]
    parent: Int64

    def __repr__(self) -> str:
        """Sizes only, nothing about a patient."""
        return f"SplitRows({self.size} rows, {len(self.values)} covariates)"

    @property
    def size(self) -> int:
        """Number of rows."""
        return self.patient.size

    def take(self, chosen: Bool | Int64) -> "SplitRows":
        """The chosen rows, in the order of the choice."""
        return SplitRows(
            self.patient[chosen],
            self.start[chosen],
            self.stop[chosen],
            self.origin[chosen],
            self.target[chosen],
            self.weight[chosen],
            tuple(one[chosen] for one in self.values),
            self.parent[chosen],
        )


def split(rows: Rows, courses: Sequence[Course], time_zero: Float64, clock: Clock) -> SplitRows:
    """Cut rows wherever a covariate changes.

    Parameters
    ----------
    rows
        Rows of a history, in ticks since time zero.
    courses
        From `equipoise.cohort.following.follow`, from the same time zero.
    time_zero
        float64[n], day of time zero.
    clock
        Clock of the rows.

    Raises
    ------
    DataError
        E201 when a number that grows every day would need more than 20 million rows.
    """
    effective = [_effective(course, time_zero, clock) for course in courses]
    patient, tick = np.empty(0, dtype=np.int32), np.empty(0)
    for course, begins in zip(courses, effective, strict=True):
        later = begins > 0
        patient, tick = union(patient, tick, course.patient[later], begins[later])
    whole = _uncut(rows)
    cut = _cut(whole, patient, tick)
    if any(course.grows for course in courses):
        cut = _cut_at_events(cut)
    values = tuple(
        _value(course, begins, cut, time_zero, clock)
        for course, begins in zip(courses, effective, strict=True)
    )
    return SplitRows(cut.patient, cut.start, cut.stop, cut.origin, cut.target, cut.weight, values, cut.parent)


def _uncut(rows: Rows) -> SplitRows:
    return SplitRows(
        rows.patient,
        rows.start,
        rows.stop,
        rows.origin,
        rows.target,
        rows.weight,
        (),
        np.arange(rows.size, dtype=np.int64),
    )


def _effective(course: Course, time_zero: Float64, clock: Clock) -> Float64:
    """Tick after which each row of a course is in force, [M]; 0 for what is known at time zero."""
    since = (course.day - time_zero[course.patient]) / clock.resolution
    # A day between two points of the grid informs after the point that follows it.
    last_tick = np.ceil(since - 1e-6) * TICKS_PER_UNIT + 1
    return np.where(since > 0, last_tick, 0.0)


def _cut(rows: SplitRows, patient: Int32, tick: Float64) -> SplitRows:
    """Rows cut at ticks of their patients, which are sorted."""
    first = _cuts_until(rows.patient, rows.start, patient, tick)
    # A cut at the very end of a row is none.
    end = np.maximum(first, _cuts_until(rows.patient, rows.stop - 1, patient, tick))
    return _at_cuts(rows, first, end - first, tick)


def _cut_at_events(rows: SplitRows) -> SplitRows:
    """Rows cut at every tick at which anybody has an event."""
    events = np.unique(rows.stop[rows.target != NO_TARGET])
    first = np.searchsorted(events, rows.start, side="right")
    pieces = np.maximum(np.searchsorted(events, rows.stop, side="left") - first, 0)
    needed = int(pieces.sum()) + rows.size
    if needed > MOST_ROWS:
        raise DataError(
            "E201",
            where="covariates that grow every day",
            found=f"{needed} rows would be needed, more than {MOST_ROWS}",
            why="The time since a record is another number at each event, so rows are cut at each of them.",
            do="Ask for a comparison (`days_since: ..., le: 100`), which changes once, not for the number.",
        )
    return _at_cuts(rows, first, pieces, events.astype(np.float64))


def _at_cuts(rows: SplitRows, first: Int64, cuts: Int64, tick: Float64) -> SplitRows:
    """Row i cut at ``tick[first[i]], ...``, `cuts[i]` of them, all inside the row."""
    if not int(cuts.sum()):
        return rows
    row = np.repeat(np.arange(rows.size), cuts + 1)
    begins = np.cumsum(cuts + 1) - (cuts + 1)
    piece = np.arange(row.size) - begins[row]
    inner = np.minimum(first[row] + piece, tick.size - 1)
    parts = rows.take(row)
    last = piece == cuts[row]
    start = np.where(piece == 0, parts.start, tick[np.maximum(first[row] + piece - 1, 0)])
    return SplitRows(
        parts.patient,
        start.astype(np.int32),
        np.where(last, parts.stop, tick[inner]).astype(np.int32),
        parts.origin,
        np.where(last, parts.target, NO_TARGET).astype(np.int16),
        parts.weight,
        (),
        parts.parent,
    )


def _cuts_until(patient: Int32, tick: Int32, cut_patient: Int32, cut_tick: Float64) -> Int64:
    """How many cuts lie before the end of (patient, tick), int64[N]."""
    at = tick.astype(np.float64)
    if is_sorted(patient, at):
        return known(cut_patient, cut_tick, patient, at, np.inf)[1]
    order = np.lexsort((at, patient))
    count = np.empty(patient.size, dtype=np.int64)
    count[order] = known(cut_patient, cut_tick, patient[order], at[order], np.inf)[1]
    return count


def _value(course: Course, begins: Float64, rows: SplitRows, time_zero: Float64, clock: Clock) -> Value:
    """Value on each row: what is in force after its start; a growing number as of the day before its end."""
    found = _cuts_until(rows.patient, rows.start, course.patient, begins) - 1
    reached = np.maximum(found, 0)
    of_patient = (
        (found >= 0) & (course.patient[reached] == rows.patient) if course.patient.size else found > 0
    )
    position = np.where(of_patient, found, -1)
    before = np.maximum(rows.stop // TICKS_PER_UNIT - 1, 0) * clock.resolution
    return value_of(course, position, time_zero[rows.patient] + before)
