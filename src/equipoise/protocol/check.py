"""Whether a vocabulary can answer a protocol: every word known, of the right kind, and with a meaning."""

from collections.abc import Iterator
from pathlib import Path

from equipoise.base.document import Document
from equipoise.language.outcome import Outcome, OutcomeKind
from equipoise.language.problem import Problem, refuse, unknown_word
from equipoise.language.vocabulary import Vocabulary
from equipoise.protocol.check_prognosis import prognosis_problems
from equipoise.protocol.check_trial import trial_vocabulary_problems
from equipoise.protocol.intercurrent import FourEstimands
from equipoise.protocol.plan import Funnel
from equipoise.protocol.protocol import Protocol
from equipoise.protocol.sensitivity import patched

SITE = "site"  # the one column of patients that every source has a place for


def check(protocol: Protocol, vocabulary: Vocabulary, document: Document | None = None) -> None:
    """Check a protocol against its vocabulary.

    Parameters
    ----------
    protocol, vocabulary
        What is asked, and the words of the data source.
    document
        The document of the protocol, for file and line in the error.

    Raises
    ------
    ProtocolError
        For the first problem, with its path (and file and line).
    """
    # A patch of a protocol that cannot be carried out would only repeat its mistakes.
    found = list(protocol_problems(protocol, vocabulary)) or list(_patch_problems(protocol, vocabulary))
    refuse(found, document, root="protocol")


def protocol_problems(protocol: Protocol, vocabulary: Vocabulary) -> Iterator[Problem]:
    """Everything that the vocabulary has against the protocol, in the order of the document."""
    is_name = not Path(protocol.vocabulary).suffix
    if is_name and protocol.vocabulary != vocabulary.name:
        yield Problem(
            "P101", ("vocabulary",), f"{protocol.vocabulary!r}, but the data are in {vocabulary.name!r}"
        )
    for position, criterion in enumerate(protocol.population.all_of):
        for problem in criterion.predicate.problems(vocabulary):
            yield problem.below("population", "all_of", position, "predicate")
    yield from (problem.below("time_zero") for problem in protocol.time_zero.problems(vocabulary))
    if protocol.structure not in vocabulary.structures:
        yield unknown_word(("structure",), protocol.structure, vocabulary.structures, "a structure")
    yield from _strategy_problems(protocol, vocabulary)
    for position, name in enumerate(protocol.outcomes):
        if name not in vocabulary.outcomes:
            yield unknown_word(("outcomes", position), name, vocabulary.outcomes, "an outcome")
    yield from _intercurrent_problems(protocol, vocabulary)
    for position, funnel in enumerate(protocol.funnels):
        yield from (problem.below("funnels", position) for problem in _funnel_problems(funnel, vocabulary))
    if protocol.prognosis is not None:
        of_prognosis = prognosis_problems(protocol.prognosis, protocol.time_zero, vocabulary)
        yield from (problem.below("prognosis") for problem in of_prognosis)
    for position, one in enumerate(protocol.naive_comparisons):
        found = one.vocabulary_problems(vocabulary, protocol.intercurrent_events)
        yield from (problem.below("naive_comparisons", position) for problem in found)
    yield from trial_vocabulary_problems(protocol, vocabulary)
    yield from _column_problems(protocol, vocabulary)


def happens_by(outcome: Outcome, event: str, vocabulary: Vocabulary) -> bool:
    """Whether an event itself moves a patient out of the states in which the outcome is followed."""
    structure = vocabulary.structures[outcome.structure]
    return any(arrow.on == event for arrow in structure.exits(outcome.follows))


def is_counted(outcome: Outcome, event: str, vocabulary: Vocabulary) -> bool:
    """Whether the event itself is what a time-to-event outcome counts (not one of its competing ends)."""
    structure = vocabulary.structures[outcome.structure]
    return any(
        arrow.on == event and (not outcome.at_risk or arrow.to in outcome.states)
        for arrow in structure.exits(outcome.follows)
        if outcome.kind is not OutcomeKind.OCCUPANCY
    )


def four_estimands(protocol: Protocol, vocabulary: Vocabulary) -> tuple[FourEstimands, ...]:
    """The panels of a checked protocol: those it names, else the default ones.

    By default each intervention among the intercurrent events, with the first survival outcome that the
    intervention does not itself end.
    """
    if protocol.four_estimands:
        return protocol.four_estimands
    panels: list[FourEstimands] = []
    for one in protocol.intercurrent_events:
        suitable = [name for name in protocol.outcomes if _suits_panel(name, one.event, vocabulary)]
        if one.event in vocabulary.interventions and suitable:
            panels.append(FourEstimands(event=one.event, outcome=suitable[0]))
    return tuple(panels)


def _suits_panel(outcome: str, event: str, vocabulary: Vocabulary) -> bool:
    word = vocabulary.outcomes[outcome]
    return word.kind is OutcomeKind.SURVIVAL and not happens_by(word, event, vocabulary)


def _strategy_problems(protocol: Protocol, vocabulary: Vocabulary) -> Iterator[Problem]:
    structure = vocabulary.structures.get(protocol.structure)
    if structure is not None:
        for position, treatment in enumerate(protocol.treatments):
            found = treatment.vocabulary_problems(structure, vocabulary)
            yield from (problem.below("treatments", position) for problem in found)
    for position, strategy in enumerate(protocol.strategies):
        found = strategy.vocabulary_problems(vocabulary)
        yield from (problem.below("strategies", position) for problem in found)


def _intercurrent_problems(protocol: Protocol, vocabulary: Vocabulary) -> Iterator[Problem]:
    dated = (*vocabulary.interventions, *vocabulary.events)
    for position, one in enumerate(protocol.intercurrent_events):
        path = ("intercurrent_events", position, "event")
        if one.event not in dated:
            yield unknown_word(path, one.event, dated, "an event or intervention")
        elif one.event in vocabulary.terminal_events:
            yield Problem("P111", path, f"{one.event!r} is terminal")
    for position, panel in enumerate(protocol.four_estimands):
        path = ("four_estimands", position, "outcome")
        if panel.outcome not in vocabulary.outcomes:
            yield unknown_word(path, panel.outcome, vocabulary.outcomes, "an outcome")
        elif not _suits_panel(panel.outcome, panel.event, vocabulary):
            found = f"{panel.outcome!r} is no survival outcome, or {panel.event!r} itself ends it"
            yield Problem("P117", path, found)


def _funnel_problems(funnel: Funnel, vocabulary: Vocabulary) -> Iterator[Problem]:
    dated = (*vocabulary.interventions, *vocabulary.events)
    places = [(("origin",), funnel.origin)]
    places += [(("steps", position), step) for position, step in enumerate(funnel.steps)]
    for path, name in places:
        if name not in dated:
            yield unknown_word(path, name, dated, "an event or intervention")
        elif name in vocabulary.terminal_events:
            yield Problem("P113", path, f"{name!r} is terminal: nobody is followed after it")
    if funnel.outcome not in vocabulary.outcomes:
        yield unknown_word(("outcome",), funnel.outcome, vocabulary.outcomes, "an outcome")
        return
    outcome = vocabulary.outcomes[funnel.outcome]
    if outcome.kind is not OutcomeKind.SURVIVAL:
        yield Problem("P113", ("outcome",), f"{funnel.outcome!r} is of kind {outcome.kind.value}")
    arrows = vocabulary.structures[outcome.structure].arrows
    entered = {arrow.to for arrow in arrows if arrow.on == funnel.origin}
    if entered and not entered & set(outcome.states):  # an origin without arrows leaves everyone in place
        found = f"{funnel.origin!r} never leaves a patient in a state of {funnel.outcome!r}"
        yield Problem("P113", ("outcome",), found)


def _patch_problems(protocol: Protocol, vocabulary: Vocabulary) -> Iterator[Problem]:
    """What the vocabulary has against the patched protocols; each is checked like any other."""
    for position, one in enumerate(protocol.analysis.sensitivity):
        for problem in protocol_problems(patched(protocol, one), vocabulary):
            place = ".".join(str(key) for key in problem.path)
            path = ("analysis", "sensitivity", position, "patch")
            yield Problem(problem.code, path, f"{problem.found} ({place} of the patched protocol)")


def _column_problems(protocol: Protocol, vocabulary: Vocabulary) -> Iterator[Problem]:
    asked = (("weight", protocol.analysis.weight), ("cluster", protocol.analysis.cluster))
    for role, column in asked:
        if column is None:
            continue
        known = [name for name, word in vocabulary.patients.items() if word.role == role]
        known += [SITE] if role == "cluster" else []
        if column not in known:
            what = f"a column of patients with role {role}"
            yield unknown_word(("analysis", role), column, known, what)
