"""The same question, patients and seed give the same bytes, whatever the order of rows and of work."""

from functools import cache

import polars as pl
import pytest
from emulated_patients import BY_GROUP, DIFFERENCES, EARLY, WATCH, answered, question, ward
from polars.testing import assert_frame_equal

from equipoise.cohort.cohort import Cohort
from equipoise.estimate.emulated.answer import EmulationAnswers
from equipoise.protocol.protocol import Protocol

RECORDS = (
    "3 surgery; 25 relapse", "5 surgery; 9 visit", "7 relapse; 20 death", "12 relapse",
    "2 surgery; 8 relapse; 9 death", "4 marker high", "6 surgery", "35 relapse", "8 death",
    "1 surgery; 19 relapse", "", "10 surgery; 11 relapse",
)  # fmt: skip
GROUPS = [{"group": one} for one in "abbaabbabaab"]
DRAWN = (
    "{kind: pseudo_time, name: drawn, treatment: surgery, of: dfs, by_month: 1, between: [early, watch], "
    "draws: 20}"
)
CROSSING = "{measure: crossing_time, of: dfs, between: [early, watch]}"
CHANGED = "{name: plain, patch: {analysis: {emulation: {truncate: null}}}}"


@cache
def asked(jackknife_up_to: int = 300) -> Protocol:
    return question(
        WATCH,
        EARLY,
        outcomes="dfs, relapses",
        contrasts=[*DIFFERENCES, CROSSING],
        adjust_for=BY_GROUP,
        gates="on: false",
        emulation=f"jackknife_up_to: {jackknife_up_to},",
        analysis=f"negative_controls: [{DRAWN}]\n  sensitivity: [{CHANGED}]",
    )


@cache
def patients() -> Cohort:
    return ward(*RECORDS, baseline=GROUPS)


def tables(found: EmulationAnswers) -> dict[str, pl.DataFrame]:
    assert found.weights is not None
    return {**found.tables, "estimates": pl.concat(found.frames), "weights of all": found.weights}


def same(one: EmulationAnswers, other: EmulationAnswers) -> None:
    assert one.findings == other.findings
    for name, table in tables(one).items():
        assert_frame_equal(table, tables(other)[name], check_exact=True)


@pytest.mark.parametrize("jackknife_up_to", [300, 0])
def test_workers_and_repetition(jackknife_up_to: int) -> None:
    once = answered(asked(jackknife_up_to), patients(), seed=3, workers=1)
    for workers in (1, 2, 3):
        same(once, answered(asked(jackknife_up_to), patients(), seed=3, workers=workers))


def test_order_of_rows() -> None:
    shuffled = {
        name: frame.sample(fraction=1.0, shuffle=True, seed=7) for name, frame in patients().tables.items()
    }
    assert not shuffled["observation"].equals(patients().tables["observation"])
    again = Cohort.build(patients().vocabulary, **shuffled)
    same(answered(asked(), patients(), seed=3), answered(asked(), again, seed=3))


@pytest.mark.parametrize("jackknife_up_to", [300, 0])
def test_another_seed_changes_what_is_drawn_and_nothing_else(jackknife_up_to: int) -> None:
    one, other = (answered(asked(jackknife_up_to), patients(), seed=seed) for seed in (3, 4))
    first, second = tables(one), tables(other)
    for name, table in first.items():
        if name not in ("bands", "estimates"):
            assert_frame_equal(table, second[name], check_exact=True)
    estimate = ["outcome", "strategy", "versus", "day", "estimate"]
    assert_frame_equal(first["bands"].select(estimate), second["bands"].select(estimate), check_exact=True)
    assert not first["bands"].equals(second["bands"])
    is_drawn = pl.col("measure").eq("crossing_time") | pl.col("method").str.contains("pretended starts")
    rest = [table["estimates"].filter(~is_drawn) for table in (first, second)]
    assert_frame_equal(*rest, check_exact=True)
    drawn = [
        table["estimates"].filter(pl.col("method").str.contains("pretended")).row(0, named=True)
        for table in (first, second)
    ]
    assert drawn[0]["estimate"] != drawn[1]["estimate"]
    crossing = [table["estimates"].filter(measure="crossing_time")["estimate"] for table in (first, second)]
    assert crossing[0].equals(crossing[1], null_equal=True)
