"""Starting at success: a time zero, or a criterion, that only those meet who got as far as the treatment."""

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

from equipoise.language.comparison import holds
from equipoise.language.feature import Baseline, Count, DaysSince, First, Has
from equipoise.language.predicate import AllOf, AnyOf, Compare, Not, Predicate
from equipoise.language.problem import Problem
from equipoise.language.vocabulary import Vocabulary
from equipoise.protocol.time_zero import EventTimeZero

if TYPE_CHECKING:
    from equipoise.protocol.protocol import Protocol


def requires(asked: Predicate, records: Collection[str], columns: Collection[str] = ()) -> bool:
    """Whether a predicate can be true only of patients who have one of the records.

    Parameters
    ----------
    asked
        The predicate.
    records
        Names of interventions or events.
    columns
        Columns of patients that are unknown until one of the records.
    """
    return _requires(asked, True, records, columns)


def _requires(asked: Predicate, when: bool, records: Collection[str], columns: Collection[str]) -> bool:
    """Whether the predicate has the truth value `when` only for patients who have one of the records."""
    match asked:
        case Not():
            return _requires(asked.not_, not when, records, columns)
        case Has():
            return when and asked.record in records
        case AllOf() | AnyOf():
            parts = asked.all_of if isinstance(asked, AllOf) else asked.any_of
            needed = [_requires(part, when, records, columns) for part in parts]
            # All parts must hold for a true "all of" and for a false "any of": one that requires is enough.
            return any(needed) if isinstance(asked, AllOf) == when else all(needed)
        case Compare():
            return _compared_requires(asked, when, records, columns)


def _compared_requires(
    asked: Compare, when: bool, records: Collection[str], columns: Collection[str]
) -> bool:
    match asked.feature:
        case First() | DaysSince():
            return (
                asked.feature.record in records
            )  # missing without a record, and then neither true nor false
        case Baseline():
            return asked.feature.column in columns
        case Count():
            return asked.feature.record in records and holds(asked.comparison, 0) is not when
        case _:
            return False


def success_problems(protocol: "Protocol") -> Iterator[Problem]:
    """Whatever makes the contrasts of a protocol start where a treatment has started; none without contrasts.

    Parameters
    ----------
    protocol
        A protocol with strategies.
    """
    if not (protocol.contrasts or protocol.analysis.emulation):
        return
    interventions = protocol.decided_interventions
    zero = protocol.time_zero
    key, anchor = ("of", zero.of) if isinstance(zero, EventTimeZero) else ("after", zero.after)
    if anchor in interventions:
        yield Problem(
            "P143", ("time_zero", key), f"time zero is a start of {anchor!r}, which strategies decide"
        )
    for position, criterion in enumerate(protocol.population.all_of):
        if requires(criterion.predicate, interventions):
            found = f"the criterion is met only after a start of {_either(interventions)}"
            yield Problem("P143", ("population", "all_of", position), found)


def hindsight_problems(protocol: "Protocol", vocabulary: Vocabulary) -> Iterator[Problem]:
    """Criteria on columns that are unknown until a treatment starts."""
    if not (protocol.contrasts or protocol.analysis.emulation):
        return
    interventions = protocol.decided_interventions
    late = [name for name, word in vocabulary.patients.items() if word.known_from in interventions]
    for position, criterion in enumerate(protocol.population.all_of):
        predicate = criterion.predicate
        if requires(predicate, interventions, late) and not requires(predicate, interventions):
            found = (
                f"the criterion asks for a column that is unknown until a start of {_either(interventions)}"
            )
            yield Problem("P143", ("population", "all_of", position), found)


def _either(names: Collection[str]) -> str:
    return " or ".join(repr(name) for name in names)
