"""Weights after a competing event: product-limits of the censoring and of the entry distribution.

Subject i with a competing event at T_i stays in the risk set at t > T_i with weight

    w_i(t) = W(t-) / W(T_i-)                                                                             (2)
    W(t)   = prod_{u <= t} (1 - c(u) / Y(u)) / prod_{s <= t} (1 - e(s) / Y*(s))                          (3)

c(u) subjects are censored at u out of Y(u); e(s) enter at s, and Y*(s) = #(start <= s < stop) are under
observation right after s.  The first product is the Kaplan-Meier estimate G of the censoring distribution
(Fine and Gray 1999); the second is 1 / H up to a constant, H = P(entry <= t) (Geskus 2011).

Ties of events and censoring at u: `TOGETHER` counts those with an event at u in Y(u) (cmprsk::crr),
`EVENTS_FIRST` does not (survival::finegray).  Case weights enter both products.
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from equipoise.kernels.arrays import Float64, Int32, Int64
from equipoise.kernels.counting_sort import rank
from equipoise.kernels.fine_gray_rows import COMPETING, EventGrid, SubdistributionRows
from equipoise.kernels.tally import tally


class CensoringTies(StrEnum):
    """Who is at risk of being censored at a tick at which events happen too."""

    TOGETHER = "those with an event are at risk of censoring at its tick"
    EVENTS_FIRST = "those with an event have left before anybody is censored at its tick"


class EmptiedRiskSetError(ValueError):
    """Nobody is under observation between a competing event and a later event of interest."""

    def __init__(self, tick: int) -> None:
        self.tick = tick
        super().__init__(
            f"nobody stays under observation through tick {tick}, with a competing event before and an event "
            "of interest after it: the weight of those with a competing event is unknown from there on; "
            "begin follow-up later"
        )


@dataclass(frozen=True, slots=True)
class Jumps:
    """Ticks at which a product-limit falls: weight `leaving` out of `at_risk`."""

    tick: Int32
    leaving: Float64
    at_risk: Float64

    @property
    def staying(self) -> Float64:
        """Weight of those at risk who do not leave."""
        return self.at_risk - self.leaving


@dataclass(frozen=True, slots=True)
class GroupWeights:
    """W of one group: `value` right after `tick`; `last` = the last tick at which anybody is observed."""

    censoring: Jumps
    entering: Jumps
    tick: Int32
    value: Float64
    emptied: Int32
    last: int

    def before(self, ticks: Int32) -> Float64:
        """W(t-); 0 after the last tick of the group, as cmprsk::crr has it."""
        found = np.concatenate(([1.0], self.value))[rank(self.tick, ticks - np.int32(1))]
        return np.where(ticks <= self.last, found, 0.0)


@dataclass(frozen=True, slots=True)
class Weights:
    """W of every group, at the row's own stop, and at the events of each cell's stratum.

    `at_event` holds cell after cell; cell c owns offset[c] .. offset[c + 1] - 1, one place an event tick.
    """

    groups: tuple[GroupWeights, ...]
    own: Float64
    at_event: Float64
    offset: Int64


def subdistribution_weights(rows: SubdistributionRows, grid: EventGrid, ties: CensoringTies) -> Weights:
    """Product-limits of each group and their values where the likelihood needs them.

    Raises
    ------
    EmptiedRiskSetError
        A weight would be 0 / 0 because a risk set emptied.
    """
    members = [rows.group == g for g in range(int(rows.group.max()) + 1)] if rows.group.size else []
    groups = tuple(_group(rows, mine, ties) for mine in members)
    own = np.ones(rows.stop.size)
    for mine, group in zip(members, groups, strict=True):
        own[mine] = group.before(rows.stop[mine])
    offset = np.zeros(rows.cell_stratum.size + 1, dtype=np.int64)
    values: list[Float64] = []
    for c in range(rows.cell_stratum.size):
        s, g = int(rows.cell_stratum[c]), int(rows.cell_group[c])
        ticks = grid.tick[grid.first[s] : grid.first[s + 1]]
        _check(rows, c, groups[g], ticks)
        values.append(groups[g].before(ticks))
        offset[c + 1] = offset[c] + ticks.size
    return Weights(groups, own, np.concatenate(values) if values else np.zeros(0), offset)


def _group(rows: SubdistributionRows, mine: np.ndarray, ties: CensoringTies) -> GroupWeights:
    start, stop, weight = rows.start[mine], rows.stop[mine], rows.weight[mine]
    outcome = (rows.outcome[mine] != 0).astype(np.int16)
    time, at_risk, leaving = tally(stop, outcome, start, weight, 1)
    if ties is CensoringTies.EVENTS_FIRST:
        at_risk = at_risk - leaving[:, 1]
    censored = leaving[:, 0] > 0
    censoring = Jumps(time[censored], leaving[censored, 0], at_risk[censored])
    backwards, present, entered = tally(-start, np.zeros(start.size, dtype=np.int16), -stop, weight, 0)
    entering = Jumps(-backwards[::-1], entered[::-1, 0].copy(), present[::-1].copy())
    tick, factor, emptied = _factors(censoring, entering)
    value = np.cumprod(factor).astype(np.float64)
    return GroupWeights(censoring, entering, tick, value, emptied, int(stop.max()))


def _factors(censoring: Jumps, entering: Jumps) -> tuple[Int32, Float64, Int32]:
    """Ticks and factors of W; where everybody leaves or enters the factor is left out and the tick told."""
    tick = np.concatenate([censoring.tick, entering.tick])
    leaving = np.concatenate([censoring.leaving, entering.leaving])
    at_risk = np.concatenate([censoring.at_risk, entering.at_risk])
    sign = np.repeat([1.0, -1.0], [censoring.tick.size, entering.tick.size])
    order = np.lexsort((-sign, tick))
    tick, leaving, at_risk, sign = tick[order], leaving[order], at_risk[order], sign[order]
    kept = at_risk > leaving
    share = np.where(kept, (at_risk - leaving) / at_risk, 1.0)
    return tick, np.where(sign > 0, share, 1.0 / share), tick[~kept]


def _check(rows: SubdistributionRows, cell: int, group: GroupWeights, events: Int32) -> None:
    """A weight must not reach from before to after a tick at which the group's risk set emptied."""
    events = events[events <= group.last]
    mine = rows.stop[(rows.cell == cell) & (rows.outcome == COMPETING)]
    if events.size == 0 or mine.size == 0:
        return
    across = group.emptied[(group.emptied >= mine.min()) & (group.emptied < events.max())]
    if across.size:
        raise EmptiedRiskSetError(int(across[0]))
