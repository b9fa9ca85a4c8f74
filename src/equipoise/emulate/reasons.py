"""Why a clone is censored: what the patient did that the strategy rules out."""

from enum import StrEnum


class Reason(StrEnum):
    """Reasons for artificial censoring; the members are sentences about the patient.

    The order is that of codes (`Clones.reason`). Of several rules on one treatment, none of which allows a
    start, the one that came closest gives the reason: the latest here.
    """

    NEVER = "started although the strategy says never"
    WITHOUT_TRIGGER = "started without a trigger by then"
    ON_TRIGGER_DAY = "started before the trigger of the same day could be known"
    TRIGGER_TOO_LATE = "started after a trigger that came too late"
    AFTER_WINDOW = "started after the window was over"
    ANOTHER_DAY = "started on another day than the one that is fixed"
    CONDITION = "started while the condition did not hold"
    NOT_STARTED = "did not start by the end of the window"

    @property
    def code(self) -> int:
        """Position among the reasons, from 0 on."""
        return list(Reason).index(self)
