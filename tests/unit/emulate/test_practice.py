"""Starts and person-months of a treatment, by hand, and the laws that take the place of requests."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from equipoise.base.document import read_document, validate, write_document
from equipoise.base.errors import IdentificationError, ProtocolError
from equipoise.cohort.cohort import Cohort
from equipoise.emulate.enrol import enrol
from equipoise.emulate.practice import practice, with_laws
from equipoise.emulate.prescribed import prescribed, situations, trigger_days
from equipoise.emulate.risk_set import risk_set
from equipoise.language.vocabulary import read_vocabulary
from equipoise.protocol.law import GivenLaw
from equipoise.protocol.protocol import Protocol
from equipoise.protocol.read import read_protocol

WORDS = read_vocabulary(Path(__file__).parents[2] / "spec" / "vocabulary.yaml")
MONTH = 365.25 / 12  # 30.4375 days

QUESTION = """
title: Practice
vocabulary: specification
population: {all_of: [{has: remission}]}
time_zero: {kind: landmark, after: origin, day: 0}
structure: course
treatments:
  - {name: first, intervention: transplant, while_in: [remission]}
  - {name: upkeep, intervention: maintenance, while_in: [remission, transplanted]}
strategies:
  - {kind: never, name: watch, treatment: first}
  - {kind: start_within, name: early, treatment: first, months: 2, law: representative}
  - {kind: on_trigger, name: on_loss, treatment: first, trigger: {has: bcells, where: {value: lost}}, months: 1.5, until_month: 1, law: representative}
outcomes: [os]
intercurrent_events: []
report: {until_month: 12, at_months: [12]}
analysis: {weight: null}
"""  # noqa: E501

# Remission day, transplant, relapse, loss of B cells, observed from, observed until.
NONE = None
COURSES = [
    (-5, 20, NONE, 10, -10, 200),  # starts in month 1, 10 days after the loss
    (-5, NONE, 40, NONE, -10, 200),  # relapses in month 2
    (-5, NONE, NONE, NONE, -10, 50),  # lost to follow-up in month 2
    (-5, 50, NONE, 20, -10, 200),  # starts in month 2, 30 days after the loss
    (-5, NONE, 30, NONE, 10, 200),  # comes under observation on day 10
    (-5, NONE, NONE, 40, -10, 200),  # the loss comes after month 1
    (5, 10, NONE, NONE, -10, 200),  # not in remission at time zero: not enrolled
    (-5, 70, NONE, -3, -10, 200),  # starts after both windows; the loss is known at time zero
]


def cohort() -> Cohort:
    n = len(COURSES)
    events = [(i, "remission", one[0]) for i, one in enumerate(COURSES)]
    events += [(i, "relapse", one[2]) for i, one in enumerate(COURSES) if one[2] is not None]
    losses = [(i, one[3]) for i, one in enumerate(COURSES) if one[3] is not None]
    starts = [(i, one[1]) for i, one in enumerate(COURSES) if one[1] is not None]
    kinds = {
        "patient": pl.Int32,
        "name": pl.String,
        "day": pl.Float64,
        "state": pl.String,
        "bound": pl.String,
    }
    return Cohort.build(
        WORDS,
        patients=pl.DataFrame({"patient": range(n)}, schema={"patient": pl.Int32}),
        observation=pl.DataFrame(
            [(i, one[4], one[5]) for i, one in enumerate(COURSES)],
            schema={"patient": pl.Int32, "start": pl.Float64, "stop": pl.Float64},
            orient="row",
        ),
        measurements=pl.DataFrame(
            [(i, "bcells", day, "lost", "=") for i, day in losses], schema=kinds, orient="row"
        ),
        interventions=pl.DataFrame(
            [(i, "transplant", day) for i, day in starts],
            schema={"patient": pl.Int32, "name": pl.String, "start": pl.Float64},
            orient="row",
        ),
        events=pl.DataFrame(
            [(i, name, day) for i, name, day in events],
            schema={"patient": pl.Int32, "name": pl.String, "day": pl.Float64},
            orient="row",
        ),
    )


ASKED = read_protocol(QUESTION)
KNOWN = cohort()
ENROLMENT = enrol(ASKED, KNOWN)


def test_who_is_at_risk_and_who_starts() -> None:
    assert np.isnan(ENROLMENT.time_zero[6])
    risk = risk_set(ASKED.treatment("first"), "course", KNOWN, ENROLMENT.time_zero)
    assert list(risk.patient) == [0, 1, 2, 3, 4, 5, 7]
    assert list(risk.start) == [0] * 7
    assert list(risk.stop) == [20, 40, np.inf, 50, 30, np.inf, 70]
    assert np.array_equal(risk.started, [20, np.nan, np.nan, 50, np.nan, np.nan, 10, 70], equal_nan=True)
    assert risk.at(np.array([0.0, 19, 20, 39, 40]))[:3].tolist() == [
        [True, True, False, False, False],
        [True, True, True, True, False],
        [True] * 5,
    ]
    assert repr(risk) == "RiskSet(7 intervals)"


def test_starts_and_person_months_since_time_zero() -> None:
    seen = practice(ASKED.strategy("early").rules[0], ASKED, KNOWN, ENROLMENT)
    assert list(seen.months) == [0, 1, 2]
    assert list(seen.starts) == [1, 1]
    # days: 20, four whole months, and days 10 to 30; then 40, 50 and 50 less a month, and two whole ones
    days = [20 + 5 * MONTH + (30 - 10), (40 - MONTH) + 2 * (50 - MONTH) + 2 * MONTH]
    assert seen.exposure * MONTH == pytest.approx(days)


def test_starts_and_person_months_since_the_trigger() -> None:
    """Losses on days 10, 20 and -3 (day 0, time zero) count, that on day 40 is too late."""
    rule = ASKED.strategy("on_loss").rules[0]
    zero = ENROLMENT.time_zero
    days = trigger_days(rule.trigger, KNOWN, zero)
    assert np.array_equal(days, [10, *[np.nan] * 2, 20, np.nan, 40, np.nan, 0], equal_nan=True)
    seen = practice(rule, ASKED, KNOWN, ENROLMENT)
    assert list(seen.months) == [0, 1, 1.5]
    assert list(seen.starts) == [2, 0]  # 10 and 30 days after the loss; the last one 70 days
    assert seen.exposure * MONTH == pytest.approx([10 + 30 + MONTH, MONTH / 2])


def test_the_numbers_take_the_place_of_the_request() -> None:
    filled = with_laws(ASKED, KNOWN, ENROLMENT)
    assert filled.strategy("watch") == ASKED.strategy("watch")
    law = filled.strategy("early").rules[0].law
    assert isinstance(law, GivenLaw)
    exposure = [40 / MONTH + 5, (140 - 3 * MONTH) / MONTH + 2]
    overall = 2 / sum(exposure)
    hazards = [1.5 / (one + 0.5 / overall) for one in exposure]
    share = np.expm1(-hazards[0]) / np.expm1(-sum(hazards))
    assert law.months == (0, 1, 2)
    assert law.probability == pytest.approx([0, share, 1], abs=1e-12)
    assert filled.strategy("on_loss").rules[0].law.months == (0, 1, 1.5)
    # what stands in the protocol can be written, read, and filled in again without a change
    assert validate(Protocol, read_document(write_document(filled))) == filled
    assert with_laws(filled, KNOWN, ENROLMENT) is filled
    assert filled.digest() != ASKED.digest()


def test_a_request_prescribes_nothing() -> None:
    edges = np.array([0.0, 1.0])
    with pytest.raises(ProtocolError, match="P123"):
        prescribed(ASKED, ASKED.strategy("early"), "first", KNOWN, ENROLMENT, edges)
    q = prescribed(
        with_laws(ASKED, KNOWN, ENROLMENT), ASKED.strategy("watch"), "first", KNOWN, ENROLMENT, edges
    )
    assert q.tolist() == [[0.0]] * 8


def test_a_treatment_that_nobody_starts_has_no_law() -> None:
    rule = "{kind: start_within, name: keep, treatment: upkeep, months: 2, law: representative}"
    asked = read_protocol(QUESTION.replace("  - {kind: never", f"  - {rule}\n  - {{kind: never"))
    with pytest.raises(
        IdentificationError, match="P125 law of 'upkeep' in strategy 'keep': no start within 2"
    ):
        with_laws(asked, KNOWN, enrol(asked, KNOWN))


@pytest.mark.parametrize("edges", [[0.0, 1.0, 1.0], [1.0, 0.0], [-1.0, 0.0], [0.0, 0.5]])
def test_bins_rise_along_the_grid(edges: list[float]) -> None:
    with pytest.raises(ValueError, match="edges of the bins"):
        situations(ASKED, ASKED.strategy("watch"), "first", KNOWN, ENROLMENT, np.array(edges))
