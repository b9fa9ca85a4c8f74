"""Counting sort, places on a grid, and sums in any order, against NumPy and exact arithmetic."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipoise.kernels.counting_sort import argsort, dense, distinct, rank
from equipoise.kernels.exact_sum import grid, high_part, low_part

near = st.lists(st.integers(-20, 20), max_size=40)
far = st.lists(st.integers(-(2**31), 2**31 - 1), max_size=40)


def ticks(values):
    return np.array(values, dtype=np.int32)


@given(near | far)
def test_argsort_is_numpys_stable_one(values):
    keys = ticks(values)
    assert argsort(keys).tolist() == np.argsort(keys, kind="stable").tolist()
    assert distinct(keys).tolist() == sorted(set(values))


@given(near | far, near | far)
def test_rank_counts_the_grid_up_to_the_tick(points, values):
    edges = distinct(ticks(points))
    assert rank(edges, ticks(values)).tolist() == [sum(g <= v for g in edges.tolist()) for v in values]


def test_both_ways_are_taken():
    assert dense(0, 4000, 10)
    assert not dense(0, 2**31 - 1, 1_000_000)


@given(st.lists(st.floats(1e-3, 1e3), min_size=1, max_size=50), st.randoms(use_true_random=False))
def test_parts_add_up_exactly_in_any_order(weights, luck):
    coarse, fine = grid(max(weights), 2 * len(weights))
    high = [high_part(w, coarse) for w in weights]
    low = [low_part(w, h, fine) for w, h in zip(weights, high, strict=True)]
    for parts in (high, low):
        exact = sum(map(Fraction, parts))
        shuffled = list(parts)
        luck.shuffle(shuffled)
        total = 0.0
        for part in shuffled + [-p for p in parts] + parts:  # enter, leave, enter again: 3 n terms fit too
            total += part
        assert Fraction(total) == exact
    lost = sum(
        abs(Fraction(w) - Fraction(h) - Fraction(x)) for w, h, x in zip(weights, high, low, strict=True)
    )
    assert lost <= len(weights) * Fraction(max(weights)) * Fraction(1, 2**60)


@pytest.mark.parametrize("weight", [1.0, 2.0, 3.0, 0.5])
def test_simple_weights_need_no_low_part(weight):
    coarse, fine = grid(8.0, 1_000_000)
    high = high_part(weight, coarse)
    assert (high, low_part(weight, high, fine)) == (weight, 0.0)
