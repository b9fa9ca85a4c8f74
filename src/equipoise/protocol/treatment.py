"""Treatments, about which strategies decide: an intervention while in given states, with its own risk set."""

from collections.abc import Iterator

from pydantic import Field

from equipoise.base.model import Frozen
from equipoise.language.comparison import Name
from equipoise.language.problem import Problem, unknown_word
from equipoise.language.structure import Structure
from equipoise.language.vocabulary import Vocabulary
from equipoise.language.words import listing


class Treatment(Frozen):
    """The first start of an intervention that finds the patient in one of the given states.

    One intervention may be several treatments: a transplant in first remission and one after a relapse are
    decided by different people on different grounds, and a strategy may forbid the one and ask for the other.
    Whoever is in one of the states and has not started is at risk of starting.

    Parameters
    ----------
    name, label
        Name for tables and rules; label for print (made of intervention and states when empty).
    intervention
        Name of an intervention of the vocabulary.
    while_in
        States of the protocol's structure.
    """

    name: Name
    label: str = ""
    intervention: Name
    while_in: tuple[Name, ...] = Field(min_length=1)

    def words(self, structure: Structure, vocabulary: Vocabulary) -> str:
        """The label, or ``transplant while in remission``: a noun without article."""
        if self.label:
            return self.label
        states = listing((structure.states[name].heading for name in self.while_in), "or")
        return f"{vocabulary.label_of(self.intervention)} while in {states}"

    def problems(self) -> Iterator[Problem]:
        """A state named twice."""
        for position, state in enumerate(self.while_in):
            if state in self.while_in[:position]:
                yield Problem("P116", ("while_in", position), f"{state!r} twice")

    def vocabulary_problems(self, structure: Structure, vocabulary: Vocabulary) -> Iterator[Problem]:
        """An unknown intervention or state, or a state that nobody leaves."""
        if self.intervention not in vocabulary.interventions:
            home = vocabulary.table_of(self.intervention)
            if home is None:
                known = vocabulary.interventions
                yield unknown_word(("intervention",), self.intervention, known, "an intervention")
            else:
                found = f"{self.intervention!r} is a word of {home}; only an intervention can be decided on"
                yield Problem("P120", ("intervention",), found)
        for position, state in enumerate(self.while_in):
            path = ("while_in", position)
            if state not in structure.states:
                what = f"a state of {structure.label!r}"
                yield unknown_word(path, state, structure.states, what)
            elif state in structure.absorbing:
                yield Problem("P120", path, f"nobody leaves {state!r}, so nobody in it is treated")


def treatment_problems(treatments: tuple[Treatment, ...]) -> Iterator[Problem]:
    """Names that occur twice, and a start that would count as two treatments; paths from the list on."""
    for position, one in enumerate(treatments):
        yield from (problem.below(position) for problem in one.problems())
        for earlier in treatments[:position]:
            if one.name == earlier.name:
                yield Problem("P116", (position, "name"), f"{one.name!r} twice")
            shared = sorted(set(one.while_in) & set(earlier.while_in))
            if one.intervention == earlier.intervention and shared:
                found = f"{one.intervention!r} while in {shared[0]!r} is already {earlier.name!r}"
                yield Problem("P120", (position, "while_in"), found)
