"""cmprsk::crr, finegray with coxph and cmprsk::cuminc (Gray) against the kernels, on 66 data sets."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from agreement import Ledger, fixture
from competing_data import CompetingData, data_sets

from equipoise.kernels.fine_gray import CensoringTies, FineGrayFit, fit_fine_gray, incidence_at
from equipoise.kernels.gray import GrayStatus, gray

ANSWERS = fixture("competing_regression")
SETS = {data.name: data for data in data_sets()}
RIDGE = 2.5


def names(key: str) -> list[str]:
    """Data sets that R answered in the way `key`."""
    return [name for name, answer in ANSWERS.items() if key in answer]


def fitted(data: CompetingData, ties: CensoringTies, *, of: int = 1, ridge: float = 0.0) -> FineGrayFit:
    return fit_fine_gray(
        data.stop,
        data.cause,
        data.covariates,
        of=of,
        start=data.start,
        weight=data.weight,
        strata=data.stratum,
        censoring_groups=data.group,
        ridge=np.full(3, ridge),
        censoring_ties=ties,
    )


@pytest.mark.parametrize("name", list(ANSWERS))
def test_the_same_rows(name: str) -> None:
    data, r = SETS[name], ANSWERS[name]
    assert data.stop.size == r["rows"]
    assert int((data.stop - data.start).sum()) == r["total_time"]
    assert np.bincount(data.cause, minlength=3)[1:].tolist() == r["events"]


@pytest.mark.parametrize("name", names("crr"))
def test_fine_gray_is_crr(name: str, ledger: Ledger) -> None:
    data = SETS[name]
    for r in ANSWERS[name]["crr"]:
        fit = fitted(data, CensoringTies.TOGETHER, of=r["of"])
        ledger.agree("crr: coefficients", fit.coefficients, r["coefficients"], tolerance=1e-11, floor=1e-2)
        if not r["grouped"]:
            # With cengroup crr 2.2-11 counts in q(u) only the events of the group itself: see the README.
            ledger.agree("crr: variance", fit.covariance, r["variance"], tolerance=1e-11, floor=1e-6)
        ledger.agree("crr: information", fit.information, r["information"], tolerance=1e-11)
        ledger.agree("crr: log likelihood", fit.log_likelihood, r["log_likelihood"], tolerance=1e-12)
        null = fit.null_log_likelihood
        ledger.agree("crr: log likelihood at 0", null, r["null_log_likelihood"], tolerance=1e-12)
        incidence = incidence_at(fit, r["at"])[1][r["place"]]
        ledger.agree("crr: predicted incidence", incidence, r["incidence"], tolerance=1e-11)


@pytest.mark.parametrize("name", names("finegray"))
def test_fine_gray_is_coxph_after_finegray(name: str, ledger: Ledger) -> None:
    compare_with_coxph("finegray", SETS[name], ANSWERS[name]["finegray"], ledger)


@pytest.mark.parametrize("name", names("expanded"))
def test_fine_gray_is_coxph_on_weighted_product_limits(name: str, ledger: Ledger) -> None:
    compare_with_coxph("weighted rows", SETS[name], ANSWERS[name]["expanded"], ledger)


def compare_with_coxph(way: str, data: CompetingData, r: dict[str, object], ledger: Ledger) -> None:
    fit = fitted(data, CensoringTies.EVENTS_FIRST)
    ledger.agree(f"{way}: coefficients", fit.coefficients, r["coefficients"], tolerance=1e-11, floor=1e-2)
    ledger.agree(f"{way}: model-based", fit.model_based, r["model_based"], tolerance=1e-11, floor=1e-6)
    ledger.agree(f"{way}: weights known", fit.known_weights, r["known_weights"], tolerance=1e-11, floor=1e-6)
    ledger.agree(f"{way}: log likelihood", fit.log_likelihood, r["log_likelihood"], tolerance=1e-11)
    ledger.agree(f"{way}: at 0", fit.null_log_likelihood, r["null_log_likelihood"], tolerance=1e-11)
    shrunken = fitted(data, CensoringTies.EVENTS_FIRST, ridge=RIDGE)
    ledger.agree(f"{way}: ridge", shrunken.coefficients, r["ridge"], tolerance=1e-11, floor=0.1)
    ledger.agree(
        f"{way}: ridge information", shrunken.information, r["ridge_information"], tolerance=1e-11, floor=0.1
    )


@pytest.mark.parametrize("name", names("gray"))
def test_gray_is_cuminc(name: str, ledger: Ledger) -> None:
    data = SETS[name]
    for r in ANSWERS[name]["gray"]:
        strata = (data.covariates[:, 2] > 2).astype(np.int64) if r["stratified"] else None
        for of, (statistic, p_value, df) in enumerate(r["tests"], start=1):
            arm = np.asarray(data.arm, dtype=np.int64)
            test = gray(data.stop, data.cause, arm, of=of, strata=strata, rho=r["rho"])
            assert test.status is GrayStatus.TESTED
            assert test.degrees_of_freedom == df
            ledger.agree("cuminc: Gray's statistic", test.statistic, statistic, tolerance=1e-12)
            ledger.agree("cuminc: Gray's p", test.p_value, p_value, tolerance=1e-11)


def test_every_kind_of_data_is_there() -> None:
    kinds: Counter[str] = Counter()
    for name, data in SETS.items():
        kinds["delayed"] += data.delayed
        kinds["weighted"] += data.weighted
        kinds["stratified"] += data.stratified
        kinds["groups only"] += bool(data.group.any() and not data.stratified)
        kinds["delayed and weighted"] += data.delayed and data.weighted
        kinds["tied"] += np.unique(data.stop).size < data.stop.size / 2
        kinds["crr"] += "crr" in ANSWERS[name]
        kinds["finegray"] += "finegray" in ANSWERS[name]
        kinds["finegray, delayed"] += "finegray" in ANSWERS[name] and data.delayed
    assert min(kinds.values()) >= 10, kinds
