"""Measurements of the transgene: limits by hand, shares below them, days and infusions."""

import math
from typing import Any

import numpy as np
import polars as pl
import pytest
from scipy.stats import norm

from equipoise import audit
from equipoise.cohort.cohort import Cohort
from equipoise.synth import kinetics as k
from equipoise.synth.kinetic_parts import TransgeneAssay
from equipoise.synth.read import read_world
from equipoise.synth.registry import registry
from equipoise.synth.transgene import results
from equipoise.synth.world import World

ASSAY = TransgeneAssay(days=(3, 7), residual_sd=0.56, detected_from=10, quantified_from=50)
NO_SPREAD = {
    f"kinetics.{name}.spread": 0
    for name in (
        "fold_expansion",
        "peak_day",
        "peak",
        "contraction_per_day",
        "persisting_share",
        "decline_per_day",
    )
}

EXACT = {
    "kinetics__assay__residual_sd": 0,
    "kinetics__assay__detected_from": 1e-3,
    "kinetics__assay__quantified_from": 1e-3,
}


def _transgene(cohort: Cohort) -> pl.DataFrame:
    return cohort.measurements.filter(pl.col("name") == "transgene").select(
        "patient", "day", "value", "bound"
    )


def _world(**changes: Any) -> World:
    return read_world("K", {key.replace("__", "."): value for key, value in changes.items()} | NO_SPREAD)


def test_results_by_hand() -> None:
    copies = np.array([0.0, 9.99, 10.0, 49.9, 50.0, 50.06, 12_345.0, 999_600.0, 3e7])
    value, below = results(copies, np.zeros(copies.size), ASSAY)
    assert value.tolist() == [10, 10, 50, 50, 50, 50.1, 12_300, 1_000_000, 1e7]
    assert below.tolist() == [True] * 4 + [False] * 5


def test_error_is_on_the_log_scale() -> None:
    value, _ = results(np.array([1000.0, 1000.0]), np.array([1.0, -1.0]), ASSAY)
    assert value.tolist() == [round(1000 * math.exp(0.56), -1), round(1000 * math.exp(-0.56))]


def test_shares_below_the_limits() -> None:
    """log(measured) is normal: below 50 in Phi((log 50 - log C) / 0.56), and so for 10."""
    n = 40_000
    for copies in (8.0, 20.0, 61.0, 168.0):
        value, below = results(np.full(n, copies), np.random.default_rng(1).standard_normal(n), ASSAY)
        for limit, found in ((50, below), (10, below & (value == 10))):
            share = norm.cdf((math.log(limit) - math.log(copies)) / 0.56)
            assert abs(found.mean() - share) < 4 * math.sqrt(share * (1 - share) / n) + 1e-12


def test_sampled_before_the_assessment_and_at_each_test() -> None:
    cohort = registry(read_world("K"), 300, 8)
    measured = _transgene(cohort)
    assert measured.select("patient", "day").is_duplicated().sum() == 0
    tested = cohort.measurements.filter(pl.col("name") == "bca").select("patient", "day")
    early = measured.join(tested, on=["patient", "day"], how="anti")
    assert measured.join(tested, on=["patient", "day"], how="semi").height == tested.height
    assert set(early["day"]) == {3, 7, 10, 14, 21, 28}
    stop = cohort.observation.select("patient", "stop")
    first = tested.group_by("patient").agg(first=pl.col("day").min())
    joined = early.join(first, on="patient", how="left").join(stop, on="patient")
    assert joined.filter((pl.col("day") >= pl.col("first")) | (pl.col("day") > pl.col("stop"))).height == 0
    # Everybody who lives so long, in remission or not, is sampled on day 21.
    alive = stop.filter(pl.col("stop") >= 21).height
    assert early.filter(pl.col("day") == 21).height == alive


def test_nothing_measured_unless_the_world_says_so() -> None:
    with_it, without = (registry(read_world("K", {"kinetics.measured": m}), 100, 8) for m in (True, False))
    assert _transgene(without).height == 0
    others = pl.col("name") != "transgene"
    columns = ["patient", "day", "name", "value", "state", "bound"]
    assert with_it.measurements.filter(others).select(columns).equals(without.measurements.select(columns))
    assert with_it.events.equals(without.events)


def test_values_without_spread_and_error_are_the_curve() -> None:
    world = _world(**EXACT)
    measured = _transgene(registry(world, 60, 4))
    curve = world.kinetics.typical()
    expected = np.array([k.level(curve, day) for day in measured["day"]])
    assert np.allclose(measured["value"], expected, rtol=0.006)  # three digits
    assert set(measured["bound"]) == {"="}


def test_after_a_reinfusion_the_curve_begins_anew() -> None:
    world = _world(reinfusion__per_month=3, reinfusion__success=1, **EXACT)
    cohort = registry(world, 300, 4)
    again = cohort.interventions.filter(pl.col("name") == "car_reinfusion").select("patient", "start")
    assert again.height > 50
    sample = (
        _transgene(cohort)
        .join(again, on="patient", how="left")
        .filter(pl.col("start").is_null() | (pl.col("start") < pl.col("day")))
    )
    last = sample.group_by("patient", "day", "value", "bound").agg(since=pl.col("start").max())
    late = last.filter(pl.col("since").is_not_null())
    assert late.height > 100
    curve = world.kinetics.typical()
    expected = np.array([k.level(curve, day) for day in late["day"] - late["since"]])
    assert np.allclose(late["value"], expected, rtol=0.006)


def test_a_failed_reinfusion_leaves_the_old_curve() -> None:
    world = _world(reinfusion__per_month=3, reinfusion__success=0, **EXACT)
    cohort = registry(world, 200, 4)
    assert cohort.interventions.filter(pl.col("name") == "car_reinfusion").height > 20
    measured = _transgene(cohort)
    expected = np.array([k.level(world.kinetics.typical(), day) for day in measured["day"]])
    assert np.allclose(measured["value"], expected, rtol=0.006)


def test_results_that_never_reached_the_registry() -> None:
    whole, part = (
        _transgene(registry(read_world("K", {"registry.missing_results": share}), 400, 8))
        for share in (0, 0.3)
    )
    assert part.join(whole, on=part.columns, how="anti").height == 0
    assert abs(part.height / whole.height - 0.7) < 4 * math.sqrt(0.21 / whole.height)


@pytest.mark.parametrize("name", ["K", "S0"])
def test_the_audit_finds_no_error(name: str) -> None:
    cohort = registry(read_world(name, {"kinetics.measured": True}), 400, 2)
    assert _transgene(cohort).height > 1000
    assert not [one.message for one in audit(cohort) if one.severity == "error"]
