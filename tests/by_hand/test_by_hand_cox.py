"""Cox models worked by hand: the examples of the validation note of R's survival package (Therneau).

r is the hazard ratio exp(b) of x = 1 against x = 0. For each data set the partial likelihood is written down
risk set by risk set; its score is set to zero by solving the polynomial, or by bisection where it has none.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import acos, cos, exp, inf, log, sqrt

import numpy as np
import pytest

from equipoise.kernels.cox import CoxStatus, fit_cox
from equipoise.kernels.cox_baseline import baseline
from equipoise.kernels.cox_residuals import martingale_residuals, schoenfeld_residuals, score_residuals

# Six patients: x = 1 dies at 1, 1 is censored at 1, 1 and 0 die at 6, 0 is censored at 8, 0 dies at 9.
SMALL = {
    "stop": [9, 1, 1, 6, 6, 8],
    "event": [True, True, False, True, True, False],
    "covariates": [[0.0], [1.0], [1.0], [1.0], [0.0], [0.0]],
}
# Ten rows (start, stop].
COUNTING = {
    "start": [1, 2, 5, 2, 1, 7, 3, 4, 8, 8],
    "stop": [2, 3, 6, 7, 8, 9, 9, 9, 14, 17],
    "event": [True, True, True, True, True, True, True, False, False, False],
    "covariates": [[1.0], [0.0], [0.0], [1.0], [0.0], [1.0], [1.0], [1.0], [0.0], [0.0]],
}
WEIGHTED = {
    "stop": [1, 1, 2, 2, 2, 2, 3, 4, 5],
    "event": [True, False, True, True, True, False, False, True, False],
    "covariates": [[2.0], [0.0], [1.0], [1.0], [0.0], [1.0], [0.0], [1.0], [0.0]],
    "weight": [1.0, 2.0, 3.0, 4.0, 3.0, 2.0, 1.0, 2.0, 1.0],
}


def root(score: Callable[[float], float], low: float = -10.0, high: float = 10.0) -> float:
    """Where a decreasing score is 0."""
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if score(middle) > 0 else (low, middle)
    return low


def test_breslow_in_the_small_example() -> None:
    """Log L = 2 b - log(3 r + 3) - 2 log(r + 3), so -r^2 + 3 r + 6 = 0."""
    fit = fit_cox(**SMALL, ties="breslow")
    r = (3 + sqrt(33)) / 2
    assert fit.coefficients[0] == pytest.approx(log(r), rel=1e-13)
    assert fit.log_likelihood == pytest.approx(2 * log(r) - log(3 * r + 3) - 2 * log(r + 3), rel=1e-14)
    assert fit.information[0, 0] == pytest.approx(r / (r + 1) ** 2 + 6 * r / (r + 3) ** 2, rel=1e-12)
    assert fit.null_log_likelihood == pytest.approx(-log(6) - 2 * log(4), rel=1e-14)
    # At 0: score 2 - 1/2 - 2/4 = 1, information 1/4 + 2 x 3/16 = 5/8.
    assert fit.score_statistic == pytest.approx(float(1 / Fraction(5, 8)), rel=1e-14)


def test_efron_in_the_small_example() -> None:
    """Log L = 2 b - log(3 r + 3) - log(r + 3) - log((r + 5) / 2), so r^3 - 23 r - 30 = 0."""
    fit = fit_cox(**SMALL, ties="efron")
    r = 2 * sqrt(23 / 3) * cos(acos(45 / 23 * sqrt(3 / 23)) / 3)
    assert r == pytest.approx(5.348721, abs=1e-6)
    assert fit.coefficients[0] == pytest.approx(log(r), rel=1e-13)
    expected = 2 * log(r) - log(3 * r + 3) - log(r + 3) - log((r + 5) / 2)
    assert fit.log_likelihood == pytest.approx(expected, rel=1e-14)
    information = r / (r + 1) ** 2 + 3 * r / (r + 3) ** 2 + 5 * r / (r + 5) ** 2
    assert fit.information[0, 0] == pytest.approx(information, rel=1e-12)


def test_baseline_and_residuals_of_the_small_example() -> None:
    """Breslow: the hazard steps are 1/(3 r + 3), 2/(r + 3), 1."""
    fit = fit_cox(**SMALL, ties="breslow")
    r = (3 + sqrt(33)) / 2
    steps = np.array([1 / (3 * r + 3), 2 / (r + 3), 1.0])
    (curve,) = baseline(fit)
    assert list(curve.time) == [1, 6, 9]
    assert curve.cumulative_hazard[0] == pytest.approx(np.cumsum(steps), rel=1e-13)
    a, b, c = np.cumsum(steps)
    martingale = [1 - c, 1 - r * a, -r * a, 1 - r * b, 1 - b, -b]
    assert martingale_residuals(fit) == pytest.approx(martingale, abs=1e-13)
    # Risk set means are r/(r + 1) at 1, r/(r + 3) at 6, 0 at 9; the score residual of the patient dying at 1.
    first, second = r / (r + 1), r / (r + 3)
    assert score_residuals(fit)[1, 0] == pytest.approx((1 - first) * (1 - r * steps[0]), abs=1e-13)
    dying_last = -(-first * steps[0] - second * steps[1])
    assert score_residuals(fit)[0, 0] == pytest.approx(dying_last, abs=1e-13)
    residuals = schoenfeld_residuals(fit)
    assert list(residuals.time) == [1, 6, 6, 9]
    assert residuals.residual[:, 0] == pytest.approx([1 - first, 1 - second, -second, 0.0], abs=1e-13)


def test_efron_baseline_of_the_small_example() -> None:
    """At 6 the second death has half of both deaths at risk: 1/(r + 3) + 2/(r + 5)."""
    fit = fit_cox(**SMALL, ties="efron")
    r = exp(fit.coefficients[0])
    (curve,) = baseline(fit)
    assert curve.cumulative_hazard[0, 1] == pytest.approx(
        1 / (3 * r + 3) + 1 / (r + 3) + 2 / (r + 5), rel=1e-12
    )


def test_counting_process_rows_are_at_risk_after_start_and_up_to_stop() -> None:
    """Breslow: log L = 4 b - log(r + 1) - log(r + 2) - 3 log(3 r + 2) - 2 log(3 r + 1)."""
    fit = fit_cox(**COUNTING, ties="breslow")

    def score(b: float) -> float:
        r = exp(b)
        return 4 - r / (r + 1) - r / (r + 2) - 9 * r / (3 * r + 2) - 6 * r / (3 * r + 1)

    assert fit.coefficients[0] == pytest.approx(root(score), abs=1e-12)
    assert fit.null_log_likelihood == pytest.approx(-log(2) - log(3) - 3 * log(5) - 2 * log(4), rel=1e-14)
    at_zero = 4 - Fraction(1, 2) - Fraction(1, 3) - Fraction(9, 5) - Fraction(6, 4)
    information = Fraction(1, 4) + Fraction(2, 9) + 3 * Fraction(6, 25) + 2 * Fraction(3, 16)
    assert (at_zero, information) == (Fraction(-2, 15), Fraction(2821, 1800))
    assert fit.score_statistic == pytest.approx(float(at_zero**2 / information), rel=1e-13)


def test_counting_process_by_efron() -> None:
    """The second death at 9 has (2 r + 2) at risk."""
    fit = fit_cox(**COUNTING, ties="efron")

    def score(b: float) -> float:
        r = exp(b)
        others = r / (r + 1) + r / (r + 2) + 3 * r / (3 * r + 2) + 6 * r / (3 * r + 1)
        return 4 - others - 3 * r / (3 * r + 2) - r / (r + 1)

    assert fit.coefficients[0] == pytest.approx(root(score), abs=1e-12)


def test_weights_by_breslow() -> None:
    """Log L = 11 b - log(r^2 + 11 r + 7) - 10 log(11 r + 5) - 2 log(2 r + 1)."""
    fit = fit_cox(**WEIGHTED, ties="breslow")

    def score(b: float) -> float:
        r = exp(b)
        return 11 - (2 * r**2 + 11 * r) / (r**2 + 11 * r + 7) - 110 * r / (11 * r + 5) - 4 * r / (2 * r + 1)

    assert fit.coefficients[0] == pytest.approx(root(score), abs=1e-12)
    assert fit.coefficients[0] == pytest.approx(0.85955744, abs=1e-8)  # printed in the note


def test_weights_by_efron() -> None:
    """At 2 each of the three deaths counts 10/3, and 0, 1/3, 2/3 of (7 r + 3) have left."""
    fit = fit_cox(**WEIGHTED, ties="efron")

    def score(b: float) -> float:
        r = exp(b)
        first = (2 * r**2 + 11 * r) / (r**2 + 11 * r + 7)
        tied = sum((11 - 7 * k / 3) * r / ((11 - 7 * k / 3) * r + 5 - 3 * k / 3) for k in range(3))
        return 11 - first - 10 / 3 * tied - 4 * r / (2 * r + 1)

    assert fit.coefficients[0] == pytest.approx(root(score), abs=1e-12)


def test_ridge() -> None:
    """With penalty t b^2 / 2 the score of the small example is 2 - r/(r + 1) - 2 r/(r + 3) - t b."""
    fit = fit_cox(**SMALL, ties="breslow", ridge=[1.5])
    expected = root(lambda b: 2 - exp(b) / (exp(b) + 1) - 2 * exp(b) / (exp(b) + 3) - 1.5 * b)
    assert fit.coefficients[0] == pytest.approx(expected, abs=1e-12)
    r = exp(expected)
    assert fit.information[0, 0] == pytest.approx(r / (r + 1) ** 2 + 6 * r / (r + 3) ** 2 + 1.5, rel=1e-12)
    assert fit.penalty == pytest.approx(0.75 * expected**2, rel=1e-12)


def test_a_coefficient_that_runs_to_infinity_is_told_with_the_limit_of_the_likelihood() -> None:
    """Deaths of x = 1 at 1 and 2 with two and one of them at risk, then a censored x = 0.

    Log L = 2 b - log(2 r + 2) - log(r + 2) rises to -log 2 without reaching it.
    """
    fit = fit_cox([1, 2, 3, 3], [True, True, False, False], [[1.0], [1.0], [0.0], [0.0]])
    assert fit.status is CoxStatus.SEPARATED
    assert fit.coefficients[0] == inf
    assert np.isnan(fit.covariance[0, 0])
    assert fit.log_likelihood == pytest.approx(-log(2), rel=1e-14)
