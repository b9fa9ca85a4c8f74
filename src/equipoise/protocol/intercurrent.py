"""Intercurrent events and their handling (ICH E9(R1)): the same data, four questions, four answers."""

from enum import StrEnum
from typing import Annotated, Any

from pydantic import BeforeValidator, ValidationInfo

from equipoise.base.document import suggestion
from equipoise.base.model import Frozen
from equipoise.language.comparison import Name
from equipoise.protocol.cross_world import refuse_stratum


class Handling(StrEnum):
    """What an intercurrent event means for the question; the principal stratum is not among them."""

    TREATMENT_POLICY = "treatment_policy"
    HYPOTHETICAL = "hypothetical"
    COMPOSITE = "composite"
    WHILE_ON_TREATMENT = "while_on_treatment"

    @property
    def label(self) -> str:
        """The name in ICH E9(R1)."""
        return self.value.replace("_", " ")

    def words(self, event: str) -> str:
        """The question in words that end a sentence; `event` is a noun without article."""
        match self:
            case Handling.TREATMENT_POLICY:
                return f"whether or not {event} takes place"
            case Handling.HYPOTHETICAL:
                return f"if {event} did not take place"
            case Handling.COMPOSITE:
                return f"with {event} counted as an event"
            case Handling.WHILE_ON_TREATMENT:
                return f"up to {event}, which competes"


def _read_handling(given: Any, info: ValidationInfo) -> Any:
    """Read a handling; the principal stratum is no mistake of spelling and refused with its reason."""
    refuse_stratum(given, info)
    if not isinstance(given, str):
        return given
    if given not in set(Handling):
        near = suggestion(given, [one.value for one in Handling])
        raise ValueError(f"a handling is one of {', '.join(Handling)}{near}")
    return Handling(given)


class IntercurrentEvent(Frozen):
    """An event after time zero that changes what the outcome means, and its handling.

    Parameters
    ----------
    event
        Name of an intervention or event.
    handling
        There is no default: each handling is another question.
    """

    event: Name
    handling: Annotated[Handling, BeforeValidator(_read_handling)]


class FourEstimands(Frozen):
    """A panel that draws one outcome under all four handlings of one event, side by side."""

    event: Name
    outcome: Name
