"""A world as it is named on the command line: its name or file, and the parameters that are changed."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from equipoise.base.errors import UsageError

if TYPE_CHECKING:
    from equipoise.synth.world import World


def changed_world(name: str, given: Sequence[str], *, where: str) -> "World":
    """Read a world with some parameters changed.

    Parameters
    ----------
    name
        Name of a shipped world, or a path.
    given
        ``NAME=VALUE`` each, the name being the dotted one of a parameter and the value YAML.
    where
        The option, for the message.

    Raises
    ------
    UsageError
        U001 for something that is not of this form.
    ProtocolError
        As `equipoise.synth.read.read_world`.
    """
    from equipoise.synth.read import read_world

    return read_world(name, dict(_change(one, where) for one in given))


def _change(given: str, where: str) -> tuple[str, Any]:
    """Name and value of ``name=value``; the value is YAML, so that lists and numbers can be given."""
    from equipoise.base.document import read_document

    name, sign, value = given.partition("=")
    if not sign or not name.strip():
        raise UsageError(
            "U001",
            where=where,
            found=f"{given!r}, which is not NAME=VALUE",
            why="The command was not carried out.",
            do="Write for example: --set registry.remission=1",
        )
    return name.strip(), read_document(value, name=f"--set {name.strip()}").data
