"""Small cohorts for regressions: a treatment, a marker, columns of every type."""

from typing import Any

import numpy as np
import polars as pl

from equipoise.cohort.cohort import Cohort
from equipoise.cohort.history import History, event_history
from equipoise.language.feature import Baseline, Has, Last
from equipoise.language.vocabulary import read_vocabulary
from equipoise.protocol.prognosis import Covariate

VOCABULARY = read_vocabulary("""
name: small
title: Small cohorts
origin: {label: entry}
patients:
  age: {type: quantity, label: Age, unit: years}
  kind: {type: category, label: Kind, values: {a: Alpha, b: Beta, c: Gamma}}
  sick: {type: boolean, label: Sick before}
  clinic: {type: category, label: Clinic, role: cluster}
measurements:
  marker: {kind: quantity, label: marker, unit: g/l}
interventions:
  treatment: {label: treatment}
events:
  recurrence: {label: recurrence}
  death: {label: death, terminal: true}
structures:
  course:
    label: Course
    start: well
    states: {well: {label: Well}, back: {label: Recurred}, dead: {label: Dead}}
    arrows:
      - {from: well, on: recurrence, to: back}
      - {from: well, on: death, to: dead}
outcomes:
  free:
    {label: Free, abbreviation: F, structure: course, kind: survival, states: [well], is: free, event: end}
""")
TREATED = Covariate(name="treated", predicate=Has(record="treatment"))
MARKER = Covariate(name="marker", feature=Last(measurement="marker"))
AGE = Covariate(name="age", feature=Baseline(column="age"), per=10)
KIND = Covariate(name="kind", feature=Baseline(column="kind"))
SICK = Covariate(name="sick", feature=Baseline(column="sick"))


def cohort(
    last: list[float],
    died: list[bool],
    *,
    treated: dict[int, float] | None = None,
    marker: list[tuple[int, float, float]] | None = None,
    recurred: dict[int, float] | None = None,
    **columns: list[Any],
) -> Cohort:
    """Patients followed from day 0 to `last`; `treated` and `recurred`: day by patient."""
    n = len(last)
    everybody = pl.Series(range(n), dtype=pl.Int32)
    typed = {
        name: pl.Series(values, dtype={"age": pl.Float64, "sick": pl.Boolean}.get(name, pl.String))
        for name, values in columns.items()
    }

    def records(rows: list[tuple[int, float]], name: str, day: str = "day") -> pl.DataFrame:
        schema = {"patient": pl.Int32, day: pl.Float64}
        return pl.DataFrame(rows, schema=schema, orient="row").with_columns(name=pl.lit(name))

    deaths = [(patient, last[patient]) for patient in range(n) if died[patient]]
    measured = pl.DataFrame(
        marker or [], schema={"patient": pl.Int32, "day": pl.Float64, "value": pl.Float64}, orient="row"
    )
    return Cohort.build(
        VOCABULARY,
        patients=pl.DataFrame({"patient": everybody, **typed}),
        observation=pl.DataFrame(
            {"patient": everybody, "start": np.full(n, -1.0), "stop": pl.Series(last, dtype=pl.Float64)}
        ),
        measurements=measured.with_columns(name=pl.lit("marker")),
        interventions=records(list((treated or {}).items()), "treatment", "start"),
        events=pl.concat([records(deaths, "death"), records(list((recurred or {}).items()), "recurrence")]),
    )


def alive(one: Cohort) -> History:
    """Time alive and free from day 0, with one way out."""
    history = event_history(one, "course", time_zero=0.0)
    return history.lump({"free": ["well"], "failed": ["back", "dead"]})
