"""Time zero: the day from which everyone is counted, known on that day and not later."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal, cast

from pydantic import Discriminator, Field, Tag

from equipoise.base.model import Frozen
from equipoise.language.comparison import Comparison, Name
from equipoise.language.feature import First
from equipoise.language.problem import Problem, unknown_word
from equipoise.language.vocabulary import Vocabulary
from equipoise.language.words import number_words

ORIGIN = "origin"


class EventTimeZero(Frozen):
    """The day of the first record of an event, intervention or measured state.

    Parameters
    ----------
    kind
        ``event``.
    of
        Name of the record.
    occurrence
        ``first``: the last one could only be known later.
    where
        Conditions on the details of the record (on ``value`` for a measurement).
    confirmed
        For a measurement: the next value must agree, at most so many days later; time zero is the day of
        the confirming value.
    """

    kind: Literal["event"]
    of: Name
    occurrence: Literal["first"] = "first"
    where: Mapping[Name, Comparison] = Field(default_factory=dict)
    confirmed: float | None = Field(default=None, gt=0)

    @property
    def feature(self) -> First:
        """The day as a feature; the first record on or before any later day is the same one."""
        return First(record=self.of, where=self.where, confirmed=self.confirmed)

    def words(self, vocabulary: Vocabulary) -> str:
        """``the day of the first complete remission``."""
        return self.feature.words(vocabulary)

    def problems(self, vocabulary: Vocabulary) -> Iterator[Problem]:
        """A record or detail that the vocabulary does not know, or a day on which all is over."""
        for problem in self.feature.problems(vocabulary):
            yield Problem(problem.code, ("of",), problem.found) if problem.path == ("first",) else problem
        if self.of in vocabulary.terminal_events:
            yield Problem("P110", ("of",), f"{self.of!r} is terminal: nobody is followed after it")


class LandmarkTimeZero(Frozen):
    """A day after the origin or an event, or the first assessment in a window around it.

    Parameters
    ----------
    kind
        ``landmark``.
    after
        ``origin``, or the name of an event or intervention (its first record).
    day
        Days after it; 0 is the day itself.
    window
        First and last day of the window. Time zero is then the FIRST assessment in the window, which is
        known on its day; the assessment nearest to the day would look ahead.
    assessment
        Name of the measurement or event that counts as the assessment; with a window only.
    """

    kind: Literal["landmark"]
    after: Name
    day: float = Field(ge=0)
    window: tuple[float, float] | None = None
    assessment: Name | None = None

    def words(self, vocabulary: Vocabulary) -> str:
        """``day 28 after infusion``, ``the first assessment on days 21 to 42 after infusion``."""
        is_origin = self.after == ORIGIN
        anchor = vocabulary.origin.label if is_origin else f"the first {vocabulary.label_of(self.after)}"
        if self.window is None or self.assessment is None:
            if self.day == 0:
                return f"the day of {anchor}"
            return f"day {number_words(self.day)} after {anchor}"
        first, last = (number_words(day) for day in self.window)
        label = vocabulary.heading_of(self.assessment)
        return f"the day of the first record of {label} on days {first} to {last} after {anchor}"

    def problems(self, vocabulary: Vocabulary) -> Iterator[Problem]:
        """An unknown anchor or assessment, or a window that does not fit the day."""
        anchors = (ORIGIN, *vocabulary.interventions, *vocabulary.events)
        if self.after not in anchors:
            yield unknown_word(("after",), self.after, anchors, "the origin, an event or an intervention")
        if self.after in vocabulary.terminal_events:
            yield Problem("P110", ("after",), f"{self.after!r} is terminal: nobody is followed after it")
        known = (*vocabulary.measurements, *vocabulary.events)
        if self.assessment is not None and self.assessment not in known:
            yield unknown_word(("assessment",), self.assessment, known, "a measurement or event")
        if (self.window is None) != (self.assessment is None):
            yield Problem(
                "P110", ("window",), "a window without an assessment, or an assessment without a window"
            )
        if self.window is not None and not 0 <= self.window[0] <= self.day <= self.window[1]:
            first, last = (number_words(day) for day in self.window)
            found = f"day {number_words(self.day)} with a window from {first} to {last}"
            yield Problem("P110", ("window",), found)


def _kind(data: Any) -> str | None:
    if isinstance(data, EventTimeZero | LandmarkTimeZero):
        return f"<{data.kind}>"
    kind = cast("Mapping[str, Any]", data).get("kind") if isinstance(data, Mapping) else None
    return f"<{kind}>" if kind in ("event", "landmark") else None


TimeZero = Annotated[
    Annotated[EventTimeZero, Tag("<event>")] | Annotated[LandmarkTimeZero, Tag("<landmark>")],
    Discriminator(
        _kind,
        custom_error_type="unknown_kind",
        custom_error_message="time zero needs kind: event or kind: landmark",
    ),
]
