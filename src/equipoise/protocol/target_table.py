"""The two-column table of a target trial: what a trial would do, and what is done with these data instead.

The topics are those on which the TARGET statement (2025) asks a report to be explicit, in our own words.
"""

from typing import NamedTuple

from equipoise.language.vocabulary import Vocabulary
from equipoise.language.words import listing, lower_first, number_words
from equipoise.protocol.assumption import NEEDED
from equipoise.protocol.estimand import handling_words, population_words
from equipoise.protocol.protocol import Protocol
from equipoise.protocol.strategy_words import strategy_sentence
from equipoise.protocol.time_zero import LandmarkTimeZero
from equipoise.protocol.trial_words import contrast_sentences, emulation_words


class TargetRow(NamedTuple):
    """One component of the trial.

    Parameters
    ----------
    component
        What the row is about.
    target_trial
        What the trial that nobody could do would do.
    emulation
        What is done with these data instead.
    """

    component: str
    target_trial: str
    emulation: str


def target_table(protocol: Protocol, vocabulary: Vocabulary) -> list[TargetRow]:
    """Rows of the two-column table, in the order in which a trial is planned.

    Parameters
    ----------
    protocol, vocabulary
        The question, checked against its words. Rows say so where a protocol leaves something open.
    """
    return [
        _eligibility(protocol, vocabulary),
        _strategies(protocol, vocabulary),
        _assignment(protocol),
        _time_zero(protocol, vocabulary),
        _follow_up(protocol),
        _outcomes(protocol, vocabulary),
        _intercurrent(protocol, vocabulary),
        _contrasts(protocol, vocabulary),
        _assumptions(protocol),
        _analysis(protocol, vocabulary),
    ]


def _eligibility(protocol: Protocol, vocabulary: Vocabulary) -> TargetRow:
    criteria = "; ".join(one.words(vocabulary) for one in protocol.population.all_of)
    return TargetRow(
        "Eligibility",
        f"{_capital(population_words(protocol, vocabulary))}: {criteria}.",
        f"The same criteria, read off the records of {vocabulary.title} as they stood at the end of the day "
        "of time zero; a missing value does not count as met, and each exclusion is counted.",
    )


def _strategies(protocol: Protocol, vocabulary: Vocabulary) -> TargetRow:
    told = [f"{one.title}: {strategy_sentence(one, protocol, vocabulary)}" for one in protocol.strategies]
    return TargetRow(
        "Strategies",
        " ".join(told) or "None is stated.",
        "The same; a decision of a day rests on what was on record by the day before. What no strategy names "
        "is done as in usual care.",
    )


def _assignment(protocol: Protocol) -> TargetRow:
    arms = len(protocol.strategies)
    return TargetRow(
        "Assignment",
        f"At random to one of {arms} strategies, known to everybody." if arms else "None: one group.",
        "Nobody is assigned: each patient enters every strategy once (a clone), and leaves it when the "
        "records rule it out; weights stand in for the chance, given what the models adjust for."
        if arms
        else "None: one group.",
    )


def _time_zero(protocol: Protocol, vocabulary: Vocabulary) -> TargetRow:
    zero = protocol.time_zero
    rest = "known on its day, the same for every strategy"
    if isinstance(zero, LandmarkTimeZero) and zero.window is not None:
        rest += "; whoever has no such record in the window is not included"
    return TargetRow(
        "Time zero",
        "The day on which the criteria are met, the strategy is assigned, and the follow-up begins.",
        f"{_capital(zero.words(vocabulary))}: {rest}.",
    )


def _follow_up(protocol: Protocol) -> TargetRow:
    month = number_words(protocol.report.until_month)
    emulation = protocol.analysis.emulation
    late = "" if emulation is None else " Those who come under observation after time zero are left out."
    if emulation is not None and emulation.late_entrants == "include":
        late = " Those who come under observation after time zero take part from then on."
    return TargetRow(
        "Follow-up",
        f"From time zero to the first of the outcome, the end of the study and month {month}.",
        f"The same, to the end of the observation on record at the latest.{late}",
    )


def _outcomes(protocol: Protocol, vocabulary: Vocabulary) -> TargetRow:
    emulation = protocol.analysis.emulation
    labels = [lower_first(vocabulary.outcomes[name].label) for name in protocol.outcomes]
    asked = protocol.outcomes if emulation is None else emulation.outcomes
    compared = [lower_first(vocabulary.outcomes[name].label) for name in asked]
    return TargetRow(
        "Outcomes",
        f"{_capital(listing(compared))}, looked for on a schedule that does not depend on the strategy.",
        "As recorded in usual care, where who is seen more often is found out earlier."
        + (f" Also described, without a strategy: {listing(labels)}." if emulation is not None else ""),
    )


def _intercurrent(protocol: Protocol, vocabulary: Vocabulary) -> TargetRow:
    handlings = {one.event: one.handling for one in protocol.intercurrent_events}
    words = listing(handling_words(handlings, vocabulary)) or "none is named"
    return TargetRow(
        "Intercurrent events",
        f"{_capital(words)}.",
        "The same. What a strategy decides about follows the strategy; all else follows usual care.",
    )


def _contrasts(protocol: Protocol, vocabulary: Vocabulary) -> TargetRow:
    told = " ".join(contrast_sentences(protocol, vocabulary))
    return TargetRow(
        "Causal contrasts",
        told or "None is stated.",
        "The same, between strategies followed as they are written (per protocol), on the same people.",
    )


def _assumptions(protocol: Protocol) -> TargetRow:
    argued = {one.name for one in protocol.assumptions}
    told = [one.words() for one in protocol.assumptions]
    missing = [name.replace("_", " ") for name in NEEDED if name not in argued]
    if missing and protocol.contrasts:
        told.append(f"Needed as well, and not argued: {listing(missing)}.")
    return TargetRow(
        "Assumptions",
        "Random assignment makes the groups alike; losses must have nothing to do with the prognosis.",
        " ".join(told) or "None is stated.",
    )


def _analysis(protocol: Protocol, vocabulary: Vocabulary) -> TargetRow:
    analysis = protocol.analysis
    if analysis.emulation is None:
        return TargetRow("Statistical analysis", "Per protocol, with weights.", "Not stated.")
    told = emulation_words(analysis.emulation, protocol, vocabulary).removeprefix("How it is emulated. ")
    again = listing(one.title for one in analysis.sensitivity)
    controls = listing(one.label or one.name.replace("_", " ") for one in analysis.negative_controls)
    return TargetRow(
        "Statistical analysis",
        "Per protocol: probabilities under each strategy from time zero on, with weights for deviations from "
        "it and for losses.",
        told
        + (f" Once more, changed: {again}." if again else "")
        + (f" Negative controls: {controls}." if controls else ""),
    )


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
