"""Reading a world: one that is shipped, a file, or either with some parameters changed."""

from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any, cast

from equipoise.base.document import Document, read_document, suggestion, validate
from equipoise.base.errors import ProtocolError
from equipoise.synth.world import World

BASE = "from"
CHANGE = "change"
RATIOS = "log_ratios"


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
        Name of a shipped world, or a path.
    changes
        Values by dotted name of a parameter, for example ``{"hct.ngs_positive": 0}``.

    Raises
    ------
    ProtocolError
        P001-P003 for the document; P130 for a parameter that there is not.
    """
    document = _resolved(_document(source))
    if changes:
        document = _changed(document, changes, "change of a parameter")
    return validate(World, document)


def _document(source: Path | str) -> Document:
    if str(source) in shipped_worlds():
        entry = files("equipoise.synth") / "worlds" / f"{source}.yaml"
        return read_document(entry.read_text(encoding="utf-8"), name=f"{source}.yaml")
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
    return read_document(path)


def _resolved(document: Document) -> Document:
    """The whole world behind a file that only says what it changes in another one."""
    data = document.data
    if not isinstance(data, Mapping) or BASE not in data:
        return document
    own = dict(cast("Mapping[str, Any]", data))
    base = _resolved(_document(str(own.pop(BASE))))
    changes = own.pop(CHANGE, {})
    if not isinstance(changes, Mapping):
        raise ProtocolError(
            "P003",
            where=document.where((CHANGE,)),
            found="no mapping",
            why="A world that is built from another one says what it changes.",
            do="Write `change:` as a mapping from dotted names to values.",
        )
    changed = _changed(base, cast("Mapping[str, Any]", changes), document.where((CHANGE,)))
    whole = changed.data | own
    return Document(document.name, whole, document.lines)


def _changed(document: Document, changes: Mapping[str, Any], where: str) -> Document:
    """A document with the values at some dotted names replaced."""
    data: Any = document.data
    for name, value in changes.items():
        data = _replaced(data, name.split("."), value, name, where)
    return Document(document.name, data, document.lines)


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
