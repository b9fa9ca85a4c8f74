"""Negative controls: emulations of which it is known beforehand that nothing may come out."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal, cast

from pydantic import Discriminator, Field, Tag

from equipoise.base.model import Frozen
from equipoise.language.comparison import Label, Name
from equipoise.language.problem import Problem, unknown_word
from equipoise.language.vocabulary import Vocabulary
from equipoise.language.words import lower_first, number_words
from equipoise.protocol.emulation import Adjustment
from equipoise.protocol.plan import LAST_MONTH
from equipoise.protocol.strategy import NATURAL

if TYPE_CHECKING:
    from equipoise.protocol.protocol import Protocol

Months = Annotated[float, Field(gt=0, le=LAST_MONTH)]


class OutcomeControl(Frozen):
    """The same clones and weights, counted by an outcome or a month on which the treatment cannot act yet.

    The difference of `of` by `by_month` between the two strategies must come out 0. What differs from 0
    is left of the confounding, or of the time zero, and would stand in the main contrast too.

    Parameters
    ----------
    kind
        ``outcome``.
    name, label
        Name for tables, title for print (the name when empty).
    of
        Name of an outcome of the protocol.
    by_month
        Month after time zero by which it is counted.
    between
        Two strategies of the protocol, or the natural course.
    because
        Why the treatment cannot act on it by then.
    """

    kind: Literal["outcome"]
    name: Name
    label: str = ""
    of: Name
    by_month: Months
    between: tuple[Name, Name]
    because: Label

    def words(self, vocabulary: Vocabulary) -> str:
        """A sentence: what is computed, and that it must come out 0."""
        one, other = (name.replace("_", " ") for name in self.between)
        return (
            f"{_title(self)}: the same emulation, '{one}' minus '{other}', counted by "
            f"{_counted(self, vocabulary)}; it must come out 0, because {self.because.rstrip('.')}."
        )


class ExposureControl(Frozen):
    """Another intervention, which cannot act, emulated as if it were the treatment.

    The strategies are: start `intervention` within `months` of time zero, every time alike, and never; all
    else is as in the protocol, with a model of its own (`adjust_for`). The difference of `of` by `by_month`,
    start minus never, must come out 0: what does not is the prognosis of those who are considered for
    treatment.

    Parameters
    ----------
    kind
        ``exposure``.
    name, label
        Name for tables, title for print (the name when empty).
    intervention
        An intervention of the vocabulary that no strategy decides about: a consultation, a search.
    while_in
        States of the protocol's structure in which a start counts.
    months
        Length of the window.
    adjust_for
        What its hazard may depend on.
    of, by_month
        Outcome of the protocol, and the month after time zero by which it is counted.
    because
        Why the intervention itself cannot act on it.
    """

    kind: Literal["exposure"]
    name: Name
    label: str = ""
    intervention: Name
    while_in: tuple[Name, ...] = Field(min_length=1)
    months: Months
    adjust_for: tuple[Adjustment, ...]
    of: Name
    by_month: Months
    because: Label

    def words(self, vocabulary: Vocabulary) -> str:
        """A sentence: what is computed, and that it must come out 0."""
        label = vocabulary.label_of(self.intervention)
        return (
            f"{_title(self)}: {label} within {number_words(self.months)} months as if it were the treatment, "
            f"against none, counted by {_counted(self, vocabulary)}; it must come out 0, because "
            f"{self.because.rstrip('.')}."
        )


class PseudoTimeControl(Frozen):
    """Pretended starts, drawn at random, emulated as if they were starts of the treatment.

    On each day everybody at risk of a start who has none pretended yet is given one with the same chance,
    that of a real start on that day; everybody is followed up to the real start, if any, and no further. The
    strategies are those of the protocol; the models have no covariates, because the draw knows none. A
    pretended start cannot act, and who stops being followed at a real start is the same in both, so that the
    difference of `of` by `by_month`, on average over the draws, must come out 0. A method that lets time be
    immortal finds a difference here.

    Parameters
    ----------
    kind
        ``pseudo_time``.
    name, label
        Name for tables, title for print (the name when empty).
    treatment
        A treatment that a rule of a strategy names.
    of, by_month
        Outcome of the protocol, and the month after time zero by which it is counted.
    between
        Two strategies of the protocol, or the natural course.
    draws
        How often the starts are drawn.
    """

    kind: Literal["pseudo_time"]
    name: Name
    label: str = ""
    treatment: Name
    of: Name
    by_month: Months
    between: tuple[Name, Name]
    draws: int = Field(default=200, ge=20)

    def words(self, vocabulary: Vocabulary) -> str:
        """A sentence: what is computed, and that it must come out 0."""
        one, other = (name.replace("_", " ") for name in self.between)
        return (
            f"{_title(self)}: starts drawn at random {self.draws} times among those at risk, and everybody "
            f"followed up to the real start only, '{one}' minus '{other}', counted by "
            f"{_counted(self, vocabulary)}; a drawn start cannot act, so that on average it must come out 0."
        )


_KINDS: Mapping[str, type[Frozen]] = {
    "outcome": OutcomeControl,
    "exposure": ExposureControl,
    "pseudo_time": PseudoTimeControl,
}


def _form(data: Any) -> str | None:
    if isinstance(data, OutcomeControl | ExposureControl | PseudoTimeControl):
        return f"<{data.kind}>"
    kind = cast("Mapping[str, Any]", data).get("kind") if isinstance(data, Mapping) else None
    return f"<{kind}>" if isinstance(kind, str) and kind in _KINDS else None


NegativeControl = Annotated[
    Annotated[OutcomeControl, Tag("<outcome>")]
    | Annotated[ExposureControl, Tag("<exposure>")]
    | Annotated[PseudoTimeControl, Tag("<pseudo_time>")],
    Discriminator(
        _form,
        custom_error_type="unknown_form",
        custom_error_message=f"a negative control has the key kind with one of {', '.join(_KINDS)}",
    ),
]


def _title(control: OutcomeControl | ExposureControl | PseudoTimeControl) -> str:
    return control.label or control.name.replace("_", " ")


def _counted(control: OutcomeControl | ExposureControl | PseudoTimeControl, vocabulary: Vocabulary) -> str:
    return f"{lower_first(vocabulary.outcomes[control.of].label)} by month {number_words(control.by_month)}"


def control_problems(protocol: "Protocol") -> Iterator[Problem]:
    """What is wrong with the negative controls whatever the vocabulary says; paths from their list on.

    Parameters
    ----------
    protocol
        The protocol that they belong to.
    """
    for position, one in enumerate(protocol.analysis.negative_controls):
        if protocol.analysis.emulation is None:
            yield Problem("P147", (position,), "a negative control without an emulation to repeat")
        if one.of not in protocol.outcomes:
            found = unknown_word(("of",), one.of, protocol.outcomes, "an outcome of this protocol")
            yield found.below(position)
        if one.by_month > protocol.report.until_month:
            found = f"month {one.by_month:g} in a report up to {protocol.report.until_month:g}"
            yield Problem("P147", (position, "by_month"), found)
        own = _exposure_problems(one, protocol) if one.kind == "exposure" else _pair_problems(one, protocol)
        yield from (problem.below(position) for problem in own)


def _pair_problems(one: OutcomeControl | PseudoTimeControl, protocol: "Protocol") -> Iterator[Problem]:
    known = [*(strategy.name for strategy in protocol.strategies), NATURAL]
    for place, name in enumerate(one.between):
        if name not in known:
            yield unknown_word(("between", place), name, known, "a strategy of this protocol")
    if one.between[0] == one.between[1]:
        yield Problem("P147", ("between",), f"{one.between[0]!r} with itself")
    if one.kind == "pseudo_time" and one.treatment not in protocol.decided_treatments:
        what = "a treatment that a rule of a strategy names"
        yield unknown_word(("treatment",), one.treatment, protocol.decided_treatments, what)


def _exposure_problems(one: ExposureControl, protocol: "Protocol") -> Iterator[Problem]:
    if one.intervention in protocol.decided_interventions:
        found = f"strategies decide about {one.intervention!r}, which may well act"
        yield Problem("P147", ("intervention",), found)
    names = [adjustment.name for adjustment in one.adjust_for]
    for place, adjustment in enumerate(one.adjust_for):
        yield from (problem.below("adjust_for", place) for problem in adjustment.problems())
        if adjustment.name in names[:place]:
            yield Problem("P116", ("adjust_for", place, "name"), f"{adjustment.name!r} twice")
