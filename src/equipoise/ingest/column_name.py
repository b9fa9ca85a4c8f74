"""What a column's name says: a concept, and whether it is a time, an indicator or a value."""

from dataclasses import dataclass
from typing import Literal

from equipoise.ingest.aliases import Aliases, compact, compact_set, tokens

Facet = Literal["time", "indicator", "value"]
UNITS = ("days", "weeks", "months", "years")
LONGEST_NUMBER = 4


@dataclass(frozen=True, slots=True)
class NameReading:
    """One reading of a name.

    Parameters
    ----------
    concepts
        Concepts that the name may mean; none when it is not known.
    facet
        What the name says about the kind of column, if anything.
    unit
        Unit of time in the name, if any.
    number
        Number in the name (second relapse, day 28), if any.
    exact
        Whether the name is an alias with known affixes, and not only near one.
    """

    concepts: tuple[str, ...]
    facet: Facet | None
    unit: str | None
    number: int | None
    exact: bool


def read_name(name: str, table: Aliases) -> NameReading:
    """Read a column's name.

    The longest part of the name that is a known alias is its concept; what is left says the kind of column,
    its unit and its number. A name with other words left, or one that only resembles an alias, is not exact.
    """
    parts = tokens(name)
    for length in range(len(parts), 0, -1):
        for start in range(len(parts) - length + 1):
            concepts = table.named("".join(parts[start : start + length]))
            if concepts:
                return _with_rest(concepts, [*parts[:start], *parts[start + length :]], table)
    glued = _glued("".join(part for part in parts if not part.isdigit()), table)
    rest = _with_rest((), parts, table)
    if glued is not None:
        return NameReading(glued[0], glued[1], glued[2] or rest.unit, rest.number, exact=True)
    return NameReading(_near(parts, table), rest.facet, rest.unit, rest.number, exact=False)


def _with_rest(concepts: tuple[str, ...], rest: list[str], table: Aliases) -> NameReading:
    """What the parts of a name beside its concept say."""
    affixes = {kind: compact_set(words) for kind, words in table.affixes.items()}
    unit = next((one for one in UNITS for part in rest if part in affixes[one]), None)
    timed = unit is not None or any(part in affixes["time"] for part in rest)
    dated = any(part in affixes["time"] for part in rest)
    codes = any(part in affixes["indicator"] for part in rest)
    facet: Facet | None = "time" if dated or (timed and not codes) else ("indicator" if codes else None)
    number = next((int(part) for part in rest if part.isdigit() and len(part) <= LONGEST_NUMBER), None)
    known = frozenset[str]().union(*affixes.values())
    exact = all(part in known or part.isdigit() for part in rest)
    return NameReading(concepts, facet, unit, number, exact)


def _near(parts: list[str], table: Aliases) -> tuple[str, ...]:
    affixes = frozenset[str]().union(*(compact_set(words) for words in table.affixes.values()))
    stem = "".join(part for part in parts if part not in affixes and not part.isdigit())
    return table.near(stem) or table.near("".join(parts))


def _glued(whole: str, table: Aliases) -> tuple[tuple[str, ...], Facet, str | None] | None:
    """Names such as ``txtime`` and ``prstat``: an alias and an affix of more than one letter, glued."""
    kinds: tuple[tuple[str, Facet], ...] = (("time", "time"), ("indicator", "indicator"), ("months", "time"))
    for kind, facet in kinds:
        for affix in sorted(compact_set(table.affixes[kind]), key=len, reverse=True):
            if len(affix) == 1:
                continue
            before = whole.removesuffix(affix)
            # German links words with an s: Infusionsdatum.
            linked = before.removesuffix("s") if before != whole else before
            for rest in (before, linked, whole.removeprefix(affix)):
                concepts = table.named(rest) if rest not in (whole, "") else ()
                if concepts:
                    return concepts, facet, kind if kind in UNITS else None
    return None


def names_of(concept: str, table: Aliases) -> frozenset[str]:
    """Compact aliases of a concept, its own name included."""
    words = next(words for name, words in table.concepts() if name == concept)
    return compact_set(words) | {compact(concept)}
