"""Survival: the probability of never having left a set of states, by Kaplan-Meier on the lumped structure.

S(t) with the variance of the plan; log-log interval; where fewer than five events have happened, or S is 0 or 1,
the beta-product interval (Fay, Brittain and Proschan 2013) if all weights are 1, units independent and nobody enters
late, else no interval.
"""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from equipoise.base.findings import FindingStatus
from equipoise.estimate.answers import NO_INTERVAL, Numbers, Question, answer
from equipoise.estimate.counts import FEW_EVENTS, Counts, count, read_status
from equipoise.estimate.first_exit import CENSORED, FirstExit
from equipoise.estimate.plan import Plan
from equipoise.kernels.aalen_johansen import aalen_johansen
from equipoise.kernels.beta_product import bpcp_at
from equipoise.kernels.influence import standard_error
from equipoise.kernels.intervals import loglog
from equipoise.kernels.product_limit import ProductLimit, kaplan_meier, survival_at

METHOD = "Kaplan-Meier"
CITATIONS = ("kaplan1958", "fay2013")
INSIDE = np.array([[1.0], [0.0]])


def survival_curve(spells: FirstExit) -> ProductLimit:
    """Kaplan-Meier curve of staying inside, whatever the cause of exit."""
    return kaplan_meier(spells.stop, spells.cause != CENSORED, start=spells.start, weight=spells.weight)


def survival(question: Question, spells: FirstExit, plan: Plan) -> pl.DataFrame:
    """Survival on the report days: rows of the table of estimates."""
    together = spells.all_causes()
    curve = survival_curve(together)
    numbers = survival_numbers(together, curve, plan)
    method = f"{METHOD}, {plan.variance_label}"
    return answer(question, numbers, measure="survival", method=method, level=plan.level)


def survival_numbers(spells: FirstExit, curve: ProductLimit, plan: Plan) -> Numbers:
    """Numbers behind `survival`."""
    counts = count(spells, plan.days, plan.clock)
    value = survival_at(curve, plan.ticks)
    error = survival_error(spells, curve, plan.ticks, plan)
    settled = value <= 0
    known = counts.reached() | settled
    lower, upper = loglog(value, error, plan.level)
    bounded = (value > 0) & (value < 1)
    few = (counts.events < FEW_EVENTS) | ~bounded
    exact = few & known & (counts.day > 0 if counts.events[0] == 0 else np.bool_(True))
    exact &= plan.independent and not spells.delayed
    if exact.any():
        low, high = bpcp_at(curve, plan.ticks, level=plan.level)
        lower, upper = np.where(exact, low, lower), np.where(exact, high, upper)
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
        ["beta product" if e else "log-log" if h else NO_INTERVAL for e, h in zip(exact, has, strict=True)],
        _findings(counts, known, exact, has),
        _status(counts, known, settled, exact, has),
    )


def survival_error(
    spells: FirstExit, curve: ProductLimit, ticks: NDArray[np.int32], plan: Plan
) -> NDArray[np.float64]:
    """Standard errors of S at `ticks`: float64[T], by the variance of the plan."""
    if plan.variance == "ij":
        rows = spells.rows()
        occupation = aalen_johansen(rows, initial=[1.0, 0.0])
        return standard_error(rows, occupation, ticks, cluster=plan.cluster, contrast=INSIDE)[:, 0]
    place = np.searchsorted(curve.time, ticks, side="right")
    variance = curve.greenwood if plan.variance == "greenwood" else curve.survival**2 * curve.aalen
    return np.sqrt(np.concatenate(([0.0], variance))[place])


def _status(
    counts: Counts,
    known: NDArray[np.bool_],
    settled: NDArray[np.bool_],
    exact: NDArray[np.bool_],
    has: NDArray[np.bool_],
) -> list[FindingStatus]:
    status = read_status(counts, known, settled)
    for place, sentence in enumerate(status):
        if sentence is FindingStatus.OK:
            if exact[place]:
                status[place] = FindingStatus.FEW_EVENTS
            elif not has[place] and counts.day[place] > 0:
                status[place] = FindingStatus.NO_INTERVAL
    return status


def _findings(
    counts: Counts, known: NDArray[np.bool_], exact: NDArray[np.bool_], has: NDArray[np.bool_]
) -> list[str | None]:
    return [
        "E105" if not k else "E103" if e else "E113" if not h and day > 0 else None
        for k, e, h, day in zip(known, exact, has, counts.day, strict=True)
    ]
