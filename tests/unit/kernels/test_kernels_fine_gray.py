"""Fine-Gray regression at the edges: what has no answer says so, and what has one is right by hand."""

from fractions import Fraction

import numpy as np
import pytest

from equipoise.kernels import reference_competing as twin
from equipoise.kernels.cox import CoxStatus
from equipoise.kernels.fine_gray import (
    CensoringTies,
    EmptiedRiskSetError,
    fit_fine_gray,
    incidence_at,
)

X4 = np.array([[1.0], [0.0], [1.0], [0.0]])


def test_two_subjects_by_hand() -> None:
    # x = 1 has the competing event at 1, x = 0 the event of interest at 2: the first is still at risk (nobody
    # is censored), so with r = exp(b) the likelihood is 1 / (1 + r), and has no maximum.
    fit = fit_fine_gray([1, 2], [2, 1], [[1.0], [0.0]])
    assert fit.status is CoxStatus.SEPARATED
    assert fit.separated.tolist() == [True]
    assert fit.coefficients[0] == -np.inf
    assert np.isnan(fit.covariance).all()
    assert np.isnan(incidence_at(fit, [[0.0], [1.0]])[1]).all()


def test_weights_by_hand_in_fractions() -> None:
    # Ticks 1..5: competing (x=1), censored (x=0), interest (x=1), censored (x=1), interest (x=0).
    # G after 2: 3/4, after 4: 3/4 * 1/2. Weight of the first at 3: 3/4, at 5: 3/8 (G(1-) = 1).
    # Sums of exp(b x) at b = 0: at 3: 3 at risk + 3/4; at 5: 1 + 3/8.
    stop, cause = [1, 2, 3, 4, 5], [2, 0, 1, 0, 1]
    x = np.array([[1.0], [0.0], [1.0], [1.0], [0.0]])
    fit = fit_fine_gray(stop, cause, x)
    first, second = Fraction(3) + Fraction(3, 4), Fraction(1) + Fraction(3, 8)
    assert fit.null_log_likelihood == pytest.approx(-np.log(float(first)) - np.log(float(second)), rel=1e-14)
    # Score (U = 0): 1 - (11/4) r / (1 + (11/4) r) = (3/8) r / (1 + (3/8) r), that is (33/32) r^2 = 1.
    assert np.exp(fit.coefficients[0]) == pytest.approx(np.sqrt(32 / 33), rel=1e-13)
    time, incidence = incidence_at(fit, [[0.0], [1.0]])
    r = np.sqrt(32 / 33)
    jumps = np.array([1 / (1 + 2.75 * r), 1 / (1 + 0.375 * r)])
    assert time.tolist() == [3, 5]
    np.testing.assert_allclose(incidence[:, 0], 1 - np.exp(-np.cumsum(jumps)), rtol=1e-13)
    np.testing.assert_allclose(incidence[:, 1], 1 - np.exp(-r * np.cumsum(jumps)), rtol=1e-13)


def test_delayed_entry_by_hand_in_fractions() -> None:
    # A (0, 1] competing, B (0, 4] interest, C (2, 5] interest, D (0, 6] censored. Entering at 2: 1 of the 3
    # (B, C, D) under observation right after 2, so the weight of A at 4 and 5 is 1 / (1 - 1/3) = 3/2.
    stop, start, cause = [1, 4, 5, 6], [0, 0, 2, 0], [2, 1, 1, 0]
    fit = fit_fine_gray(stop, cause, X4, start=start)
    expected = -np.log(3 + 1.5) - np.log(2 + 1.5)
    assert fit.null_log_likelihood == pytest.approx(expected, rel=1e-14)


def test_ties_of_events_and_censoring() -> None:
    # At tick 2 one of four has the event of interest and one is censored; the competing subject is of tick 1.
    stop, cause = [1, 2, 2, 3, 4], [2, 1, 0, 1, 0]
    x = np.array([[0.3], [1.0], [0.0], [0.5], [0.2]])
    together = fit_fine_gray(stop, cause, x)
    first = fit_fine_gray(stop, cause, x, censoring_ties=CensoringTies.EVENTS_FIRST)
    # G after 2: 1 - 1/4 with the event among those at risk of censoring, 1 - 1/3 without it.
    assert together.null_log_likelihood == pytest.approx(-np.log(5) - np.log(2 + 3 / 4), rel=1e-14)
    assert first.null_log_likelihood == pytest.approx(-np.log(5) - np.log(2 + 2 / 3), rel=1e-14)


def test_no_event_of_interest() -> None:
    for cause in ([0, 0, 0, 0], [2, 2, 2, 2], [2, 0, 2, 3]):
        fit = fit_fine_gray([1, 2, 3, 4], cause, X4)
        assert fit.status is CoxStatus.NO_EVENTS
        assert np.isnan(fit.coefficients).all()
        assert np.isnan(fit.covariance).all()
        assert fit.events == 0
        assert fit.competing == sum(c > 0 for c in cause)
        assert incidence_at(fit, [[1.0]])[0].size == 0


def test_nobody_at_all() -> None:
    fit = fit_fine_gray(np.zeros(0, dtype=int), np.zeros(0, dtype=int), np.zeros((0, 2)))
    assert fit.status is CoxStatus.NO_EVENTS
    assert fit.coefficients.shape == (2,)
    assert fit.n_rows == 0


def test_one_patient_says_nothing_about_covariates() -> None:
    fit = fit_fine_gray([3], [1], [[2.0]])
    assert fit.status is CoxStatus.SINGULAR
    assert fit.dependent.tolist() == [True]
    assert np.isnan(fit.coefficients[0])
    assert fit.log_likelihood == 0.0
    time, incidence = incidence_at(fit, [[2.0]])
    assert time.tolist() == [3]
    assert incidence[0, 0] == pytest.approx(1 - np.exp(-1))


def test_dependent_columns_are_left_out_and_the_others_estimated() -> None:
    chance = np.random.default_rng(4)
    x = chance.normal(size=(80, 2))
    stop, cause = chance.integers(1, 30, 80), chance.integers(0, 3, 80)
    fit = fit_fine_gray(
        stop, cause, np.column_stack([x[:, 0], x[:, 1], x[:, 0] - 3 * x[:, 1], np.full(80, 5.0)])
    )
    alone = fit_fine_gray(stop, cause, x)
    assert fit.status is CoxStatus.SINGULAR
    assert fit.dependent.tolist() == [False, False, True, True]
    np.testing.assert_allclose(fit.coefficients[:2], alone.coefficients, rtol=1e-9)
    np.testing.assert_allclose(fit.covariance[:2, :2], alone.covariance, rtol=1e-8)
    assert np.isnan(fit.coefficients[2:]).all()


def test_separation_is_told_and_ridge_ends_it() -> None:
    stop = np.arange(1, 21)
    cause = np.where(stop <= 8, 1, np.where(stop % 2 == 0, 2, 0))
    x = np.column_stack([(stop <= 10) * 1.0, np.sin(stop)])
    fit = fit_fine_gray(stop, cause, x)
    assert fit.status is CoxStatus.SEPARATED
    assert fit.separated.tolist() == [True, False]
    assert fit.coefficients[0] == np.inf
    assert np.isfinite(fit.coefficients[1])
    assert np.isfinite(fit.covariance[1, 1])
    assert np.isnan(fit.covariance[0]).all()
    shrunken = fit_fine_gray(stop, cause, x, ridge=[1.0, 0.0])
    assert shrunken.status is CoxStatus.CONVERGED
    assert np.isfinite(shrunken.coefficients).all()
    assert shrunken.penalty == pytest.approx(shrunken.coefficients[0] ** 2 / 2)


def test_huge_and_far_covariates_change_nothing_but_the_unit() -> None:
    chance = np.random.default_rng(7)
    x = np.round(chance.normal(size=(120, 2)), 2)
    stop, cause = chance.integers(1, 40, 120), chance.integers(0, 3, 120)
    fit = fit_fine_gray(stop, cause, x)
    far = fit_fine_gray(stop, cause, x * [1e9, 1.0] + [1e12, 1e6])
    np.testing.assert_allclose(far.coefficients * [1e9, 1.0], fit.coefficients, rtol=1e-7)
    assert far.status is CoxStatus.CONVERGED
    assert np.isfinite(incidence_at(far, [[1e12, 1e6]])[1]).all()


def test_everybody_censored_at_one_tick() -> None:
    stop = np.array([1, 2, 3, 4, 5, 5, 5, 5])
    cause = np.array([1, 2, 1, 2, 0, 0, 0, 0])
    x = np.array([[1.0], [0.5], [-1.0], [0.0], [2.0], [1.0], [-2.0], [0.0]])
    fit = fit_fine_gray(stop, cause, x)
    known = fit_fine_gray(np.where(cause == 2, 5, stop), cause % 2, x)
    # Nobody is censored before the last event: all weights are 1, and nothing depends on the censoring.
    np.testing.assert_allclose(fit.coefficients, known.coefficients, rtol=1e-12)
    np.testing.assert_allclose(fit.covariance, fit.known_weights, rtol=1e-12)


def test_censoring_that_ends_in_zero_is_no_trouble() -> None:
    # The last subject is censored: G is 0 from there on, and no weight is needed there.
    fit = fit_fine_gray([1, 2, 3, 4, 6], [2, 1, 0, 1, 0], [[0.0], [1.0], [0.5], [-1.0], [2.0]])
    assert fit.status is CoxStatus.CONVERGED
    assert np.isfinite(fit.covariance).all()


def test_a_risk_set_that_empties_is_refused_with_its_tick() -> None:
    start, stop, cause = [0, 0, 0, 5, 5, 5], [2, 3, 4, 7, 8, 9], [2, 1, 0, 1, 2, 0]
    with pytest.raises(EmptiedRiskSetError, match="begin follow-up later") as refused:
        fit_fine_gray(stop, cause, np.arange(6.0)[:, np.newaxis], start=start)
    assert refused.value.tick in (4, 5)


def test_a_risk_set_that_empties_before_any_competing_event_is_none_of_our_business() -> None:
    start, stop, cause = [0, 0, 5, 5, 5, 5], [2, 3, 7, 8, 9, 9], [1, 0, 2, 1, 1, 0]
    x = np.array([0.0, 1.0, 0.5, -1.0, 1.0, 0.0])[:, np.newaxis]
    fit = fit_fine_gray(stop, cause, x, start=start)
    assert fit.status in (CoxStatus.CONVERGED, CoxStatus.SEPARATED)


def test_the_score_is_zero_at_the_estimate_with_outlying_covariates() -> None:
    chance = np.random.default_rng(11)
    x = chance.standard_t(1, size=(60, 2)) * 3
    stop, cause = chance.integers(1, 500, 60), chance.choice(3, 60, p=[0.2, 0.5, 0.3])
    fit = fit_fine_gray(stop, cause, x)
    assert fit.status is CoxStatus.CONVERGED
    zero, one = np.zeros(60, dtype=np.int64), np.ones(60)
    data = twin.Subjects(zero, stop, cause, x, one, zero, zero, np.zeros(2), together=True)
    _, score, information = twin.likelihood(data, twin.expand(data), fit.coefficients)
    assert np.abs(np.linalg.solve(information, score)).max() < 1e-10


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"cause": [1, -1, 0, 2]}, "row 1: cause -1"),
        ({"covariates": [[0.0], [1.0], [np.nan], [0.0]]}, "row 2: covariate 0 is nan"),
        (
            {"covariates": [[0.0], [-1e61], [1.0], [0.0]]},
            r"row 1: covariate 0 is -1e\+61; expected .* within 1e\+60",
        ),
        ({"covariates": [[0.0], [1.0]]}, "covariates: shape"),
        ({"start": [0, 0, 3, 0]}, "row 2: start 3 is not before stop 3"),
        ({"weight": [1.0, 0.0, 1.0, 1.0]}, "row 1: weight 0.0"),
        ({"ridge": [1.0, 2.0]}, "ridge: shape"),
        ({"ridge": [-1.0]}, "ridge -1.0 of column 0"),
        ({"of": 0}, "of = 0"),
        ({"cause": [1, 0]}, "cause: 2 entries, expected 4"),
        ({"cluster": [1, 2]}, "cluster: 2 entries, expected 4"),
    ],
)
def test_faulty_rows_are_named(change: dict[str, object], message: str) -> None:
    rows: dict[str, object] = {"stop": [1, 2, 3, 4], "cause": [1, 2, 0, 1], "covariates": X4} | change
    with pytest.raises(ValueError, match=message.replace("[", r"\[")):
        fit_fine_gray(**rows)  # type: ignore[arg-type]


def test_times_that_are_no_ticks_are_refused() -> None:
    with pytest.raises(TypeError, match="stop: expected integers"):
        fit_fine_gray([1.5, 2.0], [1, 0], [[0.0], [1.0]])  # type: ignore[list-item]
