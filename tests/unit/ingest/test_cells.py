"""Numbers, dates and times by hand."""

import datetime

import polars as pl
import pytest

from equipoise.ingest.cells import numbers, years, yes_or_no
from equipoise.ingest.dates import DateReader, date_format
from equipoise.ingest.log import Log

D = datetime.date


def _column(*cells: str | None) -> tuple[pl.Series, Log]:
    rows = pl.Series("row", range(2, 2 + len(cells)), dtype=pl.Int64)
    return pl.Series("c", cells, dtype=pl.String), Log("sheet", rows)


def _codes(log: Log) -> dict[str, tuple[int, ...]]:
    return {one.code: one.rows for one in log.findings}


def test_numbers_with_a_point() -> None:
    cells, log = _column("1", "-.5", "1e-6", "1,5", "1.2.3", "inf", "nan", "1e999", "٣", "1_0", None)
    assert numbers(cells, decimal=".", log=log).to_list() == [1.0, -0.5, 1e-6] + [None] * 8
    assert _codes(log) == {"D351": (5,), "D350": (6, 7, 8, 9, 10, 11)}


def test_numbers_with_a_comma() -> None:
    cells, log = _column("1", "1,5", "1.5", "1.234", "1.234,5")
    assert numbers(cells, decimal=",", log=log).to_list() == [1.0, 1.5, None, None, None]
    assert _codes(log) == {"D351": (4, 5), "D350": (6,)}


def test_numbers_of_a_spreadsheet_keep_their_point_under_a_decimal_comma() -> None:
    cells, log = _column("1.5", "1,5")
    assert numbers(cells, decimal=",", log=log, typed=True).to_list() == [1.5, 1.5]
    assert not log.findings


def test_yes_or_no() -> None:
    cells, log = _column("1", "No", "TRUE", "2", None)
    assert yes_or_no(cells, log=log).to_list() == [True, False, True, None, None]
    assert _codes(log) == {"D357": (5,)}


def _read(
    *cells: str | None, formats: tuple[str, ...], **options: int | bool
) -> tuple[list[D | None], dict[str, tuple[int, ...]]]:
    column, log = _column(*cells)
    declared = tuple(one for one in map(date_format, formats) if one is not None)
    assert len(declared) == len(formats)
    century, serials = options.get("century"), options.get("serials")
    reader = DateReader(declared, century, serials, typed=bool(options.get("typed", False)))
    return reader.read(column, log).to_list(), _codes(log)


def test_dates_of_one_format_only() -> None:
    dates, codes = _read(
        "01.02.2020",
        "1.2.2020",
        "31.02.2020",
        "2020-02-01",
        "unknown",
        None,
        "01.02.20",
        formats=("DD.MM.YYYY",),
    )
    assert dates == [D(2020, 2, 1), D(2020, 2, 1), None, None, None, None, None]
    assert codes == {"D252": (4, 5, 6, 8)}


def test_day_and_month_are_never_exchanged_silently() -> None:
    assert _read("03/04/2020", formats=("DD/MM/YYYY",))[0] == [D(2020, 4, 3)]
    assert _read("03/04/2020", formats=("MM/DD/YYYY",))[0] == [D(2020, 3, 4)]
    dates, codes = _read("03/04/2020", "13/04/2020", "05/05/2020", formats=("DD/MM/YYYY", "MM/DD/YYYY"))
    assert dates == [None, D(2020, 4, 13), D(2020, 5, 5)]
    assert codes == {"D253": (2,)}


@pytest.mark.parametrize(
    ("cell", "first", "year"), [("01.02.49", 1950, 2049), ("01.02.50", 1950, 1950), ("29.02.00", 1930, 2000)]
)
def test_two_digit_years_mean_what_is_declared(cell: str, first: int, year: int) -> None:
    dates, _ = _read(cell, formats=("DD.MM.YY",), century=first)
    assert dates[0] is not None
    assert dates[0].year == year


def test_spreadsheet_serials_only_when_declared() -> None:
    # 25569 is 1 January 1970 in the count from 1900; the other count is 1462 days behind.
    assert _read("25569", "43894.5", formats=(), serials=1900)[0] == [D(1970, 1, 1), D(2020, 3, 4)]
    assert _read("24107", formats=(), serials=1904)[0] == [D(1970, 1, 1)]
    assert _read("43894", formats=("DD.MM.YYYY",)) == ([None], {"D254": (2,)})


def test_times_of_the_day_are_dropped_and_told() -> None:
    dates, codes = _read("2020-03-04 00:00:00", "2020-03-04 15:30", formats=(), typed=True)
    assert dates == [D(2020, 3, 4), D(2020, 3, 4)]
    assert codes == {"D261": (3,)}


def test_months_by_name() -> None:
    assert _read("04-mar-2020", "04-MAR-2020", formats=("DD-MON-YYYY",))[0] == [D(2020, 3, 4)] * 2


def test_impossible_years() -> None:
    assert _read("04.03.0202", "04.03.2201", formats=("DD.MM.YYYY",)) == ([None, None], {"D255": (2, 3)})


@pytest.mark.parametrize("text", ["DD.MM", "dd.mm.yyyy", "DD.DD.YYYY", "DD.MM.YYYY hh", ""])
def test_formats_that_are_none(text: str) -> None:
    assert date_format(text) is None


def test_calendar_years_are_whole_and_plausible() -> None:
    log = Log("ward.csv", pl.Series(range(2, 6), dtype=pl.Int64))
    read = years(pl.Series("year", ["2019", "2019.5", "1e308", "202"]), decimal=".", log=log)
    assert read.to_list() == [2019, None, None, None]
    assert {one.code: one.rows for one in log.findings} == {"D359": (3, 4), "D255": (5,)}
