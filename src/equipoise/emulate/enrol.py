"""Enrolment: who is in the study and from when, judged on what was known on that day."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from equipoise.base.clock import Clock
from equipoise.base.findings import Finding, finding
from equipoise.base.schema import Column, Schema
from equipoise.cohort.cohort import Cohort
from equipoise.cohort.evaluate import evaluate
from equipoise.cohort.windows import observed_windows
from equipoise.emulate.flow import Box, flow_table
from equipoise.emulate.time_zero import time_zero_days
from equipoise.protocol.protocol import Protocol

Float64 = NDArray[np.float64]
Bool = NDArray[np.bool_]

ATTRITION = Schema(
    "attrition",
    "one step from all patients to those who are followed",
    (
        Column("step", pl.Int64(), "0 for all patients, then in the order in which patients are excluded"),
        Column("label", pl.String(), "what must hold to remain"),
        Column("excluded", pl.Int64(), "patients for whom it does not hold", "patients"),
        Column("remaining", pl.Int64(), "patients who remain", "patients"),
        Column(
            "on_record", pl.String(), "what those excluded for want of a day or of follow-up have on record"
        ),
    ),
)
ASSESSED = "assessed"
ENROLLED = "enrolled"


@dataclass(frozen=True, eq=False, slots=True)
class Enrolment:
    """The enrolled patients.

    Attributes
    ----------
    time_zero : float64[n]
        Day of time zero; NaN for patients who are not enrolled.
    attrition
        One row a step (`ATTRITION`).
    flow
        The same as boxes of a flow chart (`equipoise.emulate.flow.FLOW`).
    findings
        Late entrants, patients without follow-up, criteria that could not be judged.
    """

    time_zero: Float64
    attrition: pl.DataFrame
    flow: pl.DataFrame
    findings: tuple[Finding, ...]

    @property
    def eligible(self) -> Bool:
        """Who is enrolled: bool[n]."""
        return ~np.isnan(self.time_zero)

    @property
    def n(self) -> int:
        """Number of enrolled patients."""
        return int(self.eligible.sum())


@dataclass(frozen=True, slots=True)
class _Step:
    box: str
    label: str
    left_label: str
    keeps: Bool
    tells_record: bool = False


def enrol(protocol: Protocol, cohort: Cohort) -> Enrolment:
    """Find time zero, apply the criteria in order, and keep those who are observed afterwards.

    The criteria are judged on ``cohort.as_of(time zero)``, so that no later edit changes who is eligible. A
    criterion that cannot be judged excludes. Observation must go on after the day of time zero; a patient who
    enters observation later counts as at risk from then on.

    Parameters
    ----------
    protocol, cohort
        Of one vocabulary.

    Returns
    -------
    Enrolment
        With nobody in it there is a finding of severity error (E001).
    """
    zero = time_zero_days(protocol.time_zero, cohort)
    reaches = ~np.isnan(zero)
    judged = [evaluate(criterion.predicate, cohort, zero) for criterion in protocol.population.all_of]
    words = [criterion.words(cohort.vocabulary) for criterion in protocol.population.all_of]
    observed = _observed_after(cohort, zero)
    day = protocol.time_zero.words(cohort.vocabulary)
    steps = [
        _Step("time_zero", f"time zero reached: {day}", "time zero not reached", reaches, tells_record=True),
        *(
            _Step(f"criterion_{place}", label, f"not: {label}", truth.fill_null(value=False).to_numpy())
            for place, (label, truth) in enumerate(zip(words, judged, strict=True), start=1)
        ),
        _Step(
            ENROLLED, "under observation after time zero", "no observation after time zero", observed, True
        ),
    ]
    attrition, flow, enrolled = _passed(steps, cohort)
    chosen = np.where(enrolled, zero, np.nan)
    unjudged = [_unjudged(label, truth, reaches) for label, truth in zip(words, judged, strict=True)]
    found = [one for one in unjudged if one is not None]
    return Enrolment(chosen, attrition, flow, (*found, *_findings(attrition, chosen, cohort)))


def _passed(steps: Sequence[_Step], cohort: Cohort) -> tuple[pl.DataFrame, pl.DataFrame, Bool]:
    """Apply the steps: attrition, flow, and who remains."""
    remaining = np.ones(cohort.n, dtype=np.bool_)
    rows: list[dict[str, object]] = [_row(0, "all patients in the extract", remaining, remaining, "")]
    boxes = [Box(ASSESSED, None, "kept", "all patients in the extract", cohort.n)]
    parent = ASSESSED
    for place, step in enumerate(steps, start=1):
        out, remaining = remaining & ~step.keeps, remaining & step.keeps
        record = on_record(out, cohort) if step.tells_record else []
        told = ", ".join(f"{n} {label}" for _, label, n in record)
        rows.append(_row(place, step.label, out, remaining, told))
        left = f"not_{step.box}"
        boxes.append(Box(left, parent, "left", step.left_label, int(out.sum())))
        boxes += [Box(f"{left}:{name}", left, "detail", label, n) for name, label, n in record]
        boxes.append(Box(step.box, parent, "kept", step.label, int(remaining.sum())))
        parent = step.box
    return ATTRITION.frame(rows), flow_table(boxes), remaining


def _row(step: int, label: str, out: Bool, remaining: Bool, on_record: str) -> dict[str, object]:
    excluded = int(out.sum()) if step else 0
    return {
        "step": step,
        "label": label,
        "excluded": excluded,
        "remaining": int(remaining.sum()),
        "on_record": on_record,
    }


def on_record(chosen: Bool, cohort: Cohort) -> list[tuple[str, str, int]]:
    """What the chosen patients have on record, at any time: (word, label, patients) of words that occur."""
    vocabulary = cohort.vocabulary
    counted: list[tuple[str, str, int]] = []
    for word in (*vocabulary.interventions, *vocabulary.events):
        patients = np.unique(cohort.records(word)["patient"].to_numpy())
        n = int(chosen[patients].sum())
        if n:
            counted.append((word, vocabulary.heading_of(word), n))
    return counted


def _observed_after(cohort: Cohort, zero: Float64) -> Bool:
    """Whether a patient is ever under observation after time zero and before a terminal event: bool[n]."""
    windows = observed_windows(cohort, zero, Clock(cohort.vocabulary.resolution))
    observed = np.zeros(cohort.n, dtype=np.bool_)
    observed[windows.patient] = True
    return observed


def _unjudged(label: str, truth: pl.Series, reaches: Bool) -> Finding | None:
    unknown = int((truth.is_null().to_numpy() & reaches).sum())
    if not unknown:
        return None
    message = f"'{label}' cannot be judged in {unknown} patients, who are left out."
    return finding("E004", "attrition", message, patients=unknown)


def _findings(attrition: pl.DataFrame, zero: Float64, cohort: Cohort) -> list[Finding]:
    found: list[Finding] = []
    last = attrition.row(-1, named=True)
    if last["remaining"] == 0:
        found.append(finding("E001", "attrition", f"None of {cohort.n} patients can be enrolled."))
    if last["excluded"]:
        n = int(last["excluded"])
        record = last["on_record"] or "nothing on record"
        message = f"{n} eligible patients are not observed after time zero ({record})."
        found.append(finding("E002", "attrition", message, patients=n))
    late = int(enters_late(cohort, zero).sum())
    if late:
        message = f"{late} enrolled patients enter observation after time zero and are at risk from then on."
        found.append(finding("E003", "observation", message, patients=late))
    return found


def enters_late(cohort: Cohort, zero: Float64) -> Bool:
    """Which enrolled patients come under observation only after time zero: bool[n]."""
    windows = observed_windows(cohort, zero, Clock(cohort.vocabulary.resolution))
    at_once = np.zeros(cohort.n, dtype=np.bool_)
    at_once[windows.patient[windows.start == 0]] = True
    return ~np.isnan(zero) & ~at_once
