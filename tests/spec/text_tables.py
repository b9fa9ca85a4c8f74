"""The executable specification: Markdown with small tables of patients, a verb, and what is expected.

A case is a `##` section. Its tables are named by the line before them (``observation:``); a verb is a line
that starts with ``>`` and is followed by the expected table (without a name: the verb's own; with a name: a
table of the resulting cohort).
"""

from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from equipoise.cohort.cohort import Cohort
from equipoise.cohort.tables import cohort_schemas
from equipoise.language.feature import Has
from equipoise.language.vocabulary import Vocabulary, read_vocabulary
from equipoise.protocol.analysis import Analysis
from equipoise.protocol.plan import Report
from equipoise.protocol.protocol import Criterion, Population, Protocol
from equipoise.protocol.strategy import Strategy
from equipoise.protocol.time_zero import LandmarkTimeZero
from equipoise.protocol.treatment import Treatment

FOLDER = Path(__file__).parent
Table = list[dict[str, str]]


@dataclass
class Verb:
    """A verb and the tables that it must give; the key "" is its own result."""

    text: str
    expected: dict[str, Table] = field(default_factory=dict)


@dataclass
class Case:
    """One section of the specification."""

    title: str
    tables: dict[str, Table] = field(default_factory=dict)
    verbs: list[Verb] = field(default_factory=list)


def vocabulary() -> Vocabulary:
    return read_vocabulary(FOLDER / "vocabulary.yaml")


def read_cases(path: Path) -> list[Case]:
    """Cases of a Markdown file."""
    cases: list[Case] = []
    name, header = "", None
    for line in path.read_text(encoding="utf-8").splitlines():
        text = line.strip()
        if text.startswith("## "):
            cases.append(Case(text[3:]))
        elif not cases:
            continue
        elif text.startswith("> "):
            cases[-1].verbs.append(Verb(text[2:]))
            name = ""
        elif text.endswith(":") and " " not in text:
            name = text[:-1]
        elif text.startswith("|"):
            cells = [cell.strip() for cell in text.strip("|").split("|")]
            target = cases[-1].verbs[-1].expected if cases[-1].verbs else cases[-1].tables
            if header is None:
                header = cells
                if name in target:
                    raise ValueError(f"{path.name}, {cases[-1].title}: two tables {name!r}")
                target[name] = []
            elif set(cells[0]) != {"-"}:
                target[name].append(dict(zip(header, cells, strict=True)))
            continue
        header = None
    return cases


def cohort_of(case: Case, words: Vocabulary) -> tuple[Cohort, dict[str, int]]:
    """Cohort of a case, and the number of each patient by the name in the tables.

    A patient is whoever is named in a table; without an observation table all are observed on (0, 10].
    """
    tables = dict(case.tables)
    names = sorted({row["patient"] for table in tables.values() for row in table})
    number = {name: position for position, name in enumerate(names)}
    tables.setdefault("observation", [{"patient": name, "start": "0", "stop": "10"} for name in names])
    given = {row["patient"]: row for row in tables.get("patients", [])}
    tables["patients"] = [given.get(name, {}) | {"patient": name} for name in names]
    frames: dict[str, pl.DataFrame] = {}
    for name, schema in cohort_schemas(words).items():
        rows = tables.get(name, [])
        known = {column for row in rows for column in row} & set(schema.dtypes)
        texts = {
            column: [
                str(number[row[column]]) if column == "patient" else row.get(column) or None for row in rows
            ]
            for column in schema.dtypes
            if column in known
        }
        frames[name] = pl.DataFrame(texts, schema=dict.fromkeys(texts, pl.String)).with_columns(
            pl.col(column).cast(schema.dtypes[column]) for column in texts
        )
    if frames["observation"].is_empty():
        raise ValueError(f"{case.title}: nobody")
    return Cohort.build(words, **frames), number


def strategy_protocol(*strategies: Strategy) -> Protocol:
    """A protocol with the treatments of the specification and time zero on day 0."""
    states = {"first": ("remission",), "second": ("relapse", "relapse_neg")}
    treatments = [Treatment(name=name, intervention="transplant", while_in=at) for name, at in states.items()]
    upkeep = Treatment(name="upkeep", intervention="maintenance", while_in=("remission", "transplanted"))
    return Protocol(
        title="What a strategy prescribes",
        vocabulary="specification",
        population=Population(all_of=(Criterion(predicate=Has(record="remission")),)),
        time_zero=LandmarkTimeZero(kind="landmark", after="origin", day=0),
        structure="course",
        treatments=(*treatments, upkeep),
        strategies=strategies,
        outcomes=("os",),
        intercurrent_events=(),
        report=Report(until_month=12, at_months=(12,)),
        analysis=Analysis(weight=None),
    )


def shown(value: object) -> str:
    """A value as it is written in a table."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:g}"
    return str(value)
