"""N6, a common shortcut: clones are weighted once, at the end of the grace period.

Up to the end of the window everybody counts, treated or not. There, whoever is still event-free and untreated
is censored, and all treated survivors stand in for them with weights 1 / P(treated by then | covariates at
time zero, event-free then). Who was treated early and failed within the window is thereby given too little
weight. It is shown for what it gives, labelled biased; the emulation weighs every day.
"""

from collections.abc import Iterator
from typing import Final, NamedTuple

import numpy as np
import polars as pl

from equipoise.base.clock import NO_TARGET, TICKS_PER_UNIT, months_to_days
from equipoise.base.findings import Finding, FindingStatus, finding
from equipoise.estimate.bands import NO_INTERVAL
from equipoise.estimate.emulated.emulated import Emulated
from equipoise.estimate.emulated.followed import Followed, Number
from equipoise.estimate.emulated.prepared import Prepared
from equipoise.estimate.emulated.sentences import contrast_sentence, level_sentence
from equipoise.estimate.emulated.verdicts import Verdict
from equipoise.estimate.emulated.zero import at_time_zero
from equipoise.estimate.estimates import ESTIMATES
from equipoise.estimate.naive.table import NAIVE
from equipoise.kernels.arrays import Bool, Float64, Int32
from equipoise.kernels.grouped_hazard import solve
from equipoise.kernels.product_limit import kaplan_meier, survival_at
from equipoise.kernels.rows import Rows
from equipoise.language.outcome import OutcomeKind
from equipoise.protocol.naive import NaiveComparison
from equipoise.protocol.rule import StartWithin

CODE: Final = "N6"
FINDING: Final = "E250"
POSITION: Final = 100  # after the rungs that need no emulation
REASON: Final = (
    "All who are treated and alive at the end of the window stand in for those who were not: who was treated "
    "early and failed in it is replaced by nobody."
)
METHOD: Final = "Kaplan-Meier, weighted once at the end of the window by a logistic regression at time zero"
PRIOR_SD: Final = 3.0  # of log odds ratios: keeps the fit finite, of no weight beside the data


class GraceEnd(NamedTuple):
    """The rungs N6 of a study: rows of estimates, rows of the naive table, what is wrong with them."""

    estimates: pl.DataFrame
    naive: pl.DataFrame
    findings: tuple[Finding, ...]


def grace_end(found: Emulated) -> GraceEnd:
    """N6 of every naive comparison whose first strategy starts treatment in a window from time zero.

    Parameters
    ----------
    found
        The emulation: of it come the people, the windows, the covariates at time zero and the other strategy.
    """
    rows: list[dict[str, object]] = []
    listed: list[dict[str, object]] = []
    for asked in found.prepared.analysis.protocol.naive_comparisons:
        window = _window(asked, found)
        if window is None or asked.between is None:
            continue
        for name in asked.outcomes:
            outcome = found.prepared.outcomes.get(name)
            if outcome is None or outcome.kind is not OutcomeKind.SURVIVAL:
                continue
            curve = weighted_once(found.prepared, outcome, window)
            if curve is None:
                continue
            rows += _rows(found, outcome, asked.between, curve)
            listed.append(_listed(asked, outcome, curve))
    told = [finding(FINDING, one, REASON) for one in {str(row["comparison"]) for row in listed}]
    return GraceEnd(ESTIMATES.frame(rows), NAIVE.frame(listed), tuple(told))


class Curve(NamedTuple):
    """Survival on the report days float64[T]; patients, treated ones at the end of the window, events."""

    survival: Float64
    patients: int
    treated: int
    events: int


def _window(asked: NaiveComparison, found: Emulated) -> tuple[str, float] | None:
    """Treatment and days of the window of the comparison's first strategy, if it starts at time zero."""
    strategies = {one.name: one for one in found.prepared.strategies}
    if asked.between is None or not all(name in strategies for name in asked.between):
        return None
    for rule in strategies[asked.between[0]].rules:
        if isinstance(rule, StartWithin) and rule.only_if is None:
            return rule.treatment, months_to_days(rule.months)
    return None


def weighted_once(prepared: Prepared, outcome: Followed, window: tuple[str, float]) -> Curve | None:
    """The shortcut's curve; None where nobody is treated, or all are, at the end of the window.

    Parameters
    ----------
    prepared
        The emulation: its people and their covariates at time zero.
    outcome
        A survival outcome.
    window
        Treatment, and days from time zero to the end of the window.
    """
    treatment, days = window
    end = int(np.ceil(days / prepared.analysis.vocabulary.resolution - 1e-9))
    time = {one.name: one for one in prepared.processes}[treatment]
    treated = np.zeros(prepared.omega.size, dtype=np.bool_)
    treated[time.patient[time.begins & (time.stop <= end)]] = True
    rows, last = outcome.rows, TICKS_PER_UNIT * end + 1
    there = np.zeros(prepared.omega.size, dtype=np.bool_)
    there[rows.patient[(rows.start <= last) & (rows.stop > last)]] = True
    there &= prepared.omega > 0
    if not 0 < int((there & treated).sum()) < int(there.sum()):
        return None
    chance = _chance(at_time_zero(prepared), there, treated, prepared.omega)
    weight = np.where(treated, 1.0 / chance, 0.0)
    start, stop, event, of_row = _cut(rows, last, prepared.omega, weight)
    curve = kaplan_meier(stop, event, start=start, weight=of_row)
    survival = survival_at(curve, prepared.analysis.plan.ticks)
    events = int((rows.target[prepared.omega[rows.patient] > 0] != NO_TARGET).sum())
    return Curve(survival, prepared.n, int((there & treated).sum()), events)


def _cut(rows: Rows, last: int, omega: Float64, weight: Float64) -> tuple[Int32, Int32, Bool, Float64]:
    """Rows up to the end of the window as they are; those after it with the weights of the treated."""
    before, after = rows.start < last, rows.stop > last
    start = np.concatenate((rows.start[before], np.maximum(rows.start[after], last)))
    stop = np.concatenate((np.minimum(rows.stop[before], last), rows.stop[after]))
    happened = rows.target != NO_TARGET
    event = np.concatenate((happened[before] & (rows.stop[before] <= last), happened[after]))
    who = np.concatenate((rows.patient[before], rows.patient[after]))
    factor = np.concatenate((np.ones(int(before.sum())), weight[rows.patient[after]]))
    of_row = omega[who] * factor
    kept = (of_row > 0) & (start < stop)
    return start[kept].astype(np.int32), stop[kept].astype(np.int32), event[kept], of_row[kept]


def _chance(columns: dict[str, Float64], there: Bool, treated: Bool, omega: Float64) -> Float64:
    """Probability of being treated by the end of the window, by logistic regression among those there."""
    x = np.column_stack([np.ones(there.size), *columns.values()])
    inside, y, w = x[there], treated[there].astype(np.float64), omega[there]
    beta = np.zeros(x.shape[1])
    precision = np.full(beta.size, PRIOR_SD**-2.0)
    precision[0] = 0.0
    for _ in range(50):
        p = 1.0 / (1.0 + np.exp(-inside @ beta))
        gradient = inside.T @ (w * (y - p)) - precision * beta
        information = (inside * (w * p * (1.0 - p))[:, np.newaxis]).T @ inside + np.diag(precision)
        step, _ = solve(information, gradient)
        beta += step
        if float(np.abs(step).max()) < 1e-10:
            break
    return 1.0 / (1.0 + np.exp(-x @ beta))


def _rows(
    found: Emulated, outcome: Followed, between: tuple[str, str], curve: Curve
) -> Iterator[dict[str, object]]:
    analysis, (a, b) = found.prepared.analysis, between
    number = Number(outcome.name, "survival", 0.0)
    for place, day in enumerate(analysis.plan.days):
        sentence = level_sentence(analysis, a, number)
        yield _row(
            found,
            curve,
            (sentence, outcome.name, f"{CODE} {a}", None, "survival"),
            day,
            curve.survival[place],
        )
    if found.verdict(b) is Verdict.SEALED or not found.weighted.converged:
        return  # a difference would tell what is sealed
    sentence = contrast_sentence(analysis, "survival_difference", outcome.name, between)
    for month in analysis.protocol.report.at_months:
        day = months_to_days(month)
        other, _ = found.at(b, Number(outcome.name, "survival", day))
        value = float(curve.survival[np.searchsorted(analysis.plan.days, day - 1e-9)]) - other
        yield _row(
            found, curve, (sentence, outcome.name, f"{CODE} {a}", b, "survival_difference"), day, value
        )


def _row(
    found: Emulated, curve: Curve, about: tuple[str, str, str, str | None, str], day: float, value: float
) -> dict[str, object]:
    sentence, outcome, strategy, versus, measure = about
    return {
        "estimand": sentence, "outcome": outcome, "strategy": strategy, "versus": versus, "measure": measure,
        "day": float(day), "estimate": float(value), "std_error": None, "lower": None, "upper": None,
        "level": found.prepared.analysis.plan.level, "interval": NO_INTERVAL, "method": METHOD,
        "role": "naive",
        "n": curve.patients, "events": curve.events, "at_risk": curve.treated, "ess": float(curve.treated),
        "status": FindingStatus.BIASED.value, "finding": FINDING,
    }  # fmt: skip


def _listed(asked: NaiveComparison, outcome: Followed, curve: Curve) -> dict[str, object]:
    between = asked.between or ("", "")
    return {
        "comparison": asked.name,
        "intervention": asked.intervention,
        "outcome": outcome.name,
        "rung": CODE,
        "position": POSITION,
        "label": "Clones, weighted once at the end of the window",
        "reason": REASON,
        "landmark_month": None,
        "treated": f"{CODE} {between[0]}",
        "untreated": between[1],
        "n_treated": curve.treated,
        "n_untreated": curve.patients - curve.treated,
        "events_treated": curve.events,
        "events_untreated": curve.events,
    }
