"""Times of a wide sheet become days since the origin; here the calendar ends."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import polars as pl

from equipoise.base.clock import DAYS_PER_MONTH, DAYS_PER_YEAR
from equipoise.ingest.cells import day_numbers
from equipoise.ingest.dates import DateReader, date_format
from equipoise.ingest.log import Log
from equipoise.ingest.mapping import LATEST_DAY, Mapping, Origin, Time, TimeColumn, time_column

DAYS_PER: dict[str, float] = {"days": 1.0, "weeks": 7.0, "months": DAYS_PER_MONTH, "years": DAYS_PER_YEAR}
_TOLERANCE = 1e-6


@dataclass(frozen=True, slots=True)
class TimeReader:
    """How the times of one sheet are read.

    Parameters
    ----------
    mapping
        Formats, unit, decimal sign and rounding.
    resolution
        The vocabulary's grid, in days.
    typed
        Whether the source has dates and numbers of its own.
    log
        Takes the findings.
    """

    mapping: Mapping
    resolution: float
    typed: bool
    log: Log

    def unit_of(self, time: TimeColumn) -> Literal["date", "days", "weeks", "months", "years"]:
        """Unit of a time column, stated or by default."""
        if time.unit is not None:
            return time.unit
        return (
            "date" if self.mapping.origin is not None or time.format is not None else self.mapping.times.unit
        )

    def dates(self, cells: pl.Series, column_format: str | None) -> pl.Series:
        """Read a column of dates (Date)."""
        times = self.mapping.times
        declared = (column_format,) if column_format is not None else times.formats
        reader = DateReader(
            tuple(one for one in map(date_format, declared) if one is not None),  # refused by mapping_check
            two_digit_years_from=times.two_digit_years_from,
            excel_serials=times.excel_serials,
            typed=self.typed,
        )
        return reader.read(cells, self.log)

    def days(self, cells: pl.Series, time: Time, origin: pl.Series | None) -> pl.Series:
        """Read a time column as days since the vocabulary's origin (Float64).

        Parameters
        ----------
        cells
            Its cells; null where there is no time.
        time
            What the mapping says of it.
        origin
            The origin's date of each row, when the mapping has an origin.
        """
        column = time_column(time)
        unit = self.unit_of(column)
        if unit == "date":
            if origin is None or self.mapping.origin is None:
                raise ValueError("a date needs an origin; the mapping was checked for that")
            dates = self.dates(cells, column.format)
            days = (dates - origin).dt.total_days().cast(pl.Float64) + self.mapping.origin.day
            too_far = days.abs() > LATEST_DAY
            self.log.add_if(
                "D263", too_far, f"column {cells.name}: {{n}} date(s) a hundred years from day 0."
            )
        else:
            days = day_numbers(
                cells, decimal=self.mapping.decimal, log=self.log, typed=self.typed, days_per=DAYS_PER[unit]
            )
        return self._on_grid(days).alias(cells.name)

    def origin_dates(self, cells: pl.Series, origin: Origin) -> pl.Series:
        """Read the dates of the origin."""
        return self.dates(cells, origin.format)

    def _on_grid(self, days: pl.Series) -> pl.Series:
        rounding = self.mapping.times.rounding
        if rounding == "none":
            return days
        units = days / self.resolution
        off = ((units - units.round(0)).abs() > _TOLERANCE).fill_null(value=False)
        moved = (units.round(0) if rounding == "nearest" else units.ceil()) * self.resolution
        if off.any():
            farthest = float(np.abs((moved - days).filter(off).to_numpy()).max())
            name = days.name
            self.log.add(
                "D260", f"column {name}: {off.sum()} time(s) moved by at most {farthest:.2g} day(s).", off
            )
        return days.zip_with(~off, moved)
