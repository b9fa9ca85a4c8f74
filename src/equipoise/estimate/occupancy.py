"""State occupancy: the probability of being in a state, or a set of states, on a day (Aalen-Johansen).

It may fall and rise again; a patient who comes back counts again. Interval on the logit scale.
"""

from collections.abc import Sequence
from typing import Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from equipoise.base.clock import Clock
from equipoise.base.findings import Finding, finding
from equipoise.cohort.history import History
from equipoise.estimate.answers import Numbers, Question, answer
from equipoise.estimate.bands import band
from equipoise.estimate.counts import Counts, last_observed_day, sums_at_risk
from equipoise.estimate.plan import Plan, last_ticks, risk_ticks
from equipoise.kernels.aalen_johansen import Occupation, aalen_johansen, probability_at
from equipoise.kernels.influence import standard_error
from equipoise.kernels.rows import NO_TARGET, Rows
from equipoise.kernels.variance import aalen, greenwood

METHOD = "Aalen-Johansen"
CITATIONS = ("aalen1978", "putter2007")
SETTLED_UNTIL = 1  # last tick of the day of time zero; no other row ends there


def occupation_of(history: History) -> tuple[Rows, Occupation] | None:
    """Rows of a course and its occupation probabilities from tick 0 on.

    When all who are observed at the start share one state, as after most time zeros, that state is given and
    not estimated. When nobody is, the state is given if the records of all put them into one; otherwise the
    initial probabilities are unknown and so is everything after them: None.
    """
    rows = _with_settled_at_start(history)
    first = np.unique(rows.origin[rows.start <= 0])
    if not first.size:
        first = np.unique(history.initial_state[history.enrolled & (history.weight > 0)])
        if first.size > 1:
            return None
    given = np.eye(rows.states)[first[0]] if first.size == 1 else None
    return rows, aalen_johansen(rows, initial=given)


def unknown_start(table: str) -> Finding:
    """E116: nobody is observed at time zero, and the records do not agree on one state."""
    message = (
        f"'{table}': nobody is observed at time zero, and by their records patients are in several states."
    )
    return finding("E116", table, message)


def _with_settled_at_start(history: History) -> Rows:
    """Rows at risk, and one of half a tick for whoever is observed at tick 0 in a state that nobody leaves.

    These are never at risk, but their share belongs to the initial probabilities.
    """
    rows, windows = history.rows, history.windows
    observed = np.unique(windows.patient[windows.start == 0])
    settled = observed[history.absorbing[history.initial_state[observed]] & (history.weight[observed] > 0)]
    if not settled.size:
        return rows
    none = np.full(settled.size, NO_TARGET, dtype=np.int16)
    return Rows.build(
        np.concatenate((rows.patient, settled)),
        np.concatenate((rows.start, np.zeros(settled.size, dtype=np.int32))),
        np.concatenate((rows.stop, np.full(settled.size, SETTLED_UNTIL, dtype=np.int32))),
        np.concatenate((rows.origin, history.initial_state[settled])),
        np.concatenate((rows.target, none)),
        np.concatenate((rows.weight, history.weight[settled])),
        states=rows.states,
        patients=rows.patients,
    )


def occupation_error(
    rows: Rows,
    occupation: Occupation,
    plan: Plan,
    *,
    contrast: NDArray[np.float64],
    ties: Literal["poisson", "hypergeometric"] = "poisson",
) -> NDArray[np.float64]:
    """Standard errors float64[T, F] of P @ contrast on the report days, by the variance of the plan.

    Aalen's variance takes tied moves as Poisson counts, as R's mstate, or with `ties` "hypergeometric" as
    R's cmprsk takes competing events.
    """
    if plan.variance == "ij":
        return standard_error(rows, occupation, plan.ticks, cluster=plan.cluster, contrast=contrast)
    if plan.variance == "greenwood":
        covariance = greenwood(occupation)
    else:
        covariance = aalen(occupation, ties=ties, product="after" if ties == "poisson" else "before")
    start = np.zeros((1, rows.states, rows.states))
    place = np.searchsorted(occupation.time, plan.ticks, side="right")
    at_days = np.concatenate((start, covariance))[place]
    variance = np.einsum("sf,tsr,rf->tf", contrast, at_days, contrast, optimize=False)
    return np.sqrt(np.maximum(variance, 0.0))


def occupancy(
    questions: Sequence[Question],
    rows: Rows,
    occupation: Occupation,
    groups: Sequence[tuple[int, ...]],
    plan: Plan,
) -> pl.DataFrame:
    """Probability of being in each group of states on the report days: rows of the table of estimates.

    Parameters
    ----------
    questions
        One a group.
    rows, occupation
        The rows and what was computed from them (`occupation_of`).
    groups
        Numbers of the states of each group.
    plan
        Report days, level and variance.
    """
    contrast = contrast_of(groups, rows.states)
    value = np.clip(probability_at(occupation, plan.ticks) @ contrast, 0.0, 1.0)
    error = occupation_error(rows, occupation, plan, contrast=contrast)
    never = np.zeros(plan.days.size, dtype=np.bool_)
    method = f"{METHOD}, {plan.variance_label}"
    blocks: list[pl.DataFrame] = []
    for place, (question, states) in enumerate(zip(questions, groups, strict=True)):
        counts = occupancy_counts(rows, states, plan.days, plan.clock)
        limits = band(value[:, place], error[:, place], plan, default="logit")
        numbers = Numbers(counts, value[:, place], limits, never, about="state")
        blocks.append(answer(question, numbers, plan, measure="state_probability", method=method))
    return pl.concat(blocks)


def contrast_of(groups: Sequence[tuple[int, ...]], states: int) -> NDArray[np.float64]:
    """Sum of the states of each group as a contrast: float64[S, groups]."""
    contrast = np.zeros((states, len(groups)))
    for place, group in enumerate(groups):
        contrast[list(group), place] = 1.0
    return contrast


def occupancy_counts(rows: Rows, states: tuple[int, ...], days: NDArray[np.float64], clock: Clock) -> Counts:
    """At risk = under observation; events = last seen in the states; censored = no longer observed."""
    ticks = risk_ticks(days, clock)
    total, weight, square = sums_at_risk(rows.start, rows.stop, rows.weight, ticks)
    here, there = np.isin(rows.origin, states), np.isin(rows.target, states)
    entered, left = there & ~here, here & (rows.target >= 0) & ~there
    # Whoever comes back from a gap is where the rows say, however unseen the move.
    was = np.append(False, np.where(rows.target >= 0, there, here)[:-1])
    first = first_rows(rows)
    begin, gone = here & (first | ~was), ~here & ~first & was
    until = last_ticks(days, clock)

    def so_far(ticks_of: NDArray[np.int32]) -> NDArray[np.int64]:
        return np.searchsorted(np.sort(ticks_of), until, side="right")

    inside = so_far(rows.start[begin]) + so_far(rows.stop[entered])
    inside = inside - so_far(rows.stop[left]) - so_far(rows.start[gone])
    return Counts(
        days,
        total,
        np.divide(weight**2, square, out=np.zeros(days.size), where=square > 0),
        inside,
        so_far(rows.stop[last_rows(rows) & (rows.target < 0) & (rows.stop > SETTLED_UNTIL)]),
        int(first_rows(rows).sum()),
        last_observed_day(rows.stop, clock),
    )


def first_rows(rows: Rows) -> NDArray[np.bool_]:
    """Whether a row is the first of its patient (rows are in canonical order)."""
    first = np.ones(rows.size, dtype=np.bool_)
    first[1:] = rows.patient[1:] != rows.patient[:-1]
    return first


def last_rows(rows: Rows) -> NDArray[np.bool_]:
    """Whether a row is the last of its patient (rows are in canonical order)."""
    last = np.ones(rows.size, dtype=np.bool_)
    last[:-1] = rows.patient[1:] != rows.patient[:-1]
    return last


def emptied_risk_sets(history: History, occupation: Occupation, plan: Plan, table: str) -> list[Finding]:
    """E104 for each state that nobody is observed in while it has probability, up to the last report day."""
    before = np.concatenate((occupation.initial[np.newaxis], occupation.probability))[:-1]
    empty = (occupation.at_risk <= 0) & (before > 1e-12) & ~history.absorbing
    empty &= (occupation.time <= plan.ticks[-1])[:, np.newaxis]
    return [
        finding(
            "E104",
            table,
            f"Nobody is observed in '{history.state_names[state]}' at {int(empty[:, state].sum())} times at "
            f"which others move, while up to {100 * float(before[empty[:, state], state].max()):.0f} in 100 "
            "should be there.",
        )
        for state in np.flatnonzero(empty.any(axis=0))
    ]
