"""Restricted mean times: survival, time in each state, and time lost by cause, up to horizons in days.

    RMST(tau) = integral of S;   L_c(tau) = integral of F_c;   tau - RMST(tau) = sum of L_c(tau)

(Andersen 2013). Standard errors are those of the infinitesimal jackknife; with weights 1 and independent patients
that of the area under Kaplan-Meier equals Greenwood's.
"""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from equipoise.base.clock import Clock
from equipoise.base.findings import FindingStatus
from equipoise.estimate.answers import NO_INTERVAL, Numbers, Question, answer
from equipoise.estimate.counts import Counts, count
from equipoise.estimate.first_exit import FirstExit
from equipoise.estimate.occupancy import occupancy_counts
from equipoise.estimate.plan import Plan, last_ticks
from equipoise.kernels.aalen_johansen import Occupation, aalen_johansen
from equipoise.kernels.influence import integral_standard_error
from equipoise.kernels.intervals import plain
from equipoise.kernels.rows import Rows

CITATIONS = ("andersen2013",)
Float64 = NDArray[np.float64]


def restricted_survival(question: Question, spells: FirstExit, plan: Plan) -> pl.DataFrame:
    """Mean days inside up to each horizon, and mean days lost to each cause of exit."""
    rows = spells.rows()
    occupation = aalen_johansen(rows, initial=np.eye(rows.states)[0])
    area, error = areas(rows, occupation, plan)
    settled_from = _settled_from(occupation, plan.clock)
    together = count(spells, plan.horizons, plan.clock)
    known = together.reached() | (plan.horizons >= settled_from)
    blocks = [
        _rows(
            question,
            "restricted_mean",
            "area under Kaplan-Meier",
            area[:, 0],
            error[:, 0],
            together,
            known,
            plan,
        )
    ]
    for cause, name in enumerate(spells.causes, start=1):
        counts = count(spells, plan.horizons, plan.clock, cause=cause)
        about = question.about(f"{question.outcome}:{name}")
        method = "area under the cumulative incidence"
        blocks.append(_rows(about, "time_lost", method, area[:, cause], error[:, cause], counts, known, plan))
    return pl.concat(blocks)


def restricted_time_in_state(
    question: Question, rows: Rows, occupation: Occupation, states: tuple[int, ...], plan: Plan
) -> pl.DataFrame:
    """Mean days in a set of states up to each horizon."""
    contrast = np.zeros((rows.states, 1))
    contrast[list(states)] = 1.0
    area, error = areas(rows, occupation, plan, contrast=contrast)
    counts = occupancy_counts(rows, states, plan.horizons, plan.clock)
    method = "area under the state probability"
    return _rows(question, "restricted_mean", method, area[:, 0], error[:, 0], counts, counts.reached(), plan)


def areas(
    rows: Rows, occupation: Occupation, plan: Plan, *, contrast: Float64 | None = None
) -> tuple[Float64, Float64]:
    """Integrals of P @ contrast from day 0 to each horizon, in days, and their IJ errors: float64[H, F] each.

    A horizon between two points of the grid counts to the very day, so that times in all states sum to it.
    """
    functional = np.eye(rows.states) if contrast is None else contrast
    until = last_ticks(plan.horizons, plan.clock)
    ticks = np.concatenate(([occupation.begin], occupation.time)).astype(np.int32)
    day = plan.clock.days(ticks)
    probability = np.concatenate((occupation.initial[np.newaxis], occupation.probability)) @ functional
    pieces = probability[:-1] * np.diff(day)[:, np.newaxis]
    before = np.concatenate((np.zeros((1, functional.shape[1])), np.cumsum(pieces, axis=0)))
    place = np.searchsorted(ticks, until, side="right") - 1
    area = before[place] + probability[place] * (plan.horizons - day[place])[:, np.newaxis]
    days = np.concatenate((day, plan.horizons))
    return area, integral_standard_error(rows, occupation, until, days, plan.cluster, functional)


def _settled_from(occupation: Occupation, clock: Clock) -> float:
    """Day from which on nobody is left inside, or infinity."""
    empty = np.flatnonzero(occupation.probability[:, 0] <= 1e-12)
    return float(clock.days(occupation.time[empty[:1]])[0]) if empty.size else np.inf


def _rows(
    question: Question,
    measure: str,
    method: str,
    area: Float64,
    error: Float64,
    counts: Counts,
    known: NDArray[np.bool_],
    plan: Plan,
) -> pl.DataFrame:
    lower, upper = plain(np.clip(area / plan.horizons, 0.0, 1.0), error / plan.horizons, plan.level)
    has = known & (error > 0)
    unit = "infinitesimal jackknife" + (" over clusters" if plan.cluster is not None else "")
    numbers = Numbers(
        plan.horizons,
        np.where(known, area, np.nan),
        np.where(has, error, np.nan),
        np.where(has, lower * plan.horizons, np.nan),
        np.where(has, upper * plan.horizons, np.nan),
        counts.ess,
        counts.events,
        counts.at_risk,
        counts.n,
        ["plain" if h else NO_INTERVAL for h in has],
        [None if k and h else "E113" if k else "E105" for k, h in zip(known, has, strict=True)],
        [
            FindingStatus.NOT_REACHED if not k else FindingStatus.OK if h else FindingStatus.NO_INTERVAL
            for k, h in zip(known, has, strict=True)
        ],
    )
    return answer(question, numbers, measure=measure, method=f"{method}, {unit}", level=plan.level)
