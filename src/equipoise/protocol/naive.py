"""Naive comparisons: "treated or not", as it is usually computed, each way labelled with what is wrong."""

from collections.abc import Iterator, Sequence

from pydantic import Field

from equipoise.base.model import Frozen
from equipoise.language.comparison import Name
from equipoise.language.outcome import OutcomeKind
from equipoise.language.problem import Problem, unknown_word
from equipoise.language.vocabulary import Vocabulary
from equipoise.language.words import listing, lower_first, number_words
from equipoise.protocol.intercurrent import Handling, IntercurrentEvent
from equipoise.protocol.plan import Funnel
from equipoise.protocol.treatment import Treatment


class NaiveComparison(Frozen):
    """The ladder of naive analyses of one intervention that starts after time zero.

    Parameters
    ----------
    name, label
        Name for tables, title for print.
    intervention
        Intervention or event whose first record after time zero makes a patient "treated".
    treatment
        A treatment of the protocol by this intervention: only its start counts, so that the same intervention
        in another state (after the disease came back) does not; null: the first record, wherever it falls.
    outcomes
        Survival outcomes to compare.
    landmarks_months
        Landmarks, in months after time zero.
    landmark_free_of
        A survival outcome whose event must not have happened by a landmark either, whichever outcome is
        followed from there; null: only the outcome itself.
    between
        The two strategies of the protocol whose difference readers take these numbers for, first the one
        with the intervention; null: none is named. Where their truth is known, it is shown beside them.
    funnel
        A funnel of the protocol that ends with the intervention: those who got there, counted from there,
        against everybody from its origin (N7); null: not compared.
    """

    name: Name
    label: str
    intervention: Name
    treatment: Name | None = None
    outcomes: tuple[Name, ...] = Field(min_length=1)
    landmarks_months: tuple[float, ...] = (3.0, 6.0)
    landmark_free_of: Name | None = None
    between: tuple[Name, Name] | None = None
    funnel: Name | None = None

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

    def treatment_problems(self, treatments: Sequence[Treatment]) -> Iterator[Problem]:
        """A treatment that the protocol lacks, or that is by another intervention."""
        if self.treatment is None:
            return
        named = {one.name: one for one in treatments}
        if self.treatment not in named:
            yield unknown_word(("treatment",), self.treatment, named, "a treatment of this protocol")
        elif named[self.treatment].intervention != self.intervention:
            found = (
                f"{self.treatment!r} is by {named[self.treatment].intervention!r}, not {self.intervention!r}"
            )
            yield Problem("P119", ("treatment",), found)

    def name_problems(self, strategies: Sequence[str], funnels: Sequence[Funnel]) -> Iterator[Problem]:
        """Names that the protocol lacks; one strategy against itself; a funnel that ends with something else.

        Parameters
        ----------
        strategies
            Names of the protocol's strategies.
        funnels
            The protocol's funnels.
        """
        names = self.between or ()
        for position, name in enumerate(names):
            if name not in strategies:
                yield unknown_word(("between", position), name, strategies, "a strategy of this protocol")
            elif name in names[:position]:
                yield Problem("P116", ("between", position), f"{name!r} twice")
        if self.funnel is None:
            return
        named = {one.name: one for one in funnels}
        if self.funnel not in named:
            yield unknown_word(("funnel",), self.funnel, named, "a funnel of this protocol")
        elif named[self.funnel].steps[-1] != self.intervention:
            last = named[self.funnel].steps[-1]
            found = f"the last step of {self.funnel!r} is {last!r}, not {self.intervention!r}"
            yield Problem("P119", ("funnel",), found)

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
        if self.landmark_free_of is not None:
            yield from self._landmark_problems(self.landmark_free_of, vocabulary)
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

    def _landmark_problems(self, name: str, vocabulary: Vocabulary) -> Iterator[Problem]:
        """An outcome of the landmark that is unknown or no survival."""
        path = ("landmark_free_of",)
        if name not in vocabulary.outcomes:
            yield unknown_word(path, name, vocabulary.outcomes, "an outcome")
        elif vocabulary.outcomes[name].kind is not OutcomeKind.SURVIVAL:
            yield Problem("P119", path, f"{name!r} is of kind {vocabulary.outcomes[name].kind.value}")

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
        if self.funnel is not None:
            ways.append("those who got as far as it, from there on, with all who set out for it (N7)")
        counts = "" if self.treatment is None else f" Only a start of '{self.treatment}' counts as treated."
        if self.landmark_free_of is not None and self.landmarks_months:
            free = lower_first(vocabulary.outcomes[self.landmark_free_of].label)
            counts += f" Whoever has had an event of {free} by a landmark has no place there."
        taken = ""
        if self.between is not None:
            one, other = (name.replace("_", " ") for name in self.between)
            taken = f" They are taken for the difference between the strategies '{one}' and '{other}'."
        return (
            f"{self.label}. As it is often done, and always labelled biased: {outcomes} with and without "
            f"{label} after time zero. Compared are {'; '.join(ways)}.{counts}{taken} Each is shown with "
            f"what is wrong with it; none says what {label} does."
        )
