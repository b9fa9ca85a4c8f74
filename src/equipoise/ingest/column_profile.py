"""What the cells of a column look like: dates of which formats, numbers, codes, categories."""

import re
from dataclasses import dataclass
from typing import cast

import numpy as np
import polars as pl

from equipoise.ingest.cells import numbers
from equipoise.ingest.dates import TIME_OF_DAY, DateReader, date_format
from equipoise.ingest.log import Log

CANDIDATE_FORMATS = (
    "YYYY-MM-DD",
    "YYYY/MM/DD",
    "YYYYMMDD",
    "DD.MM.YYYY",
    "DD/MM/YYYY",
    "MM/DD/YYYY",
    "DD-MM-YYYY",
    "MM-DD-YYYY",
    "DD-MON-YYYY",
    "DD MON YYYY",
    "DDMONYYYY",
    "DD.MM.YY",
    "DD/MM/YY",
    "MM/DD/YY",
)
MOST_CODES = 12
LOOKED_AT = 3  # cells
MOST_INDICATED = 4
_ISO = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
_NUMERIC = re.compile(r"[-+0-9.,]+([eE][-+]?[0-9]+)?$")
_DATED = re.compile(r"[0-9]{1,4}[./-][0-9]{1,2}[./-][0-9]{1,4}")
LONG_NUMBER = 5  # digits; shorter ones may be codes or years
_LOW_SENTINELS = (-9.0, -99.0, -999.0, -1.0, -88.0)
_HIGH_SENTINELS = (88.0, 99.0, 888.0, 999.0, 9999.0)


@dataclass(frozen=True, slots=True)
class Profile:
    """What the cells of one column look like.

    Parameters
    ----------
    filled
        Number of cells that are not missing.
    share
        Share of rows that are filled.
    formats
        Date formats that fit every filled cell.
    numbers
        The numbers (Float64) if every filled cell is one, else None.
    decimal
        Decimal sign of the numbers; None when none is visible.
    codes
        The distinct values when they are few, else empty; without those that may say who a patient is.
    distinct
        Number of distinct values.
    missing
        Codes in the cells that certainly mean missing.
    """

    filled: int
    share: float
    formats: tuple[str, ...]
    numbers: pl.Series | None
    decimal: str | None
    codes: tuple[str, ...]
    distinct: int
    missing: tuple[str, ...] = ()

    @property
    def is_date(self) -> bool:
        """Whether every filled cell is a date."""
        return bool(self.formats)

    @property
    def is_number(self) -> bool:
        """Whether every filled cell is a number (and not a date such as 20200131)."""
        return self.numbers is not None and not self.formats

    @property
    def is_coded(self) -> bool:
        """Whether there are few distinct values that repeat, as in an indicator (0, 1 and perhaps 9)."""
        few = 0 < self.distinct <= 2 or (self.distinct <= MOST_INDICATED and self.filled >= 3 * self.distinct)
        return few and not self.formats

    @property
    def sentinels(self) -> tuple[str, ...]:
        """Numbers that look like codes for missing: -9 and its kin, or 99 far above all others."""
        if self.numbers is None or self.formats or self.distinct <= MOST_INDICATED:
            return ()
        values = self.numbers.drop_nulls().unique().sort().to_list()
        low = tuple(one for one in values[:2] if one in _LOW_SENTINELS)
        high = tuple(
            one
            for one, below in zip(values[-2:], values[-3:-1], strict=True)
            if one in _HIGH_SENTINELS and below < 0.9 * one
        )
        return tuple(str(int(one)) for one in (*low, *high))

    @property
    def mean(self) -> float:
        """Mean of the numbers; 0 without any."""
        values = self._known
        return float(values.mean()) if values.size else 0.0

    @property
    def smallest(self) -> float:
        """Smallest number; 0 without any."""
        return 0.0 if self.numbers is None else cast("float | None", self.numbers.min()) or 0.0

    @property
    def largest(self) -> float:
        """Largest number; 0 without any."""
        return 0.0 if self.numbers is None else cast("float | None", self.numbers.max()) or 0.0

    def counts(self, rows: int) -> bool:
        """Whether the numbers run through the rows: 1, 2, 3 and so on."""
        return self.distinct == rows > 1 and self.whole and self.largest - self.smallest == rows - 1

    @property
    def fractional(self) -> bool:
        """Whether most numbers have digits after the decimal sign, halves not counted."""
        values = self._known
        return bool(values.size) and float((values * 2 % 1 != 0).mean()) > 1 / 2

    @property
    def _known(self) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        return self.numbers.drop_nulls().to_numpy() if self.numbers is not None else np.zeros(0)

    @property
    def whole(self) -> bool:
        """Whether all numbers are whole."""
        return self.numbers is not None and bool((self.numbers.drop_nulls() % 1 == 0).all())


def profile(cells: pl.Series, *, missing: frozenset[str], typed: bool) -> Profile:
    """Look at the cells of a column.

    Parameters
    ----------
    cells
        Text, null where empty.
    missing
        Codes that certainly mean missing.
    typed
        Whether the source has dates of its own.
    """
    hit = cells.is_in(list(missing))
    found = cells.filter(hit)
    known = cells.set(hit, None) if found.len() else cells
    filled = known.drop_nulls()
    distinct = filled.unique()
    values, decimal = _numbers(known, filled, typed=typed)
    return Profile(
        filled=filled.len(),
        share=filled.len() / max(cells.len(), 1),
        formats=_formats(filled, typed=typed) if filled.len() else (),
        numbers=values if filled.len() else None,
        decimal=decimal,
        codes=_codes(filled) if distinct.len() <= MOST_CODES else (),
        distinct=distinct.len(),
        missing=tuple(found.unique().sort().to_list()) if found.len() else (),
    )


def _codes(filled: pl.Series) -> tuple[str, ...]:
    """Distinct values that a mapping may repeat.

    A mapping holds no patient's data, so that a centre can share it. A cell in the wrong column may be a
    date, an identifier or a text; reading refuses it with its row.
    """
    counted = filled.value_counts(name="rows").iter_rows()
    return tuple(sorted(value for value, rows in counted if not _may_be_private(value, alone=rows == 1)))


def _may_be_private(value: str, *, alone: bool) -> bool:
    """Whether it is a date, or stands in one cell only and is a number, a mixture or a text of its own."""
    if _DATED.search(value):
        return True
    digits, letters = sum(one.isdigit() for one in value), sum(one.isalpha() for one in value)
    return alone and (digits >= LONG_NUMBER or (digits > 0 and letters > 1) or len(value.split()) > 1)


def _numbers(cells: pl.Series, filled: pl.Series, *, typed: bool) -> tuple[pl.Series | None, str | None]:
    if any(not _NUMERIC.match(cell) for cell in filled.head(LOOKED_AT)):
        return None, None
    for decimal in (".", ","):
        log = Log("", pl.Series("row", range(cells.len()), dtype=pl.Int64))
        values = numbers(cells, decimal=decimal, log=log, typed=typed)
        if not log.findings:
            visible = cells.str.contains(decimal, literal=True).any()
            return values, decimal if visible else None
    return None, None


def _formats(filled: pl.Series, *, typed: bool) -> tuple[str, ...]:
    fitting: list[str] = []
    first = filled.head(LOOKED_AT).str.replace(TIME_OF_DAY, "").to_list()
    for text in CANDIDATE_FORMATS:
        one = date_format(text)
        # Most columns are no dates; their first cells tell it a hundred times faster than all.
        shapes = [one.pattern, *([_ISO] if typed else [])] if one is not None else []
        if one is None or not all(any(re.match(shape, cell) for shape in shapes) for cell in first):
            continue
        log = Log("", pl.Series("row", range(filled.len()), dtype=pl.Int64))
        reader = DateReader((one,), two_digit_years_from=1930, typed=typed)
        reader.read(filled, log)
        if all(told.code == "D261" for told in log.findings):
            fitting.append(text)
            if typed and filled.str.contains(r"^[0-9]{4}-[0-9]{2}-[0-9]{2}").all():
                return ("YYYY-MM-DD",)
    return tuple(fitting)
