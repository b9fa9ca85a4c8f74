"""What shows whether an emulation can be trusted: support over time, balance, overlap, models."""

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import polars as pl

from equipoise.base.clock import DAYS_PER_MONTH
from equipoise.cohort.following import follow
from equipoise.emulate.prescribed import trigger_days
from equipoise.estimate.emulated.cells import cut, inside
from equipoise.estimate.emulated.emulated import Emulated
from equipoise.estimate.emulated.person_time import PersonTime
from equipoise.estimate.emulated.support import bins_of, effective_sample, treatment_path
from equipoise.estimate.emulated.tables import BALANCE, GATES, LAWS, MODELS, OVERLAP, SUPPORT
from equipoise.estimate.emulated.zero import at_time_zero, baseline_columns
from equipoise.kernels.arrays import Bool, Float64
from equipoise.kernels.grouped_hazard import HazardStatus
from equipoise.kernels.intervals import critical_value
from equipoise.kernels.weight_path import weights_at
from equipoise.protocol.rule import Never, OnTrigger

CLASSES = (0.0, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)


def gates_table(found: Emulated) -> pl.DataFrame:
    """Every gate of every strategy."""
    return GATES.frame(
        [
            {
                "strategy": name,
                "gate": one.gate,
                "value": one.value,
                "limit": one.limit,
                "verdict": one.verdict.value,
                "says": one.says,
            }
            for name, judged in found.judged.items()
            for one in judged
        ]
    )


def support_table(found: Emulated) -> pl.DataFrame:
    """Weights on the report days, of everybody from time zero on; each stays as at the end of its course."""
    prepared = found.prepared
    inside = prepared.omega > 0
    omega = prepared.omega[inside]
    rows: list[dict[str, object]] = []
    for strategy in prepared.strategies:
        path, levels = prepared.paths[strategy.name], found.weighted.levels[strategy.name]
        own = treatment_path(prepared, found.weighted, strategy.name)
        for day in prepared.analysis.plan.days:
            bins = bins_of(float(day), prepared)
            weight = weights_at(path, levels, bins)[inside]
            plain = weights_at(*own, bins)[inside]
            total = float((omega * weight).sum())
            error = float(plain.std(ddof=1) / np.sqrt(plain.size)) if plain.size > 1 else None
            rows.append(
                {
                    "strategy": strategy.name,
                    "day": float(day),
                    "compatible": int((weight > 0).sum()),
                    "mean_weight": float(np.average(plain, weights=omega)),
                    "mean_error": error,
                    "ess": effective_sample(omega * weight),
                    "largest": float((omega * weight).max(initial=0.0)) / total if total > 0 else 1.0,
                }
            )
    return SUPPORT.frame(rows)


def balance_table(found: Emulated) -> pl.DataFrame:
    """Covariates of the treatment models at time zero, before and after weighting."""
    prepared = found.prepared
    rows: list[dict[str, object]] = []
    columns = at_time_zero(prepared)
    inside = prepared.omega > 0
    omega = prepared.omega[inside]
    for strategy in prepared.strategies:
        path, levels = prepared.paths[strategy.name], found.weighted.levels[strategy.name]
        day = found.support[strategy.name].checkpoint
        weight = weights_at(path, levels, bins_of(day, prepared))[inside]
        for name, values in columns.items():
            rows.append(
                {"strategy": strategy.name, "covariate": name} | _balance(values[inside], omega, weight)
            )
    return BALANCE.frame(rows)


def _balance(values: Float64, omega: Float64, weight: Float64) -> dict[str, object]:
    everybody = float(np.average(values, weights=omega))
    spread = float(np.sqrt(np.average((values - everybody) ** 2, weights=omega)))
    follows = omega * (weight > 0)
    if not follows.sum() > 0:
        return {
            "everybody": everybody, "unweighted": None, "weighted": None, "difference_before": None,
            "difference_after": None,
        }  # fmt: skip
    before = float(np.average(values, weights=follows))
    after = float(np.average(values, weights=omega * weight))
    scale = spread if spread > 0 else np.nan
    return {
        "everybody": everybody,
        "unweighted": before,
        "weighted": after,
        "difference_before": _number((before - everybody) / scale),
        "difference_after": _number((after - everybody) / scale),
    }


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def models_table(found: Emulated) -> pl.DataFrame:
    """Coefficients of every hazard with limits from the curvature of the penalised likelihood."""
    analysis = found.prepared.analysis
    z = critical_value(analysis.plan.level)
    bins_a_month = DAYS_PER_MONTH / analysis.vocabulary.resolution
    rows: list[dict[str, object]] = []
    for time, fit in zip(found.prepared.processes, found.weighted.fits, strict=True):
        starts, others = time.counts(found.prepared.omega)
        error = np.sqrt(np.maximum(np.diag(np.linalg.pinv(fit.information)), 0.0))
        pieces = baseline_columns(time)
        for place, name in enumerate(time.columns):
            is_baseline = place < pieces
            factor = bins_a_month if is_baseline else 1.0
            beta, half = fit.beta[place], z * error[place]
            there = time.x[:, place] != 0
            with np.errstate(over="ignore"):  # what cannot be known is not limited
                ratio, lower, upper = np.exp(np.array([beta, beta - half, beta + half])) * factor
            if fit.status is HazardStatus.NOT_CONVERGED:
                ratio, lower, upper = np.nan, np.nan, np.nan
            rows.append(
                {
                    "process": time.name,
                    "column": name,
                    "is_baseline": is_baseline,
                    "estimate": _number(ratio),
                    "lower": _number(lower),
                    "upper": _number(upper),
                    "prior_mean": float(time.prior.mean[place]),
                    "prior_sd": float(time.prior.precision[place] ** -0.5),
                    "person_days": float((starts + others)[there].sum()) * analysis.vocabulary.resolution,
                    "starts": round(float(starts[there].sum())),
                }
            )
    return MODELS.frame(rows)


def overlap_table(found: Emulated) -> pl.DataFrame:
    """Person-time by the fitted probability of a start within a month, in all, by trigger, by cell."""
    analysis = found.prepared.analysis
    rows: list[dict[str, object]] = []
    for time, fit in zip(found.prepared.processes, found.weighted.fits, strict=True):
        if time.name not in {one.name for one in analysis.protocol.treatments}:
            continue
        bins_a_month = DAYS_PER_MONTH / analysis.vocabulary.resolution
        for cell, part, member in _cells(found, time):
            counted = part.seen & (found.prepared.omega[part.patient] > 0)
            chance = -np.expm1(-fit.hazard[part.group] * bins_a_month)
            rows += _classes(part, cell, chance, counted & member, analysis.vocabulary.resolution)
    return OVERLAP.frame(rows)


def _cells(found: Emulated, time: PersonTime) -> Iterator[tuple[str, PersonTime, Bool]]:
    """Each cell with the rows cut where patients enter or leave it, and the rows in it."""
    analysis = found.prepared.analysis
    zero, resolution = analysis.enrolment.time_zero, analysis.vocabulary.resolution
    yield "all", time, np.ones(time.patient.size, dtype=np.bool_)
    for strategy in found.prepared.strategies:
        for _, rule in strategy.rules_on(time.name):
            if isinstance(rule, OnTrigger):
                bins = np.ceil((trigger_days(rule.trigger, analysis.cohort, zero) - zero) / resolution - 1e-9)
                who = np.flatnonzero(~np.isnan(bins)).astype(np.int32)
                part = cut(time, who, bins[who].astype(np.int32))
                # False without a trigger.
                yield f"after the trigger of '{strategy.title}'", part, bins[part.patient] <= part.start
    for cell in analysis.protocol.gates.support:
        part, member = inside(time, follow(cell, analysis.cohort, zero), found.prepared)
        yield cell.words(analysis.vocabulary), part, member


def _classes(
    time: PersonTime, cell: str, chance: Float64, member: Bool, resolution: float
) -> Iterator[dict[str, object]]:
    for low, high in pairwise(CLASSES):
        here = member & (chance >= low) & ((chance < high) | (high >= 1.0))
        yield {
            "treatment": time.name,
            "cell": cell,
            "from": low,
            "to": high,
            "person_days": float((time.stop - time.start)[here].sum()) * resolution,
            "starts": int(time.begins[here].sum()),
        }


def laws_table(found: Emulated) -> pl.DataFrame:
    """Laws of the starting time, month by month, as the strategies use them."""
    rows: list[dict[str, str | float]] = []
    for strategy in found.prepared.strategies:
        for rule in strategy.rules:
            if isinstance(rule, Never):
                continue
            days, share = rule.grace.knots
            rows += [
                {
                    "strategy": strategy.name,
                    "treatment": rule.treatment,
                    "law": rule.law.words(),
                    "month": float(day / DAYS_PER_MONTH),
                    "share": float(part),
                }
                for day, part in zip(days, share, strict=True)
            ]
    return LAWS.frame(rows)
