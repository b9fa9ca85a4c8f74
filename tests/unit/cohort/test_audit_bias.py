"""Each bias smell: a cohort that smells, and a near-miss that does not."""

import pytest
from example import cohort, event, found, mrd, only, period, transplant

from equipoise.base.errors import DataError
from equipoise.cohort.history import event_history


def test_cohort_starts_at_an_intervention() -> None:
    """19 of 20 are enough: one exception does not hide the pattern; 18 are not."""
    everybody = [transplant(i, 0) for i in range(20)]
    assert "19 of 20 patients" in only(cohort(20, interventions=everybody[:19]), "D501").message
    assert found(cohort(20, interventions=everybody[:18]), "D501") == []
    later = [transplant(i, 1) for i in range(20)]
    assert found(cohort(20, interventions=later), "D501") == []
    entered = [period(i, 1, 100) for i in range(20)]
    assert len(found(cohort(20, interventions=later, observation=entered), "D501")) == 1


def test_nobody_without_the_intervention() -> None:
    everybody = [transplant(i, 10 + i) for i in range(4)]
    assert only(cohort(4, interventions=everybody), "D502").patients == 4
    assert found(cohort(5, interventions=everybody), "D502") == []


def test_a_baseline_column_that_knows_the_future() -> None:
    """Arm `a` are exactly those who relapse later: C(12,12)/C(24,12) = 4e-7 by chance."""
    patients = [{"patient": i, "arm": "ab"[i % 2]} for i in range(24)]
    relapses = [event(i, 30, "relapse") for i in range(0, 24, 2)]
    message = only(cohort(24, patients=patients, events=relapses), "D503").message
    assert message.startswith("Arm ('a' and 'b') tells without exception who has a later relapse (12 of 24")
    exceptions = [*relapses[1:], event(1, 30, "relapse")]
    assert found(cohort(24, patients=patients, events=exceptions), "D503") == []
    before = [event(i, 0, "relapse") for i in range(0, 24, 2)]
    assert found(cohort(24, patients=patients, events=before), "D503") == [], "not a later record"
    few = [one for one in relapses if one["patient"] < 20]
    assert found(cohort(20, patients=patients[:20], events=few), "D503") == [], "C(20,10) is too few to tell"


def test_a_value_that_only_the_treated_have() -> None:
    """Age is missing in everybody without a transplant: its presence gives the transplant away."""
    patients = [{"patient": i, "age": 30 + i} for i in range(12)]
    treated = [transplant(i, 30) for i in range(12)]
    message = only(cohort(24, patients=patients, interventions=treated), "D503").message
    assert message.startswith("Age (missing and known)")
    one_more = [*patients, {"patient": 12, "age": 50}, {"patient": 13, "age": 51}]
    unclear = found(cohort(24, patients=one_more, interventions=[*treated, transplant(20, 30)]), "D503")
    assert unclear == []


def test_an_intervention_decided_after_day_0() -> None:
    some = [transplant(0, 0), transplant(1, 30), transplant(2, 50)]
    message = only(cohort(5, interventions=some), "D504").message
    assert message == "the transplant is decided after day 0 in 2 patients; it starts on day 40 (median)"
    assert found(cohort(5, interventions=some[:1]), "D504") == []
    planned = [transplant(1, 30, decided=0)]
    assert found(cohort(5, interventions=planned), "D504") == [], "decided on day 0"


def test_late_entry_and_entry_at_an_intervention() -> None:
    periods = [period(i, 30 if i < 6 else 0, 100) for i in range(10)]
    treated = [transplant(i, 30) for i in range(5)]
    late = cohort(10, observation=periods, interventions=treated)
    assert only(late, "D505").message == "6 of 10 patients come under observation after day 0"
    assert only(late, "D506").message == "5 of 6 late entries are on the day of the transplant"
    assert found(cohort(10, observation=periods, interventions=treated[:4]), "D506") == []
    moved = [transplant(i, 31) for i in range(5)]
    assert found(cohort(10, observation=periods, interventions=moved), "D506") == []
    punctual = cohort(10, observation=[period(i, 0, 100) for i in range(10)], interventions=treated)
    assert found(punctual, "D505") == []


def test_zero_follow_up() -> None:
    assert only(cohort(2, observation=[period(0, 0, 9), period(1, 0, 0)]), "D507").rows == (2,)
    more = [period(0, 0, 9), period(1, 0, 0), period(1, 0, 1)]
    assert found(cohort(2, observation=more), "D507") == []


def test_measured_more_often_in_one_arm() -> None:
    """Arm a monthly, arm b every other month, 20 patients each over 300 days: 10 against 5 each."""
    patients = [{"patient": i, "arm": "ab"[i % 2]} for i in range(40)]
    periods = [period(i, 0, 300) for i in range(40)]
    monthly = [mrd(i, 30 * k, 0.1) for i in range(0, 40, 2) for k in range(1, 11)]
    seldom = [mrd(i, 60 * k, 0.1) for i in range(1, 40, 2) for k in range(1, 6)]
    unlike = cohort(40, patients=patients, observation=periods, measurements=[*monthly, *seldom])
    message = only(unlike, "D508").message
    assert message == (
        "minimal residual disease is measured 1 times a month with Arm a and 0.51 times with Arm b"
    )
    alike = [mrd(i, 30 * k, 0.1) for i in range(40) for k in range(1, 11)]
    assert found(cohort(40, patients=patients, observation=periods, measurements=alike), "D508") == []


def test_measured_more_often_after_an_intervention_counts_time_not_people() -> None:
    """Ten transplanted on day 200 of 300: weekly afterwards, monthly before, as the others always are."""
    periods = [period(i, 0, 300) for i in range(20)]
    treated = [transplant(i, 200) for i in range(10)]
    monthly = [mrd(i, 30 * k, 0.1) for i in range(20) for k in range(1, 11) if i >= 10 or k <= 6]
    weekly = [mrd(i, 200 + 7 * k, 0.1) for i in range(10) for k in range(1, 14)]
    unlike = cohort(20, observation=periods, interventions=treated, measurements=[*monthly, *weekly])
    assert "time after transplant" in only(unlike, "D508").message
    same = [mrd(i, 30 * k, 0.1) for i in range(20) for k in range(1, 11)]
    assert found(cohort(20, observation=periods, interventions=treated, measurements=same), "D508") == []


def test_a_measurement_on_the_day_of_the_intervention_was_made_before_it() -> None:
    """Everybody is measured monthly, and once more on the day of the transplant, ten days before the end."""
    periods = [period(i, 0, 300) for i in range(40)]
    treated = [transplant(i, 290) for i in range(40)]
    monthly = [mrd(i, day, 0.1) for i in range(40) for day in (*range(30, 300, 30), 290)]
    assert found(cohort(40, observation=periods, interventions=treated, measurements=monthly), "D508") == []
    again = [*monthly, *(mrd(i, 291, 0.1) for i in range(40))]
    assert len(found(cohort(40, observation=periods, interventions=treated, measurements=again), "D508")) == 1


def test_follow_up_that_ends_at_relapse() -> None:
    relapses = [event(i, 40, "relapse") for i in range(6)]
    periods = [period(i, 0, 40 if i < 5 else 90) for i in range(10)]
    ended = only(cohort(10, observation=periods, events=relapses), "D509")
    assert ended.message == "observation ends on the day of the relapse in 5 of 6 patients"
    lived_on = [period(i, 0, 41 if i < 5 else 90) for i in range(10)]
    assert found(cohort(10, observation=lived_on, events=relapses), "D509") == []
    rare = [*relapses, *(event(i, 50, "relapse") for i in range(5, 11))]
    many = [*periods, period(10, 0, 90)]
    assert found(cohort(11, observation=many, events=rare), "D509") == [], "5 of 11 are not the rule"
    died = [*relapses, *(event(i, 40, "death") for i in range(5))]
    assert found(cohort(10, observation=periods, events=died), "D509") == [], "death ends it by itself"


def test_transplanted_before_remission() -> None:
    """The plain structure has no arrow for it: with one out of the start state it is found."""
    from example import WORDS

    course = WORDS.structures["course"]
    early = course.arrows[2].model_copy(update={"from_": "ill"})
    structure = course.model_copy(update={"arrows": (*course.arrows, early)})
    words = WORDS.model_copy(update={"structures": {"course": structure}})
    events = [event(0, 5, "remission"), event(1, 5, "remission")]
    treated = [transplant(0, 4), transplant(1, 6)]
    message = only(cohort(2, words, events=events, interventions=treated), "D510").message
    assert message == "1 of 2 patients with the transplant had it in the state 'Not in remission yet'"
    on_the_day = [transplant(0, 5), transplant(1, 6)]
    assert found(cohort(2, words, events=events, interventions=on_the_day), "D510") == []


def test_an_off_grid_day_stops_a_history_instead_of_being_rounded() -> None:
    one = cohort(1, events=[event(0, 4.5, "remission")])
    with pytest.raises(DataError) as caught:
        event_history(one, "course", time_zero=0.0)
    assert caught.value.code == "D203"
