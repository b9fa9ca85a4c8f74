"""Treatments and strategies as they are written: read, refused with a line, written again, said in English."""

# ruff: noqa: E501 (a case is read as one line)

import pytest
from jsonschema import Draft202012Validator
from myeloid_protocol import QUESTION, broken

from equipoise.base.codes import CODES
from equipoise.base.document import read_document, validate, write_document
from equipoise.base.errors import ProtocolError
from equipoise.language.feature import Has
from equipoise.language.vocabulary import read_vocabulary
from equipoise.protocol.law import FixedLaw, GivenLaw, LastBin, NaturalLaw, RepresentativeLaw, UniformLaw
from equipoise.protocol.narrate import narrate
from equipoise.protocol.protocol import Protocol
from equipoise.protocol.read import read_protocol, read_question
from equipoise.protocol.rule import Never, OnTrigger, StartWithin
from equipoise.protocol.schemas import json_schema
from equipoise.protocol.strategy import NATURAL_COURSE, Strategy
from equipoise.protocol.strategy_words import strategy_sentence
from equipoise.protocol.treatment import Treatment

BLOCKS = """structure: course
treatments:
  - {name: hct, label: transplant in first remission, intervention: hct, while_in: [remission]}
  - {name: salvage, intervention: hct, while_in: [relapse, on_treatment]}
strategies:
  - {kind: never, name: watch, treatment: hct}
  - {kind: start_within, name: early, label: Early transplant, treatment: hct, months: 6, law: representative}
  - {kind: start_within, name: stated, treatment: hct, months: 3, law: {months: [0, 1, 3], probability: [0, 0.5, 1]}, only_if: {baseline: sex, eq: f}}
  - {kind: start_within, name: exact, treatment: hct, months: 3, law: {fixed: 1}}
  - {kind: start_within, name: usual, treatment: hct, months: 3, law: {natural: {last_bin_days: 30}}}
  - kind: combine
    name: rescue
    rules:
      - {kind: never, treatment: hct}
      - {kind: on_trigger, treatment: salvage, trigger: {has: relapse}, months: 4, until_month: null, law: uniform}
"""
ASKED, _ = broken("structure: course\n", BLOCKS)
MYELOID = read_vocabulary("myeloid")


def test_strategies_are_what_was_written():
    protocol, _ = read_question(ASKED)
    assert protocol.treatments == (
        Treatment(name="hct", label="transplant in first remission", intervention="hct", while_in=("remission",)),
        Treatment(name="salvage", intervention="hct", while_in=("relapse", "on_treatment")),
    )  # fmt: skip
    watch, early, stated, exact, usual, rescue = protocol.strategies
    assert watch == Strategy(name="watch", rules=(Never(kind="never", treatment="hct"),))
    assert early.rules == (
        StartWithin(kind="start_within", treatment="hct", months=6, law=RepresentativeLaw()),
    )
    assert stated.rules[0].law == GivenLaw(months=(0, 1, 3), probability=(0, 0.5, 1))
    assert exact.rules[0].law == FixedLaw(fixed=1)
    assert usual.rules[0].law == NaturalLaw(natural=LastBin(last_bin_days=30))
    assert rescue.rules[1] == OnTrigger(
        kind="on_trigger",
        treatment="salvage",
        trigger=Has(record="relapse"),
        months=4,
        until_month=None,
        law=UniformLaw(),
    )
    assert [one.title for one in protocol.strategies[:2]] == ["watch", "Early transplant"]
    assert protocol.treatment("salvage").while_in == ("relapse", "on_treatment")
    assert protocol.strategy("early") is early
    assert protocol.strategy("natural_course") is NATURAL_COURSE
    assert rescue.rules_on("salvage") == ((1, rescue.rules[1]),)
    assert NATURAL_COURSE.rules_on("hct") == ()


def test_strategies_survive_writing():
    protocol = read_protocol(ASKED)
    again = validate(Protocol, read_document(write_document(protocol)))
    assert again == protocol
    assert again.digest() == protocol.digest()
    flat = "{kind: never, name: watch, treatment: hct}"
    combined, _ = broken(flat, "{kind: combine, name: watch, rules: [{kind: never, treatment: hct}]}", ASKED)
    assert read_protocol(combined).digest() == protocol.digest()  # one meaning, one digest


def test_the_digest_sees_every_choice_of_a_strategy():
    digest = read_protocol(ASKED).digest()
    for old, new in (
        ("months: 6, law: representative", "months: 5, law: representative"),
        ("months: 6, law: representative", "months: 6, law: uniform"),
        ("until_month: null", "until_month: 12"),
        ("while_in: [remission]", "while_in: [on_treatment, remission]"),
        ("sex, eq: f}}", "sex, eq: m}}"),
        ("last_bin_days: 30", "last_bin_days: 14"),
    ):
        text, _ = broken(old, new, ASKED)
        text = text.replace("[relapse, on_treatment]", "[relapse]") if "while_in" in old else text
        assert read_protocol(text).digest() != digest, new


def test_a_protocol_without_strategies_keeps_its_digest():
    """As it was before there were any."""
    protocol = read_protocol(QUESTION)
    content = protocol.model_dump(mode="json", by_alias=True)
    assert (content["treatments"], content["strategies"]) == ([], [])
    assert protocol.digest() == validate(Protocol, read_document(QUESTION + "strategies: []\n")).digest()


BROKEN = [
    # form
    ("kind: never, name: watch", "kind: nevr, name: watch", "P003", "did you mean 'never'?"),
    ("{kind: never, name: watch", "{name: watch", "P003", "the field 'kind' is missing"),
    ("      - {kind: never, treatment: hct}", "      - {kind: combine, treatment: hct}", "P003", "never, start_within, on_trigger"),
    ("name: early, label", "label", "P003", "the field 'name' is missing"),
    (", months: 6, law: representative", ", months: 6", "P003", "the field 'law' is missing"),
    (", months: 6, law: representative", ", law: representative", "P003", "the field 'months' is missing"),
    (", until_month: null", "", "P003", "the field 'until_month' is missing"),
    ("months: 6, law: representative", "months: 0, law: representative", "P003", "greater than 0"),
    ("months: 6, law: representative", "months: -1, law: representative", "P003", "greater than 0"),
    ("months: 6, law: representative", "months: 6, law: representativ", "P003", "a grace law is uniform, representative"),
    ("months: 6, law: representative", "months: 6, law: natural", "P003", "{natural: {last_bin_days: DAYS}}"),
    ("law: {fixed: 1}", "law: {fixed: 0}", "P003", "greater than 0"),
    ("law: {fixed: 1}", "law: {fixed: 1, months: [0, 3]}", "P003", "a grace law is"),
    ("law: {fixed: 1}", "law: {natural: {}}", "P003", "'last_bin_days' is missing"),
    ("kind: never, name: watch, treatment: hct", "kind: never, name: watch, treatment: hct, only_if: {has: relapse}", "P003", "'only_if' is unknown"),
    ("only_if: {baseline: sex, eq: f}", "only_if: {baseline: sex, equals: f}", "P003", "exactly one of the keys eq"),
    ("trigger: {has: relapse}, months", "triger: {has: relapse}, months", "P003", "did you mean 'trigger'?"),
    # meaning without a vocabulary
    ("name: salvage, intervention", "name: hct, intervention", "P116", "'hct' twice"),
    ("[relapse, on_treatment]", "[relapse, relapse]", "P116", "'relapse' twice"),
    ("[relapse, on_treatment]", "[relapse, remission]", "P120", "'hct' while in 'remission' is already 'hct'"),
    ("name: early, label", "name: watch, label", "P116", "'watch' twice"),
    ("name: watch", "name: natural_course", "P122", "'natural_course' is always there"),
    ("name: watch, treatment: hct", "name: watch, treatment: hcd", "P010", "did you mean 'hct'?"),
    ("      - {kind: never, treatment: hct}", "      - {kind: never, treatment: salvage}", "P122", "one rule says never to 'salvage'"),
    ("      - {kind: never, treatment: hct}", "      - {kind: never, treatment: hct}\n      - {kind: never, treatment: hct}", "P116", "the same rule on 'hct' twice"),
    ("probability: [0, 0.5, 1]", "probability: [0, 0.5, 0.9]", "P121", "to 0.9"),
    ("probability: [0, 0.5, 1]", "probability: [0.1, 0.5, 1]", "P121", "from 0.1 at month 0"),
    ("probability: [0, 0.5, 1]", "probability: [0, 0, 1]", "P121", "0 after 0; it must rise"),
    ("probability: [0, 0.5, 1]", "probability: [0, 1, 1]", "P121", "1 after 1; it must rise"),
    ("probability: [0, 0.5, 1]", "probability: [0, 1]", "P121", "3 months with 2 probabilities"),
    ("months: [0, 1, 3]", "months: [0, 1, 2]", "P121", "the law ends at month 2, the window at month 3"),
    ("months: [0, 1, 3]", "months: [0, 4, 3]", "P121", "3 after 4; it must rise"),
    ("law: {fixed: 1}", "law: {fixed: 4}", "P121", "a start at month 4 of a window of 3 months"),
    ("last_bin_days: 30", "last_bin_days: 100", "P121", "a last bin of 100 days in a window of 3 months"),
    # words
    ("intervention: hct, while_in: [remission]", "intervention: hcc, while_in: [remission]", "P010", "did you mean 'hct'?"),
    ("intervention: hct, while_in: [remission]", "intervention: relapse, while_in: [remission]", "P120", "'relapse' is a word of events"),
    ("while_in: [remission]", "while_in: [remision]", "P010", "did you mean 'remission'?"),
    ("trigger: {has: relapse}, months", "trigger: {has: relaps}, months", "P010", "did you mean 'relapse'?"),
    ("only_if: {baseline: sex, eq: f}", "only_if: {baseline: sex, eq: woman}", "P018", "one of f, m"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "code", "found"), BROKEN)
def test_a_mistake_is_refused_where_it_is_written(old, new, code, found):
    text, line = broken(old, new, ASKED)
    with pytest.raises(ProtocolError) as caught:
        read_question(text)
    error = caught.value
    assert (error.code, found in error.found) == (code, True), str(error)
    line += new.count("\n") or found.startswith("one rule says")  # the second of the two
    if found == "'watch' twice":
        assert error.where == f"protocol, line {line}, strategies.1.name"
    assert error.where.startswith(f"protocol, line {line}"), error.where
    if code != "P003":
        assert (error.why, error.do) == (CODES[code].why, CODES[code].do)


def test_nobody_is_treated_in_a_state_that_ends_all():
    dead = MYELOID.structures["course"].absorbing[0]
    text, line = broken("while_in: [remission]", f"while_in: [{dead}]", ASKED)
    with pytest.raises(
        ProtocolError, match=rf"P120 protocol, line {line}, treatments.0.while_in.0: nobody leaves"
    ):
        read_question(text)


def test_a_strategy_without_rules_is_the_natural_course_only():
    text, line = broken(
        "kind: never, name: watch, treatment: hct", "kind: combine, name: watch, rules: []", ASKED
    )
    with pytest.raises(
        ProtocolError, match=rf"P122 protocol, line {line}, strategies.0.rules: the strategy 'watch' has no"
    ):
        read_protocol(text)


def test_usual_care_does_not_count_twice():
    rule = "{kind: start_within, treatment: hct, months: 3, law: {natural: {last_bin_days: 30}}}"
    natural = f"kind: combine, name: usual, rules: [{rule}, {rule.replace('months: 3', 'months: 6')}]"
    written = (
        "kind: start_within, name: usual, treatment: hct, months: 3, law: {natural: {last_bin_days: 30}}"
    )
    text, line = broken(written, natural, ASKED)
    with pytest.raises(
        ProtocolError, match=rf"P122 protocol, line {line}, .*two rules leave 'hct' to usual care"
    ):
        read_protocol(text)


@pytest.mark.parametrize(
    ("old", "new"), [(old, new) for old, new, code, found in BROKEN if code == "P003" and "must" not in found]
)
def test_the_schema_refuses_what_the_reader_refuses(old, new):
    validator = Draft202012Validator(json_schema("protocol"))
    assert validator.is_valid(read_document(ASKED).data)
    assert not validator.is_valid(read_document(broken(old, new, ASKED)[0]).data)


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("watch", "No transplant in first remission."),
        ("early", "Start transplant in first remission within 6 months of time zero, at the times usual in the cohort among those who start within that window."),
        ("stated", "Start transplant in first remission within 3 months of time zero, at times drawn from the stated law (50 % by month 1), only while sex is female, and no transplant in first remission otherwise."),
        ("exact", "Start transplant in first remission within 3 months of time zero, exactly 1 month into that window."),
        ("usual", "Start transplant in first remission within 3 months of time zero, as in usual care at first, and at the latest in the last 30 days of that window."),
        ("rescue", "No transplant in first remission; start transplant while in relapse or no remission yet within 4 months of the first day on which this is known: relapse on record, every time in that window being equally likely, and no transplant while in relapse or no remission yet otherwise."),
        ("natural_course", "Every treatment is started as in usual care."),
    ],
)  # fmt: skip
def test_a_strategy_in_english(name, sentence):
    protocol, vocabulary = read_question(ASKED)
    assert strategy_sentence(protocol.strategy(name), protocol, vocabulary) == sentence


def test_two_rules_on_one_treatment_in_english():
    rules = (
        "{kind: combine, name: watch, rules: [{kind: start_within, treatment: hct, months: 1, law: uniform}, "
        "{kind: on_trigger, treatment: hct, trigger: {has: relapse}, months: 2, until_month: 12, law: uniform}]}"
    )
    text, _ = broken("{kind: never, name: watch, treatment: hct}", rules, ASKED)
    protocol, vocabulary = read_question(text)
    sentence = strategy_sentence(protocol.strategies[0], protocol, vocabulary)
    assert sentence.startswith("Start transplant in first remission within 1 month of time zero, every time")
    assert " or start transplant in first remission within 2 months of the first day" in sentence
    assert "(if that day comes within 12 months of time zero)" in sentence
    assert sentence.endswith("otherwise, whichever comes first.")


def test_strategies_are_narrated_after_time_zero():
    protocol, vocabulary = read_question(ASKED)
    told = narrate(protocol, vocabulary)
    place = next(place for place, text in enumerate(told) if text.startswith("What would be done."))
    assert told[place - 1].startswith("From when.")
    assert told[place + 1] == "watch. No transplant in first remission."
    assert told[place + 2].startswith("Early transplant. Start transplant")
    assert not any("What would be done" in text for text in narrate(*read_question(QUESTION)))


def test_the_shipped_protocol_states_the_strategies_of_the_dilemma():
    protocol, vocabulary = read_question("cart_all")
    names = [one.name for one in protocol.strategies]
    assert names == [
        "watch", "early", "on_bca_loss", "on_ngs_mrd", "on_either", "salvage", "maintain", "reinfuse", "early_if_first",
    ]  # fmt: skip
    assert [one.name for one in protocol.treatments] == ["hct", "salvage_hct", "maintenance", "reinfusion"]
    for one in protocol.strategies:
        assert strategy_sentence(one, protocol, vocabulary).endswith(".")
    for name in ("maintain", "reinfuse", "salvage"):
        assert protocol.strategy(name).rules_on("hct") == ((0, Never(kind="never", treatment="hct")),)
