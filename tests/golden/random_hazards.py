"""Thirty small sets of grouped person-time, made from integers only (the generator of `random_histories`).

Groups have a number and a mark; a third of the sets have case weights in tenths. Some groups have no event.
``make_fixtures.py`` writes the groups as CSV for R; only R's fits are kept.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from random_histories import Congruential

DATA_SETS = 30
COLUMNS = ("piece", "number", "mark", "starts", "others")


@cache
def rows_of(index: int) -> tuple[tuple[float, ...], ...]:
    """Return the groups of data set ``index``, in the order of `COLUMNS`."""
    chance = Congruential(7000 + index)
    unit = 10 if index % 3 else 1
    rows = []
    for group in range(8 + chance.below(12)):
        piece = group % 2
        number = (chance.below(21) - 10) / 10
        mark = chance.below(2)
        bins = 20 + chance.below(400)
        starts = chance.below(2 + bins // (12 if mark else 30))
        tenths = 10 if unit == 1 else 1 + chance.below(30)
        rows.append((piece, number, mark, starts * tenths / 10, (bins - starts) * tenths / 10))
    return tuple(rows)


def groups_of(index: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return covariates (two pieces of the baseline, number, mark), starts and others."""
    piece, number, mark, starts, others = np.array(rows_of(index)).T
    x = np.column_stack([piece == 0, piece == 1, number, mark]).astype(np.float64)
    return x, starts, others
