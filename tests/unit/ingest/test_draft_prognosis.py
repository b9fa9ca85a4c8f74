"""The prognostic table that `init` drafts: the sheet's own baseline columns and markers, nothing else."""

import re

import polars as pl
import pytest
from test_mixed_sheet import SHEET

from equipoise.ingest.columnar import from_frame
from equipoise.ingest.draft import draft
from equipoise.ingest.draft_prognosis import plain_naive, plain_prognosis, trimmed, without_prognosis
from equipoise.ingest.guess import guess
from equipoise.language.vocabulary import read_vocabulary
from equipoise.language.word import PatientColumn
from equipoise.protocol.read import read_question

WORDS = read_vocabulary("cart_all")
SHIPPED = """\
title: Shipped
time_zero: {kind: landmark, after: origin, day: 28}

prognosis:
  outcomes: [os]
  by_month: 24
  landmarks_months: [3]
  covariates:
    - {name: age, feature: {baseline: age}, per: 5, cut: [10]}
    # A loss counts from the day on which it is on record.
    - {name: bca_lost, label: B-cell aplasia lost, predicate: {any_of: [{has: bca_loss}, {has: bca, where: {value: lost}}]}}
    - {name: ngs, label: age of nothing, predicate: {last: ngs_mrd, ge: 1e-6}}
  prior_sd: 0.7

report: {until_month: 60}
"""  # noqa: E501


def covariates(text: str) -> list[str]:
    block = re.search(r"^prognosis:\n(?:[ \t]+.*\n)*", text, re.MULTILINE)
    return re.findall(r"^    - \{name: (\w+)", block[0], re.MULTILINE) if block else []


def test_only_what_the_sheet_records_is_asked():
    assert covariates(trimmed(SHIPPED, WORDS, {"age"}, {})) == ["age"]
    # either of two ways to record a loss will do; the words of a label do not count
    assert covariates(trimmed(SHIPPED, WORDS, {"bca_loss"}, {})) == ["bca_lost"]
    assert covariates(trimmed(SHIPPED, WORDS, {"bca", "ngs_mrd", "age"}, {})) == ["age", "bca_lost", "ngs"]


def test_columns_of_the_sheet_come_first():
    extra = {"ferritin": PatientColumn(type="quantity", label="Ferritin")}
    assert covariates(trimmed(SHIPPED, WORDS, {"age"}, extra)) == ["ferritin", "age"]


def test_with_nothing_to_ask_there_is_no_table():
    text = trimmed(SHIPPED, WORDS, {"relapse"}, {})
    assert text == without_prognosis(SHIPPED)
    assert "prognosis" not in text
    assert "report: {until_month: 60}" in text
    assert "time_zero" in text


def test_a_protocol_without_a_table_stays_as_it_is():
    text = without_prognosis(SHIPPED)
    assert trimmed(text, WORDS, {"age"}, {}) == text


def test_the_plain_table_asks_for_columns_and_markers_of_the_sheet():
    text = plain_prognosis(
        WORDS, {"age", "sex", "hct_ci", "ngs_mrd", "bca_loss", "relapse", "hct"}, ["os", "clfs"]
    )
    # hct_ci is known from day 28 only; relapse and transplant move patients between states and are no markers
    assert covariates(text) == ["age", "sex", "ngs_mrd", "bca_loss"]
    assert "outcomes: [os]" in text  # an occupancy has no hazard
    assert "landmarks_months: [3, 6]" in text
    assert "landmarks_months" not in plain_prognosis(WORDS, {"age"}, ["os"])
    assert plain_prognosis(WORDS, {"relapse"}, ["os"]) == ""
    assert plain_prognosis(WORDS, {"age"}, ["clfs"]) == ""


def test_a_percentage_is_asked_in_tens_as_years_are():
    text = plain_prognosis(WORDS, {"age", "burden", "prior_hct"}, ["os"])
    per = re.findall(r"name: (\w+), feature: \{baseline: \w+\}(?:, per: (\d+))?\}", text)
    assert dict(per) == {"age": "10", "burden": "10", "prior_hct": ""}


def test_a_marker_known_only_to_be_above_or_below_a_limit_is_asked_as_a_comparison():
    text = plain_prognosis(WORDS, {"ngs_mrd", "transgene"}, ["os"], one_sided={"ngs_mrd"})
    assert 'label: "NGS-MRD above 1e-06", predicate: {last: ngs_mrd, ge: 1.0e-06}}' in text
    assert "{name: transgene, feature: {last: transgene}}" in text


def test_the_sheet_decides_whether_a_marker_is_a_number():
    (drafted,) = re.findall(r"^    - \{name: flow_mrd.*$", protocol_of(SHEET), re.MULTILINE)
    assert "predicate: {last: flow_mrd, ge: 1.0e-04}" in drafted
    numbers = {**SHEET, "MRD d28": ["0.001", "0.2", "0.00003", None]}
    (drafted,) = re.findall(r"^    - \{name: flow_mrd.*$", protocol_of(numbers), re.MULTILINE)
    assert "feature: {last: flow_mrd}" in drafted


def protocol_of(sheet: dict[str, list[str | None]]) -> str:
    return draft(guess(from_frame("clinic", pl.DataFrame(sheet))), title="clinic").texts["protocol.yaml"]


def test_a_later_treatment_of_the_sheet_is_compared_in_the_naive_ways():
    text = plain_naive(WORDS, {"hct"}, ["os", "clfs"])
    assert "intervention: hct\n    outcomes: [os]\n    landmarks_months: [3, 6]\n" in text
    assert plain_naive(WORDS, {"age", "relapse"}, ["os"]) == ""
    assert plain_naive(WORDS, {"hct"}, ["clfs"]) == ""
    own = WORDS.model_copy(update={"name": "own"})
    assert plain_naive(own, {"hct"}, ["os"]) == ""


def test_the_drafted_protocol_of_a_sheet_can_be_read(tmp_path):
    written = draft(guess(from_frame("clinic", pl.DataFrame(SHEET))), title="clinic")
    for name, text in written.texts.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    protocol, vocabulary = read_question(tmp_path / "protocol.yaml")
    assert [one.intervention for one in protocol.naive_comparisons] == ["hct"]
    assert protocol.prognosis is not None
    names = {one.name for one in protocol.prognosis.covariates}
    assert {"age", "product", "prior_hct", "bca_loss"} <= names
    assert not names & {"genetics", "ngs_positive", "burden"}
    assert "Prognosis." in protocol.prognosis.words(vocabulary)


@pytest.mark.parametrize("name", ["bmt", "myeloid", "heart", "cart_all"])
def test_covariates_of_shipped_protocols_stand_one_a_line(name):
    """The draft reads them line by line."""
    from importlib.resources import files

    text = (files("equipoise.protocol") / "protocols" / f"{name}.yaml").read_text(encoding="utf-8")
    protocol, vocabulary = read_question(name)
    assert protocol.prognosis is not None
    everything = {*vocabulary.patients, *vocabulary.records}
    assert covariates(trimmed(text, vocabulary, everything, {})) == [
        one.name for one in protocol.prognosis.covariates
    ]
