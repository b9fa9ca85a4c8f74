"""The fast simulator is the slow one under random strategies in random worlds."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from equipoise.language.problem import refuse
from equipoise.protocol.strategy import Strategy, strategy_problems
from equipoise.synth.read import read_world, shipped_worlds
from validation.courses.cases import BUSY, compare, question

ASKED = question()
TREATMENTS = ("hct", "salvage_hct", "maintenance", "reinfusion")

statement = st.sampled_from(
    [
        {"has": "bca_loss"},
        {"has": "bca", "where": {"value": "lost"}},
        {"has": "ngs_mrd", "where": {"value": {"ge": 1e-6}}},
        {"has": "maintenance"},
        {"has": "car_reinfusion"},
        {"has": "hct"},
        {"has": "relapse"},
        {"has": "remission"},
        {"last": "bca", "eq": "lost"},
        {"last": "bca", "eq": "present"},
        {"last": "ngs_mrd", "ge": 1e-6},
        {"last": "ngs_mrd", "lt": 1e-6},
        {"count": "remission", "ge": 2},
        {"count": "remission", "eq": 1},
        {"baseline": "burden", "ge": 5},
        {"baseline": "prior_hct", "eq": 0},
        {"baseline": "genetics", "in": ["kmt2a", "hypodiploid", "tp53"]},
        {"baseline": "costimulation", "ne": "bb"},
        {"baseline": "donor_available", "eq": "yes"},
        {"baseline": "age", "lt": 18},
    ]
)
predicate = st.recursive(
    statement,
    lambda part: st.one_of(
        part.map(lambda one: {"not_": one}),
        st.lists(part, min_size=1, max_size=3).map(lambda parts: {"all_of": parts}),
        st.lists(part, min_size=1, max_size=3).map(lambda parts: {"any_of": parts}),
    ),
    max_leaves=5,
)
months = st.sampled_from([0.5, 1, 2, 3.7, 5, 6, 12, 30])
world = st.one_of(
    st.sampled_from([read_world(name) for name in shipped_worlds() if name != "K"]),
    st.just(read_world("S0", BUSY)),
    st.just(read_world("S1", BUSY)),
)


@st.composite
def law(draw, window):
    kind = draw(st.sampled_from(["uniform", "given", "fixed", "natural"]))
    if kind == "uniform":
        return kind
    share = draw(st.sampled_from([0.1, 0.5, 0.9]))
    if kind == "given":
        return {"months": [0, share * window, window], "probability": [0, draw(st.floats(0.05, 0.95)), 1]}
    return (
        {"fixed": share * window} if kind == "fixed" else {"natural": {"last_bin_days": 30 * share * window}}
    )


@st.composite
def rule(draw):
    written = {"treatment": draw(st.sampled_from(TREATMENTS))}
    if draw(st.integers(0, 4)) == 0:
        return written | {"kind": "never"}
    window = draw(months)
    written |= {"months": window, "law": draw(law(window)), "only_if": draw(st.none() | predicate)}
    if draw(st.booleans()):
        return written | {"kind": "start_within"}
    return written | {
        "kind": "on_trigger",
        "trigger": draw(predicate),
        "until_month": draw(st.none() | months),
    }


def is_followed_together(strategy):
    """Whether a protocol may hold the strategy."""
    return not list(strategy_problems((strategy,), ASKED.protocol.treatments))


strategy = (
    st.lists(rule(), min_size=1, max_size=5)
    .map(lambda rules: json.dumps({"kind": "combine", "name": "random", "rules": rules}))
    .map(Strategy.model_validate_json)
    .filter(is_followed_together)
)


@given(world, strategy, st.integers(0, 2**40), st.integers(0, 2**63 - 1))
@settings(max_examples=120)
def test_slow_and_fast_are_one(where, tried, first, seed):
    refuse(tried.vocabulary_problems(ASKED.vocabulary))
    assert compare(where, tried, ASKED, range(first, first + 8), seed).different == ()
