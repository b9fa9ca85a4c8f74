"""The registry of a world: who is in it, what its columns say of the world, what cannot be asked of it."""

import json
import math
from functools import cache
from typing import Any

import numpy as np
import polars as pl
import pytest

import equipoise
from equipoise.base.errors import ProtocolError
from equipoise.cohort.cohort import Cohort
from equipoise.protocol.read import read_protocol
from equipoise.synth.courses import simulate_courses
from equipoise.synth.numbers import COVARIATES, as_record
from equipoise.synth.orders import orders_of
from equipoise.synth.read import read_world
from equipoise.synth.registry import registry, registry_in_chunks
from equipoise.synth.world import numbers_of

SEED = 3
N = 4_000


def made(n: int = N, **changes: Any) -> Cohort:
    return _made(n, json.dumps(changes))


@cache
def _made(n: int, changes: str) -> Cohort:
    named = {f"registry.{name}": value for name, value in json.loads(changes).items()}
    return registry(read_world("S0", named), n, SEED)


@cache
def covariates(n: int = N) -> pl.DataFrame:
    """Covariates of the same patients, from their courses."""
    protocol, vocabulary = equipoise.read_protocol("virtual_registry"), equipoise.read_vocabulary("cart_all")
    orders = orders_of(protocol.strategies[0], protocol, vocabulary)
    world = as_record(numbers_of(read_world("S0")))
    found = simulate_courses(world, orders, range(n), SEED, horizon=1.0, every_visit=False).covariates
    return pl.DataFrame(found, schema=list(COVARIATES))


def within(count: int, n: int, share: float) -> bool:
    """Whether a count is within 4 of its standard errors of a share."""
    return abs(count / n - share) < 4 * math.sqrt(share * (1 - share) / n)


def test_who_is_in_remission_at_the_first_assessment() -> None:
    cohort = made()
    remitted = cohort.records("remission")["patient"].n_unique()
    assert within(remitted, N, 0.86)
    without = cohort.records("no_remission")["patient"].to_list()
    early = N - remitted - len(without)
    assert within(early, N - remitted, 0.20)
    first = cohort.events.group_by("patient").agg(pl.col("day").min(), pl.col("name").first())
    assert first.filter(pl.col("name") != "death")["day"].is_between(28, 35).all()
    died = first.filter(pl.col("name") == "death")
    assert died.height == early
    assert died["day"].is_between(1, 34).all()
    # Each day from 28 to 35 is as likely: chi-square with 7 degrees of freedom, 99.9 % below 24.32.
    days = first.filter(pl.col("name") != "death")["day"].value_counts()["count"].to_numpy()
    assert days.size == 8
    assert float(((days - days.mean()) ** 2 / days.mean()).sum()) < 24.32


def test_everybody_in_remission() -> None:
    cohort = made(500, remission=1)
    assert cohort.records("remission")["patient"].n_unique() == 500
    assert not cohort.records("no_remission").height


def test_survival_without_remission_is_the_published_one() -> None:
    """Of those assessed without remission 19 % live a year longer (Schultz 2023); nobody leaves before."""
    cohort = made(12_000, remission=0, early_death=0)
    world = read_world("S0")
    assert world.follow_up.administrative_months[0] > 12
    day = cohort.records("no_remission").select("patient", assessed="day")
    death = day.join(cohort.records("death"), on="patient", how="left")
    year = 365.25
    dead = int((death["day"] - death["assessed"] <= year).sum())
    lost = cohort.observation.join(day, on="patient").join(death.select("patient", "day"), on="patient")
    gone = lost.filter(pl.col("day").is_null() & (pl.col("stop") - pl.col("assessed") < year)).height
    # Loss to follow-up at .003 a month takes at most 3.6 % of those who live, so the bounds hold all of it.
    assert dead / 12_000 - 4 * 0.0036 < 0.81 < (dead + gone) / 12_000 + 4 * 0.0036
    assert gone < 0.036 * 12_000
    assert (death.drop_nulls("day")["cause"] == "leukaemia").all()


@pytest.mark.parametrize(
    ("column", "covariate", "yes"),
    [
        ("burden", "high_burden", pl.col("burden") >= 5),
        ("prior_hct", "prior_hct", pl.col("prior_hct") == 1),
        ("genetics", "high_risk_genetics", pl.col("genetics").is_in(["kmt2a", "hypodiploid", "tp53"])),
        ("costimulation", "cd28", pl.col("costimulation") == "cd28"),
        ("product", "cd28", pl.col("product").is_in(["brexucabtagene"])),
        ("donor_available", "donor", pl.col("donor_available") == "yes"),
        ("age", "adult", pl.col("age") >= 18),
    ],
)
def test_columns_say_what_the_covariates_are(column: str, covariate: str, yes: pl.Expr) -> None:
    said = made().patients.select(yes.alias("said"))["said"]
    true = covariates()[covariate] == 1.0
    if column == "product":  # other products have either domain
        known = made().patients["product"] != "other"
        assert (said.filter(known) == true.filter(known)).all()
    else:
        assert (said == true).all()


def test_ranges_and_categories_are_used_to_their_ends() -> None:
    patients = made().patients
    assert patients["age"].min() == 1.0
    assert patients["age"].max() == 25.9
    assert patients["burden"].is_between(0, 95).all()
    assert (patients["age"] * 10 == (patients["age"] * 10).round(0)).all()
    for name, column in equipoise.read_vocabulary("cart_all").patients.items():
        if column.values:
            unused = set(column.values) - set(patients[name].unique())
            assert unused <= {"other"}, name
    assert patients["prior_car"].unique().to_list() == [False]
    assert sorted(patients["origin_year"].unique()) == [2016, 2017, 2018, 2019]
    assert sorted(patients["site"].unique()) == [f"site {number:02}" for number in range(1, 21)]


NOISE = ("sex", "prior_lines", "inotuzumab", "blinatumomab", "bridging", "extramedullary", "hct_ci", "site")


@pytest.mark.parametrize("name", NOISE)
def test_columns_without_effect_are_independent_of_the_covariates(name: str) -> None:
    """Chi-square of the column against each covariate, below the 99.99 % point by Wilson and Hilferty."""
    for covariate in COVARIATES:
        x = covariates()[covariate] > (0.5 if covariate != "frailty" else 0.0)
        table = pl.DataFrame({"a": made().patients[name], "b": x}).pivot(
            on="b", index="a", values="b", aggregate_function="len"
        )
        seen = table.drop("a").fill_null(0).to_numpy().astype(float)
        due = seen.sum(1, keepdims=True) * seen.sum(0, keepdims=True) / seen.sum()
        k = seen.shape[0] - 1
        limit = k * (1 - 2 / (9 * k) + 3.719 * math.sqrt(2 / (9 * k))) ** 3
        assert ((seen - due) ** 2 / due).sum() < limit, covariate


def test_nothing_that_nobody_could_know_is_in_the_registry() -> None:
    cohort = made()
    values = {name for frame in cohort.tables.values() for name in frame.columns}
    assert not {name for name in values if "frailty" in name or "latent" in name}
    # A positive test needs residual disease; its absence in a test says nothing: 8 % are missed.
    day_28 = cohort.records("ngs_mrd").group_by("patient").first()
    positive = (day_28["bound"] == "=").mean()
    assert positive is not None
    assert 0.14 < positive < 0.24


def test_grafts() -> None:
    cohort = made(12_000)
    grafts = cohort.records("hct").join(cohort.patients, on="patient")
    identified = grafts["donor"].is_in(["sibling", "unrelated"])
    assert (identified == (grafts["donor_available"] == "yes")).all()
    number = grafts.with_columns(earlier=pl.int_range(pl.len()).over("patient"))
    assert (number["graft_number"] == number["prior_hct"] + number["earlier"] + 1).all()
    assert number["earlier"].is_in([1]).any()
    assert within(int((grafts["tbi"] == "yes").sum()), grafts.height, 0.6)


def test_late_entry() -> None:
    late = made(late_entry={"share": 0.4, "months": [2, 6]})
    assert late.n < N
    starts = late.observation["start"]
    entered = late.observation.filter(pl.col("start") > 0)
    assert (late.observation["stop"] > starts).all()
    first = late.events.filter(pl.col("name").is_in(["remission", "no_remission"])).group_by("patient")
    assessed = entered.join(first.agg(pl.col("day").min()), on="patient")
    assert assessed.height == entered.height  # who died before the assessment cannot enter after it
    months = (assessed["start"] - assessed["day"]) / (365.25 / 12)
    assert months.is_between(2, 6.04).all()
    # What came before the entry is there, looked up afterwards.
    before = late.events.join(entered, on="patient").filter(pl.col("day") <= pl.col("start"))
    assert before.filter(pl.col("name") == "relapse").height > 0
    assert before.filter(pl.col("name") == "death").height == 0


def test_patients_who_enter_in_time_are_the_same_with_and_without_late_ones() -> None:
    """Dropping the late ones changes nobody else: same courses, same values."""
    late = made(late_entry={"share": 0.4, "months": [2, 6]})
    with_everybody = made()
    in_time = late.observation.filter(pl.col("start") == 0)["stop"]
    everybody = with_everybody.observation["stop"].value_counts()
    assert in_time.value_counts().join(everybody, on="stop", how="anti").height == 0


def test_missing_values_and_results() -> None:
    full, holes = made(), made(missing_baseline=0.25, missing_results=0.3)
    for name in equipoise.read_vocabulary("cart_all").patients:
        missing = holes.patients[name].is_null()
        assert within(int(missing.sum()), N, 0.25)
        kept = ~missing
        assert (holes.patients[name].filter(kept) == full.patients[name].filter(kept)).all()
    keys = ["patient", "day", "name", "value", "state", "bound"]
    results = holes.measurements.select(keys)
    assert results.join(full.measurements.select(keys), on=keys, nulls_equal=True, how="anti").height == 0
    tests = full.measurements.filter(pl.col("name") == "ngs_mrd").height
    assert within(tests - holes.records("ngs_mrd").height, tests, 0.3)
    # The assessment itself is never missing: without it there would be no time zero.
    first = full.records("flow_mrd").group_by("patient").first().select("patient", "day")
    assert holes.records("flow_mrd").join(first, on=["patient", "day"]).height == first.height
    losses = holes.records("bca_loss").join(holes.records("bca"), on=["patient", "day"])
    assert (losses["state"] == "lost").all()
    assert losses.height == holes.records("bca_loss").height


def test_rounded_days() -> None:
    cohort = made(rounding_days=7)
    moves = pl.concat(
        [
            cohort.interventions.select("patient", day="start"),
            cohort.events.filter(~pl.col("name").is_in(["bca_loss", "remission", "no_remission"])).select(
                "patient", "day"
            ),
        ]
    )
    assert (moves["day"] % 7 == 0).mean() > 0.85  # the rest would have fallen on the day of another
    exact = made()
    waited = (
        cohort.records("relapse")
        .group_by("patient")
        .first()
        .join(exact.records("relapse").group_by("patient").first(), on="patient")
    )
    assert (waited["day"] - waited["day_right"]).is_between(0, 20).all()


def test_a_patient_is_the_same_in_every_range_and_in_parts() -> None:
    world = read_world("S0")
    whole, tail = registry(world, 300, SEED), registry(world, 100, SEED, first=200)
    for name, frame in whole.tables.items():
        mine = frame.filter(pl.col("patient") >= 200).with_columns(pl.col("patient") - 200).drop("row")
        assert mine.equals(tail.tables[name].drop("row")), name


def test_parts_are_the_whole() -> None:
    world = read_world("S0")
    whole = registry(world, 45_000, SEED)
    before, patients = 0, []
    for part in registry_in_chunks(world, 45_000, SEED):
        patients.append(part.observation.with_columns(pl.col("patient") + before).drop("row"))
        before += part.n
    assert len(patients) == 3
    assert pl.concat(patients).equals(whole.observation.drop("row"))


def test_strategies_share_the_luck_of_a_patient() -> None:
    """Until the first treatment that only one of them starts, both registries say the same of a patient."""
    world = read_world("S0")
    never, early = (registry(world, 1_000, SEED, strategy=name) for name in ("watch", "early"))
    assert never.patients.equals(early.patients)
    start = np.where(np.isnan(early.first_day("hct")), np.inf, early.first_day("hct"))
    until = np.minimum(start, np.where(np.isnan(never.first_day("hct")), np.inf, never.first_day("hct"))) - 1
    past = [one.as_of(until) for one in (never, early)]
    assert past[0].events.drop("row").equals(past[1].events.drop("row"))
    assert past[0].measurements.drop("row").equals(past[1].measurements.drop("row"))
    assert np.isfinite(start).mean() > 0.6


def test_a_strategy_of_ones_own() -> None:
    text = """
title: Soon
vocabulary: cart_all
population: {label: all, all_of: [{label: in remission, predicate: {has: remission}}]}
time_zero: {kind: landmark, after: origin, day: 28, window: [21, 42], assessment: flow_mrd}
structure: course
treatments: [{name: hct, label: transplant, intervention: hct, while_in: [remission]}]
strategies: [{kind: start_within, name: soon, treatment: hct, months: 1, law: uniform}]
outcomes: [os]
intercurrent_events: [{event: hct, handling: treatment_policy}]
report: {every_months: 1, until_month: 12, at_months: [12], restricted_to_months: [12], level: 0.95}
analysis: {variance: ij, interval: default, cluster: null, weight: null}
"""
    cohort = registry(read_world("S0"), 400, SEED, strategy="soon", protocol=read_protocol(text))
    waited = cohort.first_day("hct") - cohort.first_day("remission")
    assert np.nanmin(waited) >= 1
    assert (waited <= 31).sum() > 300


@pytest.mark.parametrize(
    ("n", "seed", "first", "found"),
    [
        (0, 1, 0, "0 patients"),
        (-5, 1, 0, "-5 patients"),
        (10**12, 1, 0, "1000000000000 patients"),
        (1, -1, 0, "a seed of -1"),
        (1, 2**63, 0, f"a seed of {2**63}"),
        (1, 1, -1, "a first patient of number -1"),
        (1e3, 1, 0, "1000.0, which is no whole number"),
        (True, 1, 0, "True, which is no whole number"),
        (1, "7", 0, "'7', which is no whole number"),
    ],
)
def test_numbers_that_cannot_be(n: Any, seed: Any, first: int, found: str) -> None:
    with pytest.raises(ProtocolError) as refused:
        registry(read_world("S0"), n, seed, first=first)
    assert refused.value.code == "P134"
    assert found in refused.value.found


def test_the_largest_seed() -> None:
    assert registry(read_world("S0"), 5, 2**63 - 1).n == 5


def test_a_strategy_that_there_is_not() -> None:
    with pytest.raises(ProtocolError, match=r"did you mean 'early'\?") as refused:
        registry(read_world("S0"), 5, 1, strategy="erly")
    assert refused.value.code == "P135"


def test_nobody_left() -> None:
    gone = {"registry.late_entry": {"share": 1, "months": [90, 99]}}
    with pytest.raises(ProtocolError, match="nobody is under observation"):
        registry(read_world("S0", gone), 50, 1)
    with pytest.raises(ProtocolError, match="nobody is under observation"):
        list(registry_in_chunks(read_world("S0", gone), 50, 1))


def test_the_public_verb() -> None:
    by_name = equipoise.simulate("S0", 50, 7, strategy="watch", changes={"registry.remission": 1})
    by_world = equipoise.simulate(read_world("S0", {"registry.remission": 1}), 50, 7, strategy="watch")
    assert by_name.digest() == by_world.digest()
    assert not by_name.records("hct").join(by_name.records("relapse"), on="patient", how="anti").height
    with pytest.raises(ValueError, match="changes are for a world by its name"):
        equipoise.simulate(read_world("S0"), 50, 7, changes={"sites": 3})
