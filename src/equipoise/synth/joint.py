"""How often outcomes hold under one strategy and under two at once, in the same virtual patients.

With n patients of shared luck and J(g, h) of them having an outcome under g and under h,

    P(g) = J(g, g) / n,    P(g) - P(h) = (J(g, g) - J(h, h)) / n = D,
    Var D = ((J(g, g) + J(h, h) - 2 J(g, h)) / n - D^2) / n.                                      (7.1)

Times are treated alike, with products of months in place of counts.
"""

import math
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from equipoise.kernels.addressed import uniform
from equipoise.kernels.arrays import Float64, Int64
from equipoise.kernels.jit import jit
from equipoise.synth import addresses as a
from equipoise.synth.course import course
from equipoise.synth.numbers import T_MRD, Numbers
from equipoise.synth.outcomes import AREAS, OCCUPIED, OUTCOMES, walk
from equipoise.synth.state import ORDERS, Orders, Work, work

UInt64 = npt.NDArray[np.uint64]

MONTHS: Final = np.arange(61, dtype=np.float64)
HEADLINES: Final = (12, 24, 36, 48, 60)
HORIZONS: Final = np.array([24.0, 36.0, 60.0])
# What is known at time zero and divides the patients: six covariates and the first sequencing test.
FEATURES: Final = ("burden", "prior_hct", "genetics", "costimulation", "donor_available", "age", "ngs_mrd")
CHUNK: Final = 16_384  # a multiple of 64


@dataclass(frozen=True, slots=True)
class Joint:
    """Joint counts of G strategies.

    Attributes
    ----------
    patients : int
    counts : int64[O, T, G, G]
        By outcome (`OUTCOMES`, then `OCCUPIED`) and month of `MONTHS`.
    members : int64[F, 2]
        Patients without and with each of `FEATURES`.
    by_feature : int64[F, 2, P, H, G, G]
        The same by feature, for the P outcomes of `OUTCOMES` at the months of `HEADLINES`.
    areas : float64[A, K, G]
        Sum of months by `AREAS` and `HORIZONS`.
    products : float64[A, K, G, G]
        Sum of products of months.
    """

    patients: int
    counts: Int64
    members: Int64
    by_feature: Int64
    areas: Float64
    products: Float64


def joint(world: Numbers, orders: Sequence[Orders], patients: int, seed: int, *, workers: int = 2) -> Joint:
    """Simulate each patient under each strategy and count.

    Parameters
    ----------
    world
        The record of a world.
    orders
        Strategies, G of them.
    patients
        How many.
    seed
        Seed of all draws.
    workers
        Chunks at a time; the result does not depend on it.
    """
    together: Any = np.array(list(orders), dtype=ORDERS)

    def one(first: int) -> Joint:
        return _chunk(world, together, first, min(CHUNK, patients - first), seed)

    total: Joint | None = None
    firsts = list(range(0, patients, CHUNK))
    with ThreadPoolExecutor(max_workers=workers) as pool:
        for low in range(
            0, len(firsts), 4 * workers
        ):  # a few at a time: memory does not grow with `patients`
            for part in pool.map(one, firsts[low : low + 4 * workers]):
                total = part if total is None else _sum(total, part)
    if total is None:
        raise ValueError("at least one patient is needed")
    return total


def _sum(one: Joint, other: Joint) -> Joint:
    return Joint(
        one.patients + other.patients,
        one.counts + other.counts,
        one.members + other.members,
        one.by_feature + other.by_feature,
        one.areas + other.areas,
        one.products + other.products,
    )


def _chunk(world: Numbers, orders: Any, first: int, size: int, seed: int) -> Joint:
    outcomes, strategies = len(OUTCOMES) + len(OCCUPIED), len(orders)
    words = -(-size // 64)
    # 64 patients at a time share a block of memory that stays in the processor.
    bits = np.zeros((words, outcomes, MONTHS.size, strategies), dtype=np.uint64)
    member = np.zeros((len(FEATURES), words), dtype=np.uint64)
    stays = np.zeros((size, strategies, HORIZONS.size, 8))
    _simulate(seed, first, size, world, orders, MONTHS, HORIZONS, _LISTED, work(), bits, member, stays)
    holds = np.ascontiguousarray(np.moveaxis(bits, 0, -1))
    everybody = np.full(words, ~np.uint64(0))
    if size % 64:
        everybody[-1] = (np.uint64(1) << np.uint64(size % 64)) - np.uint64(1)
    groups = np.stack([everybody & ~member, member], axis=1)  # [F, 2, words]
    shown = holds[: len(OUTCOMES), list(HEADLINES)]
    states = np.array([np.isin(np.arange(8), area.states) for area in AREAS], dtype=np.float64)
    months = np.ascontiguousarray(np.moveaxis(stays @ states.T, (3, 2, 1, 0), (0, 1, 2, 3)))
    return Joint(
        size,
        _pairs(holds),
        np.bitwise_count(groups).sum(axis=-1).astype(np.int64),
        np.array([[_pairs(shown & group) for group in pair] for pair in groups]),
        months.sum(axis=-1),
        months @ months.swapaxes(-1, -2),
    )


def _listed() -> Int64:
    """int64[CODES, O], the outcomes that hold at a code, then -1."""
    holds = np.array([outcome.codes() for outcome in (*OUTCOMES, *OCCUPIED)]).T
    first = np.argsort(~holds, axis=1, kind="stable")  # those that hold, in their order, come first
    return np.where(np.take_along_axis(holds, first, axis=1), first, -1)


_LISTED: Final = _listed()


def _pairs(holds: UInt64) -> Int64:
    """Numbers of set bits under each pair of strategies: int64[O, T, G, G] from uint64[O, T, G, words]."""
    strategies = holds.shape[2]
    found = np.empty((*holds.shape[:2], strategies, strategies), dtype=np.int64)
    for g in range(strategies):
        for h in range(g, strategies):
            found[:, :, g, h] = np.bitwise_count(holds[:, :, g] & holds[:, :, h]).sum(axis=-1)
            found[:, :, h, g] = found[:, :, g, h]
    return found


@jit
def _simulate(
    seed: int,
    first: int,
    size: int,
    world: Numbers,
    orders: Any,
    months: Float64,
    horizons: Float64,
    listed: Int64,
    memory: Work,
    bits: UInt64,
    member: UInt64,
    stays: Float64,
) -> None:
    codes = np.zeros(months.size, dtype=np.uint8)
    end = max(months[-1], horizons[-1]) + 1e-9
    for i in range(size):
        word, bit = i // 64, np.uint64(1) << np.uint64(i % 64)
        for g in range(orders.size):
            length = course(seed, first + i, world, orders[g], end, False, memory)
            walk(memory, length, months, horizons, codes, stays[i, g])
            for t in range(months.size):
                for k in range(listed.shape[1]):
                    o = listed[codes[t], k]
                    if o < 0:
                        break
                    bits[word, o, t, g] |= bit
        for k in range(6):
            if memory.x[k] > 0.0:
                member[k, word] |= bit
        if _is_positive_at_time_zero(seed, first + i, world, memory):
            member[6, word] |= bit


@jit
def _is_positive_at_time_zero(seed: int, patient: int, world: Numbers, memory: Work) -> bool:
    """Whether the sequencing test of time zero is positive."""
    odds = math.exp(world.mrd_log_odds) * memory.multiplier[T_MRD]
    has_disease = uniform(seed, patient, a.MRD_AT_TIME_ZERO, 0) < odds / (1.0 + odds)
    return has_disease and uniform(seed, patient, a.ASSAY, 0) < world.sensitivity
