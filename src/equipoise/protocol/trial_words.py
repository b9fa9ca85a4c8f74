"""The emulated trial read aloud: contrasts, assumptions, how it is emulated, what is tried once more."""

from equipoise.language.vocabulary import Vocabulary
from equipoise.language.words import listing, lower_first, number_words
from equipoise.protocol.emulation import Emulation
from equipoise.protocol.protocol import Protocol
from equipoise.protocol.sensitivity import patched
from equipoise.protocol.strategy import NATURAL_COURSE
from equipoise.protocol.what_changed import what_changed


def trial_paragraphs(protocol: Protocol, vocabulary: Vocabulary) -> list[str]:
    """Paragraphs on the emulated trial; none for a protocol that compares no strategies.

    Parameters
    ----------
    protocol, vocabulary
        The question, checked against its words.
    """
    analysis = protocol.analysis
    paragraphs: list[str] = []
    if protocol.contrasts:
        paragraphs.append(f"What is compared. {' '.join(contrast_sentences(protocol, vocabulary))}")
    if protocol.assumptions:
        told = " ".join(one.words() for one in protocol.assumptions)
        paragraphs.append(f"What must be true for that. {told}")
    if analysis.emulation is not None:
        paragraphs.append(emulation_words(analysis.emulation, protocol, vocabulary))
        paragraphs.append(f"When nothing is shown. {protocol.gates.words(vocabulary)}")
    paragraphs += [
        f"Once more, changed ({one.title}). {'; '.join(what_changed(protocol, patched(protocol, one)))}."
        for one in analysis.sensitivity
    ]
    if analysis.negative_controls:
        told = " ".join(one.words(vocabulary) for one in analysis.negative_controls)
        paragraphs.append(f"Where nothing may come out. {told}")
    return paragraphs


def contrast_sentences(protocol: Protocol, vocabulary: Vocabulary) -> list[str]:
    """One sentence for each contrast, in the order of the protocol."""
    titles = {one.name: one.title for one in (*protocol.strategies, NATURAL_COURSE)}
    phrases = [one.words(titles, protocol.report, vocabulary) for one in protocol.contrasts]
    return [f"{phrase[0].upper()}{phrase[1:]}." for phrase in phrases]


def emulation_words(emulation: Emulation, protocol: Protocol, vocabulary: Vocabulary) -> str:
    """A paragraph: clones, what is modelled, weights, late entry, intervals."""
    structure = vocabulary.structures[protocol.structure]
    text = (
        "How it is emulated. Everybody is followed under each strategy (as a clone) for as long as what was "
        "done might have been done under it, and counts with a weight: how likely that course of treatment "
        "was under the strategy, over how likely it was in usual care."
    )
    for one in emulation.treatments:
        what = protocol.treatment(one.treatment).words(structure, vocabulary)
        text += f" The hazard of {what} depends {one.words(vocabulary)}."
    if emulation.loss is None:
        text += " The loss to follow-up is taken to have nothing to do with the prognosis."
    else:
        text += f" The hazard of a loss to follow-up depends {emulation.loss.words(vocabulary)}."
    if emulation.strategies:
        titles = listing(f"'{protocol.strategy(name).title}'" for name in emulation.strategies)
        text += f" Emulated are the strategies {titles}."
    labels = listing(lower_first(vocabulary.outcomes[name].label) for name in emulation.outcomes)
    return f"{text} Estimated are {labels}. {_choices(emulation)}"


def _choices(emulation: Emulation) -> str:
    """Sentences on what is done with late entrants, large weights and the uncertainty."""
    late = "are left out" if emulation.late_entrants == "exclude" else "take part from then on"
    match emulation.truncate:
        case "default":
            largest = "Weights above sqrt(n) ln(n) / 5 are set to it"
        case None:
            largest = "Weights are not truncated"
        case limit:
            largest = f"Weights above {number_words(limit)} are set to it"
    fitted = (
        "with normal priors on the log hazard ratios"
        if emulation.penalised
        else "by maximum likelihood, without priors"
    )
    return (
        f"Those who come under observation after time zero {late}. {largest}; the models are fitted "
        f"{fitted}. "
        f"Up to {emulation.jackknife_up_to} patients the standard errors come from leaving out each of them, "
        f"beyond that from their influence; bands come from {emulation.draws} bootstrap draws."
    )
