"""Uncertainty of an emulation: leave-one-out, influence, and bootstrap draws calibrated to either.

Spread of an answer theta over units (patients, or centres where there are at least ten):

    leave-one-out   SE^2 = (J - 1) / J  sum_i (theta_(-i) - mean)^2                                   (9.40)
    influence       SE^2 = J / (J - 1)  sum_i (psi_i - mean)^2,
                    psi_i = d theta / d omega_i + (d theta / d beta)' J^-1 s_i                        (9.41)

Both refit everything (weights and models; laws are part of the question and stay). (9.41) is one Newton step
of (9.40), with s_i the score of the patient in (9.11) and J the information. Either way the table `spread`,
one row a unit with the sum of squares SE^2, serves contrasts: they are paired, unit by unit.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

import numpy as np

from equipoise.estimate.emulated.prepared import Prepared
from equipoise.estimate.emulated.weighted import Weighted, weigh, weighted_answers, weighted_course
from equipoise.kernels.addressed import exponential
from equipoise.kernels.arrays import Float64, Int32
from equipoise.kernels.grouped_hazard import HazardStatus, score_of_bins
from equipoise.kernels.jit import jit
from equipoise.kernels.weighted_influence import answers_back, influence

FEWEST_CENTRES: Final = 10
DECISION: Final = 9_041  # address of the bootstrap's draws
JACKKNIFE: Final = "leave-one-out"
INFLUENCE: Final = "influence values"


@dataclass(frozen=True, eq=False, repr=False, slots=True)
class Spread:
    """How the answers vary over units.

    Attributes
    ----------
    value : float64[Q]
        The answers.
    spread : float64[J, Q]
        One row a unit; the sum of squares of a column is the variance.
    units
        Number of units.
    method
        ``leave-one-out`` or ``influence values``, and of what.
    failed
        Leave-one-out fits that did not converge.
    """

    value: Float64
    spread: Float64
    units: int
    method: str
    failed: int

    def __repr__(self) -> str:
        """Sizes only."""
        return f"Spread({self.units} units, {self.value.size} answers, {self.method})"

    @property
    def std_error(self) -> Float64:
        """Standard errors of the answers, float64[Q]."""
        return np.sqrt((self.spread**2).sum(axis=0))


def units_of(prepared: Prepared) -> tuple[Int32, str]:
    """Unit of variance of each patient, int32[n] (-1: no weight), and its name."""
    cluster = prepared.analysis.plan.cluster
    inside = prepared.omega > 0
    unit = np.full(inside.size, -1, dtype=np.int32)
    if cluster is not None and np.unique(cluster[inside]).size >= FEWEST_CENTRES:
        unit[inside] = np.unique(cluster[inside], return_inverse=True)[1]
        return unit, f"{int(unit.max()) + 1} centres"
    unit[inside] = np.arange(int(inside.sum()), dtype=np.int32)
    return unit, "patients"


def spread(prepared: Prepared, weighted: Weighted, *, workers: int = 2) -> Spread:
    """Answers and their spread: leaving out each unit where patients are few, else by influence.

    Parameters
    ----------
    prepared, weighted
        The emulation, and its weighting by the case weights.
    workers
        Refits at a time; the result does not depend on it.
    """
    unit, name = units_of(prepared)
    value = weighted_answers(prepared, weighted)
    by_centre = name != "patients"
    if prepared.n <= prepared.emulation.jackknife_up_to or by_centre:
        left, failed = _leave_one_out(prepared, weighted, unit, workers)
        units = left.shape[0]
        centred = (left - left.mean(axis=0)) * np.sqrt((units - 1) / units)
        return Spread(value, centred, units, f"{JACKKNIFE} over {name}", failed)
    psi = influence_values(prepared, weighted, workers=workers)
    units = int(unit.max()) + 1
    summed = psi[unit >= 0]
    centred = (summed - summed.mean(axis=0)) * np.sqrt(units / (units - 1))
    return Spread(value, centred, units, f"{INFLUENCE} over {name}", 0)


def _leave_one_out(prepared: Prepared, weighted: Weighted, unit: Int32, workers: int) -> tuple[Float64, int]:
    begin = [fit.beta for fit in weighted.fits]

    def without(one: int) -> tuple[Float64, bool]:
        again = weigh(prepared, np.where(unit == one, 0.0, prepared.omega), begin)
        return weighted_answers(prepared, again), again.converged

    with ThreadPoolExecutor(max_workers=workers) as pool:
        found = list(pool.map(without, range(int(unit.max()) + 1)))
    return np.array([one for one, _ in found]), sum(not well for _, well in found)


def influence_values(prepared: Prepared, weighted: Weighted, *, workers: int = 2) -> Float64:
    """Influence of each patient on each answer, equation (9.41): float64[n, Q].

    Parameters
    ----------
    prepared, weighted, workers
        As in `spread`.
    """
    scores = _scores(prepared, weighted)
    blocks = [(strategy.name, outcome) for strategy in prepared.strategies for outcome in prepared.outcomes]

    def block(which: tuple[str, str]) -> Float64:
        return _block(prepared, weighted, which, scores)

    with ThreadPoolExecutor(max_workers=workers) as pool:
        return np.concatenate(list(pool.map(block, blocks)), axis=1)


def _block(
    prepared: Prepared, weighted: Weighted, which: tuple[str, str], scores: Sequence[Float64]
) -> Float64:
    strategy, outcome = which
    one, path = prepared.outcomes[outcome], prepared.paths[strategy]
    found = weighted_course(prepared, weighted, strategy, outcome)
    back = answers_back(one.laid, found, one.days, one.asked)
    weighting = (weighted.omega, prepared.cap, weighted.hazard)
    values = influence(one.laid, path, weighted.levels[strategy], weighting, (found, back))
    psi = values.direct * np.where(weighted.omega > 0, weighted.omega, 0.0)[:, np.newaxis]
    for time, offset, score in zip(prepared.processes, prepared.offset, scores, strict=True):
        by_beta = time.x.T @ values.by_hazard[offset : offset + time.x.shape[0]]
        psi += score @ by_beta
    return psi


def _scores(prepared: Prepared, weighted: Weighted) -> list[Float64]:
    """J^-1 s_i of each process: float64[n, p]."""
    found: list[Float64] = []
    for time, fit in zip(prepared.processes, weighted.fits, strict=True):
        if fit.status is not HazardStatus.CONVERGED or not time.x.size:
            found.append(np.zeros((time.patients, time.x.shape[1])))
            continue
        seen = time.seen
        pull = score_of_bins(
            fit.hazard[time.group],
            (time.begins & seen).astype(np.float64),
            np.where(seen, time.stop - time.start - time.begins, 0).astype(np.float64),
        )
        score = np.column_stack(
            [
                np.bincount(time.patient, weights=pull * time.x[time.group, j], minlength=time.patients)
                for j in range(time.x.shape[1])
            ]
        )
        score *= np.where(weighted.omega > 0, weighted.omega, 0.0)[:, np.newaxis]
        found.append(np.linalg.solve(fit.information, score.T).T.astype(np.float64))
    return found


def draws(prepared: Prepared, weighted: Weighted, found: Spread, seed: int, *, workers: int = 2) -> Float64:
    """Bayesian bootstrap: answers under exponential weights of the units, float64[B, Q].

    Where the spread is that of leaving units out, every draw refits everything; else it is linear in the
    influence values.

    Parameters
    ----------
    prepared, weighted, found
        The emulation, its weighting, and its spread.
    seed
        Seed of the draws, which are addressed by unit and number.
    workers
        Refits at a time; the result does not depend on it.
    """
    unit, _ = units_of(prepared)
    count, size = prepared.emulation.draws, int(unit.max()) + 1
    factors = _factors(seed, count, size)
    if not found.method.startswith(JACKKNIFE):
        return found.value + (factors - 1.0) @ found.spread
    begin = [fit.beta for fit in weighted.fits]

    def draw(number: int) -> Float64:
        omega = np.where(unit >= 0, factors[number][np.maximum(unit, 0)], 0.0) * prepared.omega
        return weighted_answers(prepared, weigh(prepared, omega, begin))

    with ThreadPoolExecutor(max_workers=workers) as pool:
        return np.array(list(pool.map(draw, range(count))))


@jit
def _factors(seed: int, draws_: int, units: int) -> Float64:
    """Exponential weights of mean 1 within each draw: float64[draws, units]."""
    out = np.empty((draws_, units))
    for b in range(draws_):
        total = 0.0
        for i in range(units):
            out[b, i] = exponential(seed, i, DECISION, b)
            total += out[b, i]
        for i in range(units):
            out[b, i] *= units / total
    return out
