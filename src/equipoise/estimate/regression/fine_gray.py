"""Fine-Gray regression straight from a cohort: the incidence of a cause by what is known at time zero.

The ratio is of subdistribution hazards: whoever has a competing event stays in the comparison, with the
chance of being observed still. Its direction is that of the incidence; it is no rate among those alive.
"""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from equipoise.base.clock import NO_TARGET
from equipoise.base.errors import DataError
from equipoise.base.findings import Finding, finding
from equipoise.cohort.cohort import Cohort
from equipoise.cohort.history import History
from equipoise.estimate.regression.design import Design, design, patients_of
from equipoise.estimate.regression.regression import (
    REGRESSION_TESTS,
    Coefficients,
    Regression,
    RegressionPlan,
    table_of,
    wald,
)
from equipoise.estimate.regression.verdicts import clusters_of, event_rows, findings_of, not_tested, verdict
from equipoise.kernels.cox import CoxStatus
from equipoise.kernels.fine_gray import EmptiedRiskSetError, FineGrayFit, fit_fine_gray
from equipoise.protocol.prognosis import Covariate

Int32 = NDArray[np.int32]
Bool = NDArray[np.bool_]

DEFAULT = RegressionPlan()
INTEREST, COMPETING = 1, 2
UNSETTLED, EMPTIED = "E209", "E212"


def fine_gray(
    history: History,
    cohort: Cohort,
    covariates: Sequence[Covariate],
    plan: RegressionPlan = DEFAULT,
    *,
    cause: str,
) -> Regression:
    """Fit a subdistribution hazards model (Fine and Gray 1999) to the course of a cohort from time zero.

    Covariates enter as they are known at time zero, also those that change later (finding E211): after a
    competing event there is no later value. Delayed entry is allowed for (Geskus 2011).

    Parameters
    ----------
    history
        From `equipoise.cohort.history.event_history`, lumped to one state at risk and one state a cause.
    cohort
        The cohort of the history.
    covariates
        What is asked about; numbers per `per` units, categories against their reference.
    plan
        Strata (with their own baseline and their own censoring), clusters, shrinkage, confidence level. Ties
        are always those of Breslow. `robust_std_error` is the sandwich by patient or cluster that counts what
        estimating the weights adds; intervals and tests use it.
    cause
        State whose incidence is asked about; entries into other states compete with it.

    Returns
    -------
    Regression
        Ratios of subdistribution hazards. A fit that fails for statistical reasons is no error: see its
        statuses and findings.

    Raises
    ------
    ProtocolError
        If the vocabulary lacks a word.
    DataError
        E213 when a patient is at risk in several spells; E112, E203 as for Cox regression.
    ValueError
        If `cause` is none of the states that can be entered.
    """
    made = design(history, cohort, covariates, strata=plan.strata, at_time_zero=True)
    event = event_rows(history, made, cause)
    _check_spells(made)
    unit, clusters = None, None
    if plan.cluster is not None:
        unit, clusters = clusters_of(cohort, made.rows.patient, plan.cluster)
    emptied: list[Finding] = []
    try:
        fit = _fit(made, event, unit, plan)
    except EmptiedRiskSetError as error:
        day = float(history.clock.days(np.array([error.tick], dtype=np.int32))[0])
        message = (
            f"Nobody is under observation after day {day:g}, between a competing event and a later event."
        )
        emptied.append(finding(EMPTIED, "estimates", message))
        fit = None
    found = _coefficients(made, fit, event, clusters)
    joint = wald(found)
    tests = [] if joint is None else [joint]
    return Regression(
        table=table_of(made, event, found, plan.level),
        tests=REGRESSION_TESTS.frame(tests),
        coefficients=found,
        design=made,
        n=patients_of(made.rows.patient),
        events=int(event.sum()),
        method=_method(plan, clusters),
        findings=(
            *made.findings,
            *_changing(made),
            *emptied,
            *findings_of(found, made, clusters),
            *not_tested(tests),
        ),
    )


def _check_spells(made: Design) -> None:
    several = made.rows.size - patients_of(made.rows.patient)
    if several:
        raise DataError(
            "E213",
            where="regression of cumulative incidence",
            found=f"{several} rows at risk beyond the first of their patients",
            why="Weights after a competing event are those of one entry and one exit.",
            do="Ask about the first event, or use cause-specific hazards.",
        )


def _fit(made: Design, event: Bool, unit: Int32 | None, plan: RegressionPlan) -> FineGrayFit:
    """The fit of the columns that are not constant."""
    rows, used = made.rows, ~made.constant
    cause = np.where(event, INTEREST, np.where(rows.target != NO_TARGET, COMPETING, 0))
    return fit_fine_gray(
        rows.stop,
        cause,
        made.columns[:, used],
        start=rows.start,
        weight=rows.weight,
        strata=made.stratum,
        ridge=None if plan.prior_sd is None else np.full(int(used.sum()), plan.prior_sd**-2),
        cluster=unit,
    )


def _coefficients(made: Design, fit: FineGrayFit | None, event: Bool, clusters: int | None) -> Coefficients:
    """The fit on all columns of the design, with what is to be said of each."""
    p, used = made.constant.size, ~made.constant
    value, covariance, robust = np.full(p, np.nan), np.full((p, p), np.nan), np.full((p, p), np.nan)
    separated, dependent = np.zeros(p, dtype=np.bool_), np.zeros(p, dtype=np.bool_)
    status = CoxStatus.NOT_CONVERGED if fit is None else fit.status
    if fit is not None and status not in (CoxStatus.NO_EVENTS, CoxStatus.NOT_CONVERGED):
        block = np.ix_(used, used)
        value[used], covariance[block], robust[block] = fit.coefficients, fit.model_based, fit.covariance
        separated[used], dependent[used] = fit.separated, fit.dependent
        if clusters == 1:
            robust[:] = np.nan  # the influences of a single cluster cancel: they say nothing
    verdicts = [verdict(made, status, event, separated, dependent, k) for k in range(p)]
    if fit is None:
        verdicts = [(how, EMPTIED if code == UNSETTLED else code) for how, code in verdicts]
    df = None if clusters is None else max(clusters - 1.0, 1.0)
    return Coefficients(
        value, covariance, robust, tuple(s for s, _ in verdicts), tuple(code for _, code in verdicts), df
    )


def _changing(made: Design) -> Iterator[Finding]:
    names = [term.covariate.name for term in made.terms if term.varies]
    if names:
        yield finding("E211", "estimates", f"At time zero: {', '.join(names)}.")


def _method(plan: RegressionPlan, clusters: int | None) -> str:
    parts = ["Fine-Gray, Breslow"]
    if plan.strata:
        parts.append(f"stratified by {', '.join(plan.strata)}")
    if plan.prior_sd is not None:
        parts.append(f"shrunken (prior SD {plan.prior_sd:g})")
    parts.append("robust by patient" if clusters is None else f"robust over {clusters} clusters (t)")
    return ", ".join(parts)
