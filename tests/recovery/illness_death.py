"""A world whose truth is known: constant rates between first remission, graft, relapse and death.

    well -> grafted, relapsed, dead;   grafted -> relapsed, dead;   relapsed -> rescued (a later graft), dead;
    rescued -> dead

Times are exponential and recorded on the day that they end in, so that what has happened by the end of an
integer day is exact. Many replicates are simulated as one cohort and split by patient number afterwards.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.linalg import expm

from equipoise.cohort.cohort import Cohort
from equipoise.language.vocabulary import read_vocabulary

Float64 = NDArray[np.float64]
STATES = ("well", "grafted", "relapsed", "rescued", "dead_well", "dead_relapsed")

VOCABULARY = """
name: illness_death
title: Illness and death with known rates
origin: {label: first remission}
interventions: {graft: {label: graft}}
events: {relapse: {label: relapse}, death: {label: death, terminal: true}}
structures:
  course:
    label: Course
    start: well
    states:
      well: {label: Well}
      grafted: {label: Grafted}
      relapsed: {label: Relapsed}
      rescued: {label: Grafted after relapse}
      dead_well: {label: Died well}
      dead_relapsed: {label: Died after relapse}
    arrows:
      - {from: well, on: graft, to: grafted}
      - {from: well, on: relapse, to: relapsed}
      - {from: well, on: death, to: dead_well}
      - {from: grafted, on: relapse, to: relapsed}
      - {from: grafted, on: death, to: dead_well}
      - {from: relapsed, on: graft, to: rescued}
      - {from: relapsed, on: death, to: dead_relapsed}
      - {from: rescued, on: death, to: dead_relapsed}
outcomes:
  os:
    {label: Overall survival, abbreviation: OS, structure: course, kind: survival,
     states: [well, grafted, relapsed, rescued], is: alive, event: death}
  dfs:
    {label: Disease-free survival, abbreviation: DFS, structure: course, kind: survival,
     states: [well, grafted], is: alive in first remission, event: relapse or death}
  cir:
    {label: Relapse, abbreviation: CIR, structure: course, kind: cumulative_incidence,
     at_risk: [well, grafted], states: [relapsed], event: relapse, competing: death in remission}
"""

PROTOCOL = """
title: Known rates
vocabulary: illness_death
population: {all_of: [{not_: {has: relapse}}]}
time_zero: {kind: landmark, after: origin, day: 0}
structure: course
outcomes: [os, dfs, cir]
intercurrent_events: [{event: graft, handling: treatment_policy}]
funnels: [{name: salvage, label: Salvage, origin: relapse, steps: [graft], outcome: os}]
report: {until_month: 1, at_months: [1]}
analysis: {weight: null}
"""


@dataclass(frozen=True)
class Rates:
    """Rates a day."""

    graft: float = 1 / 600
    relapse: float = 1 / 700
    death: float = 1 / 4000
    grafted_relapse: float = 1 / 2500
    grafted_death: float = 1 / 1500
    rescue: float = 1 / 250
    relapsed_death: float = 1 / 200
    rescued_death: float = 1 / 900

    def generator(self) -> Float64:
        """Q with states in the order of STATES."""
        q = np.zeros((6, 6))
        q[0, 1], q[0, 2], q[0, 4] = self.graft, self.relapse, self.death
        q[1, 2], q[1, 4] = self.grafted_relapse, self.grafted_death
        q[2, 3], q[2, 5] = self.rescue, self.relapsed_death
        q[3, 5] = self.rescued_death
        return q - np.diag(q.sum(axis=1))

    def probability(self, day: float, start: int = 0) -> Float64:
        """P(state on a day), from a state on day 0."""
        return expm(self.generator() * day)[start]

    def first_failure(self, day: float) -> tuple[float, float]:
        """(still in first remission, relapse first) by a day."""
        q = self.generator()
        q[2:] = 0.0
        p = expm(q * day)[0]
        return float(p[0] + p[1]), float(p[2])


def courses(
    n: int, rates: Rates, seed: int, *, haste: Float64 | None = None, frailty: Float64 | None = None
) -> Mapping[str, Float64]:
    """Days of graft, relapse and death of n patients; NaN where it does not happen first.

    Parameters
    ----------
    haste
        Factor on the rate of the graft in remission, one a patient.
    frailty
        Factor on the rate of relapse before a graft, one a patient.
    """
    draw = np.random.default_rng(seed)

    def wait(rate: float, factor: Float64 | None = None) -> Float64:
        return draw.exponential(1 / rate, n) / (1.0 if factor is None else factor)

    graft, relapse, death = wait(rates.graft, haste), wait(rates.relapse, frailty), wait(rates.death)
    grafted = graft < np.minimum(relapse, death)
    relapse = np.where(grafted, graft + wait(rates.grafted_relapse), relapse)
    death = np.where(grafted, graft + wait(rates.grafted_death), death)
    relapsed = relapse < death
    rescue, early = relapse + wait(rates.rescue), relapse + wait(rates.relapsed_death)
    rescued = relapsed & (rescue < early)
    late = rescue + wait(rates.rescued_death)
    death = np.where(relapsed, np.where(rescued, late, early), death)
    first_graft = np.where(grafted, graft, np.where(rescued, rescue, np.nan))
    again = np.where(grafted & rescued, rescue, np.nan)
    return {
        "graft": np.ceil(first_graft),
        "again": np.ceil(again),
        "relapse": np.ceil(np.where(relapsed, relapse, np.nan)),
        "death": np.ceil(death),
    }


def registry(course: Mapping[str, Float64], last: Float64) -> Cohort:
    """The cohort that a registry would hold: what happened up to the last day of observation."""
    patient = np.arange(last.size, dtype=np.int32)

    def records(key: str, name: str, day: str) -> pl.DataFrame:
        seen = course[key] <= last
        return pl.DataFrame({"patient": patient[seen], day: course[key][seen]}).with_columns(
            name=pl.lit(name, dtype=pl.String)
        )

    return Cohort.build(
        read_vocabulary(VOCABULARY),
        patients=pl.DataFrame({"patient": patient}),
        observation=pl.DataFrame(
            {"patient": patient, "start": np.full(last.size, -1.0), "stop": np.fmin(last, course["death"])}
        ),
        interventions=pl.concat([records("graft", "graft", "start"), records("again", "graft", "start")]),
        events=pl.concat([records("relapse", "relapse", "day"), records("death", "death", "day")]),
    )


def last_days(n: int, seed: int) -> Float64:
    """Administrative end of observation: even between days 500 and 1500."""
    return np.floor(np.random.default_rng([seed, 1]).uniform(500, 1500, n))
