"""The flow of clones adds up, and late entrants are one step of it."""

import numpy as np
import pytest
from few_patients import LOST, TEN, asked, clinic

from equipoise.emulate.clone_flow import STAYED, clone_flow
from equipoise.emulate.enrol import enrol
from equipoise.emulate.flow import check_sums
from equipoise.emulate.late_entry import with_late_entrants
from equipoise.emulate.reasons import Reason

ASKED = asked(
    "kind: never, name: watch, treatment: first",
    f"kind: start_within, name: early, treatment: first, months: {TEN!r}, law: uniform",
    f"kind: on_trigger, name: on_loss, treatment: first, trigger: {LOST}, months: {TEN!r}, "
    "until_month: null, law: uniform",
)
RECORDS = ("", "4 transplant", "8 transplant", "20 bcells lost; 25 transplant", "5 relapse", "40 transplant")


def test_by_hand() -> None:
    cohort = clinic(*RECORDS)
    rows = clone_flow(ASKED, cohort, enrol(ASKED, cohort)).rows()
    assert rows == [
        ("watch", STAYED, 2, 0, None, None),
        ("watch", Reason.NEVER.value, 4, 0, 4.0, 16.5),  # days 4, 8, 25, 40
        ("early", STAYED, 3, 2, None, None),
        ("early", Reason.NOT_STARTED.value, 3, 0, 10.0, 10.0),
        ("on_loss", STAYED, 3, 1, None, None),
        ("on_loss", Reason.WITHOUT_TRIGGER.value, 3, 0, 4.0, 8.0),
    ]


def test_every_strategy_has_a_row_and_adds_up_to_the_enrolled() -> None:
    cohort = clinic(*RECORDS, followed=((-10.0, 200.0),) * 5 + ((-10.0, -1.0),))
    enrolment = enrol(ASKED, cohort)
    flow = clone_flow(ASKED, cohort, enrolment)
    assert enrolment.n == 5
    for strategy in ASKED.strategies:
        mine = flow.filter(flow["strategy"] == strategy.name)
        assert mine["patients"].sum() == enrolment.n
    # Everybody starts in time under `early`: nobody stays otherwise.
    quick = clinic("4 transplant")
    assert clone_flow(ASKED, quick, enrol(ASKED, quick)).row(0)[:3] == ("watch", STAYED, 0)


def test_who_starts_one_treatment_and_is_censored_for_another_started() -> None:
    protocol = asked(
        "kind: combine, name: both, rules: [{kind: never, treatment: first}, "
        f"{{kind: start_within, treatment: upkeep, months: {TEN!r}, law: uniform}}]"
    )
    cohort = clinic("3 maintenance; 30 transplant", "3 maintenance", "30 transplant")
    assert clone_flow(protocol, cohort, enrol(protocol, cohort)).rows() == [
        ("both", STAYED, 1, 1, None, None),
        ("both", Reason.NEVER.value, 1, 1, 30.0, 30.0),
        ("both", Reason.NOT_STARTED.value, 1, 0, 10.0, 10.0),
    ]


def test_a_start_after_the_loss_to_follow_up_is_none() -> None:
    cohort = clinic("8 transplant", followed=((-10.0, 7.0),))
    assert clone_flow(ASKED, cohort, enrol(ASKED, cohort))["started"].to_list() == [0, 0, 0]


LATE = clinic("", "4 transplant", "8 transplant", followed=((-10.0, 99.0), (3.0, 99.0), (0.0, 99.0)))


def test_late_entrants_left_out() -> None:
    enrolment = enrol(ASKED, LATE)
    without = with_late_entrants(enrolment, LATE, "exclude")
    assert np.array_equal(without.time_zero, [0, np.nan, 0], equal_nan=True)
    assert without.attrition.row(-1)[1:4] == ("under observation from time zero on", 1, 2)
    assert without.attrition["step"].to_list() == list(range(without.attrition.height))
    assert "1 transplant" in without.attrition.row(-1)[4]
    check_sums(without.flow)
    sizes = dict(without.flow.select("box", "n").iter_rows())
    assert (sizes["followed"], sizes["not_from_time_zero"], sizes["enrolled"]) == (3, 1, 2)
    assert [one.code for one in enrolment.findings] == ["E003"]
    assert without.findings == ()


@pytest.mark.parametrize("how", ["include", "exclude"])
def test_nothing_changes_without_reason(how) -> None:
    cohort = clinic("", "4 transplant")
    enrolment = enrol(ASKED, cohort)
    assert with_late_entrants(enrolment, cohort, how) is enrolment
    late = enrol(ASKED, LATE)
    assert with_late_entrants(late, LATE, "include") is late
