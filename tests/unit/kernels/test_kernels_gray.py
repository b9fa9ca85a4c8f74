"""Gray's test at the edges: small and absent groups, nothing to compare, delayed entry."""

import numpy as np
import pytest
from scipy.stats import chi2

from equipoise.kernels.gray import GrayStatus, gray


def test_no_event_of_interest() -> None:
    for cause in ([0, 0, 0, 0], [2, 2, 0, 2]):
        test = gray([1, 2, 3, 4], cause, [0, 1, 0, 1])
        assert test.status is GrayStatus.NO_EVENTS
        assert test.degrees_of_freedom == 0
        assert np.isnan(test.statistic)
        assert np.isnan(test.p_value)


def test_one_group_and_nobody() -> None:
    assert gray([1, 2, 3], [1, 2, 1], [5, 5, 5]).status is GrayStatus.NOT_COMPARED
    assert (
        gray(np.zeros(0, dtype=int), np.zeros(0, dtype=int), np.zeros(0, dtype=int)).status
        is GrayStatus.NO_EVENTS
    )


def test_groups_that_never_meet_at_an_event() -> None:
    # All of group 1 are censored before the first event of interest.
    test = gray([1, 2, 3, 4], [0, 0, 1, 1], [1, 1, 0, 0])
    assert test.status is GrayStatus.NOT_COMPARED
    assert test.events.tolist() == [2, 0]
    assert test.n.tolist() == [2, 2]


def test_a_group_that_left_too_early_costs_its_degree_of_freedom_only() -> None:
    chance = np.random.default_rng(8)
    stop, cause, group = chance.integers(5, 40, 60), chance.integers(0, 3, 60), chance.integers(0, 2, 60)
    two = gray(stop, cause, group)
    three = gray(np.append(stop, [1, 2]), np.append(cause, [0, 0]), np.append(group, [7, 7]))
    assert two.status is GrayStatus.TESTED
    assert three.status is GrayStatus.REDUCED
    assert three.degrees_of_freedom == two.degrees_of_freedom == 1
    assert three.statistic == pytest.approx(two.statistic, rel=1e-9)
    assert three.p_value == pytest.approx(chi2.sf(three.statistic, 1), rel=1e-12)


def test_a_group_of_one_patient_without_the_event_is_compared() -> None:
    chance = np.random.default_rng(9)
    stop = np.append(chance.integers(1, 30, 40), 25)
    cause = np.append(chance.integers(0, 3, 40), 0)
    test = gray(stop, cause, np.append(np.zeros(40, dtype=int), 1))
    assert test.status is GrayStatus.TESTED
    assert test.score[1] < 0
    assert test.score.sum() == pytest.approx(0, abs=1e-10)
    assert 0 < test.p_value < 1


def test_delayed_entry_is_refused_in_words() -> None:
    with pytest.raises(ValueError, match=r"row 1: enters at 2.*score test of fit_fine_gray"):
        gray([2, 5, 6], [1, 2, 1], [0, 1, 0], start=[0, 2, 0])
    assert gray([2, 5, 6], [1, 2, 1], [0, 1, 0], start=[0, 1, 0]).n.tolist() == [2, 1]


def test_faulty_rows_are_named() -> None:
    with pytest.raises(ValueError, match="row 2: cause -3"):
        gray([1, 2, 3], [0, 1, -3], [0, 1, 0])
    with pytest.raises(ValueError, match="group: 2 entries"):
        gray([1, 2, 3], [0, 1, 1], [0, 1])


def test_more_of_one_cause_in_a_group_moves_its_score_up() -> None:
    stop = np.arange(1, 41)
    group = stop % 2
    cause = np.where(group == 1, 1, 2)
    test = gray(stop, cause, group)
    assert test.score[1] > 0 > test.score[0]
    assert gray(stop, cause, group, of=2).score[0] > 0
