"""Everything that the estimators of one run share: the question, the data, the plan, the courses."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from equipoise.base.findings import Finding
from equipoise.cohort.cohort import Cohort
from equipoise.cohort.history import History, event_history
from equipoise.emulate.enrol import Enrolment
from equipoise.estimate.plan import Plan
from equipoise.language.outcome import OutcomeKind
from equipoise.language.vocabulary import Vocabulary
from equipoise.protocol.check import happens_by
from equipoise.protocol.intercurrent import Handling
from equipoise.protocol.protocol import Protocol

Float64 = NDArray[np.float64]


@dataclass(frozen=True, eq=False, slots=True)
class Analysis:
    """The question, the data and the plan of one run.

    Attributes
    ----------
    protocol, cohort, enrolment, plan
        What is asked, what is known, who is in, how it is computed.
    histories
        Weighted courses from time zero by structure.
    """

    protocol: Protocol
    cohort: Cohort
    enrolment: Enrolment
    plan: Plan
    histories: Mapping[str, History]

    @property
    def vocabulary(self) -> Vocabulary:
        """The words of the cohort."""
        return self.cohort.vocabulary

    @property
    def handlings(self) -> dict[str, Handling]:
        """The protocol's handling by intercurrent event."""
        return {one.event: one.handling for one in self.protocol.intercurrent_events}

    def handlings_of(self, outcome: str, handlings: Mapping[str, Handling]) -> dict[str, Handling]:
        """The handlings that apply to an outcome; an event that itself ends it is not intercurrent."""
        word = self.vocabulary.outcomes[outcome]
        return {
            event: how
            for event, how in handlings.items()
            if word.kind is OutcomeKind.OCCUPANCY or not happens_by(word, event, self.vocabulary)
        }


@dataclass(frozen=True, eq=False, slots=True)
class Answered:
    """What an analysis adds to the result.

    Attributes
    ----------
    frames, risk_tables
        Rows of the table of estimates and of the tables under the curves.
    findings
        What was noticed.
    citations
        Keys of the sources of the methods used.
    tests
        Rows of the table of hypothesis tests.
    """

    frames: tuple[pl.DataFrame, ...]
    risk_tables: tuple[pl.DataFrame, ...] = ()
    findings: tuple[Finding, ...] = ()
    citations: tuple[str, ...] = ()
    tests: tuple[pl.DataFrame, ...] = ()


def courses(protocol: Protocol, cohort: Cohort, enrolment: Enrolment, plan: Plan) -> dict[str, History]:
    """Weighted course of the enrolled patients through each structure that the protocol's outcomes need."""
    names = [protocol.structure, *(cohort.vocabulary.outcomes[name].structure for name in protocol.outcomes)]
    names += [cohort.vocabulary.outcomes[panel.outcome].structure for panel in protocol.four_estimands]
    if protocol.prognosis is not None:
        names += [cohort.vocabulary.outcomes[name].structure for name in protocol.prognosis.outcomes]
    return {name: weighted_course(cohort, name, enrolment.time_zero, plan) for name in dict.fromkeys(names)}


def weighted_course(cohort: Cohort, structure: str, time_zero: Float64, plan: Plan) -> History:
    """Course from one time zero a patient, with the plan's case weights."""
    history = event_history(cohort, structure, time_zero=time_zero)
    return history if plan.weight is None else history.with_weight(plan.weight)
