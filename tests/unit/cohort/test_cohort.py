"""The door of the cohort, what it knows by a day, and its digest."""

import numpy as np
import polars as pl
import pytest
from example import WORDS, cohort, event, mrd, period, transplant

from equipoise.base.errors import DataError
from equipoise.cohort.cohort import Cohort

NOBODY = pl.DataFrame({"patient": []}, schema={"patient": pl.Int32})
ONE = pl.DataFrame({"patient": [0]})
OBSERVED = pl.DataFrame({"patient": [0], "start": [0.0], "stop": [9.0]})


def test_nobody_is_refused() -> None:
    with pytest.raises(DataError) as caught:
        Cohort.build(WORDS, patients=NOBODY, observation=OBSERVED.clear())
    assert caught.value.code == "D401"
    assert caught.value.exit_code == 3


def test_a_record_of_nobody_is_refused_with_its_row() -> None:
    with pytest.raises(DataError) as caught:
        cohort(2, events=[event(0, 3, "remission"), event(2, 3, "remission")])
    assert caught.value.code == "D402"
    assert "row 2" in caught.value.where


@pytest.mark.parametrize("day", [None, float("nan"), float("inf")])
def test_a_record_without_a_day_is_refused_with_its_row(day: float | None) -> None:
    with pytest.raises(DataError) as caught:
        cohort(1, events=[event(0, 3, "remission"), event(0, day, "relapse")])
    assert caught.value.code == "D201"
    assert caught.value.where == "table events, column day, row 2"


def test_an_open_intervention_has_no_stop_and_that_is_fine() -> None:
    one = cohort(1, interventions=[transplant(0, 3, stop=None)])
    assert one.interventions["stop"].to_list() == [None]


def test_an_infinite_stop_is_refused() -> None:
    with pytest.raises(DataError) as caught:
        cohort(1, interventions=[transplant(0, 3, stop=float("inf"))])
    assert caught.value.where == "table interventions, column stop, row 1"


@pytest.mark.parametrize("numbers", [[0, 2], [0, 0], [1, 2]])
def test_patients_are_numbered_from_0_without_holes(numbers: list[int]) -> None:
    with pytest.raises(ValueError, match="numbered 0 to n - 1"):
        Cohort.build(WORDS, patients=pl.DataFrame({"patient": numbers}), observation=OBSERVED)


def test_an_undeclared_column_is_a_readers_mistake() -> None:
    with pytest.raises(ValueError, match="nickname"):
        Cohort.build(WORDS, patients=ONE.with_columns(nickname=pl.lit("x")), observation=OBSERVED)


def test_records_are_sorted_by_the_order_of_the_day_and_keep_their_rows() -> None:
    one = cohort(1, events=[event(0, 5, "death"), event(0, 5, "relapse"), event(0, 5, "remission")])
    assert one.events["name"].to_list() == ["remission", "relapse", "death"]
    assert one.events["row"].to_list() == [3, 2, 1]


def test_a_measurement_without_a_bound_is_exact() -> None:
    assert cohort(1, measurements=[mrd(0, 1, 0.5)]).measurements["bound"].to_list() == ["="]


def test_as_of_takes_one_day_a_patient_and_knows_nothing_without_one() -> None:
    one = cohort(
        3,
        patients=[{"patient": i, "age": 50 + i} for i in range(3)],
        events=[event(i, 5, "remission") for i in range(3)],
    )
    known = one.as_of(np.array([5.0, 4.0, np.nan]))
    assert known.events["patient"].to_list() == [0]
    assert known.observation["patient"].to_list() == [0, 1]
    assert known.observation["stop"].to_list() == [5.0, 4.0]
    assert known.patients["age"].to_list() == [50, 51, None]


def test_as_of_needs_as_many_days_as_patients() -> None:
    with pytest.raises(ValueError, match="3 patients"):
        cohort(3).as_of(np.zeros(2))


def test_first_day_is_strictly_after() -> None:
    one = cohort(2, interventions=[transplant(0, 3), transplant(0, 7), transplant(1, 2)])
    assert one.first_day("transplant").tolist() == [3.0, 2.0]
    later = one.first_day("transplant", after=3.0)
    assert later[0] == 7.0
    assert np.isnan(later[1])
    assert np.isnan(one.first_day("transplant", after=np.array([np.nan, 0.0]))[0])


def test_an_unknown_word_has_no_records() -> None:
    with pytest.raises(ValueError, match="relaps"):
        cohort(1).records("relaps")


def test_the_digest_sees_values_and_missing_values_but_not_rows() -> None:
    plain = cohort(2, events=[event(0, 3, "remission")])
    assert plain.digest() == cohort(2, events=[event(0, 3, "remission", row=17)]).digest()
    assert plain.digest() != cohort(2, events=[event(1, 3, "remission")]).digest()
    assert plain.digest() != cohort(2, events=[event(0, 3, "relapse")]).digest()
    zero, missing = (cohort(1, measurements=[mrd(0, 3, value)]).digest() for value in (0.0, None))
    assert zero != missing
    assert zero == cohort(1, measurements=[mrd(0, 3, -0.0)]).digest()


def test_a_printed_cohort_shows_sizes_only() -> None:
    assert repr(cohort(2, observation=[period(0, 0, 77)])) == (
        "Cohort(specification: 2 patients, 1 observation, 0 measurements, 0 interventions, 0 events)"
    )
