"""Cells of text become numbers, yes or no, and categories; what cannot be read is told with its rows."""

from collections.abc import Collection, Mapping

import polars as pl

from equipoise.base.disclosure import tellable
from equipoise.base.document import suggestion
from equipoise.ingest.dates import FIRST_YEAR, LAST_YEAR
from equipoise.ingest.log import Log
from equipoise.ingest.mapping import LATEST_DAY

_POINT = r"^[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,3})?$"
_COMMA = r"^[+-]?([0-9]+(,[0-9]*)?|,[0-9]+)([eE][+-]?[0-9]{1,3})?$"
_DATE = r"^[0-9]{1,4}[-./][0-9]{1,2}[-./][0-9]{1,4}([ T].*)?$"
_YES = ("1", "true", "yes", "y")
_NO = ("0", "false", "no", "n")


def blank_where_missing(cells: pl.Series, codes: Collection[str], log: Log) -> pl.Series:
    """Replace the codes that mean missing by null, and say how many cells that were (D121)."""
    hit = cells.is_in(list(codes))
    if not hit.any():
        return cells
    counts = cells.filter(hit).value_counts(sort=True)
    told = ", ".join(f"{code!r} {count} times" for code, count in counts.iter_rows())
    log.add("D121", f"column {cells.name}: {told} read as missing.", hit)
    return cells.set(hit, None)


def numbers(
    cells: pl.Series, *, decimal: str, log: Log, typed: bool = False, code: str = "D350"
) -> pl.Series:
    """Read a column of numbers (Float64).

    Parameters
    ----------
    cells
        Text without surrounding spaces; null is missing.
    decimal
        The declared decimal sign, ``.`` or ``,``.
    log
        Takes D351 for the other decimal sign and ``code`` for what is no number.
    typed
        Whether the source has numbers of its own, which always come with a point.
    code
        Code for cells that are no number.
    """
    point = cells.str.contains(_POINT)
    comma = cells.str.contains(_COMMA)
    if decimal == ",":
        plain = point & comma  # without any decimal sign
        good = comma | (point if typed else plain)
        other = point & ~good
    else:
        good = point
        other = comma & ~point
    values = cells.set(~good, None).str.replace(",", ".", literal=True).cast(pl.Float64)
    infinite = values.is_infinite()
    written = "a point" if decimal == "," else "a comma"
    log.add_if("D351", other, f"column {cells.name}: {{n}} number(s) with {written} as decimal sign.")
    bad = (cells.is_not_null() & ~good & ~other) | infinite
    log.add_if(code, bad, f"column {cells.name}: {{n}} cell(s) are not a number.")
    return values.set(infinite, None).alias(cells.name)


def day_numbers(
    cells: pl.Series, *, decimal: str, log: Log, typed: bool = False, days_per: float = 1.0
) -> pl.Series:
    """Read a column of times that are numbers, as days (Float64); D250, D251 and D263 for what is not.

    Parameters
    ----------
    cells, decimal, log, typed
        As for `numbers`.
    days_per
        Days in the unit of the column.
    """
    dates = cells.str.contains(_DATE).fill_null(value=False)
    log.add_if("D251", dates, f"column {cells.name}: {{n}} cell(s) are dates; a number is due.")
    days = numbers(cells.set(dates, None), decimal=decimal, log=log, typed=typed, code="D250") * days_per
    log.add_if("D263", days.abs() > LATEST_DAY, f"column {cells.name}: {{n}} time(s) beyond 100 years.")
    return days


def whole_numbers(cells: pl.Series, *, decimal: str, log: Log, typed: bool = False) -> pl.Series:
    """Read a column of whole numbers (Int64); D359 for decimals."""
    values = numbers(cells, decimal=decimal, log=log, typed=typed)
    broken = (values != values.round(0)) | (values.abs() > 2.0**53)
    log.add_if("D359", broken, f"column {cells.name}: {{n}} number(s) are not whole.")
    return values.set(broken, None).cast(pl.Int64)


def years(cells: pl.Series, *, decimal: str, log: Log, typed: bool = False) -> pl.Series:
    """Read a column of calendar years (Int32); D359 for decimals, D255 outside 1900 to 2100."""
    whole = whole_numbers(cells, decimal=decimal, log=log, typed=typed)
    outside = ((whole < FIRST_YEAR) | (whole > LAST_YEAR)).fill_null(value=False)
    log.add_if("D255", outside, f"column {cells.name}: {{n}} year(s) outside {FIRST_YEAR} to {LAST_YEAR}.")
    return whole.set(outside, None).cast(pl.Int32)


def yes_or_no(cells: pl.Series, *, log: Log) -> pl.Series:
    """Read a column of yes or no (Boolean): true/false, yes/no, 1/0."""
    low = cells.str.to_lowercase()
    yes, no = low.is_in(_YES), low.is_in(_NO)
    bad = cells.is_not_null() & ~yes & ~no
    found = tellable(cells.filter(bad), (*_YES, *_NO))
    log.add_if("D357", bad, f"column {cells.name}: {{n}} cell(s) are not yes or no: {found}.")
    return pl.Series(cells.name, yes, dtype=pl.Boolean).set(cells.is_null() | bad, None)


def categories(cells: pl.Series, allowed: Collection[str], *, log: Log, code: str = "D352") -> pl.Series:
    """Check a column of categories against the declared ones; an empty declaration allows every text."""
    if not allowed:
        return cells
    bad = cells.is_not_null() & ~cells.is_in(list(allowed))
    if bad.any():
        unknown = cells.filter(bad)
        nearest = suggestion(unknown.sort()[0], allowed)
        log.add(code, f"column {cells.name}: not declared: {tellable(unknown, allowed)}{nearest}.", bad)
    return cells.set(bad, None)


def recoded(cells: pl.Series, recode: Mapping[str, str | None]) -> pl.Series:
    """Replace what is written by what it means; null means missing. Other cells stay."""
    return cells.replace(dict(recode)) if recode else cells


def active_content(cells: pl.DataFrame, log: Log) -> None:
    """Warn (D123) of cells that a spreadsheet or a browser would execute; here they are plain text."""
    for column in cells.iter_columns():
        formula = column.str.contains(r"^(=.|@|\+[^0-9.,]|-[^0-9.,\s-])")
        tag = column.str.contains(r"<\s*[A-Za-z/!]")
        log.add_if(
            "D123", formula | tag, f"column {column.name}: {{n}} cell(s) begin like a formula or hold a tag."
        )
