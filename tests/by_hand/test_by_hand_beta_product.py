"""Beta-product and binomial intervals against closed forms."""

import numpy as np
import pytest
from scipy.stats import beta, binom

from equipoise.kernels.beta_product import bpcp, bpcp_at
from equipoise.kernels.intervals import clopper_pearson
from equipoise.kernels.product_limit import kaplan_meier


def test_no_event_in_twenty_one():
    lower, upper = bpcp([21], [0], [21])
    assert lower[0] == pytest.approx(0.025 ** (1 / 21), abs=1e-12)
    assert round(lower[0], 4) == 0.8389
    assert upper[0] == 1
    # mid-p: half of the mass sits at 1, so x^21 / 2 = 0.025.
    assert bpcp([21], [0], [21], mid_p=True)[0][0] == pytest.approx(0.05 ** (1 / 21), abs=1e-12)


def test_everybody_has_the_event():
    lower, upper = bpcp([21], [21], [0])
    assert lower[0] == 0
    assert upper[0] == pytest.approx(1 - 0.025 ** (1 / 21), abs=1e-12)
    lower, upper = bpcp([21], [21], [0], mid_p=True)
    assert lower[0] == 0
    assert upper[0] == pytest.approx(1 - 0.05 ** (1 / 21), abs=1e-12)


@pytest.mark.parametrize("patients", [1, 2, 7, 47, 1000, 200_000])
def test_without_censoring_it_is_clopper_and_pearson(patients):
    for events in sorted({0, 1, patients // 3, patients - 1, patients}):
        survivors = patients - events
        expected = clopper_pearson(survivors, patients, 0.95)
        together = bpcp([patients], [events], [survivors])
        np.testing.assert_allclose(together, np.reshape(expected, (2, 1)), rtol=1e-10, atol=1e-10)
        if 0 < events <= 1000:
            one_by_one = bpcp(patients - np.arange(events), np.ones(events), patients - 1 - np.arange(events))
            last = [limits[-1] for limits in one_by_one]
            np.testing.assert_allclose(last, expected, rtol=1e-10, atol=1e-10)


def test_clopper_pearson_inverts_the_binomial_tests():
    lower, upper = clopper_pearson(3, 20, 0.9)
    assert binom.sf(2, 20, lower) == pytest.approx(0.05, abs=1e-12)
    assert binom.cdf(3, 20, upper) == pytest.approx(0.05, abs=1e-12)
    assert [limit.tolist() for limit in clopper_pearson([0, 20], 20, 0.9)] == [
        [0, pytest.approx(0.05 ** (1 / 20))],
        [pytest.approx(1 - 0.05 ** (1 / 20)), 1],
    ]


def test_mid_p_without_censoring_is_the_mid_p_binomial_interval():
    """Half the probability of the observed count on either side (Lancaster)."""
    lower, upper = bpcp([20], [17], [3], mid_p=True)
    tail = binom.sf(3, 20, lower[0]) + binom.pmf(3, 20, lower[0]) / 2
    assert tail == pytest.approx(0.025, abs=1e-10)
    assert binom.cdf(2, 20, upper[0]) + binom.pmf(3, 20, upper[0]) / 2 == pytest.approx(0.025, abs=1e-10)


def test_two_events_with_a_loss_between_matched_by_moments():
    """Three at risk, an event, a loss, an event of the last: B(3, 1) B(1, 1).

    Mean 3/4 x 1/2 = 3/8, second moment 3/5 x 1/3 = 1/5, variance 1/5 - 9/64 = 19/320,
    (mean - second) / variance = 7/40 x 320/19 = 56/19: beta(3/8 x 56/19, 5/8 x 56/19) = beta(21/19, 35/19).
    """
    lower, upper = bpcp([3, 1], [1, 1], [1, 0])
    assert upper[1] == pytest.approx(beta.ppf(0.975, 21 / 19, 35 / 19), abs=1e-12)
    assert lower[1] == 0
    # After the loss, before the second event: upper from B(3, 1), lower from B(3, 1) B(1, 1).
    assert upper[0] == pytest.approx(0.975 ** (1 / 3), abs=1e-12)
    assert lower[0] == pytest.approx(beta.ppf(0.025, 21 / 19, 35 / 19), abs=1e-12)


def test_at_any_tick_of_a_curve():
    """Events at 2 and 6, a loss at 4, of three: before 2 the lower limit is that of 3 without an event."""
    curve = kaplan_meier([2, 4, 6], [True, False, True])
    lower, upper = bpcp_at(curve, [0, 2, 3, 5, 6, 9])
    assert upper[:2].tolist() == [1, pytest.approx(0.975 ** (1 / 3))]
    assert lower[0] == pytest.approx(0.025 ** (1 / 3), abs=1e-12)
    assert lower[1] == lower[2]
    # At 2 two are left: B(3, 1) B(2, 1) has the moments of B(2, 2): quantile of beta(2, 2).
    assert lower[1] == pytest.approx(beta.ppf(0.025, 2, 2), abs=1e-12)
    # After the loss one is left: B(3, 1) B(1, 1) as above.
    assert lower[3] == pytest.approx(beta.ppf(0.025, 21 / 19, 35 / 19), abs=1e-12)
    assert lower[4:].tolist() == [0, 0]
    assert upper[5] == pytest.approx(beta.ppf(0.975, 21 / 19, 35 / 19), abs=1e-12)


def test_weighted_curves_are_refused():
    with pytest.raises(ValueError, match="whole numbers"):
        bpcp([2.5], [1], [1.5])
    with pytest.raises(ValueError, match="more events"):
        bpcp([2], [3], [0])
