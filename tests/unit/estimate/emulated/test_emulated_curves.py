"""Calibrated draws, simultaneous bands and crossing times."""

import numpy as np
import pytest
from scipy.special import ndtri

from equipoise.estimate.emulated.curves import calibrated, crossing, difference_band, level_band
from equipoise.estimate.emulated.limits import difference_limits, level_limits

T_9 = 2.262157
VALUE, ERROR = np.array([0.9, 0.64, 0.3]), np.array([0.03, 0.1, 0.08])
MEASURES = ("survival", "cumulative_incidence", "state_probability")


def transformed(measure: str, p: np.ndarray) -> np.ndarray:
    if measure == "state_probability":
        return np.log(p / (1 - p))
    return np.log(-np.log(p if measure == "survival" else 1 - p))


def slope(measure: str, p: np.ndarray) -> np.ndarray:
    """By numbers: central differences."""
    return np.abs(transformed(measure, p + 1e-6) - transformed(measure, p - 1e-6)) / 2e-6


def draws(size: int = 500, spread: float = 0.05) -> np.ndarray:
    rng = np.random.default_rng(3)
    return np.clip(VALUE + spread * rng.standard_normal((size, 1)) * np.array([0.5, 1.0, 1.2]), 0.01, 0.99)


@pytest.mark.parametrize("measure", MEASURES)
def test_calibrated_draws_have_the_standard_error_that_was_asked_for(measure: str) -> None:
    found = calibrated(VALUE, ERROR, draws(), measure)
    spread = transformed(measure, found).std(axis=0, ddof=1)
    assert spread == pytest.approx(ERROR * slope(measure, VALUE), rel=1e-6)


def test_calibration_keeps_the_order_of_the_draws_and_their_centre() -> None:
    drawn = draws()
    found = calibrated(VALUE, ERROR, drawn, "survival")
    assert np.array_equal(np.argsort(found[:, 1]), np.argsort(drawn[:, 1]))
    same = calibrated(VALUE, ERROR, np.vstack([VALUE, drawn]), "survival")
    assert same[0] == pytest.approx(VALUE, rel=1e-12)


def test_levels_that_cannot_vary_stay_as_they_are() -> None:
    value, error = np.array([1.0, 0.5, 0.5]), np.array([0.0, 0.0, 0.1])
    drawn = np.column_stack([np.ones(50), np.linspace(0.4, 0.6, 50), np.full(50, 0.5)])
    found = calibrated(value, error, drawn, "survival")
    assert (found[:, :2] == value[:2]).all()
    assert found[:, 2] == pytest.approx(np.full(50, 0.5), rel=1e-12)  # draws that all agree cannot be spread


def normal_scores(size: int) -> np.ndarray:
    return ndtri((np.arange(size) + 0.5) / size)


@pytest.mark.parametrize("measure", MEASURES)
def test_the_band_of_one_day_is_the_interval_of_that_day(measure: str) -> None:
    """With draws at the quantiles of the normal distribution, on the scale of the interval."""
    value, error = np.array([0.64]), np.array([0.1])
    at = transformed(measure, value) + 0.1 * normal_scores(100_001)
    if measure == "state_probability":
        drawn = 1 / (1 + np.exp(-at))
    else:
        drawn = np.exp(-np.exp(at)) if measure == "survival" else 1 - np.exp(-np.exp(at))
    band = level_band(value, error, drawn[:, np.newaxis], measure, 0.95, 9.0)
    pointwise = level_limits(measure, 0.64, 0.1, 0.95, (9.0, 10.0))
    assert (band[0][0], band[1][0]) == pytest.approx(pointwise[:2], abs=2e-4)


def test_the_band_of_one_difference_is_its_interval() -> None:
    drawn = (0.1 + 0.03 * normal_scores(100_001))[:, np.newaxis]
    lower, upper = difference_band(np.array([0.1]), np.array([0.07]), drawn, 0.95, 9.0)
    expected = difference_limits(0.1, 0.07, 0.95, 9.0, 1.0)
    assert (lower[0], upper[0]) == pytest.approx(expected[:2], abs=2e-4)
    assert expected.lower == pytest.approx(0.1 - 0.07 * T_9, rel=1e-6)


def test_bands_are_never_narrower_than_intervals_and_wider_for_days_that_vary_apart() -> None:
    rng = np.random.default_rng(5)
    value, error = np.full(6, 0.5), np.full(6, 0.1)
    apart = value + 0.1 * rng.standard_normal((4000, 6))
    together = value + 0.1 * rng.standard_normal((4000, 1)) * np.ones(6)
    wide, narrow = (difference_band(value, error, one, 0.95, 1e6) for one in (apart, together))
    # Six independent days: the two-sided point of .95^(1/6), 2.631; days in step: 1.960.
    assert (wide[1] - value)[0] / 0.1 == pytest.approx(2.631, abs=0.05)
    assert (narrow[1] - value)[0] / 0.1 == pytest.approx(1.960, abs=0.05)


def test_days_without_a_scale_have_no_band() -> None:
    value, error = np.array([1.0, 0.5, 0.5]), np.array([0.0, 0.0, 0.1])
    drawn = np.column_stack([np.ones(50), np.full(50, 0.5), np.linspace(0.3, 0.7, 50)])
    lower, upper = level_band(value, error, drawn, "survival", 0.95, 9.0)
    assert np.isnan(lower).tolist() == np.isnan(upper).tolist() == [True, True, False]
    nowhere = level_band(value[:1], error[:1], drawn[:, :1], "survival", 0.95, 9.0)
    assert np.isnan(nowhere).all()
    lower, upper = difference_band(value, error, drawn, 0.95, 9.0)
    assert np.isnan(lower).tolist() == np.isnan(upper).tolist() == [True, True, False]
    one_sided = difference_band(np.array([0.95, -0.95]), np.full(2, 0.3), drawn[:, 1:], 0.95, 9.0)
    assert one_sided[1][0] == 1.0
    assert one_sided[0][1] == -1.0


def test_draws_that_all_agree_leave_the_interval_of_a_day() -> None:
    lower, _ = difference_band(np.array([0.1]), np.array([0.07]), np.full((50, 1), 0.1), 0.95, 9.0)
    assert lower[0] == pytest.approx(0.1 - 0.07 * T_9, rel=1e-6)


def test_a_band_holds_a_whole_curve_as_often_as_it_says() -> None:
    """Survival of exponential times, 400 times over: a curve with its simple errors, bands from a bootstrap.

    Pointwise intervals of the same data leave the curve somewhere far more often.
    """
    rng = np.random.default_rng(11)
    days, n, repeats = np.array([0.2, 0.5, 0.8, 1.1, 1.5]), 80, 400
    truth = np.exp(-days)
    inside, inside_pointwise = 0, 0
    for _ in range(repeats):
        alive = rng.exponential(size=n)[:, np.newaxis] > days
        value = alive.mean(axis=0)
        error = np.sqrt(value * (1 - value) / n)
        drawn = rng.multinomial(n, np.full(n, 1 / n), size=300) @ alive / n
        lower, upper = level_band(value, error, drawn, "survival", 0.95, n - 1.0)
        inside += bool(((lower <= truth) & (truth <= upper)).all())
        each = [level_limits("survival", v, e, 0.95, (n - 1.0, n)) for v, e in zip(value, error, strict=True)]
        inside_pointwise += all(one.lower <= t <= one.upper for one, t in zip(each, truth, strict=True))
    assert 0.92 <= inside / repeats <= 0.985
    assert inside_pointwise / repeats < 0.90


@pytest.mark.parametrize(
    ("difference", "expected"),
    [
        ([0.1, 0.2, 0.3], 10.0),
        ([0.0, 0.0, 0.0], 10.0),
        ([-0.1, 0.0, 0.3], 20.0),
        ([-0.1, -0.1, 0.3], 30.0),
        ([0.1, -0.1, 0.3], 30.0),  # only what holds for good counts
        ([0.1, 0.1, -0.3], np.inf),
        ([-0.1, -0.1, -0.3], np.inf),
    ],
)
def test_crossing(difference: list[float], expected: float) -> None:
    assert crossing(np.array(difference), np.array([10.0, 20.0, 30.0])) == expected
