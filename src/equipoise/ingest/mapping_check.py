"""Does a mapping fit its vocabulary and its sheet? Every mistake is told with the line of the mapping."""

from collections.abc import Collection, Iterator

from equipoise.base.document import Document, suggestion
from equipoise.ingest.dates import date_format
from equipoise.ingest.mapping import (
    Always,
    EventEntry,
    InterventionEntry,
    Mapping,
    PatientValue,
    Time,
    TimeColumn,
    ValueColumn,
    YearsBeforeOrigin,
    YearsSince,
    text_of,
    time_column,
)
from equipoise.language.problem import Problem, refuse
from equipoise.language.vocabulary import Vocabulary

Path = tuple[str | int, ...]
FIXED_PATIENT_COLUMNS = ("site",)
TWO_DIGIT_YEARS_FROM = (1900, 2000)


def check_mapping(mapping: Mapping, document: Document, vocabulary: Vocabulary) -> None:
    """Check that every word of the mapping is in the vocabulary and that times can be read.

    Raises
    ------
    ProtocolError
        P204 to P208 and P210, with the line of the mapping.
    """
    refuse(_problems(mapping, vocabulary), document)


def check_columns(mapping: Mapping, document: Document, columns: Collection[str], sheet: str) -> None:
    """Check that the sheet has every column that the mapping reads.

    Raises
    ------
    ProtocolError
        P203 with the line of the mapping and the nearest column.
    """
    absent = [(path, column) for path, column in mapping.columns_read() if column not in columns]
    ignored = [(("ignored", place), one) for place, one in enumerate(mapping.ignored) if one not in columns]
    refuse(
        [
            Problem("P203", path, f"column {column!r} is not in {sheet}{suggestion(column, columns)}")
            for path, column in (*absent, *ignored)
        ],
        document,
    )


def _problems(mapping: Mapping, vocabulary: Vocabulary) -> Iterator[Problem]:
    yield from _of_times(mapping)
    for name, value in mapping.patients.items():
        known = (*vocabulary.patients, *FIXED_PATIENT_COLUMNS)
        if name not in known:
            yield _unknown(("patients", name), name, known, "a column of patients")
        elif name in vocabulary.patients:
            yield from _of_values(("patients", name), value, vocabulary.patients[name].values)
    for position, event in enumerate(mapping.events):
        yield from _of_record(("events", position), event, vocabulary.events, vocabulary)
    for position, entry in enumerate(mapping.interventions):
        yield from _of_record(("interventions", position), entry, vocabulary.interventions, vocabulary)
    yield from _of_measurements(mapping, vocabulary)


def _unknown(path: Path, name: str, known: Collection[str], what: str) -> Problem:
    return Problem("P204", path, f"{name!r} is not {what} of the vocabulary{suggestion(name, known)}")


def _of_record(
    path: Path,
    entry: EventEntry | InterventionEntry,
    known: Collection[str],
    vocabulary: Vocabulary,
) -> Iterator[Problem]:
    if entry.name not in known:
        what = "an event" if isinstance(entry, EventEntry) else "an intervention"
        yield _unknown((*path, "name"), entry.name, known, what)
        return
    details = vocabulary.details_of(entry.name)
    for name, value in entry.details.items():
        if name not in details:
            yield _unknown((*path, "details", name), name, details, f"a detail of {entry.name}")
        else:
            yield from _of_values((*path, "details", name), value, details[name].values)
    if entry.when is not None:
        both = {text_of(code) for code in entry.when.is_} & {text_of(code) for code in entry.when.is_not}
        if both:
            yield Problem(
                "P210", (*path, "when"), f"code {sorted(both)[0]!r} is under both `is` and `is_not`"
            )


def _of_values(path: Path, value: PatientValue, allowed: Collection[str]) -> Iterator[Problem]:
    if not allowed:
        return
    if isinstance(value, Always) and text_of(value.always) not in allowed:
        yield _unknown((*path, "always"), text_of(value.always), allowed, "a declared value")
    if isinstance(value, ValueColumn):
        for written, meant in value.recode.items():
            if meant is not None and text_of(meant) not in allowed:
                yield _unknown((*path, "recode", written), text_of(meant), allowed, "a declared value")


def _of_measurements(mapping: Mapping, vocabulary: Vocabulary) -> Iterator[Problem]:
    for position, entry in enumerate(mapping.measurements):
        path: Path = ("measurements", position)
        word = vocabulary.measurements.get(entry.name)
        if word is None:
            yield _unknown((*path, "name"), entry.name, vocabulary.measurements, "a measurement")
            continue
        if (entry.day is None) == (entry.on_day is None):
            yield Problem(
                "P206", path, "a measurement needs either `day` (a column) or `on_day` (the day itself)"
            )
        if entry.unit is not None and entry.unit != word.unit:
            yield Problem("P207", (*path, "unit"), f"{entry.unit!r} where the vocabulary has {word.unit!r}")
        yield from _of_values((*path, "value"), entry.value, word.values)


def _of_times(mapping: Mapping) -> Iterator[Problem]:
    times = mapping.times
    for position, text in enumerate(times.formats):
        yield from _of_format(("times", "formats", position), text, mapping)
    years = times.two_digit_years_from
    if years is not None and not TWO_DIGIT_YEARS_FROM[0] <= years <= TWO_DIGIT_YEARS_FROM[1]:
        yield Problem("P205", ("times", "two_digit_years_from"), f"{years} is not a year from 1900 to 2000")
    if mapping.origin is not None and mapping.origin.format is not None:
        yield from _of_format(("origin", "format"), mapping.origin.format, mapping)
    for path, time in _times(mapping):
        column = time_column(time)
        if column.format is not None:
            yield from _of_format((*path, "format"), column.format, mapping)
        unit = column.unit or (
            "date" if mapping.origin is not None or column.format is not None else times.unit
        )
        if unit == "date" and mapping.origin is None:
            yield Problem("P206", path, f"column {column.column!r} holds dates, but there is no `origin`")
        if unit in ("months", "years") and times.rounding == "none":
            yield Problem("P208", path, f"column {column.column!r} counts {unit}")


def _of_format(path: Path, text: str, mapping: Mapping) -> Iterator[Problem]:
    if date_format(text) is None:
        yield Problem("P205", path, f"{text!r} has not a year, a month and a day, each once")
    elif "YYYY" not in text and mapping.times.two_digit_years_from is None:
        yield Problem("P205", path, f"{text!r} has two-digit years, but `two_digit_years_from` is not given")


def _times(mapping: Mapping) -> Iterator[tuple[Path, Time]]:
    if mapping.observation.start is not None:
        yield ("observation", "start"), mapping.observation.start
    stops = (
        mapping.observation.stop
        if isinstance(mapping.observation.stop, tuple)
        else (mapping.observation.stop,)
    )
    for stop in stops:
        yield ("observation", "stop"), stop
    for name, value in mapping.patients.items():
        if isinstance(value, YearsBeforeOrigin):
            column = time_column(value.years_before_origin)
            yield ("patients", name), column.model_copy(update={"unit": "date"})
        if isinstance(value, YearsSince):
            yield ("patients", name), TimeColumn(column=value.years_since, unit="date")
    for position, event in enumerate(mapping.events):
        yield ("events", position, "day"), event.day
    for position, entry in enumerate(mapping.interventions):
        for name, time in (
            ("start", entry.start),
            ("stop", entry.stop),
            ("decided", entry.decided),
            ("completed", entry.completed),
        ):
            if time is not None:
                yield ("interventions", position, name), time
    for position, measurement in enumerate(mapping.measurements):
        if measurement.day is not None:
            yield ("measurements", position, "day"), measurement.day
