"""Features and predicates: short forms, English, and refusals with line and path."""

# ruff: noqa: E501 (a case is read as one line)

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter
from small_vocabulary import SMALL

from equipoise.base.document import read_document, validate, write_document
from equipoise.base.errors import ProtocolError
from equipoise.base.model import Frozen
from equipoise.language.comparison import Comparison, Operator
from equipoise.language.feature import AgeOfValue, Baseline, Count, DaysSince, First, Has, Last
from equipoise.language.predicate import AllOf, AnyOf, Compare, Not, Predicate
from equipoise.language.vocabulary import read_vocabulary

VOCABULARY = read_vocabulary(SMALL)
PREDICATE: TypeAdapter[Predicate] = TypeAdapter(Predicate)


class Holder(Frozen):
    must: Predicate


def read(text: str) -> Predicate:
    return validate(Holder, read_document(f"must: {text}\n")).must


SHORT_FORMS = [
    ("{baseline: age, lt: 26}", Compare(feature=Baseline(column="age"), op=Operator.LT, value=26.0),
     "age is below 26 years"),
    ("{baseline: sex, eq: f}", Compare(feature=Baseline(column="sex"), op=Operator.EQ, value="f"), "sex is female"),
    ("{baseline: sex, in: [f, m]}", Compare(feature=Baseline(column="sex"), op=Operator.IN, value=("f", "m")),
     "sex is female or male"),
    ("{baseline: treated, eq: false}", Compare(feature=Baseline(column="treated"), op=Operator.EQ, value=False),
     "treated before is false"),
    ("{last: marker, within: 35, ge: 1e-6}",
     Compare(feature=Last(measurement="marker", within=35.0), op=Operator.GE, value=1e-6),
     "the last Marker of the past 35 days is at least 1e-06 copies"),
    ("{last: aplasia, ne: lost}", Compare(feature=Last(measurement="aplasia"), op=Operator.NE, value="lost"),
     "the last B-cell aplasia is not lost"),
    ("{first: aplasia, where: {value: lost}, confirmed: 42, le: 180}",
     Compare(feature=First(record="aplasia", where={"value": Comparison(op=Operator.EQ, value="lost")},
                           confirmed=42.0), op=Operator.LE, value=180.0),
     "the day of the first B-cell aplasia recorded as lost, confirmed by the next value within 42 days is at most 180"),
    ("{count: relapse, within: 1, eq: 0}",
     Compare(feature=Count(record="relapse", within=1.0), op=Operator.EQ, value=0.0),
     "the number of records of relapse in the past 1 day is 0"),
    ("{age_of_value: marker, le: 30}", Compare(feature=AgeOfValue(measurement="marker"), op=Operator.LE, value=30.0),
     "the time since the last value of Marker is at most 30 days"),
    ("{days_since: graft, gt: 100}", Compare(feature=DaysSince(record="graft"), op=Operator.GT, value=100.0),
     "the time since the last graft is above 100 days"),
    ("{has: relapse, where: {cd19: [neg]}, within: 90}",
     Has(record="relapse", where={"cd19": Comparison(op=Operator.IN, value=("neg",))}, within=90.0),
     "relapse with CD19 negative on record in the past 90 days"),
    ("{has: graft, where: {dose: {ge: 12}}}",
     Has(record="graft", where={"dose": Comparison(op=Operator.GE, value=12.0)}),
     "graft with dose at least 12 Gy on record"),
    ("{not_: {has: relapse}}", Not(not_=Has(record="relapse")), "no relapse on record"),
    ("{not_: {baseline: age, lt: 26}}",
     Not(not_=Compare(feature=Baseline(column="age"), op=Operator.LT, value=26.0)), "not (age is below 26 years)"),
    ("{all_of: [{has: remission}, {any_of: [{has: graft}, {not_: {has: relapse}}]}]}",
     AllOf(all_of=(Has(record="remission"), AnyOf(any_of=(Has(record="graft"), Not(not_=Has(record="relapse")))))),
     "remission on record and (graft on record or no relapse on record)"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "node", "words"), SHORT_FORMS)
def test_short_forms_read_write_and_read_aloud(text, node, words):
    assert read(text) == node
    assert node.words(VOCABULARY) == words
    node.check(VOCABULARY)
    assert validate(Holder, read_document(write_document(Holder(must=node)))).must == node


@pytest.mark.parametrize(
    ("text", "code", "path", "found"),
    [
        ("{lst: marker, ge: 1}", "P003", "must", "a predicate has exactly one of the keys"),
        ("{lst: marker, ge: 1}", "P003", "must", "did you mean 'last'?"),
        ("{has: relapse, count: graft}", "P003", "must", "exactly one of the keys"),
        ("relapse", "P003", "must", "exactly one of the keys"),
        ("{baseline: age}", "P003", "must", "exactly one of the keys eq, ne"),
        ("{baseline: age, lt: 26, gt: 3}", "P003", "must", "exactly one of the keys eq, ne"),
        ("{baseline: age, lt: young}", "P003", "must", "'lt' needs a number"),
        ("{baseline: age, lt: true}", "P003", "must", "'lt' needs a number"),
        ("{baseline: age, in: 26}", "P003", "must", "'in' needs a list"),
        ("{baseline: age, eq: [26]}", "P003", "must", "'in' needs a list"),
        ("{baseline: age, in: []}", "P003", "must", "at least one value"),
        ("{last: marker, within: 0, ge: 1}", "P003", "must.within", "greater than 0"),
        ("{last: marker, max_age: 30, ge: 1}", "P003", "must.max_age", "unknown"),
        ("{all_of: []}", "P003", "must.all_of", "at least 1"),
        ("{has: relapse, where: {cd19: {about: 1}}}", "P003", "must.where.cd19", ""),
    ],
)
def test_what_is_no_predicate_is_refused(text, code, path, found):
    with pytest.raises(ProtocolError) as caught:
        read(text)
    assert caught.value.code == code
    assert caught.value.where.startswith(f"text, line 1, {path}")
    assert found in caught.value.found


@pytest.mark.parametrize(
    ("text", "code", "path", "found"),
    [
        ("{has: relaps}", "P010", "has", "did you mean 'relapse'?"),
        ("{baseline: relapse, eq: 1}", "P011", "baseline", "a word of events, not of patients"),
        ("{last: relapse, eq: 1}", "P011", "last", "a word of events, not of measurements"),
        (
            "{days_since: marker, lt: 5}",
            "P011",
            "days_since",
            "a word of measurements, not of interventions or events",
        ),
        (
            "{not_: {all_of: [{has: relapse}, {baseline: aeg, lt: 1}]}}",
            "P010",
            "not_.all_of.1.baseline",
            "'age'",
        ),
        (
            "{any_of: [{has: graft, where: {doner: other}}]}",
            "P010",
            "any_of.0.where.doner",
            "did you mean 'donor'?",
        ),
        (
            "{has: graft, where: {donor: cousin}}",
            "P018",
            "where.donor",
            "'cousin' is not one of sibling, other",
        ),
        ("{has: graft, where: {dose: high}}", "P018", "where.dose", "'high' is compared with a number"),
        ("{has: aplasia, where: {value: gone}}", "P018", "where.value", "'gone' is not one of present, lost"),
        ("{has: marker, where: {level: 1}}", "P010", "where.level", "a part of the measurement 'marker'"),
        ("{first: relapse, confirmed: 3, lt: 9}", "P011", "confirmed", "not a measurement"),
        ("{baseline: sex, eq: femal}", "P018", "eq", "not one of f, m"),
        ("{baseline: sex, lt: 3}", "P011", "lt", "categories have no order"),
        ("{baseline: age, eq: old}", "P018", "eq", "compared with a number"),
        ("{baseline: age, eq: true}", "P018", "eq", "compared with a number"),
        ("{baseline: treated, eq: 1}", "P018", "eq", "true or false"),
        ("{last: aplasia, in: [lost, gone]}", "P018", "in", "'gone'"),
        ("{count: graft, eq: many}", "P018", "eq", "compared with a number"),
    ],
)
def test_what_the_vocabulary_does_not_know_is_refused_with_its_path(text, code, path, found):
    node = read(text)
    with pytest.raises(ProtocolError) as caught:
        node.check(VOCABULARY)
    assert caught.value.code == code
    assert caught.value.where.startswith(path)
    assert found in caught.value.found


DAYS = st.none() | st.floats(min_value=0.5, max_value=1e5, allow_nan=False)
NAMES = st.sampled_from(["age", "marker", "relapse", "graft", "a1_b"])
NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
TEXTS = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=8)
SCALARS = NUMBERS | TEXTS | st.booleans()
COMPARED = st.one_of(
    st.tuples(st.sampled_from([Operator.EQ, Operator.NE]), SCALARS),
    st.tuples(st.sampled_from([Operator.LT, Operator.LE, Operator.GT, Operator.GE]), NUMBERS),
    st.tuples(st.just(Operator.IN), st.lists(SCALARS, min_size=1, max_size=3).map(tuple)),
)
WHERE = st.dictionaries(NAMES, COMPARED.map(lambda pair: Comparison(op=pair[0], value=pair[1])), max_size=2)
FEATURES = st.one_of(
    NAMES.map(lambda name: Baseline(column=name)),
    st.tuples(NAMES, DAYS).map(lambda drawn: Last(measurement=drawn[0], within=drawn[1])),
    st.tuples(NAMES, WHERE, DAYS).map(
        lambda drawn: First(record=drawn[0], where=drawn[1], confirmed=drawn[2])
    ),
    st.tuples(NAMES, DAYS).map(lambda drawn: Count(record=drawn[0], within=drawn[1])),
    NAMES.map(lambda name: AgeOfValue(measurement=name)),
    NAMES.map(lambda name: DaysSince(record=name)),
)
LEAVES = st.one_of(
    st.tuples(FEATURES, COMPARED).map(
        lambda drawn: Compare(feature=drawn[0], op=drawn[1][0], value=drawn[1][1])
    ),
    st.tuples(NAMES, WHERE, DAYS).map(lambda drawn: Has(record=drawn[0], where=drawn[1], within=drawn[2])),
)
PREDICATES = st.recursive(
    LEAVES,
    lambda part: st.one_of(
        st.lists(part, min_size=1, max_size=3).map(lambda parts: AllOf(all_of=tuple(parts))),
        st.lists(part, min_size=1, max_size=3).map(lambda parts: AnyOf(any_of=tuple(parts))),
        part.map(lambda one: Not(not_=one)),
    ),
    max_leaves=6,
)


@given(PREDICATES)
def test_load_of_dump_is_the_same_predicate(node):
    dumped = PREDICATE.dump_python(node, mode="json", by_alias=True)
    assert PREDICATE.validate_json(json.dumps(dumped)) == node
    assert validate(Holder, read_document(write_document(Holder(must=node)))).must == node
