"""Reading a world: one that is shipped, a file, or either with some parameters changed."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Any, cast

from equipoise.base.document import Document, Key, read_document, suggestion, validate
from equipoise.base.errors import ProtocolError
from equipoise.synth.world import World

BASE = "from"
CHANGE = "change"
RATIOS = "log_ratios"
_LONGEST_CHAIN = 20


@dataclass(frozen=True, slots=True)
class Changed(Document):
    """A world built from another one: a message says where a value that was changed was changed."""

    changed: dict[tuple[Key, ...], str] = field(default_factory=dict[tuple[Key, ...], str])

    def where(self, path: Sequence[Key]) -> str:
        """Words for a place; what is wrong with a part is where one of its parameters was changed."""
        given = tuple(path)
        places = [
            known
            for known in self.changed
            if given[: len(known)] == known or (given and known[: len(given)] == given)
        ]
        if not places:
            return Document.where(self, path)
        nearest = max(reversed(places), key=len)  # of equals the one that was changed last
        return f"{self.changed[nearest]}, {'.'.join(map(str, nearest))}"


def shipped_worlds() -> tuple[str, ...]:
    """Names of the worlds that come with the package, the reference world first."""
    names = (entry.name for entry in (files("equipoise.synth") / "worlds").iterdir())
    found = (name.removesuffix(".yaml") for name in names if name.endswith(".yaml"))
    return tuple(sorted(found, key=lambda name: (not name.startswith("S"), len(name), name)))


def read_world(source: Path | str, changes: Mapping[str, Any] | None = None) -> World:
    """Read a world.

    Parameters
    ----------
    source
        Name of a shipped world, or a path. A file may be built ``from`` another one, whose path counts from
        where the file lies.
    changes
        Values by dotted name of a parameter, for example ``{"hct.ngs_positive": 0}``.

    Raises
    ------
    ProtocolError
        P001-P003 for the document; P130 for a parameter, P131 for a world that there is not.
    """
    document = _resolved(source, Path())
    if changes:
        document = _changed(document, changes, "change of a parameter")
    return validate(World, document)


def _resolved(source: Path | str, folder: Path, depth: int = 0) -> Document:
    """The whole world behind a file that only says what it changes in another one."""
    document, inside = _document(source, folder)
    data = document.data
    if not isinstance(data, Mapping) or BASE not in data:
        return document
    own = dict(cast("Mapping[str, Any]", data))
    source, changes = own.pop(BASE), own.pop(CHANGE, {})
    if not isinstance(source, str) or depth == _LONGEST_CHAIN:
        found = "no name" if not isinstance(source, str) else f"more than {_LONGEST_CHAIN} worlds in a row"
        raise _unusable(document, BASE, found, "Name a shipped world or a file, and not the world itself.")
    base = _resolved(source, inside, depth + 1)
    if not isinstance(base.data, Mapping):
        return base  # which is refused as a whole
    if not isinstance(changes, Mapping):
        do = "Write `change:` as a mapping from dotted names to values."
        raise _unusable(document, CHANGE, "no mapping", do)
    changed = _changed(base, cast("Mapping[str, Any]", changes), document.where((CHANGE,)))
    places = changed.changed | {(key,): document.where(()) for key in own}
    return Changed(document.name, changed.data | own, base.lines, places)


def _unusable(document: Document, key: str, found: str, do: str) -> ProtocolError:
    why = "A world that is built from another one says which, and what it changes."
    return ProtocolError("P003", where=document.where((key,)), found=found, why=why, do=do)


def _document(source: Path | str, folder: Path) -> tuple[Document, Path]:
    """A document, and the folder from which its paths count."""
    if str(source) in shipped_worlds():
        entry = files("equipoise.synth") / "worlds" / f"{source}.yaml"
        return read_document(entry.read_text(encoding="utf-8"), name=f"{source}.yaml"), folder
    path = Path(source)
    if not path.suffix:
        known = shipped_worlds()
        raise ProtocolError(
            "P131",
            where="world",
            found=f"{str(source)!r} is neither a shipped world nor a file{suggestion(str(source), known)}",
            why="Without a world there are no patients.",
            do=f"Name a file, or one of: {', '.join(known)}.",
        )
    return read_document(folder / path), (folder / path).parent


def _changed(document: Document, changes: Mapping[str, Any], where: str) -> Changed:
    """A document with the values at some dotted names replaced."""
    data: Any = document.data
    places = dict(document.changed) if isinstance(document, Changed) else {}
    for name, value in changes.items():
        _refuse_unwritable(value, f"{where}, {name}")
        data = _replaced(data, name.split("."), value, name, where)
        places[tuple(name.split("."))] = where
    return Changed(document.name, data, document.lines, places)


def _refuse_unwritable(value: Any, where: str) -> None:
    try:
        json.dumps(value, allow_nan=False)
    except (TypeError, ValueError):
        raise ProtocolError(
            "P003",
            where=where,
            found="a value that is neither a finite number nor a text, a list or a mapping",
            why="What is not written exactly cannot be run exactly.",
            do="Correct the value.",
        ) from None


def _replaced(data: Any, keys: list[str], value: Any, name: str, where: str) -> Any:
    known = list(cast("Mapping[str, Any]", data)) if isinstance(data, Mapping) else []
    head, rest = keys[0], keys[1:]
    # Ratios that are 1 need not be written; the model refuses covariates and places that it does not know.
    is_ratio = head == RATIOS or name.split(".")[-2:-1] == [RATIOS]
    if head not in known and not (is_ratio and isinstance(data, Mapping)):
        raise ProtocolError(
            "P130",
            where=where,
            found=f"there is no parameter {name!r}{suggestion(head, known)}",
            why="A change of nothing would go unnoticed.",
            do="Name a parameter of the world by the keys that lead to it, joined by dots; "
            "`equipoise simulate --show` prints them all.",
        )
    inner = cast("dict[str, Any]", data)
    return inner | {head: _replaced(inner.get(head, {}), rest, value, name, where) if rest else value}
