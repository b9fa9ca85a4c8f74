"""Restricted mean times: survival, time in each state, and time lost by cause, up to horizons in days.

    RMST(tau) = integral of S;   L_c(tau) = integral of F_c;   tau - RMST(tau) = sum of L_c(tau)

(Andersen 2013). Standard errors are those of the infinitesimal jackknife; with weights 1 and independent
patients that of the area under Kaplan-Meier equals Greenwood's.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from equipoise.base.clock import Clock
from equipoise.estimate.answers import Numbers, Question, answer
from equipoise.estimate.bands import LABELS, NO_INTERVAL, NOISE, Band, limits
from equipoise.estimate.counts import count
from equipoise.estimate.first_exit import FirstExit
from equipoise.estimate.occupancy import contrast_of, occupancy_counts
from equipoise.estimate.plan import Plan, last_ticks
from equipoise.estimate.survival import emptied_from
from equipoise.kernels.aalen_johansen import Occupation, aalen_johansen
from equipoise.kernels.influence import integral_standard_error
from equipoise.kernels.rows import Rows

CITATIONS = ("andersen2013",)
Float64 = NDArray[np.float64]


def restricted_survival(
    question: Question, lost: Mapping[str, Question], spells: FirstExit, plan: Plan
) -> pl.DataFrame:
    """Mean days inside up to each horizon, then mean days lost to each cause of exit.

    Parameters
    ----------
    question
        About the mean days inside.
    lost
        For each cause of exit the question about the days lost to it.
    spells, plan
        The outcome and the plan.
    """
    rows = spells.rows()
    occupation = aalen_johansen(rows, initial=np.eye(rows.states)[0])
    area, error = areas(rows, occupation, plan)
    settled = plan.horizons >= _empty_from(occupation, plan.clock)
    emptied = emptied_from(spells, plan.clock)

    def part(asked: Question, state: int, measure: str, method: str) -> pl.DataFrame:
        counts = count(spells, plan.horizons, plan.clock, cause=state)
        band = _band(area[:, state], error[:, state], plan, "logit" if state else "plain")
        numbers = Numbers(counts, area[:, state], band, settled, about="area", emptied_from=emptied)
        return answer(asked, numbers, plan, measure=measure, method=f"{method}, {_unit(plan)}")

    inside = part(question, 0, "restricted_mean", "area under Kaplan-Meier")
    outside = [
        part(lost[name], state, "time_lost", "area under the cumulative incidence")
        for state, name in enumerate(spells.causes, start=1)
    ]
    return pl.concat([inside, *outside])


def restricted_time_in_state(
    questions: Sequence[Question],
    rows: Rows,
    occupation: Occupation,
    groups: Sequence[tuple[int, ...]],
    plan: Plan,
) -> pl.DataFrame:
    """Mean days in each group of states up to each horizon; arguments as in `occupancy`."""
    area, error = areas(rows, occupation, plan, contrast=contrast_of(groups, rows.states))
    never = np.zeros(plan.horizons.size, dtype=np.bool_)
    method = f"area under the state probability, {_unit(plan)}"
    blocks: list[pl.DataFrame] = []
    for place, (question, states) in enumerate(zip(questions, groups, strict=True)):
        counts = occupancy_counts(rows, states, plan.horizons, plan.clock)
        band = _band(area[:, place], error[:, place], plan, "logit")
        numbers = Numbers(counts, area[:, place], band, never, about="area")
        blocks.append(answer(question, numbers, plan, measure="restricted_mean", method=method))
    return pl.concat(blocks)


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


def _empty_from(occupation: Occupation, clock: Clock) -> float:
    """Day from which on nobody is left inside, or infinity."""
    empty = np.flatnonzero(occupation.probability[:, 0] <= 1e-12)
    return float(clock.days(occupation.time[empty[:1]])[0]) if empty.size else np.inf


def _unit(plan: Plan) -> str:
    return "infinitesimal jackknife" + (
        "" if plan.clusters is None else f" over {plan.clusters} clusters (t)"
    )


def _band(area: Float64, error: Float64, plan: Plan, transform: str) -> Band:
    """Limits of mean days from limits of their share of the horizon.

    The mean time alive has symmetric limits, as everywhere in the field. Days in a rare state or lost to a
    rare cause are skewed: there symmetric limits cover too seldom, those on the logit scale do not
    (docs/validation.md).
    """
    share = np.clip(area / plan.horizons, 0.0, 1.0)
    lower, upper = limits(share, error / plan.horizons, plan, transform)
    has = error > NOISE * plan.horizons
    name = LABELS[transform] if transform == "plain" else f"{LABELS[transform]} of the share of the horizon"
    return Band(
        np.where(has, error, np.nan),
        np.where(has, lower * plan.horizons, np.nan),
        np.where(has, upper * plan.horizons, np.nan),
        [name if one else NO_INTERVAL for one in has],
        np.zeros(has.size, dtype=np.bool_),
    )
