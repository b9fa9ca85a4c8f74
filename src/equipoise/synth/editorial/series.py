"""Series as the published one: 47 of the transplanted at random, each counted by Kaplan and Meier.

No draw is chosen: what is shown is the mean over all draws, and how far single draws lie apart.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from equipoise.kernels.addressed import uniform
from equipoise.kernels.arrays import Bool, Float64, Int32, Int64
from equipoise.kernels.jit import jit
from equipoise.synth import addresses as a
from equipoise.synth.editorial.transplanted import ARMS, OUTCOMES, Transplanted

SERIES: Final = 47  # patients of the published series
DRAWS: Final = 10_000


@dataclass(frozen=True, slots=True)
class Drawn:
    """What each of D series would have printed.

    Attributes
    ----------
    survival : float64[D, arms, outcomes]
        Kaplan-Meier on the day; NaN where the follow-up of the arm does not reach it.
    patients : int64[D, arms]
        Patients of the arm.
    events, at_risk : int64[D, arms, outcomes]
        Those with the event by the day; those at risk on it.
    """

    survival: Float64
    patients: Int64
    events: Int64
    at_risk: Int64


def drawn(pool: Transplanted, day: int, draws: range, seed: int) -> Drawn:
    """Draw series without replacement and count each.

    Parameters
    ----------
    pool
        All transplanted; at least `SERIES` of them.
    day
        Day after the transplant that is asked.
    draws
        Numbers of the draws: each has the same patients whatever else is drawn.
    seed
        Seed of all draws.

    Raises
    ------
    ValueError
        If the pool has fewer patients than a series.
    """
    place = members(pool.n, draws, seed)
    arm, stop, event = pool.arm[place], pool.stop[place], pool.event[place]
    shape = (len(draws), len(ARMS), len(OUTCOMES))
    survival, events, at_risk = (
        np.empty(shape),
        np.empty(shape, dtype=np.int64),
        np.empty(shape, dtype=np.int64),
    )
    for one, outcome in np.ndindex(len(ARMS), len(OUTCOMES)):
        there = arm == one
        until, happened = stop[:, :, outcome], event[:, :, outcome]
        survival[:, one, outcome] = survival_of_rows(until, happened, there, day)
        events[:, one, outcome] = (there & happened & (until <= day)).sum(axis=1)
        at_risk[:, one, outcome] = (there & (until >= day)).sum(axis=1)
    patients = np.stack([(arm == one).sum(axis=1) for one in range(len(ARMS))], axis=1)
    return Drawn(survival, patients, events, at_risk)


def members(population: int, draws: range, seed: int) -> Int64:
    """int64[D, SERIES], places in a pool of those in each draw, each at most once a draw."""
    if population < SERIES:
        raise ValueError(f"a series of {SERIES} cannot be drawn from {population} transplanted patients")
    chosen = np.empty((len(draws), SERIES), dtype=np.int64)
    _choose(seed, np.array(draws, dtype=np.int64), population, chosen)
    return chosen


def survival_of_rows(stop: Int32, event: Bool, there: Bool, day: int) -> Float64:
    """Kaplan-Meier on a day of many small samples at once.

    With the members of a sample in the order of their days (events first), the product over tied events
    ``(1 - 1/m)(1 - 1/(m - 1)) ...`` is that of Kaplan and Meier, ``1 - d/m``.

    Parameters
    ----------
    stop, event, there : int32[D, k], bool[D, k], bool[D, k]
        Day of leaving; whether with the event; whether a member of the sample.
    day
        Day on which survival is asked.

    Returns
    -------
    float64[D]
        NaN where nobody is followed so far although somebody left without the event.
    """
    key = np.where(there, 2 * stop.astype(np.int64) + ~event, np.iinfo(np.int64).max)
    key.sort(axis=1)
    place = np.arange(there.shape[1], dtype=np.int64)
    at_risk: Int64 = np.maximum(np.count_nonzero(there, axis=1)[:, None] - place, 1)
    fails = (key % 2 == 0) & (key <= 2 * day)
    survival = np.where(fails, 1.0 - 1.0 / at_risk, 1.0).prod(axis=1)
    is_followed = (there & (stop >= day)).any(axis=1)
    return np.where(is_followed | (survival == 0), survival, np.nan)


@jit
def _choose(seed: int, draws: Int64, population: int, chosen: Int64) -> None:
    """Sample each row without replacement: Floyd's algorithm (Bentley and Floyd 1987, CACM 30:754)."""
    size = chosen.shape[1]
    for row in range(draws.size):
        for k in range(size):
            last = population - size + k
            pick = int(uniform(seed, draws[row], a.SERIES, k) * (last + 1))
            for earlier in range(k):
                if chosen[row, earlier] == pick:
                    pick = last
                    break
            chosen[row, k] = pick
