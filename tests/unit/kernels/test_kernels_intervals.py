"""Intervals on transformed scales against the formulas of R's survfit written out, and at the edges."""

import math

import numpy as np
import pytest
from scipy.stats import norm, t

from equipoise.kernels.intervals import cloglog, critical_value, logit, loglog, plain, square_and_add

Z = norm.ppf(0.975)


def one(limits):
    return tuple(float(x) for x in limits)


def test_critical_values():
    assert critical_value(0.95) == pytest.approx(1.959963984540054, abs=1e-14)
    assert critical_value(0.9, df=7) == pytest.approx(t.ppf(0.95, 7), abs=1e-12)
    for level in (0, 1, 95):
        with pytest.raises(ValueError, match="level"):
            critical_value(level)


def test_loglog_is_symmetric_for_log_minus_log():
    lower, upper = one(loglog(0.7, 0.1, 0.95))
    middle, half = math.log(-math.log(0.7)), Z * 0.1 / (0.7 * abs(math.log(0.7)))
    assert math.log(-math.log(lower)) == pytest.approx(middle + half, abs=1e-12)
    assert math.log(-math.log(upper)) == pytest.approx(middle - half, abs=1e-12)
    assert lower < 0.7 < upper


def test_cloglog_of_an_incidence_is_loglog_of_the_rest():
    lower, upper = one(cloglog(0.3, 0.1, 0.95))
    rest = one(loglog(0.7, 0.1, 0.95))
    assert (lower, upper) == pytest.approx((1 - rest[1], 1 - rest[0]), abs=1e-14)
    # Small incidences keep their digits.
    tiny = one(cloglog(1e-12, 1e-13, 0.95))
    assert tiny == pytest.approx((1e-12 * math.exp(-Z / 10), 1e-12 * math.exp(Z / 10)), rel=1e-9)


def test_logit_is_symmetric_for_the_log_odds():
    lower, upper = one(logit(0.2, 0.05, 0.95))
    half = Z * 0.05 / 0.16
    assert math.log(lower / (1 - lower)) == pytest.approx(math.log(0.25) - half, abs=1e-12)
    assert math.log(upper / (1 - upper)) == pytest.approx(math.log(0.25) + half, abs=1e-12)


def test_plain_is_cut_at_zero_and_one():
    assert one(plain(0.5, 0.1, 0.95)) == pytest.approx((0.5 - 0.1 * Z, 0.5 + 0.1 * Z))
    assert one(plain(0.95, 0.1, 0.95))[1] == 1
    assert one(plain(0.05, 0.1, 0.95))[0] == 0


@pytest.mark.parametrize("interval", [loglog, cloglog, logit])
def test_edges_are_never_nan(interval):
    lower, upper = interval([0.0, 1.0, 0.4, 0.4, 1 - 1e-16, 1e-300], [0, 0, 0, 1e6, 0.1, 0.1], 0.95)
    assert not np.isnan(lower).any()
    assert not np.isnan(upper).any()
    assert (lower[:2].tolist(), upper[:2].tolist()) == (
        [0, 0],
        [1, 1],
    )  # nothing known, rather than certainty
    assert lower[2] == pytest.approx(0.4)
    assert upper[2] == pytest.approx(0.4)
    assert lower[3] == pytest.approx(0, abs=1e-12)
    assert upper[3] == pytest.approx(1, abs=1e-12)


@pytest.mark.parametrize("interval", [loglog, cloglog, logit, plain])
def test_t_quantiles_widen(interval):
    normal, student = one(interval(0.6, 0.1, 0.95)), one(interval(0.6, 0.1, 0.95, df=5))
    assert student[0] < normal[0] < 0.6 < normal[1] < student[1]


@pytest.mark.parametrize(
    ("estimate", "error"), [(1.2, 0.1), (-0.1, 0.1), (0.5, -1), (np.nan, 0.1), (0.5, np.nan)]
)
def test_what_is_no_probability_is_refused(estimate, error):
    with pytest.raises(ValueError, match="probabilities between 0 and 1"):
        loglog(estimate, error, 0.95)


def test_square_and_add_takes_the_limits_that_make_the_difference_small_and_large():
    """.9 (.8 to .92) minus .5 (.45 to .9): down by hypot(.1, .4), up by hypot(.02, .05)."""
    one, two = np.array([0.9]), np.array([0.5])
    lower, upper = square_and_add(
        one, (np.array([0.8]), np.array([0.92])), two, (np.array([0.45]), np.array([0.9]))
    )
    assert lower[0] == pytest.approx(0.4 - math.sqrt(0.01 + 0.16), abs=1e-15)
    assert upper[0] == pytest.approx(0.4 + math.sqrt(0.0004 + 0.0025), abs=1e-15)


def test_square_and_add_is_the_published_interval_of_newcombe():
    """56 of 70 against 48 of 80 with Wilson's limits: .0524 to .3339 (Newcombe 1998, table II, method 10)."""

    def wilson(x, n):
        middle, half = (x + Z**2 / 2) / (n + Z**2), Z * math.sqrt(x * (n - x) / n + Z**2 / 4) / (n + Z**2)
        return np.array([middle - half]), np.array([middle + half])

    lower, upper = square_and_add(np.array([56 / 70]), wilson(56, 70), np.array([48 / 80]), wilson(48, 80))
    assert [round(float(lower[0]), 4), round(float(upper[0]), 4)] == [0.0524, 0.3339]
