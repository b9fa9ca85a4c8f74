"""A few patients in a line of text each, emulated: the report counts by days 7, 15, 22 and 30."""

from collections.abc import Sequence

from equipoise.cohort.cohort import Cohort
from equipoise.emulate.enrol import enrol
from equipoise.emulate.example_patients import ExamplePatient, Examples, example_cohort
from equipoise.estimate.emulated.analysis import analysis_of
from equipoise.estimate.emulated.answer import EmulationAnswers, emulation_answers
from equipoise.estimate.emulated.emulated import Emulated, carry_out
from equipoise.estimate.emulated.prepared import Prepared, prepare
from equipoise.language.vocabulary import read_vocabulary
from equipoise.protocol.protocol import Protocol
from equipoise.protocol.read import read_protocol

MONTH = 365.25 / 12
TEN = 10 / MONTH  # months of ten days

WORDS = read_vocabulary("""
name: ward
title: A ward
origin: {label: admission}
resolution: 1
patients:
  group: {type: category, label: Group, values: [a, b]}
  share: {type: quantity, label: Weight of the patient}
measurements:
  marker: {kind: state, label: Marker, values: [low, high]}
interventions:
  surgery: {label: surgery, acts_on: [relapse, death]}
  visit: {label: visit, acts_on: []}
events:
  relapse: {label: relapse}
  death: {label: death, terminal: true}
structures:
  course:
    label: Course
    start: well
    states:
      well: {label: Well}
      operated: {label: Operated}
      relapsed: {label: Relapsed}
      dead: {label: Dead}
    arrows:
      - {from: well, on: surgery, to: operated}
      - {from: well, on: relapse, to: relapsed}
      - {from: well, on: death, to: dead}
      - {from: operated, on: relapse, to: relapsed}
      - {from: operated, on: death, to: dead}
      - {from: relapsed, on: death, to: dead}
outcomes:
  os:
    {label: Survival, abbreviation: OS, structure: course, kind: survival, states: [well, operated, relapsed],
     is: alive, event: death}
  dfs:
    {label: Survival without relapse, abbreviation: DFS, structure: course, kind: survival,
     states: [well, operated], is: alive without relapse, event: relapse or death}
  relapses:
    {label: Relapse, abbreviation: relapse, structure: course, kind: cumulative_incidence,
     at_risk: [well, operated], states: [relapsed], event: relapse, competing: death before it}
  ill:
    {label: Alive with relapse, abbreviation: ill, structure: course, kind: occupancy, states: [relapsed],
     is: alive with relapse}
""")

WATCH = "kind: never, name: watch, treatment: surgery"
EARLY = f"kind: start_within, name: early, treatment: surgery, months: {TEN!r}, law: uniform"
ON_MARKER = (
    "kind: on_trigger, name: on_marker, treatment: surgery, trigger: {last: marker, eq: high}, "
    f"months: {TEN!r}, until_month: {2 * TEN!r}, law: uniform"
)
BY_GROUP = "{name: group, feature: {baseline: group}, reference: a}"
DIFFERENCES = (
    "{measure: survival_difference, of: dfs, between: [early, watch]}",
    "{measure: risk_ratio, of: dfs, between: [early, watch]}",
)


def question(
    *strategies: str,
    outcomes: str = "dfs",
    contrasts: Sequence[str] = (),
    adjust_for: str = "",
    emulation: str = "",
    analysis: str = "",
    gates: str = "on: true",
    report: str = "",
    weight: str = "null",
    more: str = "",
) -> Protocol:
    """A question about the first month; gates closed and no model of the loss unless said otherwise."""
    listed = "\n".join(f"  - {{{one}}}" for one in strategies)
    compared = "\n".join(f"  - {one}" for one in contrasts)
    days = report or "every_months: 0.25, until_month: 1, at_months: [0.5], restricted_to_months: [1]"
    loss = "" if "loss:" in emulation else "loss: null,"
    return read_protocol(
        f"""
title: A ward
vocabulary: ward
population: {{all_of: [{{not_: {{has: relapse}}}}]}}
time_zero: {{kind: landmark, after: origin, day: 0}}
structure: course
treatments: [{{name: surgery, intervention: surgery, while_in: [well]}}]
strategies:
{listed}
outcomes: [os, dfs, relapses, ill]
intercurrent_events: []
{more}
contrasts:
{compared or "  []"}
assumptions: []
report: {{{days}}}
gates: {{{gates}}}
analysis:
  variance: ij
  interval: default
  cluster: null
  weight: {weight}
  emulation:
    {{outcomes: [{outcomes}], draws: 200, {loss} {emulation}
     treatments: [{{treatment: surgery, adjust_for: [{adjust_for}], pieces_months: []}}]}}
  {analysis}
"""
    )


def ward(
    *records: str,
    followed: Sequence[tuple[float, float]] | None = None,
    baseline: Sequence[dict[str, str]] | None = None,
) -> Cohort:
    """Patients with their records; followed from day 0 to 40 unless said otherwise."""
    periods = followed or [(0.0, 40.0)] * len(records)
    columns = baseline or [{}] * len(records)
    patients = tuple(
        ExamplePatient(
            name=f"patient {number}",
            shows="a test",
            followed=period,
            baseline=own,
            records=one,
            time_zero=0.0,
        )
        for number, (one, period, own) in enumerate(zip(records, periods, columns, strict=True))
    )
    return example_cohort(Examples(patients=patients), WORDS, "ward")


def laid_out(protocol: Protocol, cohort: Cohort) -> Prepared:
    """The emulation before anything is weighed."""
    asked = protocol.analysis.emulation
    assert asked is not None
    analysis, _ = analysis_of(protocol, cohort, enrol(protocol, cohort), asked)
    return prepare(analysis, asked)


def emulated(protocol: Protocol, cohort: Cohort) -> Emulated:
    """The emulation itself."""
    asked = protocol.analysis.emulation
    assert asked is not None
    analysis, _ = analysis_of(protocol, cohort, enrol(protocol, cohort), asked)
    return carry_out(analysis, asked, workers=1)


def answered(protocol: Protocol, cohort: Cohort, seed: int = 1, workers: int = 1) -> EmulationAnswers:
    """All that it adds to a study."""
    return emulation_answers(protocol, cohort, enrol(protocol, cohort), seed, workers=workers)
