"""Reading a protocol: from a file, a text, or the ones that come with the package."""

from importlib.resources import files
from pathlib import Path
from typing import Final

from equipoise.base.document import Document, is_file, read_document, suggestion, validate
from equipoise.base.errors import ProtocolError
from equipoise.language.vocabulary import Vocabulary, read_vocabulary, shipped_vocabularies
from equipoise.protocol.check import check
from equipoise.protocol.protocol import Protocol

EXAMPLES: Final = ".examples.yaml"


def shipped_protocols() -> tuple[str, ...]:
    """Names of the protocols that come with the package."""
    names = (entry.name for entry in (files("equipoise.protocol") / "protocols").iterdir())
    protocols = (name for name in names if name.endswith(".yaml") and not name.endswith(EXAMPLES))
    return tuple(sorted(name.removesuffix(".yaml") for name in protocols))


def read_examples(source: Path | str) -> Document | None:
    """Read the example patients that stand beside a protocol, in ``NAME.examples.yaml`` beside ``NAME.yaml``.

    Parameters
    ----------
    source
        Name of a shipped protocol, or a path.

    Returns
    -------
    Document or None
        None if there are none.

    Raises
    ------
    ProtocolError
        P001 or P002 for a file that cannot be read.
    """
    if str(source) in shipped_protocols():
        entry = files("equipoise.protocol") / "protocols" / f"{source}{EXAMPLES}"
        if not entry.is_file():
            return None
        return read_document(entry.read_text(encoding="utf-8"), name=entry.name)
    beside = Path(source).with_suffix(EXAMPLES)
    return read_document(beside) if is_file(beside) else None


def read_protocol(source: Path | str) -> Protocol:
    """Read a protocol; words are checked later, against a vocabulary (`check`, `read_question`).

    Parameters
    ----------
    source
        Name of a shipped protocol, a path, or the YAML text itself (a text of several lines).

    Raises
    ------
    ProtocolError
        With file, line and path.
    IdentificationError
        P112, if the principal stratum is asked for.
    """
    return validate(Protocol, _document(source))


def read_question(source: Path | str, vocabulary: Vocabulary | None = None) -> tuple[Protocol, Vocabulary]:
    """Read a protocol and its vocabulary, and check the one against the other, with lines in every error.

    Parameters
    ----------
    source
        As for `read_protocol`.
    vocabulary
        Words to use; default those that the protocol names. A path in the protocol is relative to it.

    Raises
    ------
    ProtocolError
        With file, line and path.
    IdentificationError
        P112, if the principal stratum is asked for.
    """
    document = _document(source)
    protocol = validate(Protocol, document)
    words = vocabulary or read_vocabulary(_vocabulary_source(protocol.vocabulary, source))
    check(protocol, words, document)
    return protocol, words


def _document(source: Path | str) -> Document:
    if isinstance(source, str) and "\n" in source:
        return read_document(source, name="protocol")
    if str(source) in shipped_protocols():
        entry = files("equipoise.protocol") / "protocols" / f"{source}.yaml"
        return read_document(entry.read_text(encoding="utf-8"), name=f"{source}.yaml")
    if isinstance(source, str) and not Path(source).suffix and not is_file(Path(source)):
        shipped = shipped_protocols()
        raise ProtocolError(
            "P001",
            where=source,
            found=f"neither a file nor a shipped protocol{suggestion(source, shipped)}",
            why="Nothing can be done without it.",
            do=f"Check the path, or name one of: {', '.join(shipped)}.",
        )
    return read_document(Path(source))


def _vocabulary_source(name: str, protocol: Path | str) -> Path | str:
    if name in shipped_vocabularies() or (isinstance(protocol, str) and "\n" in protocol):
        return name
    beside = Path(protocol).parent / name
    return beside if is_file(beside) else name
