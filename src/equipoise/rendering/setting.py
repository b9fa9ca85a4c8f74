"""What the protocol settles for every figure: time zero in words, horizon, report months, outcomes."""

from collections.abc import Sequence
from dataclasses import dataclass

from equipoise.rendering.numbers import percent
from equipoise.rendering.reading import Estimate, Reading
from equipoise.study.study import Study


@dataclass(frozen=True, slots=True)
class Setting:
    """Shared by all figures of a report.

    Parameters
    ----------
    origin
        Time zero as a noun phrase: "first complete remission".
    until
        Last month of the curves.
    at_months
        Months at which numbers are read.
    outcomes
        Names of the outcomes, in the order of the protocol.
    structure
        Name of the structure whose states are shown.
    level
        Confidence level.
    """

    origin: str
    until: float
    at_months: tuple[float, ...]
    outcomes: tuple[str, ...]
    structure: str
    level: float

    def value_at(self, reading: Reading, block: Sequence[Estimate], month: float) -> str:
        """``71.3 % at 12 months`` where follow-up supports it, else nothing."""
        one = reading.at(block, month)
        if one is None or one.estimate is None or not one.is_readable:
            return ""
        return f"{percent(one.estimate, one.n)} at {month:g} months"


def setting_of(study: Study) -> Setting:
    """Read the setting off a study's protocol."""
    protocol = study.protocol
    return Setting(
        origin=time_zero_words(study),
        until=float(protocol.report.until_month),
        at_months=tuple(float(month) for month in protocol.report.at_months),
        outcomes=tuple(protocol.outcomes),
        structure=protocol.structure,
        level=protocol.report.level,
    )


def time_zero_words(study: Study) -> str:
    """Time zero as a noun phrase that follows "from"."""
    words = study.protocol.time_zero.words(study.vocabulary)
    for lead in ("the day of the ", "the day of ", "the "):
        words = words.removeprefix(lead)
    return words
