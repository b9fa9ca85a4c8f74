"""What the data can say about a strategy: who follows it, with what weights, and where nobody starts."""

from dataclasses import dataclass

import numpy as np

from equipoise.base.clock import months_to_days
from equipoise.estimate.emulated.cells import Cell, cells_of
from equipoise.estimate.emulated.prepared import Prepared
from equipoise.estimate.emulated.weighted import Weighted
from equipoise.kernels.arrays import Float64, Int32
from equipoise.kernels.weight_path import (
    NONE,
    Levels,
    WeightPath,
    levels,
    weights_at,
)
from equipoise.protocol.rule import Never, OnTrigger
from equipoise.protocol.strategy import Strategy


@dataclass(frozen=True, eq=False, slots=True)
class Support:
    """Support of one strategy.

    Attributes
    ----------
    patients
        Patients at time zero.
    checkpoint
        Day of the end of the last window of decision.
    effective
        Effective sample there, (sum W)^2 / sum W^2 over all patients, W frozen where it stands.
    compatible
        Patients who follow the strategy up to there, or up to their own end.
    initiators
        Patients who started as the strategy asks; None for a strategy that asks for no start.
    mean, mean_error
        Mean of the untruncated weights, and its standard error; without the weights for loss.
    largest
        Largest share of one patient in the sum of weights there.
    truncated
        Share of those who follow the strategy whose weight is cut.
    cells
        Starts by declared cell.
    """

    patients: int
    checkpoint: float
    effective: float
    compatible: int
    initiators: int | None
    mean: float
    mean_error: float
    largest: float
    truncated: float
    cells: tuple[Cell, ...]


def checkpoints(prepared: Prepared) -> dict[str, float]:
    """Day of the end of the last window of each strategy, up to the end of the report.

    A strategy without a window takes the last one of the others; without any, the end of the report.
    """
    until = months_to_days(prepared.analysis.protocol.report.until_month)
    own = {one.name: _last_window(one, until) for one in prepared.strategies}
    given = [day for day in own.values() if day is not None]
    return {name: (max(given, default=until) if day is None else day) for name, day in own.items()}


def _last_window(strategy: Strategy, until: float) -> float | None:
    ends: list[float] = []
    for rule in strategy.rules:
        if isinstance(rule, Never):
            continue
        begins = 0.0
        if isinstance(rule, OnTrigger):
            begins = until if rule.until_month is None else months_to_days(rule.until_month)
        ends.append(min(begins + months_to_days(rule.months), until))
    return max(ends, default=None)


def bins_of(day: float, prepared: Prepared) -> Int32:
    """Bin of a day, or the patient's last one under observation: int32[n]."""
    last = int(np.ceil(day / prepared.analysis.vocabulary.resolution - 1e-9))
    return np.minimum(prepared.last_bin, last).astype(np.int32)


def effective_sample(weight: Float64) -> float:
    """(sum W)^2 / sum W^2; 0 without any weight."""
    squares = float((weight**2).sum())
    return float(weight.sum()) ** 2 / squares if squares > 0 else 0.0


def support(prepared: Prepared, weighted: Weighted) -> dict[str, Support]:
    """Support of every strategy."""
    days = checkpoints(prepared)
    return {one.name: _support(one, days[one.name], prepared, weighted) for one in prepared.strategies}


def _support(strategy: Strategy, day: float, prepared: Prepared, weighted: Weighted) -> Support:
    name, inside = strategy.name, prepared.omega > 0
    path, found = prepared.paths[name], weighted.levels[name]
    at_end = weights_at(path, found, bins_of(day, prepared))[inside]
    plain = treatment_weights(prepared, weighted, name)[inside]
    frozen = weights_at(path, found, prepared.last_bin)[inside]
    followed = int((at_end > 0).sum())
    omega = prepared.omega[inside]
    total = float((omega * at_end).sum())
    n = int(inside.sum())
    return Support(
        patients=n,
        checkpoint=day,
        effective=effective_sample(omega * at_end),
        compatible=followed,
        initiators=initiators(path, found, prepared) if _asks(strategy) else None,
        mean=float(np.average(plain, weights=omega)),
        mean_error=float(plain.std(ddof=1) / np.sqrt(n)) if n > 1 else np.inf,
        largest=float((omega * at_end).max(initial=0.0)) / total if total > 0 else 1.0,
        truncated=float((frozen > prepared.cap).sum()) / max(int((frozen > 0).sum()), 1),
        cells=cells_of(strategy, day, prepared),
    )


def _asks(strategy: Strategy) -> bool:
    return any(not isinstance(rule, Never) for rule in strategy.rules)


def treatment_weights(prepared: Prepared, weighted: Weighted, strategy: str) -> Float64:
    """Untruncated weights at the patient's end, float64[n]; without those for the loss to follow-up."""
    return weights_at(*treatment_path(prepared, weighted, strategy), prepared.last_bin)


def treatment_path(prepared: Prepared, weighted: Weighted, strategy: str) -> tuple[WeightPath, Levels]:
    """Weight path without the loss to follow-up: only such weights, frozen at their end, are 1 on average."""
    path = prepared.paths[strategy]
    if prepared.emulation.loss is None:
        return path, weighted.levels[strategy]
    hazard = np.where(path.hazard >= prepared.offset[-1], NONE, path.hazard).astype(np.int32)
    path = path._replace(hazard=hazard)
    return path, levels(path, weighted.hazard)


def initiators(path: WeightPath, found: Levels, prepared: Prepared) -> int:
    """Patients who started a treatment of the strategy, and follow it still after the start."""
    starts = np.flatnonzero((path.jump >= 0) & (path.prescribed > 0) & (found.level > 0))
    who = np.unique(np.searchsorted(path.first, starts, side="right") - 1)
    return int((prepared.omega[who] > 0).sum())
