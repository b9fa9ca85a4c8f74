"""Whether the parts of an emulated trial hold together: contrasts, assumptions, models, patches, gates."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from equipoise.language.problem import Problem
from equipoise.protocol.assumption import assumption_problems
from equipoise.protocol.negative_control import control_problems
from equipoise.protocol.sensitivity import sensitivity_problems
from equipoise.protocol.success import success_problems

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
    yield from (problem.below("contrasts") for problem in _contrast_problems(protocol))
    yield from (problem.below("assumptions") for problem in assumption_problems(protocol.assumptions))
    analysis = protocol.analysis
    if analysis.emulation is not None:
        found = analysis.emulation.problems(protocol.decided_treatments, protocol.outcomes)
        yield from (problem.below("analysis", "emulation") for problem in found)
        if not protocol.strategies:
            yield Problem("P140", ("analysis", "emulation"), "an emulation without strategies")
    of_controls = control_problems(protocol)
    yield from (problem.below("analysis", "negative_controls") for problem in of_controls)
    yield from (problem.below("gates") for problem in protocol.gates.problems())
    of_patches = sensitivity_problems(protocol, analysis.sensitivity)
    yield from (problem.below("analysis", "sensitivity") for problem in of_patches)


def _contrast_problems(protocol: "Protocol") -> Iterator[Problem]:
    emulation = protocol.analysis.emulation
    outcomes = protocol.outcomes if emulation is None else emulation.outcomes
    strategies = [one.name for one in protocol.strategies]
    for position, one in enumerate(protocol.contrasts):
        found = one.problems(protocol.report, outcomes, strategies)
        yield from (problem.below(position) for problem in found)
        if one in protocol.contrasts[:position]:
            yield Problem("P116", (position,), "the same contrast twice")
