"""Cox's partial likelihood written from its definition: loops over the event times and those at risk.

The slow twin of `cox`, `cox_scores` and `cox_baseline`; imports nothing from them.  Formulas as in Therneau
and Grambsch 2000, sections 3.1 to 3.3: with those at risk R(u), those with the event D(u), weights w,
r = w exp(eta), d = |D(u)| and W the weight of D(u),

    Breslow  log L_u = sum_D w eta - W log sum_R r
    Efron    log L_u = sum_D w eta - (W / d) sum_k log(sum_R r - (k / d) sum_D r),   k = 0 .. d - 1
"""

from typing import NamedTuple

import numpy as np

from equipoise.kernels.arrays import Bool, Float64, Int32


class Subjects(NamedTuple):
    """Rows ``(start, stop]`` with event, covariates[N, p], weight, stratum and offset."""

    start: Int32
    stop: Int32
    event: Bool
    covariates: Float64
    weight: Float64
    stratum: Int32
    offset: Float64


class Reference(NamedTuple):
    """Value, score[p], information[p, p] at given coefficients; the hazard steps by (stratum, tick)."""

    log_likelihood: float
    score: Float64
    information: Float64
    hazard: dict[tuple[int, int], float]


def partial_likelihood(subjects: Subjects, beta: Float64, *, efron: bool) -> Reference:
    """Log L, its gradient and negative Hessian at `beta`, by the definition."""
    p = beta.size
    value, score, information = 0.0, np.zeros(p), np.zeros((p, p))
    hazard: dict[tuple[int, int], float] = {}
    x = subjects.covariates
    eta = x @ beta + subjects.offset
    risk = subjects.weight * np.exp(eta)
    for stratum, tick in _event_times(subjects):
        here = (subjects.stratum == stratum) & (subjects.start < tick) & (tick <= subjects.stop)
        dead = here & subjects.event & (subjects.stop == tick)
        deaths, weight = int(dead.sum()), float(subjects.weight[dead].sum())
        value += float(subjects.weight[dead] @ eta[dead])
        score += subjects.weight[dead] @ x[dead]
        hazard[stratum, tick] = 0.0
        for k in range(deaths):
            share = np.where(dead, 1.0 - k / deaths, 1.0) if efron else np.ones(dead.size)
            part = np.where(here, risk * share, 0.0)
            total = float(part.sum())
            mean = part @ x / total
            away = x - mean
            value -= weight / deaths * np.log(total)
            score -= weight / deaths * mean
            information += weight / deaths * (away.T * part) @ away / total
            hazard[stratum, tick] += weight / deaths / total
    return Reference(value, score, information, hazard)


def _event_times(subjects: Subjects) -> list[tuple[int, int]]:
    pairs = zip(subjects.stratum[subjects.event], subjects.stop[subjects.event], strict=True)
    return sorted({(int(stratum), int(tick)) for stratum, tick in pairs})
