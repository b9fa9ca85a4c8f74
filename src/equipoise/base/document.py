"""YAML 1.2 documents that remember their lines, and their validation into frozen models.

YAML 1.1 readers take ``1e-4`` (a detection limit) for a string and ``no`` for False; ruamel.yaml reads 1.2.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar, cast

from pydantic import ValidationError

from equipoise.base.errors import ProtocolError
from equipoise.base.model import Frozen
from equipoise.base.provenance import canonical_json

FrozenModel = TypeVar("FrozenModel", bound=Frozen)
Key = str | int

MAXIMUM_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class Document:
    """A YAML document as plain data, with the line of each part.

    Parameters
    ----------
    name
        How the document is called in messages (a file's name).
    data
        Plain dicts, lists, strings, numbers, booleans and None.
    lines
        Line (1-based) by path, a path being the keys and positions from the root.
    """

    name: str
    data: Any
    lines: Mapping[tuple[Key, ...], int]

    def where(self, path: Sequence[Key]) -> str:
        """Words for a place: file, line of the closest known ancestor, and dotted path."""
        keys = tuple(path)
        known = next(keys[:length] for length in range(len(keys), -1, -1) if keys[:length] in self.lines)
        dotted = ".".join(str(key) for key in keys)
        return f"{self.name}, line {self.lines[known]}" + (f", {dotted}" if dotted else "")


def read_document(source: Path | str, *, name: str | None = None) -> Document:
    """Read one YAML 1.2 document.

    Parameters
    ----------
    source
        A path, or the text itself.
    name
        Name for messages; default the file's name, or ``text``.

    Raises
    ------
    ProtocolError
        P001 when the file cannot be read, P002 when it is not YAML 1.2 (with line), has duplicate keys,
        aliases or tags.
    """
    text = _text(source) if isinstance(source, Path) else source
    label = name or (source.name if isinstance(source, Path) else "text")
    return _parse(text, label)


def validate(model: type[FrozenModel], document: Document, *, code: str = "P003") -> FrozenModel:
    """Validate a document into a frozen model.

    Raises
    ------
    ProtocolError
        With the path and line of the first problem, and how many more there are.
    """
    try:
        # JSON mode: strict types, and YAML lists become tuples.
        return model.model_validate_json(canonical_json(document.data))
    except ValidationError as error:
        raise _as_protocol_error(error, document, code) from None
    except ValueError as error:
        raise ProtocolError(
            code,
            where=document.where(()),
            found=str(error),
            why="Every value must be a finite number, a text, a list or a mapping.",
            do="Correct the value.",
        ) from None


def _as_protocol_error(error: ValidationError, document: Document, code: str) -> ProtocolError:
    problems = error.errors(include_url=False)
    first = problems[0]
    path = tuple(key for key in first["loc"])
    more = f" ({len(problems) - 1} more after this one)" if len(problems) > 1 else ""
    given = first.get("input")
    shown = f" (given: {given!r})" if isinstance(given, str | int | float | bool) else ""
    return ProtocolError(
        code,
        where=document.where(_real_path(path, document)),
        found=f"{first['msg']}{shown}{more}",
        why="What is not written exactly cannot be run exactly.",
        do="Correct this field; the JSON Schema lists what is allowed.",
    )


def _real_path(path: tuple[Key, ...], document: Document) -> tuple[Key, ...]:
    """Drop the names of union members that pydantic puts between the keys of the document."""
    kept: tuple[Key, ...] = ()
    for position, key in enumerate(path):
        is_last = position == len(path) - 1
        if (*kept, key) in document.lines or is_last:
            kept = (*kept, key)
    return kept


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > MAXIMUM_BYTES:
            raise ProtocolError(
                "P001",
                where=path.name,
                found=f"{path.stat().st_size} bytes",
                why=f"A document of this kind has at most {MAXIMUM_BYTES} bytes; this is another file.",
                do="Name the YAML file.",
            )
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise ProtocolError(
            "P001",
            where=path.name,
            found=error.strerror or "the file cannot be read",
            why="Nothing can be done without it.",
            do="Check the path and the permissions.",
        ) from None
    except UnicodeDecodeError as error:
        raise ProtocolError(
            "P001",
            where=path.name,
            found=f"byte {error.start} is not UTF-8",
            why="Another encoding would change names without a word.",
            do="Save the file as UTF-8.",
        ) from None


def _parse(text: str, name: str) -> Document:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    reader: Any = YAML(typ="rt", pure=True)
    try:
        tree: Any = reader.load(text)
    except MarkedYAMLError as error:
        marked: Any = error
        mark = marked.problem_mark or marked.context_mark
        raise _not_yaml(f"{name}, line {mark.line + 1 if mark else 1}", str(marked.problem)) from None
    except (YAMLError, ValueError, RecursionError) as error:
        raise _not_yaml(name, type(error).__name__) from None
    lines: dict[tuple[Key, ...], int] = {(): 1}
    return Document(name, _plain(tree, (), lines, name), lines)


def _not_yaml(where: str, found: str) -> ProtocolError:
    return ProtocolError(
        "P002",
        where=where,
        found=found,
        why="The document is read as YAML 1.2.",
        do="Correct the line; a text with ':' or '#' needs quotes.",
    )


def _plain(node: Any, path: tuple[Key, ...], lines: dict[tuple[Key, ...], int], name: str) -> Any:
    """Turn ruamel's round-trip nodes into plain data, noting the line of every key and item."""
    if len(path) > 60:
        raise _not_yaml(f"{name}, line {lines.get(path[:-1], 1)}", "nested deeper than 60 levels")
    if isinstance(node, Mapping):
        plain: dict[str, Any] = {}
        for key, value in cast("Mapping[Any, Any]", node).items():
            if not isinstance(key, str):
                key = str(key)  # noqa: PLW2901  a day or number as a key is meant as a name
            below = (*path, key)
            lines[below] = _line(node, key, lines[path])
            plain[key] = _plain(value, below, lines, name)
        return plain
    if isinstance(node, Sequence) and not isinstance(node, str | bytes):
        items: list[Any] = []
        for position, value in enumerate(cast("Sequence[Any]", node)):
            below = (*path, position)
            lines[below] = _line(node, position, lines[path])
            items.append(_plain(value, below, lines, name))
        return items
    return _scalar(node, path, lines, name)


def _line(node: Any, key: Key, default: int) -> int:
    try:
        place = node.lc.key(key) if isinstance(key, str) else node.lc.item(key)
    except (KeyError, TypeError, AttributeError):
        return default
    return int(place[0]) + 1


def _scalar(node: Any, path: tuple[Key, ...], lines: dict[tuple[Key, ...], int], name: str) -> Any:
    if node is None or isinstance(node, bool):
        return node
    for kind in (int, float, str):
        if isinstance(node, kind):
            return kind(node)
    raise _not_yaml(f"{name}, line {lines[path]}", f"a value of the kind {type(node).__name__}")
