"""Fine-Gray regression with a known truth: delayed entry, censoring, standard errors, the test at 0.

Truth: F(t | x) = 1 - (1 - p (1 - exp(-t)))^exp(x beta) for the cause of interest, as in the simulations of
Fine and Gray 1999, else an exponential time of the competing cause. Half of the subjects enter late, those
who have left by then are never seen, and censoring follows entry. Means must lie within 4 of their standard
errors, coverages within 4 binomial ones.
"""

from functools import cache
from typing import NamedTuple

import numpy as np
from scipy.stats import chi2, norm

from equipoise.kernels.cox import CoxStatus, fit_cox
from equipoise.kernels.fine_gray import fit_fine_gray, incidence_at

BETA = np.array([0.7, -0.5])
P = 0.4
TICKS = 1000  # a unit of time
REPLICATES = 400


class Sample(NamedTuple):
    start: np.ndarray
    stop: np.ndarray
    cause: np.ndarray
    covariates: np.ndarray


def sample(chance: np.random.Generator, n: int, beta: np.ndarray, *, dense: float = 0.5) -> Sample:
    """About n subjects under observation; `dense` is the share observed from the beginning."""
    many = 3 * n
    x = np.column_stack([chance.integers(0, 2, many), chance.normal(size=many)])
    risk = np.exp(x @ beta)
    ever = 1 - (1 - P) ** risk
    interest = chance.random(many) < ever
    # Inverse of F given that the event of interest is the one that happens.
    level = 1 - (1 - chance.random(many) * ever) ** (1 / risk)
    time = np.where(interest, -np.log1p(-level / P), chance.exponential(1 / np.exp(0.4 * x[:, 0])))
    entry = np.where(chance.random(many) < dense, 0.0, chance.uniform(0, 1.5, many))
    end = entry + chance.exponential(2.5, many)
    ticks = np.ceil(TICKS * np.column_stack([entry, np.minimum(time, end)])).astype(np.int64)
    cause = np.where(time > end, 0, np.where(interest, 1, 2))
    seen = np.flatnonzero(ticks[:, 0] < ticks[:, 1])[:n]
    return Sample(ticks[seen, 0], ticks[seen, 1], cause[seen], x[seen])


class Repeated(NamedTuple):
    estimate: np.ndarray
    error: np.ndarray
    known: np.ndarray
    naive: np.ndarray
    incidence: np.ndarray


@cache
def repeated(n: int) -> Repeated:
    """Estimates, both standard errors, cause-specific ratios, and incidences at t = 1 of x = (1, 0)."""
    chance = np.random.default_rng(20)
    rows = []
    for _ in range(REPLICATES):
        one = sample(chance, n, BETA)
        fit = fit_fine_gray(one.stop, one.cause, one.covariates, start=one.start)
        assert fit.status is CoxStatus.CONVERGED
        cox = fit_cox(one.stop, one.cause == 1, one.covariates, start=one.start)
        time, incidence = incidence_at(fit, [[1.0, 0.0]])
        at = incidence[np.searchsorted(time, TICKS, side="right") - 1, 0]
        errors = np.sqrt(np.diag(fit.covariance)), np.sqrt(np.diag(fit.known_weights))
        rows.append((fit.coefficients, *errors, cox.coefficients, np.array([at])))
    return Repeated(*(np.array(part) for part in zip(*rows, strict=True)))


def covered(n: int) -> np.ndarray:
    found = repeated(n)
    return (np.abs(found.estimate - BETA) <= norm.ppf(0.975) * found.error).mean(axis=0)


def test_the_truth_is_recovered_with_delayed_entry() -> None:
    found = repeated(1000)
    spread = found.estimate.std(axis=0, ddof=1) / np.sqrt(REPLICATES)
    assert (np.abs(found.estimate.mean(axis=0) - BETA) < 4 * spread).all()
    truth = 1 - (1 - P * (1 - np.exp(-1.0))) ** np.exp(BETA[0])
    error = found.incidence.std(ddof=1) / np.sqrt(REPLICATES)
    assert abs(found.incidence.mean() - truth) < 4 * error


def test_the_standard_error_is_the_spread_and_the_intervals_cover() -> None:
    for n in (150, 1000):
        found = repeated(n)
        ratio = found.error.mean(axis=0) / found.estimate.std(axis=0, ddof=1)
        assert (np.abs(ratio - 1) < 4 / np.sqrt(2 * REPLICATES)).all()
        # Sandwich intervals lose up to a point and a half in small samples.
        slack = 4 * np.sqrt(0.95 * 0.05 / REPLICATES) + (0.015 if n < 200 else 0.0)
        assert (np.abs(covered(n) - 0.95) < slack).all()


def test_cause_specific_ratios_are_another_thing() -> None:
    found = repeated(1000)
    spread = found.naive.std(axis=0, ddof=1) / np.sqrt(REPLICATES)
    assert (np.abs(found.naive.mean(axis=0) - BETA) > 8 * spread).any()


def test_who_ignores_delayed_entry_is_wrong_about_the_incidence() -> None:
    """Without entry times, people who could not be seen to have an early event count as if watched."""
    truth = 1 - (1 - P * (1 - np.exp(-1.0))) ** np.exp(BETA[0])
    chance, wrong = np.random.default_rng(21), []
    for _ in range(100):
        one = sample(chance, 1000, BETA)
        fit = fit_fine_gray(one.stop, one.cause, one.covariates)
        time, incidence = incidence_at(fit, [[1.0, 0.0]])
        wrong.append(incidence[np.searchsorted(time, TICKS, side="right") - 1, 0])
    assert abs(np.mean(wrong) - truth) > 8 * np.std(wrong, ddof=1) / np.sqrt(100)


def test_the_score_test_keeps_its_level_with_delayed_entry() -> None:
    chance, rejected = np.random.default_rng(22), 0
    for _ in range(REPLICATES):
        one = sample(chance, 200, np.zeros(2))
        fit = fit_fine_gray(one.stop, one.cause, one.covariates[:, :1], start=one.start)
        rejected += fit.score_statistic > chi2.ppf(0.95, 1)
    assert abs(rejected / REPLICATES - 0.05) < 4 * np.sqrt(0.05 * 0.95 / REPLICATES)
