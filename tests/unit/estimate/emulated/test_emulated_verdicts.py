"""Gates: every limit just below, at and above it, the order in which they speak, and their words."""

from dataclasses import replace

import numpy as np
import pytest

from equipoise.estimate.emulated.cells import Cell
from equipoise.estimate.emulated.support import Support
from equipoise.estimate.emulated.verdicts import Judged, Verdict, judge, worst_of
from equipoise.protocol.gates import Gates, Threshold

OPEN, AMBER, SEALED = Verdict.OPEN, Verdict.AMBER, Verdict.SEALED
GATES = Gates()
GOOD = Support(
    patients=100,
    checkpoint=183.0,
    effective=60.0,
    compatible=70,
    initiators=30,
    mean=1.0,
    mean_error=0.01,
    largest=0.05,
    truncated=0.0,
    cells=(),
)
EMPTY = Cell(place=0, patients=5, expected=3.0, could_abstain=2.0, started=0, compatible=0)
FULL = Cell(place=0, patients=5, expected=2.0, could_abstain=3.0, started=5, compatible=5)


def verdict_of(gate: str, found: Support, gates: Gates = GATES) -> Verdict:
    one = [judged for judged in judge(found, gates, {0: "a cell"}) if judged.gate == gate]
    assert len(one) == 1
    return one[0].verdict


@pytest.mark.parametrize(
    ("value", "expected"),
    [(0.0, SEALED), (4.999, SEALED), (5.0, AMBER), (14.999, AMBER), (15.0, OPEN), (60.0, OPEN)],
)
def test_effective_sample(value: float, expected: Verdict) -> None:
    assert verdict_of("effective sample", replace(GOOD, effective=value)) is expected


@pytest.mark.parametrize(
    ("value", "expected"), [(0, SEALED), (4, SEALED), (5, AMBER), (9, AMBER), (10, OPEN)]
)
def test_initiators(value: int, expected: Verdict) -> None:
    assert verdict_of("initiators", replace(GOOD, initiators=value)) is expected


def test_a_strategy_that_asks_for_no_start_needs_no_initiators() -> None:
    gates = [one.gate for one in judge(replace(GOOD, initiators=None), GATES, {})]
    assert gates == ["mean weight", "effective sample"]


@pytest.mark.parametrize(
    ("mean", "error", "expected"),
    [
        (1.0, 0.0, OPEN),
        (1.0625, 0.0, OPEN),
        (1.125, 0.0, SEALED),
        (0.875, 0.0, SEALED),
        (1.1875, 0.0625, OPEN),  # three standard errors exactly
        (1.1876, 0.0625, SEALED),
        (0.8125, 0.0625, OPEN),
        (0.8124, 0.0625, SEALED),
        (0.0, 0.0, SEALED),  # nobody follows the strategy
        (np.nan, 0.0, SEALED),
    ],
)
def test_mean_weight(mean: float, error: float, expected: Verdict) -> None:
    """Sealed beyond the larger of .10 and three standard errors."""
    assert verdict_of("mean weight", replace(GOOD, mean=mean, mean_error=error)) is expected


def test_the_limit_of_the_mean_weight_itself_is_open() -> None:
    gates = Gates(mean_weight=0.0625)
    assert verdict_of("mean weight", replace(GOOD, mean=1.0625, mean_error=0.0), gates) is OPEN
    assert verdict_of("mean weight", replace(GOOD, mean=1.0626, mean_error=0.0), gates) is SEALED


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        (EMPTY, SEALED),
        (replace(EMPTY, patients=4), OPEN),  # 4 of 100: below 5 %
        (replace(EMPTY, expected=2.999), OPEN),
        (replace(EMPTY, started=1), SEALED),  # a start that the strategy does not allow is none
        (replace(EMPTY, started=1, compatible=1), OPEN),
        (FULL, SEALED),
        (replace(FULL, patients=4, started=4), OPEN),
        (replace(FULL, could_abstain=2.999), OPEN),
        (replace(FULL, started=4), OPEN),
        (replace(FULL, patients=0, started=0, compatible=0, could_abstain=0.0), OPEN),
    ],
)
def test_cells(cell: Cell, expected: Verdict) -> None:
    assert verdict_of("support", replace(GOOD, cells=(cell,))) is expected


def test_cells_of_a_small_cohort_are_measured_by_their_share() -> None:
    """Five of 101 patients are less than 5 %; three of 20 are more."""
    assert verdict_of("support", replace(GOOD, patients=101, cells=(EMPTY,))) is OPEN
    assert verdict_of("support", replace(GOOD, patients=20, cells=(replace(EMPTY, patients=3),))) is SEALED


def test_gates_speak_in_their_order() -> None:
    judged = judge(replace(GOOD, cells=(EMPTY, replace(FULL, place=1))), GATES, {0: "one", 1: "two"})
    assert [one.gate for one in judged] == [
        "support",
        "support",
        "mean weight",
        "effective sample",
        "initiators",
    ]


def test_words() -> None:
    found = replace(GOOD, effective=4.2, compatible=7, initiators=1, mean=1.3, cells=(EMPTY,))
    cell, mean, effective, initiators = judge(found, GATES, {0: "marker is high"})
    assert cell.says == (
        "of 5 patients with 'marker is high' 3.0 would start under the strategy, and none did as it asks"
    )
    assert mean.says == "the mean weight is 1.300; right models make it 1 within 0.10"
    assert effective.says == "the 7 patients who follow the strategy count as 4.2"
    assert (effective.value, effective.limit) == (4.2, 5.0)
    assert initiators.says == "1 patient started as the strategy asks"
    full = judge(replace(GOOD, cells=(FULL,)), GATES, {0: "marker is high"})[0]
    assert full.says == (
        "all 5 patients with 'marker is high' were started, of whom 3.0 would not be under the strategy"
    )
    seen = judge(replace(GOOD, cells=(replace(EMPTY, compatible=2),)), GATES, {0: "marker is high"})[0]
    assert (seen.says, seen.value) == (
        "'marker is high': 5 patients, 3.0 starts expected under the strategy, 2 seen",
        2.0,
    )


def test_what_is_sealed_by_less_than_the_rounding_still_reads_as_less() -> None:
    judged = judge(replace(GOOD, effective=4.988), GATES, {})[1]
    assert judged.says == "the 70 patients who follow the strategy count as 4.98"
    assert judge(replace(GOOD, effective=14.96), GATES, {})[1].says.endswith("count as 14.96")


def test_the_limit_that_is_told_is_the_one_that_was_missed() -> None:
    gates = Gates(effective_sample=Threshold(seal=8, amber=20), initiators=Threshold(seal=6, amber=11))
    found = judge(replace(GOOD, effective=7.0, initiators=8), gates, {})
    assert [(one.verdict, one.limit) for one in found[1:]] == [(SEALED, 8.0), (AMBER, 11.0)]


def test_the_worst_of_all() -> None:
    def of(*verdicts: Verdict) -> Verdict:
        return worst_of(tuple(Judged("", 0.0, 0.0, one, "") for one in verdicts))

    assert of() is OPEN
    assert of(OPEN, AMBER) is AMBER
    assert of(SEALED, OPEN, AMBER) is SEALED
