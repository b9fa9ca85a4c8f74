"""State occupancy: the probability of being in a state, or in a set of states, on a day (full Aalen-Johansen).

It may fall and rise again; a patient who comes back counts again. Interval on the logit scale.
"""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from equipoise.base.clock import Clock
from equipoise.base.findings import Finding, FindingStatus, finding
from equipoise.estimate.answers import NO_INTERVAL, Numbers, Question, answer
from equipoise.estimate.counts import Counts, last_observed_day, read_status, sums_at_risk
from equipoise.estimate.plan import Plan, last_ticks, risk_ticks
from equipoise.kernels.aalen_johansen import Occupation, aalen_johansen, probability_at
from equipoise.kernels.influence import standard_error
from equipoise.kernels.intervals import logit
from equipoise.kernels.rows import Rows
from equipoise.kernels.variance import aalen, greenwood

METHOD = "Aalen-Johansen"
CITATIONS = ("aalen1978", "putter2007")


def occupation_of(rows: Rows) -> Occupation:
    """Occupation probabilities from tick 0 on.

    When all who are observed at the start share one state, as after most time zeros, that state is given and not
    estimated.
    """
    at_start = rows.start <= 0
    first = np.unique(rows.origin[at_start])
    return aalen_johansen(rows, initial=np.eye(rows.states)[first[0]] if first.size == 1 else None)


def occupation_error(
    rows: Rows, occupation: Occupation, plan: Plan, *, contrast: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Standard errors float64[T, F] of P @ contrast on the report days, by the variance of the plan."""
    if plan.variance == "ij":
        return standard_error(rows, occupation, plan.ticks, cluster=plan.cluster, contrast=contrast)
    covariance = greenwood(occupation) if plan.variance == "greenwood" else aalen(occupation)
    start = np.zeros((1, rows.states, rows.states))
    place = np.searchsorted(occupation.time, plan.ticks, side="right")
    at_days = np.concatenate((start, covariance))[place]
    variance = np.einsum("sf,tsr,rf->tf", contrast, at_days, contrast, optimize=False)
    return np.sqrt(np.maximum(variance, 0.0))


def occupancy(
    question: Question, rows: Rows, occupation: Occupation, states: tuple[int, ...], plan: Plan
) -> pl.DataFrame:
    """Probability of being in any of `states` on the report days: rows of the table of estimates."""
    contrast = np.zeros((rows.states, 1))
    contrast[list(states)] = 1.0
    value = np.clip((probability_at(occupation, plan.ticks) @ contrast)[:, 0], 0.0, 1.0)
    error = occupation_error(rows, occupation, plan, contrast=contrast)[:, 0]
    numbers = _numbers(value, error, occupancy_counts(rows, states, plan.days, plan.clock), plan)
    method = f"{METHOD}, {plan.variance_label}"
    return answer(question, numbers, measure="state_probability", method=method, level=plan.level)


def occupancy_counts(rows: Rows, states: tuple[int, ...], days: NDArray[np.float64], clock: Clock) -> Counts:
    """At risk = under observation; events = patients in the states; censored is not counted here."""
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
        np.zeros(days.size, dtype=np.int64),
        int(np.unique(rows.patient).size),
        last_observed_day(rows.stop, clock),
    )


def first_rows(rows: Rows) -> NDArray[np.bool_]:
    """Whether a row is the first of its patient (rows are in canonical order)."""
    first = np.ones(rows.size, dtype=np.bool_)
    first[1:] = rows.patient[1:] != rows.patient[:-1]
    return first


def emptied_risk_sets(
    rows: Rows, occupation: Occupation, names: tuple[str, ...], table: str
) -> list[Finding]:
    """E104 for each state that is left by some, holds probability, and is observed in nobody on a transition tick."""
    can_leave = np.zeros(rows.states, dtype=np.bool_)
    can_leave[occupation.origin] = True
    before = np.concatenate((occupation.initial[np.newaxis], occupation.probability))[:-1]
    empty = (occupation.at_risk <= 0) & (before > 1e-12) & can_leave
    return [
        finding(
            "E104",
            table,
            f"Nobody is observed in '{names[state]}' at {int(empty[:, state].sum())} times at which others move, "
            f"while up to {100 * float(before[empty[:, state], state].max()):.0f} in 100 should be there.",
        )
        for state in np.flatnonzero(empty.any(axis=0))
    ]


def _numbers(value: NDArray[np.float64], error: NDArray[np.float64], counts: Counts, plan: Plan) -> Numbers:
    known = counts.reached()
    bounded = known & (value > 0) & (value < 1) & (error > 0)
    lower, upper = logit(value, error, plan.level)
    status = read_status(counts, known, np.zeros(value.size, dtype=np.bool_))
    for place in np.flatnonzero(known & ~bounded & (counts.day > 0)):
        status[place] = FindingStatus.NO_INTERVAL if status[place] is FindingStatus.OK else status[place]
    return Numbers(
        plan.days,
        np.where(known, value, np.nan),
        np.where(bounded, error, np.nan),
        np.where(bounded, lower, np.nan),
        np.where(bounded, upper, np.nan),
        counts.ess,
        counts.events,
        counts.at_risk,
        counts.n,
        ["logit" if b else NO_INTERVAL for b in bounded],
        [
            "E105" if not k else "E113" if not b and day > 0 else None
            for k, b, day in zip(known, bounded, counts.day, strict=True)
        ],
        status,
    )
