"""Rows of the table of tests: numbers by hand and from R, and rows without a number."""

import numpy as np
import polars as pl
import pytest

from equipoise.base.findings import FindingStatus
from equipoise.estimate.first_exit import FirstExit
from equipoise.estimate.group_tests import (
    Asked,
    by_arm,
    by_group,
    gray_test,
    log_rank_test,
    mantel_byar_test,
    noticed,
)
from equipoise.estimate.test_results import TESTS
from equipoise.kernels.gray import gray

ASKED = Asked("os", "arm", "The rate of death is the same in both arms.")


def spells(stop, cause, *, start=None, weight=None, patient=None) -> FirstExit:
    size = len(stop)
    who = np.arange(size) if patient is None else np.array(patient)
    return FirstExit(
        who.astype(np.int32),
        np.zeros(size, dtype=np.int32) if start is None else np.array(start, dtype=np.int32),
        np.array(stop, dtype=np.int32),
        np.array(cause, dtype=np.int16),
        np.ones(size) if weight is None else np.array(weight, dtype=np.float64),
        np.ones(size, dtype=np.bool_),
        ("event", "competing"),
        10,
        np.unique(who).size,
    )


# The example of tests/by_hand/test_by_hand_log_rank.py; patients 6 to 9 have no spell.
SIX = spells([1, 3, 4, 1, 2, 3], [1, 0, 1, 1, 1, 1])
ARM = np.array([0, 0, 0, 1, 1, 1, 0, 1, -1, -1])


def row(frame: pl.DataFrame) -> dict[str, object]:
    assert frame.equals(TESTS.check(frame))
    assert frame.height == 1
    return frame.row(0, named=True)


def test_log_rank_by_hand():
    found = row(log_rank_test(ASKED, by_group(SIX, ARM, groups=2)))
    assert found["statistic"] == pytest.approx(245 / 157, rel=1e-13)
    assert found["p_value"] == pytest.approx(0.21159, abs=1e-5)
    assert (found["degrees_of_freedom"], found["n"], found["events"]) == (1, 6, 5)
    assert (found["test"], found["about"], found["outcome"]) == ("log-rank", "arm", "os")
    assert found["method"] == "log-rank test, hypergeometric variance"
    assert (found["status"], found["finding"]) == (FindingStatus.OK, None)


def test_unknown_groups_and_strata_are_left_out():
    arm, centre = ARM.copy(), np.zeros(10, dtype=np.int32)
    arm[0] = -1
    centre[5] = -1
    found = row(log_rank_test(ASKED, by_group(SIX, arm, groups=2), strata=centre, within="centre"))
    kept = spells([3, 4, 1, 2], [0, 1, 1, 1], patient=[1, 2, 3, 4])
    same = row(log_rank_test(ASKED, by_group(kept, ARM, groups=2)))
    assert found["statistic"] == same["statistic"]
    assert (found["n"], found["events"]) == (4, 3)
    assert found["method"] == "log-rank test, stratified by centre, hypergeometric variance"


def test_arms_are_groups_and_a_patient_may_change():
    """The Mantel-Byar example by hand: 1/59, five patients in seven spells."""
    before = spells([2, 3, 3, 5, 6], [0, 1, 0, 1, 1], start=[0, 0, 0, 1, 3])
    after = spells([5, 4], [1, 0], start=[2, 3], patient=[0, 2])
    found = row(mantel_byar_test(ASKED, by_arm(before, after)))
    assert found["statistic"] == pytest.approx(1 / 59, rel=1e-12)
    assert (found["test"], found["n"], found["events"]) == ("Mantel-Byar", 5, 4)
    naive = Asked("os", "graft", "The rate is the same before and after.", naive=True, finding="E244")
    found = row(mantel_byar_test(naive, by_arm(before, after)))
    assert (found["status"], found["finding"]) == (FindingStatus.BIASED, "E268")


def test_weights_give_the_robust_variance_over_patients():
    """Two spells of a patient are one unit: the same number as one spell."""
    weighted = spells([4, 2, 6], [1, 1, 1], weight=[2, 1, 1])
    cut = spells([1, 4, 2, 6], [0, 1, 1, 1], start=[0, 1, 0, 0], weight=[2, 2, 1, 1], patient=[0, 0, 1, 2])
    arm = np.array([0, 1, 0, 0, 0, 0, 0, 0, 0, 0])
    one, other = (row(log_rank_test(ASKED, by_group(some, arm, groups=2))) for some in (weighted, cut))
    assert one["statistic"] == pytest.approx(other["statistic"], rel=1e-12)
    assert one["method"] == "log-rank test, case weights, robust variance over patients"
    centres = np.arange(10, dtype=np.int32)
    clustered = row(log_rank_test(ASKED, by_group(cut, arm, groups=2, cluster=centres)))
    assert clustered["statistic"] == pytest.approx(other["statistic"], rel=1e-12)
    assert clustered["method"] == "log-rank test, case weights, robust variance over clusters"


def test_weights_of_harrington_and_fleming_are_told():
    found = row(log_rank_test(ASKED, by_group(SIX, ARM, groups=2), exponents=(0.0, 1.0)))
    assert found["method"] == (
        "log-rank test, weights of Harrington and Fleming (rho 0, gamma 1), hypergeometric variance"
    )
    assert found["statistic"] != pytest.approx(245 / 157)


def test_log_rank_of_a_cause_and_gray_are_different_questions():
    """Gray's statistic of cause 1 is that of cmprsk::cuminc 2.2-11 for these twelve patients."""
    stop = [1, 2, 3, 4, 5, 6, 1, 2, 4, 5, 7, 8]
    cause = [1, 2, 1, 0, 1, 2, 2, 2, 1, 0, 1, 1]
    some = spells(stop, cause, patient=range(12))
    grouped = by_group(some, np.repeat([0, 1], 6), groups=2)
    net = row(log_rank_test(ASKED, grouped))
    net_of_censored = spells(stop, [one if one == 1 else 0 for one in cause], patient=range(12))
    same = row(log_rank_test(ASKED, by_group(net_of_censored, np.repeat([0, 1], 6), groups=2)))
    assert net["statistic"] == same["statistic"]
    found = row(gray_test(ASKED, grouped))
    assert found["statistic"] == pytest.approx(1.658582878475842, rel=1e-8)
    assert (found["test"], found["method"], found["events"]) == ("Gray", "Gray's test", 6)
    assert row(log_rank_test(ASKED, grouped, cause=2))["events"] == 4


def test_gray_has_no_late_entry_weights_or_clusters():
    late = by_group(spells([3, 4, 5], [1, 1, 0], start=[0, 3, 0]), ARM, groups=2)
    weighted = by_group(spells([3, 4, 5], [1, 1, 0], weight=[1, 2, 1]), ARM, groups=2)
    clustered = by_group(SIX, ARM, groups=2, cluster=np.arange(10, dtype=np.int32))
    for grouped in (late, weighted, clustered):
        frame = gray_test(ASKED, grouped)
        found = row(frame)
        assert (found["statistic"], found["p_value"], found["degrees_of_freedom"]) == (None, None, 0)
        assert (found["status"], found["finding"]) == (FindingStatus.NOT_TESTED, "E263")
        assert [one.code for one in noticed(frame)] == ["E263"]


@pytest.mark.parametrize("test", [log_rank_test, gray_test, mantel_byar_test])
def test_nothing_to_compare_is_a_row_without_a_number(test):
    none = row(test(ASKED, by_group(spells([], []), ARM, groups=2)))
    assert (none["statistic"], none["n"], none["status"], none["finding"]) == (
        None,
        0,
        FindingStatus.NO_EVENTS,
        "E260",
    )
    censored = row(test(ASKED, by_group(spells([3, 4, 5], [0, 0, 0]), np.array([0, 1, 1]), groups=2)))
    assert (censored["status"], censored["n"]) == (FindingStatus.NO_EVENTS, 3)
    alone = row(test(ASKED, by_group(spells([3, 4, 5], [1, 1, 0]), np.zeros(10, dtype=np.int32), groups=2)))
    assert (alone["status"], alone["finding"]) == (FindingStatus.NOT_TESTED, "E260")


@pytest.mark.parametrize("test", [log_rank_test, gray_test])
def test_a_group_without_patients_is_told(test):
    frame = test(ASKED, by_group(SIX, ARM, groups=3))
    found = row(frame)
    assert (found["degrees_of_freedom"], found["finding"], found["status"]) == (1, "E261", FindingStatus.OK)
    assert [one.code for one in noticed(frame)] == ["E261"]


def test_too_few_patients_for_a_robust_variance():
    one_centre = by_group(SIX, ARM, groups=2, cluster=np.zeros(10, dtype=np.int32))
    found = row(log_rank_test(ASKED, one_centre))
    assert (found["status"], found["finding"]) == (FindingStatus.NOT_TESTED, "E262")


@pytest.mark.parametrize("test", [log_rank_test, gray_test])
def test_one_early_event_in_a_group_of_one_is_no_p_value(test):
    """Of 40 patients the one in group 1 has the event first. By chance that happens once in 40 times; the
    statistic (1 - 1/40)^2 / (1/40 * 39/40) = 39 would have it once in 10^9."""
    first = by_group(spells(range(1, 41), [1] * 40), np.array([1] + [0] * 39), groups=2)
    frame = test(ASKED, first)
    assert row(frame)["statistic"] == pytest.approx(39.0)
    assert row(frame)["finding"] == "E268"
    assert [one.code for one in noticed(frame)] == ["E268"]
    # With an expected number of one or more nothing is said: half the patients are in group 1.
    half = by_group(spells(range(1, 41), [1] * 40), np.arange(40) % 2, groups=2)
    assert row(test(ASKED, half))["finding"] is None
    # The status of a naive comparison says that it is biased; that its P value is none must be told as well.
    naive = row(test(Asked("os", "ever", "No difference.", naive=True, finding="E240"), first))
    assert (naive["status"], naive["finding"]) == (FindingStatus.BIASED, "E268")


def test_gray_compares_within_strata():
    """In each stratum the events of both groups alternate; the strata together differ, as their groups do."""
    stop, cause = [2, 3, 4, 5, 12, 13, 14, 15], [1, 1, 1, 2, 1, 1, 2, 1]
    group, strata = np.array([0, 0, 0, 1, 0, 1, 1, 1]), np.array([0, 0, 0, 0, 1, 1, 1, 1])
    known = by_group(spells(stop, cause), group, groups=2)
    within = row(gray_test(ASKED, known, strata=strata, within="site"))
    parts = [
        gray(np.array(stop)[strata == s], np.array(cause)[strata == s], group[strata == s]) for s in (0, 1)
    ]
    score = sum(part.score[0] for part in parts)
    variance = sum(part.covariance[0, 0] for part in parts)
    assert within["statistic"] == pytest.approx(score**2 / variance)
    assert within["statistic"] != pytest.approx(row(gray_test(ASKED, known))["statistic"])
    assert within["method"] == "Gray's test, stratified by site"
