"""Dates of declared formats become day numbers; the calendar ends at this door."""

import re
from dataclasses import dataclass

import polars as pl

from equipoise.ingest.log import Log

ISO = "YYYY-MM-DD"
FIRST_YEAR, LAST_YEAR = 1900, 2100
_TOKENS = (("YYYY", "%Y"), ("YY", "%y"), ("MON", "%b"), ("MM", "%m"), ("DD", "%d"))
_SHAPES = {
    "YYYY": r"[0-9]{4}",
    "YY": r"[0-9]{2}",
    "MON": r"[A-Za-z]{3}",
    "MM": r"[0-9]{1,2}",
    "DD": r"[0-9]{1,2}",
}
TIME_OF_DAY = r"[ T][0-9]{1,2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?(Z|[+-][0-9]{2}:?[0-9]{2})?$"
_MIDNIGHT = r"[ T]0?0:00(:00(\.0+)?)?Z?$"
_SERIAL = r"^[0-9]{5}(\.[0-9]+)?$"
# Day 0 of the two counts; the first holds from 1 March 1900 on (that count has a 29 February 1900).
_SERIAL_ZERO = {1900: pl.date(1899, 12, 30), 1904: pl.date(1904, 1, 1)}


@dataclass(frozen=True, slots=True)
class DateFormat:
    """A date format in tokens.

    Parameters
    ----------
    text
        As declared, for example ``DD.MM.YYYY``.
    pattern
        Regular expression of a whole cell.
    directive
        The same for the parser.
    """

    text: str
    pattern: str
    directive: str


def date_format(text: str) -> DateFormat | None:
    """Understand a declared format; None unless year, month and day are each there once."""
    pattern, directive, used = "", "", ""
    rest = text
    while rest:
        token = next((one for one, _ in _TOKENS if rest.startswith(one)), None)
        if token is None:
            pattern += re.escape(rest[0])
            directive += rest[0].replace("%", "%%")
            used += " " if rest[0].isalnum() else ""
            rest = rest[1:]
        else:
            pattern += _SHAPES[token]
            directive += dict(_TOKENS)[token]
            used += token[0]
            rest = rest[len(token) :]
    if sorted(used) != ["D", "M", "Y"]:
        return None
    if "MM" in text and re.search(r"(YYYY|YY)MM|MMDD|DDMM", text):
        pattern = pattern.replace(r"[0-9]{1,2}", r"[0-9]{2}")
    return DateFormat(text, f"^{pattern}$", directive)


@dataclass(frozen=True, slots=True)
class DateReader:
    """How the dates of a column are written.

    Parameters
    ----------
    formats
        Declared formats.
    two_digit_years_from
        First year of the hundred years that a two-digit year means.
    excel_serials
        1900 or 1904 if serial numbers of a spreadsheet are dates, else None.
    typed
        Whether the source has dates of its own, which always come as ISO dates.
    """

    formats: tuple[DateFormat, ...]
    two_digit_years_from: int | None = None
    excel_serials: int | None = None
    typed: bool = False

    def read(self, cells: pl.Series, log: Log) -> pl.Series:
        """Read a column of dates (Date); findings D252 to D255 and D261 for what cannot be read."""
        name = cells.name
        timed = cells.str.contains(TIME_OF_DAY)
        log.add_if(
            "D261",
            timed & ~cells.str.contains(_MIDNIGHT),
            f"column {name}: {{n}} time(s) of the day were dropped.",
        )
        bare = cells.str.replace(TIME_OF_DAY, "")
        dates = pl.Series(name, [None], dtype=pl.Date).new_from_index(0, cells.len())
        clash = pl.Series(name, [False]).new_from_index(0, cells.len())
        for one in self._all_formats():
            read = self._by_format(bare, one)
            clash = clash | (read.is_not_null() & dates.is_not_null() & (read != dates)).fill_null(
                value=False
            )
            dates = dates.zip_with(dates.is_not_null(), read)
        serial = bare.str.contains(_SERIAL).fill_null(value=False) & dates.is_null()
        if self.excel_serials is not None:
            count = bare.set(~serial, None).cast(pl.Float64).floor().cast(pl.Int64)
            zero = _SERIAL_ZERO[self.excel_serials]
            counted = pl.select((zero + pl.duration(days=pl.lit(count))).cast(pl.Date)).to_series()
            dates = dates.zip_with(~serial, counted)
            serial = serial & dates.is_null()
        self._tell(cells, dates, clash, serial, log)
        outside = (dates.dt.year() < FIRST_YEAR) | (dates.dt.year() > LAST_YEAR)
        log.add_if("D255", outside, f"column {name}: {{n}} date(s) outside {FIRST_YEAR} to {LAST_YEAR}.")
        return dates.set((outside | clash).fill_null(value=False), None)

    def _all_formats(self) -> tuple[DateFormat, ...]:
        iso = DateFormat(ISO, r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$", "%Y-%m-%d")
        return (iso, *self.formats) if self.typed else self.formats

    def _by_format(self, cells: pl.Series, one: DateFormat) -> pl.Series:
        fitting = cells.set(~cells.str.contains(one.pattern).fill_null(value=False), None)
        if "%b" in one.directive:
            fitting = fitting.str.to_titlecase()
        if "%y" not in one.directive:
            return fitting.str.to_date(one.directive, strict=False)
        # Put the century in by hand: the parser's own choice would be a guess.
        first = self.two_digit_years_from or FIRST_YEAR
        read = fitting.str.to_date(one.directive, strict=False)
        two = read.dt.year() % 100
        year = first + (two - first % 100) % 100
        return (year.cast(pl.String) + read.dt.strftime("-%m-%d")).str.to_date("%Y-%m-%d", strict=False)

    def _tell(
        self, cells: pl.Series, dates: pl.Series, clash: pl.Series, serial: pl.Series, log: Log
    ) -> None:
        name = cells.name
        log.add_if(
            "D253",
            clash,
            f"column {name}: {{n}} cell(s) are one date in one declared format and another in the other.",
        )
        log.add_if("D254", serial, f"column {name}: {{n}} cell(s) look like serial numbers of a spreadsheet.")
        declared = " or ".join(one.text for one in self.formats) or ISO
        unread = cells.is_not_null() & dates.is_null() & ~serial
        log.add_if("D252", unread, f"column {name}: {{n}} cell(s) are not a date of the format {declared}.")
