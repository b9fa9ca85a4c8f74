"""The names that columns have in hospital sheets, read from `aliases.yaml`."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from difflib import SequenceMatcher
from functools import cache
from importlib.resources import files

from equipoise.base.document import read_document, validate
from equipoise.base.model import Frozen

Words = tuple[str, ...]
NEAR = 0.85
SHORTEST_NEAR = 5


class Aliases(Frozen):
    """The table of names; see the comments in `aliases.yaml`."""

    affixes: dict[str, Words]
    roles: dict[str, Words]
    records: dict[str, Words]
    measurements: dict[str, Words]
    baseline: dict[str, Words]
    values: dict[str, Words]
    declarable: Words
    general_origins: Words

    def group_of(self, concept: str) -> str:
        """``roles``, ``records``, ``measurements`` or ``baseline``."""
        return next(name for name, group in self._groups() if concept in group)

    def concepts(self) -> Iterator[tuple[str, Words]]:
        """Every concept with its aliases."""
        for _, group in self._groups():
            yield from group.items()

    def named(self, name: str) -> tuple[str, ...]:
        """Concepts whose alias is exactly this name (in compact form)."""
        return tuple(concept for concept, words in self.concepts() if name in compact_set(words))

    def near(self, name: str) -> tuple[str, ...]:
        """Concepts with an alias that resembles this name, best first; short names resemble nothing."""
        if len(name) < SHORTEST_NEAR:
            return ()
        scored = [
            (max(SequenceMatcher(None, name, one).ratio() for one in compact_set(words)), concept)
            for concept, words in self.concepts()
        ]
        return tuple(concept for score, concept in sorted(scored, reverse=True) if score >= NEAR)

    def value_of(self, text: str) -> str | None:
        """Meaning of a two-valued column's cell; None when it is not in the table."""
        name = compact(text)
        return next((meaning for meaning, words in self.values.items() if name in compact_set(words)), None)

    def meanings_of(self, text: str) -> tuple[str, ...]:
        """All meanings of a cell's text: ``f`` is female and false."""
        name = compact(text)
        return tuple(meaning for meaning, words in self.values.items() if name in compact_set(words))

    def _groups(self) -> tuple[tuple[str, Mapping[str, Words]], ...]:
        return (
            ("roles", self.roles),
            ("records", self.records),
            ("measurements", self.measurements),
            ("baseline", self.baseline),
        )


@cache
def aliases() -> Aliases:
    """The shipped table of names."""
    text = (files("equipoise.ingest") / "aliases.yaml").read_text(encoding="utf-8")
    return validate(Aliases, read_document(text, name="aliases.yaml"))


def tokens(name: str) -> list[str]:
    """Parts of a column's name in lower case, without accents: ``dateOfDeath_1`` is date, of, death, 1."""
    plain = unicodedata.normalize("NFKD", name.replace("ß", "ss")).encode("ascii", "ignore").decode()
    spaced = re.sub(r"([a-z])([A-Z])", r"\1 \2", plain)
    spaced = re.sub(r"([A-Za-z])([0-9])|([0-9])([A-Za-z])", r"\1\3 \2\4", spaced)
    return re.findall(r"[a-z]+|[0-9]+", spaced.lower())


def compact(name: str) -> str:
    """A name as one word of letters and digits."""
    return "".join(tokens(name))


@cache
def compact_set(words: Words) -> frozenset[str]:
    """Compact forms of several names."""
    return frozenset(compact(word) for word in words)
