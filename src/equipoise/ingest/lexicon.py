"""The words of column names: known ones, glued ones, shortened ones and misspelt ones."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import chain, islice, product

from equipoise.ingest.aliases import Aliases, aliases, listed, plain, spellings, tokens

ELSEWHERE = "elsewhere"
UNKNOWN = "unknown"
WHOLE = "="
NUMBER = "digits"
LONGEST_PHRASE = 6  # tokens
SHORTEST_GLUED = 4
SHORTEST_CUT, SHORTEST_DOTTED, SHORTEST_SURE = 4, 3, 4
SHORTEST_MISSPELT = 6
MOST_MEANINGS = 3
MOST_LITERAL = 12
LINKS = ("", "s", "n", "en", "es", "e")  # German and Dutch link words so; plurals end so

Meaning = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Segment:
    """One or more tokens of a name that are known together.

    Parameters
    ----------
    text
        The tokens, joined.
    meanings
        What they may mean: each a tuple of parts, in order.
    sure
        Whether the word is in the table and not only near one that is.
    """

    text: str
    meanings: tuple[Meaning, ...]
    sure: bool = True


class Lexicon:
    """Every word of the table with its parts.

    Parameters
    ----------
    table
        The table of names.
    """

    def __init__(self, table: Aliases) -> None:
        found: defaultdict[str, list[Meaning]] = defaultdict(list)
        singles, phrases = set[str](), set[str]()
        for part, word in _entries(table):
            for form in spellings(word):
                if (part,) not in found[form]:
                    found[form].append((part,))
                if len(tokens(word)) == 1:
                    singles.add(form)
                if len(tokens(word)) > 1 or part.startswith(WHOLE):
                    phrases.add(form)
        self.words: Mapping[str, tuple[Meaning, ...]] = {word: tuple(parts) for word, parts in found.items()}
        self._singles, self._phrases = sorted(singles), frozenset(phrases)
        self._unsure = {form for word in listed(table.unsure) for form in spellings(word)}
        short = {form for word in listed(table.glue) for form in spellings(word)}
        self._glued = {word for word in self.words if len(word) >= SHORTEST_GLUED or word in short}
        self._misspelt: defaultdict[str, set[str]] = defaultdict(set)
        for word in self._singles:
            if len(word) >= SHORTEST_MISSPELT:
                for form in _without_one(word):
                    self._misspelt[form].add(word)

    def segments(self, name: str) -> list[Segment]:
        """Cut a name into known words, the longest first; what is not known is a segment of its own."""
        parts, text = tokens(name), plain(name)
        result: list[Segment] = []
        start = 0
        while start < len(parts):
            length = next((k for k in range(LONGEST_PHRASE, 0, -1) if self._phrase(parts, start, k)), 0)
            if length:
                result.append(self._listed(parts[start : start + length]))
            else:
                result.extend(self._unlisted(parts[start], dotted=f"{parts[start]}." in text))
            start += length or 1
        return result

    def _phrase(self, parts: list[str], start: int, length: int) -> bool:
        """Whether so many tokens are one known word. D and R mean donor and recipient only in front."""
        word = "".join(parts[start : start + length])
        if start + length > len(parts) or word not in (self.words if length == 1 else self._phrases):
            return False
        return length == 1 or start == 0 or parts[start] not in ("d", "r") or parts[start + 1] in ("d", "r")

    def _listed(self, parts: list[str]) -> Segment:
        """A known phrase. One that names a whole concept may also be meant word by word, beside others."""
        word = "".join(parts)
        meanings = self.words[word]
        each = [self.words.get(part, ()) for part in parts]
        if len(parts) > 1 and any(one[0].startswith(WHOLE) for one in meanings):
            literal = (tuple(chain.from_iterable(chosen)) for chosen in product(*each))
            meanings = (*meanings, *islice(literal, MOST_LITERAL))
        return Segment(word, meanings, sure=word not in self._unsure)

    def _unlisted(self, token: str, *, dotted: bool) -> list[Segment]:
        if token.isdigit():
            return [Segment(token, ((NUMBER,),))]
        pieces = self._pieces(token)
        if pieces is not None:
            return [self._listed([piece]) for piece in pieces]
        return [
            self._cut(token, dotted=dotted) or self._near(token) or Segment(token, ((UNKNOWN,),), sure=False)
        ]

    def _pieces(self, token: str) -> list[str] | None:
        """The fewest known words that a token is glued of; the first as long as possible."""
        best: dict[int, list[str]] = {0: []}
        for end in range(2, len(token) + 1):
            for start in range(max(end - 1, 0)):
                if start not in best:
                    continue
                for link in LINKS:
                    word = token[start:end].removesuffix(link) if link else token[start:end]
                    if len(word) + len(link) != end - start or word not in self._glued:
                        continue
                    # An ending is part of a long word only.
                    if link and len(word) <= SHORTEST_GLUED:
                        continue
                    if end not in best or len(best[start]) + 1 < len(best[end]):
                        best[end] = [*best[start], word]
        return best.get(len(token))

    def _cut(self, token: str, *, dotted: bool) -> Segment | None:
        """A word that was cut short: ``nais.`` is sure, ``nais`` is not; nothing when too many begin so."""
        if len(token) < (SHORTEST_DOTTED if dotted else SHORTEST_CUT):
            return None
        first = bisect_left(self._singles, token)
        last = bisect_left(self._singles, token + "{")  # the character after z
        return self._one_of(
            token, set(self._singles[first:last]), sure=dotted and len(token) >= SHORTEST_SURE
        )

    def _near(self, token: str) -> Segment | None:
        """A word with one letter too many, too few, wrong or swapped."""
        if len(token) < SHORTEST_MISSPELT:
            return None
        forms = {token, *_without_one(token)}
        near = {word for form in forms for word in self._misspelt.get(form, ())}
        near |= {form for form in forms if form in self.words and len(form) >= SHORTEST_MISSPELT}
        return self._one_of(token, near, sure=False)

    def _one_of(self, token: str, words: set[str], *, sure: bool) -> Segment | None:
        meanings = tuple(dict.fromkeys(one for word in sorted(words) for one in self.words[word]))
        if not 0 < len(meanings) <= MOST_MEANINGS:
            return None
        return Segment(token, meanings, sure=sure and len(meanings) == 1)


def _entries(table: Aliases) -> Iterator[tuple[str, str]]:
    """Part and word; a concept's idioms stand for the concept as a whole."""
    for group in (table.structure, table.parts, {ELSEWHERE: table.elsewhere}):
        for part, words in group.items():
            yield from ((part, word) for word in listed(words))
    for concept, declared in table.concepts():
        yield from ((whole(concept), word) for word in listed(declared.idioms))


def whole(concept: str) -> str:
    """The part that stands for a concept as a whole."""
    return f"{WHOLE}{concept}"


def _without_one(word: str) -> set[str]:
    return {word[:place] + word[place + 1 :] for place in range(len(word))}


@cache
def lexicon() -> Lexicon:
    """The words of the shipped table."""
    return Lexicon(aliases())
