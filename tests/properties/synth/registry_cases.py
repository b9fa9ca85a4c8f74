"""Registries of several worlds and strategies, each beside what must be told of its patients."""

from dataclasses import dataclass

import polars as pl
import pytest
from registry_by_hand import Told, told

from equipoise.cohort.cohort import Cohort
from equipoise.protocol.read import read_question
from equipoise.protocol.strategy import NATURAL_COURSE
from equipoise.synth.courses import simulate_courses
from equipoise.synth.numbers import as_record
from equipoise.synth.orders import orders_of
from equipoise.synth.read import read_world
from equipoise.synth.registry import registry
from equipoise.synth.world import World, numbers_of

PATIENTS = 2_000
SEED = 11
CASES = (
    ("S0", {}, "natural_course"),
    ("S0", {"registry.remission": 1, "reinfusion.per_month": 0.2}, "on_either"),
    ("S1", {"visits.extra_per_month": 3}, "early"),
    ("S4", {"registry.rounding_days": 7}, "on_bca_loss"),
    ("S6", {"registry.remission": 0.5}, "watch"),
    ("S8", {"after_relapse.remission.per_month": [3, 1]}, "salvage"),
    ("S10", {"visits.extra_per_month": 8, "visits.missed": 0.3}, "maintain"),
)


@dataclass(frozen=True)
class Case:
    """A registry, and by patient what must be told of those who were in remission at the first assessment."""

    world: World
    cohort: Cohort
    expected: dict[int, Told]

    @property
    def stops(self) -> dict[int, float]:
        """Last day under observation of each patient."""
        return dict(self.cohort.observation.select("patient", "stop").rows())


@pytest.fixture(params=CASES, ids=lambda case: f"{case[0]}-{case[2]}", scope="module")
def case(request: pytest.FixtureRequest) -> Case:
    name, changes, strategy = request.param
    world = read_world(name, changes)
    cohort = registry(world, PATIENTS, SEED, strategy=strategy)
    courses = _courses(world, strategy)
    none = set(cohort.records("no_remission")["patient"].to_list())
    first = cohort.records("remission").group_by("patient").agg(pl.col("day").min())
    rounding = world.registry.rounding_days
    expected = {
        patient: told(courses[patient], int(day), rounding)
        for patient, day in first.rows()
        if patient not in none
    }
    return Case(world, cohort, expected)


def _courses(world: World, strategy: str) -> dict[int, list[tuple[float, int, int]]]:
    """Records of each patient: month, what, detail."""
    protocol, vocabulary = read_question("virtual_registry")
    asked = {one.name: one for one in (NATURAL_COURSE, *protocol.strategies)}[strategy]
    orders = orders_of(asked, protocol, vocabulary)
    made = simulate_courses(as_record(numbers_of(world)), orders, range(PATIENTS), SEED, horizon=70.0)
    records = zip(made.time.tolist(), made.what.tolist(), made.detail.tolist(), strict=True)
    courses: dict[int, list[tuple[float, int, int]]] = {i: [] for i in range(PATIENTS)}
    for patient, record in zip(made.patient.tolist(), records, strict=True):
        courses[patient].append(record)
    return courses
