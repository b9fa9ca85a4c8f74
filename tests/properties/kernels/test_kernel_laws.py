"""Metamorphic laws: what may and what may not change a number."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from random_courses import Cohort, cohorts

from equipoise.kernels.aalen_johansen import aalen_johansen, cumulative_hazard, probability_at
from equipoise.kernels.cumulative_incidence import cumulative_incidence
from equipoise.kernels.influence import covariance, influence, standard_error
from equipoise.kernels.product_limit import kaplan_meier, survival_at
from equipoise.kernels.restricted_mean import restricted_mean, time_in_state
from equipoise.kernels.rows import Rows, landmark
from equipoise.kernels.variance import greenwood

CLOSE = {"rtol": 1e-12, "atol": 1e-12}
laws = settings(max_examples=60, deadline=None)


def build(rows: Rows, **changed) -> Rows:
    """Rows anew from plain columns, some of them changed."""
    names = ("patient", "start", "stop", "origin", "target", "weight")
    columns = [changed.get(name, getattr(rows, name)) for name in names]
    return Rows.build(*columns, states=rows.states, patients=changed.get("patients", rows.patients))


def answers(rows: Rows, cohort: Cohort, cluster=None, horizon=None):
    """Every multistate number at a few times: estimates, errors, times in state and their errors."""
    begin, initial = cohort.course.begin, cohort.course.initial
    fast = aalen_johansen(rows, begin=begin, initial=initial)
    until = cohort.horizon if horizon is None else horizon
    ticks = np.unique(np.linspace(begin - 1, until, 6).astype(int))
    times, time_errors = time_in_state(rows, fast, [until], resolution=1.0, cluster=cluster)
    return [
        probability_at(fast, ticks),
        standard_error(rows, fast, ticks, cluster=cluster),
        covariance(rows, fast, until, cluster=cluster),
        times,
        time_errors,
    ]


def assert_close(left, right):
    for a, b in zip(left, right, strict=True):
        np.testing.assert_allclose(a, b, **CLOSE)


@laws
@given(cohorts(), st.randoms(use_true_random=False))
def test_the_order_of_the_rows_changes_no_bit(cohort, luck):
    order = list(range(cohort.rows.size))
    luck.shuffle(order)
    course = cohort.course
    shuffled = Rows.build(
        course.patient[order],
        course.start[order],
        course.stop[order],
        course.origin[order],
        course.target[order],
        course.weight[order],
        states=course.states,
        patients=course.patients,
    )
    for a, b in zip(answers(cohort.rows, cohort), answers(shuffled, cohort), strict=True):
        assert a.tobytes() == b.tobytes()
    event = course.target >= 0
    curve = kaplan_meier(course.stop, event, start=course.start, weight=course.weight)
    again = kaplan_meier(
        course.stop[order], event[order], start=course.start[order], weight=course.weight[order]
    )
    assert curve.survival.tobytes() == again.survival.tobytes()
    assert curve.at_risk.tobytes() == again.at_risk.tobytes()
    assert curve.greenwood.tobytes() == again.greenwood.tobytes()


@laws
@given(cohorts(), st.permutations(range(6)))
def test_the_numbers_of_the_patients_do_not_matter(cohort, names):
    names = np.argsort([n for n in names if n < cohort.rows.patients])
    relabelled = build(cohort.rows, patient=names[cohort.rows.patient])
    cluster = np.empty_like(cohort.cluster)
    cluster[names] = cohort.cluster
    assert_close(answers(cohort.rows, cohort, cohort.cluster), answers(relabelled, cohort, cluster + 40))


@laws
@given(cohorts())
def test_weight_two_is_the_patient_twice(cohort):
    rows = cohort.rows
    heavy = build(rows, weight=2 * rows.weight)
    both = [np.concatenate((getattr(rows, n),) * 2) for n in ("start", "stop", "origin", "target", "weight")]
    twins = Rows.build(
        np.concatenate((rows.patient, rows.patient + rows.patients)),
        *both,
        states=rows.states,
        patients=2 * rows.patients,
    )
    one, two = answers(heavy, cohort), answers(twins, cohort)
    np.testing.assert_allclose(one[0], two[0], **CLOSE)
    np.testing.assert_allclose(one[3], two[3], **CLOSE)
    # A duplicate is one more patient for the variance unless both are one cluster.
    np.testing.assert_allclose(one[1], np.sqrt(2) * two[1], **CLOSE)
    same = np.tile(np.arange(rows.patients), 2)
    assert_close(one, answers(twins, cohort, same))


@laws
@given(cohorts())
def test_every_cluster_again_under_a_new_number_divides_the_error_by_root_two(cohort):
    rows = cohort.rows
    both = [np.concatenate((getattr(rows, n),) * 2) for n in ("start", "stop", "origin", "target", "weight")]
    doubled = Rows.build(
        np.concatenate((rows.patient, rows.patient + rows.patients)),
        *both,
        states=rows.states,
        patients=2 * rows.patients,
    )
    centres = np.concatenate((cohort.cluster, cohort.cluster + 100))
    one, two = answers(rows, cohort, cohort.cluster), answers(doubled, cohort, centres)
    np.testing.assert_allclose(one[0], two[0], **CLOSE)
    np.testing.assert_allclose(one[1], np.sqrt(2) * two[1], **CLOSE)
    np.testing.assert_allclose(one[2], 2 * two[2], **CLOSE)
    np.testing.assert_allclose(one[4], np.sqrt(2) * two[4], **CLOSE)


@laws
@given(cohorts(), st.data())
def test_splitting_an_interval_changes_nothing(cohort, data):
    table = []
    for i in range(cohort.rows.size):
        row = [getattr(cohort.rows, n)[i] for n in ("patient", "start", "stop", "origin", "target", "weight")]
        while row[2] - row[1] > 1 and data.draw(st.booleans()):
            cut = data.draw(st.integers(int(row[1]) + 1, int(row[2]) - 1))
            table.append([row[0], row[1], cut, row[3], -1, row[5]])
            row[1] = cut
        table.append(row)
    columns = [np.array(c) for c in zip(*table, strict=True)] if table else [[]] * 6
    parts = Rows.build(*columns, states=cohort.rows.states, patients=cohort.rows.patients)
    before, after = answers(cohort.rows, cohort), answers(parts, cohort)
    assert before[0].tobytes() == after[0].tobytes()
    assert_close(before, after)


@laws
@given(cohorts(), st.integers(2, 5))
def test_the_unit_of_time_does_not_matter(cohort, factor):
    rows, course = cohort.rows, cohort.course
    slow = build(rows, start=factor * rows.start, stop=factor * rows.stop)
    here = aalen_johansen(rows, begin=course.begin, initial=course.initial)
    there = aalen_johansen(slow, begin=factor * course.begin, initial=course.initial)
    ticks = np.arange(course.begin - 1, cohort.horizon, 2)
    np.testing.assert_allclose(probability_at(here, ticks), probability_at(there, factor * ticks), **CLOSE)
    np.testing.assert_allclose(
        standard_error(rows, here, ticks), standard_error(slow, there, factor * ticks), **CLOSE
    )
    # In whole days: doubled ticks have no half-ticks, so days scale with the factor.
    whole = build(rows, start=2 * rows.start, stop=2 * rows.stop)
    days = aalen_johansen(whole, begin=2 * course.begin, initial=course.initial)
    long = build(rows, start=2 * factor * rows.start, stop=2 * factor * rows.stop)
    months = aalen_johansen(long, begin=2 * factor * course.begin, initial=course.initial)
    one = time_in_state(whole, days, [2 * cohort.horizon], resolution=1.0)
    two = time_in_state(long, months, [2 * factor * cohort.horizon], resolution=1.0 / factor)
    assert_close(one, two)


@laws
@given(cohorts(), st.integers(1, 12))
def test_what_happens_after_the_horizon_does_not_matter(cohort, follow_up):
    horizon = cohort.course.begin + follow_up
    rows = cohort.rows.take(cohort.rows.start < horizon)
    late = rows.stop > horizon
    cut = build(rows, stop=np.minimum(rows.stop, horizon), target=np.where(late, -1, rows.target))
    if not (cut.stop > cohort.course.begin).any() and cohort.course.initial is None:
        return
    assert_close(answers(cohort.rows, cohort, horizon=horizon), answers(cut, cohort, horizon=horizon))


@laws
@given(cohorts())
def test_probabilities_and_times_add_up(cohort):
    course, rows = cohort.course, cohort.rows
    fast = aalen_johansen(rows, begin=course.begin, initial=course.initial)
    assert (fast.probability >= 0).all()
    np.testing.assert_allclose(fast.probability.sum(axis=1), 1, **CLOSE)
    np.testing.assert_allclose(influence(rows, fast, cohort.horizon).sum(axis=1), 0, **CLOSE)
    times, _ = time_in_state(rows, fast, [cohort.horizon], resolution=1.0)
    days = cohort.horizon // 2 - course.begin // 2
    np.testing.assert_allclose(times.sum(), days, **CLOSE)
    # The error of the sum of all states is that of a constant.
    everything = np.ones((rows.states, 1))
    _, error = time_in_state(rows, fast, [cohort.horizon], resolution=1.0, contrast=everything)
    np.testing.assert_allclose(error, 0, atol=1e-11)
    # Weighted residuals of the hazards cancel: the influence of all patients together is 0.
    np.testing.assert_allclose(influence(rows, fast, cohort.horizon).sum(axis=0), 0, **CLOSE)


@laws
@given(cohorts())
def test_an_error_does_not_depend_on_the_other_target_times(cohort):
    course, rows = cohort.course, cohort.rows
    fast = aalen_johansen(rows, begin=course.begin, initial=course.initial)
    ticks = np.arange(cohort.horizon, course.begin - 2, -1)
    together = standard_error(rows, fast, ticks)
    alone = np.array([standard_error(rows, fast, [tick])[0] for tick in ticks])
    np.testing.assert_allclose(together, alone, **CLOSE)
    horizons = ticks[ticks >= course.begin]
    _, errors = time_in_state(rows, fast, horizons, resolution=1.0)
    single = [time_in_state(rows, fast, [h], resolution=1.0)[1][0] for h in horizons]
    np.testing.assert_allclose(errors, np.array(single), **CLOSE)


@laws
@given(cohorts(same_weight=True))
def test_two_states_are_kaplan_meier(cohort):
    course = cohort.course
    event = course.target >= 0
    begin = int(course.start.min(initial=0)) - 1
    rows = Rows.build(
        np.arange(event.size),
        course.start,
        course.stop,
        np.zeros(event.size, int),
        np.where(event, 1, -1),
        course.weight,
        states=2,
        patients=event.size,
    )
    fast = aalen_johansen(rows, begin=begin, initial=[1, 0])
    curve = kaplan_meier(course.stop, event, start=course.start, weight=course.weight)
    ticks = np.arange(begin, cohort.horizon)
    np.testing.assert_allclose(probability_at(fast, ticks)[:, 0], survival_at(curve, ticks), **CLOSE)
    happened = curve.events > 0
    np.testing.assert_allclose(greenwood(fast)[:, 0, 0], curve.greenwood[happened], **CLOSE)
    np.testing.assert_allclose(
        cumulative_hazard(fast).sum(axis=1), curve.cumulative_hazard[happened], **CLOSE
    )


@laws
@given(st.lists(st.tuples(st.integers(1, 8), st.integers(0, 2)), min_size=1, max_size=15))
def test_without_weights_and_delayed_entry_the_jackknife_is_greenwood(patients):
    stop, cause = np.array(patients).T
    event = cause > 0
    rows = Rows.build(
        np.arange(stop.size),
        np.zeros_like(stop),
        stop,
        np.zeros_like(stop),
        np.where(event, 1, -1),
        states=2,
        patients=stop.size,
    )
    fast = aalen_johansen(rows)
    error = standard_error(rows, fast, fast.time)[:, 0]
    np.testing.assert_allclose(error**2, greenwood(fast)[:, 0, 0], **CLOSE)
    # The same for the area under the curve (whole days).
    whole = Rows.build(
        rows.patient, 2 * rows.start, 2 * rows.stop, rows.origin, rows.target, states=2, patients=stop.size
    )
    curve = kaplan_meier(2 * stop, event)
    area, greenwood_error = restricted_mean(curve, 14, resolution=1.0)
    times, errors = time_in_state(whole, aalen_johansen(whole), [14], resolution=1.0)
    np.testing.assert_allclose([area, greenwood_error], [times[0, 0], errors[0, 0]], **CLOSE)


@laws
@given(st.lists(st.tuples(st.integers(1, 8), st.integers(0, 3)), min_size=1, max_size=15))
def test_time_lost_to_the_causes_is_what_the_survival_time_lacks(patients):
    stop, cause = np.array(patients).T
    rows = Rows.build(
        np.arange(stop.size),
        np.zeros_like(stop),
        2 * stop,
        np.zeros_like(stop),
        np.where(cause > 0, cause, -1),
        states=4,
        patients=stop.size,
    )
    times, _ = time_in_state(rows, aalen_johansen(rows), [14], resolution=1.0)
    survival, _ = restricted_mean(kaplan_meier(2 * stop, cause > 0), 14, resolution=1.0)
    assert times[0, 1:].sum() == pytest.approx(7 - survival, abs=1e-12)
    curves = cumulative_incidence(2 * stop, cause, causes=3)
    steps = np.concatenate((curves.time[curves.time < 14] // 2, [7]))
    areas = curves.incidence[curves.time < 14] * np.diff(steps)[:, np.newaxis]
    np.testing.assert_allclose(times[0, 1:], areas.sum(axis=0), **CLOSE)


@laws
@given(cohorts(), st.integers(0, 8), st.integers(0, 1))
def test_a_landmark_is_the_estimate_among_those_who_are_there(cohort, later, state):
    tick = cohort.course.begin + later
    rows = cohort.rows
    there = {
        int(rows.patient[i])
        for i in range(rows.size)
        if rows.start[i] <= tick < rows.stop[i] and rows.origin[i] == state
    }
    kept = [i for i in range(rows.size) if int(rows.patient[i]) in there and rows.stop[i] > tick]
    by_hand = build(rows.take(np.array(kept, dtype=np.int64)))
    cut = landmark(rows, tick=tick, state=state)
    assert set(cut.patient.tolist()) == there
    if not there:
        return
    one, two = aalen_johansen(cut, begin=tick), aalen_johansen(by_hand, begin=tick)
    assert one.initial[state] == 1
    assert one.probability.tobytes() == two.probability.tobytes()
    ticks = [tick, cohort.horizon]
    np.testing.assert_allclose(standard_error(cut, one, ticks), standard_error(by_hand, two, ticks), **CLOSE)


@laws
@given(cohorts())
def test_a_cluster_of_its_own_for_each_patient_is_no_cluster(cohort):
    alone = np.arange(cohort.rows.patients)[::-1]
    assert_close(answers(cohort.rows, cohort), answers(cohort.rows, cohort, alone))


@laws
@given(cohorts())
def test_one_cluster_for_all_has_no_variance(cohort):
    fast = aalen_johansen(cohort.rows, begin=cohort.course.begin, initial=cohort.course.initial)
    everybody = np.zeros(cohort.rows.patients, dtype=int)
    error = standard_error(cohort.rows, fast, [cohort.horizon], cluster=everybody)
    np.testing.assert_allclose(error, 0, atol=1e-11)
