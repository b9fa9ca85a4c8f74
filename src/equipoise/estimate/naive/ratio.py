"""One rung as one number: the ratio of the hazards of both arms, and the test of their equality."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from equipoise.base.findings import FindingStatus
from equipoise.estimate import group_tests
from equipoise.estimate.bands import NO_INTERVAL
from equipoise.estimate.estimates import ESTIMATES
from equipoise.estimate.first_exit import CENSORED
from equipoise.estimate.naive.arms import Arms
from equipoise.estimate.naive.rows import Asked, patients
from equipoise.estimate.naive.rung import Rung
from equipoise.estimate.plan import Plan
from equipoise.kernels.cox import CoxFit, CoxStatus, fit_cox
from equipoise.kernels.intervals import critical_value
from equipoise.language.words import number_words

LOG = "log"
FEWEST_UNITS = 2  # a robust variance needs units that differ
LARGEST_EXPONENT = 709.0  # of a float64
READING: dict[CoxStatus, FindingStatus] = {
    CoxStatus.CONVERGED: FindingStatus.BIASED,
    CoxStatus.SEPARATED: FindingStatus.SEPARATED,
    CoxStatus.NO_EVENTS: FindingStatus.NO_EVENTS,
    # One arm only in every risk set: there is no event at which the arms could be compared.
    CoxStatus.SINGULAR: FindingStatus.NO_EVENTS,
    CoxStatus.NOT_CONVERGED: FindingStatus.NOT_CONVERGED,
}


@dataclass(frozen=True, slots=True)
class _Stacked:
    """Both arms one after the other, as arrays of N rows; `group` is 1 for the treated."""

    start: NDArray[np.int32]
    stop: NDArray[np.int32]
    event: NDArray[np.bool_]
    group: NDArray[np.int64]
    patient: NDArray[np.int32]
    weight: NDArray[np.float64] | None
    cluster: NDArray[np.int32] | None


def hazard_ratio(asked: Asked, rung: Rung, arms: Arms) -> pl.DataFrame:
    """The hazard of the treated over that of the untreated, by Cox regression with Efron's ties: one row.

    The standard error is that of the log ratio times the ratio; the interval is made on the log scale. With
    case weights or clusters the variance is the robust one, by patient or by cluster.
    """
    plan, both = asked.plan, _stack(arms, asked.plan)
    fit = fit_cox(
        both.stop,
        both.event,
        both.group[:, np.newaxis].astype(np.float64),
        start=both.start,
        weight=both.weight,
        cluster=both.cluster,
    )
    status = READING[fit.status]
    ratio, error, lower, upper = (None,) * 4
    if fit.status is CoxStatus.CONVERGED:
        ratio, error, lower, upper = _numbers(fit, both, plan)
        status = FindingStatus.NO_INTERVAL if error is None else status
    sentence = (
        f"The ratio (1 over 2) of the rates of {asked.event}, taken as the same at all times, "
        f"{asked.population}, (1) {rung.who_treated}; (2) {rung.who_untreated}."
    )
    n = patients(arms.both)
    weights = _weights(both)
    return ESTIMATES.frame(
        {
            "estimand": [sentence],
            "outcome": [asked.outcome],
            "strategy": [rung.treated],
            "versus": [rung.untreated],
            "measure": ["hazard_ratio"],
            "day": [None],
            "estimate": [ratio],
            "std_error": [error],
            "lower": [lower],
            "upper": [upper],
            "level": [plan.level],
            "interval": [NO_INTERVAL if error is None else LOG],
            "method": [f"{'time-dependent ' if rung.code == 'N5' else ''}Cox, Efron{_robustness(plan)}"],
            "role": ["naive"],
            "n": [n],
            "events": [int(both.event.sum())],
            "at_risk": [n],
            "ess": [float(weights.sum() ** 2 / (weights**2).sum())],
            "status": [status],
            "finding": [rung.finding],
        }
    )


def equal_hazards(asked: Asked, rung: Rung, arms: Arms) -> pl.DataFrame:
    """The log-rank test of a rung; of before against after it is the test of Mantel and Byar: one row."""
    month = rung.landmark_month
    when = "" if month is None else f" after month {number_words(month)}"
    hypothesis = f"The rate of {asked.event}{when} is at all times the same {rung.alike}."
    question = group_tests.Asked(
        asked.outcome, rung.treated, hypothesis, rung.landmark_month, naive=True, finding=rung.finding
    )
    spells = group_tests.by_arm(*arms.both, cluster=asked.plan.cluster)
    if rung.code == "N5":
        return group_tests.mantel_byar_test(question, spells)
    return group_tests.log_rank_test(question, spells)


def _stack(arms: Arms, plan: Plan) -> _Stacked:
    untreated, treated = arms.both
    patient = np.concatenate((untreated.patient, treated.patient))
    cluster = plan.cluster[patient] if plan.cluster is not None else None
    if cluster is None and plan.weight is not None:
        cluster = patient  # with weights the model-based variance does not hold
    return _Stacked(
        np.concatenate((untreated.start, treated.start)),
        np.concatenate((untreated.stop, treated.stop)),
        np.concatenate((untreated.cause, treated.cause)) != CENSORED,
        np.repeat([0, 1], [untreated.patient.size, treated.patient.size]),
        patient,
        None if plan.weight is None else np.concatenate((untreated.weight, treated.weight)),
        cluster,
    )


def _numbers(
    fit: CoxFit, both: _Stacked, plan: Plan
) -> tuple[float, float | None, float | None, float | None]:
    """Ratio, its standard error (delta method) and limits; the influences of a single cluster sum to 0."""
    log_ratio = float(fit.coefficients[0])
    ratio = float(np.exp(log_ratio))
    if both.cluster is not None and np.unique(both.cluster).size < FEWEST_UNITS:
        return ratio, None, None, None
    error = float(np.sqrt(fit.variance[0, 0]))
    half = critical_value(plan.level, plan.degrees_of_freedom) * error
    return ratio, ratio * error, _exp(log_ratio - half), _exp(log_ratio + half)


def _exp(exponent: float) -> float | None:
    """exp, or None where it is beyond all numbers: the interval is open on that side."""
    return float(np.exp(exponent)) if exponent < LARGEST_EXPONENT else None


def _robustness(plan: Plan) -> str:
    weighted = ", case weights" if plan.weight is not None else ""
    if plan.clusters is not None:
        return f"{weighted}, robust over {plan.clusters} clusters (t)"
    return f"{weighted}, robust by patient" if weighted else ""


def _weights(both: _Stacked) -> NDArray[np.float64]:
    """One weight a patient."""
    _, first = np.unique(both.patient, return_index=True)
    return np.ones(first.size) if both.weight is None else both.weight[first]
