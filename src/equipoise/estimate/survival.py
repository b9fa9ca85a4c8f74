"""Survival: the probability of never having left a set of states, by Kaplan-Meier on the lumped structure.

S(t) with the variance of the plan and a log-log interval. Where fewer than five events have happened, or S is
0 or 1: the beta-product interval (Fay, Brittain and Proschan 2013) if all weights are 1, the units
independent and nobody enters late.
"""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from equipoise.base.clock import Clock
from equipoise.estimate.answers import FEW_EVENTS, Numbers, Question, answer
from equipoise.estimate.bands import Exact, band
from equipoise.estimate.counts import count
from equipoise.estimate.first_exit import CENSORED, FirstExit
from equipoise.estimate.plan import Plan
from equipoise.kernels.aalen_johansen import aalen_johansen
from equipoise.kernels.beta_product import bpcp_at
from equipoise.kernels.influence import standard_error
from equipoise.kernels.product_limit import ProductLimit, kaplan_meier, survival_at

METHOD = "Kaplan-Meier"
CITATIONS = ("kaplan1958", "fay2013")


def survival_curve(spells: FirstExit) -> ProductLimit:
    """Kaplan-Meier curve of staying inside, whatever the cause of exit."""
    return kaplan_meier(spells.stop, spells.cause != CENSORED, start=spells.start, weight=spells.weight)


def emptied_from(spells: FirstExit, clock: Clock) -> float:
    """Day on which the last one at risk leaves although others come under observation later; else infinity.

    From there on the product is 0 for want of data, whatever those others come to.
    """
    curve = survival_curve(spells)
    ends = curve.time[curve.survival <= 0][:1]
    stands = ends.size > 0 and bool((spells.stop > ends[0]).any())
    return float(clock.days(ends)[0]) if stands else np.inf


def survival(question: Question, spells: FirstExit, plan: Plan) -> pl.DataFrame:
    """Survival on the report days: rows of the table of estimates."""
    numbers = survival_numbers(spells.all_causes(), plan)
    return answer(question, numbers, plan, measure="survival", method=f"{METHOD}, {plan.variance_label}")


def survival_numbers(spells: FirstExit, plan: Plan) -> Numbers:
    """Numbers behind `survival`, for spells with one cause of exit."""
    counts = count(spells, plan.days, plan.clock)
    curve = survival_curve(spells)
    value = survival_at(curve, plan.ticks)
    error = survival_error(spells, curve, plan.ticks, plan)
    few = (counts.events < FEW_EVENTS) | (value <= 0)
    # On day 0 the probability is 1 by definition, unless somebody leaves on that very day.
    uncertain = (counts.day > 0) | (counts.events > 0)
    exact = Exact(
        few & uncertain & (plan.independent and not spells.delayed),
        *bpcp_limits(curve, plan),
        name="beta product",
    )
    limits = band(value, error, plan, default="loglog", exact=exact)
    return Numbers(counts, value, limits, value <= 0, emptied_from=emptied_from(spells, plan.clock))


def bpcp_limits(curve: ProductLimit, plan: Plan) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Beta-product limits on the report days, or [0, 1] for a curve that does not count equal patients."""
    if not plan.independent:
        return np.zeros(plan.days.size), np.ones(plan.days.size)
    return bpcp_at(curve, plan.ticks, level=plan.level)


def survival_error(
    spells: FirstExit, curve: ProductLimit, ticks: NDArray[np.int32], plan: Plan
) -> NDArray[np.float64]:
    """Standard errors of S at `ticks`: float64[T], by the variance of the plan."""
    if plan.variance == "ij":
        rows = spells.rows()
        occupation = aalen_johansen(rows, initial=[1.0, 0.0])
        inside = np.array([[1.0], [0.0]])
        return standard_error(rows, occupation, ticks, cluster=plan.cluster, contrast=inside)[:, 0]
    place = np.searchsorted(curve.time, ticks, side="right")
    variance = curve.greenwood if plan.variance == "greenwood" else curve.survival**2 * curve.aalen
    return np.sqrt(np.concatenate(([0.0], variance))[place])
