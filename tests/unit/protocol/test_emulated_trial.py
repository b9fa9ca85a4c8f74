"""The parts of an emulated trial as they are written: read, refused with a line, written again, said in English."""

# ruff: noqa: E501 (a case is read as one line)

import pytest
from jsonschema import Draft202012Validator
from myeloid_protocol import QUESTION, broken
from trial_protocol import TRIAL

from equipoise.base.document import read_document, validate, write_document
from equipoise.base.errors import IdentificationError, ProtocolError
from equipoise.language.vocabulary import read_vocabulary
from equipoise.protocol.assumption import MEANINGS, NEEDED, unargued
from equipoise.protocol.contrast import FITTING, Contrast
from equipoise.protocol.gates import Gates
from equipoise.protocol.narrate import narrate
from equipoise.protocol.plan import Report
from equipoise.protocol.protocol import Protocol
from equipoise.protocol.read import read_protocol, read_question, shipped_protocols
from equipoise.protocol.schemas import json_schema
from equipoise.protocol.target_table import target_table

MYELOID = read_vocabulary("myeloid")


def test_the_emulation_is_what_was_written_and_the_rest_is_the_default():
    protocol, _ = read_question(TRIAL)
    emulation = protocol.analysis.emulation
    assert emulation is not None
    model = emulation.model("hct")
    assert [one.name for one in model.adjust_for] == ["sex", "since_remission"]
    assert [(one.prior_mean, one.prior_sd) for one in model.adjust_for] == [(0.0, 1.0), (0.5, 1.0)]
    assert (model.site, model.site_sd, model.pieces_months) == ("site", 0.5, (1.0, 5.0, 11.0))
    assert emulation.loss is not None
    assert emulation.loss.adjust_for[0].name == "relapsed"
    assert (emulation.late_entrants, emulation.truncate, emulation.draws) == ("exclude", "default", 1000)
    assert (emulation.jackknife_up_to, emulation.penalised) == (300, True)
    assert protocol.decided_treatments == ("hct",)
    assert protocol.decided_interventions == ("hct",)
    with pytest.raises(KeyError):
        emulation.model("salvage")


def test_the_months_of_a_contrast_are_its_own_or_those_of_the_report():
    report = Report(until_month=60, at_months=(12, 36), restricted_to_months=(36,))
    contrast = Contrast(measure="survival_difference", of="os", between=("a", "b"))
    assert contrast.months(report) == (12, 36)
    assert contrast.model_copy(update={"at_months": (6.0,)}).months(report) == (6,)
    assert contrast.model_copy(update={"measure": "restricted_mean_difference"}).months(report) == (36,)
    assert contrast.model_copy(update={"measure": "crossing_time"}).months(report) == (60,)


def test_the_trial_survives_writing():
    protocol = read_protocol(TRIAL)
    again = validate(Protocol, read_document(write_document(protocol)))
    assert again == protocol
    assert again.digest() == protocol.digest()


# As they were before a protocol could be emulated.
DIGESTS = {
    "bmt": "4aad33ad0e3a0b1d034bf091aae8cadb491058037916bfe422fbaa09b890e87b",
    "heart": "a60c4bc90870cd2f3ece140c131910b6d949839192f9592590900c3c30d86e69",
}


@pytest.mark.parametrize("name", sorted(DIGESTS))
def test_a_protocol_that_is_not_emulated_keeps_its_digest(name: str):
    assert name in shipped_protocols()
    assert read_protocol(name).digest() == DIGESTS[name]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("reference: f}", "reference: m}"),
        ("prior_mean: 0.5", "prior_mean: 0.6"),
        ("cut: [35, 70]", "cut: [35]"),
        ("        site: site\n", ""),
        ("    loss: {adjust_for: [{name: relapsed, predicate: {has: relapse}}]}", "    loss: null"),
        ("outcomes: [os, dfs]\n", "outcomes: [os, dfs, nrm]\n"),
        ("restricted_to_months: [24]", "restricted_to_months: [12]"),
        ("one kind of transplant is given.", "there is one centre"),
        ("early: {months: 4}", "early: {months: 5}"),
        ("by_month: 0.5", "by_month: 0.4"),
        ("  support: [{baseline: sex, eq: f}]", "  support: [{baseline: sex, eq: m}]"),
        ("  support: [{baseline: sex, eq: f}]", "  mean_weight: 0.05"),
        ("    outcomes: [os, dfs]\n", "    outcomes: [os, dfs]\n    truncate: null\n"),
    ],
)
def test_the_digest_sees_every_choice(old: str, new: str):
    text, _ = broken(old, new, TRIAL)
    assert read_protocol(text).digest() != read_protocol(TRIAL).digest()


BROKEN = [
    # form
    ("    outcomes: [os, dfs]\n", "    outcomes: []\n", "P003", "at least 1"),
    ("    loss: {adjust_for: [{name: relapsed, predicate: {has: relapse}}]}\n", "", "P003", "'loss' is missing"),
    ("prior_mean: 0.5", "prior_sd: 0", "P003", "greater than 0"),
    ("        site: site", "        late_entrants: include", "P003", "'late_entrants' is unknown"),
    ("    outcomes: [os, dfs]\n", "    outcomes: [os, dfs]\n    draws: 50\n", "P003", "greater than or equal to 200"),
    ("    outcomes: [os, dfs]\n", "    outcomes: [os, dfs]\n    truncate: 1\n", "P003", "truncate"),
    ("name: consistency", "name: consistancy", "P003", "'no_unmeasured_confounding'"),
    ("kind: pseudo_time", "kind: pseudotime", "P003", "outcome, exposure, pseudo_time"),
    ("measure: survival_difference", "measure: hazard_ratio", "P003", "'crossing_time'"),
    # models and strategies
    ("name: early, label: Early transplant, treatment: hct,", "name: early, treatment: salvage,", "P140", "no model of 'salvage'"),
    ("      - treatment: hct\n", "      - treatment: salvage\n", "P140", "no model of 'hct'"),
    ("        site: site\n", "      - {treatment: salvage, adjust_for: []}\n", "P010", "'salvage' is not a treatment that a rule of an emulated strategy names"),
    ("        site: site\n", "      - {treatment: hct, adjust_for: []}\n", "P116", "'hct' twice"),
    ("        site: site\n", "        pieces_months: [5, 1]\n", "P140", "month 1 after 5"),
    ("        site: site\n", "        pieces_months: [0, 1]\n", "P140", "month 0; a piece begins after time zero"),
    ("{days_since: remission}, cut: [35, 70],", "{days_since: remission},", "P141", "'since_remission' grows from day to day"),
    ("{days_since: remission}, cut: [35, 70],", "{days_since: remission}, cut: [70, 35],", "P118", "not in rising order"),
    ("name: since_remission", "name: sex", "P116", "'sex' twice"),
    ("    outcomes: [os, dfs]\n", "    outcomes: [os, dsf]\n", "P010", "did you mean 'dfs'?"),
    ("    outcomes: [os, dfs]\n", "    outcomes: [os, dfs, os]\n", "P116", "'os' twice"),
    # contrasts
    ("of: dfs, between: [early, watch]}\n  - {measure: r", "of: nrm, between: [early, watch]}\n  - {measure: r", "P142", "'nrm' is not among the outcomes of the emulation"),
    ("of: dfs, between: [early, watch]}\n  - {measure: r", "of: dfs, between: [early, wach]}\n  - {measure: r", "P010", "did you mean 'watch'?"),
    ("of: dfs, between: [early, watch]}\n  - {measure: r", "of: dfs, between: [early, early]}\n  - {measure: r", "P142", "'early' with itself"),
    ("of: dfs, between: [early, watch]}\n  - {measure: r", "of: dfs, at_months: [72], between: [early, watch]}\n  - {measure: r", "P114", "month 72 in a report from 0 to 60"),
    ("of: dfs, between: [early, watch]}\n  - {measure: r", "of: dfs, at_months: [24, 12], between: [early, watch]}\n  - {measure: r", "P114", "month 12 after 24"),
    ("of: dfs, between: [early, watch]}\n  - {measure: r", "of: dfs, restricted_to_months: [12], between: [early, watch]}\n  - {measure: r", "P142", "restricted_to_months with the measure 'survival_difference'"),
    ("measure: survival_difference, of: dfs", "measure: crossing_time, at_months: [12], of: dfs", "P142", "at_months with the measure 'crossing_time'"),
    ("measure: survival_difference", "measure: cumulative_incidence_difference", "P142", "of kind survival, not cumulative_incidence"),
    ("measure: survival_difference", "measure: time_lost_difference", "P142", "of kind survival, not cumulative_incidence"),
    ("measure: restricted_mean_difference, of: os, restricted_to_months: [24], between: [early, natural_course]", "measure: survival_difference, of: dfs, between: [early, watch]", "P116", "the same contrast twice"),
    ("  - {name: consistency,", "  - {name: consistency, because: a, refuted_by: b}\n  - {name: consistency,", "P116", "'consistency' twice"),
    # controls
    ("by_month: 0.5, between: [early, watch]", "by_month: 0.5, between: [early, early]", "P147", "'early' with itself"),
    ("by_month: 0.5, between: [early, watch]", "by_month: 0.5, between: [early, never]", "P010", "'never' is not a strategy"),
    ("of: relapse, by_month: 0.5", "of: relaps, by_month: 0.5", "P010", "did you mean 'relapse'?"),
    ("of: relapse, by_month: 0.5", "of: relapse, by_month: 61", "P147", "month 61 in a report up to 60"),
    ("treatment: hct, of: dfs", "treatment: salvage, of: dfs", "P010", "'salvage' is not a treatment that a rule"),
    ("name: drawn,", "name: too_early,", "P116", "'too_early' twice"),
    ("kind: pseudo_time, name: drawn, treatment: hct, of: dfs, by_month: 24, between: [early, watch]", "kind: exposure, name: e, intervention: hct, while_in: [remission], months: 3, adjust_for: [], of: dfs, by_month: 24, because: x", "P147", "strategies decide about 'hct'"),
    # gates
    ("  support: [{baseline: sex, eq: f}]", "  mean_weight: 0.2", "P145", "0.2; it must be at most 0.1"),
    ("  support: [{baseline: sex, eq: f}]", "  effective_sample: {seal: 4, amber: 15}", "P145", "4; it must be at least 5"),
    ("  support: [{baseline: sex, eq: f}]", "  initiators: {seal: 5, amber: 9}", "P145", "9; it must be at least 10"),
    ("  support: [{baseline: sex, eq: f}]", "  effective_sample: {seal: 30, amber: 20}", "P145", "amber 20 below seal 30"),
    ("  support: [{baseline: sex, eq: f}]", "  support_share: 0.1", "P145", "at most 0.05"),
    ("  support: [{baseline: sex, eq: f}]", "  support_starts: 4", "P145", "at most 3"),
    ("  support: [{baseline: sex, eq: f}]", "  support: [{has: hct}, {has: hct}]", "P116", "the same cell twice"),
    # words
    ("  support: [{baseline: sex, eq: f}]", "  support: [{baseline: sexx, eq: f}]", "P010", "'sexx'"),
    ("feature: {baseline: sex}, reference: f", "feature: {baseline: sex}, reference: w", "P010", "not a level of 'sex'"),
    ("{days_since: remission}", "{days_since: remision}", "P010", "did you mean 'remission'?"),
    ("predicate: {has: relapse}", "predicate: {has: relaps}", "P010", "did you mean 'relapse'?"),
    ("        site: site", "        site: clinic", "P010", "'clinic' is not a column of patients"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "code", "found"), BROKEN)
def test_a_mistake_is_refused_where_it_is_written(old: str, new: str, code: str, found: str):
    text, line = broken(old, new, TRIAL)
    with pytest.raises(ProtocolError) as caught:
        read_question(text)
    error = caught.value
    assert (error.code, found in f"{error.found} {error.where}") == (code, True), str(error)
    assert error.why
    assert error.do
    if code not in ("P003", "P140", "P116"):
        assert abs(int(error.where.split("line ")[1].split(",")[0]) - line) <= 1


def test_an_emulation_needs_strategies_and_a_control_an_emulation():
    rest = TRIAL[TRIAL.index("analysis:") : TRIAL.index("  sensitivity:")]
    bare, _ = broken("analysis: {variance: ij, interval: default, cluster: null, weight: null}\n", rest)
    with pytest.raises(ProtocolError, match="an emulation without strategies"):
        read_protocol(
            bare.replace("      - treatment: hct\n", "      []\n").split("        adjust_for")[0]
            + "    loss: null\n    outcomes: [os]\n"
        )
    cut = TRIAL[: TRIAL.index("  emulation:")] + TRIAL[TRIAL.index("  negative_controls:") :]
    with pytest.raises(ProtocolError) as caught:
        read_protocol(cut)
    assert (caught.value.code, "without an emulation" in caught.value.found) == ("P147", True)


PRINCIPAL = [
    ("kind: never, name: watch", "kind: principal_stratum, name: watch"),
    ("measure: survival_difference", "measure: principal_stratum_effect"),
    ("measure: survival_difference", "measure: SACE"),
    ("outcomes: [os, dfs, relapse, nrm, hct, in_remission]", "outcomes: [os, dfs, principal_stratum_os]"),
    ("handling: treatment_policy", "handling: principal stratum"),
]


@pytest.mark.parametrize(("old", "new"), PRINCIPAL)
def test_a_principal_stratum_is_refused_wherever_it_is_asked_for(old: str, new: str):
    text, line = broken(old, new, TRIAL)
    with pytest.raises(IdentificationError) as caught:
        read_protocol(text)
    assert caught.value.code == "P112"
    assert f"line {line}," in caught.value.where
    assert "never observed in anybody" in caught.value.why


@pytest.mark.parametrize(
    "word", ["individual_benefit", "probability_of_benefit", "Probability this child benefits"]
)
def test_the_benefit_of_one_patient_is_refused_and_bounds_are_offered(word: str):
    text, line = broken("measure: survival_difference", f"measure: {word}", TRIAL)
    with pytest.raises(IdentificationError) as caught:
        read_protocol(text)
    error = caught.value
    assert (error.code, error.exit_code) == ("P144", 5)
    assert f"line {line}, contrasts.0.measure" in error.where
    assert "nobody is ever seen under both" in error.why
    assert "bounds" in error.do
    with pytest.raises(IdentificationError):
        Contrast.model_validate({"measure": word, "of": "os", "between": ("a", "b")})


def test_assumptions_that_nobody_argued_are_named():
    protocol = read_protocol(TRIAL)
    (note,) = unargued(protocol.assumptions)
    assert (note.code, note.severity.value) == ("E121", "note")
    assert (
        note.message
        == "No argument is given for no unmeasured confounding, positivity and measurement timing."
    )
    argued = protocol.assumptions[0]
    assert unargued([argued.model_copy(update={"name": name}) for name in NEEDED]) == ()
    assert set(NEEDED) < set(MEANINGS)


def test_every_measure_fits_some_kind_and_is_said_in_words():
    kinds = {"survival": "os", "cumulative_incidence": "relapse", "occupancy": "in_remission"}
    report = Report(until_month=60, at_months=(12, 36), restricted_to_months=(36,))
    told = {}
    for measure, fitting in FITTING.items():
        one = Contrast(measure=measure, of=kinds[fitting[0].value], between=("a", "b"))
        assert list(one.vocabulary_problems(MYELOID)) == []
        told[measure] = one.words({"a": "A", "b": "B"}, report, MYELOID)
    assert (
        told["survival_difference"] == "the difference in overall survival by months 12 and 36, 'A' minus 'B'"
    )
    assert told["survival_ratio"].endswith("'A' over 'B'")
    assert (
        told["restricted_mean_difference"]
        == "the difference in mean time alive up to month 36, 'A' minus 'B'"
    )
    assert "looked for up to month 60" in told["crossing_time"]
    assert len(set(told.values())) == len(told)


def test_the_trial_is_read_aloud():
    protocol, words = read_question(TRIAL)
    text = "\n".join(narrate(protocol, words))
    for part in (
        "The difference in mean time alive up to month 24, 'Early transplant' minus 'natural course'.",
        "Consistency: the outcome of whoever did what a strategy asks",
        "It may hold because one kind of transplant is given; it would be refuted by centres that differ.",
        "The hazard of transplant in first remission depends on the time since time zero (in pieces that begin at months 0, 1, 5 and 11)",
        "the time since the last complete remission (cut at 35 and 70 days) (a hazard ratio of about 1.6 is expected beforehand)",
        "each site has an effect of its own",
        "The hazard of a loss to follow-up depends on",
        "fewer than 5 patients are left in effect",
        "The cells: sex is female.",
        "Once more, changed (within four months). strategies, early, months: 4 instead of 6.",
        "it must come out 0, because nothing acts in days.",
        "on average it must come out 0.",
    ):
        assert part in text, part
    plain, _ = read_question(QUESTION)
    assert not any("emulated" in paragraph for paragraph in narrate(plain, words))


def test_open_gates_say_so():
    assert Gates(on=False).words(MYELOID).startswith("The gates are open")


def test_the_table_has_two_columns_and_says_what_is_missing():
    protocol, words = read_question(TRIAL)
    rows = {row.component: row for row in target_table(protocol, words)}
    assert list(rows) == [
        "Eligibility", "Strategies", "Assignment", "Time zero", "Follow-up", "Outcomes", "Intercurrent events",
        "Causal contrasts", "Assumptions", "Statistical analysis",
    ]  # fmt: skip
    assert "(a clone)" in rows["Assignment"].emulation
    assert "2 strategies" in rows["Assignment"].target_trial
    assert rows["Time zero"].emulation.startswith("The day of the first complete remission")
    assert (
        "Needed as well, and not argued: no unmeasured confounding, positivity"
        in rows["Assumptions"].emulation
    )
    assert "Once more, changed: within four months." in rows["Statistical analysis"].emulation
    assert all(row.target_trial and row.emulation for row in rows.values())
    plain, _ = read_question(QUESTION)
    empty = {row.component: row for row in target_table(plain, words)}
    assert empty["Causal contrasts"].target_trial == "None is stated."
    assert empty["Statistical analysis"].emulation == "Not stated."


def test_the_schema_knows_the_trial():
    validator = Draft202012Validator(json_schema("protocol"))
    assert list(validator.iter_errors(read_document(TRIAL).data)) == []
    text, _ = broken("    loss: {adjust_for: [{name: relapsed, predicate: {has: relapse}}]}\n", "", TRIAL)
    assert list(validator.iter_errors(read_document(text).data)) != []
