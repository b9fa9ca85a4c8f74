"""Cells read as the vocabulary declares them: columns of patients, details of records, measured values."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from equipoise.ingest.cells import categories, numbers, whole_numbers, yes_or_no
from equipoise.ingest.log import Log
from equipoise.language.vocabulary import Vocabulary
from equipoise.language.word import Detail, MeasurementWord, PatientColumn


@dataclass(frozen=True, slots=True)
class Notation:
    """How numbers are written in a source.

    Parameters
    ----------
    decimal
        The declared decimal sign.
    typed
        Whether the source has numbers of its own, which always come with a point.
    """

    decimal: str = "."
    typed: bool = False


def patient_value(cells: pl.Series, column: PatientColumn, notation: Notation, log: Log) -> pl.Series:
    """Read a baseline column as declared."""
    match column.type:
        case "category":
            return categories(cells, column.values, log=log)
        case "boolean":
            return yes_or_no(cells, log=log)
        case "integer":
            return whole_numbers(cells, decimal=notation.decimal, log=log, typed=notation.typed)
        case "quantity":
            return numbers(cells, decimal=notation.decimal, log=log, typed=notation.typed)


def detail_value(cells: pl.Series, detail: Detail, notation: Notation, log: Log) -> pl.Series:
    """Read a detail as declared: a category (String) or a quantity (Float64)."""
    if detail.type == "category":
        return categories(cells, detail.values, log=log)
    return numbers(cells, decimal=notation.decimal, log=log, typed=notation.typed)


@dataclass(frozen=True, slots=True)
class Measured:
    """A column of measurements, read.

    Parameters
    ----------
    value
        Number of a quantity (Float64), or the limit when the bound is ``<`` or ``>``.
    state
        Value of a state (String).
    bound
        ``=``, ``<`` or ``>`` (String).
    """

    value: pl.Series
    state: pl.Series
    bound: pl.Series


def measured(cells: pl.Series, word: MeasurementWord, notation: Notation, log: Log) -> Measured:
    """Read measured values as declared: ``12.5``, ``<1e-6`` (below the limit), or the name of a state."""
    exact = pl.Series(cells.name, ["="]).new_from_index(0, cells.len())
    if word.kind == "state":
        nothing = pl.Series(cells.name, [None], dtype=pl.Float64).new_from_index(0, cells.len())
        return Measured(nothing, categories(cells, word.values, log=log), exact)
    sign = cells.str.extract(r"^([<>])")
    value = numbers(
        cells.str.replace(r"^[<>]\s*", ""), decimal=notation.decimal, log=log, typed=notation.typed
    )
    nothing_said = pl.Series(cells.name, [None], dtype=pl.String).new_from_index(0, cells.len())
    return Measured(value, nothing_said, sign.fill_null("="))


def details_by_name(vocabulary: Vocabulary, table: str) -> dict[str, Mapping[str, Detail]]:
    """For each detail column of interventions or events: the words that have it, and how."""
    words = vocabulary.interventions if table == "interventions" else vocabulary.events
    owners: dict[str, dict[str, Detail]] = {}
    for word, meaning in words.items():
        for name, detail in meaning.details.items():
            owners.setdefault(name, {})[word] = detail
    return {name: owners[name] for name in sorted(owners)}
