"""What may not change pseudo-values, and what they add up to."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from equipoise.kernels.aalen_johansen import aalen_johansen, probability_at
from equipoise.kernels.pseudo_values import (
    infinitesimal_probabilities,
    infinitesimal_times,
    pseudo_probabilities,
    pseudo_times,
)
from equipoise.kernels.restricted_mean import time_in_state
from equipoise.kernels.rows import Rows

laws = settings(max_examples=60, deadline=None)
patients = st.lists(st.tuples(st.integers(1, 12), st.integers(0, 2)), min_size=2, max_size=30)
TICKS = np.array([1, 4, 8, 16, 24], dtype=np.int32)


@laws
@given(patients, st.randoms(use_true_random=False), st.sampled_from([0, 1, 2]))
def test_order_and_unit_change_no_bit(table, luck, of):
    stop, cause = (np.array(column) for column in zip(*table, strict=True))
    order = list(range(stop.size))
    luck.shuffle(order)
    values = pseudo_probabilities(2 * stop, cause, TICKS, of=of)
    assert np.array_equal(pseudo_probabilities(2 * stop[order], cause[order], TICKS, of=of), values[order])
    assert np.array_equal(pseudo_probabilities(14 * stop, cause, 7 * TICKS, of=of), values)
    areas = pseudo_times(2 * stop, cause, TICKS, resolution=1.0, of=of)
    assert np.array_equal(
        pseudo_times(2 * stop[order], cause[order], TICKS, resolution=1.0, of=of), areas[order]
    )
    np.testing.assert_allclose(
        pseudo_times(2 * stop, cause, TICKS, resolution=3.0, of=of), 3 * areas, atol=1e-10
    )


@laws
@given(patients)
def test_probabilities_add_up_to_one_and_times_to_the_horizon(table):
    stop, cause = (np.array(column) for column in zip(*table, strict=True))
    total = sum(pseudo_probabilities(2 * stop, cause, TICKS, of=of) for of in (0, 1, 2))
    np.testing.assert_allclose(total, 1, atol=1e-11)
    days = sum(pseudo_times(2 * stop, cause, TICKS, resolution=1.0, of=of) for of in (0, 1, 2))
    np.testing.assert_allclose(days, np.broadcast_to(TICKS // 2, days.shape), atol=1e-10)


@laws
@given(patients, st.integers(0, 2))
def test_infinitesimal_values_have_the_estimate_as_their_mean(table, state):
    stop, cause = (np.array(column) for column in zip(*table, strict=True))
    one = np.arange(stop.size)
    rows = Rows.build(
        one,
        np.zeros_like(one),
        2 * stop,
        np.zeros_like(one),
        np.where(cause > 0, cause, -1),
        states=3,
        patients=one.size,
    )
    course = aalen_johansen(rows, initial=[1.0, 0.0, 0.0])
    contrast = np.eye(3)[state]
    values = infinitesimal_probabilities(rows, course, TICKS, contrast=contrast)
    np.testing.assert_allclose(values.mean(axis=0), probability_at(course, TICKS)[:, state], atol=1e-12)
    areas = infinitesimal_times(rows, course, TICKS, resolution=1.0, contrast=contrast)
    whole = time_in_state(rows, course, TICKS, resolution=1.0)[0][:, state]
    np.testing.assert_allclose(areas.mean(axis=0), whole, atol=1e-11)
