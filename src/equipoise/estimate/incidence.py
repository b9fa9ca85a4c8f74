"""Cumulative incidence of a cause of exit while the other causes compete (Aalen-Johansen of the star).

Interval on the scale log(-log(1 - F)). Without any event of the cause F is 0 and the upper limit is one minus the
beta-product lower limit of the curve of that cause alone, which is never below the incidence: conservative.
"""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from equipoise.base.findings import FindingStatus
from equipoise.estimate.answers import NO_INTERVAL, Numbers, Question, answer
from equipoise.estimate.counts import FEW_EVENTS, Counts, count, read_status
from equipoise.estimate.first_exit import FirstExit
from equipoise.estimate.occupancy import occupation_error
from equipoise.estimate.plan import Plan
from equipoise.estimate.survival import survival_curve
from equipoise.kernels.aalen_johansen import aalen_johansen, probability_at
from equipoise.kernels.beta_product import bpcp_at
from equipoise.kernels.intervals import cloglog
from equipoise.kernels.product_limit import survival_at

METHOD = "Aalen-Johansen"
CITATIONS = ("aalen1978", "putter2007")


def incidence(question: Question, spells: FirstExit, plan: Plan, *, cause: int = 1) -> pl.DataFrame:
    """Cumulative incidence of one cause on the report days: rows of the table of estimates."""
    numbers = incidence_numbers(spells, plan, cause)
    method = f"{METHOD}, {plan.variance_label}"
    return answer(question, numbers, measure="cumulative_incidence", method=method, level=plan.level)


def incidence_numbers(spells: FirstExit, plan: Plan, cause: int) -> Numbers:
    """Numbers behind `incidence`."""
    rows = spells.rows()
    initial = np.eye(rows.states)[0]
    occupation = aalen_johansen(rows, initial=initial)
    probability = probability_at(occupation, plan.ticks)
    value = np.clip(probability[:, cause], 0.0, 1.0)
    error = occupation_error(rows, occupation, plan, contrast=np.eye(rows.states)[:, [cause]])[:, 0]
    counts = count(spells, plan.days, plan.clock, cause=cause)
    settled = probability[:, 0] <= 1e-12
    known = counts.reached() | settled
    bounded = (value > 0) & (value < 1)
    lower, upper = cloglog(value, error, plan.level)
    exact = known & (counts.events == 0) & (counts.day > 0) & plan.independent & (not spells.delayed)
    if exact.any():
        alone = survival_curve(spells.only(cause))
        low, _ = bpcp_at(alone, plan.ticks, level=plan.level)
        lower, upper = np.where(exact, 0.0, lower), np.where(exact, 1 - low, upper)
    has = known & (bounded | exact)
    return Numbers(
        plan.days,
        np.where(known, value, np.nan),
        np.where(known & bounded, error, np.nan),
        np.where(has, lower, np.nan),
        np.where(has, upper, np.nan),
        counts.ess,
        counts.events,
        counts.at_risk,
        counts.n,
        [
            "beta product of the cause alone" if e else "log-log of 1 - F" if h else NO_INTERVAL
            for e, h in zip(exact, has, strict=True)
        ],
        _findings(counts, known, has),
        _status(counts, known, settled, exact, has),
    )


def one_minus_survival(question: Question, spells: FirstExit, plan: Plan, *, cause: int = 1) -> pl.DataFrame:
    """The wrong number that is often printed: one minus Kaplan-Meier with competing events censored."""
    alone = spells.only(cause)
    counts = count(alone, plan.days, plan.clock)
    value = 1 - survival_at(survival_curve(alone), plan.ticks)
    settled = value >= 1
    known = counts.reached() | settled
    nothing = np.full(plan.days.size, np.nan)
    numbers = Numbers(
        plan.days,
        np.where(known, value, np.nan),
        nothing,
        nothing,
        nothing,
        counts.ess,
        counts.events,
        counts.at_risk,
        counts.n,
        [NO_INTERVAL] * plan.days.size,
        [None] * plan.days.size,
        read_status(counts, known, settled),
    )
    method = "1 - Kaplan-Meier, competing events censored"
    return answer(question, numbers, measure="one_minus_survival", method=method, level=plan.level)


def _status(
    counts: Counts,
    known: NDArray[np.bool_],
    settled: NDArray[np.bool_],
    exact: NDArray[np.bool_],
    has: NDArray[np.bool_],
) -> list[FindingStatus]:
    status = read_status(counts, known, settled)
    for place, sentence in enumerate(status):
        if sentence is FindingStatus.OK and counts.day[place] > 0:
            if exact[place]:
                status[place] = FindingStatus.FEW_EVENTS
            elif not has[place]:
                status[place] = FindingStatus.NO_INTERVAL
    return status


def _findings(counts: Counts, known: NDArray[np.bool_], has: NDArray[np.bool_]) -> list[str | None]:
    few = (counts.events < FEW_EVENTS) & (counts.day > 0)
    return [
        "E105" if not k else "E103" if h and f else "E113" if not h and day > 0 else None
        for k, h, f, day in zip(known, has, few, counts.day, strict=True)
    ]
