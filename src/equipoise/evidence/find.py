"""Find published numbers by key, by words and by what they are about."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from functools import cache

from equipoise.base.errors import UsageError
from equipoise.evidence.published import Published
from equipoise.evidence.read import endpoints, published

SHORTEST_BEGINNING = 4
# A sign that ends a word belongs to it: a marker that is lost (-) or kept (+).
_BETWEEN = re.compile(r"[^\w+\-.%]+")
_WITHIN = re.compile(r"[+\-.]")


def number(key: str) -> Published:
    """Return the published number of a key.

    Raises
    ------
    UsageError
        U007 when there is none.
    """
    for one in published():
        if one.key == key:
            return one
    raise _unknown("key", key, (one.key for one in published()), do="Search it: equipoise evidence WORDS")


def find(
    *words: str,
    endpoint: str | None = None,
    time_zero: str | None = None,
    months: tuple[float, float] | None = None,
    quotable_only: bool = True,
) -> tuple[Published, ...]:
    """Return the published numbers that hold every word, in the order of the table.

    Parameters
    ----------
    words
        Looked for in study, year, DOI, population, arm, endpoint (also written out), note and key. Case and
        accents do not matter; from four letters on the beginning of a word is enough.
    endpoint
        An outcome such as ``os``, or an endpoint in the very words of the table.
    time_zero
        Where counting starts, in the words of the table, inferred or not.
    months
        First and last month after time zero, both included; numbers of no month are left out.
    quotable_only
        Leave out what must not be printed to a reader as a number to quote.

    Raises
    ------
    UsageError
        U007 when there is no such endpoint or time zero.
    """
    if endpoint is not None:
        endpoint = _known("endpoint", endpoint, names_of_endpoints())
    if time_zero is not None:
        time_zero = _known("time zero", time_zero, times_zero())
    wanted = terms(words)
    return tuple(
        one
        for one in published()
        if (one.quotable or not quotable_only)
        and (endpoint is None or endpoint in (one.endpoint.outcome, one.endpoint.name))
        and (time_zero is None or one.time_zero == time_zero)
        and (months is None or (one.month is not None and months[0] <= one.month <= months[1]))
        and all(holds(one, term) for term in wanted)
    )


def names_of_endpoints() -> tuple[str, ...]:
    """Outcomes, then the endpoints in the words of the table."""
    return tuple(dict.fromkeys((*outcomes(), *(one.name for one in endpoints()))))


def outcomes() -> tuple[str, ...]:
    """Short names of what the numbers are about."""
    return tuple(dict.fromkeys(one.outcome for one in endpoints()))


def times_zero() -> tuple[str, ...]:
    """The times zero of the table."""
    return tuple(dict.fromkeys(one.time_zero for one in published()))


def terms(words: Iterable[str]) -> tuple[str, ...]:
    """The words of a search as they are compared; what has no letter stands for itself and is nowhere."""
    return tuple(
        dict.fromkeys(term for word in " ".join(words).split() for term in tuple(_wholes(word)) or (word,))
    )


def holds(one: Published, term: str) -> bool:
    """Whether a number's texts hold a word, or one that begins so; a marker with its sign is a whole word."""
    known = _words_of()[one.key]
    may_begin = len(term) >= SHORTEST_BEGINNING and term[-1] not in "+-"
    return term in known or (may_begin and any(word.startswith(term) for word in known))


def near(term: str) -> tuple[str, ...]:
    """Words of the table that are near to one that is not there; at most three, the nearest first."""
    known = frozenset[str]().union(*_words_of().values())
    return tuple(get_close_matches(term, sorted(known), n=3, cutoff=0.7))


@cache
def _words_of() -> dict[str, frozenset[str]]:
    """Words of each number, by key: whole ones and the parts of those with hyphens."""
    return {one.key: frozenset(_words(" ".join(_texts(one)))) for one in published()}


def _texts(one: Published) -> Iterator[str]:
    yield from (one.key, one.study, one.population, one.arm, one.endpoint.name, one.endpoint.outcome)
    yield from (one.endpoint.meaning, one.note, one.doi or "", "" if one.year is None else str(one.year))


def _words(text: str) -> Iterator[str]:
    for whole in _wholes(text):
        yield whole
        yield from (part for part in _WITHIN.split(whole) if part)


def _wholes(text: str) -> Iterator[str]:
    letters = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(one for one in letters if not unicodedata.combining(one))
    return (word for part in _BETWEEN.split(plain) if (word := part.lstrip("+-.%").rstrip(".")))


def _known(what: str, given: str, known: tuple[str, ...]) -> str:
    """The known name that was meant, in whatever case."""
    for one in known:
        if one.casefold() == given.strip().casefold():
            return one
    shown = outcomes() if what == "endpoint" else known
    raise _unknown(what, given, known, do=f"Use one of: {', '.join(shown)}.")


def _unknown(what: str, given: str, known: Iterable[str], *, do: str) -> UsageError:
    from equipoise.base.document import suggestion

    return UsageError(
        "U007",
        where="evidence",
        found=f"there is no {what} {given!r}{suggestion(given, known)}",
        why="An empty answer would read as if nothing were published.",
        do=do,
    )
