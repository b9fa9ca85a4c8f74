"""Whether the parts of a vocabulary fit together; every problem with its path."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from equipoise.base.clock import SAME_DAY_ORDER
from equipoise.language.comparison import Comparison, Operator
from equipoise.language.problem import Problem, unknown_word
from equipoise.language.structure import Structure
from equipoise.language.word import Detail

if TYPE_CHECKING:
    from equipoise.language.vocabulary import Vocabulary

# Column names of the five tables; a word of this name would hide one of them.
_COLUMNS = ("patient", "row", "day", "name", "value", "unit", "bound", "specimen", "start", "stop", "decided")
RESERVED = frozenset((*_COLUMNS, "completed", "site", "origin_year", "origin", "time_zero", *SAME_DAY_ORDER))
# Columns that stand beside the details when records are ordered, cut at a day, dated or audited.
_BESIDE_DETAILS = ("place", "limit", "age", "end", "entry", "opens", "closes")


def vocabulary_problems(vocabulary: "Vocabulary") -> Iterator[Problem]:
    """Everything that is wrong, in the order of the document."""
    of_names = list(_names(vocabulary))
    yield from of_names
    if of_names:
        return  # with one name for two things nothing below can be judged
    yield from _declarations(vocabulary)
    yield from _same_day_order(vocabulary)
    for name, structure in vocabulary.structures.items():
        own = [*structure.problems(), *_words_of_structure(vocabulary, structure)]
        yield from (problem.below("structures", name) for problem in own)
    for name, outcome in vocabulary.outcomes.items():
        if outcome.structure not in vocabulary.structures:
            path = ("outcomes", name, "structure")
            yield unknown_word(path, outcome.structure, vocabulary.structures, "a structure")
        else:
            problems = outcome.problems(vocabulary.structures[outcome.structure])
            yield from (problem.below("outcomes", name) for problem in problems)


def _names(vocabulary: "Vocabulary") -> Iterator[Problem]:
    tables: dict[str, Mapping[str, object]] = {
        "patients": vocabulary.patients,
        "measurements": vocabulary.measurements,
        "interventions": vocabulary.interventions,
        "events": vocabulary.events,
    }
    home: dict[str, str] = {}
    for table, words in tables.items():
        for name in words:
            if name in home:
                yield Problem("P012", (table, name), f"{name!r} is already a word of {home[name]}")
            elif name in RESERVED:
                yield Problem("P012", (table, name), f"{name!r} is the name of a column of our own")
            home.setdefault(name, table)


def _declarations(vocabulary: "Vocabulary") -> Iterator[Problem]:
    dated = (*vocabulary.interventions, *vocabulary.events)
    for name, column in vocabulary.patients.items():
        yield from (problem.below("patients", name) for problem in column.problems())
        if isinstance(column.known_from, str) and column.known_from not in dated:
            path = ("patients", name, "known_from")
            yield unknown_word(path, column.known_from, dated, "an event or intervention")
    for name, measurement in vocabulary.measurements.items():
        yield from (problem.below("measurements", name) for problem in measurement.problems())
    for name, intervention in vocabulary.interventions.items():
        for position, event in enumerate(intervention.acts_on):
            if event not in vocabulary.events:
                path = ("interventions", name, "acts_on", position)
                yield unknown_word(path, event, vocabulary.events, "an event")
        yield from _details(("interventions", name), intervention.details)
    for name, event in vocabulary.events.items():
        yield from _details(("events", name), event.details)
    yield from _shared_details(vocabulary)


def _details(path: tuple[str, str], details: Mapping[str, Detail]) -> Iterator[Problem]:
    for name, detail in details.items():
        if name in RESERVED or name in _BESIDE_DETAILS:
            yield Problem("P012", (*path, "details", name), f"{name!r} is the name of a column of our own")
        yield from (problem.below(*path, "details", name) for problem in detail.problems())


def _shared_details(vocabulary: "Vocabulary") -> Iterator[Problem]:
    """A detail that is a number in one record and a category in another: one column must hold both."""
    tables = {"interventions": vocabulary.interventions, "events": vocabulary.events}
    first: dict[str, tuple[str, str]] = {}
    for table, words in tables.items():
        for word, meaning in words.items():
            for name, detail in meaning.details.items():
                declared, owner = first.setdefault(name, (detail.type, word))
                if detail.type != declared:
                    found = f"{name!r} is a {detail.type} here and a {declared} in {owner!r}"
                    yield Problem("P012", (table, word, "details", name), found)


def _same_day_order(vocabulary: "Vocabulary") -> Iterator[Problem]:
    order = vocabulary.same_day_order
    known = (*SAME_DAY_ORDER, *vocabulary.records)
    for position, name in enumerate(order):
        if name not in known:
            yield unknown_word(("same_day_order", position), name, known, "a record or a class of records")
        if name in order[:position]:
            yield Problem("P013", ("same_day_order", position), f"{name!r} twice")
    missing = [name for name in SAME_DAY_ORDER if name not in order]
    if missing:
        yield Problem("P013", ("same_day_order",), f"no place for {', '.join(missing)}")
        return
    others = [name for name in vocabulary.records if name not in vocabulary.terminal_events]
    last = max((vocabulary.same_day_rank(name) for name in others), default=-1)
    for name in vocabulary.terminal_events:
        if vocabulary.same_day_rank(name) <= last:
            yield Problem("P013", ("same_day_order",), f"the terminal event {name!r} before another record")
    if order[-1] != "censoring":
        yield Problem("P013", ("same_day_order",), "'censoring' is not last")


def _words_of_structure(vocabulary: "Vocabulary", structure: Structure) -> Iterator[Problem]:
    dated = (*vocabulary.interventions, *vocabulary.events)
    for position, arrow in enumerate(structure.arrows):
        path = ("arrows", position)
        if arrow.on not in dated:
            yield unknown_word((*path, "on"), arrow.on, dated, "an event or intervention")
            continue
        for problem in where_problems(arrow.where, vocabulary.details_of(arrow.on), arrow.on):
            yield problem.below(*path, "where")
        if arrow.on in vocabulary.terminal_events and arrow.to not in structure.absorbing:
            yield Problem("P016", (*path, "to"), f"{arrow.on!r} is terminal but {arrow.to!r} can be left")
    for state in structure.states:
        if state in structure.absorbing:
            continue
        for event in vocabulary.terminal_events:
            if not any(arrow.on == event and not arrow.where for arrow in structure.arrows_from(state)):
                found = f"no arrow without conditions leaves {state!r} on the terminal event {event!r}"
                yield Problem("P016", ("states", state), found)


def where_problems(
    where: Mapping[str, Comparison], details: Mapping[str, Detail], record: str
) -> Iterator[Problem]:
    """Conditions on details that were not declared, or on values that cannot occur."""
    for name, comparison in where.items():
        if name not in details:
            yield unknown_word((name,), name, details, f"a detail of {record!r}")
            continue
        detail = details[name]
        values = detail.values if detail.type == "category" else None
        yield from (problem.below(name) for problem in comparison_problems(comparison, values))


def comparison_problems(comparison: Comparison, values: Mapping[str, str] | None) -> Iterator[Problem]:
    """A comparison that cannot hold: a category outside the closed set, a text against a number.

    Parameters
    ----------
    comparison
        What is asked.
    values
        The categories of what is compared, or None for a number.
    """
    given = comparison.value if isinstance(comparison.value, tuple) else (comparison.value,)
    for value in given:
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if values is None and not is_number:
            yield Problem("P018", (comparison.op.value,), f"{value!r} is compared with a number")
        elif values is not None and not isinstance(value, str):
            yield Problem("P018", (comparison.op.value,), f"{value!r} is compared with a category")
        elif isinstance(value, str) and values is not None and value not in values:
            yield unknown_value(comparison.op, value, values)


def unknown_value(op: Operator, value: str, values: Mapping[str, str]) -> Problem:
    """P018: a category outside the closed set."""
    problem = unknown_word((op.value,), value, values, f"one of {', '.join(values)}")
    return Problem("P018", problem.path, problem.found)
