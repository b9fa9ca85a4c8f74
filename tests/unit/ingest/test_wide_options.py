"""What a mapping may say beyond the plain case; each number by hand."""

from pathlib import Path

import pytest
from wards import MAPPING, VOCABULARY, WIDE, write_wide

from equipoise.base.errors import DataError
from equipoise.base.findings import Finding
from equipoise.cohort.cohort import Cohort
from equipoise.ingest import SourceError, read_with_findings


def _read(tmp_path: Path, sheet: str, mapping: str) -> tuple[Cohort, dict[str, Finding]]:
    tmp_path.mkdir(exist_ok=True)
    (tmp_path / "vocabulary.yaml").write_text(VOCABULARY, encoding="utf-8")
    (tmp_path / "mapping.yaml").write_text(
        "title: T\nvocabulary: vocabulary.yaml\n" + mapping, encoding="utf-8"
    )
    (tmp_path / "sheet.csv").write_text(sheet, encoding="utf-8")
    cohort, findings = read_with_findings(tmp_path / "sheet.csv", mapping=tmp_path / "mapping.yaml")
    return cohort, {one.code: one for one in findings}


def test_months_are_rounded_as_declared_and_told(tmp_path: Path) -> None:
    # A month is 30.4375 days: 2 months 60.875, 24 months 730.5 days.
    sheet = "fu,dead\n24,1\n2,0\n"
    mapping = (
        "id: null\ntimes: {unit: months, rounding: ROUND}\nobservation: {stop: fu}\n"
        "events: [{name: death, day: fu, when: {column: dead, is: [1], is_not: [0]}}]\n"
    )
    nearest, told = _read(tmp_path / "a", sheet, mapping.replace("ROUND", "nearest"))
    assert nearest.observation["stop"].to_list() == [730.0, 61.0]  # halves go to the even day, as in IEEE 754
    assert "at most 0.5 day(s)" in told["D260"].message
    up, _ = _read(tmp_path / "b", sheet, mapping.replace("ROUND", "up"))
    assert up.observation["stop"].to_list() == [731.0, 61.0]
    assert up.events["day"].to_list() == [731.0]


def test_weeks_and_years_of_single_columns(tmp_path: Path) -> None:
    mapping = "id: id\nobservation: {stop: {column: fu, unit: weeks}}\nevents: [{name: fall, day: fell}]\n"
    cohort, _ = _read(tmp_path, "id,fu,fell\n1,10,3\n2,4.5,\n", mapping)
    assert cohort.observation["stop"].to_list() == [70.0, 31.5]
    assert cohort.events.select("patient", "day").rows() == [(0, 3.0)]


def test_the_latest_of_several_ends(tmp_path: Path) -> None:
    mapping = "id: id\nobservation: {stop: [contact, died]}\nevents: [{name: death, day: died}]\n"
    cohort, _ = _read(tmp_path, "id,contact,died\n1,10,\n2,,20\n3,30,25\n", mapping)
    assert cohort.observation["stop"].to_list() == [10.0, 20.0, 30.0]
    assert cohort.events.select("patient", "day").rows() == [(1, 20.0), (2, 25.0)]


def test_an_indicator_decides_and_not_the_time(tmp_path: Path) -> None:
    mapping = (
        "id: id\nobservation: {stop: fu}\n"
        "events: [{name: fall, day: t, when: {column: s, is: [1], is_not: [0, '']}}]\n"
    )
    cohort, _ = _read(tmp_path, "id,fu,t,s\n1,50,50,0\n2,60,8,1\n3,70,,\n", mapping)
    assert cohort.events.select("patient", "day").rows() == [(1, 8.0)]


def test_undated_records_are_refused_or_dropped_and_told(tmp_path: Path) -> None:
    sheet = "id,fu,t,s\n1,50,,1\n2,60,8,1\n"
    mapping = (
        "id: id\nobservation: {stop: fu}\n"
        "events: [{name: fall, day: t, undated: WHAT, when: {column: s, is: [1], is_not: [0]}}]\n"
    )
    with pytest.raises(SourceError) as caught:
        _read(tmp_path / "a", sheet, mapping.replace("WHAT", "refuse"))
    assert caught.value.code == "D256"
    cohort, told = _read(tmp_path / "b", sheet, mapping.replace("WHAT", "drop"))
    assert cohort.events["patient"].to_list() == [1]
    assert (told["D258"].rows, told["D258"].severity) == ((2,), "warning")


def test_patients_without_an_origin_are_left_out_when_the_mapping_says_so(tmp_path: Path) -> None:
    sheet = WIDE.replace("05.03.2020;70", ";70")
    mapping = MAPPING.replace("{column: Aufnahme}", "{column: Aufnahme, undated: drop}")
    path, where = write_wide(tmp_path, sheet=sheet, mapping=mapping)
    cohort, findings = read_with_findings(path, mapping=where)
    assert cohort.n == 2
    assert cohort.patients["row"].to_list() == [2, 4]
    assert cohort.events["row"].to_list() == [2, 4]
    assert next(one for one in findings if one.code == "D259").rows == (3,)


def test_the_first_day_may_count_as_day_one(tmp_path: Path) -> None:
    mapping = MAPPING.replace("{column: Aufnahme}", "{column: Aufnahme, day: 1}")
    path, where = write_wide(tmp_path, mapping=mapping)
    cohort, _ = read_with_findings(path, mapping=where)
    assert cohort.observation.select("start", "stop").rows() == [(0.0, 301.0), (0.0, 42.0), (0.0, 121.0)]
    assert cohort.events["day"].to_list() == [101.0, 42.0, 61.0]


def test_age_from_the_date_of_birth(tmp_path: Path) -> None:
    mapping = (
        "id: id\norigin: {column: seen}\ntimes: {formats: [YYYY-MM-DD]}\nobservation: {stop: last}\n"
        "patients: {age: {years_before_origin: born}}\n"
    )
    cohort, _ = _read(tmp_path, "id,seen,last,born\n1,2020-01-01,2020-02-01,1980-01-01\n", mapping)
    assert cohort.patients["age"].to_list() == [14610 / 365.25]  # 40 years with ten leap days
    assert cohort.observation["stop"].to_list() == [31.0]


def test_events_after_the_end_are_kept_for_the_audit_or_left_out_and_told(tmp_path: Path) -> None:
    sheet = "id,fu,t\n1,50,51\n2,60,60\n"
    mapping = "id: id\nobservation: {stop: fu}\nevents: [{name: fall, day: t, after_end: WHAT}]\n"
    kept, told = _read(tmp_path / "a", sheet, mapping.replace("WHAT", "keep"))
    assert kept.events["day"].to_list() == [51.0, 60.0]
    assert "D264" not in told
    dropped, told = _read(tmp_path / "b", sheet, mapping.replace("WHAT", "drop"))
    assert dropped.events["day"].to_list() == [60.0]
    assert told["D264"].rows == (2,)


def test_factors_convert_units(tmp_path: Path) -> None:
    mapping = (
        "id: id\nobservation: {stop: fu}\n"
        "measurements: [{name: marker, value: {column: m, factor: 1000}, on_day: 5, unit: ng}]\n"
    )
    cohort, _ = _read(tmp_path, "id,fu,m\n1,50,0.002\n2,60,<0.001\n3,9,\n", mapping)
    assert cohort.measurements.select("patient", "day", "value", "bound").rows() == [
        (0, 5.0, 2.0, "="),
        (1, 5.0, 1.0, "<"),
    ]


def test_missing_codes_are_told_with_their_number(tmp_path: Path) -> None:
    mapping = (
        "id: id\nmissing: [99, -9]\nobservation: {stop: fu}\n"
        "patients: {age: age, visits: {column: v, missing: []}}\n"
    )
    cohort, told = _read(tmp_path, "id,fu,age,v\n99,50,99,99\n2,60,-9,1\n3,9,41,2\n", mapping)
    # In the order of the identifiers 2, 3, 99.
    assert cohort.patients["age"].to_list() == [None, 41.0, None]
    assert cohort.patients["visits"].to_list() == [1, 2, 99]
    assert told["D121"].rows == (2, 3)


def test_columns_that_nobody_reads_are_told(tmp_path: Path) -> None:
    sheet = "id,fu,surprise,known\n1,50,x,y\n"
    mapping = "id: id\nobservation: {stop: fu}\nignored: [known]\n"
    _, told = _read(tmp_path, sheet, mapping)
    assert "surprise" in told["D120"].message
    assert "known" not in told["D120"].message


def test_two_rows_of_one_patient_are_refused(tmp_path: Path) -> None:
    """The start-stop form of a patient is not a wide sheet."""
    with pytest.raises(DataError) as caught:
        _read(tmp_path, "id,stop\n1,5\n1,9\n", "id: id\nobservation: {stop: stop}\n")
    assert caught.value.code == "D127"
