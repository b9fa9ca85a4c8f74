"""Ticks, weights, refusals and findings of a history; the courses themselves are in tests/spec."""

from fractions import Fraction

import numpy as np
import pytest
from example import cohort, event, period, transplant

from equipoise.cohort.history import History, event_history
from equipoise.cohort.transitions import person_days
from equipoise.kernels.product_limit import kaplan_meier


def ticks(history: History) -> list[tuple[int, int, int, int]]:
    rows = history.rows
    columns = (rows.start, rows.stop, rows.origin, rows.target)
    return [tuple(int(value) for value in row) for row in zip(*columns, strict=True)]


def test_moves_lie_on_even_ticks_and_observation_ends_after_the_day() -> None:
    """Observed on (0, 10], remission on day 3: a move at tick 6, the end of day 10 is tick 21."""
    one = cohort(1, observation=[period(0, 0, 10)], events=[event(0, 3, "remission")])
    assert ticks(event_history(one, "course", time_zero=0.0)) == [(0, 6, 0, 1), (6, 21, 1, -1)]


def test_a_late_entry_begins_at_the_end_of_its_day() -> None:
    one = cohort(1, observation=[period(0, 4, 10)])
    assert ticks(event_history(one, "course", time_zero=0.0)) == [(9, 21, 0, -1)]
    assert ticks(event_history(one, "course", time_zero=4.0)) == [(0, 13, 0, -1)]


def test_the_second_move_of_a_day_lies_on_the_odd_tick() -> None:
    one = cohort(1, events=[event(0, 3, "remission"), event(0, 3, "death")])
    assert ticks(event_history(one, "course", time_zero=0.0)) == [(0, 6, 0, 1), (6, 7, 1, 5)]


def test_who_is_censored_on_a_day_is_at_risk_of_the_second_move_of_that_day() -> None:
    """Two in remission; on day 5 one is censored, a third enters remission and dies.

    At tick 11 (the death) all three are at risk in remission: censoring comes last on a day.
    """
    one = cohort(
        3,
        observation=[period(0, 0, 5), period(1, 0, 9), period(2, 0, 9)],
        events=[
            event(0, 1, "remission"),
            event(1, 1, "remission"),
            event(2, 5, "remission"),
            event(2, 5, "death"),
        ],
    )
    rows = event_history(one, "course", time_zero=0.0).rows
    at_risk = (rows.origin == 1) & (rows.start < 11) & (rows.stop >= 11)
    assert rows.patient[at_risk].tolist() == [0, 1, 2]


def test_a_lumped_survival_equals_kaplan_meier_by_hand_despite_half_ticks() -> None:
    """Deaths on day 5: one out of illness (even tick), one right after remission (half a tick later).

    Lumped to alive and dead they are tied again: S(5) = 1 - 2/4, with the patient censored on day 5 at risk.
    """
    one = cohort(
        4,
        observation=[period(i, 0, 5 if i == 3 else 9) for i in range(4)],
        events=[event(0, 5, "death"), event(1, 5, "remission"), event(1, 5, "death")],
    )
    history = event_history(one, "course", time_zero=0.0)
    alive = ["ill", "remission", "transplanted", "relapse", "relapse_neg"]
    lumped = history.lump({"alive": alive, "dead": ["dead", "dead_relapsed"]})
    curve = kaplan_meier(lumped.rows.stop, lumped.rows.target >= 0, start=lumped.rows.start)
    assert curve.time.tolist() == [10, 11, 19]
    assert curve.at_risk.tolist() == [4.0, 2.0, 1.0]
    assert Fraction(curve.survival[0]) == Fraction(1, 2)


def test_a_patient_of_weight_0_has_no_rows() -> None:
    history = event_history(cohort(3), "course", time_zero=0.0).with_weight(np.array([1.0, 0.0, 2.5]))
    assert history.rows.patient.tolist() == [0, 2]
    assert history.rows.weight.tolist() == [1.0, 2.5]
    assert history.lump({"all": list(history.state_names)}).rows.size == 0, "nothing to be at risk of"


@pytest.mark.parametrize("weight", [[1.0], [1.0, -1.0], [1.0, np.nan], [1.0, np.inf]])
def test_a_weight_is_finite_and_not_negative(weight: list[float]) -> None:
    with pytest.raises(ValueError, match="weight"):
        event_history(cohort(2), "course", time_zero=0.0).with_weight(np.array(weight))


def test_groups_must_be_a_partition() -> None:
    history = event_history(cohort(1), "course", time_zero=0.0)
    with pytest.raises(ValueError, match="partition"):
        history.lump({"alive": ["ill"]})
    twice = {"alive": list(history.state_names), "dead": ["dead"]}
    with pytest.raises(ValueError, match=r"missing \[\], unknown \[\], twice \['dead'\]"):
        history.lump(twice)
    with pytest.raises(ValueError, match="final"):
        history.lump({"all": list(history.state_names)}, final=["dead"])


def test_nobody_is_diverted_into_a_state_that_can_be_left_or_before_time_zero() -> None:
    history = event_history(cohort(1), "course", time_zero=5.0)
    with pytest.raises(ValueError, match="can be left"):
        history.divert(np.array([9.0]), "remission", before="transplant")
    with pytest.raises(ValueError, match="after time zero"):
        history.divert(np.array([5.0]), "competing", before="transplant")


def test_the_state_at_time_zero_of_everybody() -> None:
    one = cohort(3, events=[event(0, 2, "remission"), event(1, 5, "remission"), event(2, 6, "remission")])
    history = event_history(one, "course", time_zero=np.array([5.0, 5.0, np.nan]))
    assert history.initial_state.tolist() == [1, 1, -1]
    assert history.enrolled.tolist() == [True, True, False]


def test_findings_of_a_history() -> None:
    """A third move on day 3; a move in a gap; a death on the day of time zero."""
    crowded = cohort(
        3,
        observation=[period(0, 0, 100), period(1, 0, 4), period(1, 6, 9), period(2, 0, 9)],
        events=[
            event(0, 3, "remission"),
            event(0, 3, "relapse"),
            event(1, 5, "remission"),
            event(2, 0, "death"),
        ],
        interventions=[transplant(0, 3)],
    )
    found = {one.code: one for one in event_history(crowded, "course", time_zero=0.0).findings}
    assert set(found) == {"D215", "D216", "D217"}
    assert found["D215"].message.startswith("1 move was merged")
    assert found["D216"].patients == 1
    assert found["D217"].patients == 1
    assert event_history(cohort(1), "course", time_zero=0.0).findings == ()


def test_person_days_by_hand() -> None:
    """Anna: ill 0-3, remission 3-10, dead. Berta: ill 4-9 (late). Clara: ill 0-5, then both on day 5."""
    one = cohort(
        3,
        observation=[period(0, 0, 10), period(1, 4, 9), period(2, 0, 9)],
        events=[
            event(0, 3, "remission"),
            event(0, 10, "death"),
            event(2, 5, "remission"),
            event(2, 5, "death"),
        ],
    )
    table = person_days(event_history(one, "course", time_zero=0.0))
    seen = {(row["from"], row["to"]): row for row in table.iter_rows(named=True)}
    assert seen["ill", "remission"]["events"] == 2
    assert seen["ill", "remission"]["person_days"] == 3 + 5 + 5
    assert seen["ill", "remission"]["patients"] == 3
    assert seen["ill", "dead"]["events"] == 0
    assert seen["remission", "dead"]["events"] == 2
    assert seen["remission", "dead"]["person_days"] == 7 + 0
    assert seen["remission", "dead"]["patients"] == 2
    assert seen["transplanted", "dead"]["person_days"] == 0
    assert table["from"].to_list() == sorted(
        table["from"].to_list(), key=["ill", "remission", "transplanted", "relapse", "relapse_neg"].index
    )
