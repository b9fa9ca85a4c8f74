"""Aalen-Johansen of a random data set by its definition, row by row; the number type is the caller's.

With `Fraction` weights the answer is exact; with floats and a factor per patient it can be differentiated.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import TypeVar

from random_histories import DataSet, Row

Number = TypeVar("Number", Fraction, float)


def exact_weight(row: Row) -> Fraction:
    """Return the weight in tenths, as it was drawn."""
    return Fraction(round(10 * row.weight), 10)


def shares(data: DataSet, begin: int, weight: Callable[[Row], Number], zero: Number) -> list[Number]:
    """Return the weighted shares of the states occupied just after `begin`."""
    total = [zero] * data.states
    for row in data.rows:
        if row.start <= begin < row.stop:
            total[row.origin] += weight(row)
    everybody = sum(total, zero)
    return [part / everybody for part in total]


def occupation(
    data: DataSet, begin: int, initial: list[Number], weight: Callable[[Row], Number], until: list[int]
) -> list[list[Number]]:
    """Return P right after each tick of `until` (ascending): P(u) = P(u-) (I + dA(u)), tick by tick."""
    zero = initial[0] * 0
    ticks = sorted({row.stop for row in data.rows if row.target >= 0 and row.stop > begin})
    now, found, pending = list(initial), [], list(until)
    for tick in ticks:
        while pending and pending[0] < tick:
            found.append(list(now))
            pending.pop(0)
        risk = [zero] * data.states
        for row in data.rows:
            if row.start < tick <= row.stop:
                risk[row.origin] += weight(row)
        before = list(now)
        for row in data.rows:
            if row.stop == tick and row.target >= 0:
                moved = before[row.origin] * weight(row) / risk[row.origin]
                now[row.origin] -= moved
                now[row.target] += moved
    return found + [list(now) for _ in pending]
