"""One weighting of an emulation: hazards fitted, weights, answers. All inference repeats this."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from equipoise.estimate.emulated.person_time import PersonTime
from equipoise.estimate.emulated.prepared import Prepared
from equipoise.kernels.arrays import Float64
from equipoise.kernels.grouped_hazard import HazardFit, HazardStatus, Prior, fit_hazard, no_hazard
from equipoise.kernels.weight_path import Levels, levels
from equipoise.kernels.weighted_occupation import Course, answers, course


@dataclass(frozen=True, eq=False, slots=True)
class Weighted:
    """What a weighting leads to.

    Attributes
    ----------
    omega : float64[n]
        Case weights.
    fits
        Hazard of each process.
    hazard : float64[K]
        Of all groups.
    levels
        Of the weight path, by strategy.
    """

    omega: Float64
    fits: tuple[HazardFit, ...]
    hazard: Float64
    levels: Mapping[str, Levels]

    @property
    def converged(self) -> bool:
        """Whether every hazard was found."""
        return all(one.status is not HazardStatus.NOT_CONVERGED for one in self.fits)


def weigh(prepared: Prepared, omega: Float64, begin: Sequence[Float64] | None = None) -> Weighted:
    """Fit the hazards under case weights, and weigh every patient under every strategy.

    A process that happens to nobody has the hazard 0, not what a prior says.

    Parameters
    ----------
    prepared
        The emulation.
    omega : float64[n]
        Case weights, >= 0; 0 leaves a patient out.
    begin
        Coefficients of each process to begin with; the means of the priors when absent.
    """
    fits = [
        _fitted(one, prepared, omega, one.prior.mean if begin is None else begin[place])
        for place, one in enumerate(prepared.processes)
    ]
    hazard = np.concatenate([np.zeros(0), *(fit.hazard for fit in fits)])
    found = {name: levels(path, hazard) for name, path in prepared.paths.items()}
    return Weighted(omega, tuple(fits), hazard, found)


def _fitted(one: PersonTime, prepared: Prepared, omega: Float64, begin: Float64) -> HazardFit:
    """The hazard of a process under case weights."""
    penalised = prepared.emulation.penalised
    # With priors the hazard is continuous in the weights: leaving out the only start does not make it 0.
    weight = prepared.omega if penalised else omega
    if not bool(np.any(one.begins & (weight[one.patient] > 0))):
        return no_hazard(*one.x.shape)
    starts, others = one.counts(omega)
    prior = one.prior if penalised else Prior(one.prior.mean, np.zeros_like(one.prior.precision))
    return fit_hazard(one.x, starts, others, prior, begin)


def weighted_course(prepared: Prepared, weighted: Weighted, strategy: str, outcome: str) -> Course:
    """Course of an outcome under a strategy."""
    laid, path = prepared.outcomes[outcome].laid, prepared.paths[strategy]
    return course(laid, path, weighted.levels[strategy], weighted.omega, prepared.cap)


def weighted_answers(prepared: Prepared, weighted: Weighted) -> Float64:
    """All answers under all strategies in one row: strategies by outcomes by numbers, float64[Q]."""
    parts = [
        answers(one.laid, weighted_course(prepared, weighted, strategy.name, name), one.days, one.asked)
        for strategy in prepared.strategies
        for name, one in prepared.outcomes.items()
    ]
    return np.concatenate(parts)
