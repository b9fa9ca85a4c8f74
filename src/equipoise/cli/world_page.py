"""A world as text: its file, and what was published about its parameters."""

import re
from typing import TYPE_CHECKING

from equipoise.base.document import write_document

if TYPE_CHECKING:
    from equipoise.synth.world import World


def page(world: "World") -> str:
    """The world as a YAML file; below it, as comments, what its sources do not say and what they name."""
    found = published(world)
    changed = changed_from_reference(world)
    told = "".join(f"# {key}: {words}\n" for key, words in sorted(found.items()))
    head = "# Published numbers that the sources name:\n" if told else ""
    said = f"# Changed, so that these sources are of another value: {', '.join(changed)}\n" if changed else ""
    return f"{write_document(world)}{said}{head}{told}"


def changed_from_reference(world: "World") -> tuple[str, ...]:
    """Names of sources that are those of the reference world, though the value is not."""
    from equipoise.synth.sources import sources_of

    return tuple(one.name for one in sources_of(world) if one.is_changed)


def published(world: "World") -> dict[str, str]:
    """Published numbers that the sources of a world name, in words, by key."""
    from equipoise.evidence.read import published as numbers
    from equipoise.evidence.wording import sentence

    named = {word for text in world.sources.values() for word in re.findall(r"[a-z0-9-]+", text)}
    return {one.key: sentence(one) for one in numbers() if one.key in named}
