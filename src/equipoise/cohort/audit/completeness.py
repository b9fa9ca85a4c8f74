"""Completeness: who is never observed, which values are missing, which words have no record."""

from collections.abc import Iterator

import numpy as np
import polars as pl

from equipoise.base.findings import Finding, finding
from equipoise.cohort.audit.report import people, told
from equipoise.cohort.cohort import Cohort

MANY_MISSING = 0.2


def completeness_findings(cohort: Cohort) -> Iterator[Finding]:
    """Findings D403 to D408."""
    unobserved = cohort.patients.join(cohort.observation, on="patient", how="anti")
    yield from told("D403", "patients", unobserved, "the patient has no period of observation")
    recorded = [name for name in cohort.vocabulary.patients if cohort.patients[name].count()]
    yield from _never_recorded(cohort, [name for name in cohort.vocabulary.patients if name not in recorded])
    for name in recorded:
        yield from _missing_values(cohort, name)
    empty = cohort.measurements.filter(pl.col("value").is_null() & pl.col("state").is_null())
    yield from told("D406", "measurements", empty, "the result is missing")
    for table in ("measurements", "interventions", "events"):
        absent = [
            cohort.vocabulary.label_of(name)
            for name in cohort.vocabulary.records
            if cohort.vocabulary.table_of(name) == table and not cohort.records(name).height
        ]
        if absent:
            yield finding("D407", table, f"no record of {', '.join(absent)}")
    yield from _missing_details(cohort)


def _never_recorded(cohort: Cohort, names: list[str]) -> Iterator[Finding]:
    """Columns without any value, in one finding: most often they were simply not collected."""
    if names and cohort.n:
        labels = ", ".join(cohort.vocabulary.patients[name].label for name in names)
        yield finding("D404", "patients", f"no value in any patient of {labels}", patients=cohort.n)


def _missing_values(cohort: Cohort, name: str) -> Iterator[Finding]:
    """Missing values of a column among the patients in whom it can be known."""
    column = cohort.vocabulary.patients[name]
    since = column.known_from
    can_be_known = (
        ~np.isnan(cohort.first_day(since)) if isinstance(since, str) else np.ones(cohort.n, np.bool_)
    )
    asked = cohort.patients.filter(pl.Series(values=can_be_known))
    missing = asked.filter(pl.col(name).is_null())
    if not missing.height:
        return
    share = missing.height / asked.height
    message = f"{column.label} is missing in {people(missing.height)} of {asked.height} ({share:.0%})"
    code = "D404" if share >= MANY_MISSING else "D405"
    yield finding(code, "patients", message, rows=missing["row"].to_list(), patients=missing.height)


def _missing_details(cohort: Cohort) -> Iterator[Finding]:
    asked = sorted(
        {
            (arrow.on, detail)
            for structure in cohort.vocabulary.structures.values()
            for arrow in structure.arrows
            for detail in arrow.where
        }
    )
    for word, detail in asked:
        missing = cohort.records(word).filter(pl.col(detail).is_null())
        table = str(cohort.vocabulary.table_of(word))
        what = f"{cohort.vocabulary.label_of(word)} has no {detail}"
        yield from told("D408", table, missing, what)
