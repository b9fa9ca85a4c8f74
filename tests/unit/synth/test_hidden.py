"""What nobody knows explains what was seen: tests agree with the state of the patient on their day."""

import numpy as np
import polars as pl
import pytest

from equipoise.synth.hidden import hidden
from equipoise.synth.read import read_world
from equipoise.synth.registry import registry

N, SEED = 3_000, 21
CHANGES = {
    "reinfusion.per_month": 0.2,
    "visits.extra_per_month": 1,
    "registry.late_entry": {"share": 0.3, "months": [1, 6]},
}


@pytest.fixture(scope="module")
def known() -> tuple[pl.DataFrame, pl.DataFrame]:
    """Tests in first remission, each with what was so then; and all that was so."""
    world = read_world("S0", CHANGES)
    cohort, truth = registry(world, N, SEED), hidden(world, N, SEED)
    tests = pl.concat([cohort.records(name) for name in ("bca", "ngs_mrd")]).cast({"patient": pl.Int64})
    for name in ("aplasia", "residual_disease"):
        so = truth.filter(pl.col("name") == name).select("patient", "day", pl.col("value").alias(name))
        # An unscheduled test of (d - 1, d] days is on record on day d: days of a change are left out below.
        tests = tests.sort("day").join_asof(so.sort("day"), on="day", by="patient", strategy="backward")
    return tests, truth


def test_a_loss_is_seen_after_it_has_happened(known: tuple[pl.DataFrame, pl.DataFrame]) -> None:
    tests, truth = known
    seen = tests.filter(pl.col("name") == "bca")
    changed = (
        truth.filter(pl.col("name") == "aplasia")
        .with_columns(day=pl.col("day").ceil())
        .unique(["patient", "day"])
    )
    settled = seen.join(changed.select("patient", "day"), on=["patient", "day"], how="anti")
    assert settled.height > 10_000
    assert ((settled["state"] == "lost") == (settled["aplasia"] == 0.0)).all()


def test_sequencing_is_never_positive_without_disease_and_misses_some(
    known: tuple[pl.DataFrame, pl.DataFrame],
) -> None:
    tests, truth = known
    changed = truth.filter(pl.col("name") == "residual_disease").filter(
        pl.col("day") != pl.col("day").floor()
    )
    changed = changed.with_columns(day=pl.col("day").ceil()).unique(["patient", "day"])
    read = tests.filter(pl.col("name") == "ngs_mrd").join(
        changed.select("patient", "day"), on=["patient", "day"], how="anti"
    )
    positive = read["bound"] == "="
    diseased = read["residual_disease"] == 1.0
    assert not (positive & ~diseased).any()
    share, n = positive.filter(diseased).mean(), int(diseased.sum())
    assert share == pytest.approx(0.92, abs=4 * (0.92 * 0.08 / n) ** 0.5)


def test_frailty(known: tuple[pl.DataFrame, pl.DataFrame]) -> None:
    _, truth = known
    frailty = truth.filter(pl.col("name") == "frailty")
    assert frailty["patient"].to_list() == list(range(frailty.height))
    values = frailty["value"].to_numpy()
    assert abs(values.mean()) < 4 / np.sqrt(values.size)
    assert abs(values.std() - 1) < 4 / np.sqrt(2 * values.size)
    first = truth.filter(pl.col("name") != "frailty").group_by("patient").agg(pl.col("day").min())
    assert first["day"].is_between(28, 35).all()
