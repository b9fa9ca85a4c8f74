"""Pseudo-values: a loop that leaves out each patient, edges, and the speed that was promised."""

import time

import numpy as np
import pytest

from equipoise.kernels.aalen_johansen import aalen_johansen, probability_at
from equipoise.kernels.cumulative_incidence import cumulative_incidence
from equipoise.kernels.pseudo_values import (
    FREE,
    infinitesimal_probabilities,
    infinitesimal_times,
    pseudo_probabilities,
    pseudo_times,
)
from equipoise.kernels.restricted_mean import time_in_state
from equipoise.kernels.rows import Rows


def estimate(stop, cause, of, ticks, days_a_unit):
    """The probability, or the area day by day if `days_a_unit` is given."""
    found = cumulative_incidence(stop, cause, causes=2)
    curve = found.survival if of == FREE else found.incidence[:, of - 1]
    curve = np.concatenate(([1.0 if of == FREE else 0.0], curve))

    def at(when):
        return curve[np.searchsorted(found.time, when, side="right")]

    if days_a_unit is None:
        return at(ticks)
    return np.array([at(np.arange(0, tick - 1, 2)).sum() * days_a_unit for tick in ticks])


def left_out(stop, cause, of, ticks, days_a_unit=None):
    n = stop.size
    whole = estimate(stop, cause, of, ticks, days_a_unit)
    without = [estimate(np.delete(stop, i), np.delete(cause, i), of, ticks, days_a_unit) for i in range(n)]
    return n * whole - (n - 1) * np.array(without)


@pytest.mark.parametrize("seed", range(40))
def test_equal_to_leaving_out_each_patient(seed: int):
    chance = np.random.default_rng(seed)
    n = int(chance.integers(2, 25))
    stop = (2 * chance.integers(1, 12, n)).astype(np.int32)
    cause = chance.integers(0, 3, n).astype(np.int16)
    ticks = np.array([0, 1, 2, 5, 8, 12, 20, 30])
    horizons = np.array([0, 2, 3, 8, 13, 24, 30])
    for of in (FREE, 1, 2):
        ours = pseudo_probabilities(stop, cause, ticks, of=of)
        np.testing.assert_allclose(ours, left_out(stop, cause, of, ticks), atol=1e-12)
        ours = pseudo_times(stop, cause, horizons, resolution=1.5, of=of)
        np.testing.assert_allclose(ours, left_out(stop, cause, of, horizons, 1.5), atol=1e-11)


def test_without_censoring_they_are_the_indicators():
    stop, cause = np.array([4, 2, 6, 6, 8]), np.array([1, 2, 1, 2, 2])
    ticks = np.array([1, 2, 5, 6, 9])
    after = stop[:, np.newaxis] <= ticks
    np.testing.assert_allclose(pseudo_probabilities(stop, cause, ticks), ~after, atol=1e-14)
    mine = after & (cause == 1)[:, np.newaxis]
    np.testing.assert_allclose(pseudo_probabilities(stop, cause, ticks, of=1), mine, atol=1e-14)
    days = np.minimum(stop, 6) / 2
    np.testing.assert_allclose(pseudo_times(stop, cause, [6], resolution=1.0)[:, 0], days, atol=1e-14)


def test_infinitesimal_is_the_derivative_with_late_entry():
    """theta + n dtheta/dw_i, the derivative taken numerically; two rows with a gap are one patient."""
    patient = np.array([0, 0, 1, 2, 3, 4, 5])
    start, stop = np.array([0, 6, 0, 2, 4, 0, 0]), np.array([4, 12, 8, 10, 6, 14, 2])
    target = np.array([-1, 1, 1, 2, 1, -1, 2])
    ticks, step = np.array([5, 9, 13], dtype=np.int32), 1e-6

    def build(weight):
        zero = np.zeros(7, dtype=np.int16)
        return Rows.build(patient, start, stop, zero, target, weight, states=3, patients=7)

    def theta(weight, contrast, area):
        rows = build(weight)
        course = aalen_johansen(rows, initial=[1.0, 0.0, 0.0])
        if area:
            return time_in_state(rows, course, ticks, resolution=0.5, contrast=contrast)[0][:, 0]
        return (probability_at(course, ticks) @ contrast)[:, 0]

    rows = build(np.ones(7))
    course = aalen_johansen(rows, initial=[1.0, 0.0, 0.0])
    for state in (0, 1):
        contrast = np.eye(3)[:, [state]]
        probabilities = infinitesimal_probabilities(rows, course, ticks, contrast=contrast[:, 0])
        areas = infinitesimal_times(rows, course, ticks, resolution=0.5, contrast=contrast[:, 0])
        for one in range(6):
            up, down = np.where(patient == one, 1 + step, 1.0), np.where(patient == one, 1 - step, 1.0)
            for ours, area in ((probabilities, False), (areas, True)):
                slope = (theta(up, contrast, area) - theta(down, contrast, area)) / (2 * step)
                expected = theta(np.ones(7), contrast, area) + 6 * slope
                np.testing.assert_allclose(ours[one], expected, atol=1e-8)
        assert np.isnan(probabilities[6]).all()  # the seventh patient has no row


def test_faulty_input_is_named():
    with pytest.raises(ValueError, match="1 patients: leaving one out needs at least two"):
        pseudo_probabilities([4], [1], [2])
    with pytest.raises(ValueError, match="row 1: cause -1"):
        pseudo_probabilities([4, 5], [1, -1], [2])
    with pytest.raises(ValueError, match="of -1"):
        pseudo_probabilities([4, 5], [1, 1], [2], of=-1)
    with pytest.raises(ValueError, match="row 1: stop 0 is not after tick 0"):
        pseudo_times([4, 0], [1, 1], [2], resolution=1.0)
    with pytest.raises(ValueError, match="horizons: -2 lies before tick 0"):
        pseudo_times([4, 5], [1, 1], [-2], resolution=1.0)


def test_ten_thousand_patients_at_ten_times_take_less_than_a_second():
    chance = np.random.default_rng(1)
    stop, cause = chance.integers(1, 8000, 10_000), chance.integers(0, 3, 10_000)
    ticks = np.arange(1, 11) * 700
    pseudo_probabilities(stop[:50], cause[:50], ticks, of=1)  # compiled before the clock starts
    began = time.perf_counter()
    pseudo_probabilities(stop, cause, ticks, of=1)
    pseudo_times(stop, cause, ticks, resolution=1.0)
    assert time.perf_counter() - began < 1
