"""The fast kernels equal the slow twin: estimates 1e-12, standard errors 1e-10, numeric derivatives 1e-6."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from random_courses import Cohort, cohorts, features, seeded

from equipoise.kernels import reference
from equipoise.kernels.aalen_johansen import aalen_johansen, probability_at
from equipoise.kernels.bootstrap import occupation_draws
from equipoise.kernels.cumulative_incidence import cumulative_incidence
from equipoise.kernels.influence import covariance, influence, standard_error
from equipoise.kernels.product_limit import kaplan_meier
from equipoise.kernels.restricted_mean import time_in_state
from equipoise.kernels.variance import aalen, greenwood

ESTIMATE = {"rtol": 1e-12, "atol": 1e-13}
ERROR = {"rtol": 1e-10, "atol": 1e-12}
NUMERIC = {"rtol": 1e-6, "atol": 1e-7}

few = settings(max_examples=40, deadline=None)
some = settings(max_examples=100, deadline=None)


def estimate(cohort: Cohort):
    return aalen_johansen(cohort.rows, begin=cohort.course.begin, initial=cohort.course.initial)


def check_occupation(cohort: Cohort) -> None:
    course, fast = cohort.course, estimate(cohort)
    assert fast.time.tolist() == reference.transition_ticks(course)
    for place, tick in enumerate(fast.time):
        np.testing.assert_allclose(fast.at_risk[place], reference.at_risk(course, tick), **ESTIMATE)
        moved = reference.moves(course, tick)
        np.testing.assert_allclose(fast.transitions[place], moved[fast.origin, fast.target], **ESTIMATE)
        assert fast.transitions[place].sum() == pytest.approx(moved.sum(), rel=1e-12)
    ticks = np.arange(course.begin - 2, cohort.horizon)
    slow = np.array([reference.occupation(course, tick) for tick in ticks])
    np.testing.assert_allclose(probability_at(fast, ticks), slow, **ESTIMATE)


def check_influence(cohort: Cohort) -> None:
    course, fast = cohort.course, estimate(cohort)
    ticks = np.unique(np.linspace(course.begin - 1, cohort.horizon, 5).astype(int))
    slow = [reference.influence(course, tick) for tick in ticks]
    for tick, expected in zip(ticks, slow, strict=True):
        np.testing.assert_allclose(influence(cohort.rows, fast, tick), expected, **ERROR)
        groups = np.array([expected[cohort.cluster == c].sum(axis=0) for c in np.unique(cohort.cluster)])
        np.testing.assert_allclose(
            covariance(cohort.rows, fast, tick, cluster=cohort.cluster), groups.T @ groups, **ERROR
        )
    errors = np.array([reference.standard_error(course, tick) for tick in ticks])
    np.testing.assert_allclose(standard_error(cohort.rows, fast, ticks), errors, **ERROR)
    clustered = np.array([reference.standard_error(course, tick, cohort.cluster) for tick in ticks])
    np.testing.assert_allclose(
        standard_error(cohort.rows, fast, ticks, cluster=cohort.cluster), clustered, **ERROR
    )


@some
@given(cohorts())
def test_occupation_numbers_at_risk_and_transitions(cohort):
    check_occupation(cohort)


@few
@given(cohorts())
def test_influence_and_errors_by_the_recursion(cohort):
    check_influence(cohort)


@few
@given(cohorts(max_patients=4))
def test_influence_by_numeric_derivative(cohort):
    fast = estimate(cohort)
    middle = (cohort.course.begin + cohort.horizon) // 2
    for tick in (middle, cohort.horizon):
        slow = reference.numeric_influence(cohort.course, tick)
        np.testing.assert_allclose(influence(cohort.rows, fast, tick), slow, **NUMERIC)


@few
@given(cohorts(max_patients=4))
def test_time_in_state(cohort):
    course, fast = cohort.course, estimate(cohort)
    horizons = [course.begin, course.begin + 5, cohort.horizon]
    value, error = time_in_state(cohort.rows, fast, horizons, resolution=0.5, cluster=cohort.cluster)
    for place, horizon in enumerate(horizons):
        np.testing.assert_allclose(value[place], reference.time_in_state(course, horizon, 0.5), **ESTIMATE)
        slow = reference.time_standard_error(course, horizon, 0.5, cohort.cluster)
        np.testing.assert_allclose(error[place], slow, **ERROR)


@few
@given(cohorts())
def test_contrasts_are_linear_in_the_influence(cohort):
    fast = estimate(cohort)
    states = cohort.rows.states
    contrast = np.stack((np.arange(states) - 0.5, (np.arange(states) == 0).astype(float)), axis=1)
    tick = cohort.horizon - 4
    values = reference.influence(cohort.course, max(tick, cohort.course.begin)) @ contrast
    np.testing.assert_allclose(influence(cohort.rows, fast, tick, contrast=contrast), values, **ERROR)
    error = standard_error(cohort.rows, fast, [tick], contrast=contrast)[0]
    np.testing.assert_allclose(error, np.sqrt((values**2).sum(axis=0)), **ERROR)


@few
@given(cohorts())
def test_named_variances(cohort):
    course, fast = cohort.course, estimate(cohort)
    by_greenwood, by_aalen = greenwood(fast), aalen(fast)
    for place, tick in enumerate(fast.time):
        for name, values in (("greenwood", by_greenwood), ("aalen", by_aalen)):
            slow = reference.occupation_covariance(course, tick, name)
            np.testing.assert_allclose(values[place], slow, err_msg=name, **ERROR)


@some
@given(cohorts())
def test_kaplan_meier(cohort):
    course = cohort.course
    event = course.target >= 0
    curve = kaplan_meier(course.stop, event, start=course.start, weight=course.weight)
    slow = np.array(reference.kaplan_meier(course.stop, event, course.start, course.weight)).reshape(-1, 6)
    fast = (curve.time, curve.at_risk, curve.events, curve.survival, curve.greenwood, curve.aalen)
    np.testing.assert_allclose(np.stack(fast, axis=1), slow, **ESTIMATE)


@some
@given(cohorts())
def test_cumulative_incidence_is_aalen_johansen_of_the_star(cohort):
    course, states = cohort.course, cohort.rows.states
    cause = course.target + 1
    fast = cumulative_incidence(course.stop, cause, start=course.start, weight=course.weight, causes=states)
    everyone = np.arange(course.patient.size)
    begin = int(course.start.min(initial=0)) - 1
    zero = np.zeros_like(course.origin)
    star = reference.Course(
        everyone,
        course.start,
        course.stop,
        zero,
        np.where(cause > 0, cause, -1),
        course.weight,
        states + 1,
        everyone.size,
        begin,
        np.eye(states + 1)[0],
    )
    for place, tick in enumerate(fast.time):
        slow = reference.occupation(star, tick)
        np.testing.assert_allclose(fast.survival[place], slow[0], **ESTIMATE)
        np.testing.assert_allclose(fast.incidence[place], slow[1:], **ESTIMATE)


@few
@given(cohorts())
def test_bootstrap_draws_are_reweighted_occupations(cohort):
    course = cohort.course
    luck = np.random.default_rng(7)
    factors = luck.exponential(size=(19, course.patients))
    ticks = np.arange(course.begin - 1, cohort.horizon, 3)
    draws = occupation_draws(cohort.rows, factors, ticks, begin=course.begin, initial=course.initial)
    for b in (0, 15, 16, 18):  # both sides of a block of lanes
        changed = course.reweighted(course.weight * factors[b][course.patient])
        slow = np.array([reference.occupation(changed, tick) for tick in ticks])
        np.testing.assert_allclose(draws[b], slow, **ESTIMATE)


def test_two_hundred_numbered_cohorts(capsys):
    census = Counter()
    for seed in range(200):
        cohort = seeded(seed)
        census.update(features(cohort))
        check_occupation(cohort)
        check_influence(cohort)
    with capsys.disabled():
        print(
            "\n" + "\n".join(f"  {count:3d} of 200 cohorts: {name}" for name, count in census.most_common())
        )
    assert len(census) == 8
    assert min(census.values()) >= 40
