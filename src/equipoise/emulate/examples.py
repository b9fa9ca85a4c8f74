"""Example patients: what a protocol does with invented people, compared with what its authors expect."""

from collections.abc import Iterator

import numpy as np
import polars as pl

from equipoise.base.document import Document, suggestion, validate
from equipoise.base.findings import Finding, finding
from equipoise.base.schema import Column, Schema
from equipoise.cohort.cohort import Cohort
from equipoise.emulate.clones import clones
from equipoise.emulate.enrol import Enrolment, enrol
from equipoise.emulate.example_patients import ExamplePatient, Examples, example_cohort, unreadable
from equipoise.emulate.reasons import Reason
from equipoise.emulate.starts import Starts, start_situation
from equipoise.language.vocabulary import Vocabulary
from equipoise.protocol.law import NaturalLaw, RepresentativeLaw
from equipoise.protocol.protocol import Protocol
from equipoise.protocol.rule import Never
from equipoise.protocol.strategy import Strategy

NOT_ENROLLED = "not enrolled"
COMPATIBLE = "compatible"

EXAMPLES = Schema(
    "examples",
    "One example patient under one strategy",
    (
        Column("patient", pl.String(), "name of the example patient"),
        Column("strategy", pl.String(), "name of the strategy"),
        Column("expected", pl.String(), "what the authors of the protocol expect of the clone"),
        Column("found", pl.String(), "what becomes of it"),
    ),
)


def check_examples(protocol: Protocol, vocabulary: Vocabulary, document: Document) -> tuple[Finding, ...]:
    """Compare what becomes of the example patients with what is expected.

    Parameters
    ----------
    protocol, vocabulary
        The question and its words.
    document
        The examples, as read from their file.

    Returns
    -------
    tuple of Finding
        P161 (error) for each time zero and each clone that differs; a single P160 (note) if all hold.

    Raises
    ------
    ProtocolError
        P003 for a document of another form, P162 for a record or strategy that does not exist.
    """
    examples = validate(Examples, document)
    cohort = example_cohort(examples, vocabulary, document.name)
    enrolment = enrol(protocol, cohort)
    found = [*_wrong_time_zero(examples, enrolment, document)]
    table = _compared(protocol, examples, cohort, enrolment, document)
    for row in table.filter(pl.col("expected") != pl.col("found")).iter_rows(named=True):
        message = (
            f"{row['patient']} under {row['strategy']}: expected {row['expected']!r}, found {row['found']!r}."
        )
        found.append(finding("P161", document.name, message, patients=1))
    if found:
        return tuple(found)
    strategies = len(protocol.strategies)
    message = f"{cohort.n} example patients under {strategies} strategies: all as expected."
    return (finding("P160", document.name, message, patients=cohort.n),)


def examples_table(protocol: Protocol, vocabulary: Vocabulary, document: Document) -> pl.DataFrame:
    """What is expected of each example patient under each strategy, and what is found: table `EXAMPLES`.

    Parameters
    ----------
    protocol, vocabulary, document
        As for `check_examples`.

    Raises
    ------
    ProtocolError
        As `check_examples`.
    """
    examples = validate(Examples, document)
    cohort = example_cohort(examples, vocabulary, document.name)
    return _compared(protocol, examples, cohort, enrol(protocol, cohort), document)


def clone_words(protocol: Protocol, strategy: Strategy, cohort: Cohort, enrolment: Enrolment) -> list[str]:
    """Say of each patient what becomes of the clone.

    ``not enrolled``; ``censored on day 183: did not start by the end of the window``; ``compatible``, and
    after it each treatment of the strategy that the patient starts, ``surgery on day 60, q = 0.0123``: the
    probability of a start on that day, the numerator of the weight. Days count from time zero. A law without
    numbers of its own (natural, representative) has no q.

    Parameters
    ----------
    protocol, strategy, cohort, enrolment
        As in `equipoise.emulate.clones.clones`.
    """
    sentences = [reason.value for reason in Reason]
    cloned = clones(protocol, strategy, cohort, enrolment)
    said = [
        f"censored on day {day:g}: {sentences[code]}" if code >= 0 else COMPATIBLE
        for day, code in zip(cloned.until, cloned.reason, strict=True)
    ]
    for treatment in dict.fromkeys(rule.treatment for rule in strategy.rules):
        if _has_numbers(strategy, treatment):
            starts = start_situation(protocol, strategy, treatment, cohort, enrolment)
            said = _with_starts(said, treatment, starts)
    return [text if here else NOT_ENROLLED for text, here in zip(said, cloned.enrolled, strict=True)]


def _with_starts(said: list[str], treatment: str, starts: Starts) -> list[str]:
    return [
        text
        if np.isnan(day) or not text.startswith(COMPATIBLE)
        else f"{text}, {treatment} on day {day:g}, q = {q:.4f}"
        for text, day, q in zip(said, starts.day, starts.q, strict=True)
    ]


def _has_numbers(strategy: Strategy, treatment: str) -> bool:
    return all(
        isinstance(rule, Never) or not isinstance(rule.law, NaturalLaw | RepresentativeLaw)
        for _, rule in strategy.rules_on(treatment)
    )


def _compared(
    protocol: Protocol, examples: Examples, cohort: Cohort, enrolment: Enrolment, document: Document
) -> pl.DataFrame:
    _known_strategies(protocol, examples, document)
    found = {one.name: clone_words(protocol, one, cohort, enrolment) for one in protocol.strategies}
    rows: list[dict[str, object]] = [
        {
            "patient": patient.name,
            "strategy": strategy,
            "expected": _expected(patient, strategy),
            "found": words[number],
        }
        for number, patient in enumerate(examples.patients)
        for strategy, words in found.items()
    ]
    return EXAMPLES.frame(rows)


def _expected(patient: ExamplePatient, strategy: str) -> str:
    if patient.time_zero is None:
        return NOT_ENROLLED
    return patient.expected.get(strategy) or patient.otherwise or "nothing"


def _known_strategies(protocol: Protocol, examples: Examples, document: Document) -> None:
    names = [one.name for one in protocol.strategies]
    for place, patient in enumerate(examples.patients):
        for strategy in patient.expected:
            if strategy not in names:
                where = document.where(("patients", place, "expected", strategy))
                raise unreadable(where, f"no strategy is called {strategy!r}{suggestion(strategy, names)}")


def _wrong_time_zero(examples: Examples, enrolment: Enrolment, document: Document) -> Iterator[Finding]:
    for patient, day in zip(examples.patients, enrolment.time_zero.tolist(), strict=True):
        found = None if np.isnan(day) else day
        if found != patient.time_zero:
            message = f"{patient.name}: expected {_zero(patient.time_zero)}, found {_zero(found)}."
            yield finding("P161", document.name, message, patients=1)


def _zero(day: float | None) -> str:
    return NOT_ENROLLED if day is None else f"time zero on day {day:g}"
