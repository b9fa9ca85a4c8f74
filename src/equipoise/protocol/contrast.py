"""Contrasts: which number of one strategy is compared with which of another, and when."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Final, Literal

from pydantic import BeforeValidator

from equipoise.base.model import Frozen
from equipoise.language.comparison import Name
from equipoise.language.outcome import OutcomeKind
from equipoise.language.problem import Problem, unknown_word
from equipoise.language.vocabulary import Vocabulary
from equipoise.language.words import listing, lower_first, number_words
from equipoise.protocol.cross_world import refuse_cross_world, refuse_stratum
from equipoise.protocol.plan import Report
from equipoise.protocol.strategy import NATURAL

ContrastMeasure = Literal[
    "survival_difference",
    "survival_ratio",
    "risk_ratio",
    "cumulative_incidence_difference",
    "cumulative_incidence_ratio",
    "state_probability_difference",
    "restricted_mean_difference",
    "time_lost_difference",
    "crossing_time",
]
_SURVIVAL = (OutcomeKind.SURVIVAL,)
_INCIDENCE = (OutcomeKind.CUMULATIVE_INCIDENCE,)
_OCCUPANCY = (OutcomeKind.OCCUPANCY,)
FITTING: Final[Mapping[ContrastMeasure, tuple[OutcomeKind, ...]]] = {
    "survival_difference": _SURVIVAL,
    "survival_ratio": _SURVIVAL,
    "risk_ratio": _SURVIVAL,
    "cumulative_incidence_difference": _INCIDENCE,
    "cumulative_incidence_ratio": _INCIDENCE,
    "state_probability_difference": _OCCUPANCY,
    "restricted_mean_difference": (*_SURVIVAL, *_OCCUPANCY),
    "time_lost_difference": _INCIDENCE,
    "crossing_time": _SURVIVAL,
}
RESTRICTED: Final = ("restricted_mean_difference", "time_lost_difference")
_WORDS: Final[Mapping[ContrastMeasure, str]] = {
    "survival_difference": "the difference in {outcome}",
    "survival_ratio": "the ratio of {outcome}",
    "risk_ratio": "the ratio of the risks of {event} (one minus {outcome})",
    "cumulative_incidence_difference": "the difference in {outcome}",
    "cumulative_incidence_ratio": "the ratio of {outcome}",
    "state_probability_difference": "the difference in {outcome}",
    "restricted_mean_difference": "the difference in mean time {is_}",
    "time_lost_difference": "the difference in mean time lost to {event}",
    "crossing_time": "the time from which on {outcome} is at least as high for good",
}


class Contrast(Frozen):
    """One comparison of two strategies, on the same people: the first minus (or over) the second.

    Parameters
    ----------
    measure
        What is compared. ``risk_ratio`` is the ratio of one minus survival; ``crossing_time`` the first time
        from which on the first strategy's survival is not below the second's, up to the end of the report.
    of
        Name of an outcome of the protocol.
    at_months
        Months after time zero; those of the report when empty.
    restricted_to_months
        Horizons of restricted means and time lost; those of the report when empty.
    between
        Two strategies of the protocol, or the natural course.
    """

    measure: Annotated[ContrastMeasure, BeforeValidator(refuse_cross_world)]
    of: Annotated[Name, BeforeValidator(refuse_stratum)]
    at_months: tuple[float, ...] = ()
    restricted_to_months: tuple[float, ...] = ()
    between: tuple[Name, Name]

    def months(self, report: Report) -> tuple[float, ...]:
        """Months (or horizons) for which the contrast is given; the end of the report for a crossing time."""
        if self.measure == "crossing_time":
            return (report.until_month,)
        if self.measure in RESTRICTED:
            return self.restricted_to_months or report.restricted_to_months
        return self.at_months or report.at_months

    def problems(
        self, report: Report, outcomes: Sequence[str], strategies: Sequence[str]
    ) -> Iterator[Problem]:
        """Unknown names, one strategy against itself, months that do not belong to the measure or the report.

        Parameters
        ----------
        report
            The protocol's report.
        outcomes
            Names of the protocol's outcomes.
        strategies
            Names of the protocol's strategies.
        """
        if self.of not in outcomes:
            yield unknown_word(("of",), self.of, outcomes, "an outcome of this protocol")
        known = (*strategies, NATURAL)
        for position, name in enumerate(self.between):
            if name not in known:
                yield unknown_word(("between", position), name, known, "a strategy of this protocol")
        if self.between[0] == self.between[1]:
            yield Problem("P142", ("between",), f"{self.between[0]!r} with itself")
        yield from self._month_problems(report)

    def _month_problems(self, report: Report) -> Iterator[Problem]:
        is_restricted, is_crossing = self.measure in RESTRICTED, self.measure == "crossing_time"
        for key, months, belongs in (
            ("at_months", self.at_months, not is_restricted and not is_crossing),
            ("restricted_to_months", self.restricted_to_months, is_restricted),
        ):
            if months and not belongs:
                yield Problem("P142", (key,), f"{key} with the measure {self.measure!r}")
            for position, month in enumerate(months):
                if not 0 < month <= report.until_month:
                    found = f"month {month:g} in a report from 0 to {report.until_month:g}"
                    yield Problem("P114", (key, position), found)
                elif position and month <= months[position - 1]:
                    yield Problem("P114", (key, position), f"month {month:g} after {months[position - 1]:g}")
        if is_restricted and not self.months(report):
            found = "no horizon, neither here nor in the report (restricted_to_months)"
            yield Problem("P142", ("measure",), found)

    def vocabulary_problems(self, vocabulary: Vocabulary) -> Iterator[Problem]:
        """A measure that does not fit the kind of outcome; an unknown outcome is told where it is listed."""
        outcome = vocabulary.outcomes.get(self.of)
        if outcome is not None and outcome.kind not in FITTING[self.measure]:
            kinds = listing((kind.value for kind in FITTING[self.measure]), "or")
            found = f"{self.measure!r} of {self.of!r}, which is of kind {outcome.kind.value}, not {kinds}"
            yield Problem("P142", ("measure",), found)

    def words(self, titles: Mapping[str, str], report: Report, vocabulary: Vocabulary) -> str:
        """A phrase: ``the difference in survival at months 12 and 24, 'Early' minus 'Watch'``.

        Parameters
        ----------
        titles
            Titles of strategies by name, the natural course among them.
        report
            The protocol's report.
        vocabulary
            The words of the data source.
        """
        word = vocabulary.outcomes[self.of]
        what = _WORDS[self.measure].format(outcome=lower_first(word.label), event=word.event, is_=word.is_)
        one, other = (f"'{titles[name]}'" for name in self.between)
        months = listing(number_words(month) for month in self.months(report))
        if self.measure == "crossing_time":
            return f"{what} under {one} than under {other}, looked for up to month {months}"
        plural = "s" if len(self.months(report)) > 1 else ""
        when = f"{'up to' if self.measure in RESTRICTED else 'by'} month{plural} {months}"
        return f"{what} {when}, {one} {'over' if self.measure.endswith('ratio') else 'minus'} {other}"
