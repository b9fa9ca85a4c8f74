"""The part of a world that no patient feels: who comes into the registry, and what is written down there."""

from typing import Annotated

from pydantic import Field, model_validator

from equipoise.base.model import Frozen
from equipoise.synth.parts import Months, Rate, Share

Year = Annotated[int, Field(ge=1990, le=2100)]
AssessmentDay = Annotated[int, Field(ge=2, le=365)]


class LateEntry(Frozen):
    """Patients who come under observation after the first assessment, if they can still be observed then.

    Parameters
    ----------
    share
        Share of patients who enter late.
    months
        Earliest and latest month of their entry after the assessment, uniform between.
    """

    share: Share
    months: tuple[Months, Months]

    @model_validator(mode="after")
    def _fits(self) -> "LateEntry":
        in_order(self.months, "month")
        return self


class Recording(Frozen):
    """From the infusion to the first assessment, and what the registry knows of a patient.

    Parameters
    ----------
    remission
        Share of patients who are in remission at the first assessment; their courses start there.
    early_death
        Share of the others who die before the assessment.
    early_death_of_leukaemia
        Share of those deaths that are of leukaemia.
    death_per_month
        Rate of death of leukaemia after an assessment without remission.
    assessment_days
        First and last day of the assessment since the infusion; every day between is as likely.
    years
        First and last calendar year of the infusion.
    missing_results
        Share of test results that never reached the registry, though the clinic acted on them.
    missing_baseline
        Share of values of the baseline columns that are missing.
    late_entry
        Who enters late.
    rounding_days
        Days of events and treatments are multiples of this since the infusion, rounded up; 1: exact days.
    """

    remission: Share
    early_death: Share
    early_death_of_leukaemia: Share
    death_per_month: Rate
    assessment_days: tuple[AssessmentDay, AssessmentDay]
    years: tuple[Year, Year]
    missing_results: Share
    missing_baseline: Share
    late_entry: LateEntry
    rounding_days: int = Field(ge=1, le=31)

    @model_validator(mode="after")
    def _fits(self) -> "Recording":
        in_order(self.assessment_days, "day")
        in_order(self.years, "year")
        return self


def in_order(ends: tuple[float, float], what: str) -> None:
    """Raise ValueError where the second of two numbers is the smaller."""
    first, last = ends
    if last < first:
        raise ValueError(f"from {what} {first:g} to {what} {last:g}")
