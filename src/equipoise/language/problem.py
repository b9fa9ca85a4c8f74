"""Problems of a written document: where they are, and how the first one becomes an error."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from equipoise.base.codes import CODES
from equipoise.base.document import Document, Key, suggestion
from equipoise.base.errors import ProtocolError


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in a vocabulary or protocol that cannot be carried out.

    Parameters
    ----------
    code
        Code in the registry; says why it matters and what to do.
    path
        Keys and positions from the root of the document (or from the node that noticed it).
    found
        What was found.
    """

    code: str
    path: tuple[Key, ...]
    found: str

    def below(self, *path: Key) -> "Problem":
        """The same problem seen from further up."""
        return replace(self, path=(*path, *self.path))


def unknown_word(path: Sequence[Key], word: str, known: Iterable[str], what: str) -> Problem:
    """P010: a name that was not declared, with the nearest one that was."""
    return Problem("P010", tuple(path), f"{word!r} is not {what}{suggestion(word, known)}")


def refuse(problems: Iterable[Problem], document: object = None, *, root: str = "") -> None:
    """Raise the first problem as an error.

    Parameters
    ----------
    problems
        In the order of the document.
    document
        The document that was read, for file and line; without one the dotted path must do.
    root
        What the path starts from when there is no document.

    Raises
    ------
    ProtocolError
        If there is a problem.
    """
    found = list(problems)
    if not found:
        return
    first = found[0]
    dotted = ".".join(str(key) for key in (root, *first.path) if key != "")
    more = f" ({len(found) - 1} more after this one)" if len(found) > 1 else ""
    meaning = CODES[first.code]
    raise ProtocolError(
        first.code,
        where=document.where(first.path) if isinstance(document, Document) else dotted,
        found=first.found + more,
        why=meaning.why,
        do=meaning.do,
    )
