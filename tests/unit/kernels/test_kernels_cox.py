"""Cox fits at the edge: few rows, separation, collinearity, numbers of any size; wrong input is refused."""

import numpy as np
import pytest

from equipoise.kernels.cox import CoxFit, CoxStatus, fit_cox
from equipoise.kernels.cox_baseline import baseline, predicted_survival
from equipoise.kernels.cox_residuals import (
    dfbeta,
    martingale_residuals,
    scaled_schoenfeld_residuals,
    schoenfeld_residuals,
    score_residuals,
)
from equipoise.kernels.proportional_hazards import proportional_hazards

TIES = ("efron", "breslow")


def patients(size: int = 47, seed: int = 3) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Follow-up, a mark and a number of a small series."""
    chance = np.random.default_rng(seed)
    stop = chance.integers(1, 200, size).astype(np.int32)
    return stop, chance.integers(0, 2, size).astype(float), chance.normal(size=size)


def columns(*given: np.ndarray) -> np.ndarray:
    return np.column_stack(given)


@pytest.mark.parametrize("ties", TIES)
def test_a_group_without_events_among_47_patients_is_separation(ties: str) -> None:
    stop, mark, number = patients()
    event = (mark == 1) & (number < 0.5)
    weight, centre = 1 + np.arange(47) % 3, np.arange(47) % 11
    fit = fit_cox(stop, event, columns(mark, number), ties=ties, weight=weight, cluster=centre)
    assert fit.status is CoxStatus.SEPARATED
    assert fit.separated.tolist() == [True, False]
    assert fit.coefficients[0] == np.inf
    # As the mark's coefficient grows the others count less and less: the limit is the fit without them.
    with_mark = mark == 1
    limit = fit_cox(
        stop[with_mark],
        event[with_mark],
        columns(number[with_mark]),
        ties=ties,
        weight=weight[with_mark],
        cluster=centre[with_mark],
    )
    assert fit.coefficients[1] == pytest.approx(limit.coefficients[0], rel=1e-11)
    assert fit.covariance[1, 1] == pytest.approx(limit.covariance[0, 0], rel=1e-11)
    assert fit.robust is not None
    assert limit.robust is not None
    assert fit.robust[1, 1] == pytest.approx(limit.robust[0, 0], rel=1e-11)
    assert fit.log_likelihood == pytest.approx(limit.log_likelihood, rel=1e-13)
    assert np.isnan(fit.covariance[0]).all()
    assert np.isnan(fit.wald)


def test_two_categories_without_events_are_both_named() -> None:
    stop, _, number = patients()
    group = np.arange(47) % 4
    event = (number < 0.7) & (group < 2)
    fit = fit_cox(stop, event, columns(*(group == level for level in (1, 2, 3)), number))
    assert fit.status is CoxStatus.SEPARATED
    assert fit.separated.tolist() == [False, True, True, False]
    assert (fit.coefficients[1:3] == -np.inf).all()


def test_separation_by_a_combination_of_columns() -> None:
    stop, _, number = patients()
    order = -stop.astype(float)  # the earlier, the larger: every event has the largest value at risk
    fit = fit_cox(stop, np.ones(47, dtype=bool), columns(order + number, number))
    assert fit.status is CoxStatus.SEPARATED
    assert fit.separated.tolist() == [True, True]
    assert fit.coefficients.tolist() == [np.inf, -np.inf]


@pytest.mark.parametrize("size", [10, 47, 200])
def test_where_a_covariate_orders_all_events_nothing_is_left_to_estimate(size: int) -> None:
    """Each event is decided by the first column, so in the limit log L is 0 whatever the others are."""
    number = np.random.default_rng(5).normal(size=size)
    stop = np.arange(1, size + 1)
    fit = fit_cox(stop, np.ones(size, dtype=bool), columns(-1.0 * stop, number), cluster=stop)
    assert fit.status is CoxStatus.SEPARATED
    assert fit.coefficients[0] == np.inf
    assert np.isnan(fit.coefficients[1])
    assert fit.separated.all()
    assert np.isnan(fit.covariance).all()
    assert fit.log_likelihood == pytest.approx(0.0, abs=1e-12)
    with pytest.raises(ValueError, match="runs to infinity"):
        score_residuals(fit)


def test_a_separated_stratum_leaves_the_estimate_of_the_other() -> None:
    stop, _, number = patients(60)
    half = np.arange(60) < 30
    stop[half] = np.arange(1, 31)
    order = np.where(half, -1.0 * stop, 0.0)
    fit = fit_cox(stop, np.ones(60, dtype=bool), columns(order, number), strata=half.astype(int))
    other = fit_cox(stop[~half], np.ones(30, dtype=bool), columns(number[~half]))
    assert fit.coefficients[0] == np.inf
    assert fit.coefficients[1] == pytest.approx(other.coefficients[0], rel=1e-11)
    assert fit.log_likelihood == pytest.approx(other.log_likelihood, rel=1e-13)


def test_separation_with_late_entry_looks_at_those_at_risk_only() -> None:
    start, stop = [0, 0, 10, 10], [5, 10, 15, 20]
    event, mark = [True, False, True, False], [[1.0], [0.0], [0.0], [-1.0]]
    assert fit_cox(stop, event, mark, start=start).status is CoxStatus.SEPARATED
    # With the marks of the last two exchanged the event at 15 has the smaller value at risk.
    other = [[1.0], [0.0], [-1.0], [0.0]]
    assert fit_cox(stop, event, other, start=start).status is CoxStatus.CONVERGED


def test_one_event_against_the_trend_makes_the_coefficient_finite() -> None:
    stop, mark, number = patients()
    event = (mark == 1) & (number < 0.5)
    event[np.flatnonzero(mark == 0)[np.argmin(stop[mark == 0])]] = True
    fit = fit_cox(stop, event, columns(mark, number))
    assert fit.status is CoxStatus.CONVERGED
    assert 1 < fit.coefficients[0] < 5


def test_an_almost_infinite_estimate_is_still_found() -> None:
    """One event of weight 1e-8 against the trend: b is near log(1e8), not infinite."""
    fit = fit_cox(
        [1, 1, 2, 2], [True, False, True, False], [[1.0], [0.0], [0.0], [1.0]], weight=[1.0, 1.0, 1e-8, 1e-8]
    )
    assert fit.status is CoxStatus.CONVERGED
    # Score 1 - r/(r + 1 + 2e-8 ...) ~ 1/r - 1e-8: r is near 1e8.
    assert fit.coefficients[0] == pytest.approx(np.log(1e8), abs=0.1)


def test_ridge_makes_a_separated_coefficient_finite() -> None:
    stop, mark, number = patients()
    event = (mark == 1) & (number < 0.5)
    fit = fit_cox(stop, event, columns(mark, number), ridge=[1.0, 0.0])
    assert fit.status is CoxStatus.CONVERGED
    other = fit_cox(stop, event, columns(mark, number), ridge=[0.0, 1.0])
    assert other.separated.tolist() == [True, False]


def test_constant_and_dependent_columns_are_left_out_and_named() -> None:
    stop, mark, number = patients()
    event = np.ones(47, dtype=bool)
    alone = fit_cox(stop, event, columns(number, mark))
    fit = fit_cox(stop, event, columns(number, np.full(47, 1e8), 3 - 2 * number, mark), cluster=np.arange(47))
    assert fit.status is CoxStatus.SINGULAR
    assert fit.dependent.tolist() == [False, True, True, False]
    assert np.isnan(fit.coefficients[1:3]).all()
    np.testing.assert_allclose(fit.coefficients[[0, 3]], alone.coefficients, rtol=1e-10)
    np.testing.assert_allclose(fit.covariance[np.ix_([0, 3], [0, 3])], alone.covariance, rtol=1e-9)
    assert fit.degrees_of_freedom == 2
    assert fit.score_statistic == pytest.approx(alone.score_statistic, rel=1e-10)
    tests = proportional_hazards(fit)
    assert np.isnan(tests.statistic[1:3]).all()
    assert tests.degrees_of_freedom.tolist() == [1, 0, 0, 1, 2]
    assert tests.statistic[-1] == pytest.approx(proportional_hazards(alone).statistic[-1], rel=1e-9)
    ours = predicted_survival(fit, [[0.3, 1e8, 2.0, 1.0]])[0]
    np.testing.assert_allclose(ours.survival, predicted_survival(alone, [[0.3, 1.0]])[0].survival, rtol=1e-10)


def test_a_column_that_varies_only_between_strata_is_dependent() -> None:
    stop, mark, number = patients()
    fit = fit_cox(stop, np.ones(47, dtype=bool), columns(mark, number), strata=mark.astype(int))
    assert fit.status is CoxStatus.SINGULAR
    assert fit.dependent.tolist() == [True, False]


def test_without_events_there_is_no_number() -> None:
    stop, mark, _ = patients()
    for fit in (
        fit_cox(stop, np.zeros(47, dtype=bool), mark[:, np.newaxis]),
        fit_cox([], [], np.zeros((0, 1))),
        fit_cox([3], [False], [[1.0]], cluster=[0]),
    ):
        assert fit.status is CoxStatus.NO_EVENTS
        assert np.isnan(fit.coefficients).all()
        assert np.isnan(fit.covariance).all()
        with pytest.raises(ValueError, match="no events"):
            baseline(fit)
        with pytest.raises(ValueError, match="no events"):
            proportional_hazards(fit)


def test_one_patient_and_one_patient_a_stratum_say_nothing() -> None:
    assert fit_cox([3], [True], [[1.0]]).status is CoxStatus.SINGULAR
    stop, _, number = patients()
    alone = fit_cox(stop, np.ones(47, dtype=bool), columns(number), strata=np.arange(47))
    assert alone.status is CoxStatus.SINGULAR


def test_a_stratum_of_one_patient_changes_nothing() -> None:
    stop, mark, number = patients()
    event = np.ones(47, dtype=bool)
    strata = np.r_[9, np.zeros(46, dtype=int)]
    fit = fit_cox(stop, event, columns(mark, number), strata=strata)
    rest = fit_cox(stop[1:], event[1:], columns(mark, number)[1:])
    np.testing.assert_allclose(fit.coefficients, rest.coefficients, rtol=1e-12)
    assert [curve.stratum for curve in baseline(fit)] == [0, 9]


def test_everybody_at_one_time() -> None:
    """All die together: Breslow's likelihood n mean(x) b - n log sum exp(x b) has its maximum at 0."""
    _, _, number = patients()
    fit = fit_cox(np.full(47, 5), np.ones(47, dtype=bool), columns(number), ties="breslow")
    assert fit.coefficients[0] == pytest.approx(0.0, abs=1e-12)
    assert fit.log_likelihood == pytest.approx(-47 * np.log(47), rel=1e-13)
    fit = fit_cox(np.full(47, 5), np.ones(47, dtype=bool), columns(number), ties="efron")
    assert fit.log_likelihood == pytest.approx(-np.log(np.arange(1, 48)).sum(), rel=1e-13)


def test_covariates_of_any_size() -> None:
    stop, mark, number = patients()
    event = np.ones(47, dtype=bool)
    plain = fit_cox(stop, event, columns(number, mark))
    huge = fit_cox(stop, event, columns(1e8 + number, 1e8 * mark))
    np.testing.assert_allclose(huge.coefficients * [1, 1e8], plain.coefficients, rtol=1e-6)
    assert huge.log_likelihood == pytest.approx(plain.log_likelihood, rel=1e-9)
    moved = fit_cox(stop, event, columns(number, mark), offset=np.full(47, 1e5))
    np.testing.assert_allclose(moved.coefficients, plain.coefficients, rtol=1e-9)


def test_risk_sets_that_empty_after_large_hazards_leave_no_trace() -> None:
    """First come patients with exp(eta) = e^60, then, alone at risk, those with e^-60."""
    stop, mark, number = patients()
    early, late = np.zeros(47, dtype=int), np.full(47, 1000)
    start, event = np.r_[early, late], np.ones(94, dtype=bool)
    offset = np.r_[np.full(47, 60.0), np.full(47, -60.0)]
    x = columns(np.r_[number, number], np.r_[mark, mark])
    fit = fit_cox(np.r_[stop, stop + 1000], event, x, start=start, offset=offset)
    apart = fit_cox(np.r_[stop, stop], event, x, strata=np.r_[early, late])
    np.testing.assert_allclose(fit.coefficients, apart.coefficients, rtol=1e-11)
    np.testing.assert_allclose(fit.covariance, apart.covariance, rtol=1e-11)
    np.testing.assert_allclose(score_residuals(fit), score_residuals(apart), atol=1e-10)


def test_overlapping_risk_sets_with_hazards_far_apart() -> None:
    """A patient with e^35 leaves while others with 1 are at risk: a plain difference would lose them."""
    stop, mark, number = patients()
    big = np.r_[0.0, 0.0]
    start = np.r_[np.zeros(47, dtype=int), 0, 0]
    end = np.r_[stop + 2, 1, 2]
    event = np.r_[np.ones(47, dtype=bool), True, False]
    offset = np.r_[np.zeros(47), 35.0, 35.0]
    # Late entry of one patient, after the first event, switches to sums with subtraction.
    start[0] = 2
    fit = fit_cox(end, event, columns(np.r_[number, big], np.r_[mark, big]), start=start, offset=offset)
    without = fit_cox(stop, np.ones(47, dtype=bool), columns(number, mark))
    np.testing.assert_allclose(fit.coefficients, without.coefficients, rtol=1e-9)


def test_robust_variance_of_singletons_is_the_sum_of_squares_of_dfbeta() -> None:
    stop, mark, number = patients()
    weight = 1 + np.arange(47) % 3
    fit = fit_cox(stop, mark == 1, columns(number), weight=weight, cluster=np.arange(47))
    assert fit.robust is not None
    np.testing.assert_allclose(fit.robust, dfbeta(fit).T @ dfbeta(fit), rtol=1e-12)
    assert fit.variance is fit.robust
    assert fit.wald == pytest.approx(fit.coefficients[0] ** 2 / fit.robust[0, 0])
    one = fit_cox(stop, mark == 1, columns(number), cluster=np.zeros(47, dtype=int))
    assert one.robust is not None
    assert one.robust[0, 0] == pytest.approx(0.0, abs=1e-20)


def test_residuals_come_in_the_order_of_the_caller() -> None:
    stop, mark, number = patients()
    stop = np.r_[stop, 0].astype(np.int32)  # never at risk: leaves before the first event
    event = np.r_[mark == 1, False]
    fit = fit_cox(stop, event, columns(np.r_[number, 5.0]))
    residual = martingale_residuals(fit)
    assert residual[-1] == 0.0
    assert score_residuals(fit)[-1, 0] == 0.0
    assert residual.sum() == pytest.approx(0.0, abs=1e-12)
    plain, scaled = schoenfeld_residuals(fit), scaled_schoenfeld_residuals(fit)
    assert (stop[plain.row] == plain.time).all()
    assert event[plain.row].all()
    assert scaled.residual.mean() == pytest.approx(fit.coefficients[0], rel=1e-9)


def test_predicted_survival_is_one_curve_a_covariate_vector() -> None:
    stop, mark, number = patients()
    fit = fit_cox(stop, np.ones(47, dtype=bool), columns(mark, number))
    (curve,) = predicted_survival(fit, [[0.0, 0.0], [1.0, 0.5]], offset=[0.0, 0.1])
    ratio = np.exp(fit.coefficients @ [1.0, 0.5] + 0.1)
    np.testing.assert_allclose(curve.survival[1], curve.survival[0] ** ratio, rtol=1e-12)
    np.testing.assert_allclose(curve.survival[0], baseline(fit)[0].survival[0], rtol=1e-14)


def test_proportional_hazards_needs_an_estimate_and_a_known_function_of_time() -> None:
    stop, mark, number = patients()
    fit = fit_cox(stop, np.ones(47, dtype=bool), columns(number))
    with pytest.raises(ValueError, match="expected km, identity, rank or log"):
        proportional_hazards(fit, transform="square")  # pyright: ignore[reportArgumentType]
    with pytest.raises(ValueError, match="event time 0; expected positive"):
        proportional_hazards(
            fit_cox(stop - stop.min(), np.ones(47, dtype=bool), columns(number)), transform="log"
        )
    separated = fit_cox(stop, mark == 1, columns(mark))
    with pytest.raises(ValueError, match="runs to infinity"):
        proportional_hazards(separated)
    with pytest.raises(ValueError, match="runs to infinity"):
        predicted_survival(separated, [[1.0]])


def _fit(**changed: object) -> CoxFit:
    given: dict[str, object] = {
        "stop": [4, 5, 6], "event": [True, True, False], "covariates": [[1.0], [0.0], [2.0]],
    }  # fmt: skip
    return fit_cox(**(given | changed))  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"covariates": [[1.0], [np.nan], [2.0]]}, "row 1: covariate 0 is nan"),
        ({"covariates": [[1.0], [0.0], [np.inf]]}, "row 2: covariate 0 is inf"),
        ({"covariates": [1.0, 0.0, 2.0]}, "covariates: shape"),
        ({"covariates": [[1.0], [0.0]]}, "covariates: shape"),
        ({"start": [0, 5, 0]}, "row 1: start 5 is not before stop 5"),
        ({"weight": [1.0, 1.0, 0.0]}, "row 2: weight 0.0"),
        ({"weight": [1.0, np.nan, 1.0]}, "row 1: weight nan"),
        ({"offset": [0.0, np.nan, 0.0]}, "row 1: offset nan"),
        ({"offset": [0.0, 0.0, 1e4]}, "offset: from 0.0 to 10000.0"),
        ({"event": [True, False]}, "event: 2 entries, expected 3"),
        ({"strata": [1, 2]}, "strata: 2 entries, expected 3"),
        ({"cluster": [1, 2]}, "cluster: 2 entries, expected 3"),
        ({"ties": "exact"}, "ties 'exact': expected one of efron, breslow"),
        ({"ridge": [-1.0]}, "ridge -1.0 of column 0"),
        ({"ridge": [1.0, 1.0]}, "ridge: shape"),
    ],
)
def test_wrong_input_is_refused_with_its_row(changed: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        _fit(**changed)


def test_times_that_are_not_integers_are_refused() -> None:
    with pytest.raises(TypeError, match="stop: expected integers"):
        _fit(stop=[1.5, 2.0, 3.0])
