"""Gates: when the data are too thin for a strategy, its numbers are marked or not shown."""

from collections.abc import Iterator
from typing import Final

from pydantic import Field

from equipoise.base.model import Frozen
from equipoise.language.predicate import Predicate
from equipoise.language.problem import Problem
from equipoise.language.vocabulary import Vocabulary
from equipoise.language.words import number_words


class Threshold(Frozen):
    """Two limits: below `seal` no number is shown, from there to below `amber` it is shown with a warning."""

    seal: float = Field(allow_inf_nan=False)
    amber: float = Field(allow_inf_nan=False)


EFFECTIVE_SAMPLE: Final = Threshold(seal=5, amber=15)
INITIATORS: Final = Threshold(seal=5, amber=10)
MEAN_WEIGHT: Final = 0.10
SUPPORT_SHARE: Final = 0.05
SUPPORT_STARTS: Final = 3.0


class Gates(Frozen):
    """What must hold before the numbers of a strategy are shown. Gates may be tightened, never loosened.

    Parameters
    ----------
    effective_sample
        Effective number of patients, (sum of weights) squared over the sum of squares, at the end of the
        last window of decision.
    initiators
        Patients who started as the strategy asks; only for strategies that prescribe starts.
    mean_weight
        Largest distance of the mean weight from 1 (or three standard errors, if that is more).
    support
        Cells of patients, each a predicate: those of whom it is true while a start is open. Where a strategy
        asks for starts that never happen, its numbers would be made of others.
    support_share, support_starts
        A cell seals a strategy when it holds at least this share of the patients at time zero, at least so
        many starts are expected in it under the strategy, and none is observed.
    on
        Whether the gates are closed at all; false only in simulation studies, whose averages need every run.
    """

    effective_sample: Threshold = EFFECTIVE_SAMPLE
    initiators: Threshold = INITIATORS
    mean_weight: float = Field(default=MEAN_WEIGHT, gt=0)
    support: tuple[Predicate, ...] = ()
    support_share: float = Field(default=SUPPORT_SHARE, gt=0)
    support_starts: float = Field(default=SUPPORT_STARTS, gt=0)
    on: bool = True

    def problems(self) -> Iterator[Problem]:
        """Limits that are looser than they may be, or that contradict each other."""
        for key, given, floor in (
            ("effective_sample", self.effective_sample, EFFECTIVE_SAMPLE),
            ("initiators", self.initiators, INITIATORS),
        ):
            for part, value, least in (
                ("seal", given.seal, floor.seal),
                ("amber", given.amber, floor.amber),
            ):
                if value < least:
                    yield Problem("P145", (key, part), f"{value:g}; it must be at least {least:g}")
            if given.amber < given.seal:
                found = f"amber {given.amber:g} below seal {given.seal:g}"
                yield Problem("P145", (key, "amber"), found)
        for key, value, most in (
            ("mean_weight", self.mean_weight, MEAN_WEIGHT),
            ("support_share", self.support_share, SUPPORT_SHARE),
            ("support_starts", self.support_starts, SUPPORT_STARTS),
        ):
            if value > most:
                yield Problem("P145", (key,), f"{value:g}; it must be at most {most:g}")
        for position, cell in enumerate(self.support):
            if cell in self.support[:position]:
                yield Problem("P116", ("support", position), "the same cell twice")

    def words(self, vocabulary: Vocabulary) -> str:
        """A paragraph: below which limits no number of a strategy is shown."""
        if not self.on:
            return "The gates are open: every number is shown, as is right in simulation studies only."
        sample, starts = self.effective_sample, self.initiators
        text = (
            "No number of a strategy is shown where the data cannot carry it: where fewer than "
            f"{number_words(sample.seal)} patients are left in effect (up to {number_words(sample.amber)}: "
            f"shown with a warning), where fewer than {number_words(starts.seal)} started as it asks (up to "
            f"{number_words(starts.amber)}: with a warning), or where the mean weight is off 1 by more than "
            f"{number_words(self.mean_weight)} and more than three standard errors."
        )
        if self.support:
            cells = "; ".join(cell.words(vocabulary) for cell in self.support)
            text += (
                f" Nor where at least {number_words(self.support_starts)} starts are expected under it, and "
                f"none is seen, in a cell with {number_words(100 * self.support_share)} % of the patients or "
                f"more. The cells: {cells}."
            )
        return text

    def vocabulary_problems(self, vocabulary: Vocabulary) -> Iterator[Problem]:
        """Words of the cells that the vocabulary does not know."""
        for position, cell in enumerate(self.support):
            yield from (problem.below("support", position) for problem in cell.problems(vocabulary))
