"""The Cox model of the tests against coxph, its hazards against mstate's msfit, both against exact numbers.

The exact numbers are those of Therneau's validation note (survival's vignette "validate", test data 1 and 2).
"""

from __future__ import annotations

from math import log, sqrt

import numpy as np
import pytest
from agreement import Ledger, array, fixture, last_value
from hazards_of_a_patient import hazards, strata_of
from real_data import ebmt3_covariates, several_states
from stratified_cox import Fit, Stratum, fit

from equipoise.kernels.rows import Rows

ANSWERS = fixture("stratified_cox")
# ALL, CML, age 20-40, age > 40, gender mismatch, T-cell depletion.
PROFILES = {"reference": np.zeros(6), "other": np.array([0.0, 1.0, 0.0, 1.0, 1.0, 1.0])}


def designed(model: str, covariates: np.ndarray) -> np.ndarray:
    """Covariates (3, ..., coefficients) of the three transitions: the same, or each in columns of its own."""
    if model == "common":
        return np.stack([covariates] * 3)
    return np.stack([np.kron(own, covariates) for own in np.eye(3)])


@pytest.fixture(scope="module", params=["specific", "common"])
def model(request: pytest.FixtureRequest) -> tuple[str, Fit]:
    strata = strata_of(several_states("ebmt3"), designed(request.param, ebmt3_covariates()))
    assert sum(stratum.stop.size for stratum in strata) == ANSWERS["rows"]
    return request.param, fit(strata)


def test_coefficients_and_their_errors_are_those_of_coxph(model: tuple[str, Fit], ledger: Ledger) -> None:
    name, fitted = model
    answer = ANSWERS[name]
    ledger.agree(
        f"stratified Cox, {name}: coefficients",
        fitted.coefficients,
        answer["coefficients"],
        tolerance=1e-11,
        floor=1.0,
    )
    errors = np.sqrt(np.diag(fitted.covariance))
    ledger.agree(f"stratified Cox, {name}: errors", errors, answer["errors"], tolerance=1e-11)
    assert fitted.log_likelihood == pytest.approx(answer["log_likelihood"], rel=1e-12)


@pytest.mark.parametrize("profile", list(PROFILES))
def test_hazards_and_their_covariances_are_those_of_msfit(
    model: tuple[str, Fit], profile: str, ledger: Ledger
) -> None:
    name, fitted = model
    answer = ANSWERS[name][profile]
    found = hazards(
        several_states("ebmt3"),
        designed(name, ebmt3_covariates()),
        fitted,
        designed(name, PROFILES[profile]),
    )
    ticks = 2 * array(ANSWERS["grid"])
    hazard = last_value(found.time, found.hazard, ticks, 0.0)
    ledger.agree(f"stratified Cox, {name}: hazards", hazard, answer["hazard"], tolerance=1e-11)
    covariance = last_value(found.time, found.covariance, ticks, 0.0)[(slice(None), *np.triu_indices(3))]
    ledger.agree(
        f"stratified Cox, {name}: covariances of hazards",
        covariance,
        answer["covariance"],
        tolerance=1e-11,
        floor=1e-6,
    )
    correlated = np.abs(covariance[-1, [1, 2, 4]]) > 1e-6
    assert correlated.all() if name == "common" else not correlated.any()


def test_therneaus_first_data_exactly() -> None:
    """The root of r^2 = 3 r + 6; variances of the hazard for x = 0 at times 1, 6, 9 printed for that root."""
    stop, event = np.array([1, 1, 6, 6, 8, 9]), np.array([1, 0, 1, 1, 0, 1], dtype=bool)
    x, patient, nothing = np.array([[1.0], [1], [1], [0], [0], [0]]), np.arange(6), np.zeros(6, dtype=int)
    r = (3 + sqrt(33)) / 2
    fitted = fit([Stratum(nothing, stop, event, x)])
    assert fitted.coefficients == pytest.approx([log(r)], rel=1e-13)
    assert fitted.log_likelihood == pytest.approx(2 * log(r) - log(3 * r + 3) - 2 * log(r + 3), rel=1e-13)
    assert 1 / fitted.covariance[0, 0] == pytest.approx(r / (r + 1) ** 2 + 6 * r / (r + 3) ** 2, rel=1e-13)
    rows = Rows.build(patient, nothing, stop, nothing, np.where(event, 1, -1), states=2, patients=6)
    found = hazards(rows, x[np.newaxis], fitted, np.zeros((1, 1)))
    assert found.hazard[:, 0] == pytest.approx(np.cumsum([1 / (3 * r + 3), 2 / (r + 3), 1]), rel=1e-13)
    assert found.covariance[:, 0, 0] == pytest.approx([0.007871, 0.111111, 1.111111], abs=6e-7)


def test_therneaus_second_data_with_delayed_entry_in_two_strata() -> None:
    """Twice the same rows in two strata: the same root, -.084526, and half its variance."""
    start = np.array([1, 2, 5, 2, 1, 7, 3, 4, 8, 8])
    stop = np.array([2, 3, 6, 7, 8, 9, 9, 9, 14, 17])
    event = np.arange(10) < 7
    x = np.array([1.0, 0, 0, 1, 0, 1, 1, 1, 0, 0])[:, np.newaxis]
    once = Stratum(start, stop, event, x)
    _, score, information = once.terms(np.zeros(1))
    assert score == pytest.approx([-2 / 15], rel=1e-13)
    assert information == pytest.approx(np.array([[2821 / 1800]]), rel=1e-13)
    one, two = fit([once]), fit([once, once])
    r = np.exp(one.coefficients[0])
    assert one.coefficients == pytest.approx([-0.084526], abs=6e-7)
    assert abs(4 - (r / (r + 1) + r / (r + 2) + 9 * r / (3 * r + 2) + 6 * r / (3 * r + 1))) < 1e-12
    assert two.coefficients == pytest.approx(one.coefficients, rel=1e-12)
    assert two.covariance == pytest.approx(one.covariance / 2, rel=1e-12)
