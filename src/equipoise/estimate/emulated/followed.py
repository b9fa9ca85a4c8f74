"""An outcome under strategies: its rows, and the numbers that are asked of its weighted course."""

from dataclasses import dataclass

import numpy as np

from equipoise.base.clock import TICKS_PER_UNIT
from equipoise.cohort.history import History
from equipoise.estimate.analysis import Analysis
from equipoise.estimate.exits import INSIDE, outcome_causes, star
from equipoise.estimate.handling import handle
from equipoise.estimate.plan import risk_ticks
from equipoise.kernels.arrays import Bool, Float64, Int32
from equipoise.kernels.rows import Rows
from equipoise.kernels.weighted_occupation import Asked, Frame, frame
from equipoise.language.outcome import OutcomeKind

MEASURE = {
    OutcomeKind.SURVIVAL: "survival",
    OutcomeKind.CUMULATIVE_INCIDENCE: "cumulative_incidence",
    OutcomeKind.OCCUPANCY: "state_probability",
}
AREA = {
    OutcomeKind.SURVIVAL: "restricted_mean",
    OutcomeKind.CUMULATIVE_INCIDENCE: "time_lost",
    OutcomeKind.OCCUPANCY: "restricted_mean",
}


@dataclass(frozen=True, slots=True)
class Number:
    """One answer: a measure of an outcome (or a cause of it) on a day.

    Attributes
    ----------
    outcome
        Name of the outcome; ``<outcome>:<state>`` for the part due to a cause.
    measure
        As in the table of estimates.
    day
        Day after time zero, or horizon.
    """

    outcome: str
    measure: str
    day: float


@dataclass(frozen=True, eq=False, repr=False, slots=True)
class Followed:
    """Rows of an outcome from time zero, with all that is asked.

    Attributes
    ----------
    name, kind
        The outcome.
    rows
        Rows at risk, of weight 1.
    laid
        The same for the kernels.
    days : float64[E]
        Day of each transition tick.
    numbers
        The F answers in words.
    asked
        The same for the kernels.
    inside, counted : bool[S]
        States in which people are at risk, and those that count as the event.
    ticks : int32[T]
        Ticks just before which those at risk on the report days are counted.
    """

    name: str
    kind: OutcomeKind
    rows: Rows
    laid: Frame
    days: Float64
    numbers: tuple[Number, ...]
    asked: Asked
    inside: Bool
    counted: Bool
    ticks: Int32

    def __repr__(self) -> str:
        """Sizes only, nothing about a patient."""
        return f"Followed({self.name}: {self.rows.size} rows, {len(self.numbers)} answers)"


def followed(name: str, analysis: Analysis) -> Followed:
    """Rows and questions of an outcome; what a strategy decides is followed through."""
    word = analysis.vocabulary.outcomes[name]
    decided = {one.intervention for one in analysis.protocol.treatments}
    own = analysis.handlings_of(name, analysis.handlings)
    handled = handle(
        analysis.histories[word.structure],
        analysis.cohort,
        {event: how for event, how in own.items() if event not in decided},
    )
    if word.kind is OutcomeKind.OCCUPANCY:
        history, answer = handled.history, tuple(word.states)
        inside = np.isin(history.state_names, word.states)
        return _followed(name, word.kind, analysis, (history, {name: answer}, inside, inside))
    if word.kind is OutcomeKind.CUMULATIVE_INCIDENCE:
        history = star(handled.history, word.follows, outcome_causes(word, handled))
        inside = np.isin(history.state_names, [INSIDE])
        counted = np.isin(history.state_names, ["event"])
        return _followed(name, word.kind, analysis, (history, {name: ("event",)}, inside, counted))
    outside = [state for state in handled.history.state_names if state not in word.follows]
    history = star(handled.history, word.follows, {state: [state] for state in outside})
    inside = np.isin(history.state_names, [INSIDE])
    answers = {name: (INSIDE,), **{f"{name}:{state}": (state,) for state in outside}}
    return _followed(name, word.kind, analysis, (history, answers, inside, ~inside))


def _followed(
    name: str,
    kind: OutcomeKind,
    analysis: Analysis,
    course: tuple[History, dict[str, tuple[str, ...]], Bool, Bool],
) -> Followed:
    history, answers, inside, counted = course
    plan = analysis.plan
    rows = history.unweighted().rows
    initial = _initial(history, inside, is_state=kind is OutcomeKind.OCCUPANCY)
    numbers: list[Number] = []
    ticks: list[int] = []
    states: list[Bool] = []
    reached = _reached(rows)
    for outcome, members in answers.items():
        which = np.isin(history.state_names, members)
        is_part = outcome != name
        if is_part and not bool(which[reached].any()):
            continue
        if not is_part:
            numbers += [Number(outcome, MEASURE[kind], float(day)) for day in plan.days]
            ticks += [int(tick) for tick in plan.ticks]
            states += [which] * plan.days.size
        measure = "time_lost" if is_part else AREA[kind]
        numbers += [Number(outcome, measure, float(day)) for day in plan.horizons]
        ticks += [0] * plan.horizons.size
        states += [which] * plan.horizons.size
    laid = frame(rows, initial)
    asked = Asked(
        np.array(ticks, dtype=np.int32),
        np.array([one.day for one in numbers]),
        np.array(states, dtype=np.float64),
        np.array([one.measure in ("restricted_mean", "time_lost") for one in numbers]),
    )
    days = (laid.time // TICKS_PER_UNIT).astype(np.float64) * plan.clock.resolution
    at = risk_ticks(plan.days, plan.clock)
    return Followed(name, kind, rows, laid, days, tuple(numbers), asked, inside, counted, at)


def _reached(rows: Rows) -> list[int]:
    return sorted({int(state) for state in np.unique(rows.target) if state >= 0})


def _initial(history: History, inside: Bool, *, is_state: bool) -> Float64:
    """Where people are at time zero: inside, for a first exit; else the shares of those enrolled."""
    if not is_state:
        return inside.astype(np.float64)
    states = history.initial_state[history.enrolled]
    shares = np.bincount(states, minlength=len(history.state_names)).astype(np.float64)
    return shares / shares.sum()
