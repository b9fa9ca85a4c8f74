"""Naive comparisons: "treated or not", as it is usually computed, each way labelled with what is wrong."""

from collections.abc import Iterator

from pydantic import Field

from equipoise.base.model import Frozen
from equipoise.language.comparison import Name
from equipoise.language.outcome import OutcomeKind
from equipoise.language.problem import Problem, unknown_word
from equipoise.language.vocabulary import Vocabulary
from equipoise.language.words import listing, lower_first, number_words
from equipoise.protocol.intercurrent import Handling, IntercurrentEvent


class NaiveComparison(Frozen):
    """The ladder of naive analyses of one intervention that starts after time zero.

    Parameters
    ----------
    name, label
        Name for tables, title for print.
    intervention
        Intervention or event whose first record after time zero makes a patient "treated".
    outcomes
        Survival outcomes to compare.
    landmarks_months
        Landmarks, in months after time zero.
    """

    name: Name
    label: str
    intervention: Name
    outcomes: tuple[Name, ...] = Field(min_length=1)
    landmarks_months: tuple[float, ...] = (3.0, 6.0)

    def problems(self, until_month: float) -> Iterator[Problem]:
        """An outcome named twice; landmarks out of order, or at which nothing is left to report."""
        for position, name in enumerate(self.outcomes):
            if name in self.outcomes[:position]:
                yield Problem("P116", ("outcomes", position), f"{name!r} twice")
        for position, month in enumerate(self.landmarks_months):
            path = ("landmarks_months", position)
            if not 0 < month < until_month:
                yield Problem("P114", path, f"month {month:g} in a report from 0 to {until_month:g}")
            elif position and month <= self.landmarks_months[position - 1]:
                yield Problem("P114", path, f"month {month:g} after {self.landmarks_months[position - 1]:g}")

    def vocabulary_problems(
        self, vocabulary: Vocabulary, intercurrent: tuple[IntercurrentEvent, ...]
    ) -> Iterator[Problem]:
        """Unknown words; an intervention that ends the outcome; an outcome that is no survival.

        Parameters
        ----------
        vocabulary
            The words of the data source.
        intercurrent
            The protocol's intercurrent events; one that competes leaves no survival to compare.
        """
        dated = (*vocabulary.interventions, *vocabulary.events)
        if self.intervention not in dated:
            yield unknown_word(("intervention",), self.intervention, dated, "an event or intervention")
        elif self.intervention in vocabulary.terminal_events:
            found = f"{self.intervention!r} is terminal: nobody is followed after it"
            yield Problem("P119", ("intervention",), found)
        for position, name in enumerate(self.outcomes):
            path = ("outcomes", position)
            if name not in vocabulary.outcomes:
                yield unknown_word(path, name, vocabulary.outcomes, "an outcome")
                continue
            outcome = vocabulary.outcomes[name]
            if outcome.kind is not OutcomeKind.SURVIVAL:
                yield Problem("P119", path, f"{name!r} is of kind {outcome.kind.value}")
                continue
            ends = {arrow.on for arrow in vocabulary.structures[outcome.structure].exits(outcome.follows)}
            if self.intervention in ends:
                yield Problem("P119", path, f"{self.intervention!r} itself ends {name!r}")
            for one in intercurrent:
                competes = one.handling is Handling.WHILE_ON_TREATMENT and one.event not in ends
                if competes and one.event != self.intervention:
                    yield Problem("P119", path, f"{one.event!r} competes with {name!r} (while on treatment)")

    def words(self, vocabulary: Vocabulary) -> str:
        """A paragraph: who counts as treated, in which ways the outcomes are compared, how to read them."""
        label = vocabulary.label_of(self.intervention)
        outcomes = listing(lower_first(vocabulary.outcomes[name].label) for name in self.outcomes)
        ways = [
            "those who ever have it with those who never do (N1)",
            "those who have it, from that day on, with those who never do, from time zero (N2)",
        ]
        if self.landmarks_months:
            months = listing((number_words(month) for month in self.landmarks_months), "or")
            ways.append(
                f"those who have had it by month {months} with those who have not, from there on (N3)"
            )
        ways.append("the time before it with the time after it, as curves (N4) and as a ratio of rates (N5)")
        return (
            f"{self.label}. As it is often done, and always labelled biased: {outcomes} with and without "
            f"{label} after time zero. Compared are {'; '.join(ways)}. Each is shown with what is wrong "
            f"with it; none says what {label} does."
        )
