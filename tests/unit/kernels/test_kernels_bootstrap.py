"""Bootstrap draws: shapes, edges, and their spread against the jackknife (two routes to one variance)."""

import numpy as np
import pytest

from equipoise.kernels.aalen_johansen import aalen_johansen, probability_at
from equipoise.kernels.bootstrap import occupation_draws
from equipoise.kernels.influence import standard_error
from equipoise.kernels.rows import Rows


def illness_death(patients: int, seed: int) -> Rows:
    """Markov illness-death in half-days with censoring; a third enters late."""
    luck = np.random.default_rng(seed)
    table = []
    for patient in range(patients):
        now, state = (0 if luck.random() < 0.67 else int(luck.integers(1, 40))), 0
        end = now + int(luck.integers(20, 200))
        while state < 2 and now < end:
            stop = now + 1 + int(luck.exponential(60))
            target = -1 if stop > end else (int(luck.integers(1, 3)) if state == 0 else 2)
            table.append((patient, now, min(stop, end), state, target))
            now, state = stop, target if target >= 0 else 3
    return Rows.build(*np.array(table).T, states=3, patients=patients)


def test_ones_give_the_estimate():
    rows = illness_death(60, seed=1)
    ticks = [150, 0, -3, 20, 20]
    draws = occupation_draws(rows, np.ones((3, 60)), ticks)
    expected = probability_at(aalen_johansen(rows), ticks)
    for draw in draws:
        np.testing.assert_allclose(draw, expected, rtol=1e-13, atol=1e-15)


def test_multinomial_draws_spread_like_the_jackknife_says():
    """2,000 draws: the error of a spread is 1.6 %, so 6 % is nearly four of them; n = 400 adds O(1/n)."""
    patients = 400
    rows = illness_death(patients, seed=2)
    luck = np.random.default_rng(3)
    counts = luck.multinomial(patients, np.full(patients, 1 / patients), size=2000).astype(float)
    ticks = [30, 80, 120]
    draws = occupation_draws(rows, counts, ticks)
    spread = draws.std(axis=0, ddof=1)
    error = standard_error(rows, aalen_johansen(rows), ticks)
    np.testing.assert_allclose(spread, error, rtol=0.06)
    assert (np.abs(spread / error - 1) > 1e-4).all()  # not the same computation in disguise


def test_a_draw_without_anybody_at_the_beginning_is_nan_and_only_that_one():
    rows = Rows.build([0, 1], [0, 1], [4, 4], [0, 0], [1, -1], states=2, patients=2)
    draws = occupation_draws(rows, [[1, 1], [0, 1], [1, 0]], [0, 4])
    assert np.isnan(draws[1]).all()
    assert draws[0].tolist() == [[1, 0], [0.5, 0.5]]
    assert draws[2].tolist() == [[1, 0], [0, 1]]
    known = occupation_draws(rows, [[0, 1]], [4], initial=[1, 0])
    assert known.tolist() == [[[1, 0]]]


@pytest.mark.parametrize("factors", [[[1.0]], [1.0, 2.0], [[-1.0, 1.0]], [[np.nan, 1.0]]])
def test_multipliers_are_checked(factors):
    rows = Rows.build([0, 1], [0, 0], [4, 4], [0, 0], [1, -1], states=2, patients=2)
    with pytest.raises(ValueError, match="multipliers"):
        occupation_draws(rows, factors, [1])


def test_clusters_and_contrasts_are_checked():
    rows = Rows.build([0, 1], [0, 0], [4, 4], [0, 0], [1, -1], states=2, patients=2)
    fast = aalen_johansen(rows)
    with pytest.raises(ValueError, match="cluster: 1 entries"):
        standard_error(rows, fast, [1], cluster=[0])
    with pytest.raises(ValueError, match="contrast: expected shape"):
        standard_error(rows, fast, [1], contrast=[[1, 0, 0]])
