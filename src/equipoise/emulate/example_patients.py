"""Example patients of a protocol: invented people in a line of text each, as a cohort.

A record is ``DAY WORD`` and what goes with the word: the state or the number of a measurement (``< 0.001``
beyond a limit), ``key=value`` for the details of an intervention or event. Records are separated by ``;``.
"""

from collections.abc import Iterator, Mapping

import polars as pl
from pydantic import Field

from equipoise.base.codes import CODES
from equipoise.base.document import suggestion
from equipoise.base.errors import ProtocolError
from equipoise.base.model import Frozen
from equipoise.base.schema import Schema
from equipoise.cohort.cohort import Cohort
from equipoise.cohort.tables import BOUNDS, cohort_schemas
from equipoise.language.comparison import Label, Name
from equipoise.language.vocabulary import Vocabulary

Row = dict[str, str]


class ExamplePatient(Frozen):
    """An invented patient, and what becomes of the clones.

    Parameters
    ----------
    name
        A short name for tables and messages.
    shows
        What the example is for, as a phrase.
    followed
        First and last day under observation, since the vocabulary's origin.
    baseline
        Columns of the table of patients, as texts.
    records
        The records, as in ``28 remission; 60 bcells lost; 100 surgery kind=open``.
    time_zero
        Expected day of time zero since the origin; null: not enrolled.
    expected
        By the name of a strategy what is expected, in the words of `equipoise.emulate.examples.clone_words`.
    otherwise
        What is expected of every strategy that `expected` does not name; null: it names all.
    """

    name: Label
    shows: Label
    followed: tuple[float, float]
    baseline: Mapping[Name, str] = Field(default_factory=dict)
    records: str
    time_zero: float | None
    expected: Mapping[Name, str] = Field(default_factory=dict)
    otherwise: str | None = None


class Examples(Frozen):
    """The example patients that stand beside a protocol.

    Parameters
    ----------
    patients
        In the order in which they are shown.
    """

    patients: tuple[ExamplePatient, ...] = Field(min_length=1)


def example_cohort(examples: Examples, vocabulary: Vocabulary, name: str) -> Cohort:
    """Make the cohort of the example patients, in their order.

    Parameters
    ----------
    examples, vocabulary
        The patients, and the words of their records.
    name
        Name of the document for messages.

    Raises
    ------
    ProtocolError
        P162 for a record or baseline column that the vocabulary cannot read.
    """
    schemas = cohort_schemas(vocabulary)
    rows: dict[str, list[Row]] = {table: [] for table in schemas}
    for number, one in enumerate(examples.patients):
        patient, where = {"patient": str(number)}, f"{name}, patient {one.name!r}"
        rows["patients"].append(patient | dict(one.baseline))
        start, stop = one.followed
        rows["observation"].append(patient | {"start": str(start), "stop": str(stop)})
        for table, row in _records(one.records, vocabulary, where):
            rows[table].append(patient | row)
    return Cohort.build(
        vocabulary, **{table: _frame(rows[table], schema, name) for table, schema in schemas.items()}
    )


def _records(text: str, vocabulary: Vocabulary, where: str) -> Iterator[tuple[str, Row]]:
    """Table and row of each record."""
    for record in filter(None, (part.strip() for part in text.split(";"))):
        day, _, what = record.partition(" ")
        word, *rest = what.split() or [""]
        table = vocabulary.table_of(word)
        if table is None:
            known = (*vocabulary.measurements, *vocabulary.interventions, *vocabulary.events)
            raise unreadable(where, f"{record!r}: no record is called {word!r}{suggestion(word, known)}")
        row = {"name": word, "start" if table == "interventions" else "day": day}
        if table == "measurements":
            yield table, row | _measured(word, rest, vocabulary, f"{where}, {record!r}")
        else:
            pairs = [part.partition("=") for part in rest]
            yield table, row | {key: value for key, _, value in pairs}


def _measured(word: str, rest: list[str], vocabulary: Vocabulary, where: str) -> Row:
    """The value of a measurement as columns."""
    bound = rest[0] if rest and rest[0] in BOUNDS else "="
    values = rest[1:] if rest and rest[0] in BOUNDS else rest
    if len(values) != 1:
        raise unreadable(where, "a measurement has one value")
    is_state = vocabulary.measurements[word].kind == "state"
    return {"state" if is_state else "value": values[0], "bound": bound}


def _frame(rows: list[Row], schema: Schema, name: str) -> pl.DataFrame:
    """The rows with the columns that any of them has, read from their texts."""
    given = dict.fromkeys(key for row in rows for key in row)
    for column in given:
        if column not in schema.dtypes:
            near = suggestion(column, schema.dtypes)
            raise unreadable(name, f"the table of {schema.name} has no column {column!r}{near}")
    texts = pl.DataFrame({key: [row.get(key) for row in rows] for key in given})
    try:
        return texts.with_columns(_read(key, schema.dtypes[key]) for key in given)
    except pl.exceptions.PolarsError:
        raise unreadable(name, f"a number in the table of {schema.name} that is none") from None


def _read(column: str, kind: pl.DataType) -> pl.Expr:
    text = pl.col(column).cast(pl.String())
    if kind == pl.Boolean():
        return text.replace_strict({"yes": True, "no": False}, return_dtype=pl.Boolean()).alias(column)
    return text.cast(kind)


def unreadable(where: str, found: str) -> ProtocolError:
    """The error P162: what stands somewhere in the examples cannot be read."""
    meaning = CODES["P162"]
    return ProtocolError("P162", where=where, found=found, why=meaning.why, do=meaning.do)
