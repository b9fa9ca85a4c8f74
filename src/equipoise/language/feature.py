"""Features: declarative statements of what is known about a patient by the end of a day.

Pure data; `equipoise.cohort` evaluates them on ``cohort.as_of(day)`` only, so that no feature can see the
future. The set is closed. In YAML the first key names the feature: ``{last: ngs_mrd, within: 35}``.
"""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal, cast

from pydantic import ConfigDict, Discriminator, Field, Tag

from equipoise.base.model import Frozen
from equipoise.language.comparison import Comparison, Name
from equipoise.language.problem import Problem, refuse, unknown_word
from equipoise.language.vocabulary import Table, Vocabulary
from equipoise.language.vocabulary_check import comparison_problems, where_problems
from equipoise.language.words import days_words, listing, lower_first, where_words

Days = Annotated[float, Field(gt=0)]
Where = Mapping[str, Comparison]
ValueType = Literal["number", "category", "boolean"]

DATED: tuple[Table, ...] = ("measurements", "interventions", "events")
DONE_OR_HAPPENED: tuple[Table, ...] = ("interventions", "events")


class Node(Frozen):
    """What features and predicates share: they can be read aloud and checked against a vocabulary."""

    model_config = ConfigDict(populate_by_name=True)

    def words(self, vocabulary: Vocabulary) -> str:
        """Say it in English; the vocabulary must know the words."""
        raise TypeError(f"{type(self).__name__} has no words")

    def problems(self, vocabulary: Vocabulary) -> Iterator[Problem]:
        """What the vocabulary has against it; paths as in the short form of YAML."""
        raise TypeError(f"{type(self).__name__} cannot be checked")

    def check(self, vocabulary: Vocabulary) -> None:
        """Raise ProtocolError for the first problem."""
        refuse(self.problems(vocabulary))


class Baseline(Node):
    """The value of a column of patients; missing before the day from which it is known."""

    column: Name = Field(validation_alias="baseline", serialization_alias="baseline")

    def words(self, vocabulary: Vocabulary) -> str:
        """``age``."""
        return lower_first(vocabulary.label_of(self.column))

    def problems(self, vocabulary: Vocabulary) -> Iterator[Problem]:
        """An unknown column."""
        yield from _word_problems(vocabulary, "baseline", self.column, ("patients",))


class Last(Node):
    """The last value of a measurement, missing if there is none.

    Parameters
    ----------
    measurement
        Name of the measurement.
    within
        Only values of the last so many days count: ``day - value day <= within``. Without it the last
        value is carried forward however old it is.
    """

    measurement: Name = Field(validation_alias="last", serialization_alias="last")
    within: Days | None = None

    def words(self, vocabulary: Vocabulary) -> str:
        """``the last NGS-MRD of the past 35 days``."""
        return f"the last {vocabulary.heading_of(self.measurement)}{days_words(self.within, ' of the past')}"

    def problems(self, vocabulary: Vocabulary) -> Iterator[Problem]:
        """An unknown measurement."""
        yield from _word_problems(vocabulary, "last", self.measurement, ("measurements",))


class First(Node):
    """The day (since the origin) of the first record, missing if there is none.

    Parameters
    ----------
    record
        Name of a measurement, intervention or event.
    where
        Conditions on details; for a measurement the only name is ``value``.
    confirmed
        For a measurement: the next value must satisfy the conditions too, at most so many days later;
        the feature is then the day of the confirming value.
    """

    record: Name = Field(validation_alias="first", serialization_alias="first")
    where: Where = Field(default_factory=dict)
    confirmed: Days | None = None

    def words(self, vocabulary: Vocabulary) -> str:
        """``the day of the first relapse with CD19 status negative``."""
        return f"the day of {self.occasion(vocabulary)}"

    def occasion(self, vocabulary: Vocabulary) -> str:
        """``the first relapse with CD19 status negative``."""
        what = (
            f"the first {vocabulary.label_of(self.record)}{where_words(vocabulary, self.record, self.where)}"
        )
        if self.confirmed is None:
            return what
        return f"{what}, confirmed by the next value{days_words(self.confirmed, ' within')}"

    def problems(self, vocabulary: Vocabulary) -> Iterator[Problem]:
        """An unknown record or detail, or the confirmation of something that is not measured."""
        yield from _word_problems(vocabulary, "first", self.record, DATED)
        yield from record_where_problems(vocabulary, self.record, self.where)
        if self.confirmed is not None and self.record not in vocabulary.measurements:
            yield Problem(
                "P011", ("confirmed",), f"{self.record!r} is not a measurement; nothing can confirm it"
            )


class Count(Node):
    """How many records of an intervention or event there are, 0 if none.

    Parameters
    ----------
    record
        Name of a measurement, intervention or event.
    within
        Only records of the last so many days count.
    """

    record: Name = Field(validation_alias="count", serialization_alias="count")
    within: Days | None = None

    def words(self, vocabulary: Vocabulary) -> str:
        """``the number of records of relapse in the past 100 days``."""
        past = days_words(self.within, " in the past")
        return f"the number of records of {vocabulary.label_of(self.record)}{past}"

    def problems(self, vocabulary: Vocabulary) -> Iterator[Problem]:
        """An unknown record."""
        yield from _word_problems(vocabulary, "count", self.record, DATED)


class AgeOfValue(Node):
    """Days since the last value of a measurement, missing if there is none."""

    measurement: Name = Field(validation_alias="age_of_value", serialization_alias="age_of_value")

    def words(self, vocabulary: Vocabulary) -> str:
        """``the time since the last value of NGS-MRD``."""
        return f"the time since the last value of {vocabulary.heading_of(self.measurement)}"

    def problems(self, vocabulary: Vocabulary) -> Iterator[Problem]:
        """An unknown measurement."""
        yield from _word_problems(vocabulary, "age_of_value", self.measurement, ("measurements",))


class DaysSince(Node):
    """Days since the last record of an intervention or event, missing if there is none."""

    record: Name = Field(validation_alias="days_since", serialization_alias="days_since")

    def words(self, vocabulary: Vocabulary) -> str:
        """``the time since the last transplant``."""
        return f"the time since the last {vocabulary.label_of(self.record)}"

    def problems(self, vocabulary: Vocabulary) -> Iterator[Problem]:
        """An unknown record."""
        yield from _word_problems(vocabulary, "days_since", self.record, DONE_OR_HAPPENED)


class Has(Node):
    """Whether there is a record (never missing). It is a predicate by itself.

    Parameters
    ----------
    record
        Name of a measurement, intervention or event.
    where
        Conditions on details; for a measurement the only name is ``value``.
    within
        Only records of the last so many days count.
    """

    record: Name = Field(validation_alias="has", serialization_alias="has")
    where: Where = Field(default_factory=dict)
    within: Days | None = None

    def words(self, vocabulary: Vocabulary) -> str:
        """``relapse on record``."""
        return f"{self._noun(vocabulary)} on record{days_words(self.within, ' in the past')}"

    def words_of_absence(self, vocabulary: Vocabulary) -> str:
        """``no relapse on record``."""
        return f"no {self.words(vocabulary)}"

    def _noun(self, vocabulary: Vocabulary) -> str:
        return vocabulary.label_of(self.record) + where_words(vocabulary, self.record, self.where)

    def problems(self, vocabulary: Vocabulary) -> Iterator[Problem]:
        """An unknown record or detail."""
        yield from _word_problems(vocabulary, "has", self.record, DATED)
        yield from record_where_problems(vocabulary, self.record, self.where)


FEATURES: dict[str, type[Node]] = {
    "baseline": Baseline,
    "last": Last,
    "first": First,
    "count": Count,
    "age_of_value": AgeOfValue,
    "days_since": DaysSince,
}


def keyword_of(node: Node) -> str:
    """First key of a feature in YAML."""
    return next(keyword for keyword, kind in FEATURES.items() if isinstance(node, kind))


def form_of(data: Any, keywords: Mapping[str, type[Node]] = FEATURES) -> str | None:
    """Tag of the one keyword among the keys of a mapping (or of a node); None when there is not one."""
    if isinstance(data, Node):
        return next((f"<{keyword}>" for keyword, kind in keywords.items() if type(data) is kind), None)
    if not isinstance(data, Mapping):
        return None
    present = [keyword for keyword in keywords if keyword in cast("Mapping[str, Any]", data)]
    return f"<{present[0]}>" if len(present) == 1 else None


Feature = Annotated[
    Annotated[Baseline, Tag("<baseline>")]
    | Annotated[Last, Tag("<last>")]
    | Annotated[First, Tag("<first>")]
    | Annotated[Count, Tag("<count>")]
    | Annotated[AgeOfValue, Tag("<age_of_value>")]
    | Annotated[DaysSince, Tag("<days_since>")],
    Discriminator(
        form_of,
        custom_error_type="unknown_form",
        custom_error_message=f"a feature has exactly one of the keys {', '.join(FEATURES)}",
    ),
]


def value_type(feature: Feature, vocabulary: Vocabulary) -> tuple[ValueType, Mapping[str, str] | None]:
    """Kind of the values of a feature, and its categories where they are a closed set."""
    if isinstance(feature, Baseline):
        column = vocabulary.patients[feature.column]
        if column.type == "boolean":
            return "boolean", None
        return ("category", column.values or None) if column.type == "category" else ("number", None)
    if isinstance(feature, Last):
        measurement = vocabulary.measurements[feature.measurement]
        return ("category", measurement.values) if measurement.kind == "state" else ("number", None)
    return "number", None


def unit_of(feature: Feature, vocabulary: Vocabulary) -> str:
    """Unit of the values of a feature; empty for counts, categories and days on the clock of the origin."""
    match feature:
        case Baseline():
            return vocabulary.patients[feature.column].unit
        case Last():
            return vocabulary.measurements[feature.measurement].unit
        case Count() | First():
            return ""
        case AgeOfValue() | DaysSince():
            return "days"


def record_where_problems(vocabulary: Vocabulary, record: str, where: Where) -> Iterator[Problem]:
    """Conditions on the details of a record (on ``value`` for a measurement) that cannot hold."""
    if record in vocabulary.measurements:
        for name, comparison in where.items():
            if name != "value":
                yield unknown_word(("where", name), name, ("value",), f"a part of the measurement {record!r}")
            else:
                yield from _value_problems(vocabulary, record, comparison)
    elif record in vocabulary.records:
        details = vocabulary.details_of(record)
        yield from (problem.below("where") for problem in where_problems(where, details, record))


def _value_problems(vocabulary: Vocabulary, record: str, comparison: Comparison) -> Iterator[Problem]:
    word = vocabulary.measurements[record]
    values = word.values if word.kind == "state" else None
    yield from (problem.below("where", "value") for problem in comparison_problems(comparison, values))


def _word_problems(
    vocabulary: Vocabulary, key: str, name: str, tables: tuple[Table, ...]
) -> Iterator[Problem]:
    words: dict[Table, Mapping[str, object]] = {
        "patients": vocabulary.patients,
        "measurements": vocabulary.measurements,
        "interventions": vocabulary.interventions,
        "events": vocabulary.events,
    }
    known = [word for table in tables for word in words[table]]
    if name in known:
        return
    asked = listing(tables, "or")
    home = vocabulary.table_of(name)
    if home is None:
        yield unknown_word((key,), name, known, f"among the {asked} of the vocabulary {vocabulary.name!r}")
    else:
        yield Problem("P011", (key,), f"{name!r} is a word of {home}, not of {asked}")
