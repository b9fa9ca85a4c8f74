"""Courses: the value of a feature or predicate for each patient from time zero on, day by day."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from equipoise.kernels.dated import is_sorted, known, opens

Int8 = NDArray[np.int8]
Int32 = NDArray[np.int32]
Int64 = NDArray[np.int64]
Float64 = NDArray[np.float64]
Bool = NDArray[np.bool_]
Value = NDArray[np.float64 | np.int32]

UNKNOWN = -1
NO, YES = "no", "yes"
TRUTH = (NO, YES)


@dataclass(frozen=True, eq=False, repr=False, slots=True)
class Course:
    """What is known about each patient by the end of each day from time zero on.

    The value of a row holds from the end of its `day` until the day before the next row of the patient.

    Attributes
    ----------
    patient : int32[M], sorted
    day : float64[M]
        Days since the vocabulary's origin, rising within a patient; the first one is time zero.
    value : float64[M] or int32[M]
        A number (NaN: unknown), or the position in `levels` (-1: unknown).
    levels : categories in the order of the vocabulary, ``("no", "yes")`` for what is true or false, empty
        for a number
    grows : whether the number grows by one a day between the rows (an age, or days since a record)
    bound : int8[M] or None
        Of a measured number: -1 where it is known only to lie below `value`, 1 above, 0 where it is `value`.
    """

    patient: Int32
    day: Float64
    value: Value
    levels: tuple[str, ...] = ()
    grows: bool = False
    bound: Int8 | None = None

    def __repr__(self) -> str:
        """Sizes only, nothing about a patient."""
        return f"Course({self.patient.size} rows, {len(self.levels) or 'no'} levels)"

    @property
    def unknown(self) -> Bool:
        """Which rows hold no value, bool[M]."""
        return is_unknown(self.value)

    @property
    def varies(self) -> bool:
        """Whether the value of any patient changes after time zero."""
        return self.grows or not bool(opens(self.patient).all())

    def at(self, patient: Int32, day: Float64) -> Value:
        """Values known by the end of days.

        Parameters
        ----------
        patient, day : [Q]
            Any order; a day before time zero, or of a patient without one, has no value.

        Returns
        -------
        float64[Q] or int32[Q], as `value`
        """
        return value_of(self, self.position(patient, day), day)

    def position(self, patient: Int32, day: Float64) -> Int64:
        """Row in force by the end of days, int64[Q]; -1 for none."""
        if not is_sorted(patient, day):
            order = np.lexsort((day, patient))
            found = np.empty(patient.size, dtype=np.int64)
            found[order] = self.position(patient[order], day[order])
            return found
        first, end = known(self.patient, self.day, patient, day, np.inf)
        return np.where(end > first, end - 1, -1)


def is_unknown(value: Value) -> Bool:
    """Which values are unknown."""
    return value < 0 if value.dtype == np.int32 else np.isnan(value)


def value_of(course: Course, position: Int64, day: Float64) -> Value:
    """Values of the rows at positions (-1: none), grown up to `day` if the course grows."""
    unknown = np.nan if course.value.dtype == np.float64 else UNKNOWN
    if not course.value.size:
        return np.full(position.size, unknown, dtype=course.value.dtype)
    found = course.value[position]
    if course.grows:
        found = found + (day - course.day[position])
    return np.where(position >= 0, found, unknown).astype(course.value.dtype)
