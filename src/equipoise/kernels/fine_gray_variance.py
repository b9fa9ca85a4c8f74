"""Influence of every subject on the score of a subdistribution hazards model.

The score at the estimate is a sum of independent terms eta_i + psi_i (Fine and Gray 1999),

    eta_i = int (x_i - xbar(t)) w_i(t) dM_i(t),   dM_i = dN_i - 1(at risk) exp(x_i' beta) dLambda_0      (8)
    psi_i = int q(u) / Y(u) dM^C_i(u),            dM^C_i = dN^C_i - 1(start < u <= stop) c(u) / Y(u)     (9)
    q(u)  = sum_{competing, T_j < u} sum_{t >= u} r_j W(t-) / W(T_j-) (x_j - xbar(t)) d(t) / S0(t)      (10)
    V     = I^-1 sum_clusters (sum eta_i + psi_i)(sum eta_i + psi_i)' I^-1                              (11)

psi_i is what estimating the censoring distribution adds.  Delayed entry adds the same over the reversed-time
martingale of the entries, with the opposite sign, since 1 / H stands in the weight W (12).

(10) with T_j < u <= t and (9) with Y are those of cmprsk::crr, hence of `TOGETHER`.  The exact derivative
of (3) has T_j <= u < t and Y - c: so `EVENTS_FIRST` and (12), whose (11) is the infinitesimal jackknife.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from equipoise.kernels.arrays import Float64, Int32, Int64
from equipoise.kernels.counting_sort import rank
from equipoise.kernels.fine_gray_rows import CENSORED, COMPETING, INTEREST, EventGrid, SubdistributionRows
from equipoise.kernels.fine_gray_scan import ScanRows, prefix_sums, suffix_sums
from equipoise.kernels.fine_gray_weights import CensoringTies, Jumps, Weights
from equipoise.kernels.jit import jit


@dataclass(frozen=True, slots=True)
class Fitted:
    """A model at one value of its coefficients: r_i, risk sums and hazard jumps d / S0 on the event grid."""

    rows: SubdistributionRows
    grid: EventGrid
    weights: Weights
    scan: ScanRows
    relative: Float64
    means: Float64
    hazard: Float64


def event_influence(fitted: Fitted) -> Float64:
    """[n, p]: case weight x eta_i, the influence with the weights after competing events taken as known."""
    jumps = _jumps(fitted)
    own = np.where(fitted.rows.outcome == INTEREST, fitted.rows.weight, 0.0)
    before, later = prefix_sums(jumps), suffix_sums(fitted.scan, jumps)
    return _event_influence(fitted.scan, fitted.relative, own, fitted.means, before, later)


def _jumps(fitted: Fitted) -> Float64:
    """[K, 1 + p]: d / S0 and xbar d / S0."""
    return np.column_stack([fitted.hazard, fitted.hazard[:, np.newaxis] * fitted.means])


@jit
def _event_influence(
    rows: ScanRows, relative: Float64, own: Float64, means: Float64, before: Float64, later: Float64
) -> Float64:
    n, p = rows.covariates.shape
    influence = np.zeros((n, p))
    for i in range(n):
        low, high = rows.entry[i], rows.exit[i]
        begin, end = rows.first[rows.stratum[i]], rows.first[rows.stratum[i] + 1]
        stays = rows.competing[i] and high < end
        place = rows.offset[rows.cell[i]] + high - begin if stays else 0
        share = 1.0 / rows.own[i] if stays else 0.0
        total = before[high, 0] - before[low, 0]
        if stays:
            total += share * later[place, 0]
        for j in range(p):
            mean = before[high, j + 1] - before[low, j + 1]
            if stays:
                mean += share * later[place, j + 1]
            x = rows.covariates[i, j]
            influence[i, j] = relative[i] * (mean - x * total)
            if own[i] > 0.0:
                influence[i, j] += own[i] * (x - means[high - 1, j])
    return influence


def weight_influence(fitted: Fitted, ties: CensoringTies) -> Float64:
    """[n, p]: case weight x psi_i, the influence through the estimated censoring and entry distributions."""
    influence = np.zeros_like(fitted.scan.covariates)
    later = suffix_sums(fitted.scan, _jumps(fitted))
    for g, group in enumerate(fitted.weights.groups):
        mine = np.flatnonzero(fitted.rows.group == g)
        _of_censoring(fitted, g, later, mine, ties, influence)
        if group.entering.tick.size > 1:
            _of_entering(fitted, g, later, mine, influence)
    return influence


@jit
def _sum_by_cluster(influence: Float64, cluster: Int32, clusters: int) -> Float64:
    total = np.zeros((clusters, influence.shape[1]))
    for i in range(cluster.size):
        for j in range(influence.shape[1]):
            total[cluster[i], j] += influence[i, j]
    return total


def by_cluster(influence: Float64, cluster: Int32 | None) -> Float64:
    """Influences summed within clusters (codes 0, 1, ...); every row is its own cluster without codes."""
    if cluster is None:
        return influence
    return _sum_by_cluster(influence, cluster, int(cluster.max()) + 1)


@jit
def squared(influence: Float64) -> Float64:
    """[p, p]: sum of u u' over the rows u, in their order."""
    n, p = influence.shape
    total = np.zeros((p, p))
    for i in range(n):
        for j in range(p):
            for k in range(p):
                total[j, k] += influence[i, j] * influence[i, k]
    return total


def _sensitivity(fitted: Fitted, group: int, later: Float64, ticks: Int32, *, closed: bool) -> Float64:
    """[ticks, p]: q(u) of a group over T_j <= u < t, or `closed` T_j < u <= t, summed over its strata."""
    rows, grid, scan = fitted.rows, fitted.grid, fitted.scan
    seen = ticks - np.int32(closed)
    total = np.zeros((ticks.size, scan.covariates.shape[1]))
    for c in np.flatnonzero(rows.cell_group == group):
        s = rows.cell_stratum[c]
        stayed = np.flatnonzero((rows.cell == c) & (rows.outcome == COMPETING))
        scaled = fitted.relative[stayed] / scan.own[stayed]
        terms = np.column_stack([scaled, scaled[:, np.newaxis] * scan.covariates[stayed]])
        sums = np.vstack([np.zeros(terms.shape[1]), np.cumsum(terms, axis=0)])
        gone = sums[np.searchsorted(rows.stop[stayed], seen, side="right")]
        events = grid.tick[grid.first[s] : grid.first[s + 1]]
        rest = np.vstack([later[scan.offset[c] : scan.offset[c + 1]], np.zeros(terms.shape[1])])
        after = rest[rank(events, seen)]
        total += gone[:, 1:] * after[:, :1] - gone[:, :1] * after[:, 1:]
    return total


def _of_censoring(
    fitted: Fitted, group: int, later: Float64, mine: Int64, ties: CensoringTies, influence: Float64
) -> None:
    """Add case weight x psi_i of (9) to the rows `mine` of `influence`."""
    jumps = fitted.weights.groups[group].censoring
    together = ties is CensoringTies.TOGETHER
    sensitivity = _sensitivity(fitted, group, later, jumps.tick, closed=together)
    integrand = _integrand(jumps, sensitivity, jumps.at_risk if together else jumps.staying)
    start, stop, outcome = fitted.rows.start[mine], fitted.rows.stop[mine], fitted.rows.outcome[mine]
    censored = outcome == CENSORED
    last = stop if together else np.where(censored, stop, stop - np.int32(1))
    own = np.where(censored, rank(jumps.tick, stop) - np.int32(1), np.int32(-1))
    walk = _Walk(own, rank(jumps.tick, start), rank(jumps.tick, last))
    _add(influence, mine, fitted.rows.weight, integrand, walk)


def _of_entering(fitted: Fitted, group: int, later: Float64, mine: Int64, influence: Float64) -> None:
    """Take the same integral over the entries from the rows `mine` of `influence` (12)."""
    jumps = fitted.weights.groups[group].entering
    sensitivity = _sensitivity(fitted, group, later, jumps.tick, closed=False)
    integrand = _integrand(jumps, sensitivity, jumps.staying)
    own = rank(jumps.tick, fitted.rows.start[mine]) - np.int32(1)
    until = rank(jumps.tick, fitted.rows.stop[mine] - np.int32(1))
    _add(influence, mine, -fitted.rows.weight, integrand, _Walk(own, own, until))


class _Walk(NamedTuple):
    """Places on the jumps: a row's own jump (-1: none), and begin .. end - 1 at which it is at risk."""

    own: Int32
    begin: Int32
    end: Int32


@jit
def _add(
    influence: Float64, mine: Int64, weight: Float64, integrand: tuple[Float64, Float64], walk: _Walk
) -> None:
    """Add weight x (own jump - compensator) to the rows `mine`."""
    slope, cumulated = integrand
    for m in range(mine.size):
        i, own = mine[m], walk.own[m]
        for j in range(influence.shape[1]):
            term = cumulated[walk.begin[m], j] - cumulated[walk.end[m], j]
            if own >= 0:
                term += slope[own, j]
            influence[i, j] += weight[i] * term


def _integrand(jumps: Jumps, sensitivity: Float64, denominator: Float64) -> tuple[Float64, Float64]:
    """Return q / Y at each jump, and the running sums of q / Y x leaving / Y with a zero in front.

    Where everybody leaves, W goes on from there and does not depend on the jump: 0.
    """
    safe = np.where(denominator > 0, denominator, np.inf)
    slope = sensitivity / safe[:, np.newaxis]
    steps = slope * (jumps.leaving / jumps.at_risk)[:, np.newaxis]
    return slope, np.vstack([np.zeros(steps.shape[1]), np.cumsum(steps, axis=0)])
