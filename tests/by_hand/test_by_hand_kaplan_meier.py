"""Kaplan-Meier, Nelson-Aalen, medians and restricted means in fractions, or as printed in a textbook."""

from fractions import Fraction

import numpy as np
import pytest

from equipoise.kernels.aalen_johansen import aalen_johansen, probability_at
from equipoise.kernels.cumulative_incidence import cumulative_incidence
from equipoise.kernels.influence import influence, standard_error
from equipoise.kernels.product_limit import kaplan_meier, quantile
from equipoise.kernels.restricted_mean import restricted_mean
from equipoise.kernels.rows import Rows

# Weeks in remission under 6-mercaptopurine (Freireich 1963; Klein and Moeschberger 2003, section 1.2).
WEEKS = np.array([6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35])
RELAPSED = np.array([1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0], dtype=bool)


def at(curve, weeks):
    return np.searchsorted(curve.time, weeks)


def test_textbook_survival_and_standard_errors():
    """Klein and Moeschberger, table 4.1A: three decimals of S, four of its standard error."""
    curve = kaplan_meier(WEEKS, RELAPSED)
    rows = at(curve, [6, 7, 10, 13, 16, 22, 23])
    assert curve.at_risk[rows].tolist() == [21, 17, 15, 12, 11, 7, 6]
    assert curve.events[rows].tolist() == [3, 1, 1, 1, 1, 1, 1]
    survival = [0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448]
    error = [0.0764, 0.0869, 0.0963, 0.1068, 0.1141, 0.1282, 0.1346]
    np.testing.assert_allclose(curve.survival[rows], survival, atol=5.1e-4)
    np.testing.assert_allclose(np.sqrt(curve.greenwood[rows]), error, atol=5.1e-5)


def test_survival_hazard_and_variances_in_fractions():
    curve = kaplan_meier(WEEKS, RELAPSED)
    steps = [(6, 21, 3), (7, 17, 1), (10, 15, 1), (13, 12, 1), (16, 11, 1), (22, 7, 1), (23, 6, 1)]
    survival, hazard, relative, aalen = Fraction(1), Fraction(0), Fraction(0), Fraction(0)
    for week, at_risk, events in steps:
        survival *= 1 - Fraction(events, at_risk)
        hazard += Fraction(events, at_risk)
        relative += Fraction(events, at_risk * (at_risk - events))
        aalen += Fraction(events, at_risk**2)
        row = at(curve, week)
        assert curve.survival[row] == pytest.approx(float(survival), rel=1e-14)
        assert curve.cumulative_hazard[row] == pytest.approx(float(hazard), rel=1e-14)
        assert curve.greenwood[row] == pytest.approx(float(survival**2 * relative), rel=1e-14)
        assert curve.aalen[row] == pytest.approx(float(aalen), rel=1e-14)
    assert survival == Fraction(6, 7) * Fraction(16, 17) * Fraction(14, 15) * Fraction(11, 12) * Fraction(
        10, 11
    ) * Fraction(6, 7) * Fraction(5, 6)


def test_textbook_restricted_mean():
    """Klein and Moeschberger, section 4.5: mean remission within 35 weeks 23.29, standard error 2.83."""
    curve = kaplan_meier(2 * WEEKS, RELAPSED)  # two ticks a week
    mean, error = restricted_mean(curve, 70, resolution=1.0)
    assert round(mean, 2) == 23.29
    assert round(error, 2) == 2.83


def test_median_and_quartile():
    curve = kaplan_meier(WEEKS, RELAPSED)
    assert quantile(curve, 0.5) == 23  # first week with S <= 1/2 (0.448)
    assert quantile(curve, 0.25) == 13  # S = 0.690 <= 0.75 (0.753 is not)
    assert quantile(curve, 0.6) is None


def test_median_of_a_flat_stretch_is_its_middle():
    """Four patients: S = 3/4, 1/2 on [3, 8), then 1/4: the median is (3 + 8) / 2, also between two ticks."""
    assert quantile(kaplan_meier([1, 3, 8, 9], [True] * 4), 0.5) == 5.5
    # Without a further drop the stretch ends with the last patient.
    assert quantile(kaplan_meier([1, 3, 7, 9], [True, True, False, False]), 0.5) == 6
    # S = 1/2 is reached at 3 and left at the same tick: no stretch.
    assert quantile(kaplan_meier([1, 3, 3, 9], [True] * 4), 0.5) == 3


def test_events_come_before_losses_and_entries_of_the_same_tick():
    """(start, stop]: at tick 4 the loss of b still counts at risk, the entry of c at 4 does not: S = 1/2."""
    curve = kaplan_meier([4, 4, 6], [True, False, True], start=[0, 0, 4])
    assert curve.at_risk.tolist() == [2, 1]
    assert curve.survival.tolist() == [0.5, 0.0]
    assert curve.censored.tolist() == [1, 0]
    assert curve.greenwood.tolist() == [0.125, 0.0]


def test_weights_that_change_within_a_patient():
    """Influence when a weighs 1 on (0, 1] and 3 on (1, 3], event at 3; b 2, event at 2; c 1, lost at 4.

    u = 2: Y = 3 + 2 + 1, d = 2, S = 2/3.    u = 3: Y = 3 + 1, d = 3, S = 2/3 x 1/4 = 1/6.
    Influence on S: at 2, minus w (dN - dA) / Y: a +1/6, b -2/9, c +1/18; at 3 a quarter of it, and minus 2/3
    times a 3 (1 - 3/4) / 4 = 3/16, c -3/16:   a 1/24 - 1/8 = -3/36,   b -2/36,   c 1/72 + 1/8 = 5/36.
    """
    rows = Rows.build(
        [0, 0, 1, 2], [0, 1, 0, 0], [1, 3, 2, 4], [0] * 4, [-1, 1, 1, -1], [1, 3, 2, 1], states=2, patients=3
    )
    fast = aalen_johansen(rows, initial=[1, 0])
    np.testing.assert_allclose(probability_at(fast, [2, 3])[:, 0], [2 / 3, 1 / 6], rtol=1e-15)
    np.testing.assert_allclose(influence(rows, fast, 3)[:, 0], np.array([-3, -2, 5]) / 36, rtol=1e-14)
    variance = Fraction(9 + 4 + 25, 36**2)
    assert standard_error(rows, fast, [3])[0, 0] ** 2 == pytest.approx(float(variance), rel=1e-14)
    curve = kaplan_meier([1, 3, 2, 4], [0, 1, 1, 0], start=[0, 1, 0, 0], weight=[1, 3, 2, 1])
    assert curve.at_risk.tolist() == [4, 6, 4, 1]
    np.testing.assert_allclose(curve.survival, [1, 2 / 3, 1 / 6, 1 / 6], rtol=1e-15)


def test_restricted_mean_in_fractions():
    """Three patients, events on days 1 and 2, one lost on day 4: S = 1, 2/3, 1/3, area 1 + 2/3 + 2/3.

    Variance: (4/3)^2 x 1/(3 x 2) + (2/3)^2 x 1/(2 x 1) = 8/27 + 2/9 = 14/27.  Half-ticks belong to their day.
    """
    curve = kaplan_meier([2, 5, 8], [True, True, False])
    mean, error = restricted_mean(curve, 9, resolution=1.0)
    assert mean == pytest.approx(float(Fraction(7, 3)), rel=1e-15)
    assert error**2 == pytest.approx(float(Fraction(14, 27)), rel=1e-14)
    months, month_error = restricted_mean(curve, 9, resolution=12 / 365.25)
    assert months == pytest.approx(mean * 12 / 365.25, rel=1e-14)
    assert month_error == pytest.approx(error * 12 / 365.25, rel=1e-14)


def test_competing_causes_in_fractions():
    """Five patients; tick 1: cause 1; 2: causes 1 and 2 together; 3: loss; 4: cause 2.

    S: 4/5, 2/5, 2/5, 0.   F1: 1/5, 1/5 + 4/5 x 1/4 = 2/5.   F2: 1/5, then 1/5 + 2/5 = 3/5.
    1 - Kaplan-Meier of cause 2 would be 1 at the end: causes compete.
    """
    curve = cumulative_incidence([1, 2, 2, 3, 4], [1, 1, 2, 0, 2], causes=2)
    np.testing.assert_allclose(curve.survival, [4 / 5, 2 / 5, 2 / 5, 0], rtol=1e-15)
    np.testing.assert_allclose(curve.incidence, [[1 / 5, 0], [2 / 5, 1 / 5], [2 / 5, 1 / 5], [2 / 5, 3 / 5]])
    assert curve.at_risk.tolist() == [5, 4, 2, 1]
    assert curve.censored.tolist() == [0, 0, 1, 0]
