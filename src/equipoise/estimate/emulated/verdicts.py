"""Gates: whether the data can answer for a strategy, judged on untruncated weights, in a fixed order."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from equipoise.estimate.emulated.cells import Cell
from equipoise.estimate.emulated.support import Support
from equipoise.protocol.gates import Gates


class Verdict(StrEnum):
    """What a gate says."""

    OPEN = "open"
    AMBER = "amber"
    SEALED = "sealed"


@dataclass(frozen=True, slots=True)
class Judged:
    """One gate of one strategy.

    Attributes
    ----------
    gate
        ``support``, ``mean weight``, ``effective sample`` or ``initiators``.
    value, limit
        What was found, and the limit it is held against.
    verdict
        What follows.
    says
        The same as a sentence.
    """

    gate: str
    value: float
    limit: float
    verdict: Verdict
    says: str


def judge(found: Support, gates: Gates, cell_words: Mapping[int, str]) -> tuple[Judged, ...]:
    """Hold the support of a strategy against the gates.

    Parameters
    ----------
    found
        The support.
    gates
        The limits. Where they are off everything is judged all the same; the caller decides what is shown.
    cell_words
        The declared cells in words, by number.
    """
    return (
        *_support_gate(found, gates, cell_words),
        _mean_gate(found, gates),
        _effective_gate(found, gates),
        *_initiators_gate(found, gates),
    )


def worst_of(judged: tuple[Judged, ...]) -> Verdict:
    """The most serious verdict."""
    order = list(Verdict)
    return max((one.verdict for one in judged), key=order.index, default=Verdict.OPEN)


def _support_gate(found: Support, gates: Gates, words: Mapping[int, str]) -> Iterator[Judged]:
    for cell in found.cells:
        name = words[cell.place]
        if _nobody_starts(cell, found.patients, gates):
            says = (
                f"of {cell.patients} patients with '{name}' {cell.expected:.1f} would start under the "
                "strategy, and none did as it asks"
            )
            yield Judged("support", 0.0, gates.support_starts, Verdict.SEALED, says)
        elif _everybody_starts(cell, found.patients, gates):
            says = (
                f"all {cell.patients} patients with '{name}' were started, of whom "
                f"{cell.could_abstain:.1f} would not be under the strategy"
            )
            yield Judged("support", 0.0, gates.support_starts, Verdict.SEALED, says)
        else:
            says = (
                f"'{name}': {cell.patients} patients, {cell.expected:.1f} starts expected under the "
                f"strategy, {cell.compatible} seen"
            )
            yield Judged("support", float(cell.compatible), gates.support_starts, Verdict.OPEN, says)


def _nobody_starts(cell: Cell, patients: int, gates: Gates) -> bool:
    large = cell.patients >= gates.support_share * patients
    return large and cell.expected >= gates.support_starts and cell.compatible == 0


def _everybody_starts(cell: Cell, patients: int, gates: Gates) -> bool:
    large = 0 < cell.patients >= gates.support_share * patients
    return large and cell.could_abstain >= gates.support_starts and cell.started == cell.patients


def _mean_gate(found: Support, gates: Gates) -> Judged:
    limit = max(gates.mean_weight, 3.0 * found.mean_error)
    off = abs(found.mean - 1.0)
    verdict = Verdict.SEALED if not off <= limit else Verdict.OPEN
    says = f"the mean weight is {found.mean:.3f}; right models make it 1 within {limit:.2f}"
    return Judged("mean weight", found.mean, limit, verdict, says)


def _effective_gate(found: Support, gates: Gates) -> Judged:
    threshold = gates.effective_sample
    verdict = _by(found.effective, threshold.seal, threshold.amber)
    limit = threshold.seal if verdict is Verdict.SEALED else threshold.amber
    counted = _below(found.effective, limit) if verdict is not Verdict.OPEN else f"{found.effective:.1f}"
    says = f"the {found.compatible} patients who follow the strategy count as {counted}"
    return Judged("effective sample", found.effective, limit, verdict, says)


def _initiators_gate(found: Support, gates: Gates) -> Iterator[Judged]:
    if found.initiators is None:
        return
    threshold = gates.initiators
    verdict = _by(found.initiators, threshold.seal, threshold.amber)
    limit = threshold.seal if verdict is Verdict.SEALED else threshold.amber
    people = "1 patient" if found.initiators == 1 else f"{found.initiators} patients"
    yield Judged(
        "initiators", float(found.initiators), limit, verdict, f"{people} started as the strategy asks"
    )


def _below(value: float, limit: float) -> str:
    """A number below a limit that reads as one: 4.98 of 5, not 5.0."""
    text = f"{value:.1f}"
    return text if float(text) < limit else f"{math.floor(100 * value + 1e-9) / 100:.2f}"


def _by(value: float, seal: float, amber: float) -> Verdict:
    if value < seal:
        return Verdict.SEALED
    return Verdict.AMBER if value < amber else Verdict.OPEN
