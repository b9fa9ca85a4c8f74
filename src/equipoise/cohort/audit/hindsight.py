"""Hindsight: baseline columns that determine who has a later record."""

import math
from collections.abc import Iterator

import numpy as np
import polars as pl
from numpy.typing import NDArray

from equipoise.base.findings import Finding, finding
from equipoise.cohort.audit.report import people
from equipoise.cohort.cohort import Cohort

Bool = NDArray[np.bool_]

# By chance alone so perfect a split is rarer than this; a registry asks a few hundred such questions.
IMPROBABLE = 1e-6
MOST_LEVELS = 8


def hindsight_findings(cohort: Cohort) -> Iterator[Finding]:
    """D503: a baseline value (or its being missing) with which all, or none, have a later record."""
    vocabulary = cohort.vocabulary
    for name, column in vocabulary.patients.items():
        if isinstance(column.known_from, str) or column.role != "baseline":
            continue
        levels = _levels(cohort.patients[name])
        for word in (*vocabulary.interventions, *vocabulary.events):
            later = ~np.isnan(cohort.first_day(word, after=column.known_from))
            told_by = [level for level, members in levels.items() if _determines(members, later)]
            if told_by:
                what = " and ".join(told_by)
                message = (
                    f"{column.label} ({what}) tells without exception who has a later "
                    f"{vocabulary.label_of(word)} ({int(later.sum())} of {people(cohort.n)})"
                )
                yield finding("D503", "patients", message, patients=int(later.sum()))


def _levels(values: pl.Series) -> dict[str, Bool]:
    """Patients by value where there are few values, and always by the value's being missing."""
    missing = values.is_null()
    levels = {"missing": missing.to_numpy(), "known": (~missing).to_numpy()}
    distinct = values.drop_nulls().unique().sort()
    if distinct.len() <= MOST_LEVELS:
        levels |= {repr(one): (values == one).fill_null(value=False).to_numpy() for one in distinct}
    return levels


def _determines(members: Bool, later: Bool) -> bool:
    """Whether all, or none, of the members have the later record, beyond what chance can do.

    The probability that m patients drawn out of n are all among the K with the record is C(K, m) / C(n, m).
    """
    n, m = members.size, int(members.sum())
    inside = int((members & later).sum())
    if m == n or inside not in {0, m}:
        return False
    alike = int(later.sum()) if inside else n - int(later.sum())
    log_probability = _log_choose(alike, m) - _log_choose(n, m)
    return m > 0 and log_probability < math.log(IMPROBABLE)


def _log_choose(n: int, k: int) -> float:
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)
