"""Log-rank, Mantel-Byar and pseudo-values in fractions, each step written out."""

import math
from fractions import Fraction

import numpy as np
import pytest

from equipoise.kernels.log_rank import log_rank
from equipoise.kernels.pseudo_values import pseudo_probabilities, pseudo_times

# Group 0: events at 1 and 4, censored at 3. Group 1: events at 1, 2, 3.
STOP = np.array([1, 3, 4, 1, 2, 3])
EVENT = np.array([1, 0, 1, 1, 1, 1], dtype=bool)
GROUP = np.array([0, 0, 0, 1, 1, 1])

# time: at risk in group 0, at risk, events in group 0, events, S just before the time
STEPS = {
    1: (3, 6, 1, 2, Fraction(1)),
    2: (2, 4, 0, 1, Fraction(2, 3)),
    3: (2, 3, 0, 1, Fraction(1, 2)),  # whoever is censored at 3 is at risk of an event at 3
    4: (1, 1, 1, 1, Fraction(1, 3)),
}


def test_two_groups_with_a_tie():
    """E = 1 + 1/2 + 2/3 + 1 = 19/6; V = 2/5 + 1/4 + 2/9 + 0 = 157/180; (2 - 19/6)^2 / V = 245/157."""
    found = log_rank(STOP, EVENT, GROUP)
    assert found.observed.tolist() == [2, 3]
    assert found.expected == pytest.approx([19 / 6, 11 / 6], rel=1e-15)
    assert found.variance == pytest.approx(157 / 180 * np.array([[1, -1], [-1, 1]]), rel=1e-14)
    assert found.statistic == pytest.approx(245 / 157, rel=1e-14)
    assert (found.degrees_of_freedom, found.n.tolist(), found.events.tolist()) == (1, [3, 3], [2, 3])
    # chi-squared with one degree of freedom: the square of a standard normal
    assert found.p_value == pytest.approx(math.erfc(math.sqrt(245 / 157 / 2)), rel=1e-13)


@pytest.mark.parametrize(("rho", "gamma"), [(1, 0), (0, 1), (1, 1), (2, 3)])
def test_weights_of_harrington_and_fleming(rho: int, gamma: int):
    observed = expected = variance = Fraction(0)
    for own, total, own_events, events, before in STEPS.values():
        weight = before**rho * (1 - before) ** gamma
        share = Fraction(own, total)
        observed += weight * own_events
        expected += weight * events * share
        if total > 1:
            variance += weight**2 * events * share * (1 - share) * Fraction(total - events, total - 1)
    found = log_rank(STOP, EVENT, GROUP, rho=rho, gamma=gamma)
    assert found.observed[0] == pytest.approx(float(observed), rel=1e-14)
    assert found.expected[0] == pytest.approx(float(expected), rel=1e-14)
    assert found.variance[0, 0] == pytest.approx(float(variance), rel=1e-13)
    assert found.statistic == pytest.approx(float((observed - expected) ** 2 / variance), rel=1e-13)


def test_peto_weights_are_the_survival_before_the_event():
    """rho = 1: O = 1 + 1/3; E = 1 + 2/3 1/2 + 1/2 2/3 + 1/3 = 2. With S after the event O would be 2/3."""
    found = log_rank(STOP, EVENT, GROUP, rho=1)
    assert found.observed[0] == pytest.approx(4 / 3, rel=1e-15)
    assert found.expected[0] == pytest.approx(2, rel=1e-15)


def test_mantel_byar_with_late_entry():
    """Treated group: E = 1/4 + 2/3 + 0 = 11/12; V = 3/16 + 2/9 + 0 = 59/144; (1/12)^2 / V = 1/59.

    One is treated at 2 and has the event at 5. The second has the event at 3. The third is treated at 3
    (still untreated for the event at 3) and censored at 4. The fourth enters at 1, event at 5. The fifth
    enters at 3 (not at risk of the event at 3), event at 6.
    """
    start = np.array([0, 2, 0, 0, 3, 1, 3])
    stop = np.array([2, 5, 3, 3, 4, 5, 6])
    event = np.array([0, 1, 1, 0, 0, 1, 1], dtype=bool)
    treated = np.array([0, 1, 0, 0, 1, 0, 0])
    found = log_rank(stop, event, treated, start=start)
    assert found.observed.tolist() == [3, 1]
    assert found.expected[1] == pytest.approx(11 / 12, rel=1e-15)
    assert found.variance[1, 1] == pytest.approx(59 / 144, rel=1e-14)
    assert found.statistic == pytest.approx(1 / 59, rel=1e-12)


def test_robust_variance_of_three_patients():
    """Score residuals 2/9, -1/36, -13/36 of group 0, sum -1/6 = 2 - 13/6; (1/6)^2 / (234/1296) = 2/13."""
    found = log_rank([1, 2, 3], [True, True, True], [0, 1, 0], cluster=[0, 1, 2])
    assert found.observed[0] - found.expected[0] == pytest.approx(-1 / 6, rel=1e-13)
    assert found.variance[0, 0] == pytest.approx(234 / 1296, rel=1e-13)
    assert found.statistic == pytest.approx(2 / 13, rel=1e-12)


def test_case_weights_count_in_both():
    """Weights 2, 1, 1: O = 3, E = 2 3/4 + 1/2 + 1 = 3; the residuals are written out below."""
    found = log_rank([1, 2, 3], [True, True, True], [0, 1, 0], weight=[2.0, 1.0, 1.0])
    # At 1: 3 of 4 in group 0, 2 events. At 2: 1 of 2, 1 event. At 3: 1 of 1, 1 event.
    first = 2 * ((1 - Fraction(3, 4)) - Fraction(2, 4) * (1 - Fraction(3, 4)))
    second = (
        (0 - Fraction(1, 2)) - Fraction(2, 4) * (0 - Fraction(3, 4)) - Fraction(1, 2) * (0 - Fraction(1, 2))
    )
    third = 0 - Fraction(2, 4) * (1 - Fraction(3, 4)) - Fraction(1, 2) * (1 - Fraction(1, 2))
    assert first + second + third == 3 - (2 * Fraction(3, 4) + Fraction(1, 2) + 1)
    assert found.observed[0] == 3
    assert found.variance[0, 0] == pytest.approx(float(first**2 + second**2 + third**2), rel=1e-13)


def test_pseudo_values_of_four_patients():
    """Events at 1 and 3, censored at 2 and 4. S(3) = 3/4 1/2 = 3/8.

    Without the patients of 1, 2, 3, 4 it is 1/2, 2/3 1/2 = 1/3, 2/3, 2/3 0 = 0: 4 3/8 - 3 times that.
    The area to 3 days is 1 + 3/4 2 = 5/2; without each 3, 1 + 2/3 2, 1 + 2/3 2, 1 + 2/3 2.
    """
    stop, event = np.array([1, 2, 3, 4]), np.array([1, 0, 1, 0])
    values = pseudo_probabilities(2 * stop, event, [2, 6])
    np.testing.assert_allclose(values[:, 0], [0, 1, 1, 1], atol=1e-15)  # nobody censored yet: the indicators
    np.testing.assert_allclose(values[:, 1], [0, 1 / 2, -1 / 2, 3 / 2], atol=1e-15)
    areas = pseudo_times(2 * stop, event, [6], resolution=1.0)
    np.testing.assert_allclose(areas[:, 0], [1, 3, 3, 3], atol=1e-14)


def test_pseudo_values_of_two_causes():
    """Cause 1 at 1 and 3, cause 2 at 2, censored at 2 and 4: F_1(3) = 1/5 + 3/5 1/2 = 1/2.

    Without the patient of cause 2: 1/4 + 3/4 1/2 = 5/8; without the one censored at 2: 1/4 + 1/2 1/2 = 1/2.
    """
    stop, cause = np.array([1, 2, 2, 3, 4]), np.array([1, 2, 0, 1, 0])
    values = pseudo_probabilities(stop, cause, [3], of=1)[:, 0]
    without = [
        Fraction(0) + Fraction(3, 4) * Fraction(1, 2),
        Fraction(5, 8),
        Fraction(1, 2),
        Fraction(1, 4),
        Fraction(1, 4) + Fraction(1, 2) * 1,
    ]
    expected = [float(5 * Fraction(1, 2) - 4 * one) for one in without]
    np.testing.assert_allclose(values, expected, atol=1e-14)
