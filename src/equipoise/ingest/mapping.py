"""The mapping: which column of a wide sheet means what, as a YAML document without patient data."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, field_validator

from equipoise.base.document import Document, read_document, validate
from equipoise.base.errors import ProtocolError
from equipoise.base.model import Frozen

# A hundred years. A spreadsheet counts days since 1900, so its dates after 1999 lie beyond.
LATEST_DAY = 36_525.0
Code = str | int | float | bool
TimeUnit = Literal["date", "days", "weeks", "months", "years"]
Undated = Literal["refuse", "drop"]


class TimeColumn(Frozen):
    """A column that says when: dates, or a time since the origin."""

    column: str = Field(description="Name of the column.")
    unit: TimeUnit | None = Field(
        default=None, description="Default: date if the mapping has an origin, else the unit under `times`."
    )
    format: str | None = Field(
        default=None, description="Date format of this column, if it is not the common one."
    )


Time = str | TimeColumn


class ValueColumn(Frozen):
    """A column that says how much or of which kind."""

    column: str
    recode: dict[str, Code | None] = Field(
        default_factory=dict, description="What is written in the sheet: what it means (null: missing)."
    )
    missing: tuple[Code, ...] | None = Field(
        default=None, description="Codes that mean missing in this column, instead of the common list."
    )
    factor: float = Field(default=1.0, gt=0, description="Numbers are multiplied by this factor.")


class YearsBeforeOrigin(Frozen):
    """The time from a date, such as the date of birth, to the origin, in years of 365.25 days."""

    years_before_origin: Time


class YearsSince(Frozen):
    """The time from a fixed date to the origin, in years of 365.25 days."""

    years_since: str = Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$", description="The date, YYYY-MM-DD.")

    @field_validator("years_since")
    @classmethod
    def _is_a_date(cls, text: str) -> str:
        date.fromisoformat(text)
        return text


class Always(Frozen):
    """The same value for every record of this entry."""

    always: Code


Value = str | ValueColumn
PatientValue = str | ValueColumn | YearsBeforeOrigin | YearsSince | Always
Detail = str | ValueColumn | Always


class Indicator(Frozen):
    """A column that says whether the record exists; every code must be listed, ``""`` is the empty cell."""

    column: str
    is_: tuple[Code, ...] = Field(alias="is", min_length=1, description="Codes that mean: it happened.")
    is_not: tuple[Code, ...] = Field(description="Codes that mean: it did not happen (or not yet).")


class EventEntry(Frozen):
    """One event of each patient: a time column, and where needed an indicator."""

    name: str = Field(description="Event of the vocabulary.")
    day: Time
    when: Indicator | None = None
    details: dict[str, Detail] = Field(default_factory=dict)
    undated: Undated = "refuse"
    after_end: Literal["keep", "drop"] = Field(
        default="keep",
        description="Events after the end of follow-up: kept for the audit, or left out and told.",
    )


class InterventionEntry(Frozen):
    """One intervention of each patient."""

    name: str = Field(description="Intervention of the vocabulary.")
    start: Time
    stop: Time | None = None
    decided: Time | None = None
    completed: Time | None = None
    when: Indicator | None = None
    details: dict[str, Detail] = Field(default_factory=dict)
    undated: Undated = "refuse"


class MeasurementEntry(Frozen):
    """One measurement of each patient, with a time column or on a fixed day."""

    name: str = Field(description="Measurement of the vocabulary.")
    value: Value = Field(description="A number, `<limit`, `>limit`, or the category of a state.")
    day: Time | None = None
    on_day: float | None = Field(
        default=None,
        ge=-LATEST_DAY,
        le=LATEST_DAY,
        description="The day itself, when the column's name tells it.",
    )
    unit: str | None = Field(default=None, description="Unit of the value after `factor`.")
    specimen: str | None = None
    undated: Undated = "refuse"


class Origin(Frozen):
    """The date that becomes day 0 (or another day)."""

    column: str
    format: str | None = None
    day: float = Field(
        default=0.0,
        ge=-LATEST_DAY,
        le=LATEST_DAY,
        description="Number of that day; 1 where the first day is counted as day 1.",
    )
    undated: Undated = "refuse"


class Observation(Frozen):
    """From when until when a patient was under observation."""

    start: Time | None = Field(default=None, description="Start after this; without it the origin (day 0).")
    stop: Time | Annotated[tuple[Time, ...], Field(min_length=1)] = Field(
        description="End of follow-up; of several columns (last contact, death) the latest that is filled."
    )


class Times(Frozen):
    """How times are written."""

    unit: Literal["days", "weeks", "months", "years"] = "days"
    formats: tuple[str, ...] = Field(default=(), description="Date formats, for example DD.MM.YYYY.")
    two_digit_years_from: int | None = Field(
        default=None, description="First year of the hundred years that YY means, for example 1950."
    )
    excel_serials: Literal[1900, 1904] | None = None
    rounding: Literal["none", "nearest", "up"] = Field(
        default="none", description="What to do with times off the vocabulary's grid."
    )


class Doubt(Frozen):
    """A question that only a person can answer."""

    column: str
    question: str
    chosen: str | None = Field(default=None, description="What the mapping says meanwhile.")


class Mapping(Frozen):
    """What the columns of a wide sheet mean.

    The sheet has one row a patient. All times become days since the vocabulary's origin.
    """

    title: str
    vocabulary: str = Field(description="Name of a shipped vocabulary, or path of a file beside this one.")
    source: str | None = Field(default=None, description="Public data set this mapping was made for.")
    sheet: str | None = Field(default=None, description="Sheet of the workbook.")
    id: str | None = Field(default=None, description="Column of the patient; null: each row is a patient.")
    origin: Origin | None = None
    origin_year: str | None = Field(default=None, description="Column of the origin's calendar year.")
    times: Times = Times()
    decimal: Literal[".", ","] = "."
    missing: tuple[Code, ...] = Field(
        default=("NA",), description="Codes that mean missing, beside empty cells."
    )
    observation: Observation
    patients: dict[str, PatientValue] = Field(default_factory=dict)
    events: tuple[EventEntry, ...] = ()
    interventions: tuple[InterventionEntry, ...] = ()
    measurements: tuple[MeasurementEntry, ...] = ()
    ignored: tuple[str, ...] = Field(default=(), description="Columns that are left out on purpose.")
    doubtful: tuple[Doubt, ...] = ()

    def columns_read(self) -> Iterator[tuple[tuple[str | int, ...], str]]:
        """Path in the document and name of every column that is read."""
        if self.id is not None:
            yield ("id",), self.id
        if self.origin is not None:
            yield ("origin", "column"), self.origin.column
        if self.origin_year is not None:
            yield ("origin_year",), self.origin_year
        yield from _of_observation(self.observation)
        for name, value in self.patients.items():
            yield from _of_value(("patients", name), value)
        for position, event in enumerate(self.events):
            yield from _of_record(("events", position), (("day", event.day),), event)
        for position, entry in enumerate(self.interventions):
            times = (("start", entry.start), ("stop", entry.stop), ("decided", entry.decided))
            times = (*times, ("completed", entry.completed))
            yield from _of_record(("interventions", position), times, entry)
        for position, measurement in enumerate(self.measurements):
            path = ("measurements", position)
            yield from _of_value((*path, "value"), measurement.value)
            if measurement.day is not None:
                yield (*path, "day"), time_column(measurement.day).column


def mapping_schema() -> dict[str, Any]:
    """JSON Schema of a mapping, as published for editors."""
    dialect = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    return dialect | Mapping.model_json_schema(by_alias=True)


def time_column(time: Time) -> TimeColumn:
    """Return the long form of a time."""
    return TimeColumn(column=time) if isinstance(time, str) else time


def value_column(value: Value) -> ValueColumn:
    """Return the long form of a value."""
    return ValueColumn(column=value) if isinstance(value, str) else value


def text_of(code: Code) -> str:
    """Return a code as it stands in a cell of text: 1 and 1.0 are ``1``, true is ``true``."""
    if isinstance(code, bool):
        return "true" if code else "false"
    if isinstance(code, float) and code.is_integer():
        return str(int(code))
    return str(code).strip()


def read_mapping(source: Path | str) -> tuple[Mapping, Document]:
    """Read a mapping.

    Parameters
    ----------
    source
        Path of the YAML file, or its text.

    Returns
    -------
    mapping, document
        The document knows the lines for later messages.

    Raises
    ------
    ProtocolError
        P001 to P003 for documents that cannot be read, P202 for open questions.
    """
    document = read_document(source)
    mapping = validate(Mapping, document)
    if mapping.doubtful:
        first = mapping.doubtful[0]
        others = ", ".join(repr(doubt.column) for doubt in mapping.doubtful[1:6])
        raise ProtocolError(
            "P202",
            where=document.where(("doubtful", 0)),
            found=f"{len(mapping.doubtful)} open question(s). Column {first.column!r}: {first.question}"
            + (f" Also: {others}." if others else ""),
            why="A doubtful guess that is accepted silently changes results silently.",
            do="Correct the mapping where it is wrong, then delete the entries under `doubtful`.",
        )
    return mapping, document


def _of_observation(observation: Observation) -> Iterator[tuple[tuple[str | int, ...], str]]:
    if observation.start is not None:
        yield ("observation", "start"), time_column(observation.start).column
    if isinstance(observation.stop, tuple):
        for position, stop in enumerate(observation.stop):
            yield ("observation", "stop", position), time_column(stop).column
    else:
        yield ("observation", "stop"), time_column(observation.stop).column


def _of_value(
    path: tuple[str | int, ...], value: PatientValue
) -> Iterator[tuple[tuple[str | int, ...], str]]:
    match value:
        case str():
            yield path, value
        case ValueColumn():
            yield (*path, "column"), value.column
        case YearsBeforeOrigin():
            yield (*path, "years_before_origin"), time_column(value.years_before_origin).column
        case YearsSince() | Always():
            return


def _of_record(
    path: tuple[str | int, ...],
    times: tuple[tuple[str, Time | None], ...],
    entry: EventEntry | InterventionEntry,
) -> Iterator[tuple[tuple[str | int, ...], str]]:
    for name, time in times:
        if time is not None:
            yield (*path, name), time_column(time).column
    if entry.when is not None:
        yield (*path, "when", "column"), entry.when.column
    for name, detail in entry.details.items():
        yield from _of_value((*path, "details", name), detail)
