"""Starts: the first start of a treatment since time zero, and what a strategy made of it on that day."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from equipoise.cohort.cohort import Cohort
from equipoise.emulate.enrol import Enrolment
from equipoise.emulate.risk_set import RiskSet, risk_set
from equipoise.emulate.rule_windows import RuleWindow, windows
from equipoise.protocol.protocol import Protocol
from equipoise.protocol.regime import Situation, q
from equipoise.protocol.strategy import Strategy

Float64 = NDArray[np.float64]


@dataclass(frozen=True, eq=False, repr=False, slots=True)
class Starts:
    """First starts of a treatment.

    Attributes
    ----------
    day : float64[n]
        Days from time zero to the first start that finds the patient at risk; NaN without one.
    q : float64[n]
        Probability of a start on that day under the strategy, given none before; NaN without a start.
    """

    day: Float64
    q: Float64

    def __repr__(self) -> str:
        """Sizes only, nothing about a patient."""
        return f"Starts({int((~np.isnan(self.day)).sum())} of {self.day.size} patients)"


def start_situation(
    protocol: Protocol, strategy: Strategy, treatment: str, cohort: Cohort, enrolment: Enrolment
) -> Starts:
    """Find the first start of a treatment in each patient, and q of a strategy on its day.

    The day d is the bin (d - width, d] of the vocabulary's grid, judged on what was known by the end of the
    day before. One bin a patient: memory grows with the records, not with the days.

    Parameters
    ----------
    protocol, strategy, treatment
        The question, one of its strategies with a rule about the treatment, and the treatment's name.
    cohort, enrolment
        The patients, and their time zero.

    Returns
    -------
    Starts
        q is NaN also where a natural law leaves the start to usual care.

    Raises
    ------
    ProtocolError
        P123 for a representative law without its numbers.
    IdentificationError
        P124 for a start in the last bin of a natural law, if that bin is not a day of the grid.
    ValueError
        If no rule names the treatment: its course is the natural one.
    """
    if not strategy.rules_on(treatment):
        raise ValueError(f"no rule of {strategy.name!r} names {treatment!r}: its course is the natural one")
    width = cohort.vocabulary.resolution
    risk = risk_set(protocol.treatment(treatment), protocol.structure, cohort, enrolment.time_zero)
    day = first_starts(risk, width)
    opened = windows(strategy, treatment, cohort, enrolment)
    return Starts(day, q_on(day, strategy, treatment, opened, width))


def first_starts(risk: RiskSet, width: float) -> Float64:
    """Days from time zero to the first start that finds the patient at risk, float64[n]; NaN without one."""
    day = risk.started - risk.time_zero
    return np.where(risk.on(day, width), day, np.nan)


def q_on(
    day: Float64, strategy: Strategy, treatment: str, opened: tuple[RuleWindow, ...], width: float
) -> Float64:
    """Probability of a start on one day of each patient who is at risk on it, float64[n]; NaN without a day.

    Parameters
    ----------
    day : float64[n]
        Days since time zero; NaN for none.
    strategy, treatment
        As in `start_situation`.
    opened
        The windows of its rules.
    width
        Days in a bin.
    """
    someone = np.flatnonzero(~np.isnan(day))
    asked = day[someone]
    situation = Situation(
        day=asked - width,
        width=np.full(asked.size, width),
        at_risk=np.ones(asked.size, dtype=np.bool_),
        trigger_day={one.position: one.trigger[someone] for one in opened},
        holds={one.position: one.holds_on(day)[someone] for one in opened},
        natural=np.full(asked.size, np.nan),
    )
    answer = np.full(day.size, np.nan)
    answer[someone] = q(strategy, treatment, situation)
    return answer
