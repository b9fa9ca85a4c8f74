"""What a sensitivity analysis changes, in words: the difference of two protocols, part by part."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, cast

from equipoise.base.model import Frozen
from equipoise.language.words import number_words
from equipoise.protocol.sensitivity import is_named_list, name_of, plain

_ABSENT = object()


def what_changed(protocol: Frozen, other: Frozen) -> tuple[str, ...]:
    """Say part by part in what a protocol differs from another one.

    Parameters
    ----------
    protocol
        The protocol.
    other
        The patched one (`equipoise.protocol.sensitivity.patched`).

    Returns
    -------
    tuple of str
        ``strategies, early, months: 4 instead of 6``; empty when nothing differs but the sensitivity
        analyses.
    """
    return tuple(_differences(plain(protocol), plain(other), ()))


def _differences(one: Any, other: Any, path: tuple[str, ...]) -> Iterator[str]:
    if one == other:
        return
    if is_named_list(one) and is_named_list(other):
        one, other = _by_name(one), _by_name(other)
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        before, after = cast("Mapping[str, Any]", one), cast("Mapping[str, Any]", other)
        for key in dict.fromkeys((*before, *after)):
            yield from _differences(before.get(key, _ABSENT), after.get(key, _ABSENT), (*path, key))
        if list(before) != list(after) and set(before) == set(after):
            yield f"{_place(path)}: in the order {', '.join(after)}"
        return
    if other is _ABSENT:
        yield f"{_place(path)}: left out"
    elif one is _ABSENT:
        yield f"{_place(path)}: {_words(other)}, which was not there"
    else:
        yield f"{_place(path)}: {_words(other)} instead of {_words(one)}"


def _by_name(items: list[dict[str, Any]]) -> dict[str, Any]:
    return {name_of(item): item for item in items}


def _place(path: tuple[str, ...]) -> str:
    return ", ".join(key.replace("_", " ") for key in path)


def _words(value: Any) -> str:
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return number_words(value)
    if isinstance(value, str):
        return value or "nothing"
    return json.dumps(value, ensure_ascii=False)
