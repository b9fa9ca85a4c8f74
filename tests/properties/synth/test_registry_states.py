"""The course of every patient, read back through the arrows of the vocabulary, is the simulated one."""

import numpy as np
import polars as pl
import pytest
from registry_by_hand import DEATHS, Told, told

from equipoise.cohort.audit import audit
from equipoise.cohort.cohort import Cohort
from equipoise.cohort.history import event_history
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
CASES = [
    ("S0", {}, "natural_course"),
    ("S0", {"registry.remission": 1, "reinfusion.per_month": 0.2}, "on_either"),
    ("S1", {"visits.extra_per_month": 3}, "early"),
    ("S4", {"registry.rounding_days": 7}, "on_bca_loss"),
    ("S6", {"registry.remission": 0.5}, "watch"),
    ("S8", {"after_relapse.remission.per_month": [3, 1]}, "salvage"),
    ("S10", {"visits.extra_per_month": 8, "visits.missed": 0.3}, "maintain"),
]


def _courses(world: World, strategy: str, n: int) -> dict[int, list[tuple[float, int, int]]]:
    protocol, vocabulary = read_question("virtual_registry")
    asked = {one.name: one for one in (NATURAL_COURSE, *protocol.strategies)}[strategy]
    orders = orders_of(asked, protocol, vocabulary)
    made = simulate_courses(as_record(numbers_of(world)), orders, range(n), SEED, horizon=70.0)
    records = zip(made.time.tolist(), made.what.tolist(), made.detail.tolist(), strict=True)
    courses: dict[int, list[tuple[float, int, int]]] = {i: [] for i in range(n)}
    for patient, record in zip(made.patient.tolist(), records, strict=True):
        courses[patient].append(record)
    return courses


def _expected(
    cohort: Cohort, courses: dict[int, list[tuple[float, int, int]]], rounding: int
) -> dict[int, Told]:
    """What must be told of those who were in remission at the first assessment."""
    first = cohort.records("remission").group_by("patient").agg(pl.col("day").min())
    none = set(cohort.records("no_remission")["patient"].to_list())
    return {
        patient: told(courses[patient], int(day), rounding)
        for patient, day in first.rows()
        if patient not in none
    }


@pytest.mark.parametrize(("name", "changes", "strategy"), CASES)
def test_states_by_day(name: str, changes: dict[str, object], strategy: str) -> None:
    world = read_world(name, changes)
    cohort = registry(world, PATIENTS, SEED, strategy=strategy)
    assert cohort.n == PATIENTS
    expected = _expected(cohort, _courses(world, strategy, PATIENTS), world.registry.rounding_days)
    history = event_history(cohort, "course", time_zero=0.0)
    found: dict[int, list[tuple[int, str]]] = {patient: [] for patient in range(PATIENTS)}
    for patient, stop, following in history.intervals().select("patient", "stop", "next").rows():
        if following is not None:
            found[patient].append((int(stop), following))
    stops = dict(cohort.observation.select("patient", "stop").rows())
    died = {patient for patient, states in found.items() if states and states[-1][1].startswith("death")}
    for patient, want in expected.items():
        stop = stops[patient]
        assert found[patient] == [one for one in want.states if one[0] <= stop], patient
        fatal = [day for day, what in want.rest if what in DEATHS]
        end = min(want.lost, fatal[0] if fatal else np.inf)
        assert stop <= end
        assert (patient in died) == (stop == (fatal[0] if fatal else np.inf))
    others = set(range(PATIENTS)) - set(expected)
    assert all(len(found[patient]) <= 2 for patient in others)
    assert {state for patient in others for _, state in found[patient]} <= {
        "no_remission",
        "death_leukaemia",
        "death_without_relapse",
    }
    assert not [one for one in audit(cohort) if one.severity.value == "error"]
