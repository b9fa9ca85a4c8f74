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
from equipoise.kernels.rows import Rows
from equipoise.kernels.variance import aalen, greenwood

METHOD = "Aalen-Johansen"
CITATIONS = ("aalen1978", "putter2007")


def occupation_of(rows: Rows) -> Occupation:
    """Occupation probabilities from tick 0 on.

    When all who are observed at the start share one state, as after most time zeros, that state is given and
    not estimated.
    """
    at_start = rows.start <= 0
    first = np.unique(rows.origin[at_start])
    return aalen_johansen(rows, initial=np.eye(rows.states)[first[0]] if first.size == 1 else None)


def occupation_error(
    rows: Rows,
    occupation: Occupation,
    plan: Plan,
    *,
    contrast: NDArray[np.float64],
    ties: Literal["poisson", "hypergeometric"] = "poisson",
) -> NDArray[np.float64]:
    """Standard errors float64[T, F] of P @ contrast on the report days, by the variance of the plan.

    `ties` is how Aalen's variance takes tied moves: as Poisson counts, or as R's cmprsk takes competing
    events.
    """
    if plan.variance == "ij":
        return standard_error(rows, occupation, plan.ticks, cluster=plan.cluster, contrast=contrast)
    covariance = greenwood(occupation) if plan.variance == "greenwood" else aalen(occupation, ties=ties)
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
    entered = np.isin(rows.target, states) & ~np.isin(rows.origin, states)
    left = np.isin(rows.origin, states) & (rows.target >= 0) & ~np.isin(rows.target, states)
    begin = np.isin(rows.origin, states) & first_rows(rows)
    until = last_ticks(days, clock)

    def so_far(ticks_of: NDArray[np.int32]) -> NDArray[np.int64]:
        return np.searchsorted(np.sort(ticks_of), until, side="right")

    inside = so_far(rows.start[begin]) + so_far(rows.stop[entered]) - so_far(rows.stop[left])
    return Counts(
        days,
        total,
        np.divide(weight**2, square, out=np.zeros(days.size), where=square > 0),
        inside,
        so_far(rows.stop[last_rows(rows) & (rows.target < 0)]),
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
