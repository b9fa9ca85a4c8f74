"""Sensitivity analyses: merge patches as RFC 7396 defines them, lists addressed by name, and what they change."""

# ruff: noqa: E501 (a case is read as one line)

import pytest
from myeloid_protocol import broken
from trial_protocol import TRIAL

from equipoise.base.errors import ProtocolError
from equipoise.protocol.read import read_protocol, read_question
from equipoise.protocol.sensitivity import Sensitivity, merge, patched
from equipoise.protocol.what_changed import what_changed

PROTOCOL = read_protocol(TRIAL)
PATCH = "patch: {strategies: {early: {months: 4}}}"


def patch(**changes: object) -> Sensitivity:
    return Sensitivity(name="s", patch=changes)


# The test cases of RFC 7396, appendix A; a null is kept here, and its place noted.
RFC = [
    ({"a": "b"}, {"a": "c"}, {"a": "c"}),
    ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
    ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
    ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
    ({"a": {"b": "c"}}, {"a": {"b": "d"}}, {"a": {"b": "d"}}),
    ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
    (["a", "b"], ["c", "d"], ["c", "d"]),
    ({"a": "b"}, ["c"], ["c"]),
    ([1, 2], {"a": "b"}, {"a": "b"}),
    ({}, {"a": {"bb": {"ccc": 1}}}, {"a": {"bb": {"ccc": 1}}}),
]


@pytest.mark.parametrize(("target", "change", "expected"), RFC)
def test_documents_merge_as_the_standard_says(target: object, change: object, expected: object):
    assert merge(target, change, (), []) == expected


def test_an_item_of_a_list_is_addressed_by_its_name():
    other = patched(PROTOCOL, PROTOCOL.analysis.sensitivity[0])
    assert [rule.months for rule in other.strategy("early").rules if rule.kind == "start_within"] == [4]
    assert other.strategy("watch") == PROTOCOL.strategy("watch")
    assert other.analysis.sensitivity == ()
    assert what_changed(PROTOCOL, other) == ("strategies, early, months: 4 instead of 6",)
    model = patch(analysis={"emulation": {"treatments": {"hct": {"adjust_for": {"sex": {"prior_sd": 2.0}}}}}})
    (told,) = what_changed(PROTOCOL, patched(PROTOCOL, model))
    assert told == "analysis, emulation, treatments, hct, adjust for, sex, prior sd: 2 instead of 1"


def test_null_drops_an_item_removes_a_key_or_is_the_value():
    emulation = {"treatments": {"hct": {"adjust_for": {"sex": None}}}}
    dropped = patched(PROTOCOL, patch(analysis={"emulation": emulation})).analysis.emulation
    assert dropped is not None
    assert [one.name for one in dropped.model("hct").adjust_for] == ["since_remission"]
    # No lines for limits that no longer hold: a null that the field cannot take removes the key.
    grid = patched(PROTOCOL, patch(report={"every_months": None}))
    assert (PROTOCOL.report.every_months, grid.report.every_months) == (6, 1)
    nothing = patched(PROTOCOL, patch(analysis={"emulation": {"truncate": None, "loss": None}}))
    assert nothing.analysis.emulation is not None
    assert (nothing.analysis.emulation.truncate, nothing.analysis.emulation.loss) == (None, None)
    assert what_changed(PROTOCOL, nothing)[-1] == "analysis, emulation, truncate: none instead of default"


def test_a_choice_between_forms_is_changed_by_removing_the_old_one():
    criterion = {"law": {"fixed": 2.0}}
    other = patched(PROTOCOL, patch(strategies={"early": criterion}))
    assert what_changed(PROTOCOL, other) == ('strategies, early, law: {"fixed": 2.0} instead of uniform',)
    given = patched(
        other, patch(strategies={"early": {"law": {"fixed": None, "months": [0, 6], "probability": [0, 1]}}})
    )
    assert "law, fixed: left out" in " ".join(what_changed(other, given))


@pytest.mark.parametrize(
    ("new", "code", "found"),
    [
        ("patch: {}", "P146", "the patch changes nothing"),
        ("patch: {strategies: {early: {months: 6}}}", "P146", "the patch changes nothing"),
        ("patch: {title: Another}", "P146", "the patch changes 'title'"),
        ("patch: {vocabulary: heart}", "P146", "the patch changes 'vocabulary'"),
        ("patch: {analysis: {sensitivity: []}}", "P146", "the sensitivity analyses themselves"),
        ("patch: {strategies: {erly: {months: 4}}}", "P010", "did you mean 'early'?"),
        ("patch: {strategies: {early: {months: 0}}}", "P146", "greater than 0 (sensitivity grace_4.strategies.1.months)"),
        ("patch: {strategies: {early: {mnths: 4}}}", "P146", "Extra inputs"),
        ("patch: {strategies: {early: null}}", "P010", "'early' is not a strategy of this protocol"),
        ("patch: {time_zero: {of: hct}}", "P146", "time zero is a start of 'hct'"),
        ("patch: {outcomes: null}", "P146", "sensitivity grace_4"),
        ("patch: {structure: curse}", "P010", "(structure of the patched protocol)"),
        ("patch: {time_zero: {of: relaps}}", "P010", "(time_zero.of of the patched protocol)"),
    ],
)  # fmt: skip
def test_a_patch_that_cannot_be_is_refused_on_its_line(new: str, code: str, found: str):
    text, line = broken(PATCH, new, TRIAL)
    with pytest.raises(ProtocolError) as caught:
        read_question(text)
    error = caught.value
    assert (error.code, found in error.found) == (code, True), str(error)
    assert f"line {line}, analysis.sensitivity.0.patch" in error.where


def test_names_of_sensitivity_analyses_are_told_apart():
    text, _ = broken(
        "    - {name: grace_4,",
        "    - {name: grace_4, patch: {outcomes: [os, dfs, relapse]}}\n    - {name: grace_4,",
        TRIAL,
    )
    with pytest.raises(ProtocolError, match="'grace_4' twice"):
        read_protocol(text)


def test_nothing_changed_is_nothing_told():
    assert what_changed(PROTOCOL, PROTOCOL) == ()


def test_a_mistake_of_the_protocol_is_not_told_again_of_each_patch():
    for old, new in (
        (
            "of: dfs, between: [early, watch]}\n  - {measure: r",
            "of: dfs, between: [early, early]}\n  - {measure: r",
        ),
        ("{days_since: remission}", "{days_since: remision}"),
    ):
        text, _ = broken(old, new, TRIAL)
        with pytest.raises(ProtocolError) as caught:
            read_question(text)
        assert "more after this one" not in caught.value.found
