"""One of the five tables: its cells typed as the schema and the vocabulary declare them."""

from collections.abc import Mapping

import polars as pl

from equipoise.ingest.cells import active_content, blank_where_missing, categories, day_numbers, years
from equipoise.ingest.declared import Notation, detail_value, details_by_name, measured, patient_value
from equipoise.ingest.log import Log
from equipoise.ingest.sheet import Sheet
from equipoise.language.vocabulary import Vocabulary

MISSING = ("NA",)
REQUIRED_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "patients": ("patient",),
    "observation": ("patient", "start", "stop"),
    "measurements": ("patient", "day", "name", "value"),
    "interventions": ("patient", "start", "name"),
    "events": ("patient", "day", "name"),
}
OPTIONAL_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "patients": ("site", "origin_year"),
    "observation": (),
    "measurements": ("unit", "bound", "specimen"),
    "interventions": ("stop", "decided", "completed"),
    "events": (),
}


class TableReader:
    """One of the five tables while it is read.

    Parameters
    ----------
    name
        Name of the table.
    sheet
        Its cells; the required columns are there.
    patient
        Number of the patient of each row (null where that is an error already told).
    log
        Takes the findings.
    vocabulary
        Declares the words.
    """

    def __init__(self, name: str, sheet: Sheet, patient: pl.Series, log: Log, vocabulary: Vocabulary) -> None:
        self.name, self.patient, self.log, self.vocabulary = name, patient, log, vocabulary
        self.sheet = sheet
        self.notation = Notation()

    def frame(self) -> pl.DataFrame:
        """Return the typed frame; what cannot be read is null and told in the log."""
        active_content(self.sheet.cells, self.log)
        columns = {"patient": self.patient, "row": self.sheet.rows}
        match self.name:
            case "patients":
                columns |= self._patients()
            case "observation":
                columns |= {
                    "start": self._days("start", required=True),
                    "stop": self._days("stop", required=True),
                }
            case "measurements":
                columns |= {
                    "day": self._days("day", required=True),
                    "name": self._names(self.vocabulary.measurements),
                }
                columns |= self._measured()
            case "interventions":
                columns |= {"start": self._days("start", required=True)}
                columns |= {"name": self._names(self.vocabulary.interventions)}
                columns |= {one: self._days(one) for one in OPTIONAL_COLUMNS[self.name] if self._has(one)}
                columns |= self._details()
            case _:
                columns |= {
                    "day": self._days("day", required=True),
                    "name": self._names(self.vocabulary.events),
                }
                columns |= self._details()
        return pl.DataFrame({one: series.alias(one) for one, series in columns.items()})

    def _has(self, column: str) -> bool:
        return column in self.sheet.columns

    def _cells(self, column: str) -> pl.Series:
        return blank_where_missing(self.sheet.cells[column], MISSING, self.log)

    def _days(self, column: str, *, required: bool = False) -> pl.Series:
        cells = self._cells(column)
        days = day_numbers(cells, decimal=".", log=self.log)
        if required:
            self.log.add_if("D256", cells.is_null(), f"column {column}: {{n}} row(s) have no day.")
        return days

    def _names(self, known: Mapping[str, object]) -> pl.Series:
        cells = self.sheet.cells["name"]
        self.log.add_if("D354", cells.is_null(), "column name: {n} row(s) name nothing.")
        if not known and cells.len():
            self.log.add("D354", f"column name: the vocabulary declares no {self.name}.", cells.is_not_null())
        return categories(cells, known.keys(), log=self.log, code="D354")

    def _patients(self) -> dict[str, pl.Series]:
        read = {
            name: patient_value(self._cells(name), column, self.notation, self.log)
            for name, column in self.vocabulary.patients.items()
            if self._has(name)
        }
        if self._has("site") and "site" not in read:
            read["site"] = self._cells("site")
        if self._has("origin_year") and "origin_year" not in read:
            read["origin_year"] = years(self._cells("origin_year"), decimal=".", log=self.log)
        return read

    def _details(self) -> dict[str, pl.Series]:
        names = self.sheet.cells["name"]
        read: dict[str, pl.Series] = {}
        for column, owners in details_by_name(self.vocabulary, self.name).items():
            if not self._has(column):
                continue
            cells = self._cells(column)
            stray = cells.is_not_null() & ~names.is_in(list(owners))
            self.log.add_if(
                "D360", stray, f"column {column}: {{n}} row(s) of records that have no such detail."
            )
            parts: list[pl.Series] = []
            for word, detail in owners.items():
                mine = (names == word).fill_null(value=False)
                part = detail_value(cells.set(~mine, None), detail, self.notation, self.log)
                parts.append(part.alias(word))
            read[column] = pl.DataFrame(parts).select(pl.coalesce(pl.all()).alias(column))[column]
        return read

    def _measured(self) -> dict[str, pl.Series]:
        names, cells = self.sheet.cells["name"], self._cells("value")
        self.log.add_if("D358", cells.is_null(), "column value: {n} row(s) have no value.")
        value = pl.Series("value", [None], dtype=pl.Float64).new_from_index(0, cells.len())
        state, bound = cells.set(cells.is_not_null(), None), pl.Series(["="]).new_from_index(0, cells.len())
        for word, meaning in self.vocabulary.measurements.items():
            mine = (names == word).fill_null(value=False)
            if mine.any():
                read = measured(cells.set(~mine, None), meaning, self.notation, self.log)
                value, state = value.zip_with(~mine, read.value), state.zip_with(~mine, read.state)
                bound = bound.zip_with(~mine, read.bound)
        columns = {"value": value, "state": state, "bound": self._bound(bound)}
        return columns | {one: self._cells(one) for one in ("unit", "specimen") if self._has(one)}

    def _bound(self, written: pl.Series) -> pl.Series:
        if not self._has("bound"):
            return written
        cells = self._cells("bound")
        known = cells.is_in(["=", "<", ">"])
        self.log.add_if("D356", cells.is_not_null() & ~known, "column bound: {n} cell(s) are not =, < or >.")
        clash = (written != "=") & cells.is_not_null() & (cells != written)
        self.log.add_if("D356", clash, "column bound: {n} cell(s) contradict the sign before the value.")
        return cells.set(~known.fill_null(value=False), None).fill_null(written)
