"""Counting-process rows of one multistate structure, and the landmark cut.

Convention: a row says that `patient` occupies `origin` on ``(start, stop]`` with case weight `weight`, and
enters `target` at `stop` (-1: nothing happens there; the patient is censored or goes on in another row).
Half-open intervals, as Therneau and Grambsch 2000, section 3.7.  A patient may have gaps, enter late,
change weight from row to row, and even have overlapping rows (the same patient in two nested trials): the
patient stays one unit of variance.
"""

from dataclasses import dataclass

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
        who, begin, end = int32(patient, "patient"), int32(start, "start"), int32(stop, "stop")
        come, go = int16(origin, "origin"), int16(target, "target")
        load = case_weights(weight, who.size)
        same_length(who.size, start=begin, stop=end, origin=come, target=go)
        row, fault = _first_fault(who, begin, end, come, go, states, patients)
        if row >= 0:
            raise ValueError(_describe(row, fault, states, patients, begin, end, come, go))
        rows = cls(who, begin, end, come, go, load, states, patients)
        order = _canonical_order(rows)
        return rows if order is None else rows.take(order)

    @property
    def size(self) -> int:
        """Number of rows."""
        return self.patient.size

    def take(self, chosen: Int64 | Bool) -> "Rows":
        """The chosen rows, in the order of the choice; patients and states keep their numbers."""
        return Rows(
            self.patient[chosen],
            self.start[chosen],
            self.stop[chosen],
            self.origin[chosen],
            self.target[chosen],
            self.weight[chosen],
            self.states,
            self.patients,
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
    start = np.maximum(later.start, np.int32(tick)).astype(np.int32)
    return Rows(
        later.patient,
        start,
        later.stop,
        later.origin,
        later.target,
        later.weight,
        later.states,
        later.patients,
    )


_START, _PATIENT, _ORIGIN, _TARGET = 1, 2, 3, 4


@jit
def _first_fault(
    patient: Int32, start: Int32, stop: Int32, origin: Int16, target: Int16, states: int, patients: int
) -> tuple[int, int]:
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


def _describe(
    row: int, fault: int, states: int, patients: int, start: Int32, stop: Int32, origin: Int16, target: Int16
) -> str:
    if fault == _START:
        return f"row {row}: start {start[row]} is not before stop {stop[row]}; a row is the interval (start, stop]"
    if fault == _PATIENT:
        return f"row {row}: patient number outside 0 to {patients - 1}"
    if fault == _ORIGIN:
        return f"row {row}: origin {origin[row]} outside the states 0 to {states - 1}"
    return f"row {row}: target {target[row]} from {origin[row]}; expected another state, or -1 for none"


def _canonical_order(rows: Rows) -> Int64 | None:
    if _is_canonical(rows.patient, rows.start, rows.stop, rows.origin, rows.target, rows.weight):
        return None
    order = argsort(rows.start)
    order = order[argsort(rows.patient[order])]
    sorted_rows = rows.take(order)
    if _is_canonical(
        sorted_rows.patient,
        sorted_rows.start,
        sorted_rows.stop,
        sorted_rows.origin,
        sorted_rows.target,
        sorted_rows.weight,
    ):
        return order
    # Rows of one patient with the same start (nested trials): the rare case pays for the full comparison.
    return np.lexsort((rows.weight, rows.target, rows.origin, rows.stop, rows.start, rows.patient))


@jit
def _is_canonical(
    patient: Int32, start: Int32, stop: Int32, origin: Int16, target: Int16, weight: Float64
) -> bool:
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
