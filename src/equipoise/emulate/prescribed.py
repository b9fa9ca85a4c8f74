"""What a strategy prescribes for the patients of a cohort: trigger days, conditions, risk sets, and q.

The bridge from records to `equipoise.protocol.regime`: everything that a strategy looks at in the bin
(a, b] of time is what was known by the end of day a.
"""

import numpy as np
from numpy.typing import NDArray

from equipoise.base.clock import Clock
from equipoise.cohort.cohort import Cohort
from equipoise.cohort.following import follow
from equipoise.emulate.enrol import Enrolment
from equipoise.emulate.risk_set import covered, risk_set
from equipoise.language.predicate import Predicate
from equipoise.protocol.protocol import Protocol
from equipoise.protocol.regime import Situation, q
from equipoise.protocol.rule import Never, OnTrigger
from equipoise.protocol.strategy import Strategy

Float64 = NDArray[np.float64]
Int32 = NDArray[np.int32]
Bool = NDArray[np.bool_]


def prescribed(
    protocol: Protocol,
    strategy: Strategy,
    treatment: str,
    cohort: Cohort,
    enrolment: Enrolment,
    edges: Float64,
) -> Float64:
    """Probability of starting a treatment in each bin of time under a strategy, given no start before.

    Parameters
    ----------
    protocol, strategy, treatment
        The question, one of its strategies (or the natural course), and the name of one of its treatments.
    cohort, enrolment
        The patients, and their time zero.
    edges : float64[B + 1], rising
        Days since time zero; bin k is (edges[k], edges[k + 1]].

    Returns
    -------
    float64[n, B]
        0 where the patient is not at risk of the treatment, or not enrolled.

    Raises
    ------
    ProtocolError
        P123 for a representative law without its numbers.
    IdentificationError
        P124 for bins that do not fit a natural law.
    ValueError
        For edges that do not rise from 0 on along the grid; for a natural law, or a treatment that no rule
        names, which need the natural probability (`situations`, to which the caller adds it).
    """
    return q(strategy, treatment, situations(protocol, strategy, treatment, cohort, enrolment, edges))


def situations(
    protocol: Protocol,
    strategy: Strategy,
    treatment: str,
    cohort: Cohort,
    enrolment: Enrolment,
    edges: Float64,
) -> Situation:
    """What a strategy looks at, for each patient and bin of time; arrays that broadcast to (n, B).

    Parameters
    ----------
    protocol, strategy, treatment, cohort, enrolment, edges
        See `prescribed`.

    Raises
    ------
    ValueError
        For edges that do not rise from 0 on along the grid of the vocabulary.
    """
    clock = Clock(cohort.vocabulary.resolution)
    if bool((np.diff(edges) <= 0).any()) or edges[0] < 0 or bool(clock.off_grid(edges).any()):
        raise ValueError("the edges of the bins must rise from 0 on along the grid of the vocabulary")
    zero = enrolment.time_zero
    risk = risk_set(protocol.treatment(treatment), protocol.structure, cohort, zero)
    triggers: dict[int, Float64] = {}
    holds: dict[int, Bool] = {}
    for position, rule in strategy.rules_on(treatment):
        if isinstance(rule, OnTrigger):
            triggers[position] = (trigger_days(rule.trigger, cohort, zero) - zero)[:, np.newaxis]
        if not isinstance(rule, Never) and rule.only_if is not None:
            holds[position] = holding(rule.only_if, cohort, zero, edges[:-1])
    return Situation(
        day=edges[:-1],
        width=np.diff(edges),
        at_risk=risk.at(edges[:-1]),
        trigger_day=triggers,
        holds=holds,
    )


def trigger_days(trigger: Predicate, cohort: Cohort, time_zero: Float64) -> Float64:
    """First day from time zero on by the end of which a predicate is true, float64[n]; NaN without one.

    Parameters
    ----------
    trigger
        The predicate; unknown is not true.
    cohort
        The cohort.
    time_zero
        Day of time zero, shape (n,); NaN for patients who are not enrolled.
    """
    course = follow(trigger, cohort, time_zero)
    true = course.value == 1
    # The rows are in order of patient and day: the first one of each patient is found first.
    patient, first = np.unique(course.patient[true], return_index=True)
    days = np.full(cohort.n, np.nan)
    days[patient] = course.day[true][first]
    return days


def holding(condition: Predicate, cohort: Cohort, time_zero: Float64, days: Float64) -> Bool:
    """Whether a predicate is true for certain by the end of days, bool[n, B].

    Parameters
    ----------
    condition
        The predicate; unknown is not true.
    cohort
        The cohort.
    time_zero
        Day of time zero, shape (n,); NaN for patients who are not enrolled.
    days : float64[B]
        Days since time zero.
    """
    return covered(*true_intervals(condition, cohort, time_zero), days, cohort.n)


def true_intervals(
    condition: Predicate, cohort: Cohort, time_zero: Float64
) -> tuple[Int32, Float64, Float64]:
    """When a predicate is true for certain by the end of the day before, as intervals (start, stop].

    Parameters
    ----------
    condition
        The predicate; unknown is not true.
    cohort
        The cohort.
    time_zero
        Day of time zero, shape (n,); NaN for patients who are not enrolled.

    Returns
    -------
    patient : int32[M], sorted
    start, stop : float64[M]
        Days since time zero. What is known by the end of day d counts on days d + 1 and later: start is the
        day by the end of which the predicate came to be true, stop the one by the end of which it no longer
        is (infinity if there is none).
    """
    course = follow(condition, cohort, time_zero)
    # A row holds until the day before the next one of the patient.
    is_last = np.append(course.patient[1:] != course.patient[:-1], True)[: course.patient.size]
    until = np.where(is_last, np.inf, np.append(course.day[1:], np.inf)[: course.patient.size])
    true = course.value == 1
    patient = course.patient[true]
    since = time_zero[patient]
    return patient, course.day[true] - since, until[true] - since
