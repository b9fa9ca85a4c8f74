"""Cumulative hazards of a patient, and their covariances, after a Cox model with one stratum a transition.

For transition m, coefficients beta with covariance V, and a patient with covariates z_m:

    H_m(t) = sum_{u <= t} exp(beta' z_m) dN_m(u) / S0_m(u),
    cov(H_m, H_l)(t) = [m = l] sum_{u <= t} exp(2 beta' z_m) dN_m(u) / S0_m(u)^2 + q_m(t)' V q_l(t),
    q_m(t) = sum_{u <= t} (z_m - S1_m(u) / S0_m(u)) exp(beta' z_m) dN_m(u) / S0_m(u)

(de Wreede, Fiocco, Putter 2010, Comput Methods Programs Biomed 99:261, which the source of mstate's `msfit`
cites as eq. 12).  S0 and S1 are risk sets of the kernels, weighted with exp(beta' x) and, as weights are
positive, exp(beta' x) (1 + x).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from stratified_cox import Fit, Stratum

from equipoise.kernels.aalen_johansen import aalen_johansen
from equipoise.kernels.rows import Rows


@dataclass(frozen=True)
class Hazards:
    """At time (K,): hazard (K, M), covariance (K, M, M); the transitions in the order of the kernels."""

    time: np.ndarray
    hazard: np.ndarray
    covariance: np.ndarray


def strata_of(rows: Rows, covariates: np.ndarray) -> list[Stratum]:
    """Return one stratum a transition from covariates (M, patients, coefficients)."""
    plain = aalen_johansen(rows, begin=0)
    strata = []
    for m, (origin, target) in enumerate(zip(plain.origin, plain.target, strict=True)):
        there = rows.take(rows.origin == origin)
        strata.append(Stratum(there.start, there.stop, there.target == target, covariates[m][there.patient]))
    return strata


def hazards(rows: Rows, covariates: np.ndarray, fitted: Fit, profile: np.ndarray) -> Hazards:
    """Return the hazards of a patient.

    Parameters
    ----------
    covariates : (M, patients, coefficients), 0 or more.
    profile : (M, coefficients), the patient's.
    """
    plain = aalen_johansen(rows, begin=0)
    ticks, transitions = plain.transitions.shape
    hazard = np.zeros((ticks, transitions))
    covariance = np.zeros((ticks, transitions, transitions))
    leverage = np.zeros((ticks, transitions, profile.shape[1]))
    for m, origin in enumerate(plain.origin):
        happened = plain.transitions[:, m] > 0
        events = plain.transitions[happened, m]
        risk = np.exp(covariates[m] @ fitted.coefficients)
        s0 = _at_risk(rows, risk, origin)[happened]
        s1 = np.column_stack([_at_risk(rows, risk * (1 + x), origin)[happened] - s0 for x in covariates[m].T])
        relative = np.exp(profile[m] @ fitted.coefficients)
        hazard[happened, m] = relative * events / s0
        covariance[happened, m, m] = relative**2 * events / s0**2
        leverage[happened, m] = (profile[m] - s1 / s0[:, None]) * hazard[happened, m][:, None]
    q = np.cumsum(leverage, axis=0)
    estimated = np.einsum("kma,ab,klb->kml", q, fitted.covariance, q)
    return Hazards(plain.time, np.cumsum(hazard, axis=0), np.cumsum(covariance, axis=0) + estimated)


def _at_risk(rows: Rows, weight: np.ndarray, origin: int) -> np.ndarray:
    """Return the weight (K,) at risk in a state, for one weight per patient."""
    return aalen_johansen(replace(rows, weight=weight[rows.patient]), begin=0).at_risk[:, origin]
