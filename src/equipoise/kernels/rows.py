"""Counting-process rows of one multistate structure, and the landmark cut.

Convention: a row says that `patient` occupies `origin` on ``(start, stop]`` with case weight `weight`, and
enters `target` at `stop` (-1: nothing happens there; the patient is censored or goes on in another row).
Half-open intervals, as Therneau and Grambsch 2000, section 3.7.  A patient may have gaps, enter late,
change weight from row to row, and even have overlapping rows (the same patient in two nested trials): the
patient stays one unit of variance.
"""

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from equipoise.kernels.arrays import (
    Bool,
    Float64,
    Int16,
    Int32,
    Int64,
    case_weights,
    int16,
    int32,
    same_length,
)
from equipoise.kernels.counting_sort import argsort
from equipoise.kernels.jit import jit

NO_TARGET = -1


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows in canonical order: by patient, start, stop, origin, target, weight.

    The canonical order makes every result independent of the order in which the caller held the rows, bit
    for bit.

    Attributes
    ----------
    patient : int32[N], 0 .. patients - 1
    start, stop : int32[N], ticks, start < stop
    origin : int16[N], state occupied on (start, stop], 0 .. states - 1
    target : int16[N], state entered at stop, or -1
    weight : float64[N], > 0
    states, patients : how many of each there are (some may have no row)
    """

    patient: Int32
    start: Int32
    stop: Int32
    origin: Int16
    target: Int16
    weight: Float64
    states: int
    patients: int

    @classmethod
    def build(
        cls,
        patient: npt.ArrayLike,
        start: npt.ArrayLike,
        stop: npt.ArrayLike,
        origin: npt.ArrayLike,
        target: npt.ArrayLike,
        weight: npt.ArrayLike | None = None,
        *,
        states: int,
        patients: int,
    ) -> "Rows":
        """Check the rows and bring them into canonical order.

        Raises
        ------
        ValueError
            With the index of the first faulty row (in the caller's order) and what is wrong with it.
        TypeError
            Times, states or patients that are not integers.
        """
        who = int32(patient, "patient")
        columns = _Columns(
            who,
            int32(start, "start"),
            int32(stop, "stop"),
            int16(origin, "origin"),
            int16(target, "target"),
            case_weights(weight, who.size),
        )
        same_length(who.size, **columns._asdict())
        row, fault = _first_fault(columns, states, patients)
        if row >= 0:
            raise ValueError(_describe(columns, row, fault, states, patients))
        order = _canonical_order(columns)
        if order is not None:
            columns = _pick(columns, order)
        return cls(*columns, states, patients)

    @property
    def size(self) -> int:
        """Number of rows."""
        return self.patient.size

    def take(self, chosen: Int64 | Bool) -> "Rows":
        """The chosen rows, in the order of the choice; patients and states keep their numbers."""
        return replace(
            self,
            patient=self.patient[chosen],
            start=self.start[chosen],
            stop=self.stop[chosen],
            origin=self.origin[chosen],
            target=self.target[chosen],
            weight=self.weight[chosen],
        )


def landmark(rows: Rows, *, tick: int, state: int) -> Rows:
    """Rows after `tick` of the patients who occupy `state` just after it, cut to ``(tick, stop]``.

    Aalen-Johansen of these rows from `tick`, all in `state`, estimates P(X(t) = j | X(tick) = state)
    without the Markov assumption (Putter and Spitoni 2018, Stat Methods Med Res 27:2081).  Patients keep
    their numbers, so influence values and clusters still line up.

    Parameters
    ----------
    tick : the landmark; a patient occupies `state` there by a row with start <= tick < stop.
    """
    if not 0 <= state < rows.states:
        raise ValueError(f"state {state}: the structure has states 0 to {rows.states - 1}")
    there = (rows.start <= tick) & (rows.stop > tick) & (rows.origin == state)
    chosen = np.zeros(rows.patients, dtype=np.bool_)
    chosen[rows.patient[there]] = True
    later = rows.take(chosen[rows.patient] & (rows.stop > tick))
    return replace(later, start=np.maximum(later.start, np.int32(tick)).astype(np.int32))


_START, _PATIENT, _ORIGIN, _TARGET = 1, 2, 3, 4


class _Columns(NamedTuple):
    patient: Int32
    start: Int32
    stop: Int32
    origin: Int16
    target: Int16
    weight: Float64


@jit
def _first_fault(rows: _Columns, states: int, patients: int) -> tuple[int, int]:
    patient, start, stop, origin, target, _ = rows
    for i in range(patient.size):
        if start[i] >= stop[i]:
            return i, _START
        if patient[i] < 0 or patient[i] >= patients:
            return i, _PATIENT
        if origin[i] < 0 or origin[i] >= states:
            return i, _ORIGIN
        if target[i] < -1 or target[i] >= states or target[i] == origin[i]:
            return i, _TARGET
    return -1, 0


def _describe(rows: _Columns, row: int, fault: int, states: int, patients: int) -> str:
    if fault == _START:
        start, stop = rows.start[row], rows.stop[row]
        return f"row {row}: start {start} is not before stop {stop}; a row is the interval (start, stop]"
    if fault == _PATIENT:
        return f"row {row}: patient number outside 0 to {patients - 1}"
    if fault == _ORIGIN:
        return f"row {row}: origin {rows.origin[row]} outside the states 0 to {states - 1}"
    return f"row {row}: target {rows.target[row]} from {rows.origin[row]}; expected another state, or -1"


def _pick(columns: _Columns, order: Int64) -> _Columns:
    return _Columns(
        columns.patient[order],
        columns.start[order],
        columns.stop[order],
        columns.origin[order],
        columns.target[order],
        columns.weight[order],
    )


def _canonical_order(columns: _Columns) -> Int64 | None:
    if _is_canonical(columns):
        return None
    order = argsort(columns.start)
    order = order[argsort(columns.patient[order])]
    if _is_canonical(_pick(columns, order)):
        return order
    # Rows of one patient with the same start (nested trials): the rare case pays for the full comparison.
    return np.lexsort(
        (columns.weight, columns.target, columns.origin, columns.stop, columns.start, columns.patient)
    )


@jit
def _is_canonical(rows: _Columns) -> bool:
    patient, start, stop, origin, target, weight = rows
    for i in range(1, patient.size):
        if patient[i] != patient[i - 1]:
            if patient[i] < patient[i - 1]:
                return False
        elif start[i] != start[i - 1]:
            if start[i] < start[i - 1]:
                return False
        else:
            now = (stop[i], origin[i], target[i], weight[i])
            before = (stop[i - 1], origin[i - 1], target[i - 1], weight[i - 1])
            if now < before:
                return False
    return True
