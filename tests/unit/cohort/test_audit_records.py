"""Findings about times, order, values, completeness: what triggers each, and the near-miss that does not."""

import pytest
from example import WORDS, cohort, event, found, mrd, only, period, transplant

from equipoise.base.codes import CODES
from equipoise.base.findings import Severity
from equipoise.cohort.audit import audit


def test_an_innocent_cohort_has_no_findings_but_notes() -> None:
    innocent = cohort(
        2,
        patients=[{"patient": i, "age": 40 + i, "arm": "ab"[i], "score": 1.0} for i in range(2)],
        measurements=[mrd(0, 5, 0.5), {"patient": 1, "day": 3, "name": "bcells", "state": "present"}],
        interventions=[transplant(0, 20, conditioning="full")],
        events=[
            event(0, 1, "remission"),
            event(1, 2, "remission"),
            event(1, 30, "relapse", cd19="neg"),
            event(1, 100, "death"),
        ],
    )
    assert [one.code for one in audit(innocent) if one.severity is not Severity.NOTE] == ["D404"]  # the donor


# Code; the fault; the same with the least change that mends it; rows that are named.
RECORDS = {
    "D202": (
        {"observation": [period(0, 0, 100), period(1, 50, 20)]},
        {"observation": [period(0, 0, 100), period(1, 20, 50)]},
        (2,),
    ),
    "D203": (
        {"events": [event(0, 5, "remission"), event(0, 7.5, "relapse")]},
        {"events": [event(0, 5, "remission"), event(0, 7, "relapse")]},
        (2,),
    ),
    "D204": (
        {"observation": [period(0, 0, 50), period(0, 49, 100), period(1, 0, 9)]},
        {"observation": [period(0, 0, 50), period(0, 50, 100), period(1, 0, 9)]},
        (2,),
    ),
    "D205": (
        {"observation": [period(0, 0, 50), period(0, 51, 100), period(1, 0, 9)]},
        {"observation": [period(0, 0, 50), period(0, 50, 100), period(1, 51, 99)]},
        (2,),
    ),
    "D206": (
        {"events": [event(0, 5, "death"), event(0, 6, "relapse")]},
        {"events": [event(0, 5, "death"), event(0, 5, "relapse"), event(1, 6, "relapse")]},
        (2,),
    ),
    "D207": (
        {"events": [event(0, 99, "death")]},
        {"events": [event(0, 100, "death")]},
        (1,),
    ),
    "D208": (
        {"events": [event(0, 5, "relapse"), event(0, 6, "remission")]},
        {"events": [event(0, 5, "remission"), event(0, 6, "relapse")]},
        (1,),
    ),
    "D211": (
        {"measurements": [mrd(0, 5, 0.5), mrd(0, 5, 0.5), mrd(1, 5, 0.5)]},
        {"measurements": [mrd(0, 5, 0.5), mrd(0, 6, 0.5), mrd(1, 5, 0.5)]},
        (2,),
    ),
    "D212": (
        {"events": [event(0, -1, "remission")]},
        {"events": [event(0, 0, "remission")]},
        (1,),
    ),
    "D213": (
        {"events": [event(0, -1, "death"), event(1, -1, "remission")]},
        {"events": [event(0, 0, "death"), event(1, -1, "remission")]},
        (1,),
    ),
    "D214": (
        {"measurements": [mrd(0, 101, 0.5)]},
        {"measurements": [mrd(0, 100, 0.5), mrd(0, 0, 0.5), mrd(1, -3, 0.5)]},
        (1,),
    ),
    "D218": (
        {"interventions": [transplant(0, 20, stop=19), transplant(1, 20, decided=21)]},
        {"interventions": [transplant(0, 20, stop=20), transplant(1, 20, decided=20, completed=25)]},
        (1, 2),
    ),
    "D301": (
        {"events": [event(0, 5, "remision")]},
        {"events": [event(0, 5, "remission")]},
        (1,),
    ),
    "D302": (
        {"events": [event(0, 4, "remission"), event(0, 5, "relapse", cd19="negative")]},
        {"events": [event(0, 4, "remission"), event(0, 5, "relapse", cd19="neg")]},
        (2,),
    ),
    "D303": (
        {"measurements": [mrd(0, 5, 0.5, unit="percent")]},
        {"measurements": [mrd(0, 5, 0.5, unit=""), mrd(0, 6, 0.5)]},
        (1,),
    ),
    "D304": (
        {"measurements": [mrd(0, 5, 1.01), mrd(1, 5, 0.2)]},
        {"measurements": [mrd(0, 5, 1.0), mrd(1, 5, 0.0)]},
        (1,),
    ),
    "D305": (
        {"measurements": [mrd(0, 5, 5e-7)]},
        {"measurements": [mrd(0, 5, 1e-6), mrd(1, 5, 5e-7, bound="<")]},
        (1,),
    ),
    "D307": (
        {"measurements": [mrd(0, 5, 0.5), mrd(0, 5, 0.25)]},
        {"measurements": [mrd(0, 5, 0.5, specimen="blood"), mrd(0, 5, 0.25, specimen="marrow")]},
        (1, 2),
    ),
    "D308": (
        {"measurements": [mrd(0, 5, None, state="present")]},
        {"measurements": [{"patient": 0, "day": 5, "name": "bcells", "state": "present"}]},
        (1,),
    ),
    "D309": (
        {"measurements": [mrd(0, 5, float("inf"))]},
        {"measurements": [mrd(0, 5, None)]},
        (1,),
    ),
    "D403": (
        {"observation": [period(0, 0, 5)]},
        {"observation": [period(0, 0, 5), period(1, 0, 1)]},
        (2,),
    ),
    "D406": (
        {"measurements": [mrd(0, 5, None)]},
        {"measurements": [mrd(0, 5, 0.0)]},
        (1,),
    ),
    "D408": (
        {"events": [event(0, 4, "remission"), event(0, 5, "relapse")]},
        {"events": [event(0, 4, "remission"), event(0, 5, "relapse", cd19="pos")]},
        (2,),
    ),
}


@pytest.mark.parametrize("code", RECORDS)
def test_fault_and_near_miss(code: str) -> None:
    fault, near_miss, rows = RECORDS[code]
    assert only(cohort(2, **fault), code).rows == rows
    assert found(cohort(2, **near_miss), code) == []


def test_off_grid_days_may_lie_on_a_finer_grid() -> None:
    half = WORDS.model_copy(update={"resolution": 0.5})
    records = [event(0, 5, "remission"), event(0, 7.5, "relapse")]
    assert found(cohort(1, half, events=records), "D203") == []


def test_teleport_needs_two_words_of_one_rank_and_one_day() -> None:
    """Here relapse and severe GVHD share a rank; only words that move patients count."""
    arrows = WORDS.structures["course"].arrows
    moving = arrows[3].model_copy(update={"on": "gvhd", "from_": "transplanted", "to": "relapse"})
    structure = WORDS.structures["course"].model_copy(update={"arrows": (*arrows, moving)})
    words = WORDS.model_copy(update={"structures": {"course": structure}})
    both = [
        event(0, 5, "relapse", cd19="pos"),
        event(0, 5, "gvhd"),
        event(1, 5, "gvhd"),
        event(1, 6, "relapse"),
    ]
    assert only(cohort(2, words, events=both), "D209").rows == (1, 2)
    assert found(cohort(2, WORDS, events=both), "D209") == [], "gvhd moves nobody in the plain vocabulary"
    ordered = words.model_copy(
        update={"same_day_order": (*words.same_day_order[:3], "gvhd", *words.same_day_order[3:])}
    )
    assert found(cohort(2, ordered, events=both), "D209") == []


def test_missing_values_are_told_by_share() -> None:
    aged = [{"patient": i, "age": 30} for i in range(10)]
    assert "2 patients of 10 (20%)" in only_about(cohort(10, patients=aged[:8]), "D404", "Age").message
    assert "1 patient of 10 (10%)" in only_about(cohort(10, patients=aged[:9]), "D405", "Age").message
    assert not [one for one in found(cohort(10, patients=aged), "D405") if one.message.startswith("Age")]


def test_a_donor_is_missing_only_where_there_was_a_transplant() -> None:
    patients = [{"patient": 0, "donor": "sibling"}]
    treated = [transplant(0, 5)]
    assert not [
        m for m in found(cohort(9, patients=patients, interventions=treated), "D404") if "Donor" in m.message
    ]
    more = [*treated, transplant(1, 5)]
    assert (
        "1 patient of 2 (50%)"
        in only_about(cohort(9, patients=patients, interventions=more), "D404", "Donor").message
    )


def test_words_without_a_record_are_told() -> None:
    silent = {one.message for one in found(cohort(1, events=[event(0, 4, "gvhd")]), "D407")}
    assert "no record of remission, relapse, death" in silent  # and not of the event that there is
    assert "no record of transplant, maintenance" in silent


def test_columns_without_any_value_are_told_in_one_finding() -> None:
    told = found(cohort(3), "D404")
    assert len(told) == 1
    assert told[0].message.startswith("no value in any patient of ")
    assert told[0].patients == 3


def test_every_code_of_the_cohort_is_in_the_registry_with_why_and_do() -> None:
    for code in RECORDS:
        assert CODES[code].why
        assert CODES[code].do


def test_messages_never_hold_a_patient() -> None:
    """Row numbers and counts only: the patients of the fault are numbers 0 and 1, the rows 1 and 2."""
    for fault, _, _ in RECORDS.values():
        for one in audit(cohort(2, **fault)):
            assert "patient 0" not in one.message
            assert 0 not in one.rows


def only_about(one, code: str, label: str):
    findings = [finding for finding in found(one, code) if finding.message.startswith(label)]
    assert len(findings) == 1
    return findings[0]
