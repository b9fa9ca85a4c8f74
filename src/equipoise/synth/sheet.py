"""The registry as a clinic would keep it: one row a patient, dates in columns, only what happened first.

What a sheet cannot hold is left out: tests other than the first and the first positive one, a loss of
aplasia after it had come back, second relapses, third remissions and transplants. `sheet_mapping.yaml` says
to `equipoise check` and `equipoise run` what the columns mean.
"""

import datetime
from calendar import isleap
from importlib.resources import files
from typing import Final

import numpy as np
import polars as pl

from equipoise.cohort.cohort import Cohort
from equipoise.synth import addresses as a
from equipoise.synth.draws import once
from equipoise.synth.recorded import VOCABULARY

# Column of the sheet: column of the table of patients, in this order; labels stand for categories.
_BASELINE: Final = {
    "Age at infusion": "age",
    "Sex": "sex",
    "Genetics": "genetics",
    "Prior HCT": "prior_hct",
    "Prior lines": "prior_lines",
    "Prior CAR": "prior_car",
    "Inotuzumab": "inotuzumab",
    "Blinatumomab": "blinatumomab",
    "Bridging": "bridging",
    "Blasts in marrow (%)": "burden",
    "Extramedullary disease": "extramedullary",
    "CAR product": "product",
    "Costimulation": "costimulation",
    "HCT-CI": "hct_ci",
    "Donor identified": "donor_available",
}
# Column of a date: word, which of its records (0 the first), its details by column.
_RECORDS: Final[tuple[tuple[str, str, int, dict[str, str]], ...]] = (
    ("Loss of BCA", "bca_loss", 0, {}),
    ("Maintenance start", "maintenance", 0, {"Maintenance stop": "stop"}),
    ("CAR reinfusion", "car_reinfusion", 0, {}),
    ("HCT", "hct", 0, {"HCT donor": "donor", "HCT with TBI": "tbi"}),
    ("Severe chronic GVHD", "cgvhd", 0, {}),
    ("Relapse", "relapse", 0, {"CD19 at relapse": "cd19"}),
    ("Second remission", "remission", 1, {}),
    ("Second HCT", "hct", 1, {"Second HCT donor": "donor", "Second HCT with TBI": "tbi"}),
    ("Death", "death", 0, {"Cause of death": "cause"}),
)
_RESPONSES: Final = {"remission": "CR", "no_remission": "NR"}


def sheet_mapping() -> str:
    """The mapping of the sheet, a YAML text."""
    return (files("equipoise.synth") / "sheet_mapping.yaml").read_text(encoding="utf-8")


def sheet(cohort: Cohort, *, before: int = 0) -> pl.DataFrame:
    """One row a patient, with calendar dates.

    Parameters
    ----------
    cohort
        A virtual registry.
    before
        Number of patients in earlier rows, if the registry comes in parts.

    Returns
    -------
    pl.DataFrame
        The day of the year of the infusion is drawn; the registry knows the year only.

    Raises
    ------
    ValueError
        For a cohort in other words, or without calendar years.
    """
    if cohort.vocabulary.name != VOCABULARY or cohort.patients["origin_year"].has_nulls():
        raise ValueError(
            f"a cohort in the words of {VOCABULARY!r}, with the year of each infusion, is needed"
        )
    infusion = _infusion_dates(cohort.patients["origin_year"].to_list(), before)
    return pl.DataFrame(
        [
            (cohort.patients["patient"] + (before + 1)).alias("Patient"),
            cohort.patients["site"].alias("Site"),
            infusion,
            *(_baseline(cohort, source).alias(name) for name, source in _BASELINE.items()),
            _dates(infusion, cohort.observation["start"]).alias("Registered"),
            *_assessment(cohort, infusion),
            *_first_positive(cohort, infusion),
            *(
                column
                for name, word, place, details in _RECORDS
                for column in _record(cohort, infusion, (name, word, place), details)
            ),
            _dates(infusion, cohort.observation["stop"]).alias("Last contact"),
        ]
    )


def _infusion_dates(years: list[int], before: int) -> pl.Series:
    share = once(0, before + np.arange(len(years)), a.DAY_OF_YEAR)
    dates = [
        datetime.date(year, 1, 1) + datetime.timedelta(int(one * (365 + isleap(year))))
        for year, one in zip(years, share.tolist(), strict=True)
    ]
    return pl.Series("Infusion", dates, dtype=pl.Date)


def _dates(infusion: pl.Series, days: pl.Series) -> pl.Series:
    return (infusion.cast(pl.Int32) + days.cast(pl.Int32)).cast(pl.Date)


def _baseline(cohort: Cohort, name: str) -> pl.Series:
    """A baseline column in the words of people."""
    column, values = cohort.vocabulary.patients[name], cohort.patients[name]
    if column.type == "boolean":
        return values.replace_strict({True: "yes", False: "no"}, default=None, return_dtype=pl.String)
    if column.type == "category":
        return values.replace({code: label or code for code, label in column.values.items()})
    return values


def _assessment(cohort: Cohort, infusion: pl.Series) -> list[pl.Series]:
    """The first assessment: its date, the response, and what it showed of residual disease."""
    found = pl.concat([cohort.records(word).select("patient", "day", "name") for word in _RESPONSES])
    first = _nth(found.sort("patient", "day", maintain_order=True), 0, cohort.n)
    columns = [
        _dates(infusion, first["day"]).alias("Assessment"),
        first["name"].replace(_RESPONSES).alias("Response"),
    ]
    for name, word in (("Flow-MRD at assessment", "flow_mrd"), ("NGS-MRD at assessment", "ngs_mrd")):
        results = cohort.records(word).join(first.select("patient", "day"), on=["patient", "day"])
        columns.append(_nth(results, 0, cohort.n).select(_written().alias(name)).to_series())
    return columns


def _first_positive(cohort: Cohort, infusion: pl.Series) -> list[pl.Series]:
    """The first positive sequencing test, unless it is the one of the assessment."""
    assessed = cohort.records("remission").group_by("patient").agg(assessed=pl.col("day").min())
    positive = cohort.records("ngs_mrd").filter(pl.col("bound") == "=")
    first = _nth(positive.join(assessed, on="patient", how="left"), 0, cohort.n)
    first = first.with_columns(
        pl.when(pl.col("day") > pl.col("assessed")).then(pl.col("day", "value")).name.keep()
    )
    return [
        _dates(infusion, first["day"]).alias("NGS-MRD positive"),
        first["value"].alias("NGS-MRD value"),
    ]


def _record(
    cohort: Cohort, infusion: pl.Series, which: tuple[str, str, int], details: dict[str, str]
) -> list[pl.Series]:
    """Date and details of one record of each patient."""
    name, word, place = which
    found = _nth(cohort.records(word), place, cohort.n)
    columns = [_dates(infusion, found["day"]).alias(name)]
    for title, detail in details.items():
        if detail == "stop":
            columns.append(_dates(infusion, found["stop"]).alias(title))
            continue
        meaning = cohort.vocabulary.details_of(word)[detail]
        labels = {code: label or code for code, label in meaning.values.items()}
        columns.append(found[detail].replace(labels).alias(title))
    return columns


def _nth(records: pl.DataFrame, place: int, n: int) -> pl.DataFrame:
    """Record number `place` of each patient, n rows; empty where there are fewer."""
    chosen = records.filter(pl.int_range(pl.len()).over("patient") == place)
    everybody = pl.DataFrame({"patient": pl.Series(range(n), dtype=pl.Int32)})
    return everybody.join(chosen, on="patient", how="left", maintain_order="left")


def _written() -> pl.Expr:
    """A result as it is written: a number, or below a limit."""
    limit = pl.when(pl.col("bound") == "<").then(pl.lit("<")).otherwise(pl.lit(""))
    return pl.when(pl.col("value").is_not_null()).then(limit + pl.col("value").cast(pl.String))
