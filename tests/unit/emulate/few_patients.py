"""A few patients in a line of text each, on the words of the specification."""

from pathlib import Path

from equipoise.cohort.cohort import Cohort
from equipoise.emulate.enrol import Enrolment, enrol
from equipoise.emulate.example_patients import ExamplePatient, Examples, example_cohort
from equipoise.language.vocabulary import read_vocabulary
from equipoise.protocol.protocol import Protocol
from equipoise.protocol.read import read_protocol

WORDS = read_vocabulary(Path(__file__).parents[2] / "spec" / "vocabulary.yaml")
MONTH = 365.25 / 12
TEN = 10 / MONTH  # months of ten days

LOST = "{has: bcells, where: {value: lost}}"


def asked(*strategies: str) -> Protocol:
    """A question with strategies, each as flow YAML without braces."""
    listed = "\n".join(f"  - {{{one}}}" for one in strategies)
    return read_protocol(
        f"""
title: Clones
vocabulary: specification
population: {{all_of: [{{has: remission}}]}}
time_zero: {{kind: landmark, after: origin, day: 0}}
structure: course
treatments:
  - {{name: first, intervention: transplant, while_in: [remission]}}
  - {{name: upkeep, intervention: maintenance, while_in: [remission, transplanted]}}
strategies:
{listed}
outcomes: [os]
intercurrent_events: []
report: {{until_month: 12, at_months: [12]}}
analysis: {{weight: null}}
"""
    )


def clinic(
    *records: str,
    followed: tuple[tuple[float, float], ...] | None = None,
    baseline: dict[str, str] | None = None,
) -> Cohort:
    """Patients in remission since day -5 with more records; followed to day 200 unless said otherwise."""
    periods = followed or ((-10.0, 200.0),) * len(records)
    patients = tuple(
        ExamplePatient(
            name=f"patient {number}",
            shows="a test",
            followed=period,
            baseline=baseline or {},
            records=f"-5 remission; {one}",
            time_zero=0.0,
        )
        for number, (one, period) in enumerate(zip(records, periods, strict=True))
    )
    return example_cohort(Examples(patients=patients), WORDS, "clinic")


def enrolled(protocol: Protocol, cohort: Cohort) -> Enrolment:
    return enrol(protocol, cohort)
