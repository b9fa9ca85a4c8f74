"""Numbers of the table of patients outside their plausible range are told with their rows."""

import pytest
from example import WORDS, cohort, found, only

from equipoise.language.vocabulary import Vocabulary
from equipoise.language.word import PatientColumn


@pytest.fixture
def words() -> Vocabulary:
    age = PatientColumn(type="integer", label="Age", unit="years", range=(0, 120))
    return WORDS.model_copy(update={"patients": {**WORDS.patients, "age": age}})


def test_an_impossible_age_is_told(words: Vocabulary) -> None:
    rows = [{"patient": 0, "age": -5}, {"patient": 1, "age": 0}, {"patient": 2, "age": 121}]
    told = only(cohort(3, words, patients=rows), "D304")
    assert told.rows == (1, 3)
    assert "Age lies outside 0 to 120" in told.message


def test_the_ends_of_the_range_and_missing_values_are_not(words: Vocabulary) -> None:
    rows = [{"patient": 0, "age": 0}, {"patient": 1, "age": 120}, {"patient": 2}]
    assert found(cohort(3, words, patients=rows), "D304") == []
