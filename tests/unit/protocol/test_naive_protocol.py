"""Naive comparisons in a protocol: what is refused, with the place, and how they are read aloud."""

import pytest

from equipoise.base.errors import ProtocolError
from equipoise.language.vocabulary import read_vocabulary
from equipoise.protocol.check import check
from equipoise.protocol.narrate import narrate
from equipoise.protocol.read import read_protocol

HEAD = """
title: Treated or not
vocabulary: myeloid
population: {all_of: [{has: remission}]}
time_zero: {kind: event, of: remission, occurrence: first}
structure: course
outcomes: [os]
intercurrent_events: [EVENTS]
naive_comparisons:
  - {name: ladder, label: Transplant or not, intervention: hct, outcomes: [dfs], landmarks_months: [3, 6]}
report: {until_month: 60, at_months: [12]}
analysis: {weight: null}
"""
PLAIN = HEAD.replace("EVENTS", "")
STRATEGIES = """
treatments: [{name: hct, intervention: hct, while_in: [remission]}]
strategies:
  - {kind: never, name: watch, treatment: hct}
  - {kind: start_within, name: early, treatment: hct, months: 6, law: uniform}
funnels:
  - {name: salvage, label: Salvage, origin: relapse, steps: [hct], outcome: os}
  - {name: second, label: Again, origin: hct, steps: [relapse], outcome: os}
naive_comparisons:"""
LANDMARKS = "landmarks_months: [3, 6]"
NAMED = PLAIN.replace("\nnaive_comparisons:", STRATEGIES).replace(
    LANDMARKS, f"{LANDMARKS}, between: [early, watch], funnel: salvage"
)


def refusal(text: str) -> str:
    with pytest.raises(ProtocolError) as caught:
        check(read_protocol(text), read_vocabulary("myeloid"))
    return str(caught.value)


@pytest.mark.parametrize(
    ("change", "code", "where", "found"),
    [
        (("intervention: hct", "intervention: htc"), "P010", "0.intervention", "did you mean 'hct'"),
        (("intervention: hct", "intervention: death"), "P119", "0.intervention", "terminal"),
        (("intervention: hct", "intervention: relapse"), "P119", "0.outcomes.0", "itself ends 'dfs'"),
        (("[dfs]", "[dsf]"), "P010", "0.outcomes.0", "did you mean 'dfs'"),
        (("[dfs]", "[os, relapse]"), "P119", "0.outcomes.1", "cumulative_incidence"),
        (("[dfs]", "[os, in_remission]"), "P119", "0.outcomes.1", "occupancy"),
        (("[dfs]", "[dfs, os, dfs]"), "P116", "0.outcomes.2", "'dfs' twice"),
        (("[3, 6]", "[6, 3]"), "P114", "0.landmarks_months.1", "month 3 after 6"),
        (("[3, 6]", "[0, 3]"), "P114", "0.landmarks_months.0", "month 0 in a report from 0 to 60"),
        (("[3, 6]", "[3, 60]"), "P114", "0.landmarks_months.1", "month 60"),
        (
            ("report:", "  - {name: ladder, label: Again, intervention: hct, outcomes: [os]}\nreport:"),
            "P116",
            "naive_comparisons.1",
            "'ladder' twice",
        ),
    ],
)
def test_what_cannot_be_compared_is_refused(
    change: tuple[str, str], code: str, where: str, found: str
) -> None:
    message = refusal(PLAIN.replace(*change))
    assert message.startswith(code)
    assert f"{where}: " in message
    assert found in message


@pytest.mark.parametrize(
    ("change", "code", "where", "found"),
    [
        (("[early, watch]", "[erly, watch]"), "P010", "0.between.0", "did you mean 'early'"),
        (("[early, watch]", "[early, never]"), "P010", "0.between.1", "not a strategy of this protocol"),
        (("[early, watch]", "[early, natural_course]"), "P010", "0.between.1", "'natural_course'"),
        (("[early, watch]", "[early, early]"), "P116", "0.between.1", "'early' twice"),
        (("[early, watch]", "[early]"), "P003", "0.between", ""),
        (("[early, watch]", "[early, watch, early]"), "P003", "0.between", ""),
        (("funnel: salvage", "funnel: salvge"), "P010", "0.funnel", "did you mean 'salvage'"),
        (("funnel: salvage", "funnel: second"), "P119", "0.funnel", "of 'second' is 'relapse', not 'hct'"),
    ],
)
def test_strategies_and_funnels_are_those_of_the_protocol(
    change: tuple[str, str], code: str, where: str, found: str
) -> None:
    message = refusal(NAMED.replace(*change))
    assert message.startswith(code)
    assert where in message
    assert found in message


def test_strategies_and_a_funnel_may_be_named() -> None:
    protocol = read_protocol(NAMED)
    check(protocol, read_vocabulary("myeloid"))
    (one,) = protocol.naive_comparisons
    assert (one.between, one.funnel) == (("early", "watch"), "salvage")
    text = " ".join(narrate(protocol, read_vocabulary("myeloid")))
    assert "who got as far as it, from there on, with all who set out for it (N7)" in text
    assert "taken for the difference between the strategies 'early' and 'watch'" in text
    (other,) = read_protocol(PLAIN).naive_comparisons
    assert (other.between, other.funnel) == (None, None)
    assert "N7" not in " ".join(narrate(read_protocol(PLAIN), read_vocabulary("myeloid")))


def test_an_outcome_with_which_another_event_competes_is_refused() -> None:
    """A relapse handled while on treatment leaves no survival to compare; as treatment policy it does."""
    text = HEAD.replace("[dfs]", "[os]")
    policy = text.replace("EVENTS", "{event: relapse, handling: treatment_policy}")
    check(read_protocol(policy), read_vocabulary("myeloid"))
    message = refusal(text.replace("EVENTS", "{event: relapse, handling: while_on_treatment}"))
    assert message.startswith("P119")
    assert "'relapse' competes with 'os'" in message


def test_the_handling_of_the_same_intervention_is_no_obstacle() -> None:
    own = HEAD.replace("EVENTS", "{event: hct, handling: while_on_treatment}")
    check(read_protocol(own), read_vocabulary("myeloid"))


def test_it_is_read_aloud() -> None:
    text = " ".join(narrate(read_protocol(PLAIN), read_vocabulary("myeloid")))
    assert "disease-free survival with and without transplant after time zero" in text
    assert "by month 3 or 6" in text
    assert "always labelled biased" in text
    without = PLAIN.replace("landmarks_months: [3, 6]", "landmarks_months: []")
    assert "N3" not in " ".join(narrate(read_protocol(without), read_vocabulary("myeloid")))
