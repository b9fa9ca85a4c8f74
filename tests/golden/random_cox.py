"""One hundred small regression data sets, made from integers only (the generator of `random_histories`).

Half have heavy ties (a dozen event times), half delayed entry, half weights in tenths from .1 to 10, a third
two or three strata; patients come in clusters.  Covariates: a number, a mark, and a number with few values.
``make_fixtures.py`` writes the rows as CSV for R; only R's fits are kept.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from random_histories import Congruential

DATA_SETS = 100
COLUMNS = ("start", "stop", "event", "x1", "x2", "x3", "weight", "stratum", "cluster", "offset")


@cache
def rows_of(index: int) -> tuple[tuple[float, ...], ...]:
    """Return the rows of data set ``index``, in the order of `COLUMNS`."""
    chance = Congruential(1000 + index)
    ties, delayed, weighted = index % 2 == 0, index // 2 % 2 == 0, index // 4 % 2 == 0
    strata = 1 + (index % 3 == 0) + (index % 6 == 0)
    span = 12 if ties else 500
    rows = []
    for patient in range(40 + chance.below(60)):
        x1 = (chance.below(41) - 20) / 10
        x2 = chance.below(2)
        x3 = 50 + chance.below(5)
        start = chance.below(span // 3) if delayed and chance.hit(2, 3) else 0
        slow = 2 if chance.hit(1, 2) == (x2 == 1) else 1
        stop = start + 1 + chance.below(span * slow // 2)
        event = int(chance.hit(3, 4))
        if x1 > 1 and chance.hit(1, 2):
            stop = start + 1 + chance.below(max(span // 5, 2))
        tenths = (1 + chance.below(9) if chance.hit(1, 2) else 10 + chance.below(91)) if weighted else 10
        stratum = chance.below(strata)
        offset = (chance.below(11) - 5) / 10 if index % 5 == 0 else 0
        cluster = patient * patient % 11
        rows.append((start, stop, event, x1, x2, x3, tenths / 10, stratum, cluster, offset))
    return tuple(rows)


def columns_of(index: int) -> dict[str, np.ndarray]:
    """Return the columns by name, times and codes as integers."""
    columns = dict(zip(COLUMNS, np.array(rows_of(index)).T, strict=True))
    for name in ("start", "stop", "stratum", "cluster"):
        columns[name] = columns[name].astype(np.int32)
    return columns
