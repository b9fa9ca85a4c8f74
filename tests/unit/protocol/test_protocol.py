"""Protocols: read from YAML, checked against a vocabulary, refused with file, line, path and remedy."""

# ruff: noqa: E501 (a case is read as one line)

import pytest
from hypothesis import given
from hypothesis import strategies as st
from myeloid_protocol import QUESTION, broken

from equipoise.base.clock import DAYS_PER_MONTH
from equipoise.base.codes import CODES
from equipoise.base.document import read_document, validate, write_document
from equipoise.base.errors import IdentificationError, ProtocolError
from equipoise.language.feature import First, Has
from equipoise.language.predicate import Not
from equipoise.language.vocabulary import read_vocabulary
from equipoise.protocol.analysis import Analysis
from equipoise.protocol.check import check, four_estimands, happens_by, is_counted
from equipoise.protocol.intercurrent import FourEstimands, Handling, IntercurrentEvent
from equipoise.protocol.plan import Funnel, Report
from equipoise.protocol.protocol import Criterion, Population, Protocol
from equipoise.protocol.read import read_protocol, read_question, shipped_protocols
from equipoise.protocol.time_zero import EventTimeZero, LandmarkTimeZero

MYELOID = read_vocabulary("myeloid")


def test_a_protocol_is_what_was_written():
    protocol = read_protocol(QUESTION)
    assert protocol == Protocol(
        title="After first remission",
        vocabulary="myeloid",
        population=Population(
            all_of=(
                Criterion(label="in remission", predicate=Has(record="remission")),
                Criterion(predicate=Not(not_=Has(record="relapse"))),
                protocol.population.all_of[2],
            )
        ),
        time_zero=EventTimeZero(kind="event", of="remission"),
        structure="course",
        outcomes=("os", "dfs", "relapse", "nrm", "hct", "in_remission"),
        intercurrent_events=(IntercurrentEvent(event="hct", handling=Handling.TREATMENT_POLICY),),
        four_estimands=(FourEstimands(event="hct", outcome="dfs"),),
        funnels=(
            Funnel(name="rescue", label="After relapse", origin="relapse", steps=("hct",), outcome="os"),
        ),
        report=Report(
            every_months=6, until_month=60, at_months=(12, 36), restricted_to_months=(36,), level=0.9
        ),
        analysis=Analysis(weight=None),
    )
    assert isinstance(protocol.time_zero, EventTimeZero)
    assert protocol.time_zero.feature == First(record="remission")
    words = [criterion.words(MYELOID) for criterion in protocol.population.all_of]
    assert words == ["in remission", "no relapse on record", "sex is female"]


def test_the_grid_has_every_step_and_every_headline_month():
    report = Report(every_months=24, until_month=60, at_months=(12, 36))
    assert report.grid_months == (0, 12, 24, 36, 48, 60)
    assert report.grid_days == tuple(month * 365.25 / 12 for month in (0, 12, 24, 36, 48, 60))
    assert Report(every_months=0.1, until_month=0.3, at_months=(0.2,)).grid_months == (0, 0.1, 0.2, 0.3)
    assert Report(until_month=2.5, at_months=(1,)).grid_months == (0, 1, 2, 2.5)
    assert report.grid_days[-1] == pytest.approx(60 * DAYS_PER_MONTH)


BROKEN = [
    # form
    ("title: After first remission", "title: ''", "P003", "at least 1 character"),
    ("outcomes: [os,", "outcoms: [os,", "P003", "did you mean 'outcomes'?"),
    ("    - {not_: {has: relapse}}", "    - {not: {has: relapse}}", "P003", "did you mean 'not_'?"),
    ("    - {baseline: sex, eq: f}", "    - {baseline: sex, equals: f}", "P003", "exactly one of the keys eq"),
    ("{kind: event, of: remission, occurrence: first}", "{kind: birthday}", "P003", "kind: event or kind: landmark"),
    ("occurrence: first", "occurrence: last", "P003", "'first'"),
    ("handling: treatment_policy", "handling: treatmentpolicy", "P003", "did you mean 'treatment_policy'?"),
    ("handling: treatment_policy", "handling: null", "P003", "'hypothetical'"),
    (", handling: treatment_policy", "", "P003", "the field 'handling' is missing"),
    (", weight: null", "", "P003", "the field 'weight' is missing"),
    ("variance: ij", "variance: jackknife", "P003", "'ij', 'greenwood' or 'aalen'"),
    ("interval: default", "interval: wald", "P003", "'loglog'"),
    ("  level: 0.9", "  level: 95", "P003", "less than 1"),
    ("  every_months: 6", "  every_months: 0", "P003", "greater than 0"),
    ("  at_months: [12, 36]", "  at_months: []", "P003", "at least 1"),
    ("steps: [hct]", "steps: []", "P003", "at least 1"),
    # meaning without a vocabulary
    ("outcomes: [os, dfs,", "outcomes: [os, os,", "P116", "'os' twice"),
    ("  - {event: hct, handling: treatment_policy}",
     "  - {event: hct, handling: treatment_policy}\n  - {event: hct, handling: composite}", "P111", "'hct' twice"),
    ("  - {event: hct, outcome: dfs}", "  - {event: relapse, outcome: dfs}", "P117", "not an intercurrent event"),
    ("steps: [hct]", "steps: [hct, hct]", "P113", "occurs twice"),
    ("steps: [hct]", "steps: [relapse]", "P113", "occurs twice"),
    ("  at_months: [12, 36]", "  at_months: [36, 12]", "P114", "month 12 after 36"),
    ("  at_months: [12, 36]", "  at_months: [12, 72]", "P114", "month 72 in a report from 0 to 60"),
    ("  restricted_to_months: [36]", "  restricted_to_months: [0]", "P114", "month 0"),
    ("variance: ij, interval: default, cluster: null", "variance: aalen, interval: default, cluster: site", "P115", "'site'"),
    # words
    ("      predicate: {has: remission}", "      predicate: {has: remision}", "P010", "did you mean 'remission'?"),
    ("    - {baseline: sex, eq: f}", "    - {baseline: sex, eq: woman}", "P018", "one of f, m"),
    ("of: remission", "of: sex", "P011", "a word of patients"),
    ("of: remission", "of: death", "P110", "nobody is followed after it"),
    ("structure: course", "structure: cours", "P010", "did you mean 'course'?"),
    ("outcomes: [os, dfs,", "outcomes: [os, dsf,", "P010", "did you mean 'dfs'?"),
    ("{event: hct, outcome: dfs}", "{event: hct, outcome: dfz}", "P010", "'dfz'"),
    ("{event: hct, outcome: dfs}", "{event: hct, outcome: relapse}", "P117", "no survival outcome"),
    ("origin: relapse", "origin: relpase", "P010", "did you mean 'relapse'?"),
    ("origin: relapse", "origin: death", "P113", "nobody is followed after it"),
    ("outcome: os}", "outcome: nrm}", "P113", "of kind cumulative_incidence"),
    ("outcome: os}", "outcome: dfs}", "P113", "'relapse' never leaves a patient in a state of 'dfs'"),
    ("cluster: null", "cluster: centre", "P010", "a column of patients with role cluster"),
    ("weight: null", "weight: sex", "P010", "a column of patients with role weight"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "code", "found"), BROKEN)
def test_a_mistake_is_refused_where_it_is_written(old, new, code, found):
    text, line = broken(old, new)
    with pytest.raises(ProtocolError) as caught:
        read_question(text)
    error = caught.value
    assert (error.code, found in error.found) == (code, True), str(error)
    if code in ("P111", "P116") and "\n" in new:
        line += 1  # the second of the two
    assert error.where.startswith(f"protocol, line {line}"), error.where
    assert error.why == CODES[code].why
    assert error.do == CODES[code].do


def test_a_terminal_event_is_no_intercurrent_event():
    text, _ = broken("four_estimands:\n  - {event: hct, outcome: dfs}\n", "")
    text, line = broken("{event: hct, handling", "{event: death, handling", text)
    with pytest.raises(
        ProtocolError, match=f"P111 protocol, line {line}, intercurrent_events.0.event: 'death'"
    ):
        read_question(text)


@pytest.mark.parametrize("spelling", ["principal_stratum", "principal stratum", "Principal_Stratum"])
def test_the_principal_stratum_is_refused_with_the_reason(spelling):
    text, line = broken("handling: treatment_policy", f"handling: {spelling}")
    with pytest.raises(IdentificationError) as caught:
        read_protocol(text)
    error = caught.value
    assert (error.code, error.exit_code, error.family) == ("P112", 5, "identification")
    assert error.where == f"protocol, line {line}, intercurrent_events.0.handling"
    assert "never observed in anybody" in error.why
    with pytest.raises(IdentificationError):
        IntercurrentEvent.model_validate({"event": "hct", "handling": spelling})


@pytest.mark.parametrize(
    ("zero", "found"),
    [
        ("{kind: landmark, after: origin, day: 28, window: [21, 42]}", "a window without an assessment"),
        ("{kind: landmark, after: origin, day: 28, assessment: remission}", "an assessment without a window"),
        (
            "{kind: landmark, after: origin, day: 28, window: [30, 42], assessment: remission}",
            "from 30 to 42",
        ),
        (
            "{kind: landmark, after: origin, day: 28, window: [42, 21], assessment: remission}",
            "from 42 to 21",
        ),
        (
            "{kind: landmark, after: origin, day: 28, window: [14, 21], assessment: remission}",
            "from 14 to 21",
        ),
        ("{kind: landmark, after: death, day: 28}", "'death' is terminal"),
    ],
)
def test_a_time_zero_that_cannot_be_carried_out(zero, found):
    text, line = broken("{kind: event, of: remission, occurrence: first}", zero)
    with pytest.raises(ProtocolError, match=rf"P110 protocol, line {line}, time_zero") as caught:
        read_question(text)
    assert found in caught.value.found


@pytest.mark.parametrize(
    ("zero", "words"),
    [
        ("{kind: event, of: relapse}", "the day of the first relapse"),
        ("{kind: landmark, after: origin, day: 0}", "the day of randomisation"),
        ("{kind: landmark, after: origin, day: 90}", "day 90 after randomisation"),
        ("{kind: landmark, after: remission, day: 30}", "day 30 after the first complete remission"),
        ("{kind: landmark, after: origin, day: 28, window: [21, 42], assessment: remission}",
         "the day of the first record of remission on days 21 to 42 after randomisation"),
    ],
)  # fmt: skip
def test_time_zero_in_words(zero, words):
    text, _ = broken("{kind: event, of: remission, occurrence: first}", zero)
    protocol, vocabulary = read_question(text)
    assert protocol.time_zero.words(vocabulary) == words
    assert isinstance(protocol.time_zero, LandmarkTimeZero | EventTimeZero)


def test_a_funnel_may_start_at_an_event_that_moves_nobody():
    protocol, vocabulary = read_question("cart_all")
    funnel = protocol.funnels[1]
    assert (funnel.origin, funnel.outcome) == ("bca_loss", "dfs")
    assert not any(arrow.on == "bca_loss" for arrow in vocabulary.structure_of("dfs").arrows)


def test_site_is_always_a_cluster():
    text, _ = broken("cluster: null", "cluster: site")
    assert read_question(text)[0].analysis.cluster == "site"


def test_the_data_must_be_in_the_words_of_the_protocol():
    with pytest.raises(ProtocolError, match=r"P101 protocol, line 2, vocabulary: 'myeloid', but .*'heart'"):
        read_question(QUESTION, read_vocabulary("heart"))


def test_without_a_document_the_path_tells_the_place():
    text, _ = broken("structure: course", "structure: cours")
    with pytest.raises(ProtocolError, match=r"P010 protocol\.structure: 'cours'"):
        check(read_protocol(text), MYELOID)


def test_default_panels_are_the_interventions_with_a_survival_that_they_do_not_end():
    text, _ = broken("four_estimands:\n  - {event: hct, outcome: dfs}\n", "")
    protocol = read_protocol(text)
    assert four_estimands(protocol, MYELOID) == (FourEstimands(event="hct", outcome="os"),)
    named = read_protocol(QUESTION)
    assert four_estimands(named, MYELOID) == (FourEstimands(event="hct", outcome="dfs"),)
    text, _ = broken("[os, dfs, relapse, nrm, hct, in_remission]", "[relapse, nrm]", text)
    assert four_estimands(read_protocol(text), MYELOID) == ()


def test_what_an_event_does_to_an_outcome():
    # the transplant is what outcome hct counts; relapse competes with it; os and dfs go on through it
    outcomes = MYELOID.outcomes
    assert (happens_by(outcomes["hct"], "hct", MYELOID), is_counted(outcomes["hct"], "hct", MYELOID)) == (
        True,
        True,
    )
    assert happens_by(outcomes["hct"], "relapse", MYELOID)
    assert not is_counted(outcomes["hct"], "relapse", MYELOID)
    assert not happens_by(outcomes["dfs"], "hct", MYELOID)
    assert is_counted(outcomes["dfs"], "relapse", MYELOID)
    assert not is_counted(outcomes["in_remission"], "relapse", MYELOID)


def test_reading_from_a_folder_takes_the_vocabulary_beside_it(tmp_path):
    (tmp_path / "words.yaml").write_text(write_document(MYELOID), encoding="utf-8")
    text, _ = broken("vocabulary: myeloid", "vocabulary: words.yaml")
    path = tmp_path / "question.yaml"
    path.write_text(text, encoding="utf-8")
    protocol, vocabulary = read_question(path)
    assert vocabulary == MYELOID
    assert protocol.vocabulary == "words.yaml"
    path.write_text(text.replace("course", "corse"), encoding="utf-8")
    with pytest.raises(ProtocolError, match=r"question\.yaml, line 10, structure"):
        read_question(str(path))


@pytest.mark.parametrize("name", ["bmt", "cart_all", "heart", "myeloid"])
def test_shipped_protocols_hold_and_survive_writing(name):
    assert name in shipped_protocols()
    protocol, vocabulary = read_question(name)
    assert vocabulary.name == name
    again = validate(Protocol, read_document(write_document(protocol)))
    assert again == protocol
    assert again.digest() == protocol.digest()


def test_the_digest_sees_every_choice_and_no_spelling():
    digest = read_protocol(QUESTION).digest()
    spelled, _ = broken("    - {not_: {has: relapse}}", "    - predicate:\n        not_: {has: relapse}")
    assert read_protocol(spelled).digest() == digest
    for old, new in (
        ("handling: treatment_policy", "handling: composite"),
        ("level: 0.9", "level: 0.95"),
        ("eq: f}", "eq: m}"),
        ("[os, dfs,", "[dfs, os,"),
    ):
        assert read_protocol(broken(old, new)[0]).digest() != digest


MONTHS = st.lists(st.floats(0.25, 60), min_size=1, max_size=4, unique=True).map(
    lambda drawn: tuple(sorted(drawn))
)


@given(
    at_months=MONTHS,
    restricted=MONTHS,
    every=st.floats(0.25, 12),
    level=st.floats(0.51, 0.99),
    handlings=st.lists(st.sampled_from(Handling), min_size=1, max_size=2),
    zero=st.one_of(
        st.just(EventTimeZero(kind="event", of="remission")),
        st.floats(0, 400).map(lambda day: LandmarkTimeZero(kind="landmark", after="origin", day=day)),
    ),
)
def test_load_of_dump_is_the_same_protocol(at_months, restricted, every, level, handlings, zero):
    protocol = Protocol(
        title="x: #1",
        vocabulary="myeloid",
        population=Population(all_of=(Criterion(predicate=Has(record="remission")),)),
        time_zero=zero,
        structure="course",
        outcomes=("os",),
        intercurrent_events=tuple(
            IntercurrentEvent(event=event, handling=how)
            for event, how in zip(("hct", "relapse"), handlings, strict=False)
        ),
        report=Report(
            until_month=60,
            at_months=at_months,
            restricted_to_months=restricted,
            every_months=every,
            level=level,
        ),
        analysis=Analysis(weight=None),
    )
    again = validate(Protocol, read_document(write_document(protocol)))
    assert again == protocol
    assert again.digest() == protocol.digest()
    assert protocol.report.grid_months[-1] == 60
    assert set(at_months) <= set(protocol.report.grid_months)
