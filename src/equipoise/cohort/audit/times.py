"""Times: periods of observation, the grid, what happens after a terminal event or before day 0."""

from collections.abc import Iterator

import numpy as np
import polars as pl

from equipoise.base.clock import Clock
from equipoise.base.findings import Finding
from equipoise.cohort.audit.report import told
from equipoise.cohort.cohort import Cohort
from equipoise.cohort.conform import DAYS
from equipoise.cohort.windows import latest_so_far, merged_observation, terminal_day


def time_findings(cohort: Cohort) -> Iterator[Finding]:
    """Findings D202 to D207, D211 to D214 and D218."""
    yield from _period_findings(cohort.observation)
    yield from _grid_findings(cohort)
    yield from _terminal_findings(cohort)
    yield from _duplicate_findings(cohort)
    yield from _history_findings(cohort)
    yield from _outside_findings(cohort)
    wrong = cohort.interventions.filter(
        (pl.col("stop") < pl.col("start"))
        | (pl.col("completed") < pl.col("start"))
        | (pl.col("decided") > pl.col("start"))
    )
    yield from told(
        "D218", "interventions", wrong, "the decision comes after the start, or stop or completion before it"
    )


def _period_findings(observation: pl.DataFrame) -> Iterator[Finding]:
    reversed_periods = observation.filter(pl.col("stop") < pl.col("start"))
    yield from told("D202", "observation", reversed_periods, "the stop lies before the start")
    ordered = observation.filter(pl.col("start") < pl.col("stop"))
    patient, reached = ordered["patient"].to_numpy(), np.full(ordered.height, np.nan)
    reached[1:] = latest_so_far(patient, ordered["stop"].to_numpy())[:-1]
    reached[1:][patient[1:] != patient[:-1]] = np.nan
    ordered = ordered.with_columns(reached=pl.Series(values=reached, nan_to_null=True))
    yield from told(
        "D204",
        "observation",
        ordered.filter(pl.col("start") < pl.col("reached")),
        "the period starts before an earlier one of the same patient has stopped",
    )
    yield from told(
        "D205",
        "observation",
        ordered.filter(pl.col("start") > pl.col("reached")),
        "the period starts after a time without observation",
    )


def _grid_findings(cohort: Cohort) -> Iterator[Finding]:
    clock = Clock(cohort.vocabulary.resolution)
    for table, columns in DAYS.items():
        frame = cohort.tables[table]
        for column in columns:
            known = frame.filter(pl.col(column).is_not_null())
            off = known.filter(pl.Series(values=clock.off_grid(known[column].to_numpy())))
            what = f"{column} is not a multiple of {clock.resolution:g} days"
            yield from told("D203", table, off, what)


def _terminal_findings(cohort: Cohort) -> Iterator[Finding]:
    ends = pl.DataFrame({"end": terminal_day(cohort)}).with_columns(
        patient=pl.int_range(pl.len(), dtype=pl.Int32)
    )
    ends = ends.filter(pl.col("end").is_not_nan())
    for table in ("measurements", "interventions", "events"):
        late = cohort.tables[table].join(ends, on="patient").filter(pl.col(DAYS[table][0]) > pl.col("end"))
        yield from told("D206", table, late, "the day lies after a terminal event of the same patient")
    observed = cohort.observation.join(ends, on="patient").filter(pl.col("stop") > pl.col("end"))
    yield from told(
        "D207", "observation", observed, "the period goes on after a terminal event of the patient"
    )
    early = cohort.events.join(ends, on="patient").filter(
        (pl.col("day") == pl.col("end"))
        & (pl.col("day") < 0)
        & pl.col("name").is_in(cohort.vocabulary.terminal_events)
    )
    yield from told("D213", "events", early, "a terminal event lies before day 0")


def _duplicate_findings(cohort: Cohort) -> Iterator[Finding]:
    for table in DAYS:
        frame = cohort.tables[table]
        content = [name for name in frame.columns if name != "row"]
        again = frame.filter(~pl.struct(content).is_first_distinct())
        yield from told("D211", table, again, "another row is repeated word for word")


def _history_findings(cohort: Cohort) -> Iterator[Finding]:
    for table, columns in DAYS.items():
        early = cohort.tables[table].filter(pl.col(columns[0]) < 0)
        yield from told("D212", table, early, "the day lies before day 0")


def _outside_findings(cohort: Cohort) -> Iterator[Finding]:
    """Records in a gap or after the last period; what lies before the first one is history."""
    periods = merged_observation(cohort.observation)
    entry = periods.group_by("patient").agg(pl.col("start").min().alias("entry"))
    for table in ("measurements", "interventions", "events"):
        frame = cohort.tables[table].with_columns(day=pl.col(DAYS[table][0]))
        seen = frame.join(periods.rename({"start": "opens", "stop": "closes"}), on="patient").filter(
            (pl.col("opens") < pl.col("day")) & (pl.col("day") <= pl.col("closes"))
        )
        outside = frame.join(entry, on="patient").filter(pl.col("day") > pl.col("entry"))
        unseen = outside.join(seen, on=["patient", "day", "row"], how="anti")
        yield from told("D214", table, unseen, "the patient is not under observation on that day")
