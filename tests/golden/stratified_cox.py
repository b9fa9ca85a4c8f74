"""Cox's partial likelihood with strata, ties by Breslow 1974 (Biometrics 30:89), from its definition.

With the risk sets R_s(u) = {i in stratum s: start_i < u <= stop_i}, d_s(u) events at u, and

    S0 = sum_R exp(beta' x_i), S1 = sum_R x_i exp(beta' x_i), S2 = sum_R x_i x_i' exp(beta' x_i), E = S1 / S0,
    log L = sum_{events} beta' x_i - sum_{s, u} d_s(u) log S0,
    U     = sum_{events} x_i - sum_{s, u} d_s(u) E,
    I     = sum_{s, u} d_s(u) (S2 / S0 - E E').

Nothing is imported from the package.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Stratum:
    """Rows of one stratum: start, stop, event of shape (rows,), covariates (rows, coefficients)."""

    start: np.ndarray
    stop: np.ndarray
    event: np.ndarray
    covariates: np.ndarray

    def terms(self, beta: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
        """Return the stratum's part of log L, U and I."""
        x, risk = self.covariates, np.exp(self.covariates @ beta)
        times, events = np.unique(self.stop[self.event], return_counts=True)
        at_risk = ((self.start < times[:, None]) & (times[:, None] <= self.stop)).astype(np.float64)
        s0 = at_risk @ risk
        mean = at_risk @ (risk[:, None] * x) / s0[:, None]
        happened = x[self.event].sum(axis=0)
        log_likelihood = happened @ beta - events @ np.log(s0)
        # Summed over the times first: d / S0 is what each row under risk adds with exp(beta' x) x x'.
        second = x.T @ (x * (risk * (at_risk.T @ (events / s0)))[:, None])
        return (
            float(log_likelihood),
            happened - events @ mean,
            second - mean.T @ (mean * events[:, None]),
        )


@dataclass(frozen=True)
class Fit:
    """Coefficients, their covariance (inverse of the observed information), and log L there."""

    coefficients: np.ndarray
    covariance: np.ndarray
    log_likelihood: float


def fit(strata: list[Stratum]) -> Fit:
    """Maximise log L by Newton's method from 0, until no coefficient moves by 1e-13 of its standard error."""
    beta = np.zeros(strata[0].covariates.shape[1])
    for _ in range(30):
        parts = [stratum.terms(beta) for stratum in strata]
        log_likelihood, score, information = (sum(part) for part in zip(*parts, strict=True))
        covariance = np.linalg.inv(information)
        step = covariance @ score
        if np.all(np.abs(step) <= 1e-13 * np.sqrt(np.diag(covariance))):
            return Fit(beta, covariance, float(log_likelihood))
        beta = beta + step
    raise AssertionError("Newton's method has not come to rest in 30 steps")
