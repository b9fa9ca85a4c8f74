"""Contrasts that start at a success are refused: time zero, criteria, columns known in hindsight."""

import pytest
from myeloid_protocol import broken
from pydantic import TypeAdapter
from trial_protocol import TRIAL

from equipoise.base.errors import ProtocolError
from equipoise.language.predicate import Predicate
from equipoise.language.vocabulary import read_vocabulary
from equipoise.protocol.read import read_protocol
from equipoise.protocol.success import hindsight_problems, requires

READ = TypeAdapter(Predicate)
ZERO = "time_zero: {kind: event, of: remission, occurrence: first}"
CRITERION = "    - {not_: {has: relapse}}"


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"has": "hct"}, True),
        ({"has": "hct", "within": 30.0}, True),
        ({"has": "relapse"}, False),
        ({"not_": {"has": "hct"}}, False),
        ({"not_": {"not_": {"has": "hct"}}}, True),
        ({"count": "hct", "ge": 1.0}, True),
        ({"count": "hct", "eq": 0.0}, False),
        ({"count": "hct", "le": 2.0}, False),
        ({"count": "hct", "in": (1.0, 2.0)}, True),
        ({"count": "hct", "in": (0.0, 2.0)}, False),
        ({"not_": {"count": "hct", "eq": 0.0}}, True),
        ({"not_": {"count": "hct", "ge": 1.0}}, False),
        ({"first": "hct", "lt": 100.0}, True),
        ({"not_": {"first": "hct", "lt": 100.0}}, True),  # without one it is unknown, and so is its opposite
        ({"days_since": "hct", "ge": 30.0}, True),
        ({"all_of": ({"has": "relapse"}, {"has": "hct"})}, True),
        ({"any_of": ({"has": "relapse"}, {"has": "hct"})}, False),
        ({"any_of": ({"days_since": "hct", "ge": 30.0}, {"has": "hct"})}, True),
        ({"not_": {"any_of": ({"not_": {"has": "hct"}}, {"has": "relapse"})}}, True),
        ({"not_": {"all_of": ({"not_": {"has": "hct"}}, {"has": "relapse"})}}, False),
        ({"baseline": "donor", "eq": "sibling"}, False),
    ],
)
def test_what_a_predicate_requires(asked: object, expected: bool):
    assert requires(READ.validate_python(asked), ("hct",)) is expected


def test_a_column_that_is_known_from_the_treatment_on_requires_it():
    asked = READ.validate_python({"baseline": "donor", "eq": "sibling"})
    assert requires(asked, ("hct",), ("donor",))


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        (ZERO, "time_zero: {kind: event, of: hct}", "time_zero.of"),
        (ZERO, "time_zero: {kind: landmark, after: hct, day: 28}", "time_zero.after"),
        (CRITERION, "    - {has: hct}", "population.all_of.1"),
        (
            CRITERION,
            "    - {label: ever, predicate: {count: hct, ge: 1}}",
            "population.all_of.1",
        ),
    ],
)
def test_a_success_as_time_zero_is_refused_with_reason_and_remedy(old: str, new: str, where: str):
    text, line = broken(old, new, TRIAL)
    with pytest.raises(ProtocolError) as caught:
        read_protocol(text)
    error = caught.value
    assert (error.code, error.where) == ("P143", f"protocol, line {line}, {where}")
    assert "survived the wait" in error.why
    assert "the day on which the choice was open" in error.do


def test_other_interventions_and_later_landmarks_are_a_time_zero():
    for zero in ("{kind: event, of: relapse}", "{kind: landmark, after: origin, day: 180}"):
        text, _ = broken(ZERO, f"time_zero: {zero}", TRIAL)
        assert read_protocol(text).contrasts


def test_without_a_contrast_those_who_got_there_may_be_described():
    start, end = TRIAL.index("contrasts:"), TRIAL.index("outcomes: [os, dfs, relapse")
    text = TRIAL[:start] + TRIAL[end:]
    text = text[: text.index("  emulation:")]
    text, _ = broken(ZERO, "time_zero: {kind: event, of: hct}", text)
    assert read_protocol(text).decided_interventions == ("hct",)


def test_a_criterion_on_hindsight_is_refused():
    words = read_vocabulary("myeloid")
    late = words.patients["sex"].model_copy(update={"known_from": "hct"})
    changed = words.model_copy(update={"patients": {**words.patients, "sex": late}})
    text, _ = broken(CRITERION, "    - {baseline: sex, eq: f}", TRIAL)
    (problem,) = hindsight_problems(read_protocol(text), changed)
    assert (problem.code, problem.path) == ("P143", ("population", "all_of", 1))
    assert list(hindsight_problems(read_protocol(text), words)) == []
