"""Values: unknown words and categories, units, ranges, detection limits, contradictions."""

from collections.abc import Collection, Iterator, Mapping

import polars as pl

from equipoise.base.disclosure import tellable
from equipoise.base.findings import Finding
from equipoise.cohort.audit.report import told
from equipoise.cohort.cohort import Cohort
from equipoise.language.word import MeasurementWord


def value_findings(cohort: Cohort) -> Iterator[Finding]:
    """Findings D301 to D309."""
    vocabulary = cohort.vocabulary
    words: Mapping[str, Collection[str]] = {
        "measurements": vocabulary.measurements,
        "interventions": vocabulary.interventions,
        "events": vocabulary.events,
    }
    for table, known in words.items():
        unknown = cohort.tables[table].filter(~pl.col("name").is_in(list(known)))
        names = tellable(unknown["name"], known)
        yield from told("D301", table, unknown, f"the vocabulary lacks the name: {names}")
    yield from _category_findings(cohort)
    yield from _patient_findings(cohort)
    for name, word in vocabulary.measurements.items():
        records = cohort.measurements.filter(pl.col("name") == name)
        yield from _kind_findings(records, word)
        if word.kind == "quantity":
            yield from _quantity_findings(records, word)
    yield from _contradictions(cohort.measurements)


def _category_findings(cohort: Cohort) -> Iterator[Finding]:
    vocabulary = cohort.vocabulary
    for name, column in vocabulary.patients.items():
        if column.values:
            yield from _outside(cohort.patients, "patients", name, column.values)
    for name, word in vocabulary.measurements.items():
        if word.values:
            records = cohort.measurements.filter(pl.col("name") == name)
            yield from _outside(records, "measurements", "state", word.values)
    for table, words in (("interventions", vocabulary.interventions), ("events", vocabulary.events)):
        for name in words:
            records = cohort.tables[table].filter(pl.col("name") == name)
            for detail, meaning in vocabulary.details_of(name).items():
                if meaning.values:
                    yield from _outside(records, table, detail, meaning.values)


def _patient_findings(cohort: Cohort) -> Iterator[Finding]:
    """Numbers of the table of patients outside the range that is plausible for them."""
    for name, column in cohort.vocabulary.patients.items():
        if column.range is not None:
            low, high = column.range
            outside = cohort.patients.filter(~pl.col(name).is_between(low, high))
            yield from told("D304", "patients", outside, f"{column.label} lies outside {low:g} to {high:g}")


def _outside(frame: pl.DataFrame, table: str, column: str, values: Collection[str]) -> Iterator[Finding]:
    unknown = frame.filter(pl.col(column).is_not_null() & ~pl.col(column).is_in(list(values)))
    found = tellable(unknown[column], values)
    yield from told("D302", table, unknown, f"{column} is not a declared category: {found}")


def _kind_findings(records: pl.DataFrame, word: MeasurementWord) -> Iterator[Finding]:
    wrong = pl.col("state") if word.kind == "quantity" else pl.col("value")
    what = f"{word.label} is a {word.kind} and has content of the other kind"
    yield from told("D308", "measurements", records.filter(wrong.is_not_null()), what)


def _quantity_findings(records: pl.DataFrame, word: MeasurementWord) -> Iterator[Finding]:
    other = records.filter(pl.col("unit").is_not_null() & (pl.col("unit") != word.unit))
    units = tellable(other["unit"], [word.unit])
    what = f"{word.label} is in {units} instead of {word.unit!r}"
    yield from told("D303", "measurements", other, what)
    infinite = records.filter(~pl.col("value").is_finite())
    yield from told("D309", "measurements", infinite, f"{word.label} is not a finite number")
    finite = records.filter(pl.col("value").is_finite())
    if word.range is not None:
        low, high = word.range
        outside = finite.filter(~pl.col("value").is_between(low, high))
        yield from told("D304", "measurements", outside, f"{word.label} lies outside {low:g} to {high:g}")
    if word.detection_limit is not None:
        limit = word.detection_limit
        below = finite.filter((pl.col("bound") == "=") & (pl.col("value") < limit))
        what = f"{word.label} is recorded as exact below the detection limit {limit:g}"
        yield from told("D305", "measurements", below, what)


def _contradictions(measurements: pl.DataFrame) -> Iterator[Finding]:
    same = ["patient", "day", "name", "specimen"]
    content = pl.struct("value", "state", "bound").n_unique().over(same)
    unlike = measurements.filter(content > 1)
    yield from told("D307", "measurements", unlike, "the same day and specimen has another value too")
