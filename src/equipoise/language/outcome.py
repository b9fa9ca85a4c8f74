"""Outcomes: functionals of a multistate structure, with the words of their estimand."""

from collections.abc import Iterator
from enum import StrEnum

from pydantic import ConfigDict, Field

from equipoise.base.model import Frozen
from equipoise.language.comparison import Label, Name
from equipoise.language.problem import Problem, unknown_word
from equipoise.language.structure import Structure


class OutcomeKind(StrEnum):
    """How an outcome is read off the structure."""

    SURVIVAL = "survival"
    CUMULATIVE_INCIDENCE = "cumulative_incidence"
    OCCUPANCY = "occupancy"


class Outcome(Frozen):
    """A functional of a structure.

    ``survival``: probability of never having left `states` (Kaplan-Meier on the two lumped states).
    ``cumulative_incidence``: probability of having left `at_risk` directly into `states`; every other way
    out competes. ``occupancy``: probability of being in `states` (Aalen-Johansen); it may fall and rise.

    Lumping matters: sums of Aalen-Johansen probabilities and Kaplan-Meier agree in the limit but not in
    finite samples, and readers compare with Kaplan-Meier.

    Parameters
    ----------
    label, abbreviation
        As printed.
    structure
        Name of the structure.
    kind
        See above.
    states
        States of the outcome.
    at_risk
        For a cumulative incidence: the states in which a patient can still have the outcome first.
    is_
        The condition whose probability is read, after "being": "alive and in remission" (``is`` in YAML);
        survival and occupancy.
    event
        What ends it or happens, as a noun: "relapse or death"; survival and cumulative incidence.
    competing
        What competes, as a noun; cumulative incidence.
    """

    model_config = ConfigDict(populate_by_name=True)

    label: Label
    abbreviation: str
    structure: Name
    kind: OutcomeKind
    states: tuple[Name, ...] = Field(min_length=1)
    at_risk: tuple[Name, ...] = ()
    is_: str = Field(default="", validation_alias="is", serialization_alias="is")
    event: str = ""
    competing: str = ""

    @property
    def follows(self) -> tuple[str, ...]:
        """States in which a patient is followed for the first time-to-event: `at_risk`, else `states`."""
        return self.at_risk or self.states

    def problems(self, structure: Structure) -> Iterator[Problem]:
        """What is wrong with the outcome, given its structure."""
        known = structure.state_names
        for key, states in (("states", self.states), ("at_risk", self.at_risk)):
            for position, state in enumerate(states):
                if state not in known:
                    yield unknown_word((key, position), state, known, f"a state of {self.structure!r}")
                elif state in states[:position]:
                    yield Problem("P017", (key, position), f"the state {state!r} twice")
        if {*self.states, *self.at_risk} <= set(known):
            yield from self._functional_problems(structure)
        yield from self._wording_problems()

    def _functional_problems(self, structure: Structure) -> Iterator[Problem]:
        is_incidence = self.kind is OutcomeKind.CUMULATIVE_INCIDENCE
        if is_incidence != bool(self.at_risk):
            yield Problem(
                "P017", ("kind",), f"kind {self.kind.value} with {len(self.at_risk)} states at risk"
            )
            return
        if self.kind is OutcomeKind.OCCUPANCY:
            return
        followed = set(self.follows)
        if not structure.can_leave(followed):
            yield Problem("P017", ("states",), "no arrow leaves these states, so nothing can be counted")
        if structure.can_return(followed):
            key = "at_risk" if is_incidence else "states"
            found = "a patient who left these states can come back to them; kind 'occupancy' answers that"
            yield Problem("P017", (key,), found)
        if is_incidence:
            targets = {arrow.to for arrow in structure.exits(followed)}
            for position, state in enumerate(self.states):
                if state not in targets:
                    found = f"no arrow leads from the states at risk to {state!r}"
                    yield Problem("P017", ("states", position), found)

    def _wording_problems(self) -> Iterator[Problem]:
        needed = {
            OutcomeKind.SURVIVAL: ("is", "event"),
            OutcomeKind.CUMULATIVE_INCIDENCE: ("event", "competing"),
            OutcomeKind.OCCUPANCY: ("is",),
        }[self.kind]
        written = {"is": self.is_, "event": self.event, "competing": self.competing}
        for key in needed:
            if not written[key]:
                yield Problem("P021", (), f"kind {self.kind.value} without the words {key!r}")
