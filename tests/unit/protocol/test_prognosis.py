"""The prognostic table of a protocol: what is refused and where, and what a physician reads."""

# ruff: noqa: E501 (a case is read as one line)

import pytest
from myeloid_protocol import QUESTION

from equipoise.base.errors import ProtocolError
from equipoise.language.vocabulary import read_vocabulary
from equipoise.protocol.prognosis import Covariate
from equipoise.protocol.read import read_question, shipped_protocols

PROGNOSIS = """\
prognosis:
  outcomes: [os, dfs]
  by_month: 24
  landmarks_months: [3, 6]
  covariates:
    - {name: sex, feature: {baseline: sex}, reference: f}
    - {name: transplanted, predicate: {has: hct}}
  prior_sd: 0.7
"""
LINES = QUESTION.count("\n")


def asked(old: str = "", new: str = "") -> str:
    assert PROGNOSIS.count(old) == 1 or not old
    return QUESTION + PROGNOSIS.replace(old, new)


def test_the_table_is_read_as_written():
    protocol, _ = read_question(asked())
    table = protocol.prognosis
    assert table is not None
    assert (table.outcomes, table.by_month, table.landmarks_months) == (("os", "dfs"), 24.0, (3.0, 6.0))
    assert [one.name for one in table.covariates] == ["sex", "transplanted"]
    assert [one.is_baseline for one in table.covariates] == [True, False]
    assert table.prior_sd == 0.7


@pytest.mark.parametrize(
    ("old", "new", "code", "line", "found"),
    [
        ("[os, dfs]", "[os, dsf]", "P010", 2, "'dsf' is not an outcome (did you mean 'dfs'?)"),
        ("[os, dfs]", "[os, os]", "P116", 2, "'os' twice"),
        ("[os, dfs]", "[in_remission]", "P118", 2, "'in_remission' is an occupancy"),
        ("[3, 6]", "[6, 3]", "P114", 4, "month 3 after 6"),
        ("[3, 6]", "[0, 3]", "P114", 4, "landmark 0"),
        ("baseline: sex", "baseline: sexx", "P010", 6, "'sexx'"),
        ("baseline: sex", "last: sex", "P011", 6, "'sex' is a word of patients"),
        ("has: hct", "has: htc", "P010", 7, "'htc'"),
        ("reference: f", "reference: w", "P010", 6, "'w' is not a level of 'sex'"),
        ("reference: f", "per: 10", "P118", 6, "'sex' is no number; only numbers have a unit"),
        ("reference: f", "cut: [1]", "P118", 6, "'sex' is no number; only numbers are cut"),
        ("predicate: {has: hct}", "predicate: {has: hct}, reference: f", "P118", 7, "'transplanted' is a boolean"),
        ("name: transplanted, predicate: {has: hct}", "name: transplanted", "P118", 7, "needs either a feature or a predicate"),
        ("name: transplanted", "name: transplanted, feature: {baseline: sex}", "P118", 7, "needs either a feature or a predicate"),
        ("name: transplanted", "name: sex", "P116", 7, "'sex' twice"),
        ("prior_sd: 0.7", "prior_sd: 0", "P003", 8, "prior_sd"),
        ("prior_sd: 0.7", "strata: [trt, arm]", "P010", 8, "'arm' is not a column of patients"),
        ("by_month: 24", "by_month: -1", "P003", 3, "by_month"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_refused_on_its_line(old: str, new: str, code: str, line: int, found: str):
    with pytest.raises(ProtocolError) as caught:
        read_question(asked(old, new))
    assert caught.value.code == code
    assert f"line {LINES + line}" in caught.value.where
    assert found in caught.value.found + caught.value.where


LATE = """
title: Late
vocabulary: cart_all
population: {all_of: [{has: remission}]}
time_zero: {kind: landmark, after: origin, day: 14}
structure: course
outcomes: [os]
intercurrent_events: []
report: {until_month: 12, at_months: [12]}
analysis: {weight: null}
prognosis:
  outcomes: [os]
  by_month: 12
  covariates:
    - {name: donor, feature: {baseline: donor_available}}
"""


def test_a_column_that_is_known_on_no_day_on_which_it_is_judged_is_refused():
    with pytest.raises(
        ProtocolError, match="known from day 28 on, but covariates are judged on day 14"
    ) as caught:
        read_question(LATE)
    assert caught.value.code == "P118"
    assert "line 15" in caught.value.where
    # at time zero on day 28, or at a landmark after it, it may be asked about
    read_question(LATE.replace("day: 14", "day: 28"))
    read_question(LATE.replace("  by_month: 12", "  by_month: 12\n  landmarks_months: [1]"))


def test_strata_must_be_known_at_time_zero():
    """A landmark later does not help: tests and ratios from time zero are compared within them too."""
    late = LATE.replace("feature: {baseline: donor_available}", "feature: {baseline: age}")
    late = late.replace(
        "  by_month: 12", "  by_month: 12\n  landmarks_months: [1]\n  strata: [donor_available]"
    )
    with pytest.raises(
        ProtocolError, match="'donor_available' may become known only after time zero"
    ) as caught:
        read_question(late)
    assert caught.value.code == "P118"
    read_question(late.replace("day: 14", "day: 28"))
    with pytest.raises(ProtocolError, match="only after time zero"):
        read_question(late.replace("day: 14", "day: 28, window: [21, 42], assessment: flow_mrd"))
    with pytest.raises(ProtocolError, match="only after time zero"):
        read_question(
            late.replace("{kind: landmark, after: origin, day: 14}", "{kind: event, of: remission}")
        )
    read_question(late.replace("strata: [donor_available]", "strata: [site]"))


def test_a_number_is_cut_in_rising_order():
    with pytest.raises(ProtocolError, match="not in rising order"):
        read_question(
            LATE.replace(
                "name: donor, feature: {baseline: donor_available}",
                "name: age, feature: {baseline: age}, cut: [20, 10]",
            )
        )


def test_words_of_a_covariate():
    vocabulary = read_vocabulary("cart_all")
    plain = Covariate.model_validate({"name": "burden", "feature": {"baseline": "burden"}})
    assert plain.words(vocabulary) == "Blasts in marrow before lymphodepletion"
    assert plain.model_copy(update={"label": "blasts"}).words(vocabulary) == "blasts"
    marker = Covariate.model_validate({"name": "ngs", "predicate": {"last": "ngs_mrd", "ge": 1e-6}})
    assert marker.words(vocabulary) == "the last NGS-MRD is at least 1 in 1,000,000 cells"


def test_the_paragraph_says_by_what_when_and_that_it_is_no_cause():
    protocol, vocabulary = read_question("cart_all")
    assert protocol.prognosis is not None
    text = protocol.prognosis.words(vocabulary)
    assert "Age at infusion (cut at 10 and 18 years)" in text
    assert "non-relapse mortality by month 24" in text
    assert "at months 3, 6 and 12 after time zero, in those still followed" in text
    assert "standard deviation 0.7" in text
    assert text.endswith("These are associations: they say who fares how, not what would change it.")
    assert "standard deviation" not in protocol.prognosis.model_copy(update={"prior_sd": None}).words(
        vocabulary
    )


@pytest.mark.parametrize("name", shipped_protocols())
def test_every_shipped_protocol_asks(name: str):
    protocol, _ = read_question(name)
    assert protocol.prognosis is not None
    assert set(protocol.prognosis.outcomes) <= set(protocol.outcomes)
