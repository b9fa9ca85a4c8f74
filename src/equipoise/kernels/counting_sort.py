"""Stable order of integer keys in O(n + range), and places of ticks on a sorted grid by table look-up.

Event times are ticks, so a table over their range replaces comparison sorting (Knuth, TAOCP 3, 5.2,
algorithm D). Where the range is much wider than the number of keys the table would be sparse, and numpy's
comparison-based functions are used: same result, O(n log n).
"""

import numpy as np

from equipoise.kernels.arrays import Int32, Int64
from equipoise.kernels.jit import jit

SPARSE = 8  # a table is used while range <= SPARSE * n + MINIMUM
MINIMUM = 4096


def dense(lowest: int, highest: int, count: int) -> bool:
    """Whether a table over `lowest`..`highest` is worth its memory for `count` keys."""
    return highest - lowest < SPARSE * count + MINIMUM


def argsort(keys: Int32) -> Int64:
    """Indices that bring `keys` into ascending order, equal keys in their original order."""
    if keys.size == 0:
        return np.zeros(0, dtype=np.int64)
    lowest, highest = int(keys.min()), int(keys.max())
    if dense(lowest, highest, keys.size):
        return _counting_argsort(keys, lowest, highest - lowest + 1)
    return np.argsort(keys, kind="stable")


def distinct(ticks: Int32) -> Int32:
    """The distinct values of `ticks`, ascending."""
    if ticks.size == 0:
        return ticks
    lowest, highest = int(ticks.min()), int(ticks.max())
    if dense(lowest, highest, ticks.size):
        seen = np.zeros(highest - lowest + 1, dtype=np.bool_)
        seen[ticks - np.int64(lowest)] = True
        return (np.flatnonzero(seen) + lowest).astype(np.int32)
    return np.unique(ticks)


def rank(grid: Int32, ticks: Int32) -> Int32:
    """For each tick, how many entries of the ascending `grid` are <= the tick: its place on the grid."""
    if grid.size == 0 or ticks.size == 0:
        return np.zeros(ticks.size, dtype=np.int32)
    lowest, highest = int(grid[0]), int(grid[-1])
    if dense(lowest, highest, ticks.size + grid.size):
        return _rank_by_table(grid, ticks, lowest, highest - lowest + 1)
    return np.searchsorted(grid, ticks, side="right").astype(np.int32)


@jit
def _counting_argsort(keys: Int32, lowest: int, width: int) -> Int64:
    place = np.zeros(width + 1, dtype=np.int64)
    for i in range(keys.size):
        place[keys[i] - lowest + 1] += 1
    for value in range(width):
        place[value + 1] += place[value]
    order = np.empty(keys.size, dtype=np.int64)
    for i in range(keys.size):
        value = keys[i] - lowest
        order[place[value]] = i
        place[value] += 1
    return order


@jit
def _rank_by_table(grid: Int32, ticks: Int32, lowest: int, width: int) -> Int32:
    table = np.zeros(width, dtype=np.int32)
    for g in range(grid.size):
        table[grid[g] - lowest] += 1
    for x in range(1, width):
        table[x] += table[x - 1]
    places = np.empty(ticks.size, dtype=np.int32)
    for i in range(ticks.size):
        x = np.int64(ticks[i]) - lowest
        if x < 0:
            places[i] = 0
        elif x >= width:
            places[i] = grid.size
        else:
            places[i] = table[x]
    return places
