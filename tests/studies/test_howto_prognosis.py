"""The page on the blocks `prognosis` and `naive_comparisons` names every key, and its blocks are valid."""

import re
from pathlib import Path

import pytest
from pydantic import BaseModel

from equipoise.protocol.naive import NaiveComparison
from equipoise.protocol.prognosis import Covariate, Prognosis
from equipoise.protocol.read import read_question

PAGE = Path(__file__).parents[2] / "docs" / "howto" / "prognosis.md"
TEXT = PAGE.read_text(encoding="utf-8")
BEFORE = """
title: a page
vocabulary: cart_all
population:
  label: everybody
  all_of:
    - {label: alive, predicate: {not_: {has: death}}}
time_zero: {kind: landmark, after: origin, day: 0}
structure: course
outcomes: [os]
intercurrent_events:
  - {event: hct, handling: treatment_policy}
treatments: [{name: hct, intervention: hct, while_in: [remission]}]
strategies:
  - {kind: never, name: watch, treatment: hct}
  - {kind: start_within, name: early, treatment: hct, months: 6, law: representative}
funnels:
  - {name: after_relapse, label: Salvage, origin: relapse, steps: [hct], outcome: os}
report: {every_months: 1, until_month: 60, at_months: [24]}
analysis: {weight: null}
"""


def keys_of_tables() -> list[list[str]]:
    """First cells of the tables whose first column is headed `key`."""
    tables = re.findall(r"^\| key .*\n\|[-|]+\n((?:\|.*\n)+)", TEXT, flags=re.MULTILINE)
    return [re.findall(r"^\| `(\w+)` ", body, flags=re.MULTILINE) for body in tables]


@pytest.mark.parametrize(("position", "model"), [(0, Prognosis), (1, Covariate), (2, NaiveComparison)])
def test_every_key_is_explained(position: int, model: type[BaseModel]) -> None:
    assert sorted(keys_of_tables()[position]) == sorted(model.model_fields)


def test_the_blocks_can_be_asked() -> None:
    blocks = re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL)
    assert len(blocks) == 2
    protocol, _ = read_question(BEFORE + "\n".join(blocks))
    assert protocol.prognosis is not None
    assert [one.name for one in protocol.prognosis.covariates] == [
        "age",
        "genetics",
        "bca_loss",
        "ngs_positive",
    ]
    (ladder,) = protocol.naive_comparisons
    assert ladder.landmarks_months == (3.0, 6.0)
    assert (ladder.between, ladder.funnel) == (("early", "watch"), "after_relapse")


def test_what_is_said_about_defaults() -> None:
    fields = Prognosis.model_fields
    assert fields["prior_sd"].default == 0.7
    assert fields["landmarks_months"].default == ()
    assert fields["strata"].default == ()
    assert Covariate.model_fields["per"].default == 1.0
    assert NaiveComparison.model_fields["landmarks_months"].default == (3.0, 6.0)
