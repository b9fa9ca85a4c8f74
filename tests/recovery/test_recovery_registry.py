"""What is estimated from a registry under a strategy is the truth of that strategy in the world.

The truths are those of the design's own simulator (4 million patients each). Days, visits, late entries and
the end of observation stand between the world and the estimate; none of them may bend it.
"""

import math
from typing import Any

import polars as pl
import pytest

import equipoise
from equipoise.protocol.read import read_protocol

N = 6_000
TRUTH = {"watch": (0.4695, 0.6722), "early": (0.6498, 0.7362), "on_bca_loss": (0.5488, 0.6974)}
PROTOCOL = """
title: From the remission on
vocabulary: cart_all
population: {label: in remission, all_of: [{label: in remission, predicate: {has: remission}}]}
time_zero: {kind: landmark, after: origin, day: 28, window: [21, 42], assessment: flow_mrd}
structure: course
outcomes: [dfs, os]
intercurrent_events:
  - {event: hct, handling: treatment_policy}
  - {event: maintenance, handling: treatment_policy}
report: {every_months: 12, until_month: 24, at_months: [24], restricted_to_months: [24], level: 0.95}
analysis: {variance: ij, interval: default, cluster: null, weight: null}
"""


def estimated(strategy: str, changes: dict[str, Any]) -> dict[str, float]:
    cohort = equipoise.simulate("S0", N, 77, strategy=strategy, changes=changes | {"registry.remission": 1})
    found = equipoise.run(read_protocol(PROTOCOL), cohort, 1, with_patients=False).tables["estimates"]
    at_24 = found.filter(
        (pl.col("measure") == "survival") & (pl.col("day") == 730.5) & (pl.col("role") == "primary")
    )
    return dict(at_24.select("outcome", "estimate").rows())


@pytest.mark.parametrize("strategy", TRUTH)
def test_survival_under_a_strategy(strategy: str) -> None:
    found = estimated(strategy, {})
    for outcome, truth in zip(("dfs", "os"), TRUTH[strategy], strict=True):
        # An eighth leave between months 18 and 24, and some are lost: about 0.9 N count to the end.
        assert found[outcome] == pytest.approx(truth, abs=4 * math.sqrt(truth * (1 - truth) / (0.9 * N)))


def test_late_entry_and_loss_do_not_bend_it() -> None:
    changes = {"registry.late_entry": {"share": 0.5, "months": [1, 12]}, "follow_up.lost_per_month": 0.02}
    found = estimated("watch", changes)
    for outcome, truth in zip(("dfs", "os"), TRUTH["watch"], strict=True):
        assert found[outcome] == pytest.approx(truth, abs=4 * math.sqrt(truth * (1 - truth) / (0.5 * N)))


def test_loss_that_knows_more_than_the_analysis_bends_it() -> None:
    """In S6 patients with bad news leave; who stays looks better, so that the check above can fail."""
    informative = {
        "follow_up.lost_per_month": 0.03,
        "follow_up.ngs_positive": 2.5,
        "follow_up.loss_seen": 1.0,
    }
    truth = TRUTH["watch"][0]
    assert estimated("watch", informative)["dfs"] > truth + 4 * math.sqrt(truth * (1 - truth) / (0.5 * N))
