"""Cox's partial likelihood, its score and its information, in time linear in the rows.

At an event time with d events of weights w (sum W), let A = sum w exp(eta) over those at risk without the
event there, D the same over the events, and a, b the corresponding sums of w exp(eta) x.  With

    s_k = A + f_k D,   m_k = (a + f_k b) / s_k,   h_k = (W / d) / s_k,   k = 0 .. d - 1

    Breslow  f_k = 1;          Efron  f_k = 1 - k / d                                                     (1)
    log L = sum_events w eta - sum_times sum_k (W / d) log s_k                                            (2)
    score = sum_events w x - sum_times sum_k (W / d) m_k                                                  (3)
    information = sum_rows w exp(eta) H x x' - sum_times sum_k (W / d) m_k m_k'                           (4)

where H is the hazard of the row: sum h_k over the times at which it is at risk, with h_k f_k at its own
event.  In (4) the first term is one pass over the rows; no matrix is kept for a risk set.
Cox 1972; Breslow 1974; Efron 1977; the weighted form of Efron's method is that of Therneau and Grambsch
2000, section 3.3.
"""

from typing import NamedTuple

import numpy as np

from equipoise.kernels.arrays import Bool, Float64
from equipoise.kernels.cox_rows import RegressionRows
from equipoise.kernels.jit import jit


class RiskSets(NamedTuple):
    """Sums over the risk sets; column 0 is the sum of w exp(eta), the others that of w exp(eta) x.

    exp(eta) is taken relative to the middle of the linear predictors of the stratum, `shift`.
    """

    others: Float64  # [E, 1 + p], at risk without the event there
    dead: Float64  # [E, 1 + p]
    risk: Float64  # [N], exp(eta - shift)
    shift: Float64  # [strata]
    log_numerator: float  # sum over events of w (eta - shift)


class Likelihood(NamedTuple):
    """Value, gradient[p] and negative Hessian[p, p] of log L in the centred and scaled covariates."""

    log_likelihood: float
    score: Float64
    information: Float64
    raw_information: Float64  # [p], diagonal of the first term of (4): the size against which 0 is judged


def part_of(at: Likelihood, kept: Bool) -> Likelihood:
    """The same with the chosen columns only, the others at 0."""
    return Likelihood(
        at.log_likelihood, at.score[kept], at.information[np.ix_(kept, kept)], at.raw_information[kept]
    )


class Hazards(NamedTuple):
    """Baseline hazard: at each event time, and summed within the stratum; `dead` is that of the events."""

    step: Float64  # [E], sum_k h_k
    dead: Float64  # [E], sum_k h_k f_k
    before: Float64  # [E], sum of the earlier steps of the stratum
    before_low: Float64  # [E], what `before` has lost to rounding


def likelihood(rows: RegressionRows, sets: RiskSets, *, efron: bool) -> Likelihood:
    """Value, score and information, equations 2 to 4."""
    return weighted_likelihood(rows, sets, np.ones(rows.time.size), efron=efron)


def weighted_likelihood(
    rows: RegressionRows, sets: RiskSets, multiplier: Float64, *, efron: bool
) -> Likelihood:
    """Equations 3 and 4 with each event time's part multiplied by `multiplier`[E]; log L is not."""
    value, score, means = _over_times(rows, sets, efron, multiplier)
    raw = _over_rows(rows, sets.risk, Hazards(*_hazards(rows, sets, efron, multiplier)))
    return Likelihood(value, score, raw - means, np.diag(raw).copy())


def baseline_hazards(rows: RegressionRows, sets: RiskSets, *, efron: bool) -> Hazards:
    """Steps of the baseline hazard (Breslow's or Efron's) for the linear predictor `shift`."""
    return Hazards(*_hazards(rows, sets, efron, np.ones(rows.time.size)))


def risk_sets(rows: RegressionRows, beta: Float64) -> RiskSets:
    """Sums over the risk sets at coefficients `beta` of the centred and scaled covariates."""
    risk, shift, log_numerator = _risks(rows, beta)
    add = _add_up_compensated if rows.delayed else _add_up
    others, dead = add(rows, risk)
    return RiskSets(others, dead, risk, shift, log_numerator)


@jit
def _risks(rows: RegressionRows, beta: Float64) -> tuple[Float64, Float64, float]:
    size, p = rows.covariate.shape
    strata = rows.labels.size
    eta = np.empty(size)
    least, most = np.full(strata, np.inf), np.full(strata, -np.inf)
    for i in range(size):
        value = rows.offset[i]
        for j in range(p):
            value += beta[j] * rows.covariate[i, j]
        eta[i] = value
        g = rows.stratum[i]
        least[g] = min(least[g], value)
        most[g] = max(most[g], value)
    shift = np.zeros(strata)
    for g in range(strata):
        if most[g] >= least[g]:
            shift[g] = 0.5 * least[g] + 0.5 * most[g]
    log_numerator = 0.0
    for i in range(size):
        value = eta[i] - shift[rows.stratum[i]]
        if rows.event[i]:
            log_numerator += rows.weight[i] * value
        eta[i] = np.exp(value)
    return eta, shift, log_numerator


@jit
def _add_up(rows: RegressionRows, risk: Float64) -> tuple[Float64, Float64]:
    """Nobody enters late: sums over those who leave at a time or later."""
    size, p = rows.covariate.shape
    times = rows.time.size
    others, dead = np.zeros((times, p + 1)), np.zeros((times, p + 1))
    for i in range(size):
        load = rows.weight[i] * risk[i]
        e = rows.last[i]
        if rows.event[i]:
            dead[e, 0] += load
            for j in range(p):
                dead[e, j + 1] += load * rows.covariate[i, j]
        else:
            others[e, 0] += load
            for j in range(p):
                others[e, j + 1] += load * rows.covariate[i, j]
    for e in range(times - 2, -1, -1):
        if rows.time_stratum[e] == rows.time_stratum[e + 1]:
            for j in range(p + 1):
                others[e, j] += others[e + 1, j] + dead[e + 1, j]
    return others, dead


@jit
def _add(high: Float64, low: Float64, e: int, j: int, term: float) -> None:
    """Add `term` to a sum of two float64: what the addition rounds away is kept (Knuth's two-sum)."""
    old = high[e, j]
    new = old + term
    part = new - old
    low[e, j] += (old - (new - part)) + (term - part)
    high[e, j] = new


@jit
def _add_up_compensated(rows: RegressionRows, risk: Float64) -> tuple[Float64, Float64]:
    """With late entry those who enter later are subtracted again, so the sums carry their rounding along."""
    size, p = rows.covariate.shape
    times = rows.time.size
    others, others_low = np.zeros((times, p + 1)), np.zeros((times, p + 1))
    dead, dead_low = np.zeros((times, p + 1)), np.zeros((times, p + 1))
    for i in range(size):
        load = rows.weight[i] * risk[i]
        e, before = rows.last[i], rows.first[i] - 1
        leaves = before >= 0 and rows.time_stratum[before] == rows.time_stratum[e]
        for j in range(p + 1):
            term = load if j == 0 else load * rows.covariate[i, j - 1]
            if rows.event[i]:
                _add(dead, dead_low, e, j, term)
            else:
                _add(others, others_low, e, j, term)
            if leaves:
                _add(others, others_low, before, j, -term)
    for e in range(times - 1, -1, -1):
        for j in range(p + 1):
            if e + 1 < times and rows.time_stratum[e] == rows.time_stratum[e + 1]:
                _add(others, others_low, e, j, others[e + 1, j])
                _add(others, others_low, e, j, dead[e + 1, j])
                others_low[e, j] += others_low[e + 1, j] + dead_low[e + 1, j]
            if rows.nobody_else[e]:
                others[e, j] = 0.0
                others_low[e, j] = 0.0
    return others + others_low, dead + dead_low


@jit
def _hazards(
    rows: RegressionRows, sets: RiskSets, efron: bool, multiplier: Float64
) -> tuple[Float64, Float64, Float64, Float64]:
    times = rows.time.size
    step, dead = np.zeros(times), np.zeros(times)
    before, before_low = np.zeros(times), np.zeros(times)
    for e in range(times):
        d = rows.deaths[e]
        share = multiplier[e] * rows.dead_weight[e] / d
        for k in range(d):
            f = 1.0 - k / d if efron else 1.0
            h = share / (sets.others[e, 0] + f * sets.dead[e, 0])
            step[e] += h
            dead[e] += h * f
        if e > 0 and rows.time_stratum[e] == rows.time_stratum[e - 1]:
            old = before[e - 1]
            new = old + step[e - 1]
            part = new - old
            before[e] = new
            before_low[e] = before_low[e - 1] + ((old - (new - part)) + (step[e - 1] - part))
    return step, dead, before, before_low


@jit
def hazard_of_row(rows: RegressionRows, hazards: Hazards, i: int) -> float:
    """H of equation 4: the baseline hazard collected by row i."""
    a, b = rows.first[i], rows.last[i]
    own = hazards.dead[b] if rows.event[i] else hazards.step[b]
    low = hazards.before_low[b] - hazards.before_low[a]
    return float((hazards.before[b] - hazards.before[a]) + low + own)


@jit
def _over_rows(rows: RegressionRows, risk: Float64, hazards: Hazards) -> Float64:
    """First term of equation 4."""
    size, p = rows.covariate.shape
    total = np.zeros((p, p))
    for i in range(size):
        load = rows.weight[i] * risk[i] * hazard_of_row(rows, hazards, i)
        for j in range(p):
            part = load * rows.covariate[i, j]
            for k in range(j + 1):
                total[j, k] += part * rows.covariate[i, k]
    for j in range(p):
        for k in range(j):
            total[k, j] = total[j, k]
    return total


@jit
def _over_times(
    rows: RegressionRows, sets: RiskSets, efron: bool, multiplier: Float64
) -> tuple[float, Float64, Float64]:
    """Equations 2 and 3, and the second term of equation 4."""
    size, p = rows.covariate.shape
    score, means, mean = np.zeros(p), np.zeros((p, p)), np.zeros(p)
    value = sets.log_numerator
    for i in range(size):
        if rows.event[i]:
            for j in range(p):
                score[j] += multiplier[rows.last[i]] * rows.weight[i] * rows.covariate[i, j]
    for e in range(rows.time.size):
        d = rows.deaths[e]
        share = rows.dead_weight[e] / d
        for k in range(d if efron else 1):
            f = 1.0 - k / d if efron else 1.0
            # Breslow's terms are equal.
            part = share if efron else rows.dead_weight[e]
            scaled = multiplier[e] * part
            total = sets.others[e, 0] + f * sets.dead[e, 0]
            value -= part * np.log(total)
            for j in range(p):
                mean[j] = (sets.others[e, j + 1] + f * sets.dead[e, j + 1]) / total
                score[j] -= scaled * mean[j]
            for j in range(p):
                for m in range(p):
                    means[j, m] += scaled * mean[j] * mean[m]
    return value, score, means
