"""Description of patients at time zero: the baseline table of a report."""

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from equipoise.base.schema import Column, Schema
from equipoise.cohort.cohort import Cohort
from equipoise.cohort.evaluate import evaluate
from equipoise.language.feature import Last

Float64 = NDArray[np.float64]
Row = dict[str, Any]

EVERYBODY: Final = "all"

BASELINE: Final = Schema(
    "baseline",
    "One level of a category, or one number, in one group of patients at time zero",
    (
        Column("group", pl.String(), "group of patients; 'all' for everybody"),
        Column("variable", pl.String(), "column of patients, or measurement (its last value)"),
        Column("label", pl.String(), "as printed"),
        Column("unit", pl.String(), "unit of a number"),
        Column("level", pl.String(), "category; missing for a number", nullable=True),
        Column("n", pl.Int64(), "patients in the group"),
        Column("missing", pl.Int64(), "patients without a known value"),
        Column("count", pl.Int64(), "patients with this level; with a value, for a number"),
        Column("share", pl.Float64(), "count among those with a known value", nullable=True),
        Column("median", pl.Float64(), "median of the known values", nullable=True),
        Column("lower_quartile", pl.Float64(), "first quartile (R's type 7)", nullable=True),
        Column("upper_quartile", pl.Float64(), "third quartile (R's type 7)", nullable=True),
        Column("below_limit", pl.Int64(), "values known only to lie below a limit", nullable=True),
    ),
)


def describe(cohort: Cohort, time_zero: float | Float64, *, by: str | None = None) -> pl.DataFrame:
    """Describe the enrolled patients by what was known at time zero.

    Parameters
    ----------
    cohort
        The cohort.
    time_zero
        Day of time zero, for all or one a patient, shape (n,); NaN for patients who are not enrolled.
    by
        Column of patients whose categories are described side by side, besides everybody.

    Returns
    -------
    pl.DataFrame
        Table `BASELINE`. A value beyond a detection limit enters the median as the limit.
    """
    days = cohort.per_patient(time_zero)
    enrolled = pl.Series(values=~np.isnan(days))
    known = cohort.as_of(days).patients
    groups = {EVERYBODY: enrolled}
    if by is not None:
        levels = cohort.vocabulary.patients[by].values
        groups |= {
            label: enrolled & (known[by] == level).fill_null(value=False) for level, label in levels.items()
        }
    rows: list[Row] = []
    for group, members in groups.items():
        rows.extend({"group": group} | row for row in _columns(cohort, known.filter(members), skip=by))
        rows.extend({"group": group} | row for row in _measurements(cohort, days, members))
    return BASELINE.frame([{name: row.get(name) for name in BASELINE.dtypes} for row in rows])


def _columns(cohort: Cohort, members: pl.DataFrame, *, skip: str | None) -> Iterator[Row]:
    for name, column in cohort.vocabulary.patients.items():
        if column.role != "baseline" or name == skip:
            continue
        head = {"variable": name, "label": column.label, "unit": column.unit}
        values = members[name]
        if column.type == "category":
            yield from _levels(head, values, dict(column.values))
        elif column.type == "boolean":
            yield from _levels(head, values.cast(pl.String()), {"true": "yes", "false": "no"})
        else:
            yield head | _number(values)


def _measurements(cohort: Cohort, days: Float64, members: pl.Series) -> Iterator[Row]:
    for name, word in cohort.vocabulary.measurements.items():
        head = {"variable": name, "label": word.label, "unit": word.unit}
        values = evaluate(Last(measurement=name), cohort, days)
        if word.kind == "state":
            yield from _levels(head, values.filter(members), dict(word.values))
        else:
            bounded = cohort.as_of(days).records(name).filter(pl.col("value").is_not_null())
            last = bounded.group_by("patient", maintain_order=True).last().filter(pl.col("bound") == "<")
            below = np.isin(np.flatnonzero(members.to_numpy()), last["patient"].to_numpy()).sum()
            yield head | _number(values.filter(members)) | {"below_limit": int(below)}


def _levels(head: Row, values: pl.Series, labels: dict[str, str]) -> Iterator[Row]:
    """One row a declared level, those that nobody has included."""
    known = values.drop_nulls()
    for level, label in labels.items():
        count = int((known == level).sum())
        share = count / known.len() if known.len() else None
        sizes = {"n": values.len(), "missing": values.null_count(), "count": count, "share": share}
        yield head | sizes | {"level": label}


def _number(values: pl.Series) -> Row:
    known = values.drop_nulls().cast(pl.Float64)
    row: Row = {"n": values.len(), "missing": values.null_count(), "count": known.len()}
    for name, probability in (("lower_quartile", 0.25), ("median", 0.5), ("upper_quartile", 0.75)):
        row[name] = known.quantile(probability, interpolation="linear")
    return row
