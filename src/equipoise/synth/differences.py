"""What differs between two worlds, parameter by parameter."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, cast

from equipoise.synth.world import World


def differences(world: World, other: World) -> list[tuple[str, str, str]]:
    """Dotted name, value and value in the other world, of each parameter that differs."""
    outside = {"name", "title", "says", "sources"}
    one, two = (each.model_dump(mode="json", exclude=outside) for each in (world, other))
    return [(name, _text(value), _text(was)) for name, value, was in _walk("", one, two) if value != was]


def _walk(prefix: str, one: Any, other: Any) -> Iterator[tuple[str, Any, Any]]:
    if not isinstance(one, Mapping):
        yield prefix, one, other
        return
    for key, value in cast("Mapping[str, Any]", one).items():
        yield from _walk(f"{prefix}.{key}" if prefix else key, value, other[key])


def _text(value: Any) -> str:
    """A value as a file of a world has it."""
    return json.dumps(value)
