"""Sensitivity analyses: the same question with something changed, each a named patch of the protocol."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, TypeVar, cast

from pydantic import ValidationError, field_validator

from equipoise.base.document import Key, frozen_lists, suggestion
from equipoise.base.errors import EquipoiseError, ProtocolError
from equipoise.base.model import Frozen
from equipoise.language.comparison import Name
from equipoise.language.problem import Problem, refuse

Asked = TypeVar("Asked", bound=Frozen)
Path = tuple[Key, ...]

# What names an item of a list, in the order in which it is looked for.
_NAMING = ("name", "treatment", "event")
# Another title or vocabulary would be another question; a patch of patches would be no diff of this protocol.
_FIXED = ("title", "vocabulary")


class Sensitivity(Frozen):
    """One sensitivity analysis.

    Parameters
    ----------
    name, label
        Name for tables, title for print (the name when empty).
    patch
        JSON merge patch (RFC 7396) of the protocol. Items of a list may be addressed by their name:
        ``{strategies: {early: {months: 4}}}``. ``null`` removes a key, so that its default holds; where null
        itself is a value of the field, it sets it.
    """

    name: Name
    label: str = ""
    patch: Mapping[str, Any]

    @field_validator("patch", mode="before")
    @classmethod
    def _frozen(cls, given: Any) -> Any:
        return frozen_lists(given)

    @property
    def title(self) -> str:
        """The label, or the name in words."""
        return self.label or self.name.replace("_", " ")


def patched(protocol: Asked, sensitivity: Sensitivity) -> Asked:
    """The protocol of a sensitivity analysis, validated like any other, without sensitivity analyses itself.

    Parameters
    ----------
    protocol
        The protocol that the patch belongs to.
    sensitivity
        The patch.

    Raises
    ------
    ProtocolError
        P010 for an unknown name of an item, P146 for a patch that changes nothing or another question, and
        whatever the patched protocol is refused for.
    IdentificationError
        As for any protocol.
    """
    whole = plain(protocol)
    nulled: list[Path] = []
    place = f"sensitivity {sensitivity.name}"
    refuse(_patch_problems(sensitivity.patch), root=place)
    changed = merge(whole, sensitivity.patch, (), nulled)
    other = _validated(type(protocol), changed, nulled, place)
    if plain(other) == whole:
        refuse([Problem("P146", ("patch",), "the patch changes nothing")], root=place)
    return other


def plain(protocol: Frozen) -> dict[str, Any]:
    """The protocol as plain data without its sensitivity analyses."""
    whole = protocol.model_dump(mode="json", by_alias=True)
    return whole | {"analysis": {**whole["analysis"], "sensitivity": []}}


def sensitivity_problems(protocol: Frozen, asked: tuple[Sensitivity, ...]) -> Iterator[Problem]:
    """Patches that cannot be applied; paths from the list of sensitivity analyses on."""
    for position, one in enumerate(asked):
        try:
            patched(protocol, one)
        except EquipoiseError as error:
            code = "P010" if error.code == "P010" else "P146"
            yield Problem(code, (position, "patch"), f"{error.found} ({error.where})")


def _patch_problems(patch: Mapping[str, Any]) -> Iterator[Problem]:
    for key in _FIXED:
        if key in patch:
            yield Problem("P146", (key,), f"the patch changes {key!r}, which makes it another question")
    analysis = patch.get("analysis")
    if isinstance(analysis, Mapping) and "sensitivity" in analysis:
        found = "the patch changes the sensitivity analyses themselves"
        yield Problem("P146", ("analysis", "sensitivity"), found)


def merge(target: Any, patch: Any, path: Path, nulled: list[Path]) -> Any:
    """Merge a patch into plain data (RFC 7396, section 2), except that a null is kept and its place noted.

    Parameters
    ----------
    target, patch
        Plain data.
    path
        Where the target stands in the document.
    nulled
        Receives the places where the patch says null.

    Raises
    ------
    ProtocolError
        P010, for the name of an item that a list does not have.
    """
    if not isinstance(patch, Mapping):
        return patch
    changes = cast("Mapping[str, Any]", patch)
    if is_named_list(target):
        return _merged_items(cast("list[dict[str, Any]]", target), changes, path, nulled)
    merged = dict(cast("Mapping[str, Any]", target)) if isinstance(target, Mapping) else {}
    for key, value in changes.items():
        below = (*path, key)
        merged[key] = None if value is None else merge(merged.get(key), value, below, nulled)
        if value is None:
            nulled.append(below)
    return merged


def _merged_items(
    items: list[dict[str, Any]], changes: Mapping[str, Any], path: Path, nulled: list[Path]
) -> list[Any]:
    """A list whose items are addressed by name; null drops an item."""
    names = [name_of(item) for item in items]
    for name in changes:
        if name not in names:
            known = ", ".join(names)
            found = f"{name!r} is the name of no item here ({known}){suggestion(name, names)}"
            refuse([Problem("P010", (*path, name), found)], root="patch")
    kept = [item for item in items if changes.get(name_of(item), item) is not None]
    return [
        merge(item, changes.get(name_of(item), {}), (*path, position), nulled)
        for position, item in enumerate(kept)
    ]


def is_named_list(target: Any) -> bool:
    """Whether plain data are a list of which every item has a name."""
    items = cast("list[Any]", target) if isinstance(target, list) else []
    named = [isinstance(item, Mapping) and name_of(cast("Mapping[str, Any]", item)) for item in items]
    return bool(named) and all(named)


def name_of(item: Mapping[str, Any]) -> str:
    """Name of an item of a list of plain data; empty for an item without one."""
    return next((str(item[key]) for key in _NAMING if item.get(key)), "")


def _validated(model: type[Asked], merged: Any, nulled: list[Path], place: str) -> Asked:
    """Read the merged document; a null that the model does not take is a key removed."""
    while True:
        try:
            return model.model_validate_json(json.dumps(merged))
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            at = _in_document(merged, first["loc"])
            refused = [path for path in nulled if path[: len(at)] == at]
            if not refused:
                raise ProtocolError(
                    "P003",
                    where=".".join(str(key) for key in (place, *at)),
                    found=first["msg"].removeprefix("Value error, "),
                    why="What is not written exactly cannot be run exactly.",
                    do="Correct the patch; it is merged into the protocol as JSON (RFC 7396).",
                ) from None
            for path in refused:
                _remove(merged, path)
                nulled.remove(path)


def _in_document(document: Any, location: tuple[Key, ...]) -> Path:
    """The part of a validator's location that stands in the document; it puts names of forms in between."""
    kept: Path = ()
    for key in location:
        is_key = isinstance(document, Mapping) and key in document
        is_place = isinstance(document, list | tuple) and isinstance(key, int)
        if is_key or is_place:
            kept, document = (*kept, key), cast("Any", document)[key]
    return kept


def _remove(document: Any, path: Path) -> None:
    for key in path[:-1]:
        document = document[key]
    del document[path[-1]]
