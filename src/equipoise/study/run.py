"""`run`: protocol and cohort in, study out; a pure function."""

from collections.abc import Callable, Sequence

import polars as pl

from equipoise.base.errors import DataError
from equipoise.base.findings import Finding, Severity, finding, worst
from equipoise.base.schema import Schema
from equipoise.cohort.audit import audit
from equipoise.cohort.cohort import Cohort
from equipoise.cohort.describe import BASELINE, describe
from equipoise.cohort.history import event_history
from equipoise.emulate.clone_flow import CLONES
from equipoise.emulate.enrol import ATTRITION, Enrolment, enrol
from equipoise.emulate.flow import FLOW
from equipoise.estimate.emulated.tables import EMULATION_TABLES
from equipoise.estimate.estimate import estimate_outcomes
from equipoise.estimate.estimates import ESTIMATES, FUNNEL, RISK_TABLE, TRANSITIONS, WEIGHTS, Estimates
from equipoise.estimate.naive.table import NAIVE
from equipoise.estimate.prognosis.table import PROGNOSIS
from equipoise.estimate.test_results import TESTS
from equipoise.protocol.assumption import unargued
from equipoise.protocol.check import check
from equipoise.protocol.protocol import Protocol
from equipoise.study.beside import checked, digest_of
from equipoise.study.courses import courses, markers
from equipoise.study.manifest import inputs_manifest
from equipoise.study.study import Study
from equipoise.study.tables import COLUMNS, COURSES, FINDINGS, MARKERS


class AuditError(DataError):
    """The audit found errors in the cohort; `findings` holds all that it found."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        errors = [one for one in findings if one.severity is Severity.ERROR]
        first = errors[0]
        super().__init__(
            first.code,
            where=first.table,
            found=first.message.rstrip(".")
            + (f" (and {len(errors) - 1} more errors)" if len(errors) > 1 else ""),
            why="Nothing is estimated from data that contradict themselves.",
            do=first.remedy,
        )
        self.findings = tuple(findings)


def _silently(stage: str) -> None:
    del stage


def run(  # noqa: PLR0913  (what is asked and known; all others have a default)
    protocol: Protocol,
    cohort: Cohort,
    seed: int = 0,
    *,
    beside: pl.DataFrame | None = None,
    patients_from: str = "",
    at_the_door: Sequence[Finding] = (),
    with_patients: bool = True,
    workers: int = 2,
    stage: Callable[[str], None] = _silently,
) -> Study:
    """Answer a protocol's questions about a cohort.

    Parameters
    ----------
    protocol
        What is asked.
    cohort
        What is known.
    seed
        Seed of every random draw: the bootstrap of emulated strategies, and pretended starts. It is part of
        the study's identity also where nothing is drawn.
    beside
        Rows of the table of estimates with the role ``truth`` (of a simulated registry) or ``published``;
        they are shown with the answers and change none of them.
    patients_from
        Where the patients are from, as a sentence that stands at the head of the report: of virtual ones the
        world and the seed. It leaves with the report, so it is no place for the name of a file.
    at_the_door
        What the reader noticed while it made the cohort; kept with the study's findings.
    with_patients
        Whether the study keeps the patient-level tables that the swimmer plot reads.
    workers
        Refits at a time where strategies are emulated; the result does not depend on it.
    stage
        Called with the name of each stage as it begins (progress); it cannot change the result.

    Returns
    -------
    Study
        Equal protocol, cohort, seed, rows beside and version give equal tables.

    Raises
    ------
    ValueError
        If the rows beside are no rows of that table, or have another role (`equipoise.study.beside`).
    AuditError
        If the audit found errors; nothing is estimated from such data.
    ProtocolError
        If the protocol uses words that the cohort's vocabulary lacks.
    IdentificationError
        If nobody is enrolled.
    """
    check(protocol, cohort.vocabulary)
    known = None if beside is None else checked(beside)
    stage("auditing")
    audited = audit(cohort)
    if worst(audited) is Severity.ERROR:
        raise AuditError(audited)
    stage("enrolling")
    enrolment = enrol(protocol, cohort)
    stage("estimating")
    estimates = estimate_outcomes(protocol, cohort, enrolment, seed, workers=workers)
    stage("collecting")
    findings = (*at_the_door, *audited, *_unanswered(protocol), *enrolment.findings, *estimates.findings)
    return Study(
        protocol=protocol,
        vocabulary=cohort.vocabulary,
        tables=_tables(cohort, enrolment, estimates, findings, known),
        patients=_patients(protocol, cohort, enrolment) if with_patients else {},
        findings=findings,
        citations=tuple(sorted(estimates.citations)),
        manifest=inputs_manifest(
            title=protocol.title,
            seed=seed,
            inputs={
                "protocol": protocol.digest(),
                "vocabulary": cohort.vocabulary.digest(),
                "cohort": cohort.digest(),
                **({} if known is None else {"beside": digest_of(known)}),
            },
            patients_from=patients_from,
        ),
    )


def _unanswered(protocol: Protocol) -> tuple[Finding, ...]:
    """A note where the protocol asks for more than this version answers."""
    asked = protocol.analysis.emulation
    left = [one.title for one in protocol.strategies if asked is None or not asked.emulates(one.name)]
    found = list(unargued(protocol.assumptions)) if protocol.contrasts else []
    if left:
        message = "Strategies are stated, and no outcome under them is estimated from the cohort: "
        found.append(finding("E120", "protocol", f"{message}{'; '.join(left)}."))
    return tuple(found)


def _tables(
    cohort: Cohort,
    enrolment: Enrolment,
    estimates: Estimates,
    findings: tuple[Finding, ...],
    beside: pl.DataFrame | None,
) -> dict[str, pl.DataFrame]:
    """All tables of the study by name, with the data dictionary of those very tables."""
    answers = estimates.frame if beside is None else pl.concat([estimates.frame, beside])
    declared: list[tuple[Schema, pl.DataFrame]] = [
        (ATTRITION, enrolment.attrition),
        (FLOW, estimates.flow),
        (BASELINE, describe(cohort, enrolment.time_zero)),
        (ESTIMATES, answers),
        (RISK_TABLE, estimates.risk_table),
        (TRANSITIONS, estimates.transitions),
        (FUNNEL, estimates.funnel),
        (WEIGHTS, estimates.weights),
        (TESTS, estimates.tests),
        (PROGNOSIS, estimates.prognosis),
        (NAIVE, estimates.naive),
        *((schema, estimates.emulation[schema.name]) for schema in (CLONES, *EMULATION_TABLES)),
        (FINDINGS, _findings_table(findings)),
    ]
    dictionary = [row for schema, _ in declared for row in schema.dictionary()]
    dictionary += COLUMNS.dictionary()
    tables = {schema.name: schema.check(frame) for schema, frame in declared}
    return {**tables, COLUMNS.name: COLUMNS.frame(dictionary)}


def _findings_table(findings: tuple[Finding, ...]) -> pl.DataFrame:
    return FINDINGS.frame(
        [
            {
                "code": one.code,
                "severity": one.severity.value,
                "table": one.table,
                "rows": list(one.rows),
                "patients": one.patients,
                "message": one.message,
                "remedy": one.remedy,
            }
            for one in findings
        ]
    )


def _patients(protocol: Protocol, cohort: Cohort, enrolment: Enrolment) -> dict[str, pl.DataFrame]:
    history = event_history(cohort, protocol.structure, time_zero=enrolment.time_zero)
    return {COURSES.name: courses(history), MARKERS.name: markers(history, cohort)}
