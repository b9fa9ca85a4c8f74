"""YAML 1.2 documents that remember their lines, and their validation into frozen models.

YAML 1.1 readers take ``1e-4`` (a detection limit) for a string and ``no`` for False; ruamel.yaml reads 1.2.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from io import StringIO
from math import isfinite
from pathlib import Path
from typing import Any, TypeVar, cast

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from equipoise.base.errors import ProtocolError
from equipoise.base.model import Frozen

FrozenModel = TypeVar("FrozenModel", bound=Frozen)
Key = str | int

MAXIMUM_BYTES = 1_000_000
DEEPEST = 60
_TOO_DEEP = f"nested deeper than {DEEPEST} levels"
# The reader looks far ahead at every bracket that opens; thousands of them take it minutes.
_SURELY_TOO_DEEP = re.compile(r"(?:[\[{][ \t\r\n]*){61}")


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
        """Words for a place: file, line and dotted path; keys that are not in the document are skipped.

        Readers may put names between the keys of the document (the members of a union, the long form
        behind a short one); only what the author wrote helps to find the place.
        """
        kept: tuple[Key, ...] = ()
        for key in path:
            if (*kept, key) in self.lines:
                kept = (*kept, key)
        dotted = ".".join(str(key) for key in kept)
        return f"{self.name}, line {self.lines[kept]}" + (f", {dotted}" if dotted else "")


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
    """Validate a document into a frozen model; validators find the document in ``info.context``.

    Raises
    ------
    ProtocolError
        With the path and line of the first problem, and how many more there are.
    """
    try:
        # JSON mode: strict types, and YAML lists become tuples. Keys keep their order: it has a meaning.
        text = json.dumps(document.data, ensure_ascii=False, allow_nan=False)
        return model.model_validate_json(text, context=document)
    except ValidationError as error:
        raise _as_protocol_error(error, model, document, code) from None
    except ValueError as error:
        raise ProtocolError(
            code,
            where=document.where(()),
            found=str(error),
            why="Every value must be a finite number, a text, a list or a mapping.",
            do="Correct the value.",
        ) from None


def write_document(model: Frozen) -> str:
    """Write a frozen model as YAML 1.2 in its short form; `validate` reads the same value back."""
    from ruamel.yaml import YAML
    from ruamel.yaml.representer import SafeRepresenter

    class Representer(SafeRepresenter):
        """Quotes every text that does not look like a word: the library leaves some unreadable ones bare."""

    quoting: Any = Representer
    quoting.add_representer(str, _represent_text)
    writer: Any = YAML(typ="safe", pure=True)
    writer.Representer = Representer
    writer.default_flow_style = None
    writer.sort_base_mapping_type_on_output = False
    writer.allow_unicode = True
    writer.width = 110
    stream = StringIO()
    writer.dump(model.model_dump(mode="json", by_alias=True, exclude_unset=True), stream)
    return stream.getvalue()


# Readers of YAML 1.1, R's among them, take these for booleans unless they are quoted.
_BOOLEANS_ELSEWHERE = frozenset(("y", "n", "yes", "no", "on", "off", "true", "false", "null"))


def _represent_text(representer: Any, text: str) -> Any:
    is_wordlike = text[:1].isalpha() and text.isascii() and text.isprintable()
    is_wordlike = is_wordlike and text.lower() not in _BOOLEANS_ELSEWHERE
    return representer.represent_scalar("tag:yaml.org,2002:str", text, style=None if is_wordlike else '"')


def frozen_lists(data: Any) -> Any:
    """Plain data with tuples for lists; a validator that rewrites its input has to hand on tuples."""
    if isinstance(data, Mapping):
        return {key: frozen_lists(value) for key, value in cast("Mapping[str, Any]", data).items()}
    if isinstance(data, list | tuple):
        return tuple(frozen_lists(item) for item in cast("Sequence[Any]", data))
    return data


def suggestion(word: str, known: Iterable[str]) -> str:
    """Words that offer the known name nearest to an unknown one; empty when none is near."""
    near = get_close_matches(word, sorted(set(known)), n=1, cutoff=0.6)
    return f" (did you mean {near[0]!r}?)" if near else ""


def _as_protocol_error(
    error: ValidationError, model: type[Frozen], document: Document, code: str
) -> ProtocolError:
    problems = error.errors(include_url=False)
    # A misspelt field is both unknown and missing: the unknown one is where the author must look.
    first = min(problems, key=lambda problem: problem["type"] != "extra_forbidden")
    if _is_of_another_form(first, model):
        first = next((one for one in problems if one["type"] not in _SHAPES), first)
    more = f" ({len(problems) - 1} more after this one)" if len(problems) > 1 else ""
    return ProtocolError(
        code,
        where=document.where(first["loc"]),
        found=_what_is_wrong(first, model) + more,
        why="What is not written exactly cannot be run exactly.",
        do="Correct this field; the JSON Schema lists what is allowed.",
    )


# Problems that say only that a value is not written in one of several forms that a field may have.
_SHAPES = frozenset({"extra_forbidden", "missing", "string_type", "model_type", "dict_type", "tuple_type"})


def _is_of_another_form(problem: ErrorDetails, model: type[Frozen]) -> bool:
    """Whether a problem only tells one form of a field from the form that the author used."""
    if problem["type"] == "extra_forbidden":
        return str(problem["loc"][-1]) in _field_names(model)
    return problem["type"] == "string_type" and isinstance(problem["input"], Mapping)


def _what_is_wrong(problem: ErrorDetails, model: type[Frozen]) -> str:
    last = str(problem["loc"][-1]) if problem["loc"] else ""
    given: Any = problem["input"]
    match problem["type"]:
        case "missing":
            return f"the field {last!r} is missing"
        case "extra_forbidden":
            return f"the field {last!r} is unknown{suggestion(last, _field_names(model) - {last})}"
        case "unknown_form":
            keys = list(cast("Mapping[str, Any]", given)) if isinstance(given, Mapping) else []
            hint = next(filter(None, (suggestion(key, _field_names(model)) for key in keys)), "")
            return problem["msg"] + hint
        case _:
            shown = f" (given: {given!r})" if isinstance(given, str | int | float | bool) else ""
            return problem["msg"].removeprefix("Value error, ") + shown


def _field_names(model: type[Frozen]) -> set[str]:
    """All field names that occur anywhere in a document of this kind."""
    names: set[str] = set()
    waiting: list[Any] = [model.model_json_schema()]
    while waiting:
        part = waiting.pop()
        if isinstance(part, Mapping):
            mapping = cast("Mapping[str, Any]", part)
            names.update(mapping.get("properties", {}))
            waiting.extend(mapping.values())
        elif isinstance(part, list):
            waiting.extend(cast("list[Any]", part))
    return names


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
    except UnicodeDecodeError as error:
        raise ProtocolError(
            "P001",
            where=path.name,
            found=f"byte {error.start} is not UTF-8",
            why="Another encoding would change names without a word.",
            do="Save the file as UTF-8.",
        ) from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else None
        raise ProtocolError(
            "P001",
            where=path.name[:80],
            found=reason or "the file cannot be read",
            why="Nothing can be done without it.",
            do="Check the path and the permissions.",
        ) from None


def is_file(path: Path) -> bool:
    """Whether there is such a file; a name that no file can have is the name of none."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


@lru_cache(maxsize=16)
def _parse(text: str, name: str) -> Document:
    """Parse a text; a run meets its vocabulary more than once, and nobody changes a document."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    reader: Any = YAML(typ="rt", pure=True)
    deep = _SURELY_TOO_DEEP.search(text)
    if deep is not None:
        raise _not_yaml(f"{name}, line {text.count(chr(10), 0, deep.start()) + 1}", _TOO_DEEP)
    try:
        if _MAY_HAVE_ALIASES_OR_TAGS.search(text):
            _refuse_aliases_and_tags(text, name)
        tree: Any = reader.load(text)
    except MarkedYAMLError as error:
        marked: Any = error
        mark = marked.problem_mark or marked.context_mark
        raise _not_yaml(f"{name}, line {mark.line + 1 if mark else 1}", str(marked.problem)) from None
    except RecursionError:
        raise _not_yaml(name, "a nesting deeper than can be read") from None
    except (YAMLError, ValueError):
        raise _not_yaml(
            name, "a value that cannot be (a date that does not exist, a number too long)"
        ) from None
    lines: dict[tuple[Key, ...], int] = {(): 1}
    return Document(name, _plain(tree, (), lines, name), lines)


# Without one of these there is no anchor, alias, tag or directive; looking for them costs a second parse.
_MAY_HAVE_ALIASES_OR_TAGS = re.compile("[&*!]|(?:^|[\\r\\n\\x85\\u2028\\u2029\\ufeff])%")


def _refuse_aliases_and_tags(text: str, name: str) -> None:
    """Aliases can multiply a small file into a huge one, tags ask for objects; neither is needed here."""
    from ruamel.yaml import YAML
    from ruamel.yaml.events import AliasEvent, CollectionStartEvent, DocumentStartEvent, ScalarEvent

    parser: Any = YAML(typ="rt", pure=True)
    for event in parser.parse(text):
        given: Any = event
        found = ""
        if isinstance(event, DocumentStartEvent) and given.version not in (None, (1, 2)):
            found = "a directive that asks for another version of YAML"
        elif isinstance(event, AliasEvent):
            found = "an alias"
        elif isinstance(event, ScalarEvent | CollectionStartEvent) and given.tag is not None:
            found = f"the tag {given.tag}"
        elif isinstance(event, ScalarEvent | CollectionStartEvent) and given.anchor is not None:
            found = "an anchor"
        if found:
            raise _not_yaml(f"{name}, line {given.start_mark.line + 1}", found)


def _not_yaml(where: str, found: str) -> ProtocolError:
    return ProtocolError(
        "P002",
        where=where,
        found=found,
        why="The document is read as plain YAML 1.2: mappings, lists, texts and finite numbers.",
        do="Correct the line; a text with ':' or '#', or one that looks like a date, needs quotes.",
    )


def _plain(node: Any, path: tuple[Key, ...], lines: dict[tuple[Key, ...], int], name: str) -> Any:
    """Turn ruamel's round-trip nodes into plain data, noting the line of every key and item."""
    if len(path) > DEEPEST:
        raise _not_yaml(f"{name}, line {lines.get(path[:-1], 1)}", _TOO_DEEP)
    if isinstance(node, Mapping):
        plain: dict[str, Any] = {}
        for key, value in cast("Mapping[Any, Any]", node).items():
            # A day or number as a key is meant as a name.
            line = _line(node, str(key), lines[path])
            below = (*path, _whole_letters(str(key), f"{name}, line {line}"))
            if below[-1] in plain:
                raise _not_yaml(f"{name}, line {line}", f"the key {below[-1]!r} twice")
            lines[below] = line
            plain[below[-1]] = _plain(value, below, lines, name)
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


def _whole_letters(text: str, where: str) -> str:
    """Join the halves of letters, which JSON escapes one by one; refuse a half that is alone."""
    try:
        return text.encode("utf-16", "surrogatepass").decode("utf-16")
    except UnicodeDecodeError:
        raise _not_yaml(where, "half of a letter (an escape from d800 to dfff)") from None


def _scalar(node: Any, path: tuple[Key, ...], lines: dict[tuple[Key, ...], int], name: str) -> Any:
    if node is None or isinstance(node, bool):
        return node
    if isinstance(node, str):
        return _whole_letters(str(node), f"{name}, line {lines[path]}")
    for kind in (int, float):
        if isinstance(node, kind):
            value = kind(node)
            if isinstance(value, float) and not isfinite(value):
                raise _not_yaml(f"{name}, line {lines[path]}", f"the number {value}, which is not finite")
            return value
    raise _not_yaml(f"{name}, line {lines[path]}", f"a value of the kind {type(node).__name__}")
