"""Courses equal the evaluation of every single day, and rows cut by them the definition, on every cohort."""

import numpy as np
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st
from random_cohorts import LAST_DAY, VOCABULARY, build, cohorts, days_for, record_tables
from test_twins import features, predicates

from equipoise.cohort.course import Course
from equipoise.cohort.evaluate import evaluate
from equipoise.cohort.following import follow
from equipoise.cohort.history import event_history
from equipoise.cohort.reference_splitting import Piece, pieces
from equipoise.cohort.splitting import SplitRows, split
from equipoise.language.comparison import Comparison, Operator
from equipoise.language.feature import AgeOfValue, Count, DaysSince, Has, Last
from equipoise.language.predicate import Compare

anything = (
    features
    | predicates
    | st.builds(
        lambda feature, op, limit: Compare(feature=feature, op=op, value=limit),
        st.builds(AgeOfValue, age_of_value=st.sampled_from(["mrd", "bcells"]))
        | st.builds(DaysSince, days_since=st.sampled_from(["relapse", "transplant"]))
        | st.builds(Count, count=st.sampled_from(["relapse", "mrd"]), within=st.none() | st.just(2.5)),
        st.sampled_from([one for one in Operator if one is not Operator.IN]),
        st.sampled_from([0.0, 1.0, 2.0, 2.5, 4.0]),
    )
    | st.just(Compare(feature=DaysSince(record="relapse"), op=Operator.IN, value=(1.0, 3.0)))
    | st.just(Compare(feature=Last(measurement="bcells", within=2.5), op=Operator.NE, value="lost"))
    | st.just(Has(has="mrd", where={"value": Comparison(op=Operator.GE, value=0.25)}, within=2.0))
)


def told(course: Course, patient: int, day: float) -> object:
    """Value as `evaluate` tells it: text, number, truth or None."""
    value = course.at(np.array([patient], dtype=np.int32), np.array([day]))[0]
    if not course.levels:
        return None if np.isnan(value) else float(value)
    if value < 0:
        return None
    return bool(value) if course.levels == ("no", "yes") else course.levels[value]


@given(st.data())
@settings(max_examples=100, deadline=None)
def test_course_equals_evaluation_on_every_day(data: st.DataObject) -> None:
    cohort = data.draw(cohorts())
    zero = data.draw(days_for(cohort))
    asked = data.draw(anything)
    course = follow(asked, cohort, zero)
    for later in range(LAST_DAY + 16):
        day = zero + later
        expected = evaluate(asked, cohort, day).to_list()
        assert [told(course, patient, one) for patient, one in enumerate(day)] == expected


windows = st.sampled_from(
    [
        Last(last="mrd", within=0.3),
        Count(count="mrd", within=0.7),
        Has(has="relapse", within=0.2),
        Compare(feature=DaysSince(record="relapse"), op=Operator.LE, value=0.3),
        Compare(feature=DaysSince(record="relapse"), op=Operator.EQ, value=0.3),
    ]
)


@given(st.data())
@settings(max_examples=40, deadline=None)
def test_windows_end_on_the_right_day_of_finer_grids(data: st.DataObject) -> None:
    """Tenths of a day are no exact numbers: a window may end a rounding error early, for both alike."""
    resolution = data.draw(st.sampled_from([0.5, 0.1]))
    days = ("day", "start", "stop")
    tables = {
        name: frame.with_columns(pl.col(column) * resolution for column in days if column in frame.columns)
        for name, frame in data.draw(record_tables(2)).items()
    }
    cohort = build(tables, VOCABULARY.model_copy(update={"resolution": resolution}))
    asked = data.draw(windows)
    course = follow(asked, cohort, 0.0)
    for step in range(LAST_DAY + 8):
        day = np.full(cohort.n, step * resolution)
        expected = evaluate(asked, cohort, day).to_list()
        assert [told(course, patient, one) for patient, one in enumerate(day)] == expected


def told_on_rows(rows: SplitRows, courses: list[Course]) -> list[Piece]:
    """Rows tick by tick, with their values as the twin tells them; a growing number only where rows end."""
    found: list[Piece] = []
    for row in range(rows.size):
        values: list[object] = []
        for course, column in zip(courses, rows.values, strict=True):
            value = column[row]
            if not course.levels:
                values.append(None if np.isnan(value) else float(value))
            elif value < 0:
                values.append(None)
            else:
                values.append(bool(value) if course.levels == ("no", "yes") else course.levels[value])
        for tick in range(int(rows.start[row]) + 1, int(rows.stop[row]) + 1):
            found.append(
                Piece(
                    int(rows.patient[row]),
                    tick,
                    int(rows.origin[row]),
                    int(rows.target[row]) if tick == rows.stop[row] else -1,
                    float(rows.weight[row]),
                    tuple(values),
                )
            )
    return found


@given(st.data())
@settings(max_examples=100, deadline=None)
def test_rows_equal_their_twin(data: st.DataObject) -> None:
    cohort = data.draw(cohorts())
    zero = data.draw(days_for(cohort))
    asked = data.draw(st.lists(anything, min_size=0, max_size=3))
    history = event_history(cohort, "course", time_zero=zero)
    courses = [follow(one, cohort, zero) for one in asked]
    fast = told_on_rows(split(history.rows, courses, zero, history.clock), courses)
    slow = list(pieces(history.rows, asked, cohort, zero.tolist(), history.clock))
    if any(course.grows for course in courses):
        # A number that grows is exact at the events, where it is compared; in between it needs no row.
        times = set(history.rows.stop[history.rows.target >= 0].tolist())
        fast = [one for one in fast if one.tick in times]
        slow = [one for one in slow if one.tick in times]
    assert fast == slow


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_no_day_sees_the_next(data: st.DataObject) -> None:
    """Without anything after day s, courses and rows at risk up to day s are the same.

    So two extracts that agree up to day s, whatever they say about later, have the same ones.
    """
    cohort = data.draw(cohorts())
    zero = data.draw(days_for(cohort))
    last = float(data.draw(st.integers(0, LAST_DAY)))
    asked = data.draw(anything)
    known = cohort.as_of(last)
    whole, part = follow(asked, cohort, zero), follow(asked, known, zero)
    for day in np.arange(last + 1):
        assert [told(whole, patient, day) for patient in range(cohort.n)] == [
            told(part, patient, day) for patient in range(cohort.n)
        ]
    if whole.grows:
        return
    rows = []
    for one, course in ((cohort, whole), (known, part)):
        history = event_history(one, "course", time_zero=zero)
        cut = split(history.rows, [course], zero, history.clock)
        rows.append(
            [each for each in told_on_rows(cut, [course]) if each.tick <= 2 * (last - zero[each.patient]) + 1]
        )
    assert rows[0] == rows[1]


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_order_of_the_source_does_not_matter_bitwise(data: st.DataObject) -> None:
    tables = data.draw(record_tables(3))
    seed = data.draw(st.integers(0, 1000))
    asked = data.draw(anything)
    shuffled = {
        name: frame.sample(fraction=1.0, shuffle=True, seed=seed) if frame.height else frame
        for name, frame in tables.items()
    }
    one, other = (follow(asked, build(each), 0.0) for each in (tables, shuffled))
    assert one.levels == other.levels
    for name in ("patient", "day", "value"):
        assert getattr(one, name).tobytes() == getattr(other, name).tobytes()


def test_courses_are_compared_on_something() -> None:
    """The strategies must not be so tame that every course is one row, or unknown."""
    seen = {"rows": 0, "changes": 0, "unknown": 0, "cuts": 0}

    @given(cohorts(), anything)
    @settings(max_examples=150, deadline=None, database=None)
    def collect(cohort, asked) -> None:
        course = follow(asked, cohort, 0.0)
        history = event_history(cohort, "course", time_zero=0.0)
        rows = split(history.rows, [course], history.time_zero, history.clock)
        seen["rows"] += course.patient.size
        seen["changes"] += course.patient.size - np.unique(course.patient).size
        seen["unknown"] += int(course.unknown.sum())
        seen["cuts"] += rows.size - history.rows.size

    collect()
    assert seen["rows"] > seen["changes"] > 20
    assert seen["rows"] > seen["unknown"] > 20
    assert seen["cuts"] > 20
