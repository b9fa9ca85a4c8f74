"""Who reaches each step of a funnel, when, and what becomes of them from there."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from equipoise.cohort.history import History
from equipoise.estimate.analysis import Analysis, weighted_course
from equipoise.estimate.exits import first_exits
from equipoise.estimate.first_exit import FirstExit
from equipoise.protocol.plan import Funnel

Float64 = NDArray[np.float64]
REACHED = 1
ONWARD = "at the next step"


@dataclass(frozen=True, eq=False, slots=True)
class Stage:
    """Those who reached one step.

    Attributes
    ----------
    name
        The step's record.
    day : float64[n], day of the step; NaN for the others
    outcome
        From the step to the loss of the outcome, of those observed after it.
    reached
        Patients who reached the step.
    holding
        Patients of these in whom the outcome still held when observation ended.
    """

    name: str
    day: Float64
    outcome: FirstExit
    reached: int
    holding: int


def strategies(asked: Funnel) -> tuple[str, str]:
    """Names of the analyses of a funnel: of all from the origin, and of those who got to the last step."""
    return f"from {asked.origin}", f"from {asked.steps[-1]} after {asked.origin}"


def origin_days(asked: Funnel, analysis: Analysis) -> Float64:
    """Day on which each patient's funnel begins: float64[patients]; NaN where it does not.

    A funnel is about enrolled patients whose first record of the origin is not before time zero.
    """
    first = analysis.cohort.first_day(asked.origin)
    return np.where(first >= analysis.enrolment.time_zero, first, np.nan)


def stages_of(asked: Funnel, analysis: Analysis) -> list[Stage]:
    """One stage for the origin and each step; a stage's clock starts on the day that its step was reached."""
    word = analysis.vocabulary.outcomes[asked.outcome]
    stages: list[Stage] = []
    day = origin_days(asked, analysis)
    for name, following in zip((asked.origin, *asked.steps), (*asked.steps, None), strict=True):
        history = weighted_course(analysis.cohort, word.structure, day, analysis.plan)
        outcome = _left(history, word.states)
        inside = [history.index(state) for state in word.states]
        holding = int(np.isin(history.initial_state, inside).sum()) - int((outcome.cause > 0).sum())
        # At the origin those count who are observed after it; at a step all who are seen to reach it.
        reached = int((~np.isnan(day)).sum()) if stages else outcome.n
        stages.append(Stage(name, day, outcome, reached, holding))
        if following is not None:
            after = analysis.cohort.first_day(following, after=day)
            onward = _onward(history.divert(after, ONWARD, before=following), word.states)
            got_there = np.zeros(day.shape, dtype=np.bool_)
            got_there[onward.patient[onward.cause == REACHED]] = True
            day = np.where(got_there, after, np.nan)
    return stages


def waiting_for(asked: Funnel, stages: Sequence[Stage], step: int, analysis: Analysis) -> FirstExit:
    """From the origin to a step, whatever steps lie between, or the loss of the outcome before it."""
    word = analysis.vocabulary.outcomes[asked.outcome]
    history = weighted_course(analysis.cohort, word.structure, stages[0].day, analysis.plan)
    diverted = history.divert(stages[step].day, ONWARD, before=asked.steps[step - 1])
    return _onward(diverted, word.states)


def _left(history: History, states: Sequence[str]) -> FirstExit:
    outside = [name for name in history.state_names if name not in states]
    return first_exits(history, states, {"event": outside})


def _onward(history: History, states: Sequence[str]) -> FirstExit:
    outside = [name for name in history.state_names if name not in states and name != ONWARD]
    return first_exits(history, states, {"onward": [ONWARD], "event": outside})
