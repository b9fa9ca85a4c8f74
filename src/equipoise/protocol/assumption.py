"""Assumptions: what must be true for a contrast to mean what it says, why it may be, what would refute it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, Literal

from equipoise.base.findings import Finding, finding
from equipoise.base.model import Frozen
from equipoise.language.comparison import Label
from equipoise.language.problem import Problem
from equipoise.language.words import listing

AssumptionName = Literal[
    "consistency",
    "no_unmeasured_confounding",
    "positivity",
    "measurement_timing",
    "independent_loss",
    "independent_entry",
    "correct_models",
    "no_interference",
]

MEANINGS: Final[Mapping[AssumptionName, str]] = {
    "consistency": "the outcome of whoever did what a strategy asks is the outcome under that strategy, "
    "whichever version of the treatment was given",
    "no_unmeasured_confounding": "among patients alike in what the models adjust for, who starts on a "
    "day has nothing to do with how he or she would fare",
    "positivity": "wherever a strategy may start a treatment, or leave it, usual care sometimes does "
    "the same",
    "measurement_timing": "decisions were taken on what the records show by the day before, and the records "
    "bear the day on which it became known",
    "independent_loss": "among patients alike in what the models adjust for, who is lost to follow-up fares "
    "as those who are not",
    "independent_entry": "who came under observation after time zero did so for reasons that have nothing to "
    "do with the treatment or the prognosis",
    "correct_models": "the models of starts and losses have the right form",
    "no_interference": "how a patient fares does not depend on what is done to the others",
}
# Without one of these no weighting of such data gives the contrast.
NEEDED: Final[tuple[AssumptionName, ...]] = (
    "consistency",
    "no_unmeasured_confounding",
    "positivity",
    "measurement_timing",
)


class Assumption(Frozen):
    """One assumption with its argument.

    Parameters
    ----------
    name
        One of a closed set (`MEANINGS`).
    because
        Why it may hold in these data.
    refuted_by
        What would show that it does not.
    """

    name: AssumptionName
    because: Label
    refuted_by: Label

    @property
    def title(self) -> str:
        """The name in words."""
        return self.name.replace("_", " ")

    def words(self) -> str:
        """A sentence each for what is assumed, why, and what would refute it."""
        return (
            f"{self.title.capitalize()}: {MEANINGS[self.name]}. "
            f"It may hold because {self.because.rstrip('.')}; it would be refuted by "
            f"{self.refuted_by.rstrip('.')}."
        )


def assumption_problems(assumptions: Sequence[Assumption]) -> Iterator[Problem]:
    """Assumptions that are argued twice; paths from the list on."""
    names = [one.name for one in assumptions]
    for position, name in enumerate(names):
        if name in names[:position]:
            yield Problem("P116", (position, "name"), f"{name!r} twice")


def unargued(assumptions: Sequence[Assumption]) -> tuple[Finding, ...]:
    """A note that names the assumptions which a contrast needs and nobody has argued; empty when none is."""
    argued = {one.name for one in assumptions}
    missing = [name.replace("_", " ") for name in NEEDED if name not in argued]
    if not missing:
        return ()
    return (finding("E121", "protocol", f"No argument is given for {listing(missing)}."),)
