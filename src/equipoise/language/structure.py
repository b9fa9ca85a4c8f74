"""Multistate structures: states in a fixed clinical order and the arrows that records take between them."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from pydantic import ConfigDict, Field, ValidationInfo, model_validator

from equipoise.base.model import Frozen
from equipoise.language.comparison import Comparison, Label, Name
from equipoise.language.problem import Problem, refuse, unknown_word


class State(Frozen):
    """A state: how it is printed in full and in short."""

    label: Label
    short: str = ""

    @property
    def heading(self) -> str:
        """The short label, or the full one where none was given."""
        return self.short or self.label


class Arrow(Frozen):
    """A move between states.

    Parameters
    ----------
    from_
        State that is left (``from`` in YAML).
    on
        Event or intervention that moves the patient.
    to
        State that is entered.
    where
        Conditions on the details of the record. Among the arrows of one state and record, those with
        conditions exclude each other; the one without, if any, takes every other record (a missing
        detail included).
    """

    model_config = ConfigDict(populate_by_name=True)

    from_: Name = Field(validation_alias="from", serialization_alias="from")
    on: Name
    to: Name
    where: Mapping[Name, Comparison] = Field(default_factory=dict)

    def excludes(self, other: "Arrow") -> bool:
        """Whether no record can take both arrows."""
        if bool(self.where) != bool(other.where):
            return True  # the one without conditions takes what the others leave
        return any(
            self.where[detail].excludes(other.where[detail]) for detail in self.where.keys() & other.where
        )


class Structure(Frozen):
    """States and arrows. A patient starts in `start` and follows the arrows of the dated records.

    A record without an arrow out of the current state moves nobody.

    Parameters
    ----------
    label
        As printed.
    start
        State at the origin.
    states
        In clinical order; every table and figure keeps it.
    arrows
        The possible moves.
    """

    label: Label
    start: Name
    states: Mapping[Name, State]
    arrows: tuple[Arrow, ...]

    @model_validator(mode="after")
    def _holds_together(self, info: ValidationInfo) -> "Structure":
        if info.context is None:  # else the whole document is checked, which knows the line
            refuse(self.problems(), root="structure")
        return self

    @property
    def state_names(self) -> tuple[str, ...]:
        """Names of the states in clinical order."""
        return tuple(self.states)

    @property
    def absorbing(self) -> tuple[str, ...]:
        """States that nobody leaves, in clinical order."""
        left = {arrow.from_ for arrow in self.arrows}
        return tuple(name for name in self.states if name not in left)

    def index(self, state: str) -> int:
        """Position of a state in the clinical order."""
        return self.state_names.index(state)

    def arrows_from(self, state: str) -> tuple[Arrow, ...]:
        """Arrows out of a state."""
        return tuple(arrow for arrow in self.arrows if arrow.from_ == state)

    def reachable(self, states: Iterable[str]) -> frozenset[str]:
        """States that can be reached from any of these by following arrows, these included."""
        seen: set[str] = set()
        waiting = list(states)
        while waiting:
            state = waiting.pop()
            if state not in seen:
                seen.add(state)
                waiting.extend(arrow.to for arrow in self.arrows if arrow.from_ == state)
        return frozenset(seen)

    def exits(self, states: Collection[str]) -> tuple[Arrow, ...]:
        """Arrows that lead out of a set of states."""
        return tuple(arrow for arrow in self.arrows if arrow.from_ in states and arrow.to not in states)

    def can_leave(self, states: Collection[str]) -> bool:
        """Whether a patient can leave the set of states."""
        return bool(self.exits(states))

    def can_return(self, states: Collection[str]) -> bool:
        """Whether a patient who left the set of states can come back to it."""
        return not self.reachable(arrow.to for arrow in self.exits(states)).isdisjoint(states)

    def problems(self) -> Iterator[Problem]:
        """What is wrong with states and arrows, whatever the words mean."""
        if self.start not in self.states:
            yield unknown_word(("start",), self.start, self.states, "a state of this structure")
        for position, arrow in enumerate(self.arrows):
            for key, state in (("from", arrow.from_), ("to", arrow.to)):
                if state not in self.states:
                    yield unknown_word(
                        ("arrows", position, key), state, self.states, "a state of this structure"
                    )
            if arrow.from_ == arrow.to:
                yield Problem("P014", ("arrows", position), f"an arrow from {arrow.from_!r} to itself")
            for earlier in self.arrows[:position]:
                if (earlier.from_, earlier.on) == (arrow.from_, arrow.on) and not arrow.excludes(earlier):
                    found = (
                        f"{arrow.on!r} leads from {arrow.from_!r} both to {earlier.to!r} and to {arrow.to!r}"
                    )
                    yield Problem("P014", ("arrows", position), found)
        reached: Any = self.reachable((self.start,))
        for state in self.states:
            if state not in reached:
                yield Problem(
                    "P015", ("states", state), f"no path of arrows leads from {self.start!r} to {state!r}"
                )
