"""A protocol read aloud: paragraphs that a physician understands without having seen the YAML."""

from equipoise.language.vocabulary import Vocabulary
from equipoise.language.words import listing, lower_first, number_words
from equipoise.protocol.check import four_estimands, is_counted
from equipoise.protocol.estimand import estimand_sentence, handling_words
from equipoise.protocol.plan import Funnel
from equipoise.protocol.protocol import Protocol
from equipoise.protocol.strategy_words import strategy_sentence
from equipoise.protocol.time_zero import LandmarkTimeZero
from equipoise.protocol.trial_words import trial_paragraphs

_VARIANCE_WORDS = {
    "ij": "the infinitesimal jackknife (as R's survfit)",
    "greenwood": "Greenwood's formula (as R's etm)",
    "aalen": "Aalen's formula (as R's cmprsk and mstate)",
}
_INTERVAL_WORDS = {
    "default": "on the log-log scale for survival, complementary log-log for incidences and logit for state "
    "probabilities; where events are few, beta-product intervals",
    "plain": "on the plain scale",
    "loglog": "on the log-log scale",
    "cloglog": "on the complementary log-log scale",
    "logit": "on the logit scale",
}


def narrate(protocol: Protocol, vocabulary: Vocabulary) -> list[str]:
    """Paragraphs: who, from when, what is done and counted, what happens on the way, what is reported.

    Parameters
    ----------
    protocol, vocabulary
        The question, checked against its words.
    """
    paragraphs = [
        _who(protocol, vocabulary),
        _from_when(protocol, vocabulary),
        *_strategies(protocol, vocabulary),
        *_what(protocol, vocabulary),
        *_intercurrent(protocol, vocabulary),
        *trial_paragraphs(protocol, vocabulary),
        *(_funnel(funnel, vocabulary) for funnel in protocol.funnels),
        *([] if protocol.prognosis is None else [protocol.prognosis.words(vocabulary)]),
        *(one.words(vocabulary) for one in protocol.naive_comparisons),
        _numbers(protocol, vocabulary),
    ]
    return [f"{protocol.title}.".replace("?.", "?"), *paragraphs]


def _who(protocol: Protocol, vocabulary: Vocabulary) -> str:
    criteria = [criterion.words(vocabulary) for criterion in protocol.population.all_of]
    steps = "; ".join(f"({number}) {words}" for number, words in enumerate(criteria, start=1))
    return (
        f"Who. Of the patients of the extract ({vocabulary.title}), those are included of whom all of this "
        f"holds by the end of the day of time zero: {steps}. "
        "The criteria exclude in this order, and each is judged only on what is known by that day; a "
        "missing value does not count as met."
    )


def _from_when(protocol: Protocol, vocabulary: Vocabulary) -> str:
    zero = protocol.time_zero
    text = f"From when. Time zero is {zero.words(vocabulary)}; everyone is counted from that day."
    if isinstance(zero, LandmarkTimeZero) and zero.window is not None:
        text += (
            " It is the first record in that window, which is known on its day; patients without one are "
            "not included."
        )
    elif isinstance(zero, LandmarkTimeZero) and zero.day > 0:
        text += " Whoever has left observation by then is not included."
    return text


def _strategies(protocol: Protocol, vocabulary: Vocabulary) -> list[str]:
    if not protocol.strategies:
        return []
    opening = (
        "What would be done. The same people are followed under each of these strategies. A strategy decides "
        "on each day by what is known by the end of the day before; whatever it does not name is done as in "
        "usual care."
    )
    told = [f"{one.title}. {strategy_sentence(one, protocol, vocabulary)}" for one in protocol.strategies]
    return [opening, *told]


def _what(protocol: Protocol, vocabulary: Vocabulary) -> list[str]:
    sentences = [
        f"{vocabulary.outcomes[name].label} ({vocabulary.outcomes[name].abbreviation}): "
        + estimand_sentence(name, None, protocol, vocabulary)
        for name in protocol.outcomes
    ]
    structure = vocabulary.structures[protocol.structure]
    states = "; ".join(lower_first(state.label) for state in structure.states.values())
    shown = f"Over time, everyone is shown in one of {len(structure.states)} states: {states}."
    return [f"What is counted. {sentences[0]}", *sentences[1:], shown]


def _intercurrent(protocol: Protocol, vocabulary: Vocabulary) -> list[str]:
    if not protocol.intercurrent_events:
        return ["On the way. No intercurrent event is named: whatever is done after time zero is ignored."]
    labels = [vocabulary.label_of(one.event) for one in protocol.intercurrent_events]
    handlings = {one.event: one.handling for one in protocol.intercurrent_events}
    text = f"On the way. After time zero there may be {listing(labels, 'or')}. "
    text += f"The main question is what happens {', and '.join(handling_words(handlings, vocabulary))}."
    for event in handlings:
        words = [vocabulary.outcomes[name] for name in protocol.outcomes]
        itself = [word.abbreviation for word in words if is_counted(word, event, vocabulary)]
        if itself:
            text += f" For {listing(itself)}, {vocabulary.label_of(event)} is itself what is counted."
    paragraphs = [text]
    for panel in four_estimands(protocol, vocabulary):
        label, outcome = vocabulary.label_of(panel.event), vocabulary.outcomes[panel.outcome]
        paragraphs.append(
            f"Because the answer depends on the question, {lower_first(outcome.label)} is drawn four ways "
            f"side by side: {label} ignored (treatment policy), never taking place (hypothetical), counted "
            "as an event (composite), and as a competing event (while on treatment). Plain censoring is not "
            f"the hypothetical question unless the timing of {label} has nothing to do with prognosis."
        )
    return paragraphs


def _funnel(funnel: Funnel, vocabulary: Vocabulary) -> str:
    path = ", then ".join(vocabulary.label_of(step) for step in funnel.steps)
    outcome = vocabulary.outcomes[funnel.outcome]
    last = vocabulary.label_of(funnel.steps[-1])
    return (
        f"{funnel.label}. Everyone with {vocabulary.label_of(funnel.origin)} at or after time zero is "
        f"followed from that day on, to {path}. "
        f"{outcome.label} of all of them is drawn beside that of those who reached {last}, "
        "who are the survivors of every step before it."
    )


def _numbers(protocol: Protocol, vocabulary: Vocabulary) -> str:
    report, analysis = protocol.report, protocol.analysis
    months = listing(number_words(month) for month in report.at_months)
    text = (
        f"Which numbers. Curves run to month {number_words(report.until_month)} in steps of "
        f"{number_words(report.every_months)} month{'' if report.every_months == 1 else 's'} (a month is "
        f"365.25/12 days); the headline numbers are those at months {months}."
    )
    if report.restricted_to_months:
        horizons = listing(number_words(month) for month in report.restricted_to_months)
        text += f" Mean times are restricted to months {horizons}."
    text += (
        f" Standard errors are from {_VARIANCE_WORDS[analysis.variance]}, "
        f"{number_words(report.level * 100)} % intervals {_INTERVAL_WORDS[analysis.interval]}."
    )
    if analysis.cluster is not None:
        is_declared = analysis.cluster in vocabulary.patients
        label = lower_first(vocabulary.label_of(analysis.cluster)) if is_declared else analysis.cluster
        text += f" Patients of one {label} are taken as correlated."
    if analysis.weight is not None:
        label = lower_first(vocabulary.label_of(analysis.weight))
        return (
            f"{text} Each patient counts with the weight in {label}: the answer is about the weighted people."
        )
    return f"{text} Every patient counts once."
