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
    bits = np.zeros((words, outcomes, MONTHS.size, strategies), dtype=np.uint64)
    member = np.zeros((len(FEATURES), words), dtype=np.uint64)
    stays = np.zeros((size, strategies, HORIZONS.size, 8))
    _simulate(seed, first, size, world, orders, MONTHS, HORIZONS, _LISTED, work(), bits, member, stays)
    everybody = np.full(words, ~np.uint64(0))
    if size % 64:
        everybody[-1] = (np.uint64(1) << np.uint64(size % 64)) - np.uint64(1)
    groups = np.stack([everybody & ~member, member], axis=1)  # [F, 2, words]
    counts = np.zeros((outcomes, MONTHS.size, strategies, strategies), dtype=np.int64)
    shown = np.array(HEADLINES)
    by_feature = np.zeros(
        (*groups.shape[:2], len(OUTCOMES), shown.size, strategies, strategies), dtype=np.int64
    )
    _count(bits, groups, shown, counts, by_feature)
    states = np.array([np.isin(np.arange(8), area.states) for area in AREAS], dtype=np.float64)
    months = np.ascontiguousarray(np.moveaxis(stays @ states.T, (3, 2, 1, 0), (0, 1, 2, 3)))
    return Joint(
        size,
        counts,
        np.bitwise_count(groups).sum(axis=-1).astype(np.int64),
        by_feature,
        months.sum(axis=-1),
        months @ months.swapaxes(-1, -2),
    )


def _listed() -> Int64:
    """int64[CODES, O], the outcomes that hold at a code, then -1."""
    holds = np.array([outcome.codes() for outcome in (*OUTCOMES, *OCCUPIED)]).T
    first = np.argsort(~holds, axis=1, kind="stable")  # those that hold, in their order, come first
    return np.where(np.take_along_axis(holds, first, axis=1), first, -1)


_LISTED: Final = _listed()


@jit
def _count(bits: UInt64, groups: UInt64, shown: Int64, counts: Int64, by_feature: Int64) -> None:
    """Numbers of set bits under each pair of strategies, over everybody and by feature."""
    words, outcomes, months = bits.shape[:3]
    for word in range(words):
        for o in range(outcomes):
            for t in range(months):
                _count_pairs(bits[word, o, t], ~np.uint64(0), counts[o, t])
        for f in range(groups.shape[0]):
            for side in range(groups.shape[1]):
                for o in range(by_feature.shape[2]):
                    for k in range(shown.size):
                        _count_pairs(
                            bits[word, o, shown[k]], groups[f, side, word], by_feature[f, side, o, k]
                        )
    for o in range(outcomes):
        for t in range(months):
            _mirror(counts[o, t])
    for f in range(groups.shape[0]):
        for side in range(groups.shape[1]):
            for o in range(by_feature.shape[2]):
                for k in range(shown.size):
                    _mirror(by_feature[f, side, o, k])


@jit
def _count_pairs(row: UInt64, group: np.uint64, total: Int64) -> None:
    for g in range(row.size):
        one = row[g] & group
        if one == 0:
            continue
        for h in range(g, row.size):
            total[g, h] += _set_bits(one & row[h])


@jit
def _set_bits(word: np.uint64) -> int:
    """Number of set bits (Warren 2012, section 5-1)."""
    word -= (word >> np.uint64(1)) & np.uint64(0x5555555555555555)
    pairs = np.uint64(0x3333333333333333)
    word = (word & pairs) + ((word >> np.uint64(2)) & pairs)
    word = (word + (word >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return int((word * np.uint64(0x0101010101010101)) >> np.uint64(56))


@jit
def _mirror(total: Int64) -> None:
    for g in range(total.shape[0]):
        for h in range(g):
            total[g, h] = total[h, g]


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
    """Bits by block of 64 patients; within a block first by patient (bit: month), then turned round."""
    codes = np.zeros(months.size, dtype=np.uint8)
    block = np.zeros((bits.shape[1], orders.size, 64), dtype=np.uint64)
    end = max(months[-1], horizons[-1]) + 1e-9
    for i in range(size):
        word, place = i // 64, i % 64
        for g in range(orders.size):
            length = course(seed, first + i, world, orders[g], end, False, memory)
            walk(memory, length, months, horizons, codes, stays[i, g])
            _write_runs(codes, listed, block[:, g, place])
        bit = np.uint64(1) << np.uint64(place)
        for k in range(6):
            if memory.x[k] > 0.0:
                member[k, word] |= bit
        if _is_positive_at_time_zero(seed, first + i, world, memory):
            member[6, word] |= bit
        if place == 63 or i == size - 1:
            for o in range(block.shape[0]):
                for g in range(orders.size):
                    _turn(block[o, g])
                    for t in range(months.size):
                        bits[word, o, t, g] = block[o, g, t]
                    block[o, g] = 0


@jit
def _write_runs(codes: npt.NDArray[np.uint8], listed: Int64, outcomes: UInt64) -> None:
    """Set the bits of the months at which each outcome holds, one run of equal codes at a time."""
    begin = 0
    while begin < codes.size:
        stop = begin + 1
        while stop < codes.size and codes[stop] == codes[begin]:
            stop += 1
        run = ((np.uint64(1) << np.uint64(stop - begin)) - np.uint64(1)) << np.uint64(begin)
        for k in range(listed.shape[1]):
            o = listed[codes[begin], k]
            if o < 0:
                break
            outcomes[o] |= run
        begin = stop


@jit
def _turn(rows: UInt64) -> None:
    """Turn 64 x 64 bits round: bit c of row r becomes bit r of row c (Warren 2012, section 7-3)."""
    step, low = 32, np.uint64(0x00000000FFFFFFFF)
    while step > 0:
        shift = np.uint64(step)
        for k in range(64):
            if k & step == 0:
                swapped = ((rows[k] >> shift) ^ rows[k + step]) & low
                rows[k] ^= swapped << shift
                rows[k + step] ^= swapped
        step >>= 1
        low ^= low << np.uint64(step)


@jit
def _is_positive_at_time_zero(seed: int, patient: int, world: Numbers, memory: Work) -> bool:
    """Whether the sequencing test of time zero is positive."""
    odds = math.exp(world.mrd_log_odds) * memory.multiplier[T_MRD]
    has_disease = uniform(seed, patient, a.MRD_AT_TIME_ZERO, 0) < odds / (1.0 + odds)
    return has_disease and uniform(seed, patient, a.ASSAY, 0) < world.sensitivity
