"""Worlds in which the treatment is known to do nothing, or to halve the rate of death: who finds the truth?

Nobody knows in advance who will be treated: patients are treated when they live long enough. Without anything
that decides on the treatment, comparisons that respect time (N3 to N5) are right and N1 and N2 are grossly
wrong; with it none is.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
import polars as pl
import pytest
from illness_death import PROTOCOL, registry

from equipoise.base.clock import Clock
from equipoise.emulate.enrol import enrol
from equipoise.estimate.analysis import Analysis, courses
from equipoise.estimate.naive.comparison import Compared, naive_comparison
from equipoise.estimate.plan import Plan
from equipoise.protocol.naive import NaiveComparison
from equipoise.protocol.read import read_protocol

MONTH = 365.25 / 12
LANDMARK, HORIZON = 6.0, 24.0
DEATH, GRAFT = 1 / 700, 1 / 250  # rates a day
DAYS = np.array([0.0, LANDMARK * MONTH, HORIZON * MONTH])
LADDER = NaiveComparison(
    name="ladder", label="Ladder", intervention="graft", outcomes=("os",), landmarks_months=(LANDMARK,)
)


@dataclass(frozen=True)
class World:
    """Rates in a world; frail patients (every second one) die and are treated at other rates.

    Attributes
    ----------
    effect : factor of the treatment on the rate of death
    frailty : factor of frailty on the rate of death
    haste : factor of frailty on the rate of treatment
    """

    effect: float = 1.0
    frailty: float = 1.0
    haste: float = 1.0


def simulate(world: World, n: int, seed: int) -> Compared:
    """The ladder on n patients, all observed for three years."""
    draw = np.random.default_rng([seed, n])
    frail = np.arange(n) % 2 == 0
    rate = np.where(frail, world.frailty, 1.0) * DEATH
    graft = draw.exponential(1.0, n) / (np.where(frail, world.haste, 1.0) * GRAFT)
    untreated = draw.exponential(1.0, n) / rate
    death = np.where(graft < untreated, graft + draw.exponential(1.0, n) / (rate * world.effect), untreated)
    never = np.full(n, np.nan)
    course = {
        "graft": np.where(graft < untreated, np.ceil(graft), np.nan),
        "again": never,
        "relapse": never,
        "death": np.ceil(death),
    }
    cohort = registry(course, np.full(n, 1096.0))
    question = read_protocol(PROTOCOL)
    report = question.report.model_copy(update={"until_month": 36.0, "at_months": (HORIZON,)})
    protocol = question.model_copy(update={"report": report})
    enrolment = enrol(protocol, cohort)
    plan = Plan(DAYS, np.array([]), 0.95, "ij", Clock(1.0))
    return naive_comparison(
        LADDER, Analysis(protocol, cohort, enrolment, plan, courses(protocol, cohort, enrolment, plan))
    )


@cache
def large(world: World) -> Compared:
    return simulate(world, 6000, 7)


def row(found: Compared, rung: str, measure: str) -> dict[str, float]:
    code = "N4" if rung == "N5" else rung
    frame = pl.concat(found.answered.frames).filter(
        pl.col("strategy").str.starts_with(code), pl.col("measure") == measure
    )
    return frame.row(-1, named=True)


def in_errors(found: Compared, rung: str, measure: str, truth: float) -> float:
    """Distance from the truth in standard errors, ratios on the log scale."""
    one = row(found, rung, measure)
    if measure == "hazard_ratio":
        return (np.log(one["estimate"]) - np.log(truth)) / (one["std_error"] / one["estimate"])
    return (one["estimate"] - truth) / one["std_error"]


NOTHING = World()
HALVED = World(effect=0.5)
CHOSEN = World(frailty=3.0, haste=0.25)  # the frail die three times as fast and are treated a quarter as fast


def test_a_treatment_that_does_nothing_saves_lives_when_time_is_ignored() -> None:
    found = large(NOTHING)
    assert row(found, "N1", "hazard_ratio")["upper"] < 0.6
    assert row(found, "N1", "survival_difference")["lower"] > 0.2
    assert row(found, "N2", "hazard_ratio")["upper"] < 0.8
    assert row(found, "N2", "survival_difference")["lower"] > 0.1


@pytest.mark.parametrize("rung", ["N3", "N4"])
def test_comparisons_that_respect_time_find_that_it_does_nothing(rung: str) -> None:
    found = large(NOTHING)
    assert abs(in_errors(found, rung, "survival_difference", 0.0)) < 4
    assert row(found, rung, "survival_difference")["std_error"] < 0.02
    ratio = "N5" if rung == "N4" else rung
    assert abs(in_errors(found, ratio, "hazard_ratio", 1.0)) < 4


def test_both_curves_of_simon_makuch_are_the_one_true_curve() -> None:
    found = large(NOTHING)
    truth = np.exp(-DEATH * DAYS[-1])
    for arm in ("after", "before"):
        frame = pl.concat(found.answered.frames).filter(
            pl.col("strategy") == f"N4 {arm} graft", pl.col("measure") == "survival"
        )
        last = frame.row(-1, named=True)
        assert abs(last["estimate"] - truth) < 4 * last["std_error"]


def test_an_effect_is_found_by_the_time_dependent_ratio_alone() -> None:
    """The rate is halved from the treatment on: N5 finds .5, N1 a life-saver, N3 half of it at most."""
    found = large(HALVED)
    assert abs(in_errors(found, "N5", "hazard_ratio", 0.5)) < 4
    assert row(found, "N5", "hazard_ratio")["std_error"] < 0.04
    assert row(found, "N1", "hazard_ratio")["upper"] < 0.35
    # Many of those untreated at the landmark are treated soon afterwards.
    assert row(found, "N3", "hazard_ratio")["lower"] > 0.55


def test_nothing_helps_when_the_frail_are_not_treated() -> None:
    """A treatment without effect, given to the robust: every rung, N4 and N5 included, finds a benefit."""
    found = large(CHOSEN)
    for rung in ("N1", "N2", "N3", "N4"):
        assert row(found, rung, "survival_difference")["lower"] > 0.05, rung
    for rung in ("N1", "N2", "N3", "N5"):
        assert row(found, rung, "hazard_ratio")["upper"] < 0.8, rung


def test_the_test_of_mantel_and_byar_keeps_its_level_and_the_naive_one_does_not() -> None:
    """150 worlds of 100 patients without effect: 5 % false alarms, up to chance, against nearly all."""
    replicates = 150
    rejected = {"log-rank": 0, "Mantel-Byar": 0}
    covered = 0
    for seed in range(replicates):
        found = simulate(NOTHING, 100, 1000 + seed)
        tests = pl.concat(found.answered.tests)
        for test, about in (("log-rank", "N1 ever graft"), ("Mantel-Byar", "N4 after graft")):
            one = tests.filter(pl.col("test") == test, pl.col("about") == about).row(0, named=True)
            rejected[test] += one["p_value"] < 0.05
        ratio = row(found, "N5", "hazard_ratio")
        covered += ratio["lower"] <= 1.0 <= ratio["upper"]
    margin = 4 * (0.05 * 0.95 / replicates) ** 0.5
    assert abs(rejected["Mantel-Byar"] / replicates - 0.05) < margin
    assert abs(covered / replicates - 0.95) < margin
    assert rejected["log-rank"] / replicates > 0.9
