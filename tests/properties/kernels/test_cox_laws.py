"""What may and what may not change a Cox model, and its equality with the slow twin."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from random_regressions import Regression, regressions
from scipy.optimize import linprog

from equipoise.kernels.cox import CoxFit, CoxStatus
from equipoise.kernels.cox_baseline import baseline
from equipoise.kernels.cox_residuals import dfbeta, martingale_residuals, score_residuals
from equipoise.kernels.proportional_hazards import proportional_hazards
from equipoise.kernels.reference_cox import partial_likelihood

laws = settings(max_examples=50, deadline=None)
TIES = st.sampled_from(["efron", "breslow"])


def found(data: Regression, ties: str, **more) -> CoxFit:
    """A fit that has an estimate of moderate size; other examples are not looked at."""
    fit = data.fit(ties, **more)
    assume(fit.status is CoxStatus.CONVERGED)
    assume(np.abs(fit.coefficients).max() < 8)
    return fit


def assert_same(left: CoxFit, right: CoxFit, *, tolerance: float = 1e-10) -> None:
    close = {"rtol": tolerance, "atol": tolerance}
    np.testing.assert_allclose(left.coefficients, right.coefficients, **close)
    size = np.sqrt(np.outer(np.diag(left.covariance), np.diag(left.covariance)))
    np.testing.assert_allclose(left.covariance / size, right.covariance / size, **close)
    np.testing.assert_allclose(left.log_likelihood, right.log_likelihood, **close)
    np.testing.assert_allclose(left.score_statistic, right.score_statistic, **close)


@laws
@given(regressions(), TIES)
def test_the_fit_is_the_root_of_the_twin(data, ties):
    fit = found(data, ties)
    twin = partial_likelihood(data.subjects(), fit.coefficients, efron=ties == "efron")
    null = partial_likelihood(data.subjects(), np.zeros(2), efron=ties == "efron")
    np.testing.assert_allclose(fit.log_likelihood, twin.log_likelihood, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(fit.null_log_likelihood, null.log_likelihood, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(fit.information, twin.information, rtol=1e-9, atol=1e-10)
    np.testing.assert_allclose(twin.score, 0.0, atol=1e-9)
    statistic = null.score @ np.linalg.solve(null.information, null.score)
    np.testing.assert_allclose(fit.score_statistic, statistic, rtol=1e-9, atol=1e-11)
    for curve in baseline(fit):
        steps = [twin.hazard[curve.stratum, int(tick)] for tick in curve.time]
        np.testing.assert_allclose(curve.cumulative_hazard[0], np.cumsum(steps), rtol=1e-10)


@laws
@given(regressions(), TIES)
def test_the_weighted_score_residual_is_the_derivative_by_the_weight(data, ties):
    """d score / d w_i at the estimate is the influence of the row, also where weights tie (Breslow only)."""
    assume(ties == "breslow" or (data.weight == 1).all())
    fit = found(data, ties)
    residuals = score_residuals(fit)
    np.testing.assert_allclose(data.weight @ residuals, 0.0, atol=1e-9)
    np.testing.assert_allclose(data.weight @ martingale_residuals(fit), 0.0, atol=1e-9)
    if ties == "efron":
        return
    step = 1e-5
    for row in (0, data.stop.size // 2):
        scores = []
        for sign in (1, -1):
            weight = data.weight.copy()
            weight[row] += sign * step
            changed = data.with_(weight=weight).subjects()
            scores.append(partial_likelihood(changed, fit.coefficients, efron=False).score)
        np.testing.assert_allclose(residuals[row], (scores[0] - scores[1]) / (2 * step), atol=1e-6)


@laws
@given(regressions(), TIES, st.randoms(use_true_random=False))
def test_the_order_of_the_rows_does_not_matter(data, ties, luck):
    order = list(range(data.stop.size))
    luck.shuffle(order)
    cluster = np.arange(data.stop.size, dtype=np.int32) // 3
    fit = found(data, ties, cluster=cluster)
    shuffled = data.take(order).fit(ties, cluster=cluster[order])
    assert_same(fit, shuffled, tolerance=1e-11)
    np.testing.assert_allclose(fit.robust, shuffled.robust, rtol=1e-8, atol=1e-11)
    np.testing.assert_allclose(dfbeta(fit)[order], dfbeta(shuffled), rtol=1e-8, atol=1e-10)


@laws
@given(regressions())
def test_weight_two_is_the_row_twice_by_breslow(data):
    twice = data.with_(weight=np.where(np.arange(data.stop.size) % 2 == 0, 2.0, 1.0))
    rows = np.repeat(np.arange(data.stop.size), twice.weight.astype(int))
    again = data.with_(weight=np.ones(data.stop.size)).take(rows)
    cluster = np.arange(data.stop.size, dtype=np.int32)
    weighted = found(twice, "breslow", cluster=cluster)
    repeated = again.fit("breslow", cluster=cluster[rows])
    assert_same(weighted, repeated)
    np.testing.assert_allclose(weighted.robust, repeated.robust, rtol=1e-8, atol=1e-12)


@laws
@given(regressions(), TIES)
def test_splitting_an_interval_changes_nothing(data, ties):
    fit = found(data, ties, cluster=np.arange(data.stop.size, dtype=np.int32))
    cut = data.start + (data.stop - data.start) // 2
    long = np.flatnonzero(cut > data.start)
    head = data.take(long).with_(stop=cut[long], event=np.zeros(long.size, dtype=bool))
    tail = data.with_(start=np.where(cut > data.start, cut, data.start))
    joined = Regression(
        *(np.concatenate([getattr(head, n), getattr(tail, n)]) for n in Regression.__dataclass_fields__)
    )
    cluster = np.concatenate([long, np.arange(data.stop.size)]).astype(np.int32)
    split = joined.fit(ties, cluster=cluster)
    assert_same(fit, split)
    np.testing.assert_allclose(fit.robust, split.robust, rtol=1e-8, atol=1e-12)
    ours, theirs = proportional_hazards(fit), proportional_hazards(split)
    np.testing.assert_allclose(ours.statistic, theirs.statistic, rtol=1e-7, atol=1e-9)


@laws
@given(regressions(), TIES, st.sampled_from([1e-8, 1e-3, 7.0, 1e8]), st.sampled_from([0.0, -3.0, 1e4]))
def test_units_and_origins_of_covariates_and_of_time_do_not_matter(data, ties, unit, origin):
    fit = found(data, ties)
    moved = data.covariates * [unit, 1.0] + [origin * unit, origin]
    scaled = data.with_(covariates=moved, start=7 * data.start + 3, stop=7 * data.stop + 3).fit(ties)
    np.testing.assert_allclose(scaled.coefficients * [unit, 1.0], fit.coefficients, rtol=1e-8, atol=1e-8)
    np.testing.assert_allclose(scaled.log_likelihood, fit.log_likelihood, rtol=1e-10, atol=1e-10)
    errors = np.sqrt(np.diag(scaled.covariance)) * [unit, 1.0]
    np.testing.assert_allclose(errors, np.sqrt(np.diag(fit.covariance)), rtol=1e-8)


@laws
@given(regressions(), TIES)
def test_strata_add_up(data, ties):
    """At common coefficients the stratified likelihood is the sum of those of the strata (by the twin)."""
    fit = found(data, ties)
    parts = [
        partial_likelihood(
            data.take(data.stratum == code).subjects(), fit.coefficients, efron=ties == "efron"
        )
        for code in np.unique(data.stratum)
    ]
    np.testing.assert_allclose(fit.log_likelihood, sum(part.log_likelihood for part in parts), rtol=1e-12)
    np.testing.assert_allclose(sum(part.score for part in parts), 0.0, atol=1e-9)
    relabelled = data.with_(stratum=(100 - 7 * data.stratum).astype(np.int32)).fit(ties)
    assert_same(fit, relabelled)


@laws
@given(regressions())
def test_efron_is_breslow_without_ties(data):
    order = np.argsort(data.stop, kind="stable")
    rank = np.empty(data.stop.size, dtype=np.int32)
    rank[order] = np.arange(data.stop.size)
    untied = data.with_(start=2 * np.minimum(data.start, rank) - 1, stop=2 * rank + 2)
    assert_same(found(untied, "breslow"), untied.fit("efron"), tolerance=1e-12)


@laws
@given(regressions(), TIES)
def test_rows_that_are_never_at_risk_change_no_bit(data, ties):
    fit = found(data, ties)
    first = min(data.stop[data.event]) - 1
    last = max(data.stop)
    idle = data.take(slice(0, 4)).with_(
        start=np.array([first - 9, first - 1, last, last + 5], dtype=np.int32),
        stop=np.array([first - 1, first, last + 1, last + 9], dtype=np.int32),
        event=np.zeros(4, dtype=bool),
        covariates=np.full((4, 2), 1e6),
    )
    joined = Regression(
        *(np.concatenate([getattr(data, n), getattr(idle, n)]) for n in Regression.__dataclass_fields__)
    )
    more = joined.fit(ties)
    assert (more.coefficients == fit.coefficients).all()
    assert (more.covariance == fit.covariance).all()
    assert more.log_likelihood == fit.log_likelihood


@laws
@given(regressions(), TIES)
def test_a_strong_ridge_shrinks_and_a_prior_of_zero_width_forbids(data, ties):
    weak, strong = data.fit(ties, ridge=[1.0, 1.0]), data.fit(ties, ridge=[100.0, 100.0])
    assert weak.status is CoxStatus.CONVERGED
    assert strong.coefficients @ strong.coefficients <= weak.coefficients @ weak.coefficients + 1e-12
    twin = partial_likelihood(data.subjects(), weak.coefficients, efron=ties == "efron")
    np.testing.assert_allclose(twin.score, weak.coefficients, atol=1e-8)


@laws
@given(regressions(), TIES)
def test_where_a_coefficient_is_infinite_the_likelihood_rises_to_the_one_reported(data, ties):
    marked = data.with_(event=data.event & (data.covariates[:, 1] == 1))
    fit = marked.fit(ties)
    assume(fit.separated.tolist() == [False, True])
    assert fit.coefficients[1] == np.inf
    assert fit.status is CoxStatus.SEPARATED
    assert np.isnan(fit.covariance[1]).all()
    values = [
        partial_likelihood(
            marked.subjects(), np.array([fit.coefficients[0], size]), efron=ties == "efron"
        ).log_likelihood
        for size in (2.0, 5.0, 10.0, 60.0)
    ]
    assert values == sorted(values)
    assert values[-1] == pytest.approx(fit.log_likelihood, rel=1e-10, abs=1e-10)


def rises_for_ever(data: Regression) -> bool:
    """Linear programming: a direction v with (x_i - x_j) v >= 0 for events i and all j at risk, some > 0."""
    differences = [
        data.covariates[i] - data.covariates[j]
        for i in np.flatnonzero(data.event)
        for j in range(data.stop.size)
        if data.stratum[i] == data.stratum[j] and data.start[j] < data.stop[i] <= data.stop[j]
    ]
    matrix = np.array(differences)
    solved = linprog(-matrix.sum(axis=0), A_ub=-matrix, b_ub=np.zeros(len(matrix)), bounds=(-1, 1))
    assert solved.status == 0
    return -solved.fun > 1e-9


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(4, 12), TIES, st.booleans())
def test_separation_is_found_if_and_only_if_linear_programming_finds_it(seed, size, ties, late):
    chance = np.random.default_rng(seed)
    start = chance.integers(0, 5, size) if late else np.zeros(size, dtype=int)
    event = chance.random(size) < 0.5
    event[0] = True
    data = Regression(
        start.astype(np.int32),
        (start + chance.integers(1, 6, size)).astype(np.int32),
        event,
        chance.integers(0, 3, (size, 3)).astype(float),
        np.ones(size),
        chance.integers(0, 2, size).astype(np.int32),
        np.zeros(size),
    )
    fit = data.fit(ties)
    assert fit.status in (CoxStatus.CONVERGED, CoxStatus.SINGULAR, CoxStatus.SEPARATED)
    assert (fit.status is CoxStatus.SEPARATED) == rises_for_ever(data)
