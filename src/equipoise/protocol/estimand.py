"""The estimand as one English sentence: the five attributes of ICH E9(R1) in plain words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from equipoise.language.outcome import Outcome, OutcomeKind
from equipoise.language.vocabulary import Vocabulary
from equipoise.language.words import listing
from equipoise.protocol.check import happens_by, is_counted
from equipoise.protocol.intercurrent import Handling
from equipoise.protocol.plan import Funnel
from equipoise.protocol.protocol import Protocol

Measure = Literal[
    "survival",
    "cumulative_incidence",
    "state_probability",
    "restricted_mean",
    "time_lost",
    "median",
    "median_follow_up",
    "one_minus_survival",
]

_SUMMARIES: dict[Measure, str] = {
    "survival": "the probability of still being {is_} on each day (no {event} so far)",
    "cumulative_incidence": "the probability that {event} has happened by each day{competing}",
    "state_probability": "the probability of being {is_} on each day, whatever happened earlier",
    "restricted_mean": "the mean time {is_} up to the horizon",
    "time_lost": "the mean time lost to {event} up to the horizon{competing}",
    "median": "the day by which {event} has happened to half",
    "median_follow_up": "the median time under observation if {event} had not ended it "
    "(reverse Kaplan-Meier)",
    "one_minus_survival": "one minus the Kaplan-Meier estimate for {event}{competing}, "
    "which treats what competes as censoring and overstates the probability",
}

_DEFAULT: dict[OutcomeKind, Measure] = {
    OutcomeKind.SURVIVAL: "survival",
    OutcomeKind.CUMULATIVE_INCIDENCE: "cumulative_incidence",
    OutcomeKind.OCCUPANCY: "state_probability",
}


@dataclass(frozen=True, slots=True)
class _Variable:
    """What is counted, once the handlings that change it (composite, while on treatment) are applied."""

    is_: str
    event: str
    competing: str


def estimand_sentence(
    outcome: str,
    handling: Handling | None,
    protocol: Protocol,
    vocabulary: Vocabulary,
    *,
    event: str | None = None,
    measure: Measure | None = None,
) -> str:
    """Say in one sentence what a number estimates.

    Population, time zero, variable, handling of intercurrent events and summary measure (ICH E9(R1),
    A.3.3), in this order; there is one course of treatment, the natural one.

    Parameters
    ----------
    outcome
        Name of an outcome of the vocabulary.
    handling
        Handling of `event` instead of the protocol's; None for the protocol's own handlings.
    protocol, vocabulary
        The question, checked against its words.
    event
        The intercurrent event that `handling` is for; default the protocol's first.
    measure
        Summary measure; default the one of the kind of outcome.
    """
    handlings = {one.event: one.handling for one in protocol.intercurrent_events}
    if handling is not None and (event is not None or handlings):
        handlings[event if event is not None else next(iter(handlings))] = handling
    word = vocabulary.outcomes[outcome]
    own = {name: how for name, how in handlings.items() if not _is_part(word, name, vocabulary)}
    counted = [vocabulary.label_of(name) for name in handlings if is_counted(word, name, vocabulary)]
    variable = _variable(word, own, vocabulary)
    summary = _summary(measure or _summary_kind(word, own), variable)
    parts = [
        f"in {population_words(protocol, vocabulary)}",
        f"counted from {protocol.time_zero.words(vocabulary)}",
        *handling_words(own, vocabulary),
        *([f"{listing(counted)} itself being counted"] if counted else []),
    ]
    return _sentence(summary, parts)


def state_sentence(state: str, protocol: Protocol, vocabulary: Vocabulary) -> str:
    """Say in one sentence what a probability of a state of the protocol's structure estimates.

    Intercurrent events are moves between states here, so the handling is always the treatment policy.
    """
    label = vocabulary.structures[protocol.structure].states[state].label
    parts = [
        f"in {population_words(protocol, vocabulary)}",
        f"counted from {protocol.time_zero.words(vocabulary)}",
    ]
    return _sentence(f"the probability of being in the state '{label}' on each day", parts)


def funnel_sentence(funnel: Funnel, step: str, protocol: Protocol, vocabulary: Vocabulary) -> str:
    """Say in one sentence what a curve of a funnel estimates.

    Parameters
    ----------
    funnel
        The funnel.
    step
        Its origin (all who can take the steps) or one of its steps (those who got there).
    protocol, vocabulary
        The question, checked against its words.
    """
    path = (funnel.origin, *funnel.steps)
    reached = path[: path.index(step) + 1]
    word = vocabulary.outcomes[funnel.outcome]
    summary = _summary(_DEFAULT[word.kind], _Variable(word.is_, word.event, word.competing))
    who = " and then ".join(vocabulary.label_of(name) for name in reached)
    parts = [
        f"in {population_words(protocol, vocabulary)} and who had {who}",
        f"counted from the day of that {vocabulary.label_of(step)}",
        "whatever is done afterwards (treatment policy)",
    ]
    return _sentence(summary, parts)


def _sentence(summary: str, parts: list[str]) -> str:
    return f"{summary[0].upper()}{', '.join([summary[1:], *parts])}."


def handling_words(handlings: Mapping[str, Handling], vocabulary: Vocabulary) -> list[str]:
    """One phrase for each handling that occurs, naming its events: what the question assumes about them."""
    phrases: list[str] = []
    for how in Handling:
        labels = [vocabulary.label_of(name) for name, handling in handlings.items() if handling is how]
        if labels:
            phrases.append(f"{how.words(listing(labels, 'or'))} ({how.label})")
    return phrases


def population_words(protocol: Protocol, vocabulary: Vocabulary) -> str:
    """The population's own label, or ``patients who meet all criteria (a; b; c)``."""
    if protocol.population.label:
        return protocol.population.label
    criteria = [criterion.words(vocabulary) for criterion in protocol.population.all_of]
    meet = "all criteria" if len(criteria) > 1 else "the criterion"
    return f"patients who meet {meet} ({'; '.join(criteria)})"


def _is_part(outcome: Outcome, event: str, vocabulary: Vocabulary) -> bool:
    """Whether the event ends the outcome by definition, counted or competing: no handling can change that."""
    return outcome.kind is not OutcomeKind.OCCUPANCY and happens_by(outcome, event, vocabulary)


def _variable(outcome: Outcome, handlings: Mapping[str, Handling], vocabulary: Vocabulary) -> _Variable:
    counted = [vocabulary.label_of(name) for name, how in handlings.items() if how is Handling.COMPOSITE]
    ending = [
        vocabulary.label_of(name) for name, how in handlings.items() if how is Handling.WHILE_ON_TREATMENT
    ]
    without = f" without {listing(counted, 'or')}" if counted else ""
    before = f" before {listing(ending, 'or')}" if ending else ""
    events = listing([outcome.event, *counted], "or") + before
    competing = listing([part for part in (outcome.competing, *ending) if part], "and")
    return _Variable(is_=outcome.is_ + without, event=events, competing=competing)


def _summary_kind(outcome: Outcome, handlings: Mapping[str, Handling]) -> Measure:
    """Survival that ends at an intercurrent event without counting it is an incidence with competition."""
    if outcome.kind is OutcomeKind.SURVIVAL and Handling.WHILE_ON_TREATMENT in handlings.values():
        return "cumulative_incidence"
    return _DEFAULT[outcome.kind]


def _summary(measure: Measure, variable: _Variable) -> str:
    competing = f" ({variable.competing} competing)" if variable.competing else ""
    return _SUMMARIES[measure].format(is_=variable.is_, event=variable.event, competing=competing)
