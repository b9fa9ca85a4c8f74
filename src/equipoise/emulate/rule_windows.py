"""Windows of the rules: for each patient the day on which one opens, and when its condition holds."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from equipoise.base.clock import months_to_days
from equipoise.cohort.cohort import Cohort
from equipoise.emulate.enrol import Enrolment
from equipoise.emulate.prescribed import trigger_days, true_intervals
from equipoise.protocol.rule import Never, OnTrigger, StartWithin
from equipoise.protocol.strategy import Strategy

Float64 = NDArray[np.float64]
Int32 = NDArray[np.int32]
Bool = NDArray[np.bool_]


@dataclass(frozen=True, eq=False, repr=False, slots=True)
class Condition:
    """When the condition of a rule (``only_if``) holds, as intervals ``(start, stop]``.

    Attributes
    ----------
    patient : int32[M], sorted
    start, stop : float64[M]
        Days since time zero: the condition holds for decisions on the days d with start < d <= stop, because
        it was true by the end of day d - 1. Intervals of one patient are in order and do not overlap.
    """

    patient: Int32
    start: Float64
    stop: Float64

    def __repr__(self) -> str:
        """Sizes only, nothing about a patient."""
        return f"Condition({self.patient.size} intervals)"

    def on(self, day: Float64) -> Bool:
        """Whether the condition holds for a decision on one day of each patient, float64[n] to bool[n]."""
        asked = day[self.patient]
        # Comparisons with NaN are false.
        inside = (self.start < asked) & (asked <= self.stop)
        holds = np.zeros(day.size, dtype=np.bool_)
        holds[self.patient[inside]] = True
        return holds


@dataclass(frozen=True, eq=False, repr=False, slots=True)
class RuleWindow:
    """The window of a rule in each patient.

    Attributes
    ----------
    position
        Of the rule in its strategy.
    rule
        The rule; ``never`` has no window.
    trigger : float64[n]
        Days from time zero to the trigger, whether it comes in time or not; 0 for a rule without a trigger;
        NaN: never, or not enrolled.
    opened : float64[n]
        Days from time zero to the opening: (opened, opened + length] is the window. NaN where none opens:
        without a trigger, with one that comes too late, and for those who are not enrolled.
    condition
        When ``only_if`` holds; None for a rule without one.
    """

    position: int
    rule: StartWithin | OnTrigger
    trigger: Float64
    opened: Float64
    condition: Condition | None

    def __repr__(self) -> str:
        """The rule only, nothing about a patient."""
        return f"RuleWindow({self.rule.kind} {self.rule.treatment}, rule {self.position})"

    @property
    def length(self) -> float:
        """Days in the window; its end may lie within a day of the grid."""
        return self.rule.grace.days

    def holds_on(self, day: Float64) -> Bool:
        """Whether nothing but the window stands in the way of a start on a day of each patient: bool[n]."""
        if self.condition is None:
            return np.ones(day.size, dtype=np.bool_)
        return self.condition.on(day)


def windows(
    strategy: Strategy, treatment: str, cohort: Cohort, enrolment: Enrolment
) -> tuple[RuleWindow, ...]:
    """Find the window of every rule that a strategy has about a treatment.

    Memory and time grow with the records, not with the days.

    Parameters
    ----------
    strategy, treatment
        A strategy, and the name of a treatment.
    cohort, enrolment
        The patients, and their time zero.

    Returns
    -------
    tuple of RuleWindow
        In the order of the rules; empty if the strategy says never, or nothing, about the treatment.
    """
    zero = enrolment.time_zero
    found: list[RuleWindow] = []
    for position, rule in strategy.rules_on(treatment):
        if isinstance(rule, Never):
            continue
        trigger = opened = np.where(np.isnan(zero), np.nan, 0.0)
        if isinstance(rule, OnTrigger):
            trigger = trigger_days(rule.trigger, cohort, zero) - zero
            latest = np.inf if rule.until_month is None else months_to_days(rule.until_month)
            opened = np.where(trigger <= latest, trigger, np.nan)
        condition = None
        if rule.only_if is not None:
            condition = Condition(*true_intervals(rule.only_if, cohort, zero))
        found.append(RuleWindow(position, rule, trigger, opened, condition))
    return tuple(found)
