"""Intervals of an emulation by their formulas, with t from printed tables."""

import math

import numpy as np
import pytest

from equipoise.estimate.emulated.limits import NOTHING, difference_limits, level_limits, ratio_limits

T_3, T_9 = 3.182446, 2.262157  # two-sided 95 % points of t with 3 and 9 degrees of freedom


def test_survival_on_the_log_log_scale() -> None:
    """S = .64, SE = .1: .64 to the power exp(-/+ t .1 / (.64 |log .64|))."""
    lower, upper, name = level_limits("survival", 0.64, 0.1, 0.95, (9.0, 10.0))
    half = T_9 * 0.1 / (0.64 * -math.log(0.64))
    assert (lower, upper) == pytest.approx((0.64 ** math.exp(half), 0.64 ** math.exp(-half)), rel=1e-6)
    assert name == "log-log, t"
    assert 0 < lower < 0.64 < upper < 1


def test_incidence_is_one_minus_survival() -> None:
    lower, upper, name = level_limits("cumulative_incidence", 0.36, 0.1, 0.95, (9.0, 10.0))
    mirrored = level_limits("survival", 0.64, 0.1, 0.95, (9.0, 10.0))
    assert (lower, upper) == pytest.approx((1 - mirrored.upper, 1 - mirrored.lower), rel=1e-12)
    assert name == "log-log of 1 - P, t"


def test_state_probability_on_the_logit_scale() -> None:
    """P = 1/4: logit -log 3, slope 16/3; limits 1 / (1 + 3 exp(+/- t .06 16/3))."""
    lower, upper, name = level_limits("state_probability", 0.25, 0.06, 0.95, (3.0, 4.0))
    half = T_3 * 0.06 * 16 / 3
    expected = (1 / (1 + 3 * math.exp(half)), 1 / (1 + 3 * math.exp(-half)))
    assert (lower, upper) == pytest.approx(expected, rel=1e-6)
    assert name == "logit, t"


@pytest.mark.parametrize("measure", ["restricted_mean", "time_lost"])
def test_areas_are_plain_and_never_below_nothing(measure: str) -> None:
    found = level_limits(measure, 20.0, 2.0, 0.95, (3.0, 4.0))
    assert found[:2] == pytest.approx((20 - 2 * T_3, 20 + 2 * T_3), rel=1e-6)
    assert found.name == "plain, t"
    assert level_limits(measure, 2.0, 2.0, 0.95, (3.0, 4.0)).lower == 0.0
    assert level_limits(measure, 20.0, 0.0, 0.95, (3.0, 4.0)) == NOTHING


@pytest.mark.parametrize("measure", ["survival", "cumulative_incidence", "state_probability"])
@pytest.mark.parametrize(("effective", "size"), [(21.0, 21), (21.99, 21), (1.0, 1), (1.5, 1)])
def test_at_the_ends_the_exact_binomial_of_the_effective_sample(
    measure: str, effective: float, size: int
) -> None:
    """None of n: up to 1 - .025^(1/n); all of n: from .025^(1/n) on. For 21 the latter is .8389."""
    edge = 0.025 ** (1 / size)
    all_of_them = level_limits(measure, 1.0, 0.0, 0.95, (3.0, effective))
    nobody = level_limits(measure, 0.0, 0.0, 0.95, (3.0, effective))
    assert all_of_them[:2] == pytest.approx((edge, 1.0), rel=1e-9)
    assert nobody[:2] == pytest.approx((0.0, 1 - edge), rel=1e-9)
    assert all_of_them.name == nobody.name == "exact binomial of the effective sample"
    if size == 21:
        assert round(all_of_them.lower, 4) == 0.8389


def test_no_interval_where_nobody_counts_or_nothing_varies() -> None:
    for value in (0.0, 1.0):
        assert level_limits("survival", value, 0.0, 0.95, (3.0, 0.99)) == NOTHING
    assert level_limits("survival", 0.5, 0.0, 0.95, (3.0, 10.0)) == NOTHING
    assert level_limits("survival", 0.5, 1e-13, 0.95, (3.0, 10.0)) == NOTHING
    assert np.isnan(NOTHING.lower)
    assert np.isnan(NOTHING.upper)


def test_differences_are_symmetric_and_cut_where_they_must_end() -> None:
    assert difference_limits(0.1, 0.05, 0.95, 3.0, 1.0)[:2] == pytest.approx(
        (0.1 - 0.05 * T_3, 0.1 + 0.05 * T_3), rel=1e-6
    )
    assert difference_limits(0.9, 0.05, 0.95, 3.0, 1.0).upper == 1.0
    assert difference_limits(-0.9, 0.05, 0.95, 3.0, 1.0).lower == -1.0
    assert difference_limits(2.0, 5.0, 0.95, 3.0, 10.0)[:2] == (-10.0, 10.0)
    assert difference_limits(0.0, 0.0, 0.95, 3.0, 1.0) == NOTHING


def test_ratios_on_the_log_scale() -> None:
    factor = math.exp(T_9 * 0.2)
    found = ratio_limits(1.5, 0.2, 0.95, 9.0)
    assert found[:2] == pytest.approx((1.5 / factor, 1.5 * factor), rel=1e-6)
    assert found.name == "log, t"
    for value, error in ((0.0, 0.2), (math.inf, 0.2), (math.nan, 0.2), (1.5, 0.0)):
        assert ratio_limits(value, error, 0.95, 9.0) == NOTHING
