"""The door of the cohort: tables are brought to their declared columns, types and canonical order."""

from collections.abc import Mapping

import numpy as np
import polars as pl

from equipoise.base.clock import Clock
from equipoise.base.errors import DataError
from equipoise.base.schema import Schema
from equipoise.cohort.order import place_of

# Columns of days by table; the first one dates the record.
DAYS: Mapping[str, tuple[str, ...]] = {
    "observation": ("start", "stop"),
    "measurements": ("day",),
    "interventions": ("start", "stop", "decided", "completed"),
    "events": ("day",),
}

ROUNDING = 1e-12  # relative; a few units in the last place of a day


def conform(frame: pl.DataFrame, schema: Schema, clock: Clock) -> pl.DataFrame:
    """Bring a frame to the declared columns and types.

    Optional columns may be absent, `row` is counted when absent, a measurement without a bound is exact.
    Days that the clock takes for one day (to 1e-6 of a unit) become that day: none of them is after another.

    Raises
    ------
    DataError
        D201 for a day that is missing or not a finite number.
    ValueError
        For a column that the schema does not declare, or a value of another type.
    """
    unknown = [name for name in frame.columns if name not in schema.dtypes]
    if unknown:
        raise ValueError(f"table {schema.name}: no schema declares the columns {unknown}")
    columns: list[pl.Expr] = []
    for column in schema.columns:
        if column.name in frame.columns:
            columns.append(pl.col(column.name).cast(column.dtype))
        elif column.name == "row":
            columns.append(pl.int_range(1, pl.len() + 1, dtype=pl.Int64).alias("row"))
        else:
            columns.append(pl.lit(None, dtype=column.dtype).alias(column.name))
    complete = frame.select(columns)
    if "bound" in schema.dtypes:
        complete = complete.with_columns(pl.col("bound").fill_null("="))
    required = {column.name for column in schema.columns if not column.nullable}
    for name in DAYS.get(schema.name, ()):
        _check_finite(complete, schema.name, name, required=name in required)
        complete = complete.with_columns(_as_one_day(complete[name], clock))
    return schema.check(complete)


def check_patients(tables: Mapping[str, pl.DataFrame]) -> None:
    """Check that patients are numbered 0 to n - 1 and that every record is somebody's.

    Raises
    ------
    DataError
        D401 without patients, D402 for a record of nobody.
    ValueError
        When the numbers are not 0 to n - 1, each once.
    """
    numbers = tables["patients"]["patient"].sort().to_numpy()
    if not numbers.size:
        raise DataError(
            "D401",
            where="table patients",
            found="no rows",
            why="There is nobody to study.",
            do="Check the file and the filter that made it.",
        )
    if not np.array_equal(numbers, np.arange(numbers.size)):
        raise ValueError("patients must be numbered 0 to n - 1, each once")
    for name, frame in tables.items():
        rows = frame.filter(~pl.col("patient").is_between(0, numbers.size - 1))["row"].sort()
        if rows.len():
            raise DataError(
                "D402",
                where=f"table {name}, row {rows[0]}",
                found=f"{rows.len()} records of patients that the table of patients lacks",
                why="Nothing else is known of them: neither baseline nor observation.",
                do="Add them to the table of patients, or remove the records.",
            )


def canonical(frame: pl.DataFrame, table: str, places: Mapping[str, int]) -> pl.DataFrame:
    """Sort by patient, day, same-day order and content; `row` only decides between identical records."""
    days = DAYS.get(table, ())
    keys = ["patient", *days[:1]]
    same_day = [place_of(pl.col("name"), places)] if "name" in frame.columns else []
    rest = [name for name in frame.columns if name not in {*keys, "row"}]
    return frame.sort([*keys, *same_day, *rest, "row"], nulls_last=True)


def _as_one_day(days: pl.Series, clock: Clock) -> pl.Series:
    """Days with what rounding left beside the grid put on it; 0.1 + 0.2 is left as it was written."""
    value = days.fill_null(np.nan).to_numpy()
    nearest = np.rint(value / clock.resolution) * clock.resolution
    beside = np.abs(value - nearest) > ROUNDING * np.maximum(np.abs(nearest), clock.resolution)
    moved = beside & ~clock.off_grid(value)
    return pl.Series(days.name, np.where(moved, nearest, value)).fill_nan(None) if moved.any() else days


def _check_finite(frame: pl.DataFrame, table: str, name: str, *, required: bool) -> None:
    wrong = ~pl.col(name).is_finite()
    if required:
        wrong = wrong.fill_null(value=True)
    rows = frame.filter(wrong)["row"].sort()
    if rows.len():
        raise DataError(
            "D201",
            where=f"table {table}, column {name}, row {rows[0]}",
            found=f"{rows.len()} days that are missing or not a finite number",
            why="A record without a day cannot be put before or after anything.",
            do="Give the day, or leave the record out and say how many were left out.",
        )
