"""The slow twin of `following` and `splitting`: one patient and day at a time.

Written from the definition: whoever is at risk on day d is compared on what was known by the end of the day
before. It imports nothing from the fast implementation.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from equipoise.base.clock import NO_TARGET, Clock
from equipoise.cohort.cohort import Cohort
from equipoise.cohort.reference_evaluate import Answer, value_of
from equipoise.kernels.rows import Rows
from equipoise.language.feature import Feature
from equipoise.language.predicate import Predicate


@dataclass(frozen=True, slots=True)
class Piece:
    """One tick of one row: who is at risk just before it, what happens at it, what was known by then."""

    patient: int
    tick: int
    origin: int
    target: int
    weight: float
    values: tuple[Answer, ...]


def pieces(
    rows: Rows, asked: Sequence[Feature | Predicate], cohort: Cohort, time_zero: Sequence[float], clock: Clock
) -> Iterator[Piece]:
    """Every tick at which somebody is at risk, in the order of the rows."""
    for row in range(rows.size):
        patient, start, stop = int(rows.patient[row]), int(rows.start[row]), int(rows.stop[row])
        zero = time_zero[patient]
        for tick in range(start + 1, stop + 1):
            # Nothing is known before time zero but what is known by its end.
            day = max(zero + (tick // 2 - 1) * clock.resolution, zero)
            yield Piece(
                patient,
                tick,
                int(rows.origin[row]),
                int(rows.target[row]) if tick == stop else NO_TARGET,
                float(rows.weight[row]),
                tuple(value_of(one, cohort, patient, day) for one in asked),
            )
