"""Patients with marks: categories, numbers, markers that come later; every group can be counted by hand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import polars as pl

from equipoise.cohort.cohort import Cohort
from equipoise.emulate.enrol import enrol
from equipoise.estimate.estimate import estimate_outcomes
from equipoise.estimate.estimates import Estimates
from equipoise.language.vocabulary import Vocabulary, read_vocabulary
from equipoise.protocol.read import read_question

VOCABULARY = """
name: marked
title: Patients with marks
origin: {label: entry}
resolution: 1
patients:
  kind: {type: category, label: Kind, values: {a: kind A, b: kind B, c: kind C}}
  large: {type: boolean, label: Large tumour}
  size: {type: quantity, label: Size, unit: cm}
  donor: {type: category, label: Donor, values: [near, far], known_from: 10}
  graft_type: {type: category, label: Type of graft, values: [bone, blood], known_from: graft}
  load: {type: quantity, label: Case weight, role: weight}
measurements:
  marker: {kind: quantity, label: marker, unit: ng, range: [0, 100], detection_limit: 0.1}
  status: {kind: state, label: status, values: [good, bad]}
interventions:
  graft: {label: graft}
events:
  sign: {label: sign}
  relapse: {label: relapse}
  death: {label: death, terminal: true}
structures:
  course:
    label: Course
    start: well
    states:
      well: {label: Well}
      relapsed: {label: Relapsed}
      dead_well: {label: Died well}
      dead_relapsed: {label: Died after relapse}
    arrows:
      - {from: well, on: relapse, to: relapsed}
      - {from: well, on: death, to: dead_well}
      - {from: relapsed, on: death, to: dead_relapsed}
outcomes:
  os:
    {label: Overall survival, abbreviation: OS, structure: course, kind: survival,
     states: [well, relapsed], is: alive, event: death}
  cir:
    {label: Relapse, abbreviation: CIR, structure: course, kind: cumulative_incidence,
     at_risk: [well], states: [relapsed], event: relapse, competing: death without relapse}
"""

PROTOCOL = """
title: Marks
vocabulary: marked
population: {label: everybody, all_of: [{label: alive, predicate: {not_: {has: death}}}]}
time_zero: {kind: landmark, after: origin, day: 0}
structure: course
outcomes: [os]
intercurrent_events: []
report: {until_month: 12, at_months: [12], every_months: 12}
analysis: {weight: WEIGHT, cluster: CLUSTER}
prognosis:
"""


@dataclass(frozen=True)
class Patient:
    """What is recorded of one patient; markers as (day, value), bound `<` for a negative value.

    `bounds` has other bounds, by the place of the marker.
    Nobody watches during `gap`, the end of one row of observation and the start of the next.
    """

    last: float
    columns: Mapping[str, Any] = field(default_factory=dict)
    records: Mapping[str, float] = field(default_factory=dict)
    markers: Sequence[tuple[float, float]] = ()
    start: float = -1.0
    gap: tuple[float, float] | None = None
    bounds: Mapping[int, str] = field(default_factory=dict)


@cache
def words() -> Vocabulary:
    return read_vocabulary(VOCABULARY)


def cohort(patients: Sequence[Patient]) -> Cohort:
    n = len(patients)
    kinds = {"kind": pl.String, "large": pl.Boolean, "size": pl.Float64, "donor": pl.String}
    kinds |= {"graft_type": pl.String, "load": pl.Float64, "site": pl.String}
    who = pl.Series("patient", range(n), dtype=pl.Int32)
    columns = [
        pl.Series(name, [one.columns.get(name) for one in patients], dtype=kind)
        for name, kind in kinds.items()
    ]
    dated = pl.DataFrame(
        [(i, name, day) for i, one in enumerate(patients) for name, day in one.records.items()],
        schema={"patient": pl.Int32, "name": pl.String, "day": pl.Float64},
        orient="row",
    )
    markers = pl.DataFrame(
        [
            (i, day, "marker", abs(value), one.bounds.get(k, "<" if value < 0 else "="))
            for i, one in enumerate(patients)
            for k, (day, value) in enumerate(one.markers)
        ],
        schema={
            "patient": pl.Int32,
            "day": pl.Float64,
            "name": pl.String,
            "value": pl.Float64,
            "bound": pl.String,
        },
        orient="row",
    )
    treated = pl.col("name") == "graft"
    return Cohort.build(
        words(),
        patients=pl.DataFrame([who, *columns]),
        observation=pl.DataFrame(
            [(i, *window) for i, one in enumerate(patients) for window in _windows(one)],
            schema={"patient": pl.Int32, "start": pl.Float64, "stop": pl.Float64},
            orient="row",
        ),
        measurements=markers,
        interventions=dated.filter(treated).rename({"day": "start"}),
        events=dated.filter(~treated),
    )


def _windows(one: Patient) -> list[tuple[float, float]]:
    if one.gap is None:
        return [(one.start, one.last)]
    return [(one.start, one.gap[0]), (one.gap[1], one.last)]


def estimated(
    patients: Sequence[Patient], asked: str, *, weight: str = "null", cluster: str = "null"
) -> Estimates:
    """All answers to a prognostic table written in YAML (indented by two spaces)."""
    text = PROTOCOL.replace("WEIGHT", weight).replace("CLUSTER", cluster) + asked
    protocol, _ = read_question(text, words())
    known = cohort(patients)
    return estimate_outcomes(protocol, known, enrol(protocol, known))


def dying(day: float, **columns: Any) -> Patient:
    return Patient(day, columns, {"death": day})


def living(day: float, **columns: Any) -> Patient:
    return Patient(day, columns)


def codes(estimates: Estimates) -> set[str]:
    return {one.code for one in estimates.findings}


def row(frame: pl.DataFrame, **values: Any) -> dict[str, Any]:
    found = frame.filter(*(pl.col(name) == value for name, value in values.items()))
    assert found.height == 1, f"{found.height} rows for {values}"
    return found.row(0, named=True)
