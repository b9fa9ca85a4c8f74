"""Statements about virtual patients: read in the world, or refused."""

import json

import pytest
from pydantic import TypeAdapter

from equipoise.base.errors import ProtocolError
from equipoise.language.predicate import Predicate
from equipoise.language.vocabulary import read_vocabulary
from equipoise.synth import state
from equipoise.synth.facts import truth_table

WORDS = read_vocabulary("cart_all")
READER = TypeAdapter(Predicate)
HIGH_BURDEN, PRIOR_HCT, GENETICS, CD28, DONOR, ADULT = range(6)


def table(asked):
    return truth_table(READER.validate_json(json.dumps(asked)), WORDS)


@pytest.mark.parametrize(
    ("asked", "true_with", "false_with"),
    [
        ({"baseline": "age", "ge": 18}, [ADULT], []),
        ({"baseline": "age", "lt": 18}, [], [ADULT]),
        ({"baseline": "age", "gt": 30}, None, []),
        ({"baseline": "age", "eq": 40}, None, [ADULT]),
        ({"baseline": "burden", "ge": 5}, [HIGH_BURDEN], []),
        ({"baseline": "prior_hct", "eq": 0}, [], [PRIOR_HCT]),
        ({"baseline": "prior_hct", "in": [1, 2]}, [PRIOR_HCT], []),
        ({"baseline": "genetics", "in": ["kmt2a", "hypodiploid", "tp53"]}, [GENETICS], []),
        ({"baseline": "costimulation", "ne": "bb"}, [CD28], []),
        ({"baseline": "donor_available", "eq": "yes"}, [DONOR], []),
        ({"has": "hct"}, [state.KNOWN_HCT], []),
        ({"has": "hct"}, [state.KNOWN_SALVAGE], []),
        ({"last": "bca", "eq": "lost"}, [state.KNOWN_LOST], [state.KNOWN_EVER_SEEN]),
        ({"has": "bca_loss"}, [state.KNOWN_EVER_SEEN], [state.KNOWN_LOST]),
        ({"last": "ngs_mrd", "lt": 1e-6}, [state.KNOWN_EVER_NGS], [state.KNOWN_NGS]),
        ({"count": "remission", "ge": 2}, [state.KNOWN_SECOND], [state.KNOWN_RELAPSE]),
        ({"not_": {"all_of": [{"has": "relapse"}, {"has": "remission"}]}}, [], [state.KNOWN_RELAPSE]),
    ],
)
def test_what_decides(asked, true_with, false_with):
    found = table(asked)
    if true_with is not None:
        assert found[sum(1 << bit for bit in true_with)]
    assert not found[sum(1 << bit for bit in false_with)]


@pytest.mark.parametrize(
    "asked",
    [
        {"baseline": "age", "ge": 10},  # the world does not cut there
        {"baseline": "age", "eq": 15},  # some are 15, and nobody knows who
        {"baseline": "burden", "in": [3, 50]},
        {"baseline": "age", "ne": 20},
        {"baseline": "genetics", "eq": "ph"},
        {"baseline": "sex", "eq": "female"},
        {"last": "ngs_mrd", "ge": 1e-5},
        {"last": "bca", "within": 30, "eq": "lost"},
        {"last": "flow_mrd", "ge": 1e-4},
        {"has": "relapse", "where": {"cd19": "neg"}},
        {"has": "relapse", "within": 30},
        {"count": "remission", "eq": 2},
        {"days_since": "relapse", "gt": 30},
        {"any_of": [{"has": "relapse"}, {"has": "smn"}]},
    ],
)
def test_what_is_not_simulated_is_refused(asked):
    with pytest.raises(ProtocolError, match="P133") as caught:
        table(asked)
    assert caught.value.where == "strategies"
    assert caught.value.found.startswith("'")
