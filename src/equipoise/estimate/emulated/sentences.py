"""Estimands of an emulation as sentences."""

from collections.abc import Mapping
from typing import Final

from equipoise.estimate.analysis import Analysis
from equipoise.estimate.emulated.contrasts import E_VALUE, TREATED_FOR_ONE
from equipoise.estimate.emulated.followed import Number
from equipoise.protocol.estimand import Measure, estimand_sentence
from equipoise.protocol.strategy import NATURAL_COURSE, Strategy

MINUS: Final = "The first minus the second, if everybody followed '{a}' (1) or '{b}' (2)"
OVER: Final = "The first over the second, if everybody followed '{a}' (1) or '{b}' (2)"
_PHRASES: Final[Mapping[str, tuple[Measure, str]]] = {
    "survival_difference": ("survival", MINUS),
    "survival_ratio": ("survival", OVER),
    "risk_ratio": ("survival", f"One minus it: {OVER[0].lower()}{OVER[1:]}"),
    "cumulative_incidence_difference": ("cumulative_incidence", MINUS),
    "cumulative_incidence_ratio": ("cumulative_incidence", OVER),
    "state_probability_difference": ("state_probability", MINUS),
    "restricted_mean_difference": ("restricted_mean", MINUS),
    "time_lost_difference": ("time_lost", MINUS),
    "crossing_time": (
        "survival",
        "The first day from which on it is not lower if everybody followed '{a}' than if everybody followed "
        "'{b}', up to the end of the report",
    ),
    TREATED_FOR_ONE: (
        "survival",
        "How many must follow '{a}' instead of '{b}' for one more to be so (below 0: for one fewer)",
    ),
    E_VALUE: (
        "survival",
        "How strongly (as a risk ratio) something unmeasured would have to go with the choice of '{a}' "
        "rather than '{b}' and with the event, to explain the risk ratio away",
    ),
}


def level_sentence(analysis: Analysis, strategy: str, number: Number) -> str:
    """What a level under a strategy estimates."""
    outcome, _, state = number.outcome.partition(":")
    said = _said(analysis, outcome, number.measure)
    title = _titles(analysis)[strategy]
    text = f"{said} If everybody followed '{title}'."
    if not state:
        return text
    states = analysis.vocabulary.structures[analysis.vocabulary.outcomes[outcome].structure].states
    label = states[state].label if state in states else state
    return f"{text} The part lost to: {label}."


def contrast_sentence(analysis: Analysis, measure: str, outcome: str, between: tuple[str, str]) -> str:
    """What a contrast estimates."""
    level, phrase = _PHRASES[measure]
    titles = _titles(analysis)
    comparison = phrase.format(a=titles[between[0]], b=titles[between[1]])
    return f"{_said(analysis, outcome, level)} {comparison}."


def _titles(analysis: Analysis) -> dict[str, str]:
    strategies: tuple[Strategy, ...] = (*analysis.protocol.strategies, NATURAL_COURSE)
    return {one.name: one.title for one in strategies}


def _said(analysis: Analysis, outcome: str, measure: str) -> str:
    """The estimand of the outcome itself; what strategies decide about is no intercurrent event."""
    protocol = analysis.protocol
    decided = protocol.decided_interventions
    others = tuple(one for one in protocol.intercurrent_events if one.event not in decided)
    kind = _measure(measure)
    asked = protocol.model_copy(update={"intercurrent_events": others})
    return estimand_sentence(outcome, None, asked, analysis.vocabulary, measure=kind)


def _measure(measure: str) -> Measure:
    known: dict[str, Measure] = {
        "survival": "survival",
        "cumulative_incidence": "cumulative_incidence",
        "state_probability": "state_probability",
        "restricted_mean": "restricted_mean",
        "time_lost": "time_lost",
    }
    return known[measure]
