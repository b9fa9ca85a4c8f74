"""The five tables of a cohort, declared: every column with its type, meaning and unit.

Days count from the vocabulary's origin. The column `row` is the 1-based row of the source table; messages
speak of it, results never depend on it.
"""

from collections.abc import Mapping
from typing import Final

import polars as pl

from equipoise.base.schema import Column, Schema
from equipoise.language.vocabulary import Vocabulary
from equipoise.language.word import Detail, EventWord, InterventionWord, PatientColumn

PATIENT: Final = Column("patient", pl.Int32(), "patient, numbered from 0")
ROW: Final = Column("row", pl.Int64(), "row of the source table, numbered from 1")
BOUNDS: Final = ("=", "<", ">")

OBSERVATION: Final = Schema(
    "observation",
    "One period under observation, on (start, stop]",
    (
        PATIENT,
        Column("start", pl.Float64(), "under observation after this day", "days"),
        Column("stop", pl.Float64(), "under observation until the end of this day", "days"),
        ROW,
    ),
)

MEASUREMENTS: Final = Schema(
    "measurements",
    "One measured value of one patient",
    (
        PATIENT,
        Column("day", pl.Float64(), "day of the specimen", "days"),
        Column("name", pl.String(), "word of the vocabulary"),
        Column("value", pl.Float64(), "value of a quantity; the limit when bound is < or >", nullable=True),
        Column("state", pl.String(), "value of a measurement that is a state", nullable=True),
        Column("unit", pl.String(), "unit as recorded", nullable=True),
        Column("bound", pl.String(), "= exact, < below the limit, > above it", values=BOUNDS),
        Column("specimen", pl.String(), "what was sampled", nullable=True),
        ROW,
    ),
)

_TYPES: Final[Mapping[str, pl.DataType]] = {
    "category": pl.String(),
    "quantity": pl.Float64(),
    "integer": pl.Int64(),
    "boolean": pl.Boolean(),
}


def patients_schema(vocabulary: Vocabulary) -> Schema:
    """Table of patients: the fixed columns and the baseline columns that the vocabulary declares."""
    declared = tuple(_patient_column(name, column) for name, column in vocabulary.patients.items())
    names = {column.name for column in declared}
    fixed = (
        Column("site", pl.String(), "centre that follows the patient", nullable=True),
        Column("origin_year", pl.Int32(), "calendar year of day 0", "year", nullable=True),
    )
    return Schema(
        "patients",
        "One patient",
        (PATIENT, *(column for column in fixed if column.name not in names), *declared, ROW),
    )


def interventions_schema(vocabulary: Vocabulary) -> Schema:
    """Table of interventions, with the detail columns of all intervention words."""
    return Schema(
        "interventions",
        "One intervention in one patient",
        (
            PATIENT,
            Column("start", pl.Float64(), "day of the causal action", "days"),
            Column("stop", pl.Float64(), "last day of the intervention", "days", nullable=True),
            Column("name", pl.String(), "word of the vocabulary"),
            Column("decided", pl.Float64(), "day of the decision", "days", nullable=True),
            Column("completed", pl.Float64(), "day on which it was completed", "days", nullable=True),
            *_detail_columns(vocabulary.interventions),
            ROW,
        ),
    )


def events_schema(vocabulary: Vocabulary) -> Schema:
    """Table of events, with the detail columns of all event words."""
    return Schema(
        "events",
        "One event in one patient",
        (
            PATIENT,
            Column("day", pl.Float64(), "day of the event", "days"),
            Column("name", pl.String(), "word of the vocabulary"),
            *_detail_columns(vocabulary.events),
            ROW,
        ),
    )


def cohort_schemas(vocabulary: Vocabulary) -> dict[str, Schema]:
    """The five schemas by table name."""
    return {
        "patients": patients_schema(vocabulary),
        "observation": OBSERVATION,
        "measurements": MEASUREMENTS,
        "interventions": interventions_schema(vocabulary),
        "events": events_schema(vocabulary),
    }


def _patient_column(name: str, column: PatientColumn) -> Column:
    return Column(name, _TYPES[column.type], column.label, column.unit, nullable=True)


def _detail_columns(words: Mapping[str, EventWord] | Mapping[str, InterventionWord]) -> tuple[Column, ...]:
    """Detail columns in alphabetical order; a detail that several words share is one column."""
    details: dict[str, Detail] = {}
    owners: dict[str, list[str]] = {}
    for name, word in words.items():
        for key, detail in word.details.items():
            details[key] = detail
            owners.setdefault(key, []).append(name)
    return tuple(
        Column(
            key,
            _TYPES[details[key].type],
            f"{details[key].label or key}, a detail of {', '.join(owners[key])}",
            details[key].unit,
            nullable=True,
        )
        for key in sorted(details)
    )
