"""Where the numbers of a world are from: what its file declares, parameter by parameter."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, cast

from equipoise.evidence.find import number
from equipoise.evidence.published import Published
from equipoise.synth.read import RATIOS, read_world
from equipoise.synth.world import World

REFERENCE: Final = "S0"
FOR_CALIBRATION: Final = "(for calibration only)"
_KEY: Final = re.compile(r"\[([a-z0-9]+(?:-[a-z0-9]+)+)\]")
_DESCRIPTION: Final = {"name", "title", "says", "sources"}


@dataclass(frozen=True, slots=True)
class Source:
    """Where a parameter, or a group of them, is from.

    Attributes
    ----------
    name
        Dotted name.
    says
        The declaration: words, with keys of the evidence library in brackets.
    published
        The numbers of those keys.
    is_changed
        Whether the declaration is that of the reference world and the value is not, so that it says only what
        the value was changed from.
    """

    name: str
    says: str
    published: tuple[Published, ...]
    is_changed: bool


def sources_of(world: World) -> tuple[Source, ...]:
    """The sources of a world, in the order of its file.

    Raises
    ------
    UsageError
        U007 for a key that the evidence library does not have.
    """
    reference = read_world(REFERENCE)
    values, before = dict(_leaves(world)), dict(_leaves(reference))
    return tuple(
        Source(
            name=name,
            says=says,
            published=tuple(number(key) for key in keys_in(says)),
            is_changed=reference.sources.get(name) == says
            and any(_holds(name, leaf) and value != before.get(leaf) for leaf, value in values.items()),
        )
        for name, says in world.sources.items()
    )


def keys_in(says: str) -> tuple[str, ...]:
    """Keys of the evidence library that a declaration names."""
    return tuple(_KEY.findall(says))


def without_source(world: World) -> tuple[str, ...]:
    """Parameters for which neither they nor the group that holds them declare a source."""
    return tuple(
        leaf
        for leaf, _ in _leaves(world)
        if leaf not in world.sources and leaf.rpartition(".")[0] not in world.sources
    )


def of_nothing(world: World) -> tuple[str, ...]:
    """Names of sources that are about no parameter of the world."""
    leaves = [leaf for leaf, _ in _leaves(world)]
    return tuple(name for name in world.sources if not any(_holds(name, leaf) for leaf in leaves))


def _holds(name: str, leaf: str) -> bool:
    return leaf == name or leaf.startswith(f"{name}.")


def _leaves(world: World) -> Iterator[tuple[str, Any]]:
    """Dotted name and value of each parameter; the ratios of a rate are one."""
    yield from _walk("", world.model_dump(mode="json", exclude=_DESCRIPTION))


def _walk(prefix: str, value: Any) -> Iterator[tuple[str, Any]]:
    if not isinstance(value, Mapping) or prefix.endswith(f".{RATIOS}"):
        yield prefix, value
        return
    for key, inner in cast("Mapping[str, Any]", value).items():
        yield from _walk(f"{prefix}.{key}" if prefix else key, inner)
