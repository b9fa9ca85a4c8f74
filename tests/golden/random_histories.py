"""Two hundred small event histories, made from integers only, so that every machine makes the same ones.

A 64-bit linear congruential generator (Knuth's MMIX constants; the high 31 bits are used) is the only source
of chance: no floating point, no numpy generator.  ``make_fixtures.py`` writes the rows as CSV, R answers, and
only the answers at twelve grid ticks are kept in ``fixtures/``; the tests make the rows again.

Even data sets have one event (Kaplan-Meier), odd ones have three to six states with loops.  Two ticks are one
day: a state left on the day it was entered is left at the half tick.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cache

DATA_SETS = 200
GRID_TICKS = 12
FEATURES = (
    "half of the events tied",
    "delayed entry",
    "weights .1-10",
    "several rows a patient",
    "left on the day entered",
    "risk set empties mid-way",
)


class Congruential:
    """x <- 6364136223846793005 x + 1442695040888963407 modulo 2^64; a draw is x >> 33."""

    def __init__(self, seed: int) -> None:
        self.state = seed
        for _ in range(8):
            self.below(2)

    def below(self, bound: int) -> int:
        """Return an integer in 0..bound-1."""
        self.state = (6364136223846793005 * self.state + 1442695040888963407) % 2**64
        return (self.state >> 33) % bound

    def hit(self, numerator: int, denominator: int) -> bool:
        """Return True with probability numerator/denominator."""
        return self.below(denominator) < numerator


@dataclass(frozen=True, slots=True)
class Row:
    """One interval ``(start, stop]`` in ``origin``; ``target`` is -1 when no state is entered at ``stop``."""

    patient: int
    start: int
    stop: int
    origin: int
    target: int
    weight: float


@dataclass(frozen=True, slots=True)
class DataSet:
    """The rows of one data set and the flags it was made with (what it has is measured by `features`)."""

    index: int
    states: int
    patients: int
    rows: tuple[Row, ...]
    changing_weights: bool

    @property
    def multistate(self) -> bool:
        """True for the data sets with more than one event."""
        return self.index % 2 == 1

    @property
    def grid(self) -> list[int]:
        """Twelve evenly spaced ticks, the last one at the end of follow-up."""
        last = max(row.stop for row in self.rows)
        return sorted({-(-last * step // GRID_TICKS) for step in range(1, GRID_TICKS + 1)})

    def cluster(self, patient: int) -> int:
        """Return the centre of a patient: seven centres of unequal size."""
        return (patient * patient) % 7


@dataclass(frozen=True, slots=True)
class _Plan:
    ties: bool
    delayed: bool
    weights: bool
    splits: bool
    same_day: bool
    empties: bool
    dies_out: bool
    changing: bool
    gaps: bool

    @property
    def sojourn(self) -> int:
        return 4 if self.ties else 90

    @property
    def span(self) -> int:
        return 12 if self.ties else 400


def _plan(index: int) -> _Plan:
    code = index // 2
    bits = [(code >> position) & 1 == 1 for position in range(6)]
    return _Plan(
        ties=bits[0],
        delayed=bits[1],
        weights=bits[2],
        splits=bits[3],
        same_day=code % 5 != 0,
        empties=code % 3 == 0,
        dies_out=code % 4 == 0,
        changing=bits[2] and bits[3] and bits[4],
        gaps=bits[5],
    )


@cache
def data_set(index: int) -> DataSet:
    """Return data set ``index`` (0..199)."""
    chance, plan = Congruential(index + 1), _plan(index)
    states = 3 + chance.below(4) if index % 2 else 2
    patients = 30 + chance.below(50)
    rows: list[Row] = []
    for patient in range(patients):
        late = plan.empties and patient % 2 == 1
        course = _course(chance, plan, states, late=late)
        rows += _weighted(chance, plan, patient, _split(chance, plan, course))
    return DataSet(index, states, patients, tuple(rows), plan.changing)


def _course(chance: Congruential, plan: _Plan, states: int, *, late: bool) -> list[tuple[int, int, int, int]]:
    """Return the sojourns ``(start, stop, origin, target)`` of one patient in ticks."""
    first = plan.span if late else 0
    close = first + plan.span - (2 if plan.empties and not late else 0)
    delayed = plan.delayed and chance.hit(1, 2)
    start = 2 * (first + (chance.below(plan.span // 3) if delayed or late else 0))
    state = chance.below(states - 1) if chance.hit(1, 3) else 0
    sojourns: list[tuple[int, int, int, int]] = []
    for step in range(5):
        stop = 2 * (start // 2 + 1 + chance.below(plan.sojourn * (1 if states > 2 else 3)))
        if states > 2 and plan.same_day and step and start % 2 == 0 and chance.hit(1, 3):
            stop = start + 1
        target = _next_state(chance, state, states)
        if stop >= 2 * close:
            dies = plan.empties and plan.dies_out and not late
            sojourns.append((start, 2 * close, state, states - 1 if dies else -1))
            break
        if step == 4 or chance.hit(1, 4 if states == 2 else 8):
            target = -1
        sojourns.append((start, stop, state, target))
        if target in (-1, states - 1):
            break
        start, state = stop, target
    return sojourns


def _next_state(chance: Congruential, state: int, states: int) -> int:
    """Return any other state; going back is allowed, the last state is absorbing."""
    return (state + 1 + chance.below(states - 1)) % states


def _split(
    chance: Congruential, plan: _Plan, sojourns: list[tuple[int, int, int, int]]
) -> list[tuple[int, int, int, int]]:
    """Cut sojourns at even ticks inside them; where planned, one cut in four leaves a gap in observation."""
    pieces: list[tuple[int, int, int, int]] = []
    for start, stop, origin, target in sojourns:
        inside = stop // 2 - start // 2 - 1
        if plan.splits and inside > 0 and chance.hit(2, 3):
            cut = 2 * (start // 2 + 1 + chance.below(inside))
            resume = min(cut + 2, stop - 1) if plan.gaps and chance.hit(1, 4) else cut
            pieces += [(start, cut, origin, -1), (max(resume, cut), stop, origin, target)]
        else:
            pieces.append((start, stop, origin, target))
    return pieces


def _weighted(
    chance: Congruential, plan: _Plan, patient: int, pieces: list[tuple[int, int, int, int]]
) -> list[Row]:
    """Give each piece a weight in tenths, .1 to 10: half of the patients below 1, half above."""
    weight = 1.0
    rows: list[Row] = []
    for position, piece in enumerate(pieces):
        if plan.weights and (position == 0 or plan.changing):
            tenths = 1 + chance.below(9) if chance.hit(1, 2) else 10 + chance.below(91)
            weight = tenths / 10
        rows.append(Row(patient, *piece, weight))
    return rows


def features(data: DataSet) -> set[str]:
    """Return the features that the rows really have, measured and not taken from the plan."""
    stops = Counter(row.stop for row in data.rows if row.target >= 0)
    rows_of = Counter(row.patient for row in data.rows)
    entries = _entries(data)
    weights = [row.weight for row in data.rows]
    checks = (
        sum(count for count in stops.values() if count > 1) >= 0.5 * sum(stops.values()),
        sum(entry > min(stops) for entry in entries) >= 0.1 * data.patients,
        min(weights) <= 0.5 and max(weights) >= 5 and min(weights) >= 0.1 and max(weights) <= 10,
        sum(count > 1 for count in rows_of.values()) >= 0.5 * data.patients,
        any(row.stop == row.start + 1 and row.start % 2 == 0 and row.target >= 0 for row in data.rows),
        _empties(data),
    )
    return {name for name, holds in zip(FEATURES, checks, strict=True) if holds}


def has_gap(data: DataSet) -> bool:
    """Return True when a patient is out of observation between two rows."""
    pairs = zip(data.rows, data.rows[1:], strict=False)
    return any(a.patient == b.patient and a.stop < b.start for a, b in pairs)


def _entries(data: DataSet) -> list[int]:
    first: dict[int, int] = {}
    for row in data.rows:
        first.setdefault(row.patient, row.start)
    return list(first.values())


def _empties(data: DataSet) -> bool:
    """Return True when nobody at all is under observation somewhere between two event ticks."""
    events = sorted({row.stop for row in data.rows if row.target >= 0})
    reached = min(row.start for row in data.rows)
    for row in sorted(data.rows, key=lambda row: row.start):
        if row.start > reached and events[0] <= reached and events[-1] > row.start:
            return True
        reached = max(reached, row.stop)
    return False
