"""Clones: everybody enrolled follows every strategy from time zero on, until their course rules it out.

Compatibility is judged day by day of the vocabulary's grid on what was known by the end of the day before
(docs/methods/clones.md). Nothing is expanded into days: a start is judged in one bin a patient, and the day
on which a window makes everybody start is computed from the day on which it opens.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from equipoise.cohort.cohort import Cohort
from equipoise.cohort.windows import merged_observation, terminal_day
from equipoise.emulate.enrol import Enrolment
from equipoise.emulate.reasons import Reason
from equipoise.emulate.risk_set import SAME_DAY, risk_set
from equipoise.emulate.rule_windows import RuleWindow, windows
from equipoise.emulate.starts import first_starts, q_on
from equipoise.protocol.grace import Grace
from equipoise.protocol.law import NaturalLaw, RepresentativeLaw, UniformLaw
from equipoise.protocol.protocol import Protocol
from equipoise.protocol.rule import Never, OnTrigger, Rule
from equipoise.protocol.strategy import Strategy

Float64 = NDArray[np.float64]
Int8 = NDArray[np.int8]
Bool = NDArray[np.bool_]

COMPATIBLE = -1


@dataclass(frozen=True, eq=False, repr=False, slots=True)
class Clones:
    """The clones that follow one strategy: one of each enrolled patient.

    Attributes
    ----------
    strategy
        Name of the strategy.
    enrolled : bool[n]
        Who has a clone.
    until : float64[n]
        Day since time zero on which the clone is artificially censored; NaN: never. The decision comes first
        in the order of a day: other events of that day do not count.
    reason : int8[n]
        Why, as `Reason.code`; -1 for a clone that is never censored and for patients who are not enrolled.
    """

    strategy: str
    enrolled: Bool
    until: Float64
    reason: Int8

    def __repr__(self) -> str:
        """Sizes only, nothing about a patient."""
        censored = int((self.reason != COMPATIBLE).sum())
        return f"Clones({self.strategy}: {int(self.enrolled.sum())} clones, {censored} censored)"

    @property
    def compatible(self) -> Bool:
        """Whose clone is never censored: bool[n]."""
        return self.enrolled & np.isnan(self.until)


def clones(protocol: Protocol, strategy: Strategy, cohort: Cohort, enrolment: Enrolment) -> Clones:
    """Follow a strategy with a clone of everybody enrolled.

    A clone is censored on the first day on which its patient starts a treatment that is not started then
    (q = 0), or is at risk and does not start though everybody does (q = 1). Of several treatments the first
    day counts; on one day, the treatment that the strategy names first. Where q lies in between any choice
    is compatible, so that a natural law, and a representative one without its numbers, stand here for any
    law with starts on every day of the window. Whoever is no longer followed is censored for nothing.

    Parameters
    ----------
    protocol, strategy
        The question, and one of its strategies (or the natural course, which rules nothing out).
    cohort, enrolment
        The patients, and their time zero. Who has a clone is decided by the enrolment alone.
    """
    days, codes = np.full(cohort.n, np.inf), np.full(cohort.n, COMPATIBLE, dtype=np.int8)
    allowed = _any_law(strategy)
    for treatment in dict.fromkeys(rule.treatment for rule in allowed.rules):
        day, reason = _ruled_out(protocol, allowed, treatment, cohort, enrolment)
        earlier = day < days
        days, codes = np.where(earlier, day, days), np.where(earlier, reason, codes)
    seen = days <= last_days(cohort) - enrolment.time_zero  # false without a time zero
    return Clones(
        strategy.name,
        enrolment.eligible,
        np.where(seen, days, np.nan),
        np.where(seen, codes, COMPATIBLE).astype(np.int8),
    )


def _ruled_out(
    protocol: Protocol, strategy: Strategy, treatment: str, cohort: Cohort, enrolment: Enrolment
) -> tuple[Float64, Int8]:
    """Day on which one treatment rules the strategy out (infinity: never), and the code of the reason."""
    width = cohort.vocabulary.resolution
    risk = risk_set(protocol.treatment(treatment), protocol.structure, cohort, enrolment.time_zero)
    opened = windows(strategy, treatment, cohort, enrolment)
    started = first_starts(risk, width)
    wrong = q_on(started, strategy, treatment, opened, width) == 0
    day = np.where(wrong, started, np.inf)
    reason = np.where(wrong, _why(started, strategy, treatment, opened, width), COMPATIBLE)
    for window in opened:
        due = window.opened + days_until_all_start(window.rule.grace, width)
        late = risk.on(due, width) & window.holds_on(due) & ~(np.abs(started - due) < SAME_DAY) & (due < day)
        day, reason = np.where(late, due, day), np.where(late, Reason.NOT_STARTED.code, reason)
    return day, reason.astype(np.int8)


def days_until_all_start(grace: Grace, width: float) -> float:
    """Days from the opening of a window to the end of the bin in which q = 1.

    Parameters
    ----------
    grace
        A law on its window; not a natural one, nor a representative one without its numbers.
    width
        Days in a bin.
    """
    length = grace.knots[0][-1]
    bins = np.ceil(length / width) + np.array([-1.0, 0.0, 1.0])
    bins = bins[bins > 0]
    # The neighbours are asked too, so that rounding of the length cannot set this apart from q.
    due = grace.probability((bins - 1) * width, width) >= 1
    return float(bins[due][0] * width)


def _why(
    day: Float64, strategy: Strategy, treatment: str, opened: tuple[RuleWindow, ...], width: float
) -> Int8:
    """Code of the reason why a start on a day of each patient is ruled out, int8[n], where it is."""
    rules: list[Rule] = [rule for _, rule in strategy.rules_on(treatment)]
    if any(isinstance(rule, Never) for rule in rules):
        return np.full(day.size, Reason.NEVER.code, dtype=np.int8)
    reasons = [_why_not_by(window, day, width) for window in opened]
    return np.max(np.stack(reasons), axis=0).astype(np.int8)


def _why_not_by(window: RuleWindow, day: Float64, width: float) -> Int8:
    """Code of the reason why one rule rules out a start on a day of each patient, int8[n]."""
    since = day - width - window.opened
    reason = np.full(day.size, Reason.WITHOUT_TRIGGER.code, dtype=np.int8)
    # Comparisons with NaN are false: the default stays where there is no trigger.
    if isinstance(window.rule, OnTrigger):
        known_that_day = (window.trigger > day - width) & (window.trigger <= day)
        reason[known_that_day] = Reason.ON_TRIGGER_DAY.code
        reason[(window.trigger <= day - width) & np.isnan(window.opened)] = Reason.TRIGGER_TOO_LATE.code
    inside = (since >= 0) & (since < window.length)
    reason[since >= window.length] = Reason.AFTER_WINDOW.code
    reason[inside] = Reason.ANOTHER_DAY.code
    reason[inside & ~window.holds_on(day)] = Reason.CONDITION.code
    return reason


def _any_law(strategy: Strategy) -> Strategy:
    """The strategy with a law of one support wherever the law itself has no numbers of its own."""
    rules = tuple(
        rule.model_copy(update={"law": UniformLaw()})
        if not isinstance(rule, Never) and isinstance(rule.law, NaturalLaw | RepresentativeLaw)
        else rule
        for rule in strategy.rules
    )
    return strategy.model_copy(update={"rules": rules})


def last_days(cohort: Cohort) -> Float64:
    """Last day of observation, no later than a terminal event, float64[n]; NaN for nobody observed."""
    last = merged_observation(cohort.observation).group_by("patient").agg(pl.col("stop").max())
    days = np.full(cohort.n, np.nan)
    days[last["patient"].to_numpy()] = last["stop"].to_numpy()
    return np.where(np.isnan(days), np.nan, np.fmin(days, terminal_day(cohort)))
