"""What is known by the end of a day, day by day; and who is compared as what on the day of an event."""

import numpy as np
import pytest
from example import cohort, event, mrd, transplant

from equipoise.base.errors import DataError, ProtocolError
from equipoise.cohort import splitting
from equipoise.cohort.cohort import Cohort
from equipoise.cohort.course import Course
from equipoise.cohort.following import follow
from equipoise.cohort.history import event_history
from equipoise.cohort.splitting import SplitRows, split
from equipoise.language.comparison import Operator
from equipoise.language.feature import AgeOfValue, Baseline, Count, DaysSince, Feature, First, Has, Last
from equipoise.language.predicate import AllOf, Compare, Not, Predicate

LUMPED = {
    "alive": ["ill", "remission", "transplanted", "relapse", "relapse_neg"],
    "dead": ["dead", "dead_relapsed"],
}


def steps(course: Course) -> list[tuple[int, float, object]]:
    """Rows of a course as (patient, day, value)."""
    values = [
        (None if value < 0 else course.levels[value])
        if course.levels
        else (None if np.isnan(value) else value)
        for value in course.value
    ]
    return list(zip(course.patient.tolist(), course.day.tolist(), values, strict=True))


def cut(one: Cohort, *asked: Feature | Predicate) -> SplitRows:
    """Time alive from day 0, cut by what is asked."""
    history = event_history(one, "course", time_zero=0.0).lump(LUMPED)
    courses = [follow(each, one, 0.0) for each in asked]
    return split(history.rows, courses, history.time_zero, history.clock)


def table(rows: SplitRows) -> list[tuple[int, int, int, object]]:
    """(start, stop, target, value of the first covariate) by row."""
    value = rows.values[0].tolist()
    return list(zip(rows.start.tolist(), rows.stop.tolist(), rows.target.tolist(), value, strict=True))


def test_a_record_is_known_from_its_day_on() -> None:
    one = cohort(2, interventions=[transplant(0, 5)])
    assert steps(follow(Has(has="transplant"), one, 0.0)) == [(0, 0, "no"), (0, 5, "yes"), (1, 0, "no")]


def test_what_was_recorded_before_time_zero_holds_from_there_on() -> None:
    one = cohort(2, interventions=[transplant(0, 5), transplant(1, 5)])
    found = follow(Has(has="transplant"), one, np.array([5.0, np.nan]))
    assert steps(found) == [(0, 5, "yes")]
    assert not found.varies


def test_a_value_that_was_not_collected_is_unknown_not_zero() -> None:
    one = cohort(1, measurements=[mrd(0, 4, 0.25), mrd(0, 6, None)])
    assert steps(follow(Last(last="mrd"), one, 0.0)) == [(0, 0, None), (0, 4, 0.25)]
    high = Compare(feature=Last(measurement="mrd"), op=Operator.GE, value=0.1)
    assert steps(follow(high, one, 0.0)) == [(0, 0, None), (0, 4, "yes")]


def test_a_value_grows_too_old() -> None:
    """Within 2 days of day 3 are days 3, 4 and 5."""
    one = cohort(1, measurements=[mrd(0, 3, 0.25)])
    assert steps(follow(Last(last="mrd", within=2), one, 0.0)) == [(0, 0, None), (0, 3, 0.25), (0, 6, None)]
    counted = follow(Count(count="mrd", within=2.5), one, 0.0)
    assert steps(counted) == [(0, 0, 0.0), (0, 3, 1.0), (0, 6, 0.0)]


def test_a_comparison_of_a_growing_number_changes_once() -> None:
    one = cohort(1, interventions=[transplant(0, 3)])
    early = Compare(feature=DaysSince(record="transplant"), op=Operator.LE, value=2)
    assert steps(follow(early, one, 0.0)) == [(0, 0, None), (0, 3, "yes"), (0, 6, "no")]
    early = Compare(feature=DaysSince(record="transplant"), op=Operator.LT, value=2)
    assert steps(follow(early, one, 0.0)) == [(0, 0, None), (0, 3, "yes"), (0, 5, "no")]


def test_unknown_and_false_is_false() -> None:
    one = cohort(1, measurements=[mrd(0, 4, 0.25)], interventions=[transplant(0, 2)])
    both = AllOf(
        all_of=(
            Compare(feature=Last(measurement="mrd"), op=Operator.GE, value=0.1),
            Has(has="transplant"),
        )
    )
    assert steps(follow(both, one, 0.0)) == [(0, 0, "no"), (0, 2, None), (0, 4, "yes")]
    assert steps(follow(Not(not_=both), one, 0.0)) == [(0, 0, "yes"), (0, 2, None), (0, 4, "no")]


def test_a_confirmation_is_known_on_its_own_day() -> None:
    one = cohort(1, measurements=[mrd(0, 3, 0.25), mrd(0, 7, 0.5)])
    found = follow(First(first="mrd", confirmed=10), one, 0.0)
    assert steps(found) == [(0, 0, None), (0, 7, 7.0)]


def test_a_column_is_unknown_before_the_day_it_is_known_from() -> None:
    one = cohort(
        2, patients=[{"patient": 0, "donor": "sibling", "score": 1.5}], interventions=[transplant(0, 4)]
    )
    donor = follow(Baseline(baseline="donor"), one, 0.0)
    assert steps(donor) == [(0, 0, None), (0, 4, "sibling"), (1, 0, None)]
    assert donor.levels == ("sibling", "unrelated")
    assert steps(follow(Baseline(baseline="score"), one, 0.0)) == [(0, 0, None), (0, 5, 1.5), (1, 0, None)]


def test_values_are_told_in_any_order() -> None:
    one = cohort(2, interventions=[transplant(1, 5)])
    found = follow(Has(has="transplant"), one, 0.0)
    asked = np.array([1, 0, 1, 1], dtype=np.int32), np.array([9.0, 9.0, -1.0, 4.0])
    assert found.at(*asked).tolist() == [1, 0, -1, 0]
    since = follow(DaysSince(days_since="transplant"), one, 0.0)
    assert since.at(*asked).tolist() == pytest.approx([4.0, np.nan, np.nan, np.nan], nan_ok=True)


def test_unknown_words_are_refused() -> None:
    with pytest.raises(ProtocolError, match="transplnt"):
        follow(Has(has="transplnt"), cohort(1), 0.0)


@pytest.mark.parametrize(
    ("death", "expected"),
    [
        # Death on the day of the treatment: compared as untreated. Two ticks a day; 2 is day 1.
        (5, [(0, 10, 1, 0)]),
        (6, [(0, 11, -1, 0), (11, 12, 1, 1)]),
    ],
)
def test_a_result_of_a_day_informs_from_the_next_day_on(death: int, expected: list[tuple]) -> None:
    one = cohort(1, interventions=[transplant(0, 5)], events=[event(0, death, "death")])
    assert table(cut(one, Has(has="transplant"))) == expected


def test_a_day_between_two_points_of_the_grid_informs_after_the_later_one() -> None:
    """A value of day 3.4 is not known by the end of day 3, so not before the events of day 5."""
    one = cohort(1, measurements=[mrd(0, 3.4, 0.25)], events=[event(0, 6, "death")])
    has = Has(has="mrd")
    assert table(cut(one, has)) == [(0, 9, -1, 0), (9, 12, 1, 1)]


def test_a_change_where_a_row_ends_cuts_nothing() -> None:
    one = cohort(
        1,
        observation=[{"patient": 0, "start": -1, "stop": 5}, {"patient": 0, "start": 8, "stop": 12}],
        interventions=[transplant(0, 5)],
    )
    assert table(cut(one, Has(has="transplant"))) == [(0, 11, -1, 0), (17, 25, -1, 1)]


def test_a_growing_number_is_that_of_the_day_before_each_event() -> None:
    one = cohort(2, interventions=[transplant(0, 2)], events=[event(0, 7, "death"), event(1, 5, "death")])
    rows = cut(one, DaysSince(days_since="transplant"))
    first = rows.take(rows.patient == 0)
    # At the event of day 5 the transplant of day 2 was 2 days ago by the end of day 4; at that of day 7, 4.
    values = dict(zip(first.stop.tolist(), first.values[0].tolist(), strict=True))
    assert values[10] == 2.0
    assert values[14] == 4.0
    assert np.isnan(values[5])
    assert first.target.tolist()[-1] == 1


def test_a_growing_number_that_needs_too_many_rows_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(splitting, "MOST_ROWS", 3)
    one = cohort(2, measurements=[mrd(0, 2, 0.5)], events=[event(0, 7, "death"), event(1, 5, "death")])
    with pytest.raises(DataError, match=r"E201 .*: 4 rows would be needed"):
        cut(one, AgeOfValue(age_of_value="mrd"))


def test_nobody_enrolled_has_no_course() -> None:
    one = cohort(2)
    found = follow(Has(has="transplant"), one, np.nan)
    assert found.patient.size == 0
    history = event_history(one, "course", time_zero=np.nan)
    assert split(history.rows, [found], history.time_zero, history.clock).size == 0


def test_nothing_about_a_patient_is_printed() -> None:
    one = cohort(1, interventions=[transplant(0, 5)])
    assert repr(follow(Has(has="transplant"), one, 0.0)) == "Course(2 rows, 2 levels)"
    assert repr(cut(one, Has(has="transplant"))) == "SplitRows(2 rows, 1 covariates)"
