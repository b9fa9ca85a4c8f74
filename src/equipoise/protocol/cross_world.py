"""Questions about two worlds at once: refused with the reason, for no data of one world can answer them."""

from typing import Any, Final

from pydantic import ValidationInfo

from equipoise.base.codes import CODES
from equipoise.base.document import Document
from equipoise.base.errors import IdentificationError

_OF_STRATUM: Final = ("principal", "survivor_average", "sace", "complier_average", "always_survivor")
_OF_ONE_PATIENT: Final = (
    "individual",
    "personal",
    "benefit",
    "harm",
    "probability_of_benefit",
    "probability_of_harm",
    "probability_of_necessity",
    "probability_of_sufficiency",
    "probability_this",
    "share_who_benefit",
    "share_harmed",
    "fraction_who_benefit",
    "fraction_harmed",
)


def refuse_stratum(given: Any, info: ValidationInfo) -> Any:
    """Hand on a word, unless it asks about a principal stratum.

    Raises
    ------
    IdentificationError
        P112.
    """
    if isinstance(given, str) and _plain(given).startswith(_OF_STRATUM):
        raise _error("P112", given, info.context)
    return given


def refuse_cross_world(given: Any, info: ValidationInfo) -> Any:
    """Hand on the word of a measure, unless it asks who would fare how under two strategies at once.

    Raises
    ------
    IdentificationError
        P112 for a principal stratum, P144 for the benefit of one patient.
    """
    if isinstance(given, str) and _plain(given).startswith(_OF_ONE_PATIENT):
        raise _error("P144", given, info.context)
    return refuse_stratum(given, info)


def _plain(word: str) -> str:
    return word.lower().replace("-", "_").replace(" ", "_")


def _error(code: str, given: str, context: object) -> IdentificationError:
    meaning = CODES[code]
    return IdentificationError(
        code, where=_place(given, context), found=f"{given!r}", why=meaning.why, do=meaning.do
    )


def _place(given: str, document: object) -> str:
    """File and line of the first place where the word stands as a value; without a document the protocol."""
    if not isinstance(document, Document):
        return "protocol"
    for path in document.lines:
        value: Any = document.data
        for key in path:
            value = value[key]
        if value == given:
            return document.where(path)
    return document.name
