"""The words that the columns of hospital sheets are called by, read from `aliases.yaml`."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files

from pydantic import Field

from equipoise.base.document import read_document, validate
from equipoise.base.model import Frozen

Words = tuple[str, ...]
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"})


class Concept(Frozen):
    """Names of one concept.

    Parameters
    ----------
    names
        Sets of parts that name it, as words with spaces; those that end in ``?`` leave a doubt.
    idioms
        Names that are not made of parts, with commas.
    beside
        Parts that may stand beside its own without changing what is meant.
    """

    names: Words
    idioms: str = ""
    beside: Words = ()


class Aliases(Frozen):
    """The table of names; see the comments in `aliases.yaml`."""

    structure: dict[str, str]
    parts: dict[str, str]
    elsewhere: str
    never_beside: Words
    origins: Words
    spanless: Words
    decoys: Words
    glue: str
    unsure: str
    mixed_case: Words
    ranges: dict[str, tuple[float, float]]
    few_values: Words
    roles: dict[str, Concept]
    records: dict[str, Concept]
    measurements: dict[str, Concept]
    baseline: dict[str, Concept]
    values: dict[str, Words]
    declarable: Words
    general_origins: Words = Field(min_length=1)

    def group_of(self, concept: str) -> str:
        """``roles``, ``records``, ``measurements`` or ``baseline``."""
        return next(name for name, group in self._groups() if concept in group)

    def concepts(self) -> Iterator[tuple[str, Concept]]:
        """Every concept with its names."""
        for _, group in self._groups():
            yield from group.items()

    def meanings_of(self, text: str) -> tuple[str, ...]:
        """All meanings of a cell's text: ``f`` is female and false."""
        name = compact(text)
        return tuple(meaning for meaning, words in self.values.items() if name in compact_set(words))

    def _groups(self) -> tuple[tuple[str, Mapping[str, Concept]], ...]:
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


def listed(words: str) -> list[str]:
    """The words of a line of the table."""
    return [stripped for word in re.split(r"[,;]", words) if (stripped := word.strip())]


def spellings(word: str) -> frozenset[str]:
    """Compact forms of a word; an umlaut may be written as two letters."""
    return frozenset({compact(word), compact(word.translate(_UMLAUTS))})


def tokens(name: str) -> list[str]:
    """Parts of a column's name in lower case, without accents: ``dateOfDeath_1`` is date, of, death, 1."""
    return re.findall(r"[a-z]+|[0-9]+", plain(name))


def plain(name: str) -> str:
    """A name in lower case without accents, with spaces where the case changes or a number begins."""
    # French d' and l' are no words.
    elided = re.sub(r"\b[dlDL]['\u2019\u00b4`]", "", name.replace("ß", "ss"))
    whole = elided
    for word in aliases().mixed_case:
        whole = whole.replace(word, word.upper())
    ascii_only = unicodedata.normalize("NFKD", whole).encode("ascii", "ignore").decode()
    spaced = re.sub(r"([A-Z])([A-Z][a-z]{2,})", r"\1 \2", ascii_only)
    spaced = re.sub(r"([a-z])([A-Z])", r"\1 \2", spaced)
    return re.sub(r"([A-Za-z])([0-9])|([0-9])([A-Za-z])", r"\1\3 \2\4", spaced).lower()


def compact(name: str) -> str:
    """A name as one word of letters and digits."""
    return "".join(tokens(name))


@cache
def compact_set(words: Words) -> frozenset[str]:
    """Compact forms of several names."""
    return frozenset(compact(word) for word in words)
