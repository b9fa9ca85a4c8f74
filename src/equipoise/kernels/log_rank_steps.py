"""The sums behind the log-rank tests: rows on the ticks of events of their stratum, one pass over those."""

from typing import NamedTuple

import numpy as np

from equipoise.kernels.arrays import Bool, Float64, Int32, Int64
from equipoise.kernels.counting_sort import distinct, rank
from equipoise.kernels.exact_sum import grid, high_part, low_part
from equipoise.kernels.jit import jit


class Grouped(NamedTuple):
    """Checked rows ``(start, stop]`` with codes of group and stratum."""

    start: Int32
    stop: Int32
    event: Bool
    group: Int32
    weight: Float64
    stratum: Int32

    def take(self, order: Int64) -> "Grouped":
        """The rows in another order."""
        return Grouped(
            self.start[order],
            self.stop[order],
            self.event[order],
            self.group[order],
            self.weight[order],
            self.stratum[order],
        )


class Exposed(NamedTuple):
    """Rows on the `places`, the distinct pairs (stratum, tick) with an event: at risk on [first, after)."""

    first: Int64
    after: Int64
    event: Bool
    group: Int32
    weight: Float64
    begins: Int64  # the first place of each stratum that has an event, and the number of places


class Sums(NamedTuple):
    """Sums over all places, and what each place adds.

    `together` tells which groups were ever compared with each other. At each place `height` is W, `lift` is
    W d / Y, and `share` are the shares p of the groups at risk.
    """

    observed: Float64
    expected: Float64
    variance: Float64
    together: Bool
    height: Float64
    lift: Float64
    share: Float64


def place_rows(rows: Grouped) -> Exposed:
    """Put the rows on the distinct ticks of events of their own stratum."""
    lowest, highest = (int(rows.stop.min()), int(rows.stop.max())) if rows.stop.size else (0, 0)
    width = highest - lowest + 2
    base = rows.stratum.astype(np.int64) * width
    leave = base + (rows.stop - np.int64(lowest) + 1)
    # Whoever enters before the first tick of all is at risk at it: no event has place 0 of its stratum.
    enter = base + np.maximum(rows.start - np.int64(lowest) + 1, 0)
    if (int(rows.stratum.max(initial=0)) + 1) * width <= np.iinfo(np.int32).max:
        short = leave.astype(np.int32)
        small = distinct(short[rows.event])
        places, first = small.astype(np.int64), rank(small, enter.astype(np.int32)).astype(np.int64)
        after = rank(small, short).astype(np.int64)
    else:
        places = np.unique(leave[rows.event])
        first = np.searchsorted(places, enter, side="right")
        after = np.searchsorted(places, leave, side="right")
    begins = np.append(np.flatnonzero(np.diff(places // width, prepend=-1)), places.size)
    return Exposed(first, after, rows.event, rows.group, rows.weight, begins)


def add_up(rows: Exposed, groups: int, rho: float, gamma: float) -> Sums:
    """Observed, expected and hypergeometric variance, summed over the places."""
    # Every row enters and leaves once: 2 n terms in a running sum.
    largest = float(rows.weight.max()) if rows.weight.size else 1.0
    at_risk, events = _count(rows, groups, *grid(largest, 2 * rows.weight.size))
    return _add_up(at_risk, events, rows.begins, rho, gamma)


@jit
def _count(rows: Exposed, groups: int, coarse: float, fine: float) -> tuple[Float64, Float64]:
    size = rows.begins[-1]
    high, low = np.zeros((size + 1, groups)), np.zeros((size + 1, groups))
    event_high, event_low = np.zeros((size, groups)), np.zeros((size, groups))
    for i in range(rows.first.size):
        first, after, g = rows.first[i], rows.after[i], rows.group[i]
        if first < after:
            large = high_part(rows.weight[i], coarse)
            small = low_part(rows.weight[i], large, fine)
            high[first, g] += large
            low[first, g] += small
            high[after, g] -= large
            low[after, g] -= small
            if rows.event[i]:
                event_high[after - 1, g] += large
                event_low[after - 1, g] += small
    for u in range(1, size):
        for g in range(groups):
            high[u, g] += high[u - 1, g]
            low[u, g] += low[u - 1, g]
    return high[:size] + low[:size], event_high + event_low


@jit
def _add_up(at_risk: Float64, events: Float64, begins: Int64, rho: float, gamma: float) -> Sums:
    size, groups = at_risk.shape
    observed, expected = np.zeros(groups), np.zeros(groups)
    variance, together = np.zeros((groups, groups)), np.zeros((groups, groups), dtype=np.bool_)
    height, lift, share = np.zeros(size), np.zeros(size), np.zeros((size, groups))
    stratum, before = 0, 1.0
    for u in range(size):
        if u == begins[stratum]:
            before, stratum = 1.0, stratum + 1
        total, deaths = 0.0, 0.0
        for g in range(groups):
            total += at_risk[u, g]
            deaths += events[u, g]
        height[u] = before**rho * (1.0 - before) ** gamma
        lift[u] = height[u] * deaths / total
        compared = height[u] > 0.0 and deaths < total
        spread = 0.0
        if compared and total > 1.0:
            spread = height[u] * height[u] * deaths * (total - deaths) / (total - 1.0)
        for g in range(groups):
            share[u, g] = at_risk[u, g] / total
            observed[g] += height[u] * events[u, g]
            expected[g] += lift[u] * at_risk[u, g]
        for g in range(groups):
            for h in range(groups):
                variance[g, h] += spread * share[u, g] * ((1.0 if g == h else 0.0) - share[u, h])
                if compared and share[u, g] > 0.0 and share[u, h] > 0.0:
                    together[g, h] = True
        before *= (total - deaths) / total
    return Sums(observed, expected, variance, together, height, lift, share)


def score_rows(rows: Exposed, sums: Sums) -> Float64:
    """Score residual [N, G] of each row: its own share in observed minus expected.

    w_i [ event_i W(t_i) (e_g - p(t_i)) - sum over places at risk of W d / Y (e_g - p) ]
    """
    groups = sums.observed.size
    own = np.eye(groups)[rows.group]
    lift = np.concatenate(([0.0], np.cumsum(sums.lift)))
    drift = np.concatenate((np.zeros((1, groups)), np.cumsum(sums.lift[:, np.newaxis] * sums.share, axis=0)))
    exposure = (lift[rows.after] - lift[rows.first])[:, np.newaxis] * own
    score = drift[rows.after] - drift[rows.first] - exposure
    last = rows.after[rows.event] - 1
    score[rows.event] += sums.height[last][:, np.newaxis] * (own[rows.event] - sums.share[last])
    return score * rows.weight[:, np.newaxis]
