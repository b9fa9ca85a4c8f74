"""Cox with covariates that change, from cohorts, against R's tmerge and coxph (survival 3.5-3)."""

from __future__ import annotations

import numpy as np
import pytest
from agreement import Ledger, fixture
from changing_covariates import INFECTIONS, cirrhosis, granulomatous, heart, heart_history

from equipoise.cohort.history import event_history
from equipoise.estimate.regression.cox import cox
from equipoise.estimate.regression.regression import Regression, RegressionPlan
from equipoise.language.comparison import Operator
from equipoise.language.feature import AgeOfValue, Baseline, Count, Has, Last
from equipoise.language.predicate import Compare
from equipoise.protocol.prognosis import Covariate

ANSWERS = fixture("time_dependent")
TREATED = Covariate(name="treated", predicate=Has(record="transplant"))
AGE = Covariate(name="age", feature=Baseline(column="age"), per=10)
SURGERY = Covariate(name="surgery", feature=Baseline(column="surgery"))
YEAR = Covariate(name="year", feature=Baseline(column="year"))
FOUR = (TREATED, AGE, SURGERY, YEAR)
BILIRUBIN = Covariate(name="bilirubin", feature=Last(measurement="bilirubin"))


def agree(ledger: Ledger, what: str, found: Regression, answer: dict, *, tolerance: float = 1e-11) -> None:
    """Compare coefficients, standard errors, robust ones and tests of proportional hazards."""
    known = found.coefficients
    if "n" in answer:
        assert (found.n, found.events) == (answer["n"], answer["events"])
    label = f"time-dependent Cox, {what}: "
    ledger.agree(label + "coefficients", known.value, answer["coefficients"], tolerance=tolerance)
    errors = np.sqrt(np.diag(known.covariance))
    ledger.agree(label + "standard errors", errors, answer["errors"], tolerance=tolerance)
    assert (known.robust is None) == ("robust" not in answer)
    if known.robust is not None:
        robust = np.sqrt(np.diag(known.robust))
        ledger.agree(label + "robust standard errors", robust, answer["robust"], tolerance=tolerance)
    checks = found.tests.filter(test="proportional hazards")
    if known.robust is not None:
        # R's cox.zph takes every row for an independent patient, also with weights and clusters.
        assert set(checks["finding"]) == {"E214"}
        assert checks["p_value"].is_null().all()
    elif "check" in answer:
        # One column: R prints the same line for it and for all.
        ledger.agree(label + "cox.zph", checks["statistic"], answer["check"], tolerance=1e-10)
        ledger.agree(label + "p of cox.zph", checks["p_value"], answer["check_p"], tolerance=1e-10)


def test_heart_as_published(ledger: Ledger) -> None:
    """survival::heart: hazard ratio 1.1356 (.629 to 2.049)."""
    cohort = heart(moved=True)
    found = cox(heart_history(cohort), cohort, [TREATED])
    row = found.table.row(1, named=True)
    published = ANSWERS["heart"]["published"]
    ledger.agree("heart: log ratio", [row["coefficient"]], published["coefficients"], tolerance=1e-11)
    ledger.agree("heart: limits", [row["lower"], row["upper"]], published["limits"], tolerance=1e-11)
    assert row["hazard_ratio"] == pytest.approx(1.1356, abs=5e-5)
    assert (row["lower"], row["upper"]) == pytest.approx((0.629, 2.049), abs=5e-4)
    agree(ledger, "heart", found, ANSWERS["heart"]["heart"])


def test_a_change_on_the_day_of_the_event_comes_too_late(ledger: Ledger) -> None:
    cohort = heart(moved=False)
    agree(ledger, "one day", cox(heart_history(cohort), cohort, [TREATED]), ANSWERS["heart"]["one_day"])


@pytest.mark.parametrize(
    ("name", "covariates", "plan"),
    [
        ("four", FOUR, RegressionPlan()),
        ("breslow", FOUR, RegressionPlan(ties="breslow")),
        ("stratified", (TREATED, AGE, YEAR), RegressionPlan(strata=("surgery",))),
        ("shrunken", FOUR, RegressionPlan(prior_sd=0.7)),
    ],
)
def test_heart_models(
    name: str, covariates: tuple[Covariate, ...], plan: RegressionPlan, ledger: Ledger
) -> None:
    cohort = heart(moved=True)
    agree(ledger, name, cox(heart_history(cohort), cohort, covariates, plan), ANSWERS["heart"][name])


def test_case_weights_bring_robust_errors_by_patient(ledger: Ledger) -> None:
    cohort = heart(moved=True)
    # R's patients are numbered from 1.
    weight = 1.0 + np.arange(1, cohort.n + 1) % 3
    found = cox(heart_history(cohort).with_weight(weight), cohort, FOUR)
    agree(ledger, "weighted", found, ANSWERS["heart"]["weighted"])


AGED = Covariate(name="age", feature=Baseline(column="age"), per=10)
LABORATORY = (BILIRUBIN, Covariate(name="protime", feature=Last(measurement="protime")), AGED)
CHOLESTEROL = Covariate(name="cholesterol", feature=Last(measurement="cholesterol"), per=100)
HIGH = Covariate(
    name="high", predicate=Compare(feature=Last(measurement="bilirubin"), op=Operator.GE, value=2.0)
)
EDEMA = Covariate(name="edema", feature=Last(measurement="edema"))
VISITS = Covariate(name="visits", feature=Count(record="visit"))
WAITED = Covariate(name="waited", feature=AgeOfValue(measurement="bilirubin"), per=100)


@pytest.mark.parametrize(
    ("name", "covariates", "cause"),
    [
        ("bilirubin", (BILIRUBIN,), "dead"),
        ("laboratory", LABORATORY, "dead"),
        ("cholesterol", (CHOLESTEROL, BILIRUBIN), "dead"),
        ("high", (HIGH, EDEMA), "dead"),
        ("visits", (VISITS, BILIRUBIN), "dead"),
        ("waited", (WAITED, BILIRUBIN), "dead"),
        ("transplant", (BILIRUBIN, AGED), "transplanted"),
    ],
)
def test_cirrhosis(name: str, covariates: tuple[Covariate, ...], cause: str, ledger: Ledger) -> None:
    cohort = cirrhosis()
    history = event_history(cohort, "course", time_zero=0.0)
    found = cox(history, cohort, covariates, cause=cause)
    agree(ledger, f"pbcseq {name}", found, ANSWERS["pbc"][name])


def test_repeated_infections(ledger: Ledger) -> None:
    """Andersen-Gill: one baseline hazard whatever the number so far, which is a covariate."""
    cohort = granulomatous()
    history = event_history(cohort, "course", time_zero=0.0)
    treat = Covariate(name="treat", feature=Baseline(column="treat"))
    inherit = Covariate(name="inherit", feature=Baseline(column="inherit"))
    before = Covariate(name="before", feature=Count(record="infection"))
    steroids = Covariate(name="steroids", feature=Baseline(column="steroids"))
    any_infection = [f"i{k}" for k in range(1, INFECTIONS + 1)]
    asked = (treat, inherit, before)
    found = cox(history, cohort, asked, cause=any_infection)
    assert found.method.endswith("robust by patient")
    agree(ledger, "cgd0, by patient", found, ANSWERS["cgd"]["patient"])
    found = cox(history, cohort, (treat, steroids), cause=any_infection)
    agree(ledger, "cgd0, steroids", found, ANSWERS["cgd"]["steroids"])
    found = cox(history, cohort, asked, RegressionPlan(cluster="center"), cause=any_infection)
    agree(ledger, "cgd0, by center", found, ANSWERS["cgd"]["center"])
    assert found.coefficients.degrees_of_freedom == 12.0
