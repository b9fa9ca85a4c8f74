"""What a column's name says: a concept, and whether it is a time, an indicator or a value.

A name is cut into words, words mean parts (donor, age, date), and a concept is a set of parts, in any order.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import islice, product
from typing import Literal

from equipoise.ingest.aliases import Aliases, aliases
from equipoise.ingest.lexicon import ELSEWHERE, NUMBER, UNKNOWN, lexicon, whole

Facet = Literal["time", "indicator", "value"]
UNITS = ("days", "weeks", "months", "years")
LONGEST_NUMBER = 4
MOST_READINGS = 96
MOST_UNKNOWN = 3


@dataclass(frozen=True, slots=True)
class NameReading:
    """One reading of a name.

    Parameters
    ----------
    concepts
        Concepts that the name may mean, all equally well; none when it is not known.
    facet
        What the name says about the kind of column, if anything.
    unit
        Unit of time in the name, if any.
    number
        Number in the name (second event, day 28), if any.
    numbers
        How many numbers there are.
    small
        Small parts of the name: units, words for classes and for counts.
    complete
        Whether every word of the name is known and none is left beside the concept.
    weak
        Whether the words mean the concept only sometimes.
    also
        Concepts that fit with fewer words of the name, but leave none.
    """

    concepts: tuple[str, ...]
    facet: Facet | None
    unit: str | None
    number: int | None
    numbers: int = 0
    small: frozenset[str] = frozenset()
    complete: bool = False
    weak: bool = False
    also: tuple[str, ...] = ()

    @property
    def exact(self) -> bool:
        """Whether the name leaves no doubt."""
        return self.complete and not self.weak


@dataclass(frozen=True, slots=True)
class _Rule:
    parts: frozenset[str]
    concept: str | None
    beside: frozenset[str] = frozenset()
    weak: bool = False


@dataclass(frozen=True, slots=True)
class _Match:
    rule: _Rule
    left: int
    meaning: tuple[str, ...]

    @property
    def order(self) -> tuple[int, int]:
        """The better, the fewer parts are left and the more are taken."""
        return self.left, -len(self.rule.parts)


class _Rules:
    """The concepts' sets of parts, by one of their parts."""

    def __init__(self, table: Aliases) -> None:
        self.small = frozenset(table.structure) | {NUMBER, UNKNOWN}
        self.never_beside = frozenset(table.never_beside)
        self.origins = frozenset(table.origins)
        self.spanless = frozenset(table.spanless)
        self._by_part: defaultdict[str, list[_Rule]] = defaultdict(list)
        for concept, declared in table.concepts():
            beside = frozenset(declared.beside)
            self._add(_Rule(frozenset({whole(concept)}), concept, beside))
            for name in declared.names:
                parts = frozenset(name.removesuffix("?").split())
                self._add(_Rule(parts, concept, beside - parts, weak=name.endswith("?")))
        for name in table.decoys:
            self._add(_Rule(frozenset(name.split()), None))

    def _add(self, rule: _Rule) -> None:
        self._by_part[min(rule.parts, key=lambda part: (part in self.small, part))].append(rule)

    def fitting(self, parts: frozenset[str]) -> Iterator[_Rule]:
        """Rules of which all parts are there."""
        for part in parts:
            yield from (rule for rule in self._by_part.get(part, ()) if rule.parts <= parts)


@cache
def _rules() -> _Rules:
    return _Rules(aliases())


@cache
def read_name(name: str) -> NameReading:
    """Read a column's name.

    Of all ways to understand its words, the one counts that leaves the fewest of them and takes the most.
    A name with words left is not exact; a name with words that change what it is about has no concept.
    """
    segments = lexicon().segments(name)
    unknown = sum(segment.meanings == ((UNKNOWN,),) for segment in segments)
    meanings = [
        tuple(part for one in chosen for part in one)
        for chosen in islice(product(*(segment.meanings for segment in segments)), MOST_READINGS)
    ]
    digits = [one.text for one in segments if one.meanings == ((NUMBER,),)]
    number = next((int(text) for text in digits if len(text) <= LONGEST_NUMBER), None)
    matches = [match for meaning in meanings for match in _matches(meaning)]
    if not matches or unknown > MOST_UNKNOWN:
        return NameReading((), _facet(meanings[0]) if meanings else None, None, number)
    order = min(match.order for match in matches)
    best = [match for match in matches if match.order == order]
    concepts = tuple(dict.fromkeys(match.rule.concept for match in best))
    first = best[0]
    if None in concepts:
        return NameReading((), _facet(first.meaning), None, number)
    also = [match.rule.concept for match in matches if match.left == order[0] == 0 and match not in best]
    sure = all(segment.sure for segment in segments)
    return NameReading(
        tuple(one for one in concepts if one is not None),
        _facet(first.meaning),
        next((part for part in first.meaning if part in UNITS), None),
        number,
        len(digits),
        frozenset(first.meaning) & _rules().small - first.rule.parts,
        complete=sure and not order[0],
        weak=first.rule.weak,
        also=tuple(dict.fromkeys(one for one in also if one is not None and one not in concepts)),
    )


def _matches(meaning: tuple[str, ...]) -> Iterator[_Match]:
    """Concepts of one way to understand the words, with the number of parts that each leaves."""
    rules = _rules()
    target, foreign = _target(meaning)
    parts = frozenset(target)
    content = parts - rules.small
    for rule in rules.fitting(parts):
        left = content - rule.parts - rule.beside
        if ELSEWHERE in meaning or (left & rules.never_beside and rule.concept is not None):
            yield _Match(_Rule(rule.parts, None), len(left - {ELSEWHERE}), meaning)
        else:
            # A number of parts that no name has: what is counted from another day is never exact.
            yield _Match(rule, len(left) + (1 if foreign else 0), meaning)


def _target(meaning: tuple[str, ...]) -> tuple[tuple[str, ...], bool]:
    """The parts that say what happened, without those from when time is counted; whether that is odd.

    "Days from enrolment to death" is about death, "death after enrolment" too; "days since enrolment" is
    about nothing that happened.
    """
    rules = _rules()
    if rules.spanless & set(meaning):
        return meaning, False
    spans = {"time", *UNITS, "from"}
    if "between" in meaning:
        begin = meaning.index("between")
        end = meaning.index("and", begin) if "and" in meaning[begin:] else len(meaning)
        source, target = meaning[begin + 1 : end], (*meaning[:begin], *meaning[end + 1 :])
    elif "from" in meaning:
        begin = meaning.index("from")
        end = meaning.index("to", begin) if "to" in meaning[begin:] else len(meaning)
        source, target = meaning[begin + 1 : end], (*meaning[:begin], *meaning[end + 1 :])
    elif "to" in meaning:
        end = len(meaning) - 1 - meaning[::-1].index("to")
        source, target = meaning[:end], meaning[end + 1 :]
        content = set(source) - rules.small
        if (
            not (spans & set(source) or not content or content <= rules.origins)
            or not set(target) - rules.small
        ):
            return meaning, False
    else:
        return meaning, False
    structure = tuple(part for part in source if part in rules.small)
    foreign = not set(source) - rules.small - {"patient"} <= rules.origins
    if foreign and set(target) - rules.small and not spans & {*target, *structure} - {"from"}:
        return meaning, False  # "death from", "recovery from"
    return (*target, *structure), foreign


def _facet(meaning: tuple[str, ...]) -> Facet | None:
    dated, codes = "time" in meaning, "indicator" in meaning
    counted = any(unit in meaning for unit in UNITS)
    if dated or (counted and not codes):
        return "time"
    return "indicator" if codes else None


def words_fit(concept: str, word: str) -> bool:
    """Whether a word of a vocabulary names a concept."""
    reading = read_name(word)
    return word == concept or (reading.complete and reading.concepts == (concept,))
