"""Fine-Gray regression and Gray's test equal their slow twins, and the laws that both must obey."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from equipoise.kernels import reference_competing as twin
from equipoise.kernels.cox import CoxStatus, fit_cox
from equipoise.kernels.fine_gray import (
    CensoringTies,
    EmptiedRiskSetError,
    FineGrayFit,
    fit_fine_gray,
    incidence_at,
)
from equipoise.kernels.gray import GrayStatus, gray

few = settings(max_examples=12, deadline=None)
some = settings(max_examples=40, deadline=None)


def subjects(
    seed: int, n: int, span: int, *, delayed: bool, weighted: bool, layers: str, ridge: bool
) -> twin.Subjects:
    """Heavily tied subjects; `layers` is "", "strata" (which split the censoring too) or "groups"."""
    chance = np.random.default_rng(seed)
    start = chance.integers(0, span // 2, n) if delayed else np.zeros(n, dtype=np.int64)
    start[: n // 3] = 0
    stop = start + chance.integers(1, span, n)
    x = np.column_stack([chance.normal(size=n), chance.integers(0, 2, n)])
    label = chance.integers(0, 2, n) if layers else np.zeros(n, dtype=np.int64)
    return twin.Subjects(
        start=start,
        stop=stop,
        cause=chance.choice(3, n, p=[0.3, 0.4, 0.3]),
        covariates=x,
        weight=chance.integers(1, 30, n) / 10 if weighted else np.ones(n),
        stratum=label if layers == "strata" else np.zeros(n, dtype=np.int64),
        group=label,
        ridge=np.array([0.5, 2.0]) if ridge else np.zeros(2),
        together=bool(chance.integers(0, 2)),
    )


@st.composite
def drawn(draw: st.DrawFn, *, delayed: bool | None = None) -> twin.Subjects:
    return subjects(
        draw(st.integers(0, 10**6)),
        draw(st.integers(12, 40)),
        draw(st.sampled_from([4, 8, 30])),
        delayed=draw(st.booleans()) if delayed is None else delayed,
        weighted=draw(st.booleans()),
        layers=draw(st.sampled_from(["", "strata", "groups"])),
        ridge=draw(st.booleans()),
    )


def fitted(data: twin.Subjects, **changes: object) -> FineGrayFit:
    given_rows = {
        "start": data.start,
        "weight": data.weight,
        "strata": data.stratum,
        "censoring_groups": data.group,
        "ridge": data.ridge,
        "censoring_ties": CensoringTies.TOGETHER if data.together else CensoringTies.EVENTS_FIRST,
    } | changes
    try:
        return fit_fine_gray(data.stop, data.cause, data.covariates, **given_rows)  # type: ignore[arg-type]
    except EmptiedRiskSetError:
        assume(False)
        raise


def converged(data: twin.Subjects, **changes: object) -> FineGrayFit:
    fit = fitted(data, **changes)
    assume(fit.status is CoxStatus.CONVERGED and np.abs(fit.coefficients).max() < 8)
    return fit


def by_row(data: twin.Subjects, influence: np.ndarray) -> np.ndarray:
    return influence.T @ influence


@some
@given(drawn())
def test_fine_gray_is_its_twin(data: twin.Subjects) -> None:
    fit = converged(data)
    beta, rows = twin.estimate(data), twin.expand(data)
    np.testing.assert_allclose(fit.coefficients, beta, rtol=1e-8, atol=1e-9)
    value, _, information = twin.likelihood(data, rows, beta)
    np.testing.assert_allclose(fit.log_likelihood, value, rtol=1e-11, atol=1e-11)
    np.testing.assert_allclose(
        fit.null_log_likelihood, twin.likelihood(data, rows, np.zeros(2))[0], rtol=1e-11, atol=1e-11
    )
    np.testing.assert_allclose(fit.information, information, rtol=1e-8, atol=1e-9)
    scores = twin.score_terms(data, fit.coefficients)
    half = scores @ np.linalg.inv(information)
    np.testing.assert_allclose(fit.known_weights, half.T @ half, rtol=1e-7, atol=1e-9)
    for stratum in np.unique(data.stratum[data.cause == 1]):
        jumps = twin.baseline(data, beta, int(stratum))
        place = int(np.searchsorted(np.unique(data.stratum), stratum))
        time, incidence = incidence_at(fit, [[0.4, 1.0]], stratum=place)
        assert time.tolist() == sorted(jumps)
        cumulated = np.cumsum([jumps[t] for t in sorted(jumps)])
        np.testing.assert_allclose(
            incidence[:, 0], 1 - np.exp(-cumulated * np.exp(beta @ [0.4, 1.0])), rtol=1e-7
        )


@some
@given(drawn(delayed=False))
def test_sandwich_with_crr_ties_is_its_twin(data: twin.Subjects) -> None:
    assume(data.together)
    fit = converged(data)
    scores = twin.score_terms(data, fit.coefficients) + twin.censoring_terms(data, fit.coefficients)
    half = scores @ np.linalg.inv(fit.information)
    np.testing.assert_allclose(fit.covariance, half.T @ half, rtol=1e-7, atol=1e-10)
    zero = np.zeros(2)
    at_zero = twin.score_terms(data, zero) + twin.censoring_terms(data, zero)
    score = at_zero.sum(axis=0)
    expected = score @ np.linalg.inv(at_zero.T @ at_zero) @ score
    np.testing.assert_allclose(fit.score_statistic, expected, rtol=1e-8, atol=1e-10)


@few
@given(drawn())
def test_sandwich_with_events_first_is_the_jackknife_by_numeric_derivatives(data: twin.Subjects) -> None:
    assume(not data.together and data.stop.size <= 24)
    fit = converged(data)
    assume(np.abs(fit.coefficients).max() < 4)
    influence = twin.numeric_influence(data)
    np.testing.assert_allclose(fit.covariance, influence.T @ influence, rtol=1e-5, atol=1e-7)
    cluster = np.arange(data.stop.size) // 3
    together = np.array([influence[cluster == c].sum(axis=0) for c in np.unique(cluster)])
    np.testing.assert_allclose(
        fitted(data, cluster=cluster).covariance, together.T @ together, rtol=1e-5, atol=1e-7
    )


@some
@given(drawn(), st.integers(0, 10**6))
def test_row_order_changes_nothing_bit_for_bit(data: twin.Subjects, seed: int) -> None:
    fit = fitted(data)
    order = np.random.default_rng(seed).permutation(data.stop.size)
    shuffled = twin.Subjects(
        *(
            getattr(data, name)[order]
            for name in ("start", "stop", "cause", "covariates", "weight", "stratum", "group")
        ),
        ridge=data.ridge,
        together=data.together,
    )
    again = fitted(shuffled)
    for name in ("coefficients", "covariance", "known_weights", "hazard"):
        np.testing.assert_array_equal(getattr(fit, name), getattr(again, name))
    assert fit.log_likelihood == again.log_likelihood


@some
@given(drawn())
def test_weight_two_is_the_subject_twice(data: twin.Subjects) -> None:
    heavy = 1.0 + (np.arange(data.stop.size) % 3 == 0)
    fit = converged(data, weight=heavy, cluster=np.arange(heavy.size))
    index = np.repeat(np.arange(heavy.size), heavy.astype(int))
    twice = fit_fine_gray(
        data.stop[index],
        data.cause[index],
        data.covariates[index],
        start=data.start[index],
        strata=data.stratum[index],
        censoring_groups=data.group[index],
        ridge=data.ridge,
        cluster=index,
        censoring_ties=CensoringTies.TOGETHER if data.together else CensoringTies.EVENTS_FIRST,
    )
    np.testing.assert_allclose(fit.coefficients, twice.coefficients, rtol=1e-9, atol=1e-11)
    np.testing.assert_allclose(fit.log_likelihood, twice.log_likelihood, rtol=1e-12, atol=1e-11)
    np.testing.assert_allclose(fit.information, twice.information, rtol=1e-9, atol=1e-11)
    np.testing.assert_allclose(fit.covariance, twice.covariance, rtol=1e-7, atol=1e-10)


@some
@given(drawn(), st.integers(2, 9))
def test_time_unit_and_shift_of_covariates_do_not_matter(data: twin.Subjects, unit: int) -> None:
    fit = converged(data)
    other = fit_fine_gray(
        unit * data.stop + 5,
        data.cause,
        data.covariates * [10.0, 1.0] + [3.0, -1.0],
        start=unit * data.start + 5,
        weight=data.weight,
        strata=data.stratum,
        censoring_groups=data.group,
        ridge=data.ridge * [100.0, 1.0],
        censoring_ties=CensoringTies.TOGETHER if data.together else CensoringTies.EVENTS_FIRST,
    )
    np.testing.assert_allclose(fit.coefficients, other.coefficients * [10.0, 1.0], rtol=1e-8, atol=1e-10)
    np.testing.assert_allclose(
        fit.covariance, other.covariance * np.outer([10, 1], [10, 1]), rtol=1e-7, atol=1e-10
    )
    np.testing.assert_array_equal(unit * fit.time + 5, other.time)


@some
@given(drawn())
def test_without_competing_events_it_is_cox_with_breslow_ties(data: twin.Subjects) -> None:
    cause = np.minimum(data.cause, 1)
    fit = fit_fine_gray(
        data.stop,
        cause,
        data.covariates,
        start=data.start,
        weight=data.weight,
        strata=data.stratum,
        ridge=data.ridge,
    )
    cox = fit_cox(
        data.stop, cause == 1, data.covariates, start=data.start, weight=data.weight, strata=data.stratum,
        ridge=data.ridge, ties="breslow", cluster=np.arange(data.stop.size),
    )  # fmt: skip
    assert fit.status is cox.status
    assume(fit.status is CoxStatus.CONVERGED)
    np.testing.assert_allclose(fit.coefficients, cox.coefficients, rtol=1e-8, atol=1e-10)
    np.testing.assert_allclose(fit.log_likelihood, cox.log_likelihood, rtol=1e-12, atol=1e-11)
    np.testing.assert_allclose(fit.model_based, cox.covariance, rtol=1e-8, atol=1e-10)
    np.testing.assert_allclose(fit.covariance, cox.robust, rtol=1e-7, atol=1e-10)


@some
@given(drawn(delayed=False))
def test_without_censoring_it_is_cox_with_competing_subjects_at_risk_for_ever(data: twin.Subjects) -> None:
    cause = np.maximum(data.cause, 1)
    end = np.where(cause == 2, data.stop.max() + 1, data.stop)
    fit = fit_fine_gray(
        data.stop, cause, data.covariates, weight=data.weight, strata=data.stratum, ridge=data.ridge
    )
    cox = fit_cox(
        end, cause == 1, data.covariates, weight=data.weight, strata=data.stratum, ridge=data.ridge,
        ties="breslow", cluster=np.arange(data.stop.size),
    )  # fmt: skip
    assume(fit.status is CoxStatus.CONVERGED)
    np.testing.assert_allclose(fit.coefficients, cox.coefficients, rtol=1e-8, atol=1e-10)
    np.testing.assert_allclose(fit.covariance, cox.robust, rtol=1e-7, atol=1e-10)


@st.composite
def groups(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    chance = np.random.default_rng(draw(st.integers(0, 10**6)))
    n, arms = draw(st.integers(4, 60)), draw(st.integers(2, 4))
    stop = chance.integers(1, draw(st.sampled_from([4, 12, 60])), n)
    return stop, chance.choice(3, n, p=[0.3, 0.4, 0.3]), chance.integers(0, arms, n), chance.integers(0, 2, n)


@some
@given(groups(), st.sampled_from([0.0, 0.5, 1.0, -1.0]))
def test_gray_is_its_twin(data: tuple[np.ndarray, ...], rho: float) -> None:
    stop, cause, group, _ = data
    test = gray(stop, cause, group, rho=rho)
    code = np.searchsorted(np.unique(group), group)
    with np.errstate(all="ignore"):
        score, variance = twin.gray_score(stop, cause, code, rho), twin.gray_variance(stop, cause, code, rho)
    assume(np.isfinite(variance).all())
    np.testing.assert_allclose(test.score, score, rtol=1e-10, atol=1e-11)
    np.testing.assert_allclose(test.covariance, variance, rtol=1e-9, atol=1e-11)


@some
@given(groups(), st.integers(0, 10**6))
def test_gray_does_not_see_order_unit_or_labels(data: tuple[np.ndarray, ...], seed: int) -> None:
    stop, cause, group, stratum = data
    test = gray(stop, cause, group, strata=stratum)
    order = np.random.default_rng(seed).permutation(stop.size)
    again = gray(3 * stop[order] + 1, cause[order], group[order], strata=stratum[order])
    np.testing.assert_equal(again.statistic, test.statistic)
    renamed = gray(stop, 4 * cause, 10 - group, strata=-stratum, of=4)
    np.testing.assert_allclose(renamed.statistic, test.statistic, rtol=1e-8, atol=1e-10)
    assert renamed.degrees_of_freedom == test.degrees_of_freedom


def test_gray_adds_up_strata() -> None:
    chance = np.random.default_rng(5)
    stop, cause, group = chance.integers(1, 20, 80), chance.integers(0, 3, 80), chance.integers(0, 3, 80)
    stratum = np.repeat([0, 1], 40)
    parts = [gray(stop[stratum == s], cause[stratum == s], group[stratum == s]) for s in (0, 1)]
    whole = gray(stop, cause, group, strata=stratum)
    np.testing.assert_allclose(whole.score, parts[0].score + parts[1].score)
    np.testing.assert_allclose(whole.covariance, parts[0].covariance + parts[1].covariance)
    assert whole.status is GrayStatus.TESTED
    assert whole.p_value == pytest.approx(float(np.exp(-whole.statistic / 2)))  # two degrees of freedom
