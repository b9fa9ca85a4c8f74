"""The truth beside a ladder: what is known of the two strategies that its numbers are taken for.

It is known where the patients are virtual; nothing here is estimated from them.
"""

from dataclasses import dataclass

from equipoise.language.words import lower_first
from equipoise.rendering.numbers import points, points_value
from equipoise.rendering.reading import Estimate, Reading
from equipoise.rendering.words import TEXT


@dataclass(frozen=True, slots=True)
class Truth:
    """What is known of two strategies, by day.

    Parameters
    ----------
    names
        Both strategies in words, first the one with the treatment.
    curves
        True survival under each; empty where it is not known.
    differences
        The first minus the second.
    """

    names: tuple[str, str]
    curves: tuple[list[Estimate], list[Estimate]]
    differences: list[Estimate]

    @property
    def versus(self) -> str:
        """``early v watch``."""
        return TEXT["versus"].format(one=self.names[0], other=self.names[1])


def truth_of(reading: Reading, comparison: str, outcome: str) -> Truth | None:
    """The truth of a comparison; None where it names no strategies or nothing is known of them."""
    protocol = reading.study.protocol
    asked = next((one for one in protocol.naive_comparisons if one.name == comparison), None)
    if asked is None or asked.between is None:
        return None
    titles = {one.name: lower_first(one.title) for one in protocol.strategies}
    first, second = asked.between
    curves = reading.truth(outcome, "survival", first), reading.truth(outcome, "survival", second)
    differences = reading.truth(outcome, "survival_difference", first, second)
    if not (differences or all(curves)):
        return None
    return Truth((titles[first], titles[second]), curves, differences)


def true_difference(reading: Reading, truth: Truth | None, month: float) -> Estimate | None:
    """The true difference at a month; None where it is not known."""
    row = None if truth is None else reading.at(truth.differences, month)
    return None if row is None or row.estimate is None else row


def off_by(row: Estimate, truth: Estimate | None) -> str:
    """How far a difference lies from the true one, in points with its sign; empty where either is unknown."""
    if truth is None or row.estimate is None or truth.estimate is None:
        return ""
    return points(row.estimate - truth.estimate, row.n)


def error_words(row: Estimate) -> str:
    """``Monte-Carlo error 0.03``, in points; where there is none the limits, or words."""
    if row.std_error is not None:
        error = f"{100 * row.std_error:.2f}"
        return TEXT["simulation_error"].format(error="<0.01" if error == "0.00" else error)
    if row.lower is not None and row.upper is not None:
        return f"{points_value(row.lower, row.n)} to {points_value(row.upper, row.n)}"
    return TEXT["no_interval"]


def truth_text(row: Estimate) -> str:
    """``+18.0 (Monte-Carlo error 0.03)``; words where nothing is known on the day."""
    if row.estimate is None:
        return TEXT["no_number"]
    return f"{points(row.estimate, row.n)} ({error_words(row)})"
