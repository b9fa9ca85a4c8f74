"""Small cohorts for the unit tests, in the words of the specification's vocabulary."""

from pathlib import Path
from typing import Any

import polars as pl

from equipoise.base.findings import Finding
from equipoise.cohort.audit import audit
from equipoise.cohort.cohort import Cohort
from equipoise.cohort.tables import cohort_schemas
from equipoise.language.vocabulary import Vocabulary, read_vocabulary

WORDS = read_vocabulary(Path(__file__).parents[2] / "spec" / "vocabulary.yaml")


def cohort(n: int, words: Vocabulary = WORDS, **tables: list[dict[str, Any]]) -> Cohort:
    """`n` patients, under observation on (0, 100] unless a table of periods is given; rows as dicts."""
    given = {"observation": [{"patient": i, "start": 0, "stop": 100} for i in range(n)], **tables}
    described = {row["patient"]: row for row in given.get("patients", [])}
    given["patients"] = [{"patient": i, **described.get(i, {})} for i in range(n)]
    frames = {}
    for name, schema in cohort_schemas(words).items():
        rows = given.get(name, [])
        used = [column for column in schema.dtypes if any(column in row for row in rows)]
        if rows:
            frames[name] = pl.DataFrame(
                {
                    column: pl.Series(
                        [row.get(column) for row in rows], dtype=schema.dtypes[column], strict=False
                    )
                    for column in used
                }
            )
    return Cohort.build(words, **frames)


def found(one: Cohort, code: str) -> list[Finding]:
    """Findings of a code."""
    return [finding for finding in audit(one) if finding.code == code]


def only(one: Cohort, code: str) -> Finding:
    """The one finding of a code."""
    findings = found(one, code)
    assert len(findings) == 1, [finding.message for finding in findings]
    return findings[0]


def event(patient: int, day: float, name: str, **details: str) -> dict[str, Any]:
    return {"patient": patient, "day": day, "name": name, **details}


def transplant(patient: int, start: float, **more: Any) -> dict[str, Any]:
    return {"patient": patient, "start": start, "name": "transplant", **more}


def mrd(patient: int, day: float, value: float | None, **more: Any) -> dict[str, Any]:
    return {"patient": patient, "day": day, "name": "mrd", "value": value, **more}


def period(patient: int, start: float, stop: float) -> dict[str, Any]:
    return {"patient": patient, "start": start, "stop": stop}
