"""Errors: a caller's mistake, told once, with what to do about it.

A statistical difficulty is not an error but a value (`equipoise.base.findings.Finding`).
"""

from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from equipoise.base.findings import Finding

LONGEST = 800


def _shortened(text: str) -> str:
    """Cut what a document says at length: a message is for reading."""
    return text if len(text) <= LONGEST else f"{text[:LONGEST]} ... ({len(text)} letters in all)"


class EquipoiseError(Exception):
    """A mistake that the caller can correct.

    Parameters
    ----------
    code
        Code of the kind of mistake, for example ``"D101"``; ``equipoise explain CODE`` tells more.
    where
        File, table, line or field. Never a patient's identifier.
    found
        What was found: the offending number or category (local screen only), never ids, dates or free text.
    why
        Why it matters.
    do
        What to do.
    """

    exit_code: ClassVar[int] = 1
    family: ClassVar[str] = "internal"

    def __init__(self, code: str, *, where: str, found: str, why: str, do: str) -> None:
        where, found = _shortened(where), _shortened(found)
        super().__init__(f"{code} {where}: {found}. {why} {do}")
        self.code = code
        self.where = where
        self.found = found
        self.why = why
        self.do = do

    def as_record(self) -> dict[str, str]:
        """Return the error as the ``error`` object of ``--json``."""
        return {
            "code": self.code,
            "family": self.family,
            "where": self.where,
            "found": self.found,
            "why": self.why,
            "do": self.do,
        }


class UsageError(EquipoiseError):
    """The command line was used in a way that cannot be carried out."""

    exit_code = 2
    family = "usage"


class StoppedError(EquipoiseError):
    """The person at the keyboard stopped the command."""

    exit_code = 130
    family = "interrupted"


class DataError(EquipoiseError):
    """The extract cannot be read as a cohort.

    Attributes
    ----------
    findings
        Everything that was noticed in the source, so that all can be corrected in one go; often empty.
    """

    exit_code = 3
    family = "data"
    findings: tuple["Finding", ...] = ()


class ProtocolError(EquipoiseError):
    """The protocol, vocabulary or mapping says something that cannot be carried out."""

    exit_code = 4
    family = "protocol"


class IdentificationError(EquipoiseError):
    """The question cannot be answered from such data, however large."""

    exit_code = 5
    family = "identification"


class NumericalError(EquipoiseError):
    """A computation did not converge or left the range of numbers."""

    exit_code = 6
    family = "numerical"


class ReleaseError(EquipoiseError):
    """A result may not leave the house in this form."""

    exit_code = 7
    family = "release"
