"""The courses of enrolled patients, for the swimmer plot and the patient's timeline."""

import numpy as np
import polars as pl

from equipoise.cohort.cohort import Cohort
from equipoise.cohort.history import History
from equipoise.study.tables import COURSES, MARKERS


def courses(history: History) -> pl.DataFrame:
    """Stays of enrolled patients in the states of a structure, under observation.

    Returns
    -------
    polars.DataFrame
        Table `COURSES`; a patient's last stay is ongoing when no move ended it.
    """
    stays = history.intervals().sort("patient", "start", "stop")
    last = pl.col("stop") == pl.col("stop").max().over("patient")
    return COURSES.check(
        stays.select(
            pl.col("patient").cast(pl.Int32),
            "state",
            "start",
            "stop",
            (last & pl.col("next").is_null()).alias("ongoing"),
        )
    )


def markers(history: History, cohort: Cohort) -> pl.DataFrame:
    """Dated events and interventions of enrolled patients from time zero to the end of observation.

    Returns
    -------
    polars.DataFrame
        Table `MARKERS`.
    """
    records = pl.concat(
        [
            cohort.interventions.select("patient", "name", day="start"),
            cohort.events.select("patient", "name", "day"),
        ]
    )
    zero = history.time_zero[records["patient"].to_numpy()]
    dated = records.with_columns(pl.Series("day", records["day"].to_numpy() - zero))
    kept = dated.filter(pl.Series(np.isfinite(zero)) & (pl.col("day") >= 0))
    return MARKERS.check(
        kept.select(pl.col("patient").cast(pl.Int32), "day", "name").sort("patient", "day", "name")
    )
