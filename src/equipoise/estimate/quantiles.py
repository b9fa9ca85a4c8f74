"""Median times with intervals, and the median follow-up by reverse Kaplan-Meier.

The limits are the days on which the limits of the curve come down to the level (Brookmeyer and Crowley 1982,
as R's ``quantile.survfit`` with log-log intervals); where the upper limit never does, the interval is open to
the right.
"""

from dataclasses import replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from equipoise.base.findings import FindingStatus
from equipoise.estimate.answers import Question
from equipoise.estimate.bands import NO_INTERVAL, NOISE
from equipoise.estimate.counts import count
from equipoise.estimate.estimates import ESTIMATES
from equipoise.estimate.first_exit import FirstExit
from equipoise.estimate.plan import Plan
from equipoise.estimate.survival import emptied_from, survival_curve, survival_error
from equipoise.kernels.intervals import loglog
from equipoise.kernels.product_limit import ProductLimit, quantile

HALF = 0.5
AT_ONCE = 400
CITATIONS = ("schemper1996",)


def median(question: Question, spells: FirstExit, plan: Plan) -> pl.DataFrame:
    """Median time to the first exit, in days: one row of the table of estimates, without a day."""
    method = f"Kaplan-Meier, {plan.variance_label}"
    return _median(question, spells.all_causes(), plan, measure="median", method=method)


def median_follow_up(question: Question, spells: FirstExit, plan: Plan) -> pl.DataFrame:
    """Median potential follow-up: the end of observation is the event (Schemper and Smith 1996)."""
    method = f"reverse Kaplan-Meier, {plan.variance_label}"
    return _median(question, spells.reversed(), plan, measure="median_follow_up", method=method)


def _median(question: Question, spells: FirstExit, plan: Plan, *, measure: str, method: str) -> pl.DataFrame:
    curve = survival_curve(spells)
    middle = quantile(curve, HALF)
    emptied = middle is not None and emptied_from(spells, plan.clock) <= float(_day(middle, plan) or 0.0)
    middle = None if emptied else middle
    lower, upper = _limits(spells, curve, plan)
    if middle is not None and not (lower or middle) <= middle <= (upper or middle):
        lower = upper = None  # at the median itself the standard error is not known (clusters that cancel)
    counts = count(spells, plan.clock.days(curve.time[-1:]), plan.clock)
    reached = middle is not None
    bounded = lower is not None or upper is not None
    weight = spells.weight[spells.final]
    return ESTIMATES.frame(
        {
            "estimand": [question.estimand],
            "outcome": [question.outcome],
            "strategy": [question.strategy],
            "versus": [None],
            "measure": [measure],
            "day": [None],
            "estimate": [_day(middle, plan)],
            "std_error": [None],
            "lower": [_day(lower, plan)],
            "upper": [_day(upper, plan)],
            "level": [plan.level],
            "interval": ["inverted log-log" if bounded else NO_INTERVAL],
            "method": [method],
            "role": [question.role],
            "n": [spells.n],
            "events": counts.events.tolist(),
            "at_risk": [spells.n],
            "ess": [float(weight.sum() ** 2 / (weight**2).sum())],
            "status": [FindingStatus.EMPTIED if emptied else _status(question, reached)],
            "finding": [question.finding or ("E104" if emptied else None if reached else "E115")],
        }
    )


def _status(question: Question, reached: bool) -> str:
    if not reached:
        return FindingStatus.LEVEL_NOT_REACHED
    return FindingStatus.BIASED if question.role == "naive" else FindingStatus.OK


def _limits(spells: FirstExit, curve: ProductLimit, plan: Plan) -> tuple[float | None, float | None]:
    """Ticks at which the lower and the upper limit of the curve come down to one half."""
    if plan.variance != "ij" or (plan.independent and not spells.delayed):
        # With weights 1, independent patients and no late entry or gap the jackknife of Kaplan-Meier is
        # Greenwood's variance exactly.
        named = replace(plan, variance="greenwood") if plan.variance == "ij" else plan
        error = survival_error(spells, curve, curve.time, named)
        lower, upper = loglog(curve.survival, error, plan.level, df=plan.degrees_of_freedom)
        known = _informative(curve.survival) & (error > NOISE)
        return _crossing(curve, lower, known), _crossing(curve, upper, known)
    return _searched_crossing(spells, curve, plan, side=0), _searched_crossing(spells, curve, plan, side=1)


def _searched_crossing(spells: FirstExit, curve: ProductLimit, plan: Plan, *, side: int) -> float | None:
    """The crossing among many event ticks: first among some of them, then between the two neighbours."""
    ticks = curve.time[(curve.events > 0) & _informative(curve.survival)]
    while ticks.size:
        chosen = np.unique(np.linspace(0, ticks.size - 1, AT_ONCE).astype(np.int64))
        error = survival_error(spells, curve, ticks[chosen], plan)
        place = np.searchsorted(curve.time, ticks[chosen], side="left")
        limit = loglog(curve.survival[place], error, plan.level, df=plan.degrees_of_freedom)[side]
        under = np.flatnonzero((limit <= HALF) & (error > NOISE))
        if under.size == 0 or chosen.size == ticks.size:
            return float(ticks[chosen[under[0]]]) if under.size else None
        first = int(under[0])
        ticks = ticks[(chosen[first - 1] + 1 if first else 0) : chosen[first] + 1]
    return None


def _crossing(curve: ProductLimit, limit: NDArray[np.float64], known: NDArray[np.bool_]) -> float | None:
    """First tick at which a known limit of the curve is at most one half; none if it never is."""
    under = np.flatnonzero(known & (limit <= HALF))
    return float(curve.time[under[0]]) if under.size else None


def _informative(survival: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Where a transformed limit says something: at S = 1 or 0 it is [0, 1]; R leaves it out, and so do we."""
    return (survival > 0) & (survival < 1)


def _day(tick: float | None, plan: Plan) -> float | None:
    """Day of a tick, which may lie between two ticks where the curve is flat."""
    if tick is None:
        return None
    return 0.0 if tick <= 1 else tick / 2 * plan.clock.resolution
