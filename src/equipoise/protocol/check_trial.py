"""Whether the parts of an emulated trial hold together: contrasts, assumptions, models, patches, gates."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from equipoise.language.problem import Problem
from equipoise.language.vocabulary import Vocabulary
from equipoise.protocol.assumption import assumption_problems
from equipoise.protocol.check_prognosis import column_problems, covariate_problems
from equipoise.protocol.emulation import Adjustment, Emulation
from equipoise.protocol.negative_control import ExposureControl, control_problems
from equipoise.protocol.success import hindsight_problems, success_problems
from equipoise.protocol.treatment import Treatment

if TYPE_CHECKING:
    from equipoise.protocol.protocol import Protocol


def trial_problems(protocol: "Protocol") -> Iterator[Problem]:
    """What is wrong with the emulated trial whatever the vocabulary says.

    Parameters
    ----------
    protocol
        A protocol; one without contrasts, emulation and gates has no problem here.
    """
    yield from success_problems(protocol)
    analysis = protocol.analysis
    if analysis.emulation is not None:
        asked = analysis.emulation
        emulated = [one for one in protocol.strategies if asked.emulates(one.name)]
        ruled = {rule.treatment for one in emulated for rule in one.rules}
        treatments = [name for name in protocol.decided_treatments if name in ruled]
        names = [one.name for one in protocol.strategies]
        found = asked.problems(treatments, protocol.outcomes, names)
        yield from (problem.below("analysis", "emulation") for problem in found)
        if not protocol.strategies:
            yield Problem("P140", ("analysis", "emulation"), "an emulation without strategies")
    # After the emulation: a contrast of an outcome that is misspelt there is no second mistake.
    yield from (problem.below("contrasts") for problem in _contrast_problems(protocol))
    yield from (problem.below("assumptions") for problem in assumption_problems(protocol.assumptions))
    of_controls = control_problems(protocol)
    yield from (problem.below("analysis", "negative_controls") for problem in of_controls)
    yield from (problem.below("gates") for problem in protocol.gates.problems())


def _contrast_problems(protocol: "Protocol") -> Iterator[Problem]:
    emulation = protocol.analysis.emulation
    strategies = [one.name for one in protocol.strategies]
    for position, one in enumerate(protocol.contrasts):
        found = one.problems(protocol.report, protocol.outcomes, strategies)
        yield from (problem.below(position) for problem in found)
        if emulation is not None and one.of in protocol.outcomes and one.of not in emulation.outcomes:
            yield Problem("P142", (position, "of"), f"{one.of!r} is not among the outcomes of the emulation")
        unasked = [name for name in one.between if emulation is not None and not emulation.emulates(name)]
        for name in unasked:
            if name in strategies:
                found_name = f"{name!r} is not among the strategies of the emulation"
                yield Problem("P142", (position, "between"), found_name)
        if one in protocol.contrasts[:position]:
            yield Problem("P116", (position,), "the same contrast twice")


def trial_vocabulary_problems(protocol: "Protocol", vocabulary: Vocabulary) -> Iterator[Problem]:
    """What the vocabulary has against the emulated trial.

    Parameters
    ----------
    protocol
        A protocol that holds together.
    vocabulary
        The words of the data source.
    """
    yield from hindsight_problems(protocol, vocabulary)
    for position, one in enumerate(protocol.contrasts):
        found = one.vocabulary_problems(vocabulary)
        yield from (problem.below("contrasts", position) for problem in found)
    if protocol.analysis.emulation is not None:
        found = _model_problems(protocol.analysis.emulation, vocabulary)
        yield from (problem.below("analysis", "emulation") for problem in found)
    for position, control in enumerate(protocol.analysis.negative_controls):
        if isinstance(control, ExposureControl):
            found = _exposure_problems(control, protocol, vocabulary)
            yield from (problem.below("analysis", "negative_controls", position) for problem in found)
    yield from (problem.below("gates") for problem in protocol.gates.vocabulary_problems(vocabulary))


def _model_problems(emulation: Emulation, vocabulary: Vocabulary) -> Iterator[Problem]:
    models = [(("treatments", position), one) for position, one in enumerate(emulation.treatments)]
    models += [] if emulation.loss is None else [(("loss",), emulation.loss)]
    for path, model in models:
        found = _adjustment_problems(model.adjust_for, vocabulary)
        yield from (problem.below(*path) for problem in found)
        if model.site is not None:
            found = column_problems(model.site, vocabulary)
            yield from (problem.below(*path, "site") for problem in found)


def _adjustment_problems(adjust_for: tuple[Adjustment, ...], vocabulary: Vocabulary) -> Iterator[Problem]:
    """Problems of covariates that are judged day by day, up to whatever day the data reach."""
    for position, one in enumerate(adjust_for):
        found = covariate_problems(one, float("inf"), vocabulary)
        yield from (problem.below("adjust_for", position) for problem in found)


def _exposure_problems(
    control: ExposureControl, protocol: "Protocol", vocabulary: Vocabulary
) -> Iterator[Problem]:
    structure = vocabulary.structures.get(protocol.structure)
    if structure is not None:
        exposure = Treatment(name=control.name, intervention=control.intervention, while_in=control.while_in)
        yield from exposure.vocabulary_problems(structure, vocabulary)
    yield from _adjustment_problems(control.adjust_for, vocabulary)
