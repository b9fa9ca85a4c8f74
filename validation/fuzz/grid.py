"""A table of text cells, and the files that may hold it: delimited text, Parquet, a workbook."""

import csv
import io
import math
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import polars as pl
import xlsxwriter


@dataclass
class Grid:
    """A header and rows; nothing keeps the rows as long as the header."""

    header: list[str]
    rows: list[list[str]]

    def copy(self) -> "Grid":
        return Grid(list(self.header), [list(row) for row in self.rows])

    def padded(self) -> list[list[str]]:
        width = len(self.header)
        return [(row + [""] * width)[:width] for row in self.rows]


@dataclass
class Dialect:
    """How a grid is written."""

    form: str = "csv"  # csv, parquet, xlsx
    delimiter: str = ","
    line_end: str = "\n"
    encoding: str = "utf-8"
    with_mark: bool = False
    quoting: int = csv.QUOTE_MINIMAL
    above: list[str] = field(default_factory=list[str])
    casts: dict[str, str] = field(default_factory=dict[str, str])  # Parquet: column, kind


def written(grid: Grid, dialect: Dialect) -> bytes:
    """Bytes of the file."""
    match dialect.form:
        case "parquet":
            return _parquet(grid, dialect)
        case "xlsx":
            return _workbook(grid)
        case _:
            return _delimited(grid, dialect)


def _delimited(grid: Grid, dialect: Dialect) -> bytes:
    stream = io.StringIO(newline="")
    for line in dialect.above:
        stream.write(line + dialect.line_end)
    writer = csv.writer(
        stream, delimiter=dialect.delimiter, lineterminator=dialect.line_end, quoting=dialect.quoting
    )
    writer.writerow(grid.header)
    writer.writerows(grid.rows)
    mark = "\ufeff" if dialect.with_mark else ""
    return (mark + stream.getvalue()).encode(dialect.encoding, errors="replace")


def _parquet(grid: Grid, dialect: Dialect) -> bytes:
    columns: dict[str, pl.Series] = {}
    for place, name in enumerate(grid.header):
        unique = name if name not in columns else f"{name}_{place}"
        columns[unique] = _typed([row[place] or None for row in grid.padded()])
    frame = pl.DataFrame(columns)
    for name, kind in dialect.casts.items():
        if name in frame.columns:
            frame = frame.with_columns(_cast(frame[name], kind).alias(name))
    stream = io.BytesIO()
    frame.write_parquet(stream)
    return stream.getvalue()


def _typed(cells: list[str | None]) -> pl.Series:
    text = pl.Series(cells, dtype=pl.String)
    for dtype in (pl.Int64, pl.Float64):
        number = text.cast(dtype, strict=False)
        if number.null_count() == text.null_count():
            return number
    return text


KINDS = (
    "null", "text", "list", "struct", "binary", "date", "datetime", "duration", "time", "category", "boolean",
    "decimal", "unsigned", "float32", "int8", "array", "lists of lists",
)  # fmt: skip


def _cast(series: pl.Series, kind: str) -> pl.Series:
    """The column as another kind: its numbers where the kind has numbers, else one value for all rows."""
    n = len(series)
    whole = series.cast(pl.Float64, strict=False).fill_null(0).fill_nan(0).clip(-1e4, 1e4).cast(pl.Int64)
    made = {
        "null": lambda: pl.Series([None] * n, dtype=pl.Null),
        "text": lambda: series.cast(pl.String),
        "list": lambda: pl.Series([[1.0]] * n),
        "lists of lists": lambda: pl.Series([[["a"]]] * n),
        "struct": lambda: pl.Series([{"a": 1}] * n),
        "binary": lambda: pl.Series([b"\xff\x00"] * n, dtype=pl.Binary),
        "array": lambda: pl.Series([[1, 2]] * n, dtype=pl.Array(pl.Int64, 2)),
        "boolean": lambda: whole > 0,
        "category": lambda: series.cast(pl.String).cast(pl.Categorical),
        "decimal": lambda: whole.cast(pl.Decimal(20, 3)),
        "unsigned": lambda: whole.abs().cast(pl.UInt64),
        "int8": lambda: whole.clip(-100, 100).cast(pl.Int8),
        "float32": lambda: whole.cast(pl.Float32) * 1.1,
        "date": lambda: whole.cast(pl.Int32).cast(pl.Date),
        "datetime": lambda: whole.cast(pl.Datetime("us")),
        "duration": lambda: whole.cast(pl.Duration("us")),
        "time": lambda: whole.abs().cast(pl.Time()),
    }
    return made[kind]()


def _workbook(grid: Grid) -> bytes:
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True, "nan_inf_to_errors": True})
    page = book.add_worksheet()
    days = book.add_format({"num_format": "dd.mm.yyyy"})
    for line, row in enumerate([grid.header, *grid.rows]):
        for place, cell in enumerate(row[:16_000]):
            _put(page, (line, place), cell[:32_000], days)
    book.close()
    return stream.getvalue()


def _put(page: Any, at: tuple[int, int], cell: str, days: Any) -> None:
    """A cell as a spreadsheet would keep it: numbers as numbers, dates as dates, formulas as formulas."""
    text = "".join(one for one in cell if one >= " " or one in "\t\n")
    date = _date(text)
    if not text:
        return
    if text.startswith("="):
        page.write_formula(*at, text[:250], value=0)
    elif date is not None:
        page.write_datetime(*at, date, days)
    elif (number := _number(text)) is not None:
        page.write_number(*at, number)
    elif text in ("TRUE", "false"):
        page.write_boolean(*at, text == "TRUE")
    else:
        page.write_string(*at, text)


def _date(text: str) -> datetime | None:
    try:
        date = datetime.strptime(text, "%d.%m.%Y")
    except ValueError:
        return None
    return date if date.year >= 1900 else None


def _number(text: str) -> float | None:
    try:
        number = float(text.replace(",", "."))
    except ValueError:
        return None
    return number if math.isfinite(number) and text.isascii() and "_" not in text else None
