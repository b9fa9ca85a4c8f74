"""Tables that carry types (Parquet, data frames), turned into the same text as every other source."""

from dataclasses import replace
from pathlib import Path

import polars as pl

from equipoise.base.errors import DataError
from equipoise.ingest.guard import MAXIMUM_PARQUET_BYTES, check_size, first_bytes
from equipoise.ingest.sheet import Sheet, make_sheet, tidy


def read_parquet(path: Path) -> Sheet:
    """Read a Parquet file as text.

    Raises
    ------
    DataError
        D101, D103, D104 (guards, damage), D107 (no column), D110 (names), D102 (nested columns).
    """
    check_size(path, MAXIMUM_PARQUET_BYTES)
    if first_bytes(path, 4) != b"PAR1":
        raise _damaged(path, "the first bytes are not those of Parquet")
    try:
        frame = pl.read_parquet(path)
    except (pl.exceptions.PolarsError, OSError) as error:
        raise _damaged(path, f"it cannot be unpacked ({type(error).__name__})") from None
    return from_frame(path.name, frame)


def from_frame(name: str, frame: pl.DataFrame) -> Sheet:
    """Turn a typed frame into text: shortest exact numbers, ISO dates, true and false; NaN is missing.

    Raises
    ------
    DataError
        D102 when a column holds lists, structures or bytes; D107, D110 as for every sheet.
    """
    nested = [
        one
        for one, dtype in frame.schema.items()
        if dtype.is_nested() or isinstance(dtype, pl.Binary | pl.Object)
    ]
    if nested:
        raise DataError(
            "D102",
            where=name,
            found=f"{len(nested)} column(s) hold lists, structures or bytes",
            why="A cell of a table is one number, one date or one text.",
            do="Write one value in one cell.",
        )
    make_sheet(name, frame.columns, [[] for _ in frame.columns], first_row=1)  # checks the names only
    texts = frame.select(_as_text(one, dtype) for one, dtype in frame.schema.items())
    return replace(tidy(name, texts.rename(str.strip), first_row=1), typed=True)


def _as_text(name: str, dtype: pl.DataType) -> pl.Expr:
    column = pl.col(name)
    if dtype.is_float():
        whole = column.is_finite() & (column == column.round(0)) & (column.abs() < 1e15)
        return (
            pl.when(column.is_nan())
            .then(None)
            .when(whole)
            .then(pl.when(whole).then(column).otherwise(None).cast(pl.Int64).cast(pl.String))
            .otherwise(column.cast(pl.String))
            .alias(name)
        )
    if isinstance(dtype, pl.Datetime):
        return column.dt.strftime("%Y-%m-%d %H:%M:%S").alias(name)
    return column.cast(pl.String).alias(name)


def _damaged(path: Path, found: str) -> DataError:
    return DataError(
        "D104",
        where=path.name,
        found=found,
        why="A damaged or renamed file may have lost rows.",
        do="Write the file again.",
    )
