"""The slow twin of Fine-Gray regression and of Gray's test: one loop a sentence, nothing of the fast code.

Every subject is written out at every event tick with its weight; product-limits are multiplied out for every
weight; the score's dependence on the censoring distribution is found by summing over all pairs, and once more
by changing each subject's case weight a little.
"""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

STEPS = 30
EPSILON = 1e-5  # step of the numeric derivative; its error is of order EPSILON squared


@dataclass(frozen=True, slots=True)
class Subjects:
    """One row ``(start, stop]`` a subject; cause 0 = censored, 1 = of interest, 2 = competing.

    `together`: whoever has an event at a tick is at risk of being censored there.
    """

    start: Integers
    stop: Integers
    cause: Integers
    covariates: Array
    weight: Array
    stratum: Integers
    group: Integers
    ridge: Array
    together: bool

    def reweighted(self, weight: Array) -> "Subjects":
        """The same subjects with other case weights."""
        return replace(self, weight=weight)


def censoring_risk(data: Subjects, j: int, group: int, tick: int) -> bool:
    """Whether subject j may be censored at `tick` in `group`."""
    if data.group[j] != group or not data.start[j] < tick <= data.stop[j]:
        return False
    return bool(data.together or data.stop[j] > tick or data.cause[j] == 0)


def staying(data: Subjects, i: int, tick: int) -> float:
    """w_i(tick) after the competing event of subject i: G / H over the ticks from it to before `tick`."""
    group, result = int(data.group[i]), 1.0
    mine = np.flatnonzero(data.group == group)
    if tick > data.stop[mine].max():
        return 0.0
    for u in sorted({int(u) for u in np.concatenate([data.stop[mine], data.start[mine]])}):
        if not data.stop[i] <= u < tick:
            continue
        at_risk = sum(data.weight[j] for j in mine if censoring_risk(data, int(j), group, u))
        censored = sum(data.weight[j] for j in mine if data.stop[j] == u and data.cause[j] == 0)
        if censored < at_risk:
            result *= 1 - censored / at_risk
        present = sum(data.weight[j] for j in mine if data.start[j] <= u < data.stop[j])
        entered = sum(data.weight[j] for j in mine if data.start[j] == u)
        if entered < present:
            result /= 1 - entered / present
    return result


def risk_weight(data: Subjects, i: int, tick: int) -> float:
    """w_i(tick): 1 while under observation, less after a competing event, 0 after anything else."""
    if data.start[i] < tick <= data.stop[i]:
        return 1.0
    if data.stop[i] < tick and data.cause[i] == 2:
        return staying(data, i, tick)
    return 0.0


@dataclass(frozen=True, slots=True)
class Expanded:
    """Every subject at every event tick: `pair` [events, n] = w_i(t), `own` marks whose event it is."""

    event: Integers
    tick: Integers
    pair: Array


def expand(data: Subjects) -> Expanded:
    """Write the weighted rows out, one line of the matrix for each event (not for each distinct tick)."""
    event = np.flatnonzero(data.cause == 1)
    pair = np.zeros((event.size, data.stop.size))
    for place, k in enumerate(event):
        for i in range(data.stop.size):
            if data.stratum[i] == data.stratum[k]:
                pair[place, i] = risk_weight(data, i, int(data.stop[k]))
    return Expanded(event, data.stop[event], pair)


def likelihood(data: Subjects, rows: Expanded, beta: Array) -> tuple[float, Array, Array]:
    """Log partial likelihood without the penalty; score and information with it."""
    p = beta.size
    value, score, information = 0.0, -data.ridge * beta, np.diag(data.ridge).astype(np.float64)
    hazard = np.exp(data.covariates @ beta) * data.weight
    for place, k in enumerate(rows.event):
        terms = rows.pair[place] * hazard
        total = terms.sum()
        mean = terms @ data.covariates / total
        square = np.zeros((p, p))
        for i in np.flatnonzero(terms):
            deviation = data.covariates[i] - mean
            square += terms[i] / total * np.outer(deviation, deviation)
        w = data.weight[k]
        value += w * (data.covariates[k] @ beta - np.log(total))
        score = score + w * (data.covariates[k] - mean)
        information = information + w * square
    return float(value), score, information


def estimate(data: Subjects) -> Array:
    """Coefficients by Newton's method from 0 with a fixed number of steps."""
    rows, beta = expand(data), np.zeros(data.covariates.shape[1])
    for _ in range(STEPS):
        _, score, information = likelihood(data, rows, beta)
        step = np.linalg.solve(information, score)
        beta = beta + step / max(1.0, float(np.abs(step).max()))
    return beta


def baseline(data: Subjects, beta: Array, stratum: int) -> dict[int, float]:
    """Breslow's jump of the cumulative subdistribution hazard at covariates 0, by event tick."""
    rows, jumps = expand(data), dict[int, float]()
    hazard = np.exp(data.covariates @ beta) * data.weight
    for place, k in enumerate(rows.event):
        if data.stratum[k] == stratum:
            t = int(rows.tick[place])
            jumps[t] = jumps.get(t, 0.0) + float(data.weight[k] / (rows.pair[place] @ hazard))
    return jumps


def deviations(data: Subjects, rows: Expanded, beta: Array) -> npt.NDArray[np.float64]:
    """[events, n, p]: r_i w_i(t) (x_i - xbar(t)) d / S0(t), the hazard terms of the score."""
    hazard = np.exp(data.covariates @ beta) * data.weight
    result = np.zeros((*rows.pair.shape, beta.size))
    for place, k in enumerate(rows.event):
        terms = rows.pair[place] * hazard
        mean = terms @ data.covariates / terms.sum()
        share = terms / terms.sum() * data.weight[k]
        result[place] = share[:, np.newaxis] * (data.covariates - mean)
    return result


def score_terms(data: Subjects, beta: Array) -> Array:
    """[n, p]: case weight x eta_i, the contribution of each subject to the score with known weights."""
    rows = expand(data)
    result = -deviations(data, rows, beta).sum(axis=0)
    hazard = np.exp(data.covariates @ beta) * data.weight
    for place, k in enumerate(rows.event):
        terms = rows.pair[place] * hazard
        result[k] += data.weight[k] * (data.covariates[k] - terms @ data.covariates / terms.sum())
    return result


def censoring_terms(data: Subjects, beta: Array) -> Array:
    """[n, p]: case weight x psi_i as cmprsk::crr has it, T_j < u <= t; no delayed entry."""
    rows, n = expand(data), data.stop.size
    pieces = deviations(data, rows, beta)
    result = np.zeros((n, beta.size))
    for group in np.unique(data.group):
        for u in np.unique(data.stop[(data.cause == 0) & (data.group == group)]):
            at_risk = [j for j in range(n) if censoring_risk(data, j, int(group), int(u))]
            total = sum(data.weight[j] for j in at_risk)
            left = [j for j in at_risk if data.stop[j] == u and data.cause[j] == 0]
            share = sum(data.weight[j] for j in left) / total
            gone = (data.cause == 2) & (data.stop < u) & (data.group == group)
            q = pieces[rows.tick >= u][:, gone].sum(axis=(0, 1))
            for j in at_risk:
                result[j] += data.weight[j] * ((1.0 if j in left else 0.0) - share) * q / total
    return result


def numeric_influence(data: Subjects) -> Array:
    """[n, p]: derivative of the coefficients in the logarithm of each case weight, by differences."""
    result = np.zeros((data.stop.size, data.covariates.shape[1]))
    for i in range(data.stop.size):
        own = np.arange(data.stop.size) == i
        above = estimate(data.reweighted(np.where(own, data.weight * (1 + EPSILON), data.weight)))
        below = estimate(data.reweighted(np.where(own, data.weight * (1 - EPSILON), data.weight)))
        result[i] = (above - below) / (2 * EPSILON)
    return result


@dataclass(slots=True)
class _GrayTick:
    """What Gray's test needs at one tick: left limits of the curves, and the curves right after it."""

    at_risk: Array
    interest: Array
    competing: Array
    survival: Array
    incidence: Array
    survival_after: Array
    common: float
    common_after: float


def _gray_ticks(stop: Integers, cause: Integers, group: Integers) -> list[_GrayTick]:
    groups = int(group.max()) + 1
    survival, incidence, common = np.ones(groups), np.zeros(groups), 0.0
    ticks: list[_GrayTick] = []
    for u in np.unique(stop[cause > 0]):
        y, d1, d2 = np.zeros(groups), np.zeros(groups), np.zeros(groups)
        for k in range(groups):
            y[k] = np.sum((stop >= u) & (group == k))
            d1[k] = np.sum((stop == u) & (cause == 1) & (group == k))
            d2[k] = np.sum((stop == u) & (cause == 2) & (group == k))
        here = [k for k in range(groups) if y[k] > 0]
        after, f_after = survival.copy(), incidence.copy()
        for k in here:
            after[k] = survival[k] * (1 - (d1[k] + d2[k]) / y[k])
            f_after[k] = incidence[k] + survival[k] * d1[k] / y[k]
        common_after = common + float(d1.sum()) / sum(y[k] / survival[k] for k in here)
        ticks.append(_GrayTick(y, d1, d2, survival, incidence, after, common, common_after))
        survival, incidence, common = after, f_after, common_after
    return ticks


def gray_score(stop: Integers, cause: Integers, group: Integers, rho: float) -> Array:
    """Gray's scores of one stratum: weighted events minus the share expected by those at risk."""
    score = np.zeros(int(group.max()) + 1)
    for tick in _gray_ticks(stop, cause, group):
        here = np.flatnonzero(tick.at_risk > 0)
        share = {k: tick.at_risk[k] * (1 - tick.incidence[k]) / tick.survival[k] for k in here}
        for k in here:
            expected = tick.interest.sum() * share[k] / sum(share.values())
            score[k] += (1 - tick.common) ** rho * (tick.interest[k] - expected)
    return score


def gray_variance(stop: Integers, cause: Integers, group: Integers, rho: float) -> Array:
    """Covariance of the scores: for each event, what its jump moves now and at all later ticks, squared."""
    groups = int(group.max()) + 1
    ticks = _gray_ticks(stop, cause, group)
    total = np.zeros((groups, groups))
    for place, tick in enumerate(ticks):
        for k in np.flatnonzero(tick.at_risk > 0).tolist():
            y, s, after = tick.at_risk[k], tick.survival[k], tick.survival_after[k]
            g = (1 - tick.common_after) / after if after > 0 else 0.0
            later = sum(
                (_gray_slope(t, k, rho) * _common_step(t) for t in ticks[place + 1 :]), np.zeros(groups)
            )
            pool, d, c = _pool(tick), tick.interest.sum(), tick.competing[k]
            moved = _gray_slope(tick, k, rho) + (1 - g) * later
            tied = 1 - (d - 1) / (pool * s - 1) if d > 1 else 1.0
            total += tied * s * d / (pool * y) * np.outer(moved, moved)
            tied = 1 - (c - 1) / (y - 1) if c > 1 else 1.0
            total += tied * s**2 * c / y**2 * np.outer(g * later, g * later)
    return total


def _pool(tick: _GrayTick) -> float:
    return sum(y / s for y, s in zip(tick.at_risk, tick.survival, strict=True) if y > 0)


def _common_step(tick: _GrayTick) -> float:
    return float(tick.interest.sum()) / (_pool(tick) * (1 - tick.common))


def _gray_slope(tick: _GrayTick, k: int, rho: float) -> Array:
    """Derivative of the score of every group in the jump of the incidence of group k."""
    slope = np.zeros(tick.at_risk.size)
    if tick.at_risk[k] == 0:
        return slope
    for i in np.flatnonzero(tick.at_risk > 0):
        own = 1.0 if i == k else 0.0
        part = tick.at_risk[k] / tick.survival[k] / _pool(tick)
        slope[i] = (1 - tick.common) ** rho * tick.at_risk[i] / tick.survival[i] * (own - part)
    return slope
