"""One replicate: a simulated cohort through the public verbs, compared with the truth."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from equipoise.cohort.cohort import Cohort
from equipoise.emulate.enrol import enrol
from equipoise.estimate.estimate import estimate_outcomes
from equipoise.language.vocabulary import Vocabulary, read_vocabulary
from equipoise.protocol.protocol import Protocol
from equipoise.protocol.read import read_protocol
from validation.worlds import (
    ALIVE,
    DEAD_AFTER_RELAPSE,
    DEAD_IN_REMISSION,
    DISEASE_FREE,
    RELAPSED,
    STATES,
    Courses,
    World,
    simulate,
)

HERE = Path(__file__).parent
STATE_NAMES = ("remission", "transplanted", "relapsed", "dead_after_relapse", "dead_in_remission")
OUTCOME_STATES = {
    "os": ALIVE,
    "dfs": DISEASE_FREE,
    "relapse": (RELAPSED, DEAD_AFTER_RELAPSE),
    "nrm": (DEAD_IN_REMISSION,),
}
MEASURES = ("survival", "cumulative_incidence", "state_probability", "restricted_mean")


@dataclass(frozen=True)
class Cell:
    """One estimate of one replicate beside its truth."""

    analysis: str
    outcome: str
    measure: str
    month: int
    truth: float
    estimate: float | None
    lower: float | None
    upper: float | None


def replicate(world: World, n: int, number: int) -> Iterator[Cell]:
    """Simulate n patients of a world and compare every analysis with the truth."""
    seeds = np.random.SeedSequence([20261122, *world.name.encode(), n, number])
    courses = simulate(world, n, np.random.default_rng(seeds))
    cohort = as_cohort(courses)
    patch: dict[str, Any] = {}
    if world.sites:
        patch["cluster"] = "site"
    if world.sampled != (1.0, 1.0):
        patch["weight"] = "sampling"
    yield from _cells("ours", cohort, patch, world)
    if "patients as units" in world.naive:
        yield from _cells("patients as units", cohort, {}, world)
    if "unweighted" in world.naive:
        yield from _cells("unweighted", cohort, {}, world)


def as_cohort(courses: Courses) -> Cohort:
    """Simulated courses as a cohort of the validation vocabulary."""
    patient = np.arange(courses.n, dtype=np.int32)

    def dated(days: np.ndarray, day: str, name: str) -> pl.DataFrame:
        there = np.isfinite(days)
        return pl.DataFrame({"patient": patient[there], day: days[there]}).with_columns(
            pl.lit(name).alias("name")
        )

    return Cohort.build(
        _vocabulary(),
        patients=pl.DataFrame(
            {"patient": patient, "site": courses.site.astype(str), "sampling": courses.weight}
        ),
        observation=pl.DataFrame({"patient": patient, "start": courses.entry, "stop": courses.end}),
        interventions=dated(courses.transplant, "start", "hct"),
        events=pl.concat([dated(courses.relapse, "day", "relapse"), dated(courses.death, "day", "death")]),
    )


def _cells(analysis: str, cohort: Cohort, patch: dict[str, Any], world: World) -> Iterator[Cell]:
    protocol = _protocol(json.dumps(patch, sort_keys=True))
    frame = estimate_outcomes(protocol, cohort, enrol(protocol, cohort)).frame
    for row in frame.filter(pl.col("measure").is_in(MEASURES) & (pl.col("day") > 0)).iter_rows(named=True):
        name, truth = analysis, None
        if row["strategy"] == "natural course":
            truth = _truth(world, row["outcome"], row["measure"], row["day"])
        elif row["role"] == "naive" and "censored at transplant" in world.naive and row["outcome"] == "dfs":
            name = "censored at transplant"
            truth = _truth(world, row["outcome"], row["measure"], row["day"], without_transplant=True)
        if truth is not None:
            month = round(row["day"] * 12 / 365.25)
            limits = (row["estimate"], row["lower"], row["upper"])
            yield Cell(name, row["outcome"], row["measure"], month, truth, *limits)


@cache
def _occupation(world: World, *, without_transplant: bool) -> np.ndarray:
    """Occupation probabilities at the end of each day up to 37 months: float64[days, STATES]."""
    return world.truth(np.arange(1127.0), without_transplant=without_transplant)


def _truth(
    world: World, outcome: str, measure: str, day: float, *, without_transplant: bool = False
) -> float | None:
    if outcome.startswith("state:"):
        states: tuple[int, ...] = (STATE_NAMES.index(outcome.rsplit(":", 1)[1]),)
    elif outcome in OUTCOME_STATES:
        states = OUTCOME_STATES[outcome]
    else:
        return None
    curve = _occupation(world, without_transplant=without_transplant)[:, list(states)].sum(axis=1)
    last = int(np.floor(day + 1e-9))
    area = curve[:last].sum() + (day - last) * curve[last]
    return float(area if measure == "restricted_mean" else curve[last])


@cache
def _vocabulary() -> Vocabulary:
    return read_vocabulary(HERE / "vocabulary.yaml")


@cache
def _protocol(patch: str) -> Protocol:
    plain = read_protocol(HERE / "protocol.yaml").model_dump(mode="json", by_alias=True)
    plain["analysis"] |= json.loads(patch)
    return Protocol.model_validate_json(json.dumps(plain))


assert len(STATE_NAMES) == STATES
