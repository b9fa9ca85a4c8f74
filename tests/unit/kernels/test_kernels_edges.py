"""Data at the edge: nobody, one patient, no event, states never visited, emptied risk sets, odd time axes."""

import numpy as np
import pytest

from equipoise.kernels.aalen_johansen import aalen_johansen, cumulative_hazard, probability_at
from equipoise.kernels.beta_product import bpcp_at
from equipoise.kernels.bootstrap import occupation_draws
from equipoise.kernels.cumulative_incidence import cumulative_incidence
from equipoise.kernels.influence import covariance, influence, standard_error
from equipoise.kernels.product_limit import kaplan_meier, quantile, survival_at
from equipoise.kernels.restricted_mean import restricted_mean, time_in_state
from equipoise.kernels.rows import Rows, landmark
from equipoise.kernels.variance import aalen, greenwood

EMPTY: list[int] = []


def nobody() -> Rows:
    return Rows.build(EMPTY, EMPTY, EMPTY, EMPTY, EMPTY, states=3, patients=0)


def test_nobody():
    curve = kaplan_meier(EMPTY, EMPTY)
    assert curve.time.size == 0
    assert survival_at(curve, [0, 5]).tolist() == [1, 1]
    assert quantile(curve, 0.5) is None
    assert restricted_mean(curve, 10, resolution=1.0) == (5, 0)
    assert [limits.tolist() for limits in bpcp_at(curve, [3])] == [[0], [1]]
    assert cumulative_incidence(EMPTY, EMPTY, causes=2).incidence.shape == (0, 2)
    rows = nobody()
    fast = aalen_johansen(rows, initial=[0.25, 0.75, 0])
    assert probability_at(fast, [-1, 9]).tolist() == [[0.25, 0.75, 0]] * 2
    assert standard_error(rows, fast, [1, 2]).tolist() == [[0, 0, 0]] * 2
    assert influence(rows, fast, 3).shape == (0, 3)
    assert covariance(rows, fast, 3).tolist() == [[0] * 3] * 3
    assert greenwood(fast).shape == aalen(fast).shape == (0, 3, 3)
    assert cumulative_hazard(fast).shape == (0, 0)
    value, error = time_in_state(rows, fast, [8], resolution=1.0)
    assert value.tolist() == [[1, 3, 0]]
    assert error.tolist() == [[0, 0, 0]]
    assert occupation_draws(rows, np.ones((2, 0)), [1], initial=[1, 0, 0]).tolist() == [[[1, 0, 0]]] * 2
    assert landmark(rows, tick=0, state=0).size == 0


def test_nobody_there_at_the_beginning_and_no_initial_probabilities():
    late = Rows.build([0], [3], [5], [0], [1], states=2, patients=1)
    with pytest.raises(ValueError, match="nobody is under observation at the starting tick 0"):
        aalen_johansen(late)
    given = aalen_johansen(late, initial=[1, 0])
    assert probability_at(given, [4, 5]).tolist() == [[1, 0], [0, 1]]


def test_one_patient():
    rows = Rows.build([0], [0], [4], [0], [1], states=2, patients=1)
    fast = aalen_johansen(rows)
    assert probability_at(fast, [3, 4]).tolist() == [[1, 0], [0, 1]]
    # Changing the weight of the only patient changes nothing.
    assert standard_error(rows, fast, [3, 4, 9]).tolist() == [[0, 0]] * 3
    assert greenwood(fast).tolist() == [[[0, 0], [0, 0]]]
    curve = kaplan_meier([4], [True])
    assert curve.survival.tolist() == curve.greenwood.tolist() == [0]
    assert quantile(curve, 0.5) == 4


def test_everybody_censored():
    curve = kaplan_meier([3, 3, 7], [False] * 3)
    assert curve.time.tolist() == [3, 7]
    assert curve.censored.tolist() == [2, 1]
    assert curve.survival.tolist() == [1, 1]
    assert curve.greenwood.tolist() == curve.aalen.tolist() == [0, 0]
    assert quantile(curve, 0.5) is None
    rows = Rows.build([0, 1], [0, 0], [3, 7], [0, 0], [-1, -1], states=2, patients=2)
    fast = aalen_johansen(rows)
    assert fast.time.size == 0
    assert fast.origin.size == 0
    assert probability_at(fast, [5]).tolist() == [[1, 0]]
    assert standard_error(rows, fast, [5]).tolist() == [[0, 0]]
    assert time_in_state(rows, fast, [10], resolution=2.0)[0].tolist() == [[10, 0]]


def test_a_state_that_nobody_visits():
    rows = Rows.build([0, 1], [0, 0], [2, 4], [0, 0], [2, -1], states=4, patients=3)
    fast = aalen_johansen(rows)
    assert probability_at(fast, [3]).tolist() == [[0.5, 0, 0.5, 0]]
    error = standard_error(rows, fast, [3])[0]
    assert error.tolist() == pytest.approx([np.sqrt(1 / 8), 0, np.sqrt(1 / 8), 0])
    # Patient 2 has no row: no influence, but a place.
    assert influence(rows, fast, 3)[2].tolist() == [0, 0, 0, 0]


def test_probability_stays_in_a_state_whose_risk_set_has_emptied():
    """Patient 0 is ill from 2, lost at 4 (nobody ill left); patient 2 enters ill at 6 and dies at 8."""
    rows = Rows.build(
        [0, 0, 1, 2], [0, 2, 0, 6], [2, 4, 9, 8], [0, 1, 0, 1], [1, -1, -1, 2], states=3, patients=3
    )
    fast = aalen_johansen(rows)
    assert probability_at(fast, [3, 5, 7]).tolist() == [[0.5, 0.5, 0]] * 3
    # At 8 the only one at risk of dying from illness dies: all the probability there goes with her.
    assert probability_at(fast, [8]).tolist() == [[0.5, 0, 0.5]]
    assert fast.at_risk.tolist() == [[2, 0, 0], [1, 1, 0]]


def test_survival_stays_at_zero_after_the_last_at_risk_died_and_others_enter():
    curve = kaplan_meier([2, 2, 6, 7], [True, True, True, False], start=[0, 0, 4, 4])
    assert curve.survival.tolist() == [0, 0, 0]
    assert curve.greenwood.tolist() == [0, 0, 0]
    assert curve.at_risk.tolist() == [2, 2, 1]
    assert not np.isnan(curve.cumulative_hazard).any()


@pytest.mark.parametrize("wide", [1, 100_000_000])
def test_a_sparse_time_axis_gives_the_same_numbers(wide):
    stop, event = np.array([1, 2, 2, 5, 7]), np.array([1, 1, 0, 1, 0], dtype=bool)
    start, weight = np.array([0, 0, 1, 2, 2]), np.array([0.3, 1.7, 2.0, 5.0, 0.1])
    curve = kaplan_meier(wide * stop, event, start=wide * start, weight=weight)
    here = kaplan_meier(stop, event, start=start, weight=weight)
    assert (curve.time // wide).tolist() == here.time.tolist()
    for name in ("at_risk", "events", "censored", "survival", "cumulative_hazard", "greenwood", "aalen"):
        assert getattr(curve, name).tobytes() == getattr(here, name).tobytes()
    near = Rows.build(range(5), start, stop, [0] * 5, np.where(event, 1, -1), weight, states=2, patients=5)
    far = Rows.build(
        range(5), wide * start, wide * stop, [0] * 5, np.where(event, 1, -1), weight, states=2, patients=5
    )
    one, two = aalen_johansen(near), aalen_johansen(far)
    assert one.probability.tobytes() == two.probability.tobytes()
    assert (
        standard_error(near, one, [1, 3, 6]).tobytes()
        == standard_error(far, two, [wide, 3 * wide, 6 * wide]).tobytes()
    )


def test_a_course_may_begin_before_zero():
    rows = Rows.build([0, 1, 2], [-9, -9, -4], [-5, -2, 3], [0, 0, 0], [1, 1, -1], states=2, patients=3)
    fast = aalen_johansen(rows, begin=-9)
    # -5: two at risk (patient 2 enters at -4), then two of which one moves.
    assert probability_at(fast, [-10, -9, -5, -2])[:, 0].tolist() == [1, 1, 0.5, 0.25]
    later = aalen_johansen(rows, begin=-4)
    assert probability_at(later, [-3, -2])[:, 0].tolist() == [1, 0.5]
    # Day of tick -9 is -5, of -4 is -2, of 2 is 1: 3 days at 1/2 less one at 1/4 ...
    value, _ = time_in_state(rows, fast, [2], resolution=1.0)
    assert value[0, 0] == pytest.approx(2 * 1 + 2 * 0.5 + 2 * 0.25)
    assert value[0].sum() == pytest.approx(6)


def test_transitions_up_to_the_beginning_do_not_count():
    rows = Rows.build([0, 0, 1], [0, 3, 0], [3, 9, 6], [0, 1, 0], [1, -1, 1], states=2, patients=2)
    fast = aalen_johansen(rows, begin=3)
    assert fast.time.tolist() == [6]
    assert fast.initial.tolist() == [0.5, 0.5]
    assert probability_at(fast, [6]).tolist() == [[0, 1]]


def test_a_state_left_on_the_day_it_was_entered_takes_no_time():
    """Ill at tick 4 (day 2), dead at tick 5 (still day 2): P(ill) is 1/2 for half a tick, no days."""
    rows = Rows.build([0, 0, 1], [0, 4, 0], [4, 5, 8], [0, 1, 0], [1, 2, -1], states=3, patients=2)
    fast = aalen_johansen(rows)
    assert probability_at(fast, [4, 5]).tolist() == [[0.5, 0.5, 0], [0.5, 0, 0.5]]
    value, error = time_in_state(rows, fast, [8], resolution=1.0)
    assert value.tolist() == [[3, 0, 1]]
    assert error[0, 1] == 0
    assert error[0, 0] == pytest.approx(2 * np.sqrt(1 / 8))


def test_a_horizon_before_the_beginning_is_refused():
    rows = Rows.build([0], [2], [4], [0], [1], states=2, patients=1)
    fast = aalen_johansen(rows, begin=2)
    with pytest.raises(ValueError, match="before the beginning"):
        time_in_state(rows, fast, [1], resolution=1.0)
    with pytest.raises(ValueError, match="before the beginning"):
        restricted_mean(kaplan_meier([4], [True]), -2, resolution=1.0)


def test_weights_of_very_different_size_leave_no_residue():
    """1e9 enters and leaves before a patient of weight 1e-6 dies: at risk is 1e-6, not 1e9 - 1e9 + 1e-6."""
    curve = kaplan_meier([3, 5], [False, True], start=[0, 0], weight=[1e9, 1e-6])
    assert curve.at_risk.tolist() == [1e9 + 1e-6, pytest.approx(1e-6, rel=1e-6)]
    assert curve.survival.tolist() == [1, 0]


def test_initial_probabilities_are_checked():
    rows = nobody()
    for wrong in ([1, 0], [0.5, 0.4, 0], [1.5, -0.5, 0], [np.nan, 1, 0]):
        with pytest.raises(ValueError, match="3 probabilities that sum to 1"):
            aalen_johansen(rows, initial=wrong)
