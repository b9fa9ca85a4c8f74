"""What the columns of an unknown sheet probably mean; every doubt stays visible until a person decides."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from math import inf

import polars as pl

from equipoise.ingest.aliases import Aliases, aliases, compact, tokens
from equipoise.ingest.column_name import Facet, NameReading, read_name, words_fit
from equipoise.ingest.column_profile import Profile, profile
from equipoise.ingest.sheet import Sheet
from equipoise.language.vocabulary import Vocabulary, read_vocabulary, shipped_vocabularies

SURELY_MISSING = frozenset({"NA", "N/A", "n/a", "#N/A", "NaN", "nan", ".", "-", "NULL", "null"})
SURELY_DAYS = 1100.0  # 21 years in weeks, 92 in months
CALENDAR_YEARS = (1900, 2100)
STEM = 5  # letters in which accepted and acceptance agree
LARGEST_REPEAT = 9
VALUE_ROLES = ("patient", "site", "origin_year")
TIMED_ROLES = ("origin", "end", "birth")


@dataclass(frozen=True, slots=True)
class ColumnGuess:
    """What one column probably means.

    Parameters
    ----------
    column
        Name of the column.
    concept
        Concept of `aliases.yaml`; None when nothing was recognised.
    facet
        Whether the column says when, whether, or how much.
    unit
        Unit of time that the name states, if any.
    number
        Number in the name (second relapse, day 28), if any.
    doubt
        Why a person must decide; None when name and cells agree.
    rivals
        Other concepts that the column may mean.
    """

    column: str
    concept: str | None = None
    facet: Facet | None = None
    unit: str | None = None
    number: int | None = None
    doubt: str | None = None
    rivals: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Guess:
    """What a sheet probably means; `equipoise.ingest.questions` asks what is open.

    Parameters
    ----------
    source
        Name of the sheet.
    typed
        Whether the source has dates and numbers of its own.
    vocabulary
        The vocabulary that fits best.
    columns
        One guess a column, in the order of the sheet.
    profiles
        What the cells look like, by column.
    rivals
        Shipped vocabularies that fit as well.
    duplicates
        Columns that say the same as another, by column: the other.
    formats
        Date format by column, where decided.
    unit
        Unit of times that are numbers; None when open.
    century
        First year of two-digit years, where decided.
    codes
        Codes of indicators that mean yes and no, by column, where decided.
    recodes
        What the codes of a category mean, by column, where decided.
    missing
        Numbers that mean missing, by column, where decided.
    confirmed
        Columns of which a person said that everybody had the event, or that the unit is the vocabulary's.
    """

    source: str
    typed: bool
    vocabulary: Vocabulary
    columns: tuple[ColumnGuess, ...]
    profiles: Mapping[str, Profile]
    rivals: tuple[str, ...] = ()
    duplicates: Mapping[str, str] = field(default_factory=dict[str, str])
    formats: Mapping[str, str] = field(default_factory=dict[str, str])
    unit: str | None = None
    century: int | None = None
    codes: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = field(
        default_factory=dict[str, tuple[tuple[str, ...], tuple[str, ...]]]
    )
    recodes: Mapping[str, Mapping[str, str]] = field(default_factory=dict[str, Mapping[str, str]])
    missing: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    confirmed: tuple[str, ...] = ()

    def of(self, concept: str, facet: Facet | None = None) -> tuple[ColumnGuess, ...]:
        """Guesses of a concept (and facet), without columns that repeat another."""
        return tuple(
            one
            for one in self.columns
            if one.concept == concept and facet in (None, one.facet) and one.column not in self.duplicates
        )

    def column(self, name: str) -> ColumnGuess:
        """The guess of a column."""
        return next(one for one in self.columns if one.column == name)

    def with_column(self, changed: ColumnGuess) -> "Guess":
        """The same guess with one column changed."""
        columns = tuple(changed if one.column == changed.column else one for one in self.columns)
        return replace(self, columns=columns)


def guess(sheet: Sheet, *, vocabulary: Vocabulary | None = None) -> Guess:
    """Guess what the columns of a sheet mean, by their names and their cells.

    Parameters
    ----------
    sheet
        The sheet as text.
    vocabulary
        The words to use; default: the shipped vocabulary that most columns fit.

    Returns
    -------
    Guess
    """
    table = aliases()
    profiles = {
        name: profile(sheet.cells[name], missing=SURELY_MISSING, typed=sheet.typed) for name in sheet.columns
    }
    columns = tuple(_column(name, profiles[name], table, sheet.cells.height) for name in sheet.columns)
    words, rivals = (vocabulary, ()) if vocabulary is not None else _fitting(columns, table)
    start = Guess(sheet.name, sheet.typed, words, _one_patient(columns), profiles, rivals)
    dated = replace(start, formats=_formats(start), unit=_unit(start))
    return _settle_duplicates(dated, sheet)


def word_of(concept: str, vocabulary: Vocabulary, table: Aliases) -> str | None:
    """The vocabulary's word for a concept: the one whose name is an alias of it.

    A record is looked for among the records only, a baseline column and a role among the columns of patients.
    """
    words: Iterable[str]
    match table.group_of(concept):
        case "records":
            words = (*vocabulary.events, *vocabulary.interventions)
        case "measurements":
            # What one vocabulary follows up, another knows once, before day 0, as a column of patients.
            words = (*vocabulary.measurements, *vocabulary.patients)
        case _:
            words = vocabulary.patients
    return next((word for word in words if words_fit(concept, word)), None)


def _column(name: str, cells: Profile, table: Aliases, rows: int) -> ColumnGuess:
    reading = read_name(name)
    if not reading.concepts or not cells.filled:
        return ColumnGuess(name)
    fitting = _fitting_cells(reading.concepts, reading, cells, table)
    if not fitting:
        return ColumnGuess(name)
    concept = fitting[0]
    facet = _facet(concept, reading, cells, table)
    if concept == "end" and facet == "indicator":
        # "Dead at last contact" says who died; a status at last contact says it too, in codes to ask about.
        concept = next((one for one in reading.also if one in ("alive", *table.records)), "vital_status")
    one = ColumnGuess(name, concept, facet, reading.unit, reading.number, rivals=tuple(fitting[1:]))
    # "d28" in the name of a measurement is the day on which it was made.
    placed = table.group_of(concept) == "measurements" and reading.number is not None
    other = reading.facet not in (None, facet) and table.group_of(concept) != "baseline" and not placed
    doubts = (
        (len(fitting) > 1, "the name has more than one meaning"),
        (not reading.exact, "the name only resembles a known one"),
        (
            concept == "patient" and (cells.distinct != rows or cells.share < 1),
            "it does not name each row once",
        ),
        (True, _odd_name(concept, reading, table)),
        (other, f"the name says {reading.facet}, the cells say {facet}"),
        (True, _odd_cells(concept, facet, reading, cells, rows)),
    )
    return replace(one, doubt=next((words for holds, words in doubts if holds and words), None))


def _fitting_cells(
    concepts: Iterable[str], reading: NameReading, cells: Profile, table: Aliases
) -> list[str]:
    """Concepts that go together with the cells; a time is no baseline column if it can be anything else."""
    fitting = [one for one in concepts if _facet(one, reading, cells, table) is not None]
    timed = [one for one in fitting if _facet(one, reading, cells, table) == reading.facet == "time"]
    return timed or fitting


def _odd_name(concept: str, reading: NameReading, table: Aliases) -> str | None:
    """What else a name says that its concept does not explain, if so."""
    group = table.group_of(concept)
    value = group == "baseline" or concept in VALUE_ROLES
    year_of_age = reading.unit == "years" and concept in table.ranges
    # A second or third event is one; an event by day 100 is not the event.
    which = (
        group == "records" and reading.numbers == 1 and (reading.number or 10) < 10 and reading.unit is None
    )
    signs = (
        (value and reading.facet == "time" and not year_of_age, "the name speaks of a time"),
        (reading.numbers and group != "measurements" and not which, "there is a number in the name"),
        (not value and "group" in reading.small, "the name speaks of kinds"),
        (not value and "number" in reading.small and reading.unit is None, "the name speaks of a count"),
    )
    return next((words for holds, words in signs if holds), None)


def _odd_cells(
    concept: str, facet: Facet | None, reading: NameReading, cells: Profile, rows: int
) -> str | None:
    """Why the cells of a column are not what its name promises, if so."""
    table = aliases()
    low, high = table.ranges.get(concept, (-inf, inf))
    first, last = CALENDAR_YEARS
    outside = cells.numbers is not None and not low <= cells.smallest <= cells.largest <= high
    many = concept in table.few_values and not cells.codes
    number = facet == "time" and cells.is_number
    signs = (
        (facet == "value" and (outside or many), "the cells do not look like it"),
        (number and concept in ("origin", "birth"), "it is a number, not a date"),
        (number and cells.counts(rows), "the numbers count the rows"),
        (
            number and 0 < len(cells.codes) == cells.distinct and set(cells.codes) <= {"0", "1"},
            "the cells look like no and yes",
        ),
        (
            number and cells.whole and first <= cells.smallest <= cells.largest <= last,
            "the numbers look like calendar years",
        ),
        # A short name without any word for time may stand for a laboratory value.
        (number and reading.facet is None and cells.fractional, "the numbers do not look like days"),
    )
    return next((words for holds, words in signs if holds), None)


def _facet(concept: str, reading: NameReading, cells: Profile, table: Aliases) -> Facet | None:
    """Kind of column by concept and cells; None when they cannot go together."""
    group = table.group_of(concept)
    if group == "baseline" or concept in ("patient", "site", "origin_year"):
        return None if cells.is_date else "value"
    if cells.is_date:
        return "time"
    if group == "measurements":
        return "value" if reading.facet != "time" or not cells.is_number else "time"
    codes = cells.is_coded or (reading.facet == "indicator" and bool(cells.codes))
    number: Facet | None = "time" if cells.is_number else None
    if concept in TIMED_ROLES:
        return "indicator" if codes and concept == "end" else number
    return "indicator" if codes and not (reading.facet == "time" and cells.is_number) else number


def _one_patient(columns: tuple[ColumnGuess, ...]) -> tuple[ColumnGuess, ...]:
    """Of several columns that name each row once, keep the first: any would do."""
    sure = [one for one in columns if one.concept == "patient" and one.doubt is None]
    return tuple(ColumnGuess(one.column) if one in sure[1:] else one for one in columns)


def _fitting(columns: tuple[ColumnGuess, ...], table: Aliases) -> tuple[Vocabulary, tuple[str, ...]]:
    """The shipped vocabulary with the most words among the columns, and those that fit as well."""
    concepts = {one.concept for one in columns if one.concept is not None}
    origins = [one.column for one in columns if one.concept == "origin"]

    def score(name: str) -> tuple[int, bool, int]:
        vocabulary = _shipped(name)
        found = [one for one in concepts if word_of(one, vocabulary, table) is not None]
        records = sum(table.group_of(one) in ("records", "measurements") for one in found)
        return records, any(names_origin(one, vocabulary) for one in origins), len(found) - records

    scores = {name: score(name) for name in shipped_vocabularies()}
    best = max(scores.values())
    # Without any record in common, no vocabulary is the right one: a person decides among all of them.
    equal = [name for name, one in scores.items() if one == best or not best[0]]
    fitting = sorted(
        (tuple(-int(part) for part in scores[name]), len(_shipped(name).records), name) for name in equal
    )
    return _shipped(fitting[0][-1]), tuple(name for *_, name in fitting[1:])


def names_origin(column: str, vocabulary: Vocabulary) -> bool:
    """Whether a column's name speaks of the vocabulary's day 0, or of a day 0 in general."""
    general = {compact(one) for one in aliases().general_origins}
    label = tokens(vocabulary.origin.label)
    spoken = any(part[:STEM] == word[:STEM] for part in tokens(column) for word in label if len(word) >= STEM)
    return spoken or compact(column) in general


@cache
def _shipped(name: str) -> Vocabulary:
    return read_vocabulary(name)


def _formats(start: Guess) -> dict[str, str]:
    """Formats of date columns: the only one that fits, or the one that other columns prove."""
    fitting = {name: one.formats for name, one in start.profiles.items() if one.is_date}
    proven = {formats[0] for formats in fitting.values() if len(formats) == 1}
    decided: dict[str, str] = {}
    for name, formats in fitting.items():
        candidates = formats if len(formats) == 1 else tuple(one for one in formats if one in proven)
        if len(candidates) == 1:
            decided[name] = candidates[0]
    return decided


def _unit(start: Guess) -> str | None:
    """Unit of the numbers whose name states none: days when no other unit makes sense, else open."""
    times = [
        one
        for one in start.columns
        if one.facet == "time" and start.profiles[one.column].is_number and one.concept != "birth"
    ]
    unstated = [one for one in times if one.unit is None]
    if not unstated:
        return "days"
    largest = max(_largest(start.profiles[one.column]) for one in unstated)
    return "days" if largest > SURELY_DAYS else None


def _largest(one: Profile) -> float:
    values = one.numbers.drop_nulls() if one.numbers is not None else pl.Series([0.0])
    return float(values.to_numpy().max()) if values.len() else 0.0


def _settle_duplicates(start: Guess, sheet: Sheet) -> Guess:
    """Two columns for one meaning that agree in every row are one; others stay rivals, which is asked."""
    result = start
    for one in sorted(start.columns, key=lambda one: one.column not in start.formats):  # dates before days
        if one.concept is None or one.doubt is not None or one.column in result.duplicates:
            continue
        for other in start.columns:
            same = (other.concept, other.facet) == (one.concept, one.facet) and other is not one
            numbered = one.number is not None and other.number is not None and one.number != other.number
            if not same or numbered or other.doubt is not None or other.column in result.duplicates:
                continue
            if _agree(start, sheet, one, other):
                result = replace(result, duplicates={**result.duplicates, other.column: one.column})
    return result


def _agree(start: Guess, sheet: Sheet, one: ColumnGuess, other: ColumnGuess) -> bool:
    """Whether two columns say the same in every row: equal cells, or a date and the days from the origin."""
    first, second = sheet.cells[one.column], sheet.cells[other.column]
    if first.equals(second):
        return True
    dated = [name for name in (one.column, other.column) if name in start.formats]
    counted = [name for name in (one.column, other.column) if start.profiles[name].is_number]
    if len(dated) != 1 or len(counted) != 1 or one.column != dated[0]:
        return False
    origins = start.of("origin", "time")
    if len(origins) != 1:
        return False
    zero, days = _dates(start, sheet, origins[0].column), start.profiles[counted[0]].numbers
    when = _dates(start, sheet, dated[0])
    if zero is None or when is None or days is None:
        return False
    difference = (when - zero).dt.total_days().cast(pl.Float64)
    return bool((difference.fill_null(-1e9) == days.fill_null(-1e9)).all())


def _dates(start: Guess, sheet: Sheet, name: str) -> pl.Series | None:
    from equipoise.ingest.dates import DateReader, date_format
    from equipoise.ingest.log import Log

    declared = date_format(start.formats[name]) if name in start.formats else None
    if declared is None:
        return None
    cells = sheet.cells[name].set(sheet.cells[name].is_in(list(SURELY_MISSING)), None)
    return DateReader((declared,), start.century, typed=start.typed).read(cells, Log("", sheet.rows))
