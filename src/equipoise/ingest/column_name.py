"""What a column's name says: a concept, and whether it is a time, an indicator or a value."""

from dataclasses import dataclass
from typing import Literal

from equipoise.ingest.aliases import Aliases, compact, compact_set, tokens

Facet = Literal["time", "indicator", "value"]
UNITS = ("days", "weeks", "months", "years")


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
        Whether the name is an alias and not only near one.
    """

    concepts: tuple[str, ...]
    facet: Facet | None
    unit: str | None
    number: int | None
    exact: bool


def read_name(name: str, table: Aliases) -> NameReading:
    """Read a column's name: the whole name first, then without the parts that say the kind of column."""
    parts = tokens(name)
    whole = "".join(parts)
    facet, unit, stem = _strip(parts, table)
    number = next((int(part) for part in parts if part.isdigit() and len(part) <= 4), None)
    tried = (whole, "".join(stem), "".join(part for part in stem if not part.isdigit()))
    for one in tried:
        concepts = table.named(one) if one else ()
        if concepts:
            return NameReading(concepts, facet, unit, None if one == whole else number, exact=True)
    glued = _glued(whole, table)
    if glued is not None:
        return NameReading(glued[0], glued[1], glued[2] or unit, number, exact=True)
    concepts = table.near(tried[2]) or table.near(whole)
    return NameReading(concepts, facet, unit, number, exact=False)


def _strip(parts: list[str], table: Aliases) -> tuple[Facet | None, str | None, list[str]]:
    affixes = {kind: compact_set(words) for kind, words in table.affixes.items()}
    facet: Facet | None = None
    unit: str | None = None
    stem: list[str] = []
    for part in parts:
        of_unit = next((one for one in UNITS if part in affixes[one]), None)
        if part in affixes["indicator"]:
            facet = "indicator"
        elif of_unit is not None:
            unit, facet = unit or of_unit, facet or "time"
        elif part in affixes["time"]:
            facet = facet or "time"
        elif part not in affixes["filler"]:
            stem.append(part)
    return facet, unit if unit != "days" or "days" in parts else None, stem


def _glued(whole: str, table: Aliases) -> tuple[tuple[str, ...], Facet, str | None] | None:
    """Names such as ``txtime`` and ``prstat``: an alias and an affix of more than one letter, glued."""
    kinds: tuple[tuple[str, Facet], ...] = (("time", "time"), ("indicator", "indicator"), ("months", "time"))
    for kind, facet in kinds:
        for affix in sorted(compact_set(table.affixes[kind]), key=len, reverse=True):
            if len(affix) == 1:
                continue
            for rest in (whole.removesuffix(affix), whole.removeprefix(affix)):
                concepts = table.named(rest) if rest not in (whole, "") else ()
                if concepts:
                    return concepts, facet, kind if kind in UNITS else None
    return None


def names_of(concept: str, table: Aliases) -> frozenset[str]:
    """Compact aliases of a concept, its own name included."""
    words = next(words for name, words in table.concepts() if name == concept)
    return compact_set(words) | {compact(concept)}
