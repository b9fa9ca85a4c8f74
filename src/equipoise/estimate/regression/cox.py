"""Cox regression straight from a cohort: covariates enter as they are known, day by day."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from equipoise.base.findings import Finding, finding
from equipoise.cohort.cohort import Cohort
from equipoise.cohort.history import History
from equipoise.estimate.regression.design import Design, design, patients_of
from equipoise.estimate.regression.regression import (
    ALL,
    REGRESSION_TESTS,
    Coefficients,
    Regression,
    RegressionPlan,
    table_of,
    untested,
    wald,
)
from equipoise.estimate.regression.verdicts import clusters_of, event_rows, findings_of, not_tested, verdict
from equipoise.kernels.cox import CoxFit, CoxStatus, fit_cox
from equipoise.kernels.proportional_hazards import proportional_hazards
from equipoise.protocol.prognosis import Covariate

Int32 = NDArray[np.int32]
Float64 = NDArray[np.float64]
Bool = NDArray[np.bool_]

DEFAULT = RegressionPlan()
# Standard error of a log ratio (over about a standard deviation of the column) beyond which the likelihood is
# flat: once another column has run to infinity, nothing may be left to tell this one by.
FLAT = 100.0
PROPORTIONAL = "proportional hazards"
DOUBTFUL = 0.05  # p-value below which a test of proportional hazards is told


def cox(
    history: History,
    cohort: Cohort,
    covariates: Sequence[Covariate],
    plan: RegressionPlan = DEFAULT,
    *,
    cause: str | Sequence[str] | None = None,
) -> Regression:
    """Fit a Cox model to the course of a cohort from time zero.

    Covariates that change enter as they are known: an event of day d is compared on what was known by the
    end of the day before (`equipoise.cohort.splitting`). Rows on which a covariate is not known are left
    out and counted. Other causes censor: the ratios are of cause-specific hazards.

    Parameters
    ----------
    history
        From `equipoise.cohort.history.event_history`, lumped to the states of the question. All rows at
        risk share one baseline hazard (in each stratum), whatever state they are in.
    cohort
        The cohort of the history.
    covariates
        What is asked about; numbers per `per` units, categories against their reference.
    plan
        Ties, strata, clusters, shrinkage, confidence level. Standard errors are robust by cluster if one is
        named; by patient if case weights differ from 1 or a patient can have several events; else
        model-based.
    cause
        State whose entry is the event, or several; may be omitted if there is only one to enter.

    Returns
    -------
    Regression
        A fit that fails for statistical reasons is no error: see its statuses and findings.

    Raises
    ------
    ProtocolError
        If the vocabulary lacks a word.
    DataError
        E112 when a patient lacks the cluster; E201, E203 of `equipoise.estimate.regression.design.design`.
    ValueError
        If `cause` is none of the states that can be entered, or omitted where there are several.

    Notes
    -----
    A patient's second move on one day lies half a tick later, and is compared there with those still at risk;
    lumping the states that the question does not tell apart removes the first one.
    """
    made = design(history, cohort, covariates, strata=plan.strata)
    event = event_rows(history, made, cause)
    unit, clusters = _units(made, cohort, history, event, plan)
    fit = _fit(made, event, unit, plan)
    found = _coefficients(made, fit, event, clusters)
    joint = wald(found)
    checks = _proportional(made, fit)
    tests = [*([] if joint is None else [joint]), *checks]
    return Regression(
        table=table_of(made, event, found, plan.level),
        tests=REGRESSION_TESTS.frame(tests),
        coefficients=found,
        design=made,
        n=patients_of(made.rows.patient),
        events=int(event.sum()),
        method=_method(plan, unit, clusters),
        findings=(*made.findings, *findings_of(found, made, clusters), *not_tested(tests), *_doubts(checks)),
    )


def _units(
    made: Design, cohort: Cohort, history: History, event: Bool, plan: RegressionPlan
) -> tuple[Int32 | None, int | None]:
    """Unit of variance of each row (None: model-based), and the number of clusters (None without)."""
    patient = made.rows.patient
    if plan.cluster is None:
        several = bool((np.bincount(patient[event]) > 1).any()) if event.any() else False
        weighted = bool((history.weight[patient] != 1).any())
        return (patient if several or weighted else None), None
    return clusters_of(cohort, patient, plan.cluster)


def _fit(made: Design, event: Bool, unit: Int32 | None, plan: RegressionPlan) -> CoxFit:
    """The fit of the columns that are not constant."""
    rows, used = made.rows, ~made.constant
    columns = made.columns if used.all() else made.columns[:, used]
    return fit_cox(
        rows.stop,
        event,
        columns,
        start=rows.start,
        weight=rows.weight,
        strata=made.stratum,
        ties=plan.ties,
        ridge=None if plan.prior_sd is None else np.full(int(used.sum()), plan.prior_sd**-2),
        cluster=unit,
    )


def _coefficients(made: Design, fit: CoxFit, event: Bool, clusters: int | None) -> Coefficients:
    """The fit on all columns of the design, with what is to be said of each."""
    p, used = made.constant.size, ~made.constant
    value, covariance = np.full(p, np.nan), np.full((p, p), np.nan)
    robust = None if fit.robust is None else np.full((p, p), np.nan)
    separated, dependent = np.zeros(p, dtype=np.bool_), np.zeros(p, dtype=np.bool_)
    if fit.status not in (CoxStatus.NO_EVENTS, CoxStatus.NOT_CONVERGED):
        value[used], covariance[np.ix_(used, used)] = fit.coefficients, fit.covariance
        flat = np.sqrt(np.diag(fit.covariance)) * fit.rows.scale > FLAT
        value[np.flatnonzero(used)[flat]] = np.nan
        separated[used], dependent[used] = fit.separated | flat, fit.dependent
        # The influences of a single cluster cancel: they say nothing.
        if robust is not None and fit.robust is not None and clusters != 1:
            robust[np.ix_(used, used)] = fit.robust
    verdicts = [verdict(made, fit.status, event, separated, dependent, k) for k in range(p)]
    df = None if clusters is None else max(clusters - 1.0, 1.0)
    return Coefficients(
        value, covariance, robust, tuple(s for s, _ in verdicts), tuple(code for _, code in verdicts), df
    )


def _proportional(made: Design, fit: CoxFit) -> list[dict[str, object]]:
    """Score tests of proportional hazards by covariate and for all; time as 1 - Kaplan-Meier (R: cox.zph).

    Their variance is that of the model, which holds neither with case weights nor with clusters: there they
    are not given (E214).
    """
    if fit.status not in (CoxStatus.CONVERGED, CoxStatus.SINGULAR) or fit.rows.time.size < 2:
        return []
    place = np.cumsum(~made.constant) - 1
    terms = {
        term.covariate.name: [int(place[column]) for column in term.places if not made.constant[column]]
        for term in made.terms
    }
    terms = {name: columns for name, columns in terms.items() if columns}
    if fit.robust is not None:
        return [untested(PROPORTIONAL, name, "E214") for name in (*terms, ALL)]
    found = proportional_hazards(fit, terms=list(terms.values()))
    return [
        {
            "test": PROPORTIONAL,
            "about": name,
            "statistic": float(found.statistic[row]),
            "degrees_of_freedom": int(found.degrees_of_freedom[row]),
            "p_value": float(found.p_value[row]),
            "finding": None,
        }
        for row, name in enumerate((*terms, ALL))
        if np.isfinite(found.p_value[row])
    ]


def _doubts(checks: Sequence[dict[str, object]]) -> Iterator[Finding]:
    doubtful = [
        f"{check['about']} (p = {check['p_value']:.2g})"
        for check in checks
        if check["about"] != ALL and check["p_value"] is not None and float(str(check["p_value"])) < DOUBTFUL
    ]
    if doubtful:
        yield finding("E210", "estimates", f"The hazard ratio changes over time for {', '.join(doubtful)}.")


def _method(plan: RegressionPlan, unit: Int32 | None, clusters: int | None) -> str:
    parts = [f"Cox, {plan.ties.capitalize()}"]
    if plan.strata:
        parts.append(f"stratified by {', '.join(plan.strata)}")
    if plan.prior_sd is not None:
        parts.append(f"shrunken (prior SD {plan.prior_sd:g})")
    if clusters is not None:
        parts.append(f"robust over {clusters} clusters (t)")
    elif unit is not None:
        parts.append("robust by patient")
    return ", ".join(parts)
