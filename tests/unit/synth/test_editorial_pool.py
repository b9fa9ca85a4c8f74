"""Whom a series counts: by hand on invented logs, and against the registry's tables of the same patients."""

import numpy as np
import polars as pl
import pytest

from equipoise.cohort.cohort import Cohort
from equipoise.protocol.read import read_question
from equipoise.protocol.strategy import NATURAL_COURSE
from equipoise.synth import addresses as a
from equipoise.synth.courses import Courses, in_chunks
from equipoise.synth.editorial.milestones import milestones, together
from equipoise.synth.editorial.transplanted import AFTER_RELAPSE, PRE_EMPTIVE, pooled, transplanted
from equipoise.synth.numbers import COVARIATES, as_record
from equipoise.synth.orders import orders_of
from equipoise.synth.read import read_world
from equipoise.synth.registry import registry
from equipoise.synth.world import World, numbers_of

MONTH = 365.25 / 12
POSITIVE, LOST = 1, 2
LOGS = {
    "transplanted in first remission, well": [
        (0, a.VISIT, POSITIVE), (3, a.VISIT, LOST), (3.5, a.HCT, 0),
    ],
    "transplanted in first remission, then relapse and another transplant": [
        (0, a.VISIT, 0), (4, a.HCT, 0), (10, a.RELAPSE_AFTER_HCT, 0), (12, a.SECOND_REMISSION, 0),
        (13, a.SALVAGE_HCT, 0), (30, a.NRM_AFTER_SALVAGE, 0),
    ],
    "with residual disease at the last test": [
        (0, a.VISIT, 0), (2, a.VISIT, POSITIVE + LOST), (2.5, a.HCT, 0),
    ],
    "relapse, remission, transplant, second relapse, death": [
        (1, a.VISIT, POSITIVE), (6, a.RELAPSE, 1), (9, a.SECOND_REMISSION, 0), (11, a.SALVAGE_HCT, 0),
        (20, a.RELAPSE_AFTER_SALVAGE, 0), (25, a.DEATH_IN_RELAPSE, 0),
    ],
    "relapse, death": [(6, a.RELAPSE, 0), (8, a.DEATH_IN_RELAPSE, 0)],
    "transplanted before the infusion too": [(5, a.HCT, 0)],
    "transplanted after the end of observation": [(37, a.HCT, 0)],
    "relapse, remission until the end": [(6, a.RELAPSE, 0), (9, a.SECOND_REMISSION, 0)],
}  # fmt: skip


def invented(logs: list[list[tuple[float, int, int]]], prior: list[int]) -> Courses:
    covariates = np.zeros((len(logs), len(COVARIATES)))
    covariates[prior, COVARIATES.index("prior_hct")] = 1.0
    records = [record for log in logs for record in log]
    return Courses(
        0,
        covariates,
        np.cumsum([0, *(len(log) for log in logs)]),
        np.array([time for time, _, _ in records], dtype=np.float64),
        np.array([what for _, what, _ in records], dtype=np.int16),
        np.array([detail for _, _, detail in records], dtype=np.int16),
    )


@pytest.fixture(scope="module")
def courses() -> Courses:
    return invented(list(LOGS.values()), [list(LOGS).index("transplanted before the infusion too")])


def world_of(**changes: object) -> World:
    return read_world("E", {"follow_up.administrative_months": [36, 36], **changes})


def test_milestones_by_hand(courses: Courses) -> None:
    found = milestones(courses, courses.time, 24.0)
    never = np.inf
    assert found.relapse.tolist() == [never, 10, never, 6, 6, never, never, 6]
    assert found.second.tolist() == [never, 12, never, 9, never, never, never, 9]
    assert found.death.tolist() == [never, 30, never, 25, 8, never, never, never]
    assert found.transplant.tolist() == [3.5, 4, 2.5, 11, never, 5, 37, never]
    assert found.failure_after.tolist() == [never, 10, never, 20, never, never, never, never]
    assert found.was_positive.tolist() == [False, False, True, False, False, False, False, False]
    assert found.was_lost.tolist() == [True, False, True, False, False, False, False, False]
    # In month 34 the second is in remission, in month 30 the fourth is dead and the last in remission.
    assert found.recovered.tolist() == [False, False, False, False, False, False, False, True]
    assert found.had_transplant.tolist() == [False] * 5 + [True, False, False]


def test_a_remission_that_ends_within_the_time_is_no_recovery(courses: Courses) -> None:
    assert milestones(courses, courses.time, 13.9).recovered[3]
    assert not milestones(courses, courses.time, 14.0).recovered[3]


def test_the_series_counts_first_transplants_without_residual_disease(courses: Courses) -> None:
    found = transplanted(courses, world_of(), seed=4)
    assert found.patient.tolist() == [0, 1, 3]
    assert found.arm.tolist() == [PRE_EMPTIVE, PRE_EMPTIVE, AFTER_RELAPSE]
    assert found.on_loss.tolist() == [True, False, False]
    end = np.ceil(36 * MONTH)
    days = {month: np.ceil(month * MONTH) for month in (3.5, 4, 10, 11, 20, 25, 30)}
    assert found.stop.tolist() == [
        [end - days[3.5], end - days[3.5]],
        [days[10] - days[4], days[30] - days[4]],
        [days[20] - days[11], days[25] - days[11]],
    ]
    assert found.event.tolist() == [[False, False], [True, True], [True, True]]


def test_an_event_on_the_last_day_of_observation_is_seen_and_one_after_it_is_not() -> None:
    end = 36 * MONTH
    logs = [[(1, a.HCT, 0), ((np.ceil(end) + late) / MONTH, a.NRM_AFTER_HCT, 0)] for late in (0.0, 0.5)]
    found = transplanted(invented(logs, []), world_of(), seed=4)
    assert found.event.tolist() == [[True, True], [False, False]]
    assert found.stop.tolist() == [[np.ceil(end) - 31] * 2] * 2


def first_day(frame: pl.DataFrame, name: str) -> pl.DataFrame:
    return frame.group_by("patient").agg(pl.col("day").min().alias(name))


def from_tables(cohort: Cohort) -> pl.DataFrame:
    """The pool as a reader of the registry's tables would make it."""
    grafts = cohort.interventions.filter(pl.col("name") == "hct").rename({"start": "day"})
    events = cohort.events
    naive = cohort.patients.filter(pl.col("prior_hct") == 0).select("patient")
    table = naive.join(first_day(grafts, "graft"), on="patient").join(
        cohort.observation.select("patient", "stop"), on="patient"
    )
    table = table.filter(pl.col("graft") < pl.col("stop"))
    relapses, deaths = (events.filter(pl.col("name") == name) for name in ("relapse", "death"))
    table = table.join(first_day(relapses, "first_relapse"), on="patient", how="left")
    tests = cohort.measurements.join(table.select("patient", "graft"), on="patient").filter(
        pl.col("day") < pl.col("graft")
    )
    last = tests.sort("patient", "day").group_by("patient", maintain_order=True)
    ngs = last.agg(pl.col("bound").filter(pl.col("name") == "ngs_mrd").last().alias("bound"))
    table = table.join(ngs, on="patient", how="left").with_columns(
        later=pl.col("first_relapse").fill_null(1e9) < pl.col("graft")
    )
    table = table.filter(pl.col("later") | (pl.col("bound") == "<"))
    after = relapses.join(table.select("patient", "graft"), on="patient").filter(
        pl.col("day") > pl.col("graft")
    )
    table = table.join(first_day(after, "relapse_after"), on="patient", how="left").join(
        first_day(deaths, "death"), on="patient", how="left"
    )
    failure = pl.min_horizontal("relapse_after", "death")
    return table.sort("patient").select(
        "patient",
        pl.col("later").cast(pl.Int64).alias("arm"),
        (pl.min_horizontal(failure, "stop") - pl.col("graft")).alias("dfs_stop"),
        failure.is_not_null().alias("dfs_event"),
        (pl.min_horizontal("death", "stop") - pl.col("graft")).alias("os_stop"),
        pl.col("death").is_not_null().alias("os_event"),
    )


def test_the_pool_is_what_a_reader_of_the_registry_would_count() -> None:
    seed, n = 31, 4_000
    world = read_world("E", {"registry.remission": 1})
    protocol, vocabulary = read_question("virtual_registry")
    chunks = in_chunks(
        as_record(numbers_of(world)),
        orders_of(NATURAL_COURSE, protocol, vocabulary),
        range(n),
        seed,
        horizon=132.0,
    )
    found = pooled(transplanted(part, world, seed) for part in chunks)
    expected = from_tables(registry(world, n, seed))
    assert expected.height > 400
    assert found.patient.tolist() == expected["patient"].to_list()
    assert found.arm.tolist() == expected["arm"].to_list()
    for place, name in enumerate(("dfs", "os")):
        assert found.stop[:, place].tolist() == expected[f"{name}_stop"].to_list()
        assert found.event[:, place].tolist() == expected[f"{name}_event"].to_list()


def test_groups_of_patients_are_put_together_in_order(courses: Courses) -> None:
    one = milestones(courses, courses.time, 24.0)
    two = together([one, one])
    assert two.relapse.tolist() == [*one.relapse, *one.relapse]
    assert all(column.size == 2 * courses.n for column in two)
