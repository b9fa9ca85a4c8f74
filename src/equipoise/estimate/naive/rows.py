"""Rows of the table of estimates for one rung: two curves, their difference, the ratio of hazards."""

from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from equipoise.base.findings import FindingStatus
from equipoise.estimate.answers import Numbers, Question, nullable
from equipoise.estimate.bands import NO_INTERVAL
from equipoise.estimate.counts import count, risk_table
from equipoise.estimate.estimates import ESTIMATES
from equipoise.estimate.first_exit import FirstExit
from equipoise.estimate.naive.arms import Arms
from equipoise.estimate.naive.rung import Rung
from equipoise.estimate.plan import Plan
from equipoise.estimate.survival import METHOD, survival, survival_numbers
from equipoise.kernels.aalen_johansen import aalen_johansen
from equipoise.kernels.influence import influence
from equipoise.kernels.intervals import critical_value, square_and_add

Float64 = NDArray[np.float64]
SQUARE_AND_ADD = "square and add"


@dataclass(frozen=True, slots=True)
class Asked:
    """What a rung is asked: the outcome in words, and for which days.

    Attributes
    ----------
    outcome
        Name of the outcome.
    is_, event
        The outcome in words: "alive", "death".
    population
        The people in words, with their time zero.
    plan
        How it is computed; its days are those of the curves.
    headline_days : float64[H]
        Days of the differences.
    """

    outcome: str
    is_: str
    event: str
    population: str
    plan: Plan
    headline_days: Float64


def curves(asked: Asked, rung: Rung, arms: Arms) -> tuple[list[pl.DataFrame], list[pl.DataFrame]]:
    """Survival of each arm on the report days, and the numbers under the curves."""
    frames: list[pl.DataFrame] = []
    tables: list[pl.DataFrame] = []
    sides = (
        (arms.treated, rung.treated, rung.who_treated),
        (arms.untreated, rung.untreated, rung.who_untreated),
    )
    for spells, strategy, who in sides:
        sentence = (
            f"The probability of still being {asked.is_} on each day (no {asked.event} so far), "
            f"{asked.population}, {who}."
        )
        question = Question(sentence, asked.outcome, strategy, role="naive", finding=rung.finding)
        frames.append(survival(question, spells, asked.plan))
        tables.append(risk_table(asked.outcome, strategy, count(spells, asked.plan.days, asked.plan.clock)))
    return frames, tables


def difference(asked: Asked, rung: Rung, arms: Arms) -> pl.DataFrame:
    """Survival of the treated minus that of the untreated on the headline days.

    The two arms are held to be independent: variances add up. With clusters, which lie in both arms, the
    influences of a cluster on both curves are added instead. Where an arm has its exact interval, because
    its events are few or it stands at 0 or 1, the limits of both arms are combined (`_limits`).
    """
    plan = replace(asked.plan, days=asked.headline_days)
    treated, untreated = survival_numbers(arms.treated, plan), survival_numbers(arms.untreated, plan)
    known = treated.known & untreated.known
    value = np.where(known, treated.value - untreated.value, np.nan)
    error = np.where(known, _error(arms, treated, untreated, plan), np.nan)
    lower, upper, combined = _limits(value, error, treated, untreated, plan)
    sentence = (
        f"The difference (1 minus 2) in the probability of still being {asked.is_} on each day, "
        f"{asked.population}, (1) {rung.who_treated}; (2) {rung.who_untreated}."
    )
    size = plan.days.size
    given = ~np.isnan(lower)
    intervals = np.where(combined, SQUARE_AND_ADD, np.where(given, "plain", NO_INTERVAL))
    return ESTIMATES.frame(
        {
            "estimand": [sentence] * size,
            "outcome": [asked.outcome] * size,
            "strategy": [rung.treated] * size,
            "versus": [rung.untreated] * size,
            "measure": ["survival_difference"] * size,
            "day": plan.days.tolist(),
            "estimate": nullable(value),
            "std_error": nullable(error),
            "lower": nullable(lower),
            "upper": nullable(upper),
            "level": [plan.level] * size,
            "interval": intervals.tolist(),
            "method": [
                f"{METHOD}, {plan.variance_label}; {'limits squared and' if one else 'variances'} added"
                for one in combined
            ],
            "role": ["naive"] * size,
            "n": [patients(arms.both)] * size,
            "events": (treated.counts.events + untreated.counts.events).tolist(),
            "at_risk": (treated.counts.at_risk + untreated.counts.at_risk).tolist(),
            "ess": (treated.counts.ess + untreated.counts.ess).tolist(),
            "status": _statuses(treated, untreated, given),
            "finding": [rung.finding] * size,
        }
    )


def _limits(
    value: Float64, error: Float64, treated: Numbers, untreated: Numbers, plan: Plan
) -> tuple[Float64, Float64, NDArray[np.bool_]]:
    """Limits of the difference, float64[H] each, and where they are combined from those of the arms.

    The normal approximation fails where events are few, and knows nothing at a survival of 0 or 1. Exact
    intervals exist for independent patients of weight 1 only, so with clusters nothing is combined.
    """
    half = critical_value(plan.level, plan.degrees_of_freedom) * error
    one, other = treated.band, untreated.band
    lower, upper = square_and_add(
        treated.value, (one.lower, one.upper), untreated.value, (other.lower, other.upper)
    )
    combined = (one.exact | other.exact) & ~np.isnan(lower) & ~np.isnan(value)
    lower, upper = np.where(combined, lower, value - half), np.where(combined, upper, value + half)
    # A difference of probabilities lies between -1 and 1, whatever its normal approximation says.
    return np.clip(lower, -1.0, 1.0), np.clip(upper, -1.0, 1.0), combined


def patients(arms: tuple[FirstExit, ...]) -> int:
    """Number of different patients with a spell in any of the arms."""
    return int(np.unique(np.concatenate([one.patient for one in arms])).size)


def _statuses(treated: Numbers, untreated: Numbers, given: NDArray[np.bool_]) -> list[str]:
    """What is most pressing in either arm; a difference of two readable numbers is biased."""
    pressing = (FindingStatus.EMPTIED, FindingStatus.NOT_REACHED, FindingStatus.SPARSE)
    found: list[str] = []
    for first, second, there in zip(treated.status(), untreated.status(), given, strict=True):
        worst = next((one for one in pressing if one in (first, second)), None)
        found.append(worst or (FindingStatus.BIASED if there else FindingStatus.NO_INTERVAL))
    return found


def _error(arms: Arms, treated: Numbers, untreated: Numbers, plan: Plan) -> Float64:
    """Standard error of the difference: float64[H]; NaN where an arm has none."""
    added = np.sqrt(treated.band.std_error**2 + untreated.band.std_error**2)
    if plan.cluster is None:
        return added
    return np.where(np.isnan(added), np.nan, joint_error(arms, plan))


def joint_error(arms: Arms, plan: Plan) -> Float64:
    """Standard error of the difference of two curves in which the same patients or clusters lie: float64[T].

    The influences of a patient, or of a cluster, on both curves are subtracted before they are squared.
    """
    joint = _influence(arms.treated, plan) - _influence(arms.untreated, plan)
    if plan.cluster is not None:
        by_cluster = np.zeros((int(plan.cluster.max()) + 1, plan.days.size))
        np.add.at(by_cluster, plan.cluster, joint)
        joint = by_cluster
    return np.sqrt((joint**2).sum(axis=0))


def _influence(spells: FirstExit, plan: Plan) -> Float64:
    """Influence of each patient on the curve: float64[patients, days]."""
    rows = spells.rows()
    occupation = aalen_johansen(rows, initial=[1.0, 0.0])
    inside = np.array([[1.0], [0.0]])
    return np.column_stack(
        [influence(rows, occupation, int(tick), contrast=inside)[:, 0] for tick in plan.ticks]
    )
