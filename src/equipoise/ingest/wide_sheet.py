"""A wide sheet seen through its mapping: cells, values and days of its columns."""

from collections.abc import Collection
from dataclasses import dataclass

import polars as pl

from equipoise.ingest.cells import blank_where_missing, recoded
from equipoise.ingest.declared import Notation
from equipoise.ingest.identifier import numbered
from equipoise.ingest.log import Log
from equipoise.ingest.mapping import Mapping, Time, ValueColumn, text_of, time_column
from equipoise.ingest.sheet import Sheet
from equipoise.ingest.times import TimeReader
from equipoise.language.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class WideSheet:
    """A wide sheet seen through its mapping.

    Parameters
    ----------
    mapping
        What the columns mean.
    vocabulary
        Declares the words.
    sheet
        The cells.
    notation
        How numbers are written.
    times
        Reader of times.
    log
        Takes the findings.
    origin
        Date of day 0 of each row (Date), when the mapping has an origin.
    """

    mapping: Mapping
    vocabulary: Vocabulary
    sheet: Sheet
    notation: Notation
    times: TimeReader
    log: Log
    origin: pl.Series | None

    @property
    def patients(self) -> pl.Series:
        """Numbers of the patients, 0 to n - 1: in the order of their identifiers, or of the rows without."""
        if self.mapping.id is None:
            return pl.Series("patient", range(self.sheet.cells.height), dtype=pl.Int32)
        return numbered(self.sheet.cells[self.mapping.id])

    def cells(self, column: str, missing: Collection[str] | None = None) -> pl.Series:
        """Cells of a column; the codes that mean missing are null."""
        codes = {text_of(code) for code in self.mapping.missing} if missing is None else missing
        return blank_where_missing(self.sheet.cells[column], codes, self.log)

    def value_cells(self, value: ValueColumn) -> pl.Series:
        """Cells of a value column, recoded."""
        codes = None if value.missing is None else {text_of(code) for code in value.missing}
        meant = {code: None if to is None else text_of(to) for code, to in value.recode.items()}
        return recoded(self.cells(value.column, codes), meant)

    def days(self, time: Time, where: pl.Series | None = None) -> pl.Series:
        """Days of a time column, only in the rows of the mask when one is given."""
        cells = self.cells(time_column(time).column)
        if where is not None:
            cells = cells.set(~where, None)
        return self.times.days(cells, time, self.origin)
