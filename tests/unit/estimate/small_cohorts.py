"""Six patients whose every number can be worked out on paper, and the words for them."""

from collections.abc import Mapping, Sequence
from functools import cache

import numpy as np
import polars as pl

from equipoise.base.clock import Clock
from equipoise.cohort.cohort import Cohort
from equipoise.emulate.enrol import enrol
from equipoise.estimate.analysis import Analysis, courses
from equipoise.estimate.plan import Plan, plan_of
from equipoise.language.vocabulary import Vocabulary, read_vocabulary
from equipoise.protocol.protocol import Protocol
from equipoise.protocol.read import read_protocol
from equipoise.protocol.time_zero import LandmarkTimeZero

VOCABULARY = """
name: small
title: Six patients
origin: {label: first remission}
resolution: 1
patients:
  load: {type: quantity, label: Case weight, role: weight}
interventions:
  graft: {label: graft}
events:
  relapse: {label: relapse}
  remission: {label: second remission}
  flare: {label: severe flare}
  death: {label: death, terminal: true}
structures:
  course:
    label: Course
    start: well
    states:
      well: {label: Well}
      grafted: {label: Grafted}
      relapsed: {label: Relapsed}
      again: {label: Second remission}
      dead_well: {label: Died well}
      dead_relapsed: {label: Died after relapse}
    arrows:
      - {from: well, on: graft, to: grafted}
      - {from: well, on: relapse, to: relapsed}
      - {from: well, on: death, to: dead_well}
      - {from: grafted, on: relapse, to: relapsed}
      - {from: grafted, on: death, to: dead_well}
      - {from: relapsed, on: remission, to: again}
      - {from: relapsed, on: death, to: dead_relapsed}
      - {from: again, on: relapse, to: relapsed}
      - {from: again, on: death, to: dead_relapsed}
  burden:
    label: Flare, relapse or death
    start: free
    states:
      free: {label: Free}
      flared: {label: Flare}
      ended: {label: Relapse or death}
    arrows:
      - {from: free, on: flare, to: flared}
      - {from: free, on: relapse, to: ended}
      - {from: free, on: death, to: ended}
outcomes:
  os:
    {label: Overall survival, abbreviation: OS, structure: course, kind: survival,
     states: [well, grafted, relapsed, again], is: alive, event: death}
  dfs:
    {label: Disease-free survival, abbreviation: DFS, structure: course, kind: survival,
     states: [well, grafted], is: alive in first remission, event: relapse or death}
  grfs:
    {label: Flare-free and relapse-free survival, abbreviation: GRFS, structure: burden, kind: survival,
     states: [free], is: alive without flare or relapse, event: "flare, relapse or death"}
  cir:
    {label: Relapse, abbreviation: CIR, structure: course, kind: cumulative_incidence,
     at_risk: [well, grafted], states: [relapsed], event: relapse, competing: death in remission}
  nrm:
    {label: Death in remission, abbreviation: NRM, structure: course, kind: cumulative_incidence,
     at_risk: [well, grafted], states: [dead_well], event: death in remission, competing: relapse}
  current:
    {label: Current remission, abbreviation: cLFS, structure: course, kind: occupancy,
     states: [well, grafted, again], is: alive in remission}
"""

PROTOCOL = """
title: Six patients
vocabulary: small
population: {all_of: [{label: no relapse yet, predicate: {not_: {has: relapse}}}]}
time_zero: {kind: landmark, after: origin, day: 0}
structure: course
outcomes: [os, dfs, cir, nrm, current, grfs]
intercurrent_events: [{event: graft, handling: treatment_policy}]
funnels: [{name: salvage, label: Salvage, origin: relapse, steps: [remission], outcome: os}]
report: {until_month: 1, at_months: [1]}
analysis: {weight: null}
"""

# (event or intervention, day) of each patient, and the last day observed.
SIX: tuple[tuple[Mapping[str, float], float], ...] = (
    ({"relapse": 2, "death": 4}, 4),
    ({"graft": 1, "death": 3}, 3),
    ({}, 3),
    ({"relapse": 3, "remission": 5}, 8),
    ({"graft": 3, "relapse": 6, "death": 7}, 7),
    ({"flare": 2, "death": 5}, 5),
)


@cache
def _words() -> tuple[Vocabulary, Protocol]:
    return read_vocabulary(VOCABULARY), read_protocol(PROTOCOL)


def protocol(**changes: object) -> Protocol:
    return _words()[1].model_copy(update=changes)


def cohort(
    patients: Sequence[tuple[Mapping[str, float], float]] = SIX,
    *,
    starts: Sequence[float] | None = None,
    loads: Sequence[float | None] | None = None,
    sites: Sequence[str | None] | None = None,
) -> Cohort:
    n = len(patients)
    vocabulary, _ = _words()
    records = [(who, name, day) for who, (course, _) in enumerate(patients) for name, day in course.items()]
    dated = pl.DataFrame(
        records, schema={"patient": pl.Int32, "name": pl.String, "day": pl.Float64}, orient="row"
    )
    treated = pl.col("name").is_in(list(vocabulary.interventions))
    return Cohort.build(
        vocabulary,
        patients=pl.DataFrame(
            {
                "patient": pl.Series(range(n), dtype=pl.Int32),
                "load": pl.Series(loads or [None] * n, dtype=pl.Float64),
                "site": pl.Series(sites or [None] * n, dtype=pl.String),
            }
        ),
        observation=pl.DataFrame(
            {
                "patient": pl.Series(range(n), dtype=pl.Int32),
                "start": pl.Series(starts or [-1.0] * n, dtype=pl.Float64),
                "stop": pl.Series([last for _, last in patients], dtype=pl.Float64),
            }
        ),
        interventions=dated.filter(treated).rename({"day": "start"}),
        events=dated.filter(~treated),
    )


def analysis(
    asked: Protocol, known: Cohort, days: Sequence[float], horizons: Sequence[float] = (6.0,)
) -> Analysis:
    """The analysis of a protocol, reported on the given days instead of its months."""
    enrolment = enrol(asked, known)
    made, _ = plan_of(asked, known, enrolment)
    plan = Plan(
        np.array(days, dtype=float),
        np.array(horizons, dtype=float),
        made.level,
        made.variance,
        Clock(1.0),
        made.interval,
        made.cluster,
        made.weight,
    )
    return Analysis(asked, known, enrolment, plan, courses(asked, known, enrolment, plan))


def landmark(day: float) -> LandmarkTimeZero:
    return LandmarkTimeZero(kind="landmark", after="origin", day=float(day))
