"""Small and faulty inputs of the log-rank test: a status or an error, never a number that means nothing."""

import numpy as np
import pytest

from equipoise.kernels.log_rank import LogRankStatus, log_rank


def untested(found):
    return np.isnan(found.statistic) and np.isnan(found.p_value) and found.degrees_of_freedom == 0


def test_no_rows():
    found = log_rank([], [], [], groups=2)
    assert untested(found)
    assert found.status is LogRankStatus.NO_EVENTS
    assert found.n.tolist() == [0, 0]


def test_one_patient():
    found = log_rank([5], [True], [0])
    assert untested(found)
    assert found.status is LogRankStatus.NOT_COMPARED


def test_no_events():
    found = log_rank([5, 6, 7], [False] * 3, [0, 1, 1])
    assert untested(found)
    assert found.status is LogRankStatus.NO_EVENTS


def test_all_have_the_event_at_once():
    """Y = d: what happens is no surprise in any group, the variance is 0."""
    found = log_rank([5, 5, 5], [True] * 3, [0, 1, 1])
    assert untested(found)
    assert found.status is LogRankStatus.NOT_COMPARED
    assert found.observed.tolist() == found.expected.tolist() == [1, 2]


def test_groups_in_different_strata_are_not_compared():
    found = log_rank([1, 2, 3, 4], [True] * 4, [0, 0, 1, 1], strata=[0, 0, 1, 1])
    assert untested(found)
    assert found.status is LogRankStatus.NOT_COMPARED


def test_a_group_without_anybody_at_risk_loses_its_degree_of_freedom():
    stop, event, group = [1, 5, 6, 7, 8], [False, True, True, True, False], [2, 0, 1, 0, 1]
    found = log_rank(stop, event, group)
    assert found.status is LogRankStatus.REDUCED
    assert found.degrees_of_freedom == 1
    assert found.statistic == log_rank(stop[1:], event[1:], group[1:]).statistic


def test_a_group_without_patients():
    found = log_rank([5, 6, 7, 8], [True, True, True, False], [0, 1, 0, 1], groups=3)
    assert found.status is LogRankStatus.REDUCED
    assert found.n.tolist() == [2, 2, 0]
    assert found.expected[2] == 0


def test_two_pairs_of_groups_in_two_strata():
    """Groups 0, 1 meet in one stratum, 2, 3 in another: the sum of two independent tests, 2 df, not 3."""
    stop, event = np.array([1, 2, 3, 4, 5]), np.array([True, True, True, True, False])
    first, second = np.array([0, 1, 0, 1, 1]), np.array([2, 2, 3, 3, 2])
    found = log_rank(
        np.tile(stop, 2), np.tile(event, 2), np.concatenate((first, second)), strata=np.repeat([0, 1], 5)
    )
    apart = log_rank(stop, event, first).statistic + log_rank(stop, event, second - 2).statistic
    assert found.degrees_of_freedom == 2
    assert found.status is LogRankStatus.REDUCED
    assert found.statistic == pytest.approx(apart, rel=1e-12)


def test_labels_of_clusters_may_be_large():
    stop, event, group = [1, 2, 3, 4, 5], [True, True, True, False, True], [0, 1, 0, 1, 1]
    one = log_rank(stop, event, group, cluster=[0, 1, 2, 0, 3])
    other = log_rank(stop, event, group, cluster=[7, 10**9, 2 * 10**9, 7, 2_000_000_001])
    assert one.statistic == other.statistic


def test_codes_of_strata_and_ticks_may_be_large():
    """Their product does not fit 32 bits."""
    stop, event, group = (
        np.array([3, 4, 5, 6, 7, 7]),
        [True, False, True, True, True, True],
        [0, 1, 0, 1, 1, 0],
    )
    strata = np.array([0, 0, 1, 0, 1, 1])
    found = log_rank(stop, event, group, start=stop - 3, strata=strata)
    large = log_rank(stop * 10**8, event, group, start=(stop - 3) * 10**8, strata=strata * (2**31 - 1))
    assert found.statistic == large.statistic
    assert np.array_equal(found.variance, large.variance)


def test_late_entry_after_the_risk_set_has_emptied():
    """S(t-) is 0 for those who come later: they count with rho = 0, not with rho > 0."""
    start, stop = [0, 0, 4, 4, 4], [2, 3, 5, 6, 7]
    event, group = [True] * 5, [0, 1, 0, 1, 1]
    assert log_rank(stop, event, group, start=start).observed.sum() == 5
    found = log_rank(stop, event, group, start=start, rho=1)
    assert found.observed.sum() == pytest.approx(1 + 1 / 2, rel=1e-15)


def test_a_robust_variance_needs_more_patients_than_degrees_of_freedom():
    found = log_rank([1, 2, 3, 4], [True] * 4, [0, 1, 0, 1], cluster=[0, 0, 0, 0])
    assert untested(found)
    assert found.robust
    assert found.status is LogRankStatus.FEW_UNITS


def test_faulty_rows_are_named():
    with pytest.raises(ValueError, match="row 1: start 4 is not before stop 4"):
        log_rank([3, 4], [True, True], [0, 1], start=[0, 4])
    with pytest.raises(ValueError, match="row 1: group -1"):
        log_rank([3, 4], [True, True], [0, -1])
    with pytest.raises(ValueError, match="row 1: group beyond 1"):
        log_rank([3, 4], [True, True], [0, 5], groups=2)
    with pytest.raises(ValueError, match="row 0: weight 0"):
        log_rank([3, 4], [True, True], [0, 1], weight=[0, 1])
    with pytest.raises(ValueError, match="event: 1 entries, expected 2"):
        log_rank([3, 4], [True], [0, 1])
    with pytest.raises(ValueError, match="cluster: 1 entries, expected 2"):
        log_rank([3, 4], [True, True], [0, 1], cluster=[0])
    with pytest.raises(ValueError, match="rho -1"):
        log_rank([3, 4], [True, True], [0, 1], rho=-1)
    with pytest.raises(ValueError, match="gamma nan"):
        log_rank([3, 4], [True, True], [0, 1], gamma=float("nan"))
    with pytest.raises(TypeError, match="stop: expected integers"):
        log_rank([3.5, 4], [True, True], [0, 1])
