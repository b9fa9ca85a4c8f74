"""Practice: when treatments are started in a cohort, and the representative laws that follow from it."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from equipoise.base.clock import DAYS_PER_MONTH, months_to_days
from equipoise.cohort.cohort import Cohort
from equipoise.cohort.windows import merged_observation
from equipoise.emulate.enrol import Enrolment
from equipoise.emulate.prescribed import trigger_days
from equipoise.emulate.risk_set import RiskSet, risk_set
from equipoise.protocol.law import RepresentativeLaw
from equipoise.protocol.protocol import Protocol
from equipoise.protocol.representative import month_knots, representative_law
from equipoise.protocol.rule import Never, OnTrigger, Rule, StartWithin
from equipoise.protocol.strategy import Strategy

Float64 = NDArray[np.float64]


@dataclass(frozen=True, eq=False, slots=True)
class Practice:
    """Starts of a treatment in each month after a window opened.

    Attributes
    ----------
    months : float64[K + 1]
        Months since the window opened that bound the pieces; piece k is (months[k], months[k + 1]].
    starts : float64[K]
    exposure : float64[K]
        Person-months at risk and under observation.
    """

    months: Float64
    starts: Float64
    exposure: Float64


def with_laws(protocol: Protocol, cohort: Cohort, enrolment: Enrolment) -> Protocol:
    """Put numbers in the place of every representative law.

    The laws are part of the question, so they are estimated once and stay in the protocol. They are free of
    covariates: a rule's condition (``only_if``) does not enter.

    Parameters
    ----------
    protocol
        The question.
    cohort, enrolment
        Whose practice is taken, and since when.

    Returns
    -------
    Protocol
        Without requests; the same one if it has none.

    Raises
    ------
    IdentificationError
        P125 if nobody starts a treatment within its window.
    """
    strategies = tuple(_filled(one, protocol, cohort, enrolment) for one in protocol.strategies)
    if strategies == protocol.strategies:
        return protocol
    return protocol.model_copy(update={"strategies": strategies})


def practice(
    rule: StartWithin | OnTrigger, protocol: Protocol, cohort: Cohort, enrolment: Enrolment
) -> Practice:
    """Count starts and person-months of a rule's treatment in each month of its window.

    The window opens at time zero, or at the rule's trigger if that does not come too late. People count
    while they are at risk of the treatment and under observation.

    Parameters
    ----------
    rule
        A rule with a window.
    protocol, cohort, enrolment
        The question, the patients, and their time zero.
    """
    zero = enrolment.time_zero
    opened = zero
    if isinstance(rule, OnTrigger):
        opened = trigger_days(rule.trigger, cohort, zero)
        latest = np.inf if rule.until_month is None else months_to_days(rule.until_month)
        opened = np.where(opened - zero <= latest, opened, np.nan)
    risk = risk_set(protocol.treatment(rule.treatment), protocol.structure, cohort, zero)
    who, start, stop = _observed(risk, cohort)
    since = opened[who]
    knots = np.array(month_knots(rule.months))
    days = knots * DAYS_PER_MONTH
    # NaN (no window) makes every maximum NaN and every comparison false.
    upper = np.minimum((stop - since)[:, np.newaxis], days[1:])
    lower = np.maximum((start - since)[:, np.newaxis], days[:-1])
    exposure = np.where(upper > lower, upper - lower, 0.0).sum(axis=0) / DAYS_PER_MONTH
    ends_in_start = stop == risk.started[who]
    piece = np.searchsorted(days, (stop - since)[ends_in_start], side="left") - 1
    counted = piece[(piece >= 0) & (piece < knots.size - 1)]
    starts = np.bincount(counted, minlength=knots.size - 1).astype(np.float64)
    return Practice(knots, starts, exposure)


def _filled(strategy: Strategy, protocol: Protocol, cohort: Cohort, enrolment: Enrolment) -> Strategy:
    rules: list[Rule] = []
    for rule in strategy.rules:
        if isinstance(rule, Never) or not isinstance(rule.law, RepresentativeLaw):
            rules.append(rule)
            continue
        seen = practice(rule, protocol, cohort, enrolment)
        where = f"law of {rule.treatment!r} in strategy {strategy.name!r}"
        law = representative_law(seen.starts.tolist(), seen.exposure.tolist(), rule.months, where=where)
        rules.append(rule.model_copy(update={"law": law}))
    return strategy if tuple(rules) == strategy.rules else strategy.model_copy(update={"rules": tuple(rules)})


def _observed(risk: RiskSet, cohort: Cohort) -> tuple[NDArray[np.int32], Float64, Float64]:
    """The parts of the intervals at risk that are under observation: patient, start, stop."""
    at_risk = pl.DataFrame({"patient": risk.patient, "begins": risk.start, "ends": risk.stop})
    both = at_risk.join(merged_observation(cohort.observation), on="patient", how="inner")
    start = both.select(pl.max_horizontal("begins", "start")).to_series().to_numpy()
    stop = both.select(pl.min_horizontal("ends", "stop")).to_series().to_numpy()
    kept = start < stop
    return both["patient"].to_numpy()[kept], start[kept], stop[kept]
