"""Hazards of grouped person-time: on paper in fractions, against scipy, and where there is no maximum."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize

from equipoise.kernels.grouped_hazard import (
    HazardStatus,
    Prior,
    fit_hazard,
    no_hazard,
    score_of_bins,
    solve,
)

ONE = np.ones((1, 1))
NOTHING = Prior(np.zeros(1), np.zeros(1))


def floats(*values: float | Fraction) -> np.ndarray:
    return np.array([float(one) for one in values])


@pytest.mark.parametrize(("starts", "others"), [(2, 6), (1, 99), (3, 1), (Fraction(1, 2), Fraction(7, 2))])
def test_one_group_starts_in_the_share_of_bins_that_was_seen(starts: Fraction, others: Fraction) -> None:
    """d of d + N bins: 1 - exp(-lambda) = d / (d + N), so exp(-lambda) = N / (d + N)."""
    fit = fit_hazard(ONE, floats(starts), floats(others), NOTHING, np.zeros(1))
    none = Fraction(others) / (Fraction(starts) + Fraction(others))
    assert fit.status is HazardStatus.CONVERGED
    assert fit.hazard[0] == pytest.approx(-math.log(none), rel=1e-12)
    assert fit.beta[0] == pytest.approx(math.log(-math.log(none)), abs=1e-12)


def test_two_groups_with_their_own_level_do_not_know_each_other() -> None:
    """2 of 8 and 1 of 10 bins: exp(-lambda) is 3/4 and 9/10; the coefficient is the log of the ratio."""
    x = np.array([[1.0, 0.0], [1.0, 1.0]])
    fit = fit_hazard(x, floats(2, 1), floats(6, 9), Prior(np.zeros(2), np.zeros(2)), np.zeros(2))
    first, second = -math.log(Fraction(3, 4)), -math.log(Fraction(9, 10))
    assert fit.hazard == pytest.approx([first, second], rel=1e-12)
    assert fit.beta == pytest.approx([math.log(first), math.log(second / first)], abs=1e-12)


def test_groups_with_one_level_are_one_group() -> None:
    """2 of 8 and 1 of 10 bins together: 3 of 18."""
    fit = fit_hazard(np.ones((2, 1)), floats(2, 1), floats(6, 9), NOTHING, np.zeros(1))
    assert fit.hazard == pytest.approx([-math.log(Fraction(15, 18))] * 2, rel=1e-12)


@pytest.mark.parametrize(("starts", "others", "variance"), [(1, 4, 0.25), (3, 1, 2.0), (0, 2, 1.0)])
def test_a_prior_pulls_to_where_score_and_pull_are_equal(starts: int, others: int, variance: float) -> None:
    """At beta = 0 the score is d / (e - 1) - N; the mean that balances it, m = (N - d / (e - 1)) s^2."""
    mean = (others - starts / (math.e - 1)) * variance
    prior = Prior(floats(mean), floats(1 / variance))
    fit = fit_hazard(ONE, floats(starts), floats(others), prior, prior.mean)
    assert fit.status is HazardStatus.CONVERGED
    assert fit.beta[0] == pytest.approx(0.0, abs=1e-10)


def test_events_on_one_side_have_a_maximum_with_a_prior_and_none_without() -> None:
    """The second group has 50 bins and no event: its log hazard ratio runs to minus infinity."""
    x = np.array([[1.0, 0.0], [1.0, 1.0]])
    starts, others = floats(4, 0), floats(36, 50)
    free = fit_hazard(x, starts, others, Prior(np.zeros(2), np.zeros(2)), np.zeros(2))
    assert free.status is HazardStatus.NOT_CONVERGED
    held = fit_hazard(x, starts, others, Prior(np.zeros(2), floats(0, 1)), np.zeros(2))
    assert held.status is HazardStatus.CONVERGED
    # The score of the covariate: no event, 50 bins of hazard, a pull of -beta.
    assert 50 * held.hazard[1] == pytest.approx(-held.beta[1], rel=1e-9)
    assert -3 < held.beta[1] < -1


def test_what_happens_to_nobody_has_no_hazard() -> None:
    fit = no_hazard(3, 2)
    assert fit.status is HazardStatus.NOBODY
    assert fit.hazard.tolist() == [0, 0, 0]
    assert np.isnan(fit.beta).all()
    assert fit.information.tolist() == [[0, 0], [0, 0]]


@st.composite
def grouped(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray, np.ndarray, Prior]:
    groups, p = draw(st.integers(1, 8)), draw(st.integers(1, 4))
    tenths = st.integers(0, 30).map(lambda one: one / 10)
    x = draw(st.lists(st.lists(tenths, min_size=p, max_size=p), min_size=groups, max_size=groups))
    starts = draw(st.lists(tenths, min_size=groups, max_size=groups))
    others = draw(st.lists(st.integers(0, 300).map(float), min_size=groups, max_size=groups))
    mean = draw(st.lists(st.integers(-40, 10).map(lambda one: one / 10), min_size=p, max_size=p))
    sd = draw(st.lists(st.integers(2, 30).map(lambda one: one / 10), min_size=p, max_size=p))
    return np.array(x), np.array(starts), np.array(others), Prior(np.array(mean), np.array(sd) ** -2.0)


def minus_log_posterior(
    beta: np.ndarray, x: np.ndarray, starts: np.ndarray, others: np.ndarray, prior: Prior
):
    """(9.11), and its derivative, from the definition."""
    hazard = np.exp(x @ beta)
    value = starts @ np.log(-np.expm1(-hazard)) - others @ hazard
    slope = x.T @ (starts * hazard / np.expm1(hazard) - others * hazard)
    away = beta - prior.mean
    return -(value - 0.5 * prior.precision @ away**2), -(slope - prior.precision * away)


@given(grouped())
def test_the_maximum_is_that_of_scipy(drawn: tuple[np.ndarray, np.ndarray, np.ndarray, Prior]) -> None:
    x, starts, others, prior = drawn
    fit = fit_hazard(x, starts, others, prior, prior.mean)
    assert fit.status is HazardStatus.CONVERGED
    here, slope = minus_log_posterior(fit.beta, x, starts, others, prior)
    scale = 1 + others.sum()
    assert np.abs(slope).max() < 1e-9 * scale
    with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
        found = minimize(
            minus_log_posterior, prior.mean, (x, starts, others, prior), jac=True, method="L-BFGS-B",
            bounds=[(-30.0, 6.0 / max(x.max(), 1.0))] * x.shape[1],
        )  # fmt: skip
    assert here <= found.fun + 1e-9 * (1 + abs(found.fun))


@given(grouped())
def test_the_information_is_the_curvature(drawn: tuple[np.ndarray, np.ndarray, np.ndarray, Prior]) -> None:
    x, starts, others, prior = drawn
    fit = fit_hazard(x, starts, others, prior, prior.mean)
    step = 1e-5
    for j in range(x.shape[1]):
        aside = np.zeros(x.shape[1])
        aside[j] = step
        up = minus_log_posterior(fit.beta + aside, x, starts, others, prior)[1]
        down = minus_log_posterior(fit.beta - aside, x, starts, others, prior)[1]
        curve = (up - down) / (2 * step)
        assert fit.information[j] == pytest.approx(curve, rel=1e-5, abs=1e-5 * np.abs(fit.information).max())


def test_where_it_begins_does_not_matter() -> None:
    rng = np.random.default_rng(5)
    x = np.column_stack([np.ones(40), rng.normal(size=(40, 3))])
    starts, others = rng.integers(0, 3, 40).astype(float), rng.integers(5, 200, 40).astype(float)
    prior = Prior(np.array([-5.0, 0.0, 0.0, 0.0]), np.array([1 / 9, 1.0, 1.0, 1.0]))
    near = fit_hazard(x, starts, others, prior, prior.mean)
    far = fit_hazard(x, starts, others, prior, np.array([8.0, -9.0, 9.0, 9.0]))
    assert far.status is HazardStatus.CONVERGED
    assert far.beta == pytest.approx(near.beta, abs=1e-8)


def test_the_score_of_bins_on_paper() -> None:
    """lambda = log 2: a start gives log 2 / (2 - 1), a bin without takes log 2; a start gives 1 at 0."""
    hazard = np.array([math.log(2), math.log(2), 0.0, 800.0])
    found = score_of_bins(hazard, floats(1, 3, 1, 1), floats(1, 1, 5, 0))
    assert found == pytest.approx([0.0, 2 * math.log(2), 1.0, 0.0], abs=1e-15)


def test_a_system_is_solved_where_it_is_positive_definite() -> None:
    found, solved = solve(np.array([[4.0, 2.0], [2.0, 3.0]]), np.array([8.0, 8.0]))
    assert solved
    assert found == pytest.approx([1, 2], rel=1e-14)
    for singular in ([[1.0, 1.0], [1.0, 1.0]], [[0.0, 0.0], [0.0, 1.0]], [[-1.0, 0.0], [0.0, 1.0]]):
        found, solved = solve(np.array(singular), np.ones(2))
        assert not solved
        assert found.tolist() == [0, 0]
