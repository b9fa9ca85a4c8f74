"""Vocabularies: what they declare, and every contradiction refused with its line."""

# ruff: noqa: E501 (a case is read as one line)

import pytest
from small_vocabulary import SMALL, broken

from equipoise.base.codes import CODES
from equipoise.base.document import read_document, validate, write_document
from equipoise.base.errors import ProtocolError
from equipoise.language.vocabulary import Vocabulary, read_vocabulary, shipped_vocabularies


@pytest.fixture(scope="module")
def small() -> Vocabulary:
    return read_vocabulary(SMALL)


def test_words_live_in_one_table_each(small):
    assert small.records == ("marker", "aplasia", "graft", "remission", "relapse", "death")
    assert small.terminal_events == ("death",)
    words = ("age", "marker", "graft", "death", "x")
    assert [small.table_of(word) for word in words] == [
        "patients",
        "measurements",
        "interventions",
        "events",
        None,
    ]
    assert small.label_of("marker") == "Marker"
    assert small.measurements["marker"].detection_limit == 0.000001
    assert dict(small.patients["sex"].values) == {"f": "female", "m": "male"}
    assert dict(small.interventions["graft"].details["donor"].values) == {
        "sibling": "sibling",
        "other": "other",
    }
    assert small.patients["grade"].known_from == 28


def test_same_day_order_puts_names_before_their_class(small):
    in_order = ["marker", "remission", "graft", "relapse", "death", "censoring"]
    ranks = [small.same_day_rank(name) for name in in_order]
    assert ranks == sorted(set(ranks))
    with pytest.raises(KeyError):
        small.same_day_rank("age")


def test_states_keep_the_order_of_the_document(small):
    structure = small.structures["course"]
    assert structure.state_names[:3] == ("waiting", "remission", "grafted")
    assert structure.state_names[-1] == "dead"
    assert structure.absorbing == ("dead",)
    # sorting the states would change every table and figure, so it changes the digest
    text, _ = broken(
        SMALL,
        "      waiting: {label: Waiting}\n      remission: {label: In remission}\n",
        "      remission: {label: In remission}\n      waiting: {label: Waiting}\n",
    )
    assert read_vocabulary(text).digest() != small.digest()
    assert read_vocabulary(SMALL).digest() == small.digest()


BROKEN = [
    # words
    ("name: small\n", "name: Small words\n", "P003", "pattern"),
    ("{type: quantity, label: Age, unit: years}", "{type: number, label: Age}", "P003", "'category', 'quantity'"),
    ("{type: quantity, label: Age, unit: years}", "{type: quantity, lable: Age}", "P003", "did you mean 'label'?"),
    ("values: {f: female, m: male}}", "unit: years}", "P019", "a category with 0 values"),
    ("label: Age, unit: years}", "label: Age, range: [120, 0]}", "P019", "from 120 to 0"),
    ("values: {f: female, m: male}}", "values: {f: female}, range: [0, 1]}", "P019", "a category with a range"),
    ("known_from: 28", "known_from: grfat", "P010", "did you mean 'graft'?"),
    ("{type: quantity, label: Importance,", "{type: boolean, label: Importance,", "P019", "a weight that is a boolean"),
    ("  marker: {kind: quantity,", "  age: {kind: quantity,", "P012", "already a word of patients"),
    ("  marker: {kind: quantity,", "  day: {kind: quantity,", "P012", "a column of our own"),
    ("range: [0, 1], detection_limit: 1e-6", "range: [1, 0]", "P019", "from 1 to 0"),
    ("detection_limit: 1e-6", "detection_limit: 2", "P019", "outside the range"),
    ("{kind: state, label: B-cell aplasia, values", "{kind: quantity, label: B-cell aplasia, values", "P019", "2 values"),
    ("acts_on: [relapse],", "acts_on: [relaps],", "P010", "did you mean 'relapse'?"),
    ("dose: {type: quantity, unit: Gy}", "dose: {type: category}", "P019", "a category with 0 values"),
    ("dose: {type: quantity, unit: Gy}", "start: {type: quantity, unit: Gy}", "P012", "a column of our own"),
    *(
        ("dose: {type: quantity, unit: Gy}", name + ": {type: quantity}", "P012", "a column of our own")
        for name in ("place", "limit", "age", "end", "entry", "opens", "closes")
    ),
    ("details: {cd19: {label: CD19,", "details: {dose: [low, high], cd19: {label: CD19,", "P012", "'dose' is a category here and a quantity in 'graft'"),
    ("death, terminal: true}", "death, terminal: true, details: {cd19: {type: quantity}}}", "P012", "'cd19' is a quantity here and a category in 'relapse'"),
    # order of one day
    ("[measurement, remission, intervention,", "[measurement, remision, intervention,", "P010", "'remission'"),
    ("[measurement, remission, intervention,", "[remission, intervention,", "P013", "no place for measurement"),
    ("remission, intervention, event, terminal, ", "intervention, intervention, event, terminal, ", "P013", "twice"),
    ("intervention, event, terminal, censoring]", "intervention, terminal, event, censoring]", "P013", "'death' before"),
    ("intervention, event, terminal, censoring]", "intervention, event, censoring, terminal]", "P013", "not last"),
    # structures
    ("    start: waiting", "    start: wating", "P010", "did you mean 'waiting'?"),
    ("{from: remission, on: graft, to: grafted}", "{from: remission, on: graft, to: graftd}", "P010", "'grafted'"),
    ("{from: remission, on: graft, to: grafted}", "{from: remission, on: grft, to: grafted}", "P010", "'graft'"),
    ("{from: remission, on: graft, to: grafted}", "{from: remission, on: marker, to: grafted}", "P010", "an event or"),
    ("{from: remission, on: graft, to: grafted}", "{from: remission, on: graft, to: remission}", "P014", "to itself"),
    ("{from: remission, on: death, to: dead}", "{from: remission, on: relapse, to: dead}", "P014", "both to"),
    ("where: {cd19: neg}", "where: {cd91: neg}", "P010", "did you mean 'cd19'?"),
    ("where: {cd19: neg}", "where: {cd19: negg}", "P018", "did you mean 'neg'?"),
    ("where: {cd19: neg}", "where: {cd19: 1}", "P018", "1.0 is compared with a category"),
    ("{from: relapse, on: remission, to: second_remission}", "{from: relapse, on: graft, to: grafted}", "P015", "path"),
    ("{from: grafted, on: death, to: dead}", "{from: grafted, on: death, to: relapse}", "P016", "terminal but"),
    # outcomes
    ("structure: course\n    kind: survival", "structure: corse\n    kind: survival", "P010", "'course'"),
    ("    kind: survival", "    kind: surviving", "P003", "'survival'"),
    ("    states: [remission, grafted]\n    is", "    states: [remission, graft]\n    is", "P010", "did you mean 'grafted'?"),
    ("    states: [remission, grafted]\n    is", "    states: [remission, remission]\n    is", "P017", "twice"),
    ("    states: [remission, grafted]\n    is", "    states: [remission, second_remission]\n    is", "P017", "come back"),
    ("    states: [remission, grafted]\n    is", "    states: [dead]\n    is", "P017", "no arrow leaves"),
    ("    at_risk: [remission, grafted]\n", "    at_risk: [relapse]\n", "P017", "come back"),
    ("    states: [relapse, relapse_negative]", "    states: [second_remission]", "P017", "no arrow leads"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "code", "found"), BROKEN)
def test_a_contradiction_is_refused_where_it_is_written(old, new, code, found):
    text, line = broken(SMALL, old, new)
    with pytest.raises(ProtocolError) as caught:
        read_vocabulary(text)
    error = caught.value
    assert (error.code, found in error.found) == (code, True), str(error)
    if code == "P015":  # told where the state is declared that cannot be reached
        line = SMALL[: SMALL.index("      second_remission:")].count("\n") + 1
    assert error.where.startswith(f"vocabulary, line {line},"), error.where
    assert error.why == CODES[code].why
    assert error.do == CODES[code].do


def test_records_may_share_a_detail_of_one_type():
    text, _ = broken(
        SMALL, "details: {cd19: {label: CD19,", "details: {donor: [old, new], cd19: {label: CD19,"
    )
    shared = read_vocabulary(text)
    assert (
        shared.details_of("relapse")["donor"].type == shared.details_of("graft")["donor"].type == "category"
    )


def test_a_death_that_leaves_a_patient_at_risk_is_refused():
    text, _ = broken(SMALL, "      - {from: grafted, on: death, to: dead}\n", "")
    with pytest.raises(ProtocolError, match=r"P016 .*structures\.course\.states\.grafted: .*'death'"):
        read_vocabulary(text)
    # a conditional arrow is not enough: the detail may be missing
    text, _ = broken(
        SMALL, "{label: death, terminal: true}", "{label: death, terminal: true, details: {cause: [a, b]}}"
    )
    text, _ = broken(
        text,
        "{from: grafted, on: death, to: dead}",
        "{from: grafted, on: death, where: {cause: [a, b]}, to: dead}",
    )
    with pytest.raises(ProtocolError, match="P016"):
        read_vocabulary(text)


@pytest.mark.parametrize(
    ("passage", "missing"),
    [("    is: alive and in first remission\n", "'is'"), ("    event: relapse or death\n", "'event'"),
     ("    competing: death in remission\n", "'competing'"), ("    is: alive and in remission\n", "'is'")],
)  # fmt: skip
def test_an_outcome_needs_the_words_of_its_sentence(passage, missing):
    text, _ = broken(SMALL, passage, "")
    with pytest.raises(ProtocolError, match=rf"P021 vocabulary, line \d+, outcomes\.\w+: .*{missing}"):
        read_vocabulary(text)


def test_only_a_cluster_may_leave_its_categories_open():
    sex = "{type: category, label: Sex, values: {f: female, m: male}}"
    for column, is_fine in (
        ("{type: category, label: Hospital, role: cluster}", True),
        ("{type: category, label: Hospital, role: cluster, values: [north, south]}", True),
        ("{type: category, label: Hospital}", False),
        ("{type: boolean, label: Hospital, values: [north, south]}", False),
    ):
        text, _ = broken(SMALL, sex, column)
        if is_fine:
            assert read_vocabulary(text).patients["sex"].label == "Hospital"
        else:
            with pytest.raises(ProtocolError, match=r"P019 vocabulary, line 6, patients\.sex"):
                read_vocabulary(text)


def test_an_incidence_needs_its_states_at_risk():
    text, _ = broken(SMALL, "    at_risk: [remission, grafted]\n", "")
    with pytest.raises(ProtocolError, match=r"P017 .*0 states at risk"):
        read_vocabulary(text)


def test_reading_by_name_path_and_text(tmp_path, small):
    path = tmp_path / "own.yaml"
    path.write_text(SMALL, encoding="utf-8")
    assert read_vocabulary(path) == read_vocabulary(str(path)) == small
    with pytest.raises(ProtocolError, match=r"P020 vocabulary: 'myelod' .*did you mean 'myeloid'"):
        read_vocabulary("myelod")
    with pytest.raises(ProtocolError, match="P001"):
        read_vocabulary(tmp_path / "absent.yaml")


@pytest.mark.parametrize("name", ["bmt", "cart_all", "ebmt4", "heart", "myeloid"])
def test_shipped_vocabularies_are_read_and_survive_writing(name):
    assert name in shipped_vocabularies()
    vocabulary = read_vocabulary(name)
    assert vocabulary.name == name
    again = validate(Vocabulary, read_document(write_document(vocabulary)))
    assert again == vocabulary
    assert again.digest() == vocabulary.digest()


def test_every_first_failure_of_the_shipped_vocabularies_is_counted_once():
    """DFS + CIR + NRM = 1 needs every way out of the DFS states to be relapse or non-relapse death."""
    for name in ("bmt", "cart_all", "myeloid"):
        vocabulary = read_vocabulary(name)
        dfs, cir, nrm = (vocabulary.outcomes[outcome] for outcome in ("dfs", "relapse", "nrm"))
        assert set(cir.at_risk) == set(nrm.at_risk) == set(dfs.states)
        ways_out = {arrow.to for arrow in vocabulary.structure_of("dfs").exits(dfs.states)}
        assert ways_out == set(cir.states) | set(nrm.states)
        assert set(cir.states).isdisjoint(nrm.states)
        alive = set(vocabulary.structure_of("os").state_names) - set(vocabulary.structure_of("os").absorbing)
        assert set(vocabulary.outcomes["os"].states) == alive
