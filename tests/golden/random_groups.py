"""Sixty small data sets of groups to compare, made from integers only (see `random_histories`).

Nearly every set has heavy ties. By the bits of its number a set has delayed entry, strata, case weights,
patients who change their group, and few or many patients; the number of groups goes from two to five. In one
set in six a group is never at risk at an event. `cause` is 0 (censored), 1 or 2.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from random_histories import Congruential

DATA_SETS = 60
COLUMNS = ("patient", "start", "stop", "cause", "group", "stratum", "weight")
EXPONENTS = ((0.0, 0.0), (1.0, 0.0), (0.5, 0.0), (0.0, 1.0), (1.0, 1.0), (0.5, 2.0))


@dataclass(frozen=True, slots=True)
class Plan:
    """What a data set has."""

    delayed: bool
    strata: bool
    weights: bool
    changing: bool
    large: bool
    few_ties: bool
    absent: bool
    groups: int


def plan(index: int) -> Plan:
    """Return the plan of data set ``index``."""
    bit = [(index >> position) & 1 == 1 for position in range(5)]
    return Plan(
        delayed=bit[0],
        strata=bit[1],
        weights=bit[2],
        changing=bit[3] and bit[0],
        large=bit[4],
        few_ties=bit[0] and index % 3 == 0,
        absent=index % 6 == 4,
        groups=2 + index % 4,
    )


@cache
def rows_of(index: int) -> tuple[tuple[float, ...], ...]:
    """Return the rows of data set ``index`` in the order of `COLUMNS`."""
    chance, made = Congruential(7000 + index), plan(index)
    rows: list[tuple[float, ...]] = []
    for patient in range(90 if made.large else 35):
        group, stratum = chance.below(made.groups), chance.below(3) if made.strata else 0
        start = chance.below(8) if made.delayed else 0
        stop = start + 1 + chance.below(60 if made.few_ties else 12)
        cause = (0, 1, 1, 2)[chance.below(4)]
        if made.absent and group == made.groups - 1:
            # In before anything can happen, out again before it does.
            start, stop, cause = 0, 1, 0
        elif not made.delayed:
            stop += 1
        weight = (1 + chance.below(30)) / 10 if made.weights else 1.0
        cut = start + 1 + chance.below(stop - start) if made.changing else stop
        if cut < stop:
            other = (group + 1 + chance.below(made.groups - 1)) % made.groups
            rows.append((patient, start, cut, 0, group, stratum, weight))
            rows.append((patient, cut, stop, cause, other, stratum, weight))
        else:
            rows.append((patient, start, stop, cause, group, stratum, weight))
    return tuple(rows)
