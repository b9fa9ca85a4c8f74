"""The slow twin of `equipoise.emulate.clones`: one patient, one strategy, one day after another.

Written from the definition, to be read by a clinician; it imports nothing from the fast implementation.
"""

import math

from equipoise.base.clock import months_to_days
from equipoise.cohort.cohort import Cohort
from equipoise.cohort.reference_evaluate import value_of
from equipoise.emulate.reference import at_risk, prescribed_for, state_and_start, trigger_day
from equipoise.protocol.law import FixedLaw
from equipoise.protocol.protocol import Protocol
from equipoise.protocol.rule import Never, OnTrigger, Rule
from equipoise.protocol.strategy import Strategy

# From the farthest from allowing a start to the closest.
SENTENCES = (
    "started although the strategy says never",
    "started without a trigger by then",
    "started before the trigger of the same day could be known",
    "started after a trigger that came too late",
    "started after the window was over",
    "started on another day than the one that is fixed",
    "started while the condition did not hold",
)
NOT_STARTED = "did not start by the end of the window"


def clone_of(
    protocol: Protocol, strategy: Strategy, cohort: Cohort, patient: int, zero: float
) -> tuple[float, str]:
    """Day since time zero on which a patient's clone is censored, and why; NaN and "" if it never is.

    Parameters
    ----------
    protocol, strategy
        The question and one of its strategies, whose laws have numbers.
    cohort, patient
        The patient.
    zero
        Day of time zero; NaN for a patient who is not enrolled.
    """
    treatments = list(dict.fromkeys(rule.treatment for rule in strategy.rules))
    day = zero + cohort.vocabulary.resolution
    while day <= _last_day(cohort, patient):  # false without a time zero
        for treatment in treatments:
            why = _ruled_out_on(protocol, strategy, treatment, cohort, patient, (zero, day))
            if why:
                return day - zero, why
        day += cohort.vocabulary.resolution
    return math.nan, ""


def _ruled_out_on(
    protocol: Protocol,
    strategy: Strategy,
    treatment: str,
    cohort: Cohort,
    patient: int,
    days: tuple[float, float],
) -> str:
    """Why what the patient did on a day cannot happen under the strategy; "" if it can."""
    zero, day = days
    before = day - cohort.vocabulary.resolution
    if not at_risk(protocol, treatment, cohort, patient, before):
        return ""
    q = prescribed_for(protocol, strategy, treatment, cohort, patient, (zero, before, day))
    _, starts = state_and_start(protocol, treatment, cohort, patient, day)
    if starts and q == 0:
        return _sentence(strategy, treatment, cohort, patient, (zero, day))
    return NOT_STARTED if not starts and q == 1 else ""


def _sentence(
    strategy: Strategy, treatment: str, cohort: Cohort, patient: int, days: tuple[float, float]
) -> str:
    """Of the reasons of all rules on the treatment, the one of the rule that came closest."""
    reasons = [_reason(rule, cohort, patient, days) for rule in strategy.rules if rule.treatment == treatment]
    return max(reasons, key=SENTENCES.index)


def _reason(rule: Rule, cohort: Cohort, patient: int, days: tuple[float, float]) -> str:
    """Why a rule does not start anybody like the patient on the day."""
    zero, day = days
    before = day - cohort.vocabulary.resolution
    if isinstance(rule, Never):
        return "started although the strategy says never"
    opened = zero
    if isinstance(rule, OnTrigger):
        opened = trigger_day(rule, cohort, patient, zero, before)
        if math.isnan(opened):
            return _without_window(rule, cohort, patient, zero, day)
    if before - opened >= months_to_days(rule.months):
        return "started after the window was over"
    if rule.only_if is not None and value_of(rule.only_if, cohort, patient, before) is not True:
        return "started while the condition did not hold"
    if isinstance(rule.law, FixedLaw):
        return "started on another day than the one that is fixed"
    raise ValueError("this rule allows the start")


def _without_window(rule: OnTrigger, cohort: Cohort, patient: int, zero: float, day: float) -> str:
    """Why no window is open on a day: the trigger came too late, or is not known by the day before."""
    whenever = rule.model_copy(update={"until_month": None})
    if not math.isnan(trigger_day(whenever, cohort, patient, zero, day - cohort.vocabulary.resolution)):
        return "started after a trigger that came too late"
    if not math.isnan(trigger_day(whenever, cohort, patient, zero, day)):
        return "started before the trigger of the same day could be known"
    return "started without a trigger by then"


def _last_day(cohort: Cohort, patient: int) -> float:
    """Last day of observation of a patient, no later than the first terminal event; NaN without any."""
    periods = [
        (row["start"], row["stop"])
        for row in cohort.observation.iter_rows(named=True)
        if row["patient"] == patient and row["start"] < row["stop"]
    ]
    ends = [
        row["day"]
        for row in cohort.events.iter_rows(named=True)
        if row["patient"] == patient and row["name"] in cohort.vocabulary.terminal_events
    ]
    if not periods:
        return math.nan
    return min([max(stop for _, stop in periods), *ends])
