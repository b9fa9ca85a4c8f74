"""A world as text: its file, and what was published about its parameters."""

import re
from typing import TYPE_CHECKING

from equipoise.base.document import write_document

if TYPE_CHECKING:
    from equipoise.synth.world import World


def page(world: "World") -> str:
    """The world as a YAML file; below it, as comments, the published numbers that its sources name."""
    found = published(world)
    told = "".join(f"# {key}: {words}\n" for key, words in sorted(found.items()))
    head = "# Published numbers that the sources name:\n" if told else ""
    return f"{write_document(world)}{head}{told}"


def published(world: "World") -> dict[str, str]:
    """Published numbers that the sources of a world name, in words, by key."""
    from equipoise.evidence.read import published as numbers
    from equipoise.evidence.wording import sentence

    named = {word for text in world.sources.values() for word in re.findall(r"[a-z0-9-]+", text)}
    return {one.key: sentence(one) for one in numbers() if one.key in named}
