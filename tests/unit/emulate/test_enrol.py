"""Who is enrolled and from when, on cohorts small enough to see."""

import numpy as np
import polars as pl
import pytest

from equipoise.cohort.cohort import Cohort
from equipoise.emulate.enrol import Enrolment, enrol
from equipoise.emulate.flow import Box, flow_table
from equipoise.language.vocabulary import read_vocabulary
from equipoise.protocol.protocol import Protocol
from equipoise.protocol.read import read_protocol

VOCABULARY = """
name: visits
title: Visits after an infusion
origin: {label: infusion}
resolution: 1
patients:
  age: {type: quantity, label: Age}
measurements:
  marrow: {kind: state, label: marrow, values: [remission, disease]}
interventions: {graft: {label: graft, short: graft}}
events: {relapse: {label: relapse}, death: {label: death, terminal: true}}
structures:
  course:
    label: Course
    start: alive
    states: {alive: {label: Alive}, dead: {label: Dead}}
    arrows: [{from: alive, on: death, to: dead}]
outcomes:
  os:
    {label: Survival, abbreviation: OS, structure: course, kind: survival, states: [alive], is: alive,
     event: death}
"""

REST = """
title: Visits
vocabulary: visits
structure: course
outcomes: [os]
intercurrent_events: []
report: {until_month: 12, at_months: [12]}
analysis: {weight: null}
"""


def protocol(time_zero: str, *criteria: str) -> Protocol:
    listed = ", ".join(criteria or ("{not_: {has: relapse}}",))
    return read_protocol(f"{REST}\ntime_zero: {time_zero}\npopulation: {{all_of: [{listed}]}}\n")


def cohort(
    n: int,
    *,
    marrow: list[tuple[int, float]] = [],  # noqa: B006
    graft: list[tuple[int, float]] = [],  # noqa: B006
    relapse: list[tuple[int, float]] = [],  # noqa: B006
    death: list[tuple[int, float]] = [],  # noqa: B006
    observed: list[tuple[int, float, float]] | None = None,
    age: list[float | None] | None = None,
) -> Cohort:
    periods = observed or [(who, -1.0, 400.0) for who in range(n)]
    events = [(who, day, "relapse") for who, day in relapse] + [(who, day, "death") for who, day in death]
    kinds = {"patient": pl.Int32, "day": pl.Float64, "name": pl.String}
    return Cohort.build(
        read_vocabulary(VOCABULARY),
        patients=pl.DataFrame(
            {
                "patient": pl.Series(range(n), dtype=pl.Int32),
                "age": pl.Series(age or [None] * n, dtype=pl.Float64),
            }
        ),
        observation=pl.DataFrame(
            periods, schema={"patient": pl.Int32, "start": pl.Float64, "stop": pl.Float64}, orient="row"
        ),
        measurements=pl.DataFrame(
            [(who, day, "marrow", "remission", "=") for who, day in marrow],
            schema={**kinds, "state": pl.String, "bound": pl.String},
            orient="row",
        ),
        interventions=pl.DataFrame(
            [(who, day, "graft") for who, day in graft],
            schema={"patient": pl.Int32, "start": pl.Float64, "name": pl.String},
            orient="row",
        ),
        events=pl.DataFrame(events, schema=kinds, orient="row"),
    )


def days(enrolment: Enrolment) -> list[float | None]:
    return [None if np.isnan(day) else float(day) for day in enrolment.time_zero]


def test_event_time_zero_is_its_first_record() -> None:
    known = cohort(3, graft=[(0, 90.0), (0, 30.0), (2, 400.0)])
    enrolment = enrol(protocol("{kind: event, of: graft}"), known)
    # The third is grafted on the last day observed: eligible, but not followed.
    assert days(enrolment) == [30.0, None, None]
    assert enrolment.attrition["excluded"].to_list() == [0, 1, 0, 1]
    assert enrolment.attrition["remaining"].to_list() == [3, 2, 2, 1]
    assert [one.code for one in enrolment.findings] == ["E002"]


def test_landmark_is_the_day_itself() -> None:
    known = cohort(
        4, death=[(1, 28.0), (2, 29.0)], observed=[(0, -1, 400), (1, -1, 28), (2, -1, 29), (3, -1, 28)]
    )
    enrolment = enrol(protocol("{kind: landmark, after: origin, day: 28}"), known)
    assert days(enrolment) == [28.0, None, 28.0, None]
    assert enrolment.attrition["on_record"].to_list()[-1] == "1 death"


def test_landmark_window_takes_the_first_assessment_and_not_the_nearest() -> None:
    visits = [(0, 20.0), (0, 21.0), (0, 28.0), (1, 42.0), (2, 43.0), (3, 27.0), (3, 30.0)]
    asked = "{kind: landmark, after: origin, day: 28, window: [21, 42], assessment: marrow}"
    assert days(enrol(protocol(asked), cohort(5, marrow=visits))) == [21.0, 42.0, None, 27.0, None]


def test_landmark_after_an_intervention() -> None:
    asked = "{kind: landmark, after: graft, day: 100}"
    assert days(enrol(protocol(asked), cohort(2, graft=[(0, 50.0)]))) == [150.0, None]


def test_criteria_exclude_in_order_on_what_was_known() -> None:
    known = cohort(4, relapse=[(0, 10.0), (1, 28.0), (2, 29.0)], graft=[(0, 5.0)])
    enrolment = enrol(
        protocol(
            "{kind: landmark, after: origin, day: 28}",
            "{label: never grafted, predicate: {not_: {has: graft}}}",
            "{not_: {has: relapse}}",
        ),
        known,
    )
    # Relapse on the day itself is known by its end; relapse on the next day is not.
    assert days(enrolment) == [None, None, 28.0, 28.0]
    assert enrolment.attrition["label"].to_list()[2] == "never grafted"
    assert enrolment.attrition["excluded"].to_list() == [0, 0, 1, 1, 0]


def test_a_criterion_that_cannot_be_judged_excludes_and_says_so() -> None:
    known = cohort(3, age=[20.0, None, 30.0])
    enrolment = enrol(protocol("{kind: landmark, after: origin, day: 0}", "{baseline: age, lt: 26}"), known)
    assert days(enrolment) == [0.0, None, None]
    assert [(one.code, one.patients) for one in enrolment.findings] == [("E004", 1)]


def test_nobody_enrolled_is_a_finding_of_severity_error() -> None:
    enrolment = enrol(protocol("{kind: event, of: graft}"), cohort(2))
    assert enrolment.n == 0
    assert [(one.code, one.severity) for one in enrolment.findings] == [("E001", "error")]


def test_late_entrants_are_counted() -> None:
    known = cohort(3, observed=[(0, -1, 400), (1, 60, 400), (2, 28, 400)])
    enrolment = enrol(protocol("{kind: landmark, after: origin, day: 28}"), known)
    assert enrolment.n == 3
    # Observation from the end of day 28 on is from time zero on; from day 60 on it is late.
    assert [(one.code, one.patients) for one in enrolment.findings] == [("E003", 1)]


def test_flow_tells_what_those_without_time_zero_have_on_record() -> None:
    known = cohort(4, graft=[(0, 30.0)], relapse=[(1, 40.0), (2, 50.0)], death=[(2, 60.0)])
    enrolment = enrol(protocol("{kind: event, of: graft}"), known)
    assert enrolment.attrition["on_record"].to_list()[1] == "2 relapse, 1 death"
    details = enrolment.flow.filter((pl.col("parent") == "not_time_zero") & (pl.col("kind") == "detail"))
    assert details.select("label", "n").rows() == [("relapse", 2), ("death", 1)]


@pytest.mark.parametrize(
    "boxes",
    [
        [Box("all", None, "kept", "", 3), Box("in", "all", "kept", "", 2)],
        [Box("all", None, "kept", "", 3), Box("a", "all", "part", "", 2), Box("b", "all", "part", "", 2)],
        [Box("all", None, "kept", "", 3), Box("a", "all", "detail", "", 4)],
        [Box("all", None, "kept", "", 3), Box("all", "all", "detail", "", 3)],
    ],
)
def test_a_flow_that_does_not_add_up_is_refused(boxes: list[Box]) -> None:
    with pytest.raises(ValueError, match="flow: "):
        flow_table(boxes)
